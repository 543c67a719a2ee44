"""Arguments that are not plain data, described by plain data and built where the reader's function runs.

Those of PyTorch are in `networks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["FACTORIES", "Clock", "Made", "factory"]

FACTORIES: dict[str, Callable[..., Any]] = {}


def factory(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a function that builds an argument, under its own name."""
    FACTORIES[function.__name__] = function
    return function


@dataclass(frozen=True)
class Made:
    """An argument that a factory of this module makes anew for each call.

    Parameters
    ----------
    factory : str
        Name of a function of this module that carries the mark ``@factory``.
    options : dict
        Its keyword arguments, plain data.
    says : str
        What it is, for the reader: "a stack of two 3 x 3 convolutions".
    about : dict
        What it is, for whoever judges, where the options do not show it. It never comes to the function.
    """

    factory: str
    options: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    about: dict[str, Any] = field(default_factory=dict)

    def build(self) -> Any:
        """Return the object."""
        from . import networks  # noqa: F401 (its factories are registered)

        return FACTORIES[self.factory](**self.options)

    def __str__(self) -> str:
        return self.says or self.factory


# --- Small networks, from one picture to one map -------------------------------------------------------


class Network:
    """A function from a picture of one shape to a map, of which it shows nothing.

    It is made of tables of connections (see `course.checks.families.connections`), and not of layers: whoever wants to
    know what a unit sees has to ask it, or to follow every connection.
    """

    __slots__ = ("_given", "_output", "_shape", "_steps")

    def __init__(self, steps: list[dict[str, Any]], shape: tuple[int, ...], output: tuple[int, ...]) -> None:
        self._steps, self._shape, self._output = steps, tuple(shape), tuple(output)
        self._given = _given_by(steps)

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """Return the map for a picture."""
        numbers = np.array(picture, dtype=float)
        if numbers.shape != self._shape:
            raise ValueError(f"the network takes a picture of shape {self._shape}, not of shape {numbers.shape}")
        key = numbers.tobytes()
        if key not in self._given:
            units = numbers.ravel()
            for step in self._steps:
                units = _units_after(units, step)
            self._given[key] = units.reshape(self._output)
        return self._given[key].copy()


@factory
def small_network(steps: list[dict[str, Any]], shape: tuple[int, ...], output: tuple[int, ...]) -> Network:
    """Return a network from a picture of this shape to a map of another.

    A step is a dictionary with a "kind": "sum" and "max" (with the "inputs" of each unit, of which number -1 is always
    0; a sum also with their "weights" and a "bias"), "product" (of two halves of the units) and "relu".
    """
    return Network(steps, shape, output)


def _units_after(units: np.ndarray, step: dict[str, Any]) -> np.ndarray:
    kind = step["kind"]
    if kind == "relu":
        return np.maximum(units, 0)
    if kind == "product":
        half = len(units) // 2
        return units[:half] * units[half:]
    seen = np.append(units, 0.0)[step["inputs"]]
    return seen.max(axis=1) if kind == "max" else (seen * step["weights"]).sum(axis=1) + step["bias"]


_GIVEN: dict[int, tuple[list[dict[str, Any]], dict[bytes, np.ndarray]]] = {}


def _given_by(steps: list[dict[str, Any]]) -> dict[bytes, np.ndarray]:
    """Return what a network has given so far, by picture: known mistakes poke the same pixels again and again."""
    if id(steps) not in _GIVEN:
        if len(_GIVEN) > 100:
            _GIVEN.clear()
        _GIVEN[id(steps)] = (steps, {})  # the list is kept, so that no other one gets its number
    return _GIVEN[id(steps)][1]


# --- Lesson 4: layers that a picture can be slid under -------------------------------------------------
# A picture is an array (..., H, W). Blocks lie side by side, so that sizes must divide.


@factory
def max_of_blocks(size: int, times: int = 1, mirrored: bool = False) -> Callable[..., Any]:
    """Return a layer that keeps the largest value of each block, one or several times."""

    def layer(image: Any) -> Any:
        for _ in range(times):
            image = _side_by_side(image, size).max(axis=(-3, -1))
        return image[..., ::-1] if mirrored else image

    return layer


@factory
def mean_of_blocks(size: int) -> Callable[..., Any]:
    """Return a layer that keeps the mean of each block."""
    return lambda image: _side_by_side(image, size).mean(axis=(-3, -1))


@factory
def same_picture() -> Callable[..., Any]:
    """Return a layer that changes nothing."""
    return lambda image: image.copy()


@factory
def differences() -> Callable[..., Any]:
    """Return a layer that subtracts from each pixel its left neighbour."""
    return lambda image: image[..., 1:] - image[..., :-1]


@factory
def times_column() -> Callable[..., Any]:
    """Return a layer that depends on the place: each pixel times the number of its column, from 1."""
    return lambda image: image * range(1, image.shape[-1] + 1)


@factory
def left_to_right() -> Callable[..., Any]:
    """Return a layer that gives the mirror image."""
    return lambda image: image[..., ::-1].copy()


@factory
def largest_of_map() -> Callable[..., Any]:
    """Return a layer that gives the largest value of each map."""
    return lambda image: image.max(axis=(-2, -1))


def _side_by_side(image: Any, size: int) -> Any:
    height, width = image.shape[-2:]
    return image.reshape(*image.shape[:-2], height // size, size, width // size, size)


# --- Lesson 5: a training run -----------------------------------------------------------------------


@factory
def pictures(values: Any) -> Any:
    """Return an array as it is: for arrays that are too large to be shown to a reader."""
    return values.copy()


class Clock:
    """Says how many seconds of a budget are left.

    Parameters
    ----------
    seconds : float
        The whole budget; it begins to run at once.
    """

    def __init__(self, seconds: float) -> None:
        import time

        self.seconds = seconds
        self._now = time.monotonic
        self._started = self._now()

    def left(self) -> float:
        """Return the seconds that are left; below 0 when the time is over."""
        return self.seconds - (self._now() - self._started)


@factory
def clock(seconds: float) -> Clock:
    """Return a clock that starts now."""
    return Clock(seconds)
