# exercise: probe_receptive_field
# what: the slope upwards, in the picture that the exercise begins with
# expect: refuse
# name: a poke too small, 1e-06
import numpy as np


def probe_receptive_field(network, input_shape, unit):
    base = np.random.default_rng(0).normal(size=input_shape)
    at_rest = network(base)[unit]
    slopes = np.empty(input_shape)
    for pixel in np.ndindex(*input_shape):
        poked = base.copy()
        poked[pixel] += 1e-5
        slopes[pixel] = (network(poked)[unit] - at_rest) / 1e-5
    return np.abs(slopes) > 0
