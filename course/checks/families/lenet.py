"""LeNet-5 with the parts that go wrong, in the words that a sketch of `observe_lenet` gives it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...cell.landmarks import BELOW, PICTURES, STAGES
from ...cell.squashing import RIGHT

__all__ = [
    "CODES", "DISTANCES", "FULL", "LEARNED", "NO_TENSOR", "POOLS", "RIGHT", "TABLE", "TAKE", "codes_of", "sketch",
    "words",
]  # fmt: skip

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
ENDS = {"()": "one number", "(1,)": "one number", "(84,)": "84 numbers", "(10, 84)": "10 x 84 numbers"}
NOT_OF_CODES = ("probabilities", "logarithms", "squashed", "the same for all", "products", "plain differences",
                "absolute differences", "does not fit", *ENDS.values())  # fmt: skip
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
ALONG, BEYOND, EARLY = "along the columns", "beyond", "lined up early"
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
    **{f"{name} awaits others": (name, OTHERS) for name in STAGES},
    **{f"{name} along the columns": (name, ALONG) for name in BELOW},
    "C3 beyond S2": ("C3", BEYOND),
    "C5 lined up early": ("C5", EARLY),
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
    unfound: str = "",
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
    if unfound:
        bias, counts["C3"] = "something else", 0
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
        "shape": "(10,)",
        "codes": "" if output.startswith("dense") or output in NOT_OF_CODES else codes,
        "written": None,
        "training": "different" if dropout or norms else "the same",
    }
    if unfound == "everything":
        return {"learned": "nothing"}
    return words_of(facts) | {"instead": SIZES[size][1]}


def words_of(facts: dict[str, Any]) -> dict[str, str]:
    """Return what there is to say of a network, up to the first layer that is missing."""
    if facts["problem"].startswith(NO_TENSOR):
        return {"problem": "no tensor"}
    if not facts["missing"] and not any(facts["parameters"].values()):
        return {"learned": "nothing"}
    missing, instead = _of_pairs(facts["missing"], facts["problem"])
    if instead == "":
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
        "output": facts["output"] or _end_of(facts["shape"], facts["problem"]),
        "codes": codes_of(facts),
        "training": facts["training"],
    }


def _end_of(shape: str, problem: str) -> str:
    """Return what comes out in place of ten numbers, or whether F6 and the codes do not fit together."""
    if not problem:
        return ENDS.get(shape, "")
    found = ALONG_AXIS.search(problem)
    fits = found is None or "84" not in found.groups()[:2] or found[3] != "2"
    return "stopped" if fits else "does not fit"


def codes_of(facts: dict[str, Any]) -> str:
    """Return what the codes are made of, and of those that the lesson has drawn, whether they are what they were."""
    from ...codes import digit_bitmaps

    written = facts["written"]
    if written is None:
        return facts["codes"]
    drawn = digit_bitmaps().reshape(10, -1)
    rows, right = sorted(written.tolist()), sorted(drawn.tolist())
    if rows == right and not np.array_equal(written, drawn):
        return "in another order"
    return "black and white exchanged" if np.array_equal(-written, drawn) else facts["codes"]


PRODUCT = re.compile(r"\((\d+)x(\d+) and (\d+)x(\d+)\)")
CHANNELS = re.compile(r"weight of size \[(\d+), .*expected input\[(\d+), (\d+), (\d+), \d+\]")
DIFFERENT = re.compile(r"tensor a \((\d+)\) must match the size of tensor b \((\d+)\)")
ALONG_AXIS = re.compile(DIFFERENT.pattern + r" at non-singleton dimension (\d)")
NO_SUCH_MAP = re.compile(r"index \d+ is out of bounds for dimension \d with size 6$")
ROWS_FOR_MAPS = re.compile(r"to conv2d, but got input of size: \[(\d+), (\d+)\]")


def _of_pairs(missing: str, problem: str) -> tuple[str, str]:
    """Return the layer whose coefficients stopped the network, and what they are made for; or nothing.

    What stopped it comes behind the sums of its windows, which have the layer's shape already.
    """
    names = list(STAGES)
    found = ALONG_AXIS.search(problem)
    if found and missing:
        first = names.index(missing.partition(",")[0])
        name = names[first - 1] if first else ""
        maps, side = STAGES[name][:2] if name in BELOW else (0, 0)
        pair, axis = {int(found[1]), int(found[2])}, int(found[3])
        if axis == 1 and maps in pair:
            return name, OTHERS
        if axis == 3 and pair == {maps, side}:
            return name, ALONG
    return "", ""


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
    if missing == "C3" and NO_SUCH_MAP.search(problem):
        return BEYOND
    if missing == "C5" and (found := ROWS_FOR_MAPS.search(problem)) and int(found[2]) == before:
        return EARLY
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
