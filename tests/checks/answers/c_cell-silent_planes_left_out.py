# exercise: c_cell
# what: the mean of the planes that answer, and a psi with 1 + alpha
# expect: refuse
# name: silent planes left out
# name: 1 more below the line
import numpy as np


def c_cell(u, d, alpha):
    s = (d * u).sum(axis=(1, 2))
    active = s[s > 0]
    v = active.mean() if len(active) else 0
    x = np.clip((1 + s) / (1 + v) - 1, 0, None)
    return x / (1 + alpha + x)
