"""The checks of `zero_pad` and `unpad`."""

from __future__ import annotations

import numpy as np

from ...ops import plane
from ..spec import Case, Exercise, Focus, Form, Mistake, Property

__all__ = ["UNPAD", "ZERO_PAD"]


def _case(image: np.ndarray, padding: int) -> Case:
    note = {0: "no padding", 1: "one ring"}.get(padding, f"{padding} rings")
    return Case({"image": image, "padding": padding}, note=note)


def _same_type_cases(rng: np.random.Generator, border: int = 0) -> list[Case]:
    shape = (3 + 2 * border, 2 + 2 * border)
    bytes_ = rng.integers(1, 256, size=shape).astype(np.uint8)
    return [
        Case({"image": bytes_, "padding": 1}, note="a picture of bytes (uint8)"),
        Case({"image": rng.integers(-9, 10, size=shape), "padding": 1}, note="whole numbers"),
    ]


# --- zero_pad ----------------------------------------------------------------------------------------


def _pad_before_only(image, padding):
    return np.pad(image, ((padding, 0), (padding, 0)))


def _pad_after_only(image, padding):
    return np.pad(image, ((0, padding), (0, padding)))


def _pad_undefined_at_zero(image, padding):
    if padding > 0:
        padded = np.pad(image, padding)
    return padded


def _pad_negative_slice(image, padding):
    padded = np.zeros((image.shape[0] + 2 * padding, image.shape[1] + 2 * padding), image.dtype)
    padded[padding:-padding, padding:-padding] = image
    return padded


def _pad_with_loops(image, padding):
    height, width = image.shape
    padded = np.zeros((height + 2 * padding, width + 2 * padding), dtype=image.dtype)
    for row in range(height):
        for column in range(width):
            padded[row + padding, column + padding] = image[row, column]
    return padded


def _pad_focus(case: Case, index: tuple[int, ...]) -> Focus:
    image, padding = case.arguments["image"], case.arguments["padding"]
    row, column = index[0] - padding, index[1] - padding
    if 0 <= row < image.shape[0] and 0 <= column < image.shape[1]:
        cell = (slice(row, row + 1), slice(column, column + 1))
        return Focus("image", cell, note="The marked pixel belongs there.")
    return Focus("image", note="This cell lies in the border: it is 0.")


