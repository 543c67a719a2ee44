"""`max_pool2d`: windows that pass on their largest value."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..cases import Maker
from ..families import pooling
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, channels: int, height: int, width: int, f_h: int, f_w: int,
         stride: int, padding: int, values: str) -> dict[str, Any]:  # fmt: skip
    """Return feature maps and a window."""
    x = pooling.maps_of(rng, (pictures, channels, height, width), values)
    return {"x": x, "kernel_size": (f_h, f_w), "stride": stride, "padding": padding}


cases = Maker(make, note=pooling.note_of, least={"padding": 0}, pictures=1, channels=1, height=3, width=4, f_h=2,
              f_w=2, stride=2, padding=0, values="any")  # fmt: skip


def side_by_side(rng: np.random.Generator) -> list[Case]:
    """Return the window of the book, and windows without gaps."""
    book = {"x": pooling.BOOK, "kernel_size": (2, 2), "stride": 2, "padding": 0}
    some = cases({"height": 4, "width": 6}, {"pictures": 2, "channels": 3, "height": 5, "width": 7},
                 {"channels": 2, "height": 7, "width": 8, "f_h": 3, "f_w": 3, "stride": 3})  # fmt: skip
    return [Case(book, "the window of figure 14-8"), *some(rng)]


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return whole numbers, a map with a hole, a small picture, an empty batch."""
    hole = pooling.maps_of(rng, (1, 2, 4, 6))
    hole[0, 1, 2, 2:4] = 99, np.nan  # beside the largest of all, neither the first nor the last of its window
    return [
        Case({"x": rng.integers(-90, 90, (2, 3, 4, 5)), "kernel_size": (2, 2), "stride": 2, "padding": 0},
             "whole numbers"),
        Case({"x": rng.integers(-90, -9, (1, 2, 3, 4)), "kernel_size": (2, 3), "stride": 2, "padding": 1},
             "whole numbers, padding 1"),
        Case({"x": hole, "kernel_size": (2, 2), "stride": 2, "padding": 0}, "a window with NaN, not a number"),
        *cases({"channels": 2, "height": 2, "width": 3, "f_h": 4, "f_w": 4, "padding": 1, "values": "negative",
                "note": "a window larger than the picture"})(rng),
        Case({"x": np.zeros((0, 3, 4, 6)), "kernel_size": (2, 2), "stride": 2, "padding": 0}, "an empty batch"),
    ]  # fmt: skip


