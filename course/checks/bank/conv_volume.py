"""`conv_volume`: all maps of one picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import ops
from ..families import layers, sliding
from ..families.focus import window_of_all_channels
from ..spec import Exercise, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray


def conv_volume(x: Array, weight: Array, bias: Array, stride: int, padding: int) -> Array:
    """Return all maps of one picture: the course's fast convolution of a batch of one."""
    return ops.conv2d(np.asarray(x)[np.newaxis], weight, bias, stride, padding)[0]


def by_parts(
    x: Array,
    weight: Array,
    bias: Array,
    stride: int,
    padding: int,
    *,
    picked: Callable[[Array], Array] = lambda z: z[0],
    **parts: Any,
) -> Array:
    """Do the same in parts, as a batch of one."""
    return picked(sliding.convolve(np.asarray(x)[np.newaxis], weight, bias, stride, padding, **parts))


PROPERTIES = [
    *layers.properties_of(batch=False),
    Property(
        "whole numbers",
        "The result is float, even for a picture of whole numbers.",
        lambda rng: [layers.whole_numbers(rng)],
        unusual=True,
    ),
]

# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    *sliding.MISTAKES,
    *sliding.DEPTH_MISTAKES,
    wrong("padding on all axes", "You pad the channels as well: np.pad(x, padding) adds zeros along every axis. Give "
          "it one pair for each axis, and (0, 0) for the channels.",
          border=lambda x, p: np.pad(x, [(0, 0), (p, p), (p, p), (p, p)])),
    wrong("maps last", "Your maps are the last axis. From here on they come first: (maps, height, width).",
          axes=lambda z: np.moveaxis(z, 1, -1)),
    wrong("a batch of one", "Your result has an axis too many in front. This function takes one picture and returns "
          "its maps.", picked=lambda z: z),
]  # fmt: skip

# --- Hints -------------------------------------------------------------------------------------------------------

EXERCISE = Exercise(
    name="conv_volume",
    reference=conv_volume,
    computation=by_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    telling=layers.telling_of(batch=False),
    hints=[
        "Three loops visit every neuron: map k, row i, column j. The body of the loops is one neuron, as before.",
        "Pad first. Then all windows lie inside: neuron (i, j) sees padded[:, i*s : i*s + f_h, j*s : j*s + f_w].",
        "The output has (H + 2p - f_h) // s + 1 rows. Make it with np.zeros, which is float whatever the picture is.",
    ],
    right_forms=layers.right_forms(),
    focus=window_of_all_channels,
)
