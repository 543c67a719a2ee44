# exercise: apply_filter_uint8
# what: the border above and below is half as wide as the kernel, the one beside it half as high
# expect: refuse
# name: sides swapped, pixel by pixel
import numpy as np


def apply_filter_uint8(image, kernel):
    high, wide = kernel.shape
    framed = np.zeros((image.shape[0] + wide - 1, image.shape[1] + high - 1))
    framed[wide // 2 : wide // 2 + image.shape[0], high // 2 : high // 2 + image.shape[1]] = image
    result = np.empty(image.shape)
    for y, x in np.ndindex(*image.shape):
        result[y, x] = np.sum(kernel * framed[y : y + high, x : x + wide])
    return np.round(np.minimum(np.maximum(result, 0), 255)).astype(np.uint8)
