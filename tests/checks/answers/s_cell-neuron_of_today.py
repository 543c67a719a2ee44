# exercise: s_cell
# what: ReLU of a weighted sum, less b
# expect: refuse
# name: b subtracted as a bias
# name: r forgotten in front
import numpy as np


def s_cell(u, a, b, c, r):
    return max(0, np.einsum("kij,kij->", u, a) - b)
