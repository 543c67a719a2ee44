# exercise: avg_pool2d
# what: moves by the window's size, and never looks at the stride
# expect: refuse
# name: the window size as stride
import numpy as np


def avg_pool2d(x, kernel_size, stride):
    high, wide = kernel_size
    tops = range(0, x.shape[2] - high + 1, high)
    lefts = range(0, x.shape[3] - wide + 1, wide)
    return np.stack(
        [
            np.stack([x[:, :, top : top + high, left : left + wide].mean((2, 3)) for left in lefts], axis=-1)
            for top in tops
        ],
        axis=2,
    )
