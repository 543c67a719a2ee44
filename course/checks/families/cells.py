"""The inhibition of an S-cell of the neocognitron, as the parts that people get right or wrong independently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import Mistake, wrong

__all__ = ["MISTAKES", "inhibition", "same", "weights_of", "window_of"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def window_of(rng: np.random.Generator, planes: int, height: int, width: int) -> Array:
    """Return what cells of all planes give: none of them below 0, few of them 0, no plane like another."""
    if planes * height * width <= 12:
        return np.maximum(rng.integers(0, 4, (planes, height, width)), rng.permutation(planes)[:, None, None] + 1.0)
    return rng.integers(1, 20, (planes, height, width)) / 10 * (rng.random((planes, height, width)) > 0.15)


def weights_of(rng: np.random.Generator, height: int, width: int) -> Array:
    """Return fixed weights, one for each place: tenths, up to eight of them all different."""
    tenths = np.array([9, 5, 7, 3, 6, 2, 8, 4])
    return rng.permutation(tenths[np.arange(height * width) % len(tenths)]).reshape(height, width) / 10


# --- The computation ----------------------------------------------------------------------------------------


def inhibition(
    u: Array,
    c: Array,
    a: Array,
    *,
    squares: Callable[[Array], Array] = np.square,
    weighs: Callable[[Array, Array, Array], Array] = lambda c, squares, a: c * squares,
    gathers: Callable[[Array], Any] = np.sum,
    root: Callable[[Any], Any] = np.sqrt,
) -> Any:
    """Return v, the root of the weighted sum of squares; each part can be replaced by a wrong way to do it."""
    return root(gathers(weighs(c, squares(u), a)))


# --- Mistakes -----------------------------------------------------------------------------------------------


def same(x: Any) -> Any:
    """Change nothing."""
    return x


MISTAKES: list[Mistake] = [
    wrong("neither square nor root in v", "Your v is a weighted sum of the inputs, c * u. Square each input first, and "
          "take the square root of the sum.", squares=same, root=same),
    wrong("root forgotten", "The square root of v is missing.", root=same),
    wrong("square forgotten", "You do not square the inputs in v, and take the square root all the same.",
          squares=same),
    wrong("planes added before they are squared", "You add up the planes first, and square then. Square each input of "
          "each plane, then add.", squares=lambda u: np.square(u.sum(axis=0, keepdims=True))),
    wrong("c forgotten in v", "c is not in your v: each square has the weight of its place.",
          weighs=lambda c, squares, a: squares),
    wrong("c squared as well", "You square c together with the input: (c * u)**2. The weight stands before the "
          "square: c * u**2.", weighs=lambda c, squares, a: np.square(c) * squares),
    wrong("a for c in v", "You weigh the squares by a, the excitatory weights. Inhibition has its own: c.",
          weighs=lambda c, squares, a: a * squares),
    wrong("a and c in v", "You weigh the squares by a as well. In v, c stands alone.",
          weighs=lambda c, squares, a: a * c * squares),
    wrong("c turned round", "You lay c the other way round over the window: its first weight belongs to the first "
          "place.", weighs=lambda c, squares, a: c[::-1, ::-1] * squares),
    wrong("c divided by its sum", "You divide c by its sum first. Take it as it is.",
          weighs=lambda c, squares, a: c / c.sum() * squares),
    wrong("mean for sum in v", "You take the mean of the weighted squares. Add them up: how much a place counts is in "
          "c already.", gathers=np.mean),
    wrong("mean over the planes in v", "You take the mean over the planes. In v, all planes are added up.",
          gathers=lambda terms: terms.sum(axis=(1, 2)).mean()),
    wrong("the largest for the sum in v", "You take the largest of the weighted squares. Add them up.",
          gathers=np.max),
    wrong("the first plane alone in v", "Your v sees the first plane alone. It adds up all planes.",
          gathers=lambda terms: terms[0].sum()),
    wrong("the last plane alone in v", "Your v sees the last plane alone. Is its sum set back to 0 for each plane?",
          gathers=lambda terms: terms[-1].sum()),
    wrong("one v for each plane", "You have a v for each plane. It is one number, for all planes and places.",
          gathers=lambda terms: terms.sum(axis=(1, 2))),
    wrong("one v for each place", "You have a v for each place. It is one number, for all planes and places.",
          gathers=lambda terms: terms.sum(axis=0)),
    wrong("the root of each input", "You take the root of each term, and add the roots. Add first, then take one "
          "root.", gathers=lambda terms: np.sqrt(terms).sum(), root=same),
    wrong("a root for each plane", "You take a root for each plane, and add the roots. Add up all planes first, then "
          "take one root.", gathers=lambda terms: np.sqrt(terms.sum(axis=(1, 2))).sum(), root=same),
]  # fmt: skip
