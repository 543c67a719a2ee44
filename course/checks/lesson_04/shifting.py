"""The check of moving a picture."""

from __future__ import annotations

import numpy as np

from ...ops import shift as move
from ..spec import Case, Exercise, Focus, Form, Mistake, Property
from .windows import maps

__all__ = ["SHIFT"]

# --- shift -------------------------------------------------------------------------------------------


def _shift_case(image, rows, columns, fill=0.0, note=""):
    return Case({"image": image, "rows": rows, "columns": columns, "fill": fill}, note)


def _down_and_right(rng):
    return [
        _shift_case(np.arange(1.0, 7.0).reshape(2, 3), 0, 1, note="one to the right"),
        _shift_case(maps(rng, 3, 4), 1, 0, note="one down"),
        _shift_case(maps(rng, 4, 5), 1, 2, note="down and right"),
    ]


def _up_and_left(rng):
    return [
        _shift_case(maps(rng, 3, 4), 0, -1, note="one to the left"),
        _shift_case(maps(rng, 4, 3), -2, 0, note="two up"),
        _shift_case(maps(rng, 4, 5), -1, 2, note="up and right"),
    ]


def _fills(rng):
    return [
        _shift_case(maps(rng, 3, 4), 1, -1, fill=7.5, note="7.5 moves in"),
        _shift_case(maps(rng, 3, 3), 0, 2, fill=-np.inf, note="minus infinity moves in"),
    ]


def _far(rng):
    return [
        _shift_case(maps(rng, 3, 4), 0, 0, note="no move"),
        _shift_case(maps(rng, 2, 3), 2, 0, note="as far as the picture is high"),
        _shift_case(maps(rng, 3, 4), 1, 6, fill=1.0, note="farther than the picture is wide"),
        _shift_case(maps(rng, 3, 4), -5, 0, note="far up"),
    ]


def _stacks(rng):
    return [
        _shift_case(maps(rng, 2, 3, 3, 4), 1, -1, note="a batch (N, C, H, W): rows and columns are the last two axes"),
        _shift_case(rng.integers(1, 255, size=(3, 4), dtype=np.uint8), 0, 1, fill=9, note="uint8 stays uint8"),
        _shift_case(rng.integers(-90, -1, size=(3, 4)), 1, 0, fill=9, note="whole numbers stay whole numbers"),
    ]


def _wraps(image, rows, columns, fill):
    return np.roll(image, (rows, columns), axis=(-2, -1))


def _first_axes(image, rows, columns, fill):
    return move(image.T, columns, rows, fill).T if image.ndim == 2 else _first_two(image, rows, columns, fill)


def _first_two(image, rows, columns, fill):
    turned = np.moveaxis(image, (0, 1), (-2, -1))
    return np.moveaxis(move(turned, rows, columns, fill), (-2, -1), (0, 1))


def _edge_repeated(image, rows, columns, fill):
    height, width = image.shape[-2:]
    from_rows = np.clip(np.arange(height) - rows, 0, height - 1)
    from_columns = np.clip(np.arange(width) - columns, 0, width - 1)
    return image[..., from_rows[:, None], from_columns]


def _kept_in_place(image, rows, columns, fill):
    out = image.copy()
    moved, covered = move(image, rows, columns), move(np.ones(image.shape), rows, columns) == 1
    out[covered] = moved[covered]
    return out


def _rows_filled_only(image, rows, columns, fill):
    return np.roll(move(image, rows, 0, fill), columns, axis=-1)


def _columns_filled_only(image, rows, columns, fill):
    return np.roll(move(image, 0, columns, fill), rows, axis=-2)


def _negative_slices(image, rows, columns, fill):
    """The slices that only work for a move down and to the right, and not at 0."""
    out = np.full_like(image, fill)
    out[..., rows:, columns:] = image[..., :-rows, :-columns]
    return out


def _one_sign(image, rows, columns, fill):
    return move(image, abs(rows), abs(columns), fill)


def _as_floats(image, rows, columns, fill):
    return move(np.asarray(image, dtype=float), rows, columns, fill)


def _grown(image, rows, columns, fill):
    around = [(0, 0)] * (image.ndim - 2) + [(max(rows, 0), max(-rows, 0)), (max(columns, 0), max(-columns, 0))]
    return np.pad(image, around, constant_values=fill)


def _one_too_far(image, rows, columns, fill):
    return move(image, rows + np.sign(rows), columns + np.sign(columns), fill)


