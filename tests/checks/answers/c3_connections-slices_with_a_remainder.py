# exercise: c3_connections
# what: slices whose ends are taken by % 6, so that some are empty, and a slip in the last row with a gap
# expect: refuse
# name: threes three
# name: fours two
# name: row 14 with map 4 for 0
import numpy as np


def c3_connections():
    table = np.zeros((16, 6), dtype=bool)
    for j in range(6):
        table[j, j : (j + 3) % 6] = True
        table[6 + j, j : (j + 4) % 6] = True
    for j, seen in enumerate(([0, 1, 3, 4], [1, 2, 4, 5], [2, 3, 4, 5])):
        table[12 + j, seen] = True
    table[15] = True
    return table
