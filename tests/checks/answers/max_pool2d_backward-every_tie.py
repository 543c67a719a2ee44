# exercise: max_pool2d_backward
# what: all pixels as large as the largest get the whole gradient
# expect: refuse
# name: the gradient to every tie
import numpy as np


def max_pool2d_backward(grad_output, x, kernel_size, stride, padding):
    rows, columns = x.shape[2:]
    grad_x = np.zeros(x.shape)
    for i, j in np.ndindex(*grad_output.shape[2:]):
        top, left = i * stride - padding, j * stride - padding
        part = (
            ...,
            slice(max(top, 0), min(top + kernel_size[0], rows)),
            slice(max(left, 0), min(left + kernel_size[1], columns)),
        )
        largest = x[part].max(axis=(2, 3), keepdims=True)
        grad_x[part] += np.where(x[part] == largest, grad_output[:, :, i, j, None, None], 0)
    return grad_x
