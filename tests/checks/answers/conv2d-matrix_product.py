# exercise: conv2d
# what: multiplies window and kernel as matrices, channel by channel
# expect: refuse
# name: matrix product for elementwise
import numpy as np


def conv2d(x, weight, bias, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    kernels, _, high, wide = weight.shape
    rows = (framed.shape[2] - high) // stride + 1
    columns = (framed.shape[3] - wide) // stride + 1
    maps = np.empty((len(x), kernels, rows, columns))
    for n, k, i, j in np.ndindex(*maps.shape):
        part = framed[n, :, i * stride :, j * stride :][:, :high, :wide]
        maps[n, k, i, j] = np.sum(part @ weight[k]) + bias[k]
    return maps
