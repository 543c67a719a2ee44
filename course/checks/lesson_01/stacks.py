"""Checks of stacks of layers: how far a deep unit sees, and what a stack costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ... import arithmetic, receptive
from ..spec import Case, Exercise, Form, Mistake, Property
from .cases import cases_of

__all__ = ["RECEPTIVE_FIELD", "STACK_VERSUS_SINGLE"]

# --- receptive_field -----------------------------------------------------------------------------------

Layers = list[tuple[int, int]]


def _stacks(*stacks: Layers, note: str) -> list[Case]:
    return cases_of("layers", *((stack,) for stack in stacks), note=note)


def _one_layer(rng: np.random.Generator) -> list[Case]:
    return _stacks([(3, 1)], [(5, 2)], [(int(rng.integers(6, 12)), 3)], note="one layer")


def _stride_one(rng: np.random.Generator) -> list[Case]:
    deep = [(int(kernel), 1) for kernel in rng.integers(2, 8, 4)]
    return _stacks([(3, 1), (3, 1)], [(5, 1), (3, 1), (2, 1)], deep, note="several layers, all with stride 1")


def _strides(rng: np.random.Generator) -> list[Case]:
    deep = [(kernel, int(stride)) for kernel, stride in enumerate(rng.permutation([1, 2, 3, 4]), start=3)]
    first = [(7, 2), (3, 1)]
    return _stacks(first, [(3, 2), (3, 2), (3, 2)], [(3, 1), (4, 3), (5, 1)], deep, note="strides")


def _pools(rng: np.random.Generator) -> list[Case]:
    kernels = [int(kernel) for kernel in rng.integers(3, 8, 3)]
    mixed = [(kernels[0], 1), (2, 2), (kernels[1], 1), (3, 3), (kernels[2], 1)]
    book = [(7, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2)]
    return _stacks([(3, 1), (2, 2)], [(3, 1), (2, 2), (3, 1)], mixed, book, note="(2, 2) is a pooling layer")


def _nothing_changes(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    if values[0] != 1:
        return f"with no layer at all, a pixel sees itself: 1 pixel, yours is {values[0]!r}"
    if values[1] != values[2]:
        return f"a layer of kernel 1 and stride 1 changes nothing, yours goes from {values[1]!r} to {values[2]!r}"
    return None


def _same_stacks(rng: np.random.Generator) -> list[Case]:
    stack = [(3, 1), (2, 2), (int(rng.integers(3, 8)), 1)]
    return _stacks([], stack, [*stack[:1], (1, 1), *stack[1:]], note="a layer that changes nothing")


def _recurrence(step: Callable[[int, int, int, int], tuple[int, int]], start: int = 1) -> Callable[[Layers], int]:
    """Return the function that goes through the layers with size and jump; `step` takes size, jump, k, s."""

    def field(layers: Layers) -> int:
        size, jump = start, 1
        for kernel_size, stride in layers:
            size, jump = step(size, jump, kernel_size, stride)
        return size

    return field


_right = _recurrence(lambda size, jump, k, s: (size + (k - 1) * jump, jump * s))


def _from_the_top(layers: Layers) -> int:
    size = 1
    for kernel_size, stride in reversed(layers):
        size = (size - 1) * stride + kernel_size
    return size


def _by_products(layers: Layers) -> int:
    return 1 + sum((k - 1) * math.prod(s for _, s in layers[:below]) for below, (k, _) in enumerate(layers))


def _by_pixels(layers: Layers) -> int:
    rows = {0}
    for kernel_size, stride in layers[::-1]:
        rows = {row * stride + u for row in rows for u in range(kernel_size)}
    return len(range(min(rows), max(rows) + 1))


RECEPTIVE_FIELD = Exercise(
    name="receptive_field",
    reference=receptive.receptive_field,
    properties=[
        Property("one layer", "A unit of the first layer sees as many pixels as its kernel.", _one_layer),
        Property("stride 1", "Each layer widens the view by its kernel less one.", _stride_one),
        Property("strides", "After a stride, neighbours look at places that are further apart.", _strides),
        Property("pooling", "Pooling layers have a kernel and a stride like all others.", _pools),
        Property("nothing changes", "A layer of kernel 1 and stride 1 adds nothing.", _same_stacks, _nothing_changes),
    ],
    mistakes=[
        Mistake(
            "adds k instead of k - 1",
            "You add the whole kernel for each layer. One of its pixels is in the view already: "
            "it widens the view by its size less one.",
            _recurrence(lambda size, jump, k, s: (size + k * jump, jump * s)),
        ),
        Mistake(
            "its own stride first",
            "You multiply by a layer's own stride before you add its kernel. "
            "The steps inside its kernel are those between units of the layer below.",
            _recurrence(lambda size, jump, k, s: (size + (k - 1) * jump * s, jump * s)),
        ),
        Mistake(
            "sums strides",
            "You add the strides up. Two layers with stride 3 step over 9 pixels, not 6: strides multiply.",
            _recurrence(lambda size, jump, k, s: (size + (k - 1) * jump, jump + s)),
        ),
        Mistake(
            "sums strides less one",
            "You add the strides up, each less one. Two layers with stride 3 step over 9 pixels: strides multiply.",
            _recurrence(lambda size, jump, k, s: (size + (k - 1) * jump, jump + s - 1)),
        ),
        Mistake(
            "skips pooling",
            "You leave the pooling layers out. They look through a window and step, as all others do.",
            lambda layers: _right([(k, s) for k, s in layers if k != s or s == 1]),
        ),
        Mistake(
            "pooling only steps",
            "You take the stride of a pooling layer, and leave its window out.",
            lambda layers: _right([(1 if k == s else k, s) for k, s in layers]),
        ),
        Mistake(
            "strides left out",
            "You leave the strides out.",
            _recurrence(lambda size, jump, k, s: (size + k - 1, 1)),
        ),
        Mistake(
            "only the last stride",
            "You multiply by the stride of the layer below alone. All strides below count, multiplied.",
            _recurrence(lambda size, jump, k, s: (size + (k - 1) * jump, s)),
        ),
        Mistake(
            "starts at 0",
            "You start with 0 pixels. With no layer, a unit is a pixel and sees itself: 1.",
            _recurrence(lambda size, jump, k, s: (size + (k - 1) * jump, jump * s), start=0),
        ),
        Mistake(
            "last layer first",
            "You go through the layers in the wrong order: the first of the list is the one on the picture.",
            lambda layers: _right(layers[::-1]),
        ),
        Mistake(
            "first layer only",
            "Your answer is that of the first layer alone. Does the `return` stand inside the loop?",
            lambda layers: _right(layers[:1]) if layers else None,
        ),
        Mistake(
            "kernels multiplied",
            "You multiply the kernels. Windows that overlap share pixels: two of 3 see 5 pixels, not 9.",
            lambda layers: math.prod(k for k, _ in layers),
        ),
    ],
    hints=[
        "Keep two numbers as you climb: how many pixels a unit sees, and how many pixels lie between neighbours.",
        "Both numbers are 1 at the picture itself. A kernel of 3 takes in two more units: how many pixels is that?",
        "The size grows by (kernel - 1) jumps. After that, and only then, the jump is multiplied by the stride.",
    ],
    right_forms=[
        Form("from the top down", _from_the_top),
        Form("products of the strides below", _by_products),
        Form("following the pixels", _by_pixels),
    ],
    forbidden=("course.receptive.receptive_field", "course.receptive.trace", "course.receptive.unit_window"),
)

# --- stack_versus_single -------------------------------------------------------------------------------

STACK = "kernel_size layers channels"


def _two_layers(rng: np.random.Generator) -> list[Case]:
    rows = ((3, 2, 1), (5, 2, 1), (int(rng.integers(6, 10)), 2, 1))
    return cases_of(STACK, *rows, note="two layers, one channel")


def _many_layers(rng: np.random.Generator) -> list[Case]:
    rows = ((3, 3, 1), (2, 5, 1), (int(rng.integers(4, 8)), int(rng.integers(4, 8)), 1))
    return cases_of(STACK, *rows, note="more layers")


def _many_channels(rng: np.random.Generator) -> list[Case]:
    rows = ((3, 2, 4), (3, 2, 64), (5, 3, int(rng.integers(3, 40))))
    return cases_of(STACK, *rows, note="several channels in, as many out")


def _one_of_each(rng: np.random.Generator) -> list[Case]:
    rows = ((3, 1, 2), (int(rng.integers(4, 9)), 1, int(rng.integers(3, 9))), (1, 3, 2))
    return cases_of(STACK, *rows, note="one layer, or kernels of one pixel")


def _counted(size: Callable, weights: Callable) -> Callable[[int, int, int], tuple[int, int, int]]:
    """Return the answer made of the single kernel's size and the weights of one layer with a given kernel."""

    def answer(kernel_size: int, layers: int, channels: int) -> tuple[int, int, int]:
        single = size(kernel_size, layers)
        return single, layers * weights(kernel_size, channels), weights(single, channels)

    return answer


