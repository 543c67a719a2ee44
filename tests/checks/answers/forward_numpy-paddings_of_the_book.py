# exercise: forward_numpy
# expect: refuse
# name: the book's paddings
# what: padding 3 in the first convolution, and 1 in all others, whatever their kernels
import numpy as np


def conv2d(x, weight, bias, stride, padding):
    f_h, f_w = weight.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (f_h, f_w), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,kcuv->nkij", windows, weight) + bias[:, None, None]


def max_pool2d(x, kernel_size, stride, padding):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.max(axis=(4, 5))


def forward_numpy(weights, x):
    for number in range(1, 6):
        padding = 3 if number == 1 else 1
        x = np.maximum(conv2d(x, weights[f"conv{number}.weight"], weights[f"conv{number}.bias"], 1, padding), 0)
        if number % 2 == 1:
            x = max_pool2d(x, (2, 2), 2, 0)
    x = x.reshape(len(x), -1)
    for number in range(1, 4):
        x = np.dot(x, weights[f"dense{number}.weight"].T) + weights[f"dense{number}.bias"]
        if number < 3:
            x = np.maximum(x, 0)
    return x
