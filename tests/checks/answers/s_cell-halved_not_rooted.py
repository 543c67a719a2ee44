# exercise: s_cell
# what: ** 1 / 2 for a root
# expect: refuse
# name: half for the root
import numpy as np


def s_cell(u, a, b, c, r):
    E = np.sum(a * u)
    v = np.sum(c * u**2) ** 1 / 2
    x = (1 + E) / (1 + 2 * r / (1 + r) * b * v) - 1
    return r * max(x, 0)
