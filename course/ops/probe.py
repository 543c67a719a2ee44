"""Finding by experiment which pixels a unit of a network sees: change each of them, and watch the unit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arithmetic import pair
from ..errors import argument_error

__all__ = ["poke_strength", "probe_receptive_field"]

POKE = 100.0  # far more than a pixel's usual values of about -2 to 2


def probe_receptive_field(
    network: Callable[[NDArray[np.float64]], ArrayLike], input_shape: tuple[int, int], unit: tuple[int, int]
) -> NDArray[np.bool_]:
    """Return which pixels of the input move one unit of the output.

    Each pixel of a picture of random numbers is set 100 higher, then 100 lower, all others left as they are. It
    belongs to the receptive field where either change moves the unit. A picture of zeros, a small change or a
    change in one direction would miss pixels: behind a ReLU or a maximum, a unit may sleep.

    Parameters
    ----------
    network : callable
        Takes an array of shape `input_shape`, returns an array of two dimensions.
    input_shape : tuple of int
        (height, width) of the input.
    unit : tuple of int
        (row, column) in the output.

    Returns
    -------
    ndarray of shape (height, width), bool
        True where the pixel moves the unit.

    Raises
    ------
    ArgumentError
        The output has not two dimensions, or no such unit.

    Examples
    --------
    >>> pairs = lambda picture: picture[:, :-1] - picture[:, 1:]
    >>> probe_receptive_field(pairs, (2, 4), unit=(1, 2)).astype(int)
    array([[0, 0, 0, 0],
           [0, 0, 1, 1]])
    """
    return poke_strength(network, input_shape, unit, function="probe_receptive_field") > 0


def poke_strength(
    network: Callable[[NDArray[np.float64]], ArrayLike],
    input_shape: tuple[int, int],
    unit: tuple[int, int],
    function: str = "poke_strength",
) -> NDArray[np.float64]:
    """Return how far each pixel moves the unit: the larger of the two changes that `probe_receptive_field` makes.

    Examples
    --------
    >>> weighted = lambda picture: picture[:, :-1] - 3 * picture[:, 1:]
    >>> poke_strength(weighted, (1, 3), unit=(0, 0)).round()
    array([[100., 300.,   0.]])
    """
    height, width = pair(function, "input_shape", input_shape)
    row, column = pair(function, "unit", unit, least=0)
    picture = np.random.default_rng(0).normal(size=(height, width))
    output = np.asarray(network(picture.copy()))
    if output.ndim != 2:
        fix = "Give a function from one picture to one map."
        raise argument_error(function, "network", "return an array of two dimensions", output, fix)
    if row >= output.shape[0] or column >= output.shape[1]:
        fix = "Rows and columns are counted from 0."
        raise argument_error(function, "unit", f"lie within the output of shape {output.shape}", unit, fix)
    strength = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            for change in (POKE, -POKE):
                poked = picture.copy()
                poked[i, j] += change
                moved = abs(float(np.asarray(network(poked))[row, column]) - float(output[row, column]))
                strength[i, j] = max(strength[i, j], moved)
    return strength
