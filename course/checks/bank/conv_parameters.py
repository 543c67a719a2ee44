"""`conv_parameters`: what a layer has to learn."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import arithmetic
from ..cases import Maker, between
from ..families.geometry import Pair
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]


def by_factors(
    in_channels: int,
    out_channels: int,
    kernel_size: Pair,
    bias: bool,
    *,
    window: Callable[[int, int], int] = lambda f_h, f_w: f_h * f_w,
    below: Callable[[int], int] = lambda inputs: inputs,
    maps: Callable[[int], int] = lambda outputs: outputs,
    channels: Callable[[int, int], int] = lambda inputs, outputs: inputs * outputs,
    asked: Callable[[bool], int] = int,
    biases: Callable[[int, int, int], int] = lambda inputs, outputs, window: outputs,
    kind: Callable[[int, int], Any] = lambda weights, biases: weights + biases,
) -> Any:
    """Count weights and biases; each factor can be replaced by a wrong one."""
    seen = window(*kernel_size)
    weights = seen * channels(below(in_channels), maps(out_channels))
    return kind(weights, asked(bias) * biases(in_channels, out_channels, math.prod(kernel_size)))


# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, inputs: int, outputs: int, f_h: int, f_w: int, bias: bool) -> dict[str, Any]:
    """Return a layer."""
    return {"in_channels": inputs, "out_channels": outputs, "kernel_size": (f_h, f_w), "bias": bias}


cases = Maker(make, inputs=3, outputs=2, f_h=3, f_w=3, bias=True)


def any_sizes(bias: bool) -> Any:
    """Return cases in which no two numbers are the same."""

    def drawn(rng: np.random.Generator) -> list[Any]:
        inputs, outputs = (int(n) for n in rng.choice(np.arange(11, 200), size=2, replace=False))
        f_h, f_w = (int(n) for n in rng.choice(np.arange(2, 10), size=2, replace=False))
        return cases({"inputs": inputs, "outputs": outputs, "f_h": f_h, "f_w": f_w, "bias": bias})(rng)

    return drawn


PROPERTIES = [
    Property(
        "layers",
        "Every map has one weight for each pixel and channel that it sees, and one bias.",
        cases({"inputs": 1, "outputs": 64, "f_h": 7, "f_w": 7, "note": "the first layer of lesson 5"},
              {"inputs": 3, "outputs": 200, "f_h": 5, "f_w": 5, "note": "the layer of the book"},
              {"inputs": 2, "outputs": 3, "note": "2 maps to 3 maps"},
              {"inputs": 64, "outputs": 128, "note": "64 maps to 128 maps"},
              {"inputs": between(65, 199), "outputs": between(200, 499), "f_h": 5, "f_w": 5, "note": "many maps"}),
    ),
    Property(
        "without biases",
        "With bias=False, only weights are counted.",
        lambda rng: [*cases({"inputs": 5, "outputs": 1, "f_h": 1, "f_w": 1, "bias": False,
                             "note": "one 1 × 1 kernel over 5 bands"})(rng), *any_sizes(False)(rng)],
    ),
    Property(
        "rectangles",
        "The height and the width of the kernel may differ.",
        lambda rng: [*cases({"inputs": 2, "outputs": 5, "f_h": 1, "f_w": 7})(rng), *any_sizes(True)(rng),
                     *any_sizes(True)(rng)],
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    # --- the weights ---
    wrong("input channels forgotten", "You forgot the input channels: a kernel is as deep as the layer below.",
          below=lambda inputs: 1),
    wrong("output channels forgotten", "Your weights are those of one kernel. There is one for each output map.",
          maps=lambda outputs: 1),
    wrong("one map only", "You counted one kernel and its bias. There is one for each output map.",
          maps=lambda outputs: 1, biases=lambda inputs, outputs, window: 1),
    wrong("kernel forgotten", "The kernel is not in your count: a map has a weight for each of its f_h * f_w pixels.",
          window=lambda f_h, f_w: 1),
    wrong("channels added", "You add input and output channels. Every output map has a weight for every input "
          "channel: multiply.", channels=lambda inputs, outputs: inputs + outputs),
    wrong("input channels squared", "You take the input channels for the output channels, too.",
          channels=lambda inputs, outputs: inputs * inputs),
    wrong("output channels squared", "You take the output channels for the input channels, too.",
          channels=lambda inputs, outputs: outputs * outputs),
    wrong("square kernels assumed", "You square the height of the kernel. Multiply height by width.",
          window=lambda f_h, f_w: f_h**2),
    wrong("square kernels assumed, by the width", "You square the width of the kernel. Multiply height by width.",
          window=lambda f_h, f_w: f_w**2),
    wrong("height only", "You count the height of the kernel alone. It has height times width weights.",
          window=lambda f_h, f_w: f_h),
    wrong("width only", "You count the width of the kernel alone. It has height times width weights.",
          window=lambda f_h, f_w: f_w),
    wrong("sides added", "You add the sides of the kernel. It has height times width weights.",
          window=lambda f_h, f_w: f_h + f_w),
    wrong("kernel counted twice", "You count twice as many weights as there are.",
          window=lambda f_h, f_w: 2 * f_h * f_w),
    wrong("bounds of 3 x 3", "You count 3 × 3 pixels, whatever the kernel's size is.", window=lambda f_h, f_w: 9),
    # --- the biases ---
    wrong("biases forgotten", "You left out the biases although bias is True.", asked=lambda bias: 0),
    wrong("biases always", "You count biases although bias is False.", asked=lambda bias: 1),
    wrong("biases the wrong way round", "You count biases where bias is False, and none where it is True.",
          asked=lambda bias: int(not bias)),
    wrong("one bias for all", "You count one bias. Each output map has its own.",
          biases=lambda inputs, outputs, window: 1),
    wrong("a bias for each input map", "You count a bias for each input channel. Biases belong to output maps.",
          biases=lambda inputs, outputs, window: inputs),
    wrong("a bias for each pair of maps", "You count a bias for each pair of input and output maps. A neuron adds its "
          "bias once.", biases=lambda inputs, outputs, window: inputs * outputs),
    wrong("a bias for each pixel of the kernel", "You count a bias for each pixel of every map's kernel. A neuron "
          "adds its bias once.", biases=lambda inputs, outputs, window: window * outputs),
    wrong("a bias for each weight", "You count a bias for each weight. A neuron adds its bias once.",
          biases=lambda inputs, outputs, window: window * inputs * outputs),
    wrong("a bias for each weight of one map", "You count as many biases as one map has weights, as if the bias were "
          "one more map. Each map has one bias.", biases=lambda inputs, outputs, window: window * inputs),
    wrong("a bias for each input and output map", "You count a bias for each input and each output map. Biases belong "
          "to output maps.", biases=lambda inputs, outputs, window: inputs + outputs),
    wrong("a bias for each pixel of one kernel", "You count as many biases as a kernel has pixels. Each output map "
          "has one.", biases=lambda inputs, outputs, window: window),
    wrong("two biases for each map", "You count two biases for each map. Each has one.",
          biases=lambda inputs, outputs, window: 2 * outputs),
    wrong("biases subtracted", "You take the biases away from the weights. They are learned, too: add them.",
          kind=lambda weights, biases: weights - biases),
    wrong("biases multiplied", "You multiply weights by biases. Both are learned: add them.",
          kind=lambda weights, biases: weights * biases),
    # --- what is returned ---
    wrong("a float", "You return a float. A count is a whole number.",
          kind=lambda weights, biases: float(weights + biases)),
    wrong("weights and biases apart", "You return weights and biases apart. One number is asked for, their sum.",
          kind=lambda weights, biases: (weights, biases)),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------

EXERCISE = Exercise(
    name="conv_parameters",
    reference=arithmetic.conv_parameters,
    computation=by_factors,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Count for one output map first. How many numbers does one of its neurons see?",
        "Then every output map has as many weights again, and one bias of its own if bias is True.",
    ],
    right_forms=[
        Form("one map, times the maps", lambda i, o, k, b: o * (k[0] * k[1] * i + int(b))),
        Form("math.prod", lambda i, o, k, b: math.prod((*k, i, o)) + (o if b else 0)),
        Form("the size of the arrays", lambda i, o, k, b: np.zeros((o, i, *k)).size + b * np.zeros(o).size),
    ],
)
