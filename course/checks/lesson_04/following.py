"""The check of the gap to equivariance: what moves along when a picture moves."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops import shift as move
from ...ops.invariance import equivariance_gap
from ..objects import Made
from ..spec import Case, Exercise, Form, Mistake, Property
from .layers import (
    DIFFERENCES,
    MAX_BLOCKS,
    MAX_BLOCKS_MIRRORED,
    PLACES,
    TURNED,
    WIDE_BLOCKS,
    WIDE_BLOCKS_MIRRORED,
    dots,
)

__all__ = ["EQUIVARIANCE_GAP"]

# --- The cases --------------------------------------------------------------------------------


def _gap_case(layer: Made, image: np.ndarray, shift: tuple[int, int], stride: int, note: str = "") -> Case:
    return Case({"layer": layer, "image": image, "shift": shift, "stride": stride}, note)


def _moves_along(rng):
    return [
        _gap_case(MAX_BLOCKS, dots(rng, 4, 6) + 1, (0, 2), 2, "a shift by one cell: pooling moves along, gap 0"),
        _gap_case(WIDE_BLOCKS, dots(rng, 9, 9) + 1, (3, -6), 3, "down by one cell, left by two: gap 0"),
        _gap_case(DIFFERENCES, dots(rng, 4, 6) + 1, (-1, 0), 1, "stride 1: as many cells as pixels"),
    ]


def _stays_behind(rng):
    return [
        _gap_case(PLACES, dots(rng, 3, 4) + 1, (0, 1), 1, "a layer that does not move along"),
        _gap_case(PLACES, dots(rng, 4, 5) + 1, (1, -2), 1),
        _gap_case(TURNED, dots(rng, 4, 6) + 1, (0, 2), 1, "a mirror moves the other way"),
        _gap_case(TURNED, dots(rng, 5, 4) + 1, (-1, 1), 1),
    ]


def _strides_apart(rng):
    return [
        _gap_case(MAX_BLOCKS_MIRRORED, dots(rng, 6, 10) + 1, (0, 2), 2, "stride 2: two pixels are one cell"),
        _gap_case(MAX_BLOCKS_MIRRORED, dots(rng, 8, 12) + 1, (2, 4), 2),
        _gap_case(WIDE_BLOCKS_MIRRORED, dots(rng, 9, 12) + 1, (-3, 3), 3, "stride 3"),
    ]


def _gap_batches(rng):
    return [
        _gap_case(MAX_BLOCKS, dots(rng, 2, 3, 4, 6) + 1, (2, 0), 2, "a batch"),
        _gap_case(PLACES, dots(rng, 2, 3, 4, 5) + 1, (1, 2), 1, "a batch, a layer that does not move along"),
        _gap_case(PLACES, dots(rng, 3, 4) + 1, (0, 0), 1, "no shift: gap 0"),
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


def _gap_negative_start(layer, image, shift, stride):
    down, right = shift[0] // stride, shift[1] // stride
    return _mean_gap(*(cells[..., down:, right:] for cells in _compared(layer, image, shift, stride, cut=(0, 0))))


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
    Mistake(
        "shifts the output by the input's shift",
        "You move the output by as many cells as the picture moves by "
        "pixels. One cell is stride pixels: move it by shift / stride.",
        _gap_by_pixels,
    ),
    Mistake(
        "multiplies by the stride",
        "You move the output by shift * stride cells. With stride 2, two pixels are one cell: divide.",
        _gap_times,
    ),
    Mistake(
        "the border not left out",
        "You compare all cells. Those that the moved output leaves without a value are not defined: leave them out.",
        _gap_not_cut,
    ),
    Mistake(
        "the wrong border left out",
        "You leave out cells on the wrong side: when the output moves right, it is "
        "its first columns that have no value.",
        _gap_cut_other_side,
    ),
    Mistake(
        "the first cells left out, whatever the sign",
        "Your slices are right for moves down and to the right. For a negative move, a slice that starts at a negative "
        "number keeps the last cells alone. There, the last cells are those to leave out.",
        _gap_negative_start,
    ),
    Mistake(
        "wraps round",
        "You move picture and output with np.roll: what leaves on one side comes back on the other.",
        _gap_roll,
    ),
    Mistake(
        "the output wraps round",
        "You move the output with np.roll: what leaves on one side comes back on the other.",
        _gap_roll_output,
    ),
    Mistake(
        "the output not moved",
        "You compare the two outputs as they are, which measures invariance. Move the output of the picture first.",
        _gap_output_in_place,
    ),
    Mistake(
        "the picture not moved", "You move the output, but the layer never sees a moved picture.", _gap_image_in_place
    ),
    Mistake("the sign of the output's shift", "You move the output the other way than the picture.", _gap_sign),
    Mistake(
        "rows and columns swapped",
        "You move the output by shift[1] rows and shift[0] columns: shift is (rows, columns).",
        _gap_swapped,
    ),
    Mistake(
        "differences cancel",
        "You average the differences with their signs, so that they cancel. Take their size first, with np.abs.",
        _gap_with(lambda after, expected: np.mean(after - expected)),
    ),
    Mistake(
        "sum for mean",
        "You sum the differences. Take their mean.",
        _gap_with(lambda after, expected: np.abs(after - expected).sum()),
    ),
    Mistake(
        "squares for sizes",
        "You average the squares of the differences. Take their size, with np.abs.",
        _gap_with(lambda after, expected: np.mean((after - expected) ** 2)),
    ),
    Mistake(
        "the largest difference",
        "You return the largest difference. Take the mean of them all.",
        _gap_with(lambda after, expected: np.abs(after - expected).max()),
    ),
    Mistake(
        "counts cells",
        "You return the fraction of cells that differ. Take the mean of the differences' sizes.",
        _gap_with(lambda after, expected: np.mean(~np.isclose(after, expected))),
    ),
)


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
)
