# exercise: reinforce
# what: writes into the given weights
# expect: refuse
# name: a += stops
import numpy as np


def reinforce(a, b, u, c, q):
    a += q * c * u
    b += q / 2 * np.sqrt(np.sum(c * u**2))
    return a, b
