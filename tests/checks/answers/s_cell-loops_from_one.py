# exercise: s_cell
# what: both inner loops begin at 1, as in MATLAB, and the square is missing
# expect: refuse
# name: the first row and the first column not seen
# name: square forgotten
import numpy as np


def s_cell(u, a, b, c, r):
    planes, height, width = u.shape
    excited, seen = 0, 0
    for k in range(planes):
        for i in range(1, height):
            for j in range(1, width):
                excited += a[k, i, j] * u[k, i, j]
                seen += c[i, j] * u[k, i, j]
    return r * max((1 + excited) / (1 + 2 * r / (1 + r) * b * np.sqrt(seen)) - 1, 0)
