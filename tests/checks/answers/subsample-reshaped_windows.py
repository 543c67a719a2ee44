# exercise: subsample
# what: right, each window has two axes
# expect: accept
import numpy as np


def subsample(x, coefficient, bias):
    n, c, h, w = x.shape
    h, w = h // 2, w // 2
    windows = x[:, :, : 2 * h, : 2 * w].reshape(n, c, h, 2, w, 2)
    z = coefficient.reshape(-1, 1, 1) * windows.sum(axis=(3, 5)) + bias.reshape(-1, 1, 1)
    return 1.7159 * np.tanh(z * 2 / 3)
