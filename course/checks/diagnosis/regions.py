"""Relations of a part: where a result is right and where not. Each gives words that go on after "Your result"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from .pairs import Pair, distinct, listed

__all__ = ["REGIONS", "nan_inside", "sums_of_rows"]

Relation = Callable[[Sequence[Pair]], str | None]
Edges = dict[str, tuple]

EDGES: Edges = {
    "first row": (..., slice(0, 1), slice(None)),
    "last row": (..., slice(-1, None), slice(None)),
    "first column": (..., slice(None), slice(0, 1)),
    "last column": (..., slice(None), slice(-1, None)),
}
ENDS: Edges = {"first value": (..., slice(0, 1)), "last value": (..., slice(-1, None))}

# --- NaN, the border, an end -------------------------------------------------------------------------


def nan_inside(pairs: Sequence[Pair]) -> str | None:
    """NaN in some of the cells of every wrong answer."""
    if any(pair.yours.dtype.kind != "f" for pair in pairs):
        return None
    odd = [np.isnan(pair.yours) & ~np.isnan(pair.right) if _same_shape(pair) else None for pair in pairs]
    if any(one is None or not one.any() for one in odd):
        return None
    rest = all(np.array_equal(pair.wrong, one) for pair, one in zip(pairs, odd, strict=True) if one is not None)
    return "has NaN (not a number) where numbers should be" + (", and is right in all other cells" if rest else "")


def _edge(pairs: Sequence[Pair]) -> str | None:
    """Wrong in the first or the last row or column alone, or in several of these."""
    edges = EDGES if all(pair.right.ndim >= 2 for pair in pairs) else ENDS
    if not _same_shapes(pairs) or any(pair.right.ndim < 1 for pair in pairs):
        return None
    wrong = [pair.wrong for pair in pairs]
    if any(np.any(one & _without(one.shape, edges, list(edges))) for one in wrong):
        return None
    for count in range(1, len(edges) + 1):
        for names in combinations(edges, count):
            inside = [_without(one.shape, edges, names) for one in wrong]
            if any(np.any(one & mask) for one, mask in zip(wrong, inside, strict=True)):
                continue
            if not _shows_enough(pairs, inside) or not all(_is_touched(edges[name], wrong) for name in names):
                continue
            where = f"its {listed(names, 'or')}" if count < 4 else "its border, the outermost rows and columns"
            return f"is right except in {where}{_what_is_there(pairs, wrong)}"
    return None


def _wide_border(pairs: Sequence[Pair]) -> str | None:
    """Wrong in a border that is as wide as the padding."""
    widths = [pair.arguments.get("padding") for pair in pairs]
    if not _same_shapes(pairs) or any(pair.right.ndim < 2 for pair in pairs):
        return None
    if not all(isinstance(width, int) and width > 0 for width in widths):
        return None
    wrong, inside = [], []
    for pair, padding in zip(pairs, widths, strict=True):
        width = int(padding or 0)
        height, length = pair.right.shape[-2:]
        mask = np.zeros(pair.right.shape, dtype=bool)
        mask[..., width : height - width, width : length - width] = True
        wrong.append(pair.wrong)
        inside.append(mask)
    if any(np.any(one & mask) for one, mask in zip(wrong, inside, strict=True)) or not _shows_enough(pairs, inside):
        return None
    return f"is right inside, and wrong in a border as wide as the padding{_what_is_there(pairs, wrong)}"


def _without(shape: tuple[int, ...], edges: Edges, names: Sequence[str]) -> np.ndarray:
    mask = np.ones(shape, dtype=bool)
    for name in names:
        mask[edges[name]] = False
    return mask


def _is_touched(edge: tuple, wrong: Sequence[np.ndarray]) -> bool:
    return any(np.any(one[edge]) for one in wrong)


# --- One picture, one map ----------------------------------------------------------------------------


def _one_part(pairs: Sequence[Pair]) -> str | None:
    """Right in the first (or last) part along an axis alone: the first picture, the first map."""
    axes = {pair.right.ndim for pair in pairs}
    if len(axes) != 1 or not _same_shapes(pairs):
        return None
    for axis in range(min(axes.pop(), 2)):
        for index, says in ((0, "first"), (-1, "last")):
            parts = [[np.moveaxis(array, axis, 0) for array in (p.right, p.yours, p.wrong)] for p in pairs]
            if any(wrong.size == 0 or wrong[index].any() for _, _, wrong in parts):
                continue
            others = [np.delete(np.arange(len(right)), index) for right, _, _ in parts]
            if not all(_all_touched(wrong[rest]) for (_, _, wrong), rest in zip(parts, others, strict=True)):
                continue
            if all(distinct(right[index]) < 4 for right, _, _ in parts):
                continue
            return f"is right only in the {says} part along axis {axis}: {_of_the_others(parts, others, index)}"
    return None


def _all_touched(wrong: np.ndarray) -> bool:
    """Tell whether there is a wrong cell in each part along the first axis."""
    return bool(wrong.reshape(len(wrong), -1).any(axis=1).all())


def _of_the_others(parts: Sequence[Sequence[np.ndarray]], others: Sequence[np.ndarray], index: int) -> str:
    if not any(yours[rest].any() for (_, yours, _), rest in zip(parts, others, strict=True)):
        return "the others are 0"
    if all(np.all(yours[rest] == yours[index]) for (_, yours, _), rest in zip(parts, others, strict=True)):
        return "the others are copies of it"
    return "all others are wrong"


# --- Right but for some values -----------------------------------------------------------------------


def _holes(pairs: Sequence[Pair]) -> str | None:
    """Right where it is not 0."""
    if not _same_shapes(pairs):
        return None
    wrong = [pair.wrong for pair in pairs]
    if any(np.any(one & (pair.yours != 0)) for one, pair in zip(wrong, pairs, strict=True)):
        return None
    if not _shows_enough(pairs, [~one & (pair.yours != 0) for one, pair in zip(wrong, pairs, strict=True)]):
        return None
    filled = [pair.yours != 0 for pair in pairs]
    if all(one.ndim >= 2 and one.any() and _is_grid(one) for one in filled):
        return "is right in every 2nd row and column; the cells between are 0"
    return "is right where it is not 0: some cells are 0 that should not be"


def _is_grid(filled: np.ndarray) -> bool:
    between = filled.copy()
    between[..., ::2, ::2] = False
    return not between.any()


def _by_value(pairs: Sequence[Pair]) -> str | None:
    """Wrong for right values of one sort alone."""
    if not _same_shapes(pairs):
        return None
    wrong = [pair.wrong for pair in pairs]
    bytes_only = all(pair.right_kind == "uint8" for pair in pairs)
    for says, sort in (
        ("is 0 or 255, the ends of the range", lambda right: (right == 0) | (right == 255)),
        ("is 0", lambda right: right == 0),
        ("is negative", lambda right: right < 0),
        ("is positive", lambda right: right > 0),
    ):
        if "255" in says and not bytes_only:
            continue
        other = [~sort(pair.right) for pair in pairs]
        if any(np.any(one & rest) for one, rest in zip(wrong, other, strict=True)):
            continue
        if _shows_enough(pairs, other):
            return f"is wrong only where the right number {says}"
    return None


def _few(pairs: Sequence[Pair]) -> str | None:
    """At most a tenth of the cells is wrong."""
    if not _same_shapes(pairs) or any(pair.right.size < 10 for pair in pairs):
        return None
    shares = [float(np.mean(pair.wrong)) for pair in pairs]
    if max(shares) > 0.1 or not _shows_enough(pairs, [~pair.wrong for pair in pairs]):
        return None
    return "is wrong in a few cells only: at least nine in ten are right"


# --- Rows that should add up to 1 ------------------------------------------------------------------------


def sums_of_rows(pairs: Sequence[Pair]) -> str | None:
    """Rows of probabilities, which should add up to 1 and do not."""
    for pair in pairs:
        right = pair.right
        if right.dtype.kind != "f" or right.ndim < 1 or not _same_shape(pair) or right.shape[-1] < 2 or not right.size:
            return None
        if pair.yours.dtype.kind != "f" or np.any(right < 0) or not np.allclose(right.sum(axis=-1), 1, rtol=1e-4):
            return None
        sums = pair.yours.sum(axis=-1)
        if np.allclose(sums[np.isfinite(sums)], 1, rtol=1e-3):  # what has NaN in it is another matter
            return None
    if all(pair.right.ndim == 2 and np.allclose(pair.yours.sum(axis=0), 1, rtol=1e-3) for pair in pairs):
        return "has columns that add up to 1, where each row should"
    if all(np.allclose(pair.yours.sum(), 1, rtol=1e-3) for pair in pairs):
        return "adds up to 1 as a whole, where each row should"
    return "has rows that do not add up to 1, as they should"


# --- Common to all -----------------------------------------------------------------------------------


def _shows_enough(pairs: Sequence[Pair], where: Sequence[np.ndarray]) -> bool:
    """Tell whether the cells that are right are varied enough: four different numbers, not 0, in one of the cases."""
    return any(distinct(pair.right[mask & (pair.right != 0)]) >= 4 for pair, mask in zip(pairs, where, strict=True))


def _what_is_there(pairs: Sequence[Pair], wrong: Sequence[np.ndarray]) -> str:
    found = [pair.yours[one] for pair, one in zip(pairs, wrong, strict=True)]
    return "; the wrong cells there are all 0" if not any(one.any() for one in found) else ""


def _same_shape(pair: Pair) -> bool:
    return pair.right.shape == pair.yours.shape and pair.yours.dtype.kind != "c"


def _same_shapes(pairs: Sequence[Pair]) -> bool:
    return all(map(_same_shape, pairs))


# In the order in which they are tried: the first that holds is told.
REGIONS: tuple[Relation, ...] = (_one_part, _edge, _wide_border, _holes, _by_value, _few)
