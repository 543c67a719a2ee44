# exercise: c3_connections
# what: one formula for all groups: the distance to both sides, and five maps as the next step after three and four
# expect: refuse
# name: to both sides
# name: five maps from row 12 on
import numpy as np


def c3_connections():
    row, column = np.indices((16, 6))
    table = np.where(row < 12, abs(column - row % 6), (column - row) % 6) < 3 + row // 6
    return table
