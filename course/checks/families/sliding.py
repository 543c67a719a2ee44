"""Sliding a kernel over pictures, as the parts that people get right or wrong independently of each other.

`convolve` is the computation of every exercise in which a kernel slides: `correlate2d`, `conv_volume`, `conv2d`. Its
keyword-only arguments are the parts. `MISTAKES` are wrong ways to do one part each.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..spec import Mistake, wrong
from . import geometry
from .geometry import Pair

__all__ = [
    "FRAME_MISTAKES",
    "MISTAKES",
    "PLAIN_MISTAKES",
    "PLANE_MISTAKES",
    "STEP_MISTAKES",
    "convolve",
    "correlate_one",
]

Array = np.ndarray


def as_it_is(array: Array) -> Array:
    """Change nothing."""
    return array


def products(window: Array, weight: Array) -> Array:
    """Multiply each pixel of a window (N, 1, C, f_h, f_w) by its weight (F, C, f_h, f_w)."""
    return window * weight


def added_up(terms: Array) -> Array:
    """Add up the products of each neuron: channels, rows and columns are the last three axes."""
    return terms.sum(axis=(-3, -2, -1))


def with_bias(z: Array, bias: Array, terms: Array) -> Array:
    """Add to each map its own bias."""
    return z + bias


def of_last_axes(shape: tuple[int, ...]) -> Pair:
    """Read the kernel's height and width from the shape of the weights."""
    return shape[-2], shape[-1]


def of_the_window(shape: tuple[int, ...], size: Pair) -> Pair:
    """Count the places for a window of its own size."""
    return size


def as_summed(z: Array, bias: Array) -> Array:
    """Change nothing once all maps are filled."""
    return z


def convolve(
    x: Array,
    weight: Array,
    bias: Array,
    stride: int,
    padding: int,
    *,
    refuses: Callable[..., None] = geometry.refuses_nothing,
    moves: Callable[[int], int] = geometry.by_the_stride,
    rings: Callable[[int], int] = geometry.as_asked,
    border: Callable[[Array, int], Array] = geometry.zeros_around,
    reads: Callable[[Array, Array], Array] = geometry.the_padded_picture,
    picture_size: Callable[[Pair], Pair] = geometry.right_size,
    size_from: Callable[[tuple[int, ...]], Pair] = of_last_axes,
    kernel_size: Callable[[Pair], Pair] = geometry.right_size,
    fits: Callable[[tuple[int, ...], Pair], Pair] = of_the_window,
    counts: Callable[[int, int, int, int], Any] = geometry.places,
    visits: Callable[..., Iterable[Pair]] = geometry.every_place,
    window: Callable[[int, int, int, int], slice] = geometry.its_window,
    channels: Callable[[Array], Array] = as_it_is,
    kernel: Callable[[Array], Array] = as_it_is,
    meets: Callable[[Array, Array], Array] = products,
    sums: Callable[[Array], Array] = added_up,
    biased: Callable[[Array, Array, Array], Array] = with_bias,
    writes: Callable[..., None] = geometry.into_its_place,
    kind: Callable[[Array], Any] = lambda x: float,
    finished: Callable[[Array, Array], Array] = as_summed,
    maps: Callable[[Array], Array] = as_it_is,
    pictures: Callable[[Array], Array] = as_it_is,
    axes: Callable[[Array], Array] = as_it_is,
) -> Array:
    """Convolve pictures (N, C, H, W) with kernels (F, C, f_h, f_w); each part can be replaced by a wrong way."""
    x, weight, bias = np.asarray(x), np.asarray(weight), np.asarray(bias)
    s, p = moves(stride), rings(padding)
    refuses(x.shape[-2:], weight.shape[-2:], s, p)
    padded = border(x, p)
    source = reads(x, padded)
    f_h, f_w = kernel_size(size_from(weight.shape))
    height, width = picture_size(x.shape[-2:])
    counted_h, counted_w = fits(weight.shape, (f_h, f_w))
    out_h, out_w = counts(height, counted_h, s, p), counts(width, counted_w, s, p)
    z = np.zeros((len(x), len(weight), out_h, out_w), dtype=kind(x))
    turned = kernel(weight)
    inside = functools.partial(geometry.within, picture=x.shape[-2:], kernel=weight.shape[-2:], s=s, p=p)
    for i, j in visits(out_h, out_w, s, inside):
        seen = source[:, np.newaxis, :, window(i, f_h, s, p), window(j, f_w, s, p)]
        terms = channels(meets(seen, turned))
        writes(z, i, j, biased(sums(terms), bias, terms))
    return axes(pictures(maps(finished(z, bias))))


