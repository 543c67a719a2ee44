# exercise: reinforce
# what: neither c in a, nor the root in v
# expect: refuse
# name: c forgotten in a
# name: root forgotten
import numpy as np


def reinforce(a, b, u, c, q):
    new_a = a + q * u
    new_b = b + (q / 2) * np.sum(c * u**2)
    return new_a, new_b
