"""How well digits are recognised after they were shifted, enlarged, deformed or covered with noise.

Who recognises is a function from pictures (N, size, size) to numbers of patterns (N,), with -1 for "none of them": a
neocognitron, a template matcher, or a network from elsewhere. All of them are tested on the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import whole_number
from ..errors import argument_error
from ..ops.arguments import Array, as_floats
from .network import Neocognitron
from .patterns import digits, shifted, with_noise

__all__ = ["Recogniser", "changed_digits", "nearest_template", "reading", "recognised"]

Recogniser = Callable[[Array], Array]

DEFORMED: dict[str, dict[str, Any]] = {
    "larger, x 1.2": {"scale": 1.2},
    "larger, x 1.4": {"scale": 1.4},
    "smaller, x 0.8": {"scale": 0.8},
    "slanted by 0.2": {"slant": 0.2},
    "turned by 10 degrees": {"turn": 10.0},
    "swinging by 1 pixel": {"wave": 1.0},
}
NOISE = (4, 8, 16)  # pixels of 256


def changed_digits(reach: int = 4, seed: int = 0) -> dict[str, Array]:
    """Return the five digits, changed in every way that is tested, by the name of the change.

    Parameters
    ----------
    reach : int
        The largest shift, in pixels.
    seed : int
        Of the noise.

    Returns
    -------
    dict of ndarray of shape (views, 5, 16, 16)
        Each view shows the digits 0 to 4 in the same way. A shift by n pixels has all shifts of which the larger part
        is n; of each deformation there are the digit in the middle and its shifts by 1 pixel; of noise, 10 draws.

    Examples
    --------
    >>> {name: len(views) for name, views in changed_digits().items() if name.startswith("shifted")}
    {'shifted by 0': 1, 'shifted by 1': 8, 'shifted by 2': 16, 'shifted by 3': 24, 'shifted by 4': 32}
    """
    reach = whole_number("changed_digits", "reach", reach, least=0)
    patterns, rng = digits(), np.random.default_rng(seed)
    views = {
        f"shifted by {n}": np.stack([shifted(patterns, *move) for move in _moves(n) if max(map(abs, move)) == n])
        for n in range(reach + 1)
    }
    for name, how in DEFORMED.items():
        views[name] = np.stack([digits(shift=move, **how) for move in _moves(1)])
    for pixels in NOISE:
        views[f"noise, {pixels} pixels"] = np.stack(
            [np.stack([with_noise(pattern, pixels, rng) for pattern in patterns]) for _ in range(10)]
        )
    return views


def reading(network: Neocognitron, patterns: ArrayLike) -> Recogniser:
    """Return a function that reads what a neocognitron answers.

    A cell of the last layer stands for the pattern that it answers to more than all others do. Where a cell wins for
    several patterns it cannot tell them apart, and stands for none.

    Parameters
    ----------
    network : Neocognitron
        One that has organised itself.
    patterns : array_like of shape (N, size, size)
        What the cells are read by. Only here is a pattern told its number.

    Returns
    -------
    callable
        From pictures to numbers of patterns, and -1.
    """
    winners = network.winners(patterns)
    meaning = np.full(network.modules[-1].planes + 1, -1)  # the last one is for silence, whose number is -1
    for pattern, cell in enumerate(winners):
        if cell >= 0 and np.count_nonzero(winners == cell) == 1:
            meaning[cell] = pattern
    return lambda pictures: meaning[network.winners(pictures)]


def nearest_template(patterns: ArrayLike) -> Recogniser:
    """Return a function that compares pictures with whole patterns, pixel by pixel: one layer, and no more.

    It finds the pattern whose cosine with the picture is largest, ``sum(x * p) / (|x| * |p|)``.

    Parameters
    ----------
    patterns : array_like of shape (N, H, W)
        The templates.

    Returns
    -------
    callable
        From pictures to numbers of patterns; -1 for a picture that shares nothing with any.

    Examples
    --------
    >>> recognise = nearest_template(digits())
    >>> recognise(digits()), recognise(shifted(digits(), 0, 3))
    (array([0, 1, 2, 3, 4]), array([1, 0, 3, 2, 4]))
    """
    templates = as_floats("nearest_template", "patterns", patterns, axes=3)
    flat = templates.reshape(len(templates), -1)
    norms = np.linalg.norm(flat, axis=1)
    if not np.all(norms > 0):
        raise argument_error("nearest_template", "patterns", "each show something", templates, "Leave out empty ones.")

    def recognise(pictures: Array) -> Array:
        # The length of the picture itself is the same for all templates, so it does not decide.
        scores = np.asarray(pictures).reshape(len(pictures), -1) @ (flat / norms[:, np.newaxis]).T
        return np.where(scores.max(axis=1) > 0, scores.argmax(axis=1), -1)

    return recognise


def recognised(recognise: Recogniser, views: dict[str, Array] | None = None) -> dict[str, float]:
    """Return which share of each test's pictures is recognised.

    Parameters
    ----------
    recognise : callable
        From pictures (N, size, size) to numbers of patterns (N,).
    views : dict of ndarray of shape (views, patterns, size, size), optional
        Pictures by the name of the test; those of `changed_digits` unless they are given.

    Returns
    -------
    dict of float
        From 0 to 1.

    Examples
    --------
    >>> shares = recognised(nearest_template(digits()))
    >>> shares["shifted by 0"], shares["shifted by 2"]
    (1.0, 0.225)
    """
    shares = {}
    for name, pictures in (changed_digits() if views is None else views).items():
        answers = recognise(pictures.reshape(-1, *pictures.shape[2:]))
        shares[name] = float(np.mean(answers.reshape(pictures.shape[:2]) == np.arange(pictures.shape[1])))
    return shares


def _moves(reach: int) -> list[tuple[int, int]]:
    """Return all shifts (down, right) by up to `reach` pixels."""
    return [(down, right) for down in range(-reach, reach + 1) for right in range(-reach, reach + 1)]