def matrix_product(window: Array, weight: Array) -> Array:
    """Multiply window and kernel as matrices, channel by channel."""
    return window @ weight


def dot_of_stacks(window: Array, weight: Array) -> Array:
    """Multiply as np.dot does with three axes: each channel of the window with each channel of the kernel."""
    if window.shape[-1] != weight.shape[-2]:
        shapes = f"{window.shape[-3:]} and {weight.shape[-3:]}".replace(" ", "").replace("and", " and ")
        raise ValueError(f"shapes {shapes} not aligned: {window.shape[-1]} (dim 2) != {weight.shape[-2]} (dim 1)")
    return (window.sum(axis=(-3, -2)) * weight.sum(axis=(-3, -1)))[..., np.newaxis, np.newaxis, :]


def once_for_each(axis: str) -> Callable[[Array, Array, Array], Array]:
    """Return what adds the bias once for each product, row of the kernel, or channel."""
    count = {"product": np.s_[-3:], "row": np.s_[-2:-1], "channel": np.s_[-3:-2], "row and channel": np.s_[-3:-1]}[axis]
    return lambda z, bias, terms: z + bias * int(np.prod(terms.shape[count]))


def first_bias(z: Array, bias: Array, terms: Array) -> Array:
    """Add the first bias to all maps."""
    return z + np.ravel(bias)[0]


def one_number(z: Array, bias: Array, terms: Array) -> Array:
    """Turn the whole array of biases into one number."""
    return z + float(np.repeat(bias, 2))


def as_many_channels_as_maps(terms: Array) -> Array:
    """Look at as many channels as there are maps."""
    maps, channels = terms.shape[1:3]
    if maps > channels:
        raise IndexError(f"index {channels} is out of bounds for axis 0 with size {channels}")
    return terms[:, :, :maps]


def as_many_maps_as_channels(z: Array, bias: Array, terms: Array) -> Array:
    """Fill as many maps as there are channels."""
    maps, channels = terms.shape[1:3]
    if channels > maps:
        raise IndexError(f"index {maps} is out of bounds for axis 0 with size {maps}")
    return np.where(np.arange(maps) < channels, z + bias, 0)


def each_over_the_last(terms: Array) -> Array:
    """Keep the last product alone."""
    return terms[..., -1, -1, -1]


def of_channels_alone(terms: Array) -> Array:
    """Add up the channels alone: a window is left, which does not fit where one number belongs."""
    np.zeros(1)[0] = terms[0, 0].sum(axis=0)  # stops, in some versions of NumPy for a window of one pixel as well
    return added_up(terms)


KERNEL_MISTAKES = [
    wrong("kernel flipped", "Your result is that of a kernel turned by half a turn. Here the kernel lies on the "
          "window as it is.", kernel=lambda w: w[..., ::-1, ::-1]),
    wrong("kernel upside down", "Your result is that of a kernel whose rows are turned upside down. It lies on the "
          "window as it is.", kernel=lambda w: w[..., ::-1, :]),
    wrong("kernel mirrored", "Your result is that of a kernel whose columns are mirrored. It lies on the window as it "
          "is.", kernel=lambda w: w[..., ::-1]),
    wrong("kernel transposed", "Window and kernel do not meet as they lie: one of them is transposed, so that the "
          "rows of one meet the columns of the other.", kernel=lambda w: w.swapaxes(-1, -2)),
    wrong("matrix product for elementwise", "You use the matrix product (@ or np.dot) of window and kernel. Each "
          "pixel meets one weight: multiply element by element, with *.", meets=matrix_product),
    wrong("weights added", "You add the weights to the pixels. Each pixel is multiplied by its weight.",
          meets=lambda window, weight: window + weight),
    wrong("weights left out", "Your result is that of a kernel of ones: the weights are not in it.",
          meets=lambda window, weight: window * np.ones_like(weight)),
    wrong("mean for sum", "You take the mean of the products. A neuron adds them up.",
          sums=lambda terms: terms.mean(axis=(-3, -2, -1))),
    wrong("the largest product", "You take the largest of the products. A neuron adds them up.",
          sums=lambda terms: terms.max(axis=(-3, -2, -1))),
    wrong("last product only", "The last product alone is left of each sum. Is there an = where += should stand?",
          sums=each_over_the_last),
    wrong("negative sums cut off", "Sums below 0 become 0. That is the ReLU, which comes after the convolution, in a "
          "later lesson.", biased=lambda z, bias, terms: np.maximum(z + bias, 0)),
]  # fmt: skip

