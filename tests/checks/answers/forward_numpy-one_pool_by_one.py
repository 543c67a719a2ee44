# exercise: forward_numpy
# expect: refuse
# name: pool moves by 1, convolution 3
# what: the pool after the third convolution moves by one pixel
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
    def conv(number, x):
        weight = weights[f"conv{number}.weight"]
        return np.maximum(0, conv2d(x, weight, weights[f"conv{number}.bias"], 1, weight.shape[2] // 2))

    x = max_pool2d(conv(1, x), (2, 2), 2, 0)
    x = max_pool2d(conv(3, conv(2, x)), (2, 2), 1, 0)
    x = max_pool2d(conv(5, conv(4, x)), (2, 2), 2, 0)
    x = x.reshape(len(x), -1)
    for number in (1, 2):
        x = np.maximum(x @ weights[f"dense{number}.weight"].T + weights[f"dense{number}.bias"], 0)
    return x @ weights["dense3.weight"].T + weights["dense3.bias"]
