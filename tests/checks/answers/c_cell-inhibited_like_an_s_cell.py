# exercise: c_cell
# what: v with squares and a root
# expect: refuse
# name: root of the mean of squares
import numpy as np


def c_cell(u, d, alpha):
    s = (d * u).sum(axis=(1, 2))
    v = np.sqrt((s**2).mean())
    x = np.maximum((1 + s) / (1 + v) - 1, 0)
    return x / (alpha + x)
