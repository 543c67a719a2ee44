# exercise: c_cell
# what: right, v by another road
# expect: accept
import numpy as np


def c_cell(u, d, alpha):
    weighted = d[None] * u
    v = weighted.mean() * d.size
    s = weighted.reshape(u.shape[0], -1).sum(-1)
    x = (s - v) / (1 + v)
    return np.array([0.0 if one <= 0 else 1 / (1 + alpha / one) for one in x])
