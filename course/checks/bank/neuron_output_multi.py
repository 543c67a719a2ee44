"""`neuron_output_multi`: Equation 14-1 for one neuron, in the order of its symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, photo, tenths
from ..families.geometry import Pair
from ..spec import Case, Exercise, Focus, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray


def neuron_output_multi(x: Array, weight: Array, bias: Array, row: int, column: int, k: int, stride: Pair) -> float:
    """Return the output of one neuron: Equation 14-1 of the book."""
    (f_h, f_w), top, left = weight.shape[:2], row * stride[0], column * stride[1]
    window = x[top : top + f_h, left : left + f_w]
    return float(bias[k] + (window.astype(float) * weight[..., k]).sum())


# --- The right way in parts -----------------------------------------------------------------------------------


def its_own(array: Array, k: int) -> Array:
    """Take the weights of map k."""
    return array[..., k]


def all_of_it(window: Array, kernel: Array) -> tuple[Array, Array]:
    """Go through every row and column."""
    return window, kernel


def same_channels(window: Array, kernel: Array, k: int) -> tuple[Array, Array]:
    """Go through every channel."""
    return window, kernel


def of_the_map(bias: Array, row: int, column: int, k: int) -> Any:
    """Take the bias of map k."""
    return bias[k]


def by_parts(
    x: Array,
    weight: Array,
    bias: Array,
    row: int,
    column: int,
    k: int,
    stride: Pair,
    *,
    place: Callable[[Pair], Pair] = lambda place: place,
    moves: Callable[[Pair, Pair], Pair] = lambda stride, size: stride,
    sized: Callable[[tuple[int, ...], Pair], Pair] = lambda shape, stride: (shape[0], shape[1]),
    window: Callable[[int, int, int], slice] = lambda i, f, s: slice(i * s, i * s + f),
    picks: Callable[[Array, int], Array] = its_own,
    turned: Callable[[Array], Array] = lambda kernel: kernel,
    covers: Callable[[Array, Array], tuple[Array, Array]] = all_of_it,
    channels: Callable[[Array, Array, int], tuple[Array, Array]] = same_channels,
    meets: Callable[[Array, Array], Array] = lambda window, kernel: window * kernel,
    sums: Callable[[Array], Any] = lambda terms: terms.sum(),
    chosen: Callable[[Array, int, int, int], Any] = of_the_map,
    biased: Callable[[Any, Any, Pair, Array], Any] = lambda z, b, size, terms: z + b,
    kind: Callable[[Any, Array], Any] = lambda z, x: z,
) -> Any:
    """Return the output of one neuron; each part can be replaced by a wrong way to do it."""
    i, j = place((row, column))
    f_h, f_w = sized(weight.shape, stride)
    s_h, s_w = moves(stride, weight.shape[:2])
    seen = x[window(i, f_h, s_h), window(j, f_w, s_w)].astype(float)
    terms = meets(*channels(*covers(seen, turned(picks(weight, k))), k))
    return kind(biased(sums(terms), chosen(bias, row, column, k), weight.shape[:2], terms), x)


# --- Cases --------------------------------------------------------------------------------------------------


def whole(rng: np.random.Generator, *shape: int) -> Array:
    """Return whole numbers without 0: the fraction of each result is that of a bias, and never lost by chance."""
    return rng.choice([n for n in range(-5, 10) if n], size=shape).astype(float)


def make(rng: np.random.Generator, height: int, width: int, channels: int, f_h: int, f_w: int, maps: int, row: int,
         column: int, k: int, s_h: int, s_w: int, negative: bool) -> dict[str, Any]:  # fmt: skip
    """Return a picture and a layer, channels and maps last, and a neuron whose window lies inside."""
    if row * s_h + f_h > height or column * s_w + f_w > width or k >= maps:
        raise ValueError("there is no such neuron")
    x, weight, bias = (
        whole(rng, height, width, channels),
        whole(rng, f_h, f_w, channels, maps),
        tenths(rng, maps) + 0.05,
    )
    return {
        "x": np.abs(x) if negative else x,
        "weight": -np.abs(weight) if negative else weight,
        "bias": -np.abs(bias) if negative else bias,
        "row": row,
        "column": column,
        "k": k,
        "stride": (s_h, s_w),
    }


cases = Maker(
    make,
    note=lambda row, column, k, f_h, f_w, s_h, s_w, **sizes: (
        f"a {f_h} × {f_w} window, row {row}, column {column}, map {k}, stride ({s_h}, {s_w})"
    ),
    least={"row": 0, "column": 0, "k": 0},
    height=5, width=6, channels=3, f_h=2, f_w=2, maps=5, row=2, column=3, k=1, s_h=1, s_w=1, negative=False,
)  # fmt: skip


def bytes_of_a_photo(rng: np.random.Generator) -> list[Case]:
    """Return a picture of bytes."""
    layer = {"weight": tenths(rng, 2, 3, 3, 2) + 0.05, "bias": tenths(rng, 2)}
    return [Case({"x": photo(rng, 4, 5, 3), **layer, "row": 1, "column": 1, "k": 1, "stride": (2, 1)}, "uint8")]


PROPERTIES = [
    Property(
        "plain",
        "With stride 1 the neuron sees rows i to i + f_h - 1 and columns j to j + f_w - 1.",
        cases({}, {"f_h": 3, "f_w": 3, "row": 0, "column": 1, "k": 2},
              {"channels": 2, "f_h": 3, "f_w": 3, "maps": 4, "column": 1, "k": 3},
              {"negative": True, "note": "a sum below 0"}),
    ),
    Property(
        "rectangles",
        "The receptive field may be higher than wide, or wider than high.",
        cases({"f_w": 3, "k": 2}, {"height": 6, "width": 4, "f_h": 4, "f_w": 1, "maps": 2, "column": 1}),
    ),
    Property(
        "stride",
        "With a stride, the window starts at row i * s_h and column j * s_w.",
        cases({"height": 6, "width": 8, "s_h": 2, "s_w": 2}, {"height": 8, "f_w": 3, "maps": 4, "k": 2, "s_h": 3},
              {"width": 9, "channels": 2, "f_w": 3, "column": 2, "s_w": 3}),
    ),
    Property(
        "maps",
        "Neurons at one place in different maps see the same inputs, with other weights.",
        cases(*({"f_h": 3, "maps": 4, "k": k} for k in range(4))),
    ),
    Property(
        "whole numbers",
        "A picture of whole numbers gives a float, and sums do not wrap round.",
        bytes_of_a_photo,
        unusual=True,
    ),
]  # fmt: skip

# Windows of a wrong size that fit all the same.
telling = cases(
    {"width": 10, "f_h": 1, "f_w": 1, "s_h": 2, "s_w": 3},
    {"height": 7, "f_h": 3, "f_w": 3, "column": 1, "s_h": 2, "s_w": 3},
    {"channels": 2, "maps": 2},
)


def focus(case: Case, index: tuple[int, ...]) -> Focus:
    """Return the receptive field of the neuron."""
    given = case.arguments
    f_h, f_w = given["weight"].shape[:2]
    top, left = given["row"] * given["stride"][0], given["column"] * given["stride"][1]
    note = f"The neuron sees rows {top} to {top + f_h - 1} and columns {left} to {left + f_w - 1}, in every channel."
    return Focus("x", (slice(top, top + f_h), slice(left, left + f_w)), note=note)


# --- Mistakes -----------------------------------------------------------------------------------------------


def of_both(*index: Any) -> Callable[..., tuple[Array, Array]]:
    """Return what goes through a part of window and kernel alone."""
    return lambda window, kernel, *k: (window[index], kernel[index])


def matrix_products(window: Array, kernel: Array) -> Array:
    """Multiply window and kernel as matrices, channel by channel."""
    return np.moveaxis(window, 2, 0) @ np.moveaxis(kernel, 2, 0)


def last_of(terms: Array) -> Any:
    """Keep the last product."""
    return terms[-1, -1, -1]


def in_the_type_of(z: Any, x: Array) -> Any:
    """Turn the result into the picture's type."""
    return np.asarray(z).astype(x.dtype)


