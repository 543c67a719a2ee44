# exercise: reinforce
# what: v taken from a call of s_cell, whose r is q
# expect: refuse
# name: s_cell for v, with r = q
import numpy as np


def s_cell(u, a, b, c, r):
    v = np.sqrt(np.sum(c * u**2))
    return r * max((1 + np.sum(a * u)) / (1 + 2 * r / (1 + r) * b * v) - 1, 0)


def reinforce(a, b, u, c, q):
    v = s_cell(u, a, b, c, q)
    return a + q * c * u, b + q / 2 * v
