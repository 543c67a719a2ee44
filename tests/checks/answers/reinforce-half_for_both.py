# exercise: reinforce
# what: q / 2 for a as well
# expect: refuse
# name: q / 2 for a
import numpy as np


def reinforce(a, b, u, c, q):
    rate = q / 2
    return a + rate * c * u, b + rate * np.sqrt(np.sum(c * u**2))
