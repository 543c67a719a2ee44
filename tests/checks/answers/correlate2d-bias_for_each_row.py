# exercise: correlate2d
# what: adds up the rows of the kernel, each with its bias
# expect: refuse
# name: bias once for each row of the kernel
import numpy as np


def correlate2d(image, kernel, stride=1, padding=0, bias=0.0):
    framed = np.pad(image, padding).astype(float)
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel.shape)[::stride, ::stride]
    return sum(views[:, :, row] @ weights + bias for row, weights in enumerate(kernel))
