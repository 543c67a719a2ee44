"""How a layer of LeNet-5 squashes what it has added up, found from the numbers that it gives.

Like `objects`, this enters a learner's process while work is graded: PyTorch is imported inside functions alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["CLOSE", "A", "Found", "found_in", "line_through"]

A = 1.7159
RIGHT = "scaled tanh"
OTHER = "another function"
CLOSE = 1e-3
MOST_TENSORS = 24  # of one shape that are looked at
FEW = 4  # pictures that say whether one number follows from the other
SMOOTH = 3  # ranges that a function's values may go up and down in all


class Found(NamedTuple):
    """How a layer squashes (a word), and the places of what it has added up and of what it gives among its tensors."""

    squash: str
    added_up: int
    given: int


def _squashings() -> dict[str, Callable[[Any], Any]]:
    import torch

    return {
        RIGHT: lambda z: A * torch.tanh(2 / 3 * z),
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "1.7159 tanh(z)": lambda z: A * torch.tanh(z),
        "tanh(2z / 3)": lambda z: torch.tanh(2 / 3 * z),
        "tanh(2z) / 3": lambda z: torch.tanh(2 * z) / 3,
        "1.7159 tanh(2z) / 3": lambda z: A * torch.tanh(2 * z) / 3,
        "1.7159 tanh(3z / 2)": lambda z: A * torch.tanh(1.5 * z),
        "twice": lambda z: A * torch.tanh(2 / 3 * A * torch.tanh(2 / 3 * z)),
    }


def found_in(name: str, tensors: list[Any]) -> Found:
    """Return how a layer squashes, and which of the tensors of its shape are what it has added up, and what it gives.

    Between the two there may be steps of the squashing, and behind them what the next layer makes of it: a choice of
    maps, or the differences from a code.
    """
    if not tensors:
        return Found("", -1, -1)
    values = [one.flatten(1) for _, one in tensors[:MOST_TENSORS]]
    own = [k for k, one in enumerate(values) if k == 0 or not one.equal(values[k - 1])]
    squares = [end for end in own if any(_near(one**2, values[end]) for one in values[:end])]  # of distances
    ends = [end for end in own if end not in squares]
    steps = [
        Found(word, k, end)
        for k, z in enumerate(values)
        for end in ends
        if end > k and (word := _squashing(z, values[end]))
    ]
    if name in ("S2", "S4"):  # on the way to what is squashed, a window is added up and multiplied: lines, all of them
        bent = {step.given for step in steps}
        steps.sort(key=lambda step: step.squash == OTHER or step.added_up in bent)
    right = max((step.given for step in steps if step.squash == RIGHT), default=-1)
    if name == "F6" and right >= 0:  # behind it, a distance may be made of its doubles
        steps = [one for one in steps if one.given <= right or line_through(values[one.given], values[right]) is None]
    end = max((step.given for step in steps), default=-1)
    last = 0 if name == "F6" else own[-1]
    return next((step for step in steps if step.given == end), Found("none", last, last))


def _squashing(z: Any, values: Any) -> str:
    """Return in a word how values follow from z, or nothing."""
    for word, squash in _squashings().items():
        if _near(squash(z[:1]), values[:1]) and _near(squash(z), values):
            return word
    return OTHER if _is_bent(z[:FEW], values[:FEW]) else ""


def _near(one: Any, other: Any) -> bool:
    return bool((one - other).abs().max() < CLOSE)


def _is_bent(z: Any, values: Any) -> bool:
    """Tell whether values are a function of z, number by number, and not in a straight line."""
    order = z.flatten().argsort()
    sorted_values = values.flatten()[order]
    span = float(sorted_values.max() - sorted_values.min())
    way = float(sorted_values.diff().abs().sum())
    return 0 < way < SMOOTH * span and line_through(values, z) is None


def line_through(values: Any, z: Any) -> tuple[float, float] | None:
    """Return slope and offset of values that hang on those of z in a straight line, or None."""
    x, y = z.flatten().double(), values.flatten().double()
    spread = x - x.mean()
    slope = float((spread * y).sum() / (spread**2).sum().clamp_min(1e-30))
    offset = float(y.mean() - slope * x.mean())
    straight = (slope * x + offset - y).abs().max() < CLOSE * (y.abs().max() + 1e-9)
    return (slope, offset) if bool(straight) else None
