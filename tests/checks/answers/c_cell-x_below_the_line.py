# exercise: c_cell
# what: phi above the line of psi alone
# expect: refuse
# name: alpha + x below the line
import numpy as np


def c_cell(u, d, alpha):
    s = np.sum(d * u, axis=(1, 2))
    x = (1 + s) / (1 + np.mean(s)) - 1
    return np.maximum(x, 0) / (alpha + x)
