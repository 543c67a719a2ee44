"""Pictures of lesson 1: connections, windows along a row, padding, and stacks seen from the side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ..receptive import Layer, trace
from .base import COLOURS, INK, SHADE, Picture, bare, described, new_figure, text_on

__all__ = [
    "connections_chart",
    "field_growth",
    "stack_from_the_side",
    "timeline",
    "windows_in_a_row",
    "windows_with_gaps",
]

MARKS = (("red", "o"), ("blue", "s"), ("green", "^"))
EVENTS = (
    (1959, "Hubel and Wiesel", "receptive fields in the\ncat's visual cortex"),
    (1968, "Hubel and Wiesel", "the same in monkeys"),
    (1980, "Neocognitron", "Fukushima: layers of\nsimple and complex cells"),
    (1989, "Learned weights", "LeCun and others:\nreads handwritten zip codes"),
    (1998, "LeNet-5", "LeCun and others:\nreads handwritten cheques"),
    (2012, "AlexNet", "Krizhevsky and others:\ndeep CNNs on GPUs"),
)


def timeline() -> Picture:
    """Draw the way from neurons in the cortex to convolutional networks."""
    figure, axes = new_figure(width=9.6, height=2.9)
    axes.plot([1954, 2018], [0, 0], color=COLOURS["grey"], linewidth=2)
    for number, (year, name, what) in enumerate(EVENTS):
        side = 1 if number % 2 == 0 else -1
        axes.plot([year, year], [0, side * 0.35], color=COLOURS["grey"], linewidth=1)
        animal = "Hubel" in name
        kind = {0: "measured in animals", 2: "built"}.get(number)  # named once, at the first of each kind
        axes.plot(year, 0, "o" if animal else "s", color=COLOURS["blue" if animal else "red"], markersize=9, label=kind)
        align = "bottom" if side > 0 else "top"
        text = f"{year} · {name}\n{what}"
        axes.text(year, side * 0.4, text, ha="center", va=align, fontsize=9, linespacing=1.35)
    axes.set(xlim=(1950, 2022), ylim=(-1.25, 1.25))
    axes.legend(loc="lower left", fontsize=9, frameon=False)
    bare(axes)
    events = "; ".join(f"{year} {name}: {' '.join(what.split())}" for year, name, what in EVENTS)
    return described(figure, f"A timeline. {events}.")


def connections_chart(sides: Sequence[int], counts: Mapping[str, Sequence[int]]) -> Picture:
    """Draw how many numbers each kind of layer needs, over the side of a square picture, on log scales.

    Parameters
    ----------
    sides : sequence of int
        Height and width of the pictures, in pixels.
    counts : mapping of str to sequence of int
        For each kind of layer (up to three), one number for each side.
    """
    figure, axes = new_figure(width=7.4, height=3.8)
    ends = []
    for (name, values), (colour, mark) in zip(counts.items(), MARKS, strict=False):
        axes.plot(sides, values, color=COLOURS[colour], marker=mark, linewidth=2, markersize=7)
        axes.text(
            sides[-1] * 1.12, values[-1], f"{name}\n{values[-1]:,}", color=COLOURS[colour], va="center", fontsize=9
        )
        ends.append(f"{name}: from {values[0]:,} to {values[-1]:,}")
    axes.set(xscale="log", yscale="log", xlabel="side of the picture (pixels)", ylabel="connections or weights")
    axes.set_xticks(list(sides), [f"{side:,}" for side in sides])
    axes.minorticks_off()
    axes.set_xlim(sides[0] * 0.85, sides[-1] * 3.2)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    text = f"A chart on logarithmic scales, over pictures with sides from {sides[0]} to {sides[-1]} pixels. "
    return described(figure, text + "; ".join(ends) + ".")


def windows_in_a_row(
    size: int, kernel_size: int, stride: int, settings: Mapping[str, tuple[int, int]], same: bool = False
) -> Picture:
    """Draw one row of pixels with zeros at its ends, and the windows that fit, each on a line of its own.

    Parameters
    ----------
    size, kernel_size, stride : int
        Pixels of the row, of a window, and from one window to the next.
    settings : mapping of str to tuple of int
        For each panel, its title and the zeros (before, after).
    same : bool
        Say in each title whether there are size / stride windows, rounded up.
    """
    widest = max(before + after for before, after in settings.values())
    figure, grid = new_figure(
        columns=len(settings), width=min(0.42 * (size + widest) * len(settings), 8.8), squeeze=False
    )
    parts = []
    for axes, (title, zeros) in zip(grid[0], settings.items(), strict=True):
        count, spare = _row_of_windows(axes, size, kernel_size, stride, zeros)
        wanted = -(-size // stride)
        verdict = "" if not same else (" ✓" if count == wanted else f", not {wanted}")
        axes.set_title(f"{title}\n{count} windows{verdict}", fontsize=10)
        used = f"{spare} at the end unused" if spare else "none left over"
        parts.append(f"{title}: {zeros[0]} zeros before, {zeros[1]} after, {count} windows{verdict}, {used}")
    text = f"A row of {size} pixels with windows of {kernel_size}, stride {stride}. "
    return described(figure, text + "; ".join(parts) + ".")


def windows_with_gaps(size: int, kernel_size: int, dilations: Sequence[int]) -> Picture:
    """Draw one row of pixels for each dilation, and the windows that fit with stride 1, with gaps between weights.

    Parameters
    ----------
    size, kernel_size : int
        Pixels of the row, and weights of a window.
    dilations : sequence of int
        For each panel, the pixels from one weight to the next.
    """
    figure, grid = new_figure(columns=len(dilations), width=min(0.36 * size * len(dilations), 8.8), squeeze=False)
    parts = []
    for axes, dilation in zip(grid[0], dilations, strict=True):
        count, _ = _row_of_windows(axes, size, kernel_size, 1, (0, 0), dilation)
        reach = dilation * (kernel_size - 1) + 1
        axes.set_title(f"dilation {dilation}: reaches over\n{reach} pixels, {count} windows", fontsize=10)
        parts.append(f"dilation {dilation}: a window reaches over {reach} pixels, and {count} windows fit")
    text = f"A row of {size} pixels with windows of {kernel_size} weights, stride 1. "
    return described(figure, text + "; ".join(parts) + ".")


def _row_of_windows(
    axes: Axes, size: int, kernel: int, stride: int, zeros: tuple[int, int], dilation: int = 1
) -> tuple[int, int]:
    """Draw one panel; return how many windows there are, and how many pixels are left over."""
    before, after = zeros
    start, end = -before, size + after
    reach = dilation * (kernel - 1) + 1
    starts = list(range(start, end - reach + 1, stride))
    covered = starts[-1] + reach if starts else start
    for pixel in range(start, end):
        inside = 0 <= pixel < size
        unused = pixel >= covered
        face = SHADE if inside else "none"
        line = "-" if inside else ":"
        hatch = "xxx" if unused else None
        box = Rectangle((pixel, 0), 1, 1, facecolor=face, edgecolor=INK, linestyle=line, hatch=hatch)
        axes.add_patch(box)
        label = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if unused else None
        axes.text(pixel + 0.5, 0.5, str(pixel) if inside else "0", ha="center", va="center", fontsize=8, color="black",
                  bbox=label)  # fmt: skip
    for number, first in enumerate(starts):
        y = -0.75 - 0.62 * number
        colour = COLOURS["blue" if number % 2 == 0 else "orange"]
        for weight in range(kernel) if dilation > 1 else ():
            axes.add_patch(Rectangle((first + weight * dilation + 0.06, y), 0.88, 0.42, facecolor=colour))
        if dilation > 1:
            axes.plot([first + 0.5, first + reach - 0.5], [y + 0.21] * 2, color=colour, linewidth=1, zorder=0)
        else:
            axes.add_patch(Rectangle((first + 0.06, y), kernel - 0.12, 0.42, facecolor=colour))
            axes.text(
                first + kernel / 2, y + 0.2, f"window {number}", ha="center", va="center", fontsize=7,
                color=text_on(colour),
            )  # fmt: skip
    axes.set(xlim=(start - 0.3, end + 0.3), ylim=(-0.9 - 0.62 * max(len(starts), 1), 1.3))
    bare(axes)
    return len(starts), end - covered


def stack_from_the_side(layers: Sequence[tuple[int, int]], names: Sequence[str] = ()) -> Picture:
    """Draw a stack along one axis: a unit at the top, and all that it sees in each layer below.

    Parameters
    ----------
    layers : sequence of tuple of int
        (kernel_size, stride), first layer first.
    names : sequence of str
        What to call the layers; "layer 1", "layer 2" where left out.
    """
    steps = trace(Layer(kernel, stride) for kernel, stride in layers)
    names = ["input", *(names or [f"layer {n + 1}" for n in range(len(layers))])]
    seen = [(0, 0)]
    for kernel, stride in reversed(layers):
        seen.append((seen[-1][0] * stride, seen[-1][1] * stride + kernel - 1))
    seen.reverse()
    centre = (seen[0][1] - seen[0][0]) / 2
    figure, axes = new_figure(width=8.4, height=0.9 + 0.72 * len(steps))
    for level, (step, (first, last)) in enumerate(zip(steps, seen, strict=True)):
        offset = step.start - steps[0].start
        reach = range(first - 3, last + 4)
        xs = np.array([offset + unit * step.jump for unit in reach])
        inside = np.array([first <= unit <= last for unit in reach])
        near = (xs > -2.6) & (xs < 2 * centre + 2.6)
        axes.scatter(xs[near & ~inside], [level] * int((near & ~inside).sum()), s=42, color=INK, alpha=0.4, zorder=3)
        axes.scatter(xs[inside], [level] * int(inside.sum()), s=58, color=COLOURS["blue"], zorder=4)
        if level:
            _join(axes, level, steps[level - 1], step, (first, last), layers[level - 1])
        label = f"{names[level]}: a unit sees {step.size}, neighbours lie {step.jump} apart"
        axes.text(2 * centre + 3.2, level, label if level else names[0], va="center", fontsize=9)
    axes.set(ylim=(-0.5, len(steps) - 0.5), xlim=(-3, 2 * centre + 3 + max(16, centre * 1.7)))
    bare(axes).set_title("blue: what the unit at the top sees in each layer", fontsize=10)
    sizes = "; ".join(f"{name}: {step.size} pixels, jump {step.jump}" for name, step in zip(names, steps, strict=True))
    text = "Layers as rows of dots, seen from the side. The unit at the top fans out to more and more units below. "
    return described(figure, text + f"What a unit sees: {sizes}.")


def _join(axes: Axes, level: int, below: object, here: object, units: tuple[int, int], layer: tuple[int, int]) -> None:
    kernel, stride = layer
    for unit in range(units[0], units[1] + 1):
        x = here.start + unit * here.jump  # type: ignore[attr-defined]
        for u in range(kernel):
            lower = below.start + (unit * stride + u) * below.jump  # type: ignore[attr-defined]
            axes.plot([lower, x], [level - 1, level], color=COLOURS["sky"], linewidth=0.8, zorder=1)


def field_growth(stacks: Mapping[str, Sequence[tuple[int, int]]], field: Callable[[list], int]) -> Picture:
    """Draw how the receptive field grows with each layer, for several stacks.

    Parameters
    ----------
    stacks : mapping of str to sequence of tuple of int
        (kernel_size, stride) of the layers of up to three stacks.
    field : callable
        The reader's `receptive_field`.
    """
    figure, axes = new_figure(width=7.4, height=3.4)
    ends = []
    for (name, layers), (colour, mark) in zip(stacks.items(), MARKS, strict=False):
        sizes = [field(list(layers[:depth])) for depth in range(len(layers) + 1)]
        axes.plot(range(len(sizes)), sizes, color=COLOURS[colour], marker=mark, linewidth=2, label=name)
        axes.annotate(
            f"{name}: {sizes[-1]}", (len(sizes) - 1, sizes[-1]), (8, 0), textcoords="offset points", va="center",
            color=COLOURS[colour], fontsize=9,
        )  # fmt: skip
        ends.append(f"{name}: {', '.join(map(str, sizes))}")
    deepest = max(len(layers) for layers in stacks.values())
    axes.set(xlabel="layers", ylabel="receptive field (pixels)", xlim=(-0.2, deepest * 1.45), yscale="log")
    ticks = [tick for tick in (1, 3, 10, 30, 100, 300) if tick <= axes.get_ylim()[1]]
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.set_xticks(range(deepest + 1))
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return described(
        figure, "A chart of the receptive field after each layer, on a log scale. " + "; ".join(ends) + "."
    )
