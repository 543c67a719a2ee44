# exercise: c_cell
# what: the mean within each plane, not over the planes
# expect: refuse
# name: mean over the places
import numpy as np


def c_cell(u, d, alpha):
    out = np.zeros(len(u))
    for k in range(len(u)):
        s = (d * u[k]).sum()
        v = (d * u[k]).mean()
        x = max((1 + s) / (1 + v) - 1, 0)
        out[k] = x / (alpha + x)
    return out
