# exercise: true_convolution2d
# what: right, by products of complex spectra
# expect: accept
import numpy as np


def true_convolution2d(image, kernel):
    shape = [2 * side for side in image.shape]
    product = np.fft.fft2(image, shape) * np.fft.fft2(kernel, shape)
    whole = np.fft.ifft2(product).real
    inside = tuple(slice(k - 1, n) for k, n in zip(kernel.shape, image.shape))
    return whole[inside]
