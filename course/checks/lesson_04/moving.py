"""The checks of what moves: shifting a picture, invariance, and the gap to equivariance."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops import shift as move
from ...ops.invariance import equivariance_gap, invariance
from ..objects import Made
from ..spec import Case, Exercise, Focus, Form, Mistake, Property
from .windows import maps

__all__ = ["EQUIVARIANCE_GAP", "INVARIANCE", "SHIFT"]


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


def _moved(image, rows, columns, fill):
    return move(image, rows, columns, fill)


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
    Mistake("wraps round", "What leaves your picture on one side comes back on the other: np.roll does that. "
            "Pixels that leave are lost, and `fill` moves in.", _wraps),
    Mistake("the sign", "Your picture moves the wrong way. Positive is down and to the right.",
            lambda i, r, c, f: move(i, -r, -c, f)),
    Mistake("the sign of the rows", "Your picture moves up where it should move down: row 0 is at the top.",
            lambda i, r, c, f: move(i, -r, c, f)),
    Mistake("the sign of the columns", "Your picture moves left where it should move right.",
            lambda i, r, c, f: move(i, r, -c, f)),
    Mistake("rows and columns swapped", "You move by `columns` along the rows and by `rows` along the columns.",
            lambda i, r, c, f: move(i, c, r, f)),
    Mistake("fill ignored", "Zeros move in, whatever `fill` is.", lambda i, r, c, f: move(i, r, c, 0)),
    Mistake("the edge repeated", "The edge of the picture is repeated where `fill` should move in.", _edge_repeated),
    Mistake("the old pixels left", "The old pixels are still there where `fill` should move in: you wrote onto a copy "
            "of the picture. Start from an array full of `fill`.", _kept_in_place),
    Mistake("columns wrap round", "The rows are right, but the columns that leave on one side come back on the other.",
            _rows_filled_only),
    Mistake("rows wrap round", "The columns are right, but the rows that leave on one side come back on the other.",
            _columns_filled_only),
    Mistake("only down and right, never 0", "A slice such as [:-rows] is empty for rows = 0, and means something else "
            "for negative rows. Ask where each kept row comes from, and where it goes.", _negative_slices),
    Mistake("always down and right", "Negative numbers should move up and to the left; yours move as if they were "
            "positive.", _one_sign),
    Mistake("floats out", "Your output is made of floats, whatever the picture is. Its type should stay.", _as_floats),
    Mistake("the picture grows", "Your picture grows by the shift. Its shape should stay: what leaves it is lost.", _grown),
    Mistake("the first two axes", "For a batch (N, C, H, W) you move along samples and channels. Rows and columns are "
            "the last two axes: image[..., rows, columns].", _first_axes),
    Mistake("one pixel too far", "Your picture moves one pixel too far. Is the end of a slice off by one?", _one_too_far),
)  # fmt: skip


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
    reference=_moved,
    properties=[
        Property("down and right", "Positive numbers move the picture down and to the right.", _down_and_right),
        Property("up and left", "Negative numbers move it up and to the left.", _up_and_left),
        Property("fill", "The pixels that become free get the value of fill.", _fills),
        Property("not at all, and far", "A shift of 0 changes nothing; a shift out of the picture leaves only fill.", _far),
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
)  # fmt: skip


# --- The layers that the other two are tried on -------------------------------------------------------

MAX_BLOCKS = Made("max_of_blocks", {"size": 2}, "max pooling 2 x 2, stride 2")
WIDE_BLOCKS = Made("max_of_blocks", {"size": 3}, "max pooling 3 x 3, stride 3")
MEAN_BLOCKS = Made("mean_of_blocks", {"size": 2}, "average pooling 2 x 2, stride 2")
TWICE = Made("max_of_blocks", {"size": 2, "times": 2}, "max pooling 2 x 2, twice: stride 4")
UNTOUCHED = Made("same_picture", {}, "a layer that gives the picture itself")
DIFFERENCES = Made("differences", {}, "each pixel minus its left neighbour, one column less: stride 1")
PLACES = Made("times_column", {}, "each pixel times the number of its column: stride 1")
LARGEST = Made("largest_of_map", {}, "the largest value of each map: shape (N, C)")
TURNED = Made("left_to_right", {}, "the mirror image: stride 1")


def _dots(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return a picture of small whole numbers, about half of them 0, with none on the border alone."""
    return (rng.integers(1, 9, size=shape) * rng.integers(0, 2, size=shape)).astype(float)


