"""`im2col`: every window as a column, so that a layer is one matrix product."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..cases import Maker, numbers
from ..families import geometry
from ..families.geometry import Pair
from ..families.layers import padded as with_zeros
from ..spec import Case, Exercise, Focus, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- The right way in parts -----------------------------------------------------------------------------------


def in_line(seen: Array) -> Array:
    """Write a window (N, C, f_h, f_w) of each picture as one line: channel by channel, row by row."""
    return seen.reshape(len(seen), seen[0].size)


def as_columns(columns: Array, places: Pair, window: Pair) -> Array:
    """Leave (N, C * f_h * f_w, L) as it is."""
    return columns


def by_parts(
    x: Array,
    kernel_size: Pair,
    stride: int,
    padding: int,
    *,
    refuses: Callable[..., None] = geometry.refuses_nothing,
    moves: Callable[[int], int] = geometry.by_the_stride,
    rings: Callable[[int], int] = geometry.as_asked,
    border: Callable[[Array, int], Array] = geometry.zeros_around,
    reads: Callable[[Array, Array], Array] = geometry.the_padded_picture,
    picture_size: Callable[[Pair], Pair] = geometry.right_size,
    sized: Callable[[Pair], Pair] = geometry.right_size,
    counts: Callable[[int, int, int, int], Any] = geometry.places,
    visits: Callable[..., Iterable[Pair]] = geometry.every_place,
    window: Callable[[int, int, int, int], slice] = geometry.its_window,
    turned: Callable[[Array], Array] = lambda seen: seen,
    channels: Callable[[Array], Array] = lambda seen: seen,
    line: Callable[[Array], Array] = in_line,
    number: Callable[[int, int, int, int], int] = lambda i, j, out_h, out_w: i * out_w + j,
    pictures: Callable[[Array], Array] = lambda columns: columns,
    layout: Callable[[Array, Pair, Pair], Array] = as_columns,
    kind: Callable[[Array], Any] = lambda x: float,
) -> Array:
    """Write every window as a column; each part can be replaced by a wrong way to do it."""
    x = np.asarray(x)
    f, s, p = kernel_size, moves(stride), rings(padding)
    size: Pair = x.shape[-2:]
    refuses(size, f, s, p)
    padded = border(x, p)
    source = reads(x, padded)
    f_h, f_w = sized(f)
    height, width = picture_size(size)
    out_h, out_w = counts(height, f_h, s, p), counts(width, f_w, s, p)
    lines = line(channels(np.zeros((len(padded), padded.shape[1], f_h, f_w)))).shape[1]
    columns = np.zeros((len(padded), lines, out_h * out_w), kind(x))
    for i, j in visits(out_h, out_w, s, lambda i, j: geometry.within(i, j, size, f, s, p)):
        seen = source[:, :, window(i, f_h, s, p), window(j, f_w, s, p)]
        columns[:, :, number(i, j, out_h, out_w)] = line(channels(turned(seen)))
    return layout(pictures(columns), (out_h, out_w), (f_h, f_w))


# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, channels: int, height: int, width: int, f_h: int, f_w: int,
         stride: int, padding: int) -> dict[str, Any]:  # fmt: skip
    """Return a batch and the size of a window."""
    x = numbers(rng, pictures, channels, height, width)
    return {"x": x, "kernel_size": (f_h, f_w), "stride": stride, "padding": padding}


cases = Maker(
    make,
    note=lambda pictures, f_h, f_w, stride, padding, **sizes: (
        f"{pictures} picture{'s' * (pictures != 1)}, {f_h} × {f_w} windows, stride {stride}, padding {padding}"
    ),
    least={"padding": 0},
    pictures=1, channels=2, height=3, width=4, f_h=2, f_w=2, stride=1, padding=0,
)  # fmt: skip

PROPERTIES = [
    Property(
        "plain",
        "Column l is window l, written channel by channel and row by row.",
        cases({"channels": 1}, {}, {"pictures": 2, "channels": 3, "height": 4, "width": 5, "f_h": 3, "f_w": 3},
              {"pictures": 3, "height": 2, "width": 3})),
    Property(
        "stride",
        "Windows start at multiples of the stride; what does not fit is left out.",
        cases({"channels": 1, "height": 4, "width": 6, "f_w": 3, "stride": 2},
              {"pictures": 2, "height": 8, "width": 9, "f_w": 3, "stride": 3},
              {"channels": 3, "height": 7, "width": 8, "f_h": 3, "f_w": 3, "stride": 2})),
    Property(
        "padding",
        "Windows may hang over the edge, where they see zeros.",
        cases({"channels": 1, "height": 2, "width": 3, "f_h": 3, "f_w": 3, "padding": 1},
              {"pictures": 2, "channels": 3, "f_h": 3, "padding": 2},
              {"height": 6, "width": 5, "f_h": 3, "f_w": 3, "stride": 2, "padding": 1})),
    Property(
        "rectangles",
        "Windows may be higher than wide, or wider than high.",
        cases({"f_h": 1, "f_w": 3}, {"pictures": 2, "channels": 3, "height": 5, "f_h": 4, "padding": 1},
              {"pictures": 2, "channels": 3, "f_h": 3, "f_w": 4})),
]  # fmt: skip

# Windows of a wrong size that fit all the same, and an odd window that is not square.
telling = cases(
    {"channels": 1, "height": 4, "width": 5, "f_h": 1, "f_w": 1, "stride": 2, "padding": 1},
    {"height": 4, "f_h": 3, "f_w": 1},
    {"height": 3, "width": 3, "f_h": 4, "f_w": 4, "stride": 4, "padding": 2},
)


def focus(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the window of a column, and the pixel of a line in it."""
    x, (f_h, f_w) = case.arguments["x"], case.arguments["kernel_size"]
    stride, padding = case.arguments["stride"], case.arguments["padding"]
    if len(index) != 3:
        return None
    sample, line, column = index
    channel, u, v = line // (f_h * f_w), line // f_w % f_h, line % f_w
    out_w = (x.shape[3] + 2 * padding - f_w) // stride + 1
    row, left = column // out_w * stride - padding, column % out_w * stride - padding
    inside = (slice(max(row, 0), max(row + f_h, 0)), slice(max(left, 0), max(left + f_w, 0)))
    note = f"Column {column} is one window; its line {line} is channel {channel}, row {u}, column {v} of that window."
    return Focus("x", (sample, channel, *inside), note=note)


