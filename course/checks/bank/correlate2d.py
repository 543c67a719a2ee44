"""`correlate2d`: one neuron for each place of the window."""

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


def make(rng: np.random.Generator, height: int, width: int, f_h: int, f_w: int, stride: int, padding: int, bias: float,
         given: str) -> dict[str, Any]:  # fmt: skip
    """Return a picture, a kernel, and those of the other arguments that are given."""
    more = {"stride": stride, "padding": padding, "bias": bias}
    return {"image": numbers(rng, height, width), "kernel": tenths(rng, f_h, f_w)} | {
        name: value for name, value in more.items() if name in given
    }


sizes: dict[str, Any] = {
    "least": {"padding": 0},
    "height": 4, "width": 5, "f_h": 2, "f_w": 2, "stride": 1, "padding": 0, "bias": 0.0, "given": "stride padding bias",
}  # fmt: skip
cases = Maker(
    make,
    note=lambda f_h, f_w, stride, padding, **others: f"stride {stride}, padding {padding}, a kernel of {f_h} × {f_w}",
    **sizes,
)
called = Maker(make, named=("padding",), **sizes)


def bytes_(rng: np.random.Generator) -> list[Case]:
    """Return a photo of bytes, whose sums leave what a byte can hold."""
    kernel = rng.uniform(0.6, 1.9, size=(3, 3)).round(2)
    arguments = {"image": photo(rng, 4, 3), "kernel": kernel, "stride": 1, "padding": 1, "bias": 0.5}
    return [Case(arguments, "a picture of bytes (uint8)")]