# --- invariance --------------------------------------------------------------------------------------

DOT = np.array([[0.0, 0, 0, 0], [0, 0, 0, 0], [0, 5, 0, 0], [0, 0, 0, 3]])
STRIPES = np.tile([0.0, 0, 4, 4], (4, 2))


def _inv_case(layer: Made, image: np.ndarray, shift: tuple[int, int], note: str = "") -> Case:
    return Case({"layer": layer, "image": image, "shift": shift}, note)


def _one_pixel(rng):
    return [
        _inv_case(MAX_BLOCKS, DOT, (0, 1), "one pixel to the right"),
        _inv_case(MAX_BLOCKS, DOT, (1, 0), "one pixel down"),
        _inv_case(MAX_BLOCKS, _dots(rng, 6, 8), (0, 1)),
        _inv_case(MAX_BLOCKS, STRIPES, (0, 1), "stripes"),
    ]


def _other_shifts(rng):
    return [
        _inv_case(MAX_BLOCKS, _dots(rng, 4, 6), (0, 0), "no shift at all: all cells stay"),
        _inv_case(MAX_BLOCKS, DOT, (-1, -1), "up and left"),
        _inv_case(MAX_BLOCKS, _dots(rng, 8, 6), (2, -1)),
        _inv_case(MAX_BLOCKS, STRIPES, (0, 2), "stripes, two pixels to the right"),
        _inv_case(MAX_BLOCKS, STRIPES, (1, 0), "stripes, one pixel down"),
    ]


def _other_layers(rng):
    return [
        _inv_case(UNTOUCHED, DOT, (0, 1), "a layer that changes nothing"),
        _inv_case(UNTOUCHED, np.array([[0.0, 3, 0, 3], [2, 0, 2, 0]]), (0, 1), "a layer that changes nothing"),
        _inv_case(MEAN_BLOCKS, _dots(rng, 4, 6), (1, 0)),
        _inv_case(DIFFERENCES, _dots(rng, 4, 5), (0, 1)),
        _inv_case(TWICE, _dots(rng, 8, 12), (0, 3)),
    ]


def _inv_batches(rng):
    inside = np.zeros((2, 3, 6, 8))
    inside[:, :, 2:4, 2:5] = rng.integers(1, 9, size=(2, 3, 2, 3))
    return [
        _inv_case(MAX_BLOCKS, _dots(rng, 2, 3, 4, 6), (1, 1), "a batch: the cells of all maps count"),
        _inv_case(LARGEST, inside, (1, 2), "global max pooling, nothing leaves the picture: full invariance"),
        _inv_case(MEAN_BLOCKS, np.zeros((1, 2, 4, 4)), (0, 1), "an empty picture"),
    ]


def _outputs(layer, image, shift):
    return layer(image), layer(move(image, *shift))


def _inv_with(says_same):
    """Return a wrong `invariance` that differs from the right one in how two outputs are compared."""
    return lambda layer, image, shift: says_same(*_outputs(layer, image, shift))


def _inv_roll(layer, image, shift):
    return float(np.mean(np.isclose(layer(image), layer(np.roll(image, shift, axis=(-2, -1))))))


def _inv_non_zero(before, after):
    lit = (before != 0) | (after != 0)
    return float(np.mean(before[lit] == after[lit])) if lit.any() else 1.0


def _inv_first_lit(before, after):
    lit = before != 0
    return float(np.mean(before[lit] == after[lit])) if lit.any() else 1.0


def _inv_against_input(layer, image, shift):
    output = np.asarray(layer(move(image, *shift)))
    if output.shape != image.shape:
        raise ValueError("operands could not be broadcast together")
    return float(np.mean(np.isclose(output, image)))


def _inv_output_moved(layer, image, shift):
    before = np.asarray(layer(image))
    return float(np.mean(np.isclose(before, move(before, *shift) if before.ndim > 1 else before)))


