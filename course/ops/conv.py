r"""Convolution over stacks of feature maps: the definition as loops, the fast form, and their gradients.

Layers compute a cross-correlation (the kernel is not flipped), and the field calls it convolution.
Equation 14-1 of Géron, *Hands-On Machine Learning*, 2nd edition, gives neuron (i, j) of feature map k:

.. math::

    z_{i,j,k} = b_k + \sum_{u=0}^{f_h-1} \sum_{v=0}^{f_w-1} \sum_{k'=0}^{f_{n'}-1}
                x_{i',j',k'} \, w_{u,v,k',k}
    \qquad i' = i \, s_h + u, \quad j' = j \, s_w + v

Here arrays are in PyTorch's order, x[n, k', i', j'] and w[k, k', u, v].
With a dilation, i' = i s_h + u d_h.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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
from .windows import pad, seen_by, unpad_maps, windows

__all__ = ["conv2d", "conv2d_backward", "conv2d_backward_loops", "conv2d_loops"]

# Of the input, a strip holds about this many numbers: few enough to stay in a processor's cache.
STRIP = 2**18


def conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Slide every kernel over every picture, as ``torch.nn.functional.conv2d`` does.

    The fast form of Equation 14-1: of its three sums, a matrix product does those over v and k', and a loop
    the one over u. `conv2d_loops` is the definition.

    Parameters
    ----------
    x : array_like of shape (N, f_n', H, W)
        A batch of stacks of feature maps. Whole numbers become float64; float32 and float64 stay.
    weight : array_like of shape (f_n, f_n', f_h, f_w)
        One kernel for each output map, as deep as the input.
    bias : array_like of shape (f_n,), optional
        One number for each output map; none adds nothing.
    stride, padding, dilation : int or pair of int
        One number for both axes, or (vertical, horizontal). Padding adds zeros on each side.

    Returns
    -------
    ndarray of shape (N, f_n, out_h, out_w)
        With ``out_h = (H + 2 * p_h - d_h * (f_h - 1) - 1) // s_h + 1``, and the width likewise.

    Raises
    ------
    ArgumentError
        If shapes do not go together, the kernel does not fit, or a number is out of its range.

    Examples
    --------
    A picture with a vertical line, and a kernel that looks for one:

    >>> x = [[[[0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 0]]]]
    >>> weight = [[[[0, 1, 0], [0, 1, 0], [0, 1, 0]]]]
    >>> conv2d(x, weight)
    array([[[[0., 3.]]]])
    """
    c = _checked("conv2d", x, weight, bias, stride, padding, dilation)
    w = _kernel_rows(c.weight)
    z = np.empty(c.output_shape, c.x.dtype)
    z[...] = 0 if c.bias is None else c.bias[:, np.newaxis, np.newaxis]
    for n, rows, _, seen in _strips(pad(c.x, c.padding), c):
        for u in range(len(w)):
            columns = seen[:, :, c.rows_met(u, rows)]
            z[n, :, rows] += (w[u] @ _matrix(columns)).reshape(z[n, :, rows].shape)
    return z


