# exercise: c_cell
# what: the sum of all planes for their mean, and 1 is not subtracted
# expect: refuse
# name: all answers 0
# name: 1 not subtracted
import numpy as np


def c_cell(u, d, alpha):
    sums = np.tensordot(u, d, 2)
    excess = np.maximum(0, (1 + sums) / (1 + sums.sum()))
    return excess / (alpha + excess)