INVARIANCE_MISTAKES = (
    Mistake("wraps round", "You move the picture with np.roll: what leaves it on one side comes back on the other. "
            "Use the shift that you wrote.", _inv_roll),
    Mistake("the sign of the shift", "You move the picture the wrong way. Positive is down and to the right.",
            lambda layer, image, shift: invariance(layer, image, (-shift[0], -shift[1]))),
    Mistake("rows and columns swapped", "You move by shift[1] rows and shift[0] columns: shift is (rows, columns).",
            lambda layer, image, shift: invariance(layer, image, (shift[1], shift[0]))),
    Mistake("compares with the input", "You compare the layer's output with the picture that went in. Compare it with "
            "the layer's output for the picture in its old place.", _inv_against_input),
    Mistake("forgets the layer", "You compare the pictures, before and after the shift. Compare the layer's outputs "
            "for them.", lambda layer, image, shift: float(np.mean(np.isclose(image, move(image, *shift))))),
    Mistake("moves the output", "You move the layer's output. Move the picture, and let the layer look at it again.",
            _inv_output_moved),
    Mistake("counts only non-zero cells", "You count only the cells that are not 0. An empty cell that stays empty "
            "stays, too: all cells count.", _inv_with(_inv_non_zero)),
    Mistake("counts only the cells that were lit", "You count only the cells that were not 0 before the shift. "
            "All cells count: an empty one may light up, or stay.", _inv_with(_inv_first_lit)),
    Mistake("counts what changes", "You return the fraction of cells that change. Invariance is the fraction that stay.",
            lambda layer, image, shift: 1 - invariance(layer, image, shift)),
    Mistake("all or nothing", "You return 1 if all cells stay, and 0 otherwise. Count the cells: 3 of 4 is 0.75.",
            _inv_with(lambda before, after: float(np.array_equal(before, after)))),
    Mistake("a number of cells", "You return how many cells stay. Divide by the number of cells.",
            _inv_with(lambda before, after: float(np.sum(np.isclose(before, after))))),
    Mistake("a percentage", "You return a percentage. A fraction is from 0 to 1: 0.75, not 75.",
            lambda layer, image, shift: 100 * invariance(layer, image, shift)),
    Mistake("the size of the change", "You return how much the cells change. Count the cells that do not.",
            _inv_with(lambda before, after: float(np.mean(np.abs(before - after))))),
    Mistake("equal as on or off", "You compare which cells are not 0. A cell that changes from 3 to 5 does not stay.",
            _inv_with(lambda before, after: float(np.mean((before != 0) == (after != 0))))),
)  # fmt: skip


def _inv_by_counting(layer, image, shift):
    before, after = _outputs(layer, image, shift)
    pairs = list(zip(np.ravel(before), np.ravel(after), strict=True))
    return sum(abs(a - b) < 1e-9 for a, b in pairs) / len(pairs)


INVARIANCE = Exercise(
    name="invariance",
    reference=invariance,
    properties=[
        Property("one pixel", "The fraction of the output's cells that stay when the picture moves by one pixel.", _one_pixel),
        Property("other shifts", "The shift is (rows, columns), down and to the right; 0 and negative numbers too.", _other_shifts),
        Property("other layers", "The layer may be any function of a picture.", _other_layers),
        Property("batches", "The picture may be a batch, and the output may have any shape.", _inv_batches),
    ],
    mistakes=INVARIANCE_MISTAKES,
    hints=[
        "Call the layer twice: on the picture, and on the moved picture.",
        "np.isclose(before, after) is True where a cell stays. The mean of True and False is a fraction.",
    ],
    right_forms=[
        Form("equal or not", _inv_with(lambda before, after: np.mean(before == after))),
        Form("counted in a loop", _inv_by_counting),
        Form("one minus the changes", _inv_with(lambda b, a: 1 - np.count_nonzero(~np.isclose(b, a)) / np.size(b))),
    ],
    forbidden=("invariance",),
)  # fmt: skip


# --- equivariance_gap --------------------------------------------------------------------------------


def _gap_case(layer: Made, image: np.ndarray, shift: tuple[int, int], stride: int, note: str = "") -> Case:
    return Case({"layer": layer, "image": image, "shift": shift, "stride": stride}, note)


def _moves_along(rng):
    return [
        _gap_case(MAX_BLOCKS, _dots(rng, 4, 6) + 1, (0, 2), 2, "a shift by one cell: pooling moves along, gap 0"),
        _gap_case(WIDE_BLOCKS, _dots(rng, 9, 9) + 1, (3, -6), 3, "down by one cell, left by two: gap 0"),
        _gap_case(DIFFERENCES, _dots(rng, 4, 6) + 1, (-1, 0), 1, "stride 1: as many cells as pixels"),
    ]


