"""`output_size`: how many windows fit along an axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ... import arithmetic
from ..cases import Maker, between, multiple, one_of
from ..families import sizes
from ..spec import Case, Exercise, Form, Property

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

cases = Maker(lambda rng, **sizes: sizes, least={"padding": 0}, size=between(900, 9999), kernel_size=between(4, 99),
              stride=1, padding=0)  # fmt: skip
# Numbers of which no two formulas make the same.
SOME = {"size": between(20, 999), "kernel_size": between(2, 9), "stride": between(2, 5), "padding": between(0, 5)}
LARGE = {"size": between(90, 260), "kernel_size": between(8, 31), "stride": between(2, 5), "padding": between(1, 22)}


def windows_fit(case: Case, count: Any) -> str | None:
    """Tell what is wrong with a number of windows, without saying the right one."""
    size, kernel, stride, padding = case.arguments.values()
    padded = size + 2 * padding
    if isinstance(count, np.ndarray) and count.ndim == 0:  # a number of NumPy's, too, counts places
        count = count.item()
    if not isinstance(count, int):
        return f"the number of windows must be a whole number, yours is {count!r}"
    if (count - 1) * stride + kernel > padded:
        return f"your {count} windows need {(count - 1) * stride + kernel} pixels, and there are {padded}"
    if count * stride + kernel <= padded:
        return f"after your {count} windows there is room for one more in {padded} pixels"
    return None


PROPERTIES = [
    Property(
        "plain",
        "With stride 1 and no padding, count the places where the window fits.",
        cases({"size": 5, "kernel_size": 3}, {"size": 6, "kernel_size": 6}, {}, note="stride 1, no padding"),
    ),
    Property(
        "padding",
        "There are zeros on both sides.",
        cases({"size": 5, "kernel_size": 3, "padding": 1}, {"size": 28, "kernel_size": 7, "padding": 3},
              {"padding": 2}, {"size": 6, "kernel_size": one_of(1, 2), "padding": between(3, 5)},
              note="padding on both sides"),
    ),
    Property(
        "stride",
        "A window that moves by 2 takes about half the places.",
        cases({"size": 7, "kernel_size": 3, "stride": 2}, {"size": 9, "kernel_size": 3, "stride": 3},
              {"size": multiple(12, 1, 9999, more=2), "kernel_size": 2, "stride": one_of(3, 4)},
              note="a stride, and all pixels are used"),
    ),
    Property(
        "pixels left over",
        "A window that does not fit whole is left out.",
        cases({"size": 6, "kernel_size": 3, "stride": 2}, {"size": 8, "kernel_size": 3, "stride": 2},
              {"size": 10, "kernel_size": 4, "stride": 4, "padding": 1},
              {"size": multiple(4, 5, 9999, more=3), "kernel_size": 5, "stride": 4, "padding": one_of(0, 2)},
              {"size": 7, "kernel_size": 2, "stride": 4},
              note="a stride that does not divide: the last pixels are not used"),
    ),
    Property(
        "windows fit",
        "All windows fit, and one more would not.",
        cases(SOME, SOME, SOME, SOME, {"size": 10, "kernel_size": 2, "stride": 3, "padding": 4}, note="any numbers"),
        each=windows_fit,
    ),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_counting(size: int, kernel_size: int, stride: int, padding: int) -> int:
    """Move a window along as long as it fits."""
    places, start = 0, -padding
    while start + kernel_size <= size + padding:
        places, start = places + 1, start + stride
    return places


EXERCISE = Exercise(
    name="output_size",
    reference=arithmetic.output_size,
    computation=lambda size, kernel_size, stride, padding, **parts: sizes.count(
        size, kernel_size, stride, padding, **parts
    ),
    properties=PROPERTIES,
    telling=cases(*[LARGE] * 30, {"size": 50, "kernel_size": 1, "stride": 2, "padding": 7}),
    mistakes=sizes.MISTAKES,
    hints=[
        "How long is the picture with its zeros on both sides?",
        "The first window takes up the kernel's pixels. How many steps of one stride fit into what is left?",
        "Whole steps only: `//` divides and rounds down. And the window before the first step counts too.",
    ],
    right_forms=[
        Form("counting in a loop", by_counting),
        Form("len of a range", lambda n, f, s, p: len(range(0, n + 2 * p - f + 1, s))),
        Form("math.floor", lambda n, f, s, p: math.floor((n + 2 * p - f) / s) + 1),
        Form("int", lambda n, f, s, p: int((n + 2 * p - f) / s + 1)),
        Form("rounded up", lambda n, f, s, p: math.ceil((n + 2 * p - f + 1) / s)),
        Form("PyTorch's formula", lambda n, f, s, p: (n + 2 * p - 1 * (f - 1) - 1) // s + 1),
    ],
)
