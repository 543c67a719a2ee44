# exercise: reinforce
# what: right, adds to a copy
# expect: accept
import numpy as np


def reinforce(a, b, u, c, q):
    new = a.astype(float)
    for k in range(u.shape[0]):
        new[k] += q * (c * u[k])
    v = (c * (u * u)).sum() ** 0.5
    return new, b + v * q / 2