def _stays_behind(rng):
    return [
        _gap_case(PLACES, _dots(rng, 3, 4) + 1, (0, 1), 1, "a layer that does not move along"),
        _gap_case(PLACES, _dots(rng, 4, 5) + 1, (1, -2), 1),
        _gap_case(TURNED, _dots(rng, 4, 6) + 1, (0, 2), 1, "a mirror moves the other way"),
        _gap_case(TURNED, _dots(rng, 5, 4) + 1, (-1, 1), 1),
    ]


def _strides_apart(rng):
    upside = Made("max_of_blocks", {"size": 2, "mirrored": True}, "max pooling 2 x 2, stride 2, then the mirror image")
    wide = Made("max_of_blocks", {"size": 3, "mirrored": True}, "max pooling 3 x 3, stride 3, then the mirror image")
    return [
        _gap_case(upside, _dots(rng, 6, 10) + 1, (0, 2), 2, "stride 2: two pixels are one cell"),
        _gap_case(upside, _dots(rng, 8, 12) + 1, (2, 4), 2),
        _gap_case(wide, _dots(rng, 9, 12) + 1, (-3, 3), 3, "stride 3"),
    ]


def _gap_batches(rng):
    return [
        _gap_case(MAX_BLOCKS, _dots(rng, 2, 3, 4, 6) + 1, (2, 0), 2, "a batch"),
        _gap_case(PLACES, _dots(rng, 2, 3, 4, 5) + 1, (1, 2), 1, "a batch, a layer that does not move along"),
        _gap_case(PLACES, _dots(rng, 3, 4) + 1, (0, 0), 1, "no shift: gap 0"),
    ]


