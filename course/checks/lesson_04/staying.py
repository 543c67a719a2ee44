"""The check of invariance: what stays when a picture moves."""

from __future__ import annotations

import numpy as np

from ...ops import shift as move
from ...ops.invariance import invariance
from ..objects import Made
from ..spec import Case, Exercise, Form, Mistake, Property
from .layers import DIFFERENCES, LARGEST, MAX_BLOCKS, MEAN_BLOCKS, TWICE, UNTOUCHED, dots

__all__ = ["INVARIANCE"]

# --- The cases --------------------------------------------------------------------------------------

DOT = np.array([[0.0, 0, 0, 0], [0, 0, 0, 0], [0, 5, 0, 0], [0, 0, 0, 3]])
STRIPES = np.tile([0.0, 0, 4, 4], (4, 2))


def _inv_case(layer: Made, image: np.ndarray, shift: tuple[int, int], note: str = "") -> Case:
    return Case({"layer": layer, "image": image, "shift": shift}, note)


def _one_pixel(rng):
    return [
        _inv_case(MAX_BLOCKS, DOT, (0, 1), "one pixel to the right"),
        _inv_case(MAX_BLOCKS, DOT, (1, 0), "one pixel down"),
        _inv_case(MAX_BLOCKS, dots(rng, 6, 8), (0, 1)),
        _inv_case(MAX_BLOCKS, STRIPES, (0, 1), "stripes"),
    ]


def _other_shifts(rng):
    return [
        _inv_case(MAX_BLOCKS, dots(rng, 4, 6), (0, 0), "no shift at all: all cells stay"),
        _inv_case(MAX_BLOCKS, DOT, (-1, -1), "up and left"),
        _inv_case(MAX_BLOCKS, dots(rng, 8, 6), (2, -1)),
        _inv_case(MAX_BLOCKS, STRIPES, (0, 2), "stripes, two pixels to the right"),
        _inv_case(MAX_BLOCKS, STRIPES, (1, 0), "stripes, one pixel down"),
    ]


def _other_layers(rng):
    return [
        _inv_case(UNTOUCHED, DOT, (0, 1), "a layer that changes nothing"),
        _inv_case(UNTOUCHED, np.array([[0.0, 3, 0, 3], [2, 0, 2, 0]]), (0, 1), "a layer that changes nothing"),
        _inv_case(MEAN_BLOCKS, dots(rng, 4, 6), (1, 0)),
        _inv_case(DIFFERENCES, dots(rng, 4, 5), (0, 1)),
        _inv_case(TWICE, dots(rng, 8, 12), (0, 3)),
    ]


def _inv_batches(rng):
    inside = np.zeros((2, 3, 6, 8))
    inside[:, :, 2:4, 2:5] = rng.integers(1, 9, size=(2, 3, 2, 3))
    return [
        _inv_case(MAX_BLOCKS, dots(rng, 2, 3, 4, 6), (1, 1), "a batch: the cells of all maps count"),
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
    Mistake(
        "wraps round",
        "You move the picture with np.roll: what leaves it on one side comes back on the other. "
        "Use the shift that you wrote.",
        _inv_roll,
    ),
    Mistake(
        "the pair called like a function",
        "Inside the function, `shift` is the pair of numbers, and a pair cannot be called. "
        "Your function of section 3 has a second name here: `move`.",
        lambda layer, image, shift: shift(image, *shift),
    ),
    Mistake(
        "the sign of the shift",
        "You move the picture the wrong way. Positive is down and to the right.",
        lambda layer, image, shift: invariance(layer, image, (-shift[0], -shift[1])),
    ),
    Mistake(
        "rows and columns swapped",
        "You move by shift[1] rows and shift[0] columns: shift is (rows, columns).",
        lambda layer, image, shift: invariance(layer, image, (shift[1], shift[0])),
    ),
    Mistake(
        "compares with the input",
        "You compare the layer's output with the picture that went in. Compare it with "
        "the layer's output for the picture in its old place.",
        _inv_against_input,
    ),
    Mistake(
        "forgets the layer",
        "You compare the pictures, before and after the shift. Compare the layer's outputs for them.",
        lambda layer, image, shift: float(np.mean(np.isclose(image, move(image, *shift)))),
    ),
    Mistake(
        "moves the output",
        "You move the layer's output. Move the picture, and let the layer look at it again.",
        _inv_output_moved,
    ),
    Mistake(
        "counts only non-zero cells",
        "You count only the cells that are not 0. An empty cell that stays empty stays, too: all cells count.",
        _inv_with(_inv_non_zero),
    ),
    Mistake(
        "counts only the cells that were lit",
        "You count only the cells that were not 0 before the shift. "
        "All cells count: an empty one may light up, or stay.",
        _inv_with(_inv_first_lit),
    ),
    Mistake(
        "counts what changes",
        "You return the fraction of cells that change. Invariance is the fraction that stay.",
        lambda layer, image, shift: 1 - invariance(layer, image, shift),
    ),
    Mistake(
        "all or nothing",
        "You return 1 if all cells stay, and 0 otherwise. Count the cells: 3 of 4 is 0.75.",
        _inv_with(lambda before, after: float(np.array_equal(before, after))),
    ),
    Mistake(
        "a number of cells",
        "You return how many cells stay. Divide by the number of cells.",
        _inv_with(lambda before, after: float(np.sum(np.isclose(before, after)))),
    ),
    Mistake(
        "a percentage",
        "You return a percentage. A fraction is from 0 to 1: 0.75, not 75.",
        lambda layer, image, shift: 100 * invariance(layer, image, shift),
    ),
    Mistake(
        "the size of the change",
        "You return how much the cells change. Count the cells that do not.",
        _inv_with(lambda before, after: float(np.mean(np.abs(before - after)))),
    ),
    Mistake(
        "equal as on or off",
        "You compare which cells are not 0. A cell that changes from 3 to 5 does not stay.",
        _inv_with(lambda before, after: float(np.mean((before != 0) == (after != 0)))),
    ),
)


def _inv_by_counting(layer, image, shift):
    before, after = _outputs(layer, image, shift)
    pairs = list(zip(np.ravel(before), np.ravel(after), strict=True))
    return sum(abs(a - b) < 1e-9 for a, b in pairs) / len(pairs)


INVARIANCE = Exercise(
    name="invariance",
    reference=invariance,
    properties=[
        Property(
            "one pixel", "The fraction of the output's cells that stay when the picture moves by one pixel.", _one_pixel
        ),
        Property(
            "other shifts",
            "The shift is (rows, columns), down and to the right; 0 and negative numbers too.",
            _other_shifts,
        ),
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
)
