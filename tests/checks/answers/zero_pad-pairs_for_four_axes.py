# exercise: zero_pad
# what: the border of a batch in a picture of two axes
# expect: refuse
# name: pairs for four axes
import numpy as np


def zero_pad(image, padding):
    border = [(0, 0)] * 4
    border[1] = border[2] = (padding, padding)
    return np.pad(image, border)
