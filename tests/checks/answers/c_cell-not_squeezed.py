# exercise: c_cell
# what: without psi
# expect: refuse
# name: psi left out
import numpy as np


def c_cell(u, d, alpha):
    s = np.einsum("khw,hw->k", u, d)
    return np.maximum((1 + s) / (1 + s.mean()) - 1, 0)
