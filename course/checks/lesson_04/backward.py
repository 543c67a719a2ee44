"""The check of the way back through max pooling: which pixel gets which gradient."""

from __future__ import annotations

import numpy as np

from ...ops import max_pool2d_backward
from ..spec import Case, Exercise, Focus, Form, Mistake, Property
from .windows import BOOK, maps, padded_with

__all__ = ["MAX_POOL2D_BACKWARD"]


# --- The cases ---------------------------------------------------------------------------------------


def _case(rng, x, kernel_size, stride, padding=0, note=""):
    height, width = (np.array(x.shape[2:]) + 2 * padding - kernel_size) // stride + 1
    grad_output = np.round(rng.uniform(1, 9, size=(*x.shape[:2], height, width)), 1)
    grad_output *= rng.choice([-1, 1], size=grad_output.shape)
    arguments = {"grad_output": grad_output, "x": x, "kernel_size": kernel_size, "stride": stride, "padding": padding}
    return Case(arguments, note)


def _routes(rng):
    book = Case(
        {"grad_output": np.array([[[[10.0]]]]), "x": BOOK, "kernel_size": (2, 2), "stride": 2, "padding": 0},
        "the window of figure 14-8",
    )
    return [
        book,
        _case(rng, maps(rng, 1, 1, 4, 6), (2, 2), 2, note="windows side by side"),
        _case(rng, maps(rng, 2, 3, 5, 7), (2, 2), 2, note="a row and a column are left over: their gradient is 0"),
        _case(rng, maps(rng, 2, 3, 4, 6, low=-90, high=-20), (2, 3), 3, note="negative values, a gap below"),
    ]


def _overlaps(rng):
    peak = maps(rng, 1, 1, 3, 3, low=0, high=5)
    peak[0, 0, 1, 1] = 9
    return [
        _case(rng, peak, (2, 2), 1, note="one pixel wins in four windows: it gets the sum"),
        _case(rng, maps(rng, 2, 3, 6, 9), (3, 3), 2, note="windows overlap: stride 2"),
        _case(rng, maps(rng, 1, 2, 5, 6), (3, 2), 1, note="windows overlap: stride 1"),
    ]


def _ties(rng):
    return [
        _case(rng, np.full((1, 1, 2, 2), 4.0), (2, 2), 2, note="four equal values: the first one gets it"),
        _case(rng, np.array([[[[1.0, 6, 2], [6, 0, 6]]]]), (2, 3), 1, note="three equal values"),
        _case(rng, rng.integers(0, 2, size=(2, 3, 4, 6)), (2, 2), 2, note="zeros and ones, whole numbers"),
    ]


def _padded(rng):
    return [
        _case(rng, maps(rng, 1, 1, 3, 4, low=-9, high=-2), (2, 2), 2, 1, note="padding 1, all values negative"),
        _case(rng, maps(rng, 2, 3, 5, 6), (3, 2), 1, 1, note="padding 1, windows overlap"),
        _case(rng, maps(rng, 1, 2, 5, 7), (4, 5), 3, 2, note="padding 2"),
    ]


def _special(rng):
    with_nan = maps(rng, 1, 2, 4, 6)
    with_nan[0, 1, 2, 3] = np.nan
    return [
        _case(rng, maps(rng, 1, 2, 3, 4), (3, 4), 1, note="a window as large as the picture"),
        _case(rng, np.zeros((0, 3, 4, 6)), (2, 2), 2, note="a batch with no picture in it"),
        _case(rng, with_nan, (2, 2), 2, note="NaN wins its window, so it gets the gradient"),
    ]


# --- The mistakes ------------------------------------------------------------------------------------


def _send_back(grad_output, x, kernel_size, stride, padding, share, *, border=-np.inf, add=True, step=None, cut=True):
    """Send each gradient back through its window: `share` makes of a window the weights of its pixels."""
    (f_h, f_w), padded = kernel_size, padded_with(x, padding, border)
    step = stride if step is None else step
    grad = np.zeros_like(padded)
    for n, c, i, j in np.ndindex(grad_output.shape):
        place = (n, c, slice(i * step, i * step + f_h), slice(j * step, j * step + f_w))
        weights = share(padded[place])
        if add:
            grad[place] += weights * grad_output[n, c, i, j]
        else:
            grad[place] = np.where(weights != 0, grad_output[n, c, i, j], grad[place])
    height, width = grad.shape[2:]
    return grad[:, :, padding : height - padding, padding : width - padding] if cut else grad