BIAS_MISTAKES = [
    wrong("bias forgotten", "The bias is missing.", biased=lambda z, bias, terms: z),
    wrong("bias subtracted", "You subtract the bias. It is added.", biased=lambda z, bias, terms: z - bias),
    wrong("bias inside the sum", "You add the bias to every product, so that it counts once for each weight. It is "
          "added once, after the sum.", biased=once_for_each("product")),
    wrong("bias once for each row of the kernel", "The bias counts once for each row of the kernel. Add it once, "
          "after all sums.", biased=once_for_each("row")),
    wrong("bias added twice", "You add the bias twice.", biased=lambda z, bias, terms: z + 2 * bias),
    wrong("bias multiplied", "You multiply by the bias. It is added.", biased=lambda z, bias, terms: z * bias),
]  # fmt: skip

# One for each thing that goes wrong with channels and maps, where there are several.
DEPTH_MISTAKES = [
    wrong("np.dot for elementwise", "You use np.dot of window and kernel: it makes matrix products, of every channel "
          "with every other. Each pixel meets one weight: multiply element by element, with *.", meets=dot_of_stacks),
    wrong("bias once for each channel", "The bias counts once for each channel. Add it once, after the sum over the "
          "channels.", biased=once_for_each("channel")),
    wrong("bias once for each row and channel", "The bias counts once for each row of the kernel in each channel. Add "
          "it once, after all sums.", biased=once_for_each("row and channel")),
    wrong("one bias for all maps", "You add the first bias to all maps. Each map has its own: bias[k].",
          biased=first_bias),
    wrong("bias along the columns", "You add the biases along the columns of the maps. There is one for each map: it "
          "belongs to the map's axis.", biased=lambda z, bias, terms: z, finished=lambda z, bias: z + bias),
    wrong("float of the array of biases", "You turn the whole array of biases into one number, which stops with a "
          "TypeError. Pick one of them: bias[k].", biased=one_number),
    wrong("first channel only", "You look at the first channel alone. A kernel is as deep as the layer below: sum "
          "over all channels.", channels=lambda terms: terms[..., :1, :, :]),
    wrong("last channel only", "Only the last channel is left in your sums. Is there an = where += should stand?",
          channels=lambda terms: terms[..., -1:, :, :]),
    wrong("depthwise", "Map k looks at channel k alone. Every map looks at all channels.",
          channels=lambda terms: np.stack(
              [terms[:, k, k % terms.shape[2], :, :][:, np.newaxis] for k in range(terms.shape[1])], axis=1
          )),
    wrong("channels counted by the maps", "You look at as many channels as there are maps. Both are read from the "
          "shape of the weights: maps first, then channels.", channels=as_many_channels_as_maps),
    wrong("maps counted by the channels", "You fill as many maps as there are channels. There is a map for each "
          "kernel: len(weight).", biased=as_many_maps_as_channels),
    wrong("number of filters for kernel size", "In the size of the result, the number of kernels stands for their "
          "size. The shape of the weights is (maps, channels, height, width).",
          fits=lambda shape, size: (shape[0], shape[0])),
    wrong("window as large as the number of filters", "Your window is as large as the number of kernels. The shape of "
          "the weights is (maps, channels, height, width).", size_from=lambda shape: (shape[0], shape[0])),
    wrong("kernel size from the first axes", "You read the size of the window from the first axes of the weights. "
          "Their shape is (maps, channels, height, width).", size_from=lambda shape: (shape[0], shape[1])),
    wrong("kernel size from the middle axes", "You read the size of the window from the second and third axis of the "
          "weights. Their shape is (maps, channels, height, width).", size_from=lambda shape: (shape[1], shape[2])),
    wrong("summed over the channels alone", "You sum over the channels alone: a whole window is left where one number "
          "belongs. Sum over all axes.", sums=of_channels_alone),
    wrong("sums over output channels", "You add the maps together. They are the result, one for each kernel.",
          maps=lambda z: np.repeat(z.sum(axis=1, keepdims=True), z.shape[1], axis=1)),
    wrong("maps added into one", "You return one map, the sum of all. Each kernel gives a map of its own.",
          maps=lambda z: z.sum(axis=1)),
    wrong("first map alone", "You return the first map alone. Each kernel gives a map, and all of them are the result.",
          maps=lambda z: z[:, 0]),
    wrong("one kernel for all maps", "All your maps come from the first kernel. Map k has its own: weight[k].",
          kernel=lambda w: np.repeat(w[:1], len(w), axis=0)),
    wrong("first map only", "Only the first map is filled, the others are zeros. Does the `return` stand inside a "
          "loop?", maps=lambda z: geometry.kept(z, np.s_[:, :1])),
    wrong("last map only", "Only the last map is filled, the others are zeros. Is the array of zeros made anew inside "
          "the loop?", maps=lambda z: geometry.kept(z, np.s_[:, -1:])),
]  # fmt: skip


