"""`equivariance_gap`: how far a layer's output is from moving along with the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.invariance import equivariance_gap
from ..cases import Maker
from ..families.moving import (
    DIFFERENCES,
    MAX_BLOCKS,
    MAX_BLOCKS_MIRRORED,
    MOVING_MISTAKES,
    PLACES,
    TURNED,
    WIDE_BLOCKS,
    WIDE_BLOCKS_MIRRORED,
    dots,
    kept,
    pushed,
    raising,
    rolled,
)
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray
Pair = tuple[int, int]

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, layer: Any, lead: tuple[int, ...], height: int, width: int, rows: int, columns: int,
         stride: int) -> dict[str, Any]:  # fmt: skip
    """Return a layer, a picture, and a shift by this many cells."""
    image = dots(rng, *lead, height, width) + 1
    image[..., 0, 0], image[..., -1, -1] = 3, 7  # so that no picture is the same all over
    return {"layer": layer, "image": image, "shift": (rows * stride, columns * stride), "stride": stride}


cases = Maker(
    make,
    note=lambda layer, rows, columns, stride, **sizes: f"shift ({rows * stride}, {columns * stride}), {layer}",
    least={"rows": 0, "columns": 0},
    lead=(), height=4, width=6, rows=0, columns=0, stride=1,
)  # fmt: skip

PROPERTIES = [
    Property(
        "moves along",
        "For a layer that moves along with the picture the gap is 0.",
        cases({"layer": MAX_BLOCKS, "columns": 1, "stride": 2, "note": "a shift by one cell: pooling moves along"},
              {"layer": WIDE_BLOCKS, "height": 9, "width": 9, "rows": 1, "columns": -2, "stride": 3},
              {"layer": DIFFERENCES, "rows": -1}),
    ),
    Property(
        "does not move along",
        "For others it is the mean size of the differences.",
        cases({"layer": PLACES, "height": 3, "width": 4, "columns": 1}, {"layer": PLACES, "width": 5, "rows": 1,
              "columns": -2}, {"layer": TURNED, "columns": 2}, {"layer": TURNED, "height": 5, "width": 4, "rows": -1,
              "columns": 1}, {"layer": PLACES, "height": 5, "rows": -2, "columns": -1}),
    ),
    Property(
        "strides",
        "The output moves by shift / stride cells.",
        cases({"layer": MAX_BLOCKS_MIRRORED, "height": 6, "width": 10, "columns": 1, "stride": 2},
              {"layer": MAX_BLOCKS_MIRRORED, "height": 8, "width": 12, "rows": 1, "columns": 2, "stride": 2},
              {"layer": WIDE_BLOCKS_MIRRORED, "height": 9, "width": 12, "rows": -1, "columns": 1, "stride": 3}),
    ),
    Property(
        "batches",
        "The picture may be a batch; a shift of 0 leaves nothing out.",
        cases({"layer": MAX_BLOCKS, "lead": (2, 3), "rows": 1, "stride": 2}, {"layer": PLACES, "lead": (2, 3),
              "width": 5, "rows": 1, "columns": 2}, {"layer": PLACES, "height": 3, "width": 4, "note": "no shift"},
              {"layer": PLACES, "lead": (2, 3), "height": 9, "width": 11, "rows": -1, "columns": 1}),
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def cut_to_the_defined(down: int, right: int, size: Pair, shift: Pair) -> Any:
    """Return the cells that have a value when the output has moved."""
    return (..., kept(down, size[0]), kept(right, size[1]))


def gap(
    layer: Any, image: Array, shift: Pair, stride: int, *,
    pair: Callable[[Pair], Pair] = lambda shift: shift,
    moves: Callable[..., Array] = pushed,
    before: Callable[..., Array] = lambda layer, image: layer(image),
    after: Callable[..., Array] = lambda layer, moved, before, d: layer(moved),
    turns: Callable[[Pair], Pair] = lambda shift: shift,
    cells: Callable[[int, int], int] = lambda distance, stride: distance // stride,
    follows: Callable[..., Array] = pushed,
    cut: Callable[..., Any] = cut_to_the_defined,
    size: Callable[[Array], Array] = np.abs,
    mean: Callable[[Array, Array], Any] = lambda gaps, output: gaps.mean(),
    answer: Callable[[Any], Any] = lambda mean: mean,
) -> Any:  # fmt: skip
    """Measure the gap; each part can be replaced by a wrong way to do it."""
    moved = moves(image, *pair(shift))
    down, right = (cells(distance, stride) for distance in turns(shift))
    first = before(layer, image)
    second = after(layer, moved, first, (down, right))
    expected = follows(first, down, right)
    differences = (second - expected)[cut(down, right, second.shape[-2:], shift)]
    return answer(mean(size(differences), second))


def both(way: Callable[[Pair], Pair]) -> dict[str, Callable[[Pair], Pair]]:
    """Return a way to read the pair for the picture and for the output."""
    return {"pair": way, "turns": way}


def from_the_start(down: int, right: int, size: Pair, shift: Pair) -> Any:
    """Cut with a slice that starts at the distance, whatever its sign."""
    return (..., slice(down, None), slice(right, None))


MISTAKES = [
    *MOVING_MISTAKES,
    wrong("everything wraps round", "You move picture and output with np.roll: what leaves on one side comes back on "
          "the other, and no cell is left out. Zeros should move in, and the cells without a value should be left "
          "out.", moves=rolled, follows=rolled, cut=lambda down, right, size, shift: ...),
    wrong("the picture not moved", "You move the output, but the layer never sees a moved picture.",
          moves=lambda image, r, c: image),
    wrong("the picture's rows and columns swapped", "You move the picture by shift[1] rows and shift[0] columns: "
          "shift is (rows, columns).", pair=lambda shift: (shift[1], shift[0])),
    wrong("the sign of the picture's shift", "You move the picture the wrong way. Positive is down and to the right.",
          pair=lambda shift: (-shift[0], -shift[1])),
    wrong("the sign of both shifts", "You move picture and output the wrong way. Positive is down and to the right.",
          **both(lambda shift: (-shift[0], -shift[1]))),
    wrong("rows and columns swapped in both", "You move picture and output by shift[1] rows and shift[0] columns: "
          "shift is (rows, columns).", **both(lambda shift: (shift[1], shift[0]))),
    wrong("only the rows of both move", "You move picture and output by rows alone. `shift` holds columns, too.",
          **both(lambda shift: (shift[0], 0))),
    wrong("only the columns of both move", "You move picture and output by columns alone. `shift` holds rows, too.",
          **both(lambda shift: (0, shift[1]))),
    # --- how far the output moves ---
    wrong("shifts the output by the input's shift", "You move the output by as many cells as the picture moves by "
          "pixels. One cell is stride pixels: move it by shift / stride.", cells=lambda distance, stride: distance),
    wrong("multiplies by the stride", "You move the output by shift * stride cells. With stride 2, two pixels are one "
          "cell: divide.", cells=lambda distance, stride: distance * stride),
    wrong("/ for //", "shift / stride is a number with a decimal point in Python, and no slice takes one. Use //.",
          cells=raising(TypeError, "slice indices must be integers or None or have an __index__ method")),
    wrong("one cell", "You move the output by one cell. It moves by shift / stride cells.",
          cells=lambda distance, stride: (distance > 0) - (distance < 0)),
    wrong("rows and columns swapped", "You move the output by shift[1] rows and shift[0] columns: shift is (rows, "
          "columns).", turns=lambda shift: (shift[1], shift[0])),
    wrong("the sign of the output's shift", "Your numbers are those of an output that moves the other way than the "
          "picture. Or do you move the output for the moved picture? Move the one for the picture in its old place, "
          "as the picture moves.", turns=lambda shift: (-shift[0], -shift[1])),
    wrong("the output's rows do not move", "You move the output by columns alone. It moves by rows, too.",
          turns=lambda shift: (0, shift[1])),
    wrong("the output's columns do not move", "You move the output by rows alone. It moves by columns, too.",
          turns=lambda shift: (shift[0], 0)),
    wrong("the output not moved", "You compare the two outputs as they are, which measures invariance. Move the "
          "output of the picture first.", cells=lambda distance, stride: 0),
    wrong("the output cut, not moved", "You leave out the right cells, but the output of the picture has not moved. "
          "Move it first.", follows=lambda output, down, right: output),
    wrong("both outputs moved", "You move both outputs. The one for the moved picture is in its place already.",
          after=lambda layer, moved, before, d: pushed(layer(moved), *d)),
    wrong("compares with the moved picture", "You compare with the moved picture itself, without the layer.",
          after=lambda layer, moved, before, d: moved),
    wrong("the picture itself for its output", "You move the picture where its output should move. Let the layer look "
          "at it first.", before=lambda layer, image: image),
    # --- which cells are left out ---
    wrong("the border not left out", "You compare all cells. Those that the moved output leaves without a value are "
          "not defined: leave them out.", cut=lambda down, right, size, shift: ...),
    wrong("the output wraps round", "You move the output with np.roll, and compare all cells: what leaves on one side "
          "comes back on the other. Leave those cells out.", follows=rolled, cut=lambda down, right, size, shift: ...),
    wrong("the wrong border left out", "You leave out cells on the wrong side: when the output moves right, it is its "
          "first columns that have no value.",
          cut=lambda down, right, size, shift: cut_to_the_defined(-down, -right, size, shift)),
    wrong("both borders left out", "You leave out cells on both sides. When the output moves right, its first columns "
          "alone have no value.",
          cut=lambda down, right, size, shift: (
              ..., slice(abs(down), size[0] - abs(down)), slice(abs(right), size[1] - abs(right))
          )),
    wrong("the first cells left out, whatever the sign", "Your slices are right for moves down and to the right. For "
          "a negative move, a slice that starts at a negative number keeps the last cells alone. There, the last "
          "cells are those to leave out.", cut=from_the_start),
    wrong("as many first cells left out, whatever the sign", "You leave out the first cells, whatever the sign of the "
          "move. In a negative move the last cells have none.",
          cut=lambda down, right, size, shift: from_the_start(abs(down), abs(right), size, shift)),
    wrong("nothing left out of negative moves", "You leave out the first cells of moves down and to the right. A "
          "negative move leaves the last cells without a value: leave those out.",
          cut=lambda down, right, size, shift: from_the_start(max(down, 0), max(right, 0), size, shift)),
    wrong("as many cells left out as pixels", "You leave out as many cells as the picture moves by pixels. One cell "
          "is stride pixels.",
          cut=lambda down, right, size, shift: cut_to_the_defined(shift[0], shift[1], size, shift)),
    wrong("columns not left out", "You leave out the rows without a value. Leave out such columns, too.",
          cut=lambda down, right, size, shift: cut_to_the_defined(down, 0, size, shift)),
    wrong("rows not left out", "You leave out the columns without a value. Leave out such rows, too.",
          cut=lambda down, right, size, shift: cut_to_the_defined(0, right, size, shift)),
    wrong("[:-d] is empty at 0", "For a shift of 0 a slice such as [:-0] is empty. Nothing should be left out there.",
          cut=lambda down, right, size, shift: (
              ..., kept(down, size[0]) if down else slice(0, 0), kept(right, size[1]) if right else slice(0, 0)
          )),
    wrong("NaN in the mean", "Your result is NaN wherever the output moves: the cells without a value are in your "
          "mean. np.nanmean leaves them out.", cut=cut_to_the_defined,
          mean=lambda gaps, output: gaps.mean() if gaps.size == output.size else np.nan),
    wrong("divided by all cells", "You divide by the number of all cells. Divide by the number of those that are "
          "compared.", mean=lambda gaps, output: gaps.sum() / output.size),
    # --- from differences to a number ---
    wrong("differences cancel", "You average the differences with their signs, so that they cancel. Take their size "
          "first, with np.abs.", size=lambda differences: differences),
    wrong("the size of the mean", "You take np.abs of the mean, when differences have cancelled already. Take the "
          "size of each, then the mean.", size=lambda differences: differences, answer=np.abs),
    wrong("squares for sizes", "You average the squares of the differences. Take their size, with np.abs.",
          size=np.square),
    wrong("the root of the squares", "You take the root of the mean square. Take the mean of the sizes, with np.abs.",
          size=np.square, answer=np.sqrt),
    wrong("counts cells", "You return the fraction of cells that differ. Take the mean of the differences' sizes.",
          size=lambda differences: np.abs(differences) > 1e-9),
    wrong("counts cells that agree", "You return the fraction of cells that agree, as for invariance. Take the mean "
          "of the differences' sizes.", size=lambda differences: np.abs(differences) < 1e-9),
    wrong("sum for mean", "You sum the differences. Take their mean.", mean=lambda gaps, output: gaps.sum()),
    wrong("the largest difference", "You return the largest difference. Take the mean of them all.",
          mean=lambda gaps, output: gaps.max()),
    wrong("the middle difference", "You return the median of the differences. Take their mean.",
          mean=lambda gaps, output: np.median(gaps)),
    wrong("one gap for each map", "You return a gap for each map. Wanted is one number, over all cells.",
          mean=lambda gaps, output: gaps.mean(axis=(-2, -1))),
    wrong("each difference", "You return every difference. Wanted is one number: their mean.",
          mean=lambda gaps, output: gaps),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_mask(layer: Any, image: Array, shift: Pair, stride: int) -> float:
    """Move a mask of ones as well."""
    down, right = shift[0] // stride, shift[1] // stride
    before, after = layer(image), layer(pushed(image, *shift))
    defined = pushed(np.ones(before.shape), down, right) == 1
    return np.abs(after - pushed(before, down, right))[defined].mean()


def by_nan(layer: Any, image: Array, shift: Pair, stride: int) -> float:
    """Let NaN move in."""
    before = np.asarray(layer(image), dtype=float)
    expected = pushed(before, shift[0] // stride, shift[1] // stride, np.nan)
    return np.nanmean(np.abs(layer(pushed(image, *shift)) - expected))


EXERCISE = Exercise(
    name="equivariance_gap",
    reference=equivariance_gap,
    computation=gap,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Compare the layer's output for the moved picture with the layer's output for the picture, moved.",
        "Where a cell of the moved output has no value, fill it with something that you recognise afterwards.",
        "NaN is such a value: np.nanmean leaves it out. Outputs of whole numbers cannot hold it; floats can.",
    ],
    right_forms=[Form("a mask", by_mask), Form("NaN", by_nan), Form("slices", lambda *given: gap(*given))],
)
