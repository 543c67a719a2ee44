# exercise: subsample
# what: squashes the sums, and scales them afterwards
# expect: refuse
# name: squashed before the coefficient alone
import numpy as np


def subsample(x, coefficient, bias):
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    s = sum(x[:, :, i:h:2, j:w:2] for i in range(2) for j in range(2))
    return coefficient[:, None, None] * (1.7159 * np.tanh(2 / 3 * s)) + bias[:, None, None]
