"""`dense_connections`: a connection from every number of a picture to every neuron."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import arithmetic
from ..cases import Maker, between, one_of
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

cases = Maker(lambda rng, **sizes: sizes, height=between(7, 99), width=between(100, 899), channels=1,
              neurons=between(900, 2999))  # fmt: skip
LARGE = {"height": between(30, 90), "width": between(91, 150), "channels": between(4, 9), "neurons": between(10, 29)}

PROPERTIES = [
    Property(
        "grey pictures",
        "Every neuron has one connection to every pixel.",
        cases({"height": 2, "width": 3, "neurons": 4}, {}, {"height": 100, "width": 100, "neurons": 1000},
              note="a grey picture"),
    ),
    Property(
        "channels",
        "A pixel of a colour picture has one number for each channel.",
        cases({"height": 2, "width": 5, "channels": 3, "neurons": 4}, {"channels": one_of(2, 4, 5)},
              note="several channels"),
    ),
]  # fmt: skip

# --- The answer in parts ------------------------------------------------------------------------------------


def connections(
    height: int, width: int, channels: int, neurons: int, *,
    pixels: Callable[[int, int], int] = lambda height, width: height * width,
    numbers: Callable[[int, int], int] = lambda pixels, channels: pixels * channels,
    joined: Callable[..., float] = lambda inputs, neurons, pixels, channels: inputs * neurons,
    further: Callable[[int, int], int] = lambda inputs, neurons: 0,
    kind: Callable[[Any], Any] = lambda count: count,
) -> Any:  # fmt: skip
    """Multiply pixels, channels and neurons."""
    area = pixels(height, width)
    inputs = numbers(area, channels)
    return kind(joined(inputs, neurons, area, channels) + further(inputs, neurons))


# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    # --- pixels ---
    wrong("height and width added", "You add height and width. A picture with 2 rows and 3 columns has 6 pixels, not "
          "5.", pixels=lambda height, width: height + width),
    wrong("square pictures assumed", "You use the height twice, as if every picture were square. The width counts too.",
          pixels=lambda height, width: height**2),
    wrong("square pictures assumed, by the width", "You use the width twice, as if every picture were square. The "
          "height counts too.", pixels=lambda height, width: width**2),
    wrong("width left out", "The width is not in your number. A picture has height times width pixels.",
          pixels=lambda height, width: height),
    wrong("height left out", "The height is not in your number. A picture has height times width pixels.",
          pixels=lambda height, width: width),
    # --- channels ---
    wrong("channels forgotten", "You count each pixel once. A pixel has one number for each channel, and each number "
          "has its connection.", numbers=lambda pixels, channels: pixels),
    wrong("channels added", "You add the channels to the pixels. Each channel is a whole picture of its own.",
          numbers=lambda pixels, channels: pixels + channels),
    wrong("channels counted twice", "You multiply by the channels twice. They are in the picture alone: a fully "
          "connected neuron has none.", numbers=lambda pixels, channels: pixels * channels**2),
    wrong("three channels assumed", "You count 3 channels, whatever `channels` says.",
          numbers=lambda pixels, channels: pixels * 3),
    # --- neurons ---
    wrong("one neuron alone", "You count the connections of one neuron. The layer has many of them.",
          joined=lambda inputs, neurons, pixels, channels: inputs),
    wrong("neurons added", "You add the number of neurons. Each of the neurons has connections of its own to the "
          "whole picture.", joined=lambda inputs, neurons, pixels, channels: inputs + neurons),
    wrong("only the channels meet the neurons", "You multiply the channels alone by the neurons, and add the pixels. "
          "Every number of the picture meets every neuron.",
          joined=lambda inputs, neurons, pixels, channels: pixels + channels * neurons),
    wrong("channels and neurons added", "You add channels and neurons before you multiply. Every number of every "
          "channel meets every neuron.",
          joined=lambda inputs, neurons, pixels, channels: pixels * (channels + neurons)),
    wrong("all numbers added", "You add all four numbers. Every number of the picture meets every neuron: multiply.",
          pixels=lambda height, width: height + width, numbers=lambda pixels, channels: pixels + channels,
          joined=lambda inputs, neurons, pixels, channels: inputs + neurons),
    wrong("neurons counted twice", "You multiply by the neurons twice. Each meets the numbers of the picture, not the "
          "other neurons.", joined=lambda inputs, neurons, pixels, channels: inputs * neurons**2),
    wrong("one neuron too few", "You count one neuron too few.",
          joined=lambda inputs, neurons, pixels, channels: inputs * (neurons - 1)),
    wrong("every connection counted twice", "You count every connection twice. It joins a number and a neuron, and "
          "counts once.", joined=lambda inputs, neurons, pixels, channels: 2 * inputs * neurons),
    wrong("every connection counted half", "You count half of the connections. Halving is for pairs within one group; "
          "here numbers meet neurons.", joined=lambda inputs, neurons, pixels, channels: inputs * neurons // 2),
    # --- what is counted besides ---
    wrong("biases counted", "You also count one bias for each neuron. A bias is no connection: it comes from no input.",
          further=lambda inputs, neurons: neurons),
    wrong("one connection too many", "Your number is too large by 1. A bias, if that is what you count, is no "
          "connection.", further=lambda inputs, neurons: 1),
    wrong("a connection more for each input", "You count one connection too many for each number of the picture. It "
          "has one to each neuron.", further=lambda inputs, neurons: inputs),
    wrong("connections between the neurons", "You also count connections from neuron to neuron. The neurons of a "
          "layer look at the layer below alone.", further=lambda inputs, neurons: neurons * (neurons - 1)),
    wrong("a float", "You return a float, such as 24.0. A number of connections is whole: an int.", kind=float),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------

EXERCISE = Exercise(
    name="dense_connections",
    reference=arithmetic.dense_connections,
    computation=connections,
    properties=PROPERTIES,
    telling=cases(LARGE, LARGE, LARGE, LARGE),
    mistakes=MISTAKES,
    hints=[
        "How many numbers does one neuron read, when it reads the whole picture?",
        "A grey picture of 2 × 3 pixels is 6 numbers. With 3 channels it is 18. Now there are 4 neurons.",
        "Numbers in the picture, times the neurons that each read all of them.",
    ],
    right_forms=[
        Form("math.prod", lambda height, width, channels, neurons: math.prod((height, width, channels, neurons))),
        Form("the size of the weights",
             lambda height, width, channels, neurons: np.broadcast_to(0, (neurons, height, width, channels)).size),
    ],
)  # fmt: skip
