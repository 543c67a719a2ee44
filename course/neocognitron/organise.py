"""How a layer of S-cells organises itself: who learns, and from where it starts. Nobody names what is shown.

An S-column is the S-cells of all planes that look at nearly the same place; columns overlap. The strongest cell of a
column is a candidate. Of the candidates of one plane the strongest is its representative, and a plane without a
candidate learns nothing this time. So a plane learns one thing, and what is seen at one place is learned by one plane.

Source: K. Fukushima, *Neocognitron*, Biological Cybernetics 36, 1980.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import whole_number
from ..ops.arguments import Array, as_floats
from .cells import positive

__all__ = ["initial_excitation", "representatives"]


def representatives(answers: ArrayLike, column: int) -> dict[int, tuple[int, int]]:
    """Return the representative of each plane that has one.

    Parameters
    ----------
    answers : array_like of shape (planes, height, width)
        What the S-cells answer to one picture.
    column : int
        Height and width of an S-column, in cells. Where the layer is smaller, it is one column.

    Returns
    -------
    dict
        Keys are planes, values (row, column) of the cell. Of equals the first counts, plane by plane and row by row;
        a cell that is silent is no candidate.

    Examples
    --------
    Plane 0 wins at the left, with two candidates, of which 5 is the stronger; plane 1 wins at the right:

    >>> representatives([[[2, 5, 0, 0]], [[1, 0, 0, 3]]], column=2)
    {0: (0, 1), 1: (0, 3)}
    """
    u = as_floats("representatives", "answers", answers, axes=3)
    column = whole_number("representatives", "column", column)
    height, width = (min(column, size) for size in u.shape[1:])
    chosen: dict[int, tuple[int, int]] = {}
    for top in range(u.shape[1] - height + 1):
        for left in range(u.shape[2] - width + 1):
            cells = u[:, top : top + height, left : left + width]
            plane, down, right = (int(i) for i in np.unravel_index(cells.argmax(), cells.shape))
            place = top + down, left + right
            if u[plane][place] > (u[plane][chosen[plane]] if plane in chosen else 0):
                chosen[plane] = place
    return dict(sorted(chosen.items()))


def initial_excitation(planes: int, before: int, c: ArrayLike, strength: float = 1e-4) -> Array:
    """Return the synapses a that a layer begins with: tiny, and each plane with a weak preference of its own.

    Nothing is drawn at random. In the first layer, which sees one plane, the preference is for a direction: plane k of
    K leans to lines at k / K of half a turn. Later, plane k of K prefers plane k' of K' the more, the nearer k / K and
    k' / K' are. The inhibitory synapses begin at 0.

    Parameters
    ----------
    planes : int
        K, the planes of the layer.
    before : int
        K', the planes of the layer that it sees.
    c : array_like of shape (height, width)
        Its fixed synapses: the preferences fall as they do.
    strength : float
        The scale of the synapses, above 0 and far below 1.

    Returns
    -------
    ndarray of shape (planes, before, height, width)
        From 0 up.

    Examples
    --------
    Of four planes, the first prefers what lies across, the third what lies upright:

    >>> a = initial_excitation(4, 1, np.ones((3, 3)), strength=1.0)
    >>> a[0, 0, 1].round(2), a[2, 0, 1].round(2)
    (array([1., 1., 1.]), array([0., 1., 0.]))
    """
    planes = whole_number("initial_excitation", "planes", planes)
    before = whole_number("initial_excitation", "before", before)
    window = as_floats("initial_excitation", "c", c, axes=2)
    strength = positive("initial_excitation", "strength", strength)
    own = np.arange(planes)[:, np.newaxis] / planes
    if before == 1:
        down, right = (np.arange(size) - (size - 1) / 2 for size in window.shape)
        angle = np.arctan2(down[:, np.newaxis], right)
        middle = np.hypot(down[:, np.newaxis], right) == 0
        leaning = np.where(middle, 1, (1 + np.cos(2 * (angle - np.pi * own[..., np.newaxis]))) / 2)[:, np.newaxis]
    else:
        leaning = ((1 + np.cos(np.pi * (own - np.arange(before) / before))) / 2)[..., np.newaxis, np.newaxis]
    return strength * window * leaning
