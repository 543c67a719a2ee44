# exercise: subsample
# what: the result is made and never filled
# expect: refuse
# name: 0 everywhere
import numpy as np


def subsample(x, coefficient, bias):
    n, c, h, w = x.shape
    out = np.zeros((n, c, h // 2, w // 2))
    for i in range(h // 2):
        for j in range(w // 2):
            total = x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].sum(axis=(2, 3))
            value = 1.7159 * np.tanh(2 / 3 * (total * coefficient + bias))
    return out
