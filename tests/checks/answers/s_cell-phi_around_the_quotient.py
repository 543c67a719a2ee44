# exercise: s_cell
# what: phi before the 1 is subtracted
# expect: refuse
# name: phi left out
import numpy as np


def s_cell(u, a, b, c, r):
    relu = lambda x: x * (x > 0)
    e = np.sum(u * a)
    v = np.sqrt(np.sum(u**2 * c))
    return r * (relu((1 + e) / (1 + 2 * r / (1 + r) * b * v)) - 1)
