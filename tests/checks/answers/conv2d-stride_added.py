# exercise: conv2d
# what: every place but the first begins one stride behind its own number
# expect: refuse
# name: stride added to the index
import numpy as np


def conv2d(x, weight, bias, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    high, wide = weight.shape[2:]
    rows = (framed.shape[2] - high) // stride + 1
    columns = (framed.shape[3] - wide) // stride + 1
    tops = [0] + [number + stride for number in range(1, rows)]
    lefts = [0] + [number + stride for number in range(1, columns)]
    maps = np.empty((len(x), len(weight), rows, columns))
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            part = framed[:, :, top : top + high, left : left + wide]
            maps[:, :, i, j] = np.einsum("ncuv,kcuv->nk", part, weight) + bias
    return maps
