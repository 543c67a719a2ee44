# exercise: reinforce
# what: thinks that the weights change where they are
# expect: refuse
# told: the function returns nothing (None) here
import numpy as np


def reinforce(a, b, u, c, q):
    a = a + q * c * u
    b = b + q / 2 * np.sqrt(np.sum(c * u**2))
