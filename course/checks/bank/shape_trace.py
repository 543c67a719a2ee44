"""`shape_trace`: the shape after each layer of a network."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, between
from ..families.moving import raising
from ..families.shapes import Layer, Shape, along_both_axes, both_sides, everywhere, in_windows, mixed_up, trace
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------
# A layer is drawn from a short form: ("conv", filters, kernel, stride, padding), ("pool", kernel, stride, padding),
# ("dense", neurons), or its kind alone. Stride and padding may be left out.


def layer_of(kind: str, *sizes: Any) -> Layer:
    """Return a layer as the exercise describes it."""
    if kind == "dense":
        return {"kind": kind, "out_features": sizes[0]}
    if kind not in ("conv", "pool"):
        return {"kind": kind}
    filters = {"out_channels": sizes[0]} if kind == "conv" else {}
    kernel, stride, padding = (*sizes[kind == "conv" :], None, None)[:3]
    stride = stride or ((1, 1) if kind == "conv" else kernel)
    return {"kind": kind, **filters, "kernel_size": kernel, "stride": stride, "padding": padding or (0, 0)}


def make(rng: np.random.Generator, shape: tuple[int, ...], layers: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return layers and the shape of a picture; stops where a window is larger than the picture."""
    described = [layer_of(*layer) for layer in layers]
    if min(min(shape) for shape in trace(described, shape)) < 1:
        raise ValueError("a window does not fit")
    return {"layers": described, "input_shape": shape}


def said(shape: tuple[int, ...], layers: list[tuple[Any, ...]]) -> str:
    """Return the kinds of the layers."""
    return ", ".join(layer[0] for layer in layers)


cases = Maker(make, note=said, shape=(3, 6, 8), layers=[])

MANY = between(20, 999)  # filters or neurons
FIRST = [("conv", 4, (7, 7), None, (3, 3)), ("relu",), ("pool", (2, 2))]
SECOND = [("conv", 8, (3, 3), None, (1, 1)), ("norm",), ("relu",), ("pool", (2, 2))]
TAIL = [("flatten",), ("dense", 16), ("relu",), ("dropout",), ("dense", 10)]


def drawn(rng: np.random.Generator) -> list[Any]:
    """Return a picture of another size, with sizes that do not divide, through the whole network."""
    shape = (3, between(13, 99)(rng) * 2 + 1, between(100, 199)(rng) * 2)
    return cases({"shape": shape, "layers": [*FIRST, *SECOND, *TAIL]})(rng)


def one_more(*layers: tuple[Any, ...]) -> Callable[[np.random.Generator], list[Any]]:
    """Return what draws a picture of any size for these layers; 0 stands for any number of filters or neurons."""

    def cases_of(rng: np.random.Generator) -> list[Any]:
        shape = between(2, 9)(rng), between(20, 99)(rng), between(100, 299)(rng)
        filled = [tuple(MANY(rng) if part == 0 else part for part in layer) for layer in layers]
        return cases({"shape": shape, "layers": filled})(rng)

    return cases_of


