# exercise: global_avg_pool
# what: the mean of a map over all pictures, with all of its axes
# expect: refuse
# name: across the batch
# name: all axes kept
import numpy as np


def global_avg_pool(x):
    sums = np.einsum("nchw->c", x.astype(float))
    return (sums / (x.size // x.shape[1]))[None, :, None, None]
