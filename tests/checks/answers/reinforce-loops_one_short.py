# exercise: reinforce
# what: loops that end one too soon
# expect: refuse
# name: the last row and column left out of a
# name: the last row and column left out of v
import numpy as np


def reinforce(a, b, u, c, q):
    P, H, W = a.shape
    s = 0.0
    new = a.astype(float)
    for p in range(P):
        for i in range(H - 1):
            for j in range(W - 1):
                new[p, i, j] += q * c[i, j] * u[p, i, j]
                s += c[i, j] * u[p, i, j] ** 2
    return new, b + q / 2 * np.sqrt(s)