def _first(window):
    weights = np.zeros(window.shape)
    weights.flat[np.argmax(window)] = 1
    return weights


def _last(window):
    return _first(window[::-1, ::-1])[::-1, ::-1]


def _every(window):
    return (window == window.max()).astype(float)


def _split(window):
    ties = _every(window)
    return ties / max(ties.sum(), 1)


def _corner(window):
    weights = np.zeros(window.shape)
    weights[0, 0] = 1
    return weights


def _mistake(name, says, share=_first, **options):

    def function(grad_output, x, kernel_size, stride, padding):
        return _send_back(grad_output, x, kernel_size, stride, padding, share, **options)

    return Mistake(name, says, function)


def _written_after_the_loop(grad_output, x, kernel_size, stride, padding):
    """Only the last window of each map is written."""
    only = np.zeros_like(grad_output)
    only[:, :, -1:, -1:] = grad_output[:, :, -1:, -1:]
    return max_pool2d_backward(only, x, kernel_size, stride, padding)


def _written_after_the_row(grad_output, x, kernel_size, stride, padding):
    """Only the last window of each row is written."""
    only = np.zeros_like(grad_output)
    only[:, :, :, -1:] = grad_output[:, :, :, -1:]
    return max_pool2d_backward(only, x, kernel_size, stride, padding)


def _last_map_only(grad_output, x, kernel_size, stride, padding):
    only = np.zeros_like(grad_output)
    only[-1:, -1:] = grad_output[-1:, -1:]
    return max_pool2d_backward(only, x, kernel_size, stride, padding)


def _ones(grad_output, x, kernel_size, stride, padding):
    return _send_back(np.ones_like(grad_output), x, kernel_size, stride, padding, _first)


def _values(grad_output, x, kernel_size, stride, padding):
    back = _send_back(np.ones_like(grad_output), x, kernel_size, stride, padding, _first)
    return np.where(back != 0, back * np.asarray(x, dtype=float), 0)


MISTAKES = (
    _mistake(
        "= for +=",
        "Where windows overlap, a pixel can win several times. You write the last gradient over the "
        "others; add them up with +=.",
        add=False,
    ),
    _mistake(
        "the gradient to every tie",
        "Where several values are equally large, you send the whole gradient to each of "
        "them. As in torch, the first one, row by row, gets it.",
        _every,
    ),
    _mistake(
        "the gradient split among ties",
        "Where several values are equally large, you share the gradient out. That "
        "is a choice that can be defended, but torch sends it to the first one, row by row.",
        _split,
    ),
    _mistake(
        "the last of the ties",
        "Where several values are equally large, you choose the last one. Take the first, row by row, as torch does.",
        _last,
    ),
    Mistake(
        "write-back outside the loop",
        "Only the last window of each map sends its gradient back: the line that "
        "writes stands behind the loops, not inside them.",
        _written_after_the_loop,
    ),
    Mistake(
        "write-back outside the inner loop",
        "Only the last window of each row sends its gradient back: the line that writes is indented too little.",
        _written_after_the_row,
    ),
    Mistake(
        "the last map only",
        "Only the last map of the last sample has a gradient. Is the array of zeros made anew "
        "inside the loop, or the line that writes outside it?",
        _last_map_only,
    ),
    _mistake(
        "shared evenly",
        "You share each gradient out among all pixels of the window, as average pooling does. "
        "Only the largest pixel was passed on, so only it gets it.",
        lambda w: np.full(w.shape, 1 / w.size),
    ),
    _mistake(
        "to all pixels",
        "Every pixel of the window gets the gradient. Only the largest one was passed on.",
        lambda w: np.ones(w.shape),
    ),
    _mistake(
        "to the first pixel",
        "You send the gradient to the upper left pixel of each window, not to the largest.",
        _corner,
    ),
    _mistake(
        "zeros as padding",
        "You pad with zeros, which win over negative numbers: their gradient falls into the "
        "border. Pad with minus infinity, as on the way forward.",
        border=0,
    ),
    _mistake(
        "the padding not cut off", "Your gradient has the shape of the padded picture. Cut the border off.", cut=False
    ),
    _mistake(
        "the index without its stride",
        "You send the gradient of cell i to a window that starts at pixel i. It starts stride times as far.",
        step=1,
    ),
    Mistake("the gradient left out", "You send back 1 for each window. Send its gradient, grad_output.", _ones),
    Mistake(
        "values for gradients", "You send back the values of the picture. Send the gradients, grad_output.", _values
    ),
)


