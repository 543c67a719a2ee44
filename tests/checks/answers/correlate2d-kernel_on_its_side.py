# exercise: correlate2d
# what: rows of the window meet columns of the kernel
# expect: refuse
# name: kernel transposed
import numpy as np


def correlate2d(image, kernel, stride=1, padding=0, bias=0.0):
    framed = np.pad(image.astype(float), padding)
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel.shape)
    return np.einsum("ijuv,vu->ij", views[::stride, ::stride], kernel) + bias
