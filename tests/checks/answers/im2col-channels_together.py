# exercise: im2col
# what: the channels of a pixel stand one after another
# expect: refuse
# name: channels last in a column
import numpy as np


def im2col(x, kernel_size, stride, padding):
    framed = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel_size, (2, 3))[:, :, ::stride, ::stride]
    pictures, channels, rows, columns, high, wide = views.shape
    return np.einsum("ncijuv->nuvcij", views).reshape(pictures, high * wide * channels, rows * columns)
