"""`c3_connections`: which maps of S2 each map of LeNet-5's C3 sees.

``c3_connections()`` returns a table of True and False, an array of shape (16, 6): row j says which of the six maps of
S2 the map j of C3 sees. Maps 0 to 5 see three neighbours, beginning with S2's map of the same number; maps 6 to 11 see
four, beginning with S2's maps 0 to 5; neighbours are counted in a circle, so that map 0 follows map 5. Maps 12, 13 and
14 see four with a gap: 0, 1, 3, 4; then 1, 2, 4, 5; then 0, 2, 3, 5. Map 15 sees all six. (LeCun et al. 1998, Table I.)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...cell.connections import numbers_of_maps, observe_table
from ..families.cells import same
from ..families.lenet import TABLE
from ..families.neighbours import (
    GAPS,
    Rows,
    Way,
    around_cut,
    backwards,
    before_and_after,
    both,
    circled,
    down_from_0,
    every_other,
    from_here,
    in_gaps,
    in_group,
    in_turns,
    loops_from_1,
    moved,
    one_further,
    past_the_first,
    pushed_back,
    to_both_sides,
    with_gaps,
)
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- The computation, in parts ------------------------------------------------------------------------------


def in_parts(
    *,
    threes: Way = from_here,
    fours: Way = from_here,
    three: int = 3,
    four: int = 4,
    wraps: Callable[[int], int] = lambda m: m % 6,
    row12: Sequence[int] = GAPS[0],
    row13: Sequence[int] = GAPS[1],
    row14: Sequence[int] = GAPS[2],
    last: Sequence[int] = range(6),
    order: Callable[[Rows, Rows, Rows, Rows], Rows] = lambda threes, fours, gaps, last: threes + fours + gaps + last,
    axes: Callable[[Array], Array] = same,
    kind: Callable[[Array], Any] = same,
) -> Any:
    """Return the table; each part can be replaced by a wrong way to do it."""

    def wrapped(maps: Sequence[int]) -> list[int]:
        return [wraps(m) for m in maps]

    groups: list[Rows] = [
        [wrapped(threes(i, three)) for i in range(6)],
        [wrapped(fours(i, four)) for i in range(6)],
        [row12, row13, row14],
        [last],
    ]
    table = np.zeros((16, 6), dtype=bool)
    for row, maps in zip(table, order(*groups), strict=False):
        row[[m for m in maps if 0 <= m < 6]] = True
    return kind(axes(table))


GROUPS = {"threes": slice(0, 6), "fours": slice(6, 12), **{f"row {j}": slice(j, j + 1) for j in range(12, 16)}}
MOST = 200  # cells of a table that words are made of

# --- What must hold -----------------------------------------------------------------------------------------


def tables(rng: np.random.Generator) -> list[Case]:
    """Return one case for all properties: from its number, the maps that each row adds up are drawn."""
    return [Case({"_draw": int(rng.integers(2**31))}, "LeNet-5's table")]


def named(row: Array) -> str:
    """Return the maps of a row in words."""
    maps = [str(m) for m in np.flatnonzero(row)]
    return "none" if not maps else f"map {maps[0]}" if len(maps) == 1 else f"maps {', '.join(maps)}"


def sees(first: int, end: int) -> Callable[[Case, Any], str | None]:
    """Return what asks for rows of the table."""

    def each(case: Case, seen: Any) -> str | None:
        if seen["sums"] is None:
            return f"there is no table of shape (16, 6) to look at; yours: {seen['form'] or 'nothing'}"
        right = TABLE @ numbers_of_maps(case.arguments["_draw"])
        for j in range(first, end):
            if not np.isclose(seen["sums"][j], right[j]):
                there = named(seen["table"][j]) if seen["table"] is not None else "others"
                return f"map {j} of C3 should see {named(TABLE[j])} of S2; yours sees {there}"
        return None

    return each


def has_the_form(case: Case, seen: Any) -> str | None:
    """Ask for True and False in 16 rows."""
    if seen["form"] == "True and False":
        return None
    return f"the table should be an array of True and False, of shape (16, 6); yours: {seen['form'] or 'nothing'}"


PROPERTIES = [
    Property("form", "The table has 16 rows, one for each map of C3, and 6 columns: True where it sees a map of S2.",
             tables, each=has_the_form),
    Property("three neighbours", "Maps 0 to 5 see three neighbouring maps, in a circle.", tables, each=sees(0, 6)),
    Property("four neighbours", "Maps 6 to 11 see four neighbouring maps, in a circle.", tables, each=sees(6, 12)),
    Property("four with a gap", "Maps 12 to 14 see two pairs of neighbours, with a gap between them.", tables,
             each=sees(12, 15)),
    Property("all maps", "Map 15 sees all six.", tables, each=sees(15, 16)),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def as_lists(table: Array) -> list[list[int]]:
    """Return the numbers of the maps, row by row."""
    return [[int(m) for m in np.flatnonzero(row)] for row in table]


def with_an_empty_column(table: Array) -> Array:
    """Return a table whose columns count from 1."""
    return np.concatenate([np.zeros((len(table), 1), bool), table], axis=1)


MISTAKES = [
    *in_group("threes", "three", 0),
    *in_group("fours", "four", 6),
    # --- neighbours ---
    wrong("not in a circle", "Your neighbours end at map 5. They are counted in a circle: map 0 follows map 5. Take "
          "the remainder, % 6.", wraps=lambda m: m if m < 6 else -1),
    wrong("pushed back from the end", "Your last rows begin earlier, so that they end at map 5. They are counted in a "
          "circle: map 0 follows map 5.", **both(pushed_back)),
    wrong("remainder of 5", "You take the remainder of 5: maps 0 to 5 are six.", wraps=lambda m: m % 5),
    wrong("remainder of 7", "Your circle has a place too many: map 0 follows map 5 at once. The remainder of 7 does "
          "that, and so does np.roll without an axis.", wraps=lambda m: m % 7),
    wrong("around the map", "Your rows begin with the map before. Row i begins with map i itself, and goes on to those "
          "that follow.", **both(before_and_after)),
    wrong("around the map, not in a circle", "Your rows begin with the map before, and end at map 5. Row i begins with "
          "map i itself, and map 0 follows map 5.", **both(around_cut)),
    wrong("to both sides", "Your rows go to both sides, and not round. Row i begins with map i, goes on to those that "
          "follow, and map 0 follows map 5.", **both(to_both_sides)),
    wrong("down from map 0", "Your rows begin with maps 0, 5, 4 and so on. Row i begins with map i.",
          **both(down_from_0)),
    wrong("without the map itself", "Your rows leave out their first map. Row i begins with map i itself.",
          **both(past_the_first)),
    wrong("backwards", "Your rows go on to the maps before. Row i begins with map i, and goes on to those that follow.",
          **both(backwards)),
    wrong("one map further", "Your rows begin one map too far: counting starts at 0, so row 0 begins with map 0.",
          **both(one_further)),
    wrong("every other map", "Your rows skip every other map. Neighbours follow one upon the other.",
          **both(every_other)),
    wrong("the last row of three with four", "Your row 5 sees four maps. It is the last of those that see three: rows "
          "0 to 5 are six.", threes=lambda i, count: from_here(i, count + (i == 5))),
    wrong("the first row of four with three", "Your row 6 sees three maps. It is the first of those that see four: "
          "rows 0 to 5 are six.", fours=lambda i, count: from_here(i, count - (i == 0))),
    wrong("the last row of four with a gap", "Your row 11 sees two pairs. It is the last of those that see four "
          "neighbours: rows 6 to 11 are six.", fours=lambda i, count: from_here(i, count) if i < 5 else [5, 0, 2, 3]),
    wrong("two neighbours for three", "Your first six rows see two maps each. They see three.", three=2),
    wrong("four neighbours for three", "Your first six rows see four maps each. They see three.", three=4),
    wrong("three neighbours for four", "Your maps 6 to 11 see three maps each. They see four.", four=3),
    wrong("five neighbours for four", "Your maps 6 to 11 see five maps each. They see four.", four=5),
    # --- gaps ---
    wrong("no gap", "Your maps 12 to 14 see four neighbours without a gap. They see two pairs, as 0, 1 and 3, 4.",
          **with_gaps([(0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5)])),
    *in_gaps(),
    wrong("gaps missing", "Your maps 12 to 14 see nothing. Each sees two pairs of neighbours, with a gap between them.",
          **with_gaps([(), (), ()])),
    wrong("five maps from row 12 on", "Your maps 12 to 15 see five maps each, as the next step after three and four. "
          "Maps 12 to 14 see two pairs, and map 15 all six.",
          **with_gaps(circled(range(5))), last=[m % 6 for m in range(3, 8)]),
    wrong("wider gaps", "The gaps of your maps 12 to 14 are wider than the paper's, or none. They see 0, 1, 3, 4; 1, "
          "2, 4, 5; 0, 2, 3, 5.", **with_gaps([(0, 1, 4, 5), (0, 1, 2, 5), (1, 2, 3, 4)])),
    *[
        wrong(f"gaps in another order, {order}", "Your maps 12 to 14 stand in another order. It is 0, 1, 3, 4; 1, 2, "
              "4, 5; 0, 2, 3, 5.", **with_gaps([GAPS[k] for k in order]))
        for order in list(itertools.permutations(range(3)))[1:]
    ],
    *[
        wrong(f"gaps as {offsets}", f"Your maps 12 to 14 begin with maps 0, 1 and 2, and go on as "
              f"{', '.join(map(str, offsets))} does. They should go on as 0, 1, 3, 4.", **with_gaps(circled(offsets)))
        for offsets in ((0, 1, 3, 5), (0, 1, 4, 5), (0, 1, 3), (0, 2, 4), (0, 1, 2, 3, 4), (0, 1, 3, 4, 5), (0, 3),
                        (0, 1, 2), (0, 2), (0, 1))
    ],
    wrong("the gap itself", "Your maps 12 to 14 see the two maps of the gap. They see the other four.",
          **with_gaps(circled((2, 5)))),
    wrong("all maps for the gaps", "Your maps 12 to 14 see all six. They see four.", **with_gaps([range(6)] * 3)),
    wrong("gaps not in a circle", "Your maps 12 to 14 are taken with a remainder of 5: maps 0 to 5 are six.",
          **with_gaps([[(i + k) % 5 for k in (0, 1, 3, 4)] for i in range(3)])),
    # --- the last map, the order ---
    wrong("the last map sees nothing", "Your map 15 sees nothing. It sees all six maps: range(15) ends before 15.",
          last=()),
    *[wrong(f"the last map without map {k}", f"Your map 15 does not see map {k}. It sees all six.",
            last=[m for m in range(6) if m != k]) for k in range(6)],
    wrong("the last map with a gap", "Your map 15 sees two pairs, as maps 12 to 14 do. It sees all six.",
          last=(0, 1, 3, 4)),
    wrong("the last map sees four", "Your map 15 sees four maps, as a row of four does. It sees all six.",
          last=(0, 3, 4, 5)),
    wrong("the last map sees map 0 alone", "Your map 15 sees only map 0. It sees all six.", last=(0,)),
    wrong("the last map sees map 5 alone", "Your map 15 sees only map 5. It sees all six.", last=(5,)),
    wrong("fifteen rows", "Your table has 15 rows: the one that sees all maps is missing.",
          axes=lambda table: table[:15]),
    *[
        wrong(f"five {group}{more}", f"You have five rows of {group[:-1]}. They are six: range(5) ends before 5.",
              order=order, **axes)
        for more, axes in (("", {}), (", fifteen rows", {"axes": lambda table: table[:15]}))
        for group, order in (
            ("threes", lambda threes, fours, gaps, last: threes[:5] + fours + gaps + last),
            ("fours", lambda threes, fours, gaps, last: threes + fours[:5] + gaps + last),
        )
    ],
    *[
        wrong(f"{group} a row too {'early' if by < 0 else 'late'}", f"Your {rows} begin in row {first + by}. "
              f"They begin in row {first}.", order=moved(number, by))
        for number, (group, rows, first) in enumerate(
            [("threes", "rows of three", 0), ("fours", "rows of four", 6), ("gaps", "rows with a gap", 12)])
        for by in (-1, 1) if first + by >= 0
    ],
    wrong("all maps in row 14", "Your row 14 sees all maps, and row 15 none. All maps belong to row 15.",
          order=moved(3, -1)),
    wrong("fours over threes", "Your rows 0 to 5 see four maps, and rows 6 to 11 none: rows of four begin in row 6.",
          fours=from_here, order=lambda threes, fours, gaps, last: fours + [()] * 6 + gaps + last),
    wrong("loops from 1", "Your rows of neighbours begin in rows 1 and 7, and with map 1. Rows and maps count from 0.",
          order=loops_from_1),
    wrong("threes and fours in turns", "Your rows of three and of four take turns. All rows of three stand first.",
          order=in_turns),
    wrong("fours before threes", "Your rows of four stand before those of three.",
          order=lambda threes, fours, gaps, last: fours + threes + gaps + last),
    wrong("all maps first", "The row that sees all maps is your first. It is the last.",
          order=lambda threes, fours, gaps, last: last + threes + fours + gaps),
    wrong("gaps before fours", "Your rows with a gap stand before those with four neighbours.",
          order=lambda threes, fours, gaps, last: threes + gaps + fours + last),
    wrong("all maps before the gaps", "The row that sees all maps stands before those with a gap. It is the last.",
          order=lambda threes, fours, gaps, last: threes + fours + last + gaps),
    # --- the table ---
    wrong("transposed", "Your table has a row for each map of S2, as in the paper's print. Here row j belongs to map j "
          "of C3: shape (16, 6).", axes=np.transpose),
    wrong("columns one to the right", "Your columns stand one too far to the right, in a circle: column 0 belongs to "
          "map 0.", axes=lambda table: np.roll(table, 1, axis=1)),
    wrong("columns one to the left", "Your columns stand one too far to the left, in a circle: column 0 belongs to "
          "map 0.", axes=lambda table: np.roll(table, -1, axis=1)),
    wrong("reshaped for transposed", "Your table has the shape (6, 16), and its rows are torn apart, as by reshape. "
          "Here row j belongs to map j of C3: shape (16, 6).", axes=lambda table: table.reshape(6, 16)),
    wrong("transposed, then reshaped", "Your rows are torn apart, as by reshape where .T should stand.",
          axes=lambda table: table.T.reshape(16, 6)),
    wrong("columns from the right", "Your columns run from right to left: the first belongs to map 0.",
          axes=lambda table: table[:, ::-1]),
    wrong("rows from below", "Your rows run from below: the first belongs to map 0.", axes=lambda table: table[::-1]),
    wrong("columns counted from 1", "Your columns count from 1, so there is one too many. Map 0 has column 0.",
          axes=with_an_empty_column),
    wrong("turned to True where not connected", "Your table is True where a map is not seen.",
          axes=np.logical_not),
    wrong("the first row missing", "Your table has 15 rows: the first is missing.", axes=lambda table: table[1:]),
    wrong("all False", "Your table is False everywhere: no map sees any.", axes=np.zeros_like),
    wrong("all True", "Nothing in your table counts as False: every map sees all. (Any number but 0 counts as "
          "True, and [row] * 16 is one row sixteen times.)", axes=np.ones_like),
    # --- what it holds ---
    wrong("1 and 0 for True and False", "Your table holds whole numbers, or floats. True and False pick maps, 1 and 0 "
          "are taken for places: give the array dtype=bool.", kind=lambda table: table.astype(int)),
    wrong("floats for True and False", "Your table holds whole numbers, or floats. True and False pick maps, 1 and 0 "
          "are taken for places: give the array dtype=bool.", kind=lambda table: table.astype(float)),
    wrong("numbers of maps", "Your rows have different lengths, as lists of the maps' numbers have. Wanted is one "
          "table of True and False, six for each row.", kind=as_lists),
    wrong("words for True and False", "Your table holds words. Wanted are True and False.",
          kind=lambda table: np.where(table, "X", "")),
    wrong("in one row", "Your table is one long row. It has 16 rows of 6.", kind=np.ravel),
    wrong("sets", "You return sets, or a dictionary. Wanted is an array of True and False.",
          kind=lambda table: [set(maps) for maps in as_lists(table)]),
]  # fmt: skip

FOR_NETWORKS = [one for one in MISTAKES if len(one.parts.keys() & {"row12", "row13", "row14"}) != 1]  # no slips

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_rolling() -> Array:
    """Roll one row of each kind."""
    rows = [np.roll([1, 1, 1, 0, 0, 0], i) for i in range(6)]
    rows += [np.roll([1, 1, 1, 1, 0, 0], i) for i in range(6)]
    rows += [np.roll([1, 1, 0, 1, 1, 0], i) for i in range(3)]
    return np.array([*rows, [1] * 6], dtype=bool)


def by_lists() -> list[list[bool]]:
    """Ask of each pair whether it is connected."""
    seen = [{i, (i + 1) % 6, (i + 2) % 6} for i in range(6)]
    seen += [{(i + k) % 6 for k in range(4)} for i in range(6)]
    seen += [{0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}, set(range(6))]
    return [[m in maps for m in range(6)] for maps in seen]


def by_what_is_missing() -> Array:
    """Take away what is not seen."""
    table = np.full((16, 6), True)
    for i in range(6):
        table[i, [(i + k) % 6 for k in (3, 4, 5)]] = False
        table[6 + i, [(i + k) % 6 for k in (4, 5)]] = False
    for i in range(3):
        table[12 + i, [(i + 2) % 6, (i + 5) % 6]] = False
    return table


def sketch(seen: Any) -> Any:
    """Return in words what names a mistake, group by group: all but the sums, which are of one draw."""
    if not isinstance(seen, dict):
        return seen
    table, words = seen.get("table"), {"form": str(seen.get("form"))}
    if not isinstance(table, np.ndarray) or table.ndim != 2 or table.size > MOST:
        return words
    if table.shape == TABLE.shape[::-1]:
        table = table.T
    elif table.shape == (16, 7) and not table[:, 0].any():
        table = table[:, 1:]
    return words | {name: str(table[rows].astype(int).tolist()) for name, rows in GROUPS.items()}


EXERCISE = Exercise(
    name="c3_connections",
    reference=lambda: in_parts(),
    computation=in_parts,
    imagine=lambda **parts: sketch(observe_table(in_parts(**parts), [0])),
    sketch=sketch,
    observe="observe_table",
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Begin with np.zeros((16, 6), dtype=bool), and set to True what is seen, group by group.",
        "Map i of the first group sees i, i + 1 and i + 2. What should become of 6 and 7? The remainder, % 6, says it.",
        "The second group begins in row 6, and with map 0 again. The gaps are three rows of their own.",
    ],
    right_forms=[
        Form("rows rolled", by_rolling),
        Form("lists", by_lists),
        Form("what is missing", by_what_is_missing),
    ],
)
