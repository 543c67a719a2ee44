# exercise: reinforce
# what: q * v for b
# expect: refuse
# name: q / 2 is q
import numpy as np


def reinforce(a, b, u, c, q):
    v = np.sqrt(np.sum(c * u**2))
    a = a + q * c * u
    b = b + q * v
    return a, b
