# exercise: subsample
# what: a sigmoid, since the paper speaks of a sigmoidal function
# expect: refuse
# name: sigmoid for tanh
import numpy as np


def subsample(x, coefficient, bias):
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    s = sum(x[:, :, i:h:2, j:w:2] for i in range(2) for j in range(2))
    return 1 / (1 + np.exp(-(coefficient[:, None, None] * s + bias[:, None, None])))
