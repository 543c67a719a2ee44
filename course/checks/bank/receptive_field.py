"""`receptive_field`: how many pixels a unit above a stack of layers sees."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ... import receptive
from ..cases import Maker, between
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

Layers = list[tuple[int, int]]

cases = Maker(lambda rng, layers: {"layers": layers})


def drawn(*sizes: Any) -> Callable[[np.random.Generator], Layers]:
    """Return what draws a stack: of each layer kernel and stride, numbers or what draws one."""
    return lambda rng: [(kernel(rng) if callable(kernel) else kernel, stride) for kernel, stride in sizes]


def shuffled_strides(rng: np.random.Generator) -> Layers:
    """Return four layers, each with another kernel and another stride."""
    kernels = rng.choice(np.arange(5, 40), size=4, replace=False)
    return [(int(kernel), int(stride)) for kernel, stride in zip(kernels, rng.permutation([1, 2, 3, 4]), strict=True)]


def any_stack(rng: np.random.Generator) -> Layers:
    """Return layers of all kinds: pools (2 or 3) among convolutions, strides between and above them."""
    convolution = [(int(rng.integers(4, 9)), int(rng.integers(1, 4))) for _ in range(4)]
    pools = [(size, size) for size in rng.permutation([2, 3]).tolist()]
    return [convolution[0], pools[0], *convolution[1:3], pools[1], convolution[3]]


def nothing_changes(cases: Sequence[Case], values: Sequence[Any]) -> tuple[int, str] | None:
    """Compare a stack with the same one and a layer more that does nothing."""
    if values[0] == values[1]:
        return None
    return 1, f"a layer of kernel 1 and stride 1 changes nothing, yours goes from {values[0]!r} to {values[1]!r}"


def same_stacks(rng: np.random.Generator) -> list[Case]:
    """Return a stack, and the stack with a layer that changes nothing."""
    stack = [(3, 1), (2, 2), (int(rng.integers(3, 8)), 1)]
    return cases({"layers": stack}, {"layers": [*stack[:1], (1, 1), *stack[1:]]}, note="a layer that does nothing")(rng)


BOOK = [(7, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2)]

PROPERTIES = [
    Property(
        "one layer",
        "A unit of the first layer sees as many pixels as its kernel.",
        cases({"layers": [(3, 1)]}, {"layers": [(5, 2)]}, {"layers": drawn((between(6, 19_999), 3))}, note="one layer"),
    ),
    Property(
        "stride 1",
        "Each layer widens the view by its kernel less one.",
        cases({"layers": [(3, 1), (3, 1)]}, {"layers": [(5, 1), (3, 1), (2, 1)]},
              {"layers": drawn((between(2, 19), 1), (between(20, 299), 1), (between(2, 99), 1))},
              note="several layers, all with stride 1"),
    ),
    Property(
        "strides",
        "After a stride, neighbours look at places that are further apart.",
        cases({"layers": [(7, 2), (3, 1)]}, {"layers": [(3, 2), (3, 2), (3, 2)]}, {"layers": [(3, 1), (4, 3), (5, 1)]},
              {"layers": shuffled_strides}, note="strides"),
    ),
    Property(
        "pooling",
        "Pooling layers have a kernel and a stride like all others.",
        cases({"layers": [(3, 1), (2, 2)]}, {"layers": [(3, 1), (2, 2), (3, 1)]},
              {"layers": drawn((between(3, 99), 1), (2, 2), (between(3, 99), 1), (3, 3), (between(3, 9), 1))},
              {"layers": BOOK}, note="(2, 2) is a pooling layer"),
    ),
    Property("nothing changes", "A layer of kernel 1 and stride 1 adds nothing.", same_stacks, holds=nothing_changes),
    Property(
        "no layer",
        "With no layer at all, a pixel sees itself.",
        cases({"layers": []}, note="no layer at all"),
        unusual=True,
    ),
]  # fmt: skip

# --- The answer in parts ------------------------------------------------------------------------------------


def field(
    layers: Layers, *,
    empty: Callable[[], Any] | None = None,
    takes: Callable[[int, int], tuple[int, int]] = lambda k, s: (k, s),
    chosen: Callable[[Layers], Iterable[tuple[int, int]]] = lambda layers: layers,
    start: Callable[[Layers], int] = lambda layers: 1,
    jumps: Callable[[Layers], int] = lambda layers: 1,
    widens: Callable[[int, int], int] = lambda k, s: k - 1,
    grows: Callable[..., int] = lambda size, wider, jump, s: size + wider * jump,
    steps: Callable[..., int] = lambda jump, s, k, depth: jump * s,
    own_first: bool = False,
    pools: Callable[..., tuple[int, int]] | None = None,
    gives: Callable[..., Any] = lambda sizes, jumps, layers: sizes[-1],
) -> Any:  # fmt: skip
    """Climb through the layers with size and jump.

    `empty` gives the answer for no layers, where it is made apart; `chosen` are the layers that count, in order; a
    layer widens the view (`widens`), the size grows (`grows`), the jump steps up (`steps`), the latter before the
    former where `own_first` is true; `pools` does all of it for pooling layers.
    """
    if not layers and empty is not None:
        return empty()
    size, jump = start(layers), jumps(layers)
    sizes, all_jumps = [size], [jump]
    for depth, (k, s) in enumerate(itertools.starmap(takes, chosen(layers))):
        if pools is not None and k == s > 1:
            size, jump = pools(size, jump, widens(k, s), s)
        else:
            further = steps(jump, s, k, depth)
            size = grows(size, widens(k, s), further if own_first else jump, s)
            jump = further
        sizes.append(size)
        all_jumps.append(jump)
    return gives(sizes, all_jumps, layers)


# --- Mistakes -----------------------------------------------------------------------------------------------


def stops() -> None:
    """Look for the first of no layers."""
    raise IndexError("list index out of range")


def upwards(layers: Layers) -> Layers:
    """Take the top layer first."""
    return layers[::-1]


TOP_DOWN = (
    "Going from the top to the picture, n units of a layer are n - 1 strides and one kernel of the layer below. Which "
    "of them do you count too often, or not at all?"
)

MISTAKES = [
    # --- which layers, in which order ---
    wrong("kernel and stride exchanged", "You take the first number of each pair for the stride. It is the kernel's "
          "size: (kernel_size, stride).", takes=lambda k, s: (s, k)),
    wrong("last layer first", "Your answer is that of the list from its end. The first layer of the list is the one "
          "on the picture, and for each layer the strides below it count.", chosen=upwards),
    wrong("first layer only", "Your answer is that of the first layer alone. Does the `return` stand inside the loop?",
          chosen=lambda layers: layers[:1]),
    wrong("last layer only", "Your answer counts the kernel of the last layer alone. Is there an = where += should "
          "stand?", grows=lambda size, wider, jump, s: 1 + wider * jump),
    wrong("first layer left out", "The first layer is not in your answer.", chosen=lambda layers: layers[1:]),
    wrong("last layer left out", "The last layer is not in your answer.", chosen=lambda layers: layers[:-1]),
    # --- pooling ---
    wrong("skips pooling", "You leave the pooling layers out. They look through a window and step, as all others do.",
          pools=lambda size, jump, wider, s: (size, jump)),
    wrong("pooling only steps", "You take the stride of a pooling layer, and leave its window out.",
          pools=lambda size, jump, wider, s: (size, jump * s)),
    wrong("pooling does not step", "You take the window of a pooling layer, and leave its stride out.",
          pools=lambda size, jump, wider, s: (size + wider * jump, jump)),
    wrong("pooling multiplies the size", "Your numbers are those of a size that is multiplied at each pooling layer. "
          "Its windows, too, add pixels: k - 1 jumps. It is the jump that is multiplied, at every layer.",
          pools=lambda size, jump, wider, s: (size * s, jump), steps=lambda jump, s, k, depth: jump),
    wrong("pooling multiplies size and jump", "You multiply the size at a pooling layer, as well as the jump. Its "
          "windows add pixels, as all others do.", pools=lambda size, jump, wider, s: (size * s, jump * s)),
    wrong("skips pooling by 2", "You leave the pooling layers (2, 2) out. They look through a window and step, as all "
          "others do.", pools=lambda size, jump, wider, s: (size, jump) if s == 2 else (size + wider * jump, jump * s)),
    # --- the start ---
    wrong("starts at 0", "You start with 0 pixels. With no layer, a unit is a pixel and sees itself: 1.",
          start=lambda layers: 0),
    wrong("starts with the first kernel", "You start with the kernel of the first layer, and count that layer once "
          "more in the loop.", start=lambda layers: layers[0][0] if layers else 1),
    wrong("first stride forgotten", "The stride of the first layer is not in your answer. It moves apart what all "
          "layers above it see.", steps=lambda jump, s, k, depth: jump * s if depth else jump),
    # --- how far a layer widens the view ---
    wrong("adds k instead of k - 1", "You add the whole kernel for each layer. One of its pixels is in the view "
          "already: it widens the view by its size less one.", widens=lambda k, s: k),
    wrong("adds k - s", "You add the kernel less its stride for each layer. It widens the view by its size less one.",
          widens=lambda k, s: k - s),
    wrong("adds half the kernel", "You add half the kernel for each layer, as if it looked to one side alone.",
          widens=lambda k, s: k // 2),
    wrong("kernel of 3 assumed", "You add 2 units for each layer, whatever its kernel. That is so for kernels of 3 "
          "alone.", widens=lambda k, s: 2),
    wrong("kernels added", "Your answer is that of kernels added up. Windows that overlap share pixels: two of 3 see "
          "5 pixels, not 6. And strides move them apart.", start=lambda layers: 0, widens=lambda k, s: k,
          steps=lambda jump, s, k, depth: jump),
    wrong("kernels multiplied", "Your answer is that of kernels multiplied. Windows that overlap share pixels: two of "
          "3 see 5 pixels, not 9.", grows=lambda size, wider, jump, s: size * (wider + 1)),
    # --- the jump ---
    wrong("its own stride first", "You multiply by a layer's own stride before you add its kernel. The steps inside "
          "its kernel are those between units of the layer below.", own_first=True),
    wrong("its own stride alone", "You multiply each kernel by its own layer's stride. What counts are the strides of "
          "all layers below it.", own_first=True, steps=lambda jump, s, k, depth: s),
    wrong("its own stride to the power of its number", "You raise each layer's own stride to a power. Strides differ: "
          "multiply those of the layers below.", own_first=True, steps=lambda jump, s, k, depth: s**depth),
    wrong("all strides for every layer", "You multiply every kernel by all strides of the stack. Those of the layers "
          "below it count, no others.", jumps=lambda layers: math.prod(s for _, s in layers),
          steps=lambda jump, s, k, depth: jump),
    wrong("strides left out", "You leave the strides out.", steps=lambda jump, s, k, depth: jump),
    wrong("strides of convolutions left out", "You count the strides of pooling layers alone. Convolutions step, too.",
          steps=lambda jump, s, k, depth: jump * s if k == s else jump),
    wrong("strides of 2 assumed", "You double the jump at every layer, whatever its stride.",
          steps=lambda jump, s, k, depth: 2 * jump),
    wrong("sums strides", "You add the strides up. Two layers with stride 3 step over 9 pixels, not 6: strides "
          "multiply.", steps=lambda jump, s, k, depth: jump + s),
    wrong("sums strides less one", "You add the strides up, each less one. Two layers with stride 3 step over 9 "
          "pixels: strides multiply.", steps=lambda jump, s, k, depth: jump + s - 1),
    wrong("only the last stride", "You multiply by the stride of the layer below alone. All strides below count, "
          "multiplied.", steps=lambda jump, s, k, depth: s),
    wrong("the largest stride", "You multiply by the largest stride below. All strides below count, multiplied.",
          steps=lambda jump, s, k, depth: max(jump, s)),
    # --- from the top to the picture ---
    wrong("top down, a stride too many",
          TOP_DOWN, chosen=upwards, start=lambda layers: 1, pools=None,
          grows=lambda size, wider, jump, s: size * s + wider),
    wrong("top down, a stride and a unit too many",
          TOP_DOWN, chosen=upwards, start=lambda layers: 1, pools=None,
          grows=lambda size, wider, jump, s: size * s + wider + 1),
    wrong("top down, a unit too few",
          TOP_DOWN, chosen=upwards, start=lambda layers: 1, pools=None,
          grows=lambda size, wider, jump, s: (size - 1) * s + wider),
    wrong("top down, the kernel times the stride",
          TOP_DOWN, chosen=upwards, start=lambda layers: 1, pools=None,
          grows=lambda size, wider, jump, s: (size + wider) * s),
    wrong("top down, starts at 0", "You start at the top with 0 units. It is one unit that looks down: start with 1.",
          chosen=upwards, start=lambda layers: 0, grows=lambda size, wider, jump, s: (size - 1) * s + wider + 1),
    wrong("size times stride", "You multiply the size by the stride of each layer. It is the jump that is multiplied; "
          "the size grows by (k - 1) jumps.", grows=lambda size, wider, jump, s: size * s + wider, pools=None),
    wrong("size and kernel times stride", "You multiply size and kernel by the stride of each layer. It is the jump "
          "that is multiplied; the size grows by (k - 1) jumps.", grows=lambda size, wider, jump, s: (size + wider) * s,
          pools=None),
    wrong("size times jump", "You multiply the size by the jump. What the kernel adds lies one jump apart: multiply k "
          "- 1 by it.", grows=lambda size, wider, jump, s: size * jump + wider),
    # --- what comes back ---
    wrong("the jump for the size", "Your answer is the strides multiplied: the jump. Wanted is the size.",
          gives=lambda sizes, jumps, layers: jumps[-1]),
    wrong("powers of two", "Your answer is 2 to the power of the number of pooling layers. Convolutions widen the "
          "view, too.", gives=lambda sizes, jumps, layers: 2 ** sum(k == s == 2 for k, s in layers)),
    wrong("size and jump", "You return two numbers, size and jump. Wanted is the size alone.",
          gives=lambda sizes, jumps, layers: (sizes[-1], jumps[-1])),
    wrong("a size for each layer", "You return a size for each layer. Wanted is the last one alone.",
          gives=lambda sizes, jumps, layers: tuple(sizes[1:])),
    wrong("a size for each layer, and 1", "You return a size for each layer, from the pixel up. Wanted is the last "
          "one alone.", gives=lambda sizes, jumps, layers: tuple(sizes)),
    wrong("an area", "You return the pixels of a square view. Wanted is the size along one axis.",
          gives=lambda sizes, jumps, layers: sizes[-1] ** 2),
    wrong("a float", "You return a float, such as 8.0. A number of pixels is whole: an int.",
          gives=lambda sizes, jumps, layers: float(sizes[-1])),
    # --- no layer ---
    wrong("0 for no layer", "It works, until there is no layer at all: then a unit is a pixel and sees itself, 1.",
          empty=lambda: 0),
    wrong("stops without a layer", "It works, until there is no layer at all: then there is no layers[0]. Start with "
          "1 pixel.", empty=stops),
    wrong("nothing for no layer", "It works, until there is no layer at all: then nothing comes back. Does the "
          "`return` stand inside the loop?", empty=lambda: None),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def from_the_top(layers: Layers) -> int:
    """Go from the top down to the picture."""
    size = 1
    for kernel_size, stride in reversed(layers):
        size = (size - 1) * stride + kernel_size
    return size


def by_products(layers: Layers) -> int:
    """Add up (k - 1) times the strides below."""
    return 1 + sum((k - 1) * math.prod(s for _, s in layers[:below]) for below, (k, _) in enumerate(layers))


def by_pixels(layers: Layers) -> int:
    """Follow the pixels, and count them."""
    rows = {0}
    for kernel_size, stride in layers[::-1]:
        rows = {row * stride + u for row in rows for u in range(kernel_size)}
    return max(rows) - min(rows) + 1


EXERCISE = Exercise(
    name="receptive_field",
    reference=receptive.receptive_field,
    computation=field,
    properties=PROPERTIES,
    telling=cases(*[{"layers": any_stack}] * 8),
    mistakes=MISTAKES,
    hints=[
        "Keep two numbers as you climb: how many pixels a unit sees, and how many pixels lie between neighbours.",
        "Both numbers are 1 at the picture itself. A kernel of 3 takes in two more units: how many pixels is that?",
        "The size grows by (kernel - 1) jumps. After that, and only then, the jump is multiplied by the stride.",
    ],
    right_forms=[
        Form("from the top down", from_the_top),
        Form("products of the strides below", by_products),
        Form("following the pixels", by_pixels),
    ],
)
