"""Where windows lie: border, number of places, start, end, step. The parts that all sliding exercises share.

Each function here is the right way to do one part; `MISTAKES` are the wrong ways that people take.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..spec import wrong

__all__ = [
    "MISTAKES",
    "Pair",
    "as_asked",
    "by_the_stride",
    "every_place",
    "into_its_place",
    "its_window",
    "kept",
    "places",
    "refuses_nothing",
    "right_size",
    "the_padded_picture",
    "within",
    "zeros_around",
]

Array = np.ndarray
Pair = tuple[int, int]
Inside = Callable[[int, int], bool]


# --- The right way ----------------------------------------------------------------------------------------


def refuses_nothing(picture: Pair, kernel: Pair, s: int, p: int) -> None:
    """Take every size."""


def by_the_stride(stride: int) -> int:
    """Move the window by the stride."""
    return stride


def as_asked(padding: int) -> int:
    """Add as many rings as asked for."""
    return padding


def zeros_around(x: Array, p: int) -> Array:
    """Add p rows and columns of zeros on each side of the last two axes."""
    *lead, height, width = x.shape
    padded = np.zeros((*lead, height + 2 * p, width + 2 * p), x.dtype)  # many times as fast as np.pad
    padded[..., p : p + height, p : p + width] = x
    return padded


def the_padded_picture(x: Array, padded: Array) -> Array:
    """Cut the windows out of the padded picture."""
    return padded


def right_size(size: Pair) -> Pair:
    """Take height and width as they are."""
    return size


def places(n: int, f: int, s: int, p: int) -> int:
    """Count the places of the window along an axis."""
    return (n + 2 * p - f) // s + 1


def every_place(out_h: int, out_w: int, s: int, inside: Inside) -> Iterable[Pair]:
    """Visit every place of the output; `inside` tells whether a place's window lies within the picture."""
    return np.ndindex(out_h, out_w)


def within(i: int, j: int, picture: Pair, kernel: Pair, s: int, p: int) -> bool:
    """Tell whether the window of place (i, j) sees no padding."""
    starts = (i * s - p, j * s - p)
    return all(a >= 0 and a + f <= n for a, f, n in zip(starts, kernel, picture, strict=True))


def its_window(i: int, f: int, s: int, p: int) -> slice:
    """Return what place i sees along an axis of the padded picture."""
    return slice(i * s, i * s + f)


def into_its_place(z: Array, i: int, j: int, value: Array) -> None:
    """Write the value of place (i, j) of all maps."""
    z[..., i, j] = value


# --- The wrong ways ---------------------------------------------------------------------------------------


def kept(z: Array, part: Any) -> Array:
    """Return zeros in which a part alone is filled."""
    filled = np.zeros_like(z)
    filled[part] = z[part]
    return filled


def padded_after(x: Array, p: int) -> Array:
    """Add all zeros below and on the right."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, 2 * p), (0, 2 * p)])


def padded_before(x: Array, p: int) -> Array:
    """Add all zeros above and on the left."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(2 * p, 0), (2 * p, 0)])


def edge_repeated(x: Array, p: int) -> Array:
    """Repeat the pixels at the edge."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(p, p), (p, p)], mode="edge")


def mirrored_edge(x: Array, p: int) -> Array:
    """Mirror the pixels at the edge."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(p, p), (p, p)], mode="reflect")


def padded_everywhere(x: Array, p: int) -> Array:
    """Pad along every axis, those of pictures and channels included."""
    return np.pad(x, p)


def only_above_zero(x: Array, p: int) -> Array:
    """Set the padded picture only where there is padding."""
    if p > 0:
        padded = zeros_around(x, p)
    return padded


def cut_off(x: Array, p: int) -> Array:
    """Write the picture into [p:-p], which is empty for p = 0."""
    padded = zeros_around(x, p)
    padded[..., p:-p, p:-p] = x
    return padded


def with_a_remainder(picture: Pair, kernel: Pair, s: int, p: int) -> None:
    """Refuse sizes that the stride does not divide."""
    if any((n + 2 * p - f) % s for n, f in zip(picture, kernel, strict=True)):
        raise AssertionError("sizes do not divide")


def rectangles(picture: Pair, kernel: Pair, s: int, p: int) -> None:
    """Refuse kernels that are not square."""
    if kernel[0] != kernel[1]:
        raise AssertionError("kernel is not square")


def even_kernels(picture: Pair, kernel: Pair, s: int, p: int) -> None:
    """Refuse kernels of an even size."""
    if kernel[0] % 2 == 0 or kernel[1] % 2 == 0:
        raise AssertionError("kernel is even")


