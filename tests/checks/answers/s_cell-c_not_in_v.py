# exercise: s_cell
# what: c is not applied
# expect: refuse
# name: c forgotten in v
import numpy as np


def s_cell(u, a, b, c, r):
    e = np.tensordot(a, u, axes=3)
    v = np.sqrt(np.tensordot(u, u, axes=3))
    return r * np.clip((1 + e) / (1 + 2 * r / (1 + r) * b * v) - 1, 0, None)
