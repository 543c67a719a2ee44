"""Check a backward pass against finite differences: move one number a little, and see what the loss does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import argument_error
from .arguments import Array, as_floats

__all__ = ["GradientReport", "gradcheck", "numerical_gradient"]


@dataclass(frozen=True)
class GradientReport:
    """What `gradcheck` found; counts as true where every gradient is right.

    Parameters
    ----------
    passed : bool
        Whether all numbers agree.
    argument : int
        Which of the inputs, from 0, has the worst number.
    index : tuple of int
        Where the worst number lies in it.
    backward, measured : float
        The worst number as the backward pass gives it, and as the finite differences do.
    """

    passed: bool
    argument: int
    index: tuple[int, ...]
    backward: float
    measured: float

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        verdict = "The gradients agree" if self.passed else "The gradients differ"
        return (
            f"{verdict}; the worst is at index {self.index} of input {self.argument}: "
            f"backward gives {self.backward:.9g}, finite differences give {self.measured:.9g}."
        )


def numerical_gradient(function: Callable[[Array], Any], x: ArrayLike, step: float = 1e-5) -> Array:
    """Return the gradient of ``function(x)``, one number, by finite differences.

    Each number of `x` is moved by `step` to both sides: ``(f(x + step) - f(x - step)) / (2 * step)``.

    Parameters
    ----------
    function : callable
        Takes an array of the shape of `x` and returns one number.
    x : array_like
        Where the gradient is wanted; it is not changed.
    step : float
        How far each number is moved.

    Returns
    -------
    ndarray of float64 of the shape of `x`
        The gradient.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, 3.0]).round(6)
    array([2., 6.])
    """
    x = as_floats("numerical_gradient", "x", x).astype(np.float64)
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        there = x[index]
        x[index] = there + step
        above = float(function(x.copy()))
        x[index] = there - step
        below = float(function(x.copy()))
        x[index] = there
        gradient[index] = (above - below) / (2 * step)
    return gradient


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *inputs: ArrayLike,
    step: float = 1e-5,
    tolerance: float = 1e-6,
    seed: int = 0,
) -> GradientReport:
    """Compare a backward pass with finite differences, number by number, and name the worst.

    The loss is a sum of the outputs with random weights, so that errors in one place cannot hide.

    Parameters
    ----------
    forward : callable
        ``forward(*inputs)`` returns an array.
    backward : callable
        ``backward(grad_output, *inputs)`` returns the gradient by the input, or by each of the inputs.
    *inputs : array_like
        Numbers, taken as float64. Keep them away from kinks: a maximum that is nearly a tie, a rectifier
        at 0.
    step : float
        How far each number is moved.
    tolerance : float
        The largest difference allowed, as a share of the larger value where that is above 1.
    seed : int
        For the random weights.

    Returns
    -------
    GradientReport
        Counts as true if all agree; ``print`` it to see the worst index and its two values.

    Raises
    ------
    ArgumentError
        If `backward` does not return one gradient of the right shape for each input.

    Examples
    --------
    >>> def square(x):
    ...     return x**2
    >>> def square_backward(grad_output, x):
    ...     return grad_output * x  # the factor 2 is missing
    >>> print(gradcheck(square, square_backward, [0.5, 3.0], seed=1))  # doctest: +ELLIPSIS
    The gradients differ; the worst is at index (1,) of input 0: backward gives ..., ... give ...
    """
    arrays = [as_floats("gradcheck", "inputs", value).astype(np.float64) for value in inputs]
    output = np.asarray(forward(*_copies(arrays)))
    grad_output = np.random.default_rng(seed).standard_normal(output.shape)
    gradients = backward(grad_output.copy(), *_copies(arrays))
    gradients = gradients if isinstance(gradients, tuple | list) else (gradients,)
    shapes = [np.shape(gradient) for gradient in gradients]
    if shapes != [array.shape for array in arrays]:
        raise argument_error(
            "gradcheck",
            "backward",
            f"return one gradient for each input, of the shapes {[array.shape for array in arrays]}",
            shapes,
            "A gradient has the shape of its input.",
        )
    reports = [
        _compare(number, forward, arrays, np.asarray(gradient), grad_output, step, tolerance)
        for number, gradient in enumerate(gradients)
        if arrays[number].size
    ]
    if not reports:
        raise argument_error("gradcheck", "inputs", "hold at least one number", shapes, "Give it some numbers.")
    return max(reports, key=lambda found: found[0])[1]


def _compare(
    number: int,
    forward: Callable[..., Any],
    arrays: list[Array],
    gradient: Array,
    grad_output: Array,
    step: float,
    tolerance: float,
) -> tuple[float, GradientReport]:
    """Return the worst difference of one input's gradient, and the report on it."""

    def loss(moved: Array) -> Any:
        values = _copies(arrays)
        values[number] = moved
        return (np.asarray(forward(*values)) * grad_output).sum()

    measured = numerical_gradient(loss, arrays[number], step)
    scale = np.maximum(1, np.maximum(abs(gradient), abs(measured)))
    difference = np.nan_to_num(abs(gradient - measured) / scale, nan=np.inf)
    index = tuple(int(i) for i in np.unravel_index(difference.argmax(), difference.shape))
    worst = float(difference[index])
    return worst, GradientReport(worst <= tolerance, number, index, float(gradient[index]), float(measured[index]))


def _copies(arrays: list[Array]) -> list[Array]:
    return [array.copy() for array in arrays]
