"""Counting by hand: sizes of outputs, padding, connections, weights and multiplications.

Every function answers one question that can be settled with paper and pencil, and uses nothing but
Python's whole numbers. Sizes are in pixels, along one axis unless the name says otherwise.

Source of the formulas: A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14;
V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, 2016.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

from .errors import argument_error

__all__ = [
    "IntOrPair",
    "conv_cost",
    "conv_parameters",
    "dense_connections",
    "dilated_output_size",
    "local_connections",
    "output_size",
    "pair",
    "receptive_window",
    "same_padding",
    "shared_weights",
    "stack_versus_single",
    "whole_number",
]

IntOrPair = int | Sequence[int]


def output_size(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """Return how many places a window of `kernel_size` takes along an axis of `size` pixels.

    The first window starts `padding` pixels before the input; each next one starts `stride` pixels
    further, as long as all of it fits: ``floor((size + 2 * padding - kernel_size) / stride) + 1``.

    Parameters
    ----------
    size, kernel_size : int
        Pixels of the input and of the window along this axis, at least 1.
    stride : int
        Pixels from one window to the next, at least 1.
    padding : int
        Zeros added on *each* side, at least 0.

    Returns
    -------
    int
        The number of windows, at least 1.

    Raises
    ------
    ArgumentError
        If the window is larger than the padded input, or a number is out of its range.

    Examples
    --------
    The book's figure 14-4: a 5 x 7 input, 3 x 3 windows, stride 2, one zero on each side.

    >>> output_size(5, 3, stride=2, padding=1), output_size(7, 3, stride=2, padding=1)
    (3, 4)
    """
    size = whole_number("output_size", "size", size)
    kernel_size = whole_number("output_size", "kernel_size", kernel_size)
    stride = whole_number("output_size", "stride", stride)
    padding = whole_number("output_size", "padding", padding, least=0)
    padded = size + 2 * padding
    if kernel_size > padded:
        raise argument_error(
            "output_size",
            "kernel_size",
            f"fit into the padded input of {padded} pixels",
            kernel_size,
            "Use a smaller kernel or more padding.",
        )
    return (padded - kernel_size) // stride + 1


def dilated_output_size(size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Return how many places a window with gaps takes along an axis of `size` pixels.

    Its `kernel_size` weights lie `dilation` pixels apart, so that it reaches over
    ``dilation * (kernel_size - 1) + 1`` pixels; the rest is `output_size`.

    Parameters
    ----------
    size, kernel_size : int
        Pixels of the input, and weights of the window, along this axis; at least 1.
    stride : int
        Pixels from one window to the next, at least 1.
    padding : int
        Zeros added on *each* side, at least 0.
    dilation : int
        Pixels from one weight of a window to the next, at least 1; 1 leaves no gaps.

    Examples
    --------
    >>> dilated_output_size(9, 3), dilated_output_size(9, 3, dilation=2)
    (7, 5)
    """
    kernel_size = whole_number("dilated_output_size", "kernel_size", kernel_size)
    dilation = whole_number("dilated_output_size", "dilation", dilation)
    return output_size(size, dilation * (kernel_size - 1) + 1, stride, padding)


