"""`avg_pool2d`: windows that pass on their mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..cases import Maker
from ..families import pooling
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, channels: int, height: int, width: int, f_h: int, f_w: int,
         stride: int) -> dict[str, Any]:  # fmt: skip
    """Return feature maps and a window."""
    return {"x": pooling.maps_of(rng, (pictures, channels, height, width)), "kernel_size": (f_h, f_w), "stride": stride}


cases = Maker(make, note=pooling.note_of, pictures=1, channels=1, height=3, width=4, f_h=2, f_w=2, stride=2)


def side_by_side(rng: np.random.Generator) -> list[Case]:
    """Return the window of the book, and windows without gaps."""
    some = cases({"height": 4, "width": 6}, {"pictures": 2, "channels": 3, "height": 5, "width": 7},
                 {"channels": 2, "height": 7, "width": 8, "f_h": 3, "f_w": 3, "stride": 3})  # fmt: skip
    book = {"x": pooling.BOOK, "kernel_size": (2, 2), "stride": 2}
    return [Case(book, "the window of figure 14-8, averaged"), *some(rng)]


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return whole numbers, bytes, a map with a hole, an empty batch."""
    hole = pooling.maps_of(rng, (1, 2, 4, 6))
    hole[0, 1, 2, 3] = np.nan
    odd = 2 * rng.integers(-40, 40, (2, 3, 4, 5)) + 1 - np.eye(4, 5, dtype=int)  # means with a fraction
    return [
        Case({"x": odd, "kernel_size": (2, 2), "stride": 2}, "whole numbers"),
        Case({"x": rng.integers(150, 255, (1, 2, 4, 5), dtype=np.uint8), "kernel_size": (2, 3), "stride": 2},
             "uint8, sums above 255"),
        Case({"x": hole, "kernel_size": (2, 2), "stride": 2}, "a window with NaN, not a number"),
        Case({"x": np.zeros((0, 3, 4, 6)), "kernel_size": (2, 2), "stride": 2}, "an empty batch"),
    ]  # fmt: skip


