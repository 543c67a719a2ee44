"""Exercises `conv_volume` and `conv2d`: every neuron of every map, for one picture and for a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..spec import Case, Exercise, Focus, Form, Mistake, Property
from .numbers import numbers, tenths
from .sliding import MISTAKES, batched, convolve

__all__ = ["CONV2D", "CONV_VOLUME", "conv_volume"]


def conv_volume(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Return all maps of one picture: the course's fast convolution of a batch of one."""
    return ops.conv2d(np.asarray(x)[np.newaxis], weight, bias, stride, padding)[0]


# (channels, height, width), (maps, kernel height, kernel width), stride, padding, what is special about it
Recipe = tuple[tuple[int, int, int], tuple[int, int, int], int, int, str]

PLAIN: list[Recipe] = [
    ((2, 3, 4), (3, 2, 2), 1, 0, "2 channels, 3 maps"),
    ((3, 5, 6), (2, 3, 3), 1, 0, "3 channels, 2 maps"),
    ((2, 4, 5), (4, 2, 2), 1, 0, "as many maps as columns"),
]
CHANNELS: list[Recipe] = [
    ((1, 3, 4), (3, 2, 2), 1, 0, "one channel"),
    ((4, 4, 3), (1, 2, 2), 1, 0, "one map"),
    ((5, 3, 4), (2, 1, 1), 1, 0, "a 1 x 1 kernel over 5 bands"),
]
STRIDES: list[Recipe] = [
    ((2, 5, 7), (3, 3, 3), 2, 0, "stride 2"),
    ((2, 8, 9), (3, 2, 3), 3, 0, "stride 3, longer than the kernel is high"),
    ((3, 6, 8), (2, 3, 3), 2, 1, "stride 2, padding 1; the last row and column do not fit"),
]
PADDINGS: list[Recipe] = [
    ((2, 3, 4), (3, 3, 3), 1, 1, "padding 1"),
    ((2, 4, 3), (3, 3, 2), 1, 2, "padding 2"),
    ((2, 3, 4), (3, 5, 5), 1, 2, "a window larger than the picture, padding 2"),
]
RECTANGLES: list[Recipe] = [
    ((2, 4, 6), (3, 2, 3), 1, 0, "a 2 x 3 kernel"),
    ((3, 6, 4), (2, 4, 1), 1, 1, "a 4 x 1 kernel"),
    ((2, 3, 5), (3, 3, 5), 1, 0, "a window as large as the picture"),
]


def _weights(rng: np.random.Generator, channels: int, maps: int, f_h: int, f_w: int) -> dict[str, np.ndarray]:
    return {"weight": tenths(rng, maps, channels, f_h, f_w), "bias": tenths(rng, maps) + 0.5}


def _one(rng: np.random.Generator, recipe: Recipe, batch: int | None = None) -> Case:
    (channels, height, width), (maps, f_h, f_w), stride, padding, note = recipe
    draw = numbers if height * width <= 20 else tenths
    shape = (channels, height, width) if batch is None else (batch, channels, height, width)
    given = {"x": draw(rng, *shape), **_weights(rng, channels, maps, f_h, f_w), "stride": stride, "padding": padding}
    return Case(given, note)


def _from(recipes: Sequence[Recipe], *batches: int | None) -> Callable[[np.random.Generator], list[Case]]:
    """Return the function that draws a case for each recipe, with batches of these sizes in turn."""

    def cases(rng: np.random.Generator) -> list[Case]:
        return [_one(rng, recipe, batches[k % len(batches)]) for k, recipe in enumerate(recipes)]

    return cases


def _photo_and_hole(rng: np.random.Generator, *batch: int) -> list[Case]:
    photo = rng.integers(60, 256, size=(*batch, 3, 3, 4)).astype(np.uint8)
    hole = tenths(rng, *batch, 2, 4, 5)
    hole[(*(0 for _ in batch), 1, 2, 3)] = np.nan
    rest = {"stride": 1, "padding": 1}
    return [
        Case({"x": photo, **_weights(rng, 3, 2, 2, 3), **rest}, "whole numbers, uint8"),
        Case({"x": hole, **_weights(rng, 2, 3, 2, 2), **rest}, "one pixel is not a number"),
    ]


