# exercise: conv_volume
# what: adds up the channels alone, and stores what is left in one cell
# expect: refuse
# name: summed over the channels alone
import numpy as np


def conv_volume(x, weight, bias, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (padding, padding), (padding, padding)])
    views = np.lib.stride_tricks.sliding_window_view(framed, weight.shape[2:], (1, 2))[:, ::stride, ::stride]
    maps = np.empty((len(weight), *views.shape[1:3]))
    for k, i, j in np.ndindex(*maps.shape):
        maps[k, i, j] = np.einsum("cuv,cuv->uv", views[:, i, j], weight[k]) + bias[k]
    return maps
