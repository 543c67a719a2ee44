"""LeNet-5 with the parts that go wrong, in the words that a sketch of `observe_lenet` gives it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...cell.landmarks import BELOW, PICTURES, STAGES
from ...cell.squashing import RIGHT

__all__ = ["CODES", "DISTANCES", "FULL", "LEARNED", "NO_TENSOR", "POOLS", "RIGHT", "TABLE", "TAKE", "sketch", "words"]

Array = np.ndarray

# Which maps of S2 each map of C3 sees: Table I of the paper.
SEEN = (
    "012", "123", "234", "345", "450", "501", "0123", "1234", "2345", "3450", "4501", "5012", "0134", "1245", "0235",
    "012345",
)  # fmt: skip
TABLE = np.array([[str(m) in maps for m in range(6)] for maps in SEEN])

# --- In words -----------------------------------------------------------------------------------------------

LEARNED = {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164, "output": 0}
TAKE = "sum: coefficient, bias"
DISTANCES, CODES = "distances", "-1 and 1"
FULL = np.ones_like(TABLE)
NO_TENSOR = "TypeError: the network gives"  # how a problem begins that is no error of PyTorch's
# What S2 or S4 makes of a window: in words; whether each map has a coefficient of its own; how many numbers are
# learned for so many maps.
POOLS: dict[str, tuple[str, str, Callable[[int], int]]] = {
    "subsample": (TAKE, "own", lambda maps: 2 * maps),
    "one pair for all": (TAKE, "one for all", lambda maps: 2),
    "one bias for all": (TAKE, "own", lambda maps: maps + 1),
    "one coefficient for all": (TAKE, "one for all", lambda maps: maps + 1),
    "mean": ("sum: mean, coefficient, bias", "own", lambda maps: 2 * maps),
    "bias first": ("sum: bias before coefficient", "own", lambda maps: 2 * maps),
    "no bias": ("sum: coefficient alone", "own", lambda maps: maps),
    "no coefficient": ("sum: bias alone", "one for all", lambda maps: maps),
    "plain sum": ("sum: nothing", "one for all", lambda maps: 0),
    "average": ("sum: mean alone", "one for all", lambda maps: 0),
    "maximum": ("max: nothing", "no sums", lambda maps: 0),
    "max": ("max: coefficient, bias", "no sums", lambda maps: 2 * maps),
    "four weights": (TAKE, "no sums", lambda maps: 5 * maps),
    "convolution": ("something else", "no sums", lambda maps: 4 * maps**2 + maps),
}
POOLED = {"S2": 6, "S4": 16}
NORMAL = {"C1": 12, "C3": 32}  # what a batch norm behind these layers learns
WITHOUT_BIAS = {"C1": 6, "C3": 16, "C5": 120, "F6": 84}  # numbers that are not learned then
# What is seen in the place of a layer that is missing.
PASSED, OTHERS, CUT, UNSEEN = "", "awaits others", "cut short", "unseen"
# The layer that is not there, and what is seen in its place.
SIZES = {
    "": ("", ""),
    "padded": ("C1", "32"),
    "3 x 3": ("C1", "30"),
    "maps of C1": ("C1", "other maps"),
    "window of S2": ("S2", ""),
    "maps of C3": ("C3", ""),
    "window of S4": ("S4", ""),
    "cells of C5": ("C5", ""),
    "cells of F6": ("F6", ""),
    "C1 missing": ("C1", "none"),
    **{f"{name} awaits others": (name, OTHERS) for name in ("C1", "C3", "C5", "F6")},
    **{f"{name} cut short": (name, CUT) for name in ("C5", "F6")},
}


def words(
    *,
    size: str = "",
    c1: str = RIGHT,
    s2: str = RIGHT,
    c3: str = RIGHT,
    s4: str = RIGHT,
    c5: str = RIGHT,
    f6: str = RIGHT,
    pool2: str = "subsample",
    pool4: str = "subsample",
    table: Array = TABLE,
    unbiased: Sequence[str] = (),
    norms: Sequence[str] = (),
    dropout: bool = False,
    output: str = DISTANCES,
    codes: str = CODES,
    learns_codes: bool = False,
    unused: bool = False,
    bias: str = "once",
    masked_once: bool = False,
) -> dict[str, str]:
    """Return what a sketch would say of a network; each argument is a part that may go wrong."""
    pools = {name: POOLS[kind] for name, kind in (("S2", pool2), ("S4", pool4))}
    counts = dict(LEARNED)
    counts |= {name: pools[name][2](maps) for name, maps in POOLED.items()}
    for name in unbiased:
        counts[name] -= WITHOUT_BIAS[name]
    for name in norms:
        counts[name] += NORMAL[name]
    counts["C3"] += 25 * (int(table.sum()) - int(TABLE.sum())) + 900 * masked_once
    counts["output"] = 850 if output.startswith("dense") else 840 * learns_codes
    facts: dict[str, Any] = {
        "problem": "",
        "missing": SIZES[size][0],
        "sizes": "",
        "squash": {"C1": c1, "S2": s2, "C3": c3, "S4": s4, "C5": c5, "F6": f6},
        "take": {name: take for name, (take, _, _) in pools.items()},
        "coefficients": {name: coefficients for name, (_, coefficients, _) in pools.items()},
        "table": table,
        "parameters": counts,
        "bias": "something else" if "C3" in norms else "none" if "C3" in unbiased else bias,
        "unused": int(unused),
        "output": output.removeprefix("dense, "),
        "codes": codes if not output.startswith(("dense", "probabilities", "logarithms")) else "",
        "training": "different" if dropout or norms else "the same",
    }
    return words_of(facts) | {"instead": SIZES[size][1]}


def words_of(facts: dict[str, Any]) -> dict[str, str]:
    """Return what there is to say of a network, up to the first layer that is missing."""
    if facts["problem"].startswith(NO_TENSOR):
        return {"problem": "no tensor"}
    missing = facts["missing"].partition(",")[0]
    instead = _instead(facts["sizes"], facts["problem"], missing) if missing else ""
    if instead == UNSEEN:
        return {"problem": "stopped"}
    said = {"missing": missing, "instead": instead}
    counts, table = facts["parameters"], facts["table"]
    for name in STAGES:
        if name == missing:
            return said
        said[f"squash {name}"] = facts["squash"][name]
        right = LEARNED[name]
        if name in BELOW:
            take = facts["take"][name]
            said[f"take {name}"] = "something else" if take.endswith("something else") else take
            said[f"coefficients {name}"] = facts["coefficients"][name]
        if name == "C3":
            right += 25 * (int(np.sum(table)) - int(TABLE.sum()))
            same = np.array_equal(table, TABLE)
            said["table"] = (
                "right" if same else "full" if np.all(table) else str(np.asarray(table).astype(int).tolist())
            )
            said["bias of C3"] = facts["bias"]
        said[f"parameters {name}"] = f"{counts[name] - right:+d}"
    return said | {
        "parameters of the output": str(counts.get("output", 0)),
        "unused": "there" if facts["unused"] else "none",
        "output": facts["output"],
        "codes": facts["codes"],
        "training": facts["training"],
    }


PRODUCT = re.compile(r"\((\d+)x(\d+) and (\d+)x(\d+)\)")
CHANNELS = re.compile(r"weight of size \[(\d+), .*expected input\[(\d+), (\d+), (\d+), \d+\]")
DIFFERENT = re.compile(r"tensor a \((\d+)\) must match the size of tensor b \((\d+)\)")


def _instead(sizes: str, problem: str, missing: str) -> str:
    """Return what is seen where a layer should be: maps of another size, or none before the network stopped."""
    if problem:
        stopped = _stopped(sizes.split(", "), problem, missing)
        if stopped != PASSED or missing != "C1":
            return stopped
    return _instead_of_first(sizes) if missing == "C1" else PASSED


def _stopped(sizes: list[str], problem: str, missing: str) -> str:
    """Return how a network that stopped came by a layer that is missing."""
    names = list(STAGES)
    shape = (1, 32, 32) if missing == "C1" else STAGES[names[names.index(missing) - 1]]
    before, maps = math.prod(shape), STAGES[missing][0]
    if found := PRODUCT.search(problem):
        rows, columns, awaited, given = map(int, found.groups())
        if rows * columns == PICTURES * before:
            if given != maps:  # what stopped is a layer above
                return PASSED
            return OTHERS if columns == before != awaited else CUT
    if (found := CHANNELS.search(problem)) and tuple(map(int, found.groups())) == (maps, PICTURES, *shape[:2]):
        return OTHERS
    if (found := DIFFERENT.search(problem)) and {*map(int, found.groups())} == {before, maps}:
        return PASSED
    last = max((k for k, size in enumerate(sizes) if _numbers(size) == before), default=-1)
    return PASSED if missing == "C1" or 0 <= last < len(sizes) - 1 else UNSEEN


def _numbers(size: str) -> int:
    return math.prod(int(side) for side in size.split(" × ") if side)


def _instead_of_first(sizes: str) -> str:
    """Return what is seen where C1's maps should be."""
    for size in sizes.split(", "):
        maps, _, sides = size.partition(" × ")
        if sides == "28 × 28" and maps != "1":
            return "other maps"
        if maps == "6" and sides in ("32 × 32", "30 × 30"):
            return sides.partition(" × ")[0]
    return "none"


def sketch(seen: Any) -> Any:
    """Return the words for a network that was observed."""
    if not isinstance(seen, dict):
        return seen
    try:
        return words_of(seen)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return {}  # what was sent back was never observed of a network: there is nothing to say about it
