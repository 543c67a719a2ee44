# exercise: shift
# what: right, by SciPy
# expect: other library
import numpy as np
import scipy.ndimage


def shift(image, rows, columns, fill=0):
    back = np.zeros(image.ndim)
    back[-2:] = -rows, -columns
    return scipy.ndimage.affine_transform(image, np.ones(image.ndim), back, order=0, mode="constant", cval=fill)