def _linear_cases(rng: np.random.Generator) -> list[Case]:
    x, y = tenths(rng, 2, 4, 3), tenths(rng, 2, 4, 3)
    weight, bias = tenths(rng, 3, 2, 3, 2), np.zeros(3)
    rest = {"weight": weight, "bias": bias, "stride": 1, "padding": 1}
    return [Case({"x": picture, **rest}, note) for picture, note in ((x, "x"), (y, "y"), (2 * x - y, "2 x - y"))]


def _is_linear(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    first, second, mixed = (np.asarray(value, dtype=float) for value in values)
    if first.shape == second.shape == mixed.shape and np.allclose(2 * first - second, mixed, rtol=1e-3, atol=1e-3):
        return None
    return "without biases, the maps of 2 x - y should be twice the maps of x minus the maps of y"


def _focus(case: Case, index: tuple[int, ...]) -> Focus | None:
    x, weight, padding = case.arguments["x"], case.arguments["weight"], case.arguments["padding"]
    stride = case.arguments["stride"]
    lead, (row, column) = index[:-3], index[-2:]
    if len(index) != x.ndim:
        return None
    f_h, f_w = weight.shape[2:]
    top, left = row * stride - padding, column * stride - padding
    seen = np.pad(x[lead].astype(float), ((0, 0), (padding, padding), (padding, padding)))
    seen = seen[:, top + padding : top + padding + f_h, left + padding : left + padding + f_w]
    inside = (slice(max(top, 0), max(top + f_h, 0)), slice(max(left, 0), max(left + f_w, 0)))
    note = f"It sees this window of every channel, {len(weight[0])} in all; shown is channel 0."
    return Focus("x", (*lead, 0, *inside), seen=seen, note=note)


def _padded(x: Any, padding: int) -> np.ndarray:
    x = np.asarray(x, dtype=float)
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2)


