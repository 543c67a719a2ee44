# exercise: receptive_field
# what: the formula for coming down, folded over the layers on their way up
# expect: refuse
# name: last layer first
from functools import reduce


def receptive_field(layers):
    return reduce(lambda pixels, layer: layer[0] + layer[1] * (pixels - 1), layers, 1)
