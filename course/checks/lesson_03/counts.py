"""Exercises `conv_parameters` and `conv_cost`: what a layer has to learn, and what it has to compute."""

from __future__ import annotations

import math

import numpy as np

from ... import arithmetic
from ..spec import Case, Exercise, Form, Mistake, Property

__all__ = ["CONV_COST", "CONV_PARAMETERS"]


def _layer(inputs: int, outputs: int, kernel: tuple[int, int], bias: bool, note: str = "") -> Case:
    given = {"in_channels": inputs, "out_channels": outputs, "kernel_size": kernel, "bias": bias}
    return Case(given, note)


def _random(rng: np.random.Generator) -> tuple[int, int, tuple[int, int]]:
    inputs, outputs = (int(n) for n in rng.choice(np.arange(3, 40), size=2, replace=False))
    f_h, f_w = (int(n) for n in rng.choice(np.arange(2, 9), size=2, replace=False))
    return inputs, outputs, (f_h, f_w)


def _layers(rng: np.random.Generator) -> list[Case]:
    return [
        _layer(1, 64, (7, 7), True, "the first layer of lesson 5"),
        _layer(3, 200, (5, 5), True, "the layer of the book"),
        _layer(2, 3, (3, 3), True, "2 maps to 3 maps"),
        _layer(64, 128, (3, 3), True, "64 maps to 128 maps"),
    ]


def _without_bias(rng: np.random.Generator) -> list[Case]:
    return [_layer(5, 1, (1, 1), False, "one 1 x 1 kernel over 5 bands"), _layer(*_random(rng), False, "no biases")]


def _rectangles(rng: np.random.Generator) -> list[Case]:
    return [_layer(2, 5, (1, 7), True, "1 x 7"), *(_layer(*_random(rng), True, "any sizes") for _ in range(2))]


CONV_PARAMETERS = Exercise(
    name="conv_parameters",
    reference=arithmetic.conv_parameters,
    properties=[
        Property("layers", "Every map has one weight for each pixel and channel that it sees, and one bias.", _layers),
        Property("without biases", "With bias=False, only weights are counted.", _without_bias),
        Property("rectangles", "The height and the width of the kernel may differ.", _rectangles),
    ],
    mistakes=[
        Mistake(
            "input channels forgotten",
            "You forgot the input channels: a kernel is as deep as the layer below.",
            lambda i, o, k, b: k[0] * k[1] * o + o * b,
        ),
        Mistake(
            "one map only",
            "You counted one kernel. There is one for each output map.",
            lambda i, o, k, b: k[0] * k[1] * i + b,
        ),
        Mistake(
            "biases forgotten",
            "You left out the biases although bias is True.",
            lambda i, o, k, b: k[0] * k[1] * i * o,
        ),
        Mistake(
            "biases always",
            "You count biases although bias is False.",
            lambda i, o, k, b: k[0] * k[1] * i * o + o,
        ),
        Mistake(
            "one bias for all",
            "You count one bias. Each output map has its own.",
            lambda i, o, k, b: k[0] * k[1] * i * o + b,
        ),
        Mistake(
            "a bias for each input map",
            "You count a bias for each input channel. Biases belong to output maps.",
            lambda i, o, k, b: k[0] * k[1] * i * o + i * b,
        ),
        Mistake(
            "a bias for each pair of maps",
            "You count a bias for each pair of input and output maps. A neuron adds its bias once.",
            lambda i, o, k, b: k[0] * k[1] * i * o + i * o * b,
        ),
        Mistake(
            "square kernels assumed",
            "You square the height of the kernel. Multiply height by width.",
            lambda i, o, k, b: k[0] ** 2 * i * o + o * b,
        ),
        Mistake(
            "channels added",
            "You add input and output channels. Every output map has a weight for every input channel: multiply.",
            lambda i, o, k, b: k[0] * k[1] * (i + o) + o * b,
        ),
        Mistake(
            "sides added",
            "You add the sides of the kernel. It has height times width weights.",
            lambda i, o, k, b: (k[0] + k[1]) * i * o + o * b,
        ),
        Mistake(
            "a float",
            "You return a float. A count is a whole number.",
            lambda i, o, k, b: (k[0] * k[1] * i * o + o * b) / 1,
        ),
    ],
    hints=[
        "Count for one output map first. How many numbers does one of its neurons see?",
        "Then every output map has as many weights again, and one bias of its own if bias is True.",
    ],
    right_forms=[
        Form("one map, times the maps", lambda i, o, k, b: o * (k[0] * k[1] * i + int(b))),
        Form("math.prod", lambda i, o, k, b: math.prod((*k, i, o)) + (o if b else 0)),
        Form("the size of the arrays", lambda i, o, k, b: np.zeros((o, i, *k)).size + b * np.zeros(o).size),
    ],
    forbidden=("course.arithmetic.conv_parameters", "course.arithmetic.shared_weights"),
)


