"""The check of `correlate2d`: one neuron for each place of the window."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops import plane
from ..spec import Case, Exercise, Focus, Form, Mistake, Property
from .sliding_forms import RIGHT_FORMS

__all__ = ["CORRELATE2D"]


def _sizes(image, kernel, stride, padding) -> tuple[int, int]:
    """Return the height and width of the feature map."""
    return tuple((n + 2 * padding - f) // stride + 1 for n, f in zip(image.shape, kernel.shape, strict=True))


def _at(padded, i, j, f, stride):
    """Return the window of the neuron at (i, j), as it should be."""
    return padded[i * stride : i * stride + f[0], j * stride : j * stride + f[1]]


def _slide(
    image, kernel, stride, padding, bias, *, sizes=_sizes, window=_at, neuron=None, pad=np.pad, dtype=float
) -> Any:
    """Slide the kernel over the picture; a mistake changes one of the parts."""
    neuron = neuron or (lambda x, w, b: (x * w).sum() + b)
    out_h, out_w = sizes(image, kernel, stride, padding)
    padded = pad(image, padding)
    z = np.zeros((out_h, out_w), dtype=dtype)
    for i in range(out_h):
        for j in range(out_w):
            z[i, j] = neuron(window(padded, i, j, kernel.shape, stride), kernel, bias)
    return z


def _with_neuron(neuron):
    return lambda *arguments: _slide(*arguments, neuron=neuron)


def _with_sizes(along):
    """Return the mistake that counts places by `along(n, f, stride, padding)` for each axis."""

    def sizes(image, kernel, stride, padding):
        return tuple(along(n, f, stride, padding) for n, f in zip(image.shape, kernel.shape, strict=True))

    return lambda *arguments: _slide(*arguments, sizes=sizes)


def _with_window(window):
    return lambda *arguments: _slide(*arguments, window=window)


def _swapped_sizes(image, kernel, stride, padding):
    return _sizes(image.T, kernel, stride, padding)


def _border_left_zero(image, kernel, stride, padding, bias):
    z = _slide(image, kernel, stride, padding, bias)
    f_h, f_w = kernel.shape
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            top, left = i * stride - padding, j * stride - padding
            if top < 0 or left < 0 or top + f_h > image.shape[0] or left + f_w > image.shape[1]:
                z[i, j] = 0
    return z


def _only(kept, *arguments):
    z = _slide(*arguments)
    filled = np.zeros(z.shape)
    filled[kept] = z[kept]
    return filled


def _steps_in_the_output(image, kernel, stride, padding, bias):
    z = np.zeros(_sizes(image, kernel, stride, padding))
    padded = np.pad(image, padding)
    for i in range(0, z.shape[0], stride):
        for j in range(0, z.shape[1], stride):
            z[i, j] = (_at(padded, i, j, kernel.shape, 1) * kernel).sum() + bias
    return z


def _over_input_rows(image, kernel, stride, padding, bias):
    z = np.zeros(_sizes(image, kernel, stride, padding))
    padded = np.pad(image, padding)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            z[i, j] = (_at(padded, i, j, kernel.shape, stride) * kernel).sum() + bias
    return z


def _fixed_kernel_size(size):
    """Return the mistake that takes windows of `size(kernel)` pixels each way."""

    def mistake(image, kernel, stride, padding, bias):
        f = size(kernel)
        sizes = lambda *_: tuple((n + 2 * padding - f) // stride + 1 for n in image.shape)  # noqa: E731
        window = lambda padded, i, j, shape, s: _at(padded, i, j, (f, f), s)  # noqa: E731
        return _slide(image, kernel, stride, padding, bias, sizes=sizes, window=window)

    return mistake


def _kernel_sides_swapped(image, kernel, stride, padding, bias):
    f_w, f_h = kernel.shape
    sizes = lambda *_: tuple(  # noqa: E731
        (n + 2 * padding - f) // stride + 1 for n, f in zip(image.shape, (f_h, f_w), strict=True)
    )
    window = lambda padded, i, j, shape, s: _at(padded, i, j, (f_h, f_w), s)  # noqa: E731
    return _slide(image, kernel, stride, padding, bias, sizes=sizes, window=window)


def _undefined_at_zero(image, kernel, stride, padding, bias):
    if padding > 0:
        result = _slide(image, kernel, stride, padding, bias)
    return result


def _pad_after_only(image, padding):
    return np.pad(image, ((0, 2 * padding), (0, 2 * padding)))


def _unpadded_windows(image, kernel, stride, padding, bias):
    return _slide(image, kernel, stride, padding, bias, pad=lambda image, padding: image)


def _padding_in_the_index(image, kernel, stride, padding, bias):
    def window(padded, i, j, f, s):
        top, left = i * s + padding, j * s + padding
        return padded[top : top + f[0], left : left + f[1]]

    return _slide(image, kernel, stride, padding, bias, window=window)


MISTAKES = [
    Mistake(
        "kernel flipped",
        "Your result is that of a kernel turned by half a turn. Here the kernel lies on the window as it is.",
        _with_neuron(lambda x, w, b: (x * w[::-1, ::-1]).sum() + b),
    ),
    Mistake(
        "matrix product",
        "You use the matrix product (@ or np.dot) of window and kernel. Multiply element by element, with *.",
        _with_neuron(lambda x, w, b: (x @ w).sum() + b),
    ),
    Mistake(
        "mean for sum",
        "You take the mean of the products. A neuron adds them up.",
        _with_neuron(lambda x, w, b: (x * w).mean() + b),
    ),
    Mistake("bias forgotten", "The bias is missing.", _with_neuron(lambda x, w, b: (x * w).sum())),
    Mistake(
        "bias inside the sum",
        "You add the bias to every product, so it counts once for each weight. It is added once, after the sum.",
        _with_neuron(lambda x, w, b: (x * w + b).sum()),
    ),
    Mistake(
        "last product only",
        "Each product replaces the one before (= for +=), so that the last one alone is left.",
        _with_neuron(lambda x, w, b: (x * w)[-1, -1] + b),
    ),
    Mistake(
        "integer output",
        "Your feature map holds whole numbers only, so fractions are cut off. Make it an array of floats.",
        lambda *arguments: _slide(*arguments, dtype=int),
    ),
    Mistake(
        "output of the picture's dtype",
        "Your feature map has the dtype of the picture: with a picture of bytes, fractions are lost and large sums "
        "wrap round. Make it an array of floats.",
        lambda image, *rest: _slide(image, *rest, dtype=image.dtype),
    ),
    Mistake(
        "padding ignored",
        "You add no zeros round the picture.",
        lambda x, w, s, p, b: _slide(x, w, s, 0, b),
    ),
    Mistake(
        "padding fixed at 1",
        "You add one ring of zeros, whatever padding says.",
        lambda x, w, s, p, b: _slide(x, w, s, 1, b),
    ),
    Mistake(
        "undefined at 0",
        "With padding 0 your function uses a variable that was never set: the `if` has no other branch.",
        _undefined_at_zero,
    ),
    Mistake(
        "one side only",
        "You put all of the zeros below and on the right. Half of them belong above and on the left.",
        lambda *arguments: _slide(*arguments, pad=_pad_after_only),
    ),
    Mistake(
        "padding counted once",
        "In the size of the result you count the padding once. It is there on both sides: 2 * padding.",
        _with_sizes(lambda n, f, s, p: (n + p - f) // s + 1),
    ),
    Mistake(
        "unpadded image sliced",
        "You count with the padding, but cut your windows out of the picture without it.",
        _unpadded_windows,
    ),
    Mistake(
        "padding added to the index",
        "You start each window `padding` pixels too far down and to the right. In the padded picture the first "
        "window starts at 0.",
        _padding_in_the_index,
    ),
    Mistake(
        "border left zero",
        "The places whose window reaches into the zeros are left at 0. They see pixels too: compute them like the "
        "rest.",
        _border_left_zero,
    ),
    Mistake(
        "stride ignored",
        "You move the window by one pixel, whatever stride says.",
        lambda x, w, s, p, b: _slide(x, w, 1, p, b),
    ),
    Mistake(
        "index without its stride",
        "The result has the right size, but the window of neuron (i, j) starts at (i, j). It starts at "
        "(i * stride, j * stride).",
        _with_window(lambda padded, i, j, f, s: padded[i : i + f[0], j : j + f[1]]),
    ),
    Mistake(
        "stride on the end only",
        "The end of your window moves with the stride, but its start does not.",
        _with_window(lambda padded, i, j, f, s: padded[i : i * s + f[0], j : j * s + f[1]]),
    ),
    Mistake(
        "stride as window size",
        "Your window is stride x stride pixels. Its size is the kernel's; the stride says how far it moves.",
        _with_window(lambda padded, i, j, f, s: padded[i * s : i * s + s, j * s : j * s + s]),
    ),
    Mistake(
        "stride as dilation",
        "You take every stride-th pixel inside the window. The stride says how far the whole window moves.",
        _with_window(lambda padded, i, j, f, s: padded[i : i + f[0] * s : s, j : j + f[1] * s : s]),
    ),
    Mistake(
        "first row only",
        "Only the first row of your result is filled: see whether the `return` stands inside a loop.",
        lambda *arguments: _only((slice(0, 1),), *arguments),
    ),
    Mistake(
        "first place only",
        "Only the first place of your result is filled: see whether the `return` stands inside the loops.",
        lambda *arguments: _only((slice(0, 1), slice(0, 1)), *arguments),
    ),
    Mistake(
        "range(0, out, stride)",
        "You step through the result by the stride, which leaves holes in it. Every cell of the result has a neuron: "
        "the stride belongs in the window's start.",
        _steps_in_the_output,
    ),
    Mistake(
        "loops over input rows",
        "You loop over the rows and columns of the picture. Loop over those of the result.",
        _over_input_rows,
    ),
    Mistake(
        "end off by one",
        "Your window is one row and one column too small: the end of a slice is the first index that is left out.",
        _with_window(lambda padded, i, j, f, s: _at(padded, i, j, (f[0] - 1, f[1] - 1), s)),
    ),
    Mistake(
        "3 x 3 kernel assumed",
        "You take windows of 3 x 3 pixels. Take the size from kernel.shape.",
        _fixed_kernel_size(lambda kernel: 3),
    ),
    Mistake(
        "square kernel assumed",
        "You use the kernel's height for its width, too. kernel.shape has both.",
        _fixed_kernel_size(lambda kernel: kernel.shape[0]),
    ),
    Mistake(
        "kernel height and width swapped",
        "You take the kernel's height for its width, and its width for its height: shape is (height, width).",
        _kernel_sides_swapped,
    ),
    Mistake(
        "height and width swapped",
        "The height of your result comes from the picture's width, and its width from the height: shape is "
        "(height, width).",
        lambda *arguments: _slide(*arguments, sizes=_swapped_sizes),
    ),
    Mistake(
        "rounded up",
        "You round the number of places up. A window that does not fit whole has no place: round down, with //.",
        _with_sizes(lambda n, f, s, p: -(-(n + 2 * p - f) // s) + 1),
    ),
    Mistake(
        "+ 1 forgotten",
        "You count one place too few each way: the window also stands where it starts, hence + 1.",
        _with_sizes(lambda n, f, s, p: (n + 2 * p - f) // s),
    ),
    Mistake(
        "(n + 1) // s",
        "You add the 1 before you divide by the stride. Divide first, then add 1.",
        _with_sizes(lambda n, f, s, p: (n + 2 * p - f + 1) // s),
    ),
]


def _case(
    rng: np.random.Generator,
    image: tuple[int, int],
    kernel: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
    bias: float = 0.0,
) -> Case:
    arguments = {
        "image": rng.normal(size=image).round(2), "kernel": rng.normal(size=kernel).round(2),
        "stride": stride, "padding": padding, "bias": bias,
    }  # fmt: skip
    note = f"stride {stride}, padding {padding}, a kernel of {kernel[0]} x {kernel[1]}"
    return Case(arguments, note=note)


def _bytes(rng: np.random.Generator) -> list[Case]:
    image = rng.integers(100, 256, size=(4, 3)).astype(np.uint8)
    kernel = rng.uniform(0.6, 1.9, size=(3, 3)).round(2)
    arguments = {"image": image, "kernel": kernel, "stride": 1, "padding": 1, "bias": 0.5}
    return [Case(arguments, note="a picture of bytes (uint8)")]


def _focus(case: Case, index: tuple[int, ...]) -> Focus | None:
    image, kernel, stride, padding, _ = case.arguments.values()
    starts = [i * stride - padding for i in index]
    inside = tuple(
        slice(max(0, start), max(0, min(n, start + f)))
        for start, n, f in zip(starts, image.shape, kernel.shape, strict=True)
    )
    padded = np.pad(image.astype(np.float64), padding)
    seen = _at(padded, index[0], index[1], kernel.shape, stride)
    note = f"Its window starts at row {starts[0]}, column {starts[1]} of the picture."
    if min(starts) < 0:
        note += " Negative rows and columns lie in the zeros."
    return Focus("image", inside, seen=seen, note=note)


CORRELATE2D = Exercise(
    name="correlate2d",
    reference=plane.correlate2d,
    properties=[
        Property(
            "sliding",
            "At each place the products of window and kernel are summed.",
            lambda rng: [_case(rng, (4, 4), (3, 3)), _case(rng, (3, 4), (2, 2)), _case(rng, (5, 4), (3, 3))],
        ),
        Property(
            "rectangular kernels",
            "A kernel has a height and a width of its own.",
            lambda rng: [
                _case(rng, (4, 6), (2, 3)),
                _case(rng, (5, 4), (3, 2)),
                _case(rng, (3, 5), (1, 3)),
                _case(rng, (5, 3), (3, 1)),
            ],
        ),
        Property(
            "padding",
            "The kernel slides over the picture with its ring, or rings, of zeros.",
            lambda rng: [
                _case(rng, (3, 4), (3, 3), padding=1),
                _case(rng, (4, 3), (2, 3), padding=1),
                _case(rng, (3, 5), (4, 2), padding=2),
            ],
        ),
        Property(
            "stride",
            "The window moves by `stride` pixels, down and to the right.",
            lambda rng: [
                _case(rng, (5, 5), (3, 3), stride=2),
                _case(rng, (6, 7), (3, 2), stride=2),
                _case(rng, (8, 7), (2, 2), stride=3),
            ],
        ),
        Property(
            "stride and padding",
            "Stride and padding work together.",
            lambda rng: [
                _case(rng, (5, 7), (3, 3), stride=2, padding=1),
                _case(rng, (6, 5), (2, 3), stride=3, padding=2),
            ],
        ),
        Property(
            "bias",
            "The bias is added once to each sum.",
            lambda rng: [_case(rng, (3, 4), (2, 2), bias=0.75), _case(rng, (4, 3), (2, 3), padding=1, bias=-1.25)],
        ),
        Property("pictures of bytes", "A picture of whole numbers gives a feature map of floats.", _bytes),
    ],
    mistakes=MISTAKES,
    hints=[
        "First the size: along each axis there are (n + 2 * padding - f) // stride + 1 places. You wrote that in "
        "lesson 1.",
        "Then two loops, over the rows and the columns of the result. For each cell (i, j): where does its window "
        "start "
        "in the padded picture?",
        "The window starts at row i * stride and column j * stride of the padded picture, and is as high and as "
        "wide as "
        "the kernel.",
        "Your own functions do the rest: zero_pad once before the loops, neuron_output once for each cell. Collect the "
        "numbers in an array of floats.",
    ],
    right_forms=[Form("loops over cells", _slide), *RIGHT_FORMS],
    focus=_focus,
    forbidden=("course.ops.plane.correlate2d", "course.ops.conv.conv2d", "course.ops.conv.conv2d_loops"),
)
