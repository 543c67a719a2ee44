"""Checks of a neuron's view: the connections of a dense layer, the window of a local one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import arithmetic
from ..spec import Case, Exercise, Form, Mistake, Property
from .cases import cases_of

__all__ = ["DENSE_CONNECTIONS", "RECEPTIVE_WINDOW"]

# --- dense_connections ---------------------------------------------------------------------------------

DENSE = "height width channels neurons"


def _grey(rng: np.random.Generator) -> list[Case]:
    height, width, neurons = (int(n) for n in rng.choice(np.arange(3, 30), 3, replace=False))
    return cases_of(DENSE, (2, 3, 1, 4), (height, width, 1, neurons), (100, 100, 1, 1000), note="a grey picture")


def _coloured(rng: np.random.Generator) -> list[Case]:
    height, width, neurons = (int(n) for n in rng.choice(np.arange(7, 30), 3, replace=False))
    return cases_of(DENSE, (2, 5, 3, 4), (height, width, int(rng.integers(2, 6)), neurons), note="several channels")


DENSE_CONNECTIONS = Exercise(
    name="dense_connections",
    reference=arithmetic.dense_connections,
    properties=[
        Property("grey pictures", "Every neuron has one connection to every pixel.", _grey),
        Property("channels", "A pixel of a colour picture has one number for each channel.", _coloured),
    ],
    mistakes=[
        Mistake(
            "channels forgotten",
            "You count each pixel once. A pixel has one number for each channel, and each number has its connection.",
            lambda height, width, channels, neurons: height * width * neurons,
        ),
        Mistake(
            "neurons added",
            "You add the number of neurons. Each of the neurons has connections of its own to the whole picture.",
            lambda height, width, channels, neurons: height * width * channels + neurons,
        ),
        Mistake(
            "biases counted",
            "You also count one bias for each neuron. A bias is no connection: it comes from no input.",
            lambda height, width, channels, neurons: (height * width * channels + 1) * neurons,
        ),
        Mistake(
            "height and width added",
            "You add height and width. A picture with 2 rows and 3 columns has 6 pixels, not 5.",
            lambda height, width, channels, neurons: (height + width) * channels * neurons,
        ),
        Mistake(
            "square pictures assumed",
            "You use the height twice, as if every picture were square. The width counts too.",
            lambda height, width, channels, neurons: height * height * channels * neurons,
        ),
        Mistake(
            "channels added",
            "You add the channels to the pixels. Each channel is a whole picture of its own.",
            lambda height, width, channels, neurons: (height * width + channels) * neurons,
        ),
        Mistake(
            "one neuron alone",
            "You count the connections of one neuron. The layer has many of them.",
            lambda height, width, channels, neurons: height * width * channels,
        ),
    ],
    hints=[
        "How many numbers does one neuron read, when it reads the whole picture?",
        "A grey picture of 2 x 3 pixels is 6 numbers. With 3 channels it is 18. Now there are 4 neurons.",
        "Numbers in the picture, times the neurons that each read all of them.",
    ],
    right_forms=[
        Form("math.prod", lambda height, width, channels, neurons: math.prod((height, width, channels, neurons))),
        Form(
            "the size of the weights",
            lambda height, width, channels, neurons: np.broadcast_to(0, (neurons, height, width, channels)).size,
        ),
    ],
    forbidden=("course.arithmetic.dense_connections",),
)

# --- receptive_window ----------------------------------------------------------------------------------

WINDOW = "row column kernel_size stride padding"
Axis = Callable[[int, int, int, int], tuple[int, int]]


def _both(axis: Axis) -> Callable[..., tuple]:
    """Return the function that does along both axes what `axis` does with i, f, s, p."""

    def window(row: int, column: int, kernel_size: Any, stride: Any, padding: Any) -> tuple:
        return tuple(map(axis, (row, column), kernel_size, stride, padding))

    return window


def _plain_windows(rng: np.random.Generator) -> list[Case]:
    row, column = (int(n) for n in rng.integers(1, 9, 2))
    ones, none = (1, 1), (0, 0)
    rows = ((0, 0, (3, 3), ones, none), (1, 2, (3, 3), ones, none), (row, column + row, (5, 5), ones, none))
    return cases_of(WINDOW, *rows, note="stride 1, no padding")


def _rectangular(rng: np.random.Generator) -> list[Case]:
    row, column, tall = (int(n) for n in rng.integers(2, 9, 3))
    ones, none = (1, 1), (0, 0)
    rows = ((0, 1, (1, 3), ones, none), (row, column, (tall, tall + 3), ones, none))
    return cases_of(WINDOW, *rows, note="a kernel that is not square")


def _strided_windows(rng: np.random.Generator) -> list[Case]:
    row, column = (int(n) for n in rng.integers(1, 9, 2))
    rows = ((1, 2, (3, 3), (2, 2), (0, 0)), (row, column, (4, 3), (3, 2), (0, 0)), (3, 1, (2, 5), (1, 4), (0, 0)))
    return cases_of(WINDOW, *rows, note="a stride")


def _padded_windows(rng: np.random.Generator) -> list[Case]:
    row, column = (int(n) for n in rng.integers(3, 9, 2))
    ones = (1, 1)
    rows = ((0, 0, (3, 3), ones, (1, 1)), (row, column, (5, 7), ones, (2, 3)), (2, 0, (3, 2), ones, (1, 0)))
    return cases_of(WINDOW, *rows, note="padding: rows above the picture count -1, -2, ...")


def _whole_windows(rng: np.random.Generator) -> list[Case]:
    row, column = (int(n) for n in rng.integers(1, 7, 2))
    rows = ((0, 1, (3, 3), (2, 2), (1, 1)), (2, 3, (3, 5), (2, 3), (1, 2)), (row, column, (7, 6), (4, 3), (3, 1)))
    return cases_of(WINDOW, *rows, note="stride and padding")


def _window_by_list(row: int, column: int, kernel_size: Any, stride: Any, padding: Any) -> list:
    window = []
    for i, f, s, p in ((row, *_first(kernel_size, stride, padding)), (column, *_last(kernel_size, stride, padding))):
        seen = [i * s + u - p for u in range(f)]
        window.append([seen[0], seen[-1]])
    return window


def _first(*pairs: Any) -> list:
    return [pair[0] for pair in pairs]


def _last(*pairs: Any) -> list:
    return [pair[1] for pair in pairs]


def _swapped(row: int, column: int, kernel_size: Any, stride: Any, padding: Any) -> tuple:
    return arithmetic.receptive_window(row, column, kernel_size[::-1], stride[::-1], padding[::-1])


def _corners(row: int, column: int, kernel_size: Any, stride: Any, padding: Any) -> tuple:
    (top, bottom), (left, right) = arithmetic.receptive_window(row, column, kernel_size, stride, padding)
    return (top, left), (bottom, right)


RECEPTIVE_WINDOW = Exercise(
    name="receptive_window",
    reference=arithmetic.receptive_window,
    properties=[
        Property("plain", "With stride 1 and no padding, the window starts at the neuron's own row.", _plain_windows),
        Property("rectangular kernels", "Kernels have a height and a width: vertical comes first.", _rectangular),
        Property("stride", "Each step of the neuron moves the window by one stride.", _strided_windows),
        Property("padding", "Padding moves the first window up and to the left, out of the picture.", _padded_windows),
        Property("all together", "Stride and padding work together.", _whole_windows),
    ],
    mistakes=[
        Mistake(
            "end off by one",
            "Your window ends one row and one column too late. A window of 3 rows that starts at row 0 ends at row 2.",
            _both(lambda i, f, s, p: (i * s - p, i * s - p + f)),
        ),
        Mistake(
            "+ p for - p",
            "You add the padding. Zeros above the picture let the window start earlier, at smaller row numbers.",
            _both(lambda i, f, s, p: (i * s + p, i * s + p + f - 1)),
        ),
        Mistake(
            "stride on the end only",
            "You use the stride for the end of the window, not for its start: so the windows grow from row to row.",
            _both(lambda i, f, s, p: (i - p, i * s - p + f - 1)),
        ),
        Mistake(
            "stride on the start only",
            "You use the stride for the start of the window, not for its end.",
            _both(lambda i, f, s, p: (i * s - p, i - p + f - 1)),
        ),
        Mistake(
            "height and width swapped",
            "You take the first number of each pair for the columns. Vertical comes before horizontal.",
            _swapped,
        ),
        Mistake(
            "a row of the output taken for a row of the input",
            "You leave the stride out: your window starts at the neuron's own row. A neuron in row 3 of a layer "
            "with stride 2 looks at rows further down.",
            _both(lambda i, f, s, p: (i - p, i - p + f - 1)),
        ),
        Mistake(
            "padding left out",
            "You leave the padding out.",
            _both(lambda i, f, s, p: (i * s, i * s + f - 1)),
        ),
        Mistake(
            "clipped to the picture",
            "You cut the window off at row 0. Rows of the padding are asked for too: the row above the picture is -1.",
            _both(lambda i, f, s, p: (max(i * s - p, 0), i * s - p + f - 1)),
        ),
        Mistake(
            "centred on the neuron",
            "You put the neuron in the middle of its window. That is so only where the padding is half the kernel.",
            _both(lambda i, f, s, p: (i * s - f // 2, i * s - f // 2 + f - 1)),
        ),
        Mistake(
            "padding times stride",
            "You take the padding off before you multiply by the stride. Padding is counted in pixels of the input.",
            _both(lambda i, f, s, p: ((i - p) * s, (i - p) * s + f - 1)),
        ),
        Mistake(
            "kernel stretched by the stride",
            "You multiply the kernel's rows by the stride as well. It moves the window, it does not stretch it.",
            _both(lambda i, f, s, p: (i * s - p, (i + f - 1) * s - p)),
        ),
        Mistake(
            "corners instead of rows and columns",
            "Your numbers are right, but you return the two corners. "
            "Wanted are the rows (top, bottom), then the columns (left, right).",
            _corners,
        ),
    ],
    hints=[
        "Work along one axis first. A neuron in row 0 without padding starts at row 0. Where does row 1 start?",
        "Padding of 1 moves the start of every window by one row. In which direction?",
        "A window of f rows that starts at row t ends at row t + f - 1. Now find t from i, s and p.",
    ],
    right_forms=[
        Form("lists of all rows and columns", _window_by_list),
        Form("one axis at a time", _both(lambda i, f, s, p: (s * i - p, s * i - p + f - 1))),
    ],
    forbidden=("course.arithmetic.receptive_window", "course.receptive.unit_window"),
)
