# exercise: c_cell
# what: sums in an array with the dtype of u
# expect: refuse
# name: whole sums
import numpy as np


def c_cell(u, d, alpha):
    sums = np.zeros(len(u), dtype=u.dtype)
    for k, plane in enumerate(u):
        sums[k] = np.vdot(plane, d)
    excess = np.maximum((1 + sums) / (1 + sums.mean()) - 1, 0)
    return excess / (alpha + excess)
