# exercise: zero_pad
# what: adds one ring after another; without a ring it is the same array
# expect: refuse
# told: is image itself, not a new array
import numpy as np


def zero_pad(image, padding):
    ringed = image
    for _ring in range(padding):
        beside = np.zeros((len(ringed), 1), ringed.dtype)
        ringed = np.hstack([beside, ringed, beside])
        above = np.zeros((1, ringed.shape[1]), ringed.dtype)
        ringed = np.vstack([above, ringed, above])
    return ringed
