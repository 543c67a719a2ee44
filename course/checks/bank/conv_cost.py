"""`conv_cost`: what a layer has to compute."""

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
    output_size: Pair,
    *,
    window: Callable[[int, int], int] = lambda f_h, f_w: f_h * f_w,
    below: Callable[[int], int] = lambda inputs: inputs,
    maps: Callable[[int], int] = lambda outputs: outputs,
    channels: Callable[[int, int], int] = lambda inputs, outputs: inputs * outputs,
    places: Callable[[int, int], int] = lambda out_h, out_w: out_h * out_w,
    more: Callable[[int, int, int], int] = lambda inputs, outputs, places: 0,
    each: Callable[[int], int] = lambda products: products,
    kind: Callable[[int], Any] = lambda count: count,
) -> Any:
    """Count the products of a layer; each factor can be replaced by a wrong one."""
    there = places(*output_size)
    products = window(*kernel_size) * channels(below(in_channels), maps(out_channels)) * there
    return kind(each(products) + more(in_channels, out_channels, math.prod(output_size)))


# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, inputs: int, outputs: int, f_h: int, f_w: int, out_h: int, out_w: int
         ) -> dict[str, Any]:  # fmt: skip
    """Return a layer and the size of its maps."""
    return {"in_channels": inputs, "out_channels": outputs, "kernel_size": (f_h, f_w), "output_size": (out_h, out_w)}


cases = Maker(make, inputs=3, outputs=2, f_h=3, f_w=3, out_h=4, out_w=5)


def any_sizes(rng: np.random.Generator) -> list[Any]:
    """Return two cases in which no two numbers are the same."""
    drawn = []
    for _ in range(2):
        inputs, outputs, out_h, out_w = (int(n) for n in rng.choice(np.arange(11, 60), size=4, replace=False))
        f_h, f_w = (int(n) for n in rng.choice(np.arange(2, 10), size=2, replace=False))
        drawn.append({"inputs": inputs, "outputs": outputs, "f_h": f_h, "f_w": f_w, "out_h": out_h, "out_w": out_w})
    return cases(*drawn)(rng)


