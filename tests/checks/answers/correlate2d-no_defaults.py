# exercise: correlate2d
# what: right, but all five arguments must be given
# expect: refuse
# name: no defaults
import numpy as np


def correlate2d(image, kernel, stride, padding, bias):
    framed = np.pad(image.astype(float), padding)
    rows, columns = kernel.shape
    tops = range(0, framed.shape[0] - rows + 1, stride)
    lefts = range(0, framed.shape[1] - columns + 1, stride)
    return np.array([[np.vdot(framed[t : t + rows, a : a + columns], kernel) + bias for a in lefts] for t in tops])
