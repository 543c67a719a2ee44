"""Layers drawn as planes that float one above the other, with what a neuron sees in the layer below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Polygon

from ..arithmetic import output_size, receptive_window
from .base import COLOURS, INK, SHADE, Picture, bare, described, new_figure

__all__ = ["neurons_and_windows", "stack_of_planes"]

# Each neuron has a colour and a hatching of its own, so that they are told apart without colours, too.
STYLES = (("blue", "////"), ("orange", "...."), ("green", "\\\\\\\\"), ("pink", "xxxx"))
LEAN, FLAT, GAP = 0.45, 0.55, 2.6  # how far rows lean sideways, how flat they lie, space between planes

Window = tuple[tuple[int, int], tuple[int, int]]
WindowFunction = Callable[..., Window]


@dataclass(frozen=True)
class _Plane:
    """One layer: its size, the zeros around it, and where it lies in the picture."""

    shape: tuple[int, int]
    padding: tuple[int, int]
    x: float
    y: float

    def point(self, row: float, column: float) -> tuple[float, float]:
        """Return where a corner of a cell lies on the page."""
        middle_row, middle_column = self.shape[0] / 2, self.shape[1] / 2
        x = self.x + (column - middle_column) + LEAN * (middle_row - row)
        return x, self.y - FLAT * (row - middle_row)

    def box(self, window: Window) -> np.ndarray:
        """Return the four corners of a window, clockwise from the upper left."""
        (top, bottom), (left, right) = window
        corners = ((top, left), (top, right + 1), (bottom + 1, right + 1), (bottom + 1, left))
        return np.array([self.point(*corner) for corner in corners])

    @property
    def reach(self) -> float:
        """How far the plane reaches up and down from its middle."""
        return FLAT * (self.shape[0] / 2 + self.padding[0])


def _stacked(shapes: Sequence[tuple[int, int]], paddings: Sequence[tuple[int, int]]) -> list[_Plane]:
    planes: list[_Plane] = []
    y = 0.0
    for shape, padding in zip(shapes, paddings, strict=True):
        plane = _Plane(shape, padding, 0.0, 0.0)
        if planes:
            y += planes[-1].reach + GAP + plane.reach
        planes.append(_Plane(shape, padding, 0.0, y))
    return planes


def _draw_plane(axes: Axes, plane: _Plane, name: str, numbered: bool) -> None:
    (height, width), (p_h, p_w) = plane.shape, plane.padding
    cells: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for row in range(-p_h, height + p_h):
        for column in range(-p_w, width + p_w):
            inside = 0 <= row < height and 0 <= column < width
            cells[inside].append(plane.box(((row, row), (column, column))))
            if not inside:
                x, y = plane.point(row + 0.5, column + 0.5)
                axes.text(x, y, "0", fontsize=6, color=INK, ha="center", va="center")
    axes.add_collection(PolyCollection(cells[False], facecolors="none", edgecolors=INK, linestyles=":"))
    axes.add_collection(PolyCollection(cells[True], facecolors=SHADE, edgecolors=INK, linewidths=0.8))
    axes.add_patch(Polygon(plane.box(((0, height - 1), (0, width - 1))), fill=False, edgecolor=INK, linewidth=1.2))
    x, y = plane.point((height + 0.2) / 2, width + p_w)
    axes.text(x + 0.9, y, f"{name}\n{height} × {width}", fontsize=10, va="center")
    if numbered:
        for row in range(height):
            _label(axes, plane.point(row + 0.5, -p_w - 0.7), str(row))
        for column in range(width):
            _label(axes, plane.point(height + p_h + 0.5, column + 0.5), str(column))
        _label(axes, plane.point(-0.6, -p_w - 0.9), "row")
        _label(axes, plane.point(height + p_h + 0.5, width + 1.6), "column")


def _label(axes: Axes, place: tuple[float, float], text: str) -> None:
    """Write a number beside a plane."""
    axes.text(*place, text, fontsize=8, ha="center", va="center", zorder=5)


def _draw_chain(axes: Axes, planes: Sequence[_Plane], windows: Sequence[Window], style: tuple[str, str]) -> None:
    """Mark a window in each plane, and join each with the one above."""
    colour, hatch = COLOURS[style[0]], style[1]
    boxes = [plane.box(window) for plane, window in zip(planes, windows, strict=True)]
    for number, box in enumerate(boxes):
        axes.add_patch(Polygon(box, facecolor=colour, alpha=0.35, edgecolor="none", zorder=3))
        axes.add_patch(Polygon(box, fill=False, hatch=hatch, edgecolor=colour, linewidth=2, zorder=3))
        if number:
            for low, high in zip(boxes[number - 1], box, strict=True):
                axes.plot(*zip(low, high, strict=True), color=colour, linewidth=0.9, zorder=4)


def _finished(axes: Axes) -> None:
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.margins(0.03)
    left, right = axes.get_xlim()
    axes.set_xlim(left, right + 4.0)  # room for the names at the right
    bare(axes)


def neurons_and_windows(
    input_shape: tuple[int, int],
    kernel_size: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    neurons: Sequence[tuple[int, int]] = ((0, 0),),
    window: WindowFunction = receptive_window,
) -> Picture:
    """Draw a layer above its input, and what some of its neurons see (after the book's figures 14-3 and 14-4).

    Parameters
    ----------
    input_shape : tuple of int
        (height, width) of the layer below.
    kernel_size, stride, padding : tuple of int
        (vertical, horizontal).
    neurons : sequence of tuple of int
        (row, column) of up to four neurons.
    window : callable
        The reader's `receptive_window`.
    """
    numbers = zip(input_shape, kernel_size, stride, padding, strict=True)
    height, width = (output_size(*along) for along in numbers)
    planes = _stacked([input_shape, (height, width)], [padding, (0, 0)])
    figure, axes = new_figure(width=7.6, height=4.4)
    _draw_plane(axes, planes[0], "input", numbered=True)
    _draw_plane(axes, planes[1], "layer", numbered=True)
    seen = []
    for (row, column), style in zip(neurons, STYLES, strict=False):
        rows, columns = window(row, column, kernel_size, stride, padding)
        _draw_chain(axes, planes, [(tuple(rows), tuple(columns)), ((row, row), (column, column))], style)  # type: ignore[list-item]
        seen.append(f"The neuron ({row}, {column}) sees rows {_span(rows)} and columns {_span(columns)}.")
    _finished(axes)
    zeros = (
        ""
        if padding == (0, 0)
        else f" with zeros around it ({padding[0]} above and below, {padding[1]} left and right)"
    )
    text = (
        f"Two planes of cells, one above the other. Below, the input of {input_shape[0]} × {input_shape[1]} "
        f"pixels{zeros}. "
        f"Above, a layer of {height} × {width} neurons; each is joined to its window of "
        f"{kernel_size[0]} × {kernel_size[1]} pixels. "
    )
    return described(figure, text + " ".join(seen))


def stack_of_planes(
    input_shape: tuple[int, int],
    layers: Sequence[tuple[int, int]],
    neuron: tuple[int, int],
    window: WindowFunction = receptive_window,
) -> Picture:
    """Draw several layers, and what one neuron of the last sees in each layer below (after the book's figure 14-2).

    Parameters
    ----------
    input_shape : tuple of int
        (height, width) of the picture.
    layers : sequence of tuple of int
        (kernel_size, stride) of each layer, without padding.
    neuron : tuple of int
        (row, column) in the last layer.
    window : callable
        The reader's `receptive_window`.
    """
    shapes = [input_shape]
    for kernel, stride in layers:
        shapes.append(tuple(output_size(size, kernel, stride) for size in shapes[-1]))  # type: ignore[arg-type]
    planes = _stacked(shapes, [(0, 0)] * len(shapes))
    windows: list[Any] = [((neuron[0], neuron[0]), (neuron[1], neuron[1]))]
    for kernel, stride in reversed(layers):
        (top, bottom), (left, right) = windows[-1]
        numbers = ((kernel, kernel), (stride, stride), (0, 0))
        first, last = window(top, left, *numbers), window(bottom, right, *numbers)
        windows.append(((first[0][0], last[0][1]), (first[1][0], last[1][1])))
    windows.reverse()
    figure, axes = new_figure(width=7.6, height=1.4 + 1.7 * len(shapes))
    for number, plane in enumerate(planes):
        _draw_plane(axes, plane, f"layer {number}" if number else "input", numbered=False)
    _draw_chain(axes, planes, windows, STYLES[0])
    _finished(axes)
    parts = [f"rows {_span(rows)} and columns {_span(columns)}" for rows, columns in windows]
    steps = "; ".join(f"{'layer ' + str(n) if n else 'the input'}: {part}" for n, part in enumerate(parts[:-1]))
    text = (
        f"{len(shapes)} planes of cells, one above the other: the input below, {len(layers)} layers above. "
        f"The neuron {neuron} at the top sees more cells in each layer further down. {steps}."
    )
    return described(figure, text)


def _span(pair: Sequence[int]) -> str:
    return f"{pair[0]} to {pair[1]}".replace("-", "−")
