"""`true_convolution2d`: the convolution of mathematics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...ops import plane
from ..cases import Maker, numbers, photo, tenths
from ..families import sliding
from ..families.focus import window_over
from ..spec import Case, Exercise, Focus, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, height: int, width: int, f_h: int, f_w: int, of: str) -> dict[str, Any]:
    """Return a picture and a kernel; or one bright pixel, a kernel that half a turn does not change, a photo."""
    image, kernel = numbers(rng, height, width), tenths(rng, f_h, f_w)
    if of == "a dot":
        image = np.zeros((height, width))
        image[height // 2, width // 2] = 1.0
        kernel = 1.0 + rng.permutation(f_h * f_w).reshape(f_h, f_w)
    elif of == "symmetry":
        kernel = kernel + kernel[::-1, ::-1]
    elif of == "bytes":
        image = photo(rng, height, width)
    return {"image": image, "kernel": kernel}


cases = Maker(
    make,
    note=lambda f_h, f_w, **sizes: f"a kernel of {f_h} × {f_w}",
    height=4, width=5, f_h=2, f_w=2, of="numbers",
)  # fmt: skip

PROPERTIES = [
    Property(
        "square kernels",
        "The kernel is turned by half a turn, then it slides.",
        cases({"height": 3, "width": 4}, {"height": 5, "width": 4, "f_h": 3, "f_w": 3}),
    ),
    Property(
        "rectangular kernels",
        "Rows and columns are turned round, whatever their number.",
        cases({"width": 4, "f_w": 3}, {"height": 3, "f_h": 1, "f_w": 3}, {"height": 5, "width": 3, "f_h": 3, "f_w": 1}),
    ),
    Property(
        "one bright pixel",
        "One bright pixel in the dark prints the kernel, the right way round.",
        cases({"height": 5, "f_h": 3, "f_w": 3, "of": "a dot",
               "note": "one bright pixel: the result is a print of the kernel"}),
    ),
    Property(
        "symmetric kernels",
        "A kernel that looks the same after half a turn gives what correlation gives.",
        cases({"f_h": 3, "f_w": 3, "of": "symmetry", "note": "a kernel that looks the same after half a turn"}),
    ),
    Property(
        "pictures of bytes",
        "Pixels from 0 to 255 will do as well, and the result keeps its fractions.",
        cases({"height": 3, "width": 4, "of": "bytes", "note": "a picture of bytes (uint8)"}),
        unusual=True,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------

Array = np.ndarray


def convolve(
    image: Array,
    kernel: Array,
    /,
    *,
    turned: Callable[[Array], Array] = lambda w: w[::-1, ::-1],
    picture: Callable[[Array], Array] = lambda x: x,
    cut: Callable[[Array, sliding.Pair, sliding.Pair], Array] = lambda z, f, n: z,
    **parts: Any,
) -> Any:
    """Turn the kernel, then slide it; each part can be replaced by a wrong way to do it."""
    z = sliding.correlate_one(picture(image), turned(kernel), **parts)
    return cut(z, kernel.shape, image.shape)


full = sliding.framed(lambda f, p: [(n - 1, n - 1) for n in f])

MISTAKES = [
    wrong("kernel not flipped", "Your result is that of correlation: the kernel is not turned round. (Turned round "
          "twice is not at all.)", turned=lambda w: w),
    wrong("upside down only", "You turn the rows round, but not the columns.", turned=lambda w: w[::-1]),
    wrong("mirrored only", "You turn the columns round, but not the rows.", turned=lambda w: w[:, ::-1]),
    wrong("transposed", "You swap the kernel's rows and columns (.T). A convolution turns it by half a turn.",
          turned=lambda w: w.T),
    wrong("a quarter turn", "You turn the kernel by a quarter: np.rot90 once. Half a turn is two of them.",
          turned=np.rot90),
    wrong("a quarter turn backwards", "You turn the kernel by a quarter, clockwise. Half a turn is two of them.",
          turned=lambda w: np.rot90(w, 3)),
    wrong("turned and transposed", "You turn the kernel by half a turn, and swap its rows and columns as well. Half a "
          "turn alone is right.", turned=lambda w: w[::-1, ::-1].T),
    wrong("kernel[-u, -v]", "Your kernel is turned, but by one row and one column too far: -0 is 0, so kernel[-u, -v] "
          "begins with the first weight. The last one is kernel[-1, -1].",
          turned=lambda w: np.roll(w[::-1, ::-1], (1, 1), axis=(0, 1))),
    wrong("weights sorted", "Your weights stand in another order than half a turn gives: np.sort sorts them by size.",
          turned=lambda w: np.sort(w)[:, ::-1]),
    wrong("image flipped", "You turn the picture round in place of the kernel.", turned=lambda w: w,
          picture=lambda x: x[::-1, ::-1]),
    wrong("result flipped", "Your result is turned round. (Turning the result in place of the kernel, or both picture "
          "and kernel, does it.)", picture=lambda x: x[::-1, ::-1]),
    wrong("full size", "Your result is larger than it should be: here the kernel stays within the picture (no "
          "padding).", frame=full),
    wrong("same size", "Your result is as large as the picture: here the kernel stays within the picture (no padding).",
          frame=sliding.framed(lambda f, p: [(n - 1 - (n - 1) // 2, (n - 1) // 2) for n in f])),
    wrong("same size, by half the kernel", "You pad the picture by half the kernel. Here the kernel stays within the "
          "picture (no padding).", frame=sliding.framed(lambda f, p: [(n // 2, n // 2) for n in f])),
    wrong("one ring of zeros", "You add a ring of zeros round the picture. Here the kernel stays within the picture "
          "(no padding).", frame=sliding.framed(lambda f, p: 1)),
    wrong("wrapped round", "Your result has the size of the picture, and the picture goes on beyond its edge from the "
          "other side: that is the convolution that FFTs of one size give. Keep the part where the kernel stays "
          "within the picture.", frame=sliding.framed(lambda f, p: [(n - 1, 0) for n in f], mode="wrap")),
    wrong("wrapped round, and cut", "Your result has the right size, but the pixels are taken from the other side of "
          "the picture where an index is below 0. Let the kernel stay within the picture.",
          frame=sliding.framed(lambda f, p: [(n - 1, 0) for n in f], mode="wrap"),
          cut=lambda z, f, n: z[: n[0] - f[0] + 1, : n[1] - f[1] + 1]),
    wrong("cut from the corner", "Your result has the right size, but it is the top left corner of the full "
          "convolution. Keep the part where the kernel stays within the picture.", frame=full,
          cut=lambda z, f, n: z[: n[0] - f[0] + 1, : n[1] - f[1] + 1]),
    wrong("border left zero", "Your result is as large as the picture, with a border of zeros. It is smaller: it has "
          "the places alone where the kernel stays within the picture.",
          cut=lambda z, f, n: np.pad(z, [((k - 1) // 2, k - 1 - (k - 1) // 2) for k in f])),
    *sliding.PLAIN_MISTAKES,
    *sliding.PLANE_MISTAKES,
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def correlate(image: Any, kernel: Any) -> Any:
    """Return the sums of products where the kernel fits, as it lies."""
    windows = sliding_window_view(np.asarray(image, dtype=np.float64), np.shape(kernel))
    return np.einsum("ijuv,uv->ij", windows, np.asarray(kernel, dtype=np.float64))


def by_definition(image: Any, kernel: Any) -> Any:
    """Spell out the formula."""
    f_h, f_w = kernel.shape
    height, width = image.shape[0] - f_h + 1, image.shape[1] - f_w + 1
    z = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            for u in range(f_h):
                for v in range(f_w):
                    z[i, j] += kernel[u, v] * image[i + f_h - 1 - u, j + f_w - 1 - v]
    return z


def by_fft(image: Any, kernel: Any) -> Any:
    """Multiply the spectra, and keep where the kernel fits."""
    (height, width), (f_h, f_w) = image.shape, kernel.shape
    size = (height + f_h - 1, width + f_w - 1)
    z = np.fft.irfft2(np.fft.rfft2(image, size) * np.fft.rfft2(kernel, size), size)
    return z[f_h - 1 : height, f_w - 1 : width]


def by_scipy(image: Any, kernel: Any) -> Any:
    """Let SciPy do it."""
    from scipy.signal import convolve2d

    return convolve2d(np.asarray(image, dtype=np.float64), kernel, mode="valid")


def look_at(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the window of a cell."""
    if len(index) != 2:
        return None
    focus = window_over("image", case.arguments["image"], index, case.arguments["kernel"].shape, 1, 0)
    note = "The first weight of the kernel meets the last pixel of this window."
    return Focus(focus.argument, focus.index, focus.seen, note)


EXERCISE = Exercise(
    name="true_convolution2d",
    reference=plane.true_convolution2d,
    computation=convolve,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "You have a function that slides a kernel as it lies. What must happen to the kernel before?",
        "Half a turn puts the last row first and the last column first.",
        "A slice with step -1 goes backwards: `a[::-1]` turns the rows round. The columns need one as well.",
    ],
    right_forms=[
        Form("the definition, four loops", by_definition),
        Form("two quarter turns", lambda image, kernel: correlate(image, np.rot90(np.rot90(kernel)))),
        Form("np.flip", lambda image, kernel: correlate(image, np.flip(kernel))),
        Form("FFT", by_fft),
        Form("SciPy", by_scipy, library="SciPy"),
    ],
    telling=cases({"height": 5, "f_h": 3}, {"height": 3, "width": 4, "f_h": 1, "f_w": 1}),
    focus=look_at,
)
