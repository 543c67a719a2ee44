# exercise: global_avg_pool
# what: a product with equal weights; a batch of no pictures cannot be reshaped with -1
# expect: refuse
# name: nothing to reshape
import numpy as np


def global_avg_pool(x):
    flat = x.reshape(*x.shape[:2], -1).astype(float)
    weights = np.full(flat.shape[2], 1 / flat.shape[2])
    return flat @ weights
