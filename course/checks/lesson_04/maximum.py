"""The check of max pooling."""

from __future__ import annotations

import numpy as np

from ...ops import max_pool2d
from ..spec import Case, Exercise, Form, Mistake, Property
from .windows import BOOK, maps, padded_with, pool_with, window_of

__all__ = ["MAX_POOL2D"]

# --- The cases ---------------------------------------------------------------------------


def _max_case(x, kernel_size, stride, padding=0, note=""):
    return Case({"x": x, "kernel_size": kernel_size, "stride": stride, "padding": padding}, note)


def _side_by_side(rng):
    return [
        _max_case(BOOK, (2, 2), 2, note="the window of figure 14-8"),
        _max_case(maps(rng, 1, 1, 4, 6), (2, 2), 2, note="windows side by side"),
        _max_case(maps(rng, 2, 3, 5, 7), (2, 2), 2, note="a row and a column are left over"),
        _max_case(maps(rng, 1, 2, 7, 8), (3, 3), 3, note="windows of 3 x 3"),
    ]


def _negative(rng):
    return [
        _max_case(maps(rng, 1, 1, 2, 4, low=-9, high=-2), (2, 2), 2, note="all values below -1"),
        _max_case(maps(rng, 2, 3, 4, 5, low=-50, high=-20), (2, 3), 1, note="all values far below 0"),
    ]


def _strides(rng):
    return [
        _max_case(maps(rng, 1, 1, 3, 4), (2, 2), 1, note="windows overlap: stride 1"),
        _max_case(maps(rng, 2, 3, 6, 9), (3, 3), 2, note="windows overlap: stride 2"),
        _max_case(maps(rng, 1, 2, 8, 7), (2, 2), 3, note="gaps between windows: stride 3"),
    ]


def _rectangular(rng):
    return [
        _max_case(maps(rng, 1, 1, 3, 6), (1, 3), 2, note="a wide window"),
        _max_case(maps(rng, 2, 3, 7, 6), (3, 2), 2, note="a tall window"),
    ]


def _padded(rng):
    return [
        _max_case(maps(rng, 1, 1, 3, 4, low=-9, high=-2), (2, 2), 2, 1, note="padding 1, all values negative"),
        _max_case(maps(rng, 2, 3, 5, 6), (3, 2), 1, 1, note="padding 1, stride 1, a tall window"),
        _max_case(maps(rng, 1, 2, 5, 7), (4, 5), 3, 2, note="padding 2"),
    ]


def _special(rng):
    with_nan = maps(rng, 1, 2, 4, 6)
    with_nan[0, 1, 2, 3] = np.nan
    return [
        _max_case(maps(rng, 1, 2, 3, 4), (3, 4), 1, note="a window as large as the picture"),
        _max_case(
            maps(rng, 1, 2, 2, 3, low=-9, high=-2), (4, 4), 2, 1, note="a window larger than the picture, padding 1"
        ),
        _max_case(rng.integers(-90, 90, size=(2, 3, 4, 5)), (2, 2), 2, note="whole numbers: the output is floats"),
        _max_case(rng.integers(0, 255, size=(1, 2, 4, 5), dtype=np.uint8), (2, 3), 2, 1, note="uint8, padding 1"),
        _max_case(np.zeros((0, 3, 4, 6)), (2, 2), 2, note="a batch with no picture in it"),
        _max_case(with_nan, (2, 2), 2, note="a window with NaN, not a number, gives NaN"),
    ]


# --- The mistakes and the right forms -----------------------------------------------------------


def _max_mistake(name, says, summary=np.max, **options):
    def function(x, kernel_size, stride, padding):
        return pool_with(x, kernel_size, stride, padding, summary, **options)

    return Mistake(name, says, function)


def _max_zero_padding(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size, stride, padding, np.max, border=0)


def _max_one_map(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size, stride, padding, np.max, across_channels=True)[:, :1]


def _max_swapped(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size[::-1], stride, padding, np.max)


def _max_swapped_cut(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size, stride, padding, np.max, extent=kernel_size[::-1])


def _max_square(x, kernel_size, stride, padding):
    return pool_with(x, (kernel_size[0], kernel_size[0]), stride, padding, np.max)


def _max_stride_one(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size, 1, padding, np.max)


def _max_kernel_as_stride(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size, kernel_size[0], padding, np.max)


