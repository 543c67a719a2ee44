"""Pooling, as the parts that people get right or wrong independently of each other.

`pool` is the computation of `max_pool2d` and, without padding and with another thing taken from each window, of
`avg_pool2d`. `MISTAKES` are wrong ways to do one part of either; each page adds those of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..cases import distinct
from ..spec import Case, Focus, Mistake, wrong
from . import geometry
from .focus import window_over
from .geometry import Pair

__all__ = ["BOOK", "BORDER_MISTAKES", "MISTAKES", "around", "in_rows", "maps_of", "note_of", "pool", "window_of"]

Array = np.ndarray

OF_PADDING = (  # the mistakes of `geometry` that need padding to show, or are told otherwise here
    "padding counted once", "padding not counted", "padding added to the start", "padding taken from the start",
    "border left zero",
)  # fmt: skip
BOOK = np.array([[[[1.0, 5.0], [3.0, 2.0]]]])  # the window of the book's figure 14-8


def as_it_is(array: Any) -> Any:
    """Change nothing."""
    return array


def in_rows(maps: Array) -> Array:
    """Return each map (or window) of (N, C, H, W) as one row."""
    return maps.reshape(*maps.shape[:2], maps.shape[2] * maps.shape[3])


def around(x: Array, before: int, after: int, fill: float) -> Array:
    """Put a border round the last two axes."""
    *lead, height, width = x.shape
    padded = np.empty((*lead, height + before + after, width + before + after), dtype=x.dtype)
    padded[...] = fill
    padded[..., before : before + height, before : before + width] = x
    return padded


def largest(window: Array, f: Pair, s: int) -> Array:
    """Take the largest value of each window (N, C, rows, columns), which should have f[0] rows and f[1] columns."""
    return window.max(axis=(2, 3))


def pool(
    x: Array,
    kernel: Pair,
    stride: int,
    padding: int = 0,
    /,
    *,
    refuses: Callable[..., None] = geometry.refuses_nothing,
    steps: Callable[[int, Pair], Pair] = lambda s, f: (s, s),
    kind: Callable[[Array], Any] = lambda x: float,
    rings: Callable[[int], int] = geometry.as_asked,
    fill: float = -np.inf,
    border: Callable[[Array, int, float], Array] = lambda x, p, fill: around(x, p, p, fill),
    reads: Callable[[Array, Array], Array] = geometry.the_padded_picture,
    picture_size: Callable[[Pair], Pair] = geometry.right_size,
    kernel_size: Callable[[Pair], Pair] = geometry.right_size,
    counts: Callable[[int, int, int, int], Any] = geometry.places,
    visits: Callable[..., Iterable[Pair]] = geometry.every_place,
    looks: Callable[[int, int], Pair] = lambda i, j: (i, j),
    extent: Callable[[Pair], Pair] = geometry.right_size,
    window: Callable[[int, int, int, int], slice] = geometry.its_window,
    across: Callable[[Array], Array] = as_it_is,
    takes: Callable[[Array, Pair, int], Array] = largest,
    starts: Callable[[Array], Any] | None = None,
    remembers: Callable[[Array], Array] = as_it_is,
    result: Callable[[Array], Any] = lambda x: float,
    maps: Callable[[Array], Array] = as_it_is,
    axes: Callable[[Array], Array] = as_it_is,
) -> Array:
    """Pool maps (N, C, H, W) in windows of height and width `kernel`; each part can be replaced by a wrong way."""
    x = np.asarray(x)
    (s_h, s_w), p = steps(stride, kernel), rings(padding)
    refuses(x.shape[2:], kernel, stride, p)
    f_h, f_w = kernel_size(kernel)
    seen_h, seen_w = extent((f_h, f_w))
    height, width = picture_size(x.shape[2:])
    source = reads(x, border(x.astype(kind(x)), p, fill))
    out_h, out_w = counts(height, f_h, s_h, p), counts(width, f_w, s_w, p)
    z = np.zeros((*source.shape[:2], out_h, out_w), dtype=result(x))
    inside = functools.partial(geometry.within, picture=x.shape[2:], kernel=kernel, s=stride, p=p)
    for i, j in visits(out_h, out_w, stride, inside):
        row, column = looks(i, j)
        seen = across(source[:, :, window(row, seen_h, s_h, p), window(column, seen_w, s_w, p)])
        value = takes(seen, (f_h, f_w), stride)
        z[..., i, j] = value if starts is None else np.maximum(value, starts(x))
    return axes(maps(remembers(z)))


def channels_together(seen: Array) -> Array:
    """Take the windows of all channels of a sample for one window."""
    n, c, h, w = seen.shape
    return np.broadcast_to(seen.transpose(0, 2, 1, 3).reshape(n, 1, h, c * w), (n, c, h, c * w))


def samples_together(seen: Array) -> Array:
    """Take the windows of all samples for one window."""
    return channels_together(seen.swapaxes(0, 1)).swapaxes(0, 1)


def by_window(n: int, f: int, s: int, p: int) -> int:
    """Count the windows that lie side by side."""
    return (n + 2 * p) // f


# --- Mistakes of every pooling ----------------------------------------------------------------------------

MIXED = "Your window is as wide as it should be high, and as high as it should be wide: kernel_size is (height, width)."
SIZE_OVER_STRIDE = (
    "The size of your output is the picture's divided by the stride. The window's size belongs in it: count the places "
    "where a whole window fits."
)
SIZE_OVER_WINDOW = (
    "The size of your output is the picture's divided by the window's. That is right for windows side by side alone: "
    "count the places where a window fits, stride by stride."
)
SIDE_BY_SIDE = "Your windows lie side by side: you move by the size of the window where you should move by the stride."

MISTAKES: list[Mistake] = [
    # --- where a window lies ---
    wrong("stride ignored", "Your windows move by one pixel, whatever the stride is.", steps=lambda s, f: (1, 1)),
    wrong("the window size as stride", SIDE_BY_SIDE, steps=lambda s, f: f),
    wrong("the window's height as stride", SIDE_BY_SIDE, steps=lambda s, f: (f[0], f[0])),
    wrong("the window's width as stride", SIDE_BY_SIDE, steps=lambda s, f: (f[1], f[1])),
    wrong("height and width mixed", MIXED, kernel_size=lambda f: f[::-1]),
    wrong("height and width mixed in the slice", "The output has the right shape, but the piece that you cut out is "
          "kernel_size[1] high and kernel_size[0] wide: the two are mixed up.", extent=lambda f: f[::-1]),
    wrong("height and width mixed in the size", "You look at the right windows, but the size of the output is counted "
          "with the window's height and width mixed up.", kernel_size=lambda f: f[::-1], extent=lambda f: f[::-1]),
    wrong("square windows", "Your windows are square: the width of kernel_size is not used.",
          kernel_size=lambda f: (f[0], f[0])),
    wrong("square windows in the slice", "The output has the right shape, but the piece that you cut out is as wide "
          "as it is high: the width of kernel_size is not used there.", extent=lambda f: (f[0], f[0])),
    wrong("square windows, by the width", "Your windows are square: the height of kernel_size is not used.",
          kernel_size=lambda f: (f[1], f[1])),
    wrong("always 2 x 2", "Your windows are 2 × 2, whatever kernel_size is.", kernel_size=lambda f: (2, 2)),
    wrong("rows and columns of the place mixed", "Cell (i, j) of your output looks at the window of cell (j, i): row "
          "and column are mixed up in the slice.", looks=lambda i, j: (j, i)),
    wrong("loops over rows and columns mixed", "Your loop over rows counts to the width, and the one over columns to "
          "the height: the two are mixed up.", visits=lambda h, w, s, inside: np.ndindex(w, h)),
    *[
        one
        for one in geometry.MISTAKES
        if one.parts.keys() <= {"counts", "visits", "window", "picture_size"} and one.name not in OF_PADDING
    ],
    wrong("size divided by the stride, rounded down", SIZE_OVER_STRIDE, counts=lambda n, f, s, p: (n + 2 * p) // s),
    wrong("size divided by the window", SIZE_OVER_WINDOW, counts=by_window),
    wrong("2 x 2 windows for the size", "Your output is half as high and wide as the picture, whatever kernel_size "
          "and stride are.", counts=lambda n, f, s, p: n // 2),
    # --- channels and samples ---
    wrong("across channels", "You look at all channels together. Each channel is pooled on its own.",
          across=channels_together),
    wrong("across channels, one map", "You look at all channels together, and the output has a single one. Each "
          "channel is pooled on its own, so the depth stays.", across=channels_together, maps=lambda z: z[:, :1]),
    wrong("across the batch", "You look at all samples together. Each sample is pooled on its own.",
          across=samples_together),
    wrong("across channels and batch", "You look at all channels of all samples together. Each map is pooled on its "
          "own.", across=lambda seen: channels_together(samples_together(seen))),
    wrong("the first channel for all", "All your maps come from the first channel. Map c of the output comes from "
          "channel c.", across=lambda seen: np.broadcast_to(seen[:, :1], seen.shape)),
    wrong("first channel filled", "Only the first map of each sample is filled, the others are zeros. Does your loop "
          "reach all channels?", maps=lambda z: geometry.kept(z, np.s_[:, :1])),
    wrong("last channel filled", "Only the last map of each sample is there, the others are zeros. Is the output made "
          "anew inside a loop, or filled outside it?", maps=lambda z: geometry.kept(z, np.s_[:, -1:])),
    wrong("first channel only", "Your output holds the first map of each sample alone. The depth stays.",
          maps=lambda z: z[:, :1]),
    wrong("first sample filled", "Only the first sample of the batch is filled, the others are zeros.",
          maps=lambda z: geometry.kept(z, np.s_[:1])),
    wrong("last sample filled", "Only the last sample is there, the others are zeros. Is the output made anew inside "
          "a loop, or filled outside it?", maps=lambda z: geometry.kept(z, np.s_[-1:])),
    wrong("first map filled", "Only the first map of the first sample is filled, the others are zeros. Does the "
          "`return` stand inside a loop?", maps=lambda z: geometry.kept(z, np.s_[:1, :1])),
    wrong("last map filled", "Only the last map of the last sample is there, the others are zeros. Is the output made "
          "anew inside a loop?", maps=lambda z: geometry.kept(z, np.s_[-1:, -1:])),
    wrong("first sample only", "You return the first sample alone. The batch stays.", maps=lambda z: z[:1]),
    wrong("the batch left out", "You return the maps of the first sample, without the axis of the batch. The output "
          "has four axes, as x has.", maps=lambda z: z[0]),
    wrong("channels before samples", "Your output has the channels first and the samples second. Its axes are those "
          "of x: (N, C, height, width).", axes=lambda z: z.swapaxes(0, 1)),
    wrong("channels last", "Your output has the channels last. Its axes are those of x: (N, C, height, width).",
          axes=lambda z: np.moveaxis(z, 1, -1)),
    wrong("height and width of the output swapped", "Your output is transposed: its rows stand where its columns "
          "should stand.", axes=lambda z: z.swapaxes(2, 3)),
    # --- what is taken, and what becomes of it ---
    wrong("the last element", "Your windows pass on their last value, at the bottom right. Is the result written over "
          "by each value in turn?", takes=lambda window, f, s: window[..., -1, -1]),
    wrong("the first element", "Your windows pass on their first value, at the top left.",
          takes=lambda window, f, s: window[..., 0, 0]),
    wrong("median", "You pass on the median of each window.",
          takes=lambda window, f, s: np.median(window, axis=(2, 3))),
    wrong("sum", "You pass on the sum of each window.", takes=lambda window, f, s: window.sum(axis=(2, 3))),
    wrong("whole numbers out", "Your output holds whole numbers, whatever x is. It should be floats.",
          result=lambda x: int),
    wrong("rounded down", "Your values are rounded down to whole numbers: // does that, or int().", axes=np.floor),
    # --- what is refused ---
    wrong("refuses sizes that do not divide", "You refuse pictures that the stride does not divide. The last pixels "
          "are left out then, and the rest is right.", refuses=geometry.with_a_remainder),
    wrong("refuses rectangles", "You refuse windows that are not square.", refuses=geometry.rectangles),
]  # fmt: skip

# Of the border, and of windows that count from it: for a pooling with padding.
BORDER_MISTAKES = [
    wrong("zeros as padding", "You pad with zeros, and a zero wins over every negative number beside it. The border "
          "must never win.", fill=0.0),
    *[
        wrong(
            f"a border of {number}",
            f"You pad with {number}, which wins over every smaller number. The border must never win.",
            fill=float(number),
        )
        for number in (-1, -100, -999, -1000, -9999)
    ],
    wrong("infinity as padding", "You pad with plus infinity, which wins over everything. The border must never win.",
          fill=np.inf),
    wrong("NaN as padding", "You pad with NaN, and the maximum of a window with NaN is NaN. Which number loses "
          "against every other?", fill=np.nan),
    wrong("padding ignored", "Your output has the size that it would have without padding.", rings=lambda p: 0),
    wrong("padding fixed at 1", "You pad by one pixel, whatever padding says.", rings=lambda p: 1),
    wrong("padding doubled", "You pad twice as much as asked for on each side.", rings=lambda p: 2 * p),
    wrong("padding below and right only", "Your windows lie `padding` pixels too far down and to the right. Is all of "
          "the padding below and on the right? Or is padding added to the start of each window, which counts in the "
          "padded picture?", border=lambda x, p, fill: around(x, 0, 2 * p, fill)),
    wrong("padding above and left only", "Your windows lie `padding` pixels too far up and to the left. Is all of the "
          "padding above and on the left, where half of it belongs below and on the right?",
          border=lambda x, p, fill: around(x, 2 * p, 0, fill)),
    wrong("edge mirrored", "Beyond the edge you mirror the picture. Padding must not win over any pixel that is there.",
          border=lambda x, p, fill: np.pad(x, [(0, 0)] * 2 + [(p, p)] * 2, mode="reflect")),
    wrong("all axes padded", "You pad the batch and the channels as well, so that your output has pictures and maps "
          "that nobody gave you. Give np.pad one pair for each axis, and (0, 0) for those that stay.",
          border=lambda x, p, fill: np.pad(x, p, constant_values=fill)),
    wrong("all axes padded with zeros", "You pad the batch and the channels as well, and with zeros, which win over "
          "negative numbers: np.pad(x, padding) does that. Give it one pair for each axis, (0, 0) for those that "
          "stay, and a border that never wins.", border=lambda x, p, fill: np.pad(x, p), fill=0.0),
    wrong("padding only where it is above 0", "With padding 0 your function uses a variable that was never set: the "
          "`if` has no other branch.",
          border=lambda x, p, fill: geometry.only_above_zero(x, p) if p == 0 else around(x, p, p, fill)),
    wrong("[p:-p] is empty at 0", "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is 0: that "
          "slice is empty. Count its end from the front: [padding : padding + height].",
          border=lambda x, p, fill: geometry.cut_off(x, p) if p == 0 else around(x, p, p, fill)),
    wrong("slices of the unpadded picture", "The size of your output counts the padding, but the windows are cut out "
          "of x itself, not out of the padded picture.", reads=lambda x, padded: x),
    *[one for one in geometry.MISTAKES if one.name in OF_PADDING and "counts" in one.parts],
    wrong("size divided by the stride, without padding", SIZE_OVER_STRIDE, counts=lambda n, f, s, p: n // s),
    wrong("size divided by the window, without padding", SIZE_OVER_WINDOW, counts=lambda n, f, s, p: n // f),
    wrong("padding taken from the start", "You start each window `padding` pixels too early. That is its place in the "
          "picture itself; the padded picture counts from the first pixel of its border.",
          window=lambda i, f, s, p: slice(i * s - p, i * s - p + f)),
    wrong("border left zero", "The cells whose window reaches into the padding are left at 0. They see pixels too: "
          "compute them like the rest.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(h) for j in range(w) if inside(i, j))),
]  # fmt: skip


# --- Cases ------------------------------------------------------------------------------------------------


def maps_of(rng: np.random.Generator, shape: tuple[int, ...], values: str = "any") -> Array:
    """Return feature maps whose numbers are all different, at least a tenth apart: "any", "negative" or "deep" ones."""
    if values == "deep":
        return distinct(rng, *shape, low=-99000, high=-20000)
    high = -2 if values == "negative" else 9
    low = min(-9, high - int(np.prod(shape)) // 4) if values == "negative" else -9 - int(np.prod(shape)) // 5
    return distinct(rng, *shape, low=low, high=high)


def note_of(f_h: int, f_w: int, stride: int, padding: int = 0, values: str = "any", **sizes: int) -> str:
    """Return what is special about a case."""
    note = f"windows of {f_h} × {f_w}, stride {stride}" + (f", padding {padding}" if padding else "")
    return note + {"any": "", "negative": ", all values below -1", "deep": ", all values far below 0"}[values]


def window_of(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the pixels that one cell of a pooled map comes from."""
    if len(index) != 4:
        return None
    arguments = case.arguments
    n, c, i, j = index
    return window_over(
        "x", arguments["x"], (i, j), arguments["kernel_size"], arguments["stride"], arguments.get("padding", 0), (n, c),
        border=-np.inf,
    )  # fmt: skip
