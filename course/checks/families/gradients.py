"""The gradients of a convolution, as the parts that people get right or wrong independently of each other.

`send_back` is the computation; its keyword-only arguments are the parts. `MISTAKES` are wrong ways to do one part, in
one gradient or in several: the tables `LOST` and `WINDOWS` hold what can happen to each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import Mistake, wrong
from . import geometry
from .geometry import Pair

__all__ = ["MISTAKES", "send_back"]

Array = np.ndarray
Gradients = tuple[Any, Any, Any]


def as_it_is(array: Array, *others: Any) -> Array:
    """Change nothing."""
    return array


def of_the_output(n: int, f: int, s: int, p: int, outputs: int) -> Any:
    """Take the number of places from the shape of grad_output."""
    return outputs


def with_a_border(x: Array, p: int) -> tuple[int, ...]:
    """Gather grad_x in an array with a border as wide as the padding."""
    return (*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * p)


def without_the_border(grad: Array, size: Pair, p: int) -> Array:
    """Cut the border off."""
    return grad[:, :, p : p + size[0], p : p + size[1]]


def shares(g: Array, kernel: Array) -> Array:
    """Return what each pixel of a window gets from all maps at one place: g is (N, F)."""
    return (g @ kernel.reshape(len(kernel), kernel[0].size)).reshape(len(g), *kernel.shape[1:])


def added(target: Array, g: Array, kernel: Array, seen: Array) -> None:
    """Add the shares of a window to what is there."""
    target += shares(g, kernel)


def pixels_met(g: Array, kernel: Array, seen: Array) -> Array:
    """Return what the weights get at one place: the pixels that they met, times the gradient, over all pictures."""
    return (g.T @ seen.reshape(len(seen), seen[0].size)).reshape(g.shape[1], *seen.shape[1:])


def over_pictures_and_places(g: Array) -> Array:
    """Add up what each map has."""
    return g.sum(axis=(0, 2, 3))


def in_order(grad_x: Array, grad_weight: Array, grad_bias: Array) -> Any:
    """Return the three gradients."""
    return grad_x, grad_weight, grad_bias


def send_back(
    grad_output: Array,
    x: Array,
    weight: Array,
    stride: int,
    padding: int,
    *,
    refuses: Callable[..., None] = geometry.refuses_nothing,
    rings: Callable[[int], int] = geometry.as_asked,
    border: Callable[[Array, int], Array] = geometry.zeros_around,
    reads: Callable[[Array, Array], Array] = geometry.the_padded_picture,
    kernel_size: Callable[[Pair], Pair] = geometry.right_size,
    counts: Callable[[int, int, int, int, int], Any] = of_the_output,
    from_x: Callable[[Array, int], Array] = as_it_is,
    from_weight: Callable[[Array, int], Array] = as_it_is,
    from_bias: Callable[[Array, int], Array] = as_it_is,
    spreads: Callable[[int, int, int, int], slice] = geometry.its_window,
    sees: Callable[[int, int, int, int], slice] = geometry.its_window,
    canvas: Callable[[Array, int], tuple[int, ...]] = with_a_border,
    kind: Callable[[Array], Any] = lambda x: float,
    begins: Callable[[Array, Array], Array] = as_it_is,
    kernel: Callable[[Array], Array] = as_it_is,
    channels_x: Callable[[Array], Array] = as_it_is,
    writes: Callable[[Array, Array, Array, Array], None] = added,
    meets: Callable[[Array, Array, Array], Array] = pixels_met,
    channels_weight: Callable[[Array], Array] = as_it_is,
    turned: Callable[[Array], Array] = as_it_is,
    cuts: Callable[[Array, Pair, int], Array] = without_the_border,
    sums: Callable[[Array], Any] = over_pictures_and_places,
    scale_x: Callable[[Array, Array, Array], Array] = as_it_is,
    scale_weight: Callable[[Array, Array, Array], Array] = as_it_is,
    scale_bias: Callable[[Any, Array, Array], Any] = as_it_is,
    kept_as: Callable[[Array, Array], Array] = as_it_is,
    axes: Callable[[Array], Array] = as_it_is,
    shape: Callable[[Array], Array] = as_it_is,
    returns: Callable[[Array, Array, Array], Any] = in_order,
) -> Any:
    """Return the gradients by x, weight and bias; each part can be replaced by a wrong way to do it."""
    g, x, weight = np.asarray(grad_output), np.asarray(x), np.asarray(weight)
    s, p = stride, rings(padding)
    size: Pair = x.shape[-2:]
    refuses(size, weight.shape[-2:], s, p)
    padded = border(x, p)
    source = reads(x, padded)
    f_h, f_w = kernel_size(weight.shape[-2:])
    out_h, out_w = counts(size[0], f_h, s, p, g.shape[2]), counts(size[1], f_w, s, p, g.shape[3])
    grad_padded = begins(np.zeros(canvas(x, p), kind(x)), padded)
    grad_weight = np.zeros(weight.shape)
    turned_weight, to_x, to_weight = channels_x(kernel(weight)), from_x(g, s), from_weight(g, s)
    for i, j in np.ndindex(out_h, out_w):
        seen = source[:, :, sees(i, f_h, s, p), sees(j, f_w, s, p)]
        target = grad_padded[:, :, spreads(i, f_h, s, p), spreads(j, f_w, s, p)]
        writes(target, to_x[:, :, i, j], turned_weight, seen)
        grad_weight += meets(to_weight[:, :, i, j], weight, seen)
    grad_x = kept_as(scale_x(cuts(grad_padded, size, p), g, weight), x)
    grad_weight = scale_weight(turned(channels_weight(grad_weight)), g, weight)
    return returns(axes(grad_x), shape(grad_weight), scale_bias(sums(from_bias(g, s)), g, weight))


# --- The wrong ways ---------------------------------------------------------------------------------------


def last_map_written(target: Array, g: Array, kernel: Array, seen: Array) -> None:
    """Write the shares of one map after the other over each other."""
    target[...] = shares(g[:, -1:], kernel[-1:])


def overwritten(target: Array, g: Array, kernel: Array, seen: Array) -> None:
    """Write the shares over those of the place before."""
    target[...] = shares(g, kernel)


def first_kept(target: Array, g: Array, kernel: Array, seen: Array) -> None:
    """Keep what a pixel got first, as loops over the kernel with = leave it."""
    target[...] = np.where(target == 0, shares(g, kernel), target)


def pixels_spread(target: Array, g: Array, kernel: Array, seen: Array) -> None:
    """Give the pixels of a window for its weights."""
    target += g.sum(axis=1)[:, np.newaxis, np.newaxis, np.newaxis] * seen


def weights_met(g: Array, kernel: Array, seen: Array) -> Array:
    """Give the weights for the pixels that they met."""
    return g.sum(axis=0)[:, np.newaxis, np.newaxis, np.newaxis] * kernel


def cut_and_stored(grad: Array, size: Pair, p: int) -> Array:
    """Store [p:-p], which is empty for p = 0, in an array of the right shape."""
    grad_x = np.zeros((*grad.shape[:2], *size))
    grad_x[...] = grad[:, :, p:-p, p:-p]
    return grad_x


def channels_added(array: Array) -> Array:
    """Give each channel the sum of all."""
    return np.repeat(array.sum(axis=1, keepdims=True), array.shape[1], axis=1)


def only(*index: slice) -> Callable[[Array, int], Array]:
    """Return what keeps the gradients of some outputs, and sets all others to 0."""
    return lambda g, s: geometry.kept(g, index)


def every_second(g: Array, s: int) -> Array:
    """Keep the gradients of every stride-th output."""
    return geometry.kept(g, np.s_[:, :, ::s, ::s])


ALL, FIRST, LAST, NOT_LAST, NOT_FIRST = np.s_[:], np.s_[:1], np.s_[-1:], np.s_[:-1], np.s_[1:]
PARTS = {"x": "from_x", "w": "from_weight", "b": "from_bias"}
NAMES = {"x": "grad_x", "w": "grad_weight", "b": "grad_bias"}
INDENTED = "See how far the lines that write are indented."
RETURN = "See whether the `return` stands inside a loop."
RANGE = "range(n) ends before n by itself."

# Gradients of outputs that do not arrive: the name; what alone arrives; which of (picture, map, row, column);
# in which gradients; what to think of.
LOST: list[tuple[str, str, tuple[slice, ...], str, str]] = [
    ("= for += in grad_weight", "the last place of each map of the last picture", (LAST, ALL, LAST, LAST), "w",
     "A weight is used at every place of every picture: add the shares, +=."),
    ("= for += in grad_bias", "the last place of each map of the last picture", (LAST, ALL, LAST, LAST), "b",
     "A bias is used at every place of every picture: add the shares, +=."),
    ("write-back outside the loop", "the last place of each map", (ALL, ALL, LAST, LAST), "xw xwb x w b",
     INDENTED + " Is there an = for a +=?"),
    ("last column only", "the last column of each map", (ALL, ALL, ALL, LAST), "xwb xw x w b", INDENTED),
    ("last map only", "the last map", (ALL, LAST), "xwb xw x w", INDENTED + " Is there an = for a +=?"),
    ("last picture only", "the last picture", (LAST,), "xwb xw x w b wb", INDENTED + " Is there an = for a +=?"),
    ("last place of the last map only", "the last place of the last map", (ALL, LAST, LAST, LAST), "xwb xw", INDENTED),
    ("last place of the last picture only", "the last place of each map of the last picture", (LAST, ALL, LAST, LAST),
     "xwb xw", INDENTED),
    ("last number only", "the last number of grad_output", (LAST, LAST, LAST, LAST), "xwb xw x w", INDENTED),
    ("first picture only", "the first picture", (FIRST,), "xwb xw x w", RETURN),
    ("first map only", "the first map", (ALL, FIRST), "x w xw xwb", RETURN),
    ("first place only", "the first place of each map", (ALL, ALL, FIRST, FIRST), "xwb xw", RETURN),
    ("first row only", "the first row of each map", (ALL, ALL, FIRST), "xwb xw", RETURN),
    ("first map of the first picture only", "the first map of the first picture", (FIRST, FIRST), "xwb xw", RETURN),
    ("first row of the first picture only", "the first row of each map of the first picture", (FIRST, ALL, FIRST),
     "xwb xw", RETURN),
    ("first row of the first map only", "the first row of the first map of the first picture", (FIRST, FIRST, FIRST),
     "xwb xw", RETURN),
    ("first place of the first picture only", "the first place of each map of the first picture",
     (FIRST, ALL, FIRST, FIRST), "xwb xw", RETURN),
    ("first number only", "the first number of grad_output", (FIRST, FIRST, FIRST, FIRST), "xwb xw", RETURN),
    ("last row left out", "all rows of each map but the last", (ALL, ALL, NOT_LAST), "xwb xw x w", RANGE),
    ("last column left out", "all columns of each map but the last", (ALL, ALL, ALL, NOT_LAST), "xwb xw x w", RANGE),
    ("last row and column left out", "all places but those in the last row and column", (ALL, ALL, NOT_LAST, NOT_LAST),
     "xwb xw x w", RANGE),
    ("first row and column left out", "all places but those in the first row and column",
     (ALL, ALL, NOT_FIRST, NOT_FIRST), "xwb xw", "Rows and columns are counted from 0."),
    ("last map left out", "all maps but the last", (ALL, NOT_LAST), "xwb xw", RANGE),
    ("last picture left out", "all pictures but the last", (NOT_LAST,), "xwb xw", RANGE),
    ("grad_bias of the first picture", "the first picture", (FIRST,), "b", "Is the batch summed over, too?"),
]  # fmt: skip

# Where a window starts and ends: the name; the sentence; the way; in which gradients besides both at once.
WINDOWS: list[tuple[str, str, Callable[[int, int, int, int], slice], str]] = [
    ("the index without its stride", "the window of place (i, j) starts at (i, j), whatever the stride is. It starts "
     "at (i * stride, j * stride)", lambda i, f, s, p: slice(i, i + f), "x w"),
    ("stride added to the index", "the stride is added to the index of the window. Place i starts at i * stride",
     geometry.after_the_first, ""),
    ("stride on one end only", "one end of the window moves with the stride, but the other does not",
     lambda i, f, s, p: slice(i, i * s + f), ""),
    ("the stride as window size", "the window is stride x stride pixels. Its size is the kernel's",
     lambda i, f, s, p: slice(i * s, (i + 1) * s), ""),
    ("steps as long as the window", "the window moves by its own size. It moves by the stride",
     lambda i, f, s, p: slice(i * f, (i + 1) * f), ""),
    ("stride as dilation", "the window takes every stride-th pixel. The stride says how far the whole window moves",
     lambda i, f, s, p: slice(i * s, i * s + f * s, s), ""),
    ("padding added to the start", "each window starts `padding` pixels too far down and to the right. In the padded "
     "array the first one starts at 0", lambda i, f, s, p: slice(i * s + p, i * s + p + f), "x w"),
    ("padding taken from the start", "each window starts `padding` pixels too early. In the padded array the first one "
     "starts at 0", lambda i, f, s, p: slice(max(i * s - p, 0), max(i * s - p + f, 0)), ""),
    ("window too small", "the window is one row and one column too small: the end of a slice is the first index that "
     "is left out", lambda i, f, s, p: slice(i * s, i * s + f - 1), ""),
    ("window too large", "the window is one row and one column too large: the end of a slice is left out already",
     lambda i, f, s, p: slice(i * s, i * s + f + 1), ""),
]  # fmt: skip


def listed(gradients: str) -> str:
    """Name gradients in a row: "grad_x and grad_weight"."""
    names = [NAMES[letter] for letter in gradients]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def lost(name: str, what: str, index: tuple[slice, ...], targets: str, advice: str) -> list[Mistake]:
    """Return the mistakes that the gradients of some outputs alone arrive, in some of the results."""
    usual, *others = targets.split()
    return [
        wrong(
            name if to == usual else f"{name}, in {listed(to)}",
            f"In {listed(to)} there is only what comes from {what}. {advice}",
            **{PARTS[letter]: only(*index) for letter in to},
        )
        for to in (usual, *others)
    ]


def moved(name: str, what: str, window: Callable[[int, int, int, int], slice], others: str) -> list[Mistake]:
    """Return the mistakes that windows lie elsewhere, in grad_x and grad_weight or in one of them."""
    return [
        wrong(
            name if to == "xw" else f"{name}, in {listed(to)}",
            f"In {listed(to)} {what}.",
            **{{"x": "spreads", "w": "sees"}[letter]: window for letter in to},
        )
        for to in ("xw", *others.split())
    ]


MISTAKES = [one for row in WINDOWS for one in moved(*row)] + [one for row in LOST for one in lost(*row)]
