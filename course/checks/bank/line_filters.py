"""`line_filters`: a vertical and a horizontal line, as filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import kernels
from ..cases import Maker, between
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- The answer, and cases ----------------------------------------------------------------------------------


def line_filters(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the vertical and the horizontal line filter."""
    return kernels.vertical_line(size), kernels.horizontal_line(size)


cases = Maker(
    lambda rng, size, bigger: {"size": size + 2 * bigger},
    note=lambda size, bigger: f"size {size + 2 * bigger}",
    bigger=0,
)

PROPERTIES = [
    Property(
        "size 3 and 5", "Ones in the central column, or row, and zeros elsewhere.", cases({"size": 3}, {"size": 5})
    ),
    Property("size 7", "The filters of the book's figure.", cases({"size": 7})),
    Property(
        "any odd size",
        "It works for every odd size.",
        cases({"size": 9}, {"size": 11, "bigger": between(0, 60)}),
    ),
    Property("size 1", "A filter of a single weight is all line.", cases({"size": 1}), unusual=True),
]

# --- Mistakes -----------------------------------------------------------------------------------------------

Array = np.ndarray


def column(filter_: Array, middle: Any, value: float) -> None:
    """Draw the vertical line."""
    filter_[:, middle] = value


def row(filter_: Array, middle: Any, value: float) -> None:
    """Draw the horizontal line."""
    filter_[middle, :] = value


def pixel(filter_: Array, middle: Any, value: float) -> None:
    """Draw the pixel in the middle."""
    filter_[middle, middle] = value


def cross(filter_: Array, middle: Any, value: float) -> None:
    """Draw both lines."""
    column(filter_, middle, value)
    row(filter_, middle, value)


def falling(filter_: Array, middle: Any, value: float) -> None:
    """Draw the diagonal that falls."""
    np.fill_diagonal(filter_, value)


def rising(filter_: Array, middle: Any, value: float) -> None:
    """Draw the diagonal that rises."""
    np.fill_diagonal(filter_[::-1], value)


def lines(
    size: int,
    *,
    sized: Callable[[int], int] = lambda size: size,
    middle: Callable[[int], Any] = lambda n: n // 2,
    white: Callable[[int], float] = lambda n: 1.0,
    black: float = 0.0,
    first: Callable[[Array, Any, float], None] = column,
    second: Callable[[Array, Any, float], None] = row,
    kind: type = float,
    gives: Callable[[Array, Array], Any] = lambda vertical, horizontal: (vertical, horizontal),
) -> Any:
    """Draw both filters; each part can be replaced by a wrong way to do it."""
    n = sized(size)
    filters: list[Array] = [np.full((n, n), black, dtype=kind) for _ in range(2)]
    for draw, filter_ in zip((first, second), filters, strict=True):
        draw(filter_, middle(n), white(n))
    return gives(*filters)


