# exercise: c3_connections
# what: the second group is written over the first
# expect: refuse
# name: fours over threes
import numpy as np


def c3_connections():
    table = np.zeros((16, 6), dtype=bool)
    for j in range(6):
        for k in range(3):
            table[j, (j + k) % 6] = True
    for j in range(6):
        for k in range(4):
            table[j, (j + k) % 6] = True
    table[12, [0, 1, 3, 4]] = True
    table[13, [1, 2, 4, 5]] = True
    table[14, [0, 2, 3, 5]] = True
    table[15] = True
    return table