def _compared(layer, image, shift, stride, *, cells=None, cut=None, image_moved=None) -> tuple[Any, Any]:
    """Return what is compared: the output of the moved picture, and the moved output, both cut."""
    down, right = (shift[0] // stride, shift[1] // stride) if cells is None else cells
    after = layer(move(image, *shift) if image_moved is None else image_moved)
    expected = move(layer(image), down, right)
    rows, columns = (down, right) if cut is None else cut
    height, width = after.shape[-2:]
    kept = (..., slice(max(rows, 0), height + min(rows, 0)), slice(max(columns, 0), width + min(columns, 0)))
    return after[kept], expected[kept]


def _mean_gap(after, expected) -> float:
    return float(np.mean(np.abs(after - expected)))


def _gap_with(measure):
    return lambda layer, image, shift, stride: float(measure(*_compared(layer, image, shift, stride)))


def _gap_by_pixels(layer, image, shift, stride):
    return _mean_gap(*_compared(layer, image, shift, stride, cells=shift))


def _gap_not_cut(layer, image, shift, stride):
    return _mean_gap(*_compared(layer, image, shift, stride, cut=(0, 0)))


def _gap_cut_other_side(layer, image, shift, stride):
    cut = (-shift[0] // stride, -shift[1] // stride)
    return _mean_gap(*_compared(layer, image, shift, stride, cut=cut))


def _gap_output_in_place(layer, image, shift, stride):
    return _mean_gap(*_compared(layer, image, shift, stride, cells=(0, 0), cut=(0, 0)))


def _gap_sign(layer, image, shift, stride):
    cells = (-shift[0] // stride, -shift[1] // stride)
    return _mean_gap(*_compared(layer, image, shift, stride, cells=cells))


def _gap_swapped(layer, image, shift, stride):
    cells = (shift[1] // stride, shift[0] // stride)
    return _mean_gap(*_compared(layer, image, shift, stride, cells=cells))


def _gap_times(layer, image, shift, stride):
    cells = (shift[0] * stride, shift[1] * stride)
    return _mean_gap(*_compared(layer, image, shift, stride, cells=cells))


def _gap_roll(layer, image, shift, stride):
    rolled = np.roll(layer(image), (shift[0] // stride, shift[1] // stride), axis=(-2, -1))
    return _mean_gap(layer(np.roll(image, shift, axis=(-2, -1))), rolled)


def _gap_roll_output(layer, image, shift, stride):
    rolled = np.roll(layer(image), (shift[0] // stride, shift[1] // stride), axis=(-2, -1))
    return _mean_gap(layer(move(image, *shift)), rolled)


def _gap_image_in_place(layer, image, shift, stride):
    return _mean_gap(*_compared(layer, image, shift, stride, image_moved=image))


GAP_MISTAKES = (
    Mistake("shifts the output by the input's shift", "You move the output by as many cells as the picture moves by "
            "pixels. One cell is stride pixels: move it by shift / stride.", _gap_by_pixels),
    Mistake("multiplies by the stride", "You move the output by shift * stride cells. With stride 2, two pixels are "
            "one cell: divide.", _gap_times),
    Mistake("the border not left out", "You compare all cells. Those that the moved output leaves without a value are "
            "not defined: leave them out.", _gap_not_cut),
    Mistake("the wrong border left out", "You leave out cells on the wrong side: when the output moves right, it is "
            "its first columns that have no value.", _gap_cut_other_side),
    Mistake("wraps round", "You move picture and output with np.roll: what leaves on one side comes back on the other.",
            _gap_roll),
    Mistake("the output wraps round", "You move the output with np.roll: what leaves on one side comes back on the other.",
            _gap_roll_output),
    Mistake("the output not moved", "You compare the two outputs as they are, which measures invariance. Move the "
            "output of the picture first.", _gap_output_in_place),
    Mistake("the picture not moved", "You move the output, but the layer never sees a moved picture.", _gap_image_in_place),
    Mistake("the sign of the output's shift", "You move the output the other way than the picture.", _gap_sign),
    Mistake("rows and columns swapped", "You move the output by shift[1] rows and shift[0] columns: shift is "
            "(rows, columns).", _gap_swapped),
    Mistake("differences cancel", "You average the differences with their signs, so that they cancel. Take their size "
            "first, with np.abs.", _gap_with(lambda after, expected: np.mean(after - expected))),
    Mistake("sum for mean", "You sum the differences. Take their mean.",
            _gap_with(lambda after, expected: np.abs(after - expected).sum())),
    Mistake("squares for sizes", "You average the squares of the differences. Take their size, with np.abs.",
            _gap_with(lambda after, expected: np.mean((after - expected) ** 2))),
    Mistake("the largest difference", "You return the largest difference. Take the mean of them all.",
            _gap_with(lambda after, expected: np.abs(after - expected).max())),
    Mistake("counts cells", "You return the fraction of cells that differ. Take the mean of the differences' sizes.",
            _gap_with(lambda after, expected: np.mean(~np.isclose(after, expected)))),
)  # fmt: skip


def _gap_by_mask(layer, image, shift, stride):
    down, right = shift[0] // stride, shift[1] // stride
    before, after = layer(image), layer(move(image, *shift))
    defined = move(np.ones(before.shape), down, right) == 1
    return np.abs(after - move(before, down, right))[defined].mean()


def _gap_by_nan(layer, image, shift, stride):
    before = np.asarray(layer(image), dtype=float)
    expected = move(before, shift[0] // stride, shift[1] // stride, np.nan)
    return np.nanmean(np.abs(layer(move(image, *shift)) - expected))


EQUIVARIANCE_GAP = Exercise(
    name="equivariance_gap",
    reference=equivariance_gap,
    properties=[
        Property("moves along", "For a layer that moves along with the picture the gap is 0.", _moves_along),
        Property("does not move along", "For others it is the mean size of the differences.", _stays_behind),
        Property("strides", "The output moves by shift / stride cells.", _strides_apart),
        Property("batches", "The picture may be a batch; a shift of 0 leaves nothing out.", _gap_batches),
    ],
    mistakes=GAP_MISTAKES,
    hints=[
        "Compare the layer's output for the moved picture with the layer's output for the picture, moved.",
        "Where a cell of the moved output has no value, fill it with something that you recognise afterwards.",
        "NaN is such a value: np.nanmean leaves it out. Outputs of whole numbers cannot hold it; floats can.",
    ],
    right_forms=[Form("a mask", _gap_by_mask), Form("NaN", _gap_by_nan), Form("slices", _gap_with(_mean_gap))],
    forbidden=("equivariance_gap",),
)  # fmt: skip
