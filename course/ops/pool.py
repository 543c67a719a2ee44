"""Pooling: windows without weights, that pass on their maximum or their mean.

Each channel is pooled on its own, so that the depth stays. As in PyTorch, the stride is the size of the
window unless it is given, so that windows lie side by side.
Source: Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14, "Pooling Layers".
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import IntOrPair
from ..errors import argument_error
from .arguments import (
    Array,
    Pair,
    as_floats,
    as_maps,
    check_shape,
    floats_together,
    output_shape,
    window_arguments,
)
from .windows import pad, seen_by, unpad_maps

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "global_avg_pool",
    "global_avg_pool_backward",
    "max_pool2d",
    "max_pool2d_backward",
]

# So many numbers of the maps are pooled backward at once: few enough to stay in a processor's cache.
GROUP = 2**17


def max_pool2d(
    x: ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Return the largest number of each window, as ``torch.nn.functional.max_pool2d`` does.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W)
        Feature maps. Whole numbers become float64; float32 and float64 stay.
    kernel_size : int or pair of int
        Height and width of the window.
    stride : int or pair of int, optional
        From one window to the next; none means the window's own size.
    padding : int or pair of int
        Rows and columns of minus infinity on each side, which never win; at most half the window.
    dilation : int or pair of int
        Distance between neighbouring pixels of one window.

    Returns
    -------
    ndarray of shape (N, C, out_h, out_w)
        A window with NaN gives NaN.

    Raises
    ------
    ArgumentError
        If `x` is not a batch of maps, the window does not fit, or the padding is too large.

    Examples
    --------
    Of 1, 5, 3 and 2 only 5 goes on:

    >>> max_pool2d([[[[1, 5], [3, 2]]]], kernel_size=2)
    array([[[[5.]]]])
    """
    c = _checked("max_pool2d", x, kernel_size, stride, padding, dilation)
    return _largest(pad(c.x, c.padding, -np.inf), c)


