"""`invariance`: the fraction of a layer's output cells that stay when the picture moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.invariance import invariance
from ..cases import Maker
from ..families.moving import (
    DIFFERENCES,
    LARGEST,
    MAX_BLOCKS,
    MEAN_BLOCKS,
    MOVING_MISTAKES,
    TWICE,
    UNTOUCHED,
    dots,
    kept,
    pushed,
)
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------

PICTURES = {
    "dot": np.array([[0.0, 0, 0, 0], [0, 0, 0, 0], [0, 5, 0, 0], [0, 0, 0, 3]]),
    "stripes": np.tile([0.0, 0, 4, 4], (4, 2)),
    "checks": np.array([[0.0, 3, 0, 3], [2, 0, 2, 0]]),
    "full": np.array([[1.0, 2, 2, 2], [3, 1, 3, 3], [1, 2, 3, 4], [4, 4, 4, 4]]),
}


def make(rng: np.random.Generator, layer: Any, picture: str, lead: tuple[int, ...], height: int, width: int, rows: int,
         columns: int) -> dict[str, Any]:  # fmt: skip
    """Return a layer, a picture and a shift."""
    if picture == "inside":  # nothing leaves it
        image = np.zeros((*lead, height, width))
        image[..., 2:4, 2:5] = rng.integers(1, 9, size=(*lead, 2, 3))
    else:
        image = np.tile(PICTURES[picture], (*lead, 1, 1)) if picture else dots(rng, *lead, height, width)
        image[(0,) * len(lead)] = 0 if lead else image  # the first map of a batch is not like the others
    return {"layer": layer, "image": image, "shift": (rows, columns)}


cases = Maker(
    make,
    note=lambda layer, rows, columns, **sizes: f"shift ({rows}, {columns}), {layer}",
    least={"rows": 0, "columns": 0},
    layer=MAX_BLOCKS, picture="", lead=(), height=4, width=6, rows=0, columns=0,
)  # fmt: skip

PROPERTIES = [
    Property(
        "one pixel",
        "The fraction of the output's cells that stay when the picture moves by one pixel.",
        cases({"picture": "dot", "columns": 1}, {"picture": "dot", "rows": 1}, {"picture": "stripes", "columns": 1},
              {"picture": "full", "columns": 1}, {"height": 6, "width": 8, "columns": 1},
              {"height": 60, "width": 80, "columns": 1}),
    ),
    Property(
        "other shifts",
        "The shift is (rows, columns), down and to the right; 0 and negative numbers too.",
        cases({"note": "no shift at all: all cells stay"}, {"picture": "dot", "rows": -1, "columns": -1},
              {"height": 8, "rows": 2, "columns": -1}, {"height": 80, "width": 60, "rows": -1, "columns": 2},
              {"picture": "stripes", "columns": 2},
              {"picture": "stripes", "rows": 1}, {"picture": "full", "rows": -1, "columns": 2}),
    ),
    Property(
        "other layers",
        "The layer may be any function of a picture.",
        cases(
            {"layer": UNTOUCHED, "picture": "dot", "columns": 1},
            {"layer": UNTOUCHED, "picture": "checks", "columns": 1},
            {"layer": UNTOUCHED, "height": 8, "width": 9, "rows": 1, "columns": -2},
            {"layer": MEAN_BLOCKS, "picture": "full", "rows": 1},
            {"layer": MEAN_BLOCKS, "rows": 1},
            {"layer": DIFFERENCES, "width": 5, "columns": 1},
            {"layer": DIFFERENCES, "picture": "full", "columns": 1},
            {"layer": TWICE, "height": 8, "width": 12, "columns": 3},
        ),
    ),
    Property(
        "batches",
        "The picture may be a batch, and the output may have any shape.",
        cases({"lead": (2, 3), "rows": 1, "columns": 1}, {"lead": (2, 3), "height": 10, "width": 12, "rows": 1},
              {"picture": "dot", "lead": (2, 3), "columns": 1},
              {"layer": LARGEST, "picture": "inside", "lead": (2, 3),
              "height": 6, "width": 8, "rows": 1, "columns": 2, "note": "global max pooling, nothing leaves the "
              "picture: full invariance"}, {"layer": LARGEST, "lead": (2, 3), "columns": 5}),
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def share_that_stays(
    layer: Any, image: Array, shift: tuple[int, int], *,
    pair: Callable[..., tuple[int, int]] = lambda shift: shift,
    moves: Callable[..., Array] = pushed,
    before: Callable[..., Array] = lambda layer, image, moved, r, c: layer(image),
    after: Callable[..., Array] = lambda layer, image, moved, r, c: layer(moved),
    stays: Callable[..., Any] = lambda a, b: np.abs(a - b) < 1e-9,
    counted: Callable[..., Any] = lambda a, b, r, c: ...,
    share: Callable[..., Any] = lambda cells, output, image: cells.mean() if cells.size else 1.0,
    answer: Callable[..., Any] = lambda share: share,
) -> Any:  # fmt: skip
    """Measure invariance; each part can be replaced by a wrong way to do it."""
    r, c = pair(shift)
    moved = moves(image, r, c)
    a, b = before(layer, image, moved, r, c), after(layer, image, moved, r, c)
    cells = stays(a, b)[counted(a, b, r, c)]
    return answer(share(cells, a, image))


def output_moved(layer: Any, image: Array, moved: Array, r: int, c: int) -> Array:
    """Move the layer's output in place of the picture."""
    output = layer(image)
    return pushed(output, r, c)


