"""`max_pool2d_backward`: which pixel gets which gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..cases import Maker, numbers
from ..families import pooling, unpooling
from ..spec import Case, Exercise, Focus, Form, Property

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def arguments(rng: np.random.Generator, x: np.ndarray, f_h: int, f_w: int, stride: int, padding: int) -> dict[str, Any]:
    """Return the arguments for some maps: gradients between 1.1 and 8.9, of either sign, never whole."""
    out_h, out_w = ((n + 2 * padding - f) // stride + 1 for n, f in zip(x.shape[2:], (f_h, f_w), strict=True))
    shape = (*x.shape[:2], out_h, out_w)
    grad_output = rng.choice([-1, 1], shape) * (rng.integers(1, 9, shape) + rng.integers(1, 10, shape) / 10)
    return {"grad_output": grad_output, "x": x, "kernel_size": (f_h, f_w), "stride": stride, "padding": padding}


def make(rng: np.random.Generator, pictures: int, channels: int, height: int, width: int, f_h: int, f_w: int,
         stride: int, padding: int, values: str) -> dict[str, Any]:  # fmt: skip
    """Return the gradient by the output of a max pooling, and what was pooled."""
    shape = (pictures, channels, height, width)
    if values == "tied":  # few numbers, and in the first window all are equal
        x = rng.integers(-1, 2, shape).astype(float)
        x[:, :, :f_h, :f_w] = rng.integers(1, 9)
    elif values == "tied twice":  # the largest stands at the right of the first row and in the row below
        x = pooling.maps_of(rng, shape, "negative")
        x[:, :, 0, 1] = x[:, :, 1, 0] = x[:, :, 1, 1] = 5
    else:
        x = pooling.maps_of(rng, shape, "any" if values == "peak" else values)
    if values == "peak":
        x[:, :, 1, 1] = 99
    return arguments(rng, x, f_h, f_w, stride, padding)


NOTES = {
    "any": "", "negative": ", all values below -1", "deep": ", all values far below 0", "tied": ", equal values",
    "tied twice": ", three equal values", "peak": ", one pixel wins in all windows that see it",
}  # fmt: skip

cases = Maker(
    make,
    note=lambda values, **sizes: pooling.note_of(**sizes) + NOTES[values],
    least={"padding": 0},
    pictures=1, channels=1, height=3, width=4, f_h=2, f_w=2, stride=2, padding=0, values="any",
)  # fmt: skip


def routes(rng: np.random.Generator) -> list[Case]:
    """Return the window of the book, and windows that do not overlap."""
    book = {"grad_output": np.array([[[[10.0]]]]), "x": pooling.BOOK, "kernel_size": (2, 2), "stride": 2, "padding": 0}
    some = cases({"height": 4, "width": 6}, {"pictures": 2, "channels": 3, "height": 5, "width": 5},
                 {"pictures": 2, "channels": 3, "height": 4, "width": 6, "f_w": 3, "stride": 3, "values": "negative"},
                 {"height": 6, "width": 5, "f_h": 3, "stride": 3})  # fmt: skip
    return [Case(book, "the window of figure 14-8"), *some(rng)]


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return whole numbers, a map with a hole, an empty batch."""
    hole = pooling.maps_of(rng, (1, 2, 2, 4))
    hole[0, 1, 0, 3] = np.nan  # neither the first nor the last of its window
    whole = rng.permutation(np.arange(-9, 9)).reshape(1, 2, 3, 3)
    return [
        Case(arguments(rng, whole, 2, 2, 2, 1), "whole numbers"),
        Case(arguments(rng, hole, 2, 2, 2, 0), "NaN wins its window, so it gets the gradient"),
        Case(arguments(rng, np.zeros((0, 3, 4, 6)), 2, 2, 2, 0), "an empty batch"),
    ]


