# exercise: correlate2d
# what: right, by SciPy's convolution with the turned kernel
# expect: other library
import numpy as np
from scipy.signal import convolve


def correlate2d(image, kernel, stride=1, padding=0, bias=0.0):
    framed = np.pad(image, padding).astype(float)
    return bias + convolve(framed, kernel[::-1, ::-1], mode="valid", method="direct")[::stride, ::stride]
