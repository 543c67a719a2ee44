"""Checks of the size of a layer's output, and of the zeros that keep it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import arithmetic
from ..spec import Case, Exercise, Form, Mistake, Property
from .cases import cases_of

__all__ = ["OUTPUT_SIZE", "SAME_PADDING"]

# --- output_size ---------------------------------------------------------------------------------------

SIZE = "size kernel_size stride padding"
FILTERS = 64  # of the layer that the lesson gives as an example


def _plain_sizes(rng: np.random.Generator) -> list[Case]:
    kernel = int(rng.integers(2, 8))
    rows = ((5, 3, 1, 0), (6, 6, 1, 0), (kernel + int(rng.integers(3, 20)), kernel, 1, 0))
    return cases_of(SIZE, *rows, note="stride 1, no padding")


def _padded_sizes(rng: np.random.Generator) -> list[Case]:
    kernel = int(rng.integers(4, 8))
    rows = ((5, 3, 1, 1), (28, 7, 1, 3), (kernel + int(rng.integers(3, 20)), kernel, 1, 2))
    return cases_of(SIZE, *rows, note="padding on both sides")


def _strided_sizes(rng: np.random.Generator) -> list[Case]:
    stride = int(rng.integers(3, 6))
    rows = ((7, 3, 2, 0), (9, 3, 3, 0), (stride * int(rng.integers(4, 9)) + 2, 2, stride, 0))
    return cases_of(SIZE, *rows, note="a stride, and all pixels are used")


def _left_over(rng: np.random.Generator) -> list[Case]:
    rows = ((6, 3, 2, 0), (10, 4, 4, 1), (27, 5, 4, int(rng.integers(0, 2))), (7, 2, 4, 0))
    return cases_of(SIZE, *rows, note="a stride that does not divide: the last pixels are not used")


def _windows_fit(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    for case, count in zip(cases, values, strict=True):
        size, kernel, stride, padding = case.arguments.values()
        padded = size + 2 * padding
        if not isinstance(count, int):
            return f"the number of windows must be a whole number, yours is {count!r}"
        if (count - 1) * stride + kernel > padded:
            return f"your {count} windows need {(count - 1) * stride + kernel} pixels, and there are {padded}"
        if count * stride + kernel <= padded:
            return f"after your {count} windows there is room for one more in {padded} pixels"
    return None


def _any_sizes(rng: np.random.Generator) -> list[Case]:
    rows = []
    for _ in range(6):
        kernel, stride, padding = int(rng.integers(1, 8)), int(rng.integers(1, 6)), int(rng.integers(0, 4))
        rows.append((kernel + int(rng.integers(0, 20)), kernel, stride, padding))
    return cases_of(SIZE, *rows, note="any numbers")


def _by_counting(size: int, kernel_size: int, stride: int, padding: int) -> int:
    count, start = 0, -padding
    while start + kernel_size <= size + padding:
        count, start = count + 1, start + stride
    return count


OUTPUT_SIZE = Exercise(
    name="output_size",
    reference=arithmetic.output_size,
    properties=[
        Property("plain", "With stride 1 and no padding, count the places where the window fits.", _plain_sizes),
        Property("padding", "There are zeros on both sides.", _padded_sizes),
        Property("stride", "A window that moves by 2 takes about half the places.", _strided_sizes),
        Property("pixels left over", "A window that does not fit whole is left out.", _left_over),
        Property("windows fit", "All windows fit, and one more would not.", _any_sizes, holds=_windows_fit),
    ],
    mistakes=[
        Mistake(
            "ceil for floor",
            "You round up. A window that sticks out of the padded picture is left out.",
            lambda n, f, s, p: math.ceil((n + 2 * p - f) / s) + 1,
        ),
        Mistake(
            "round for floor",
            "You round to the nearest whole number. Half a step is no step: round down, with //.",
            lambda n, f, s, p: round((n + 2 * p - f) / s) + 1,
        ),
        Mistake(
            "last window left out",
            "Where the last window ends at the last pixel, you leave it out. It fits whole: a `range` stops before "
            "its end.",
            lambda n, f, s, p: len(range(0, n + 2 * p - f, s)),
        ),
        Mistake(
            "/ gives a float",
            "You divide with /, which gives a number with a decimal point, such as 2.5. A count of windows is whole.",
            lambda n, f, s, p: (n + 2 * p - f) / s + 1,
        ),
        Mistake(
            "+ 1 forgotten",
            "You count the steps between the windows. The first window is there before the first step.",
            lambda n, f, s, p: (n + 2 * p - f) // s,
        ),
        Mistake(
            "padding counted once",
            "You count the padding once. There are that many zeros before the picture, and as many after it.",
            lambda n, f, s, p: (n + p - f) // s + 1,
        ),
        Mistake(
            "+ 1 before the division",
            "You add the 1 before you divide. The 1 is a window, not a pixel: it must not be divided by the stride.",
            lambda n, f, s, p: (n + 2 * p - f + 1) // s,
        ),
        Mistake(
            "number of filters for kernel size",
            f"You take {FILTERS} for the size of the window: that is the number of filters in the example. How many "
            "filters a layer has does not change the height and width of its maps.",
            lambda n, f, s, p: (n + 2 * p - FILTERS) // s + 1,
        ),
        Mistake(
            "stride for kernel size",
            "You have taken the stride for the size of the window.",
            lambda n, f, s, p: (n + 2 * p - s) // s + 1,
        ),
        Mistake(
            "padding left out",
            "You leave the padding out.",
            lambda n, f, s, p: (n - f) // s + 1,
        ),
        Mistake(
            "stride left out",
            "You leave the stride out.",
            lambda n, f, s, p: n + 2 * p - f + 1,
        ),
        Mistake(
            "size divided by stride",
            "You divide the size of the picture by the stride and leave the window out. "
            "That fits only where the padding was chosen to make it so.",
            lambda n, f, s, p: math.ceil(n / s),
        ),
    ],
    hints=[
        "How long is the picture with its zeros on both sides?",
        "The first window takes up the kernel's pixels. How many steps of one stride fit into what is left?",
        "Whole steps only: `//` divides and rounds down. And the window before the first step counts too.",
    ],
    right_forms=[
        Form("counting in a loop", _by_counting),
        Form("len of a range", lambda n, f, s, p: len(range(0, n + 2 * p - f + 1, s))),
        Form("math.floor", lambda n, f, s, p: math.floor((n + 2 * p - f) / s) + 1),
        Form("int", lambda n, f, s, p: int((n + 2 * p - f) / s + 1)),
    ],
    forbidden=("course.arithmetic.output_size",),
)

# --- same_padding --------------------------------------------------------------------------------------

SAME = "size kernel_size stride"


def _odd_kernels(rng: np.random.Generator) -> list[Case]:
    rows = ((5, 3, 1), (28, 7, 1), (int(rng.integers(9, 40)), int(2 * rng.integers(1, 5) + 1), 1))
    return cases_of(SAME, *rows, note="an odd kernel, stride 1")


def _even_kernels(rng: np.random.Generator) -> list[Case]:
    rows = ((5, 2, 1), (6, 4, 1), (int(rng.integers(9, 40)), int(2 * rng.integers(1, 5)), 1))
    return cases_of(SAME, *rows, note="an even kernel, stride 1")


def _strided_same(rng: np.random.Generator) -> list[Case]:
    stride = int(rng.integers(3, 5))
    size = stride * int(rng.integers(3, 9))
    rows = ((13, 6, 5), (7, 3, 2), (8, 3, 2), (size, stride + 3, stride), (size + 1, stride + 2, stride))
    return cases_of(SAME, *rows, note="a stride")


def _nothing_needed(rng: np.random.Generator) -> list[Case]:
    stride = int(rng.integers(3, 6))
    rows = ((9, 1, 3), (8, 1, 2), (stride * int(rng.integers(3, 9)), 1, stride), (12, 2, 2), (4, 1, 1))
    return cases_of(SAME, *rows, note="no zeros are needed")


def _total(n: int, f: int, s: int) -> int:
    return max((math.ceil(n / s) - 1) * s + f - n, 0)


def _split(total: int) -> tuple[int, int]:
    return total // 2, total - total // 2


def _same_by_trying(size: int, kernel_size: int, stride: int) -> list[int]:
    before = after = 0
    while (size + before + after - kernel_size) // stride + 1 < math.ceil(size / stride):
        if before == after:
            after += 1
        else:
            before += 1
    return [before, after]


SAME_PADDING = Exercise(
    name="same_padding",
    reference=arithmetic.same_padding,
    properties=[
        Property("odd kernels", "With an odd kernel and stride 1, both sides get the same.", _odd_kernels),
        Property("even kernels", "The odd zero goes to the end.", _even_kernels),
        Property("stride", "With a stride s, the output has size / s places, rounded up.", _strided_same),
        Property("nothing needed", "Zeros are never taken away.", _nothing_needed),
    ],
    mistakes=[
        Mistake(
            "the total put on each side",
            "You put all the zeros on each side: twice as many as are needed. Share them out.",
            lambda n, f, s: (_total(n, f, s),) * 2,
        ),
        Mistake(
            "the odd pixel first",
            "Where the number of zeros is odd, you put the odd one at the front. Here it goes to the end.",
            lambda n, f, s: _split(_total(n, f, s))[::-1],
        ),
        Mistake(
            "negative not clipped",
            "Your padding becomes negative where the windows leave pixels out. Zeros are added, never taken away.",
            lambda n, f, s: _split((math.ceil(n / s) - 1) * s + f - n),
        ),
        Mistake(
            "the odd pixel lost",
            "You halve the zeros and round down on both sides, so one zero is lost where their number is odd.",
            lambda n, f, s: (_total(n, f, s) // 2,) * 2,
        ),
        Mistake(
            "halves as floats",
            "You divide with /, which gives half zeros, such as 1.5.",
            lambda n, f, s: (_total(n, f, s) / 2,) * 2,
        ),
        Mistake(
            "stride left out",
            "You pad as if the stride were 1.",
            lambda n, f, s: _split(f - 1),
        ),
        Mistake(
            "half the kernel on each side",
            "You put half the kernel on each side. That is right for odd kernels with stride 1 alone.",
            lambda n, f, s: (f // 2, f // 2),
        ),
        Mistake(
            "half of the kernel less one on each side",
            "You put (kernel - 1) // 2 on each side. That is right for odd kernels with stride 1 alone.",
            lambda n, f, s: ((f - 1) // 2,) * 2,
        ),
        Mistake(
            "output rounded down",
            "You round the size of the output down. With a stride of 2, 7 pixels give 4 places.",
            lambda n, f, s: _split(max((n // s - 1) * s + f - n, 0)),
        ),
        Mistake(
            "output as large as the input",
            "You add zeros until the output is as large as the input. With a stride s it is s times smaller.",
            lambda n, f, s: _split(max((n - 1) * s + f - n, 0)),
        ),
        Mistake(
            "one number",
            "You return all zeros as one number. Wanted are two: before and after.",
            _total,
        ),
    ],
    hints=[
        "How many places should the output have? The size divided by the stride, rounded up.",
        "How many pixels do that many windows need, from the start of the first to the end of the last?",
        "What is missing is the number of zeros, and never less than 0. Half of it, rounded down, goes before.",
    ],
    right_forms=[
        Form("adding zeros until the windows fit", _same_by_trying),
        Form(
            "TensorFlow's rule with the remainder",
            lambda n, f, s: _split(max(f - (s if n % s == 0 else n % s), 0)),
        ),
    ],
    forbidden=("course.arithmetic.same_padding",),
)
