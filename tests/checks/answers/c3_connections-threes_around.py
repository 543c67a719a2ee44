# exercise: c3_connections
# what: neighbours on both sides in the first group, the third gap as a run of the circle
# expect: refuse
# name: threes around the map
# name: gaps as (0, 1, 3, 5)
import numpy as np


def c3_connections():
    rows = [{(i - 1) % 6, i, (i + 1) % 6} for i in range(6)]
    rows += [{(i + k) % 6 for k in range(4)} for i in range(6)]
    rows += [{i, i + 1, i + 3, (i + 5) % 6} for i in range(3)]
    rows += [set(range(6))]
    return np.array([[m in row for m in range(6)] for row in rows])
