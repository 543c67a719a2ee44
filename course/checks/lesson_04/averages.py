"""The checks of average pooling and global average pooling."""

from __future__ import annotations

import numpy as np

from ...ops import avg_pool2d, global_avg_pool
from ..spec import Case, Exercise, Form, Mistake, Property
from .windows import BOOK, maps, pool_with, window_of

__all__ = ["AVG_POOL2D", "GLOBAL_AVG_POOL"]

# --- avg_pool2d --------------------------------------------------------------------------------------


def _avg_case(x, kernel_size, stride, note=""):
    return Case({"x": x, "kernel_size": kernel_size, "stride": stride}, note)


def _avg_plain(rng):
    return [
        _avg_case(BOOK, (2, 2), 2, note="the window of figure 14-8, averaged"),
        _avg_case(maps(rng, 1, 1, 4, 6), (2, 2), 2, note="windows side by side"),
        _avg_case(maps(rng, 2, 3, 5, 7), (2, 2), 2, note="a row and a column are left over"),
    ]


def _avg_strides(rng):
    return [
        _avg_case(maps(rng, 1, 1, 3, 4), (2, 2), 1, note="windows overlap: stride 1"),
        _avg_case(maps(rng, 2, 3, 6, 9), (3, 3), 2, note="windows overlap: stride 2"),
        _avg_case(maps(rng, 1, 2, 8, 7), (2, 2), 3, note="gaps between windows: stride 3"),
    ]


def _avg_rectangular(rng):
    return [
        _avg_case(maps(rng, 1, 1, 3, 6), (1, 3), 2, note="a wide window"),
        _avg_case(maps(rng, 2, 3, 7, 6), (3, 2), 2, note="a tall window"),
    ]


def _avg_special(rng):
    with_nan = maps(rng, 1, 2, 4, 6)
    with_nan[0, 1, 2, 3] = np.nan
    return [
        _avg_case(maps(rng, 1, 2, 3, 4), (3, 4), 1, note="a window as large as the picture"),
        _avg_case(
            2 * rng.integers(-40, 40, size=(2, 3, 4, 5)) + 1 - np.eye(4, 5, dtype=int), (2, 2), 2, note="whole numbers"
        ),
        _avg_case(rng.integers(150, 255, size=(1, 2, 4, 5), dtype=np.uint8), (2, 3), 2, note="uint8: sums above 255"),
        _avg_case(np.zeros((0, 3, 4, 6)), (2, 2), 2, note="a batch with no picture in it"),
        _avg_case(with_nan, (2, 2), 2, note="a window with NaN, not a number, gives NaN"),
    ]


def _avg_mistake(name, says, summary=np.mean, **options):
    return Mistake(name, says, lambda x, kernel_size, stride: pool_with(x, kernel_size, stride, 0, summary, **options))


def _avg_by_stride(x, kernel_size, stride):
    return pool_with(x, kernel_size, stride, 0, lambda w: w.sum() / stride**2)


def _avg_by_height(x, kernel_size, stride):
    return pool_with(x, kernel_size, stride, 0, lambda w: w.sum() / kernel_size[0] ** 2)


def _avg_by_four(x, kernel_size, stride):
    return pool_with(x, kernel_size, stride, 0, lambda w: w.sum() / 4)


def _avg_uint8(x, kernel_size, stride):
    x = np.asarray(x)
    if x.dtype != np.uint8:
        return avg_pool2d(x, kernel_size, stride)
    sums = pool_with(x, kernel_size, stride, 0, np.sum)
    return sums % 256 / (kernel_size[0] * kernel_size[1])


def _avg_whole(x, kernel_size, stride):
    pooled = pool_with(x, kernel_size, stride, 0, np.mean)
    return np.floor(pooled) if np.asarray(x).dtype.kind in "iu" else pooled


