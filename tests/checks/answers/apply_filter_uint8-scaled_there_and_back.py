# exercise: apply_filter_uint8
# what: right up to the last digits: divided by 255, multiplied by it in the end
# expect: accept
import numpy as np


def apply_filter_uint8(image, kernel):
    rows, columns = image.shape
    high, wide = kernel.shape
    framed = np.pad(image.astype(float) / 255, ((high // 2, high // 2), (wide // 2, wide // 2)))
    bright = np.zeros(image.shape)
    for (u, v), weight in np.ndenumerate(kernel):
        bright += weight * framed[u : u + rows, v : v + columns]
    return np.clip((255 * bright).round(), 0, 255).astype("uint8")
