"""The check of `apply_filter_uint8`: from bytes to bytes, by way of floats."""

from __future__ import annotations

import numpy as np

from ...ops import plane
from ..spec import Case, Exercise, Focus, Form, Mistake, Property

__all__ = ["APPLY_FILTER_UINT8"]


def _filtered(image, kernel, mode="constant"):
    """Return the filtered picture as floats, as large as the picture."""
    f_h, f_w = kernel.shape
    around = ((f_h // 2, f_h // 2), (f_w // 2, f_w // 2))
    return plane.correlate2d(np.pad(np.asarray(image, dtype=np.float64), around, mode=mode), kernel)


def apply_filter_uint8(image, kernel):
    """Filter a picture of bytes: floats inside, clipped and rounded at the end."""
    return np.rint(np.clip(_filtered(image, kernel), 0, 255)).astype(np.uint8)


def _to_bytes(values):
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def _wrapped(values):
    """Return what is left of whole numbers in a byte: the remainder of 256."""
    return np.trunc(values).astype(np.int64).astype(np.uint8)


def _multiplied_in_bytes(image, kernel):
    return plane.correlate2d(np.pad(image, [(f // 2, f // 2) for f in kernel.shape]), _wrapped(kernel)).astype(
        np.int64
    ).astype(np.uint8)  # fmt: skip


def _stretched(image, kernel):
    z = _filtered(image, kernel)
    spread = z.max() - z.min()
    return _to_bytes(255 * (z - z.min()) / (spread if spread else 1))


def _smaller(image, kernel):
    return _to_bytes(plane.correlate2d(image, kernel))


def _one_ring(image, kernel):
    return _to_bytes(plane.correlate2d(image, kernel, padding=1))


def _square_border(image, kernel):
    return _to_bytes(plane.correlate2d(image, kernel, padding=kernel.shape[0] // 2))


def _border_left_zero(image, kernel):
    result = np.zeros_like(image)
    f_h, f_w = kernel.shape
    inner = _smaller(image, kernel)
    result[f_h // 2 : f_h // 2 + inner.shape[0], f_w // 2 : f_w // 2 + inner.shape[1]] = inner
    return result


def _case(rng: np.random.Generator, shape: tuple[int, int], kernel: np.ndarray, note: str, least: int = 0) -> Case:
    return Case({"image": rng.integers(least, 256, size=shape).astype(np.uint8), "kernel": kernel}, note=note)


def _sevenths(rng: np.random.Generator, height: int, width: int, least: int = -7) -> np.ndarray:
    """Return a lopsided kernel of sevenths: no sum of them lies half-way between two whole numbers."""
    return (least + rng.permutation(height * width).reshape(height, width)) / 7


def _range_cases(rng: np.random.Generator) -> list[Case]:
    soft = (1 + rng.permutation(9).reshape(3, 3)) / 49  # a mean that leans to one side
    return [_case(rng, (4, 3), soft, "nothing leaves 0 to 255"), _case(rng, (3, 5), soft, "nothing leaves 0 to 255")]


def _rounding_cases(rng: np.random.Generator) -> list[Case]:
    image = rng.permutation(np.arange(20, 26)).reshape(2, 3).astype(np.uint8)
    return [Case({"image": image, "kernel": np.array([[1 / 3]])}, note="thirds: the nearest whole number counts")]


def _dark_cases(rng: np.random.Generator) -> list[Case]:
    kernel = np.array([[1.0, 0.0, -4.0]]) / 3
    return [_case(rng, (2, 4), kernel, "sums below 0", least=60)]


def _bright_cases(rng: np.random.Generator) -> list[Case]:
    kernel = np.array([[1.0, 2.0, 3.0]]) / 3
    return [_case(rng, (2, 4), kernel, "sums above 255", least=150)]


def _shape_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, (4, 5), _sevenths(rng, 3, 5), "a kernel of 3 x 5"),
        _case(rng, (5, 3), _sevenths(rng, 3, 1, least=-1), "a kernel of 3 x 1"),
    ]


def _border_cases(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, (6, 7), np.full((5, 5), 1 / 25), "a mean of 5 x 5 in a bright picture", least=180)]


def _with_loops(image, kernel):
    f_h, f_w = kernel.shape
    padded = np.pad(image.astype(float), [(f_h // 2, f_h // 2), (f_w // 2, f_w // 2)])
    result = np.zeros(image.shape, dtype=np.uint8)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            value = (padded[i : i + f_h, j : j + f_w] * kernel).sum()
            result[i, j] = min(255, max(0, round(value)))
    return result


def _focus(case: Case, index: tuple[int, ...]) -> Focus:
    image, kernel = case.arguments.values()
    starts = [i - f // 2 for i, f in zip(index, kernel.shape, strict=True)]
    inside = tuple(slice(max(0, a), min(n, a + f)) for a, n, f in zip(starts, image.shape, kernel.shape, strict=True))
    padded = np.pad(image.astype(np.float64), [(f // 2, f // 2) for f in kernel.shape])
    seen = padded[index[0] : index[0] + kernel.shape[0], index[1] : index[1] + kernel.shape[1]]
    return Focus("image", inside, seen=seen, note=f"The sum of the products is {(seen * kernel).sum():.4g}.")


APPLY_FILTER_UINT8 = Exercise(
    name="apply_filter_uint8",
    reference=apply_filter_uint8,
    properties=[
        Property("blur", "Where no sum leaves 0 to 255, it is rounded and stored.", _range_cases),
        Property("rounding", "Fractions are rounded to the nearest whole number, not cut off.", _rounding_cases),
        Property("below 0", "Sums below 0 become 0.", _dark_cases),
        Property("above 255", "Sums above 255 become 255.", _bright_cases),
        Property(
            "shapes", "The result is as large as the picture, whatever the kernel's height and width.", _shape_cases
        ),
        Property("borders", "Beyond the edge of the picture there are zeros.", _border_cases),
    ],
    mistakes=[
        Mistake(
            "clip forgotten",
            "You round, but do not clip: in a byte, 256 becomes 0 and -1 becomes 255. Limit the values to 0..255 "
            "first.",
            lambda image, kernel: _wrapped(np.rint(_filtered(image, kernel))),
        ),
        Mistake(
            "stored as bytes before clipping",
            "Your sums are bytes before you clip them. By then they have wrapped round, and no clipping helps. Keep "
            "floats until the end.",
            lambda image, kernel: _wrapped(_filtered(image, kernel)),
        ),
        Mistake(
            "arithmetic in uint8",
            "You multiply bytes by bytes: a weight of 0.5 becomes 0, and sums wrap round at 256. Turn the picture into "
            "floats first.",
            _multiplied_in_bytes,
        ),
        Mistake(
            "cut, not rounded",
            "You cut the fraction off (.astype does that, and so does //): 6.67 becomes 6. Round first.",
            lambda image, kernel: np.clip(_filtered(image, kernel), 0, 255).astype(np.uint8),
        ),
        Mistake(
            "float output",
            "Your values are right, but they are floats. Turn them into bytes at the very end, with astype(np.uint8).",
            lambda image, kernel: np.rint(np.clip(_filtered(image, kernel), 0, 255)),
        ),
        Mistake(
            "clipped to 0..1",
            "You clip to 0..1. Bytes go from 0 to 255.",
            lambda image, kernel: np.rint(np.clip(_filtered(image, kernel), 0, 1)).astype(np.uint8),
        ),
        Mistake(
            "stretched to 0..255",
            "You stretch the values so that the darkest is 0 and the brightest 255. That changes all of them; "
            "values in "
            "range should stay.",
            _stretched,
        ),
        Mistake(
            "absolute value",
            "You drop the minus signs. Sums below 0 become 0.",
            lambda image, kernel: _to_bytes(np.abs(_filtered(image, kernel))),
        ),
        Mistake(
            "kernel flipped",
            "Your kernel is turned by half a turn. Here it lies on the picture as it is.",
            lambda image, kernel: _to_bytes(_filtered(image, kernel[::-1, ::-1])),
        ),
        Mistake("no padding", "Your result is smaller than the picture: add zeros round it first.", _smaller),
        Mistake(
            "padding fixed at 1",
            "You add one ring of zeros, which is right for 3 x 3 kernels alone. Half the kernel's size, rounded "
            "down, is "
            "what each axis needs.",
            _one_ring,
        ),
        Mistake(
            "square kernel assumed",
            "You pad the width by half the kernel's height. Its width may be another.",
            _square_border,
        ),
        Mistake(
            "border left zero",
            "The border of your result is 0. Its windows reach into the zeros, but they see pixels as well: compute "
            "them.",
            _border_left_zero,
        ),
        Mistake(
            "edge repeated",
            "Beyond the edge you repeat the pixels of the edge. Here there are zeros.",
            lambda image, kernel: _to_bytes(_filtered(image, kernel, mode="edge")),
        ),
    ],
    hints=[
        "Three steps: to floats, filter, back to bytes. Which of them can lose something?",
        "The result is as large as the picture. How many zeros does a kernel of height 5 need above and below? And a "
        "kernel of height 3 and width 5: how many to the left and right?",
        "Back to bytes in this order: np.clip to 0..255, np.rint to whole numbers, astype(np.uint8).",
        "zero_pad adds as much on all four sides. For a kernel that is not square, np.pad takes a pair for each axis: "
        "((top, bottom), (left, right)).",
    ],
    right_forms=[
        Form("two loops", _with_loops),
        Form(
            "rounded, then clipped",
            lambda image, kernel: np.clip(np.rint(_filtered(image, kernel)), 0, 255).astype(np.uint8),
        ),
        Form(
            "half added, then cut",
            lambda image, kernel: (np.clip(_filtered(image, kernel), 0, 255) + 0.5).astype(np.uint8),
        ),
        Form("float32", lambda image, kernel: _to_bytes(_filtered(image, kernel).astype(np.float32))),
    ],
    focus=_focus,
)
