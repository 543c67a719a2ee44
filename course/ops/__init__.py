"""The operations of a convolutional network in NumPy, each with its gradient.

Pictures are arrays of shape (N, C, H, W): batch, channels, height, width. Names and arguments are those of
``torch.nn.functional``. float32 and float64 stay what they are, whole numbers become float64. No function
changes what it is given, and each ``*_backward`` takes the gradient by the output first.
"""

from .conv import conv2d, conv2d_backward, conv2d_backward_loops, conv2d_loops
from .gradcheck import GradientReport, gradcheck, numerical_gradient
from .layers import (
    cross_entropy,
    cross_entropy_backward,
    linear,
    linear_backward,
    relu,
    relu_backward,
    softmax,
    softmax_backward,
)
from .plane import correlate2d, flip, shift, true_convolution2d, unpad, zero_pad
from .pool import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool,
    global_avg_pool_backward,
    max_pool2d,
    max_pool2d_backward,
)
from .windows import col2im, im2col

__all__ = [
    "GradientReport",
    "avg_pool2d",
    "avg_pool2d_backward",
    "col2im",
    "conv2d",
    "conv2d_backward",
    "conv2d_backward_loops",
    "conv2d_loops",
    "correlate2d",
    "cross_entropy",
    "cross_entropy_backward",
    "flip",
    "global_avg_pool",
    "global_avg_pool_backward",
    "gradcheck",
    "im2col",
    "linear",
    "linear_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "numerical_gradient",
    "relu",
    "relu_backward",
    "shift",
    "softmax",
    "softmax_backward",
    "true_convolution2d",
    "unpad",
    "zero_pad",
]
