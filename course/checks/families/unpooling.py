"""The way back through max pooling, as the parts that people get right or wrong independently of each other.

`unpool` is the computation of `max_pool2d_backward`: one loop over the windows.
`MISTAKES` are wrong ways to do one part.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from ..spec import wrong
from . import geometry
from .geometry import Pair
from .pooling import BORDER_MISTAKES, MIXED, SIDE_BY_SIDE, around, as_it_is, in_rows
from .pooling import MISTAKES as FORWARD_MISTAKES

__all__ = ["MISTAKES", "unpool"]

Array = np.ndarray


class Window(NamedTuple):
    """One window of all maps: its place in the output, where it starts, its size; the size of the padded picture."""

    place: Pair
    start: Pair
    size: Pair
    picture: Pair


def nan_wins(seen: Array) -> Array:
    """Let NaN (not a number) be larger than every number, as np.argmax does."""
    return np.where(np.isnan(seen), np.inf, seen)


def first_of(mask: Array) -> Array:
    """Choose the first of the largest values, row by row, in each window of a mask (N, C, rows, columns)."""
    rows = in_rows(mask)
    first = rows.argmax(axis=2)[..., np.newaxis] == np.arange(rows.shape[2])
    return (first & rows).reshape(mask.shape)


def in_its_window(u: Array, v: Array, at: Window) -> tuple[Array, Array]:
    """Return the row and column of the winner, which lies in row u, column v of its window."""
    return at.start[0] + u, at.start[1] + v


def its_gradient(grad_output: Array, seen: Array, i: int, j: int, s: int) -> Array:
    """Send the gradient of place (i, j) of all maps."""
    return grad_output[:, :, i, j]


def added(grad: Array, winners: tuple[Array, ...], sent: Array, rows: slice, columns: slice) -> None:
    """Add what is sent to what the winners have."""
    grad[winners] = grad[winners] + sent


def floats(x: Array, shape: tuple[int, ...]) -> Array:
    """Return an array of zeros to collect in."""
    return np.zeros(shape)


def border_cut_off(grad: Array, p: int, height: int, width: int) -> Array:
    """Cut the border off."""
    return grad[:, :, p : p + height, p : p + width]


def unpool(
    grad_output: Array,
    x: Array,
    kernel: Pair,
    stride: int,
    padding: int,
    /,
    *,
    refuses: Callable[..., None] = geometry.refuses_nothing,
    steps: Callable[[int, Pair], Pair] = lambda s, f: (s, s),
    kind: Callable[[Array], Any] = lambda x: float,
    rings: Callable[[int], int] = geometry.as_asked,
    fill: float = -np.inf,
    border: Callable[[Array, int, float], Array] = lambda x, p, fill: around(x, p, p, fill),
    reads: Callable[[Array, Array], Array] = geometry.the_padded_picture,
    collects: Callable[[Array, tuple[int, ...]], Array] = floats,
    kernel_size: Callable[[Pair], Pair] = geometry.right_size,
    picture_size: Callable[[Pair], Pair] = geometry.right_size,
    counts: Callable[[int, int, int, int], Any] = geometry.places,
    visits: Callable[..., Iterable[Pair]] = geometry.every_place,
    window: Callable[[int, int, int, int], slice] = geometry.its_window,
    largest: Callable[[Array], Array] = nan_wins,
    ties: Callable[[Array], Array] = first_of,
    lands: Callable[[Array, Array, Window], tuple[Array, Array]] = in_its_window,
    sends: Callable[..., Array] = its_gradient,
    writes: Callable[..., None] = added,
    cuts: Callable[[Array, int, int, int], Any] = border_cut_off,
    maps: Callable[[Array], Array] = as_it_is,
    axes: Callable[[Array], Array] = as_it_is,
) -> Array:
    """Send gradients back through the windows of a max pooling; each part can be replaced by a wrong way to do it."""
    x, (s_h, s_w), p = np.asarray(x), steps(stride, kernel), rings(padding)
    refuses(x.shape[2:], kernel, stride, p)
    padded = border(x.astype(kind(x)), p, fill)
    grad, source = collects(x, padded.shape), reads(x, padded)
    (f_h, f_w), (height, width) = kernel_size(kernel), picture_size(x.shape[2:])
    out_h, out_w = counts(height, kernel[0], s_h, padding), counts(width, kernel[1], s_w, padding)
    inside = functools.partial(geometry.within, picture=x.shape[2:], kernel=kernel, s=stride, p=p)
    for i, j in visits(out_h, out_w, stride, inside):
        rows, columns = window(i, f_h, s_h, p), window(j, f_w, s_w, p)
        seen = source[:, :, rows, columns]
        compared = largest(seen)
        share = ties(compared == compared.max(axis=(2, 3), keepdims=True))
        n, c, u, v = np.nonzero(share)
        sent = share[n, c, u, v] * sends(grad_output, seen, i, j, stride)[n, c]
        at = Window((i, j), (rows.start, columns.start), (f_h, f_w), grad.shape[2:])
        row, column = lands(u, v, at)
        there = np.s_[:] if lands is in_its_window else (row < grad.shape[2]) & (column < grad.shape[3])
        writes(grad, (n[there], c[there], row[there], column[there]), sent[there], rows, columns)
    return axes(maps(cuts(grad, p, *x.shape[2:])))


# --- The wrong ways ---------------------------------------------------------------------------------------


def by_index(row: Callable[[Array, Window], Array], column: Callable[[Array, Window], Array]) -> Callable[..., Any]:
    """Return what makes row and column in the window of the winner's index in it, counted row by row."""

    def lands(u: Array, v: Array, at: Window) -> tuple[Array, Array]:
        index = u * at.size[1] + v
        return in_its_window(row(index, at), column(index, at), at)

    return lands


