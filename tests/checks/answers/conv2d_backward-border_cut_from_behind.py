# exercise: conv2d_backward
# what: cuts the border off by a negative end, into an array that is there
# expect: refuse
# name: [p:-p] is empty at 0, and stored
import numpy as np


def conv2d_backward(grad_output, x, weight, stride, padding):
    frame = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    framed = np.pad(x.astype(float), frame)
    spread, grad_weight = np.zeros(framed.shape), np.zeros(weight.shape)
    high, wide = weight.shape[2:]
    for i, j in np.ndindex(*grad_output.shape[2:]):
        rows = slice(i * stride, i * stride + high)
        columns = slice(j * stride, j * stride + wide)
        here = grad_output[:, :, i, j]
        spread[:, :, rows, columns] += np.tensordot(here, weight, 1)
        grad_weight += np.tensordot(here.T, framed[:, :, rows, columns], 1)
    grad_x = np.zeros(x.shape)
    inside = slice(padding, -padding)
    grad_x[...] = spread[:, :, inside, inside]
    return grad_x, grad_weight, grad_output.sum(axis=(0, 2, 3))
