# exercise: reinforce
# what: Hebb's rule as one knows it, with the cell's answer as a factor
# expect: refuse
# name: the cell's answer in the step of a
# name: the cell's answer in the step of b
import numpy as np


def reinforce(a, b, u, c, q):
    answer = np.sum(a * u)
    return a + q * answer * c * u, b + q / 2 * answer * np.sqrt(np.sum(c * u**2))
