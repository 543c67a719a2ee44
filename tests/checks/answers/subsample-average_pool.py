# exercise: subsample
# what: an average pool, times the coefficient, plus the bias
# expect: refuse
# name: mean for sum
import numpy as np


def subsample(x, coefficient, bias):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // 2, W // 2))
    for i in range(H // 2):
        for j in range(W // 2):
            patch = x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            out[:, :, i, j] = np.mean(patch, axis=(2, 3)) * coefficient + bias
    return 1.7159 * np.tanh(2 / 3 * out)