def _max_stride_as_kernel(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size, stride, padding, np.max, extent=(stride, stride))


def _max_no_padding(x, kernel_size, stride, padding):
    return pool_with(x, kernel_size, stride, 0, np.max)


def _max_all_axes_padded(x, kernel_size, stride, padding):
    padded = np.pad(np.asarray(x, dtype=float), padding, constant_values=-np.inf)
    return pool_with(padded, kernel_size, stride, 0, np.max)


def _max_unpadded_slices(x, kernel_size, stride, padding):
    read = np.asarray(x, dtype=float)
    return pool_with(x, kernel_size, stride, padding, lambda w: np.max(w) if w.size else 0.0, read=read)


def _max_integers(x, kernel_size, stride, padding):
    pooled = pool_with(x, kernel_size, stride, padding, np.max)
    return pooled.astype(np.asarray(x).dtype)


def _off_by_one(x, kernel_size, stride, padding):
    f_h, f_w = kernel_size
    return pool_with(x, kernel_size, stride, padding, np.max, extent=(max(f_h - 1, 1), f_w - 1))


MAX_MISTAKES = (
    _max_mistake(
        "the last element",
        "Your windows pass on their last value, at the bottom right, not their largest. "
        "Is the result written over by each value in turn?",
        lambda w: w[-1, -1],
    ),
    _max_mistake(
        "the first element",
        "Your windows pass on their first value, at the top left, not their largest.",
        lambda w: w[0, 0],
    ),
    _max_mistake(
        "a max that starts at 0",
        "Your maximum starts at 0, so a window of negative numbers gives 0. "
        "Start from minus infinity, or from the first value of the window.",
        lambda w: max(w.max(), 0.0),
    ),
    _max_mistake(
        "a max that starts at -1",
        "Your maximum starts at -1, so a window of smaller numbers gives -1. "
        "Start from minus infinity, or from the first value of the window.",
        lambda w: max(w.max(), -1.0),
    ),
    Mistake(
        "zeros as padding",
        "You pad with zeros, and a zero wins over every negative number beside it. The border must never win.",
        _max_zero_padding,
    ),
    _max_mistake(
        "across channels",
        "You take the largest value of all channels together. Each channel is pooled on its own.",
        across_channels=True,
    ),
    Mistake(
        "across channels, one map",
        "You take the largest value of all channels together, and the output has "
        "a single channel. Each channel is pooled on its own, so the depth stays.",
        _max_one_map,
    ),
    Mistake(
        "height and width mixed",
        "Your window is as wide as it should be high, and as high as it should be wide: "
        "kernel_size is (height, width).",
        _max_swapped,
    ),
    Mistake(
        "height and width mixed in the slice",
        "The output has the right shape, but the piece that you cut out is "
        "kernel_size[1] high and kernel_size[0] wide: the two are mixed up.",
        _max_swapped_cut,
    ),
    Mistake("square windows", "Your windows are square: the width of kernel_size is not used.", _max_square),
    Mistake("stride ignored", "Your windows move by one pixel, whatever the stride is.", _max_stride_one),
    _max_mistake(
        "the index without its stride",
        "The output has the right shape, but the window of cell i starts at "
        "pixel i. It should start stride times as far.",
        step=1,
    ),
    Mistake(
        "the window size as stride",
        "Your windows always lie side by side: you move by the size of the window where you should move by the stride.",
        _max_kernel_as_stride,
    ),
    Mistake(
        "the stride as window size",
        "Each window that you look at is stride pixels high and wide. Its size is "
        "kernel_size; the stride says only where the next one starts.",
        _max_stride_as_kernel,
    ),
    _max_mistake(
        "ceil for floor",
        "Your output has a row or a column too many where the sizes do not divide: windows "
        "that do not fit are left out (floor, not ceil).",
        rounding=np.ceil,
    ),
    Mistake(
        "end off by one",
        "Your windows are one row and one column too small: the end of a slice in Python does not belong to it.",
        _off_by_one,
    ),
    Mistake(
        "all axes padded",
        "You pad the batch and the channels as well, so that your output has pictures and maps that nobody gave you. "
        "Give np.pad one pair for each axis, and (0, 0) for those that stay.",
        _max_all_axes_padded,
    ),
    Mistake("padding ignored", "Your output has the size that it would have without padding.", _max_no_padding),
    Mistake(
        "slices of the unpadded picture",
        "The output has the right shape, but the windows are cut out of x itself, not out of the padded picture.",
        _max_unpadded_slices,
    ),
    _max_mistake(
        "mean for max",
        "You pass on the mean of each window, not its maximum.",
        lambda w: w[np.isfinite(w) | np.isnan(w)].mean(),
    ),
    _max_mistake(
        "min for max",
        "You pass on the smallest value of each window, not the largest.",
        lambda w: w[w != -np.inf].min(),
    ),
    _max_mistake(
        "the largest size",
        "You pass on the number that is farthest from 0, or its size: a large negative number is not a large number.",
        lambda w: np.abs(np.where(w == -np.inf, 0, w)).max(),
    ),
    _max_mistake(
        "NaN passed over",
        "A window with NaN (not a number) should give NaN, as in torch. Yours looks past "
        "it, which would hide a broken network. np.max does not.",
        np.nanmax,
    ),
    Mistake(
        "whole numbers out",
        "Your output has the type of x. It should be floats: whole numbers cannot hold the "
        "minus infinity of the border.",
        _max_integers,
    ),
)


