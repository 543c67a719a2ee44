# exercise: c3_connections
# what: slices, which end at the border, so that the circle is open
# expect: refuse
# name: not in a circle
import numpy as np


def c3_connections():
    table = np.zeros((16, 6), dtype=bool)
    for i in range(6):
        table[i, i : i + 3] = True
        table[i + 6, i : i + 4] = True
    table[12, [0, 1, 3, 4]] = True
    table[13, [1, 2, 4, 5]] = True
    table[14, [0, 2, 3, 5]] = True
    table[15] = True
    return table
