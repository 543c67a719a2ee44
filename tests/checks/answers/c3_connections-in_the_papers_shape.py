# exercise: c3_connections
# what: six rows of sixteen, as the paper prints them, of 0 and 1
# expect: refuse
# name: transposed
import numpy as np


def c3_connections():
    table = np.zeros((6, 16))
    for i in range(6):
        for k in range(3):
            table[(i + k) % 6, i] = 1
        for k in range(4):
            table[(i + k) % 6, 6 + i] = 1
    for j, maps in enumerate([(0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)]):
        table[list(maps), 12 + j] = 1
    table[:, 15] = 1
    return table