def window_at_once(grad: Array, winners: tuple[Array, ...], sent: Array, rows: slice, columns: slice) -> None:
    """Write the whole window, the zeros of those that did not win included."""
    grad[:, :, rows, columns] = 0
    grad[winners] = sent


def index_taken_for_two(u: Array, v: Array, at: Window) -> Any:
    """Take the index of the winner for a row and a column."""
    index: Any = np.argmax(np.zeros(2))
    row, column = index
    return row, column


def stopping_at_nan(seen: Array) -> Array:
    """Look for the place that equals the maximum, where NaN equals nothing."""
    if np.isnan(seen).any():
        np.where(seen[0, 0] == np.nan)[0][0]
    return seen


def stored(grad: Array, p: int, height: int, width: int) -> Array:
    """Write what [p:-p] leaves into an array of the shape of x."""
    cut = np.zeros((*grad.shape[:2], height, width), grad.dtype)
    cut[...] = grad[:, :, p:-p, p:-p]
    return cut


def in_the_picture(x: Array, shape: tuple[int, ...]) -> Array:
    """Collect in the values of x."""
    p = (shape[2] - x.shape[2]) // 2
    return around(x.astype(float), p, p, 0.0)


def in_place(x: Array, shape: tuple[int, ...]) -> Array:
    """Collect in the type of x, with +=, which stops where that would cut gradients."""
    grad = np.zeros(shape, x.dtype)
    grad += np.zeros(1)
    return grad


def side_by_side_alone(picture: Pair, kernel: Pair, s: int, p: int) -> None:
    """Refuse windows that overlap or leave gaps."""
    if kernel != (s, s):
        raise AssertionError("stride is not the window's size")


def sides_to_divide(picture: Pair, kernel: Pair, s: int, p: int) -> None:
    """Refuse windows that overlap, leave gaps, or do not cover the picture."""
    side_by_side_alone(picture, kernel, s, p)
    if picture[0] % s or picture[1] % s:
        raise AssertionError("sizes do not divide")


NO_PADDING = "Your windows are those of a picture without padding."
STRIDE_MISSING = "You send the gradient of cell i to a window that starts at pixel i. It starts stride times as far."
TAKEN_AS_TWO = (
    "np.argmax gives one number, the place in the flattened window. np.unravel_index makes row and column of it."
)

