"""Where a reader's function is right, where it is wrong, and where it stops: by features of the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from .features import EMPTY_BATCH, Feature, features_of
from .relations import Case

__all__ = ["wherever"]

# A feature that goes one way only is told where it would be so by accident once in twenty times, or more seldom.
ACCIDENT = 0.05
# Of two features together there are many pairs: so many times as many ways to choose the cases must there be.
WAYS_FOR_EACH_PAIR = 10


@dataclass(frozen=True)
class _Finding:
    """A sentence, and whether it speaks of all cases."""

    says: str
    exact: bool


@dataclass(frozen=True)
class _Cases:
    """All features that tell the cases apart, each with the cases that have it, as the bits of a number."""

    bits: dict[Feature, int]
    everywhere: int

    def only(self, some: int) -> _Cases:
        """Return the same for some of the cases; the features that do not tell these apart are left out."""
        bits = {feature: having & some for feature, having in self.bits.items()}
        return _Cases({feature: having for feature, having in bits.items() if 0 < having < some}, some)


def wherever(cases: Sequence[Case], right: Sequence[bool], stopped: Sequence[bool]) -> list[str]:
    """Return sentences about where the function is right or wrong, and where it stops; often none.

    Parameters
    ----------
    cases : sequence of Case
        All of them.
    right, stopped : sequence of bool
        For each case, whether the answer was right, and whether the function raised an error instead.

    Returns
    -------
    list of str
        At most two, each true of all these cases.
    """
    known = _clauses(features_of([case.arguments for case in cases]))
    ends = _bits(stopped)
    good = _bits(right) & ~ends
    found: list[str] = []
    if ends:
        stops = _stops(known, ends)
        found += [stops] if stops is not None else []
    if known.everywhere & ~good & ~ends:
        judged = _judged(known, good)
        # Where it stops may have a reason of its own; then the rest of the cases are looked at by themselves.
        if ends and (judged is None or not judged.exact):
            apart = _judged(known.only(known.everywhere & ~ends), good)
            if apart is not None and (judged is None or apart.exact):
                judged = _Finding(f"Where it does not stop, {apart.says[0].lower()}{apart.says[1:]}", apart.exact)
        found += [judged.says] if judged is not None else []
    return found


def _bits(flags: Sequence[bool]) -> int:
    return sum(1 << k for k, flag in enumerate(flags) if flag)


def _clauses(known: Sequence[Mapping[Feature, bool]]) -> _Cases:
    everywhere = (1 << len(known)) - 1
    bits: dict[Feature, int] = {}
    for feature in dict.fromkeys(feature for one in known for feature in one):
        if any(feature not in one for one in known):
            continue  # what cannot be asked of every case says nothing of the others
        having = _bits([one[feature] for one in known])
        if 0 < having < everywhere:
            bits[feature] = having
            bits[feature.opposite] = everywhere & ~having
    return _Cases(bits, everywhere)


# --- Right and wrong ---------------------------------------------------------------------------------


def _judged(known: _Cases, good: int) -> _Finding | None:
    bad = known.everywhere & ~good
    if not good or not bad:
        return None
    # Little can be wrong in an empty batch: where that is right, it says nothing, and is an exception at most.
    empty = known.bits.get(EMPTY_BATCH, 0) & good
    if empty == good:
        return None
    views = [(known, good, "")]
    if empty:
        views.append((known.only(known.everywhere & ~empty), good & ~empty, ", an empty batch aside"))
    for explain in (_by_one, _by_two):
        for some, cases, aside in views:
            says = explain(some, cases)
            if says is not None:
                return _Finding(f"{says}{aside}.", True)
    options = []
    for says, cases in (("right", good), ("wrong", bad)):
        for feature, bits in known.bits.items():
            chance = _chance(known, bits, cases)
            if feature != EMPTY_BATCH and chance <= ACCIDENT:
                options.append((chance, f"It is {says} wherever {feature.says}."))
    return _Finding(min(options, key=lambda option: option[0])[1], False) if options else None


def _by_one(known: _Cases, good: int) -> str | None:
    for feature, bits in known.bits.items():
        if bits == good:
            return f"It is right wherever {feature.says}, and wrong wherever {feature.short_not}"
    return None


def _by_two(known: _Cases, good: int) -> str | None:
    for says, other, cases in (("right", "wrong", good), ("wrong", "right", known.everywhere & ~good)):
        both = _two(known, cases)
        if both is not None:
            return f"It is {says} wherever {both[0].says} and {both[1].says}, and {other} everywhere else"
    return None


def _two(known: _Cases, cases: int) -> tuple[Feature, Feature] | None:
    """Return two features that these cases have together, and no others."""
    having = [(feature, bits) for feature, bits in known.bits.items() if cases & ~bits == 0]
    # Two features that the same cases have are one, for this.
    distinct = {bits: (feature, bits) for feature, bits in reversed(having)}
    pairs = list(combinations(reversed(distinct.values()), 2))
    if comb(_count(known.everywhere), _count(cases)) < WAYS_FOR_EACH_PAIR * len(pairs):
        return None
    return next(((one, other) for (one, bits), (other, more) in pairs if bits & more == cases), None)


def _chance(known: _Cases, having: int, cases: int) -> float:
    """Return how likely as many cases as have a feature, drawn blindly, are all among these; 1 where they are not."""
    if having & ~cases or min(_count(having), _count(known.everywhere & ~having)) < 2:
        return 1.0
    return comb(_count(cases), _count(having)) / comb(_count(known.everywhere), _count(having))


# --- Where it stops --------------------------------------------------------------------------------


def _stops(known: _Cases, ends: int) -> str | None:
    if ends == known.everywhere:
        return None
    for feature, bits in known.bits.items():
        if bits == ends:
            return f"It stops wherever {feature.says}, and only there."
    both = _two(known, ends)
    if both is not None:
        return f"It stops wherever {both[0].says} and {both[1].says}, and only there."
    options = []
    for feature, bits in known.bits.items():
        # "Only where" is the same as "never where not".
        options.append((_chance(known, known.everywhere & ~bits, known.everywhere & ~ends), "only where", feature))
        options.append((_chance(known, bits, ends), "wherever", feature))
    chance, how, feature = min(options, key=lambda option: option[0], default=(1.0, "", EMPTY_BATCH))
    return f"It stops {how} {feature.says}." if chance <= ACCIDENT else None


def _count(bits: int) -> int:
    return bin(bits).count("1")
