"""Making cases: one maker for each exercise, which can make every case again, a step smaller."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .spec import Case, Cases

__all__ = ["Maker", "between", "distinct", "multiple", "numbers", "one_of", "photo", "tenths"]

Draw = Callable[[np.random.Generator], Any]


class Maker:
    """Draws the cases of an exercise from recipes.

    Parameters
    ----------
    make : callable
        Takes a generator and the sizes of a recipe by name, and returns the arguments of a case by name.
    note : callable, optional
        Takes the sizes, and returns the note of a case whose recipe has none.
    named : tuple of str
        The arguments that are passed by name.
    least : mapping of str to int, optional
        The smallest value of each size for which it is not 1.
    **usual
        The sizes that a recipe leaves out.

    Examples
    --------
    >>> rows = Maker(lambda rng, height, width: {"image": np.ones((height, width))}, height=2, width=3)
    >>> cases = rows({"height": 4}, {"width": between(5, 9), "note": "wide"})
    >>> [case.arguments["image"].shape[0] for case in cases(np.random.default_rng(0))]
    [4, 2]
    >>> [case.arguments["image"].shape for case in cases(np.random.default_rng(0))[0].smaller()]
    [(1, 3), (2, 3), (3, 3), (4, 1), (4, 2)]
    """

    def __init__(
        self,
        make: Callable[..., Mapping[str, Any]],
        *,
        note: Callable[..., str] | None = None,
        named: tuple[str, ...] = (),
        least: Mapping[str, int] | None = None,
        **usual: Any,
    ) -> None:
        self.make, self.note, self.named, self.least, self.usual = make, note, named, dict(least or {}), usual

    def __call__(self, *recipes: Mapping[str, Any], **shared: Any) -> Cases:
        """Return the function that draws one case for each recipe; `shared` sizes hold for all of them.

        A size may be a number, a tuple or a list of numbers, or a function of the generator, such as `between(3, 9)`.
        """

        def cases(rng: np.random.Generator) -> list[Case]:
            return [self._drawn(rng, {**self.usual, **shared, **recipe}) for recipe in recipes]

        return cases

    def _drawn(self, rng: np.random.Generator, recipe: Mapping[str, Any]) -> Case:
        sizes = {name: size(rng) if callable(size) else size for name, size in recipe.items()}
        note = sizes.pop("note", "")
        return self._made(rng, sizes, note)

    def _made(self, rng: np.random.Generator, sizes: dict[str, Any], note: str) -> Case:
        said = note or (self.note(**sizes) if self.note is not None else "")
        return Case(self.make(rng, **sizes), said, self.named, lambda: self._smaller(sizes))

    def _smaller(self, sizes: dict[str, Any]) -> list[Case]:
        cases = []
        for name, size in sizes.items():
            for less in _less(size, self.least.get(name, 1)):
                with contextlib.suppress(Exception):  # sizes that do not go together
                    cases.append(self._made(np.random.default_rng(0), {**sizes, name: less}, note=""))
        return cases


def _less(size: Any, least: int) -> Iterator[Any]:
    """Yield what is smaller than a size: the least first, then half-way, then one less; of a list, without an item."""
    if isinstance(size, bool) or size is None or isinstance(size, str):
        return
    if isinstance(size, int | np.integer):
        yield from sorted({least, (least + int(size)) // 2, int(size) - 1} - {int(size)} - set(range(least)))
    elif isinstance(size, float) and size != round(size) and round(size) >= min(least, size):
        yield float(round(size))
    elif isinstance(size, tuple | list):
        kind = type(size)
        if isinstance(size, list):
            yield from (kind([*size[:k], *size[k + 1 :]]) for k in range(len(size)))
        for k, item in enumerate(size):
            yield from (kind([*size[:k], less, *size[k + 1 :]]) for less in _less(item, least))


def between(low: int, high: int) -> Draw:
    """Return what draws a whole number from low to high, both included."""
    return lambda rng: int(rng.integers(low, high + 1))


def multiple(of: int, low: int, high: int, more: int = 0) -> Draw:
    """Return what draws a multiple of a number, from `low` to `high` times, plus `more`."""
    return lambda rng: of * int(rng.integers(low, high + 1)) + more


def one_of(*values: Any) -> Draw:
    """Return what draws one of the values."""
    return lambda rng: values[int(rng.integers(len(values)))]


def numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return numbers that a reader can add up by hand: whole ones from -5 to 9 without 0, in large arrays tenths."""
    if np.prod(shape) > 36:
        return tenths(rng, *shape)
    return rng.choice([n for n in range(-5, 10) if n], size=shape).astype(float)


def tenths(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return positive and negative numbers with one decimal, about -9 to 9, none of them 0."""
    drawn = np.round(rng.normal(scale=3.0, size=shape), 1)
    return np.where(drawn == 0, 0.3, drawn)


def distinct(rng: np.random.Generator, *shape: int, low: int = -9, high: int = 9) -> np.ndarray:
    """Return numbers from low to high that are all different: whole ones where that will do, else with decimals."""
    count = int(np.prod(shape))
    parts = next(parts for parts in (1, 10, 100, 1000) if 2 * count <= parts * (high - low))
    return rng.choice(np.arange(parts * low, parts * high + 1), size=shape, replace=False) / parts


def photo(rng: np.random.Generator, *shape: int, darkest: int = 60) -> np.ndarray:
    """Return a picture of bytes, as files hold them: whole numbers from `darkest` to 255."""
    return rng.integers(darkest, 256, size=shape).astype(np.uint8)
