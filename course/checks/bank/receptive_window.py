"""`receptive_window`: the rows and columns that a neuron sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import arithmetic
from ..cases import Maker, between
from ..spec import Exercise, Form, Mistake, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: Any, row: int, column: int, f_h: int, f_w: int, s_h: int, s_w: int, p_h: int, p_w: int) -> dict[str, Any]:
    """Return a neuron, and the pairs that belong to its layer."""
    return {"row": row, "column": column, "kernel_size": (f_h, f_w), "stride": (s_h, s_w), "padding": (p_h, p_w)}


cases = Maker(
    make,
    least={"row": 0, "column": 0, "p_h": 0, "p_w": 0},
    row=between(2, 99), column=between(100, 2999), f_h=3, f_w=3, s_h=1, s_w=1, p_h=0, p_w=0,
)  # fmt: skip
FIRST = {"row": 0, "column": 0}
LARGE = {"row": between(20, 40), "column": between(41, 90), "f_h": between(15, 30), "f_w": between(31, 60),
         "s_h": between(2, 6), "s_w": between(7, 12), "p_h": between(2, 7), "p_w": between(8, 14)}  # fmt: skip

PROPERTIES = [
    Property(
        "plain",
        "With stride 1 and no padding, the window starts at the neuron's own row.",
        cases(FIRST, {"row": 1, "column": 2}, {"f_h": 5, "f_w": 5}, note="stride 1, no padding"),
    ),
    Property(
        "rectangular kernels",
        "Kernels have a height and a width: vertical comes first.",
        cases({"row": 0, "column": 1, "f_h": 1}, {"f_h": between(2, 5), "f_w": between(6, 9)},
              note="a kernel that is not square"),
    ),
    Property(
        "stride",
        "Each step of the neuron moves the window by one stride.",
        cases({"row": 1, "column": 2, "s_h": 2, "s_w": 2}, {"f_h": 4, "s_h": 3, "s_w": 2},
              {"row": 3, "column": 1, "f_h": 2, "f_w": 5, "s_w": 4}, note="a stride"),
    ),
    Property(
        "padding",
        "Padding moves the first window up and to the left, out of the picture.",
        cases({**FIRST, "p_h": 1, "p_w": 1}, {"f_h": 5, "f_w": 7, "p_h": 2, "p_w": 3},
              {"row": 2, "column": 0, "f_w": 2, "p_h": 1}, note="padding: rows above the picture count -1, -2, ..."),
    ),
    Property(
        "all together",
        "Stride and padding work together.",
        cases({"row": 0, "column": 1, "s_h": 2, "s_w": 2, "p_h": 1, "p_w": 1},
              {"row": 2, "column": 3, "f_w": 5, "s_h": 2, "s_w": 3, "p_h": 1, "p_w": 2},
              {"f_h": 7, "f_w": 6, "s_h": 4, "s_w": 3, "p_h": 3, "p_w": 1}, note="stride and padding"),
    ),
]  # fmt: skip

# --- The answer in parts ------------------------------------------------------------------------------------

Pair = tuple[int, int]

ALONG: dict[str, Callable[..., Any]] = {
    "moves": lambda i, s, f, end: i * s,
    "shifts": lambda moved, p, f, s, end: moved - p,
    "spans": lambda f, s, p: f - 1,
    "clips": lambda first, last: (first, last),
}


def window(
    row: int, column: int, kernel_size: Pair, stride: Pair, padding: Pair, *,
    places: Callable[[Pair], Pair] = lambda place: place,
    kernels: Callable[[Pair], Pair] = lambda pair: pair,
    strides: Callable[[Pair], Pair] = lambda pair: pair,
    paddings: Callable[[Pair], Pair] = lambda pair: pair,
    gives: Callable[[Pair, Pair], Any] = lambda rows, columns: (rows, columns),
    **ways: Callable[..., Any],
) -> Any:  # fmt: skip
    """Move the window by the stride, shift it by the padding, and add its length, along both axes.

    The parts of `ALONG` may go wrong along each axis by itself: `rows_moves`, `columns_moves`, ...; `end` tells them
    whether it is for the end of the window, or for its start.
    """

    def seen(axis: str, i: int, f: int, s: int, p: int) -> Pair:
        moves, shifts, spans, clips = (ways.get(f"{axis}_{part}", right) for part, right in ALONG.items())
        first, last = (shifts(moves(i, s, f, end), p, f, s, end) for end in (False, True))
        return clips(first, last + spans(f, s, p))

    axes = zip(AXES, places((row, column)), kernels(kernel_size), strides(stride), paddings(padding), strict=True)
    return gives(*(seen(*axis) for axis in axes))


AXES = ("rows", "columns")


def along(mistake: Mistake, *axes: str) -> dict[str, Any]:
    """Return the parts of a mistake that is made along these axes."""
    return {f"{axis}_{part}": way for axis in axes for part, way in mistake.parts.items()}


# --- Mistakes -----------------------------------------------------------------------------------------------

CENTRED = "You put the neuron in the middle of its window. That is so only where the padding is half the kernel."


def first(pair: Pair) -> Pair:
    """Take the vertical number for both axes."""
    return pair[0], pair[0]


def last(pair: Pair) -> Pair:
    """Take the horizontal number for both axes."""
    return pair[1], pair[1]


def swapped(pair: Pair) -> Pair:
    """Take the horizontal number for the vertical one, and the other way round."""
    return pair[1], pair[0]


def axes_mixed(part: str, name: str) -> list[Mistake]:
    """Return the mistakes that are made with the two numbers of one pair."""
    return [
        wrong(f"{name}: vertical for both", f"You take the first number of {name} for both axes. It is for the rows; "
              "the second is for the columns.", **{part: first}),
        wrong(f"{name}: horizontal for both", f"You take the second number of {name} for both axes. It is for the "
              "columns; the first is for the rows.", **{part: last}),
        wrong(f"{name}: height and width swapped", f"You take the first number of {name} for the columns. "
              "Vertical comes before horizontal.", **{part: swapped}),
    ]  # fmt: skip


ALONG_AN_AXIS = [
    # --- the stride ---
    wrong("a row of the output taken for a row of the input", "You leave the stride out: your window starts at the "
          "neuron's own row. A neuron in row 3 of a layer with stride 2 looks at rows further down.",
          moves=lambda i, s, f, end: i),
    wrong("stride on the end only", "You use the stride for the end of the window, not for its start: so the windows "
          "grow from row to row.", moves=lambda i, s, f, end: i * s if end else i),
    wrong("stride on the start only", "You use the stride for the start of the window, not for its end.",
          moves=lambda i, s, f, end: i if end else i * s),
    wrong("stride added", "You add the stride to the neuron's row. Each row of neurons lies one stride further on: "
          "multiply.", moves=lambda i, s, f, end: i + s),
    wrong("steps as long as the kernel", "You move the window by its own size for each row. It moves by the stride: "
          "windows may overlap.", moves=lambda i, s, f, end: i * f),
    wrong("neurons counted from 1", "Your windows lie one stride too far up and to the left. The first neuron is in "
          "row 0, not in row 1.", moves=lambda i, s, f, end: (i - 1) * s),
    wrong("divided by the stride", "You divide by the stride. From a row of neurons to the rows of the picture, you "
          "multiply.", moves=lambda i, s, f, end: i // s),
    # --- the padding ---
    wrong("padding left out", "You leave the padding out.", shifts=lambda moved, p, f, s, end: moved),
    wrong("+ p for - p", "You add the padding. Zeros above the picture let the window start earlier, at smaller row "
          "numbers.", shifts=lambda moved, p, f, s, end: moved + p),
    wrong("padding on the start only", "You use the padding for the start of the window, not for its end: so the "
          "window is too large.", shifts=lambda moved, p, f, s, end: moved if end else moved - p),
    wrong("padding on the end only", "You use the padding for the end of the window, not for its start: so the window "
          "is too small.", shifts=lambda moved, p, f, s, end: moved - p if end else moved),
    wrong("padding on both sides of the window", "You take the padding from the start and add it to the end. It "
          "shifts the window, it does not widen it.",
          shifts=lambda moved, p, f, s, end: moved + p if end else moved - p),
    wrong("padding doubled", "You shift the window by twice the padding. Only the zeros above move it up; those below "
          "do not.", shifts=lambda moved, p, f, s, end: moved - 2 * p),
    wrong("padding times stride", "You take the padding off before you multiply by the stride. Padding is counted in "
          "pixels of the input.", shifts=lambda moved, p, f, s, end: moved - p * s),
    wrong("padding fixed at 1", "You shift the window by 1, whatever padding says.",
          shifts=lambda moved, p, f, s, end: moved - 1),
    wrong("centred on the neuron", CENTRED, shifts=lambda moved, p, f, s, end: moved - f // 2),
    wrong("centred on the neuron, rounded down", CENTRED, shifts=lambda moved, p, f, s, end: moved - (f - 1) // 2),
    wrong("centred on the neuron, as far to both sides",
          CENTRED, shifts=lambda moved, p, f, s, end: moved - f // 2, spans=lambda f, s, p: 2 * (f // 2)),
    wrong("one row too far", "Your window lies one row and one column too far, at its start and at its end. The "
          "picture's first row is row 0, the row above it is -1.", shifts=lambda moved, p, f, s, end: moved - p + 1),
    # --- how far it reaches ---
    wrong("end off by one", "Your window ends one row and one column too late. A window of 3 rows that starts at row "
          "0 ends at row 2.", spans=lambda f, s, p: f),
    wrong("end too early", "Your window ends one row and one column too early. A window of 3 rows that starts at row "
          "0 ends at row 2.", spans=lambda f, s, p: f - 2),
    wrong("kernel added whole, and one more", "Your window ends two rows and two columns too late. The 1 is "
          "subtracted, not added.", spans=lambda f, s, p: f + 1),
    wrong("half a kernel", "Your window ends half a kernel after its start. It holds all rows of the kernel.",
          spans=lambda f, s, p: f // 2),
    wrong("kernel stretched by the stride", "You multiply the kernel's rows by the stride as well. It moves the "
          "window, it does not stretch it.", spans=lambda f, s, p: (f - 1) * s),
    wrong("the stride as window size", "Your window ends where the next one starts. Windows overlap where the kernel "
          "is larger than the stride.", spans=lambda f, s, p: s - 1),
    wrong("the window's end is its start", "The kernel's size is not in your numbers: the window has more than one "
          "row.", spans=lambda f, s, p: 0),
    # --- the edge of the picture ---
    wrong("clipped to the picture", "You cut the window off at row 0. Rows of the padding are asked for too: the row "
          "above the picture is -1.", clips=lambda first, last: (max(first, 0), last)),
    wrong("pushed into the picture", "You move windows that start above the picture down to row 0. They stay where "
          "they are: the row above is -1.", clips=lambda first, last: (max(first, 0), max(first, 0) + last - first)),
]  # fmt: skip

MISTAKES = [
    # --- rows and columns ---
    wrong("height and width swapped", "You take the first number of each pair for the columns. Vertical comes before "
          "horizontal.", kernels=swapped, strides=swapped, paddings=swapped),
    wrong("vertical numbers for both axes", "You take the first number of each pair for both axes. The second one is "
          "for the columns.", kernels=first, strides=first, paddings=first),
    wrong("horizontal numbers for both axes", "You take the second number of each pair for both axes. The first one "
          "is for the rows.", kernels=last, strides=last, paddings=last),
    *axes_mixed("kernels", "kernel_size"),
    *axes_mixed("strides", "stride"),
    *axes_mixed("paddings", "padding"),
    wrong("row for the column", "You take the neuron's row for its column, too.", places=first),
    wrong("column for the row", "You take the neuron's column for its row, too.", places=last),
    wrong("row and column swapped", "You take the neuron's column for its row, and its row for its column.",
          places=swapped),
    Mistake("pairs taken for numbers", "You calculate with pairs as if they were numbers: kernel_size, stride and "
            "padding hold two each. Take them apart with [0] and [1], and treat rows and columns by themselves.",
            lambda row, column, kernel_size, stride, padding: row * stride - padding),
    *(wrong(one.name, one.says, **along(one, *AXES)) for one in ALONG_AN_AXIS),
    *(
        wrong(f"{one.name}, {axis} only", f"In the {axis} alone: {one.says}", **along(one, axis))
        for axis in AXES
        for one in ALONG_AN_AXIS
    ),
    # --- what comes back ---
    wrong("corners instead of rows and columns", "You return the two corners. Wanted are the rows (top, bottom), then "
          "the columns (left, right).", gives=lambda rows, columns: ((rows[0], columns[0]), (rows[1], columns[1]))),
    wrong("columns before rows", "You return the columns first. Wanted are the rows (top, bottom), then the columns "
          "(left, right).", gives=lambda rows, columns: (columns, rows)),
    wrong("four numbers in a row", "You return four numbers in a row. Wanted are two pairs: ((top, bottom), (left, "
          "right)).", gives=lambda rows, columns: (*rows, *columns)),
    wrong("four numbers, corner after corner", "You return four numbers, corner after corner. Wanted are two pairs: "
          "((top, bottom), (left, right)).", gives=lambda rows, columns: (rows[0], columns[0], rows[1], columns[1])),
    wrong("one corner alone", "You return one pair. Wanted are two: ((top, bottom), (left, right)).",
          gives=lambda rows, columns: (rows[0], columns[0])),
    wrong("sizes instead of ends", "You return start and size along each axis. Wanted are first and last row, first "
          "and last column.",
          gives=lambda rows, columns: ((rows[0], rows[1] - rows[0] + 1), (columns[0], columns[1] - columns[0] + 1))),
    wrong("slices", "You return slices. Wanted are numbers: the first and the last row, the first and the last column.",
          gives=lambda rows, columns: (slice(rows[0], rows[1] + 1), slice(columns[0], columns[1] + 1))),
    wrong("all rows and columns", "You return all rows and all columns that the neuron sees. Wanted are the first and "
          "the last of each.",
          gives=lambda rows, columns: (tuple(range(rows[0], rows[1] + 1)), tuple(range(columns[0], columns[1] + 1)))),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_lists(row: int, column: int, kernel_size: Pair, stride: Pair, padding: Pair) -> list:
    """List all rows and all columns, and take their ends."""
    (f_h, f_w), (s_h, s_w), (p_h, p_w) = kernel_size, stride, padding
    rows = [row * s_h + u - p_h for u in range(f_h)]
    columns = [column * s_w + v - p_w for v in range(f_w)]
    return [[rows[0], rows[-1]], [columns[0], columns[-1]]]


EXERCISE = Exercise(
    name="receptive_window",
    reference=arithmetic.receptive_window,
    computation=window,
    properties=PROPERTIES,
    telling=cases(*[LARGE] * 8, {**FIRST, "f_h": 9, "f_w": 11, "p_h": 4, "p_w": 3}),
    mistakes=MISTAKES,
    hints=[
        "Work along one axis first. A neuron in row 0 without padding starts at row 0. Where does row 1 start?",
        "Padding of 1 moves the start of every window by one row. In which direction?",
        "A window of f rows that starts at row t ends at row t + f - 1. Now find t from i, s and p.",
    ],
    right_forms=[
        Form("lists of all rows and columns", by_lists),
        Form("one axis at a time", window),
    ],
)
