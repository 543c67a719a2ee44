"""Exercise `im2col`: every window as a column, so that a layer is one matrix product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..spec import Case, Exercise, Focus, Form, Mistake, Property
from .numbers import numbers, tenths

__all__ = ["IM2COL"]

Window = tuple[int, int]


def _case(x: np.ndarray, kernel_size: Window, stride: int, padding: int, note: str) -> Case:
    return Case({"x": x, "kernel_size": kernel_size, "stride": stride, "padding": padding}, note)


def _plain(rng: np.random.Generator) -> list[Case]:
    return [
        _case(np.arange(1.0, 13.0).reshape(1, 1, 3, 4), (2, 2), 1, 0, "one channel, counted from 1"),
        _case(numbers(rng, 1, 2, 3, 4), (2, 2), 1, 0, "2 channels"),
        _case(tenths(rng, 2, 3, 4, 5), (3, 3), 1, 0, "2 pictures, 3 channels"),
    ]


def _strides(rng: np.random.Generator) -> list[Case]:
    return [
        _case(numbers(rng, 1, 1, 4, 6), (2, 3), 2, 0, "stride 2; the last column does not fit"),
        _case(tenths(rng, 2, 2, 8, 9), (2, 3), 3, 0, "stride 3, longer than the window is high"),
        _case(tenths(rng, 1, 3, 7, 8), (3, 3), 2, 0, "stride 2"),
    ]


def _paddings(rng: np.random.Generator) -> list[Case]:
    return [
        _case(numbers(rng, 1, 1, 2, 3), (3, 3), 1, 1, "padding 1; the window is higher than the picture"),
        _case(tenths(rng, 2, 3, 3, 4), (3, 2), 1, 2, "padding 2"),
        _case(tenths(rng, 1, 2, 6, 5), (3, 3), 2, 1, "padding 1, stride 2"),
    ]


def _rectangles(rng: np.random.Generator) -> list[Case]:
    return [
        _case(numbers(rng, 1, 2, 3, 4), (1, 3), 1, 0, "1 x 3 windows"),
        _case(tenths(rng, 2, 3, 5, 4), (4, 2), 1, 1, "4 x 2 windows"),
        _case(tenths(rng, 2, 3, 3, 4), (3, 4), 1, 0, "a window as large as the picture"),
    ]


def _odd(rng: np.random.Generator) -> list[Case]:
    hole = numbers(rng, 1, 1, 3, 4)
    hole[0, 0, 1, 2] = np.nan
    return [
        _case(hole, (2, 2), 1, 0, "one pixel is not a number"),
        _case(np.zeros((0, 2, 4, 5)), (3, 2), 1, 0, "an empty batch"),
    ]


def _focus(case: Case, index: tuple[int, ...]) -> Focus | None:
    x, (f_h, f_w) = case.arguments["x"], case.arguments["kernel_size"]
    stride, padding = case.arguments["stride"], case.arguments["padding"]
    if len(index) != 3:
        return None
    sample, line, column = index
    channel, u, v = line // (f_h * f_w), line // f_w % f_h, line % f_w
    out_w = (x.shape[3] + 2 * padding - f_w) // stride + 1
    row, left = column // out_w * stride - padding, column % out_w * stride - padding
    inside = (slice(max(row, 0), max(row + f_h, 0)), slice(max(left, 0), max(left + f_w, 0)))
    note = f"Column {column} is one window; its line {line} is channel {channel}, row {u}, column {v} of that window."
    return Focus("x", (sample, channel, *inside), note=note)


# --- What people write instead ----------------------------------------------------------------------


def both_sides(x: np.ndarray, p: int) -> np.ndarray:
    """Add p zeros on each side."""
    return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))


def right_window(x: np.ndarray, padded: np.ndarray, i: int, j: int, f: Window, s: int) -> np.ndarray:
    """Return the window of neuron (i, j) in every picture and channel."""
    return padded[:, :, i * s : i * s + f[0], j * s : j * s + f[1]]


def _columns(
    x: np.ndarray,
    kernel_size: Window,
    stride: int,
    padding: int,
    border: Callable[..., np.ndarray] = both_sides,
    window: Callable[..., np.ndarray] = right_window,
    in_line: Callable[[np.ndarray], np.ndarray] = lambda w: w.reshape(len(w), int(np.prod(w.shape[1:]))),
    by_columns: bool = False,
    count: Callable[[int], int] = lambda n: n,
) -> np.ndarray:
    """Write every window as a column; each of the last arguments can be changed for a wrong one."""
    f_h, f_w = kernel_size
    padded = border(x, padding)
    out_h = count((x.shape[2] + 2 * padding - f_h) // stride + 1)
    out_w = count((x.shape[3] + 2 * padding - f_w) // stride + 1)
    places = [(i, j) for i in range(out_h) for j in range(out_w)]
    if by_columns:
        places = [(i, j) for j in range(out_w) for i in range(out_h)]
    return np.stack([in_line(window(x, padded, i, j, kernel_size, stride)) for i, j in places], axis=-1)


def _twisted(**twist: Any) -> Callable[..., Any]:
    def wrong(x: Any, kernel_size: Window, stride: int, padding: int) -> Any:
        return _columns(x, kernel_size, stride, padding, **twist)

    return wrong


def _after(change: Callable[..., Any]) -> Callable[..., Any]:
    """Return a wrong answer that changes the right columns."""

    def wrong(x: Any, kernel_size: Window, stride: int, padding: int) -> Any:
        return change(ops.im2col(x, kernel_size, stride, padding), len(x), x.shape[1], *kernel_size)

    return wrong


def _sees(change: Callable[..., Any]) -> Callable[..., Any]:
    return _twisted(window=change)


def _flat(w: np.ndarray) -> np.ndarray:
    return w.reshape(len(w), int(np.prod(w.shape[1:])))


def _loops(x: Any, kernel_size: Window, stride: int, padding: int) -> np.ndarray:
    f_h, f_w = kernel_size
    padded = np.pad(np.asarray(x, dtype=float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    batch, channels, height, width = padded.shape
    out_h, out_w = (height - f_h) // stride + 1, (width - f_w) // stride + 1
    columns = np.zeros((batch, channels * f_h * f_w, out_h * out_w))
    for c in range(channels):
        for u in range(f_h):
            for v in range(f_w):
                seen = padded[:, c, u : u + out_h * stride : stride, v : v + out_w * stride : stride]
                columns[:, (c * f_h + u) * f_w + v] = seen[:, :out_h, :out_w].reshape(batch, out_h * out_w)
    return columns


def _by_windows(x: Any, kernel_size: Window, stride: int, padding: int) -> np.ndarray:
    f_h, f_w = kernel_size
    padded = np.pad(np.asarray(x, dtype=float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    view = sliding_window_view(padded, kernel_size, axis=(2, 3))[:, :, ::stride, ::stride]
    batch, channels, out_h, out_w = view.shape[:4]
    return view.transpose(0, 1, 4, 5, 2, 3).reshape(batch, channels * f_h * f_w, out_h * out_w)


def _by_torch(x: Any, kernel_size: Window, stride: int, padding: int) -> Any:
    import torch

    if len(x) == 0:  # torch's unfold wants a picture
        return _loops(x, kernel_size, stride, padding)
    return torch.nn.functional.unfold(torch.tensor(x, dtype=torch.float64), kernel_size, 1, padding, stride)


MISTAKES = [
    Mistake(
        "windows as rows",
        "Your windows are the rows. Each window is a column: (N, C * f_h * f_w, L).",
        _after(lambda m, n, c, f_h, f_w: m.swapaxes(1, 2)),
    ),
    Mistake(
        "channels last in a column",
        "Inside a column you go through the channels of each pixel. All of channel 0 comes first, then channel 1.",
        _twisted(in_line=lambda w: _flat(w.transpose(0, 2, 3, 1))),
    ),
    Mistake(
        "window read down its columns",
        "You write each window column by column. Write it row by row.",
        _twisted(in_line=lambda w: _flat(w.transpose(0, 1, 3, 2))),
    ),
    Mistake(
        "windows ordered down the picture",
        "Your windows go down the picture first. They go along the rows: (0, 0), (0, 1), (0, 2), ...",
        _twisted(by_columns=True),
    ),
    Mistake(
        "first channel only",
        "You write the first channel alone into the columns. Each column holds the window of all channels.",
        _twisted(in_line=lambda w: _flat(w[:, :1])),
    ),
    Mistake(
        "channels summed",
        "You add up the channels. The columns hold the pixels; sums come later, in the matrix product.",
        _twisted(in_line=lambda w: _flat(w.sum(axis=1, keepdims=True))),
    ),
    Mistake(
        "batch beside the windows",
        "You put the windows of all pictures side by side in one matrix. Keep the batch as the first axis.",
        _after(lambda m, n, c, f_h, f_w: np.concatenate(list(m), axis=1)),
    ),
    Mistake(
        "first picture only",
        "You return the columns of the first picture alone.",
        _after(lambda m, n, c, f_h, f_w: m[:1]),
    ),
    Mistake(
        "windows flipped",
        "You turn the windows round. A column holds the pixels in their order.",
        _twisted(in_line=lambda w: _flat(w[:, :, ::-1, ::-1])),
    ),
    Mistake(
        "stride ignored",
        "You ignore the stride.",
        lambda x, f, s, p: _columns(x, f, 1, p),
    ),
    Mistake(
        "the index without its stride",
        "You have the right number of windows, but they start at i, j. With a stride: i * s, j * s.",
        _sees(lambda x, z, i, j, f, s: z[:, :, i : i + f[0], j : j + f[1]]),
    ),
    Mistake(
        "stride as the size of the window",
        "Your windows have the size of the stride. Their size is kernel_size.",
        _sees(lambda x, z, i, j, f, s: z[:, :, i * s : (i + 1) * s, j * s : (j + 1) * s]),
    ),
    Mistake(
        "stride as dilation",
        "You take every s-th pixel inside the window. The pixels of a window are neighbours.",
        _sees(lambda x, z, i, j, f, s: z[:, :, i : i + f[0] * s : s, j : j + f[1] * s : s]),
    ),
    Mistake(
        "windows side by side",
        "Your windows never overlap: you step by their size. Step by the stride.",
        lambda x, f, s, p: _after_tiles(x, f, p),
    ),
    Mistake(
        "padding ignored",
        "You ignore the padding.",
        lambda x, f, s, p: _columns(x, f, s, 0),
    ),
    Mistake(
        "padding fixed at 1",
        "You always add one row and column of zeros. Use the padding that is asked for.",
        lambda x, f, s, p: _columns(x, f, s, 1),
    ),
    Mistake(
        "padding on one side only",
        "You add all zeros above and to the left. Each side gets them.",
        _twisted(border=lambda x, p: np.pad(x, ((0, 0), (0, 0), (2 * p, 0), (2 * p, 0)))),
    ),
    Mistake(
        "slices the unpadded picture",
        "You pad the picture, and then cut the windows out of the one without padding.",
        _sees(lambda x, z, i, j, f, s: x[:, :, i * s : i * s + f[0], j * s : j * s + f[1]]),
    ),
    Mistake(
        "+ 1 forgotten",
        "The last row and column of windows is missing: their number is the number of steps, plus 1.",
        _twisted(count=lambda n: n - 1),
    ),
    Mistake(
        "square windows assumed",
        "You take the height of the window for its width, too. It may be 2 x 3.",
        lambda x, f, s, p: _columns(x, (f[0], f[0]), s, p),
    ),
    Mistake(
        "height and width of the window swapped",
        "You swap the height and the width of the window: kernel_size is (height, width).",
        lambda x, f, s, p: _columns(x, f[::-1], s, p),
    ),
    Mistake(
        "not-a-number replaced",
        "You replace NaN by 0. The columns hold the pixels as they are.",
        _after(lambda m, n, c, f_h, f_w: np.nan_to_num(m)),
    ),
]


def _after_tiles(x: np.ndarray, kernel_size: Window, padding: int) -> np.ndarray:
    f_h, f_w = kernel_size

    def tile(x: Any, z: Any, i: int, j: int, f: Window, s: int) -> Any:
        return z[:, :, i * f_h : (i + 1) * f_h, j * f_w : (j + 1) * f_w]

    padded = both_sides(x, padding)
    places = [(i, j) for i in range(padded.shape[2] // f_h) for j in range(padded.shape[3] // f_w)]
    return np.stack([_flat(tile(x, padded, i, j, kernel_size, 1)) for i, j in places], axis=-1)


IM2COL = Exercise(
    name="im2col",
    reference=ops.im2col,
    properties=[
        Property("plain", "Column l is window l, written channel by channel and row by row.", _plain),
        Property("stride", "Windows start at multiples of the stride; what does not fit is left out.", _strides),
        Property("padding", "Windows may hang over the edge, where they see zeros.", _paddings),
        Property("rectangles", "Windows may be higher than wide, or wider than high.", _rectangles),
        Property("odd pictures", "Every value is written as it is, NaN too; a batch may be empty.", _odd),
    ],
    mistakes=MISTAKES,
    hints=[
        "Two loops over the places of the output. At each place the window of all channels is one column.",
        "padded[:, :, i*s : i*s + f_h, j*s : j*s + f_w] is that window in every picture; reshape it to (N, C*f_h*f_w).",
        "Place (i, j) is column i * out_w + j.",
    ],
    right_forms=[
        Form("loops over windows", _columns),
        Form("loops over lines", _loops),
        Form("sliding_window_view", _by_windows),
        Form("torch.unfold", _by_torch),
    ],
    focus=_focus,
    forbidden=("course.ops.im2col", "course.ops.windows"),
)
