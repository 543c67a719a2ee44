# exercise: conv2d_backward
# what: never comes to the last row of the gradient
# expect: refuse
# name: last row left out
import numpy as np


def conv2d_backward(grad_output, x, weight, stride, padding):
    shares = grad_output[:, :, :-1]
    framed = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    grad_framed, grad_weight = np.zeros_like(framed), np.zeros(weight.shape)
    high, wide = weight.shape[2:]
    for i, j in np.ndindex(*shares.shape[2:]):
        part = (..., slice(i * stride, i * stride + high), slice(j * stride, j * stride + wide))
        grad_weight += np.einsum("nk,ncuv->kcuv", shares[:, :, i, j], framed[part])
        grad_framed[part] += np.einsum("nk,kcuv->ncuv", shares[:, :, i, j], weight)
    inside = (..., slice(padding, padding + x.shape[2]), slice(padding, padding + x.shape[3]))
    return grad_framed[inside], grad_weight, shares.sum((0, 2, 3))
