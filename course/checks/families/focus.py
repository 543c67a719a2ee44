"""Where a wrong cell comes from: the window that its neuron should have seen."""

from __future__ import annotations

import numpy as np

from ..spec import Case, Focus

__all__ = ["window_of_all_channels", "window_over"]


def window_over(
    argument: str, picture: np.ndarray, place: tuple[int, int], size: tuple[int, int], stride: int, padding: int,
    lead: tuple[int, ...] = (), border: float = 0.0,
) -> Focus:  # fmt: skip
    """Return the window of a place of the output over the last two axes of a picture.

    Parameters
    ----------
    argument : str
        The name of the picture.
    picture : ndarray of shape (..., H, W)
    place, size : pair of int
        Row and column of the output, height and width of the window.
    stride, padding : int
    lead : tuple of int
        The leading axes of what is drawn, such as the number of the picture and a channel.
    border : float
        What the padding is filled with.
    """
    starts = [i * stride - padding for i in place]
    first = [min(max(a, 0), n) for a, n in zip(starts, picture.shape[-2:], strict=True)]
    last = [min(a + f, n) for a, f, n in zip(starts, size, picture.shape[-2:], strict=True)]
    inside = tuple(slice(a, max(a, b)) for a, b in zip(first, last, strict=True))
    around = [(0, 0)] * (picture.ndim - 2) + [(padding, padding)] * 2
    padded = np.pad(np.asarray(picture, dtype=float), around, constant_values=border)
    rows, columns = (slice(a + padding, a + padding + f) for a, f in zip(starts, size, strict=True))
    note = f"Its window starts at row {starts[0]}, column {starts[1]} of the picture."
    if min(starts) < 0:
        note += " Negative rows and columns lie in the padding."
    return Focus(argument, (*lead, *inside), padded[lead][rows, columns], note)


def window_of_all_channels(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the window of a cell of `conv2d` or `conv_volume`; drawn is channel 0 of it."""
    x, weight = case.arguments["x"], case.arguments["weight"]
    stride, padding = case.arguments.get("stride", 1), case.arguments.get("padding", 0)
    if len(index) != x.ndim:
        return None
    size = weight.shape[-2:]
    focus = window_over("x", x, (index[-2], index[-1]), size, stride, padding, (*index[:-3], 0))
    more = f" It sees this window of every channel, {weight.shape[1]} in all; shown is channel 0."
    return Focus(focus.argument, focus.index, focus.seen, focus.note + more)