def _work(inputs: int, outputs: int, kernel: tuple[int, int], size: tuple[int, int], note: str = "") -> Case:
    given = {"in_channels": inputs, "out_channels": outputs, "kernel_size": kernel, "output_size": size}
    return Case(given, note)


def _works(rng: np.random.Generator) -> list[Case]:
    return [
        _work(2, 3, (3, 3), (4, 4), "2 maps to 3 maps of 4 x 4"),
        _work(1, 64, (7, 7), (28, 28), "the first layer of lesson 5"),
        _work(64, 128, (3, 3), (14, 14), "64 maps to 128 maps"),
    ]


def _rectangular_works(rng: np.random.Generator) -> list[Case]:
    sizes = [tuple(int(n) for n in rng.choice(np.arange(10, 60), size=2, replace=False)) for _ in range(2)]
    return [
        _work(3, 200, (5, 5), (100, 150), "the layer of the book"),
        *(_work(*_random(rng), (size[0], size[1]), "any sizes") for size in sizes),
    ]


def _small(rng: np.random.Generator) -> list[Case]:
    return [_work(5, 1, (1, 1), (6, 7), "one 1 x 1 kernel"), _work(5, 3, (2, 4), (1, 1), "one neuron in each map")]


CONV_COST = Exercise(
    name="conv_cost",
    reference=arithmetic.conv_cost,
    properties=[
        Property("layers", "Each neuron multiplies as many numbers as it sees, and there are many neurons.", _works),
        Property("rectangles", "Kernels and maps may be higher than wide, or wider than high.", _rectangular_works),
        Property("small", "It holds for a 1 x 1 kernel, and for maps of one neuron.", _small),
    ],
    mistakes=[
        Mistake(
            "weights, not work",
            "You count the weights. Each weight is used again at every place of the output map.",
            lambda i, o, k, s: k[0] * k[1] * i * o,
        ),
        Mistake(
            "neurons only",
            "You count the neurons. Each of them multiplies all that it sees.",
            lambda i, o, k, s: o * s[0] * s[1],
        ),
        Mistake(
            "input channels forgotten",
            "You forgot the input channels: each neuron sees all of them.",
            lambda i, o, k, s: k[0] * k[1] * o * s[0] * s[1],
        ),
        Mistake(
            "output channels forgotten",
            "You counted one output map. All of them have to be computed.",
            lambda i, o, k, s: k[0] * k[1] * i * s[0] * s[1],
        ),
        Mistake(
            "kernel forgotten",
            "You forgot the kernel: at each place f_h * f_w pixels are multiplied.",
            lambda i, o, k, s: i * o * s[0] * s[1],
        ),
        Mistake(
            "counted twice",
            "You count the multiplication and the addition apart. Together they are one multiply-accumulate.",
            lambda i, o, k, s: 2 * k[0] * k[1] * i * o * s[0] * s[1],
        ),
        Mistake(
            "biases counted",
            "You count the biases. A multiply-accumulate has a multiplication; adding a bias has none.",
            lambda i, o, k, s: (k[0] * k[1] * i + 1) * o * s[0] * s[1],
        ),
        Mistake(
            "square kernels assumed",
            "You square the height of the kernel. Multiply height by width.",
            lambda i, o, k, s: k[0] ** 2 * i * o * s[0] * s[1],
        ),
        Mistake(
            "square maps assumed",
            "You square the height of the map. Multiply height by width.",
            lambda i, o, k, s: k[0] * k[1] * i * o * s[0] ** 2,
        ),
        Mistake(
            "channels added",
            "You add input and output channels. Every output map sees every input channel: multiply.",
            lambda i, o, k, s: k[0] * k[1] * (i + o) * s[0] * s[1],
        ),
        Mistake(
            "a float",
            "You return a float. A count is a whole number.",
            lambda i, o, k, s: k[0] * k[1] * i * o * s[0] * s[1] / 1,
        ),
    ],
    hints=[
        "How many products does one neuron of one map add up?",
        "How many neurons does the layer have? Count one map first, then all of them.",
    ],
    right_forms=[
        Form("math.prod", lambda i, o, k, s: math.prod((i, o, *k, *s))),
        Form("weights times places", lambda i, o, k, s: (k[0] * k[1] * i * o) * (s[0] * s[1])),
        Form("NumPy", lambda i, o, k, s: int(np.prod([i, o, *k, *s], dtype=np.int64))),
    ],
    forbidden=("course.arithmetic.conv_cost",),
)