RETURN = "See whether the `return` stands inside a loop."

MISTAKES = [
    # --- where the window is, and how large ---
    wrong("row and column swapped", "You use the column for the rows of the window. The row comes first.",
          place=lambda place: place[::-1]),
    wrong("the index without its stride", "You start the window at row i, column j. With a stride it starts at i * "
          "s_h, j * s_w.", moves=lambda stride, size: (1, 1)),
    wrong("stride height and width swapped", "You use the horizontal stride for the rows. The pair is (s_h, s_w): "
          "vertical first.", moves=lambda stride, size: stride[::-1]),
    wrong("vertical stride for both", "You use the vertical stride for the columns, too. The pair is (s_h, s_w).",
          moves=lambda stride, size: (stride[0], stride[0])),
    wrong("horizontal stride for both", "You use the horizontal stride for the rows, too. The pair is (s_h, s_w).",
          moves=lambda stride, size: (stride[1], stride[1])),
    wrong("steps as long as the window", "You move by the size of the window for each neuron. The step is the stride: "
          "windows may overlap.", moves=lambda stride, size: size),
    wrong("stride added to the index", "You add the stride to the index. The window starts at i * s_h, j * s_w.",
          window=lambda i, f, s: slice(i + s, i + s + f)),
    wrong("stride on the end only", "You multiply the end of the window by the stride, but not its start.",
          window=lambda i, f, s: slice(i, i * s + f)),
    wrong("stride on the start only", "You multiply the start of the window by the stride, but not its end.",
          window=lambda i, f, s: slice(i * s, i + f)),
    wrong("stride as dilation", "You take every s-th pixel inside the window. The pixels of a window are neighbours.",
          window=lambda i, f, s: slice(i * s, i * s + f * s, s)),
    wrong("stride inside the window alone", "You multiply u and v by the stride: i + u * s. The place of the neuron "
          "is: i * s + u.", window=lambda i, f, s: slice(i, i + f * s, s)),
    wrong("window around the neuron", "Your window has its middle at i * s. It starts there.",
          window=lambda i, f, s: slice(max(i * s - f // 2, 0), max(i * s - f // 2, 0) + f)),
    wrong("window too large", "Your window is one row and one column too large: the end of a slice is left out "
          "already.", window=lambda i, f, s: slice(i * s, i * s + f + 1)),
    wrong("window too small", "Your window is one row and one column too small: the end of a slice is the first index "
          "that is left out.", window=lambda i, f, s: slice(i * s, i * s + f - 1)),
    wrong("stride as the size of the window", "Your window has the size of the stride. Its size is that of the "
          "weights; the stride says where it starts.", sized=lambda shape, stride: stride),
    wrong("square weights assumed", "You take the height of the weights for their width, too. They may be 2 × 3.",
          sized=lambda shape, stride: (shape[0], shape[0])),
    wrong("square weights assumed, by the width", "You take the width of the weights for their height, too. They may "
          "be 2 × 3.", sized=lambda shape, stride: (shape[1], shape[1])),
    wrong("window's height and width swapped", "You take the height of the weights for their width, and the width for "
          "their height: the first axis is u, down the rows.", sized=lambda shape, stride: (shape[1], shape[0])),
    wrong("3 x 3 weights assumed", "Your window is always 3 × 3. Read its size from the shape of the weights.",
          sized=lambda shape, stride: (3, 3)),
    wrong("PyTorch's order of axes", "You read the size of the window from the last axes of the weights, as in "
          "PyTorch's order. Here they are (f_h, f_w, channels, maps).",
          sized=lambda shape, stride: (shape[2], shape[3])),
    # --- which weights ---
    wrong("the first axis for the map", "You pick the map with weight[k]. In the order of Equation 14-1 the map is "
          "the last axis.", picks=lambda weight, k: weight[k]),
    wrong("the channel's axis for the map", "You pick the map with the third axis, which counts the channels below. "
          "The map is the last axis.", picks=lambda weight, k: weight[:, :, k]),
    wrong("first map's weights", "You take the weights of the first map, whatever k is. Each map has its own.",
          picks=lambda weight, k: weight[..., 0]),
    wrong("last map's weights", "You take the weights of the last map, whatever k is. Each map has its own.",
          picks=lambda weight, k: weight[..., -1]),
    wrong("sums over output channels", "You sum the weights of all output maps. This neuron uses those of its own "
          "map, weight[..., k].", picks=lambda weight, k: weight.sum(axis=-1)),
    wrong("kernel flipped", "You turn the weights round before you multiply. Equation 14-1 does not: u and v run the "
          "same way in x and w.", turned=lambda w: w[::-1, ::-1]),
    wrong("kernel upside down", "You turn the rows of the weights upside down. u runs the same way in x and w.",
          turned=lambda w: w[::-1]),
    wrong("kernel mirrored", "You mirror the columns of the weights. v runs the same way in x and w.",
          turned=lambda w: w[:, ::-1]),
    wrong("kernel transposed", "The rows of the weights meet the columns of the window: u and v are swapped in one of "
          "them.", turned=lambda w: w.swapaxes(0, 1)),
    # --- what is gone through ---
    wrong("the end off by one", "Your sums leave out the last row and the last column of the window: a slice or a "
          "range leaves its end out already.", covers=of_both(np.s_[:-1], np.s_[:-1])),
    wrong("last row left out", "Your sums leave out the last row of the window: range(f_h) ends before f_h by itself.",
          covers=of_both(np.s_[:-1])),
    wrong("last column left out", "Your sums leave out the last column of the window: range(f_w) ends before f_w by "
          "itself.", covers=of_both(np.s_[:], np.s_[:-1])),
    wrong("first row and column left out", "Your sums leave out the first row and column. u and v count from 0.",
          covers=of_both(np.s_[1:], np.s_[1:])),
    wrong("first row only", f"Only the first row of the window is in your sum. {RETURN}", covers=of_both(np.s_[:1])),
    wrong("first pixel only",
          f"Only the first pixel of the window is in your sum. {RETURN}", covers=of_both(np.s_[:1], np.s_[:1])),
    wrong("first product only",
          f"Only the first product is in your sum. {RETURN}", covers=of_both(np.s_[:1], np.s_[:1], np.s_[:1])),
    wrong("diagonal only", "Only the pixels on the diagonal of the window are in your sum: u and v need a loop each.",
          sums=lambda terms: np.trace(terms).sum()),
    wrong("first channel only", "You look at the first channel alone. The receptive field reaches through all maps of "
          "the layer below.", channels=of_both(..., np.s_[:1])),
    wrong("last channel only", "Only the last channel is left in your sum. Is there an = where += should stand?",
          channels=of_both(..., np.s_[-1:])),
    wrong("last channel left out", "Your sum leaves out the last channel: range(n) ends before n by itself.",
          channels=of_both(..., np.s_[:-1])),
    wrong("depthwise", "You let map k look at channel k alone. Every map looks at all channels, k' from 0 to the last.",
          channels=lambda window, kernel, k: (window[..., [k % window.shape[2]]], kernel[..., [k % window.shape[2]]])),
    wrong("channel k of the picture", "You take channel k of the picture for every weight: k is the map, k' the "
          "channel.", channels=lambda window, kernel, k: (window[..., [k]], kernel)),
    wrong("first channel of the picture", "You take the first channel of the picture for all weights. Channel k' "
          "meets the weights of channel k'.", channels=lambda window, kernel, k: (window[..., :1], kernel)),
    # --- how they meet, and what is added up ---
    wrong("matrix product for elementwise", "You use a matrix product of window and weights. Each pixel meets one "
          "weight: multiply element by element.", meets=matrix_products),
    wrong("weights added", "You add the weights to the pixels. Each pixel is multiplied by its weight.",
          meets=lambda window, kernel: window + kernel),
    wrong("weights left out", "Your result is that of weights that are all 1: the weights are not in it.",
          meets=lambda window, kernel: window * np.ones_like(kernel)),
    wrong("mean for sum", "You take the mean of the products. The neuron takes their sum.",
          sums=lambda terms: terms.mean()),
    wrong("the largest product", "You take the largest of the products. The neuron adds them up.",
          sums=lambda terms: terms.max()),
    wrong("last product only", "Only the last product is left of your sum. Is there an = where += should stand?",
          sums=last_of),
    wrong("last product only, and no bias", "Only the last product is left, without the bias. Is there an = where += "
          "should stand?", sums=last_of, chosen=lambda bias, row, column, k: 0),
    wrong("one sum for each channel", "You add up rows and columns alone, so that a number is left for each channel. "
          "There are three sums.", sums=lambda terms: terms.sum(axis=(0, 1))),
    wrong("one sum for each pixel", "You add up the channels alone, so that a whole window is left. There are three "
          "sums.", sums=lambda terms: terms.sum(axis=2)),
    wrong("summed over the first axis alone", "You add up one axis alone, so that an array is left. There are three "
          "sums.", sums=lambda terms: terms.sum(axis=0)),
    wrong("nothing summed", "You return the products themselves. Equation 14-1 adds them all up.",
          sums=lambda terms: terms),
    # --- the bias ---
    wrong("bias forgotten", "The bias b[k] is missing.", chosen=lambda bias, row, column, k: 0),
    wrong("one bias for all maps", "You take the first bias whatever k is. Each map has its own: b[k].",
          chosen=lambda bias, row, column, k: bias[0]),
    wrong("last bias for all maps", "You take the last bias whatever k is. Each map has its own: b[k].",
          chosen=lambda bias, row, column, k: bias[-1]),
    wrong("all biases at once", "You add the whole array of biases, so many numbers come out. This neuron belongs to "
          "one map, k.", chosen=lambda bias, row, column, k: bias),
    wrong("sum of the biases", "You add the biases of all maps. This neuron has one: b[k].",
          chosen=lambda bias, row, column, k: bias.sum()),
    wrong("all maps at once", "You return the neurons of all maps at this place. One of them is asked for, that of "
          "map k.", picks=lambda weight, k: weight, meets=lambda window, kernel: window[..., np.newaxis] * kernel,
          sums=lambda terms: terms.sum(axis=(0, 1, 2)), chosen=lambda bias, row, column, k: bias),
    wrong("float of the array of biases", "You turn the whole array of biases into one number, which stops with a "
          "TypeError. Pick one of them: bias[k].", chosen=lambda bias, row, column, k: float(bias)),
    wrong("bias by the row", "You pick the bias with the row of the neuron. The biases are counted by map: b[k].",
          chosen=lambda bias, row, column, k: bias[row]),
    wrong("bias by the column", "You pick the bias with the column of the neuron. The biases are counted by map: b[k].",
          chosen=lambda bias, row, column, k: bias[column]),
    wrong("bias subtracted", "You subtract the bias. It is added.", biased=lambda z, b, size, terms: z - b),
    wrong("bias multiplied", "You multiply by the bias. It is added.", biased=lambda z, b, size, terms: z * b),
    wrong("bias added inside the sum", "You add the bias once for each product. It is added once for the neuron, "
          "outside the sum.", biased=lambda z, b, size, terms: z + b * terms.size),
    wrong("bias once for each row", "You add the bias once for each row of the window. It is added once for the "
          "neuron.", biased=lambda z, b, size, terms: z + b * terms.shape[0]),
    wrong("bias once for each pixel", "You add the bias once for each pixel of the window. It is added once for the "
          "neuron.", biased=lambda z, b, size, terms: z + b * terms[..., 0].size),
    wrong("bias once for each channel", "You add the bias once for each channel. It is added once for the neuron.",
          biased=lambda z, b, size, terms: z + b * terms.shape[2]),
    # --- what is returned ---
    wrong("negative sums cut off", "Sums below 0 become 0. That is the ReLU, which comes after the neuron, in a later "
          "lesson.", kind=lambda z, x: np.maximum(z, 0)),
    wrong("cut to a whole number", "You cut the result to a whole number. It is a float.", kind=lambda z, x: int(z)),
    wrong("integer division", "Your result is rounded down. Nothing is divided or rounded in Equation 14-1.",
          kind=lambda z, x: np.floor(z)),
    wrong("kept in the picture's type", "You keep the result in the type of the picture. In uint8, 256 becomes 0, and "
          "fractions are lost.", kind=in_the_type_of),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------


def loops(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> Any:
    """Write each sum as a loop."""
    z = bias[k]
    for u, v, k_below in np.ndindex(weight.shape[:3]):
        z += x[row * stride[0] + u, column * stride[1] + v, k_below] * weight[u, v, k_below, k]
    return z


def through(meets: Callable[[Array, Array], Any]) -> Callable[..., Any]:
    """Return a right answer in which window and weights of one map meet in another way."""

    def right(x: Any, weight: Any, bias: Any, row: int, column: int, k: int, stride: Any) -> Any:
        top, left = row * stride[0], column * stride[1]
        window = x[top : top + weight.shape[0], left : left + weight.shape[1]]
        return bias[k] + meets(window, weight[:, :, :, k])

    return right


EXERCISE = Exercise(
    name="neuron_output_multi",
    reference=neuron_output_multi,
    computation=by_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    telling=telling,
    hints=[
        "Equation 14-1 has three sums. How far does each of u, v and k' run? Look at weight.shape.",
        "The pixel that meets weight[u, v, k_below, k] is x[row * s_h + u, column * s_w + v, k_below].",
        "Start z at bias[k]. Inside three loops, add one product to z each time; return z after all of them.",
    ],
    right_forms=[
        Form("three loops", loops),
        Form("tensordot", through(lambda window, kernel: np.tensordot(window, kernel, axes=3))),
        Form("einsum", through(lambda window, kernel: np.einsum("uvc,uvc->", window, kernel))),
        Form("dot of flat arrays", through(lambda window, kernel: window.ravel() @ kernel.ravel())),
    ],
    focus=focus,
)
