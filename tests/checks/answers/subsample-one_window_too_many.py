# exercise: subsample
# what: a loop in steps of two that reaches a last odd row
# expect: refuse
# name: a window too many
import numpy as np


def squash(z):
    return 1.7159 * np.tanh(2 / 3 * z)


def subsample(x, coefficient, bias):
    N, C, H, W = x.shape
    result = np.zeros((N, C, H // 2, W // 2))
    for n in range(N):
        for c in range(C):
            for i in range(0, H, 2):
                for j in range(0, W, 2):
                    s = x[n, c, i : i + 2, j : j + 2].sum()
                    result[n, c, i // 2, j // 2] = squash(s * coefficient[c] + bias[c])
    return result
