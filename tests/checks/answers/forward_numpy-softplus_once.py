# exercise: forward_numpy
# expect: refuse
# name: softplus, dense layer 2
# what: the second dense layer is followed by log(1 + exp(x)), all other layers by ReLU
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
    for number in (1, 2, 3, 4, 5):
        weight = weights[f"conv{number}.weight"]
        x = conv2d(x, weight, weights[f"conv{number}.bias"], 1, weight.shape[2] // 2)
        x = x * (x > 0)
        if number in (1, 3, 5):
            x = max_pool2d(x, (2, 2), 2, 0)
    x = x.reshape(len(x), -1)
    x = np.maximum(x @ weights["dense1.weight"].T + weights["dense1.bias"], 0)
    z = x @ weights["dense2.weight"].T + weights["dense2.bias"]
    x = np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0)
    return x @ weights["dense3.weight"].T + weights["dense3.bias"]
