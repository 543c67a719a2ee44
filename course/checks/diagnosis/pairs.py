"""A right answer beside a reader's: when two arrays agree, and how much two of them can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..compare import same

__all__ = ["TOLERANCE", "Pair", "agree", "distinct", "listed", "pair_of", "telling"]

TOLERANCE = 1e-4


@dataclass(frozen=True, eq=False)
class Pair:
    """The right answer and the reader's for one case, as arrays of int64, float64 or complex128.

    Parameters
    ----------
    arguments : mapping of str to plain data
        What the reader's function was called with.
    right, yours : ndarray
        A number is an array without axes.
    right_kind, yours_kind : str
        What they were before: the name of a dtype, or "int", "float", "bool" for a number.
    """

    arguments: Mapping[str, Any]
    right: np.ndarray
    yours: np.ndarray
    right_kind: str = ""
    yours_kind: str = ""

    @cached_property
    def wrong(self) -> np.ndarray:
        """An array of True where a cell is wrong; both arrays must have the same shape."""
        if self.right.dtype.kind in "iu":
            return self.right != self.yours
        finite = np.abs(self.right[np.isfinite(self.right)])
        scale = float(finite.max()) if finite.size else 0.0
        return ~np.isclose(self.yours, self.right, rtol=TOLERANCE, atol=0.1 * TOLERANCE * scale + 1e-12, equal_nan=True)


def pair_of(arguments: Mapping[str, Any], right: Any, yours: Any) -> Pair | None:
    """Return the pair of two plain values, or None where one of them is no array of numbers."""
    arrays = [_as_numbers(value) for value in (right, yours)]
    if arrays[0] is None or arrays[1] is None or arrays[0].dtype.kind == "c":
        return None
    return Pair(arguments, arrays[0], arrays[1], _kind_of(right), _kind_of(yours))


def agree(expected: np.ndarray, got: np.ndarray) -> bool:
    """Tell whether two arrays hold the same numbers in the same shape, whatever their dtype.

    Whole numbers must be equal: among large ones, a tolerance would take one for its neighbour.
    """
    if expected.shape != got.shape or got.dtype.kind == "c":
        return False
    if expected.dtype.kind in "iu":
        return bool(np.array_equal(expected, got))
    if expected.size > 1 and abs(expected.flat[0] - got.flat[0]) > 1e-2 * np.abs(expected).max():
        return False  # far off at once, as most changes are: most relations are tried in vain
    return same(expected, got.astype(float), TOLERANCE)


def distinct(array: np.ndarray) -> int:
    """Return how many different numbers an array holds, as far as a comparison can tell them apart."""
    finite = array[np.isfinite(array)]
    if finite.dtype.kind == "f" and finite.size:
        scale = float(np.abs(finite).max())
        finite = np.round(finite / scale, 4) if scale else finite
    return len(np.unique(finite))


def telling(pairs: Sequence[Pair]) -> bool:
    """Tell whether the right answers are varied enough that what is true of the pairs is no accident.

    One array with four different numbers is enough; so are three arrays of True and False, or of few other numbers;
    of single numbers it takes three, and not all equal.
    """
    if all(pair.right.ndim == 0 for pair in pairs):
        return len(pairs) >= 3 and distinct(np.array([float(pair.right) for pair in pairs])) >= 2
    counts = [distinct(pair.right) for pair in pairs]
    varied = [pair.right.size for pair, count in zip(pairs, counts, strict=True) if count >= 2]
    return max(counts) >= 4 or (len(varied) >= 3 and sum(varied) >= 12)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> listed(["1", "2", "3"])
    '1, 2 and 3'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _as_numbers(value: Any) -> np.ndarray | None:
    if value is None or isinstance(value, str | dict):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    wide = {"b": np.int64, "i": np.int64, "u": np.int64, "f": np.float64, "c": np.complex128}
    if array.dtype.kind not in wide:
        return None
    return array.astype(wide[array.dtype.kind])


def _kind_of(value: Any) -> str:
    return str(value.dtype) if isinstance(value, np.ndarray | np.generic) else type(value).__name__
