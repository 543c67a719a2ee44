# exercise: s_cell
# what: = for += in the loop over the planes, so that E sees the last plane
# expect: refuse
# name: the last plane alone in the excitation
import numpy as np


def s_cell(u, a, b, c, r):
    output = 0
    v = np.sqrt((c * u**2).sum())
    for k in range(len(u)):
        output = np.dot(a[k].ravel(), u[k].ravel())
    denominator = 1 + 2 * r / (1 + r) * b * v
    output = (1 + output) / denominator - 1
    if output < 0:
        output = 0
    return r * output
