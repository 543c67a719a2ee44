"""Pooling with everything that can go wrong left open, and the window that an output cell sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import Case, Focus

__all__ = ["BOOK", "maps", "padded_with", "pool_with", "window_of"]

Array = np.ndarray
Pair = tuple[int, int]

BOOK = np.array([[[[1.0, 5.0], [3.0, 2.0]]]])  # the window of the book's figure 14-8


def maps(rng: np.random.Generator, *shape: int, low: int = -9, high: int = 9) -> Array:
    """Return feature maps of numbers that are all different: one decimal where that will do, else two."""
    count = int(np.prod(shape))
    parts = 10 if 2 * count <= 10 * (high - low) else 100
    return rng.choice(np.arange(parts * low, parts * high + 1), size=shape, replace=False) / parts


def padded_with(x: Array, padding: int, value: float) -> Array:
    """Return float maps with a border of `value` on each side."""
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return np.pad(np.asarray(x, dtype=float), around, constant_values=value)


def pool_with(
    x: Array,
    kernel_size: Pair,
    stride: int,
    padding: int,
    summary: Callable[[Array], Any],
    *,
    border: float = -np.inf,
    read: Array | None = None,
    step: int | None = None,
    rounding: Callable[[float], float] = np.floor,
    extent: Pair | None = None,
    across_channels: bool = False,
) -> Array:
    """Pool window by window, where each option is one thing that people get wrong.

    Parameters
    ----------
    x, kernel_size, stride, padding
        As for the exercise.
    summary : callable
        Makes one number of a window.
    border : float
        What the padding is filled with.
    read : ndarray, optional
        The maps that are read, where they are not the padded ones.
    step : int, optional
        The pixels from one window to the next, where they are not `stride`.
    rounding : callable
        How the number of windows is rounded.
    extent : pair of int, optional
        Height and width of what is cut out, where it is not `kernel_size`.
    across_channels : bool
        Whether all channels of a sample are looked at together.
    """
    (f_h, f_w), padded = kernel_size, padded_with(x, padding, border)
    batch, channels, height, width = padded.shape
    read = padded if read is None else read
    step = stride if step is None else step
    cut_h, cut_w = extent or kernel_size
    out = np.zeros(
        (batch, channels, int(rounding((height - f_h) / stride)) + 1, int(rounding((width - f_w) / stride)) + 1)
    )
    for n, c, i, j in np.ndindex(out.shape):
        channel = slice(None) if across_channels else c
        window = read[n, channel, i * step : i * step + cut_h, j * step : j * step + cut_w]
        out[n, c, i, j] = summary(window)
    return out


def window_of(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the pixels that one cell of a pooled map comes from."""
    arguments = case.arguments
    (f_h, f_w), stride, padding = arguments["kernel_size"], arguments["stride"], arguments.get("padding", 0)
    x = np.asarray(arguments["x"], dtype=float)
    if len(index) != 4:
        return None
    n, c, i, j = index
    top, left = i * stride - padding, j * stride - padding
    seen = padded_with(x, padding, -np.inf)[n, c, top + padding :, left + padding :][:f_h, :f_w]
    rows = slice(max(top, 0), min(top + f_h, x.shape[2]))
    columns = slice(max(left, 0), min(left + f_w, x.shape[3]))
    return Focus("x", (n, c, rows, columns), seen, f"Its window begins in row {top}, column {left} of the picture.")
