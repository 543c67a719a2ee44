"""`global_avg_pool`: of each map, its mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import ops
from ..cases import Maker
from ..families import pooling
from ..families.geometry import kept
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, channels: int, height: int, width: int) -> dict[str, Any]:
    """Return feature maps."""
    return {"x": pooling.maps_of(rng, (pictures, channels, height, width))}


cases = Maker(
    make,
    note=lambda pictures, channels, height, width: f"{pictures} × {channels} maps of {height} × {width}",
    pictures=1, channels=1, height=2, width=2,
)  # fmt: skip


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return maps of one pixel, whole numbers, bytes, a hole, an empty batch."""
    hole = pooling.maps_of(rng, (2, 3, 2, 4))
    hole[1, 2, 0, 3] = np.nan
    return [
        *cases({"channels": 4, "height": 1, "width": 1, "note": "maps of one pixel"})(rng),
        Case({"x": 4 * rng.integers(-40, 40, (2, 3, 4, 5)) + np.eye(4, 5, dtype=int)}, "whole numbers"),
        Case({"x": rng.integers(150, 255, (2, 3, 4, 5), dtype=np.uint8)}, "uint8"),
        Case({"x": hole}, "one NaN, not a number: its map has no mean, the others have"),
        Case({"x": np.zeros((0, 3, 4, 5))}, "an empty batch"),
    ]


