"""A small neocognitron on real handwriting: scikit-learn's digits of 8 x 8 pixels.

It has two modules, and is choosier than the paper's higher layers: handwriting is grey and thick, so that with r = 1.5
all digits are alike to it. It learns without labels. Only afterwards each cell of the last layer is given a label.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import whole_number
from ..errors import argument_error
from ..ops.arguments import Array, as_floats, check_shape
from .network import Module, Neocognitron
from .training import Progress, self_organise

__all__ = ["HANDWRITING", "SIDE", "framed", "most_often", "organised_on_handwriting"]

SIDE = 12  # pixels of the retina: 8, and a margin of 2 on each side

HANDWRITING = (
    Module(r=4.0, q=1.0, planes=12, s_window=3, s_padding=1, column=3, c_window=5, c_padding=2),
    Module(r=4.0, q=16.0, planes=150, s_padding=0, column=2, c_window=2, c_stride=1, c_padding=0),
)


def framed(images: ArrayLike) -> Array:
    """Return digits of 8 x 8 pixels on a black ground of 12 x 12.

    Parameters
    ----------
    images : array_like of shape (N, 8, 8)
        Such as those of `course.images.digits`, from 0 to 1.

    Returns
    -------
    ndarray of shape (N, 12, 12)
        From 0 to 1.

    Examples
    --------
    >>> framed(np.ones((1, 8, 8)))[0, 2, 1:4]
    array([0., 1., 1.])
    """
    pictures = as_floats("framed", "images", images, axes=3)
    check_shape("framed", "images", pictures, (len(pictures), 8, 8), "Give the digits of course.images.digits().")
    margin = ((SIDE - 8) // 2,) * 2
    return np.pad(pictures, ((0, 0), margin, margin))


def organised_on_handwriting(pictures: ArrayLike, seed: int = 0, progress: Progress | None = None) -> Neocognitron:
    """Return a small neocognitron that has seen each picture once in each of its layers.

    Parameters
    ----------
    pictures : array_like of shape (N, 12, 12)
        As `framed` returns them.
    seed : int
        Of the order in which they are shown; nothing else is random.
    progress : callable, optional
        As for `self_organise`.

    Returns
    -------
    Neocognitron
        Its last layer has 150 cells.

    Examples
    --------
    >>> organised_on_handwriting(np.zeros((0, 12, 12))).shapes()["UC2"]
    (150, 1, 1)
    """
    network = Neocognitron(HANDWRITING, size=SIDE)
    return self_organise(network, pictures, times=1, reach=0, seed=seed, progress=progress)


def most_often(winners: ArrayLike, labels: ArrayLike, cells: int) -> Array:
    """Return the label of each cell: the one of the pictures for which it won most often.

    Parameters
    ----------
    winners : array_like of shape (N,), int
        Which cell won for each picture, and -1 for none, as `Neocognitron.winners` returns them.
    labels : array_like of shape (N,), int
        What the pictures show, from 0 up.
    cells : int
        Cells of the last layer.

    Returns
    -------
    ndarray of shape (cells + 1,), int
        -1 for a cell that never won. The last number stands for silence, so ``labels[winners]`` reads it, too.

    Examples
    --------
    >>> meaning = most_often([0, 0, 0, 2], [7, 7, 1, 4], cells=3)
    >>> meaning, meaning[[2, 0, -1]]
    (array([ 7, -1,  4, -1]), array([ 4,  7, -1]))
    """
    won, shown = np.asarray(winners), np.asarray(labels)
    cells = whole_number("most_often", "cells", cells)
    check_shape("most_often", "labels", shown, won.shape, "Give one label for each picture.")
    if won.size and not -1 <= won.min() <= won.max() < cells:
        raise argument_error(
            "most_often", "winners", f"be from -1 to {cells - 1}", won, "Give the winners of a network of this size."
        )
    meaning = np.full(cells + 1, -1)
    for cell in np.unique(won[won >= 0]):
        meaning[cell] = np.bincount(shown[won == cell]).argmax()
    return meaning
