# exercise: c3_connections
# what: gaps as a public program has them
# expect: refuse
# told: map 12 of C3 should see maps 0, 1, 3, 4 of S2; yours sees maps 0, 1, 2, 4
import numpy as np


def c3_connections():
    fm_mapping = [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 0], [5, 0, 1],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 0], [4, 5, 0, 1], [5, 0, 1, 2],
        [0, 2, 4, 1], [1, 3, 5, 0], [2, 4, 0, 1], [0, 1, 2, 3, 4, 5],
    ]  # fmt: skip
    table = np.zeros((16, 6), dtype=bool)
    for j, maps in enumerate(fm_mapping):
        table[j][maps] = True
    return table
