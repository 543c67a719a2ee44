# exercise: s_cell
# expect: refuse
# told: .item() takes it out
# what: one number in an array of three dimensions, which the next cells cannot print
import numpy as np


def s_cell(u, a, b, c, r):
    excitation = np.sum(a * u, keepdims=True)
    inhibition = b * np.sqrt(np.sum(c * u**2, keepdims=True))
    answer = (1 + excitation) / (1 + 2 * r / (1 + r) * inhibition) - 1
    return r * np.maximum(answer, 0)
