# exercise: c3_connections
# what: right, from one row of each kind, rolled by np.roll
# expect: accept
import numpy as np


def c3_connections():
    kinds = [("111000", 6), ("111100", 6), ("110110", 3)]
    rows = []
    for kind, times in kinds:
        first = np.array([int(one) for one in kind])
        for shift in range(times):
            rows.append(np.roll(first, shift))
    rows.append(np.ones(6))
    return np.array(rows) == 1
