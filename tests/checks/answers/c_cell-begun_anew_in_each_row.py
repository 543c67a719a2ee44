# exercise: c_cell
# what: the sum begins anew in each row
# expect: refuse
# name: the last row alone
import numpy as np


def c_cell(u, d, alpha):
    sums = []
    for plane in u:
        for row, weights in zip(plane, d, strict=True):
            total = 0
            for value, weight in zip(row, weights, strict=True):
                total += weight * value
        sums.append(total)
    excess = np.maximum((1 + np.array(sums)) / (1 + np.mean(sums)) - 1, 0)
    return excess / (alpha + excess)
