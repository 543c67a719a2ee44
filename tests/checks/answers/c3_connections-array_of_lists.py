# exercise: c3_connections
# what: the maps' numbers in lists of different lengths, in an array of objects
# expect: refuse
# name: numbers of maps
import numpy as np


def c3_connections():
    rows = [[(k + n) % 6 for n in range(3)] for k in range(6)] + [[(k + n) % 6 for n in range(4)] for k in range(6)]
    rows += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]
    return np.array(rows, dtype=object)