AVG_MISTAKES = (
    _avg_mistake(
        "sum for mean",
        "You pass on the sum of each window. The mean is the sum divided by the number of values in the window.",
        np.sum,
    ),
    _avg_mistake("max for mean", "You pass on the maximum of each window, as max pooling does, not its mean.", np.max),
    _avg_mistake(
        "the last element", "Your windows pass on a single value, their last, not the mean.", lambda w: w[-1, -1]
    ),
    _avg_mistake(
        "the first element", "Your windows pass on a single value, their first, not the mean.", lambda w: w[0, 0]
    ),
    _avg_mistake("median for mean", "You pass on the median of each window, not its mean.", np.median),
    Mistake(
        "divided by the stride",
        "You divide by stride * stride. A window has height times width values, whatever the stride.",
        _avg_by_stride,
    ),
    Mistake(
        "divided by the height twice",
        "You divide by height * height: a window has height times width values.",
        _avg_by_height,
    ),
    Mistake("divided by 4", "You divide by 4, which is right for 2 x 2 windows alone.", _avg_by_four),
    _avg_mistake(
        "across channels", "You average all channels together. Each channel is pooled on its own.", across_channels=True
    ),
    Mistake(
        "height and width mixed",
        "Your window is as wide as it should be high, and as high as it should be wide: "
        "kernel_size is (height, width).",
        lambda x, k, s: pool_with(x, k[::-1], s, 0, np.mean),
    ),
    Mistake(
        "square windows",
        "Your windows are square: the width of kernel_size is not used.",
        lambda x, k, s: pool_with(x, (k[0], k[0]), s, 0, np.mean),
    ),
    Mistake(
        "stride ignored",
        "Your windows move by one pixel, whatever the stride is.",
        lambda x, k, s: pool_with(x, k, 1, 0, np.mean),
    ),
    _avg_mistake(
        "the index without its stride",
        "The output has the right shape, but the window of cell i starts at "
        "pixel i. It should start stride times as far.",
        step=1,
    ),
    Mistake(
        "the window size as stride",
        "Your windows always lie side by side: you move by the size of the window where you should move by the stride.",
        lambda x, k, s: pool_with(x, k, k[0], 0, np.mean),
    ),
    _avg_mistake(
        "ceil for floor",
        "Your output has a row or a column too many where the sizes do not divide: windows "
        "that do not fit are left out (floor, not ceil).",
        rounding=np.ceil,
    ),
    Mistake(
        "uint8 sums", "Your sums wrap round: in uint8, 200 + 100 is 44. Turn the values into floats first.", _avg_uint8
    ),
    Mistake(
        "integer division",
        "Your means of whole numbers are whole numbers: the fraction is lost. Did you "
        "write // for /, or make an output of the type of x?",
        _avg_whole,
    ),
    _avg_mistake(
        "// for /",
        "You divide with //, which rounds down: the fraction is lost. The mean of 1, 5, 3 and 2 is 2.75.",
        lambda w: w.sum() // w.size,
    ),
    _avg_mistake(
        "NaN passed over", "A window with NaN (not a number) should give NaN. Yours looks past it.", np.nanmean
    ),
)


def _avg_by_views(x, kernel_size, stride):
    views = np.lib.stride_tricks.sliding_window_view(np.asarray(x, dtype=float), kernel_size, axis=(2, 3))
    return views[:, :, ::stride, ::stride].mean(axis=(4, 5))


def _avg_by_torch(x, kernel_size, stride):
    import torch

    return torch.nn.functional.avg_pool2d(torch.tensor(np.asarray(x, dtype=float)), kernel_size, stride)


AVG_POOL2D = Exercise(
    name="avg_pool2d",
    reference=avg_pool2d,
    properties=[
        Property(
            "windows side by side", "Each window passes on its mean, each channel on its own.", _avg_plain, weight=2
        ),
        Property("strides", "Windows overlap, or leave gaps, where the stride is not their size.", _avg_strides),
        Property("rectangular windows", "kernel_size is (height, width); the two may differ.", _avg_rectangular),
        Property(
            "unusual input",
            "Whole numbers, uint8, NaN, an empty batch and a window as large as the picture work too.",
            _avg_special,
        ),
    ],
    mistakes=AVG_MISTAKES,
    hints=[
        "The windows are those of max_pool2d without padding. One thing is different.",
        "mean(axis=(2, 3)) of a piece of x takes care of the sum and of the division, for all samples and channels.",
    ],
    right_forms=[
        Form("loops", lambda x, k, s: pool_with(x, k, s, 0, np.mean)),
        Form("a view of all windows", _avg_by_views),
        Form("torch", _avg_by_torch),
    ],
    focus=window_of,
    forbidden=("avg_pool2d", "avg_pool2d_backward"),
)


