"""`apply_filter_uint8`: from bytes to bytes, by way of floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...ops import plane
from ..cases import Maker, between
from ..families import sliding
from ..families.focus import window_over
from ..spec import Case, Exercise, Focus, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- The answer, and cases ----------------------------------------------------------------------------------


def half(f: sliding.Pair) -> list[sliding.Pair]:
    """Return the width of the border on each side: half the kernel's size, rounded down."""
    return [(n // 2, n // 2) for n in f]


def filtered(image: Any, kernel: Any) -> Array:
    """Return the filtered picture as floats, as large as the picture."""
    return plane.correlate2d(np.pad(np.asarray(image, dtype=np.float64), half(kernel.shape)), kernel)


def apply_filter_uint8(image: Any, kernel: Any) -> Array:
    """Filter a picture of bytes: floats inside, clipped and rounded at the end."""
    return np.rint(np.clip(filtered(image, kernel), 0, 255)).astype(np.uint8)


# How bright the picture is, and between which numbers the weights lie, before their sum is made the last number.
KINDS: dict[str, tuple[int, int, float, float, float]] = {
    "soft": (0, 256, 0.1, 1.0, 0.9),
    "mean": (180, 256, 0.9, 1.1, 0.97),
    "mixed": (0, 256, -1.0, 1.0, 0.6),
    "dark": (60, 256, -1.0, 0.4, -1.2),
    "bright": (150, 256, 0.3, 1.0, 1.9),
    "large": (60, 256, -0.9, 0.9, 0.5),
}


def make(rng: np.random.Generator, height: int, width: int, f_h: int, f_w: int, kind: str) -> dict[str, Any]:
    """Return a picture and a kernel whose sums are neither whole nor half-way: the order of adding decides nothing."""
    darkest, end, least, most, total = KINDS[kind]
    for _ in range(200):
        image = rng.integers(darkest, end, size=(height, width)).astype(np.uint8)
        kernel = rng.uniform(least, most, size=(f_h, f_w))
        kernel = kernel * total / kernel.sum() if least > 0 else kernel + (total - kernel.sum()) / kernel.size
        if least < 0 and f_h * f_w > 1:
            kernel.flat[rng.permutation(kernel.size)[:2]] += (-0.75, 0.75)
        if kind == "large":
            kernel.flat[rng.permutation(kernel.size)[:3]] = rng.uniform((-1.9, 1.1, 2.1), (-1.1, 1.9, 2.9))
        kernel = kernel.round(4)
        windows = sliding_window_view(np.pad(image.astype(float), half(kernel.shape)), kernel.shape)
        sums, turned = (np.einsum("ijuv,uv->ij", windows, w) for w in (kernel, kernel[::-1, ::-1]))
        if far_from_halves(sums, 0.004) and far_from_halves(turned, 0.0005) and is_decisive(sums, kernel, kind):
            return {"image": image, "kernel": kernel}
    raise ValueError("a picture so small has no such sums")


def far_from_halves(sums: Array, least: float) -> bool:
    """Tell whether no sum is near a whole or half number."""
    doubled = 2 * sums % 1
    return bool(np.minimum(doubled, 1 - doubled).min() > 2 * least)


def is_decisive(sums: Array, kernel: Array, kind: str) -> bool:
    """Tell whether fractions go both ways, and sums lie where they should."""
    if kernel.size > 1 and np.ptp(kernel) < 0.1 * np.abs(kernel).max():
        return False
    if kind in ("soft", "mean"):
        ups = (sums[(sums > 1) & (sums < 254)] % 1 > 0.5).sum()
        return bool(sums.min() > -0.4 and sums.max() < 255.4 and (sums.size < 4 or 0 < ups < sums.size))
    if kind == "dark":
        return bool(((sums < -1.5) & (sums > -250)).any())
    return kind != "bright" or bool((sums > 257).any())


cases = Maker(
    make,
    note=lambda f_h, f_w, **others: f"a kernel of {f_h} × {f_w}",
    least={"height": 1, "width": 1},
    height=3, width=4, f_h=3, f_w=3, kind="soft",
)  # fmt: skip

PROPERTIES = [
    Property(
        "blur",
        "Where no sum leaves 0 to 255, it is rounded and stored.",
        cases({"height": 4, "width": 3}, {"width": 5}, note="nothing leaves 0 to 255"),
    ),
    Property(
        "rounding",
        "Fractions are rounded to the nearest whole number, not cut off.",
        cases({"height": 2, "width": between(3, 4), "f_h": 1, "f_w": 1, "note": "the nearest whole number counts"}),
    ),
    Property("below 0", "Sums below 0 become 0.", cases({"f_h": 1, "kind": "dark", "note": "sums below 0"})),
    Property("above 255", "Sums above 255 become 255.", cases({"f_h": 1, "kind": "bright", "note": "sums above 255"})),
    Property(
        "shapes",
        "The result is as large as the picture, whatever the kernel's height and width.",
        cases({"height": 4, "width": 6, "f_w": 5, "kind": "mixed"},
              {"height": 5, "width": 3, "f_w": 1, "kind": "mixed"}),
    ),
    Property(
        "borders",
        "Beyond the edge of the picture there are zeros.",
        cases({"height": 6, "width": 7, "f_h": 5, "f_w": 5, "kind": "mean",
               "note": "nearly a mean of 5 × 5, in a bright picture"}),
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def in_floats(image: Array) -> Array:
    """Turn the picture into floats."""
    return image.astype(float)


def as_it_is(array: Array) -> Array:
    """Change nothing."""
    return array


def zeros_around(image: Array, f: sliding.Pair, widths: list[sliding.Pair]) -> Array:
    """Add zeros on all sides."""
    return np.pad(image, widths)


def to_bytes(values: Array) -> Array:
    """Turn whole numbers into bytes; what does not fit starts again at 0."""
    return values.astype(np.int64).astype(np.uint8)


def filter_bytes(
    image: Array,
    kernel: Array,
    /,
    *,
    pixels: Callable[[Array], Array] = in_floats,
    weights: Callable[[Array], Array] = as_it_is,
    widths: Callable[[sliding.Pair], list[sliding.Pair]] = half,
    around: Callable[..., Array] = zeros_around,
    stores: Callable[[Array], Array] = as_it_is,
    limits: Callable[[Array], Array] = lambda values: np.clip(values, 0, 255),
    rounds: Callable[[Array], Array] = np.rint,
    kind: Callable[[Array], Array] = to_bytes,
    lays: Callable[[Array, Array, sliding.Pair], Array] = lambda result, image, f: result,
    for_each_pixel: bool = False,
    **parts: Any,
) -> Any:
    """Filter a picture of bytes; each part can be replaced by a wrong way to do it."""
    padded = around(pixels(image), kernel.shape, widths(kernel.shape))
    if for_each_pixel:  # and not for each place of the window, of which there are as many where the border is right
        size = tuple(n + f - 1 for n, f in zip(image.shape, kernel.shape, strict=True))
        parts = {"picture_size": lambda padded: size} | parts
    sums = sliding.correlate_one(padded, weights(kernel), **parts)
    return lays(kind(rounds(limits(stores(sums)))), image, kernel.shape)


def border_of(mode: str, **options: Any) -> Callable[..., Array]:
    """Return what pads a picture by np.pad's other modes."""
    return lambda image, f, widths: np.pad(image, widths, mode=mode, **options)  # type: ignore[call-overload]


def into(background: Callable[[Array], Array]) -> Callable[..., Array]:
    """Return what lays a smaller result into the middle of a picture."""

    def lay(result: Array, image: Array, f: sliding.Pair) -> Array:
        whole = background(image).astype(np.asarray(result).dtype)
        (top, left), (height, width) = (f[0] // 2, f[1] // 2), result.shape
        whole[top : top + height, left : left + width] = result
        return whole

    return lay


def stored_by_slice(image: Array, f: sliding.Pair, widths: list[sliding.Pair]) -> Array:
    """Lay the picture into [p:-p], which is empty where the border is 0 wide."""
    padded = np.pad(image, widths)
    (top, bottom), (left, right) = widths
    padded[top:-bottom, left:-right] = image
    return padded


def cut_at_each_addition(most: int | None) -> Callable[[Array], Array]:
    """Return what adds up products in whole numbers: each fraction is cut off at once."""

    def add_up(terms: Array) -> Array:
        total = np.zeros(terms.shape[:2])
        for term in np.moveaxis(terms.reshape(*terms.shape[:2], -1), -1, 0):
            total = np.trunc(total + term)
            total = total % most if most else total
        return total

    return add_up


def stretched(values: Array) -> Array:
    """Stretch the values so that the darkest is 0 and the brightest 255."""
    spread = values.max() - values.min()
    return 255 * (values - values.min()) / (spread or 1)


# What is right in bytes, gives the same as a mistake of this page, or cannot be made with a border of half the kernel.
NO_MISTAKE_HERE = {
    "negative sums cut off", "whole numbers out", "rounded down", "bytes out", "signs dropped", "refuses even kernels",
    "loops over input rows", "steps as long as the window",
}  # fmt: skip

WIDTHS = [
    wrong("no padding", "Your result is smaller than the picture: add zeros round it first.",
          widths=lambda f: [(0, 0)] * 2),
    wrong("padding fixed at 1", "You add one ring of zeros, which is right for 3 × 3 kernels alone. Half the kernel's "
          "size, rounded down, is what each axis needs.", widths=lambda f: [(1, 1)] * 2),
    wrong("square kernel assumed", "You pad the width by half the kernel's height. Its width may be another.",
          widths=lambda f: [(f[0] // 2, f[0] // 2)] * 2),
    wrong("square kernel assumed, by the width", "You pad the height by half the kernel's width. Its height may be "
          "another.", widths=lambda f: [(f[1] // 2, f[1] // 2)] * 2),
    wrong("sides swapped", "You pad the rows by half the kernel's width, and the columns by half its height. It is "
          "the other way round.", widths=lambda f: half(f[::-1])),
    wrong("padding doubled", "You pad by the kernel's size less 1 on each side. Half of that keeps the picture's size.",
          widths=lambda f: [(n - 1, n - 1) for n in f]),
    wrong("the whole kernel's size", "You pad by the whole size of the kernel on each side. Half of it, rounded down, "
          "is needed.", widths=lambda f: [(n, n) for n in f]),
]  # fmt: skip

MISTAKES = [
    # --- the picture and the kernel, as numbers ---
    wrong("scaled to 0..1", "Your sums are those of a picture from 0 to 1: you divide by 255, and do not multiply by "
          "it again.", pixels=lambda image: image / 255),
    wrong("arithmetic in uint8", "You multiply bytes by bytes: a weight of 0.5 becomes 0, and sums wrap round at 256. "
          "Turn the picture into floats, not the kernel into bytes.",
          weights=lambda w: sliding.bytes_of(w).astype(float), stores=sliding.bytes_of),
    wrong("products in uint8", "You multiply bytes by bytes: a weight of 0.5 becomes 0, and each product wraps round "
          "at 256. Turn the picture into floats, not the kernel into bytes.",
          weights=lambda w: sliding.bytes_of(w).astype(float), meets=lambda x, w: (x * w) % 256),
    wrong("weights as bytes", "Your weights are bytes: 0.5 becomes 0, and -1 becomes 255. Leave the kernel in floats.",
          weights=lambda w: sliding.bytes_of(w).astype(float)),
    wrong("weights as whole numbers", "Your weights are cut off to whole numbers: 0.5 becomes 0. Leave the kernel in "
          "floats.", weights=np.trunc),
    wrong("each product as a byte", "Each of your products becomes a byte before the sum: fractions are cut off, and "
          "above 255 it starts again at 0. Add up floats.", meets=lambda x, w: sliding.bytes_of(x * w).astype(float)),
    wrong("each product cut off", "The fraction of each product is cut off before the sum. Add up floats, and round "
          "the sum.", meets=lambda x, w: np.trunc(x * w)),
    wrong("cut off at each addition", "The fraction is cut off at each addition, as happens where an array of whole "
          "numbers collects the sum. Add up floats, and round at the end.", sums=cut_at_each_addition(None)),
    wrong("added up in bytes", "The fraction is cut off at each addition, and above 255 the sum starts again at 0: an "
          "array of bytes collects it. Add up floats.", sums=cut_at_each_addition(256)),
    # --- how the kernel lies ---
    wrong("kernel flipped", "Your kernel is turned by half a turn. Here it lies on the picture as it is.",
          kernel=lambda w: w[..., ::-1, ::-1]),
    wrong("kernel upside down", "Your kernel is turned upside down. Here it lies on the picture as it is.",
          kernel=lambda w: w[..., ::-1, :]),
    wrong("kernel mirrored", "Your kernel's columns are mirrored. Here it lies on the picture as it is.",
          kernel=lambda w: w[..., ::-1]),
    wrong("kernel transposed", "Window and kernel do not meet as they lie: one of them is transposed.",
          kernel=lambda w: w.swapaxes(-1, -2)),
    # --- the border ---
    *WIDTHS,
    *(wrong(f"{one.name}, pixel by pixel", one.says, for_each_pixel=True, **one.parts) for one in WIDTHS
      if one.name != "padding doubled"),
    wrong("zeros before only", "Your numbers are those of a border above and on the left that is twice as wide as it "
          "should be. Half the kernel's size is right on each side.", widths=lambda f: [(n - 1, 0) for n in f]),
    wrong("zeros after only", "All of the zeros lie below and on the right. Half of them belong above and on the left.",
          widths=lambda f: [(0, n - 1) for n in f]),
    wrong("edge repeated", "Beyond the edge you repeat the pixels of the edge. Here there are zeros.",
          around=border_of("edge")),
    wrong("edge mirrored", "Beyond the edge you mirror the picture (mode='reflect'). Here there are zeros.",
          around=border_of("reflect")),
    wrong("edge mirrored (symmetric)", "Beyond the edge you mirror the picture (mode='symmetric'). Here there are "
          "zeros.", around=border_of("symmetric")),
    wrong("wrapped round the edge", "Beyond the edge the picture goes on from its other side. Here there are zeros.",
          around=border_of("wrap")),
    wrong("white border", "Beyond the edge you put 255, which is white. Here there are zeros.",
          around=border_of("constant", constant_values=255)),
    wrong("[p:-p] is empty at 0", "Your slice [p:-p] becomes [0:-0] where the kernel is one pixel high or wide, and "
          "-0 is 0: that slice is empty. Count its end from the front.", around=stored_by_slice),
    wrong("border left zero", "The border of your result is 0. Its windows reach into the zeros, but they see pixels "
          "as well: compute them.", widths=lambda f: [(0, 0)] * 2, lays=into(np.zeros_like)),
    wrong("border left as it was", "The border of your result is that of the picture itself. Its windows reach into "
          "the zeros, but they see pixels as well: compute them.", widths=lambda f: [(0, 0)] * 2, lays=into(np.copy)),
    # --- back to bytes ---
    wrong("clip forgotten", "You round, but do not clip: in a byte, 256 becomes 0 and -1 becomes 255. Limit the "
          "values to 0..255 first.", limits=as_it_is),
    wrong("stored as bytes before clipping", "Your sums become bytes as they are: fractions are cut off, and what is "
          "outside 0..255 has wrapped round, so that no clipping helps. Keep floats until the end.",
          stores=sliding.bytes_of),
    wrong("only below 0 is limited", "You limit what is below 0, but not what is above 255: in a byte, 256 becomes 0.",
          limits=lambda values: np.maximum(values, 0)),
    wrong("only above 255 is limited", "You limit what is above 255, but not what is below 0: in a byte, -1 becomes "
          "255.", limits=lambda values: np.minimum(values, 255)),
    wrong("clipped to 0..1", "You clip to 0..1. Bytes go from 0 to 255.", limits=lambda values: np.clip(values, 0, 1)),
    wrong("too bright becomes 0", "What is above 255 becomes 0 in your result. (So does 256 in a byte, where the "
          "limits are 0..256.) It becomes 255.",
          limits=lambda values: np.where(values > 255, 0, np.maximum(values, 0))),
    wrong("absolute value", "You drop the minus signs. Sums below 0 become 0.",
          limits=lambda values: np.minimum(np.abs(values), 255)),
    wrong("stretched to 0..255", "You stretch the values so that the darkest is 0 and the brightest 255. That changes "
          "all of them; values in range should stay.", limits=stretched),
    wrong("cut, not rounded", "You cut the fraction off (.astype does that, an array of whole numbers does, and // "
          "does): 6.67 becomes 6. Round first.", rounds=np.trunc),
    wrong("rounded up", "You round up: 6.33 becomes 7. Round to the nearest whole number.", rounds=np.ceil),
    wrong("float output", "Your values are right, but they are floats. Turn them into bytes at the very end, with "
          "astype(np.uint8).", kind=as_it_is),
    wrong("not rounded, floats", "Your values are floats, with their fractions. Round them, and turn them into bytes "
          "at the very end.", rounds=as_it_is, kind=as_it_is),
    wrong("longer whole numbers", "Your values are whole numbers, but longer than a byte. Turn them into bytes at the "
          "very end, with astype(np.uint8).", kind=lambda values: values.astype(np.int64)),
    *(one for one in (*sliding.PLAIN_MISTAKES, *sliding.PLANE_MISTAKES) if one.name not in NO_MISTAKE_HERE),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def with_loops(image: Any, kernel: Any) -> Any:
    """Compute pixel by pixel."""
    f_h, f_w = kernel.shape
    padded = np.pad(image.astype(float), half(kernel.shape))
    result = np.zeros(image.shape, dtype=np.uint8)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            value = (padded[i : i + f_h, j : j + f_w] * kernel).sum()
            result[i, j] = min(255, max(0, round(value)))
    return result


def by_scipy(image: Any, kernel: Any) -> Any:
    """Let SciPy slide the kernel."""
    from scipy.ndimage import correlate

    return np.rint(np.clip(correlate(image.astype(float), kernel, mode="constant"), 0, 255)).astype(np.uint8)


def look_at(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the window of a cell, and its sum."""
    image, kernel = case.arguments["image"], case.arguments["kernel"]
    if len(index) != 2:
        return None
    p = max(f // 2 for f in kernel.shape)
    place = (index[0] + p - kernel.shape[0] // 2, index[1] + p - kernel.shape[1] // 2)
    focus = window_over("image", image, place, kernel.shape, 1, p)
    assert focus.seen is not None
    return Focus("image", focus.index, focus.seen, f"The sum of the products is {(focus.seen * kernel).sum():.4g}.")


EXERCISE = Exercise(
    name="apply_filter_uint8",
    reference=apply_filter_uint8,
    computation=filter_bytes,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Three steps: to floats, filter, back to bytes. Which of them can lose something?",
        "The result is as large as the picture. How many zeros does a kernel of height 5 need above and below? And a "
        "kernel of height 3 and width 5: how many to the left and right?",
        "Back to bytes in this order: np.clip to 0..255, np.rint to whole numbers, astype(np.uint8).",
        "zero_pad adds as much on all four sides. For a kernel that is not square, np.pad takes a pair for each axis: "
        "((top, bottom), (left, right)).",
    ],
    right_forms=[
        Form("two loops", with_loops),
        Form("rounded, then clipped", lambda x, w: np.clip(np.rint(filtered(x, w)), 0, 255).astype(np.uint8)),
        Form("half added, then cut", lambda x, w: (np.clip(filtered(x, w), 0, 255) + 0.5).astype(np.uint8)),
        Form("float32", lambda x, w: np.rint(np.clip(filtered(x, w).astype(np.float32), 0, 255)).astype(np.uint8)),
        Form("SciPy", by_scipy, library="SciPy"),
    ],
    telling=cases(
        {"height": 5, "width": 4, "kind": "mixed"},
        {"f_h": 1, "f_w": 5, "height": 2, "width": 7, "kind": "bright"},
        {"kind": "large"},
    ),
    focus=look_at,
)
