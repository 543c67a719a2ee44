# exercise: correlate2d
# what: an object whose helper is given one argument too few
# expect: refuse
# told: A function is called without 'offset'
import numpy as np


def weighted(part, weights, offset):
    return np.vdot(part, weights) + offset


class Filter:
    def __call__(self, image, kernel, stride=1, padding=0, bias=0.0):
        framed = np.pad(image, padding).astype(float)
        views = np.lib.stride_tricks.sliding_window_view(framed, kernel.shape)[::stride, ::stride]
        result = np.empty(views.shape[:2])
        for place in np.ndindex(result.shape):
            result[place] = weighted(views[place], kernel)
        return result


correlate2d = Filter()
