# exercise: probe_receptive_field
# what: the slope to one side, in a random picture
# expect: refuse
# told: larger
import numpy as np


def probe_receptive_field(network, input_shape, unit):
    base = np.random.default_rng(1).random(input_shape)
    at_rest = network(base)[unit]
    slopes = np.empty(input_shape)
    for pixel in np.ndindex(*input_shape):
        poked = base.copy()
        poked[pixel] += 1e-5
        slopes[pixel] = (network(poked)[unit] - at_rest) / 1e-5
    return np.abs(slopes) > 0