def same_padding(size: int, kernel_size: int, stride: int = 1) -> tuple[int, int]:
    """Return the zeros to add before and after, so that ``ceil(size / stride)`` windows fit.

    This is what TensorFlow calls ``"SAME"``. Where the number of zeros is odd, the odd one goes
    *after*. Where the windows fit without zeros, none are added (never a negative number).

    Parameters
    ----------
    size, kernel_size, stride : int
        Pixels of the input, of the window, and from one window to the next; at least 1.

    Returns
    -------
    tuple of int
        Zeros before and zeros after.

    Examples
    --------
    >>> same_padding(28, 7)
    (3, 3)
    >>> same_padding(13, 6, stride=5)
    (1, 2)
    """
    size = whole_number("same_padding", "size", size)
    kernel_size = whole_number("same_padding", "kernel_size", kernel_size)
    stride = whole_number("same_padding", "stride", stride)
    windows = -(-size // stride)  # rounded up
    total = max((windows - 1) * stride + kernel_size - size, 0)
    before = total // 2
    return before, total - before


def receptive_window(
    row: int, column: int, kernel_size: IntOrPair, stride: IntOrPair = 1, padding: IntOrPair = 0
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the rows and columns of the input that the neuron at (`row`, `column`) sees.

    Rows ``i * s_h - p_h`` to ``i * s_h - p_h + f_h - 1``, both included, and the same for columns.
    They are counted in the input without its padding: a row -1 lies in the zeros above it.

    Parameters
    ----------
    row, column : int
        The place of the neuron in its layer, at least 0.
    kernel_size, stride, padding : int or pair of int
        One number for both axes, or (vertical, horizontal).

    Returns
    -------
    tuple of tuple of int
        ((top, bottom), (left, right)).

    Examples
    --------
    >>> receptive_window(0, 1, kernel_size=3, stride=2, padding=1)
    ((-1, 1), (1, 3))
    """
    place = (
        whole_number("receptive_window", "row", row, least=0),
        whole_number("receptive_window", "column", column, least=0),
    )
    kernels = pair("receptive_window", "kernel_size", kernel_size)
    strides = pair("receptive_window", "stride", stride)
    paddings = pair("receptive_window", "padding", padding, least=0)
    vertical, horizontal = (
        (i * s - p, i * s - p + f - 1) for i, f, s, p in zip(place, kernels, strides, paddings, strict=True)
    )
    return vertical, horizontal


def dense_connections(height: int, width: int, channels: int, neurons: int) -> int:
    """Return the connections of a layer in which every neuron sees every pixel.

    Examples
    --------
    The book's example: 100 x 100 grey pixels, 1,000 neurons.

    >>> dense_connections(100, 100, 1, 1000)
    10000000
    """
    return (
        whole_number("dense_connections", "height", height)
        * whole_number("dense_connections", "width", width)
        * whole_number("dense_connections", "channels", channels)
        * whole_number("dense_connections", "neurons", neurons)
    )


def local_connections(kernel_size: IntOrPair, channels: int, neurons: int) -> int:
    """Return the connections of a layer in which every neuron sees one window, with its own weights.

    Examples
    --------
    >>> local_connections(5, channels=1, neurons=1000)
    25000
    """
    f_h, f_w = pair("local_connections", "kernel_size", kernel_size)
    channels = whole_number("local_connections", "channels", channels)
    return f_h * f_w * channels * whole_number("local_connections", "neurons", neurons)


def shared_weights(kernel_size: IntOrPair, channels: int, feature_maps: int = 1) -> int:
    """Return the weights of a layer in which all neurons of one feature map share one window's weights.

    Examples
    --------
    >>> shared_weights(5, channels=1)
    25
    """
    f_h, f_w = pair("shared_weights", "kernel_size", kernel_size)
    channels = whole_number("shared_weights", "channels", channels)
    return f_h * f_w * channels * whole_number("shared_weights", "feature_maps", feature_maps)


def conv_parameters(in_channels: int, out_channels: int, kernel_size: IntOrPair, bias: bool = True) -> int:
    """Return the numbers that a convolutional layer learns: ``f_h * f_w * in * out``, and `out` biases.

    Examples
    --------
    The first layer of the book's Fashion-MNIST network:

    >>> conv_parameters(1, 64, 7)
    3200
    """
    f_h, f_w = pair("conv_parameters", "kernel_size", kernel_size)
    in_channels = whole_number("conv_parameters", "in_channels", in_channels)
    out_channels = whole_number("conv_parameters", "out_channels", out_channels)
    return f_h * f_w * in_channels * out_channels + (out_channels if bias else 0)


def conv_cost(in_channels: int, out_channels: int, kernel_size: IntOrPair, output_size: IntOrPair) -> int:
    """Return the multiply-accumulates of a convolutional layer for one picture.

    Every one of the ``out_channels * height * width`` output values is a sum of
    ``f_h * f_w * in_channels`` products.

    Parameters
    ----------
    in_channels, out_channels : int
        Feature maps below and above.
    kernel_size, output_size : int or pair of int
        Size of the window, and (height, width) of one output map.

    Examples
    --------
    >>> conv_cost(1, 64, 7, (28, 28))
    2458624
    """
    f_h, f_w = pair("conv_cost", "kernel_size", kernel_size)
    height, width = pair("conv_cost", "output_size", output_size)
    in_channels = whole_number("conv_cost", "in_channels", in_channels)
    out_channels = whole_number("conv_cost", "out_channels", out_channels)
    return f_h * f_w * in_channels * out_channels * height * width


def stack_versus_single(kernel_size: int, layers: int, channels: int) -> tuple[int, int, int]:
    """Compare a stack of small kernels with the one large kernel that sees as much.

    Each of the `layers` convolutions (stride 1, `channels` maps to `channels` maps, no biases)
    widens the view by ``kernel_size - 1`` pixels.

    Returns
    -------
    tuple of int
        Size of the single kernel, weights of the stack, weights of the single kernel.

    Examples
    --------
    Two 3 x 3 layers see what one 5 x 5 layer sees, with 28% fewer weights:

    >>> stack_versus_single(3, layers=2, channels=64)
    (5, 73728, 102400)
    """
    kernel_size = whole_number("stack_versus_single", "kernel_size", kernel_size)
    layers = whole_number("stack_versus_single", "layers", layers)
    channels = whole_number("stack_versus_single", "channels", channels)
    single = 1 + layers * (kernel_size - 1)
    return single, layers * kernel_size**2 * channels**2, single**2 * channels**2


def whole_number(function: str, argument: str, value: object, least: int | None = 1) -> int:
    """Return `value` as a Python int, or raise the error that names `function` and `argument`.

    Examples
    --------
    >>> whole_number("conv2d", "stride", 2)
    2
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise argument_error(
            function, argument, "be a whole number", value, "Write it without a decimal point, such as 2."
        ) from None
    if least is not None and number < least:
        raise argument_error(function, argument, f"be at least {least}", number, f"Use {argument}={least} or more.")
    return number


def pair(function: str, argument: str, value: object, least: int | None = 1) -> tuple[int, int]:
    """Return `value` as (vertical, horizontal): one whole number counts for both axes.

    Examples
    --------
    >>> pair("conv2d", "stride", 2), pair("conv2d", "stride", (2, 1))
    ((2, 2), (2, 1))
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != 2:
            raise argument_error(
                function,
                argument,
                "be one whole number or a pair of them",
                value,
                "Write (vertical, horizontal), such as (2, 1).",
            )
        vertical, horizontal = (whole_number(function, argument, number, least) for number in value)
        return vertical, horizontal
    number = whole_number(function, argument, value, least)
    return number, number
