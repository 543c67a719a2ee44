# exercise: global_avg_pool
# what: NumPy wants a tuple of axes
# expect: refuse
# name: a list of axes
import numpy as np


def global_avg_pool(x):
    both = [-2, -1]
    return np.mean(x, axis=both)
