"""Rows of neighbouring maps, counted in a circle of six, and how they go wrong: the groups of LeNet-5's table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..spec import Mistake, wrong

__all__ = [
    "GAPS", "Rows", "Way", "around_cut", "backwards", "before_and_after", "both", "circled", "down_from_0",
    "every_other", "from_here", "in_gaps", "in_group", "in_turns", "loops_from_1", "moved", "one_further",
    "past_the_first", "pushed_back", "to_both_sides", "with_gaps",
]  # fmt: skip

Rows = list[Sequence[int]]
Way = Callable[[int, int], Sequence[int]]

GAPS = ((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5))

# --- Ways from a map on ---------------------------------------------------------------------------------------


def from_here(i: int, count: int) -> list[int]:
    """Return a map and those that follow it."""
    return [i + k for k in range(count)]


def before_and_after(i: int, count: int) -> list[int]:
    """Return a map, the one before it, and those that follow."""
    return [i - 1 + k for k in range(count)]


def around_cut(i: int, count: int) -> list[int]:
    """Return the same, as far as it lies within the maps."""
    return [m for m in before_and_after(i, count) if 0 <= m < 6]


def to_both_sides(i: int, count: int) -> list[int]:
    """Return the maps that are less than so many away, within the maps."""
    return [m for m in range(6) if abs(m - i) < count]


def backwards(i: int, count: int) -> list[int]:
    """Return a map and those before it."""
    return [i - k for k in range(count)]


def down_from_0(i: int, count: int) -> list[int]:
    """Return neighbours of which each row begins one map further down."""
    return from_here(-i, count)


def every_other(i: int, count: int) -> list[int]:
    """Return every other map."""
    return [i + 2 * k for k in range(count)]


def pushed_back(i: int, count: int) -> list[int]:
    """Return neighbours that end at the last map."""
    return from_here(min(i, 6 - count), count)


def one_further(i: int, count: int) -> list[int]:
    """Return the neighbours that follow."""
    return from_here(i + 1, count)


def past_the_first(i: int, count: int) -> list[int]:
    """Return the neighbours without the first."""
    return from_here(i, count)[1:]


def inside(i: int, count: int) -> list[int]:
    """Return the neighbours up to the last map."""
    return [m for m in from_here(i, count) if m < 6]


def from_the_left(i: int, count: int) -> list[int]:
    """Return what two slices give of which the second ends as many places before the end as the circle goes on."""
    return list(range(i + count)) if i + count < 6 else from_here(i, count)


def only(rows: range) -> Way:
    """Return neighbours, but none for some of the rows, as a range does that ends too early or begins too late."""
    return lambda i, count: from_here(i, count) if i in rows else []


def both(way: Way) -> dict[str, Any]:
    """Return a way for threes and fours."""
    return {"threes": way, "fours": way}


def in_group(part: str, rows: str, first: int) -> list[Mistake]:
    """Return what goes wrong in the neighbours of one group alone, the threes or the fours."""
    begins = f"Row {first} begins with map 0"
    circle = "They are counted in a circle: map 0 follows map 5."
    empty = "Does a loop end too early, or does a slice end before it begins, as 3:0 does?"

    def one(name: str, says: str, way: Way) -> Mistake:
        return wrong(f"{part} {name}", f"Your rows of {part[:-1]} {says}", **{part: way})

    return [
        one("not in a circle", f"end at map 5. {circle}", inside),
        one("pushed back from the end", f"begin earlier in the end, so that they end at map 5. {circle}", pushed_back),
        one("from the left", "see too many maps at first, and are right where they go round. A slice that ends at a "
            "number below 0 ends so far from the right.", from_the_left),
        one("backwards", f"hold a map and those before it. {begins}, and goes up.", backwards),
        one("around the map", f"begin with the map before. {begins}.", before_and_after),
        one("around the map, not in a circle", f"begin with the map before, and end at map 5. {begins}. {circle}",
            around_cut),
        one("to both sides", f"go to both sides, and not round. {begins}, and goes up. {circle}", to_both_sides),
        one("one map further", f"begin one map too far: {begins[0].lower()}{begins[1:]}.", one_further),
        one("without the map itself", f"leave out their first map. {begins}.", past_the_first),
        one("every other map", "skip every other map. Neighbours follow one upon the other.", every_other),
        one("two apart", f"begin two maps apart, the one and the next. {begins}, row {first + 1} with map 1.",
            lambda i, count: from_here(2 * i, count)),
        one("down from map 0", f"begin with maps 0, 5, 4 and so on. {begins}, row {first + 1} with map 1.",
            down_from_0),
        one("all alike", "are all alike. Each begins with another map.", lambda i, count: from_here(0, count)),
        one("from the end", f"stand in reverse order. {begins}.", lambda i, count: from_here(5 - i, count)),
        one("remainder of 5", "take the remainder of 5: maps 0 to 5 are six.",
            lambda i, count: [m % 5 for m in from_here(i, count)]),
        one("without the first", f"begin late: row {first} sees nothing.", only(range(1, 6))),
        one("without the last", f"are five: row {first + 5} sees nothing. range(5) ends before 5.", only(range(5))),
        *[one(name, f"are {name}: rows {first + end} to {first + 5} see nothing. They are six. {empty}",
              only(range(end))) for end, name in ((4, "four"), (3, "three"), (2, "two"))],
        one("one", f"are one: rows {first + 1} to {first + 5} see nothing. They are six. Does the loop end in its "
            "first turn, by a return?", only(range(1))),
        one("of one map", f"see one map each. They see {rows}.", lambda i, count: [i]),
        one("without what they should see", f"see what they should not, and nothing else. They see {rows}.",
            lambda i, count: [i + k for k in range(count, 6)]),
        one("of all maps", f"see all six maps. They see {rows}.", lambda i, count: range(6)),
        one("missing", "see nothing.", lambda i, count: []),
    ]  # fmt: skip


# --- Gaps -------------------------------------------------------------------------------------------------------


def circled(offsets: Sequence[int]) -> Rows:
    """Return the rows with a gap that begin with maps 0, 1 and 2."""
    return [[(i + k) % 6 for k in offsets] for i in range(3)]


def with_gaps(rows: Rows) -> dict[str, Any]:
    """Return other rows for the three with a gap."""
    return {f"row{j}": row for j, row in enumerate(rows, start=12)}


def in_gaps() -> list[Mistake]:
    """Return what goes wrong in one row with a gap: nothing is seen, a map is left out, too many, or another."""
    made = []
    for j, row in enumerate(GAPS, start=12):
        others = [m for m in range(6) if m not in row]
        made.append(wrong(f"row {j} missing", f"Your map {j} sees nothing. It sees two pairs.", **{f"row{j}": ()}))
        for m in row:
            rest = [n for n in row if n != m]
            says = f"Your map {j} does not see map {m}."
            made.append(wrong(f"row {j} without map {m}", says, **{f"row{j}": rest}))
            for n in others:
                says = f"Your map {j} sees map {n} in place of map {m}. Maps are counted in a circle."
                made.append(wrong(f"row {j} with map {n} for {m}", says, **{f"row{j}": [*rest, n]}))
        for n in others:
            says = f"Your map {j} sees map {n} as well. That one lies in a gap."
            made.append(wrong(f"row {j} with map {n} as well", says, **{f"row{j}": [*row, n]}))
    return made


# --- Orders -----------------------------------------------------------------------------------------------------


def moved(group: int, by: int) -> Callable[[Rows, Rows, Rows, Rows], Rows]:
    """Return what writes a group from another row on, into the same table as all others."""
    return lambda *groups: _written(groups, [first + by * (k == group) for k, first in enumerate((0, 6, 12, 15))])


def loops_from_1(*groups: Rows) -> Rows:
    """Write threes and fours by loops from 1 to 6, which begin a row late with map 1, and end with map 0."""
    threes, fours, gaps, last = groups
    return _written((threes[1:] + threes[:1], fours[1:] + fours[:1], gaps, last), [1, 7, 12, 15])


def in_turns(threes: Rows, fours: Rows, gaps: Rows, last: Rows) -> Rows:
    """Return a row of three, a row of four, and so on."""
    return [row for pair in zip(threes, fours, strict=True) for row in pair] + gaps + last


def _written(groups: Sequence[Rows], firsts: Sequence[int]) -> Rows:
    """Return the rows of a table that groups are written into, one over the other."""
    rows: list[list[int]] = [[] for _ in range(18)]
    for first, those in zip(firsts, groups, strict=True):
        for k, maps in enumerate(those, start=first):
            rows[k] += maps
    return list(rows[:16])