def conv2d_backward(
    grad_output: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> tuple[Array, Array, Array]:
    """Return the gradients of a loss by the input, the weights and the biases of `conv2d`.

    Parameters
    ----------
    grad_output : array_like of shape (N, f_n, out_h, out_w)
        The gradient of the loss by the output of ``conv2d(x, weight, bias, stride, padding, dilation)``.
    x, weight, stride, padding, dilation
        As they were given to `conv2d`.

    Returns
    -------
    grad_x, grad_weight, grad_bias : ndarray
        Of the shapes of `x`, of `weight`, and (f_n,).

    Raises
    ------
    ArgumentError
        As `conv2d`, and if `grad_output` does not have the shape of its output.

    Notes
    -----
    For each row u of the kernels the forward pass is Z = W X, with a piece of a window in each column of X.
    So the gradient by W is G X^T, and the gradient by X is W^T G, which is added back onto the pixels.
    Where there are few output maps, one product for all rows of the kernels is faster than one for each.

    Examples
    --------
    >>> grad_x, grad_weight, grad_bias = conv2d_backward([[[[1]]]], [[[[5, 6]]]], [[[[2, 3]]]])
    >>> grad_x, grad_weight, grad_bias
    (array([[[[2., 3.]]]]), array([[[[5., 6.]]]]), array([1.]))
    """
    c = _checked("conv2d_backward", x, weight, None, stride, padding, dilation, grad_output)
    w, padded = _kernel_rows(c.weight), pad(c.x, c.padding)
    if c.few_maps:
        w = w.reshape(1, -1, w.shape[2])
    grad_w, grad_padded = np.zeros_like(w), np.zeros_like(padded)
    for n, rows, rows_below, seen in _strips(padded, c):
        grad_seen = np.zeros_like(seen)
        for u, (rows_met, grad) in enumerate(_received(c.grad_output[n, :, rows], seen.shape[2], c)):
            columns = seen[:, :, rows_met]
            grad_w[u] += grad @ _matrix(columns).T
            grad_seen[:, :, rows_met] += (w[u].T @ grad).reshape(columns.shape)
        for v in range(seen.shape[1]):
            grad_padded[n, :, rows_below, c.columns_met(v)] += grad_seen[:, v]
    grad_x = np.ascontiguousarray(unpad_maps(grad_padded, c.padding))
    return grad_x, _kernels(grad_w, c.weight.shape), c.grad_output.sum(axis=(0, 2, 3))


def conv2d_loops(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Compute `conv2d` as Equation 14-1 says it, one product after the other, in the book's symbols.

    Parameters, result and errors are those of `conv2d`.

    Examples
    --------
    >>> conv2d_loops([[[[1, 2, 3]]]], [[[[10, 1]]]], bias=[100])
    array([[[[112., 123.]]]])
    """
    c = _checked("conv2d_loops", x, weight, bias, stride, padding, dilation)
    x, w = pad(c.x, c.padding), c.weight
    f_n, f_n_below, f_h, f_w = w.shape
    (s_h, s_w), (d_h, d_w) = c.stride, c.dilation
    b = np.zeros(f_n, w.dtype) if c.bias is None else c.bias
    z = np.zeros(c.output_shape, w.dtype)
    for n, k, i, j in np.ndindex(z.shape):
        z[n, k, i, j] = b[k]
        for u in range(f_h):
            for v in range(f_w):
                for k_below in range(f_n_below):
                    i_below = i * s_h + u * d_h
                    j_below = j * s_w + v * d_w
                    z[n, k, i, j] += x[n, k_below, i_below, j_below] * w[k, k_below, u, v]
    return z


def conv2d_backward_loops(
    grad_output: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> tuple[Array, Array, Array]:
    """Compute `conv2d_backward` from the definition: each product of Equation 14-1 sends its two shares.

    Parameters, result and errors are those of `conv2d_backward`.

    Examples
    --------
    >>> conv2d_backward_loops([[[[1]]]], [[[[5, 6]]]], [[[[2, 3]]]])
    (array([[[[2., 3.]]]]), array([[[[5., 6.]]]]), array([1.]))
    """
    c = _checked("conv2d_backward_loops", x, weight, None, stride, padding, dilation, grad_output)
    x, w, grad_z = pad(c.x, c.padding), c.weight, c.grad_output
    f_n, f_n_below, f_h, f_w = w.shape
    (s_h, s_w), (d_h, d_w) = c.stride, c.dilation
    grad_x, grad_w, grad_b = np.zeros_like(x), np.zeros_like(w), np.zeros(f_n, w.dtype)
    for n, k, i, j in np.ndindex(grad_z.shape):
        grad_b[k] += grad_z[n, k, i, j]
        for u in range(f_h):
            for v in range(f_w):
                for k_below in range(f_n_below):
                    i_below = i * s_h + u * d_h
                    j_below = j * s_w + v * d_w
                    grad_w[k, k_below, u, v] += grad_z[n, k, i, j] * x[n, k_below, i_below, j_below]
                    grad_x[n, k_below, i_below, j_below] += grad_z[n, k, i, j] * w[k, k_below, u, v]
    return unpad_maps(grad_x, c.padding).copy(), grad_w, grad_b


class _Convolution(NamedTuple):
    """The arguments of a convolution, checked: arrays in one type of float, numbers as pairs."""

    x: Array
    weight: Array
    bias: Array | None
    grad_output: Array
    stride: Pair
    padding: Pair
    dilation: Pair
    output_shape: tuple[int, int, int, int]

    @property
    def kernel_size(self) -> Pair:
        f_h, f_w = self.weight.shape[2:]
        return f_h, f_w

    @property
    def few_maps(self) -> bool:
        """Whether there are fewer output maps than input maps."""
        return len(self.weight) < self.x.shape[1]

    def rows_met(self, u: int, rows: slice) -> slice:
        """Return the rows of a strip that row `u` of a kernel meets at these rows of the output."""
        return seen_by(u, rows.stop - rows.start, self.stride[0], self.dilation[0])

    def columns_met(self, v: int) -> slice:
        """Return the columns of the padded input that column `v` of a kernel meets."""
        return seen_by(v, self.output_shape[3], self.stride[1], self.dilation[1])


def _strips(padded: Array, c: _Convolution) -> Iterator[tuple[int, slice, slice, Array]]:
    """Cut the work into strips that fit the cache: some rows of the output of one picture each.

    Yields
    ------
    n, rows, rows_below, seen
        The picture, the rows of the output, and the rows of the padded input that they see; as an array of
        shape (f_n', f_w, rows_below, out_w), that holds at v, j what column v of a kernel meets at place j.
    """
    (f_h, f_w), (s_h, s_w), (d_h, d_w) = c.kernel_size, c.stride, c.dilation
    view = windows(padded, (1, f_w), (1, s_w), (1, d_w))[:, :, 0]
    out_h, out_w = c.output_shape[2:]
    fitting = STRIP // (padded.shape[1] * f_w * out_w)  # rows of the input
    step = max(1, (fitting - (f_h - 1) * d_h) // s_h)
    for n in range(len(padded)):
        for first in range(0, out_h, step):
            rows = slice(first, min(first + step, out_h))
            rows_below = slice(rows.start * s_h, (rows.stop - 1) * s_h + (f_h - 1) * d_h + 1)
            yield n, rows, rows_below, view[n, :, :, rows_below].copy()


def _kernel_rows(weight: Array) -> Array:
    """Return the weights as a matrix (f_n, f_n' * f_w) for each of the f_h rows of the kernels."""
    f_n, f_n_below, f_h, f_w = weight.shape
    return weight.transpose(2, 0, 1, 3).reshape(f_h, f_n, f_n_below * f_w)


def _received(grad: Array, height: int, c: _Convolution) -> Iterator[tuple[slice, Array]]:
    """Yield which rows of a strip each row of the kernels meets, and as a matrix the gradient it receives there.

    With few maps all rows of the kernels come at once, below each other, with zeros where a row meets nothing.
    """
    f_h, (f_n, count, out_w) = c.kernel_size[0], grad.shape
    met = [c.rows_met(u, slice(0, count)) for u in range(f_h)]
    if not c.few_maps:
        yield from ((rows, grad.reshape(f_n, -1)) for rows in met)
        return
    received = np.zeros((f_h, f_n, height, out_w), grad.dtype)
    for u, rows in enumerate(met):
        received[u, :, rows] = grad
    yield slice(None), _matrix(received)


def _kernels(rows: Array, shape: tuple[int, ...]) -> Array:
    """Return the weights in PyTorch's order: undo `_kernel_rows`."""
    f_n, f_n_below, f_h, f_w = shape
    return np.ascontiguousarray(rows.reshape(f_h, f_n, f_n_below, f_w).transpose(1, 2, 0, 3))


def _matrix(columns: Array) -> Array:
    """Return an array of shape (a, b, height, width) as a matrix (a * b, height * width)."""
    a, b, height, width = columns.shape
    return columns.reshape(a * b, height * width)


def _checked(
    function: str,
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    stride: IntOrPair,
    padding: IntOrPair,
    dilation: IntOrPair,
    grad_output: ArrayLike | None = None,
) -> _Convolution:
    x = as_maps(function, "x", x)
    weight = as_floats(function, "weight", weight, axes=4)
    if 0 in weight.shape:
        raise argument_error(
            function,
            "weight",
            "have no empty axis",
            weight,
            "Give it the shape (out_channels, in_channels, height, width).",
        )
    if weight.shape[1] != x.shape[1]:
        raise argument_error(
            function,
            "weight",
            f"have as many channels as x, which has {x.shape[1]}",
            weight,
            "Its shape is (out_channels, in_channels, height, width).",
        )
    f, s, p, d = window_arguments(function, weight.shape[2:], stride, padding, dilation)
    shape = (len(x), len(weight), *output_shape(function, x.shape[2:], f, s, p, d))
    biases = np.zeros(0, np.float32) if bias is None else as_floats(function, "bias", bias, axes=1)
    if bias is not None:
        check_shape(function, "bias", biases, shape[1:2], "Give one number for each output map.")
    grad = np.zeros(0, np.float32) if grad_output is None else as_floats(function, "grad_output", grad_output, 4)
    if grad_output is not None:
        check_shape(function, "grad_output", grad, shape, "It has the shape of the output of conv2d.")
    x, weight, biases, grad = floats_together(x, weight, biases, grad)
    return _Convolution(x, weight, None if bias is None else biases, grad, s, p, d, shape)
