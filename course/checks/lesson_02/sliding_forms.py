"""Right ways of writing `correlate2d`, which its check must accept."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..spec import Form

__all__ = ["RIGHT_FORMS"]


def _four_loops(image, kernel, stride=1, padding=0, bias=0.0):
    f_h, f_w = kernel.shape
    padded = np.pad(np.asarray(image, dtype=np.float64), padding)
    out_h = (padded.shape[0] - f_h) // stride + 1
    out_w = (padded.shape[1] - f_w) // stride + 1
    z = np.full((out_h, out_w), float(bias))
    for i in range(out_h):
        for j in range(out_w):
            for u in range(f_h):
                for v in range(f_w):
                    z[i, j] += padded[i * stride + u, j * stride + v] * kernel[u, v]
    return z


def _loops_over_the_kernel(image, kernel, stride=1, padding=0, bias=0.0):
    f_h, f_w = kernel.shape
    padded = np.pad(image, padding).astype(float)
    out_h = (padded.shape[0] - f_h) // stride + 1
    out_w = (padded.shape[1] - f_w) // stride + 1
    z = bias
    for u in range(f_h):
        for v in range(f_w):
            seen = padded[u : u + (out_h - 1) * stride + 1 : stride, v : v + (out_w - 1) * stride + 1 : stride]
            z = z + kernel[u, v] * seen
    return z


def _window_view(image, kernel, stride=1, padding=0, bias=0.0):
    windows = sliding_window_view(np.pad(image, padding), kernel.shape)[::stride, ::stride]
    return np.tensordot(windows, kernel, axes=2) + bias


def _nested_lists(image, kernel, stride=1, padding=0, bias=0.0):
    padded = np.pad(image, padding)
    f_h, f_w = kernel.shape
    return [
        [
            float((padded[top : top + f_h, left : left + f_w] * kernel).sum()) + bias
            for left in range(0, padded.shape[1] - f_w + 1, stride)
        ]
        for top in range(0, padded.shape[0] - f_h + 1, stride)
    ]


def _with_torch(image, kernel, stride=1, padding=0, bias=0.0):
    import torch

    x, w = (torch.from_numpy(np.array(array, dtype=np.float64))[None, None] for array in (image, kernel))
    return torch.nn.functional.conv2d(x, w, stride=stride, padding=padding)[0, 0] + bias


def _with_scipy(image, kernel, stride=1, padding=0, bias=0.0):
    from scipy.signal import correlate2d

    return correlate2d(np.pad(image.astype(float), padding), kernel, mode="valid")[::stride, ::stride] + bias


RIGHT_FORMS = [
    Form("four loops", _four_loops),
    Form("loops over the kernel", _loops_over_the_kernel),
    Form("sliding_window_view", _window_view),
    Form("steps in the picture, as lists", _nested_lists),
    Form("PyTorch", _with_torch),
    Form("SciPy", _with_scipy),
]