PROPERTIES = [
    Property(
        "means",
        "Each map of each sample becomes its mean: shape (N, C).",
        lambda rng: [
            Case({"x": pooling.BOOK}, "the window of figure 14-8"),
            *cases({"pictures": 2, "channels": 3, "height": 4, "width": 5}, {"channels": 2, "height": 3},
                   {"pictures": 5, "channels": 2, "height": 4, "width": 3})(rng),
        ],
    ),
    Property(
        "unusual input",
        "Maps of one pixel, whole numbers, bytes, a NaN (its map alone gives NaN) and an empty batch work too.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def mean(x: Array, axes: Any, keepdims: bool) -> Array:
    """Take means along the axes."""
    return x.mean(axis=axes, keepdims=keepdims)


def global_average(
    x: Array,
    *,
    kind: Callable[[Array], Any] = lambda x: float,
    axes: Any = (2, 3),
    keepdims: bool = False,
    takes: Callable[[Array, Any, bool], Array] = mean,
    maps: Callable[[Array], Array] = lambda z: z,
    result: Callable[[Array, Array], Array] = lambda z, x: z,
) -> Array:
    """Average over the axes of rows and columns; each part can be replaced by a wrong way to do it."""
    x = np.asarray(x)
    return result(maps(takes(x.astype(kind(x)), axes, keepdims)), x)


def divided_by(count: Callable[..., float]) -> Callable[[Array, Any, bool], Array]:
    """Return what divides the sums by a count, which is made of the shape of x."""
    return lambda x, axes, keepdims: x.sum(axis=axes, keepdims=keepdims) / count(*x.shape)


def each_axis_given(x: Array, axes: Any, keepdims: bool) -> Array:
    """Give the axes one by one, where NumPy takes the second for a type."""
    return x.mean(2, 3)  # type: ignore[call-overload]


MISTAKES = [
    # --- along which axes ---
    wrong("across channels", "You average over the channels too: one number for each sample. Each map has a mean of "
          "its own.", axes=(1, 2, 3)),
    wrong("across the batch", "You average over the samples too: one number for each channel.", axes=(0, 2, 3)),
    wrong("one number", "You return a single number, of everything. Each map has a mean of its own.", axes=None),
    wrong("one axis only", "You average over the columns only. Rows have to go too.", axes=3),
    wrong("rows only", "You average over the rows only. Columns have to go too.", axes=2),
    wrong("the wrong axes", "You average over axes 0 and 1, the samples and channels. The pixels of a map lie along "
          "axes 2 and 3.", axes=(0, 1)),
    wrong("channels taken for last", "You average over axes 1 and 2, where rows and columns lie if the channels come "
          "last. Here they lie along axes 2 and 3.", axes=(1, 2)),
    wrong("over the channels alone", "You average over the channels, axis 1. Rows and columns have to go.", axes=1),
    wrong("over the batch alone", "You average over the samples, axis 0. Rows and columns have to go.", axes=0),
    wrong("axes counted from 1", "You ask for axes 3 and 4. NumPy counts axes from 0, so that rows and columns are 2 "
          "and 3.", axes=(3, 4)),
    wrong("a list of axes", "NumPy takes a tuple of axes, and stops at a list: write (2, 3).", axes=[2, 3]),
    wrong("each axis given by itself", "The second argument of mean is a type, not a further axis. Give the axes "
          "together, as a tuple.", takes=each_axis_given),
    wrong("all axes kept", "Your output keeps the axes that were averaged over, with a size of 1. Let them go: (N, C).",
          keepdims=True),
    # --- what is taken, and divided by what ---
    wrong("sum for mean", "You return the sum of each map. Divide by its number of pixels.",
          takes=divided_by(lambda n, c, h, w: 1)),
    wrong("max for mean", "You return the largest value of each map, not the mean.",
          takes=lambda x, axes, keepdims: x.max(axis=axes, keepdims=keepdims)),
    wrong("min for mean", "You return the smallest value of each map, not the mean.",
          takes=lambda x, axes, keepdims: x.min(axis=axes, keepdims=keepdims)),
    wrong("median for mean", "You return the median of each map, not the mean.",
          takes=lambda x, axes, keepdims: np.median(x, axis=axes, keepdims=keepdims)),
    *[
        wrong(name, f"You divide by {what}. A map has height times width pixels.", takes=divided_by(count))
        for name, what, count in (
            ("divided by the channels", "the number of channels", lambda n, c, h, w: c),
            ("divided by the samples", "the number of samples", lambda n, c, h, w: n),
            ("divided by samples and channels", "the number of maps", lambda n, c, h, w: n * c),
            ("divided by the height", "the height", lambda n, c, h, w: h),
            ("divided by the width", "the width", lambda n, c, h, w: w),
            ("divided by the height twice", "height * height", lambda n, c, h, w: h * h),
            ("divided by the width twice", "width * width", lambda n, c, h, w: w * w),
            ("divided by height plus width", "height + width", lambda n, c, h, w: h + w),
            ("divided by all pixels of a sample", "the pixels of all channels", lambda n, c, h, w: c * h * w),
            ("divided by all pixels", "the pixels of all maps of all samples", lambda n, c, h, w: n * c * h * w),
            ("divided by 4", "4, which is right for maps of 2 × 2 alone", lambda n, c, h, w: 4),
            ("divided twice", "the number of pixels twice", lambda n, c, h, w: (h * w) ** 2),
        )
    ],
    # --- which maps, in which shape ---
    wrong("samples and channels swapped", "Your output has the channels first: (C, N). The samples come first: (N, C).",
          maps=lambda z: z.T),
    wrong("in one row", "Your output is one long row of numbers. Its shape is (N, C).", maps=np.ravel),
    wrong("first sample only", "You return the means of the first sample alone.", maps=lambda z: z[:1]),
    wrong("the batch left out", "You return the means of the first sample alone, without the axis of the batch.",
          maps=lambda z: z[0]),
    wrong("first channel only", "You return the means of the first channel alone.", maps=lambda z: z[:, :1]),
    wrong("first channel without its axis", "You return the means of the first channel alone, without the axis of the "
          "channels.", maps=lambda z: z[:, 0]),
    wrong("first map filled", "Only the first mean is filled in, the others are zeros. Does the `return` stand inside "
          "a loop?", maps=lambda z: kept(z, np.s_[:1, :1])),
    wrong("last map filled", "Only the last mean is there, the others are zeros. Is the output made anew inside a "
          "loop, or filled outside it?", maps=lambda z: kept(z, np.s_[-1:, -1:])),
    wrong("first sample filled", "Only the means of the first sample are filled in, the others are zeros.",
          maps=lambda z: kept(z, np.s_[:1])),
    wrong("last sample filled", "Only the means of the last sample are there, the others are zeros. Is the output "
          "made anew inside a loop?", maps=lambda z: kept(z, np.s_[-1:])),
    wrong("a sum kept from map to map", "Your sum is not started again for each map: what was added before stays in "
          "it.", maps=lambda z: z.cumsum().reshape(z.shape)),
    wrong("a sum kept from channel to channel", "Your sum is started again for each sample only: what the channels "
          "before added stays in it.", maps=lambda z: z.cumsum(axis=1)),
    # --- types ---
    wrong("// for /", "Your means are rounded down to whole numbers: // does that. A mean has a fraction.",
          result=lambda z, x: np.floor(z)),
    wrong("fractions cut off", "The fractions of your means are cut off: int() does that. A mean has a fraction.",
          result=lambda z, x: np.trunc(z)),
    wrong("rounded", "Your means are rounded to whole numbers.", result=lambda z, x: np.round(z)),
    wrong("whole numbers out", "Your output holds whole numbers. It should be floats.",
          result=lambda z, x: z.astype(int)),
    wrong("integer division", "Your means of whole numbers are whole numbers: the fraction is lost. Is the output "
          "made in the type of x?", result=lambda z, x: z.astype(x.dtype)),
    wrong("// for whole numbers", "Your means of whole numbers are rounded down: // does that. They have fractions, "
          "too.", result=lambda z, x: np.floor(z) if x.dtype.kind in "iu" else z),
    wrong("uint8 sums", "Your sums wrap round: in uint8, 200 + 100 is 44. Turn the values into floats first.",
          kind=lambda x: x.dtype,
          takes=lambda x, axes, keepdims: x.sum(axis=axes, keepdims=keepdims, dtype=x.dtype) / x[0, 0].size),
    wrong("NaN passed over", "A map with NaN (not a number) has no mean: it should give NaN.",
          takes=lambda x, axes, keepdims: np.nanmean(x, axis=axes, keepdims=keepdims)),
    wrong("axes of size 1 squeezed away", "np.squeeze takes away every axis of size 1, also that of a batch of one "
          "picture or of a single channel.", maps=np.squeeze),
    wrong("nothing to reshape", "It works, until the batch is empty: reshape(..., -1) cannot tell how long a row of "
          "nothing is.", maps=lambda z: z if z.size else z.reshape(*z.shape, -1)),
    wrong("nothing to stack", "It works, until the batch is empty: np.array of an empty list has lost the channels. "
          "Make the output first.", maps=lambda z: np.array(list(z))),
]  # fmt: skip

# --- Right forms, hints -----------------------------------------------------------------------------------------


def by_loops(x: Any) -> Any:
    """Add up value by value."""
    out = np.zeros(x.shape[:2])
    for n, c in np.ndindex(out.shape):
        out[n, c] = sum(float(value) for value in x[n, c].ravel()) / x[n, c].size
    return out


def flattened(x: Any) -> Any:
    """Average over rows of pixels."""
    return np.asarray(x, dtype=float).reshape(*x.shape[:2], x.shape[2] * x.shape[3]).mean(axis=2)


EXERCISE = Exercise(
    name="global_avg_pool",
    reference=ops.global_avg_pool,
    computation=global_average,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=["Which two axes have to go?", "x.mean takes a tuple of axes."],
    right_forms=[
        Form("loops", by_loops),
        Form("flattened", flattened),
        Form("einsum", lambda x: np.einsum("nchw->nc", np.asarray(x, dtype=float)) / (x.shape[2] * x.shape[3])),
        Form("twice", lambda x: np.asarray(x, dtype=float).mean(axis=-1).mean(axis=-1)),
        Form("one window", lambda x: ops.avg_pool2d(x, x.shape[2:], 1)[:, :, 0, 0]),
    ],
)
