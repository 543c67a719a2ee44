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