PROPERTIES = [
    Property(
        "layers",
        "Each neuron multiplies as many numbers as it sees, and there are many neurons.",
        cases({"inputs": 2, "outputs": 3, "out_h": 4, "out_w": 4, "note": "2 maps to 3 maps of 4 × 4"},
              {"inputs": 1, "outputs": 64, "f_h": 7, "f_w": 7, "out_h": 28, "out_w": 28,
               "note": "the first layer of lesson 5"},
              {"inputs": 64, "outputs": 128, "out_h": 14, "out_w": 14, "note": "64 maps to 128 maps"},
              {"inputs": between(65, 299), "outputs": between(300, 599), "out_h": 9, "out_w": 9, "note": "many maps"}),
    ),
    Property(
        "rectangles",
        "Kernels and maps may be higher than wide, or wider than high.",
        lambda rng: [*cases({"inputs": 3, "outputs": 200, "f_h": 5, "f_w": 5, "out_h": 100, "out_w": 150,
                             "note": "the layer of the book"})(rng), *any_sizes(rng)],
    ),
    Property(
        "small",
        "It holds for a 1 × 1 kernel, and for maps of one neuron.",
        cases({"inputs": 5, "outputs": 1, "f_h": 1, "f_w": 1, "out_h": 6, "out_w": 7, "note": "one 1 × 1 kernel"},
              {"inputs": 5, "outputs": 3, "f_h": 2, "f_w": 4, "out_h": 1, "out_w": 1,
               "note": "one neuron in each map"},
              {"inputs": between(65, 299), "outputs": between(300, 599), "f_h": 1, "f_w": 1, "out_h": 3, "out_w": 2,
               "note": "1 × 1 kernels"}),
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    wrong("weights, not work", "You count the weights. Each weight is used again at every place of the output map.",
          places=lambda out_h, out_w: 1),
    wrong("neurons only", "You count the neurons. Each of them multiplies all that it sees.", window=lambda f_h, f_w: 1,
          below=lambda inputs: 1),
    wrong("input channels forgotten", "You forgot the input channels: each neuron sees all of them.",
          below=lambda inputs: 1),
    wrong("output channels forgotten", "You counted one output map. All of them have to be computed.",
          maps=lambda outputs: 1),
    wrong("kernel forgotten", "You forgot the kernel: at each place f_h * f_w pixels are multiplied.",
          window=lambda f_h, f_w: 1),
    wrong("channels added", "You add input and output channels. Every output map sees every input channel: multiply.",
          channels=lambda inputs, outputs: inputs + outputs),
    wrong("input channels squared", "You take the input channels for the output channels, too.",
          channels=lambda inputs, outputs: inputs * inputs),
    wrong("output channels squared", "You take the output channels for the input channels, too.",
          channels=lambda inputs, outputs: outputs * outputs),
    # --- sides ---
    wrong("square kernels assumed", "You square the height of the kernel. Multiply height by width.",
          window=lambda f_h, f_w: f_h**2),
    wrong("square kernels assumed, by the width", "You square the width of the kernel. Multiply height by width.",
          window=lambda f_h, f_w: f_w**2),
    wrong("sides of the kernel added", "You add the sides of the kernel. A neuron sees height times width pixels.",
          window=lambda f_h, f_w: f_h + f_w),
    wrong("height of the kernel only", "You count the height of the kernel alone. A neuron sees height times width "
          "pixels.", window=lambda f_h, f_w: f_h),
    wrong("width of the kernel only", "You count the width of the kernel alone. A neuron sees height times width "
          "pixels.", window=lambda f_h, f_w: f_w),
    wrong("bounds of 3 x 3", "You count 3 × 3 pixels, whatever the kernel's size is.", window=lambda f_h, f_w: 9),
    wrong("square maps assumed", "You square the height of the map. Multiply height by width.",
          places=lambda out_h, out_w: out_h**2),
    wrong("square maps assumed, by the width", "You square the width of the map. Multiply height by width.",
          places=lambda out_h, out_w: out_w**2),
    wrong("sides of the map added", "You add the sides of the map. It has height times width neurons.",
          places=lambda out_h, out_w: out_h + out_w),
    wrong("height of the map only", "You count the height of the map alone. It has height times width neurons.",
          places=lambda out_h, out_w: out_h),
    wrong("width of the map only", "You count the width of the map alone. It has height times width neurons.",
          places=lambda out_h, out_w: out_w),
    wrong("places counted for a step too few", "You count (height - 1) * (width - 1) places. output_size is the size "
          "of the map itself.", places=lambda out_h, out_w: (out_h - 1) * (out_w - 1)),
    # --- what is counted ---
    wrong("counted twice", "You count the multiplication and the addition apart. Together they are one "
          "multiply-accumulate.", each=lambda products: 2 * products),
    wrong("biases counted", "You count the biases. A multiply-accumulate has a multiplication; adding a bias has none.",
          more=lambda inputs, outputs, places: outputs * places),
    wrong("biases counted once for each map", "You count a bias for each map. A multiply-accumulate has a "
          "multiplication; adding a bias has none.", more=lambda inputs, outputs, places: outputs),
    wrong("biases counted once for each place", "You count a bias for each place. A multiply-accumulate has a "
          "multiplication; adding a bias has none.", more=lambda inputs, outputs, places: places),
    wrong("biases counted for each input channel", "You count a bias for each pair of maps and place. A "
          "multiply-accumulate has a multiplication; adding a bias has none.",
          more=lambda inputs, outputs, places: inputs * outputs * places),
    wrong("additions alone", "You count one less for each neuron: those are its additions. Count its products.",
          more=lambda inputs, outputs, places: -outputs * places),
    wrong("multiplications and additions apart", "You count multiplications and additions apart, one addition fewer "
          "for each neuron. Together they are multiply-accumulates: count the products.",
          each=lambda products: 2 * products, more=lambda inputs, outputs, places: -outputs * places),
    wrong("a float", "You return a float. A count is a whole number.", kind=float),
    wrong("in millions", "You return millions. The count itself is asked for.", kind=lambda count: count / 1e6),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------

EXERCISE = Exercise(
    name="conv_cost",
    reference=arithmetic.conv_cost,
    computation=by_factors,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "How many products does one neuron of one map add up?",
        "How many neurons does the layer have? Count one map first, then all of them.",
    ],
    right_forms=[
        Form("math.prod", lambda i, o, k, s: math.prod((i, o, *k, *s))),
        Form("weights times places", lambda i, o, k, s: (k[0] * k[1] * i * o) * (s[0] * s[1])),
        Form("NumPy", lambda i, o, k, s: int(np.prod([i, o, *k, *s], dtype=np.int64))),
    ],
)
