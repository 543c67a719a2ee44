"""Putting a border round a picture, and cutting it off, as the parts that people get right or wrong.

Each function here is the right way to do one part of `framed` or of `cut`, or a wrong way that both share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .geometry import Pair, as_asked

__all__ = ["cut", "framed", "nothing_at_zero", "only_above_zero"]

Array = np.ndarray
Widths = list[Pair]


# --- The right way ----------------------------------------------------------------------------------------


def in_full(p: int) -> int:
    """Add all p rows (or columns) on this side."""
    return p


def both_axes(widths: Pair) -> Widths:
    """Give rows and columns the same border."""
    return [widths, widths]


def with_both_borders(shape: Pair, widths: Widths) -> Any:
    """Return height and width of the picture with its border."""
    return tuple(n + before + after for n, (before, after) in zip(shape, widths, strict=True))


def of_zeros(image: Array, size: Any, widths: Widths, kind: Any) -> Array:
    """Return zeros, into which the picture is laid."""
    return np.zeros(size, dtype=kind)


def behind_the_border(n: int, before: int, after: int) -> slice:
    """Return where the picture's n rows (or columns) lie in the result."""
    return slice(before, before + n)


def as_it_is(array: Array) -> Array:
    """Change nothing."""
    return array


def its_own(image: Array) -> Any:
    """Keep the picture's type."""
    return image.dtype


def for_every_padding(p: int, result: Callable[[], Array]) -> Any:
    """Compute the result, also where the padding is 0."""
    return result()


def framed(
    image: Array,
    padding: int,
    *,
    rings: Callable[[int], int] = as_asked,
    before: Callable[[int], int] = in_full,
    after: Callable[[int], int] = in_full,
    along: Callable[[Pair], Widths] = both_axes,
    size: Callable[[Pair, Widths], Any] = with_both_borders,
    border: Callable[..., Array] = of_zeros,
    lies: Callable[[int, int, int], slice] = behind_the_border,
    picture: Callable[[Array], Array] = as_it_is,
    kind: Callable[[Array], Any] = its_own,
    axes: Callable[[Array], Array] = as_it_is,
    at_zero: Callable[..., Any] = for_every_padding,
) -> Any:
    """Lay a picture into a frame of `padding` rings; each part can be replaced by a wrong way to do it."""
    p = rings(padding)
    widths = along((before(p), after(p)))

    def result() -> Array:
        whole = border(image, size(image.shape, widths), widths, kind(image))
        rows, columns = (lies(n, *width) for n, width in zip(image.shape, widths, strict=True))
        whole[rows, columns] = picture(image)
        return axes(whole)

    return at_zero(p, result)


def behind_the_first(p: int, n: int) -> int:
    """Begin behind the first p rows (or columns)."""
    return p


def before_the_last(p: int, n: int) -> int | None:
    """End before the last p rows (or columns)."""
    return n - p


def both_slices(rows: slice, columns: slice) -> tuple[slice, slice]:
    """Cut rows and columns."""
    return rows, columns


def cut(
    image: Array,
    padding: int,
    *,
    rings: Callable[[int], int] = as_asked,
    lengths: Callable[[Pair], Pair] = lambda shape: shape,
    start: Callable[[int, int], int] = behind_the_first,
    end: Callable[[int, int], int | None] = before_the_last,
    along: Callable[[slice, slice], tuple[slice, slice]] = both_slices,
    lays: Callable[[Array, tuple[slice, slice]], Array] = lambda image, inner: image[inner],
    kind: Callable[[Array], Any] = its_own,
    axes: Callable[[Array], Array] = as_it_is,
    at_zero: Callable[..., Any] = for_every_padding,
) -> Any:
    """Cut `padding` rings off a picture; each part can be replaced by a wrong way to do it."""
    p = rings(padding)
    rows, columns = (slice(start(p, n), end(p, n)) for n in lengths(image.shape))
    return at_zero(p, lambda: axes(lays(image, along(rows, columns)).astype(kind(image))))


# --- Wrong ways that both share ---------------------------------------------------------------------------


def only_above_zero(p: int, result: Callable[[], Array]) -> Array:
    """Set the result only where there is padding."""
    if p > 0:
        padded = result()
    return padded


def nothing_at_zero(p: int, result: Callable[[], Array]) -> Array | None:
    """Return only where there is padding."""
    return result() if p > 0 else None
