# exercise: avg_pool2d
# what: right, but a batch of no pictures cannot be reshaped with -1
# expect: refuse
# name: nothing to reshape
import numpy as np


def avg_pool2d(x, kernel_size, stride):
    high, wide = kernel_size
    rows, columns = (x.shape[2] - high) // stride + 1, (x.shape[3] - wide) // stride + 1
    windows = [
        x[:, :, i * stride : i * stride + high, j * stride : j * stride + wide].reshape(*x.shape[:2], -1)
        for i, j in np.ndindex(rows, columns)
    ]
    return np.stack(windows, axis=2).astype(float).mean(axis=3).reshape(*x.shape[:2], rows, columns)
