"""The inhibition of an S-cell of the neocognitron, as the parts that people get right or wrong independently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import Mistake, wrong

__all__ = ["MISTAKES", "inhibition", "same", "shares_of", "weights_of", "window_of"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def window_of(rng: np.random.Generator, planes: int, height: int, width: int) -> Array:
    """Return what cells of all planes give: none of them below 0, few of them 0, no plane like another."""
    if planes * height * width <= 12:
        u = np.maximum(rng.integers(0, 4, (planes, height, width)), rng.permutation(planes)[:, None, None] + 1.0)
        u[0, 0, -1] += (u == 1).all()  # else v would be 1, which is its own root
        return u
    return rng.integers(1, 20, (planes, height, width)) / 10 * (rng.random((planes, height, width)) > 0.15)


def shares_of(rng: np.random.Generator, planes: int, height: int, width: int) -> Array:
    """Return the fixed weights of an inhibitory cell: over all places of all planes, they add up to 1."""
    places = height * width
    parts = {2: np.array([2, 3]), 3: np.array([2, 3, 5])}.get(places, np.arange(places) % 7 + 1)
    return rng.permutation(parts).reshape(height, width) / (planes * parts.sum())


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
    wrong("half for the root", "Your v is half of the weighted sum of squares, where its root should be. `** 1 / 2` "
          "does that: put 1 / 2 into brackets.", root=lambda x: x / 2),
    wrong("the sum squared in v", "You square the weighted sum of squares. Take its square root.", root=np.square),
    wrong("square forgotten", "You do not square the inputs in v, and take the square root all the same.",
          squares=same),
    wrong("doubled for squared in v", "You double the inputs in v. Square them: u**2, not u * 2.",
          squares=lambda u: 2 * u),
    wrong("planes added before they are squared", "You add up the planes first, and square then. Square each input of "
          "each plane, then add.", squares=lambda u: np.square(u.sum(axis=0, keepdims=True))),
    wrong("planes averaged before they are squared", "You take the mean of the planes first, and square then. Square "
          "each input of each plane, then add.", squares=lambda u: np.square(u.mean(axis=0, keepdims=True))),
    wrong("c forgotten in v", "c is not in your v: each square has the weight of its place.",
          weighs=lambda c, squares, a: squares),
    wrong("c squared as well", "You square c together with the input: (c * u)**2. The weight stands before the "
          "square: c * u**2.", weighs=lambda c, squares, a: np.square(c) * squares),
    wrong("a for c in v", "You weigh the squares by a, the excitatory weights. Inhibition has its own: c.",
          weighs=lambda c, squares, a: a * squares),
    wrong("a and c in v", "You weigh the squares by a as well. In v, c stands alone.",
          weighs=lambda c, squares, a: a * c * squares),
    wrong("a for u in v", "The squares in your v are those of a, the excitatory weights. Square the inputs u.",
          weighs=lambda c, squares, a: c * np.square(a)),
    wrong("c added in v", "You add c and the squares. c is a weight: multiply.",
          weighs=lambda c, squares, a: c + squares),
    wrong("sums multiplied in v", "In v, you multiply the sum of c by the sum of the squares. Each square has its own "
          "weight: multiply first, then add.", weighs=lambda c, squares, a: c.sum() * squares),
    wrong("c turned round", "You lay c the other way round over the window: its first weight belongs to the first "
          "place.", weighs=lambda c, squares, a: c[::-1, ::-1] * squares),
    wrong("c divided by its sum", "You divide c by its sum first. Take it as it is.",
          weighs=lambda c, squares, a: c / c.sum() * squares),
    wrong("mean for sum in v", "You take the mean of the weighted squares. Add them up: how much a place counts is in "
          "c already.", gathers=np.mean),
    wrong("mean over the planes in v", "You take the mean over the planes. In v, all planes are added up.",
          gathers=lambda terms: terms.sum(axis=(1, 2)).mean()),
    wrong("v divided by the number of planes", "You divide v by the number of planes. In v, all planes are added up.",
          gathers=lambda terms: terms.sum() / len(terms) ** 2),
    wrong("the largest for the sum in v", "You take the largest of the weighted squares. Add them up.",
          gathers=np.max),
    wrong("the first plane alone in v", "Your v sees the first plane alone. It adds up all planes.",
          gathers=lambda terms: terms[0].sum()),
    wrong("the last plane alone in v", "Your v sees the last plane alone. Is its sum set back to 0 for each plane?",
          gathers=lambda terms: terms[-1].sum()),
    wrong("the last plane left out of v", "Your v does not see the last plane.",
          gathers=lambda terms: terms[:-1].sum()),
    wrong("the last row left out of v", "Your v does not see the last row of the window.",
          gathers=lambda terms: terms[:, :-1].sum()),
    wrong("the last column left out of v", "Your v does not see the last column of the window.",
          gathers=lambda terms: terms[:, :, :-1].sum()),
    wrong("one v for each plane", "You have a v for each plane. It is one number, for all planes and places.",
          gathers=lambda terms: terms.sum(axis=(1, 2))),
    wrong("one v for each place", "You have a v for each place. It is one number, for all planes and places.",
          gathers=lambda terms: terms.sum(axis=0)),
    wrong("one v for each row", "You have a v for each row. It is one number, for all planes and places.",
          gathers=lambda terms: terms.sum(axis=-1)),
    wrong("v not added up", "You multiply c by u**2 and do not add up: v is one number, for all planes and places.",
          gathers=same),
    wrong("the root of each input", "You take the root of each term, and add the roots. Add first, then take one "
          "root.", gathers=lambda terms: np.sqrt(terms).sum(), root=same),
    wrong("a root for each plane", "You take a root for each plane, and add the roots. Add up all planes first, then "
          "take one root.", gathers=lambda terms: np.sqrt(terms.sum(axis=(1, 2))).sum(), root=same),
    wrong("the mean of the planes' roots", "You take a root for each plane, and the mean of the roots. Add up all "
          "planes first, then take one root.", gathers=lambda terms: np.sqrt(terms.sum(axis=(1, 2))).mean(), root=same),
    wrong("a root for each place", "You take a root for each place, and add the roots. Add up all places first, then "
          "take one root.", gathers=lambda terms: np.sqrt(terms.sum(axis=0)).sum(), root=same),
]  # fmt: skip
