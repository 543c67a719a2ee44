"""Exercise `nhwc_to_nchw`: the axes of a batch, from the order of picture files to that of PyTorch."""

from __future__ import annotations

import numpy as np

from ..spec import Case, Exercise, Form, Mistake, Property
from .numbers import tenths

__all__ = ["NHWC_TO_NCHW", "nhwc_to_nchw"]


def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    """Return a batch of shape (N, H, W, C) as (N, C, H, W)."""
    return np.transpose(x, (0, 3, 1, 2))


def _counted(*shape: int) -> np.ndarray:
    return np.arange(float(np.prod(shape))).reshape(shape)


def _batches(rng: np.random.Generator) -> list[Case]:
    return [
        Case({"x": _counted(1, 2, 3, 2)}, "one picture of 2 x 3 pixels with 2 channels"),
        Case({"x": tenths(rng, 2, 3, 4, 5)}, "2 pictures of 3 x 4 pixels with 5 bands"),
        Case({"x": tenths(rng, 3, 5, 4, 1)}, "3 grey pictures"),
    ]


def _squares(rng: np.random.Generator) -> list[Case]:
    return [Case({"x": tenths(rng, 3, 3, 3, 3)}, "all sizes are 3: the shape tells nothing")]


def _types(rng: np.random.Generator) -> list[Case]:
    photos = rng.integers(0, 256, size=(2, 3, 4, 3)).astype(np.uint8)
    hole = tenths(rng, 1, 2, 3, 2)
    hole[0, 1, 2, 0] = np.nan
    return [Case({"x": photos}, "uint8 stays uint8"), Case({"x": hole}, "a pixel that is not a number")]


def _empty(rng: np.random.Generator) -> list[Case]:
    return [Case({"x": np.zeros((0, 3, 4, 2))}, "an empty batch")]


def _reshaped(x: np.ndarray) -> np.ndarray:
    batch, height, width, channels = x.shape
    return x.reshape(batch, channels, height, width)


NHWC_TO_NCHW = Exercise(
    name="nhwc_to_nchw",
    reference=nhwc_to_nchw,
    properties=[
        Property("axes", "The channels move to the second place; batch, height, width keep their order.", _batches),
        Property("equal sizes", "The axes move even where their sizes are the same.", _squares),
        Property("types", "Each value is the same as before, in the same type.", _types),
        Property("empty batch", "A batch may be empty.", _empty),
    ],
    mistakes=[
        Mistake(
            "reshape for transpose",
            "You reshape. The shape comes out right, but the numbers stay in their old order and pictures are torn.",
            _reshaped,
        ),
        Mistake(
            "height and width swapped",
            "The channels are in place, but width comes before height. A swap of two axes moves the wrong one, too.",
            lambda x: x.transpose(0, 3, 2, 1),
        ),
        Mistake("channels first of all", "You put the channels before the batch.", lambda x: np.moveaxis(x, 3, 0)),
        Mistake(
            "the other way",
            "Your function turns NCHW into NHWC: it moves the second axis to the end.",
            lambda x: x.transpose(0, 2, 3, 1),
        ),
        Mistake("all axes reversed", "x.T turns all axes round, the batch too.", lambda x: x.T),
        Mistake(
            "one picture only",
            "You return one picture without its batch axis.",
            lambda x: x.transpose(0, 3, 1, 2)[0],
        ),
        Mistake(
            "weights' order",
            "This is the order for weights: (f_h, f_w, C_in, C_out) to (C_out, C_in, f_h, f_w), not for a batch.",
            lambda x: x.transpose(3, 2, 0, 1),
        ),
        Mistake("turned to floats", "You change the type of the values.", lambda x: nhwc_to_nchw(x).astype(float)),
    ],
    hints=[
        "Write the four letters in the new order, and under each its place in the old order.",
        "np.transpose takes the old places in their new order; np.moveaxis takes one axis from a place to a place.",
    ],
    right_forms=[
        Form("moveaxis", lambda x: np.moveaxis(x, -1, 1)),
        Form("rollaxis", lambda x: np.rollaxis(x, 3, 1)),
        Form("einsum", lambda x: np.einsum("nhwc->nchw", x)),
        Form("a contiguous copy", lambda x: np.ascontiguousarray(x.transpose(0, 3, 1, 2))),
        Form("two swaps", lambda x: x.swapaxes(2, 3).swapaxes(1, 2)),
    ],
)
