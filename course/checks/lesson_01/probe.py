"""The check of the experiment: poke each pixel, and see whether a unit moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.probe import POKE, probe_receptive_field
from ..objects import Made
from ..spec import Case, Exercise, Form, Mistake, Property

__all__ = ["PROBE_RECEPTIVE_FIELD"]

Layer = dict[str, Any]


def _case(layers: list[Layer], says: str, input_shape: tuple[int, int], unit: tuple[int, int], note: str) -> Case:
    network = Made("small_network", {"layers": layers}, says)
    return Case({"network": network, "input_shape": input_shape, "unit": unit}, note)


def _weight(rng: np.random.Generator, height: int, width: int, sign: int = 0) -> np.ndarray:
    """Return weights from 0.5 to 1 in size, never small; all of one sign where it is 1 or -1."""
    weight = rng.uniform(0.5, 1, (height, width))
    return weight * (sign or rng.choice([-1, 1], (height, width)))


def _conv(rng: np.random.Generator, height: int, width: int, sign: int = 0, **options: Any) -> Layer:
    return {"kind": "conv", "weight": _weight(rng, height, width, sign), **options}


def _single(rng: np.random.Generator) -> list[Case]:
    row, column = int(rng.integers(0, 3)), int(rng.integers(0, 2))
    square, wide = _conv(rng, 2, 2), _conv(rng, 2, 3)
    strided = _conv(rng, 3, 3, stride=2, padding=1)
    return [
        _case([square], "one 2 x 2 convolution", (3, 4), (1, 0), "one layer"),
        _case([wide], "one 2 x 3 convolution", (5, 4), (row, column), "a kernel that is not square"),
        _case([strided], "one 3 x 3 convolution, stride 2, padding 1", (5, 7), (0, 2), "a unit at the border"),
    ]


def _stacked(rng: np.random.Generator) -> list[Case]:
    two = [_conv(rng, 3, 3), _conv(rng, 3, 3)]
    strided = [_conv(rng, 3, 2, stride=2, padding=1), _conv(rng, 2, 2)]
    padded = [_conv(rng, 3, 3, padding=1), _conv(rng, 1, 3, padding=1)]
    return [
        _case(two, "two 3 x 3 convolutions", (6, 7), (1, 2), "two layers"),
        _case(
            strided, "a 3 x 2 convolution with stride 2, then one of 2 x 2", (7, 8), (1, 2), "a stride, then a layer"
        ),
        _case(padded, "two convolutions with padding", (4, 5), (3, 1), "zeros at the border are no pixels"),
    ]


def _pooled(rng: np.random.Generator) -> list[Case]:
    pool, average = {"kind": "max_pool", "size": 2}, {"kind": "avg_pool", "size": 2}
    falling = [_conv(rng, 2, 2, 1), pool, _conv(rng, 2, 1, -1)]
    deep = [_conv(rng, 3, 3), {"kind": "relu"}, pool, _conv(rng, 2, 2)]
    means = [_conv(rng, 2, 3), average]
    return [
        _case(falling, "convolution, max pooling, convolution with negative weights", (7, 5), (1, 1), "max pooling"),
        _case(deep, "convolution, ReLU, max pooling, convolution", (8, 9), (1, 0), "ReLU and max pooling"),
        _case(means, "convolution, average pooling", (5, 6), (1, 0), "average pooling"),
    ]


def _asleep(rng: np.random.Generator) -> list[Case]:
    relu = {"kind": "relu"}
    negative = [_conv(rng, 2, 3, -1, bias=-15.0), relu]
    positive = [_conv(rng, 3, 2, 1, bias=-15.0), relu]
    return [
        _case(negative, "a convolution with negative weights and bias -15, ReLU", (4, 5), (1, 0), "a unit that sleeps"),
        _case(positive, "a convolution with bias -15, ReLU", (5, 4), (0, 2), "a unit that sleeps"),
    ]


def _gated(rng: np.random.Generator) -> list[Case]:
    left, right = _weight(rng, 2, 2) * [1, 0], _weight(rng, 2, 2) * [0, 1]
    gate = [{"kind": "gate", "weight": left, "weight_2": right}]
    return [_case(gate, "the product of two maps: left pixels, right pixels", (4, 5), (2, 1), "a product of two maps")]


def _with_holes(rng: np.random.Generator) -> list[Case]:
    holes = [_conv(rng, 2, 2, dilation=2)]
    return [_case(holes, "a 2 x 2 convolution that skips every other pixel", (5, 6), (1, 2), "a window with holes")]


Network = Callable[[np.ndarray], np.ndarray]


def _probe(
    pokes: tuple[float, ...] = (POKE, -POKE),
    start: Callable[[tuple[int, int]], np.ndarray] | None = None,
    moved: Callable[[np.ndarray, np.ndarray], Any] = lambda new, old: new != old,
    keep: bool = False,
) -> Callable[..., np.ndarray]:
    """Return a probe that differs from the right one in what is given here."""

    def probe(network: Network, input_shape: tuple[int, int], unit: tuple[int, int]) -> np.ndarray:
        picture = np.random.default_rng(0).normal(size=input_shape) if start is None else start(input_shape)
        before = network(picture)[tuple(unit)]
        seen = np.zeros(input_shape, dtype=bool)
        for index in np.ndindex(*input_shape):
            for poke in pokes:
                poked = picture if keep else picture.copy()
                poked[index] += poke
                seen[index] |= bool(moved(network(poked)[tuple(unit)], before))
        return seen

    return probe


_right = _probe()


def _strength(network: Network, input_shape: tuple[int, int], unit: tuple[int, int]) -> np.ndarray:
    picture = np.random.default_rng(0).normal(size=input_shape)
    change = np.zeros(input_shape)
    for index in np.ndindex(*input_shape):
        for poke in (POKE, -POKE):
            poked = picture.copy()
            poked[index] += poke
            change[index] += abs(network(poked)[tuple(unit)] - network(picture)[tuple(unit)])
    return change


def _any_unit(network: Network, input_shape: tuple[int, int], unit: tuple[int, int]) -> np.ndarray:
    picture = np.random.default_rng(0).normal(size=input_shape)
    seen = np.zeros(input_shape, dtype=bool)
    for index in np.ndindex(*input_shape):
        for poke in (POKE, -POKE):
            poked = picture.copy()
            poked[index] += poke
            seen[index] |= bool((network(poked) != network(picture)).any())
    return seen


def _box(network: Network, input_shape: tuple[int, int], unit: tuple[int, int]) -> np.ndarray:
    seen = _right(network, input_shape, unit)
    rows, columns = np.nonzero(seen)
    if rows.size:
        seen[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    return seen


def _other_pictures(network: Network, input_shape: tuple[int, int], unit: tuple[int, int]) -> list[list[bool]]:
    """Return a right answer written otherwise: several pictures, pixels set to a value, a tolerance."""
    row, column = unit
    seen = [[False] * input_shape[1] for _ in range(input_shape[0])]
    for seed in (1, 2):
        picture = np.random.default_rng(seed).uniform(-1, 1, input_shape)
        before = network(picture)[row, column]
        for i in range(input_shape[0]):
            for j in range(input_shape[1]):
                old = picture[i, j]
                for value in (POKE, -POKE):
                    picture[i, j] = value
                    seen[i][j] |= abs(network(picture)[row, column] - before) > 1e-9
                picture[i, j] = old
    return seen


PROBE_RECEPTIVE_FIELD = Exercise(
    name="probe_receptive_field",
    reference=probe_receptive_field,
    properties=[
        Property("one layer", "A unit of the first layer is moved by the pixels of its window.", _single),
        Property("stacks", "A unit further up is moved by more pixels.", _stacked),
        Property("pooling", "A maximum hides small changes: poke by far.", _pooled),
        Property("sleeping units", "Behind a ReLU, some pokes move nothing: poke up and down.", _asleep),
        Property("products", "A picture of zeros hides pixels from a network that multiplies.", _gated),
        Property("holes", "Report what moved, pixel by pixel.", _with_holes),
    ],
    mistakes=[
        Mistake(
            "upwards only",
            "You poke the pixels upwards alone. A unit behind a ReLU may only wake up when a pixel gets darker.",
            _probe(pokes=(POKE,)),
        ),
        Mistake(
            "downwards only",
            "You poke the pixels downwards alone. A unit behind a ReLU may only wake up when a pixel gets brighter.",
            _probe(pokes=(-POKE,)),
        ),
        Mistake(
            "a picture of zeros",
            "You start from a picture of zeros. Where a network multiplies, nothing moves then. "
            "Start from random numbers.",
            _probe(start=np.zeros),
        ),
        Mistake(
            "a poke too small",
            "You poke by 1. A unit may sleep, or another pixel may be the maximum: poke by far more, such as 100.",
            _probe(pokes=(1.0, -1.0)),
        ),
        Mistake(
            "one small poke in a picture of zeros",
            "You set one pixel at a time to 1 in a picture of zeros. Sleeping units do not notice: poke a picture of "
            "random numbers, by 100, up and down.",
            _probe(pokes=(1.0,), start=np.zeros),
        ),
        Mistake(
            "pixels stay poked",
            "You poke the same picture again and again, and the pokes before stay in it. Poke a fresh copy each time.",
            _probe(keep=True),
        ),
        Mistake(
            "row and column of the unit swapped",
            "You look at the unit (column, row). The row comes first: output[row, column].",
            lambda network, input_shape, unit: _right(network, input_shape, unit[::-1]),
        ),
        Mistake(
            "any unit",
            "You look whether anything in the output moves. Watch the one unit alone.",
            _any_unit,
        ),
        Mistake(
            "height and width swapped",
            "Your answer has rows and columns swapped: its shape should be that of the input.",
            lambda network, input_shape, unit: _right(network, input_shape, unit).T,
        ),
        Mistake(
            "numbers for True and False",
            "You return how far the unit moves. Wanted is whether it moves: compare with `!=`, or with `> 0`.",
            _strength,
        ),
        Mistake(
            "inside out",
            "Your answer is inside out: True where the unit does not move.",
            lambda network, input_shape, unit: ~_right(network, input_shape, unit),
        ),
        Mistake(
            "rises only",
            "You count a pixel only when the unit rises. It moves as well when it falls: compare with `!=`.",
            _probe(moved=lambda new, old: new > old),
        ),
        Mistake(
            "the whole rectangle",
            "You fill the rectangle round the pixels that move the unit. Some pixels inside may not be seen at all.",
            _box,
        ),
    ],
    hints=[
        "Take the unit's value for the random picture first. That is what you compare with.",
        "Two loops over rows and columns of the input. Poke a copy of the picture, not the picture itself.",
        "Each pixel needs two tries, 100 higher and 100 lower. It is seen if the unit differs in either.",
    ],
    right_forms=[Form("other pictures, other loops", _other_pictures), Form("with np.ndindex", _right)],
    forbidden=("course.ops.probe",),
)