def max_pool2d_backward(
    grad_output: ArrayLike,
    x: ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Return the gradient of a loss by the input of `max_pool2d`.

    Each window sends its gradient to the pixel that won; where several are equal, to the first of them,
    row by row, as PyTorch does. A pixel that won in several windows receives the sum.

    Parameters
    ----------
    grad_output : array_like of shape (N, C, out_h, out_w)
        The gradient by the output of ``max_pool2d(x, kernel_size, stride, padding, dilation)``.
    x, kernel_size, stride, padding, dilation
        As they were given to `max_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        The gradient by `x`.

    Examples
    --------
    >>> max_pool2d_backward([[[[10]]]], [[[[1, 5], [3, 5]]]], kernel_size=2)
    array([[[[ 0., 10.],
             [ 0.,  0.]]]])
    """
    c = _checked("max_pool2d_backward", x, kernel_size, stride, padding, dilation, grad_output)
    padded = pad(c.x, c.padding, -np.inf)
    grad_padded = np.zeros(padded.shape, padded.dtype)
    maps, grad_maps, grads = (a.reshape(-1, *a.shape[2:]) for a in (padded, grad_padded, c.grad_output))
    step = max(1, GROUP // (padded.shape[2] * padded.shape[3]))
    for first in range(0, len(maps), step):
        group = slice(first, first + step)
        np.add.at(grad_maps[group].reshape(-1), _winners(maps[group], c).reshape(-1), grads[group].reshape(-1))
    return np.ascontiguousarray(unpad_maps(grad_padded, c.padding))


def avg_pool2d(
    x: ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    count_include_pad: bool = True,
) -> Array:
    """Return the mean of each window, as ``torch.nn.functional.avg_pool2d`` does.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W)
        Feature maps. Whole numbers become float64; float32 and float64 stay.
    kernel_size, stride, padding : int or pair of int
        As for `max_pool2d`; the padding is zeros.
    count_include_pad : bool
        Whether the zeros of the padding count in the mean.

    Returns
    -------
    ndarray of shape (N, C, out_h, out_w)
        The means.

    Examples
    --------
    >>> avg_pool2d([[[[1, 5], [3, 2]]]], kernel_size=2)
    array([[[[2.75]]]])
    """
    c = _checked("avg_pool2d", x, kernel_size, stride, padding)
    return _sums(pad(c.x, c.padding), c) / c.counts(count_include_pad)


def avg_pool2d_backward(
    grad_output: ArrayLike,
    x: ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    count_include_pad: bool = True,
) -> Array:
    """Return the gradient of a loss by the input of `avg_pool2d`: each window shares its own out evenly.

    Parameters
    ----------
    grad_output : array_like of shape (N, C, out_h, out_w)
        The gradient by the output of `avg_pool2d`.
    x, kernel_size, stride, padding, count_include_pad
        As they were given to `avg_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        The gradient by `x`.

    Examples
    --------
    >>> avg_pool2d_backward([[[[10]]]], [[[[1, 5], [3, 2]]]], kernel_size=2)
    array([[[[2.5, 2.5],
             [2.5, 2.5]]]])
    """
    c = _checked("avg_pool2d_backward", x, kernel_size, stride, padding, grad_output=grad_output)
    share = c.grad_output / c.counts(count_include_pad)
    grad_padded = np.zeros_like(pad(c.x, c.padding))
    for pixels in c.offsets():
        grad_padded[pixels] += share
    return np.ascontiguousarray(unpad_maps(grad_padded, c.padding))


def global_avg_pool(x: ArrayLike) -> Array:
    """Return the mean of each feature map: one number a map, wherever things lie in it.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W)
        Feature maps.

    Returns
    -------
    ndarray of shape (N, C)
        The means.

    Notes
    -----
    Source: M. Lin, Q. Chen and S. Yan, *Network in network*, 2013.

    Examples
    --------
    >>> global_avg_pool([[[[1, 5], [3, 2]], [[4, 4], [4, 4]]]])
    array([[2.75, 4.  ]])
    """
    return as_maps("global_avg_pool", "x", x).mean(axis=(2, 3))


def global_avg_pool_backward(grad_output: ArrayLike, x: ArrayLike) -> Array:
    """Return the gradient of a loss by the input of `global_avg_pool`: the same for all pixels of a map.

    Parameters
    ----------
    grad_output : array_like of shape (N, C)
        The gradient by the output.
    x : array_like of shape (N, C, H, W)
        The input.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        The gradient by `x`.

    Examples
    --------
    >>> global_avg_pool_backward([[4]], [[[[1, 5], [3, 2]]]])
    array([[[[1., 1.],
             [1., 1.]]]])
    """
    function = "global_avg_pool_backward"
    x = as_maps(function, "x", x)
    grad = as_floats(function, "grad_output", grad_output, axes=2)
    check_shape(function, "grad_output", grad, x.shape[:2], "It has the shape of the output, (N, C).")
    x, grad = floats_together(x, grad)
    share = grad / (x.shape[2] * x.shape[3])
    return np.broadcast_to(share[:, :, np.newaxis, np.newaxis], x.shape).copy()


class _Pooling(NamedTuple):
    """The arguments of a pooling, checked: arrays in one type of float, numbers as pairs."""

    x: Array
    grad_output: Array
    kernel_size: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    output_shape: tuple[int, int, int, int]

    def offsets(self) -> list[tuple[Any, slice, slice]]:
        """Return, for each place in a window, the pixels that lie there in all windows, row by row."""
        (f_h, f_w), (s_h, s_w), (d_h, d_w) = self.kernel_size, self.stride, self.dilation
        out_h, out_w = self.output_shape[2:]
        return [(..., seen_by(u, out_h, s_h, d_h), seen_by(v, out_w, s_w, d_w)) for u in range(f_h) for v in range(f_w)]

    def counts(self, count_include_pad: bool) -> Array:
        """Return how many pixels count in each window, in the type of `x`."""
        real = np.ones(self.x.shape[2:], self.x.dtype)
        return _sums(pad(real, self.padding, 1 if count_include_pad else 0), self)


def _largest(padded: Array, c: _Pooling) -> Array:
    first, *others = c.offsets()
    largest = padded[first].copy()
    for pixels in others:
        np.maximum(largest, padded[pixels], out=largest)
    return largest


def _winners(maps: Array, c: _Pooling) -> Array:
    """Return which pixel won in each window of some maps, as an index into all their numbers."""
    places = np.arange(maps[0].size, dtype=np.int32).reshape(maps[0].shape)
    first, *others = c.offsets()
    largest = maps[first].copy()
    winner = np.broadcast_to(places[first], largest.shape).copy()
    for pixels in others:
        value = maps[pixels].copy()
        wins = (value > largest) | np.isnan(value)
        np.maximum(largest, value, out=largest)
        np.maximum(winner, wins * places[pixels], out=winner)  # later pixels of a window have higher places
    return winner + np.arange(0, maps.size, maps[0].size)[:, np.newaxis, np.newaxis]


def _sums(padded: Array, c: _Pooling) -> Array:
    first, *others = c.offsets()
    total = padded[first].copy()
    for pixels in others:
        total += padded[pixels]
    return total


def _checked(
    function: str,
    x: ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair | None,
    padding: IntOrPair,
    dilation: IntOrPair = 1,
    grad_output: ArrayLike | None = None,
) -> _Pooling:
    x = as_maps(function, "x", x)
    f, s, p, d = window_arguments(function, kernel_size, kernel_size if stride is None else stride, padding, dilation)
    if any(2 * p_ > (f_ - 1) * d_ + 1 for p_, f_, d_ in zip(p, f, d, strict=True)):
        raise argument_error(
            function,
            "padding",
            "be at most half the window, so that each window has a pixel",
            padding,
            f"Use at most {tuple(((f_ - 1) * d_ + 1) // 2 for f_, d_ in zip(f, d, strict=True))} here.",
        )
    shape = (*x.shape[:2], *output_shape(function, x.shape[2:], f, s, p, d))
    grad = np.zeros(0, np.float32) if grad_output is None else as_floats(function, "grad_output", grad_output, 4)
    if grad_output is not None:
        check_shape(function, "grad_output", grad, shape, "It has the shape of the output of the pooling.")
    x, grad = floats_together(x, grad)
    return _Pooling(x, grad, f, s, p, d, shape)