PROPERTIES = [
    Property(
        "routes",
        "Each window sends its gradient to the pixel that won; all others get none.",
        routes,
        weight=2,
    ),
    Property(
        "overlapping windows",
        "A pixel that wins in several windows gets the sum.",
        cases({"width": 3, "stride": 1, "values": "peak"},
              {"pictures": 2, "channels": 3, "height": 5, "width": 7, "f_h": 3, "f_w": 3, "values": "peak"},
              {"channels": 2, "height": 4, "width": 5, "f_h": 3, "stride": 1, "values": "peak"}),
    ),
    Property(
        "ties",
        "Of equal values, the first one, row by row, gets the gradient.",
        cases({"height": 2, "width": 2, "values": "tied"}, {"height": 2, "width": 3, "values": "tied twice"},
              {"pictures": 2, "channels": 2, "height": 4, "width": 4, "values": "tied"},
              {"height": 4, "f_h": 4, "f_w": 4, "stride": 4, "padding": 1, "values": "tied"}),
    ),
    Property(
        "padding",
        "The border never wins, and is cut off at the end.",
        cases({"padding": 1, "values": "negative"}, {"padding": 1, "height": 2, "width": 3, "values": "deep"},
              {"pictures": 2, "channels": 3, "height": 3, "width": 4, "f_h": 3, "padding": 1},
              {"width": 3, "f_h": 3, "f_w": 3, "stride": 1, "padding": 1, "values": "peak"},
              {"channels": 2, "height": 5, "width": 6, "f_h": 4, "f_w": 5, "stride": 3, "padding": 2}),
    ),
    Property(
        "unusual input",
        "Whole numbers in x give floats, NaN gets the gradient of its window, and the batch may be empty.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip


def small_negatives(rng: np.random.Generator) -> list[Case]:
    """Return values between -1 and 0: they tell borders of 0 and of -1 apart."""
    x = -0.1 - 0.1 * rng.permutation(8).reshape(1, 2, 2, 2)
    given = {"x": x, "kernel_size": (2, 2), "stride": 2, "padding": 1}
    return [Case({"grad_output": numbers(rng, 1, 2, 2, 2), **given}, "values between -1 and 0, padding 1")]


# --- Right forms, hints -----------------------------------------------------------------------------------------


def by_loops(grad_output: Any, x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Go through the windows one by one."""
    padded = pooling.around(np.asarray(x, dtype=float), padding, padding, -np.inf)
    grad, (f_h, f_w), (height, width) = np.zeros_like(padded), kernel_size, x.shape[2:]
    for n, c, i, j in np.ndindex(grad_output.shape):
        window = padded[n, c, i * stride : i * stride + f_h, j * stride : j * stride + f_w]
        u, v = divmod(int(np.argmax(window)), f_w)
        grad[n, c, i * stride + u, j * stride + v] += grad_output[n, c, i, j]
    return grad[:, :, padding : padding + height, padding : padding + width]


def all_at_once(grad_output: Any, x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Find all winners in a view of all windows, and add to them with np.add.at."""
    padded = pooling.around(np.asarray(x, dtype=float), padding, padding, -np.inf)
    views = sliding_window_view(padded, kernel_size, axis=(2, 3))[:, :, ::stride, ::stride]
    flat = views.reshape(*views.shape[:4], kernel_size[0] * kernel_size[1])
    u, v = np.unravel_index(np.argmax(flat, axis=-1), kernel_size)
    n, c, i, j = np.indices(grad_output.shape)
    grad = np.zeros_like(padded)
    np.add.at(grad, (n, c, i * stride + u, j * stride + v), grad_output)
    return grad[:, :, padding : padding + np.shape(x)[2], padding : padding + np.shape(x)[3]]


def by_torch(grad_output: Any, x: Any, kernel_size: Any, stride: int, padding: int) -> Any:
    """Let PyTorch do it."""
    import torch

    pixels = torch.tensor(np.asarray(x, dtype=float), requires_grad=True)
    torch.nn.functional.max_pool2d(pixels, kernel_size, stride, padding).backward(torch.tensor(grad_output))
    return pixels.grad


def windows_over(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the windows that a pixel lies in."""
    grad, _, kernel, stride, padding = case.arguments.values()
    if len(index) != 4:
        return None
    n, c, row, column = index
    ranges = []
    for place, f, count in zip((row, column), kernel, grad.shape[2:], strict=True):
        first, last = -(-(place + padding - f + 1) // stride), (place + padding) // stride
        ranges.append(slice(max(first, 0), max(min(last, count - 1) + 1, first, 0)))
    if any(part.start >= part.stop for part in ranges):
        return Focus("x", index, note=f"The pixel in row {row}, column {column} lies in no window.")
    note = f"The marked cells of grad_output belong to the windows that see row {row}, column {column}."
    return Focus("grad_output", (n, c, *ranges), note=note)


EXERCISE = Exercise(
    name="max_pool2d_backward",
    reference=ops.max_pool2d_backward,
    computation=unpooling.unpool,
    properties=PROPERTIES,
    mistakes=unpooling.MISTAKES,
    telling=small_negatives,
    hints=[
        "Go through the windows as on the way forward. What do you need to know about each of them?",
        "np.argmax(window) counts in the flattened window and gives the first of equal values; np.unravel_index turns "
        "it into a row and a column.",
        "Collect into zeros of the shape of the padded picture, with +=. Cut the border off at the end.",
    ],
    right_forms=[
        Form("loops", by_loops),
        Form("all at once", all_at_once),
        Form("PyTorch", by_torch, library="PyTorch"),
    ],
    focus=windows_over,
)
