"""`zero_pad`: rings of zeros round a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops import plane
from ..cases import Maker, tenths
from ..families import borders
from ..spec import Case, Exercise, Focus, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, height: int, width: int, padding: int, pixels: str) -> dict[str, Any]:
    """Return a picture, of tenths, whole numbers or bytes, and the number of rings."""
    images = {
        "tenths": lambda: tenths(rng, height, width),
        "whole": lambda: rng.integers(-9, 0, size=(height, width)),
        "bytes": lambda: rng.integers(60, 256, size=(height, width)).astype(np.uint8),
    }
    return {"image": images[pixels](), "padding": padding}


cases = Maker(
    make,
    note=lambda padding, **sizes: {0: "no padding", 1: "one ring"}.get(padding, f"{padding} rings"),
    least={"padding": 0},
    height=2, width=3, padding=1, pixels="tenths",
)  # fmt: skip

PROPERTIES = [
    Property(
        "one ring",
        "With padding 1, one row or column of zeros lies on each of the four sides.",
        cases({}, {"height": 4, "width": 2}),
    ),
    Property(
        "more rings", "The border is as wide as you are asked for.", cases({"padding": 2}, {"height": 4, "padding": 3})
    ),
    Property(
        "padding 0",
        "With padding 0 a copy of the picture comes back.",
        cases({"padding": 0}, {"height": 3, "width": 2, "padding": 0}),
    ),
    Property(
        "same type",
        "A picture of bytes stays a picture of bytes: only zeros are added.",
        cases({"pixels": "bytes", "height": 3, "width": 2, "note": "a picture of bytes (uint8)"},
              {"pixels": "whole", "height": 3, "width": 2, "note": "whole numbers"}),
        unusual=True,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def made_of(mode: str, **options: Any) -> Any:
    """Return a border that np.pad makes in one of its other modes."""
    return lambda image, size, widths, kind: np.pad(image, widths, mode=mode, **options).astype(kind)  # type: ignore[call-overload]


def four_pairs(image: np.ndarray, size: Any, widths: Any, kind: Any) -> np.ndarray:
    """Give np.pad a pair for each of four axes."""
    return np.pad(image, [(0, 0), *widths, (0, 0)])


def only_there(image: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    """Return zeros in which these pixels alone are filled."""
    kept = np.zeros_like(image)
    kept[rows, columns] = image[rows, columns]
    return kept


def pixel_by_pixel(start: Callable[[int], int]) -> Callable[[int, int, int], slice]:
    """Return where the picture lies, if it is copied in a loop: an index beyond the end stops it."""

    def lies(n: int, before: int, after: int) -> slice:
        if start(before) + n > before + n + after:
            raise IndexError(f"index {before + n + after} is out of bounds for axis 0 with size {before + n + after}")
        return slice(start(before), start(before) + n)

    return lies


MISTAKES = [
    # --- how many rings, on which sides ---
    wrong("padding fixed at 1", "You add one ring of zeros, whatever padding says.", rings=lambda p: 1),
    wrong("padding ignored", "Your result is as large as the picture: no zeros are added.", rings=lambda p: 0),
    wrong("padding doubled", "You add twice as many zeros as asked for on each side.", rings=lambda p: 2 * p),
    wrong("one side only (before)", "You add the zeros above and on the left, but none below and on the right: "
          "padding counts on each side.", after=lambda p: 0),
    wrong("one side only (after)", "You add the zeros below and on the right, but none above and on the left: padding "
          "counts on each side.", before=lambda p: 0),
    wrong("padding shared by two sides", "You treat padding as the total of two sides. It is the number of zeros on "
          "each side.", before=lambda p: p // 2, after=lambda p: p - p // 2),
    wrong("half the padding on each side", "You treat padding as the total of two sides. It is the number of zeros on "
          "each side.", rings=lambda p: p // 2),
    wrong("rows only", "You pad above and below, but not left and right.", along=lambda width: [width, (0, 0)]),
    wrong("columns only", "You pad left and right, but not above and below.", along=lambda width: [(0, 0), width]),
    # --- the size of the result, and where the picture lies in it ---
    wrong("shape + a number", "image.shape is a tuple, and a number cannot be added to a tuple. Take its height and "
          "its width apart first.", size=lambda shape, widths: shape + widths[0][0]),
    wrong("height and width swapped", "The height of your result comes from the picture's width, and its width from "
          "the height: a shape is (height, width).",
          size=lambda shape, widths: borders.with_both_borders(shape[::-1], widths)),
    wrong("width from the height", "Both the height and the width of your result come from the picture's height.",
          size=lambda shape, widths: borders.with_both_borders((shape[0], shape[0]), widths)),
    wrong("size of the picture", "Your array of zeros is as large as the picture. There must be room in it for the "
          "zeros on all sides.", size=lambda shape, widths: shape),
    wrong("[p:-p] empty at 0", "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is 0: that slice "
          "is empty. Count where the slice ends from the front.", lies=lambda n, before, after: slice(before, -after)),
    wrong("picture in the corner", "Your result has the right size, but the picture lies in its top left corner. It "
          "begins behind the zeros.", lies=lambda n, before, after: slice(0, n)),
    wrong("picture at the far end", "Your result has the right size, but the picture lies in its bottom right corner. "
          "Half of the zeros belong behind it.",
          lies=lambda n, before, after: slice(before + after, before + after + n)),
    wrong("picture one too early", "The picture lies one row too high and one column too far left. Its first row is "
          "row `padding` of the result.", lies=lambda n, before, after: slice(before - 1, before - 1 + n)),
    wrong("picture one too late", "The picture lies one row too low and one column too far right. Its first row is "
          "row `padding` of the result: counting starts at 0.",
          lies=lambda n, before, after: slice(before + 1, before + 1 + n)),
    wrong("picture one too late, pixel by pixel", "The picture lies one row too low and one column too far right. Its "
          "first row is row `padding` of the result: counting starts at 0.",
          lies=pixel_by_pixel(lambda before: before + 1)),
    wrong("picture behind one ring", "Your result has the right size, but the picture lies behind one ring of zeros, "
          "whatever padding says.", lies=lambda n, before, after: slice(1, 1 + n)),
    wrong("picture behind one ring, pixel by pixel", "Your result has the right size, but the picture lies behind one "
          "ring of zeros, whatever padding says.", lies=pixel_by_pixel(lambda before: 1)),
    wrong("slice without its start", "Your slice ends at the picture's height, but it starts at padding: it is too "
          "short. Its end moves along with its start.", lies=lambda n, before, after: slice(before, n)),
    wrong("slice one too short", "Your slice is one too short for the picture: the end of a slice is the first index "
          "that is left out.", lies=lambda n, before, after: slice(before, before + n - 1)),
    wrong("slice one too long", "Your slice is one too long for the picture: the end of a slice is left out already.",
          lies=lambda n, before, after: slice(before, before + n + 1)),
    wrong("last row and column left out", "The picture's last row and last column are missing: range(n) ends before n "
          "by itself.", picture=lambda image: only_there(image, np.s_[:-1], np.s_[:-1])),
    wrong("first row and column left out", "The picture's first row and first column are missing: counting starts at "
          "0.", picture=lambda image: only_there(image, np.s_[1:], np.s_[1:])),
    wrong("picture missing", "Your result is all zeros: the picture is not in it.", picture=np.zeros_like),
    wrong("transposed", "Your result is transposed: its rows stand where its columns should stand.",
          axes=lambda whole: whole.T),
    # --- what the border is made of ---
    wrong("ones for zeros", "Your border is made of ones. It should be zeros.",
          border=made_of("constant", constant_values=1)),
    wrong("white border", "Your border is 255, which is white. It should be zeros.",
          border=made_of("constant", constant_values=255)),
    wrong("edge repeated", "Your border repeats the pixels at the edge. Zero padding puts zeros there.",
          border=made_of("edge")),
    wrong("edge mirrored", "Your border mirrors the picture (mode='reflect'). Zero padding puts zeros there.",
          border=made_of("reflect")),
    wrong("edge mirrored (symmetric)", "Your border mirrors the picture (mode='symmetric'). Zero padding puts zeros "
          "there.", border=made_of("symmetric")),
    wrong("wrapped round", "Your border continues the picture from its other side (mode='wrap'). Zero padding puts "
          "zeros there.", border=made_of("wrap")),
    wrong("mean for zeros", "Your border is the mean of the pixels. It should be zeros.", border=made_of("mean")),
    wrong("pairs for four axes", "You give np.pad four pairs, or four numbers. A picture has two axes: one pair for "
          "the rows, (above, below), and one for the columns.", border=four_pairs),
    # --- padding 0 ---
    wrong("undefined at 0", "With padding 0 your function reaches its `return` before the result exists: the `if` has "
          "no other branch.", at_zero=borders.only_above_zero),
    wrong("nothing at 0", "With padding 0 your function ends without a `return`, which gives None. The picture should "
          "come back.", at_zero=borders.nothing_at_zero),
    # --- the type ---
    wrong("always floats", "Your result is of floats even where the picture is not: np.zeros makes float64 unless you "
          "give it a dtype.", kind=lambda image: float),
    wrong("integer output", "Your result holds whole numbers only, so the picture's fractions are cut off. Give "
          "np.zeros the dtype of the picture.", kind=lambda image: int),
    wrong("bytes become long", "Your bytes become numbers of 64 bits, as np.array makes them from a list. Give the "
          "new array the dtype of the picture.",
          kind=lambda image: np.int64 if image.dtype == np.uint8 else image.dtype),
    wrong("always bytes", "Your result is of bytes (uint8), whatever the picture is: fractions and minus signs are "
          "lost. Give np.zeros the dtype of the picture.", kind=lambda image: np.uint8),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def with_loops(image: Any, padding: Any) -> Any:
    """Copy pixel by pixel."""
    height, width = image.shape
    padded = np.zeros((height + 2 * padding, width + 2 * padding), dtype=image.dtype)
    for row in range(height):
        for column in range(width):
            padded[row + padding, column + padding] = image[row, column]
    return padded


def with_stacks(image: Any, padding: Any) -> Any:
    """Put zeros beside the picture, then above and below."""
    height, width = image.shape
    side = np.zeros((height, padding), dtype=image.dtype)
    lid = np.zeros((padding, width + 2 * padding), dtype=image.dtype)
    return np.vstack([lid, np.hstack([side, image, side]), lid])


def look_at(case: Case, index: tuple[int, ...]) -> Focus:
    """Return the pixel that belongs into a cell."""
    image, padding = case.arguments["image"], case.arguments["padding"]
    row, column = index[0] - padding, index[1] - padding
    if 0 <= row < image.shape[0] and 0 <= column < image.shape[1]:
        return Focus("image", np.s_[row : row + 1, column : column + 1], note="The marked pixel belongs there.")
    return Focus("image", note="This cell lies in the border: it is 0.")


EXERCISE = Exercise(
    name="zero_pad",
    reference=plane.zero_pad,
    computation=borders.framed,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "How many rows does the result have? Count the picture's rows, the zeros above them and the zeros below.",
        "Make a result of zeros first, of the right shape and of the picture's dtype. Then copy the picture into it.",
        "The picture's first row lands in row `padding` of the result, and its last in row `padding + height - 1`. "
        "Write the end of the slice as `padding + height`; a negative end fails for padding 0.",
    ],
    right_forms=[
        Form("two loops", with_loops),
        Form("np.pad", lambda image, padding: np.pad(image, ((padding, padding), (padding, padding)))),
        Form("zeros stacked", with_stacks),
    ],
    telling=cases(
        {"height": 1, "width": 1}, {"height": 1, "width": 3, "padding": 2}, {"height": 5, "width": 4, "padding": 4}
    ),
    focus=look_at,
    new_array=True,
)
