# exercise: probe_receptive_field
# what: pokes by 0.001 up and down, in a picture of its own
# expect: refuse
# told: right wherever the number of layers is 1
import numpy as np


def probe_receptive_field(network, input_shape, unit):
    base = np.random.default_rng(3).uniform(-1, 1, input_shape)
    seen = np.zeros(input_shape, bool)
    for row in range(input_shape[0]):
        for column in range(input_shape[1]):
            for step in (0.001, -0.001):
                poked = base.copy()
                poked[row, column] += step
                if network(poked)[unit] != network(base)[unit]:
                    seen[row, column] = True
    return seen
