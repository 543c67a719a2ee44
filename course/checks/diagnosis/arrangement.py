"""Relations of place and shape: transposed, turned, moved, cut off. Each gives words that go on after "Your result"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations, permutations

import numpy as np

from .pairs import Pair, agree, distinct, listed
from .terms import terms

__all__ = ["ARRANGEMENTS"]

MOST_AXES = 5
MOST_COMPARED = 300_000  # numbers in the table that matches the rows of two arrays

Relation = Callable[[Sequence[Pair]], str | None]
Change = Callable[[np.ndarray], np.ndarray]

# --- The same shape, or its axes in another order -------------------------------------------------------


def _transposed(pairs: Sequence[Pair]) -> str | None:
    for order in _orders(pairs):
        if _are(partial(np.transpose, axes=order), pairs):
            return f"is the right one{_axes_in_words(order)}"
    return None


def _axes_in_words(order: tuple[int, ...]) -> str:
    moved = [axis for axis, other in enumerate(order) if axis != other]
    if len(order) == 2:
        return ", transposed: rows and columns are swapped"
    if moved == [len(order) - 2, len(order) - 1]:
        return " with rows and columns swapped: each map is transposed"
    if len(moved) == 2:
        return f" with the axes {moved[0]} and {moved[1]} swapped"
    return f" with its axes in another order, as by `np.transpose(right, {order})`"


def _orders(pairs: Sequence[Pair]) -> list[tuple[int, ...]]:
    """Return the orders in which axes can be, other than their own; those that move fewest come first."""
    axes = {pair.right.ndim for pair in pairs}
    if len(axes) != 1 or not 2 <= (count := axes.pop()) <= MOST_AXES:
        return []
    own = tuple(range(count))
    orders = [order for order in permutations(own) if order != own]
    return sorted(orders, key=lambda order: (sum(map(int.__ne__, order, own)), tuple(-axis for axis in order)))


def _turned(pairs: Sequence[Pair]) -> str | None:
    fewest = min(pair.right.ndim for pair in pairs)
    if fewest == 1 and _are(lambda right: right[..., ::-1], pairs):
        return "is the right one back to front"
    if fewest < 2:
        return None
    changes: list[tuple[str, Change]] = [
        ("mirrored: left and right are swapped", lambda right: right[..., ::-1]),
        ("upside down: the first row is the last", lambda right: right[..., ::-1, :]),
        ("turned by half a turn: upside down, and left and right swapped", lambda right: right[..., ::-1, ::-1]),
        ("turned by a quarter turn to the left", lambda right: np.rot90(right, 1, (-2, -1))),
        ("turned by a quarter turn to the right", lambda right: np.rot90(right, -1, (-2, -1))),
        ("transposed about the other diagonal", lambda right: np.rot90(np.swapaxes(right, -2, -1), 2, (-2, -1))),
    ]
    for axis in range(fewest - 2):
        if len({pair.right.ndim for pair in pairs}) == 1:
            changes.append((f"back to front along axis {axis}", partial(np.flip, axis=axis)))
    return next((f"is the right one, {says}" for says, change in changes if _are(change, pairs)), None)


# --- Moved ---------------------------------------------------------------------------------------------


def _moved(pairs: Sequence[Pair]) -> str | None:
    if any(pair.right.shape != pair.yours.shape or pair.right.ndim < 1 for pair in pairs):
        return None
    base = max(pairs, key=lambda pair: distinct(pair.right))
    steps = [step for step in _steps(_plane(base.right).shape[-2:]) if _is_moved(base, step, True)]
    fitting = [step for step in steps if all(_is_moved(pair, step) for pair in pairs)]
    if fitting:
        rows, columns = min(fitting, key=lambda step: abs(step[0]) + abs(step[1]))
        return f"is the right one, moved {_way(rows, columns)}"
    for says, moves in _named_steps(pairs):
        first = moves[pairs.index(base)]
        if first in steps and all(_is_moved(pair, step) for pair, step in zip(pairs, moves, strict=True)):
            return f"is the right one, moved by {says}"
    return None


def _is_moved(pair: Pair, step: tuple[int, int], evidence: bool = False) -> bool:
    right, yours = _plane(pair.right), _plane(pair.yours)
    rows, columns = step
    before = _overlap(rows, right.shape[-2]), _overlap(columns, right.shape[-1])
    after = _overlap(-rows, right.shape[-2]), _overlap(-columns, right.shape[-1])
    seen, there = right[(..., *before)], yours[(..., *after)]
    if seen.size == 0 or not agree(seen, there):
        return False
    return not evidence or (2 * seen.size >= right.size and distinct(seen) >= 3)


def _overlap(step: int, size: int) -> slice:
    """Return what stays in view of an axis when all moves by a step towards its end."""
    return slice(max(-step, 0), max(size - max(step, 0), 0))


def _steps(size: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    rows, columns = size
    for down in range(-(rows // 2), rows // 2 + 1):
        for right in range(-(columns // 2), columns // 2 + 1):
            if (down or right) and 2 * (rows - abs(down)) * (columns - abs(right)) >= rows * columns:
                yield down, right


def _named_steps(pairs: Sequence[Pair]) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield steps that follow from an argument of the case."""
    known = [terms(pair.arguments) for pair in pairs]
    for name in known[0]:
        if ".s" in name or not all(float(one.get(name, 0.5)).is_integer() for one in known):
            continue
        for says, more in ((name, 0), (f"{name} - 1", -1)):
            numbers = [int(one[name]) + more for one in known]
            for down, right in ((1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)):
                words = " and ".join(filter(None, (("up", "", "down")[down + 1], ("left", "", "right")[right + 1])))
                yield f"{says} {words}", [(down * number, right * number) for number in numbers]


