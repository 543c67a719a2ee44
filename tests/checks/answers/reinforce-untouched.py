# exercise: reinforce
# what: what is computed is not kept
# expect: refuse
# name: both left as they were
import numpy as np


def reinforce(a, b, u, c, q):
    v = np.sqrt(np.sum(c * u**2))
    a + q * c * u
    b + q / 2 * v
    return a, b
