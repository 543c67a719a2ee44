# exercise: s_cell
# what: leaves the planes apart, and gives an array
# expect: refuse
# name: one E for each plane
# name: one v for each plane
import numpy as np


def s_cell(u, a, b, c, r):
    e = np.sum(a * u, axis=(1, 2))
    v = np.sqrt(np.sum(c * u**2, axis=(1, 2)))
    return r * np.maximum((1 + e) / (1 + 2 * r / (1 + r) * b * v) - 1, 0)
