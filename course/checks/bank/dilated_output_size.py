"""`dilated_output_size`: how many windows with gaps fit along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import arithmetic
from ..cases import Maker, between, one_of
from ..families import sizes
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

cases = Maker(lambda rng, **sizes: sizes, least={"padding": 0}, size=between(900, 9999), kernel_size=between(4, 99),
              stride=1, padding=0, dilation=2)  # fmt: skip
# Numbers of which no two formulas make the same.
SOME = {"size": between(120, 999), "kernel_size": between(3, 9), "stride": between(2, 5), "padding": between(1, 5),
        "dilation": between(2, 7)}  # fmt: skip
LARGE = {"size": between(900, 2600), "kernel_size": between(8, 31), "stride": between(2, 5), "padding": between(1, 22),
         "dilation": between(3, 9)}  # fmt: skip


def windows_fit(case: Case, count: Any) -> str | None:
    """Tell what is wrong with a number of windows, without saying the right one."""
    size, kernel, stride, padding, dilation = case.arguments.values()
    padded, last = size + 2 * padding, dilation * (kernel - 1)
    if isinstance(count, np.ndarray) and count.ndim == 0:  # a number of NumPy's, too, counts places
        count = count.item()
    if not isinstance(count, int):
        return f"the number of windows must be a whole number, yours is {count!r}"
    if (count - 1) * stride + last >= padded:
        return f"of your {count} windows the last reaches beyond the {padded} pixels that there are"
    if count * stride + last < padded:
        return f"after your {count} windows there is room for one more in {padded} pixels"
    return None


PROPERTIES = [
    Property(
        "no gaps",
        "With dilation 1, it is output_size.",
        cases({"size": 5, "kernel_size": 3}, {"size": 8, "kernel_size": 3, "stride": 2},
              {"stride": one_of(2, 3), "padding": between(1, 4)}, dilation=1, note="dilation 1: no gaps"),
    ),
    Property(
        "gaps",
        "A window with gaps reaches further.",
        cases({"size": 9, "kernel_size": 3}, {"size": 7, "kernel_size": 2, "dilation": 3},
              {"dilation": between(2, 8)}, {"kernel_size": between(3, 40), "dilation": 3}, note="gaps, stride 1"),
    ),
    Property(
        "one weight",
        "A window of a single weight has no gaps.",
        cases({"size": 7, "kernel_size": 1}, {"kernel_size": 1, "dilation": between(3, 9), "stride": one_of(2, 3)},
              note="a window of one weight"),
    ),
    Property(
        "windows fit",
        "All windows fit, and one more would not.",
        cases({"size": 13, "kernel_size": 3, "stride": 2, "padding": 1, "dilation": 3},
              {"size": 11, "kernel_size": 2, "stride": 4, "dilation": 3}, SOME, SOME, SOME, SOME,
              note="any numbers"),
        each=windows_fit,
    ),
]  # fmt: skip

# --- The answer in parts ------------------------------------------------------------------------------------


def count(
    n: int, f: int, s: int, p: int, d: int, *,
    order: Callable[..., tuple[int, int, int, int, int]] = lambda n, f, s, p, d: (n, f, s, p, d),
    pixels: Callable[[int, int], int] = lambda n, d: n,
    span: Callable[[int, int], int] = lambda f, d: d * (f - 1) + 1,
    stepped: Callable[[int, int], int] = lambda s, d: s,
    ringed: Callable[[int, int], int] = lambda p, d: p,
    **parts: Any,
) -> Any:  # fmt: skip
    """Spread the window, then count its places: what the dilation does to each number is a part of its own."""
    n, f, s, p, d = order(n, f, s, p, d)
    return sizes.count(pixels(n, d), span(f, d), stepped(s, d), ringed(p, d), **parts)


# --- Mistakes -----------------------------------------------------------------------------------------------

SHARED = (
    "padding left out", "padding counted once", "padding counted four times", "padding subtracted",
    "kernel left out", "kernel added", "stride left out", "kernel size for the stride", "+ 1 forgotten",
    "+ 1 before the division", "+ 1 twice", "only the kernel divided",
    "padding added after the division", "ceil for floor", "round for floor", "/ gives a float", "% for //",
    "multiplied by the stride", "both axes at once", "the pixels that are used", "a text", "a float",
)  # fmt: skip

MISTAKES = [
    wrong("dilation left out", "The dilation is not in your numbers. The weights of a window lie that many pixels "
          "apart.", span=lambda f, d: f),
    wrong("dilation fixed at 2", "Your weights lie 2 pixels apart, whatever dilation says.",
          span=lambda f, d: 2 * (f - 1) + 1),
    wrong("kernel times dilation", "Your window reaches too far: you multiply all of it by the dilation. From the "
          "first weight to the last there is one step fewer than there are weights.", span=lambda f, d: d * f),
    wrong("last weight left out", "Your window is one pixel too short. The steps lead to the last weight, and it takes "
          "up a pixel, too.", span=lambda f, d: d * (f - 1)),
    wrong("brackets left out", "You subtract the 1 after you multiply by the dilation. Put the number of weights "
          "less 1 in brackets.", span=lambda f, d: d * f - 1),
    wrong("dilation for the pixels in a gap", "You leave out as many pixels as the dilation says, one too many in each "
          "gap. Dilation 1 means no gap.", span=lambda f, d: (d + 1) * (f - 1) + 1),
    wrong("one gap alone", "You count one gap. There is one between any two weights that are neighbours.",
          span=lambda f, d: f + d - 1),
    wrong("one pixel in each gap", "You leave out one pixel in each gap, whatever the dilation is, and none where "
          "it is 1.", span=lambda f, d: f + (f - 1) * min(d - 1, 1)),
    wrong("a gap for each weight and one more", "You count a gap before the first weight and one after the last as "
          "well. Gaps lie between weights alone.", span=lambda f, d: f + (d - 1) * (f + 1)),
    wrong("steps twice as long", "Your weights lie twice as far apart as dilation says.",
          span=lambda f, d: 2 * d * (f - 1) + 1),
    wrong("stride times dilation", "You multiply the stride by the dilation. It spreads the weights inside a window; "
          "the window itself moves by the stride.", stepped=lambda s, d: s * d),
    wrong("dilation for the stride", "The window moves by the dilation in your numbers. It moves by the stride.",
          stepped=lambda s, d: d),
    wrong("padding times dilation", "You multiply the padding by the dilation. The zeros stay as many as padding "
          "says.", ringed=lambda p, d: p * d),
    wrong("size divided by dilation", "You divide the size by the dilation and leave the window as it is. The picture "
          "keeps its pixels; the window reaches further.", pixels=lambda n, d: n // d, span=lambda f, d: f),
    wrong("stride and dilation exchanged", "Stride and dilation are exchanged. The parameters come in the order size, "
          "kernel_size, stride, padding, dilation.", order=lambda n, f, s, p, d: (n, f, d, p, s)),
    wrong("padding and dilation exchanged", "Padding and dilation are exchanged. The parameters come in the order "
          "size, kernel_size, stride, padding, dilation.", order=lambda n, f, s, p, d: (n, f, s, d, p)),
    *(mistake for mistake in sizes.MISTAKES if mistake.name in SHARED),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_counting(size: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """Move the window along as long as its last weight lies on a pixel."""
    places, start = 0, -padding
    while start + dilation * (kernel_size - 1) < size + padding:
        places, start = places + 1, start + stride
    return places


def by_weights(size: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """Write down where the weights lie, and take the distance."""
    weights = [u * dilation for u in range(kernel_size)]
    return (size + 2 * padding - (weights[-1] - weights[0] + 1)) // stride + 1


def by_zeros(size: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """Spread the weights over an array, with zeros in the gaps."""
    spread = np.zeros((kernel_size - 1) * dilation + 1)
    spread[::dilation] = 1
    return len(range(0, size + 2 * padding - len(spread) + 1, stride))


EXERCISE = Exercise(
    name="dilated_output_size",
    reference=arithmetic.dilated_output_size,
    computation=lambda size, kernel_size, stride, padding, dilation, **parts: count(
        size, kernel_size, stride, padding, dilation, **parts
    ),
    properties=PROPERTIES,
    telling=cases(*[LARGE] * 20, {"size": 90, "kernel_size": 2, "stride": 2, "padding": 7, "dilation": 5}),
    mistakes=MISTAKES,
    hints=[
        "How many pixels lie from the first weight of the window to its last, both included?",
        "Between k weights there are k - 1 steps, and each is as long as the dilation. The last weight takes a pixel.",
        "A window with gaps takes the places of a window without gaps that reaches as far: `output_size` counts them.",
    ],
    right_forms=[
        Form("counting in a loop", by_counting),
        Form("places of the weights", by_weights),
        Form("zeros in the gaps", by_zeros),
        Form("gaps added to the weights", lambda n, f, s, p, d: (n + 2 * p - f - (f - 1) * (d - 1)) // s + 1),
        Form("PyTorch's formula", lambda n, f, s, p, d: (n + 2 * p - d * (f - 1) - 1) // s + 1),
    ],
)
