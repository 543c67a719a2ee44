"""Exercise `neuron_output_multi`: Equation 14-1 for one neuron, in the order of its symbols."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..spec import Case, Exercise, Focus, Form, Mistake, Property
from .numbers import numbers, tenths

__all__ = ["NEURON_OUTPUT_MULTI", "neuron_output_multi"]


def neuron_output_multi(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    row: int,
    column: int,
    k: int,
    stride: tuple[int, int],
) -> float:
    """Return the output of one neuron: Equation 14-1 of the book."""
    window = _window(x, weight, row, column, stride)
    return float(bias[k] + (window.astype(float) * weight[..., k]).sum())


def _window(x: Any, weight: Any, row: int, column: int, stride: tuple[int, int]) -> np.ndarray:
    f_h, f_w = weight.shape[:2]
    top, left = row * stride[0], column * stride[1]
    return x[top : top + f_h, left : left + f_w]


def _case(x: np.ndarray, weight: np.ndarray, bias: Any, at: tuple[int, int, int], stride: Any, note: str) -> Case:
    row, column, k = at
    given = {"x": x, "weight": weight, "bias": bias, "row": row, "column": column, "k": k, "stride": stride}
    return Case(given, note)


def _plain(rng: np.random.Generator) -> list[Case]:
    return [
        _case(numbers(rng, 3, 4, 2), numbers(rng, 2, 2, 2, 3), numbers(rng, 3), (1, 2, 1), (1, 1), "stride 1"),
        _case(tenths(rng, 5, 6, 3), tenths(rng, 3, 3, 3, 4), tenths(rng, 4), (0, 1, 2), (1, 1), "3 x 3, map 2"),
        _case(tenths(rng, 5, 6, 2), tenths(rng, 3, 3, 2, 4), tenths(rng, 4), (2, 1, 3), (1, 1), "3 x 3, map 3"),
    ]


def _rectangles(rng: np.random.Generator) -> list[Case]:
    return [
        _case(tenths(rng, 4, 6, 2), tenths(rng, 2, 3, 2, 3), tenths(rng, 3), (1, 3, 2), (1, 1), "2 x 3 weights"),
        _case(tenths(rng, 6, 4, 3), tenths(rng, 4, 1, 3, 2), tenths(rng, 2), (2, 1, 1), (1, 1), "4 x 1 weights"),
        _case(tenths(rng, 3, 4, 2), tenths(rng, 3, 4, 2, 3), tenths(rng, 3), (0, 0, 1), (1, 1), "it sees everything"),
    ]


def _strides(rng: np.random.Generator) -> list[Case]:
    return [
        _case(tenths(rng, 7, 8, 2), tenths(rng, 3, 2, 2, 3), tenths(rng, 3), (2, 1, 1), (2, 3), "stride (2, 3)"),
        _case(tenths(rng, 8, 9, 3), tenths(rng, 2, 3, 3, 4), tenths(rng, 4), (1, 3, 2), (3, 1), "stride (3, 1)"),
        _case(tenths(rng, 9, 9, 2), tenths(rng, 3, 3, 2, 3), tenths(rng, 3), (1, 2, 2), (2, 2), "stride (2, 2)"),
    ]


def _maps(rng: np.random.Generator) -> list[Case]:
    x, weight, bias = tenths(rng, 5, 5, 2), tenths(rng, 3, 2, 2, 4), tenths(rng, 4)
    return [_case(x, weight, bias, (1, 2, k), (1, 1), f"the same place, map {k}") for k in range(4)]


def _pictures(rng: np.random.Generator) -> list[Case]:
    photo = rng.integers(90, 256, size=(4, 5, 3)).astype(np.uint8)
    hole = tenths(rng, 4, 5, 2)
    hole[1, 1, 0] = np.nan
    weight = tenths(rng, 2, 2, 2, 3)
    return [
        _case(photo, tenths(rng, 2, 3, 3, 2) + 0.05, tenths(rng, 2), (1, 1, 1), (2, 1), "whole numbers, uint8"),
        _case(hole, weight, tenths(rng, 3), (0, 1, 1), (1, 1), "a pixel that is not a number, inside the window"),
        _case(hole, weight, tenths(rng, 3), (2, 2, 1), (1, 1), "a pixel that is not a number, outside the window"),
    ]


def _focus(case: Case, index: tuple[int, ...]) -> Focus:
    given = case.arguments
    f_h, f_w = given["weight"].shape[:2]
    top, left = given["row"] * given["stride"][0], given["column"] * given["stride"][1]
    note = f"The neuron sees rows {top} to {top + f_h - 1} and columns {left} to {left + f_w - 1}, in every channel."
    return Focus("x", (slice(top, top + f_h), slice(left, left + f_w)), note=note)


# --- What people write instead ----------------------------------------------------------------------


def _with_window(change: Any) -> Any:
    """Return a wrong answer that looks at another window."""

    def wrong(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> float:
        return float(bias[k] + (change(x, weight, row, column, stride) * weight[..., k]).sum())

    return wrong


def _with_sum(change: Any) -> Any:
    """Return a wrong answer that sees the right window and computes something else from it."""

    def wrong(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> Any:
        return change(_window(x, weight, row, column, stride).astype(float), weight, bias, k, row, column)

    return wrong


def _loops(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> Any:
    f_h, f_w, channels, _ = weight.shape
    z = bias[k]
    for u in range(f_h):
        for v in range(f_w):
            for k_below in range(channels):
                z += x[row * stride[0] + u, column * stride[1] + v, k_below] * weight[u, v, k_below, k]
    return z


def _square(x: Any, weight: Any, row: int, column: int, stride: Any) -> Any:
    f = weight.shape[0]
    return x[row * stride[0] : row * stride[0] + f, column * stride[1] : column * stride[1] + f]


def _fixed(x: Any, weight: Any, row: int, column: int, stride: Any) -> Any:
    return x[row * stride[0] : row * stride[0] + 3, column * stride[1] : column * stride[1] + 3]


def _first_filter_axis(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> Any:
    return float(bias[k] + (_window(x, weight, row, column, stride) * weight[k]).sum())


def _short_window(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> float:
    f_h, f_w = weight.shape[0] - 1, weight.shape[1] - 1
    top, left = row * stride[0], column * stride[1]
    return float(bias[k] + (x[top : top + f_h, left : left + f_w] * weight[:f_h, :f_w, :, k]).sum())


def _sums_of_bytes(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> Any:
    z = np.zeros(1, dtype=x.dtype)
    z[0] = neuron_output_multi(x, weight, bias, row, column, k, stride)
    return z[0]


MISTAKES = [
    Mistake(
        "kernel flipped",
        "You turn the weights round before you multiply. Equation 14-1 does not: u and v run the same way in x and w.",
        _with_sum(lambda s, w, b, k, i, j: b[k] + (s * w[::-1, ::-1, :, k]).sum()),
    ),
    Mistake(
        "mean for sum",
        "You take the mean of the products. The neuron takes their sum.",
        _with_sum(lambda s, w, b, k, i, j: b[k] + (s * w[..., k]).mean()),
    ),
    Mistake(
        "matrix product for elementwise",
        "You use a matrix product of window and weights. Each pixel meets one weight: multiply element by element.",
        _with_sum(lambda s, w, b, k, i, j: b[k] + sum((s[..., c] @ w[..., c, k]).sum() for c in range(s.shape[2]))),
    ),
    Mistake(
        "bias forgotten",
        "The bias b[k] is missing.",
        _with_sum(lambda s, w, b, k, i, j: (s * w[..., k]).sum()),
    ),
    Mistake(
        "bias added inside the sum",
        "You add the bias once for each product. It is added once for the neuron, outside the sum.",
        _with_sum(lambda s, w, b, k, i, j: (s * w[..., k] + b[k]).sum()),
    ),
    Mistake(
        "one bias for all maps",
        "You take the first bias whatever k is. Each map has its own: b[k].",
        _with_sum(lambda s, w, b, k, i, j: b[0] + (s * w[..., k]).sum()),
    ),
    Mistake(
        "all biases at once",
        "You add the whole array of biases, so many numbers come out. This neuron belongs to one map, k.",
        _with_sum(lambda s, w, b, k, i, j: b + (s * w[..., k]).sum()),
    ),
    Mistake(
        "float of the array of biases",
        "You turn the whole array of biases into one number, which stops with a TypeError. Pick one of them: bias[k].",
        _with_sum(lambda s, w, b, k, i, j: float(b) + (s * w[..., k]).sum()),
    ),
    Mistake(
        "bias by the row",
        "You pick the bias with the row of the neuron. The biases are counted by map: b[k].",
        _with_sum(lambda s, w, b, k, i, j: b[min(i, len(b) - 1)] + (s * w[..., k]).sum()),
    ),
    Mistake(
        "first channel only",
        "You look at the first channel alone. The receptive field reaches through all maps of the layer below.",
        _with_sum(lambda s, w, b, k, i, j: b[k] + (s[..., 0] * w[..., 0, k]).sum()),
    ),
    Mistake(
        "last channel only",
        "Only the last channel is left in your sum. Is there an = where += should stand?",
        _with_sum(lambda s, w, b, k, i, j: b[k] + (s[..., -1] * w[..., -1, k]).sum()),
    ),
    Mistake(
        "depthwise",
        "You let map k look at channel k alone. Every map looks at all channels, k' from 0 to the last.",
        _with_sum(lambda s, w, b, k, i, j: b[k] + (s[..., k % s.shape[2]] * w[..., k % s.shape[2], k]).sum()),
    ),
    Mistake(
        "sums over output channels",
        "You sum the weights of all output maps. This neuron uses those of its own map, weight[..., k].",
        _with_sum(lambda s, w, b, k, i, j: b[k] + (s[..., np.newaxis] * w).sum()),
    ),
    Mistake(
        "the first axis for the map",
        "You pick the map with weight[k]. In the order of Equation 14-1 the map is the last axis.",
        _first_filter_axis,
    ),
    Mistake(
        "the index without its stride",
        "You start the window at row i, column j. With a stride it starts at i * s_h, j * s_w.",
        _with_window(lambda x, w, i, j, s: _window(x, w, i, j, (1, 1))),
    ),
    Mistake(
        "stride on the end only",
        "You multiply the end of the window by the stride, but not its start.",
        _with_window(lambda x, w, i, j, s: x[i : i * s[0] + w.shape[0], j : j * s[1] + w.shape[1]]),
    ),
    Mistake(
        "stride height and width swapped",
        "You use the horizontal stride for the rows. The pair is (s_h, s_w): vertical first.",
        _with_window(lambda x, w, i, j, s: _window(x, w, i, j, s[::-1])),
    ),
    Mistake(
        "stride as the size of the window",
        "Your window has the size of the stride. Its size is that of the weights; the stride says where it starts.",
        _with_window(lambda x, w, i, j, s: x[i * s[0] : (i + 1) * s[0], j * s[1] : (j + 1) * s[1]]),
    ),
    Mistake(
        "steps as long as the window",
        "You move by the size of the window for each neuron. The step is the stride: windows may overlap.",
        _with_window(lambda x, w, i, j, s: _window(x, w, i, j, w.shape[:2])),
    ),
    Mistake(
        "stride as dilation",
        "You take every s-th pixel inside the window. The pixels of a window are neighbours.",
        _with_window(
            lambda x, w, i, j, s: x[
                i * s[0] : i * s[0] + w.shape[0] * s[0] : s[0], j * s[1] : j * s[1] + w.shape[1] * s[1] : s[1]
            ]
        ),
    ),
    Mistake(
        "row and column swapped",
        "You use the column for the rows of the window. The row comes first.",
        _with_window(lambda x, w, i, j, s: _window(x, w, j, i, s)),
    ),
    Mistake(
        "square weights assumed",
        "You take the height of the weights for their width, too. They may be 2 x 3.",
        _with_window(_square),
    ),
    Mistake(
        "3 x 3 weights assumed",
        "Your window is always 3 x 3. Read its size from the shape of the weights.",
        _with_window(_fixed),
    ),
    Mistake(
        "the end off by one",
        "Your window ends one row and one column too early: a slice a:b leaves b out already.",
        _short_window,
    ),
    Mistake(
        "cut to a whole number",
        "You cut the result to a whole number. It is a float.",
        _with_sum(lambda s, w, b, k, i, j: int(np.nan_to_num(b[k] + (s * w[..., k]).sum()))),
    ),
    Mistake(
        "integer division",
        "You use //, which rounds down. Nothing is divided in Equation 14-1.",
        _with_sum(lambda s, w, b, k, i, j: (b[k] + (s * w[..., k]).sum()) // 1),
    ),
    Mistake(
        "kept in the picture's type",
        "You keep the result in the type of the picture. In uint8, 256 becomes 0, and fractions are lost.",
        _sums_of_bytes,
    ),
    Mistake(
        "not-a-number left out",
        "You leave out pixels that are NaN. A sum with an unknown number in it is unknown: it must be NaN.",
        _with_sum(lambda s, w, b, k, i, j: b[k] + np.nansum(s * w[..., k])),
    ),
]

NEURON_OUTPUT_MULTI = Exercise(
    name="neuron_output_multi",
    reference=neuron_output_multi,
    properties=[
        Property("plain", "With stride 1 the neuron sees rows i to i + f_h - 1 and columns j to j + f_w - 1.", _plain),
        Property("rectangles", "The receptive field may be higher than wide, or wider than high.", _rectangles),
        Property("stride", "With a stride, the window starts at row i * s_h and column j * s_w.", _strides),
        Property("maps", "Neurons at one place in different maps see the same inputs, with other weights.", _maps),
        Property("real pictures", "Whole numbers do not wrap round, and NaN stays where it is seen.", _pictures),
    ],
    mistakes=MISTAKES,
    hints=[
        "Equation 14-1 has three sums. How far does each of u, v and k' run? Look at weight.shape.",
        "The pixel that meets weight[u, v, k_below, k] is x[row * s_h + u, column * s_w + v, k_below].",
        "Start z at bias[k]. Inside three loops, add one product to z each time; return z after all of them.",
    ],
    right_forms=[
        Form("three loops", _loops),
        Form(
            "tensordot",
            _with_sum(lambda s, w, b, k, i, j: b[k] + np.tensordot(s, w[..., k], axes=3)),
        ),
        Form("einsum", _with_sum(lambda s, w, b, k, i, j: b[k] + np.einsum("uvc,uvc->", s, w[..., k]))),
        Form("dot of flat arrays", _with_sum(lambda s, w, b, k, i, j: b[k] + s.ravel() @ w[..., k].ravel())),
    ],
    focus=_focus,
    forbidden=("course.ops.conv2d", "course.ops.conv2d_loops", "course.ops.im2col"),
)
