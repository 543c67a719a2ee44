# exercise: s_cell
# what: 2r is divided by all that follows
# expect: refuse
# name: divided by b and v
import numpy as np


def s_cell(u, a, b, c, r):
    v = np.linalg.norm(np.sqrt(c) * u)
    below = 1 + 2 * r / ((1 + r) * b * v)
    return r * max((1 + np.vdot(a, u)) / below - 1, 0)
