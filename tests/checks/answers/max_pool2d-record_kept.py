# exercise: max_pool2d
# what: gives the largest number so far, not that of the window
# expect: refuse
# name: a max kept from window to window
import numpy as np


def max_pool2d(x, kernel_size, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)], constant_values=-np.inf)
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel_size, (2, 3))[:, :, ::stride, ::stride]
    largest = views.max((4, 5))
    pictures, maps, rows, columns = largest.shape
    records = np.maximum.accumulate(largest.reshape(pictures, maps, rows * columns), axis=2)
    return records.reshape(largest.shape)
