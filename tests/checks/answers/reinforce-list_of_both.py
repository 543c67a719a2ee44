# exercise: reinforce
# what: right, gives both in a list
# expect: accept
import numpy as np


def reinforce(a, b, u, c, q):
    delta = np.multiply(c, u)
    return [np.add(a, q * delta), np.add(b, 0.5 * q * np.sqrt(np.sum(delta * u)))]
