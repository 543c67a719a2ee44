# exercise: conv2d_backward
# what: turns the gradient of the weights, as for a true convolution
# expect: refuse
# name: grad_weight turned
import numpy as np


def conv2d_backward(grad_output, x, weight, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    grad_framed, grad_weight = np.zeros_like(framed), np.zeros(weight.shape)
    rows, columns = grad_output.shape[2:]
    for u, v in np.ndindex(*weight.shape[2:]):
        seen = (..., slice(u, u + stride * (rows - 1) + 1, stride), slice(v, v + stride * (columns - 1) + 1, stride))
        grad_weight[:, :, -1 - u, -1 - v] = np.einsum("nkij,ncij->kc", grad_output, framed[seen])
        grad_framed[seen] += np.einsum("nkij,kc->ncij", grad_output, weight[:, :, u, v])
    inside = (..., slice(padding, padding + x.shape[2]), slice(padding, padding + x.shape[3]))
    return grad_framed[inside], grad_weight, grad_output.sum((0, 2, 3))