def _way(rows: int, columns: int) -> str:
    parts = []
    if rows:
        parts.append(f"{_count(abs(rows), 'row')} {'down' if rows > 0 else 'up'}")
    if columns:
        parts.append(f"{_count(abs(columns), 'column')} to the {'right' if columns > 0 else 'left'}")
    return " and ".join(parts)


# --- The same numbers in another order --------------------------------------------------------------------


def _reordered(pairs: Sequence[Pair]) -> str | None:
    """Whole rows, columns or maps in the wrong places."""
    if any(pair.right.shape != pair.yours.shape for pair in pairs):
        return None
    fewest = min(pair.right.ndim for pair in pairs)
    if fewest < 1:
        return None
    names = [("rows", -2), ("columns", -1)] if fewest >= 2 else [("values", -1)]
    if len({pair.right.ndim for pair in pairs}) == 1:
        names += [(f"parts along axis {axis}", axis) for axis in range(fewest - 2)]
    for name, axis in names:
        if all(_same_in_any_order(pair, axis) for pair in pairs):
            return f"has the right {name}, but in another order"
    return None


def _same_in_any_order(pair: Pair, axis: int) -> bool:
    right, yours = (np.moveaxis(array, axis, 0) for array in (pair.right, pair.yours))
    count = len(right)
    if count < 2 or count * right.size > MOST_COMPARED or yours.dtype.kind == "c":
        return False
    right, yours = right.reshape(count, -1), yours.reshape(count, -1)
    scale = 1e-5 * float(np.abs(right[np.isfinite(right)]).max(initial=0)) if right.dtype.kind == "f" else 0.0
    alike = np.all(np.isclose(right[:, None], yours[None], rtol=scale and 1e-4, atol=scale, equal_nan=True), axis=2)
    free = np.ones(count, dtype=bool)
    for row in alike:
        places = np.flatnonzero(row & free)
        if not len(places):
            return False
        free[places[0]] = False
    return True


def _reshaped(pairs: Sequence[Pair]) -> str | None:
    if any(pair.right.size != pair.yours.size for pair in pairs):
        return None
    first = pairs[0]
    shapes = f"the shape is {first.yours.shape}, not {first.right.shape}"
    if all(agree(pair.right.ravel(), pair.yours.ravel()) for pair in pairs):
        if all(_without_ones(pair.right) == _without_ones(pair.yours) for pair in pairs):
            more = [pair.yours.ndim - pair.right.ndim for pair in pairs]
            if min(more) > 0:
                return f"is right but for an axis of length 1 too many: {shapes}"
            if max(more) < 0:
                return f"is right but for a missing axis of length 1: {shapes}"
        if all(pair.yours.ndim == 1 for pair in pairs):
            return f"has the right numbers, but flat: {shapes}"
        return f"has the right numbers in the right order, but {shapes}, as after a `reshape`"
    for order in _orders(pairs):
        if all(agree(np.transpose(pair.right, order).ravel(), pair.yours.ravel()) for pair in pairs):
            how = "column by column" if len(order) == 2 else f"in the order of `np.transpose(right, {order})`"
            shape = "" if all(pair.right.shape == pair.yours.shape for pair in pairs) else f", and {shapes}"
            return f"has the right numbers, but {how}{shape}: a `reshape` keeps the order, it swaps no axes"
    return None


