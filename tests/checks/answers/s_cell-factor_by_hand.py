# exercise: s_cell
# what: the factor of the example, and inputs that are made of length 1 first
# expect: refuse
# name: 1.2 for 2r / (1 + r)
# name: inputs divided by their length
import numpy as np


def s_cell(u, a, b, c, r):
    u = np.array(u, dtype=float)
    length = np.linalg.norm(u)
    if length > 0:
        u = u / length
    excitation = (a * u).sum()
    inhibition = 1.2 * b * np.sqrt((c * u**2).sum())
    return r * max(0, (1 + excitation) / (1 + inhibition) - 1)
