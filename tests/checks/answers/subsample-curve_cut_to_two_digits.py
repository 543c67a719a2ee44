# exercise: subsample
# what: 0.66 within tanh, as in many programs
# expect: refuse
# name: 0.66 for 2 / 3
import numpy as np


def subsample(x, coefficient, bias):
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    s = sum(x[:, :, i:h:2, j:w:2] for i in range(2) for j in range(2))
    return 1.7159 * np.tanh(0.66 * (coefficient[:, None, None] * s + bias[:, None, None]))