def _without_ones(array: np.ndarray) -> tuple[int, ...]:
    return tuple(size for size in array.shape if size != 1)


def _shuffled(pairs: Sequence[Pair]) -> str | None:
    if any(pair.right.shape != pair.yours.shape or pair.right.ndim == 0 for pair in pairs):
        return None
    if any(pair.right_kind == "bool" or distinct(pair.right) < 2 for pair in pairs):
        return None
    if not any(distinct(pair.right) >= 4 for pair in pairs):
        return None
    if all(agree(np.sort(pair.right, axis=None), np.sort(pair.yours, axis=None)) for pair in pairs):
        return "has all the right numbers, but in the wrong places"
    return None


# --- Too small or too large -----------------------------------------------------------------------------


def _part(pairs: Sequence[Pair]) -> str | None:
    """A part of the right answer, or more than it, along the last two axes."""
    if any(not _comparable_planes(pair) for pair in pairs):
        return None
    for says, place in (("the end", 0), ("the beginning", 1), ("each side", 2)):
        cuts = [_overlap_at(pair, place) for pair in pairs]
        overlaps = [cut for cut in cuts if cut is not None]
        if len(overlaps) < len(pairs) or not all(agree(*overlap) for overlap in overlaps):
            continue
        if all(distinct(seen) < 4 for seen, _ in overlaps):
            continue
        return _missing(pairs, says, place)
    return None


def _missing(pairs: Sequence[Pair], says: str, place: int) -> str:
    more = [np.subtract(_plane(pair.yours).shape[-2:], _plane(pair.right).shape[-2:]) for pair in pairs]
    counts = np.array(more) // (2 if place == 2 else 1)
    names = ("row", "column") if pairs[0].right.ndim >= 2 else ("row", "value")
    what = [
        (_count(abs(int(numbers[0])), name) if len(set(numbers)) == 1 else f"{name}s")
        for numbers, name in zip(counts.T, names, strict=True)
        if numbers.any()
    ]
    vary = len({tuple(row) for row in counts}) > 1
    if np.all(counts <= 0):
        return f"is the right one, but {listed(what, 'or' if vary else 'and')} at {says} {_is_missing(what)}"
    if np.all(counts >= 0):
        zeros = place == 2 and all(_border_is_zero(pair) for pair in pairs)
        if zeros:
            return "is the right one with a border of zeros around it"
        return f"is the right one, but for {listed(what, 'or' if vary else 'and')} too many at {says}"
    return "has another shape than the right one; where both overlap, the two agree"


def _is_missing(what: Sequence[str]) -> str:
    return "is missing" if len(what) == 1 and what[0].startswith("1 ") else "are missing"


def _comparable_planes(pair: Pair) -> bool:
    right, yours = pair.right, pair.yours
    if right.ndim != yours.ndim or right.ndim < 1 or right.shape == yours.shape or yours.size == 0:
        return False
    return right.shape[:-2] == yours.shape[:-2] or right.ndim == 1


