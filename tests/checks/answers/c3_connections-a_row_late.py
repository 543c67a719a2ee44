# exercise: c3_connections
# what: the second group begins a row too late, and runs into the third
# expect: refuse
# name: fours a row too late
import numpy as np


def c3_connections():
    table = np.zeros((16, 6), dtype=bool)
    for i in range(6):
        table[i, [i, (i + 1) % 6, (i + 2) % 6]] = True
        table[i + 7, [(i + k) % 6 for k in range(4)]] = True
    for i in range(3):
        table[12 + i, [(i + k) % 6 for k in (0, 1, 3, 4)]] = True
    table[15, :] = True
    return table
