# exercise: subsample
# what: a slice copied and not changed
# expect: refuse
# name: upper right for lower left
import numpy as np


def subsample(x, coefficient, bias):
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    s = x[:, :, 0:h:2, 0:w:2] + x[:, :, 0:h:2, 1:w:2] + x[:, :, 0:h:2, 1:w:2] + x[:, :, 1:h:2, 1:w:2]
    z = s * coefficient[:, None, None] + bias[:, None, None]
    return 1.7159 * np.tanh(2 / 3 * z)
