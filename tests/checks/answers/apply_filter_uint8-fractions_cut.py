# exercise: apply_filter_uint8
# what: each sum becomes a whole number by int, and is limited then
# expect: refuse
# name: cut, not rounded
import numpy as np


def apply_filter_uint8(image, kernel):
    high, wide = kernel.shape
    framed = np.pad(image.astype(float), ((high // 2, high // 2), (wide // 2, wide // 2)))
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel.shape)
    result = np.empty_like(image)
    for place in np.ndindex(*image.shape):
        result[place] = min(max(int(np.vdot(views[place], kernel)), 0), 255)
    return result
