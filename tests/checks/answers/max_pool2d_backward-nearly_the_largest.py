# exercise: max_pool2d_backward
# what: all pixels that come near the largest get the whole gradient
# expect: refuse
# name: the gradient to every tie
import numpy as np


def max_pool2d_backward(grad_output, x, kernel_size, stride, padding):
    frame = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    framed = np.pad(x.astype(float), frame, constant_values=-1e9)
    grad_framed = np.zeros_like(framed)
    for n, c, i, j in np.ndindex(*grad_output.shape):
        for u, v in np.ndindex(*kernel_size):
            top, left = i * stride, j * stride
            largest = framed[n, c, top : top + kernel_size[0], left : left + kernel_size[1]].max()
            if abs(framed[n, c, top + u, left + v] - largest) < 0.005:
                grad_framed[n, c, top + u, left + v] += grad_output[n, c, i, j]
    inside = (..., slice(padding, padding + x.shape[2]), slice(padding, padding + x.shape[3]))
    return grad_framed[inside]
