# exercise: reinforce
# what: b + q / 2 in brackets
# expect: refuse
# name: b and q / 2 in brackets
import numpy as np


def reinforce(a, b, u, c, q):
    v = np.sqrt(np.sum(c * u**2))
    return a + q * c * u, (b + q / 2) * v
