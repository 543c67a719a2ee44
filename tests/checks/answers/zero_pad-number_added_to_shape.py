# exercise: zero_pad
# what: a tuple and a number are added
# expect: refuse
# name: shape + a number
import numpy as np


def zero_pad(image, padding):
    rows, columns = image.shape
    larger = np.full(image.shape + (padding + padding), 0, image.dtype)
    larger[padding : rows + padding, padding : columns + padding] = image
    return larger
