# exercise: s_cell
# what: 2b for 2rb: r is not above the line of the share
# expect: refuse
# name: r missing above 1 + r
import numpy as np


def s_cell(u, a, b, c, r):
    v = np.sqrt(np.einsum("ij,kij->", c, u**2))
    e = np.einsum("kij,kij->", a, u)
    return r * max((1 + e) / (1 + b * 2 * v / (1 + r)) - 1, 0)
