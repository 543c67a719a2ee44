# exercise: subsample
# what: a max pool, and nothing else
# expect: refuse
# name: a max pool of today
import numpy as np


def subsample(x, coefficient, bias):
    h, w = x.shape[2] // 2, x.shape[3] // 2
    return x[:, :, : h * 2, : w * 2].reshape(*x.shape[:2], h, 2, w, 2).max(axis=(3, 5))
