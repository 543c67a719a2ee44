# exercise: shift
# what: rolls, then fills above and on the left, in whatever direction it went
# expect: refuse
# name: filled in front, whatever the sign
import numpy as np


def shift(image, rows, columns, fill=0):
    result = np.roll(np.roll(image, rows, axis=-2), columns, axis=-1)
    above, beside = slice(None, rows), slice(None, columns)
    result[..., above, :] = result[..., beside] = fill
    return result
