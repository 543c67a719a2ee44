"""The checks of `line_filters` and `true_convolution2d`."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import kernels
from ...ops import plane
from ..spec import Case, Exercise, Focus, Form, Mistake, Property

__all__ = ["LINE_FILTERS", "TRUE_CONVOLUTION2D"]


# --- line_filters ------------------------------------------------------------------------------------


def line_filters(size):
    """Return the vertical and the horizontal line filter."""
    return kernels.vertical_line(size), kernels.horizontal_line(size)


def _lines(size, row, column, line=1.0, rest=0.0):
    vertical, horizontal = np.full((2, size, size), rest)
    vertical[:, column] = line
    horizontal[row, :] = line
    return vertical, horizontal


def _one_array_for_both(size):
    vertical = horizontal = np.zeros((size, size))
    vertical[:, size // 2] = 1
    horizontal[size // 2, :] = 1
    return vertical, horizontal


def _corner_to_corner(size):
    return np.eye(size), np.eye(size)[::-1]


def _by_comparison(size):
    row, column = np.indices((size, size))
    return (column == size // 2).astype(float), (row == size // 2).astype(float)


LINE_FILTERS = Exercise(
    name="line_filters",
    reference=line_filters,
    properties=[
        Property(
            "size 3 and 5",
            "Ones in the central column, or row, and zeros elsewhere.",
            lambda rng: [Case({"size": 3}, note="3 x 3"), Case({"size": 5}, note="5 x 5")],
        ),
        Property("size 7", "The filters of the book's figure.", lambda rng: [Case({"size": 7}, note="7 x 7")]),
        Property(
            "any odd size",
            "It works for every odd size.",
            lambda rng: [
                Case({"size": size}, note=f"{size} x {size}") for size in (1, 9, 11 + 2 * int(rng.integers(3)))
            ],
        ),
    ],
    mistakes=[
        Mistake(
            "vertical and horizontal swapped",
            "Your two filters are in the wrong order: the vertical line, a column of ones, comes first.",
            lambda size: line_filters(size)[::-1],
        ),
        Mistake(
            "one array for both",
            "Both names stand for one and the same array, so both lines are drawn into it. Make two arrays.",
            _one_array_for_both,
        ),
        Mistake("fixed size 7", "Your filters are 7 x 7 whatever size is asked for.", lambda size: line_filters(7)),
        Mistake(
            "line fixed at 3",
            "Your line is in column (or row) 3, which is the middle of a filter of size 7 alone.",
            lambda size: _lines(size, 3, 3),
        ),
        Mistake(
            "line off by one (before)",
            "Your line lies one step before the middle. Counting starts at 0: the middle of 7 is number 3.",
            lambda size: _lines(size, size // 2 - 1, size // 2 - 1),
        ),
        Mistake(
            "line off by one (after)",
            "Your line lies one step behind the middle. Counting starts at 0: the middle of 7 is number 3.",
            lambda size: _lines(size, (size + 1) // 2, (size + 1) // 2),
        ),
        Mistake(
            "black and white swapped",
            "You draw a line of zeros on ones. The line is white: ones on zeros.",
            lambda size: _lines(size, size // 2, size // 2, line=0.0, rest=1.0),
        ),
        Mistake(
            "255 for white",
            "Your white is 255. These are weights, not bytes: white is 1.",
            lambda size: _lines(size, size // 2, size // 2, line=255.0),
        ),
        Mistake(
            "divided by the size",
            "Your weights sum to 1, which would keep the picture's brightness. Here each of them is 1, as in the book.",
            lambda size: _lines(size, size // 2, size // 2, line=1 / size),
        ),
        Mistake(
            "diagonal lines",
            "Your lines run from corner to corner: np.eye makes a diagonal. Fill one column, or one row.",
            _corner_to_corner,
        ),
        Mistake(
            "whole numbers",
            "Your weights are whole numbers. Weights are floats: with a picture of bytes, whole numbers can wrap "
            "round.",
            lambda size: tuple(kernel.astype(int) for kernel in line_filters(size)),
        ),
    ],
    hints=[
        "Start from two arrays of zeros, of shape (size, size).",
        "Which column is in the middle of 7? Count from 0. A whole-number division gives it for every odd size.",
        "`a[:, c]` is a whole column of an array, `a[r, :]` a whole row; both can be given a value at once.",
    ],
    right_forms=[
        Form("by comparison", _by_comparison),
        Form("transposed", lambda size: (line_filters(size)[0], line_filters(size)[0].T)),
        Form("a list of two", lambda size: list(line_filters(size))),
    ],
    forbidden=("course.kernels.vertical_line", "course.kernels.horizontal_line", "course.kernels.FILTERS"),
)


# --- true_convolution2d ------------------------------------------------------------------------------


def correlate(image, kernel):
    """Return the sums of products where the kernel fits, as it lies."""
    windows = sliding_window_view(np.asarray(image, dtype=np.float64), np.shape(kernel))
    return np.einsum("ijuv,uv->ij", windows, np.asarray(kernel, dtype=np.float64))


def _case(rng: np.random.Generator, image: tuple[int, int], kernel: tuple[int, int]) -> Case:
    arrays = {"image": rng.normal(size=image).round(2), "kernel": rng.normal(size=kernel).round(2)}
    return Case(arrays, note=f"a kernel of {kernel[0]} x {kernel[1]}")


def _dots(rng: np.random.Generator) -> list[Case]:
    dot = np.zeros((5, 5))
    dot[2, 2] = 1.0
    kernel = 1.0 + rng.permutation(9).reshape(3, 3)
    return [Case({"image": dot, "kernel": kernel}, note="one bright pixel: the result is a print of the kernel")]


def _symmetric(rng: np.random.Generator) -> list[Case]:
    half = rng.normal(size=(3, 3)).round(2)
    return [
        Case(
            {"image": rng.normal(size=(4, 5)).round(2), "kernel": half + half[::-1, ::-1]},
            note="a kernel that looks the same after half a turn",
        )
    ]


def _bytes(rng: np.random.Generator) -> list[Case]:
    image = rng.integers(0, 256, size=(3, 4)).astype(np.uint8)
    return [Case({"image": image, "kernel": rng.normal(size=(2, 2)).round(2)}, note="a picture of bytes (uint8)")]


def _by_definition(image, kernel):
    f_h, f_w = kernel.shape
    height, width = image.shape[0] - f_h + 1, image.shape[1] - f_w + 1
    z = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            for u in range(f_h):
                for v in range(f_w):
                    z[i, j] += kernel[u, v] * image[i + f_h - 1 - u, j + f_w - 1 - v]
    return z


def _same_size(image, kernel):
    f_h, f_w = kernel.shape
    return _full(image, kernel)[f_h // 2 :, f_w // 2 :][: image.shape[0], : image.shape[1]]


def _full(image, kernel):
    f_h, f_w = kernel.shape
    return correlate(np.pad(image, ((f_h - 1, f_h - 1), (f_w - 1, f_w - 1))), kernel[::-1, ::-1])


def _with_quarter_turns(image, kernel):
    return correlate(image, np.rot90(np.rot90(kernel)))


def _with_scipy(image, kernel):
    from scipy.signal import convolve2d

    return convolve2d(np.asarray(image, dtype=np.float64), kernel, mode="valid")


def _focus(case: Case, index: tuple[int, ...]) -> Focus:
    image, (f_h, f_w) = case.arguments["image"], case.arguments["kernel"].shape
    window = (slice(index[0], index[0] + f_h), slice(index[1], index[1] + f_w))
    note = "The first weight of the kernel meets the last pixel of this window."
    return Focus("image", window, seen=image[window].astype(np.float64), note=note)


TRUE_CONVOLUTION2D = Exercise(
    name="true_convolution2d",
    reference=plane.true_convolution2d,
    properties=[
        Property(
            "square kernels",
            "The kernel is turned by half a turn, then it slides.",
            lambda rng: [_case(rng, (3, 4), (2, 2)), _case(rng, (5, 4), (3, 3))],
        ),
        Property(
            "rectangular kernels",
            "Rows and columns are turned round, whatever their number.",
            lambda rng: [_case(rng, (4, 4), (2, 3)), _case(rng, (3, 5), (1, 3)), _case(rng, (5, 3), (3, 1))],
        ),
        Property("one bright pixel", "One bright pixel in the dark prints the kernel, the right way round.", _dots),
        Property(
            "symmetric kernels",
            "A kernel that looks the same after half a turn gives what correlation gives.",
            _symmetric,
        ),
        Property(
            "pictures of bytes", "Pixels from 0 to 255 will do as well, and the result keeps its fractions.", _bytes
        ),
    ],
    mistakes=[
        Mistake(
            "kernel not flipped",
            "Your result is that of correlation: the kernel is not turned round. (Turned round twice is not at all.)",
            correlate,
        ),
        Mistake(
            "upside down only",
            "You turn the rows round, but not the columns.",
            lambda image, kernel: correlate(image, kernel[::-1]),
        ),
        Mistake(
            "mirrored only",
            "You turn the columns round, but not the rows.",
            lambda image, kernel: correlate(image, kernel[:, ::-1]),
        ),
        Mistake(
            "transposed",
            "You swap the kernel's rows and columns (.T). A convolution turns it by half a turn.",
            lambda image, kernel: correlate(image, kernel.T),
        ),
        Mistake(
            "a quarter turn",
            "You turn the kernel by a quarter: np.rot90 once. Half a turn is two of them.",
            lambda image, kernel: correlate(image, np.rot90(kernel)),
        ),
        Mistake(
            "image flipped",
            "You turn the picture round in place of the kernel.",
            lambda image, kernel: correlate(image[::-1, ::-1], kernel),
        ),
        Mistake(
            "result flipped",
            "You turn the result round in place of the kernel. (Turning both picture and kernel gives the same.)",
            lambda image, kernel: correlate(image, kernel)[::-1, ::-1],
        ),
        Mistake(
            "full size",
            "Your result is larger than it should be: here the kernel stays within the picture (no padding).",
            _full,
        ),
        Mistake(
            "same size",
            "Your result is as large as the picture: here the kernel stays within the picture (no padding).",
            _same_size,
        ),
        Mistake(
            "integer output",
            "Your result holds whole numbers only, so fractions are cut off. Make it an array of floats.",
            lambda image, kernel: correlate(image, kernel[::-1, ::-1]).astype(int),
        ),
    ],
    hints=[
        "You have a function that slides a kernel as it lies. What must happen to the kernel before?",
        "Half a turn puts the last row first and the last column first.",
        "A slice with step -1 goes backwards: `a[::-1]` turns the rows round. The columns need one as well.",
    ],
    right_forms=[
        Form("the definition, four loops", _by_definition),
        Form("two quarter turns", _with_quarter_turns),
        Form("np.flip", lambda image, kernel: correlate(image, np.flip(kernel))),
        Form("SciPy", _with_scipy),
    ],
    focus=_focus,
    forbidden=("course.ops.plane.true_convolution2d",),
)
