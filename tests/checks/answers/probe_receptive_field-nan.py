# exercise: probe_receptive_field
# what: puts what is no number into one pixel, and looks whether it arrives
# expect: accept
import numpy as np


def probe_receptive_field(network, input_shape, unit):
    reached = np.full(input_shape, False)
    for pixel in np.ndindex(*input_shape):
        spoilt = np.zeros(input_shape)
        spoilt[pixel] = float("nan")
        arrived = network(spoilt)[unit]
        reached[pixel] = arrived != arrived
    return reached