def _view(k: int, n: int) -> int:
    return n * (k - 1) + 1


def _reference(k: int, n: int, c: int) -> tuple[int, int, int]:
    return arithmetic.stack_versus_single(k, n, c)


STACK_VERSUS_SINGLE = Exercise(
    name="stack_versus_single",
    reference=arithmetic.stack_versus_single,
    properties=[
        Property("two layers", "The single kernel sees as much as the two together.", _two_layers),
        Property("more layers", "Each layer widens the view by its kernel less one.", _many_layers),
        Property("channels", "Every output channel has a kernel for every input channel.", _many_channels),
        Property("smallest stacks", "One layer is a stack, too.", _one_of_each),
    ],
    mistakes=[
        Mistake(
            "kernels added",
            "You add the kernels up. Two layers of 3 see 5 pixels, since their windows share one.",
            _counted(lambda k, n: k * n, lambda k, c: k * k * c * c),
        ),
        Mistake(
            "channels counted once",
            "You count the channels once. Each of the output channels has a kernel for each of the input channels.",
            _counted(_view, lambda k, c: k * k * c),
        ),
        Mistake(
            "channels left out",
            "You leave the channels out.",
            _counted(_view, lambda k, c: k * k),
        ),
        Mistake(
            "kernels not squared",
            "You count one side of the kernel. A 3 x 3 kernel has 9 weights.",
            _counted(_view, lambda k, c: k * c * c),
        ),
        Mistake(
            "one layer of the stack",
            "You count the weights of one layer of the stack. All its layers have weights.",
            lambda k, n, c: (_view(k, n), k * k * c * c, _view(k, n) ** 2 * c * c),
        ),
        Mistake(
            "stack and single swapped",
            "Your counts are right, but in the wrong order: first the stack, then the single kernel.",
            lambda k, n, c: (_reference(k, n, c)[0], *_reference(k, n, c)[:0:-1]),
        ),
        Mistake(
            "biases counted",
            "You count biases as well. Here only the weights are compared.",
            _counted(_view, lambda k, c: k * k * c * c + c),
        ),
        Mistake(
            "weights of the layers multiplied",
            "You raise the weights to the power of the number of layers. Layers stand one after the other: add them.",
            lambda k, n, c: (_view(k, n), (k * k * c * c) ** n, _view(k, n) ** 2 * c * c),
        ),
    ],
    hints=[
        "The first number is a receptive field. You have written a function for that.",
        "A layer from 1 channel to 1 has k x k weights. From c channels to c channels, how many kernels are there?",
        "Count one layer of the stack, then multiply by the layers. Then count one layer with the large kernel.",
    ],
    right_forms=[
        Form(
            "with receptive_field",
            lambda k, n, c: (_right([(k, 1)] * n), sum([k * k * c * c] * n), (c + n * (k - 1) * c) ** 2),
        ),
        Form("as a list", lambda k, n, c: list(_reference(k, n, c))),
    ],
    forbidden=("course.arithmetic.stack_versus_single", "course.arithmetic.conv_parameters"),
)
