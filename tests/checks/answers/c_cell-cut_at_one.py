# exercise: c_cell
# what: np.clip(x, 0, 1) for phi
# expect: refuse
# name: cut off at 1
import numpy as np


def c_cell(u, d, alpha):
    s = np.array([np.sum(d * plane) for plane in u])
    v = s.sum() / len(s)
    phi = np.clip((1 + s) / (1 + v) - 1, 0, 1)
    return phi / (phi + alpha)