SHIFT_MISTAKES = (
    Mistake(
        "wraps round",
        "What leaves your picture on one side comes back on the other: np.roll does that. "
        "Pixels that leave are lost, and `fill` moves in.",
        _wraps,
    ),
    Mistake(
        "the sign",
        "Your picture moves the wrong way. Positive is down and to the right.",
        lambda i, r, c, f: move(i, -r, -c, f),
    ),
    Mistake(
        "the sign of the rows",
        "Your picture moves up where it should move down: row 0 is at the top.",
        lambda i, r, c, f: move(i, -r, c, f),
    ),
    Mistake(
        "the sign of the columns",
        "Your picture moves left where it should move right.",
        lambda i, r, c, f: move(i, r, -c, f),
    ),
    Mistake(
        "rows and columns swapped",
        "You move by `columns` along the rows and by `rows` along the columns.",
        lambda i, r, c, f: move(i, c, r, f),
    ),
    Mistake("fill ignored", "Zeros move in, whatever `fill` is.", lambda i, r, c, f: move(i, r, c, 0)),
    Mistake("the edge repeated", "The edge of the picture is repeated where `fill` should move in.", _edge_repeated),
    Mistake(
        "the old pixels left",
        "The old pixels are still there where `fill` should move in: you wrote onto a copy "
        "of the picture. Start from an array full of `fill`.",
        _kept_in_place,
    ),
    Mistake(
        "columns wrap round",
        "The rows are right, but the columns that leave on one side come back on the other.",
        _rows_filled_only,
    ),
    Mistake(
        "rows wrap round",
        "The columns are right, but the rows that leave on one side come back on the other.",
        _columns_filled_only,
    ),
    Mistake(
        "only down and right, never 0",
        "A slice such as [:-rows] is empty for rows = 0, and means something else "
        "for negative rows. Ask where each kept row comes from, and where it goes.",
        _negative_slices,
    ),
    Mistake(
        "always down and right",
        "Negative numbers should move up and to the left; yours move as if they were positive.",
        _one_sign,
    ),
    Mistake("floats out", "Your output is made of floats, whatever the picture is. Its type should stay.", _as_floats),
    Mistake(
        "the picture grows", "Your picture grows by the shift. Its shape should stay: what leaves it is lost.", _grown
    ),
    Mistake(
        "the first two axes",
        "For a batch (N, C, H, W) you move along samples and channels. Rows and columns are "
        "the last two axes: image[..., rows, columns].",
        _first_axes,
    ),
    Mistake(
        "one pixel too far", "Your picture moves one pixel too far. Is the end of a slice off by one?", _one_too_far
    ),
)


def _by_padding(image, rows, columns, fill):
    height, width = image.shape[-2:]
    r, c = max(-height, min(rows, height)), max(-width, min(columns, width))
    grown = _grown(image, r, c, fill)
    return grown[..., max(-r, 0) : max(-r, 0) + height, max(-c, 0) : max(-c, 0) + width]


def _by_loops(image, rows, columns, fill):
    out = np.full_like(image, fill)
    height, width = image.shape[-2:]
    for row in range(height):
        for column in range(width):
            if 0 <= row - rows < height and 0 <= column - columns < width:
                out[..., row, column] = image[..., row - rows, column - columns]
    return out


def _by_roll(image, rows, columns, fill):
    out = np.roll(image, (rows, columns), axis=(-2, -1))
    height, width = image.shape[-2:]
    out[..., : max(rows, 0), :] = fill
    out[..., :, : max(columns, 0)] = fill
    if rows < 0:
        out[..., max(height + rows, 0) :, :] = fill
    if columns < 0:
        out[..., :, max(width + columns, 0) :] = fill
    return out


def _came_from(case: Case, index: tuple[int, ...]) -> Focus | None:
    image, rows, columns = (case.arguments[name] for name in ("image", "rows", "columns"))
    row, column = index[-2] - rows, index[-1] - columns
    if not (0 <= row < image.shape[-2] and 0 <= column < image.shape[-1]):
        return Focus("image", note="No pixel of the picture comes to this place: it gets `fill`.")
    return Focus("image", (*index[:-2], row, column), note=f"This pixel was in row {row}, column {column}.")


SHIFT = Exercise(
    name="shift",
    reference=move,
    properties=[
        Property("down and right", "Positive numbers move the picture down and to the right.", _down_and_right),
        Property("up and left", "Negative numbers move it up and to the left.", _up_and_left),
        Property("fill", "The pixels that become free get the value of fill.", _fills),
        Property(
            "not at all, and far", "A shift of 0 changes nothing; a shift out of the picture leaves only fill.", _far
        ),
        Property("batches and types", "The last two axes are moved, and the type of the picture stays.", _stacks),
    ],
    mistakes=SHIFT_MISTAKES,
    hints=[
        "np.full_like(image, fill) is a picture where nothing has come in yet, of the right shape and type.",
        "Output row r shows input row r - rows, if there is one. Which output rows are that?",
        "With max and min, one pair of slices says where the rows go to, and one where they come from.",
    ],
    right_forms=[Form("padding, then a cut", _by_padding), Form("loops", _by_loops), Form("roll, then fill", _by_roll)],
    focus=_came_from,
    forbidden=("shift",),
)
