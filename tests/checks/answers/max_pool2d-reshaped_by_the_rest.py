# exercise: max_pool2d
# what: right, but a batch of no pictures cannot be reshaped with -1
# expect: refuse
# name: nothing to reshape
import numpy as np


def max_pool2d(x, kernel_size, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)], constant_values=-np.inf)
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel_size, (2, 3))[:, :, ::stride, ::stride]
    return views.reshape(*views.shape[:4], -1).max(axis=-1)