def _max_by_views(x, kernel_size, stride, padding):
    padded = padded_with(x, padding, -np.inf)
    views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(2, 3))
    return views[:, :, ::stride, ::stride].max(axis=(4, 5))


def _max_by_offsets(x, kernel_size, stride, padding):
    padded = padded_with(x, padding, -np.inf)
    (f_h, f_w), (height, width) = kernel_size, padded.shape[2:]
    out_h, out_w = (height - f_h) // stride + 1, (width - f_w) // stride + 1
    out = np.full((*padded.shape[:2], out_h, out_w), -np.inf)
    for u in range(f_h):
        for v in range(f_w):
            part = padded[:, :, u : u + stride * out_h : stride, v : v + stride * out_w : stride]
            out = np.maximum(out, part[:, :, :out_h, :out_w])
    return out


def _max_clipped(x, kernel_size, stride, padding):
    """No padding at all: each window is cut off at the edges of the picture."""
    x = np.asarray(x, dtype=float)
    (f_h, f_w), (height, width) = kernel_size, x.shape[2:]
    rows = range(-padding, height + padding - f_h + 1, stride)
    columns = range(-padding, width + padding - f_w + 1, stride)
    out = np.empty((*x.shape[:2], len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            window = x[:, :, max(top, 0) : top + f_h, max(left, 0) : left + f_w]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out


def _max_by_torch(x, kernel_size, stride, padding):
    import torch

    return torch.nn.functional.max_pool2d(torch.tensor(np.asarray(x, dtype=float)), kernel_size, stride, padding)


MAX_POOL2D = Exercise(
    name="max_pool2d",
    reference=max_pool2d,
    properties=[
        Property(
            "windows side by side",
            "Each window passes on its largest value, each channel on its own.",
            _side_by_side,
            weight=2,
        ),
        Property("negative values", "Where all values are negative, the largest of them goes on.", _negative),
        Property("strides", "Windows overlap, or leave gaps, where the stride is not their size.", _strides),
        Property("rectangular windows", "kernel_size is (height, width); the two may differ.", _rectangular),
        Property("padding", "The border is never the largest value.", _padded),
        Property(
            "unusual input",
            "Whole numbers, NaN, an empty batch and a window that covers the picture work too.",
            _special,
        ),
    ],
    mistakes=MAX_MISTAKES,
    hints=[
        "How many windows fit? That is output_size of lesson 1, for the height and for the width.",
        "The window of output cell (i, j) starts at row i * stride and column j * stride of the padded picture.",
        "np.pad takes constant_values. Which number loses against every other? It needs floats: "
        "np.asarray(x, dtype=float).",
        "One window, of all samples and channels at once, is padded[:, :, top:bottom, left:right]. "
        "Take its maximum over axes 2 and 3.",
    ],
    right_forms=[
        Form("a view of all windows", _max_by_views),
        Form("maximum over the places in a window", _max_by_offsets),
        Form("windows cut off at the edges", _max_clipped),
        Form("torch", _max_by_torch),
    ],
    focus=window_of,
    forbidden=("max_pool2d", "max_pool2d_backward"),
)
