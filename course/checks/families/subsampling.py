"""Windows of 2 × 2 that are added up, in the ways in which people get them right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import Mistake, wrong
from .cells import same
from .geometry import kept

__all__ = ["MISTAKES", "PAIRS", "RESULTS", "every_second", "last_for_all", "one_for_all", "over_maps", "windows"]

Array = np.ndarray


def windows(x: Array, stride: int = 2, size: int = 2) -> Array:
    """Return all windows: (N, C, rows, columns, size, size)."""
    height, width = ((n - size) // stride + 1 for n in x.shape[2:])
    if stride == size:  # much faster
        even = x[:, :, : height * size, : width * size]
        return even.reshape(*x.shape[:2], height, size, width, size).swapaxes(3, 4)
    out = np.zeros((*x.shape[:2], height, width, size, size))
    for i in range(size):
        for j in range(size):
            rows, columns = (slice(k, k + stride * (n - 1) + 1, stride) for k, n in ((i, height), (j, width)))
            out[..., i, j] = x[:, :, rows, columns]
    return out


def with_a_border(x: Array) -> Array:
    """Add zeros below and on the right where a size is odd."""
    return np.pad(x, ((0, 0), (0, 0), (0, x.shape[2] % 2), (0, x.shape[3] % 2)))


def without_the_first(x: Array) -> Array:
    """Leave out the first row and column where a size is odd."""
    return x[:, :, x.shape[2] % 2 :, x.shape[3] % 2 :]


def even_alone(x: Array) -> Array:
    """Refuse odd sizes, as reshape does."""
    return x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2).reshape(x.shape)


def one_too_many(x: Array) -> Array:
    """Stop where a loop in steps of two counts the last odd row as well."""
    for axis in (2, 3):
        np.zeros(x.shape)[:, :, : x.shape[2] // 2, : x.shape[3] // 2].take(range((x.shape[axis] + 1) // 2), axis)
    return x


def set_back(axes: int) -> Callable[[Array], Array]:
    """Return what goes on adding up where a sum is not set back to 0: over the last axes, or all four."""
    return lambda sums: sums.reshape(*sums.shape[: 4 - axes], -1).cumsum(axis=-1).reshape(sums.shape)


def four_slices(x: Array) -> Array:
    """Add slices that have different sizes where those of x are odd."""
    sums = x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]
    return sums[..., None, None]


def pixels(*taken: int) -> Callable[[Array], Array]:
    """Return what adds up pixels of each window: 0 and 1 are its upper two, 2 and 3 its lower two."""
    return lambda window: sum((window[..., n // 2, n % 2] for n in taken), np.zeros(window.shape[:4]))


def cut_even(x: Array) -> Array:
    """Leave out a last odd row or column."""
    return x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]


def reshaped(*order: int) -> Callable[[Array], Array]:
    """Return what cuts by a reshape that tears neighbours apart."""

    def cuts(x: Array) -> Array:
        even = cut_even(x)
        sizes = np.array([even.shape[2] // 2, even.shape[3] // 2, 2, 2])[list(order)]
        axes = [2 + order.index(k) for k in range(4)]
        return even.reshape(*even.shape[:2], *sizes).transpose(0, 1, *axes)

    return cuts


def every_second(y: Array) -> Array:
    """Leave out every second row and column, as ``range(0, n, 2)`` does where it counts windows."""
    return y * np.outer(np.arange(y.shape[2]) % 2 == 0, np.arange(y.shape[3]) % 2 == 0)


def halves(x: Array) -> Array:
    """Return windows of which the rows lie half a map apart."""
    return reshaped(2, 0, 3, 1)(x)


def sliced(rows: tuple[int, ...], columns: tuple[int, ...] | None = None) -> Callable[[Array], Array]:
    """Return what sums the slices ``x[k * i + m : l * i + n]``, with (k, m, l, n) for rows and for columns."""
    ways = (rows, columns or rows)

    def cuts(x: Array) -> Array:
        out = np.zeros((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2))
        for i, j in np.ndindex(out.shape[2:]):
            down, across = (slice(k * n + m, p * n + q) for n, (k, m, p, q) in zip((i, j), ways, strict=True))
            out[:, :, i, j] = x[:, :, down, across].sum(axis=(2, 3))
        return out[..., None, None]

    return cuts


def turned(x: Array) -> Array:
    """Return windows of which row and column are swapped, in maps that are not turned."""
    height, width = x.shape[2] // 2, x.shape[3] // 2
    most = 2 * max(height, width) + 2
    large = np.zeros((*x.shape[:2], most, most))
    large[:, :, : x.shape[2], : x.shape[3]] = x
    return windows(large.swapaxes(2, 3))[:, :, :height, :width]


CORNERS = ("upper left", "upper right", "lower left", "lower right")
TAKEN = [
    *[
        wrong(f"one pixel, {CORNERS[n]}", f"You take the {CORNERS[n]} pixel of each window. Add up all four.",
              takes=pixels(n))
        for n in (1, 2)
    ],
    *[
        wrong(f"two pixels, {CORNERS[m]} and {CORNERS[n]}", f"You add two pixels of each window, the {CORNERS[m]} and "
              f"the {CORNERS[n]} one. Add up all four.", takes=pixels(m, n))
        for m, n in ((1, 2), (1, 3), (2, 3))
    ],
    *[
        wrong(f"without the {CORNERS[n]}", f"You leave out the {CORNERS[n]} pixel of each window. Add up all four.",
              takes=pixels(*({0, 1, 2, 3} - {n})))
        for n in range(4)
    ],
    *[
        wrong(f"{CORNERS[m]} for {CORNERS[n]}", f"You add the {CORNERS[m]} pixel of each window twice, and leave out "
              f"the {CORNERS[n]} one. Add up all four.", takes=pixels(m, *({0, 1, 2, 3} - {n})))
        for m in range(4) for n in range(4) if m != n
    ],
]  # fmt: skip

MISTAKES: list[Mistake] = [
    # --- the windows ---
    wrong("windows that overlap", "Your windows move by one pixel. They lie side by side: two apart.",
          cuts=lambda x: windows(x, stride=1)),
    wrong("windows of 3 x 3", "Your windows are 3 × 3. They are 2 × 2.", cuts=lambda x: windows(x, size=3)),
    wrong("windows of 3 x 3, in the even sizes", "Your windows are 3 × 3. They are 2 × 2.",
          cuts=lambda x: windows(cut_even(x), size=3)),
    wrong("inputs cut to whole numbers", "You cut the inputs off to whole numbers. They have fractions.",
          sizes=np.trunc),
    wrong("a border where sizes are odd", "Where a size is odd, you keep the last row or column, as if zeros followed. "
          "Leave it out.",
          sizes=with_a_border),
    wrong("the first row left out", "Where a size is odd, you leave out the first row or column. Leave out the last.",
          sizes=without_the_first),
    wrong("odd sizes refused", "Your function stops where a size is odd. Leave the last row or column out.",
          sizes=even_alone),
    wrong("a window too many", "Where a size is odd, your loop counts one window too many: range(0, n, 2) reaches the "
          "last row. Leave it out, with range(0, n - 1, 2).", sizes=one_too_many),
    wrong("slices that do not fit", "Where a size is odd, x[:, :, 0::2] has one row more than x[:, :, 1::2], and the "
          "two cannot be added. End both at the last even row.", cuts=four_slices),
    wrong("stride forgotten in the slice", "The output has the right size, but its windows lie one pixel apart. Window "
          "i begins at row 2 * i.", cuts=lambda x: windows(x, stride=1)[:, :, : x.shape[2] // 2, : x.shape[3] // 2]),
    wrong("stride forgotten in the rows", "Your windows lie one pixel apart from row to row. Window i begins at row "
          "2 * i.", cuts=sliced((1, 0, 1, 2), (2, 0, 2, 2))),
    wrong("stride forgotten in the columns", "Your windows lie one pixel apart from column to column. Window j begins "
          "at column 2 * j.", cuts=sliced((2, 0, 2, 2), (1, 0, 1, 2))),
    wrong("stride forgotten where a slice ends", "Your slices begin at 2 * i, and end at i + 2. End them at 2 * i + 2.",
          cuts=sliced((2, 0, 1, 2))),
    wrong("slices of three", "Your slices hold three rows and columns where there are as many. 2 * i : 2 * i + 2 has "
          "two.", cuts=sliced((2, 0, 2, 3))),
    wrong("one row and column late", "Your windows begin one row and one column late. Window i begins at row 2 * i.",
          cuts=sliced((2, 1, 2, 3))),
    wrong("the first window everywhere", "All cells of a map have its first window. Window i begins at row 2 * i.",
          cuts=lambda x: np.broadcast_to(windows(x)[:, :, :1, :1], (*windows(x).shape[:4], 2, 2))),
    wrong("windows turned", "Row and column of your windows are swapped: those of the first row of your result lie one "
          "below the other in x.", cuts=turned),
    wrong("rows alone", "You add up only along the rows: your maps have lost half of their height, and no width.",
          takes=same, cuts=lambda x: x[:, :, : x.shape[2] // 2 * 2 : 2] + x[:, :, 1 : x.shape[2] // 2 * 2 : 2]),
    wrong("columns alone", "You add up only along the columns: your maps have lost half of their width, and no "
          "height.", takes=same,
          cuts=lambda x: x[..., : x.shape[3] // 2 * 2 : 2] + x[..., 1 : x.shape[3] // 2 * 2 : 2]),
    wrong("halves for pairs", "You add up rows and columns that lie half a map apart. reshape(n, c, h // 2, 2, w // 2, "
          "2) keeps neighbours together.", cuts=halves),
    wrong("reshaped without neighbours", "Your reshape puts numbers that follow in a row into one window. With "
          "reshape(n, c, h // 2, 2, w // 2, 2), neighbours stay together.", cuts=reshaped(0, 1, 2, 3)),
    wrong("reshaped into quarters", "Your reshape tears windows apart. With reshape(n, c, h // 2, 2, w // 2, 2), "
          "neighbours stay together.", cuts=reshaped(2, 3, 0, 1)),
    wrong("the axes of the windows added up", "You add up all windows, corner by corner. Add up the four pixels within "
          "each: after reshape(n, c, h // 2, 2, w // 2, 2), the axes 3 and 5.",
          takes=lambda window: window.sum(axis=(2, 3))),
    # --- what is taken ---
    wrong("min for sum", "You take the smallest value of each window. This layer takes the sum.",
          takes=lambda window: window.min(axis=(4, 5))),
    wrong("half of the sum", "You take half of each sum, as a mean along one axis gives. Add up.",
          takes=lambda window: window.sum(axis=(4, 5)) / 2),
    wrong("root of squares", "You take the root of the sum of squares. Add up the values.",
          takes=lambda window: np.sqrt(np.square(window).sum(axis=(4, 5)))),
    wrong("sizes without signs", "You add up the values without their signs. Some are below 0.",
          takes=lambda window: np.abs(window).sum(axis=(4, 5))),
    wrong("mean for sum", "You take the mean of each window. This layer takes the sum: the coefficient does the rest.",
          takes=lambda window: window.mean(axis=(4, 5))),
    wrong("max for sum", "You take the maximum of each window, as today's networks do. This layer takes the sum.",
          takes=lambda window: window.max(axis=(4, 5))),
    wrong("one pixel for the sum", "You take one pixel of each window, its first. Add up all four.",
          takes=lambda window: window[..., 0, 0]),
    wrong("the last pixel for the sum", "You take one pixel of each window, its last. Add up all four: is the sum "
          "written over?", takes=lambda window: window[..., -1, -1]),
    wrong("the diagonal for the sum", "You add two pixels of each window, those of a diagonal. Add up all four.",
          takes=lambda window: window[..., 0, 0] + window[..., 1, 1]),
    wrong("the upper two pixels", "You add the upper two pixels of each window. Add up all four.",
          takes=lambda window: window[..., 0, :].sum(axis=-1)),
    wrong("the left two pixels", "You add the left two pixels of each window. Add up all four.",
          takes=lambda window: window[..., :, 0].sum(axis=-1)),
    wrong("squares added up", "You add up squares. Add up the values.",
          takes=lambda window: np.square(window).sum(axis=(4, 5))),
    *TAKEN,
]  # fmt: skip

# --- Whose coefficient and bias ------------------------------------------------------------------------------


def over_maps(numbers: Array) -> Array:
    """Lay one number over each map."""
    return numbers[:, None, None]


def one_for_all(numbers: Array) -> Any:
    """Take the first number for all maps."""
    return over_maps(np.full_like(numbers, numbers[0]))


def last_for_all(numbers: Array) -> Any:
    """Take the last number for all maps."""
    return over_maps(np.full_like(numbers, numbers[-1]))


def of_pictures(numbers: Array, like: Array) -> Array:
    """Lay one number over each picture, as a loop over the pictures does."""
    return numbers.ravel()[np.arange(len(like))][:, None, None, None]


PAIRS: list[Mistake] = [
    wrong("the coefficient of the picture", "You take coefficient[n] for picture n. It belongs to the map: "
          "coefficient[c] for map c of every picture.", scaled=lambda sums, scale: sums * of_pictures(scale, sums)),
    wrong("the coefficient of the map before", "You take the coefficient of the map before. Map c has coefficient[c].",
          scales=lambda numbers: over_maps(np.roll(numbers, 1))),
    wrong("the bias of the picture", "You take bias[n] for picture n. It belongs to the map: bias[c] for map c of "
          "every picture.", shifted=lambda z, bias, scale: z + of_pictures(bias, z)),
    wrong("the bias of the map before", "You take the bias of the map before. Map c has bias[c].",
          shifts=lambda numbers: over_maps(np.roll(numbers, 1))),
    wrong("one pair for all", "All your maps have the first coefficient and the first bias. Each map has its own.",
          scales=one_for_all, shifts=one_for_all),
    wrong("the last pair for all", "All your maps have the last coefficient and the last bias. Each map has its own.",
          scales=last_for_all, shifts=last_for_all),
    wrong("the pair of the picture", "You take coefficient[n] and bias[n] for picture n. They belong to the map: [c] "
          "for map c of every picture.", scaled=lambda sums, scale: sums * of_pictures(scale, sums),
          shifted=lambda z, bias, scale: z + of_pictures(bias, z)),
    wrong("the pair of the map before", "You take coefficient and bias of the map before. Map c has coefficient[c] and "
          "bias[c].", scales=lambda numbers: over_maps(np.roll(numbers, 1)),
          shifts=lambda numbers: over_maps(np.roll(numbers, 1))),
    wrong("coefficients and biases along the rows", "Your coefficients and biases lie along the rows. They belong to "
          "the maps: give both axes for rows and columns, [:, None, None].", scales=lambda numbers: numbers[:, None],
          shifts=lambda numbers: numbers[:, None]),
    wrong("coefficients and biases along the batch", "Your coefficients and biases lie along the pictures. They belong "
          "to the maps: give both axes for rows and columns, [:, None, None].",
          scales=lambda numbers: numbers[:, None, None, None], shifts=lambda numbers: numbers[:, None, None, None]),
]  # fmt: skip

# --- What is filled, and returned ---------------------------------------------------------------------------

FIRST = {
    "the first picture is": np.s_[:1],
    "the first map of each picture is": np.s_[:, :1],
    "the first row of each map is": np.s_[:, :, :1],
    "the first cell of each map is": np.s_[..., :1, :1],
    "the first cell is": np.s_[:1, :1, :1, :1],
}
LAST = {
    "the last picture is": np.s_[-1:],
    "the last map of each picture is": np.s_[:, -1:],
}
NOT_FILLED = {
    "the first row and column": np.s_[..., 1:, 1:],
    "the last row and column": np.s_[..., :-1, :-1],
}


def in_its_dtype(y: Array, x: Array) -> Array:
    """Lose fractions where x has none; what has none loses nothing."""
    return y.astype(x.dtype) if (y % 1).any() else y


RESULTS: list[Mistake] = [
    *[
        wrong(f"sums not set back in {words}", f"Your sum goes on from window to window of {words}. Set it to 0 for "
              "each window.", across=set_back(axes))
        for words, axes in {"all pictures": 4, "a map": 2}.items()
    ],
    *[
        wrong(f"{words} filled", f"In your result, {words} filled, and all else is 0. Does a `return` end a loop too "
              "soon, or is an index always 0?", result=lambda y, part=part: kept(y, part))
        for words, part in FIRST.items()
    ],
    *[
        wrong(f"{words} filled", f"In your result, {words} filled, and all else is 0. Is the result made anew inside a "
              "loop?", result=lambda y, part=part: kept(y, part))
        for words, part in LAST.items()
    ],
    *[
        wrong(f"{words} left at 0", f"In your result, {words} stay at 0. Where does each loop begin, and where does it "
              "end?",
              result=lambda y, part=part: kept(y, part))
        for words, part in NOT_FILLED.items()
    ],
    wrong("in the size of the maps given", "Your result has the size of x, and its end is left at 0. It has half of "
          "that size.", kind=lambda y, x: np.pad(y, [(0, n - m) for n, m in zip(x.shape, y.shape, strict=True)])),
    wrong("in the size rounded up", "Where a size is odd, your result has one row or column more, left at 0. Divide by "
          "2 with //.", kind=lambda y, x: np.pad(y, [(0, 0), (0, 0), (0, x.shape[2] % 2), (0, x.shape[3] % 2)])),
    wrong("in the dtype of x", "Where x holds whole numbers, your result does, too: fractions are lost. Let its dtype "
          "be float.", kind=in_its_dtype),
    wrong("result rounded", "You round your result. Return it as it is: the example in the text gives three digits to "
          "be short.", result=lambda y: np.round(y, 3)),
]  # fmt: skip
