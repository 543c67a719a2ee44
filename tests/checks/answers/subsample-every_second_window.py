# exercise: subsample
# what: range(0, n, 2) over the windows
# expect: refuse
# name: every second sum, stride forgotten
import numpy as np


def subsample(x, coefficient, bias):
    n, c, h, w = x.shape
    sums = np.zeros((n, c, h // 2, w // 2))
    for i in range(0, h // 2, 2):
        for j in range(0, w // 2, 2):
            sums[:, :, i, j] = x[:, :, i : i + 2, j : j + 2].sum(axis=(2, 3))
    z = sums * coefficient[:, np.newaxis, np.newaxis] + bias[:, np.newaxis, np.newaxis]
    return 1.7159 * np.tanh(2 / 3 * z)
