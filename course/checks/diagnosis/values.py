"""Relations cell by cell: scaled, off by something, cut, clipped. Each gives words that go on after "Your result"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from .pairs import Pair, agree, distinct, listed
from .terms import factor_of, offset_of, window_size

__all__ = ["KINDS", "VALUE_RELATIONS"]

Relation = Callable[[Sequence[Pair]], str | None]

# --- Of another kind -----------------------------------------------------------------------------


def _kind(pairs: Sequence[Pair]) -> str | None:
    if not all(agree(pair.right, pair.yours) for pair in pairs):
        return None
    wanted = sorted({pair.right_kind for pair in pairs})
    found = sorted({pair.yours_kind for pair in pairs})
    if found == ["float"] and wanted == ["int"]:
        return "is the right number, but a float, where a whole number (int) is needed"
    return f"has the right numbers, but of the kind {listed(found, 'or')}, where {listed(wanted, 'or')} is needed"


def _complex(pairs: Sequence[Pair]) -> str | None:
    if not all(pair.yours.dtype.kind == "c" for pair in pairs):
        return None
    if not all(agree(pair.right.astype(float), pair.yours.real) for pair in pairs):
        return None
    if all(agree(np.zeros(pair.yours.shape), np.round(pair.yours.imag, 6)) for pair in pairs):
        return "holds complex numbers without an imaginary part: their real part (`.real`) is the right answer"
    return "holds complex numbers whose real part (`.real`) is the right answer"


def _all_nan(pairs: Sequence[Pair]) -> str | None:
    if all(pair.yours.size and np.isnan(pair.yours).all() for pair in pairs):
        return "is NaN (not a number)" if _are_numbers(pairs) else "holds nothing but NaN (not a number)"
    return None


def _empty(pairs: Sequence[Pair]) -> str | None:
    if all(pair.yours.size == 0 for pair in pairs):
        return f"is empty: its shape is {pairs[0].yours.shape} where it should be {pairs[0].right.shape}"
    return None


# --- All the same, or what was given ---------------------------------------------------------------


def _constant(pairs: Sequence[Pair]) -> str | None:
    if any(pair.yours.size == 0 or pair.yours.dtype.kind == "c" for pair in pairs):
        return None
    first = float(pairs[0].yours.flat[0])
    if not np.isfinite(first) or not all(np.all(pair.yours == first) for pair in pairs):
        return None
    if _are_numbers(pairs):
        return f"is {first:g} in every case in which it is wrong"
    if all(pair.right_kind == "bool" for pair in pairs) and first in (0, 1):
        return f"is {bool(first)} in every cell"
    return f"holds nothing but the number {first:g}"


def _argument(pairs: Sequence[Pair]) -> str | None:
    for name, value in pairs[0].arguments.items():
        given = [pair.arguments.get(name) for pair in pairs]
        if isinstance(value, np.ndarray | int | float) and all(
            isinstance(one, np.ndarray | int | float)
            and np.asarray(one).dtype.kind in "biuf"
            and agree(np.asarray(one).astype(float), pair.yours)
            for one, pair in zip(given, pairs, strict=True)
        ):
            return f"is the argument `{name}`, as it was given"
    return None


# --- Off by something --------------------------------------------------------------------------------


def _bias(pairs: Sequence[Pair]) -> str | None:
    counts = []
    for pair in pairs:
        bias = _bias_of(pair)
        off = _off(pair)
        if bias is None or off is None or not np.any(bias):
            return None
        where = np.broadcast_to(bias, off.shape)
        count = float(np.sum(off * where) / np.sum(where**2))
        if not np.isfinite(count) or abs(count) < 1e-3 or not _agree_with(pair, pair.right + count * where):
            return None
        counts.append(count)
    first = round(counts[0])
    if first and np.allclose(counts, first, rtol=1e-4):
        if first == -1:
            return "is the right one without the bias"
        if first == -2:
            return "has the bias subtracted where it should be added"
        more = "once" if first == 1 else "twice" if first == 2 else f"{first} times"
        return f"has the bias in it {more} too often" if first > 0 else f"is off by {first} times the bias"
    says = offset_of(counts, [pair.arguments for pair in pairs]) if len(pairs) >= 2 else None
    if says is None or not _different(counts):
        return None
    how = "is too large by" if counts[0] > 0 else "is too small by"
    return f"{how} {says} times the bias"


def _bias_of(pair: Pair) -> np.ndarray | None:
    """Return the bias of each cell of the result, in a shape that fits it."""
    bias = pair.arguments.get("bias")
    if bias is None or isinstance(bias, bool | str):
        return None
    array = np.asarray(bias)
    if array.dtype.kind not in "iuf":
        return None
    if array.ndim == 0:
        return array
    if array.ndim == 1 and pair.right.ndim in (3, 4) and pair.right.shape[-3] == len(array):
        return array[:, None, None]
    k = pair.arguments.get("k")
    if array.ndim == 1 and pair.right.ndim == 0 and isinstance(k, int) and -len(array) <= k < len(array):
        return array[k]
    return None


def _offset(pairs: Sequence[Pair]) -> str | None:
    offsets = []
    for pair in pairs:
        off = _off(pair)
        if off is None or off.size == 0:
            return None
        offset = off.flat[0] if pair.right.dtype.kind == "i" else float(np.mean(off))
        if not np.isfinite(offset) or offset == 0 or not _agree_with(pair, pair.right + offset):
            return None
        offsets.append(float(offset))
    everywhere = "" if _are_numbers(pairs) else " everywhere"
    if np.allclose(offsets, offsets[0], rtol=1e-4):
        return f"is {abs(offsets[0]):.4g} too {_large(offsets[0])}{everywhere}"
    if len(pairs) < (5 if _are_numbers(pairs) else 2):
        return None
    says = offset_of(offsets, [pair.arguments for pair in pairs])
    if says is None:
        return None
    return f"is too {_large(offsets[0])}{everywhere} by {says}"


def _offset_by_part(pairs: Sequence[Pair]) -> str | None:
    """Off by a number in each map, row or column."""
    differences = [_off(pair) for pair in pairs]
    parts = (("map", (-2, -1), 3), ("row", (-1,), 2), ("column", (-2,), 2))
    for name, axes, fewest in parts:
        if any(off is None or off.ndim < fewest or off.size == 0 for off in differences):
            continue
        offs = [off for off in differences if off is not None]
        means = [np.mean(off, axis=axes, keepdims=True) for off in offs]
        fits = all(
            np.isfinite(mean).all() and _agree_with(pair, pair.right + mean)
            for pair, mean in zip(pairs, means, strict=True)
        )
        if fits and _has_evidence(offs, axes) and any(map(_vary, means)):
            return f"is off by one number in each {name}, not the same one in all"
    return None


def _has_evidence(arrays: Sequence[np.ndarray], axes: tuple[int, ...]) -> bool:
    """Tell whether a part of one array has at least three cells, and the array more parts than one."""
    cells = [int(np.prod([array.shape[axis] for axis in axes])) for array in arrays]
    return any(count >= 3 and array.size > count for count, array in zip(cells, arrays, strict=True))


# --- Times something -----------------------------------------------------------------------------


def _scaled(pairs: Sequence[Pair]) -> str | None:
    factors = []
    for pair in pairs:
        factor = _factor(pair)
        if factor is None:
            return None
        factors.append(factor)
    whole = all(pair.right.dtype.kind == pair.yours.dtype.kind == "i" for pair in pairs)
    if np.allclose(factors, factors[0], rtol=1e-12 if whole else 1e-4, atol=0):
        return _in_words(factors[0], pairs)
    single = _are_numbers(pairs)
    if len(pairs) < (4 if single else 2):
        return None
    products = len(pairs) >= (6 if single else 3) and len(set(np.round(factors, 6))) >= 3
    says = factor_of(factors, [pair.arguments for pair in pairs], products)
    if says is not None:
        return f"is the right one {says}"
    if single:
        return None  # a number is always some multiple of another
    seen = sorted({_factor_text(factor) for factor in factors})
    shown = listed(seen) if len(seen) <= 4 else f"{', '.join(seen[:3])} and others"
    return f"is the right one times a number that differs from case to case: {shown}"


def _factor(pair: Pair) -> float | None:
    """Return the number by which all cells are multiplied, or None; 1 and 0 do not count."""
    right, yours = pair.right, pair.yours
    if right.shape != yours.shape or yours.dtype.kind == "c" or right.size == 0:
        return None
    sizes = np.where(np.isfinite(right), np.abs(right), 0)
    largest = int(np.argmax(sizes))
    if sizes.flat[largest] == 0:
        return None
    factor = float(yours.flat[largest] / right.flat[largest])
    if not np.isfinite(factor) or abs(factor) < 1e-12 or factor == 1:
        return None
    if right.dtype.kind == "i" and yours.dtype.kind == "i":
        exact = Fraction(int(yours.flat[largest]), int(right.flat[largest]))
        fits = np.array_equal(yours * exact.denominator, right * exact.numerator)
        return factor if fits else None
    return factor if abs(factor - 1) > 2e-4 and agree(right * factor, yours) else None


def _in_words(factor: float, pairs: Sequence[Pair]) -> str:
    if abs(factor + 1) < 1e-4:
        return "is the right one times -1: the sign is wrong"
    size = abs(factor)
    sign = ", with the wrong sign" if factor < 0 else ""
    whole, parts = round(size), round(1 / size)
    if whole >= 2 and abs(size - whole) < 1e-4 * size:
        return f"is twice the right one{sign}" if whole == 2 else f"is {whole} times the right one{sign}"
    if parts >= 2 and abs(1 / size - parts) < 1e-4 * parts:
        sizes = {window_size(pair.arguments) for pair in pairs}
        window = sizes.pop() if len(sizes) == 1 else None
        if window is not None and window[0] * window[1] == parts:
            mean = f", as a mean over the {window[0]} × {window[1]} window would be"
            return f"is the right one divided by {parts}{mean}{sign}"
        return f"is half of the right one{sign}" if parts == 2 else f"is the right one divided by {parts}{sign}"
    return f"is the right one times {_factor_text(factor)}"


def _factor_text(factor: float) -> str:
    simple = Fraction(factor).limit_denominator(12) if abs(factor) > 0.08 else Fraction(factor).limit_denominator(10000)
    if simple and (simple.denominator <= 12 or abs(simple.numerator) == 1) and abs(factor / float(simple) - 1) < 1e-4:
        return str(simple)
    return f"{factor:.4g}"


def _scaled_by_part(pairs: Sequence[Pair]) -> str | None:
    """Times a number in each map, row or column, as where each is divided by a sum that is not its own."""
    for name, axes, fewest in (("map", (-2, -1), 3), ("row", (-1,), 2), ("column", (-2,), 2)):
        if any(pair.right.ndim < fewest for pair in pairs):
            continue
        factors = [_factors(pair, axes) for pair in pairs]
        known = [one for one in factors if one is not None]
        if len(known) == len(pairs) and _has_evidence([pair.right for pair in pairs], axes) and any(map(_vary, known)):
            return f"is the right one times a number in each {name}, not the same one in all"
    return None


def _factors(pair: Pair, axes: tuple[int, ...]) -> np.ndarray | None:
    """Return the number by which each part is multiplied, or None."""
    right, yours = pair.right.astype(float), pair.yours
    if right.shape != yours.shape or yours.dtype.kind == "c" or right.size == 0:
        return None
    squares = np.sum(right**2, axis=axes, keepdims=True)
    factors = np.sum(right * yours, axis=axes, keepdims=True) / np.where(squares == 0, 1, squares)
    known = bool(np.all(np.isfinite(factors) & (factors != 0)))
    return factors if known and agree(right * factors, yours) else None


def _vary(numbers: np.ndarray) -> bool:
    """Tell whether numbers differ by more than rounding and tolerance may make them."""
    return float(np.ptp(numbers)) > 1e-2 * float(np.abs(numbers).max())


# --- Cut, clipped, wrapped ---------------------------------------------------------------------------

ROUNDINGS = (
    ("rounded down to whole numbers", np.floor),
    ("cut to whole numbers: what follows the point is lost", np.trunc),
    ("rounded to whole numbers", np.round),
    ("rounded up to whole numbers", np.ceil),
)


def _rounded(pairs: Sequence[Pair]) -> str | None:
    if any(pair.right.dtype.kind != "f" for pair in pairs):
        return None
    fits = [says for says, cut in ROUNDINGS if _is(cut, pairs)]
    if fits:
        # Down and cut are the same for positive numbers: only what the numbers tell apart is told apart.
        return f"is the right one, {fits[0]}" if len(fits) == 1 else "is the right one, without what follows the point"
    for digits in (1, 2, 3):
        if _is(partial(_rounded_to, digits), pairs):
            return f"is the right one, rounded to {digits} {'digit' if digits == 1 else 'digits'} after the point"
    return None


def _rounded_to(digits: int, array: np.ndarray) -> np.ndarray:
    return np.round(array, digits)


def _clipped(pairs: Sequence[Pair]) -> str | None:
    for says, change in (
        ("with 0 in place of every negative number", lambda right: np.maximum(right, 0)),
        ("with 0 in place of every positive number", lambda right: np.minimum(right, 0)),
        ("with 255 in place of every larger number", lambda right: np.minimum(right, 255)),
        ("clipped to the range from 0 to 255", lambda right: np.clip(right, 0, 255)),
        ("clipped to the range from 0 to 1", lambda right: np.clip(right, 0, 1)),
        ("without its sign: every negative number has become positive", np.abs),
        ("wrapped round at 256, as uint8 does it", lambda right: np.mod(np.trunc(right), 256)),
    ):
        if _is(change, pairs) and any(distinct(pair.yours) > 2 or pair.yours.ndim == 0 for pair in pairs):
            return f"is the right one, {says}"
    return None


def _function_of(pairs: Sequence[Pair]) -> str | None:
    for says, change in (
        ("the square of", np.square),
        ("the square root of", np.sqrt),
        ("the logarithm of", np.log),
        ("the exponential (`np.exp`) of", np.exp),
        ("1 divided by", lambda right: 1.0 / right),
        ("1 minus", lambda right: 1 - right),
    ):
        if _is(change, pairs):
            if says == "1 minus" and all(pair.right_kind == "bool" for pair in pairs):
                return "is the right one with True and False swapped"
            return f"is {says} the right one"
    return None


def _half_precision(pairs: Sequence[Pair]) -> str | None:
    for pair in pairs:
        if pair.right.dtype.kind != "f" or pair.right.shape != pair.yours.shape or pair.yours.dtype.kind == "c":
            return None
        if not np.allclose(pair.yours, pair.right, rtol=2**-10, atol=1e-7, equal_nan=True):
            return None
    held = all(pair.yours_kind == "float16" for pair in pairs)
    return "differs from the right one in the last digits only, from the fourth on" + (
        ": it is of the kind float16, which has no more" if held else ", as after a computation in float16"
    )


def _is(change: Callable[[np.ndarray], np.ndarray], pairs: Sequence[Pair]) -> bool:
    """Tell whether the reader's answers are the right ones, changed."""
    for pair in pairs:
        if pair.yours.dtype.kind == "c" or pair.right.shape != pair.yours.shape:
            return False
        expected = change(pair.right)
        whole = pair.right.dtype.kind != "i" and np.array_equal(expected, np.round(expected))
        # Cut numbers are exact, and a tolerance would take 1000.04 for 1000.
        if not (np.array_equal(expected, pair.yours) if whole else agree(expected, pair.yours)):
            return False
    return True


def _off(pair: Pair) -> np.ndarray | None:
    """Return how much each cell is too large, or None."""
    if pair.right.shape != pair.yours.shape or pair.yours.dtype.kind == "c":
        return None
    return pair.yours - pair.right


def _agree_with(pair: Pair, changed: np.ndarray) -> bool:
    return agree(np.asarray(changed), pair.yours)


def _different(numbers: Sequence[float]) -> bool:
    return not np.allclose(numbers, numbers[0], rtol=1e-4)


def _are_numbers(pairs: Sequence[Pair]) -> bool:
    return all(pair.yours.ndim == 0 for pair in pairs)


def _large(offset: float) -> str:
    return "large" if offset > 0 else "small"


# In the order in which they are tried: the first that holds is told.
KINDS: tuple[Relation, ...] = (_kind, _complex, _all_nan, _empty, _constant, _argument)
VALUE_RELATIONS: tuple[Relation, ...] = (
    _half_precision,
    _rounded,
    _clipped,
    _bias,
    _offset,
    _scaled,
    _function_of,
    _scaled_by_part,
    _offset_by_part,
)
