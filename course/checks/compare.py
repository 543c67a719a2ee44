"""Comparing a result with what was expected, and saying where they first differ."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["NOTHING", "Difference", "compare", "count_of", "fitted", "observed", "same"]

MOST_LISTED = 10_000  # values of an array that may stand for a tuple
MOST_SHOWN = 80  # characters of a value in a sentence

NOTHING = (
    "the function returns nothing (None) here: does every way through it end with `return`? "
    "`print` shows a result, but does not give it back"
)


@dataclass(frozen=True)
class Difference:
    """What is different: a sentence, and for arrays the index of the first wrong cell."""

    says: str
    index: tuple[int, ...] | None = None


def same(expected: Any, got: Any, relative_tolerance: float = 1e-4) -> bool:
    """Tell whether two plain values are equal, floats within the tolerance."""
    return compare(expected, got, relative_tolerance) is None


def compare(expected: Any, got: Any, relative_tolerance: float = 1e-4) -> Difference | None:
    """Return the first difference between two plain values, or None.

    Whole numbers must be whole numbers. Floats, of any width, must agree within `relative_tolerance` of the
    expected value or a tenth of it of the largest expected value. A list or tuple of numbers stands for an array.

    Examples
    --------
    >>> compare(3, 4).says
    'expected 3, got 4'
    >>> compare(np.zeros((2, 2)), np.zeros((2, 3))).says
    'the shape should be (2, 2), yours is (2, 3)'
    """
    got, misfit = fitted(expected, got)
    return misfit or _first_difference(expected, got, relative_tolerance)


def fitted(expected: Any, got: Any) -> tuple[Any, Difference | None]:
    """Return a value in the kind and shape of what is expected, or say what about them is wrong.

    Nothing is computed of a value before this: whatever comes back without a difference is a text, a number, an array
    of the shape of the expected one, or a tuple or dictionary of these with as many entries.

    Examples
    --------
    >>> fitted(3, np.array(4))
    (4, None)
    >>> fitted(3, 4.0)[1].says
    'expected the whole number 3, got the float 4.0'
    """
    if isinstance(got, np.generic):
        got = got.item()
    if expected is None or isinstance(expected, str):
        is_kind = got is None if expected is None else isinstance(got, str)
        return got, None if is_kind else Difference(f"expected {expected!r}, got {_shape_of(got)}")
    if got is None:
        return got, Difference(NOTHING)
    if isinstance(expected, dict):
        return _fitted_dict(expected, got)
    if isinstance(expected, tuple):
        return _fitted_tuple(expected, got)
    if isinstance(expected, np.ndarray):
        return _fitted_array(expected, got)
    return _fitted_number(expected, got)


def observed(expected: dict[str, Any], got: Any) -> tuple[Any, Difference | None]:
    """Return what was observed with None for each entry that does not fit; or say that it is no such observation."""
    if not isinstance(got, dict) or got.keys() != expected.keys():
        return got, Difference(NOTHING if got is None else f"nothing like it was expected: {_shape_of(got)}")
    entries = {}
    for name in expected:
        value, misfit = fitted(expected[name], got[name])
        entries[name] = value if misfit is None else None
    return entries, None


def _fitted_number(expected: bool | int | float, got: Any) -> tuple[Any, Difference | None]:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got.item()
    if not isinstance(got, bool | int | float):
        alone = ", with one number in it: .item() takes it out" if isinstance(got, np.ndarray) and got.size == 1 else ""
        return got, Difference(f"expected one number, {_number(expected)}, got {_shape_of(got)}{alone}")
    if isinstance(expected, bool) != isinstance(got, bool):
        return got, Difference(f"expected {expected!r}, got {got!r}")
    if isinstance(expected, int) and isinstance(got, float):
        return got, Difference(f"expected the whole number {expected}, got the float {got!r}")
    if isinstance(expected, float) and isinstance(got, int) and abs(got) > sys.float_info.max:
        return got, Difference(f"expected {expected:.6g}, got a whole number that is too large for a float")
    return got, None


def _fitted_tuple(expected: tuple, got: Any) -> tuple[Any, Difference | None]:
    if isinstance(got, np.ndarray) and got.ndim >= 1 and not any(isinstance(e, np.ndarray) for e in expected):
        got = plain_tuple(got) if got.size <= MOST_LISTED else got
    if not isinstance(got, tuple):
        return got, Difference(f"expected {_values(len(expected))}, got {_shape_of(got)}")
    if len(got) != len(expected):
        return got, Difference(f"expected {_values(len(expected))}, got {len(got)}{_short(got)}")
    items = []
    for position, (one, other) in enumerate(zip(expected, got, strict=True)):
        item, misfit = fitted(one, other)
        if misfit is not None:
            return got, _in_tuple(misfit, position, len(expected))
        items.append(item)
    return tuple(items), None


def _fitted_dict(expected: dict, got: Any) -> tuple[Any, Difference | None]:
    if not isinstance(got, dict) or got.keys() != expected.keys():
        return got, Difference(f"expected the entries {', '.join(expected)}, got {_shape_of(got)}")
    entries = {}
    for name in expected:
        if got[name] is None and expected[name] is not None:
            return got, Difference(f"{name}: there is none")
        entries[name], misfit = fitted(expected[name], got[name])
        if misfit is not None:
            return got, Difference(f"{name}: {misfit.says}", misfit.index)
    return entries, None


def _fitted_array(expected: np.ndarray, got: Any) -> tuple[Any, Difference | None]:
    if isinstance(got, tuple):
        if expected.dtype == np.uint8:
            return got, Difference(f"expected an array of dtype uint8, got {_shape_of(got)}: return a NumPy array")
        try:
            got = np.array(got)
        except ValueError:
            return got, Difference(f"expected an array of shape {expected.shape}, got rows of different lengths")
    if not isinstance(got, np.ndarray):
        if expected.ndim > 0:
            return got, Difference(f"expected an array of shape {expected.shape}, got {_shape_of(got)}")
        got = np.asarray(got)
    if got.dtype.kind not in "biuf":
        return got, Difference(f"expected an array of numbers, got dtype {got.dtype}")
    if got.shape != expected.shape:
        return got, Difference(f"the shape should be {expected.shape}, yours is {got.shape}")
    if expected.dtype.kind == "f" and got.dtype.kind != "f" and got.size:
        return got, Difference(f"the values should be floats, yours are {got.dtype}: fractions are lost")
    if expected.dtype.kind in "iu" and (got.dtype.kind not in "iu" or _one_byte_differs(expected, got)):
        return got, Difference(f"the dtype should be {expected.dtype}, yours is {got.dtype}")
    if expected.dtype.kind == "b" and got.dtype.kind != "b":
        return got, Difference(f"the values should be True or False, yours are {got.dtype}")
    return got, None


def _first_difference(expected: Any, got: Any, tolerance: float) -> Difference | None:
    """Return the first difference between values that are of one kind and shape."""
    if isinstance(expected, dict):
        for name in expected:
            difference = _first_difference(expected[name], got[name], tolerance)
            if difference is not None:
                return Difference(f"{name}: {difference.says}", difference.index)
        return None
    if isinstance(expected, tuple):
        for position, (one, other) in enumerate(zip(expected, got, strict=True)):
            difference = _first_difference(one, other, tolerance)
            if difference is not None:
                return _in_tuple(difference, position, len(expected))
        return None
    if isinstance(expected, np.ndarray):
        return _wrong_cells(expected, got, tolerance)
    if isinstance(expected, float):
        scale = abs(expected) if np.isfinite(expected) else 0.0
        close = np.isclose(got, expected, rtol=tolerance, atol=tolerance * scale + 1e-12, equal_nan=True)
        return None if close else Difference(f"expected {expected:.6g}, got {got:.6g}")
    if expected == got:
        return None
    return Difference(f"expected {expected!r}, got {_shape_of(got) if isinstance(got, str) else got}")


def _wrong_cells(expected: np.ndarray, got: np.ndarray, tolerance: float) -> Difference | None:
    if expected.dtype.kind == "f":
        finite = np.abs(expected[np.isfinite(expected)])
        scale = float(finite.max()) if finite.size else 0.0
        close = np.isclose(got, expected, rtol=tolerance, atol=0.1 * tolerance * scale + 1e-12, equal_nan=True)
    else:
        close = got == expected
    wrong = np.argwhere(~close)
    if len(wrong) == 0:
        return None
    index = tuple(int(i) for i in wrong[0])
    if got.size == 1:
        return Difference(f"expected {_number(expected[index])}, got {_number(got[index])}", index)
    return Difference(
        f"{len(wrong)} of {got.size} values {'is' if len(wrong) == 1 else 'are'} wrong, the first at {index}: "
        f"expected {_number(expected[index])}, got {_number(got[index])}",
        index,
    )


def _in_tuple(difference: Difference, position: int, count: int) -> Difference:
    inner = "in it, " if difference.says.startswith("value ") else ""
    return Difference(f"value {position + 1} of {count}: {inner}{difference.says}", difference.index)


def plain_tuple(array: np.ndarray) -> tuple:
    """Return the values of an array as a tuple (of tuples) of Python numbers."""
    return tuple(item.item() if np.ndim(item) == 0 else plain_tuple(item) for item in array)


def _one_byte_differs(expected: np.ndarray, got: np.ndarray) -> bool:
    return (expected.dtype == np.uint8) != (got.dtype == np.uint8)


def _shape_of(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, tuple):
        return "one value in a tuple or list" if len(value) == 1 else f"{len(value)} values"
    if isinstance(value, str):
        return f"the text {_cut(value)!r}"
    if isinstance(value, dict):
        return f"a dictionary with the entries {_cut(', '.join(list(value)[:MOST_SHOWN]))}"
    return f"{value!r} ({type(value).__name__})"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _number(value: Any) -> str:
    if isinstance(value, bool | np.bool_ | int | np.integer):
        return str(value)
    return f"{value:.6g}"


def _short(value: tuple) -> str:
    """Return the values in brackets, unless they are arrays or many."""
    if count_of(value, MOST_SHOWN) > MOST_SHOWN:
        return ""
    text = repr(value)
    return f": {text}" if len(text) <= MOST_SHOWN and "array" not in text else ""


def count_of(value: Any, most: int) -> int:
    """Return how many numbers and letters a plain value holds, at the most; counting ends a little above `most`.

    Examples
    --------
    >>> count_of((1, np.zeros((2, 3)), {"name": None}), 100)
    15
    """
    if isinstance(value, np.ndarray | str):
        return max(int(np.size(value)) if isinstance(value, np.ndarray) else len(value), 1)
    if not isinstance(value, tuple | dict):
        return 1
    count = 1
    for item in value.items() if isinstance(value, dict) else value:
        count += count_of(item, most - count)
        if count > most:
            break
    return count


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."