PROPERTIES = [
    Property(
        "windows side by side",
        "Each window passes on its largest value, each channel on its own.",
        side_by_side,
        weight=2,
    ),
    Property(
        "negative values",
        "Where all values are negative, the largest of them goes on.",
        cases({"height": 2, "values": "negative"},
              {"pictures": 2, "channels": 3, "height": 4, "width": 5, "f_w": 3, "stride": 1, "values": "deep"}),
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
              {"channels": 2, "height": 3, "width": 4, "f_h": 3, "f_w": 4, "stride": 1}),
    ),
    Property(
        "padding",
        "The border is never the largest value.",
        cases({"padding": 1, "values": "negative"}, {"padding": 1, "height": 2, "values": "deep", "f_w": 3},
              {"pictures": 2, "channels": 3, "height": 5, "width": 6, "f_h": 3, "stride": 1, "padding": 1},
              {"channels": 2, "height": 5, "width": 7, "f_h": 4, "f_w": 5, "stride": 3, "padding": 2}),
    ),
    Property(
        "unusual input",
        "Whole numbers give floats, NaN gives NaN, a window may be larger than the picture, a batch empty.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def real(window: np.ndarray) -> np.ndarray:
    """Return the window with NaN where it lies in the border."""
    return np.where(np.isinf(window), np.nan, window)


MISTAKES = [
    *pooling.MISTAKES,
    *pooling.BORDER_MISTAKES,
    wrong("a max that starts at 0", "A window of negative numbers gives 0 in your output. Does your maximum start at "
          "0 (or at sys.float_info.min, which is above 0)? Start from minus infinity, or from the first value of the "
          "window.", starts=lambda x: 0.0),
    *[
        wrong(
            f"a max that starts at {number}",
            f"Your maximum starts at {number}, so a window of smaller numbers gives {number}. Start from minus "
            "infinity, or from the first value of the window.",
            starts=lambda x, number=number: float(number),
        )
        for number in (-1, -100, -999, -1000, -9999)
    ],
    wrong("a max that starts at the first pixel", "Your maximum starts at the first pixel of the map for every "
          "window. Start from minus infinity, or from the first value of the window.", starts=lambda x: x[:, :, 0, 0]),
    wrong("a max kept from window to window", "Your maximum is not started again for each window: the largest value "
          "so far stays. Set it back inside both loops.",
          remembers=lambda z: np.maximum.accumulate(pooling.in_rows(z), axis=2).reshape(z.shape)),
    wrong("a max kept from window to window of a row", "Your maximum is started again for each row of the output "
          "only: within a row, the largest value so far stays. Set it back for each window.",
          remembers=lambda z: np.maximum.accumulate(z, axis=3)),
    wrong("a max kept from map to map", "Your maximum is never started again: the largest value of all maps so far "
          "stays. Set it back for each window.", remembers=lambda z: np.maximum.accumulate(z.ravel()).reshape(z.shape)),
    wrong("mean for max", "You pass on the mean of each window, not its maximum.",
          takes=lambda window, f, s: window.mean(axis=(2, 3))),
    wrong("mean for max, without the border", "You pass on the mean of each window, not its maximum.",
          takes=lambda window, f, s: np.nanmean(real(window), axis=(2, 3))),
    wrong("min for max", "You pass on the smallest value of each window, not the largest.",
          takes=lambda window, f, s: window.min(axis=(2, 3))),
    wrong("min for max, without the border", "You pass on the smallest value of each window, not the largest.",
          takes=lambda window, f, s: np.nanmin(real(window), axis=(2, 3))),
    wrong("the largest size", "You pass on the size of the number that is farthest from 0, without its sign: a large "
          "negative number is not a large number.", takes=lambda window, f, s: np.abs(window).max(axis=(2, 3))),
    wrong("the largest size, without the border", "You pass on the size of the number that is farthest from 0, "
          "without its sign: a large negative number is not a large number.",
          takes=lambda window, f, s: np.nanmax(np.abs(real(window)), axis=(2, 3))),
    wrong("the place of the largest", "You pass on where the largest value lies in its window, not the value: "
          "np.argmax gives a place, np.max a value.",
          takes=lambda window, f, s: pooling.in_rows(window).argmax(axis=2)),
    wrong("NaN passed over", "A window with NaN (not a number) should give NaN, as in torch. Yours looks past it, "
          "which would hide a broken network. np.max does not.",
          takes=lambda window, f, s: np.nanmax(window, axis=(2, 3))),
    wrong("not turned into floats", "Whole numbers cannot hold minus infinity. Turn x into floats before you pad it: "
          "np.asarray(x, dtype=float).", kind=lambda x: x.dtype),
    wrong("kept in the type of x", "Your output has the type of x: for whole numbers it should be floats all the same.",
          result=lambda x: x.dtype),
    wrong("nothing to reshape", "It works, until the batch is empty: reshape(..., -1) cannot tell how long a row of "
          "nothing is.", maps=lambda z: z if z.size else z.reshape(*z.shape[:2], -1)),
    wrong("nothing to stack", "It works, until the batch is empty: np.stack and np.array want at least one picture. "
          "Make the output first, then fill it.", maps=lambda z: np.stack(list(z))),
]  # fmt: skip

# --- Right forms, hints -----------------------------------------------------------------------------------------


def padded(x: Any, p: int) -> np.ndarray:
    """Return float maps with a border that never wins."""
    return pooling.around(np.asarray(x, dtype=float), p, p, -np.inf)


def by_views(x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Take the maximum of a view of all windows."""
    return sliding_window_view(padded(x, padding), kernel_size, axis=(2, 3))[:, :, ::stride, ::stride].max(axis=(4, 5))


def by_offsets(x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Compare, for each place in a window, the pixels that lie there in all windows."""
    x, (f_h, f_w) = padded(x, padding), kernel_size
    out_h, out_w = (x.shape[2] - f_h) // stride + 1, (x.shape[3] - f_w) // stride + 1
    out = np.full((*x.shape[:2], out_h, out_w), -np.inf)
    for u, v in np.ndindex(f_h, f_w):
        out = np.maximum(out, x[:, :, u::stride, v::stride][:, :, :out_h, :out_w])
    return out


def cut_at_the_edges(x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Cut each window off at the edges of the picture, without any padding."""
    x, (f_h, f_w), (height, width) = np.asarray(x, dtype=float), kernel_size, np.shape(x)[2:]
    tops = range(-padding, height + padding - f_h + 1, stride)
    lefts = range(-padding, width + padding - f_w + 1, stride)
    out = np.empty((*x.shape[:2], len(tops), len(lefts)))
    for (i, top), (j, left) in ((one, other) for one in enumerate(tops) for other in enumerate(lefts)):
        out[:, :, i, j] = x[:, :, max(top, 0) : top + f_h, max(left, 0) : left + f_w].max(axis=(2, 3))
    return out


def with_the_edge_repeated(x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Pad with pixels that are in the window anyway."""
    edge = np.pad(np.asarray(x, dtype=float), [(0, 0)] * 2 + [(padding, padding)] * 2, mode="edge")
    return by_views(edge, kernel_size, stride, 0)


def by_torch(x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Let PyTorch do it."""
    import torch

    return torch.nn.functional.max_pool2d(torch.tensor(np.asarray(x, dtype=float)), kernel_size, stride, padding)


EXERCISE = Exercise(
    name="max_pool2d",
    reference=ops.max_pool2d,
    computation=pooling.pool,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "How many windows fit? That is output_size of lesson 1, for the height and for the width.",
        "The window of output cell (i, j) starts at row i * stride and column j * stride of the padded picture.",
        "np.pad takes constant_values. Which number loses against every other? It needs floats: "
        "np.asarray(x, dtype=float).",
        "One window, of all samples and channels at once, is padded[:, :, top:bottom, left:right]. "
        "Take its maximum over axes 2 and 3.",
    ],
    right_forms=[
        Form("a view of all windows", by_views),
        Form("maximum over the places in a window", by_offsets),
        Form("windows cut off at the edges", cut_at_the_edges),
        Form("the edge repeated", with_the_edge_repeated),
        Form("PyTorch", by_torch, library="PyTorch"),
    ],
    focus=pooling.window_of,
)
