# exercise: conv2d
# what: np.dot as a sum over one axis: all pairs of channels meet
# expect: refuse
# name: np.dot for elementwise
import numpy as np


def conv2d(x, weight, bias, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    kernels, _, high, wide = weight.shape
    result = []
    for picture in framed:
        for kernel, offset in zip(weight, bias):
            for top in range(0, framed.shape[2] - high + 1, stride):
                for left in range(0, framed.shape[3] - wide + 1, stride):
                    part = picture[:, top : top + high, left : left + wide]
                    result.append(np.sum(part.dot(kernel)) + offset)
    rows = (framed.shape[2] - high) // stride + 1
    return np.reshape(result, (len(x), kernels, rows, -1))
