# exercise: subsample
# what: right, by NumPy's own view of windows, and the curve as a fraction of powers
# expect: accept
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def scaled_tanh(z):
    e = np.exp(4 * z / 3)
    return 1.7159 * (e - 1) / (e + 1)


def subsample(x, coefficient, bias):
    windows = sliding_window_view(x, (2, 2), axis=(2, 3))[:, :, ::2, ::2]
    sums = np.einsum("ncijuv->ncij", windows)
    return scaled_tanh(np.einsum("ncij,c->ncij", sums, coefficient) + bias[None, :, None, None])