def _overlap_at(pair: Pair, place: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the parts of both arrays that should agree: at the beginning, at the end, or in the middle."""
    right, yours = _plane(pair.right), _plane(pair.yours)
    for axis in (-2, -1):
        more = yours.shape[axis] - right.shape[axis]
        if place == 2 and more % 2:
            return None
        size = min(right.shape[axis], yours.shape[axis])
        first = (0, max(-more, 0), max(-more, 0) // 2)[place], (0, max(more, 0), max(more, 0) // 2)[place]
        right = right.take(range(first[0], first[0] + size), axis)
        yours = yours.take(range(first[1], first[1] + size), axis)
    return right, yours


def _border_is_zero(pair: Pair) -> bool:
    yours, right = _plane(pair.yours).astype(float), _plane(pair.right)
    rows, columns = ((yours.shape[axis] - right.shape[axis]) // 2 for axis in (-2, -1))
    yours[..., rows : yours.shape[-2] - rows, columns : yours.shape[-1] - columns] = 0
    return not yours.any()


def _every_other(pairs: Sequence[Pair]) -> str | None:
    """The right values at every second place, or every second of them; `stride` for the second."""
    if any(not _comparable_planes(pair) for pair in pairs):
        return None
    strides = [pair.arguments.get("stride") for pair in pairs]
    options: list[tuple[str, list[int]]] = [("2nd", [2] * len(pairs)), ("3rd", [3] * len(pairs))]
    if all(isinstance(stride, int) and stride > 1 for stride in strides):
        options.insert(0, ("`stride`-th", [int(stride or 1) for stride in strides]))
    for says, steps in options:
        for more in (True, False):
            seen = [_thinned(pair, step, more) for pair, step in zip(pairs, steps, strict=True)]
            if any(distinct(one) >= 4 for one, _ in seen) and all(agree(*both) for both in seen):
                if more:
                    return f"has the right numbers in every {says} row and column, and others between them"
                return f"has only every {says} row and column of the right one"
    return None


def _thinned(pair: Pair, step: int, more: bool) -> tuple[np.ndarray, np.ndarray]:
    right, yours = _plane(pair.right), _plane(pair.yours)
    if more:
        return right, yours[..., ::step, ::step][..., : right.shape[-2], : right.shape[-1]]
    return right[..., ::step, ::step], yours


def _alone(pairs: Sequence[Pair]) -> str | None:
    """The first or the last part along an axis, where all of them are wanted."""
    axes = {pair.right.ndim for pair in pairs}
    if len(axes) != 1:
        return None
    for axis in range(min(axes.pop(), 2)):
        for index, says in ((0, "first"), (-1, "last")):
            taken = [pair.right.take([index], axis) for pair in pairs]
            if all(distinct(one) < 4 for one in taken):
                continue
            for parts in (taken, [one.squeeze(axis) for one in taken]):
                if all(agree(part, pair.yours) for part, pair in zip(parts, pairs, strict=True)):
                    return f"is only the {says} part of the right one along axis {axis}"
    return None


def _summed(pairs: Sequence[Pair]) -> str | None:
    """One sum, mean or maximum more or less than there should be."""
    if len({(pair.right.ndim, pair.yours.ndim) for pair in pairs}) != 1:
        return None
    if any(0 in (pair.right.size, pair.yours.size) or pair.yours.dtype.kind == "c" for pair in pairs):
        return None
    mine, theirs = pairs[0].right.ndim, pairs[0].yours.ndim
    ways = (("the sum", np.sum), ("the mean", np.mean), ("the maximum", np.max))
    for count in (1, 2, 3):
        for axes in combinations(range(max(mine, theirs)), count):
            along = f"along {'axis' if count == 1 else 'the axes'} {listed([str(axis) for axis in axes])}"
            for says, way in ways:
                if theirs == mine + count and all(
                    agree(pair.right.astype(float), np.asarray(way(pair.yours, axis=axes), dtype=float))
                    for pair in pairs
                ):
                    return f"has not been summed up to the end: {says} of it {along} is the right answer"
                kept = theirs == mine
                if mine == theirs + (0 if kept else count) and all(
                    agree(np.asarray(way(pair.right, axis=axes, keepdims=kept), dtype=float), pair.yours)
                    for pair in pairs
                ):
                    return f"is {says} of the right one {along}"
    return None


def _are(change: Change, pairs: Sequence[Pair]) -> bool:
    return all(agree(change(pair.right), pair.yours) for pair in pairs)


def _plane(array: np.ndarray) -> np.ndarray:
    return array if array.ndim >= 2 else np.atleast_2d(array)


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


# In the order in which they are tried: the first that holds is told.
ARRANGEMENTS: tuple[Relation, ...] = (
    _turned,
    _transposed,
    _moved,
    _reshaped,
    _reordered,
    _alone,
    _every_other,
    _part,
    _summed,
    _shuffled,
)
