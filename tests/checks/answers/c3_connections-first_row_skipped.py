# exercise: c3_connections
# what: a range from 1, in the first group, and the last map without map 5
# expect: refuse
# name: threes without the first
# name: the last map without map 5
import numpy as np


def c3_connections():
    c3 = np.full((16, 6), False)
    for i in range(1, 6):
        c3[i][np.arange(i, i + 3) % 6] = True
    for i in range(6, 12):
        c3[i][np.arange(i, i + 4) % 6] = True
    for i, maps in enumerate(([0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]), start=12):
        c3[i][maps] = True
    c3[15][0:5] = True
    return c3
