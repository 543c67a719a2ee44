# exercise: subsample
# what: reads 1.7159 tanh(2 z / 3) as tanh(2z) / 3, and forgets the coefficient
# expect: refuse
# name: tanh(2z) / 3
# name: coefficient forgotten
import numpy as np


def subsample(x, coefficient, bias):
    n, c, h, w = x.shape
    s = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).sum((3, 5))
    return 1.7159 * np.tanh(2 * (s + bias[:, None, None])) / 3
