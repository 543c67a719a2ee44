# exercise: max_pool2d
# what: moves by the window's size, and never looks at the stride
# expect: refuse
# name: the window size as stride
import numpy as np


def max_pool2d(x, kernel_size, stride, padding):
    high, wide = kernel_size
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)], constant_values=-np.inf)
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel_size, (2, 3))
    return views[:, :, ::high, ::wide].max(axis=(4, 5))
