"""Slips in some of LeNet-5's layers: in how they squash, and in what S2 and S4 make of a window."""

from __future__ import annotations

from ...cell.landmarks import STAGES
from ..spec import Mistake, wrong

__all__ = ["in_layers"]

MAPS_AND_CELLS = ("C1", "C3", "C5", "F6")
PAIRS = ("S2", "S4")
SHOULD = "It should be 1.7159 * tanh(2 / 3 * z)."
SQUASHED = {  # the word for it: the name of the mistake, and what is said of the layers
    "none": ("not squashed", "Nothing is squashed in your {}. Each layer up to F6 squashes what it has added up."),
    "relu": ("ReLU", f"There is a ReLU in your {{}}, as in today's networks. {SHOULD}"),
    "tanh": ("tanh without its numbers", f"The squashing in your {{}} is tanh(z). {SHOULD}"),
    "sigmoid": ("sigmoid", f"The squashing in your {{}} is a sigmoid. {SHOULD}"),
    "another function": ("another function", f"The squashing in your {{}} is another function. {SHOULD}"),
    "1.7159 tanh(z)": ("2 / 3 forgotten", f"The squashing in your {{}} lacks the 2 / 3 within tanh. {SHOULD}"),
    "tanh(2z / 3)": ("1.7159 forgotten", f"The squashing in your {{}} lacks the 1.7159 before tanh. {SHOULD}"),
    "1.7159 tanh(2z) / 3": ("tanh(2z) / 3", f"The squashing in your {{}} divides by 3 after tanh. {SHOULD}"),
    "tanh(2z) / 3": ("tanh(2z) / 3, and 1.7159 forgotten",
                     f"The squashing in your {{}} divides by 3 after tanh, and lacks the 1.7159. {SHOULD}"),
    "1.7159 tanh(3z / 2)": ("3 / 2 for 2 / 3", f"The squashing in your {{}} multiplies by 3 / 2 within tanh. {SHOULD}"),
    "twice": ("squashed twice", "What is added up is squashed twice in your {}. Once is enough."),
}  # fmt: skip
LEARNS = "LeNet-5 adds up each window, times a coefficient, plus a bias, and squashes that."
PLAIN = {  # the same for pools of today, with nothing behind
    "average": ("average pool", f"Your network has an average pool for {{}}, which learns nothing. {LEARNS}"),
    "maximum": ("max pool", f"Your network has a max pool for {{}}, as today's networks do. {LEARNS}"),
}
POOLED = {  # and for what S2 and S4 make of a window
    "average": ("mean alone", f"Nothing but the mean of each window is squashed in your {{}}. {LEARNS}"),
    "maximum": ("maximum alone", f"Nothing but the maximum of each window is squashed in your {{}}. {LEARNS}"),
    "max": ("max for sum", "The maximum of each window is taken in your {}. It should be the sum."),
    "mean": ("mean for sum", "The mean of each window is taken in your {}. It should be the sum."),
    "one pair for all": ("one pair for all maps", "All maps share one coefficient and one bias in your {}. Each map "
                         "has its own."),
    "one bias for all": ("one bias for all maps", "All maps share one bias in your {}. Each map has its own."),
    "one coefficient for all": ("one coefficient for all maps", "All maps share one coefficient in your {}. Each map "
                                "has its own."),
    "bias first": ("bias before the coefficient", "The bias is added before the multiplication in your {}. Add it "
                   "after."),
    "no bias": ("no bias", "There is no bias in your {}: one for each map."),
    "no coefficient": ("no coefficient", "There is no coefficient in your {}: one for each map."),
    "plain sum": ("nothing learned", "Nothing is learned in your {}. Each map has a coefficient and a bias, as "
                  "nn.Parameter."),
    "four weights": ("four weights for a window", "There are four weights for each window in your {}. The window is "
                     "added up, and the sum has one coefficient."),
    "convolution": ("a convolution", "There is a convolution over all maps in your {}. Each map's windows are added up "
                    "by themselves, with one coefficient and one bias for each map."),
}  # fmt: skip


def of_layers(
    words: dict[str, tuple[str, str]], groups: dict[str, tuple[str, ...]], part: str, **more: str
) -> list[Mistake]:
    """Return each mistake for each group of layers: in layer S2, with the part "pool{0}", it is pool2 that goes wrong.

    The words of further parts are the same for each mistake.
    """
    return [
        wrong(
            f"{name} in {layers}",
            says.format(layers),
            **{
                key.format(layer[1], layer.lower()): value
                for layer in group
                for key, value in {part: word, **more}.items()
            },
        )
        for layers, group in groups.items()
        for word, (name, says) in words.items()
    ]


GROUPS = {"C1, S2, C3, S4, C5 and F6": tuple(STAGES), "C1, C3, C5 and F6": MAPS_AND_CELLS,
          "C1, C3 and C5": ("C1", "C3", "C5"), "C1 and C3": ("C1", "C3"), "C5 and F6": ("C5", "F6"),
          "S2 and S4": PAIRS, **{name: (name,) for name in STAGES}}  # fmt: skip
SUBSAMPLING = {name: GROUPS[name] for name in ("S2 and S4", *PAIRS)}


def in_layers() -> list[Mistake]:
    """Return the slips in squashing, and in S2 and S4, each in every group of layers."""
    return [
        *of_layers(SQUASHED, GROUPS, "{1}"),
        *of_layers(PLAIN, SUBSAMPLING, "pool{0}", **{"{1}": "none"}),
        *of_layers(POOLED, SUBSAMPLING, "pool{0}"),
    ]
