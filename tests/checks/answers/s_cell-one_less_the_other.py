# exercise: s_cell
# what: subtracts the inhibition
# expect: refuse
# name: subtracted
import numpy as np


def s_cell(u, a, b, c, r):
    excitation = (a * u).sum()
    inhibition = 2 * r / (1 + r) * b * np.sqrt((c * u**2).sum())
    return r * max(excitation - inhibition, 0)
