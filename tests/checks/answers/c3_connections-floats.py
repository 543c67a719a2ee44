# exercise: c3_connections
# what: 1 and 0
# expect: refuse
# name: floats for True and False
import numpy as np


def c3_connections():
    table = np.zeros((16, 6))
    for i in range(6):
        table[i, np.arange(i, i + 3) % 6] = 1
        table[i + 6, np.arange(i, i + 4) % 6] = 1
    for i in range(3):
        table[i + 12, np.array([0, 1, 3, 4]) + i - 6] = 1
    table[15, :] = 1
    return table