PROPERTIES = [
    Property(
        "windows side by side",
        "Each window passes on its mean, each channel on its own.",
        side_by_side,
        weight=2,
    ),
    Property(
        "strides",
        "Windows overlap, or leave gaps, where the stride is not their size.",
        cases({"stride": 1}, {"pictures": 2, "channels": 3, "height": 6, "width": 9, "f_h": 3, "f_w": 3},
              {"channels": 2, "height": 8, "width": 7, "stride": 3}),
    ),
    Property(
        "rectangular windows",
        "kernel_size is (height, width); the two may differ.",
        cases({"width": 6, "f_h": 1, "f_w": 3}, {"pictures": 2, "channels": 3, "height": 7, "width": 6, "f_h": 3},
              {"channels": 2, "f_h": 3, "f_w": 4, "stride": 1}),
    ),
    Property(
        "unusual input",
        "Whole numbers and bytes give floats, a window with NaN gives NaN, a batch of no pictures gives no maps.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def mean(window: Array, f: tuple[int, int], s: int) -> Array:
    """Take the mean of each window."""
    return window.mean(axis=(2, 3))


def divided_by(count: Callable[[Array, tuple[int, int], int], float]) -> Callable[..., Array]:
    """Return what divides the sum of each window by a count."""
    return lambda window, f, s: window.sum(axis=(2, 3)) / count(window, f, s)


def average(x: Array, kernel: tuple[int, int], stride: int, /, **parts: Any) -> Array:
    """Pool without padding, and take means; each part of `pooling.pool` can be replaced by a wrong way to do it."""
    return pooling.pool(x, kernel, stride, 0, **{"takes": mean, "border": lambda x, p, fill: x, **parts})


MISTAKES = [
    *(one for one in pooling.MISTAKES if one.name not in ("sum", "median", "rounded down")),
    wrong("sum for mean", "You pass on the sum of each window. The mean is the sum divided by the number of values in "
          "the window.", takes=divided_by(lambda window, f, s: 1)),
    wrong("max for mean", "You pass on the maximum of each window, as max pooling does, not its mean.",
          takes=pooling.largest),
    wrong("min for mean", "You pass on the smallest value of each window, not its mean.",
          takes=lambda window, f, s: window.min(axis=(2, 3))),
    wrong("median for mean", "You pass on the median of each window, not its mean.",
          takes=lambda window, f, s: np.median(window, axis=(2, 3))),
    wrong("middle of the largest and smallest", "You pass on the middle between the largest and the smallest value. "
          "The mean counts all values of the window.",
          takes=lambda window, f, s: (window.max(axis=(2, 3)) + window.min(axis=(2, 3))) / 2),
    *[
        wrong(
            name,
            f"You divide by {what}. The mean divides by the number of values in the window, height times width.",
            takes=divided_by(count),
        )
        for name, what, count in (
            ("divided by the stride", "stride * stride", lambda window, f, s: s * s),
            ("divided by the stride once", "the stride", lambda window, f, s: s),
            ("divided by the height twice", "height * height", lambda window, f, s: f[0] ** 2),
            ("divided by the width twice", "width * width", lambda window, f, s: f[1] ** 2),
            ("divided by the height", "the window's height", lambda window, f, s: f[0]),
            ("divided by the width", "the window's width", lambda window, f, s: f[1]),
            ("divided by height plus width", "height + width", lambda window, f, s: f[0] + f[1]),
            ("divided by 4", "4, which is right for 2 × 2 windows alone", lambda window, f, s: 4),
            ("divided by the channels", "the number of channels", lambda window, f, s: window.shape[1]),
            ("divided twice", "the number of values twice", lambda window, f, s: (f[0] * f[1]) ** 2),
        )
    ],
    wrong("added across channels", "You add up the values of all channels, and divide by the size of one window. Each "
          "channel is pooled on its own.", across=pooling.channels_together,
          takes=divided_by(lambda window, f, s: f[0] * f[1])),
    wrong("a sum kept from window to window", "Your sum is not started again for each window: what was added before "
          "stays in it. Set it back to 0 inside both loops.",
          remembers=lambda z: pooling.in_rows(z).cumsum(axis=2).reshape(z.shape)),
    wrong("a sum kept from window to window of a row", "Your sum is started again for each row of the output only: "
          "within a row, what was added before stays in it. Set it back to 0 for each window.",
          remembers=lambda z: z.cumsum(axis=3)),
    wrong("a sum kept from map to map", "Your sum is never started again: what was added before stays in it. Set it "
          "back to 0 for each window.", remembers=lambda z: z.cumsum().reshape(z.shape)),
    wrong("// for /", "Your means are rounded down to whole numbers: // does that. The mean of 1, 5, 3 and 2 is 2.75.",
          axes=np.floor),
    wrong("fractions cut off", "The fractions of your means are cut off: int() does that. The mean of 1, 5, 3 and 2 "
          "is 2.75.", axes=np.trunc),
    wrong("rounded", "Your means are rounded to whole numbers. The mean of 1, 5, 3 and 2 is 2.75.", axes=np.round),
    wrong("uint8 sums", "Your sums wrap round: in uint8, 200 + 100 is 44. Turn the values into floats first.",
          kind=lambda x: x.dtype,
          takes=lambda window, f, s: window.sum(axis=(2, 3), dtype=window.dtype) / (window.shape[2] * window.shape[3])),
    wrong("integer division", "Your means of whole numbers are whole numbers: the fraction is lost. Is the output "
          "made in the type of x? It should be floats.", result=lambda x: x.dtype),
    wrong("// for whole numbers", "Your means of whole numbers are rounded down: // does that. They have fractions, "
          "too.", kind=lambda x: x.dtype,
          takes=lambda window, f, s: (
            mean(window, f, s)
            if window.dtype.kind == "f"
            else window.sum(axis=(2, 3)) // (window.shape[2] * window.shape[3])
        )),
    wrong("NaN passed over", "A window with NaN (not a number) should give NaN. Yours looks past it.",
          takes=lambda window, f, s: np.nanmean(window, axis=(2, 3))),
    wrong("nothing to reshape", "It works, until the batch is empty: reshape(..., -1) cannot tell how long a row of "
          "nothing is.", maps=lambda z: z if z.size else z.reshape(*z.shape[:2], -1)),
    wrong("nothing to stack", "It works, until the batch is empty: np.stack and np.array want at least one picture. "
          "Make the output first, then fill it.", maps=lambda z: np.stack(list(z))),
]  # fmt: skip

# --- Right forms, hints -----------------------------------------------------------------------------------------


def by_loops(x: Any, kernel_size: Any, stride: int) -> Any:
    """Add up value by value."""
    (f_h, f_w), (height, width) = kernel_size, x.shape[2:]
    out = np.zeros((*x.shape[:2], (height - f_h) // stride + 1, (width - f_w) // stride + 1))
    for n, c, i, j in np.ndindex(out.shape):
        total = 0.0
        for u, v in np.ndindex(f_h, f_w):
            total += x[n, c, i * stride + u, j * stride + v]
        out[n, c, i, j] = total / (f_h * f_w)
    return out


def by_views(x: Any, kernel_size: Any, stride: int) -> Any:
    """Take the mean of a view of all windows."""
    views = sliding_window_view(np.asarray(x, dtype=float), kernel_size, axis=(2, 3))
    return views[:, :, ::stride, ::stride].mean(axis=(4, 5))


def by_sums(x: Any, kernel_size: Any, stride: int) -> Any:
    """Take differences of running sums, which a hole would spoil: only where there is none."""
    x, (f_h, f_w) = np.asarray(x, dtype=float), kernel_size
    if np.isnan(x).any():
        return by_views(x, kernel_size, stride)
    s = np.pad(x, ((0, 0), (0, 0), (1, 0), (1, 0))).cumsum(axis=2).cumsum(axis=3)
    sums = s[:, :, f_h:, f_w:] - s[:, :, :-f_h, f_w:] - s[:, :, f_h:, :-f_w] + s[:, :, :-f_h, :-f_w]
    return sums[:, :, ::stride, ::stride] / (f_h * f_w)


def by_torch(x: Any, kernel_size: Any, stride: int) -> Any:
    """Let PyTorch do it."""
    import torch

    return torch.nn.functional.avg_pool2d(torch.tensor(np.asarray(x, dtype=float)), kernel_size, stride)


EXERCISE = Exercise(
    name="avg_pool2d",
    reference=ops.avg_pool2d,
    computation=average,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "The windows are those of max_pool2d without padding. One thing is different.",
        "mean(axis=(2, 3)) of a piece of x takes care of the sum and of the division, for all samples and channels.",
    ],
    right_forms=[
        Form("loops", by_loops),
        Form("a view of all windows", by_views),
        Form("running sums", by_sums),
        Form("PyTorch", by_torch, library="PyTorch"),
    ],
    focus=pooling.window_of,
)