ZERO_PAD = Exercise(
    name="zero_pad",
    reference=plane.zero_pad,
    properties=[
        Property(
            "one ring",
            "With padding 1, one row or column of zeros lies on each of the four sides.",
            lambda rng: [_case(rng.normal(size=(2, 3)), 1), _case(rng.normal(size=(4, 2)), 1)],
        ),
        Property(
            "more rings",
            "The border is as wide as you are asked for.",
            lambda rng: [_case(rng.normal(size=(2, 3)), 2), _case(rng.normal(size=(3, 1)), 3)],
        ),
        Property(
            "padding 0",
            "With padding 0 the picture comes back as it was.",
            lambda rng: [_case(rng.normal(size=(2, 3)), 0), _case(rng.normal(size=(3, 3)), 0)],
        ),
        Property("same type", "A picture of bytes stays a picture of bytes: only zeros are added.", _same_type_cases),
    ],
    mistakes=[
        Mistake(
            "padding fixed at 1", "You add one ring of zeros, whatever padding says.", lambda image, p: np.pad(image, 1)
        ),
        Mistake(
            "undefined at 0",
            "With padding 0 your function reaches its `return` before the result exists: the `if` has no other branch.",
            _pad_undefined_at_zero,
        ),
        Mistake(
            "[p:-p] empty at 0",
            "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is 0: that slice is empty. "
            "Count where the slice ends from the front.",
            _pad_negative_slice,
        ),
        Mistake(
            "one side only (before)",
            "You add the zeros above and on the left, but none below and on the right: padding counts on each side.",
            _pad_before_only,
        ),
        Mistake(
            "one side only (after)",
            "You add the zeros below and on the right, but none above and on the left: padding counts on each side.",
            _pad_after_only,
        ),
        Mistake(
            "padding shared by two sides",
            "You treat padding as the total, half on each side; it is the number of zeros on each side.",
            lambda image, p: np.pad(image, ((p // 2, p - p // 2), (p // 2, p - p // 2))),
        ),
        Mistake(
            "rows only", "You pad above and below, but not left and right.", lambda i, p: np.pad(i, ((p, p), (0, 0)))
        ),
        Mistake(
            "columns only", "You pad left and right, but not above and below.", lambda i, p: np.pad(i, ((0, 0), (p, p)))
        ),
        Mistake(
            "ones for zeros",
            "Your border is made of ones. It should be zeros.",
            lambda i, p: np.pad(i, p, constant_values=1),
        ),
        Mistake(
            "edge repeated",
            "Your border repeats the pixels at the edge. Zero padding puts zeros there.",
            lambda i, p: np.pad(i, p, mode="edge"),
        ),
        Mistake(
            "always floats",
            "Your result is of floats even where the picture is not: np.zeros makes float64 unless you give it a "
            "dtype.",
            lambda image, p: np.pad(image, p).astype(np.float64),
        ),
        Mistake(
            "integer output",
            "Your result holds whole numbers only, so the picture's fractions are cut off. Give np.zeros the dtype of "
            "the picture.",
            lambda image, p: np.pad(image.astype(int), p),
        ),
    ],
    hints=[
        "How many rows does the result have? Count the picture's rows, the zeros above them and the zeros below.",
        "Make a result of zeros first, of the right shape and of the picture's dtype. Then copy the picture into it.",
        "The picture's first row lands in row `padding` of the result, and its last in row `padding + height - 1`. "
        "Write the end of the slice as `padding + height`; a negative end fails for padding 0.",
    ],
    right_forms=[
        Form("two loops", _pad_with_loops),
        Form("np.pad", lambda image, p: np.pad(image, ((p, p), (p, p)))),
        Form("np.block", lambda image, p: _pad_with_stacks(image, p)),
    ],
    focus=_pad_focus,
    forbidden=("course.ops.plane.zero_pad", "course.ops.windows.pad"),
)


def _pad_with_stacks(image, padding):
    height, width = image.shape
    side = np.zeros((height, padding), dtype=image.dtype)
    wide = np.hstack([side, image, side])
    lid = np.zeros((padding, width + 2 * padding), dtype=image.dtype)
    return np.vstack([lid, wide, lid])


# --- unpad -------------------------------------------------------------------------------------------


def _unpad_undefined_at_zero(image, padding):
    if padding > 0:
        inner = image[padding:-padding, padding:-padding]
    return inner


def _unpad_focus(case: Case, index: tuple[int, ...]) -> Focus:
    padding = case.arguments["padding"]
    row, column = index[0] + padding, index[1] + padding
    return Focus("image", (slice(row, row + 1), slice(column, column + 1)), note="The marked pixel belongs there.")


UNPAD = Exercise(
    name="unpad",
    reference=plane.unpad,
    properties=[
        Property(
            "one ring",
            "With padding 1 the outermost ring of pixels is gone.",
            lambda rng: [_case(rng.normal(size=(4, 5)), 1), _case(rng.normal(size=(6, 3)), 1)],
        ),
        Property(
            "more rings",
            "As many rings go as you are asked for.",
            lambda rng: [_case(rng.normal(size=(6, 8)), 2), _case(rng.normal(size=(9, 7)), 3)],
        ),
        Property(
            "padding 0",
            "With padding 0 the whole picture comes back.",
            lambda rng: [_case(rng.normal(size=(2, 3)), 0), _case(rng.normal(size=(3, 2)), 0)],
        ),
        Property(
            "same type",
            "A picture of bytes stays a picture of bytes: only its border goes.",
            lambda rng: _same_type_cases(rng, border=1),
        ),
    ],
    mistakes=[
        Mistake(
            "[p:-p] empty at 0",
            "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is 0: nothing is left. "
            "Count where the slice ends from the front.",
            lambda image, p: image[p:-p, p:-p],
        ),
        Mistake(
            "undefined at 0",
            "With padding 0 your function reaches its `return` before the result exists: the `if` has no other branch.",
            _unpad_undefined_at_zero,
        ),
        Mistake("padding fixed at 1", "You cut one ring, whatever padding says.", lambda image, p: image[1:-1, 1:-1]),
        Mistake(
            "one side only (before)",
            "You cut above and on the left, but not below and on the right.",
            lambda image, p: image[p:, p:],
        ),
        Mistake(
            "one side only (after)",
            "You cut below and on the right, but not above and on the left.",
            lambda image, p: image[: image.shape[0] - p, : image.shape[1] - p],
        ),
        Mistake(
            "end off by one",
            "Your slice ends one pixel too early: the end of a slice is the first index that is left out.",
            lambda image, p: image[p : image.shape[0] - p - 1, p : image.shape[1] - p - 1],
        ),
        Mistake(
            "padding taken twice at the end",
            "You cut 2 * padding at the end and padding at the start. The padded picture's own height already counts "
            "both borders.",
            lambda image, p: image[p : image.shape[0] - 2 * p, p : image.shape[1] - 2 * p],
        ),
        Mistake(
            "height and width swapped",
            "You end the rows where the columns should end: shape[0] is the height, shape[1] the width.",
            lambda image, p: image[p : image.shape[1] - p, p : image.shape[0] - p],
        ),
        Mistake(
            "rows only",
            "You cut above and below, but not left and right.",
            lambda image, p: image[p : image.shape[0] - p],
        ),
        Mistake(
            "columns only",
            "You cut left and right, but not above and below.",
            lambda image, p: image[:, p : image.shape[1] - p],
        ),
        Mistake(
            "always floats",
            "Your result is of floats even where the picture is not. A slice of the picture keeps its type.",
            lambda image, p: image[p : image.shape[0] - p, p : image.shape[1] - p].astype(np.float64),
        ),
    ],
    hints=[
        "This is a slice of the picture, of its rows and of its columns. Where does it begin, and where does it end?",
        "A slice a[1:-1] leaves out the first and the last. What does a[0:-0] leave? Try it on a list.",
        "The padded picture has `height` rows, and its last `padding` rows must go. Write that end as a number that "
        "counts from the front.",
    ],
    right_forms=[
        Form("an `if` for 0", lambda image, p: image[p:-p, p:-p] if p else image),
        Form("a copy", lambda image, p: image[p : len(image) - p, p : len(image[0]) - p].copy()),
        Form("or None", lambda image, p: image[p : -p or None, p : -p or None]),
    ],
    focus=_unpad_focus,
    forbidden=("course.ops.plane.unpad", "course.ops.windows.unpad_maps"),
)
