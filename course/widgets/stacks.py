"""The explorer of lesson 3: one place in a stack of maps, and the arithmetic that gives its value."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from ..figures.base import Picture
from ..figures.stacks import neuron_arithmetic
from ..images import china, crop
from ..ops import conv2d
from .base import Explorer

__all__ = ["hand_made_kernels", "stack_explorer"]

Array = np.ndarray[Any, Any]


def stack_explorer(
    x: Array | None = None, weight: Array | None = None, bias: Array | None = None, names: list[str] | None = None
) -> Explorer:
    """Return an explorer: choose a map and a place, see its window in every channel, and the sum.

    Parameters
    ----------
    x : ndarray of shape (3, H, W), optional
        A colour picture, channels first, from 0 to 1; without it, a temple of 24 × 30 pixels.
    weight : ndarray of shape (F, 3, f_h, f_w), optional
        The kernels; without them, four that are made by hand.
    bias : ndarray of shape (F,), optional
        The biases; without them, zeros.
    names : list of str, optional
        What each map looks for.

    Returns
    -------
    Explorer
        With the controls map, row and column.

    Examples
    --------
    >>> explorer = stack_explorer()
    >>> explorer.controls["row"].value = 3
    >>> explorer.description[:55]
    'Map 0, vertical edges. The neuron in row 3, column 8 se'
    """
    if x is None:
        blocks = crop(china(), 20, 60, 240, 300).reshape(24, 10, 30, 10, 3)
        x = blocks.mean(axis=(1, 3)).transpose(2, 0, 1) / 255
    if weight is None:
        weight, names = hand_made_kernels()
    bias = np.zeros(len(weight)) if bias is None else np.asarray(bias)
    titles = names or [f"kernel {k}" for k in range(len(weight))]
    maps = conv2d(x[np.newaxis], weight, bias)[0]

    def draw(k: int, row: int, column: int) -> Picture:
        title = f"Map {k}, {titles[k]}"
        channels = ["red", "green", "blue"] if len(x) == 3 else None
        return neuron_arithmetic(x, weight[k], float(bias[k]), row, column, channels, maps[k], title)

    height, width = maps.shape[1:]
    controls = {
        "k": ipywidgets.Dropdown(options=[(f"{k}: {name}", k) for k, name in enumerate(titles)], description="map"),
        "row": ipywidgets.IntSlider(min(6, height - 1), 0, height - 1, description="row"),
        "column": ipywidgets.IntSlider(min(8, width - 1), 0, width - 1, description="column"),
    }
    return Explorer(controls, draw, "One neuron of a stack: what it sees, and what it makes of it")


def hand_made_kernels() -> tuple[Array, list[str]]:
    """Return four kernels, an array of shape (4, 3, 3, 3) over red, green and blue, and what each looks for.

    Two are Sobel's edge filters, the same for all colours; two are means of one colour less half of the others.

    Examples
    --------
    >>> kernels, names = hand_made_kernels()
    >>> kernels.shape, names[2]
    ((4, 3, 3, 3), 'red against the rest')
    """
    edge = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]) / 4
    mean = np.full((3, 3), 1 / 9)
    edges = [np.stack([e, e, e]) / 3 for e in (edge, edge.T)]
    colours = [np.stack([c * mean for c in weights]) for weights in ((1, -0.5, -0.5), (-0.5, -0.5, 1))]
    return np.stack(edges + colours), [
        "vertical edges",
        "horizontal edges",
        "red against the rest",
        "blue against the rest",
    ]
