"""`shift`: moving a picture, with nothing that wraps round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import ops
from ..cases import Maker, between, numbers, photo, tenths
from ..families.moving import kept, raising
from ..spec import Case, Exercise, Focus, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, height: int, width: int, rows: int, columns: int, fill: Any, lead: tuple[int, ...],
         kind: str) -> dict[str, Any]:  # fmt: skip
    """Return a picture, a move, and what moves in; a fill of None is left out."""
    draws = {"floats": numbers, "fractions": tenths, "bytes": photo, "whole": lambda *a: numbers(*a).astype(int)}
    case = {"image": draws[kind](rng, *lead, height, width), "rows": rows, "columns": columns}
    return case if fill is None else case | {"fill": float(fill) if isinstance(fill, str) else fill}


cases = Maker(
    make,
    note=lambda rows, columns, **sizes: (
        f"{abs(rows)} {'down' if rows >= 0 else 'up'}, {abs(columns)} to the {'right' if columns >= 0 else 'left'}"
    ),
    least={"rows": 0, "columns": 0},
    height=3, width=4, rows=0, columns=0, fill=0.0, lead=(), kind="floats",
)  # fmt: skip


PROPERTIES = [
    Property(
        "down and right",
        "Positive numbers move the picture down and to the right.",
        cases({"height": 2, "width": 3, "columns": 1}, {"rows": 1},
              {"height": 5, "width": 6, "rows": 1, "columns": 2}),
    ),
    Property(
        "up and left",
        "Negative numbers move it up and to the left.",
        cases({"columns": -1}, {"height": 4, "width": 3, "rows": -2}, {"height": 4, "width": 5, "rows": -1,
              "columns": 2}, {"height": 5, "width": 4, "rows": 2, "columns": -1}, {"rows": -1, "columns": -2}),
    ),
    Property(
        "fill",
        "The pixels that become free get the value of fill.",
        cases({"rows": 1, "columns": -1, "fill": 7.5}, {"height": 3, "width": 3, "columns": 2, "fill": "-inf",
              "note": "minus infinity moves in"}, {"rows": -1, "columns": 1, "fill": 2, "kind": "fractions"},
              {"rows": 1, "fill": "nan", "note": "NaN moves in, as a later exercise wants it"}),
    ),
    Property(
        "left out",
        "Later cells leave fill out: then it is 0.",
        cases({"rows": 1, "columns": 2, "fill": None}, {"columns": between(1, 2), "fill": None, "kind": "fractions"}),
    ),
    Property(
        "not at all, and far",
        "A shift of 0 changes nothing; a shift out of the picture leaves only fill.",
        cases({"note": "no move"}, {"height": 2, "width": 3, "rows": 2, "note": "as far as the picture is high"},
              {"rows": 1, "columns": 6, "fill": 1.5, "note": "farther than the picture is wide"},
              {"rows": -5, "fill": 2.5, "note": "far up"}, {"columns": -4, "note": "as far as the picture is wide"},
              {"rows": 7, "columns": -1, "fill": 3.5}),
    ),
    Property(
        "batches",
        "Rows and columns are the last two axes, whatever stands before them.",
        cases({"lead": (2, 3), "rows": 1, "columns": -1}, {"lead": (3,), "height": 2, "rows": 1, "columns": 1}),
    ),
    Property(
        "types",
        "The type of the picture stays.",
        cases({"columns": 1, "fill": 9, "kind": "bytes", "note": "uint8 stays uint8"},
              {"rows": 1, "fill": 9, "kind": "whole", "note": "whole numbers stay whole numbers"}),
        unusual=True,
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------

LEFT_OUT = object()
FREE = -1  # the place in the picture from which nothing comes


def comes_from(distance: int, n: int) -> Array:
    """Return from which place along an axis each of n places gets its pixel; `FREE` where from none."""
    place = np.arange(n) - distance
    place[(place < 0) | (place >= n)] = FREE
    return place


def moved(
    image: Array, rows: int, columns: int, fill: Any = LEFT_OUT, *,
    default: Callable[[], float] = lambda: 0,
    swaps: Callable[[int, int], tuple[int, int]] = lambda rows, columns: (rows, columns),
    way: Callable[[int, int], tuple[int, int]] = lambda rows, columns: (rows, columns),
    far: Callable[[int], int] = lambda distance: distance,
    axes: Callable[[int], list[int]] = lambda ndim: list(range(ndim)),
    rows_from: Callable[[int, int], Array] = comes_from,
    columns_from: Callable[[int, int], Array] = comes_from,
    moves_in: Callable[[Array, Any], Any] = lambda image, fill: fill,
    kind: Callable[[Array, Any], Any] = lambda image, fill: image.dtype,
    frame: Callable[..., Array] = lambda out, image, r, c, fill: out,
) -> Array:  # fmt: skip
    """Move a picture; each part can be replaced by a wrong way to do it."""
    fill = default() if fill is LEFT_OUT else fill
    order = axes(image.ndim)
    image = image.transpose(order)
    r, c = (far(distance) for distance in way(*swaps(rows, columns)))
    i, j = rows_from(r, image.shape[-2])[:, np.newaxis], columns_from(c, image.shape[-1])
    free = (i == FREE) | (j == FREE)
    seen = image[..., i, j].astype(kind(image, fill))
    out = np.where(free, np.asarray(moves_in(image, fill)).astype(seen.dtype), seen)
    return frame(out, image, r, c, fill).transpose(np.argsort(order))


# --- Mistakes: from where pixels come -----------------------------------------------------------------------


def wrapped(distance: int, n: int) -> Array:
    """Let come back on the other side what leaves the picture."""
    return (np.arange(n) - distance) % n


def filled_in_front(distance: int, n: int) -> Array:
    """Roll, then fill the places [:distance], whatever its sign."""
    place = wrapped(distance, n)
    place[:distance] = FREE
    return place


def all_filled_at_zero(distance: int, n: int) -> Array:
    """Fill the places [distance:] where the distance is not positive: all of them at 0."""
    return comes_from(distance, n) if distance else np.full(n, FREE)


def caught(distance: int, n: int) -> Array:
    """Let an index from -n to -1 count from the end, and catch the error of all others."""
    place = np.arange(n) - distance
    return np.where((place >= n) | (place < -n), FREE, place % n)


def caught_on_the_way(distance: int, n: int) -> Array:
    """Let a place from -n to -1 that a pixel goes to count from the end."""
    place = np.full(n, FREE)
    for i in range(n):
        if -n <= i + distance < n:
            place[i + distance] = i
    return place


def by_slices(to: Callable[[int, int], slice], source: Callable[[int, int], slice]) -> Callable[[int, int], Array]:
    """Return a way that copies one slice into another, and stops where they do not fit."""

    def place(distance: int, n: int) -> Array:
        places = np.full(n, FREE)
        places[to(distance, n)] = np.arange(n)[source(distance, n)]
        return places

    return place


def not_clamped(distance: int, n: int) -> Array:
    """Use the slices of a move within the picture for one out of it."""
    to, source = slice(max(distance, 0), min(n + distance, n)), slice(max(-distance, 0), min(n - distance, n))
    return by_slices(lambda d, n: to, lambda d, n: source)(distance, n)


def one_missing(distance: int, n: int) -> Array:
    """Leave out the last place."""
    place = comes_from(distance, n)
    place[-1:] = FREE
    return place


def first_two_axes(ndim: int) -> list[int]:
    """Take the first two axes for rows and columns."""
    return [*range(2, ndim), 0, 1]


def two_axes_alone(ndim: int) -> list[int]:
    """Stop where the shape has more than two numbers."""
    height, width = range(ndim)
    return [height, width]


def grown(out: Array, image: Array, r: int, c: int, fill: Any) -> Array:
    """Add to the picture what moves in, and cut nothing away."""
    around = [(0, 0)] * (image.ndim - 2) + [(max(r, 0), max(-r, 0)), (max(c, 0), max(-c, 0))]
    return np.pad(image, around, constant_values=fill)


def cropped(out: Array, image: Array, r: int, c: int, fill: Any) -> Array:
    """Return the pixels that stay alone."""
    return out[..., kept(r, image.shape[-2]), kept(c, image.shape[-1])]


def both(way: Callable[[int, int], Array]) -> dict[str, Callable[[int, int], Array]]:
    """Return a way for rows and columns."""
    return {"rows_from": way, "columns_from": way}


nothing_at_0 = by_slices(lambda d, n: slice(0, n), lambda d, n: slice(0, 0))


BACK = (
    "Moves {} are right. In the others, what leaves the picture comes back on the other side. Does np.roll bring it "
    "back, or a negative index? In Python, image[-1] is the last row."
)
UP, DOWN = BACK.format("down and to the right"), BACK.format("up and to the left")
MISTAKES = [
    wrong("wraps round", "What leaves your picture on one side comes back on the other: np.roll does that. Pixels "
          "that leave are lost, and `fill` moves in.", **both(wrapped)),
    wrong("columns wrap round", "The rows are right, but the columns that leave on one side come back on the other.",
          columns_from=wrapped),
    wrong("rows wrap round", "The columns are right, but the rows that leave on one side come back on the other.",
          rows_from=wrapped),
    wrong("wraps where it moves up and left", UP, **both(lambda d, n: wrapped(d, n) if d < 0 else comes_from(d, n))),
    wrong("wraps where it moves down and right",
          DOWN, **both(lambda d, n: wrapped(d, n) if d > 0 else comes_from(d, n))),
    wrong("a negative source counts from the end", DOWN, **both(caught)),
    wrong("a negative target counts from the end", UP, **both(caught_on_the_way)),
    wrong("filled in front, whatever the sign", "You fill the first rows and columns, as a move down and to the right "
          "wants it. A slice such as [:rows] means something else for negative rows: there, the last ones become "
          "free.", **both(filled_in_front)),
    wrong("all filled at 0", "Where rows or columns are 0, your whole picture is filled. A slice such as [rows:] is "
          "everything at 0.", **both(all_filled_at_zero)),
    wrong("only down and right, never 0", "A slice such as [:-rows] is empty for rows = 0, and means something else "
          "for negative rows. Ask where each kept row comes from, and where it goes.",
          **both(by_slices(lambda d, n: slice(d, None), lambda d, n: slice(None, -d)))),
    wrong("only down and right", "Your slices are right for moves down and to the right. For negative numbers they do "
          "not fit: there, the kept rows come from further down, and go to the top.",
          **both(by_slices(lambda d, n: slice(d, None), lambda d, n: slice(None, n - d)))),
    wrong("not 0", "Your moves are right, but a move of 0 stops or goes wrong: a slice such as [:-0] is empty.",
          **both(lambda d, n: comes_from(d, n) if d else nothing_at_0(d, n))),
    wrong("not out of the picture", "A move farther than the picture is high or wide goes wrong: the ends of your "
          "slices pass each other, or become negative. Nothing is kept then.", **both(not_clamped)),
    wrong("a last row stays", "A move out of the picture should leave only `fill`. One row or column stays in yours.",
          **both(lambda d, n: comes_from(max(1 - n, min(d, n - 1)), n))),
    wrong("last row and column missing", "The last row and the last column of your result are never filled with "
          "pixels: the end of a slice or of a range is left out already.", **both(one_missing)),
    # --- which way, how far ---
    wrong("rows and columns swapped", "You move by `columns` along the rows and by `rows` along the columns.",
          swaps=lambda r, c: (c, r)),
    wrong("the sign", "Your picture moves the wrong way. Positive is down and to the right.",
          way=lambda r, c: (-r, -c)),
    wrong("the sign of the rows", "Your picture moves up where it should move down, and down where it should move up: "
          "row 0 is at the top.", way=lambda r, c: (-r, c)),
    wrong("the sign of the columns", "Your picture moves left where it should move right, and right where it should "
          "move left.", way=lambda r, c: (r, -c)),
    wrong("always down and right", "Negative numbers should move up and to the left; yours move as if they were "
          "positive.", way=lambda r, c: (abs(r), abs(c))),
    wrong("negative numbers do nothing", "Negative numbers should move up and to the left; yours move nothing.",
          way=lambda r, c: (max(r, 0), max(c, 0))),
    wrong("rows alone", "Your picture moves by rows alone. It should move by columns, too.", way=lambda r, c: (r, 0)),
    wrong("columns alone", "Your picture moves by columns alone. It should move by rows, too.",
          way=lambda r, c: (0, c)),
    wrong("rows alone where both are given", "Where both rows and columns are given, your picture moves by the rows "
          "alone. Is there an `elif` where a second `if` should stand?", way=lambda r, c: (r, 0 if r else c)),
    wrong("nothing moves", "Your picture stays in its place.", way=lambda r, c: (0, 0)),
    wrong("one pixel too far", "Your picture moves one pixel too far. Is the end of a slice off by one?",
          far=lambda d: d + (d > 0) - (d < 0)),
    wrong("one pixel too short", "Your picture moves one pixel too little. Is the end of a slice off by one?",
          far=lambda d: d - (d > 0) + (d < 0)),
    # --- what moves in, axes, type, size ---
    wrong("fill ignored", "Zeros move in, whatever `fill` is.", moves_in=lambda image, fill: 0),
    wrong("the edge repeated", "The edge of the picture is repeated where `fill` should move in.",
          **both(lambda d, n: np.clip(np.arange(n) - d, 0, n - 1))),
    wrong("the old pixels left", "The old pixels are still there where `fill` should move in. Start from an array "
          "full of `fill`, not from a copy of the picture.", moves_in=lambda image, fill: image),
    wrong("fill has no default", "Later cells call your function without `fill`. Leave fill=0 in its header.",
          default=raising(TypeError, "shift() missing 1 required positional argument: 'fill'")),
    wrong("the first two axes", "In a batch you move along its first axes. Rows and columns are the last two axes: "
          "image[..., rows, columns].", axes=first_two_axes),
    wrong("one picture alone", "Your function takes the shape apart into two numbers, and a batch has more. Rows and "
          "columns are the last two: image.shape[-2:].", axes=two_axes_alone),
    wrong("the picture grows", "Your picture grows by the shift. Its shape should stay: what leaves it is lost.",
          frame=grown),
    wrong("the picture shrinks", "You return only the pixels that stay in the picture. Its shape should stay: `fill` "
          "moves in.", frame=cropped),
    wrong("floats out", "Your output is made of floats, whatever the picture is. Its type should stay.",
          kind=lambda image, fill: np.result_type(image.dtype, float)),
    wrong("the type of fill", "Your output has the type of `fill`, so that fractions of the picture are cut off where "
          "fill is a whole number. The picture's type should stay: np.full_like keeps it, np.full does not.",
          kind=lambda image, fill: np.asarray(fill).dtype),
]  # fmt: skip

# --- Right forms, focus, hints ------------------------------------------------------------------------------


def by_padding(image: Array, rows: int, columns: int, fill: float = 0) -> Array:
    """Pad, then cut."""
    height, width = image.shape[-2:]
    r, c = max(-height, min(rows, height)), max(-width, min(columns, width))
    return grown(image, image, r, c, fill)[..., max(-r, 0) :, max(-c, 0) :][..., :height, :width]


def by_loops(image: Array, rows: int, columns: int, fill: float = 0) -> Array:
    """Ask for each pixel where it comes from."""
    out = np.full_like(image, fill)
    height, width = image.shape[-2:]
    for row in range(height):
        for column in range(width):
            if 0 <= row - rows < height and 0 <= column - columns < width:
                out[..., row, column] = image[..., row - rows, column - columns]
    return out


def by_roll(image: Array, rows: int, columns: int, fill: float = 0) -> Array:
    """Roll, then fill."""
    out = np.roll(image, (rows, columns), axis=(-2, -1))
    height, width = image.shape[-2:]
    out[..., : max(rows, 0), :] = fill
    out[..., :, : max(columns, 0)] = fill
    if rows < 0:
        out[..., max(height + rows, 0) :, :] = fill
    if columns < 0:
        out[..., :, max(width + columns, 0) :] = fill
    return out


def by_scipy(image: Array, rows: int, columns: int, fill: float = 0) -> Array:
    """Let SciPy do it."""
    from scipy import ndimage

    return ndimage.shift(image, (0,) * (image.ndim - 2) + (rows, columns), order=0, cval=fill)


def came_from(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the pixel that should be in a wrong place."""
    image, rows, columns = (case.arguments[name] for name in ("image", "rows", "columns"))
    row, column = index[-2] - rows, index[-1] - columns
    if not (0 <= row < image.shape[-2] and 0 <= column < image.shape[-1]):
        return Focus("image", note="No pixel of the picture comes to this place: it gets `fill`.")
    return Focus("image", (*index[:-2], row, column), note=f"This pixel was in row {row}, column {column}.")


EXERCISE = Exercise(
    name="shift",
    reference=ops.shift,
    computation=moved,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "np.full_like(image, fill) is a picture where nothing has come in yet, of the right shape and type.",
        "Output row r shows input row r - rows, if there is one. Which output rows are that?",
        "With max and min, one pair of slices says where the rows go to, and one where they come from.",
    ],
    right_forms=[
        Form("padding, then a cut", by_padding),
        Form("loops", by_loops),
        Form("roll, then fill", by_roll),
        Form("SciPy", by_scipy, library="SciPy"),
    ],
    focus=came_from,
)
