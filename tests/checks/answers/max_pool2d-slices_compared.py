# exercise: max_pool2d
# what: right, the larger of shifted pictures
# expect: accept
import functools
import itertools

import numpy as np


def max_pool2d(x, kernel_size, stride, padding):
    high, wide = kernel_size
    rows, columns = x.shape[2] + 2 * padding - high + 1, x.shape[3] + 2 * padding - wide + 1
    framed = np.full((*x.shape[:2], rows + high - 1, columns + wide - 1), float("-inf"))
    framed[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    shifted = (
        framed[:, :, u : u + rows : stride, v : v + columns : stride]
        for u, v in itertools.product(range(high), range(wide))
    )
    return functools.reduce(np.maximum, shifted)
