"""Arguments that are not plain data, described by plain data and built where the reader's function runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["FACTORIES", "Made", "factory"]

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
    """

    factory: str
    options: dict[str, Any] = field(default_factory=dict)
    says: str = ""

    def build(self) -> Any:
        """Return the object."""
        return FACTORIES[self.factory](**self.options)

    def __str__(self) -> str:
        return self.says or self.factory


# --- Lesson 4: layers that a picture can be slid under -------------------------------------------------
# A picture is an array (..., H, W). Blocks lie side by side, so that sizes must divide.


@factory
def max_of_blocks(size: int, times: int = 1, mirrored: bool = False) -> Callable[..., Any]:
    """Return a layer that keeps the largest value of each block, one or several times."""

    def layer(image: Any) -> Any:
        for _ in range(times):
            image = _blocks(image, size).max(axis=(-3, -1))
        return image[..., ::-1] if mirrored else image

    return layer


@factory
def mean_of_blocks(size: int) -> Callable[..., Any]:
    """Return a layer that keeps the mean of each block."""
    return lambda image: _blocks(image, size).mean(axis=(-3, -1))


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


def _blocks(image: Any, size: int) -> Any:
    height, width = image.shape[-2:]
    return image.reshape(*image.shape[:-2], height // size, size, width // size, size)
