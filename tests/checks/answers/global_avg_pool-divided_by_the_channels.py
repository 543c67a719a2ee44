# exercise: global_avg_pool
# what: divides the sums by the number of maps
# expect: refuse
# name: divided by the channels
import numpy as np


def global_avg_pool(x):
    pictures, channels, *_sides = x.shape
    sums = [[float(one.sum()) for one in picture] for picture in x]
    return np.reshape(sums, (pictures, channels)) / channels
