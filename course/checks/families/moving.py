"""Moving pictures: right and wrong ways to do it, and the layers that pictures are moved under.

`shift` moves a picture; `invariance` and `equivariance_gap` move one to see what becomes of a layer's output.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...cell.objects import Made
from ..spec import Mistake, wrong

__all__ = [
    "DIFFERENCES",
    "LARGEST",
    "MAX_BLOCKS",
    "MAX_BLOCKS_MIRRORED",
    "MEAN_BLOCKS",
    "MOVING_MISTAKES",
    "PLACES",
    "TURNED",
    "TWICE",
    "UNTOUCHED",
    "WIDE_BLOCKS",
    "WIDE_BLOCKS_MIRRORED",
    "dots",
    "kept",
    "pushed",
    "raising",
    "rolled",
]

Array = np.ndarray
Pair = tuple[int, int]

# --- Layers, and pictures for them --------------------------------------------------------------------------

MAX_BLOCKS = Made("max_of_blocks", {"size": 2}, "max pooling 2 × 2, stride 2")
WIDE_BLOCKS = Made("max_of_blocks", {"size": 3}, "max pooling 3 × 3, stride 3")
MEAN_BLOCKS = Made("mean_of_blocks", {"size": 2}, "average pooling 2 × 2, stride 2")
TWICE = Made("max_of_blocks", {"size": 2, "times": 2}, "max pooling 2 × 2, twice: stride 4")
UNTOUCHED = Made("same_picture", {}, "a layer that gives the picture itself")
DIFFERENCES = Made("differences", {}, "each pixel minus its left neighbour, one column less: stride 1")
PLACES = Made("times_column", {}, "each pixel times the number of its column: stride 1")
MAX_BLOCKS_MIRRORED = Made(
    "max_of_blocks", {"size": 2, "mirrored": True}, "max pooling 2 × 2, stride 2, then the mirror image"
)
WIDE_BLOCKS_MIRRORED = Made(
    "max_of_blocks", {"size": 3, "mirrored": True}, "max pooling 3 × 3, stride 3, then the mirror image"
)
LARGEST = Made("largest_of_map", {}, "the largest value of each map: shape (N, C)")
TURNED = Made("left_to_right", {}, "the mirror image: stride 1")


def dots(rng: np.random.Generator, *shape: int) -> Array:
    """Return a picture of small whole numbers, about half of them 0."""
    return (rng.integers(1, 9, size=shape) * rng.integers(0, 2, size=shape)).astype(float)


# --- Moving -------------------------------------------------------------------------------------------------


def kept(distance: int, size: int) -> slice:
    """Return the places along an axis that something moves to."""
    return slice(max(distance, 0), max(size + min(distance, 0), 0))


def pushed(image: Array, rows: int, columns: int, fill: float = 0) -> Array:
    """Move a picture down and to the right; `fill` moves in."""
    height, width = image.shape[-2:]
    out = np.full_like(image, fill)
    if abs(rows) < height and abs(columns) < width:
        out[..., kept(rows, height), kept(columns, width)] = image[..., kept(-rows, height), kept(-columns, width)]
    return out


def rolled(image: Array, rows: int, columns: int) -> Array:
    """Move a picture, and let come back what leaves it."""
    height, width = image.shape[-2:]
    i, j = (np.arange(height) - rows) % height, (np.arange(width) - columns) % width
    return image[..., i[:, np.newaxis], j]


def edge_repeated(image: Array, rows: int, columns: int) -> Array:
    """Move a picture, and repeat its edge behind it."""
    height, width = image.shape[-2:]
    i, j = np.clip(np.arange(height) - rows, 0, height - 1), np.clip(np.arange(width) - columns, 0, width - 1)
    return image[..., i[:, np.newaxis], j]


def grown(image: Array, rows: int, columns: int) -> Array:
    """Add rows and columns of zeros in front of a picture, and cut nothing away."""
    around = [(max(rows, 0), max(-rows, 0)), (max(columns, 0), max(-columns, 0))]
    return np.pad(image, [(0, 0)] * (image.ndim - 2) + around)


def raising(error: type[Exception], message: str) -> Callable[..., Any]:
    """Return a function that stops with this error, as the reader's would."""

    def stops(*arguments: Any, **named: Any) -> Any:
        raise error(message)

    return stops


# How the picture is moved before a layer looks at it. Parts: pair(shift) and moves(image, rows, columns).
MOVING_MISTAKES: list[Mistake] = [
    wrong("wraps round", "In your moved picture, what leaves on one side comes back on the other, as with np.roll. "
          "Zeros should move in: use the shift that you wrote.", moves=rolled),
    wrong("the edge repeated", "In your moved picture the edge is repeated. Zeros should move in: use the shift that "
          "you wrote.", moves=edge_repeated),
    wrong("ones move in", "Ones move into your picture. Zeros should: the fill is 0.",
          moves=lambda image, rows, columns: pushed(image, rows, columns, 1)),
    wrong("NaN moves in", "NaN moves into your picture, and spoils what the layer sees. Zeros should move in: the "
          "fill is 0.", moves=lambda image, rows, columns: pushed(image, rows, columns, math.nan)),
    wrong("the picture grows", "The picture that your layer sees has grown by the shift. It should keep its size: use "
          "the shift that you wrote.", moves=grown),
    wrong("the pair called like a function", "Inside the function, `shift` is the pair of numbers, and a pair cannot "
          "be called. Your function of section 3 has a second name here: `move`.",
          moves=raising(TypeError, "'tuple' object is not callable")),
    wrong("the pair passed whole", "You pass the pair `shift` as one argument. `move` takes rows and columns, each by "
          "itself.", moves=raising(TypeError, "shift() missing 1 required positional argument: 'columns'")),
    wrong("only the rows move", "You move the picture by its rows alone. `shift` holds columns, too.",
          pair=lambda shift: (shift[0], 0)),
    wrong("only the columns move", "You move the picture by its columns alone. `shift` holds rows, too.",
          pair=lambda shift: (0, shift[1])),
]  # fmt: skip
