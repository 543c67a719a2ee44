# exercise: apply_filter_uint8
# what: goes back from the edge, by a table of rows and of columns
# expect: refuse
# name: edge mirrored
import numpy as np


def apply_filter_uint8(image, kernel):
    (rows, columns), (high, wide) = image.shape, kernel.shape
    ys = np.pad(np.arange(rows), high // 2, mode="reflect")
    xs = np.pad(np.arange(columns), wide // 2, mode="reflect")
    framed = image[np.ix_(ys, xs)].astype(float)
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel.shape)
    sums = np.tensordot(views, kernel, axes=2)
    return np.rint(sums.clip(0, 255)).astype("uint8")