MISTAKES = [
    wrong("vertical and horizontal swapped", "Your two filters are in the wrong order: the vertical line, a column of "
          "ones, comes first.", first=row, second=column),
    wrong("one array for both", "Both lines are drawn into both filters. Do two names stand for one and the same "
          "array? Make two arrays.", first=cross, second=cross),
    wrong("two vertical lines", "Both of your filters are vertical. The second has ones in its central row.",
          second=column),
    wrong("two horizontal lines", "Both of your filters are horizontal. The first has ones in its central column.",
          first=row),
    wrong("a single pixel", "In your filters one pixel alone is 1. A line is a whole column, `[:, c]`, or a whole "
          "row, `[r, :]`.", first=pixel, second=pixel),
    wrong("diagonal lines", "Your lines run from corner to corner: np.eye makes a diagonal. Fill one column, or one "
          "row.", first=falling, second=rising),
    wrong("two equal diagonals", "Your lines run from corner to corner: np.eye makes a diagonal. Fill one column, or "
          "one row.", first=falling, second=falling),
    wrong("fixed size 7", "Your filters are 7 × 7 whatever size is asked for.", sized=lambda size: 7),
    wrong("fixed size 3", "Your filters are 3 × 3 whatever size is asked for.", sized=lambda size: 3),
    wrong("line fixed at 3", "Your line is in column (or row) 3, which is the middle of a filter of size 7 alone.",
          middle=lambda n: 3),
    wrong("line fixed at 1", "Your line is in column (or row) 1, which is the middle of a filter of size 3 alone.",
          middle=lambda n: 1),
    wrong("line at the edge", "Your line is in column (or row) 0, at the edge. It belongs in the middle.",
          middle=lambda n: 0),
    wrong("line at the far edge", "Your line is in the last column (or row). It belongs in the middle.",
          middle=lambda n: -1),
    wrong("line off by one (before)", "Your line lies one step before the middle. Counting starts at 0: the middle of "
          "7 is number 3.", middle=lambda n: n // 2 - 1),
    wrong("line off by one (after)", "Your line lies one step behind the middle. Counting starts at 0: the middle of "
          "7 is number 3.", middle=lambda n: n // 2 + 1),
    wrong("/ for //", "You divide with /, which gives a number with a decimal point, and that is no index. Use //.",
          middle=lambda n: n / 2),
    wrong("line of three", "Your line is three columns (or rows) wide. It is one wide.",
          middle=lambda n: slice(n // 2 - 1, n // 2 + 2)),
    wrong("black and white swapped", "You draw a line of zeros on ones. The line is white: ones on zeros.",
          white=lambda n: 0.0, black=1.0),
    wrong("255 for white", "Your white is 255. These are weights, not bytes: white is 1.", white=lambda n: 255.0),
    wrong("all black", "Your filters are all zeros: the line is missing.", white=lambda n: 0.0),
    wrong("-1 for black", "Beside the line your weights are -1. They are 0 there.", black=-1.0),
    wrong("divided by the size", "Your weights sum to 1, which would keep the picture's brightness. Here each of them "
          "is 1, as in the book.", white=lambda n: 1 / n),
    wrong("whole numbers", "Your weights are whole numbers. Weights are floats: with a picture of bytes, whole "
          "numbers can wrap round.", kind=int),
    wrong("True and False", "Your filters hold True and False, as a comparison gives them. Weights are floats: turn "
          "them with astype(float).", kind=bool),
    wrong("one array of both", "You return one array of shape (2, size, size). Two arrays are asked for: `return "
          "vertical, horizontal`.", gives=lambda vertical, horizontal: np.array([vertical, horizontal])),
    wrong("vertical only", "You return one filter alone. Two are asked for: `return vertical, horizontal`.",
          gives=lambda vertical, horizontal: vertical),
    wrong("horizontal only", "You return one filter alone. Two are asked for: `return vertical, horizontal`.",
          gives=lambda vertical, horizontal: horizontal),
    wrong("the sum of both", "You add up the two filters. They are returned apart: `return vertical, horizontal`.",
          gives=lambda vertical, horizontal: vertical + horizontal),
    wrong("a dictionary", "You return a dictionary. Two arrays are asked for: `return vertical, horizontal`.",
          gives=lambda vertical, horizontal: {"vertical": vertical, "horizontal": horizontal}),
    wrong("one column, one row", "Your filters have one column, or one row: the line alone. Beside it are zeros: "
          "filters are (size, size).",
          gives=lambda *both: (both[0].max(axis=1, keepdims=True), both[1].max(axis=0, keepdims=True))),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_comparison(size: int) -> Any:
    """Ask each weight where it is."""
    row, column = np.indices((size, size))
    return (column == size // 2).astype(float), (row == size // 2).astype(float)


EXERCISE = Exercise(
    name="line_filters",
    reference=line_filters,
    computation=lines,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Start from two arrays of zeros, of shape (size, size).",
        "Which column is in the middle of 7? Count from 0. A whole-number division gives it for every odd size.",
        "`a[:, c]` is a whole column of an array, `a[r, :]` a whole row; both can be given a value at once.",
    ],
    right_forms=[
        Form("by comparison", by_comparison),
        Form("transposed", lambda size: (line_filters(size)[0], line_filters(size)[0].T)),
        Form("a list of two", lambda size: list(line_filters(size))),
    ],
)
