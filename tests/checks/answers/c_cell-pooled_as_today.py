# exercise: c_cell
# what: the largest of a window
# expect: refuse
# name: max for sum
import numpy as np


def c_cell(u, d, alpha):
    s = (d * u).max(axis=(1, 2))
    x = np.maximum((1 + s) / (1 + s.mean()) - 1, 0)
    return x / (alpha + x)
