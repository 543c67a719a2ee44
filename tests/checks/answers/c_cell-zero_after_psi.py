# exercise: c_cell
# what: divides first, and sets to 0 what is below 0 then
# expect: refuse
# name: phi after psi
import numpy as np


def c_cell(u, d, alpha):
    s = np.array([np.sum(d * plane) for plane in u])
    v = s.mean()
    output = (1 + s) / (1 + v) - 1
    output = output / (alpha + output)
    output[output < 0] = 0
    return output
