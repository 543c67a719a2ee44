# exercise: s_cell
# what: loops that leave out the last row
# expect: refuse
# name: the last row not seen
import numpy as np


def s_cell(u, a, b, c, r):
    planes, height, width = u.shape
    e = 0
    v = 0
    for k in range(planes):
        for i in range(height - 1):
            for j in range(width):
                e += a[k, i, j] * u[k, i, j]
                v += c[i, j] * u[k, i, j] ** 2
    v = np.sqrt(v)
    return r * max((1 + e) / (1 + 2 * r / (1 + r) * b * v) - 1, 0)
