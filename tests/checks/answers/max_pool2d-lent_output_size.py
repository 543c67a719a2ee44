# exercise: max_pool2d
# what: right, calls what the lesson lends
# expect: accept
import numpy as np


def max_pool2d(x, kernel_size, stride, padding):
    sides = [output_size(n, k, stride, padding) for n, k in zip(x.shape[2:], kernel_size)]
    result = np.empty((*x.shape[:2], *sides))
    for i, j in np.ndindex(*sides):
        top, left = i * stride - padding, j * stride - padding
        part = x[:, :, max(top, 0) : top + kernel_size[0], max(left, 0) : left + kernel_size[1]]
        result[:, :, i, j] = part.max(axis=(2, 3))
    return result
