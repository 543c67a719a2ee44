# exercise: s_cell
# what: no 1 above nor below the line, and brackets that make r / r + 1 of it
# expect: refuse
# name: 1 forgotten above and below
# name: the same for every r, without the 2
import numpy as np


def s_cell(u, a, b, c, r):
    output = 0.0
    for k in range(len(u)):
        output += np.sum(a[k] * u[k])
    v = np.sqrt(np.sum(c * u**2))
    denom = (r / r + 1) * b * v
    output = output / denom - 1.0
    return max(0.0, output) * r