TYPE_MISTAKES = [
    wrong("whole numbers out", "Your result holds whole numbers only, so fractions are cut off. Make it an array of "
          "floats.", kind=lambda x: int),
    wrong("kept in the picture's type", "Your result has the type of the picture: with a picture of bytes, fractions "
          "are lost and large sums wrap round. Make it an array of floats.", kind=lambda x: x.dtype),
    wrong("rounded down", "Your numbers are rounded down to whole ones. Nothing is divided or rounded in a "
          "convolution.", axes=np.floor),
]  # fmt: skip

MISTAKES: list[Mistake] = [*KERNEL_MISTAKES, *BIAS_MISTAKES, *geometry.MISTAKES, *TYPE_MISTAKES]


# --- One picture, one kernel --------------------------------------------------------------------------------


def no_frame(image: Array, kernel: Pair, padding: int) -> tuple[Array, int]:
    """Leave the padding to be added as asked for."""
    return image, padding


def correlate_one(
    image: Array,
    kernel: Array,
    /,
    stride: int = 1,
    padding: int = 0,
    bias: float = 0.0,
    *,
    frame: Callable[[Array, Pair, int], tuple[Array, int]] = no_frame,
    ends: Callable[[Array, float, int], Any] = lambda z, bias, s: z,
    **parts: Any,
) -> Any:
    """Slide one kernel over one picture: `convolve` without channels, maps and batch, and with two parts more."""
    image, kernel = np.asarray(image), np.asarray(kernel)
    image, padding = frame(image, kernel.shape, padding)
    x, weight = image[np.newaxis, np.newaxis], kernel[np.newaxis, np.newaxis]
    z = convolve(x, weight, np.asarray(bias), stride, padding, **parts)
    return ends(z[0, 0], bias, stride)


def framed(widths: Callable[[Pair, int], Any], **options: Any) -> Callable[[Array, Pair, int], tuple[Array, int]]:
    """Return what pads a picture by widths of its own, and asks for no more padding."""
    return lambda image, kernel, p: (np.pad(image, widths(kernel, p), **options), 0)


def swapped_places(h: int, w: int, s: int, inside: geometry.Inside) -> Iterable[Pair]:
    """Visit every place, with its row and its column swapped."""
    return ((j, i) for i in range(h) for j in range(w))


def swapped_place(z: Array, i: int, j: int, value: Array) -> None:
    """Write the value of a place with row and column swapped."""
    z[..., j, i] = value


def bytes_of(values: Array) -> Array:
    """Return what is left of numbers in a byte: fractions cut off, and the remainder of 256."""
    return np.trunc(values).astype(np.int64).astype(np.uint8)


