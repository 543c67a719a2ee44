# exercise: s_cell
# what: right, v as a weighted mean, since the weights add up to 1
# expect: accept
import numpy as np


def s_cell(u, a, b, c, r):
    weights = np.broadcast_to(c, u.shape)
    v = np.sqrt(np.average(u**2, weights=weights))
    q = (1 + np.tensordot(a, u, axes=3)) / (1 + b * v * 2 * r / (1 + r))
    return r * (max(q, 1) - 1)
