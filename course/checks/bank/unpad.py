"""`unpad`: a picture without its outer rings."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops import plane
from ..families import borders
from ..spec import Case, Exercise, Focus, Form, Property, wrong
from .zero_pad import cases, only_there

__all__ = ["EXERCISE"]

PROPERTIES = [
    Property(
        "one ring",
        "With padding 1 the outermost ring of pixels is gone.",
        cases({"height": 4, "width": 6}, {"height": 6, "width": 3}),
    ),
    Property(
        "more rings",
        "As many rings go as you are asked for.",
        cases({"height": 6, "width": 8, "padding": 2}, {"height": 9, "width": 7, "padding": 3}),
    ),
    Property(
        "padding 0",
        "With padding 0 the whole picture comes back.",
        cases({"padding": 0}, {"height": 3, "width": 2, "padding": 0}),
    ),
    Property(
        "same type",
        "A picture of bytes stays a picture of bytes: only its border goes.",
        cases({"pixels": "bytes", "height": 5, "width": 4, "note": "a picture of bytes (uint8)"},
              {"pixels": "whole", "height": 5, "width": 4, "note": "whole numbers"}),
        unusual=True,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    # --- how many rings ---
    wrong("padding fixed at 1", "You cut one ring, whatever padding says.", rings=lambda p: 1),
    wrong("nothing is cut", "Your result is the whole picture: no ring is cut.", rings=lambda p: 0),
    wrong("padding doubled", "You cut twice as many rings as asked for.", rings=lambda p: 2 * p),
    wrong("half the padding on each side", "You treat padding as the total of two sides. It is the number of rings, "
          "so it counts on each side.", rings=lambda p: p // 2),
    # --- where the slice begins, and where it ends ---
    wrong("[p:-p] empty at 0", "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is 0: nothing is "
          "left. Count where the slice ends from the front.", end=lambda p, n: -p),
    wrong("one side only (before)", "You cut above and on the left, but not below and on the right.",
          end=lambda p, n: None),
    wrong("one side only (after)", "You cut below and on the right, but not above and on the left.",
          start=lambda p, n: 0),
    wrong("start off by one (late)", "Your slice begins one pixel too late: counting starts at 0, so the first pixel "
          "that stays is number padding.", start=lambda p, n: p + 1),
    wrong("start off by one (early)", "Your slice begins one pixel too early: counting starts at 0, so the first "
          "pixel that stays is number padding.", start=lambda p, n: max(p - 1, 0)),
    wrong("end off by one", "Your slice ends one pixel too early: the end of a slice is the first index that is left "
          "out.", end=lambda p, n: n - p - 1),
    wrong("end one too late", "Your slice ends one pixel too late: the end of a slice is left out already.",
          end=lambda p, n: n - p + 1),
    wrong("end one too late, from the back", "Your slice ends one pixel too late, and where that end is 0 it is "
          "empty. Count its end from the front.", end=lambda p, n: 1 - p),
    wrong("padding taken twice at the end", "You cut 2 * padding at the end and padding at the start. The padded "
          "picture's own height already counts both borders.", end=lambda p, n: n - 2 * p),
    wrong("as long as the border is wide", "Your slice ends at 2 * padding: that is where it starts and as much "
          "again. It ends before the last padding pixels.", end=lambda p, n: 2 * p),
    wrong("height and width swapped", "You end the rows where the columns should end: shape[0] is the height, "
          "shape[1] the width.", lengths=lambda shape: (shape[1], shape[0])),
    wrong("width from the height", "You end the columns where the rows end: shape[0] is the height, shape[1] the "
          "width.", lengths=lambda shape: (shape[0], shape[0])),
    # --- what is cut, and what comes back ---
    wrong("rows only", "You cut above and below, but not left and right.",
          along=lambda rows, columns: (rows, np.s_[:])),
    wrong("columns only", "You cut left and right, but not above and below.",
          along=lambda rows, columns: (np.s_[:], columns)),
    wrong("border set to 0", "Your picture is as large as before, with zeros where the border was. Cut the border off.",
          lays=lambda image, inner: only_there(image, *inner)),
    wrong("transposed", "Your result is transposed: its rows stand where its columns should stand.",
          axes=lambda x: x.T),
    # --- padding 0 ---
    wrong("undefined at 0", "With padding 0 your function reaches its `return` before the result exists: the `if` has "
          "no other branch.", at_zero=borders.only_above_zero),
    wrong("nothing at 0", "With padding 0 your function ends without a `return`, which gives None. The picture should "
          "come back.", at_zero=borders.nothing_at_zero),
    # --- the type ---
    wrong("always floats", "Your result is of floats even where the picture is not. A slice of the picture keeps its "
          "type.", kind=lambda image: float),
    wrong("whole numbers out", "Your result holds whole numbers only, so the picture's fractions are cut off. A slice "
          "keeps its type.", kind=lambda image: int),
    wrong("bytes become long", "Your bytes become numbers of 64 bits, as np.array makes them from a list. A slice of "
          "the picture keeps its type.", kind=lambda image: np.int64 if image.dtype == np.uint8 else image.dtype),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def look_at(case: Case, index: tuple[int, ...]) -> Focus:
    """Return the pixel that belongs into a cell."""
    row, column = (i + case.arguments["padding"] for i in index)
    return Focus("image", np.s_[row : row + 1, column : column + 1], note="The marked pixel belongs there.")


def by_deleting(image: Any, padding: Any) -> Any:
    """Delete a ring at a time."""
    for _ in range(padding):
        image = np.delete(np.delete(image, [0, -1], axis=0), [0, -1], axis=1)
    return image


EXERCISE = Exercise(
    name="unpad",
    reference=plane.unpad,
    computation=borders.cut,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "This is a slice of the picture, of its rows and of its columns. Where does it begin, and where does it end?",
        "A slice a[1:-1] leaves out the first and the last. What does a[0:-0] leave? Try it on a list.",
        "The padded picture has `height` rows, and its last `padding` rows must go. Write that end as a number that "
        "counts from the front.",
    ],
    right_forms=[
        Form("an `if` for 0", lambda image, padding: image[padding:-padding, padding:-padding] if padding else image),
        Form("a copy", lambda image, p: image[p : len(image) - p, p : len(image[0]) - p].copy()),
        Form("or None", lambda image, p: image[p : -p or None, p : -p or None]),
        Form("ring by ring", by_deleting),
    ],
    telling=cases({"height": 9, "width": 11, "padding": 4}),
    focus=look_at,
)
