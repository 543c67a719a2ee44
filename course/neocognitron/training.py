"""How the neocognitron is shown its patterns: again and again, each time elsewhere. Nobody says which is which.

Source: K. Fukushima, *Neocognitron*, Biological Cybernetics 36, 1980; `course.neocognitron` says what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import whole_number
from ..errors import argument_error
from ..ops.arguments import Array, as_floats
from .network import Neocognitron
from .patterns import digits, shifted

__all__ = ["Progress", "organised", "presentations", "self_organise"]

Progress = Callable[[list[Any], str], Iterable[Any]]


def presentations(patterns: ArrayLike, times: int = 20, reach: int = 2, seed: int = 0) -> Iterator[tuple[int, Array]]:
    """Yield the pictures that are shown: all patterns in a new order each time, each shifted at random.

    Parameters
    ----------
    patterns : array_like of shape (N, H, W)
        Brightness from 0 up.
    times : int
        How often each is shown.
    reach : int
        How far it is shifted at most, down or up and right or left, in pixels.
    seed : int
        Of the order and of the shifts.

    Yields
    ------
    pattern : int
        Which one it is. A neocognitron is not told.
    picture : ndarray of shape (H, W)
        The pattern, shifted.

    Examples
    --------
    >>> [pattern for pattern, _ in presentations(np.eye(3)[np.newaxis], times=4)]
    [0, 0, 0, 0]
    """
    pictures = as_floats("presentations", "patterns", patterns, axes=3)
    times = whole_number("presentations", "times", times, least=0)
    reach = whole_number("presentations", "reach", reach, least=0)
    rng = np.random.default_rng(seed)
    for _ in range(times):
        for pattern in rng.permutation(len(pictures)).tolist():
            down, right = rng.integers(-reach, reach + 1, 2).tolist()
            yield pattern, shifted(pictures[pattern], down, right)


def self_organise(
    network: Neocognitron,
    patterns: ArrayLike,
    times: int = 20,
    reach: int = 2,
    seed: int = 0,
    together: bool = False,
    progress: Progress | None = None,
) -> Neocognitron:
    """Show patterns to a network until it has organised itself.

    Parameters
    ----------
    network : Neocognitron
        It is changed.
    patterns : array_like of shape (N, size, size)
        Brightness from 0 up.
    times, reach, seed
        As for `presentations`.
    together : bool
        Whether all S-layers learn at each presentation. Otherwise the first learns from all presentations, then the
        second from all of them once more, and so on: none learns while those below it still change.
    progress : callable, optional
        What goes over the presentations and tells how far it is, such as `course.track`.

    Returns
    -------
    Neocognitron
        The same network.

    Examples
    --------
    >>> network = self_organise(Neocognitron(), digits(), times=1)
    >>> [bool(synapses.any()) for synapses in network.b]
    [True, True, True]
    """
    if not isinstance(network, Neocognitron):
        raise argument_error("self_organise", "network", "be a Neocognitron", network, "Make one: Neocognitron().")
    for learning in [None] if together else range(len(network.modules)):
        shown: Iterable[tuple[int, Array]] = presentations(patterns, times, reach, seed)
        if progress is not None:
            shown = progress(list(shown), "all layers learn" if learning is None else f"layer {learning + 1} learns")
        for _, picture in shown:
            network.present(picture, learning)
    return network


def organised(seed: int = 0, together: bool = False) -> Neocognitron:
    """Return a neocognitron of the paper's size that has organised itself on the five digits.

    Parameters
    ----------
    seed : int
        Of the order and the shifts of what it was shown; nothing else is random.
    together : bool
        As for `self_organise`.

    Returns
    -------
    Neocognitron
        Every digit was shown 20 times to each layer, shifted by up to 2 pixels.
    """
    return self_organise(Neocognitron(), digits(), seed=seed, together=together)
