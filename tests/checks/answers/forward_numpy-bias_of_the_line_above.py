# exercise: forward_numpy
# expect: refuse
# name: bias of 3, convolution 4
# what: written out line by line; the fourth convolution has the bias of the third, as where a line was copied
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
    w = weights
    x = np.maximum(conv2d(x, w["conv1.weight"], w["conv1.bias"], 1, w["conv1.weight"].shape[2] // 2), 0)
    x = max_pool2d(x, (2, 2), 2, 0)
    x = np.maximum(conv2d(x, w["conv2.weight"], w["conv2.bias"], 1, w["conv2.weight"].shape[2] // 2), 0)
    x = np.maximum(conv2d(x, w["conv3.weight"], w["conv3.bias"], 1, w["conv3.weight"].shape[2] // 2), 0)
    x = max_pool2d(x, (2, 2), 2, 0)
    x = np.maximum(conv2d(x, w["conv4.weight"], w["conv3.bias"], 1, w["conv4.weight"].shape[2] // 2), 0)
    x = np.maximum(conv2d(x, w["conv5.weight"], w["conv5.bias"], 1, w["conv5.weight"].shape[2] // 2), 0)
    x = max_pool2d(x, (2, 2), 2, 0)
    x = x.reshape(x.shape[0], -1)
    x = np.maximum(x @ w["dense1.weight"].T + w["dense1.bias"], 0)
    x = np.maximum(x @ w["dense2.weight"].T + w["dense2.bias"], 0)
    return x @ w["dense3.weight"].T + w["dense3.bias"]
