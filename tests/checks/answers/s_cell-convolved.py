# exercise: s_cell
# what: squares the weighted input, and forgets r in front
# expect: refuse
# name: c squared as well
# name: r forgotten in front
import numpy as np


def s_cell(u, a, b, c, r):
    v = np.sqrt(((c * u) ** 2).sum())
    e = (a * u).sum()
    out = (1 + e) / (1 + 2 * r / (1 + r) * b * v) - 1
    return np.maximum(out, 0)
