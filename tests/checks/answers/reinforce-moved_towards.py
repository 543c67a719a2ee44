# exercise: reinforce
# what: a is moved towards what is seen, b as it should be
# expect: refuse
# name: towards what is seen
import numpy as np


def reinforce(a, b, u, c, q):
    v = np.sqrt(np.sum(c * u**2))
    a_new = a + q * (c * u - a)
    b_new = b + q / 2 * v
    return a_new, b_new
