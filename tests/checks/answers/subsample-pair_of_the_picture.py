# exercise: subsample
# what: coefficient and bias by the number of the picture
# expect: refuse
# name: the pair of the picture
import numpy as np


def squash(z):
    return 1.7159 * np.tanh(2 / 3 * z)


def subsample(x, coefficient, bias):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // 2, W // 2))
    for n in range(N):
        for k in range(C):
            for i in range(H // 2):
                for j in range(W // 2):
                    s = np.sum(x[n, k, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
                    out[n, k, i, j] = squash(coefficient[n] * s + bias[n])
    return out
