# exercise: avg_pool2d
# what: adds up in the type of the picture
# expect: refuse
# name: uint8 sums
import numpy as np


def avg_pool2d(x, kernel_size, stride):
    high, wide = kernel_size
    rows, columns = x.shape[2] - high + 1, x.shape[3] - wide + 1
    total = np.zeros_like(x[:, :, :rows:stride, :columns:stride])
    for u in range(high):
        for v in range(wide):
            total += x[:, :, u : u + rows : stride, v : v + columns : stride]
    return total / (high * wide)
