# exercise: output_size
# what: an array of no axes, by way of a table of one cell
# expect: either
import numpy as np


def output_size(size, kernel_size, stride, padding):
    places = np.array([1 + (size - kernel_size + padding + padding) // stride])
    return places.reshape(())