PROPERTIES = [
    Property(
        "convolutions",
        "A convolution gives out_channels maps; height and width follow lesson 1.",
        lambda rng: one_more(("conv", 0, (5, 3), (2, 3), (2, 1)), ("relu",))(rng) + cases(
            {"layers": [("conv", 5, (3, 2))]},
            {"shape": (2, 5, 9), "layers": [("conv", 4, (2, 5), None, (1, 2)), ("relu",)]},
            {"shape": (2, 11, 14), "layers": [("conv", 5, (5, 2), None, (0, 1)), ("relu",)]},
            {"shape": (1, 13, 17), "layers": [("conv", 6, (3, 3), (2, 3)), ("norm",), ("conv", 3, (2, 3))]},
            {"shape": (2, 14, 12), "layers": [("conv", 7, (3, 3), (3, 2)), ("relu",)]},
            {"shape": (4, 10, 13), "layers": [("conv", 6, (3, 3), (2, 2), (1, 1)), ("relu",)]},
        )(rng),
    ),
    Property(
        "pooling",
        "A pool keeps the channels, and rounds down.",
        lambda rng: one_more(("pool", (3, 2), (2, 3), (1, 0)), ("relu",))(rng) + cases(
            {"shape": (4, 7, 5), "layers": [("pool", (2, 2))]},
            {"shape": (4, 11, 13), "layers": [("pool", (5, 2), (1, 1), (1, 0)), ("relu",)]},
            {"shape": (6, 10, 13), "layers": [("pool", (2, 4), (1, 1), (0, 2)), ("relu",)]},
            {"shape": (5, 10, 13), "layers": [("pool", (3, 3), (2, 1)), ("relu",)]},
            {"shape": (2, 9, 16), "layers": [("pool", (2, 2), (1, 3)), ("relu",)]},
            {"shape": (2, 10, 13), "layers": [("pool", (3, 3), (2, 2), (1, 1)), ("relu",)]},
            {"shape": (3, 15, 23), "layers": [("pool", (2, 2)), ("relu",), ("pool", (2, 3))]},
        )(rng),
    ),
    Property(
        "flatten and dense",
        "Flatten lines all numbers up; a dense layer gives out_features.",
        lambda rng: [
            *cases({"shape": (3, 2, 4), "layers": [("flatten",)]}, {"shape": (2, 5, 4), "layers": [("flatten",),
                   ("dense", 17), ("relu",), ("dropout",), ("dense", 10)]})(rng),
            *one_more(("flatten",), ("dense", 0), ("relu",), ("dropout",), ("dense", 0))(rng),
        ],
    ),
    Property(
        "whole networks",
        "Each layer takes the shape that the layer before it gives.",
        lambda rng: [
            *cases({"shape": (1, 28, 28), "layers": [*FIRST, *SECOND, ("pool", (2, 2)), *TAIL],
                    "note": "28 × 28, three pools"})(rng),
            *drawn(rng),
        ],
        weight=2,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def aliased(shapes: list[Any], layers: list[Layer], first: Shape) -> list[Any]:
    """Let all entries be one and the same list."""
    return [shapes[-1]] * len(shapes)


MISTAKES = [
    # --- padding ---
    *in_windows("padding", "padding ignored", "Your {} leave the padding out. There are zeros on both sides.",
                lambda layer: (0, 0)),
    *in_windows("padding", "padding counted once", "Your {} count the padding once. There are that many zeros before "
                "the picture, and as many after it.", lambda layer: layer["padding"]),
    *in_windows("padding", "padding doubled", "Your {} count the padding four times. It is there on two sides: 2p.",
                lambda layer: tuple(4 * p for p in layer["padding"])),
    *in_windows("padding", "both numbers of the padding added", "Your {} add the two numbers of the padding for each "
                "axis. The pair is (vertical, horizontal), and each of them lies on two sides.",
                lambda layer: (sum(layer["padding"]),) * 2),
    *in_windows("padding", "padding of half the window", "Your {} take half the window for the padding, whatever it is "
                "said to be.", lambda layer: tuple(f // 2 * 2 for f in layer["kernel_size"])),
    *in_windows("padding", "padding subtracted", "Your {} subtract the padding. It makes the picture larger: add it.",
                lambda layer: tuple(-2 * p for p in layer["padding"])),
    *mixed_up("padding", "padding", both_sides),
    # --- stride, kernel ---
    *in_windows("stride", "stride ignored", "Your {} move the window by one pixel. It moves by the stride.",
                lambda layer: (1, 1)),
    *in_windows("stride", "the window as stride", "Your {} move the window by its own size. It moves by the stride.",
                lambda layer: layer["kernel_size"]),
    *in_windows("stride", "a stride of 2", "Your {} have a stride of 2, whatever it is said to be.",
                lambda layer: (2, 2)),
    *mixed_up("stride", "stride", lambda layer: layer["stride"]),
    *mixed_up("kernel", "kernel", lambda layer: layer["kernel_size"]),
    wrong("height and width of the kernel swapped", "You use the vertical numbers of kernel, stride and padding for "
          "the width of the picture, and the horizontal ones for its height. Pairs are (vertical, horizontal).",
          **everywhere(2)),
    wrong("the vertical numbers for both axes", "You use the first numbers of kernel, stride and padding for both "
          "axes. Pairs are (vertical, horizontal).", **everywhere(0)),
    wrong("the horizontal numbers for both axes", "You use the second numbers of kernel, stride and padding for both "
          "axes. Pairs are (vertical, horizontal).", **everywhere(1)),
    # --- from sizes to a number of places ---
    *in_windows("count", "rounded up", "Your {} round up: 7 becomes 4, and the book's network would end in 4 × 4 × "
                "256. A window that does not fit whole is left out.",
                lambda n, f, s, p: math.ceil((n + p - f) / s) + 1),
    *in_windows("count", "rounded to the nearest", "Your {} round to the nearest number. A window that does not fit "
                "whole is left out: round down, with //.", lambda n, f, s, p: round((n + p - f) / s) + 1),
    *in_windows("count", "/ gives a float", "Your {} divide with /, which gives a number with a decimal point. A count "
                "of windows is whole: use //.", lambda n, f, s, p: (n + p - f) / s + 1),
    *along_both_axes("count", "np.floor gives a float", "The sizes of your {} are floats, as np.floor gives them. A "
                     "count of windows is whole: use //.", lambda n, f, s, p: float((n + p - f) // s + 1)),
    *in_windows("count", "+ 1 forgotten", "Your {} count the steps between the windows. The first window is there "
                "before the first step.", lambda n, f, s, p: (n + p - f) // s),
    *in_windows("count", "+ 1 before the division", "Your {} add the 1 before they divide by the stride. Divide first, "
                "then add 1.", lambda n, f, s, p: (n + p - f + 1) // s),
    *in_windows("count", "the size divided by the stride", "Your {} divide the size by the stride: window and padding "
                "are not in it.", lambda n, f, s, p: n // s),
    *in_windows("count", "the size divided by the stride, rounded up", "Your {} divide the size by the stride, rounded "
                "up: window and padding are not in it.", lambda n, f, s, p: -(-n // s)),
    *in_windows("count", "padding added after the division", "Your {} add the padding after they divide by the stride. "
                "It makes the picture larger: add it first, then divide.", lambda n, f, s, p: (n - f) // s + 1 + p),
    *in_windows("count", "the size kept", "Your {} leave height and width as they are. Window, stride and padding "
                "decide them.", lambda n, f, s, p: n),
    wrong("height and width swapped in what comes out", "Your shapes are (channels, width, height). Wanted is "
          "(channels, height, width).", turned=lambda sizes: sizes[::-1]),
    # --- channels ---
    wrong("channels of the input kept", "Your convolutions keep the number of channels. A convolution gives one map "
          "for each of its filters.", maps=lambda layer, channels: channels),
    wrong("channels multiplied", "You multiply the channels by the filters. Each filter looks at all channels: it "
          "gives one map.", maps=lambda layer, channels: layer["out_channels"] * channels),
    wrong("channels added", "You add the filters to the channels. A convolution gives one map for each filter.",
          maps=lambda layer, channels: layer["out_channels"] + channels),
    wrong("a pool has no out_channels", "You read out_channels from pools, too, and stop with a KeyError. A pool "
          "keeps the channels.", pooled=raising(KeyError, "out_channels")),
    wrong("a pool halves the channels", "Your pools halve the channels. They keep them.",
          pooled=lambda channels: channels // 2),
    wrong("a pool doubles the channels", "Your pools double the channels. They keep them.",
          pooled=lambda channels: 2 * channels),
    wrong("a pool leaves one map", "Your pools leave one channel. They keep them all: each map is pooled by itself.",
          pooled=lambda channels: 1),
    wrong("channels last", "You put the channels last. In this course, as in PyTorch, a shape is (channels, height, "
          "width).", entry=lambda shape: tuple(shape[1:]) + tuple(shape[:1])),
    wrong("input read with channels last", "You read the input's shape as (height, width, channels). It is (channels, "
          "height, width).", reads=lambda shape: (shape[2], shape[0], shape[1])),
    wrong("channels left out", "Your shapes have lost the channels: (channels, height, width).",
          entry=lambda shape: shape[-2:]),
    # --- flatten, dense, other kinds ---
    wrong("channels lost in flattening", "Your flatten counts height times width. It lines up all numbers of all "
          "channels.", flat=lambda shape, first: (math.prod(shape[1:]),)),
    wrong("channels alone in flattening", "Your flatten keeps the number of channels alone. It lines up all numbers: "
          "channels × height × width.", flat=lambda shape, first: (shape[0],)),
    wrong("flattening adds", "Your flatten adds channels, height and width. It lines up all numbers: multiply.",
          flat=lambda shape, first: (sum(shape),)),
    wrong("flattening the input", "Your flatten counts the numbers of the input. It gets what the layer before gives.",
          flat=lambda shape, first: (math.prod(first),)),
    wrong("the height squared in flattening", "Your flatten takes the height for the width, too.",
          flat=lambda shape, first: (shape[0] * shape[1] ** 2,)),
    wrong("flattening with two axes", "Your flatten gives (1, n). One row of numbers has one axis: (n,).",
          flat=lambda shape, first: (1, math.prod(shape))),
    wrong("flattening to the maps as rows", "Your flatten keeps the channels as an axis. It lines up all numbers.",
          flat=lambda shape, first: (shape[0], math.prod(shape[1:]))),
    wrong("flatten keeps the shape", "Your flatten keeps the shape. It lines up all numbers, in one axis.",
          flat=lambda shape, first: shape),
    wrong("a number for a shape, from flatten", "Your flatten gives a number. A shape is a tuple: (n,).",
          flat=lambda shape, first: math.prod(shape)),
    wrong("a number for a shape, from dense layers", "Your dense layers give a number. A shape is a tuple: (n,).",
          dense=lambda layer, shape: layer["out_features"]),
    wrong("a dense layer's weights", "Your dense layers give (in, out), the shape of their weights. Wanted is what "
          "comes out: (out,).", dense=lambda layer, shape: (*shape, layer["out_features"])),
    wrong("dense layers keep the shape", "Your dense layers keep the shape. They give out_features numbers.",
          dense=lambda layer, shape: shape),
    wrong("other kinds taken for dense layers", "You look for out_features in layers of other kinds, such as ReLU, "
          'and stop with a KeyError. They keep the shape: ask for "dense" by name.',
          other=raising(KeyError, "out_features")),
    wrong("other kinds taken for pools", "You look for kernel_size in layers of other kinds, such as ReLU, and stop "
          'with a KeyError. They keep the shape: ask for "pool" by name.', other=raising(KeyError, "kernel_size")),
    wrong("other kinds refused", "You refuse layers of other kinds, such as ReLU. They keep the shape.",
          other=raising(AssertionError, "another kind")),
    wrong("other kinds give nothing", "Your list holds None for layers of other kinds, such as ReLU. They keep the "
          "shape.",
          listed=lambda shapes, layers, first: [
    None if layer["kind"] in ("relu", "norm", "dropout") else shape
    for layer, shape in zip(layers, shapes, strict=True)]),
    # --- what is in the list ---
    wrong("every layer takes the input", "Every layer takes the shape of the input in yours. It takes what the layer "
          "before it gives.", takes=lambda shape, first: first),
    wrong("the input in the list", "Your list begins with the input. It should hold one shape for each layer.",
          listed=lambda shapes, layers, first: [first, *shapes]),
    wrong("what goes in for what comes out", "Your list holds the shape before each layer. Wanted is the one after it.",
          listed=lambda shapes, layers, first: [first, *shapes[:-1]]),
    wrong("the last layer left out", "The shape after the last layer is missing from your list.",
          listed=lambda shapes, layers, first: shapes[:-1]),
    wrong("the first shape alone", "Your list ends after the first layer. Does the `return` stand inside the loop?",
          listed=lambda shapes, layers, first: shapes[:1]),
    wrong("the last shape alone", "You return the last shape alone. Collect the shape after every layer in a list.",
          listed=lambda shapes, layers, first: shapes[-1]),
    wrong("the last shape, in a list", "Your list holds the last shape alone. Append the shape after every layer.",
          listed=lambda shapes, layers, first: shapes[-1:]),
    wrong("one list for all", "All entries of your list are the last shape: they are one and the same list, which "
          "later layers change. Append a new tuple each time.", listed=aliased),
    wrong("one long list", "Your shapes stand one after the other in one long list. Append each as a tuple.",
          listed=lambda shapes, layers, first: [n for shape in shapes for n in shape]),
    wrong("from the last to the first", "Your list goes from the last layer to the first.",
          listed=lambda shapes, layers, first: shapes[::-1]),
    wrong("a dictionary's kinds", "Your list holds the kind of each layer as well. Wanted are the shapes alone.",
          listed=lambda shapes, layers, first: [(layer["kind"], s) for layer, s in zip(layers, shapes, strict=True)]),
    wrong("layers without weights left out", "Your list leaves out the layers that keep the shape, such as ReLU. "
          "Every layer has its entry.",
          listed=lambda shapes, layers, first: [
              shape for layer, shape in zip(layers, shapes, strict=True) if layer["kind"] not in
              ("relu", "norm", "dropout")]),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def written_out(layers: list[Layer], input_shape: Shape) -> list[list[int]]:
    """Write it without a helper, as lists."""
    shapes, now = [], list(input_shape)
    for layer in layers:
        kind = layer["kind"]
        if kind == "flatten":
            now = [math.prod(now)]
        elif kind == "dense":
            now = [layer["out_features"]]
        elif kind in ("conv", "pool"):
            (f_h, f_w), (s_h, s_w), (p_h, p_w) = layer["kernel_size"], layer["stride"], layer["padding"]
            height, width = 1 + (now[1] + 2 * p_h - f_h) // s_h, (now[2] + 2 * p_w - f_w) // s_w + 1
            now = [layer.get("out_channels", now[0]), height, width]
        shapes.append(list(now))
    return shapes


def with_arrays(layers: list[Layer], input_shape: Shape) -> list[Any]:
    """Let NumPy do both axes at once."""
    shapes, now = [], np.array(input_shape)
    for layer in layers:
        if "kernel_size" in layer:
            f, s, p = (np.array(layer[name]) for name in ("kernel_size", "stride", "padding"))
            now = np.r_[layer.get("out_channels", now[0]), (now[1:] + 2 * p - f) // s + 1]
        elif layer["kind"] in ("flatten", "dense"):
            now = np.array([layer.get("out_features", now.prod())])
        shapes.append(now)
    return shapes


EXERCISE = Exercise(
    name="shape_trace",
    reference=lambda layers, input_shape: tuple(trace(layers, input_shape)),
    computation=trace,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Go through the layers with one variable, `shape`, that each layer may replace. Append it after each.",
        "A convolution and a pool treat height and width alike: floor((n + 2p - f) / s) + 1, from lesson 1. What "
        "differs is the first number.",
        'Take the pairs apart: `f_h, f_w = layer["kernel_size"]`. Kinds that you do not know keep the shape.',
    ],
    right_forms=[Form("written out, lists", written_out), Form("arrays", with_arrays)],
)