# How much is padded, where the size of the result follows from the padded picture.
FRAME_MISTAKES = [
    wrong("one side only", "You add the zeros below and on the right, but none above and on the left: padding counts "
          "on each side.", frame=framed(lambda f, p: (0, p))),
    wrong("rows only", "You pad above and below, but not left and right.", frame=framed(lambda f, p: ((p, p), (0, 0)))),
    wrong("columns only", "You pad left and right, but not above and below.",
          frame=framed(lambda f, p: ((0, 0), (p, p)))),
    wrong("padding shared by two sides", "You treat padding as the total of two sides. It is the number of zeros on "
          "each side.", frame=framed(lambda f, p: (p // 2, p - p // 2))),
]  # fmt: skip

# What happens to the sums of all places in the end, or on the way there.
PLANE_MISTAKES = [
    wrong("total carried on", "Each of your sums still holds those of the places before it. Begin with 0 again at "
          "each place.", ends=lambda z, bias, s: np.cumsum(z - bias).reshape(z.shape) + bias),
    wrong("total carried along the row", "Each of your sums still holds those of the places before it in its row. "
          "Begin with 0 again at each place.", ends=lambda z, bias, s: np.cumsum(z - bias, axis=1) + bias),
    wrong("row and column of the window swapped", "For the place in row i, column j you cut out the window of row j, "
          "column i.", visits=swapped_places, writes=swapped_place),
    wrong("row and column of the place swapped", "You write the sum of row i, column j into row j, column i.",
          writes=swapped_place),
    wrong("rows as long as the result is high", "Your sums are right, but they are laid out in rows as long as the "
          "result is high. A shape is (rows, columns).", ends=lambda z, bias, s: z.reshape(z.shape[::-1])),
    wrong("one long row", "Your sums stand in one long row. Lay them out in rows and columns, one for each place.",
          ends=lambda z, bias, s: z.ravel()),
    wrong("first sum returned", "You return one number, that of the first place: the `return` stands inside the loops.",
          ends=lambda z, bias, s: z[0, 0]),
    wrong("last sum returned", "You return one number, that of the last place. Each sum belongs into its cell of the "
          "result.", ends=lambda z, bias, s: z[-1, -1]),
    wrong("signs dropped", "Your minus signs are gone. A sum may be negative.", ends=lambda z, bias, s: np.abs(z)),
    wrong("bytes out", "Your result is of bytes (uint8): fractions and minus signs are lost. Make it an array of "
          "floats.", ends=lambda z, bias, s: bytes_of(z)),
    wrong("kernel divided by its sum", "Your result is that of a kernel that was divided by the sum of its weights. "
          "Take the weights as they are.", kernel=lambda w: w / w.sum()),
    wrong("windows begin at 1", "Your windows begin one row too low and one column too far right: counting starts at "
          "0.", window=lambda i, f, s, p: slice(i * s + 1, i * s + 1 + f)),
]  # fmt: skip

# One axis alone moves by the stride.
STEP_MISTAKES = [
    wrong("stride for rows only", "Your window moves by the stride downwards, but by one pixel to the right.",
          moves=lambda s: 1, ends=lambda z, bias, s: z[::s]),
    wrong("stride for columns only", "Your window moves by the stride to the right, but by one pixel downwards.",
          moves=lambda s: 1, ends=lambda z, bias, s: z[:, ::s]),
    wrong("column without its stride", "The size of your result is right, but your windows start at column j. They "
          "start at column j * stride.", moves=lambda s: 1, ends=lambda z, bias, s: z[::s, : -(-z.shape[1] // s)]),
    wrong("row without its stride", "The size of your result is right, but your windows start at row i. They start at "
          "row i * stride.", moves=lambda s: 1, ends=lambda z, bias, s: z[: -(-z.shape[0] // s), ::s]),
]  # fmt: skip

# What can go wrong where there is neither stride nor padding nor bias.
PLAIN = {
    "+ 1 forgotten", "first row only", "first place only", "last place only", "last row and column left out",
    "last row left out", "last column left out", "steps as long as the window", "window too small", "window too large",
    "square windows assumed", "square windows assumed, by the width", "3 x 3 windows assumed",
    "window's height and width swapped", "picture's height and width swapped", "width from the height",
    "height and width of the result swapped", "refuses rectangles", "refuses even kernels", "loops over input rows",
    "matrix product for elementwise", "weights added", "weights left out", "mean for sum", "the largest product",
    "last product only", "negative sums cut off", "whole numbers out", "rounded down",
}  # fmt: skip
PLAIN_MISTAKES = [mistake for mistake in MISTAKES if mistake.name in PLAIN]
