"""Five digits as strokes of one pixel, drawn by the course: 0 to 4, shifted, enlarged, deformed or with noise.

A digit is a list of strokes, and a stroke a list of points (down, right), in pixels from its middle. Whatever moves or
deforms a digit moves its points; only then is it drawn. So a larger digit is not a thicker one.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import whole_number
from ..errors import argument_error
from ..ops.arguments import Array, as_floats
from .cells import positive

__all__ = ["DIGITS", "NAMES", "SIZE", "digit", "digits", "shifted", "with_noise"]

SIZE = 16  # pixels of a side, as in the paper
NAMES = ("0", "1", "2", "3", "4")

Point = tuple[float, float]


DIGITS: tuple[list[list[Point]], ...] = (
    [[(-4, 0), (-4, -1), (-2, -3), (2, -3), (4, -1), (4, 1), (2, 3), (-2, 3), (-4, 1), (-4, 0)]],
    [[(-2, -2), (-4, 0), (4, 0)]],
    [[(-2, -3), (-4, -1), (-4, 1), (-2, 3), (-1, 3), (4, -3), (4, 3)]],
    [[(-4, -3), (-4, 3), (-1, 0), (-1, 1), (1, 3), (2, 3), (4, 1), (4, -2), (3, -3)]],
    [[(4, 1), (-4, 1), (1, -3), (1, 3)]],
)


def digit(
    name: int,
    shift: Point = (0, 0),
    scale: float = 1.0,
    slant: float = 0.0,
    turn: float = 0.0,
    wave: float = 0.0,
    size: int = SIZE,
) -> Array:
    """Return one digit as a picture.

    Parameters
    ----------
    name : int
        From 0 to 4.
    shift : pair of float
        How far it is moved (down, right), in pixels; what leaves the picture is lost.
    scale : float
        How large it is, above 0; at 1 a digit has 9 x 7 pixels.
    slant : float
        How far its top leans to the right for each pixel of its height.
    turn : float
        Degrees, clockwise.
    wave : float
        How far its rows swing from side to side, in pixels: one wave over the height of the digit.
    size : int
        Height and width of the picture, in pixels.

    Returns
    -------
    ndarray of shape (size, size), float64
        1 on a stroke, 0 elsewhere.

    Examples
    --------
    >>> print(digit(4, size=10).astype(int))
    [[0 0 0 0 0 0 0 0 0 0]
     [0 0 0 0 0 0 1 0 0 0]
     [0 0 0 0 0 1 1 0 0 0]
     [0 0 0 0 1 0 1 0 0 0]
     [0 0 0 0 1 0 1 0 0 0]
     [0 0 0 1 0 0 1 0 0 0]
     [0 0 1 1 1 1 1 1 1 0]
     [0 0 0 0 0 0 1 0 0 0]
     [0 0 0 0 0 0 1 0 0 0]
     [0 0 0 0 0 0 1 0 0 0]]
    """
    name = whole_number("digit", "name", name, least=0)
    if name >= len(DIGITS):
        raise argument_error("digit", "name", "be 0, 1, 2, 3 or 4", name, "The paper shows these five.")
    scale = positive("digit", "scale", scale)
    size = whole_number("digit", "size", size)
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    picture = np.zeros((size, size))
    for stroke in DIGITS[name]:
        for line in itertools.pairwise(stroke):
            down, right = _filled(np.array(line, dtype=float)).T * scale
            right = right - slant * down + wave * np.sin(down / scale * np.pi / 4)
            down, right = cosine * down + sine * right, cosine * right - sine * down
            points = np.stack([down + shift[0], right + shift[1]], axis=1) + size // 2
            for row, column in _thin(_filled(points)):
                if 0 <= row < size and 0 <= column < size:
                    picture[row, column] = 1
    return picture


def digits(
    shift: Point = (0, 0),
    scale: float = 1.0,
    slant: float = 0.0,
    turn: float = 0.0,
    wave: float = 0.0,
    size: int = SIZE,
) -> Array:
    """Return the five digits, all drawn in the same way.

    Parameters
    ----------
    shift, scale, slant, turn, wave, size
        As for `digit`.

    Returns
    -------
    ndarray of shape (5, size, size), float64
        1 on a stroke, 0 elsewhere.

    Examples
    --------
    >>> digits().shape, digits().sum(axis=(1, 2)).astype(int).tolist()
    ((5, 16, 16), [20, 11, 20, 20, 19])
    """
    return np.stack([digit(name, shift, scale, slant, turn, wave, size) for name in range(len(DIGITS))])


def shifted(pictures: ArrayLike, down: int, right: int) -> Array:
    """Return pictures moved by whole pixels; what leaves them is lost, and what enters is 0.

    Parameters
    ----------
    pictures : array_like of shape (..., H, W)
        One picture or several.
    down, right : int
        How far, in pixels; negative means up, or left.

    Returns
    -------
    ndarray of the same shape
        A new array.

    Examples
    --------
    >>> shifted([[1, 2], [3, 4]], 1, 0)
    array([[0., 0.],
           [1., 2.]])
    """
    before = as_floats("shifted", "pictures", pictures)
    down = whole_number("shifted", "down", down, least=None)
    right = whole_number("shifted", "right", right, least=None)
    height, width = before.shape[-2:]
    after = np.zeros_like(before)
    if abs(down) < height and abs(right) < width:
        after[..., max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = before[
            ..., max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
        ]
    return after


def with_noise(picture: ArrayLike, pixels: int, rng: np.random.Generator) -> Array:
    """Return a picture in which some pixels, drawn at random, are flipped: 0 becomes 1, and 1 becomes 0.

    Parameters
    ----------
    picture : array_like of shape (H, W)
        Brightness from 0 to 1.
    pixels : int
        How many are flipped.
    rng : numpy.random.Generator
        Where the draw comes from.

    Returns
    -------
    ndarray of shape (H, W)
        A new array.

    Examples
    --------
    >>> int(with_noise(np.zeros((4, 4)), 3, np.random.default_rng(0)).sum())
    3
    """
    after = as_floats("with_noise", "picture", picture, axes=2).copy()
    pixels = whole_number("with_noise", "pixels", pixels, least=0)
    if pixels > after.size:
        raise argument_error("with_noise", "pixels", f"be at most {after.size}", pixels, "There are no more.")
    chosen = rng.choice(after.size, pixels, replace=False)
    after.flat[chosen] = 1 - after.flat[chosen]
    return after


def _filled(points: Array) -> Array:
    """Return points on the same lines, none further than a pixel from the next."""
    filled = []
    for first, last in itertools.pairwise(points):
        steps = max(1, math.ceil(np.abs(last - first).max() - 1e-9))
        filled.append(first + np.arange(steps)[:, np.newaxis] / steps * (last - first))
    return np.concatenate([*filled, points[-1:]])


def _thin(points: Array) -> list[tuple[int, int]]:
    """Return the pixels of a line in their order, without those that only fill the corner of a step."""
    pixels: list[tuple[int, int]] = []
    for row, column in np.rint(points + 1e-6).astype(int).tolist():
        if pixels and (row, column) == pixels[-1]:
            continue
        if len(pixels) > 1 and max(abs(row - pixels[-2][0]), abs(column - pixels[-2][1])) == 1:
            pixels.pop()
        pixels.append((row, column))
    return pixels
