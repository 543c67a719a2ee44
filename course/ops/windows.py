"""Windows: the small pieces of a picture that kernels look at, and the way back.

The symbols are those of the book: a window has f_h x f_w pixels, the next one starts s_h rows below
or s_w columns to the right. Dilation leaves gaps of d_h - 1 rows and d_w - 1 columns inside a window.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from ..arithmetic import IntOrPair, pair
from .arguments import Array, Pair, as_floats, as_maps, check_shape, output_shape, window_arguments

__all__ = ["add_windows", "col2im", "im2col", "pad", "seen_by", "unpad_maps", "windows"]


def im2col(
    x: ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Write each window of the picture as a column, as ``torch.nn.functional.unfold`` does.

    A convolution is then one matrix product: the weights, one row for each output map, times these columns.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W)
        Feature maps. Whole numbers become float64.
    kernel_size, stride, padding, dilation : int or pair of int
        One number for both axes, or (vertical, horizontal).

    Returns
    -------
    ndarray of shape (N, C * f_h * f_w, L)
        Of the L windows, row by row. A column holds channel 0 row by row, then channel 1, and so on.

    Raises
    ------
    ArgumentError
        If `x` is not a batch of maps, or the kernel does not fit.

    Examples
    --------
    >>> im2col([[[[1, 2, 3], [4, 5, 6]]]], kernel_size=2)
    array([[[1., 2.],
            [2., 3.],
            [4., 5.],
            [5., 6.]]])
    """
    x = as_maps("im2col", "x", x)
    f, s, p, d = window_arguments("im2col", kernel_size, stride, padding, dilation)
    out_h, out_w = output_shape("im2col", x.shape[2:], f, s, p, d)
    batch, channels = x.shape[:2]
    return windows(pad(x, p), f, s, d).reshape(batch, channels * f[0] * f[1], out_h * out_w).copy()


def col2im(
    columns: ArrayLike,
    output_size: IntOrPair,
    kernel_size: IntOrPair,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Add each column back onto the window that it came from, as ``torch.nn.functional.fold`` does.

    This is the backward pass of `im2col`: a pixel in several windows receives the sum of them all.

    Parameters
    ----------
    columns : array_like of shape (N, C * f_h * f_w, L)
        What `im2col` returns for maps of height and width `output_size`.
    output_size, kernel_size, stride, padding, dilation : int or pair of int
        One number for both axes, or (vertical, horizontal).

    Returns
    -------
    ndarray of shape (N, C, *output_size)
        The sums, without the padding.

    Examples
    --------
    A 2 x 3 picture has two 2 x 2 windows; the middle column of pixels lies in both:

    >>> col2im(np.ones((1, 4, 2)), output_size=(2, 3), kernel_size=2)
    array([[[[1., 2., 1.],
             [1., 2., 1.]]]])
    """
    columns = as_floats("col2im", "columns", columns, axes=3)
    height, width = pair("col2im", "output_size", output_size)
    f, s, p, d = window_arguments("col2im", kernel_size, stride, padding, dilation)
    out_h, out_w = output_shape("col2im", (height, width), f, s, p, d)
    batch, channels = columns.shape[0], max(columns.shape[1] // (f[0] * f[1]), 1)
    check_shape(
        "col2im",
        "columns",
        columns,
        (batch, channels * f[0] * f[1], out_h * out_w),
        "Give the kernel_size, stride, padding and dilation that im2col was given.",
    )
    maps = np.zeros((batch, channels, height + 2 * p[0], width + 2 * p[1]), columns.dtype)
    add_windows(maps, columns.reshape(batch, channels, *f, out_h, out_w), s, d)
    return unpad_maps(maps, p).copy()


def pad(x: Array, padding: Pair, value: float = 0) -> Array:
    """Return `x` with `value` around its last two axes; `x` itself where there is nothing to add."""
    p_h, p_w = padding
    if padding == (0, 0):
        return x
    around = [(0, 0)] * (x.ndim - 2) + [(p_h, p_h), (p_w, p_w)]
    return np.pad(x, around, constant_values=value)


def unpad_maps(x: Array, padding: Pair) -> Array:
    """Return a view of `x` without the border that `pad` added."""
    p_h, p_w = padding
    return x[..., p_h : x.shape[-2] - p_h, p_w : x.shape[-1] - p_w]


def windows(x: Array, kernel_size: Pair, stride: Pair, dilation: Pair = (1, 1)) -> Array:
    """Return a view of shape (..., f_h, f_w, out_h, out_w): entry u, v, i, j is pixel u, v of window i, j."""
    (f_h, f_w), (s_h, s_w), (d_h, d_w) = kernel_size, stride, dilation
    span = ((f_h - 1) * d_h + 1, (f_w - 1) * d_w + 1)
    view = sliding_window_view(x, span, axis=(-2, -1))[..., ::s_h, ::s_w, ::d_h, ::d_w]
    return np.moveaxis(view, (-2, -1), (-4, -3))


def seen_by(u: int, count: int, stride: int, dilation: int = 1) -> slice:
    """Return the rows (or columns) that weight `u` of a kernel meets as it slides over `count` places."""
    first = u * dilation
    return slice(first, first + (count - 1) * stride + 1, stride)


def add_windows(target: Array, blocks: Array, stride: Pair, dilation: Pair = (1, 1)) -> None:
    """Add `blocks`, of the shape that `windows` returns, onto the pixels of `target` that they came from."""
    f_h, f_w, out_h, out_w = blocks.shape[-4:]
    for u in range(f_h):
        for v in range(f_w):
            rows = seen_by(u, out_h, stride[0], dilation[0])
            columns = seen_by(v, out_w, stride[1], dilation[1])
            target[..., rows, columns] += blocks[..., u, v, :, :]
