# exercise: c_cell
# what: means of windows, and the sum over the planes for v, which silences all cells
# expect: refuse
# name: all answers 0
import numpy as np


def c_cell(u, d, alpha):
    s = np.mean(d * u, axis=(1, 2))
    x = (1 + s) / (1 + np.sum(s)) - 1
    x = np.where(x > 0, x, 0)
    return x / (alpha + x)
