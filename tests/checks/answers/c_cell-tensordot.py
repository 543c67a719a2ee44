# exercise: c_cell
# what: right, by a product of tensors
# expect: accept
import numpy as np


def psi(x, alpha):
    p = np.clip(x, 0, np.inf)
    return p / (alpha + p)


def c_cell(u, d, alpha):
    s = np.tensordot(u, d, axes=([1, 2], [0, 1]))
    v = np.sum(s) / s.size
    return psi((1 + s) / (1 + v) - 1, alpha)
