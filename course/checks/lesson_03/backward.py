"""Stretch exercise `conv2d_backward`: what each input, weight and bias did to the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..spec import Case, Exercise, Form, Mistake, Property
from .numbers import numbers, tenths

__all__ = ["CONV2D_BACKWARD"]


def _case(
    rng: np.random.Generator, x: tuple[int, int, int, int], weight: tuple[int, int, int], s: int, p: int, note: str
) -> Case:
    maps, f_h, f_w = weight
    out_h, out_w = (x[2] + 2 * p - f_h) // s + 1, (x[3] + 2 * p - f_w) // s + 1
    draw = numbers if np.prod(x) <= 30 else tenths
    given = {
        "grad_output": draw(rng, x[0], maps, out_h, out_w),
        "x": draw(rng, *x),
        "weight": tenths(rng, maps, x[1], f_h, f_w),
        "stride": s,
        "padding": p,
    }
    return Case(given, note)


def _plain(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, (1, 1, 2, 3), (1, 2, 2), 1, 0, "two windows that overlap"),
        _case(rng, (1, 2, 3, 4), (3, 2, 2), 1, 0, "2 channels, 3 maps"),
        _case(rng, (2, 3, 4, 5), (2, 3, 3), 1, 0, "2 pictures, 3 channels, 2 maps"),
    ]


def _strides(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, (1, 1, 4, 6), (2, 2, 3), 2, 0, "stride 2; the last column is never seen"),
        _case(rng, (2, 3, 5, 7), (2, 3, 3), 2, 0, "stride 2"),
        _case(rng, (1, 2, 7, 8), (3, 2, 3), 3, 0, "stride 3, longer than the kernel is high"),
    ]


def _paddings(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, (1, 2, 2, 3), (3, 3, 3), 1, 1, "padding 1"),
        _case(rng, (2, 1, 3, 4), (2, 3, 2), 1, 2, "padding 2"),
        _case(rng, (2, 3, 6, 5), (2, 3, 3), 2, 1, "padding 1, stride 2"),
    ]


def _rectangles(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, (1, 2, 3, 4), (3, 1, 3), 1, 0, "a 1 x 3 kernel"),
        _case(rng, (2, 2, 5, 4), (3, 4, 2), 1, 1, "a 4 x 2 kernel"),
        _case(rng, (2, 2, 3, 4), (3, 3, 4), 1, 0, "a window as large as the picture"),
    ]


def _batches(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, (3, 2, 4, 3), (4, 2, 2), 1, 0, "3 pictures"),
        _case(rng, (0, 2, 4, 3), (3, 2, 2), 1, 1, "an empty batch: nothing to learn from"),
    ]


# --- What people write instead ----------------------------------------------------------------------


def _scatter(
    grad_output: Any,
    x: Any,
    weight: Any,
    stride: int,
    padding: int,
    start: Callable[[int, int], int] = lambda i, s: i * s,
    assign_x: bool = False,
    assign_weight: bool = False,
    flip: bool = False,
    last_only: bool = False,
) -> tuple[Any, Any, Any]:
    """Send every gradient back through its window; each of the last arguments can be changed for a wrong one."""
    padded = np.pad(np.asarray(x, dtype=float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    grad_padded, grad_weight = np.zeros_like(padded), np.zeros(weight.shape)
    f_h, f_w = weight.shape[2:]
    for n, k, i, j in np.ndindex(grad_output.shape):
        top, left = start(i, stride), start(j, stride)
        window = (n, slice(None), slice(top, top + f_h), slice(left, left + f_w))
        kernel = weight[k, :, ::-1, ::-1] if flip else weight[k]
        given = grad_output[n, k, i, j]
        if last_only and (i, j) != (grad_output.shape[2] - 1, grad_output.shape[3] - 1):
            continue
        grad_padded[window] = given * kernel + (0 if assign_x else grad_padded[window])
        grad_weight[k] = given * padded[window] + (0 if assign_weight else grad_weight[k])
    height, width = x.shape[2:]
    grad_x = grad_padded[:, :, padding : padding + height, padding : padding + width]
    return grad_x, grad_weight, np.asarray(grad_output).sum(axis=(0, 2, 3))


def _twisted(**twist: Any) -> Callable[..., Any]:
    def wrong(g: Any, x: Any, w: Any, s: int, p: int) -> Any:
        return _scatter(g, x, w, s, p, **twist)

    return wrong


def _after(change: Callable[..., Any]) -> Callable[..., Any]:
    """Return a wrong answer that changes the right gradients."""

    def wrong(g: Any, x: Any, w: Any, s: int, p: int) -> Any:
        return change(*ops.conv2d_backward(g, x, w, s, p), g, x, w, s, p)

    return wrong


def _still_padded(g: Any, x: Any, w: Any, s: int, p: int) -> Any:
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    return ops.conv2d_backward(g, padded, w, s, 0)


def _empty_slice(a: Any, b: Any, c: Any, g: Any, x: Any, w: Any, s: int, p: int) -> Any:
    around = np.pad(a, ((0, 0), (0, 0), (p, p), (p, p)))
    return around[:, :, p:-p, p:-p], b, c


def _unpadded_x(g: Any, x: Any, w: Any, s: int, p: int) -> Any:
    grad_x, _, grad_bias = ops.conv2d_backward(g, x, w, s, p)
    grad_weight = np.zeros(w.shape)
    f_h, f_w = w.shape[2:]
    for n, k, i, j in np.ndindex(g.shape):
        seen = x[n, :, i * s : i * s + f_h, j * s : j * s + f_w]
        grad_weight[k] += g[n, k, i, j] * seen
    return grad_x, grad_weight, grad_bias


def _as_columns(g: Any, x: Any, w: Any, s: int, p: int) -> Any:
    f = w.shape[2:]
    columns = ops.im2col(x, f, s, p)
    grad = np.asarray(g, dtype=float).reshape(*g.shape[:2], g.shape[2] * g.shape[3])
    kernels = w.reshape(len(w), w[0].size)
    grad_x = ops.col2im(kernels.T @ grad, x.shape[2:], f, s, p)
    return grad_x, np.einsum("nkl,ncl->kc", grad, columns).reshape(w.shape), grad.sum(axis=(0, 2))


def _by_einsum(g: Any, x: Any, w: Any, s: int, p: int) -> Any:
    padded = np.pad(np.asarray(x, dtype=float), ((0, 0), (0, 0), (p, p), (p, p)))
    view = sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    grad_padded = np.zeros_like(padded)
    out_h, out_w = g.shape[2:]
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            target = grad_padded[:, :, u : u + (out_h - 1) * s + 1 : s, v : v + (out_w - 1) * s + 1 : s]
            target += np.einsum("nkij,kc->ncij", g, w[:, :, u, v])
    height, width = x.shape[2:]
    return grad_padded[:, :, p : p + height, p : p + width], np.einsum("nkij,ncijuv->kcuv", g, view), g.sum((0, 2, 3))


def _by_torch(g: Any, x: Any, w: Any, s: int, p: int) -> Any:
    import torch

    x, w, g = (torch.tensor(np.asarray(a, dtype=float)) for a in (x, w, g))
    bias = torch.zeros(len(w), dtype=torch.float64, requires_grad=True)
    torch.nn.functional.conv2d(x.requires_grad_(), w.requires_grad_(), bias, s, p).backward(g)
    return x.grad, w.grad, bias.grad


MISTAKES = [
    Mistake(
        "= for += in grad_x",
        "In grad_x each window overwrites the one before. A pixel lies in several windows: add their shares, +=.",
        _twisted(assign_x=True),
    ),
    Mistake(
        "= for += in grad_weight",
        "In grad_weight only the last place is left. A weight is used at every place: add the shares, +=.",
        _twisted(assign_weight=True),
    ),
    Mistake(
        "= for += in both",
        "You overwrite the gradients at each place. Pixels and weights are used many times: add the shares, +=.",
        _twisted(assign_x=True, assign_weight=True),
    ),
    Mistake(
        "write-back outside the loop",
        "Only the last place of each map is sent back. The lines that add to the gradients belong inside the loops.",
        _twisted(last_only=True),
    ),
    Mistake(
        "kernel flipped",
        "You turn the kernel round in grad_x. Pixel u, v of the window met weight u, v, and gets its share from it.",
        _twisted(flip=True),
    ),
    Mistake(
        "the index without its stride",
        "You send the gradients back to the windows at i, j. With a stride they start at i * s, j * s.",
        _twisted(start=lambda i, s: i),
    ),
    Mistake(
        "grad_x still padded",
        "Your grad_x still has the border of zeros that padding added. It has the shape of x.",
        _still_padded,
    ),
    Mistake(
        "[p:-p] is empty at 0",
        "You cut the border off with [p:-p]. For p = 0 that is empty. Use [p : p + H].",
        _after(_empty_slice),
    ),
    Mistake(
        "slices the unpadded picture",
        "For grad_weight you take the windows from x without its padding. The forward pass saw the padded one.",
        _unpadded_x,
    ),
    Mistake(
        "mean over the batch",
        "You take the mean over the pictures of the batch. The loss decides that; here the shares are added.",
        _after(lambda a, b, c, g, x, w, s, p: (a, b / max(len(x), 1), c / max(len(x), 1))),
    ),
    Mistake(
        "grad_bias as a mean",
        "You take the mean for the bias. Each place adds its gradient to it: take the sum.",
        _after(lambda a, b, c, g, x, w, s, p: (a, b, g.sum((0, 2, 3)) / max(g[:, 0].size, 1))),
    ),
    Mistake(
        "grad_bias of the first picture",
        "For grad_bias you look at the first picture alone, or forgot the batch in the sum.",
        _after(lambda a, b, c, g, x, w, s, p: (a, b, g[:1].sum((0, 2, 3)))),
    ),
    Mistake(
        "grad_bias is one number",
        "You add up all maps into one number for the bias. Each map has its own.",
        _after(lambda a, b, c, g, x, w, s, p: (a, b, np.full(len(w), g.sum()))),
    ),
    Mistake(
        "first channel only",
        "Only the first channel of grad_x is filled. Each neuron saw all channels.",
        _after(lambda a, b, c, g, x, w, s, p: (a * (np.arange(a.shape[1]) == 0)[:, None, None], b, c)),
    ),
    Mistake(
        "first map only",
        "Only the gradient of the first map reaches grad_x. Every map looked at the pixels.",
        _after(lambda a, b, c, g, x, w, s, p: (ops.conv2d_backward(g[:, :1], x, w[:1], s, p)[0], b, c)),
    ),
    Mistake(
        "weight and input swapped",
        "You return the gradient of the weights first. The order is grad_x, grad_weight, grad_bias.",
        _after(lambda a, b, c, g, x, w, s, p: (b, a, c)),
    ),
]

CONV2D_BACKWARD = Exercise(
    name="conv2d_backward",
    reference=ops.conv2d_backward,
    properties=[
        Property("plain", "With stride 1 and no padding, all three gradients are right.", _plain),
        Property("stride", "Every gradient goes back to the window that its neuron saw.", _strides),
        Property("padding", "Padding has no gradient: what reaches the zeros is cut off.", _paddings),
        Property("rectangles", "Kernels may be higher than wide, or wider than high.", _rectangles),
        Property("batches", "The shares of all pictures are added; an empty batch gives zeros.", _batches),
    ],
    mistakes=MISTAKES,
    hints=[
        "Write the forward pass as loops. Each product x * w in it gives two lines: for grad_x and for grad_weight.",
        "The share of a pixel is the neuron's gradient times the weight that the pixel met, and the other way round.",
        "Gather grad_x in a padded array of zeros, then cut off the border: [:, :, p : p + H, p : p + W].",
        "For neuron (n, k, i, j): grad_padded of its window += g * weight[k], grad_weight[k] += g * its window.",
    ],
    right_forms=[
        Form("loops over neurons", _scatter),
        Form("the course's loops", ops.conv2d_backward_loops),
        Form("columns", _as_columns),
        Form("einsum", _by_einsum),
        Form("torch", _by_torch),
    ],
    forbidden=("course.ops.conv2d_backward", "course.ops.conv2d_backward_loops", "course.ops.col2im"),
)