MISTAKES = [
    # --- who gets the gradient ---
    wrong("the gradient to every tie", "Where several values are equally large, you send the whole gradient to each "
          "of them. As in torch, the first one, row by row, gets it.", ties=as_it_is, largest=as_it_is),
    wrong("the gradient split among ties", "Where several values are equally large, you share the gradient out. That "
          "is a choice that can be defended, but torch sends it to the first one, row by row.",
          ties=lambda mask: mask / mask.sum(axis=(2, 3), keepdims=True), largest=as_it_is),
    wrong("the last of the ties", "Where several values are equally large, you choose the last one. Take the first, "
          "row by row, as torch does.", ties=lambda mask: first_of(mask[..., ::-1, ::-1])[..., ::-1, ::-1]),
    wrong("the first tie, column by column", "Where several values are equally large, you choose the first one column "
          "by column. Take the first row by row.", ties=lambda mask: first_of(mask.swapaxes(2, 3)).swapaxes(2, 3)),
    wrong("shared evenly", "You share each gradient out among all pixels of the window, as average pooling does. Only "
          "the largest pixel was passed on, so only it gets it.",
          ties=lambda mask: np.full(mask.shape, 1 / (mask.shape[2] * mask.shape[3]))),
    wrong("to all pixels", "Every pixel of the window gets the gradient. Only the largest one was passed on.",
          ties=np.ones_like),
    wrong("to the first pixel", "You send the gradient to the upper left pixel of each window, where it starts. Add "
          "the row and column of the largest pixel.", ties=lambda mask: first_of(np.ones_like(mask))),
    wrong("to the last pixel", "You send the gradient to the lower right pixel of each window, not to the largest.",
          ties=lambda mask: first_of(np.ones_like(mask))[..., ::-1, ::-1]),
    wrong("to the smallest", "You send the gradient to the smallest pixel of each window.", largest=lambda seen: -seen),
    wrong("to the one farthest from 0", "You send the gradient to the pixel that is farthest from 0, also below it. "
          "The largest was passed on.", largest=lambda seen: np.where(np.isinf(seen), -1, np.abs(seen))),
    wrong("NaN passed over", "Where a window holds NaN (not a number), its output is NaN: the gradient goes to the "
          "NaN. You look past it.", largest=lambda seen: np.where(np.isnan(seen), -np.inf, seen)),
    wrong("NaN gets nothing", "Where a window holds NaN (not a number), you send its gradient nowhere: NaN equals "
          "nothing, not even itself. np.argmax finds it.", largest=as_it_is),
    wrong("NaN stops", "Your function stops where a window holds NaN (not a number): NaN equals nothing, not even "
          "itself, so no place is found. np.argmax finds it.", largest=stopping_at_nan),
    # --- where the winner lies ---
    wrong("the flat index by the height", "You make row and column of the index with the window's height. A row is as "
          "long as the window is wide.", lands=by_index(lambda k, at: k // at.size[0], lambda k, at: k % at.size[0])),
    wrong("the row by the height", "You divide the index by the window's height to find the row. A row is as long as "
          "the window is wide.", lands=by_index(lambda k, at: k // at.size[0], lambda k, at: k % at.size[1])),
    wrong("the column by the height", "You take the index modulo the window's height to find the column. A row is as "
          "long as the window is wide.", lands=by_index(lambda k, at: k // at.size[1], lambda k, at: k % at.size[0])),
    wrong("the flat index by the picture's width", "You turn the index into row and column with the shape of the "
          "picture. It counts in the window alone.",
          lands=by_index(lambda k, at: k // at.picture[1], lambda k, at: k % at.picture[1])),
    wrong("row and column of the winner swapped", "You take the winner's row in the window for its column, and its "
          "column for its row.", lands=lambda u, v, at: in_its_window(v, u, at)),
    wrong("the index in the window alone", "You send the gradient to the place that the winner has in its window, "
          "counted from the corner of the picture. Add where the window starts.", lands=lambda u, v, at: (u, v)),
    wrong("the index in the window added to the place", "You look at the right windows, but add the winner's place to "
          "(i, j) when you write. The window starts at (i * stride, j * stride).",
          lands=lambda u, v, at: (at.place[0] + u, at.place[1] + v)),
    wrong("the index taken for two", TAKEN_AS_TWO, lands=index_taken_for_two),
    # --- what is sent, and how it is written ---
    wrong("the gradient left out", "You send back 1 for each window. Send its gradient, grad_output.",
          sends=lambda g, seen, i, j, s: np.ones(seen.shape[:2])),
    wrong("values for gradients", "You send back the values of the picture. Send the gradients, grad_output.",
          sends=lambda g, seen, i, j, s: seen.max(axis=(2, 3))),
    wrong("gradients times values", "You multiply the gradient by the largest value. It is sent back as it is.",
          sends=lambda g, seen, i, j, s: g[:, :, i, j] * seen.max(axis=(2, 3))),
    wrong("gradients divided by the window's size", "You divide the gradient by the number of pixels in the window. "
          "That belongs to average pooling: here the winner gets all of it.",
          sends=lambda g, seen, i, j, s: g[:, :, i, j] / (seen.shape[2] * seen.shape[3])),
    wrong("the gradient of the wrong cell", "You take the gradient from cell (i * stride, j * stride). grad_output "
          "has one for each window, at (i, j).", sends=lambda g, seen, i, j, s: g[:, :, i * s, j * s]),
    wrong("the gradient of the transposed cell", "You take the gradient from cell (j, i). That of window (i, j) lies "
          "at (i, j).", sends=lambda g, seen, i, j, s: g[:, :, j, i]),
    wrong("= for +=", "Where windows overlap, a pixel can win several times. You write the last gradient over the "
          "others; add them up with +=.",
          writes=lambda grad, winners, sent, rows, columns: grad.__setitem__(winners, sent)),
    wrong("the whole window written at once", "You write the whole window with =, zeros included: where windows "
          "overlap, they wipe out what is there. Add to it with +=.", writes=window_at_once),
    # --- the array that collects ---
    wrong("gradients in the type of x", "If x holds whole numbers, your gradients are cut to whole numbers: "
          "np.zeros_like(x) takes over the type, too. Collect in floats.",
          collects=lambda x, shape: np.zeros(shape, x.dtype)),
    wrong("+= into whole numbers", "If x holds whole numbers, += stops: an array like x cannot take floats. "
          "np.zeros_like(x) takes over the type, too. Collect in floats.", collects=in_place),
    wrong("whole numbers out", "Your gradients are cut to whole numbers. Collect in an array of floats.",
          collects=lambda x, shape: np.zeros(shape, int)),
    wrong("collects in the picture", "Your gradients are added to the values of x: the array that collects them must "
          "begin with zeros.", collects=in_the_picture),
    wrong("not turned into floats", "Whole numbers cannot hold minus infinity. Turn x into floats before you pad it: "
          "np.asarray(x, dtype=float).", kind=lambda x: x.dtype),
    # --- the border ---
    *[one for one in BORDER_MISTAKES if one.name in ("zeros as padding", "a border of -1")],
    wrong("a border that is not low enough", "Your border is a number that wins over pixels far below 0, whose "
          "gradient falls into it. Pad with minus infinity, as on the way forward.", fill=-1000.0),
    wrong("padding ignored", NO_PADDING, rings=lambda p: 0, counts=lambda n, f, s, p: max((n - f) // s + 1, 0)),
    wrong("padding ignored, but not counting windows", NO_PADDING, rings=lambda p: 0),
    wrong("padding fixed at 1", "You pad by one pixel, whatever padding says.", rings=lambda p: 1),
    wrong("padding doubled", "You pad twice as much as asked for on each side.", rings=lambda p: 2 * p),
    *(one for one in BORDER_MISTAKES if one.name == "padding only where it is above 0" or "reads" in one.parts),
    wrong("[p:-p] for the picture", "You write x into [padding:-padding], which becomes [0:-0] for padding 0, and -0 "
          "is 0: that slice is empty. Count its end from the front.",
          border=lambda x, p, fill: geometry.cut_off(x, p) if p == 0 else around(x, p, p, fill)),
    wrong("the padding not cut off", "Your gradient has the shape of the padded picture. Cut the border off.",
          cuts=lambda grad, p, height, width: grad),
    wrong("[p:-p] is empty at 0", "You cut the border off with [padding:-padding], which becomes [0:-0] for padding "
          "0, and -0 is 0: nothing is left. Count the end from the front: [padding : padding + height].",
          cuts=lambda grad, p, height, width: grad[:, :, p:-p, p:-p]),
    wrong("[p:-p] stored", "You copy [padding:-padding] into an array like x. For padding 0 it becomes [0:-0], and -0 "
          "is 0: that slice is empty, and does not fit. Count its end from the front: [padding : padding + height].",
          cuts=stored),
    wrong("cut off above and left only", "You cut the border off above and on the left only.",
          cuts=lambda grad, p, height, width: grad[:, :, p:, p:]),
    wrong("cut off below and right only", "Your gradient lies `padding` pixels too far down and to the right. Is the "
          "border above and on the left still in it? Or do you collect in an array like x, at places that count in "
          "the padded picture?", cuts=lambda grad, p, height, width: grad[:, :, :height, :width]),
    wrong("cut off by one pixel", "You cut one pixel off on each side, whatever padding says.",
          cuts=lambda grad, p, height, width: grad[:, :, 1:-1, 1:-1]),
    wrong("nothing returned without padding", "With padding 0 your function returns nothing: its `return` stands "
          "inside an `if`.", cuts=lambda grad, p, height, width: border_cut_off(grad, p, height, width) if p else None),
    # --- which windows, and where they lie ---
    wrong("stride ignored", "Your windows move by one pixel, whatever the stride is.", steps=lambda s, f: (1, 1)),
    wrong("the window size as stride", SIDE_BY_SIDE, steps=lambda s, f: f),
    wrong("the window's height as stride", SIDE_BY_SIDE, steps=lambda s, f: (f[0], f[0])),
    wrong("height and width mixed", MIXED, kernel_size=lambda f: f[::-1]),
    wrong("square windows", "Your windows are square: the width of kernel_size is not used.",
          kernel_size=lambda f: (f[0], f[0])),
    wrong("square windows, by the width", "Your windows are square: the height of kernel_size is not used.",
          kernel_size=lambda f: (f[1], f[1])),
    wrong("always 2 x 2", "Your windows are 2 × 2, whatever kernel_size is.", kernel_size=lambda f: (2, 2)),
    wrong("the index without its stride", STRIDE_MISSING, window=lambda i, f, s, p: slice(i, i + f)),
    *[
        one
        for one in geometry.MISTAKES
        if one.name in ("stride on the end only", "stride on the start only", "the stride as window size",
                        "steps as long as the window", "window too small", "window too large")
    ],
    wrong("padding added to the start", "You start each window `padding` pixels too far down and to the right. In the "
          "padded picture the first window starts at 0.", window=lambda i, f, s, p: slice(i * s + p, i * s + p + f)),
    wrong("padding not counted", "The last windows send nothing back: their number is counted without the padding.",
          counts=lambda n, f, s, p: max((n - f) // s + 1, 0)),
    wrong("padding counted once", "The last windows send nothing back: their number is counted with the padding of "
          "one side alone.", counts=lambda n, f, s, p: max((n + p - f) // s + 1, 0)),
    wrong("+ 1 forgotten", "The last row and column of windows send nothing back. There is one window more than "
          "steps, hence + 1; and range(n) ends before n by itself.", counts=lambda n, f, s, p: (n + 2 * p - f) // s),
    wrong("/ for //", "A number with a decimal point stands where a whole one belongs, in a number of windows or in "
          "an index. / gives one; // does not.", counts=lambda n, f, s, p: (n + 2 * p - f) / s + 1),
    wrong("a size divided by the stride", "You count the windows as the picture's size divided by the stride. The "
          "shape of grad_output says how many there are.", counts=lambda n, f, s, p: (n + 2 * p) // s),
    wrong("a size divided by the window", "You count the windows as the picture's size divided by the window's. The "
          "shape of grad_output says how many there are.", counts=lambda n, f, s, p: (n + 2 * p) // f),
    wrong("windows counted with the picture's height and width swapped", "You count the rows of windows from the "
          "picture's width, and the columns from its height. A shape is (height, width).",
          picture_size=lambda n: n[::-1]),
    wrong("columns counted from the height", "You count both the rows and the columns of windows from the picture's "
          "height.", picture_size=lambda n: (n[0], n[0])),
    wrong("range(0, out, stride)", "You visit every stride-th window only. Each window sends a gradient: the stride "
          "belongs in where it starts.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(0, h, s) for j in range(0, w, s))),
    wrong("windows at the border left out", "Nothing comes back from the windows that reach into the padding. Are "
          "they left out? Or does your border win over every pixel? It should be minus infinity.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(h) for j in range(w) if inside(i, j))),
    wrong("write-back outside the loop", "Only the last window of each map sends its gradient back: the line that "
          "writes stands behind the loops, not inside them.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(h - 1, h) for j in range(w - 1, w))),
    wrong("write-back outside the inner loop", "Only the last window of each row sends its gradient back: the line "
          "that writes is indented too little.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(h) for j in range(w - 1, w))),
    wrong("the first window only", "Only the first window of each map sends its gradient back: does the `return` "
          "stand inside a loop?", visits=lambda h, w, s, inside: np.ndindex(min(h, 1), min(w, 1))),
    wrong("the first row of windows only", "Only the first row of windows sends its gradient back: does the `return` "
          "stand inside a loop?", visits=lambda h, w, s, inside: np.ndindex(min(h, 1), w)),
    # --- which maps; what is returned; what is refused ---
    *[
        one
        for one in FORWARD_MISTAKES
        if one.parts.keys() in ({"maps"}, {"axes"}) and one.name not in ("last map filled", "the batch left out")
    ],
    wrong("the last map only", "Only the last map of the last sample has a gradient. Is the array of zeros made anew "
          "inside the loop, or the line that writes outside it?", maps=lambda z: geometry.kept(z, np.s_[-1:, -1:])),
    *[one for one in FORWARD_MISTAKES if "refuses" in one.parts],
    wrong("refuses windows that overlap", "You refuse all windows but those side by side: the stride may differ from "
          "the window's size.", refuses=side_by_side_alone),
    wrong("refuses all but the simplest windows", "You refuse windows that overlap, and pictures that they do not "
          "cover. Both are asked for.", refuses=sides_to_divide),
]  # fmt: skip
