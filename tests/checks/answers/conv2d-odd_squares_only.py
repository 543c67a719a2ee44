# exercise: conv2d
# what: right for odd square kernels, and asserts that the kernel is one
# expect: refuse
# name: refuses rectangles and even kernels
import numpy as np


def conv2d(x, weight, bias, stride, padding):
    high, wide = weight.shape[2:]
    assert high == wide, "the kernel is no square"
    assert high % 2 == 1, "the kernel has no middle"
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    views = np.lib.stride_tricks.sliding_window_view(framed, (high, wide), (2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,kcuv->nkij", views, weight) + bias.reshape(-1, 1, 1)
