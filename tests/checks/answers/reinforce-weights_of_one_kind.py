# exercise: reinforce
# what: gives a dictionary
# expect: refuse
# told: expected 2 values, got a dictionary
import numpy as np


def reinforce(a, b, u, c, q):
    return {"a": a + q * c * u, "b": b + q / 2 * np.sqrt(np.sum(c * u**2))}
