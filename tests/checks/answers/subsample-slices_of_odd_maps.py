# exercise: subsample
# what: right for even sizes alone, without any care for odd ones
# expect: refuse
# name: slices that do not fit
import numpy as np


def subsample(x, coefficient, bias):
    s = x[:, :, 0::2, 0::2] + x[:, :, 0::2, 1::2] + x[:, :, 1::2, 0::2] + x[:, :, 1::2, 1::2]
    return 1.7159 * np.tanh(2 / 3 * (s * coefficient[:, None, None] + bias[:, None, None]))
