"""The sizes that stand in the arguments of a call, by name, and quantities explained by them."""

from __future__ import annotations

import numbers
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeGuard

import numpy as np

__all__ = ["factor_of", "is_number", "is_pair", "offset_of", "terms", "window_size"]

WINDOW = "the number of cells in the window"


def terms(arguments: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers and sizes in the arguments of a call, each with words for it.

    Examples
    --------
    >>> terms({"stride": 2, "kernel_size": (3, 2)})
    {'`stride`': 2, 'the height of the window': 3, 'the width of the window': 2, 'the number of cells in the window': 6}
    """
    found: dict[str, float] = {}
    for name, value in arguments.items():
        if is_number(value):
            found[f"`{name}`"] = value
        elif is_pair(value) and name != "kernel_size":
            found[f"`{name}[0]`"], found[f"`{name}[1]`"] = value
        elif isinstance(value, np.ndarray) and name not in ("kernel", "window", "bias"):
            found.update(_sizes_of(name, value, arguments))
    size = window_size(arguments)
    if size is not None:
        found["the height of the window"], found["the width of the window"] = size
        found[WINDOW] = size[0] * size[1]
    return found


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether a value is a real number, and not True or False."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_)


def is_pair(value: Any) -> TypeGuard[tuple[Any, Any]]:
    """Tell whether a value is a pair of numbers."""
    return isinstance(value, tuple | list) and len(value) == 2 and all(map(is_number, value))


def window_size(arguments: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return height and width of the kernel or window that the arguments speak of, if any."""
    size, weight = arguments.get("kernel_size"), arguments.get("weight")
    if is_pair(size):
        return (size[0], size[1])
    if is_number(size):
        return (int(size), int(size))
    if isinstance(weight, np.ndarray) and weight.ndim == 4:
        return weight.shape[:2] if _channels_last(arguments) else weight.shape[2:]
    for name in ("kernel", "window"):
        value = arguments.get(name)
        if isinstance(value, np.ndarray) and value.ndim >= 2:
            return value.shape[-2:]
    return None


def offset_of(values: Sequence[float], cases: Sequence[Mapping[str, Any]]) -> str | None:
    """Return words for a quantity that equals a simple sum of the arguments in all cases, or None.

    `values` are positive or negative numbers, one for each case; the words are for them without their sign, which
    must be the same in all cases.
    """
    known = [terms(arguments) for arguments in cases]
    signs = {value > 0 for value in values}
    if len(signs) != 1 or 0 in values:
        return None
    sizes = np.abs(np.array(values, dtype=float))
    for name, column in _columns(known):
        for says, candidate in (
            (name, column),
            (f"twice {name}", 2 * column),
            (f"({name} - 1)", column - 1),
            (f"({name} + 1)", column + 1),
            (f"half of {name} (rounded down)", column // 2),
        ):
            if _close(candidate, sizes) or (says == name and _close(np.abs(candidate), sizes) and _close_signs(column)):
                return says
    # Large numbers fit a product by no accident, where they are several.
    if len(sizes) >= 4 and len(set(sizes)) >= 3 and sizes.max() > 20:
        plain = [(name, column) for name, column in _columns(known) if name.startswith("`")]
        for count in (2, 3):
            for chosen in combinations(plain, count):
                if _close(np.prod([column for _, column in chosen], axis=0), sizes):
                    return " * ".join(name for name, _ in chosen)
    return None


def factor_of(values: Sequence[float], cases: Sequence[Mapping[str, Any]], products: bool) -> str | None:
    """Return words such as "divided by `stride`" for a factor that follows from the arguments in all cases, or None.

    Products and quotients of two sizes are tried only on demand: there are many, and one may fit by accident.
    """
    known = [terms(arguments) for arguments in cases]
    factors = np.array(values, dtype=float)
    columns = [(name, column) for name, column in _columns(known) if not np.any(column == 0)]
    # The sizes of a window come first: a factor is a mean over it, or a mean forgotten, more often than anything else.
    columns.sort(key=lambda item: item[0] != WINDOW)
    for name, column in columns:
        for says, candidate in (
            (f"divided by {name}", 1 / column),
            (f"times {name}", column),
            (f"divided by {name} squared", 1 / column**2),
            (f"times {name} squared", column**2),
        ):
            if _close(candidate, factors):
                return says + (", as a mean over it would be" if says == f"divided by {WINDOW}" else "")
    for (name, column), (other, second) in combinations(columns if products else [], 2):
        for says, candidate in (
            (f"divided by {name} and by {other}", 1 / (column * second)),
            (f"times {name} and times {other}", column * second),
            (f"times {name}, divided by {other}", column / second),
            (f"times {other}, divided by {name}", second / column),
        ):
            if _close(candidate, factors):
                return says
    return None


def _sizes_of(name: str, array: np.ndarray, arguments: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    if name == "weight" and array.ndim == 4:
        yield "the number of filters", array.shape[-1 if _channels_last(arguments) else 0]
        yield "the number of channels", array.shape[2 if _channels_last(arguments) else 1]
        return
    for axis, size in enumerate(array.shape):
        yield f"`{name}.shape[{axis}]`", size
    if array.ndim >= 2:
        yield f"the number of cells in a map of `{name}`", array.shape[-2] * array.shape[-1]
    if array.ndim >= 1:
        yield f"`{name}.size`", array.size


def _channels_last(arguments: Mapping[str, Any]) -> bool:
    """Tell whether the weights are (height, width, channels, filters): so they are where one neuron is asked for."""
    return "row" in arguments and "k" in arguments


def _columns(known: Sequence[Mapping[str, float]]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each term that all cases have, with its values."""
    for name in known[0]:
        if all(name in one for one in known):
            yield name, np.array([one[name] for one in known], dtype=float)


def _close(candidate: np.ndarray, values: np.ndarray) -> bool:
    return bool(np.allclose(candidate, values, rtol=1e-4, atol=1e-9))


def _close_signs(column: np.ndarray) -> bool:
    return bool(np.all(column < 0))
