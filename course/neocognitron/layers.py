"""Whole layers of the neocognitron: all planes, places and pictures at once.

Excitation and inhibition are convolutions, those of `course.ops`: all cells of a plane share their synapses. Activities
are arrays of shape (N, planes, height, width), as feature maps are. Each layer gives what its cell in
`course.neocognitron.cells` gives at every place.

Source: K. Fukushima, *Neocognitron*, Biological Cybernetics 36, 1980.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import IntOrPair, pair
from ..errors import argument_error
from ..ops import conv2d
from ..ops.arguments import Array, as_floats, as_maps, check_shape, output_shape
from ..ops.windows import pad, seen_by
from .cells import fading, phi, positive, psi

__all__ = ["c_layer", "fixed_c", "fixed_d", "inhibition_layer", "s_layer"]


def fixed_c(size: int, planes: int, base: float = 0.7) -> Array:
    """Return c, the fixed synapses of an inhibitory cell: over all planes and places together their sum is 1.

    Parameters
    ----------
    size : int
        Height and width of the window.
    planes : int
        Planes of the layer that it sees.
    base : float
        How fast it falls, as for `fading`.

    Returns
    -------
    ndarray of shape (size, size)
        The same for every plane.

    Examples
    --------
    >>> c = fixed_c(5, planes=24)
    >>> round(float(24 * c.sum()), 6)
    1.0
    """
    shape = fading(size, base)
    return shape / (planes * shape.sum())


def fixed_d(size: int, base: float = 0.7) -> Array:
    """Return d, the fixed synapses of a C-cell: 1 in the middle of an odd window, and falling from there.

    Parameters
    ----------
    size : int
        Height and width of the window.
    base : float
        How fast it falls, as for `fading`.

    Returns
    -------
    ndarray of shape (size, size)
        The same for every plane.

    Examples
    --------
    >>> fixed_d(5)[2].round(2)
    array([0.49, 0.7 , 1.  , 0.7 , 0.49])
    """
    return fading(size, base)


def inhibition_layer(u: ArrayLike, c: ArrayLike, padding: IntOrPair = 0) -> Array:
    """Return v_C at every place: the root of the weighted mean of squares that the inhibitory cells see.

    Parameters
    ----------
    u : array_like of shape (N, planes, H, W)
        Activities from 0 up.
    c : array_like of shape (height, width)
        The fixed synapses, the same for every plane.
    padding : int or pair of int
        Silent cells on each side.

    Returns
    -------
    ndarray of shape (N, 1, out_h, out_w)
        From 0 up.

    Examples
    --------
    >>> inhibition_layer([[[[0, 3, 0, 0]]]], [[0.5, 0.5]]).round(2)
    array([[[[2.12, 2.12, 0.  ]]]])
    """
    u = as_maps("inhibition_layer", "u", u)
    c = as_floats("inhibition_layer", "c", c, axes=2)
    return np.sqrt(conv2d(u**2, np.broadcast_to(c, (1, u.shape[1], *c.shape)), padding=padding))


def s_layer(u: ArrayLike, a: ArrayLike, b: ArrayLike, c: ArrayLike, r: float, padding: IntOrPair = 0) -> Array:
    """Return the answers of a layer of S-cells.

    Parameters
    ----------
    u : array_like of shape (N, K', H, W)
        Activities of the layer before, from 0 up.
    a : array_like of shape (K, K', height, width)
        The excitatory synapses, one window for each plane: the weights of a convolution.
    b : array_like of shape (K,)
        The inhibitory synapses, one for each plane, from 0 up.
    c : array_like of shape (height, width)
        The fixed synapses of the inhibitory cells.
    r : float
        How choosy the cells are, above 0.
    padding : int or pair of int
        Silent cells on each side.

    Returns
    -------
    ndarray of shape (N, K, out_h, out_w)
        From 0 up.

    Raises
    ------
    ArgumentError
        If shapes do not go together, or `r` is not above 0.

    Examples
    --------
    The cell of the example of `s_cell`, at each place of a longer picture:

    >>> s_layer([[[[0, 1, 1, 0, 1]]]], [[[[1, 1, 0]]]], [1.2], np.full((1, 3), 1 / 3), r=1.5).round(3)
    array([[[[0.   , 0.568, 0.   ]]]])
    """
    u = as_maps("s_layer", "u", u)
    a = as_floats("s_layer", "a", a, axes=4)
    b = as_floats("s_layer", "b", b, axes=1)
    c = as_floats("s_layer", "c", c, axes=2)
    r = positive("s_layer", "r", r)
    check_shape("s_layer", "a", a, (len(a), u.shape[1], *c.shape), "It sees all planes, through the window of c.")
    check_shape("s_layer", "b", b, (len(a),), "Each plane has one inhibitory synapse.")
    excitation = conv2d(u, a, padding=padding)
    shunt = 2 * r / (1 + r) * b[:, np.newaxis, np.newaxis] * inhibition_layer(u, c, padding)
    return r * phi((1 + excitation) / (1 + shunt) - 1)


def c_layer(u: ArrayLike, d: ArrayLike, alpha: float = 0.5, stride: IntOrPair = 1, padding: IntOrPair = 0) -> Array:
    """Return the answers of a layer of C-cells, as many planes as the S-layer has.

    Parameters
    ----------
    u : array_like of shape (N, K, H, W)
        Answers of the S-cells, from 0 up.
    d : array_like of shape (height, width)
        The fixed synapses, from 0 up.
    alpha : float
        The excess at which the answer is one half; above 0.
    stride : int or pair of int
        From one C-cell to the next, in S-cells.
    padding : int or pair of int
        Silent cells on each side.

    Returns
    -------
    ndarray of shape (N, K, out_h, out_w)
        From 0 to below 1.

    Examples
    --------
    >>> c_layer([[[[0, 1, 0]], [[0, 0, 0]]]], [[0.5, 0.5, 0.5]]).round(3)
    array([[[[0.286]],
    <BLANKLINE>
            [[0.   ]]]])
    """
    u = as_maps("c_layer", "u", u)
    d = as_floats("c_layer", "d", d, axes=2)
    if np.any(d < 0):
        raise argument_error("c_layer", "d", "hold numbers from 0 up", d, "Its synapses excite.")
    down, right = pair("c_layer", "stride", stride)
    margins = pair("c_layer", "padding", padding, least=0)
    height, width = output_shape("c_layer", u.shape[2:], d.shape, (down, right), margins, (1, 1))
    padded = pad(u, margins)
    sums = np.zeros((*u.shape[:2], height, width))
    for i, j in np.ndindex(d.shape):  # each plane by itself: what all C-cells see at one place of their windows
        sums += d[i, j] * padded[..., seen_by(i, height, down), seen_by(j, width, right)]
    return psi((1 + sums) / (1 + sums.mean(axis=1, keepdims=True)) - 1, alpha)
