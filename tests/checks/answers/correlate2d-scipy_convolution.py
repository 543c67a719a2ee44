# exercise: correlate2d
# what: SciPy's convolution, which turns the kernel
# expect: refuse
# name: kernel flipped
import numpy as np
import scipy.signal


def correlate2d(image, kernel, stride=1, padding=0, bias=0.0):
    framed = np.pad(image, padding).astype(float)
    everywhere = scipy.signal.fftconvolve(framed, kernel, mode="valid")
    return bias + everywhere[::stride, ::stride]