# --- The forms ---------------------------------------------------------------------------------------


def _by_hand(grad_output, x, kernel_size, stride, padding):
    return _send_back(grad_output, x, kernel_size, stride, padding, _first)


def _by_torch(grad_output, x, kernel_size, stride, padding):
    import torch

    pixels = torch.tensor(np.asarray(x, dtype=float), requires_grad=True)
    torch.nn.functional.max_pool2d(pixels, kernel_size, stride, padding).backward(torch.tensor(grad_output))
    return pixels.grad


def _by_scatter(grad_output, x, kernel_size, stride, padding):
    padded = padded_with(x, padding, -np.inf)
    views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(2, 3))[:, :, ::stride, ::stride]
    flat = views.reshape(*views.shape[:4], kernel_size[0] * kernel_size[1])
    u, v = np.unravel_index(np.argmax(flat, axis=-1), kernel_size)
    n, c, i, j = np.indices(grad_output.shape)
    grad = np.zeros_like(padded)
    np.add.at(grad, (n, c, i * stride + u, j * stride + v), grad_output)
    return grad[:, :, padding : padding + np.shape(x)[2], padding : padding + np.shape(x)[3]]


def _windows_over(case: Case, index: tuple[int, ...]) -> Focus | None:
    """Return the windows that a pixel lies in."""
    arguments = case.arguments
    grad, (f_h, f_w) = arguments["grad_output"], arguments["kernel_size"]
    stride, padding = arguments["stride"], arguments["padding"]
    if len(index) != 4:
        return None
    n, c, row, column = index
    ranges = []
    for place, f, count in ((row, f_h, grad.shape[2]), (column, f_w, grad.shape[3])):
        first = max(-(-(place + padding - f + 1) // stride), 0)
        last = min((place + padding) // stride, count - 1)
        ranges.append(slice(first, max(last + 1, first)))
    if any(part.start == part.stop for part in ranges):
        return Focus("x", index, note=f"The pixel in row {row}, column {column} lies in no window.")
    note = f"The marked cells of grad_output belong to the windows that see row {row}, column {column}."
    return Focus("grad_output", (n, c, *ranges), note=note)


MAX_POOL2D_BACKWARD = Exercise(
    name="max_pool2d_backward",
    reference=max_pool2d_backward,
    properties=[
        Property(
            "routes", "Each window sends its gradient to the pixel that won; all others get none.", _routes, weight=2
        ),
        Property("overlapping windows", "A pixel that wins in several windows gets the sum.", _overlaps),
        Property("ties", "Of equal values, the first one, row by row, gets the gradient.", _ties),
        Property("padding", "The border never wins, and is cut off at the end.", _padded),
        Property("unusual input", "NaN, an empty batch and a window as large as the picture work too.", _special),
    ],
    mistakes=MISTAKES,
    hints=[
        "Go through the windows as on the way forward. What do you need to know about each of them?",
        "np.argmax(window) counts in the flattened window and gives the first of equal values; np.unravel_index turns "
        "it into a row and a column.",
        "Collect into zeros of the shape of the padded picture, with +=. Cut the border off at the end.",
    ],
    right_forms=[Form("loops", _by_hand), Form("torch", _by_torch), Form("all at once", _by_scatter)],
    focus=_windows_over,
    forbidden=("max_pool2d_backward",),
)
