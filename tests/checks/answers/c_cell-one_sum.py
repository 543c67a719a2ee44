# exercise: c_cell
# what: the sum over all axes
# expect: refuse
# name: one sum for all planes, divided
import numpy as np


def c_cell(u, d, alpha):
    s = np.sum(d * u)
    v = s / len(u)
    x = np.maximum((1 + s) / (1 + v) - 1, 0)
    return x / (alpha + x)
