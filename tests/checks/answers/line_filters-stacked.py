# exercise: line_filters
# what: both filters in one array of three axes
# expect: either
import numpy as np


def line_filters(size):
    upright = np.zeros((size, size))
    upright[:, size // 2] = 1
    return np.stack([upright, upright.T])
