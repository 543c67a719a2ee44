"""The check of the shapes through the layers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..spec import Case, Exercise, Form, Mistake, Property

__all__ = ["SHAPE_TRACE"]

Layer = dict[str, Any]
Shape = tuple[int, ...]


def _conv(out_channels: int, kernel: Shape, stride: Shape = (1, 1), padding: Shape = (0, 0)) -> Layer:
    return {
        "kind": "conv",
        "out_channels": out_channels,
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
    }


def _pool(kernel: Shape, stride: Shape | None = None, padding: Shape = (0, 0)) -> Layer:
    return {"kind": "pool", "kernel_size": kernel, "stride": stride or kernel, "padding": padding}


RELU: Layer = {"kind": "relu"}
DROPOUT: Layer = {"kind": "dropout"}
NORM: Layer = {"kind": "norm"}
FLATTEN: Layer = {"kind": "flatten"}


def _dense(out_features: int) -> Layer:
    return {"kind": "dense", "out_features": out_features}


def _case(note: str, input_shape: Shape, *layers: Layer) -> Case:
    return Case({"layers": list(layers), "input_shape": input_shape}, note)


def _convolutions(rng: np.random.Generator) -> list[Case]:
    height, width, filters = (int(n) for n in (rng.integers(9, 14), rng.integers(15, 20), rng.integers(4, 9)))
    return [
        _case("no padding", (3, 6, 8), _conv(5, (3, 2))),
        _case("padding", (2, 5, 9), _conv(4, (3, 5), padding=(1, 2)), RELU),
        _case("a stride", (1, height, width), _conv(filters, (3, 2), (2, 3), (2, 1)), NORM, _conv(3, (2, 3))),
    ]


def _pools(rng: np.random.Generator) -> list[Case]:
    height, width = int(rng.integers(4, 9)) * 2 + 1, int(rng.integers(10, 14)) * 2 + 1
    return [
        _case("a size that does not divide", (4, 7, 5), _pool((2, 2))),
        _case("windows that overlap", (5, 9, 12), _pool((3, 2), (2, 1))),
        _case("twice", (3, height, width), _pool((2, 2)), RELU, _pool((2, 3))),
    ]


def _dense_layers(rng: np.random.Generator) -> list[Case]:
    neurons = int(rng.integers(5, 30))
    return [
        _case("flatten", (3, 2, 4), FLATTEN),
        _case("dense layers", (2, 5, 4), FLATTEN, _dense(neurons), RELU, DROPOUT, _dense(10)),
    ]


def _whole(rng: np.random.Generator) -> list[Case]:
    height, width = int(rng.integers(13, 16)) * 2 + 1, int(rng.integers(18, 22)) * 2
    wide, tall = int(rng.integers(2, 6)), int(rng.integers(7, 9))
    tail = (FLATTEN, _dense(16), RELU, DROPOUT, _dense(10))
    first = (_conv(wide, (7, 7), padding=(3, 3)), RELU, _pool((2, 2)))
    second = (_conv(tall, (3, 3), padding=(1, 1)), NORM, RELU, _pool((2, 2)))
    return [
        _case("28 x 28, three pools", (1, 28, 28), *first, *second, _pool((2, 2)), *tail),
        _case("another picture", (3, height, width), *first, *second, *tail),
    ]


def _trace(
    layers: list[Layer],
    input_shape: Shape,
    size: Any = lambda n, f, s, p: (n + 2 * p - f) // s + 1,
    pool: Any = None,
    deeper: bool = True,
    flat: Any = math.prod,
) -> list[Shape]:
    """Return the shapes; what is given after the second argument is where a mistake differs."""
    shape, shapes = input_shape, []
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            count = pool if pool is not None and layer["kind"] == "pool" else size
            windows = zip(shape[1:], layer["kernel_size"], layer["stride"], layer["padding"], strict=True)
            channels = layer["out_channels"] if deeper and layer["kind"] == "conv" else shape[0]
            shape = (channels, *(count(*window) for window in windows))
        elif layer["kind"] == "flatten":
            shape = (flat(shape),)
        elif layer["kind"] == "dense":
            shape = (layer["out_features"],)
        shapes.append(shape)
    return shapes


def _reference(layers: list[Layer], input_shape: Shape) -> tuple[Shape, ...]:
    return tuple(_trace(layers, input_shape))


def _swapped(layers: list[Layer], input_shape: Shape) -> list[Shape]:
    """Take the kernel's height for the width, and the width for the height."""
    names = ("kernel_size", "stride", "padding")
    turned = [{key: value[::-1] if key in names else value for key, value in layer.items()} for layer in layers]
    return _trace(turned, input_shape)


def _channels_last(layers: list[Layer], input_shape: Shape) -> list[Shape]:
    return [shape[1:] + shape[:1] for shape in _trace(layers, input_shape)]