# --- global_avg_pool ---------------------------------------------------------------------------------


def _global_plain(rng):
    return [Case({"x": BOOK}, "one map"), Case({"x": maps(rng, 2, 3, 4, 5)}, "two samples, three maps of 4 x 5")]


def _global_special(rng):
    with_nan = maps(rng, 2, 3, 2, 4)
    with_nan[1, 2, 0, 3] = np.nan
    return [
        Case({"x": maps(rng, 1, 4, 1, 1)}, "maps of one pixel"),
        Case({"x": 4 * rng.integers(-40, 40, size=(2, 3, 4, 5)) + np.eye(4, 5, dtype=int)}, "whole numbers"),
        Case({"x": rng.integers(150, 255, size=(2, 3, 4, 5), dtype=np.uint8)}, "uint8"),
        Case({"x": np.zeros((0, 3, 4, 5))}, "a batch with no picture in it"),
        Case({"x": with_nan}, "one NaN: its map has no mean, the others have"),
    ]


def _global_mistake(name, says, function):
    return Mistake(name, says, lambda x: function(np.asarray(x, dtype=float)))


GLOBAL_MISTAKES = (
    _global_mistake(
        "all axes kept",
        "Your output has the shape (N, C, 1, 1). Let the two axes of size 1 go: (N, C).",
        lambda x: x.mean(axis=(2, 3), keepdims=True),
    ),
    _global_mistake(
        "sum for mean", "You return the sum of each map. Divide by its number of pixels.", lambda x: x.sum(axis=(2, 3))
    ),
    _global_mistake(
        "max for mean", "You return the largest value of each map, not the mean.", lambda x: x.max(axis=(2, 3))
    ),
    _global_mistake(
        "across channels",
        "You average over the channels too: one number for each sample. Each map has a mean of its own.",
        lambda x: x.mean(axis=(1, 2, 3)),
    ),
    _global_mistake(
        "across the batch",
        "You average over the samples too: one number for each channel.",
        lambda x: x.mean(axis=(0, 2, 3)),
    ),
    _global_mistake("one number", "You return a single number, the mean of everything.", lambda x: x.mean()),
    _global_mistake(
        "one axis only", "You average over the columns only. Rows have to go too.", lambda x: x.mean(axis=3)
    ),
    _global_mistake(
        "the wrong axes",
        "You average over axes 0 and 1, the samples and channels. The pixels of a map lie along axes 2 and 3.",
        lambda x: x.mean(axis=(0, 1)),
    ),
    Mistake(
        "integer division",
        "Your means of whole numbers are whole numbers: the fraction is lost.",
        lambda x: np.floor(global_avg_pool(x)) if x.dtype.kind in "iu" else global_avg_pool(x),
    ),
    _global_mistake(
        "NaN passed over",
        "A map with NaN (not a number) has no mean: it should give NaN.",
        lambda x: np.nanmean(x, axis=(2, 3)),
    ),
)


def _global_by_loops(x):
    out = np.zeros(x.shape[:2])
    for n, c in np.ndindex(out.shape):
        out[n, c] = sum(float(value) for value in x[n, c].ravel()) / x[n, c].size
    return out


GLOBAL_AVG_POOL = Exercise(
    name="global_avg_pool",
    reference=global_avg_pool,
    properties=[
        Property("means", "Each map of each sample becomes its mean: shape (N, C).", _global_plain),
        Property(
            "unusual input", "Maps of one pixel, whole numbers, NaN and an empty batch work too.", _global_special
        ),
    ],
    mistakes=GLOBAL_MISTAKES,
    hints=["Which two axes have to go?", "x.mean takes a tuple of axes."],
    right_forms=[
        Form("loops", _global_by_loops),
        Form(
            "flattened",
            lambda x: np.asarray(x, dtype=float).reshape(*x.shape[:2], x.shape[2] * x.shape[3]).mean(axis=2),
        ),
        Form("twice", lambda x: np.asarray(x, dtype=float).mean(axis=-1).mean(axis=-1)),
        Form("one window", lambda x: avg_pool2d(x, x.shape[2:], 1)[:, :, 0, 0]),
    ],
    forbidden=("global_avg_pool", "global_avg_pool_backward", "avg_pool2d"),
)
