# exercise: probe_receptive_field
# what: the slope through two near points, in the picture that the exercise begins with
# expect: refuse
# name: a poke too small, 1e-06
import numpy as np


def probe_receptive_field(network, input_shape, unit):
    base = np.random.default_rng(0).normal(size=input_shape)
    slopes = []
    for one in np.eye(base.size).reshape(-1, *base.shape):
        ahead, behind = (network(base + step * one)[unit] for step in (1e-5, -1e-5))
        slopes.append((ahead - behind) / 2e-5)
    return np.reshape(slopes, base.shape) != 0.0
