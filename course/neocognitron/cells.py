"""One cell of the neocognitron at a time: what it computes from what it sees, and how it learns.

All numbers are activities from 0 up, without a unit. A window holds what a cell sees: an array of shape
(planes, height, width), one sheet for each plane of the layer before. The letters are those of the paper.

Source: K. Fukushima, *Neocognitron*, Biological Cybernetics 36, 1980, pages 193-202; `course.neocognitron` says
what the paper leaves open.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import whole_number
from ..errors import argument_error
from ..ops.arguments import Array, as_floats, check_shape

__all__ = [
    "c_cell",
    "fading",
    "inhibition",
    "likeness",
    "likeness_needed",
    "phi",
    "positive",
    "psi",
    "reinforce",
    "s_cell",
]


def phi(x: ArrayLike) -> Array:
    """Return `x` where it is positive, and 0 elsewhere: today's ReLU, under the paper's name.

    Parameters
    ----------
    x : array_like
        Numbers of any shape.

    Returns
    -------
    ndarray
        Of the same shape.

    Examples
    --------
    >>> phi([-2, 0, 3])
    array([0, 0, 3])
    """
    return np.maximum(x, 0)


def psi(x: ArrayLike, alpha: float = 0.5) -> Array:
    """Return ``phi(x) / (alpha + phi(x))``: 0 up to 0, then ever closer to 1.

    Parameters
    ----------
    x : array_like
        Numbers of any shape.
    alpha : float
        Where the answer is one half; above 0.

    Returns
    -------
    ndarray
        Of the same shape, from 0 to below 1.

    Examples
    --------
    >>> psi([-1.0, 0.0, 0.5, 4.5])
    array([0. , 0. , 0.5, 0.9])
    """
    alpha = positive("psi", "alpha", alpha)
    excess = phi(as_floats("psi", "x", x))
    return excess / (alpha + excess)


def fading(size: int, base: float = 0.7) -> Array:
    """Return a window whose numbers fall away from its middle: ``base ** distance``, in places.

    The fixed synapses c and d of the paper fall with the distance, and it leaves open how. This is our choice.

    Parameters
    ----------
    size : int
        Height and width of the window.
    base : float
        What is left at distance 1, above 0 and at most 1.

    Returns
    -------
    ndarray of shape (size, size)
        1 in the middle of a window of odd size.

    Examples
    --------
    >>> fading(3, base=0.5).round(2)
    array([[0.38, 0.5 , 0.38],
           [0.5 , 1.  , 0.5 ],
           [0.38, 0.5 , 0.38]])
    """
    size = whole_number("fading", "size", size)
    if positive("fading", "base", base) > 1:
        raise argument_error("fading", "base", "be at most 1", base, "With more, the window would grow outwards.")
    offsets = np.arange(size) - (size - 1) / 2
    return base ** np.hypot(offsets[:, np.newaxis], offsets)


def inhibition(window: ArrayLike, c: ArrayLike) -> float:
    """Return v_C, what the inhibitory cell tells an S-cell: how much there is to see, whatever it is.

    ``v_C = sqrt(sum over planes and places of c * u_C ** 2)``, the root of a weighted mean of squares.

    Parameters
    ----------
    window : array_like of shape (planes, height, width)
        What both cells see.
    c : array_like of shape (height, width)
        The fixed synapses, the same for every plane; over planes and places together their sum is 1.

    Returns
    -------
    float
        From 0 up.

    Examples
    --------
    Half of the places show 1: the mean of the squares is one half.

    >>> round(inhibition([[[1, 1], [0, 0]]], np.full((2, 2), 0.25)), 3)
    0.707
    """
    seen = as_floats("inhibition", "window", window, axes=3)
    return float(np.sqrt(np.sum(_like_window("inhibition", "c", c, seen[0]) * seen**2)))


def s_cell(window: ArrayLike, a: ArrayLike, b: float, c: ArrayLike, r: float) -> float:
    """Return the answer of one S-cell: large where it sees what it has learned.

    ``r * phi((1 + E) / (1 + 2 * r / (1 + r) * b * v_C) - 1)``, where the excitation E is the sum of a times what is
    seen, and v_C is the `inhibition`.

    Parameters
    ----------
    window : array_like of shape (planes, height, width)
        What the cell sees.
    a : array_like of shape (planes, height, width)
        Its excitatory synapses, from 0 up; these are learned.
    b : float
        Its one inhibitory synapse, from 0 up; it is learned, too.
    c : array_like of shape (height, width)
        The fixed synapses of the inhibitory cell.
    r : float
        How choosy the cell is, above 0: see `likeness_needed`.

    Returns
    -------
    float
        The answer, from 0 up.

    Raises
    ------
    ArgumentError
        If shapes do not go together, `b` is below 0, or `r` is not above 0.

    Examples
    --------
    A cell that sees three pixels has learned the left two. Shown these, E is 2 and v_C = sqrt(2 / 3):

    >>> a, b, c = [[[1, 1, 0]]], 1.2, np.full((1, 3), 1 / 3)
    >>> round(s_cell([[[1, 1, 0]]], a, b, c, r=1.5), 3)
    0.568

    Shown another pair it is excited half as much, and inhibited as before. So it is silent:

    >>> s_cell([[[0, 1, 1]]], a, b, c, r=1.5)
    0.0
    """
    seen = as_floats("s_cell", "window", window, axes=3)
    r = positive("s_cell", "r", r)
    if not b >= 0:
        raise argument_error("s_cell", "b", "be at least 0", b, "Inhibition is taken away by the formula itself.")
    excitation = np.sum(_like_window("s_cell", "a", a, seen) * seen)
    shunt = 2 * r / (1 + r) * b * inhibition(seen, c)
    return float(r * phi((1 + excitation) / (1 + shunt) - 1))


def c_cell(windows: ArrayLike, plane: int, d: ArrayLike, alpha: float = 0.5) -> float:
    """Return the answer of one C-cell: large if any of the S-cells of its plane that it sees answers.

    ``psi((1 + sum of d * u_S) / (1 + v_S) - 1)``, where v_S is the mean, over all planes, of the same sum. What all
    planes answer alike cancels out.

    Parameters
    ----------
    windows : array_like of shape (planes, height, width)
        The S-cells of all planes, at the places that the C-cell sees.
    plane : int
        The plane of the C-cell. It is excited by this one, and inhibited by the mean of all.
    d : array_like of shape (height, width)
        The fixed synapses, from 0 up.
    alpha : float
        The excess at which the answer is one half; above 0.

    Returns
    -------
    float
        The answer, from 0 to below 1.

    Examples
    --------
    One S-cell of plane 0 answers. The sums are 0.5 and 0, their mean 0.25, and 1.5 / 1.25 - 1 is 0.2:

    >>> windows = [[[0, 1, 0]], [[0, 0, 0]]]
    >>> round(c_cell(windows, 0, [[0.5, 0.5, 0.5]]), 3), c_cell(windows, 1, [[0.5, 0.5, 0.5]])
    (0.286, 0.0)
    """
    answers = as_floats("c_cell", "windows", windows, axes=3)
    plane = whole_number("c_cell", "plane", plane, least=0)
    if plane >= len(answers):
        raise argument_error(
            "c_cell", "plane", f"be one of the {len(answers)} planes", plane, f"Count from 0 to {len(answers) - 1}."
        )
    sums = np.sum(_like_window("c_cell", "d", d, answers[0]) * answers, axis=(1, 2))
    return float(psi((1 + sums[plane]) / (1 + sums.mean()) - 1, alpha))


def reinforce(a: ArrayLike, b: float, window: ArrayLike, c: ArrayLike, q: float) -> tuple[Array, float]:
    """Return the synapses of an S-plane after its representative saw `window`.

    ``a + q * c * window`` and ``b + q / 2 * v_C``: all cells of the plane learn what this one saw. No label is needed.

    Parameters
    ----------
    a : array_like of shape (planes, height, width)
        The excitatory synapses so far.
    b : float
        The inhibitory synapse so far.
    window : array_like of shape (planes, height, width)
        What the representative saw.
    c : array_like of shape (height, width)
        The fixed synapses of its inhibitory cell.
    q : float
        How fast it learns, above 0.

    Returns
    -------
    a : ndarray of shape (planes, height, width)
        A new array.
    b : float
        The new inhibitory synapse.

    Examples
    --------
    >>> a, b = reinforce([[[0.0, 0.0]]], 0.0, [[[1.0, 0.5]]], [[0.5, 0.5]], q=16)
    >>> a, round(b, 3)
    (array([[[8., 4.]]]), 6.325)
    """
    seen = as_floats("reinforce", "window", window, axes=3)
    before = _like_window("reinforce", "a", a, seen)
    q = positive("reinforce", "q", q)
    return before + q * _like_window("reinforce", "c", c, seen[0]) * seen, float(b + q / 2 * inhibition(seen, c))


def likeness(window: ArrayLike, learned: ArrayLike, c: ArrayLike) -> float:
    """Return how much `window` is like `learned`: 1 if only brighter or darker, 0 if they share nothing.

    It is the cosine between the two, with places weighted by `c`. It is not in the paper: after a cell has learned
    one window from nothing, ``E / (b * v_C)`` is twice this number, as its rule of reinforcement makes plain.

    Parameters
    ----------
    window, learned : array_like of shape (planes, height, width)
        What is seen, and what was learned.
    c : array_like of shape (height, width)
        The fixed synapses.

    Returns
    -------
    float
        From 0 to 1; 0 if one of them is empty.

    Examples
    --------
    >>> round(likeness([[[1, 1, 0]]], [[[0, 1, 1]]], np.full((1, 3), 1 / 3)), 3)
    0.5
    """
    seen = as_floats("likeness", "window", window, axes=3)
    known = _like_window("likeness", "learned", learned, seen)
    norm = inhibition(seen, c) * inhibition(known, c)
    return float(np.sum(np.asarray(c) * seen * known) / norm) if norm else 0.0


def likeness_needed(r: float) -> float:
    """Return the `likeness` below which a well-trained S-cell is silent: ``r / (1 + r)``.

    With large synapses the ones of the formula do not count: ``u_S`` becomes ``phi((1 + r) * likeness - r)``.

    Parameters
    ----------
    r : float
        How choosy the cell is, above 0.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    The first layer of the paper, and the other two:

    >>> likeness_needed(4.0), likeness_needed(1.5)
    (0.8, 0.6)
    """
    return positive("likeness_needed", "r", r) / (1 + r)


def positive(function: str, argument: str, value: float) -> float:
    """Return `value` if it is a finite number above 0.

    Parameters
    ----------
    function, argument : str
        Whose argument it is, for the message.
    value : float
        What was given.

    Returns
    -------
    float
        The same.

    Examples
    --------
    >>> positive("s_cell", "r", 1.5)
    1.5
    """
    if isinstance(value, bool) or not np.isscalar(value) or isinstance(value, str | bytes):
        raise argument_error(function, argument, "be a number", value, "Give one float.")
    if not 0 < value < np.inf:
        raise argument_error(function, argument, "be a finite number above 0", value, "Give one such as 1.5.")
    return float(value)


def _like_window(function: str, argument: str, value: ArrayLike, window: Array) -> Array:
    """Return `value` as floats, if it has the shape of the window."""
    array = as_floats(function, argument, value)
    check_shape(function, argument, array, window.shape, "Give one number for each place of the window.")
    return array