PROPERTIES = [
    Property(
        "sliding",
        "At each place the products of window and kernel are summed.",
        cases({"height": 4, "width": 4, "f_h": 3, "f_w": 3}, {"height": 3, "width": 4},
              {"height": 5, "width": 4, "f_h": 3, "f_w": 3}),
    ),
    Property(
        "rectangular kernels",
        "A kernel has a height and a width of its own.",
        cases({"width": 6, "f_w": 3}, {"height": 5, "width": 4, "f_h": 3}, {"height": 3, "f_h": 1, "f_w": 3},
              {"height": 5, "width": 3, "f_h": 3, "f_w": 1}),
    ),
    Property(
        "padding",
        "The kernel slides over the picture with its ring, or rings, of zeros.",
        cases({"height": 3, "width": 4, "f_h": 3, "f_w": 3, "padding": 1}, {"width": 3, "f_w": 3, "padding": 1},
              {"height": 3, "f_h": 4, "padding": 2}),
    ),
    Property(
        "stride",
        "The window moves by `stride` pixels, down and to the right.",
        cases({"height": 5, "f_h": 3, "f_w": 3, "stride": 2}, {"height": 6, "width": 7, "f_h": 3, "stride": 2},
              {"height": 8, "width": 7, "stride": 3}),
    ),
    Property(
        "stride and padding",
        "Stride and padding work together.",
        cases({"height": 5, "width": 7, "f_h": 3, "f_w": 3, "stride": 2, "padding": 1},
              {"height": 6, "f_w": 3, "stride": 3, "padding": 2}),
    ),
    Property(
        "bias",
        "The bias is added once to each sum.",
        cases({"height": 3, "width": 4, "bias": 0.75}, {"width": 3, "f_w": 3, "padding": 1, "bias": -1.25}),
    ),
    Property(
        "as the lesson calls it",
        "Stride, padding and bias have the values of the header where a call leaves them out, and their names.",
        called({"given": "", "note": "called as correlate2d(image, kernel)"},
               {"given": "padding", "padding": 3, "note": "called as correlate2d(image, kernel, padding=3)"},
               {"given": "stride", "stride": 2, "note": "called as correlate2d(image, kernel, stride)"}),
    ),
    Property("pictures of bytes", "A picture of whole numbers gives a feature map of floats.", bytes_, unusual=True),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------


def correlate(
    image: Any,
    kernel: Any,
    /,
    stride: int | None = None,
    padding: int | None = None,
    bias: float | None = None,
    *,
    header: Callable[..., None] = lambda **given: None,
    **parts: Any,
) -> Any:
    """Slide the kernel over the picture, with the header as one part more that may go wrong."""
    header(stride=stride, padding=padding, bias=bias)
    return sliding.correlate_one(image, kernel, stride or 1, padding or 0, bias or 0.0, **parts)


def all_required(**given: Any) -> None:
    """Stop where an argument is left out, as Python does where the header has no default for it."""
    names = [f"'{name}'" for name, value in given.items() if value is None]
    if names:
        *first, last = names
        which = f"{', '.join(first)}{',' * (len(first) > 1)} and {last}" if first else last
        raise TypeError(
            f"correlate2d() missing {len(names)} required positional argument{'s' * (len(names) > 1)}: {which}"
        )


def another_name(stride: Any, padding: Any, bias: Any) -> None:
    """Stop where the padding is passed by name, as Python does where the header calls it otherwise."""
    if stride is None and padding is not None:
        raise TypeError("correlate2d() got an unexpected keyword argument 'padding'")


def pixels_beyond_the_edge(picture: sliding.Pair, kernel: sliding.Pair, s: int, p: int) -> None:
    """Stop where a window with gaps leaves the padded picture, as an index does, pixel by pixel."""
    for n, f in zip(picture, kernel, strict=True):
        if ((n + 2 * p - f) // s + f - 1) * s >= n + 2 * p:
            raise IndexError(f"index {n + 2 * p} is out of bounds for axis 0 with size {n + 2 * p}")


MISTAKES = [
    *sliding.MISTAKES,
    *sliding.FRAME_MISTAKES,
    *sliding.PLANE_MISTAKES,
    *sliding.STEP_MISTAKES,
    wrong("padding counted twice", "You count the places of the padded picture, and add 2 * padding once more: it is "
          "in that size already.", counts=lambda n, f, s, p: (n + 4 * p - f) // s + 1),
    wrong("index of the window for that of the place", "You write to the row and column where the window starts. With "
          "a stride above 1 that is not the place's number.",
          visits=lambda h, w, s, inside: ((i, j) for i in range(0, h * s, s) for j in range(0, w * s, s)),
          window=lambda i, f, s, p: slice(i, i + f)),
    wrong("stride as dilation, pixel by pixel", "You take every stride-th pixel inside the window. The stride says "
          "how far the whole window moves.", refuses=pixels_beyond_the_edge,
          window=lambda i, f, s, p: slice(i * s, i * s + f * s, s)),
    wrong("same size", "Your result is as large as the picture whatever padding says, as scipy's mode='same' makes it.",
          frame=sliding.framed(lambda f, p: [((n - 1) // 2, n // 2) for n in f])),
    wrong("full size", "Your kernel slides out of the picture on all sides whatever padding says, as scipy's "
          "mode='full' lets it.", frame=sliding.framed(lambda f, p: [(n - 1, n - 1) for n in f])),
    wrong("no defaults", "The lesson calls correlate2d(image, kernel), too: stride, padding and bias need the values "
          "of the header, stride=1, padding=0, bias=0.0.", header=all_required),
    wrong("padding has another name", "The lesson calls correlate2d(photo, kernel, padding=3): keep the names of the "
          "header, stride, padding, bias.", header=another_name),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def four_loops(image: Any, kernel: Any, stride: Any = 1, padding: Any = 0, bias: Any = 0.0) -> Any:
    """Spell out the formula."""
    f_h, f_w = kernel.shape
    padded = np.pad(np.asarray(image, dtype=np.float64), padding)
    out_h = (padded.shape[0] - f_h) // stride + 1
    out_w = (padded.shape[1] - f_w) // stride + 1
    z = np.full((out_h, out_w), float(bias))
    for i in range(out_h):
        for j in range(out_w):
            for u in range(f_h):
                for v in range(f_w):
                    z[i, j] += padded[i * stride + u, j * stride + v] * kernel[u, v]
    return z


def loops_over_the_kernel(image: Any, kernel: Any, stride: Any = 1, padding: Any = 0, bias: Any = 0.0) -> Any:
    """Add up a shifted picture for each weight."""
    f_h, f_w = kernel.shape
    padded = np.pad(image, padding).astype(float)
    out_h = (padded.shape[0] - f_h) // stride + 1
    out_w = (padded.shape[1] - f_w) // stride + 1
    z = bias
    for u in range(f_h):
        for v in range(f_w):
            seen = padded[u : u + (out_h - 1) * stride + 1 : stride, v : v + (out_w - 1) * stride + 1 : stride]
            z = z + kernel[u, v] * seen
    return z


def window_view(image: Any, kernel: Any, stride: Any = 1, padding: Any = 0, bias: Any = 0.0) -> Any:
    """Multiply a view of all windows."""
    windows = sliding_window_view(np.pad(image, padding), kernel.shape)[::stride, ::stride]
    return np.tensordot(windows, kernel, axes=2) + bias


def nested_lists(image: Any, kernel: Any, stride: Any = 1, padding: Any = 0, bias: Any = 0.0) -> Any:
    """Step through the padded picture, and collect lists."""
    padded = np.pad(image, padding)
    f_h, f_w = kernel.shape
    return [
        [
            float((padded[top : top + f_h, left : left + f_w] * kernel).sum()) + bias
            for left in range(0, padded.shape[1] - f_w + 1, stride)
        ]
        for top in range(0, padded.shape[0] - f_h + 1, stride)
    ]


def by_torch(image: Any, kernel: Any, stride: Any = 1, padding: Any = 0, bias: Any = 0.0) -> Any:
    """Let PyTorch do it."""
    import torch

    x, w = (torch.from_numpy(np.array(array, dtype=np.float64))[None, None] for array in (image, kernel))
    return torch.nn.functional.conv2d(x, w, stride=stride, padding=padding)[0, 0] + bias


def by_scipy(image: Any, kernel: Any, stride: Any = 1, padding: Any = 0, bias: Any = 0.0) -> Any:
    """Let SciPy do it."""
    from scipy.signal import correlate2d

    return correlate2d(np.pad(image.astype(float), padding), kernel, mode="valid")[::stride, ::stride] + bias


def look_at(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the window of a cell."""
    image, kernel = case.arguments["image"], case.arguments["kernel"]
    stride, padding = case.arguments.get("stride", 1), case.arguments.get("padding", 0)
    return window_over("image", image, index, kernel.shape, stride, padding) if len(index) == 2 else None


EXERCISE = Exercise(
    name="correlate2d",
    reference=plane.correlate2d,
    computation=correlate,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "First the size: along each axis there are (n + 2 * padding - f) // stride + 1 places. You wrote that in "
        "lesson 1.",
        "Then two loops, over the rows and the columns of the result. For each cell (i, j): where does its window "
        "start in the padded picture?",
        "The window starts at row i * stride and column j * stride of the padded picture, and is as high and as wide "
        "as the kernel.",
        "Your own functions do the rest: zero_pad once before the loops, neuron_output once for each cell. Collect the "
        "numbers in an array of floats.",
    ],
    right_forms=[
        Form("four loops", four_loops),
        Form("loops over the kernel", loops_over_the_kernel),
        Form("sliding_window_view", window_view),
        Form("steps in the picture, as lists", nested_lists),
        Form("PyTorch", by_torch, library="PyTorch"),
        Form("SciPy", by_scipy, library="SciPy"),
    ],
    telling=cases(
        {"f_h": 1, "f_w": 1, "stride": 2, "height": 5, "width": 7},
        {"f_h": 1, "f_w": 1, "padding": 1, "height": 2, "width": 3},
        {"stride": 2, "height": 5, "width": 7},
        {"f_h": 1, "f_w": 1, "stride": 2, "padding": 1, "height": 3, "width": 4, "bias": 0.5},
    ),
    focus=look_at,
)
