"""`same_padding`: the zeros before and after that keep the size."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ... import arithmetic
from ..cases import Maker, between, multiple, one_of
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

cases = Maker(lambda rng, **sizes: sizes, size=between(9, 40), kernel_size=3, stride=1)
LARGE = {"size": between(60, 200), "kernel_size": between(9, 40), "stride": between(2, 8)}

PROPERTIES = [
    Property(
        "odd kernels",
        "With an odd kernel and stride 1, both sides get the same.",
        cases({"size": 5}, {"size": 28, "kernel_size": 7}, {"kernel_size": multiple(2, 2, 9999, more=1)},
              note="an odd kernel, stride 1"),
    ),
    Property(
        "even kernels",
        "The odd zero goes to the end.",
        cases({"size": 5, "kernel_size": 2}, {"size": 6, "kernel_size": 4}, {"kernel_size": multiple(2, 2, 9999)},
              note="an even kernel, stride 1"),
    ),
    Property(
        "stride",
        "With a stride s, the output has size / s places, rounded up.",
        cases({"size": 13, "kernel_size": 6, "stride": 5}, {"size": 7, "stride": 2}, {"size": 8, "stride": 2},
              {"size": multiple(12, 1, 99), "kernel_size": between(6, 999), "stride": one_of(3, 4)},
              {"size": multiple(12, 1, 99, more=1), "kernel_size": between(6, 999), "stride": one_of(3, 4)},
              note="a stride"),
    ),
    Property(
        "nothing needed",
        "Zeros are never taken away.",
        cases({"size": 9, "kernel_size": 1, "stride": 3}, {"size": 8, "kernel_size": 1, "stride": 2},
              {"size": one_of(15, 30), "kernel_size": 1, "stride": one_of(3, 5)},
              {"size": 12, "kernel_size": 2, "stride": 2}, {"size": 4, "kernel_size": 1}, note="no zeros are needed"),
    ),
]  # fmt: skip

# --- The answer in parts ------------------------------------------------------------------------------------

Pair = tuple[float, float]


def padding(
    size: int, kernel_size: int, stride: int, *,
    takes: Callable[[int, int, int], tuple[int, int, int]] = lambda n, f, s: (n, f, s),
    windows: Callable[[int, int, int], float] = lambda n, s, f: -(-n // s),
    number: Callable[[float], float] = lambda windows: windows,
    span: Callable[[float, int, int], float] = lambda windows, s, f: (windows - 1) * s + f,
    missing: Callable[[float, int], float] = lambda span, n: span - n,
    total: Callable[[int, int, int], float] | None = None,
    least: Callable[[float], float] = lambda zeros: max(zeros, 0),
    split: Callable[[Any], Pair] = lambda zeros: (zeros // 2, zeros - zeros // 2),
    gives: Callable[[Pair], Any] = lambda pair: pair,
) -> Any:  # fmt: skip
    """Count the windows, the pixels from the first to the last of them, and what is missing; share it out.

    `total` is a rule that goes from the sizes to the missing zeros at once.
    """
    n, f, s = takes(size, kernel_size, stride)
    zeros = missing(span(number(windows(n, s, f)), s, f), n) if total is None else total(n, f, s)
    return gives(split(least(zeros)))


# --- Mistakes -----------------------------------------------------------------------------------------------

NOT_CLIPPED = "Your padding becomes negative where the windows leave pixels out. Zeros are added, never taken away."
HALF_THE_KERNEL = "You put half the kernel on each side. That is right for odd kernels with stride 1 alone."
HALVES = "You divide with /, which gives half zeros, such as 1.5."
FLOATS = "Your two numbers are floats, such as 1.0: np.ceil, for example, gives floats. Zeros are counted: two ints."


def to_divide(n: int, f: int, s: int) -> int:
    """Add zeros until the windows come out even."""
    return max(f - n, (f - n) % s)


MISTAKES = [
    wrong("kernel and stride exchanged", "Kernel size and stride are exchanged. The parameters come in the order "
          "size, kernel_size, stride.", takes=lambda n, f, s: (n, s, f)),
    wrong("size and kernel exchanged", "Size and kernel size are exchanged. The parameters come in the order size, "
          "kernel_size, stride.", takes=lambda n, f, s: (f, n, s)),
    wrong("stride left out", "You pad as if the stride were 1.", takes=lambda n, f, s: (n, f, 1)),
    # --- how many windows there should be ---
    wrong("output rounded down", "You round the size of the output down. With a stride of 2, 7 pixels give 4 places.",
          windows=lambda n, s, f: n // s),
    wrong("output rounded to the nearest", "You round the size of the output to the nearest whole number. It is "
          "rounded up: 13 / 6 gives 3 places.", windows=lambda n, s, f: round(n / s)),
    wrong("output not rounded", "You do not round the size of the output. There is no part of a window: round up.",
          windows=lambda n, s, f: n / s),
    wrong("one window more where it divides", "Where the stride divides the size, you ask for one window too many. "
          "There, the rest of the division is 0, and size // stride is the number of windows as it is.",
          windows=lambda n, s, f: n // s + 1),
    wrong("output as large as the input", "You add zeros until the output is as large as the input. With a stride s "
          "it is s times smaller.", windows=lambda n, s, f: n),
    # --- how many pixels they take ---
    wrong("one window too many", "Your zeros are those of one window too many. Do you count a step for each window? "
          "Between the first and the last there is one step fewer.", span=lambda windows, s, f: windows * s + f),
    wrong("1 subtracted after the stride", "You subtract the 1 after you multiply by the stride. It is a window: put "
          "windows - 1 in brackets.", span=lambda windows, s, f: windows * s - 1 + f),
    wrong("brackets left out", "You subtract the stride from the number of windows: * comes before -. Put windows - 1 "
          "in brackets.", span=lambda windows, s, f: windows - s + f),
    wrong("kernel less one", "Your windows take one pixel too few: the last one takes up the whole kernel.",
          span=lambda windows, s, f: (windows - 1) * s + f - 1),
    wrong("kernel and one more", "Your windows take one pixel too many, from the start of the first to the end of the "
          "last.", span=lambda windows, s, f: (windows - 1) * s + f + 1),
    wrong("windows side by side", "You lay the windows side by side. They start one stride apart, and may overlap.",
          span=lambda windows, s, f: windows * f),
    wrong("steps of one pixel", "You move the windows by one pixel when you count what they take. They move by the "
          "stride.", span=lambda windows, s, f: windows - 1 + f),
    # --- how many zeros are missing ---
    wrong("subtracted the wrong way round", "You subtract what the windows need from the size. Missing is what they "
          "need less what is there.", missing=lambda span, n: n - span),
    wrong("size not subtracted", "You return all pixels that the windows take. The picture's own are there already: "
          "subtract them.", missing=lambda span, n: span),
    wrong("all of the kernel", "You share out all of the kernel's pixels, whatever the stride is.",
          total=lambda n, f, s: f),
    wrong("no zeros", "You add no zeros, whatever the sizes. How many windows should there be, and how many pixels do "
          "they take?", total=lambda n, f, s: 0, split=lambda zeros: (0, 0)),
    wrong("kernel less stride", "Your zeros are the kernel less the stride. That fits only where the stride divides "
          "the size.", total=lambda n, f, s: f - s),
    wrong("until the windows come out even", "You add zeros until the windows use them all. Wanted are as many as "
          "size / stride windows need, rounded up.", total=to_divide),
    # --- never less than none ---
    wrong("negative not clipped", NOT_CLIPPED, least=lambda zeros: zeros),
    wrong("negative not clipped, cut off",
          NOT_CLIPPED, least=lambda zeros: zeros, split=lambda zeros: (int(zeros / 2), zeros - int(zeros / 2))),
    wrong("sign lost", "Where the windows leave pixels out, you return that number as if it were missing. No zeros "
          "are needed then.", least=abs),
    wrong("at least one zero", "You always add a zero. Where the windows fit without any, none is added.",
          least=lambda zeros: max(zeros, 1)),
    # --- sharing out ---
    wrong("the total put on each side", "You put all the zeros on each side: twice as many as are needed. Share them "
          "out.", split=lambda zeros: (zeros, zeros)),
    wrong("the odd pixel first", "Where the number of zeros is odd, you put the odd one at the front. Here it goes to "
          "the end.", split=lambda zeros: (zeros - zeros // 2, zeros // 2)),
    wrong("the odd pixel first or last", "The odd zero goes to the front for some sizes: `round` takes a half to the "
          "even number. It goes to the end.", split=lambda zeros: (round(zeros / 2), zeros - round(zeros / 2))),
    wrong("the odd pixel lost", "You halve the zeros and round down on both sides, so one zero is lost where their "
          "number is odd.", split=lambda zeros: (zeros // 2, zeros // 2)),
    wrong("the odd pixel on both sides", "Where the number of zeros is odd, you add one too many: both sides get the "
          "larger half.", split=lambda zeros: (zeros - zeros // 2, zeros - zeros // 2)),
    wrong("one more at the end", "The end gets one zero more than the front, also where their number is even.",
          split=lambda zeros: (zeros // 2, zeros // 2 + 1)),
    wrong("half and rest of the division", "Your second number is what is left over by halving, 0 or 1. It is the "
          "other half, the odd zero included.", split=lambda zeros: (zeros // 2, zeros % 2)),
    wrong("halves as floats", HALVES, split=lambda zeros: (zeros / 2, zeros / 2)),
    wrong("halves as floats above 0", HALVES, least=lambda zeros: zeros, split=lambda zeros: (max(0, zeros / 2),) * 2),
    wrong("all zeros before", "You put all zeros before the picture. Half of them belong after it.",
          split=lambda zeros: (zeros, 0)),
    wrong("all zeros after", "You put all zeros after the picture. Half of them belong before it.",
          split=lambda zeros: (0, zeros)),
    wrong("half the kernel on each side",
          HALF_THE_KERNEL, total=lambda n, f, s: f, split=lambda zeros: (zeros // 2, zeros // 2)),
    wrong("half of the kernel less one on each side", "You put (kernel - 1) // 2 on each side. That is right for odd "
          "kernels with stride 1 alone.", total=lambda n, f, s: f - 1, split=lambda zeros: (zeros // 2, zeros // 2)),
    # --- what comes back ---
    wrong("floats", FLOATS, gives=lambda pair: (float(pair[0]), float(pair[1]))),
    wrong("floats from the number of windows", FLOATS, number=float),
    wrong("floats above 0", FLOATS, number=float, least=lambda zeros: max(0, zeros)),
    wrong("one number", "You return all zeros as one number. Wanted are two: before and after.", gives=sum),
    wrong("one side alone", "You return one number. Wanted are two, the zeros before and the zeros after.",
          gives=lambda pair: pair[0]),
    wrong("a pair for each axis", "You return two pairs, as np.pad takes them. Wanted is the one pair, for one axis.",
          gives=lambda pair: (pair, pair)),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_trying(size: int, kernel_size: int, stride: int) -> list[int]:
    """Add a zero, in turn at the end and at the front, until the windows fit."""
    before = after = 0
    while (size + before + after - kernel_size) // stride + 1 < math.ceil(size / stride):
        if before == after:
            after += 1
        else:
            before += 1
    return [before, after]


def by_the_rest(size: int, kernel_size: int, stride: int) -> Pair:
    """Follow TensorFlow's rule."""
    zeros = max(kernel_size - (size % stride or stride), 0)
    return zeros // 2, math.ceil(zeros / 2)


EXERCISE = Exercise(
    name="same_padding",
    reference=arithmetic.same_padding,
    computation=padding,
    properties=PROPERTIES,
    telling=cases(
        *[LARGE] * 25,
        *[{**LARGE, "kernel_size": between(1, 5), "stride": between(6, 9)}] * 10,
        *[{**LARGE, "kernel_size": between(200, 300)}] * 5,
    ),
    mistakes=MISTAKES,
    hints=[
        "How many places should the output have? The size divided by the stride, rounded up.",
        "How many pixels do that many windows need, from the start of the first to the end of the last?",
        "What is missing is the number of zeros, and never less than 0. Half of it, rounded down, goes before.",
    ],
    right_forms=[
        Form("adding zeros until the windows fit", by_trying),
        Form("TensorFlow's rule with the rest of the division", by_the_rest),
    ],
)
