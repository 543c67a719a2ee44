# exercise: c3_connections
# what: counts the maps from 1, as the paper's readers do
# expect: refuse
# told: your function stopped with IndexError
import numpy as np


def c3_connections():
    table = np.zeros((16, 6), dtype=bool)
    seen = [[1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6], [5, 6, 1], [6, 1, 2]]
    for j, maps in enumerate(seen):
        table[j, maps] = True
    return table
