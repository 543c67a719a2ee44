# exercise: conv2d_backward
# what: goes back in steps of 1 whatever the stride
# expect: refuse
# name: the index without its stride
import numpy as np


def conv2d_backward(grad_output, x, weight, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    grad_framed, grad_weight = np.zeros_like(framed), np.zeros(weight.shape)
    high, wide = weight.shape[2:]
    for n, k, i, j in np.ndindex(*grad_output.shape):
        share = grad_output[n, k, i, j]
        grad_weight[k] += share * framed[n, :, i : i + high, j : j + wide]
        grad_framed[n, :, i : i + high, j : j + wide] += share * weight[k]
    rows, columns = x.shape[2:]
    return (
        grad_framed[:, :, padding : padding + rows, padding : padding + columns],
        grad_weight,
        grad_output.sum((0, 2, 3)),
    )
