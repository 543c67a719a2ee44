# exercise: c_cell
# what: adds up over planes and rows
# expect: refuse
# name: over the planes and the rows
import numpy as np


def c_cell(u, d, alpha):
    s = np.sum(d * u, axis=(0, 1))
    x = np.maximum((1 + s) / (1 + s.mean()) - 1, 0)
    return x / (alpha + x)
