# exercise: global_avg_pool
# what: right, by a product with equal weights
# expect: accept
import numpy as np


def global_avg_pool(x):
    weights = np.full(x.shape[2:], 1 / (x.shape[2] * x.shape[3]))
    return np.tensordot(x, weights, axes=2)
