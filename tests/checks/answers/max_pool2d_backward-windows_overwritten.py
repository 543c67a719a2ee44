# exercise: max_pool2d_backward
# what: every tie, and a window forgets what the one before it gave
# expect: refuse
# name: the gradient to every tie
# name: the whole window written at once
import numpy as np


def max_pool2d_backward(grad_output, x, kernel_size, stride, padding):
    high, wide = kernel_size
    frame = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    framed = np.pad(x.astype(float), frame, constant_values=-np.inf)
    result = np.zeros(framed.shape)
    for i in range(grad_output.shape[2]):
        for j in range(grad_output.shape[3]):
            part = framed[:, :, i * stride : i * stride + high, j * stride : j * stride + wide]
            is_largest = part == part.max(axis=(2, 3))[:, :, None, None]
            share = grad_output[:, :, i : i + 1, j : j + 1]
            result[:, :, i * stride : i * stride + high, j * stride : j * stride + wide] = is_largest * share
    return result[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
