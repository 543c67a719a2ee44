"""How much a layer's output stays, or moves along, when its picture is moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import whole_number
from ..errors import argument_error
from .arguments import Array, as_numbers
from .plane import shift as move

__all__ = ["equivariance_gap", "invariance"]

Layer = Callable[[Any], ArrayLike]


def invariance(layer: Layer, image: ArrayLike, shift: tuple[int, int]) -> float:
    """Return the fraction of the layer's output cells that stay the same when the picture is moved.

    The picture moves by whole pixels, and zeros move in. Cells are the same up to rounding (`numpy.isclose`);
    each cell counts, the empty ones too.

    Parameters
    ----------
    layer : callable
        Takes a picture like `image`, returns an array, always of the same shape.
    image : array_like of shape (..., H, W)
        One picture (H, W), or a batch (N, C, H, W).
    shift : tuple of int
        Pixels (down, to the right); negative ones go up and to the left.

    Returns
    -------
    float
        From 0, all cells differ, to 1, none does: full invariance.

    Raises
    ------
    ArgumentError
        If the shift is no pair of whole numbers, or the layer's output is empty or changes its shape.

    Examples
    --------
    The largest pixel of a row stays the same, wherever it is:

    >>> invariance(lambda image: np.max(image, axis=1), [[0, 7, 0], [4, 0, 0]], shift=(0, 1))
    1.0
    >>> invariance(lambda image: image, [[0, 7, 0], [4, 0, 0]], shift=(0, 1))
    0.3333333333333333
    """
    rows, columns = _pair("invariance", shift)
    before = _output("invariance", layer, image)
    after = _output("invariance", layer, move(image, rows, columns))
    if before.shape != after.shape or not before.size:
        rule = "give an output of the same shape for each picture, with at least one cell"
        raise argument_error("invariance", "layer", rule, after, "Give it pictures that it can work on.")
    return float(np.mean(np.isclose(before, after)))


def equivariance_gap(layer: Layer, image: ArrayLike, shift: tuple[int, int], stride: int) -> float:
    """Return how far the layer's output is from moving along with the picture: 0 means that it does.

    With d = shift / stride, the layer's output for the moved picture is compared with its output for the
    picture, moved by d cells. The cells that this last move leaves without a value (the first ``d[0]`` rows
    and ``d[1]`` columns; the last ones where d is negative) are left out. The result is the mean absolute
    difference of all others.

    Parameters
    ----------
    layer : callable
        Takes a picture like `image`, returns an array of shape (..., out_h, out_w).
    image : array_like of shape (..., H, W)
        One picture (H, W), or a batch (N, C, H, W).
    shift : tuple of int
        Pixels (down, to the right), both multiples of `stride`; zeros move in.
    stride : int
        Pixels of the picture from one output cell to the next, at least 1.

    Returns
    -------
    float
        At least 0, in the unit of the output.

    Raises
    ------
    ArgumentError
        If the shift is no multiple of the stride, or so large that no cell is left to compare.

    Examples
    --------
    Doubling each pixel moves along with the picture; adding the number of the column does not:

    >>> picture = np.array([[0, 7, 0], [4, 0, 0]])
    >>> equivariance_gap(lambda image: 2 * image, picture, shift=(0, 1), stride=1)
    0.0
    >>> equivariance_gap(lambda image: image + np.arange(3), picture, shift=(0, 1), stride=1)
    1.0
    """
    function = "equivariance_gap"
    rows, columns = _pair(function, shift)
    stride = whole_number(function, "stride", stride)
    if rows % stride or columns % stride:
        fix = "Other shifts ask for a fraction of an output cell."
        raise argument_error(function, "shift", f"be a multiple of the stride {stride}", (rows, columns), fix)
    down, right = rows // stride, columns // stride
    before = _output(function, layer, image)
    after = _output(function, layer, move(image, rows, columns))
    if before.shape != after.shape or before.ndim < 2:
        rule = "give an output of the same shape (..., out_h, out_w) for each picture"
        raise argument_error(function, "layer", rule, after, "Give it pictures that it can work on.")
    height, width = before.shape[-2:]
    if abs(down) >= height or abs(right) >= width:
        rule = f"leave some of the {height} x {width} output cells to compare"
        raise argument_error(function, "shift", rule, (rows, columns), "Move the picture less far.")
    came_from = (..., _kept(-down, height), _kept(-right, width))
    went_to = (..., _kept(down, height), _kept(right, width))
    return float(np.mean(np.abs(after[went_to] - before[came_from])))


def _pair(function: str, shift: object) -> tuple[int, int]:
    if not isinstance(shift, tuple | list) or len(shift) != 2:
        raise argument_error(function, "shift", "be a pair (rows, columns)", shift, "Write shift=(0, 1), say.")
    rows, columns = (whole_number(function, "shift", number, least=None) for number in shift)
    return rows, columns


def _output(function: str, layer: Layer, image: ArrayLike) -> Array:
    if not callable(layer):
        raise argument_error(function, "layer", "be a function of a picture", layer, "Pass it without calling it.")
    return as_numbers(function, "the output of layer", layer(image)).astype(np.float64)


def _kept(distance: int, size: int) -> slice:
    """Return the cells, along one axis, that are still in the picture when it has moved that far."""
    return slice(max(distance, 0), size + min(distance, 0))
