# exercise: subsample
# what: a list of results, empty where there is no picture
# expect: refuse
# name: no axes without pictures
import numpy as np


def squash(z):
    return 1.7159 * np.tanh(2 / 3 * z)


def subsample(x, coefficient, bias):
    result = []
    for picture in x:
        maps = []
        for k, m in enumerate(picture):
            h, w = m.shape
            m = m[: h // 2 * 2, : w // 2 * 2]
            s = m[::2, ::2] + m[1::2, ::2] + m[::2, 1::2] + m[1::2, 1::2]
            maps.append(squash(coefficient[k] * s + bias[k]))
        result.append(maps)
    return np.array(result)
