# exercise: conv2d_backward
# what: right, by two correlations with the gradient spread out to a stride of 1
# expect: accept
import numpy as np


def windows(pictures, shape):
    return np.lib.stride_tricks.sliding_window_view(pictures, shape, (2, 3))


def conv2d_backward(grad_output, x, weight, stride, padding):
    high, wide = weight.shape[2:]
    rows, columns = x.shape[2] + 2 * padding, x.shape[3] + 2 * padding
    spread = np.zeros((*grad_output.shape[:2], rows - high + 1, columns - wide + 1))
    for i, j in np.ndindex(*grad_output.shape[2:]):
        spread[:, :, stride * i, stride * j] = grad_output[:, :, i, j]
    framed = np.zeros((*x.shape[:2], rows, columns))
    framed[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    grad_weight = np.einsum("ncuvij,nkij->kcuv", windows(framed, spread.shape[2:]), spread)
    around = np.pad(spread, [(0, 0), (0, 0), (high - 1, high - 1), (wide - 1, wide - 1)])
    grad_framed = np.einsum("nkijuv,kcuv->ncij", windows(around, (high, wide)), np.flip(weight, (2, 3)))
    grad_x = grad_framed[:, :, padding : rows - padding, padding : columns - padding]
    return grad_x, grad_weight, np.einsum("nkij->k", grad_output)
