"""Comparing a result with what was expected, and saying where they first differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["NOTHING", "Difference", "compare", "same"]

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
    if expected is None or isinstance(expected, str):
        is_same = got is None if expected is None else isinstance(got, str) and expected == got
        return None if is_same else Difference(f"expected {expected!r}, got {_shape_of(got)}")
    if got is None:
        return Difference(NOTHING)
    if isinstance(expected, dict):
        return _compare_dicts(expected, got, relative_tolerance)
    if isinstance(expected, tuple):
        return _compare_tuples(expected, got, relative_tolerance)
    if isinstance(expected, np.ndarray):
        return _compare_arrays(expected, got, relative_tolerance)
    return _compare_numbers(expected, got, relative_tolerance)


def _compare_numbers(expected: bool | int | float, got: Any, tolerance: float) -> Difference | None:
    if isinstance(got, np.ndarray) and got.size == 1:
        got = got.reshape(()).item()
    if isinstance(got, np.ndarray | tuple | dict | str):
        return Difference(f"expected one number, {_number(expected)}, got {_shape_of(got)}")
    if isinstance(expected, bool) != isinstance(got, bool):
        return Difference(f"expected {expected!r}, got {got!r}")
    if isinstance(expected, int):
        if isinstance(got, float):
            return Difference(f"expected the whole number {expected}, got the float {got!r}")
        return None if expected == got else Difference(f"expected {expected}, got {got}")
    scale = abs(expected) if np.isfinite(expected) else 0.0
    close = np.isclose(got, expected, rtol=tolerance, atol=tolerance * scale + 1e-12, equal_nan=True)
    return None if close else Difference(f"expected {expected:.6g}, got {got:.6g}")


def _compare_tuples(expected: tuple, got: Any, tolerance: float) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim >= 1 and not any(isinstance(e, np.ndarray) for e in expected):
        got = plain_tuple(got)
    if not isinstance(got, tuple):
        return Difference(f"expected {_values(len(expected))}, got {_shape_of(got)}")
    if len(got) != len(expected):
        return Difference(f"expected {_values(len(expected))}, got {len(got)}{_short(got)}")
    for position, (one, other) in enumerate(zip(expected, got, strict=True)):
        difference = compare(one, other, tolerance)
        if difference is not None:
            inner = "" if not difference.says.startswith("value ") else "in it, "
            says = f"value {position + 1} of {len(expected)}: {inner}{difference.says}"
            return Difference(says, difference.index)
    return None


def _compare_dicts(expected: dict, got: Any, tolerance: float) -> Difference | None:
    if not isinstance(got, dict) or set(got) != set(expected):
        return Difference(f"expected the entries {', '.join(expected)}, got {_shape_of(got)}")
    for name in expected:
        if got[name] is None and expected[name] is not None:
            return Difference(f"{name}: there is none")
        difference = compare(expected[name], got[name], tolerance)
        if difference is not None:
            return Difference(f"{name}: {difference.says}", difference.index)
    return None


def _compare_arrays(expected: np.ndarray, got: Any, tolerance: float) -> Difference | None:
    if isinstance(got, tuple):
        if expected.dtype == np.uint8:
            return Difference(f"expected an array of dtype uint8, got {_shape_of(got)}: return a NumPy array")
        try:
            got = np.array(got)
        except ValueError:
            return Difference(f"expected an array of shape {expected.shape}, got rows of different lengths")
    if not isinstance(got, np.ndarray):
        if expected.ndim > 0:
            return Difference(f"expected an array of shape {expected.shape}, got {_shape_of(got)}")
        got = np.asarray(got)
    if got.dtype.kind not in "biuf":
        return Difference(f"expected an array of numbers, got dtype {got.dtype}")
    if got.shape != expected.shape:
        return Difference(f"the shape should be {expected.shape}, yours is {got.shape}")
    if expected.dtype.kind == "f" and got.dtype.kind != "f" and got.size:
        return Difference(f"the values should be floats, yours are {got.dtype}: fractions are lost")
    if expected.dtype.kind in "iu" and (got.dtype.kind not in "iu" or _one_byte_differs(expected, got)):
        return Difference(f"the dtype should be {expected.dtype}, yours is {got.dtype}")
    if expected.dtype.kind == "b" and got.dtype.kind != "b":
        return Difference(f"the values should be True or False, yours are {got.dtype}")
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
        return f"the text {value!r}"
    if isinstance(value, dict):
        return f"a dictionary with the entries {', '.join(value)}"
    return f"{value!r} ({type(value).__name__})"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _number(value: Any) -> str:
    if isinstance(value, bool | np.bool_ | int | np.integer):
        return str(value)
    return f"{value:.6g}"


def _short(value: tuple) -> str:
    """Return the values in brackets, unless they are arrays or many."""
    text = repr(value)
    return f": {text}" if len(text) <= 80 and "array" not in text else ""
