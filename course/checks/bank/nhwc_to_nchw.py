"""`nhwc_to_nchw`: the axes of a batch, from the order of picture files to that of PyTorch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, photo, tenths
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray


def nhwc_to_nchw(x: Array) -> Array:
    """Return a batch of shape (N, H, W, C) as (N, C, H, W)."""
    return np.transpose(x, (0, 3, 1, 2))


def by_parts(
    x: Array,
    *,
    turned: Callable[[Array], Array] = lambda x: x,
    axes: Callable[[Array], Array] = nhwc_to_nchw,
    pictures: Callable[[Array], Array] = lambda x: x,
    kind: Callable[[Array], Array] = lambda x: x,
) -> Array:
    """Do the same in parts."""
    return kind(pictures(axes(turned(x))))


# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, height: int, width: int, channels: int) -> dict[str, Any]:
    """Return a batch, channels last."""
    shape = (pictures, height, width, channels)
    return {"x": np.arange(float(np.prod(shape))).reshape(shape) if pictures == 1 else tenths(rng, *shape)}


cases = Maker(make, pictures=2, height=3, width=4, channels=5)

PROPERTIES = [
    Property(
        "axes",
        "The channels move to the second place; batch, height, width keep their order.",
        cases({"pictures": 1, "height": 2, "width": 3, "channels": 2,
               "note": "one picture of 2 × 3 pixels with 2 channels"},
              {"note": "2 pictures of 3 × 4 pixels with 5 bands"},
              {"pictures": 3, "height": 5, "width": 4, "channels": 1, "note": "3 grey pictures"}),
    ),
    Property(
        "equal sizes",
        "The axes move even where their sizes are the same.",
        cases({"pictures": 3, "height": 3, "width": 3, "channels": 3, "note": "all sizes are 3: the shape tells "
        "nothing"}),
    ),
    Property(
        "types",
        "Each value is the same as before, in the same type.",
        lambda rng: [Case({"x": photo(rng, 2, 3, 4, 3)}, "uint8 stays uint8")],
        unusual=True,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------

LETTERS = "NHWC"
KNOWN = {
    "NCWH": ("height and width swapped", "The channels are in place, but width comes before height. A swap of two axes "
             "moves the wrong one, too."),
    "CNHW": ("channels first of all", "You put the channels before the batch."),
    "NWCH": ("the other way", "Your function turns NCHW into NHWC: it moves the second axis to the end."),
    "CWHN": ("all axes reversed", "x.T turns all axes round, the batch too."),
    "CWNH": ("weights' order", "Axes in the order (3, 2, 0, 1) are for weights, (f_h, f_w, C_in, C_out) to (C_out, "
             "C_in, f_h, f_w), not for a batch."),
    "NHWC": ("nothing moved", "Your result has its axes where they were: the channels are still last."),
}  # fmt: skip


def moved(order: str) -> Any:
    """Return the mistake that leaves the axes in some other order."""
    usual = (
        f"axes in the order {order}",
        f"Your axes come in the order ({', '.join(order)}), if the input has (N, H, W, C).",
    )
    name, says = KNOWN.get(order, usual)
    return wrong(name, says, axes=lambda x: x.transpose([LETTERS.index(letter) for letter in order]))


def reshaped(x: Array) -> Array:
    """Give the right shape to the numbers in their old order."""
    batch, height, width, channels = x.shape
    return x.reshape(batch, channels, height, width)


def of_one_picture(x: Array) -> Array:
    """Move three axes of four."""
    raise ValueError("axes don't match array")


TORN = "The shape comes out right, but the numbers stay in their old order and pictures are torn."

MISTAKES = [
    wrong("reshape for transpose", f"You reshape. {TORN}", axes=reshaped),
    wrong("transposed, then reshaped",
          f"You reshape what you have transposed. {TORN}", axes=lambda x: reshaped(x.transpose(0, 2, 1, 3))),
    wrong("reversed, then reshaped",
          f"You reshape x.T. {TORN}", axes=lambda x: x.T.reshape(len(x), x.shape[3], *x.shape[1:3])),
    wrong("reshaped with height and width swapped", "You reshape to (N, C, W, H): the numbers stay in their old order "
          "and pictures are torn, and height and width are swapped.",
          axes=lambda x: x.reshape(len(x), x.shape[3], x.shape[2], x.shape[1])),
    wrong("three axes moved", "You give transpose three axes, as for one picture. A batch has four, and the first of "
          "them stays.", axes=of_one_picture),
    *(moved("".join(order)) for order in itertools.permutations(LETTERS) if "".join(order) != "NCHW"),
    wrong("one picture only", "You return one picture without its batch axis.", pictures=lambda x: x[0]),
    wrong("first picture only", "You return the first picture alone. The batch has as many as before.",
          pictures=lambda x: x[:1]),
    wrong("pictures one below the other", "Your pictures have no batch axis: they lie one behind the other in the "
          "first axis.", pictures=lambda x: x.reshape(-1, *x.shape[2:])),
    wrong("channels reversed", "You turn the order of the channels round, as from RGB to BGR. Each value stays in its "
          "channel.", turned=lambda x: x[..., ::-1]),
    wrong("pictures upside down", "You turn the pictures upside down.", turned=lambda x: x[:, ::-1]),
    wrong("pictures mirrored", "You mirror the pictures.", turned=lambda x: x[:, :, ::-1]),
    wrong("turned to floats", "You change the type of the values.", kind=lambda x: x.astype(float)),
    wrong("turned to whole numbers", "You cut the values to whole numbers. No value changes.",
          kind=lambda x: x.astype(int)),
    wrong("divided by 255", "You divide by 255. No value changes.", kind=lambda x: x / 255),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------

EXERCISE = Exercise(
    name="nhwc_to_nchw",
    reference=nhwc_to_nchw,
    computation=by_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
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