def _written_out(layers: list[Layer], input_shape: Shape) -> list[list[int]]:
    """Return a right answer written without a helper, as lists."""
    shapes, now = [], list(input_shape)
    for layer in layers:
        kind = layer["kind"]
        if kind == "flatten":
            total = 1
            for n in now:
                total *= n
            now = [total]
        elif kind == "dense":
            now = [layer["out_features"]]
        elif kind in ("conv", "pool"):
            (f_h, f_w), (s_h, s_w), (p_h, p_w) = layer["kernel_size"], layer["stride"], layer["padding"]
            now = [
                layer.get("out_channels", now[0]),
                1 + (now[1] + 2 * p_h - f_h) // s_h,
                (now[2] + 2 * p_w - f_w) // s_w + 1,
            ]
        shapes.append(list(now))
    return shapes


SHAPE_TRACE = Exercise(
    name="shape_trace",
    reference=_reference,
    properties=[
        Property(
            "convolutions", "A convolution gives out_channels maps; height and width follow lesson 1.", _convolutions
        ),
        Property("pooling", "A pool keeps the channels, and rounds down.", _pools),
        Property("flatten and dense", "Flatten lines all numbers up; a dense layer gives out_features.", _dense_layers),
        Property("whole networks", "Each layer takes the shape that the layer before it gives.", _whole, weight=2),
    ],
    mistakes=[
        Mistake(
            "a pool that rounds up",
            "Your pooling rounds up: 7 becomes 4, and the book's network would end in 4 × 4 × 256. A window that does "
            "not fit whole is left out.",
            lambda layers, shape: _trace(layers, shape, pool=lambda n, f, s, p: math.ceil((n + 2 * p - f) / s) + 1),
        ),
        Mistake(
            "a pool missing",
            "Your pools leave the shape as it is. A pool with stride 2 halves height and width.",
            lambda layers, shape: _trace(layers, shape, pool=lambda n, f, s, p: n),
        ),
        Mistake(
            "the pool's stride ignored",
            "Your pool moves its window by one pixel. It moves by its stride.",
            lambda layers, shape: _trace(layers, shape, pool=lambda n, f, s, p: n + 2 * p - f + 1),
        ),
        Mistake(
            "stride ignored",
            "You leave the stride out, in convolutions and pools.",
            lambda layers, shape: _trace(layers, shape, lambda n, f, s, p: n + 2 * p - f + 1),
        ),
        Mistake(
            "padding ignored",
            "You leave the padding out. There are zeros on both sides.",
            lambda layers, shape: _trace(layers, shape, lambda n, f, s, p: (n - f) // s + 1),
        ),
        Mistake(
            "padding counted once",
            "You count the padding once. There are that many zeros before the picture, and as many after it.",
            lambda layers, shape: _trace(layers, shape, lambda n, f, s, p: (n + p - f) // s + 1),
        ),
        Mistake(
            "+ 1 forgotten",
            "You count the steps between the windows. The first window is there before the first step.",
            lambda layers, shape: _trace(layers, shape, lambda n, f, s, p: (n + 2 * p - f) // s),
        ),
        Mistake(
            "/ gives a float",
            "You divide with /, which gives a number with a decimal point. A count of windows is whole: use //.",
            lambda layers, shape: _trace(layers, shape, lambda n, f, s, p: (n + 2 * p - f) / s + 1),
        ),
        Mistake(
            "channels of the input kept",
            "Your convolutions keep the number of channels. A convolution gives one map for each of its filters.",
            lambda layers, shape: _trace(layers, shape, deeper=False),
        ),
        Mistake(
            "height and width of the kernel swapped",
            "You use the kernel's height for the width of the picture. Pairs are (height, width).",
            _swapped,
        ),
        Mistake(
            "channels last",
            "You put the channels last. In this course, as in PyTorch, a shape is (channels, height, width).",
            _channels_last,
        ),
        Mistake(
            "channels lost in flattening",
            "Your flatten counts height times width. It lines up all numbers of all channels.",
            lambda layers, shape: _trace(layers, shape, flat=lambda shape: math.prod(shape[1:])),
        ),
        Mistake(
            "channels alone in flattening",
            "Your flatten keeps the number of channels alone. It lines up all numbers: channels × height × width.",
            lambda layers, shape: _trace(layers, shape, flat=lambda shape: shape[0]),
        ),
        Mistake(
            "the input in the list",
            "Your list begins with the input. It should hold one shape for each layer.",
            lambda layers, shape: [shape, *_trace(layers, shape)],
        ),
        Mistake(
            "the last shape alone",
            "You return the last shape alone. Collect the shape after every layer in a list.",
            lambda layers, shape: _trace(layers, shape)[-1],
        ),
        Mistake(
            "layers without weights left out",
            "Your list leaves out the layers that keep the shape, such as ReLU. Every layer has its entry.",
            lambda layers, shape: [
                new
                for layer, new in zip(layers, _trace(layers, shape), strict=True)
                if layer["kind"] in ("conv", "pool", "flatten", "dense")
            ],
        ),
    ],
    hints=[
        "Go through the layers with one variable, `shape`, that each layer may replace. Append it after each.",
        "A convolution and a pool treat height and width alike: floor((n + 2p - f) / s) + 1, from lesson 1. What "
        "differs is the first number.",
        'Take the pairs apart: `f_h, f_w = layer["kernel_size"]`. Kinds that you do not know keep the shape.',
    ],
    right_forms=[Form("written out, lists", _written_out)],
)
