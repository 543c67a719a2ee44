# exercise: subsample
# what: four neighbours of a row, and two digits swapped in 1.7159
# expect: refuse
# name: reshaped without neighbours
# name: 1.7519 for 1.7159
import numpy as np


def subsample(x, coefficient, bias):
    n, c, h, w = x.shape
    x = x[:, :, : h - h % 2, : w - w % 2]
    s = x.reshape(n, c, h // 2, w // 2, 4).sum(axis=-1)
    z = s * coefficient.reshape(1, c, 1, 1) + bias.reshape(1, c, 1, 1)
    return 1.7519 * np.tanh(2 * z / 3)