# --- Mistakes -----------------------------------------------------------------------------------------------


def read(*axes: int) -> Callable[[Array], Array]:
    """Return what writes a window as one line with its axes (batch, channel, row, column) in another order."""
    return lambda seen: in_line(seen.transpose(axes))


def torn(columns: Array, places: Pair, window: Pair) -> Array:
    """Reshape rows to the shape of columns."""
    return columns.swapaxes(1, 2).reshape(columns.shape)


def windows_torn(columns: Array, places: Pair, window: Pair) -> Array:
    """Reshape (N, C, out_h, out_w, f_h, f_w), as a view of all windows has it, to the shape of columns."""
    apart = columns.reshape(len(columns), -1, window[0] * window[1], columns.shape[2])
    return apart.swapaxes(2, 3).reshape(columns.shape)


def apart(columns: Array, places: Pair, window: Pair) -> Array:
    """Leave channels, rows and columns of the windows apart."""
    return columns.reshape(len(columns), -1, *window, columns.shape[2])


NOT_HERE = {"height and width of the result swapped"}  # it would be "windows as rows"

MISTAKES = [
    *(
        wrong(one.name, one.says, **{part.replace("kernel_size", "sized"): way for part, way in one.parts.items()})
        for one in geometry.MISTAKES
        if one.name not in NOT_HERE
    ),
    wrong("padding on all axes", "You pad pictures and channels as well: np.pad(x, padding) adds zeros along every "
          "axis. Give it one pair for each axis, and (0, 0) for those that stay.", border=geometry.padded_everywhere),
    # --- the order within a column, and of the columns ---
    *(
        wrong(name, f"A column of yours holds {order}. All of channel 0 comes first, row by row.", line=read(*axes))
        for name, order, axes in (
            ("channels last in a column", "all channels of a pixel, then of the next one", (0, 2, 3, 1)),
            ("window read down its columns", "each channel column by column", (0, 1, 3, 2)),
            ("channels last, down the columns", "all channels of a pixel, then of the one below", (0, 3, 2, 1)),
            ("rows before channels", "one row of every channel, then the next row", (0, 2, 1, 3)),
            ("columns before channels", "one column of every channel, then the next column", (0, 3, 1, 2)),
        )
    ),
    wrong("windows ordered down the picture", "Your windows go down the picture first. They go along the rows: (0, "
          "0), (0, 1), (0, 2), ...", number=lambda i, j, out_h, out_w: j * out_h + i),
    wrong("windows counted by the wrong side", "Window (i, j) is column i * out_h + j of yours. A row of windows has "
          "out_w of them.", number=lambda i, j, out_h, out_w: i * out_h + j),
    wrong("windows flipped", "You turn the windows by half a turn. A column holds the pixels in their order.",
          turned=lambda seen: seen[..., ::-1, ::-1]),
    # --- channels, pictures ---
    wrong("first channel only", "You write the first channel alone into the columns. Each column holds the window of "
          "all channels.", channels=lambda seen: seen[:, :1]),
    wrong("last channel only", "You write the last channel alone into the columns. Each column holds the window of "
          "all channels.", channels=lambda seen: seen[:, -1:]),
    wrong("channels summed", "You add up the channels. The columns hold the pixels; sums come later, in the matrix "
          "product.", channels=lambda seen: seen.sum(axis=1, keepdims=True)),
    wrong("first channel filled", "Only the lines of the first channel are filled, the others are zeros.",
          channels=lambda seen: geometry.kept(seen, np.s_[:, :1])),
    wrong("last channel filled", "Only the lines of the last channel are filled, the others are zeros. Is the array "
          "of zeros made anew inside a loop?", channels=lambda seen: geometry.kept(seen, np.s_[:, -1:])),
    wrong("first picture only", "You return the columns of the first picture alone. The batch stays the first axis.",
          pictures=lambda columns: columns[:1]),
    wrong("first picture filled", "Only the columns of the first picture are filled, the others are zeros. Does the "
          "`return` stand inside a loop?", pictures=lambda columns: geometry.kept(columns, np.s_[:1])),
    wrong("last picture filled", "Only the columns of the last picture are filled, the others are zeros. Is the array "
          "of zeros made anew inside a loop?", pictures=lambda columns: geometry.kept(columns, np.s_[-1:])),
    wrong("pictures summed", "You add up the pictures of the batch. Each has columns of its own.",
          pictures=lambda columns: columns.sum(axis=0, keepdims=True)),
    # --- axes of the result ---
    *(
        wrong(name, f"{says} The result is (N, channels * f_h * f_w, number of windows).", layout=layout)
        for name, says, layout in (
            ("windows as rows", "Your windows are the rows. Each window is a column.",
             lambda m, places, window: m.swapaxes(1, 2)),
            ("windows of all pictures as rows", "Your windows are the rows of one matrix, picture after picture.",
             lambda m, places, window: m.swapaxes(1, 2).reshape(-1, m.shape[1])),
            ("batch beside the windows", "You put the windows of all pictures side by side in one matrix.",
             lambda m, places, window: np.concatenate(list(m), axis=1)),
            ("batch inside the windows", "Your result is one matrix, in which the first windows of all pictures come "
             "first, then all second ones.",
             lambda m, places, window: m.transpose(1, 2, 0).reshape(m.shape[1], -1)),
            ("batch last", "Your batch is the last axis.", lambda m, places, window: m.transpose(1, 2, 0)),
            ("batch in the middle", "Your batch is the second axis.", lambda m, places, window: m.swapaxes(0, 1)),
            ("windows first of all", "The windows are the first axis of your result, before the batch.",
             lambda m, places, window: m.transpose(2, 0, 1)),
            ("windows first, batch last", "The windows are the first axis of your result, the batch the last.",
             lambda m, places, window: m.transpose(2, 1, 0)),
            ("rows of windows left apart", "The rows of windows are still an axis of their own.",
             lambda m, places, window: m.reshape(*m.shape[:2], *places)),
            ("channels left apart", "The channels are still an axis of their own.",
             lambda m, places, window: m.reshape(len(m), -1, window[0] * window[1], m.shape[2])),
            ("nothing flattened", "Channels, rows and columns of the windows are still axes of their own.", apart),
            ("nothing flattened, places neither", "Channels and both axes of windows and places are still apart.",
             lambda m, places, window: m.reshape(len(m), -1, *window, *places)),
            ("rows reshaped to columns", "Your shape is right, but the numbers are torn apart: reshape keeps their "
             "order. Move the axes first, with transpose.", torn),
            ("windows reshaped to columns", "Your shape is right, but the numbers are torn apart: reshape keeps their "
             "order. Move the axes of the windows before those of the places, with transpose.", windows_torn),
            ("no batch axis", "The batch axis of your result is gone.", lambda m, places, window: m[0]),
        )
    ),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------


def by_lines(x: Any, kernel_size: Pair, stride: int, padding: int) -> Array:
    """Loop over the lines of a column."""
    f_h, f_w = kernel_size
    padded = with_zeros(x, padding)
    batch, channels, height, width = padded.shape
    out_h, out_w = (height - f_h) // stride + 1, (width - f_w) // stride + 1
    columns = np.zeros((batch, channels * f_h * f_w, out_h * out_w))
    for c, u, v in np.ndindex(channels, f_h, f_w):
        seen = padded[:, c, u : u + out_h * stride : stride, v : v + out_w * stride : stride]
        columns[:, (c * f_h + u) * f_w + v] = seen[:, :out_h, :out_w].reshape(batch, -1)
    return columns


def by_windows(x: Any, kernel_size: Pair, stride: int, padding: int) -> Array:
    """Reshape a view of all windows."""
    view = sliding_window_view(with_zeros(x, padding), kernel_size, axis=(2, 3))[:, :, ::stride, ::stride]
    columns = view.transpose(0, 1, 4, 5, 2, 3)
    return columns.reshape(len(columns), int(np.prod(columns.shape[1:4])), -1)


def by_torch(x: Any, kernel_size: Pair, stride: int, padding: int) -> Any:
    """Let PyTorch unfold."""
    import torch

    return torch.nn.functional.unfold(torch.tensor(x, dtype=torch.float64), kernel_size, 1, padding, stride)


EXERCISE = Exercise(
    name="im2col",
    reference=ops.im2col,
    computation=by_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    telling=telling,
    hints=[
        "Two loops over the places of the output. At each place the window of all channels is one column.",
        "padded[:, :, i*s : i*s + f_h, j*s : j*s + f_w] is that window in every picture; reshape it to (N, C*f_h*f_w).",
        "Place (i, j) is column i * out_w + j.",
    ],
    right_forms=[
        Form("loops over lines", by_lines),
        Form("a view of all windows", by_windows),
        Form("PyTorch", by_torch, library="PyTorch"),
    ],
    focus=focus,
)