def the_inside(a: Array, b: Array, r: int, c: int) -> tuple[Any, ...]:
    """Leave out the cells that a move of the output would leave without a value."""
    return (..., kept(r, a.shape[-2]), kept(c, a.shape[-1]))


MISTAKES = [
    *MOVING_MISTAKES,
    wrong("the sign of the shift", "You move the picture the wrong way. Positive is down and to the right.",
          pair=lambda shift: (-shift[0], -shift[1])),
    wrong("the sign of the rows", "You move the picture up where it should move down.",
          pair=lambda shift: (-shift[0], shift[1])),
    wrong("the sign of the columns", "You move the picture left where it should move right.",
          pair=lambda shift: (shift[0], -shift[1])),
    wrong("rows and columns swapped", "You move by shift[1] rows and shift[0] columns: shift is (rows, columns).",
          pair=lambda shift: (shift[1], shift[0])),
    wrong("the picture not moved", "The layer sees the same picture twice. Move it in between.",
          moves=lambda image, r, c: image),
    # --- what is compared ---
    wrong("compares with the input", "You compare the layer's output with the picture that went in. Compare it with "
          "the layer's output for the picture in its old place.", before=lambda layer, image, moved, r, c: image),
    wrong("compares with the moved input", "You compare the layer's output with the moved picture itself. Compare the "
          "layer's two outputs.", before=lambda layer, image, moved, r, c: moved),
    wrong("forgets the layer", "You compare the pictures, before and after the shift. Compare the layer's outputs for "
          "them.", before=lambda layer, image, moved, r, c: image, after=lambda layer, image, moved, r, c: moved),
    wrong("moves the output", "You move the layer's output. Move the picture, and let the layer look at it again.",
          after=output_moved),
    wrong("moves both", "You move the picture and the layer's first output, too: that asks whether the output moves "
          "along. Invariance asks whether it stays.", before=output_moved),
    # --- which cells stay, which ones count ---
    wrong("counts only non-zero cells", "You count only the cells that are not 0. An empty cell that stays empty "
          "stays, too: all cells count.", counted=lambda a, b, r, c: (a != 0) | (b != 0)),
    wrong("counts only the cells that were lit", "You count only the cells that were not 0 before the shift. All "
          "cells count: an empty one may light up, or stay.", counted=lambda a, b, r, c: a != 0),
    wrong("counts only the cells above 0", "You count only the cells that were above 0 before the shift. All cells "
          "count, whatever their number.", counted=lambda a, b, r, c: a > 0),
    wrong("empty cells never stay", "A cell that is 0 before and after does not count as one that stays in yours. It "
          "stays, too.", stays=lambda a, b: (a == b) & (a != 0)),
    wrong("the border left out", "You leave out cells at the border. Every output cell has a value, before and after: "
          "all of them count.", counted=the_inside),
    wrong("the first map alone", "You look at the first map of a batch alone. All cells of all maps count.",
          counted=lambda a, b, r, c: (0,) * (a.ndim - 2)),
    wrong("equal as on and off", "You compare which cells are not 0. A cell that changes from 3 to 5 does not stay.",
          stays=lambda a, b: (a != 0) == (b != 0)),
    wrong("equal within 1", "Cells that differ by 1 count as the same in yours. Rounding is far smaller: np.isclose "
          "forgives it.", stays=lambda a, b: np.abs(a - b) <= 1),
    wrong("the size of the change", "You return how much the cells change. Count the cells that do not.",
          stays=lambda a, b: np.abs(a - b)),
    wrong("the squares of the changes", "You return the squares of the changes. Count the cells that do not change.",
          stays=lambda a, b: (a - b) ** 2),
    wrong("the differences", "You average the differences of the cells. Count the cells that do not change.",
          stays=lambda a, b: b - a),
    # --- from cells to a fraction ---
    wrong("counts what changes", "You return the fraction of cells that change. Invariance is the fraction that stay.",
          answer=lambda share: 1 - share),
    wrong("only 1 and 0", "You return 1 if all cells stay, and 0 otherwise. Count the cells: 3 of 4 is 0.75, and "
          "neither np.allclose nor whole numbers can say that.", answer=lambda share: float(share == 1)),
    wrong("one is enough", "You return 1 as soon as one cell stays. Count the cells: 3 of 4 is 0.75.",
          answer=lambda share: float(share > 0)),
    wrong("a number of cells", "You return how many cells stay. Divide by the number of cells.",
          share=lambda cells, output, image: float(cells.sum())),
    wrong("a percentage", "You return a percentage. A fraction is from 0 to 1: 0.75, not 75.",
          answer=lambda share: 100 * share),
    wrong("rounded", "Your fraction is rounded to a whole number. 3 of 4 is 0.75.", answer=np.round),
    wrong("divided by the pixels", "You divide by the number of the picture's pixels. Divide by the number of the "
          "output's cells.", share=lambda cells, output, image: cells.sum() / image.size),
    wrong("divided by the length", "You divide by len(...), which counts rows, or pictures. Divide by the number of "
          "all cells.", share=lambda cells, output, image: cells.sum() / len(output)),
    wrong("one fraction for each map", "You return a fraction for each map. Wanted is one number, over all cells.",
          share=lambda cells, output, image: cells.mean(axis=(-2, -1))),
    wrong("one fraction for each row", "You return an array of fractions. Wanted is one number, over all cells.",
          share=lambda cells, output, image: cells.mean(axis=-1)),
    wrong("one fraction for each column", "You return an array of fractions, one over each column or each picture of "
          "the batch. Wanted is one number, over all cells.", share=lambda cells, output, image: cells.mean(axis=0)),
    wrong("True and False", "You return for each cell whether it stays. Wanted is one number: their mean.",
          share=lambda cells, output, image: cells),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_counting(layer: Any, image: Array, shift: tuple[int, int]) -> float:
    """Count in a loop."""
    pairs = list(zip(np.ravel(layer(image)), np.ravel(layer(pushed(image, *shift))), strict=True))
    return sum(abs(a - b) < 1e-9 for a, b in pairs) / len(pairs)


def without_changes(layer: Any, image: Array, shift: tuple[int, int]) -> float:
    """Take the changes from 1."""
    a, b = layer(image), layer(pushed(image, *shift))
    return 1 - np.count_nonzero(~np.isclose(a, b)) / np.size(b)


EXERCISE = Exercise(
    name="invariance",
    reference=invariance,
    computation=share_that_stays,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Call the layer twice: on the picture, and on the moved picture.",
        "np.isclose(before, after) is True where a cell stays. The mean of True and False is a fraction.",
    ],
    right_forms=[
        Form("equal or not", lambda layer, image, shift: np.mean(layer(image) == layer(pushed(image, *shift)))),
        Form("counted in a loop", by_counting),
        Form("one minus the changes", without_changes),
    ],
)
