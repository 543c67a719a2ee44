"""Moves of whole batches of pictures, and how much a layer's output stays or moves along: what lesson 4 measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

__all__ = ["all_drawings", "change_and_gap", "kept", "scaled", "turned"]

Array = np.ndarray[Any, Any]
Layer = Callable[[Array], Array]
Move = Callable[[Array, float], Array]


def all_drawings(height: int, width: int) -> Array:
    """Return all black-and-white pictures of a size, a float array of shape (2 ** (height * width), 1, height, width).

    Examples
    --------
    >>> all_drawings(1, 2).reshape(4, 2)
    array([[0., 0.],
           [1., 0.],
           [0., 1.],
           [1., 1.]])
    """
    codes = np.arange(2 ** (height * width))[:, np.newaxis]
    return ((codes >> np.arange(height * width)) & 1).reshape(-1, 1, height, width).astype(float)


def turned(x: Array, degrees: float) -> Array:
    """Return pictures (N, C, H, W) turned about their middle, in whole grey levels; 0 moves in."""
    from scipy import ndimage

    return np.round(ndimage.rotate(x, degrees, axes=(2, 3), reshape=False, order=1))


def scaled(x: Array, factor: float) -> Array:
    """Return pictures (N, C, H, W) made larger by `factor` about their middle, in whole grey levels; 0 moves in."""
    from scipy import ndimage

    middle = (np.array(x.shape[2:]) - 1) / 2
    offset = [0, 0, *(middle - middle / factor)]
    return np.round(ndimage.affine_transform(x, [1, 1, 1 / factor, 1 / factor], offset=offset, order=1))


def kept(layers: Mapping[str, Layer], x: Array, move: Move, amounts: Iterable[float]) -> dict[str, list[float]]:
    """Return for each layer the fraction of its output cells that stay when `x` is moved by each of the amounts.

    This is lesson 4's invariance, for any move and not only for shifts.

    Examples
    --------
    >>> double = lambda x, factor: x * factor
    >>> kept({"as it is": lambda x: x}, np.array([[[[0.0, 1.0]]]]), double, [1, 2])
    {'as it is': [1.0, 0.5]}
    """
    before = {name: layer(x) for name, layer in layers.items()}
    found: dict[str, list[float]] = {name: [] for name in layers}
    for amount in amounts:
        moved = move(x, amount)
        for name, layer in layers.items():
            found[name].append(float(np.isclose(layer(moved), before[name]).mean()))
    return found


def change_and_gap(layer: Layer, x: Array, move: Move, amounts: Iterable[float]) -> tuple[list[float], list[float]]:
    """Return, for each amount, how far "move, then layer" is from "layer", and from "layer, then move".

    Both are mean absolute differences. The first is 0 for a layer that is invariant to the move, the second for one
    that is equivariant and whose output cells are as large as its pixels.
    """
    before = layer(x)
    changes, gaps = [], []
    for amount in amounts:
        after = layer(move(x, amount))
        changes.append(float(np.abs(after - before).mean()))
        gaps.append(float(np.abs(after - move(before, amount)).mean()))
    return changes, gaps