def _by_einsum(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    windows = sliding_window_view(_padded(x, padding), weight.shape[2:], axis=(-2, -1))
    windows = windows[..., ::stride, ::stride, :, :]
    return np.einsum("...cijuv,kcuv->...kij", windows, weight) + np.asarray(bias)[:, None, None]


def _by_offsets(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    padded, (f_h, f_w) = _padded(x, padding), weight.shape[2:]
    out_h = (padded.shape[-2] - f_h) // stride + 1
    out_w = (padded.shape[-1] - f_w) // stride + 1
    z = np.zeros((*padded.shape[:-3], len(weight), out_h, out_w)) + np.asarray(bias)[:, None, None]
    for u in range(f_h):
        for v in range(f_w):
            seen = padded[..., u : u + (out_h - 1) * stride + 1 : stride, v : v + (out_w - 1) * stride + 1 : stride]
            z += np.einsum("...chw,kc->...khw", seen, weight[:, :, u, v])
    return z


def _by_scipy(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    from scipy.signal import correlate

    padded = _padded(x, padding)
    return (
        np.stack([correlate(padded, w, "valid", "direct")[0, ::stride, ::stride] for w in weight]) + bias[:, None, None]
    )


def _by_torch(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    import torch

    x, weight, bias = (torch.tensor(np.asarray(a, dtype=float)) for a in (x, weight, bias))
    return torch.nn.functional.conv2d(x, weight, bias, stride, padding)


_HINTS = [
    "Three loops visit every neuron: map k, row i, column j. The body of the loops is one neuron, as before.",
    "Pad first. Then all windows lie inside: neuron (i, j) sees padded[:, i*s : i*s + f_h, j*s : j*s + f_w].",
    "The output has (H + 2p - f_h) // s + 1 rows. Make it with np.zeros, which is float whatever the picture is.",
]

CONV_VOLUME = Exercise(
    name="conv_volume",
    reference=conv_volume,
    properties=[
        Property("plain", "With stride 1 and no padding, every neuron of every map is right.", _from(PLAIN, None)),
        Property(
            "channels", "A kernel is as deep as the picture; there are as many maps as kernels.", _from(CHANNELS, None)
        ),
        Property(
            "stride",
            "Neuron (i, j) starts at row i * s, column j * s; what does not fit is left out.",
            _from(STRIDES, None),
        ),
        Property("padding", "Zeros stand on each side of the picture, as many as asked for.", _from(PADDINGS, None)),
        Property("rectangles", "Kernels may be higher than wide, or wider than high.", _from(RECTANGLES, None)),
        Property("real pictures", "Whole numbers give floats, and NaN goes where it is seen.", _photo_and_hole),
        Property(
            "linear", "Without biases, the maps of a mixture are the mixture of the maps.", _linear_cases, _is_linear
        ),
    ],
    mistakes=MISTAKES,
    hints=_HINTS,
    right_forms=[
        Form("loops", convolve),
        Form("einsum over windows", _by_einsum),
        Form("sum over kernel offsets", _by_offsets),
        Form("SciPy", _by_scipy),
        Form("torch", lambda x, w, b, s, p: _by_torch(x[np.newaxis], w, b, s, p)[0]),
    ],
    focus=_focus,
    forbidden=("course.ops.conv2d", "course.ops.conv2d_loops", "course.ops.im2col", "course.ops.correlate2d"),
)


def _empty(rng: np.random.Generator) -> list[Case]:
    return [_one(rng, ((2, 4, 5), (3, 3, 2), 2, 1, "an empty batch"), 0)]


def _stacked(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    return np.stack([conv_volume(picture, weight, bias, stride, padding) for picture in x])


def _sample_for_filter(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    z = ops.conv2d(x, weight, bias, stride, padding)
    for n in range(len(z)):
        z[n] = z[n, n % len(weight)]
    return z


def _last_picture(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    z = ops.conv2d(x, weight, bias, stride, padding)
    z[:-1] = 0
    return z


BATCH_MISTAKES = [
    *(Mistake(m.name, m.says, batched(m.function)) for m in MISTAKES),
    Mistake(
        "the sample's index for the filter's",
        "You pick kernel and bias with the number of the picture. Use the number of the map, k.",
        _sample_for_filter,
    ),
    Mistake(
        "first picture only",
        "You return the maps of the first picture alone. The batch stays the first axis.",
        lambda x, w, b, s, p: ops.conv2d(x, w, b, s, p)[:1],
    ),
    Mistake(
        "last picture only",
        "Only the maps of the last picture are there, the others are zeros. Is the assignment outside the loop?",
        _last_picture,
    ),
    Mistake(
        "sums over the batch",
        "You add up the pictures of the batch. Each has maps of its own.",
        lambda x, w, b, s, p: ops.conv2d(x, w, b, s, p).sum(axis=0),
    ),
    Mistake(
        "maps before pictures",
        "Your output has the maps first and the pictures second. The batch is the first axis.",
        lambda x, w, b, s, p: ops.conv2d(x, w, b, s, p).swapaxes(0, 1),
    ),
    Mistake(
        "nothing to stack",
        "It works, until the batch is empty: np.stack wants at least one picture. Make the output first, then fill it.",
        _stacked,
    ),
]

CONV2D = Exercise(
    name="conv2d",
    reference=ops.conv2d,
    properties=[
        Property("plain", "Every neuron of every map of every picture is right.", _from(PLAIN, 1, 2, 3)),
        Property(
            "channels", "A kernel is as deep as the pictures; there are as many maps as kernels.", _from(CHANNELS, 2)
        ),
        Property(
            "stride",
            "Neuron (i, j) starts at row i * s, column j * s; what does not fit is left out.",
            _from(STRIDES, 2, 1),
        ),
        Property(
            "padding", "Zeros stand on each side of the pictures, as many as asked for.", _from(PADDINGS, 2, 1, 2)
        ),
        Property("rectangles", "Kernels may be higher than wide, or wider than high.", _from(RECTANGLES, 1, 2)),
        Property(
            "real pictures",
            "Whole numbers give floats, and NaN goes where it is seen.",
            lambda rng: _photo_and_hole(rng, 2),
        ),
        Property("empty batch", "A batch of no pictures gives no maps, of the right shape.", _empty),
    ],
    mistakes=BATCH_MISTAKES,
    hints=[
        "One more loop, over the pictures. What does your conv_volume give for one of them?",
        "Make the whole output first, of shape (N, F, out_h, out_w), so that an empty batch has a shape, too.",
        "A faster way needs two loops alone, over u and v: each weight[:, :, u, v] meets a shifted picture.",
    ],
    right_forms=[
        Form("loops", batched(convolve)),
        Form("the course's loops", ops.conv2d_loops),
        Form("einsum over windows", _by_einsum),
        Form("sum over kernel offsets", _by_offsets),
        Form("SciPy", batched(_by_scipy)),
        Form("torch", _by_torch),
    ],
    focus=_focus,
    forbidden=("course.ops.conv2d", "course.ops.conv2d_loops", "course.ops.im2col", "course.ops.correlate2d"),
)
