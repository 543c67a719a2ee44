"""Windows of 2 × 2 that are added up, in the ways in which people get them right or wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..spec import Mistake, wrong
from .cells import same

__all__ = ["MISTAKES", "every_second", "windows"]

Array = np.ndarray


def windows(x: Array, stride: int = 2, size: int = 2) -> Array:
    """Return all windows: (N, C, rows, columns, size, size)."""
    height, width = ((n - size) // stride + 1 for n in x.shape[2:])
    out = np.zeros((*x.shape[:2], height, width, size, size))
    for i, j in np.ndindex(size, size):
        out[..., i, j] = x[:, :, i : i + stride * (height - 1) + 1 : stride, j : j + stride * (width - 1) + 1 : stride]
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
    wrong("a border where sizes are odd", "You add zeros where a size is odd. The last row or column is left out.",
          sizes=with_a_border),
    wrong("the first row left out", "Where a size is odd, you leave out the first row or column. Leave out the last.",
          sizes=without_the_first),
    wrong("odd sizes refused", "Your function stops where a size is odd. Leave the last row or column out.",
          sizes=even_alone),
    wrong("slices that do not fit", "Where a size is odd, x[:, :, 0::2] has one row more than x[:, :, 1::2], and the "
          "two cannot be added. End both at the last even row.", cuts=four_slices),
    wrong("stride forgotten in the slice", "The output has the right size, but its windows lie one pixel apart. Window "
          "i begins at row 2 * i.", cuts=lambda x: windows(x, stride=1)[:, :, : x.shape[2] // 2, : x.shape[3] // 2]),
    wrong("rows alone", "You add up along the rows alone: your maps have lost half of their height, and no width.",
          takes=same, cuts=lambda x: x[:, :, : x.shape[2] // 2 * 2 : 2] + x[:, :, 1 : x.shape[2] // 2 * 2 : 2]),
    wrong("columns alone", "You add up along the columns alone: your maps have lost half of their width, and no "
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