def rectangles_and_even(picture: Pair, kernel: Pair, s: int, p: int) -> None:
    """Refuse kernels that are not square or of an even size."""
    rectangles(picture, kernel, s, p)
    even_kernels(picture, kernel, s, p)


def after_the_first(i: int, f: int, s: int, p: int) -> slice:
    """Start at 0 for the first place, and at i + s for all others."""
    start = i + s if i else 0
    return slice(start, start + f)


MISTAKES = [
    # --- how much is padded, on which sides, with what ---
    wrong("padding ignored", "Your result is the one without padding: no zeros lie round the picture.",
          rings=lambda p: 0),
    wrong("padding fixed at 1", "You add one ring of zeros, whatever padding says.", rings=lambda p: 1),
    wrong("padding doubled", "You add twice as many zeros as asked for on each side.", rings=lambda p: 2 * p),
    wrong("padding below and right only", "You put all of the zeros below and on the right. Half of them belong above "
          "and on the left.", border=padded_after),
    wrong("padding above and left only", "You put all of the zeros above and on the left. Half of them belong below "
          "and on the right.", border=padded_before),
    wrong("edge repeated", "Beyond the edge you repeat the pixels of the edge. Padding adds zeros.",
          border=edge_repeated),
    wrong("edge mirrored", "Beyond the edge you mirror the picture (mode='reflect'). Padding adds zeros.",
          border=mirrored_edge),
    wrong("padding only where it is above 0", "With padding 0 your function uses a variable that was never set: the "
          "`if` has no other branch.", border=only_above_zero),
    wrong("[p:-p] is empty at 0", "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is 0: that "
          "slice is empty. Count its end from the front: [padding : padding + height].", border=cut_off),
    wrong("slices of the unpadded picture", "The size of your result counts the padding, but the windows are cut out "
          "of the picture without it.", reads=lambda x, padded: x),
    # --- how many places there are ---
    wrong("padding counted once", "In the size of the result you count the padding once. It is there on both sides: 2 "
          "* padding.", counts=lambda n, f, s, p: max((n + p - f) // s + 1, 0)),
    wrong("padding not counted", "The size of your result does not count the padding, so the last places are missing.",
          counts=lambda n, f, s, p: max((n - f) // s + 1, 0)),
    wrong("rounded up", "You round the number of places up. A window that does not fit whole has no place: round "
          "down, with //.", counts=lambda n, f, s, p: math.ceil((n + 2 * p - f) / s) + 1),
    wrong("/ for //", "You divide with /, which gives a number with a decimal point. A number of places is whole: use "
          "//.", counts=lambda n, f, s, p: (n + 2 * p - f) / s + 1),
    wrong("+ 1 forgotten", "You count one place too few each way: the window also stands where it starts, hence + 1.",
          counts=lambda n, f, s, p: (n + 2 * p - f) // s),
    wrong("+ 1 before the division", "You add the 1 before you divide by the stride. Divide first, then add 1.",
          counts=lambda n, f, s, p: (n + 2 * p - f + 1) // s),
    wrong("stride not counted", "The size of your result does not count the stride: there are as many places as with "
          "stride 1.", counts=lambda n, f, s, p: n + 2 * p - f + 1),
    wrong("size divided by the stride", "The size of your result is the picture's, divided by the stride: the "
          "window's size is not in it.", counts=lambda n, f, s, p: -(-n // s)),
    wrong("loops over input rows", "Your result has a place for each row and column of the padded picture. A window "
          "needs room: count the places where it fits.", counts=lambda n, f, s, p: n + 2 * p),
    # --- which places are visited ---
    wrong("range(0, out, stride)", "You visit every stride-th place of the result, which leaves zeros between them. "
          "Each place has a neuron: the stride belongs in the window's start.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(0, h, s) for j in range(0, w, s)),
          window=lambda i, f, s, p: slice(i, i + f)),
    wrong("border left zero", "The places whose window reaches into the padding are left at 0. They see pixels too: "
          "compute them like the rest.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(h) for j in range(w) if inside(i, j))),
    wrong("first row only", "Only the first row of your result is filled: see whether the `return` stands inside a "
          "loop.", visits=lambda h, w, s, inside: ((i, j) for i in range(min(h, 1)) for j in range(w))),
    wrong("first place only", "Only the first place of your result is filled: see whether the `return` stands inside "
          "the loops.", visits=lambda h, w, s, inside: np.ndindex(min(h, 1), min(w, 1))),
    wrong("last place only", "Only the last place of your result is filled: does the line that writes stand behind "
          "the loops?", visits=lambda h, w, s, inside: ((i, j) for i in range(h - 1, h) for j in range(w - 1, w))),
    wrong("last row and column left out", "The last row and the last column of your result are never filled: range(n) "
          "ends before n by itself.", visits=lambda h, w, s, inside: np.ndindex(max(h - 1, 0), max(w - 1, 0))),
    wrong("last row left out", "The last row of your result is never filled: range(n) ends before n by itself.",
          visits=lambda h, w, s, inside: np.ndindex(max(h - 1, 0), w)),
    wrong("last column left out", "The last column of your result is never filled: range(n) ends before n by itself.",
          visits=lambda h, w, s, inside: np.ndindex(h, max(w - 1, 0))),
    # --- where a window starts, and where it ends ---
    wrong("stride ignored", "You move the window by one pixel, whatever stride says.", moves=lambda s: 1),
    wrong("the index without its stride", "The result has the right size, but the window of place (i, j) starts at "
          "(i, j). It starts at (i * stride, j * stride).", window=lambda i, f, s, p: slice(i, i + f)),
    wrong("stride added to the index", "The stride is added to the index of the window. Place i starts at i * stride.",
          window=after_the_first),
    wrong("stride on the end only", "The end of your window moves with the stride, but its start does not.",
          window=lambda i, f, s, p: slice(i, i * s + f)),
    wrong("stride on the start only", "The start of your window moves with the stride, but its end does not.",
          window=lambda i, f, s, p: slice(i * s, i + f)),
    wrong("the stride as window size", "Your window is stride x stride pixels. Its size is the kernel's; the stride "
          "says how far it moves.", window=lambda i, f, s, p: slice(i * s, (i + 1) * s)),
    wrong("steps as long as the window", "Your window moves by its own size. It moves by the stride: windows may "
          "overlap.", window=lambda i, f, s, p: slice(i * f, (i + 1) * f)),
    wrong("stride as dilation", "You take every stride-th pixel inside the window. The stride says how far the whole "
          "window moves.", window=lambda i, f, s, p: slice(i * s, i * s + f * s, s)),
    wrong("stride inside the window alone", "The stride stands between the pixels of your window, and not between the "
          "windows. Place i starts at i * stride, and the pixels of a window are neighbours.",
          window=lambda i, f, s, p: slice(i, i + f * s, s)),
    wrong("padding added to the start", "You start each window `padding` pixels too far down and to the right. In the "
          "padded picture the first window starts at 0.", window=lambda i, f, s, p: slice(i * s + p, i * s + p + f)),
    wrong("padding taken from the start", "You start each window `padding` pixels too early. That is its place in the "
          "picture itself; the padded picture counts from the first zero.",
          window=lambda i, f, s, p: slice(max(i * s - p, 0), max(i * s - p + f, 0))),
    wrong("window too small", "Your window is one row and one column too small: the end of a slice is the first index "
          "that is left out.", window=lambda i, f, s, p: slice(i * s, i * s + f - 1)),
    wrong("window too large", "Your window is one row and one column too large: the end of a slice is left out "
          "already.", window=lambda i, f, s, p: slice(i * s, i * s + f + 1)),
    # --- height and width ---
    wrong("square windows assumed", "You take the window's height for its width, too. It has both.",
          kernel_size=lambda f: (f[0], f[0])),
    wrong("square windows assumed, by the width", "You take the window's width for its height, too. It has both.",
          kernel_size=lambda f: (f[1], f[1])),
    wrong("3 x 3 windows assumed", "Your window is always 3 × 3 pixels.", kernel_size=lambda f: (3, 3)),
    wrong("window's height and width swapped", "You take the window's height for its width, and its width for its "
          "height: it is (height, width).", kernel_size=lambda f: (f[1], f[0])),
    wrong("picture's height and width swapped", "The height of your result comes from the picture's width, and its "
          "width from the height: a shape is (height, width).", picture_size=lambda n: (n[1], n[0])),
    wrong("width from the height", "Both the height and the width of your result come from the picture's height.",
          picture_size=lambda n: (n[0], n[0])),
    wrong("height and width of the result swapped", "Your result is transposed: its rows stand where its columns "
          "should stand.", axes=lambda z: z.swapaxes(-1, -2)),
    # --- what is refused ---
    wrong("refuses sizes that do not divide", "You refuse pictures that the stride does not divide. The last pixels "
          "are left out then, and the rest is right.", refuses=with_a_remainder),
    wrong("refuses rectangles", "You refuse kernels that are not square. They are asked for, too.", refuses=rectangles),
    wrong("refuses even kernels", "You refuse kernels of an even size. They are asked for, too.", refuses=even_kernels),
    wrong("refuses rectangles and even kernels", "You refuse kernels that are not square, and kernels of an even "
          "size. Both are asked for.", refuses=rectangles_and_even),
]  # fmt: skip
