# exercise: conv_volume
# what: right; a helper cuts out the window
# expect: accept
import numpy as np


# %%
def window(volume, start, shape):
    return volume[(slice(None), *(slice(first, first + side) for first, side in zip(start, shape)))]


# %%
def conv_volume(x, weight, bias, stride, padding):
    framed = np.pad(x.astype(float), [(0, 0), (padding, padding), (padding, padding)])
    shape = weight.shape[2:]
    tops, lefts = (range(0, side - k + 1, stride) for side, k in zip(framed.shape[1:], shape))
    sums = [[np.tensordot(weight, window(framed, (top, left), shape), 3) for left in lefts] for top in tops]
    return np.moveaxis(np.array(sums) + bias, -1, 0)
