# exercise: reinforce
# what: b grows by what a grows by, and a by twice as much
# expect: refuse
# name: twice q in a
# name: half for the root
import numpy as np


def reinforce(a, b, u, c, q):
    step = q * c * u
    v = np.sum(c * u**2) / 2
    return a + 2 * step, b + q / 2 * v
