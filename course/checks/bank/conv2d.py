"""`conv2d`: every neuron of every map of every picture of a batch."""

from __future__ import annotations

import numpy as np

from ... import ops
from ..cases import tenths
from ..families import geometry, layers, sliding
from ..families.focus import window_of_all_channels
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return a photo of bytes, and an empty batch."""
    layer = {"weight": tenths(rng, 2, 3, 2, 3), "bias": tenths(rng, 2), "stride": 1, "padding": 1}
    return [layers.whole_numbers(rng, 2), Case({"x": np.zeros((0, 3, 4, 5)), **layer}, "an empty batch")]


PROPERTIES = [
    *layers.properties_of(batch=True),
    Property(
        "unusual input",
        "Whole numbers give floats, and a batch of no pictures gives no maps.",
        unusual,
        unusual=True,
    ),
]

# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    *sliding.MISTAKES,
    *sliding.DEPTH_MISTAKES,
    wrong("the sample's index for the filter's", "You pick kernel and bias with the number of the picture. Use the "
          "number of the map, k.",
          maps=lambda z: (
              np.stack([np.repeat(one[n % len(one)][np.newaxis], len(one), 0) for n, one in enumerate(z)])
              if len(z)
              else z
          )),
    wrong("first picture only", "You return the maps of the first picture alone. The batch stays the first axis.",
          pictures=lambda z: z[:1]),
    wrong("first picture filled", "Only the maps of the first picture are filled, the others are zeros.",
          pictures=lambda z: geometry.kept(z, np.s_[:1])),
    wrong("last picture filled", "Only the maps of the last picture are there, the others are zeros. Is the "
          "assignment outside the loop?", pictures=lambda z: geometry.kept(z, np.s_[-1:])),
    wrong("sums over the batch", "You add up the pictures of the batch. Each has maps of its own.",
          pictures=lambda z: z.sum(axis=0)),
    wrong("maps before pictures", "Your output has the maps first and the pictures second. The batch is the first "
          "axis.", axes=lambda z: z.swapaxes(0, 1)),
    wrong("channels last", "Your output has the maps last. In this course, as in PyTorch, they come second: (N, maps, "
          "height, width).", axes=lambda z: np.moveaxis(z, 1, -1)),
    wrong("padding on all axes", "You pad pictures and channels as well: np.pad(x, padding) adds zeros along every "
          "axis. Give it one pair for each axis, and (0, 0) for those that stay.", border=geometry.padded_everywhere),
    wrong("nothing to stack", "It works, until the batch is empty: np.stack wants at least one picture. Make the "
          "output first, then fill it.", pictures=lambda z: np.stack(list(z))),
    wrong("an empty list for an empty batch", "It works, until the batch is empty: an array made of an empty list has "
          "the shape (0,). Make the output first, then fill it.", pictures=lambda z: z if len(z) else np.array([])),
]  # fmt: skip

# --- Hints -------------------------------------------------------------------------------------------------------

EXERCISE = Exercise(
    name="conv2d",
    reference=ops.conv2d,
    computation=sliding.convolve,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    telling=layers.telling_of(batch=True),
    hints=[
        "One more loop, over the pictures. What does your conv_volume give for one of them?",
        "Make the whole output first, of shape (N, F, out_h, out_w), so that an empty batch has a shape, too.",
        "A faster way needs two loops alone, over u and v: each weight[:, :, u, v] meets a shifted picture.",
    ],
    right_forms=[Form("the course's loops", ops.conv2d_loops), *layers.right_forms()],
    focus=window_of_all_channels,
)
