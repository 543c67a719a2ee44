"""Explorers of lesson 1: what one neuron sees of a photograph, and what a neuron of a stack of layers does."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from ..arithmetic import output_size
from ..errors import ArgumentError
from ..figures.base import COLOURS, INK
from ..images import china
from ..receptive import Layer, trace, unit_window
from .base import Explorer, Still, canvas_of, still_of_array, text_font

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

__all__ = ["draw_field", "draw_window", "receptive_field_explorer", "window_explorer"]

MARGIN = 24  # pixels round the photograph, where windows may reach into the zeros
ZOOM = 300  # side of the enlarged view
COLOUR_NAMES = ("sky", "orange", "green", "pink", "yellow", "red")

Window = tuple[tuple[int, int], tuple[int, int]]


def window_explorer() -> Explorer:
    """Return sliders for the size and the place of one neuron's window, over a photograph of 427 × 640 pixels."""
    controls = {
        "side": _slider(40, 10, 420, "window (pixels)", step=10),
        "down": _slider(40, 0, 100, "down (%)"),
        "across": _slider(27, 0, 100, "across (%)"),
    }
    return Explorer(controls, draw_window, "What does one neuron see?")


def receptive_field_explorer() -> Explorer:
    """Return sliders for window, stride, padding and depth, over a photograph of 427 × 640 pixels."""
    controls = {
        "kernel_size": _slider(3, 1, 9, "window"),
        "stride": _slider(2, 1, 4, "stride"),
        "padding": _slider(1, 0, 4, "padding"),
        "depth": _slider(4, 1, 6, "layers"),
        "down": _slider(35, 0, 100, "neuron: down (%)"),
        "across": _slider(32, 0, 100, "neuron: across (%)"),
    }
    return Explorer(controls, draw_field, "What does one neuron of the top layer see?")


def _slider(value: int, least: int, most: int, says: str, step: int = 1) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(value, least, most, step=step, description=says, continuous_update=True)


def draw_window(side: int, down: int, across: int) -> Still:
    """Draw the window of one neuron on the photograph, and its view enlarged.

    Parameters
    ----------
    side : int
        Rows and columns of the window.
    down, across : int
        Where the window lies, from 0 to 100 per cent of the way that it can go.
    """
    from PIL import ImageDraw

    photo = _photo()
    height, width = photo.shape[:2]
    top, left = (round((size - side) * share / 100) for size, share in ((height, down), (width, across)))
    window = (top, top + side - 1), (left, left + side - 1)
    canvas = _canvas(photo, window)
    _outline(ImageDraw.Draw(canvas), window, COLOURS["orange"], photo.shape[:2])
    wide = canvas_of(canvas.width + ZOOM + 2 * MARGIN, canvas.height)
    wide.paste(canvas, (0, 0))
    wide.paste(_enlarged(photo, window), (canvas.width + MARGIN, MARGIN))
    text = (
        f"A neuron sees {side} × {side} of {height} × {width} pixels, {side * side / (height * width):.1%} of the "
        f"photograph: rows {top} to {window[0][1]}, columns {left} to {window[1][1]}. On the right, its view enlarged."
    )
    return still_of_array(np.asarray(wide), text)


def draw_field(kernel_size: int, stride: int, padding: int, depth: int, down: int, across: int) -> Still:
    """Draw the field of one neuron of the last layer on the photograph, and its view enlarged.

    Parameters
    ----------
    kernel_size, stride, padding : int
        Of every layer of the stack.
    depth : int
        How many layers there are; fewer are drawn where the maps become too small for one more window.
    down, across : int
        Where in the last layer the neuron lies, from 0 to 100 per cent.
    """
    from PIL import ImageDraw

    photo = _photo()
    layer = Layer(kernel_size, stride, padding)
    shapes = _map_shapes(photo.shape[:2], layer, depth)
    layers = [layer] * (len(shapes) - 1)
    unit = tuple(round((size - 1) * share / 100) for size, share in zip(shapes[-1], (down, across), strict=True))
    windows = [_window(layers[:level], shapes[level], unit, shapes[-1]) for level in range(1, len(shapes))]
    canvas = _canvas(photo, windows[-1])
    pen = ImageDraw.Draw(canvas)
    for window, name in reversed(list(zip(windows, COLOUR_NAMES, strict=False))):
        _outline(pen, window, COLOURS[name], photo.shape[:2])
    wide = canvas_of(canvas.width + ZOOM + 2 * MARGIN, canvas.height)
    wide.paste(canvas, (0, 0))
    wide.paste(_enlarged(photo, windows[-1]), (canvas.width + MARGIN, MARGIN + 22))
    _write(wide, canvas.width + MARGIN, layers, shapes, unit)
    return still_of_array(np.asarray(wide), _described(layers, shapes, unit, windows[-1], depth))


@functools.cache
def _photo() -> np.ndarray:
    return china()


def _map_shapes(shape: tuple[int, int], layer: Layer, depth: int) -> list[tuple[int, int]]:
    """Return the sizes of the photograph and of each layer's map, as long as a window fits."""
    shapes = [shape]
    for _ in range(depth):
        try:
            height, width = (output_size(n, layer.kernel_size, layer.stride, layer.padding) for n in shapes[-1])
        except ArgumentError:
            break
        shapes.append((height, width))
    return shapes


def _window(layers: Sequence[Layer], shape: tuple[int, int], unit: tuple[int, ...], last: tuple[int, int]) -> Window:
    """Return what the neuron of this layer sees that lies where `unit` lies in the last layer."""
    here = [round(i * (size - 1) / max(n - 1, 1)) for i, size, n in zip(unit, shape, last, strict=True)]
    return unit_window(layers, here[0]), unit_window(layers, here[1])


def _canvas(photo: np.ndarray, window: Window) -> Image.Image:
    """Return the photograph with a margin of zeros, darker outside the window."""
    from PIL import Image

    light = np.zeros(photo.shape[:2], dtype=bool)
    (top, bottom), (left, right) = window
    light[max(top, 0) : max(bottom + 1, 0), max(left, 0) : max(right + 1, 0)] = True
    dimmed = np.where(light[..., None], photo, (photo * 0.5).astype(np.uint8))
    return Image.fromarray(np.pad(dimmed, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0))))


def _outline(pen: ImageDraw.ImageDraw, window: Window, colour: str, shape: tuple[int, int]) -> None:
    (top, bottom), (left, right) = window
    low, high = 1, (shape[1] + 2 * MARGIN - 2, shape[0] + 2 * MARGIN - 2)
    x0, y0 = max(left + MARGIN - 1, low), max(top + MARGIN - 1, low)
    x1, y1 = min(right + MARGIN + 1, high[0]), min(bottom + MARGIN + 1, high[1])
    if x0 <= x1 and y0 <= y1:
        pen.rectangle((x0 - 1, y0 - 1, x1 + 1, y1 + 1), outline="white")
        pen.rectangle((x0, y0, x1, y1), outline=colour, width=2)


def _enlarged(photo: np.ndarray, window: Window) -> Image.Image:
    """Return what the neuron sees, zeros included, as a square picture: the pixel nearest to each point."""
    from PIL import Image

    side = ZOOM - 30
    seen = np.zeros((side, side, 3), dtype=np.uint8)
    (rows, row_in), (columns, column_in) = (
        _nearest(first, last, size, side) for (first, last), size in zip(window, photo.shape[:2], strict=True)
    )
    seen[np.ix_(row_in, column_in)] = photo[np.ix_(rows[row_in], columns[column_in])]
    return Image.fromarray(seen)


def _nearest(first: int, last: int, size: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixel for each of `side` points from first to last, and whether it lies in the photograph."""
    pixels = first + (np.arange(side) * (last - first + 1)) // side
    return pixels, (pixels >= 0) & (pixels < size)


def _write(
    picture: Image.Image, x: int, layers: Sequence[Layer], shapes: Sequence[tuple[int, int]], unit: tuple[int, ...]
) -> None:
    from PIL import ImageDraw

    pen, font = ImageDraw.Draw(picture), text_font(13)
    pen.text((x, MARGIN), f"What neuron {unit} sees:", fill=INK, font=font)
    y = MARGIN + 22 + ZOOM - 22
    for level, (step, shape) in enumerate(zip(trace(layers)[1:], shapes[1:], strict=True)):
        text = f"layer {level + 1}: {shape[0]} × {shape[1]}, sees {step.size:,}, jump {step.jump:,}"
        pen.rectangle((x, y + 3, x + 10, y + 13), fill=COLOURS[COLOUR_NAMES[level]], outline=INK)
        pen.text((x + 18, y), text, fill=INK, font=font)
        y += 21


def _number(number: int) -> str:
    return f"{number:,}".replace("-", "−")


def _described(
    layers: Sequence[Layer], shapes: Sequence[tuple[int, int]], unit: tuple[int, ...], window: Window, depth: int
) -> str:
    (top, bottom), (left, right) = window
    height, width = shapes[0]
    if not layers:
        return f"The photograph of {height} × {width} pixels: no window fits, so there is no layer."
    size = trace(layers)[-1].size
    stack = "1 layer" if len(layers) == 1 else f"{len(layers)} layers, each"
    inside = max(min(bottom, height - 1) - max(top, 0) + 1, 0) * max(min(right, width - 1) - max(left, 0) + 1, 0)
    text = (
        f"A photograph of {height} × {width} pixels under {stack} with windows of "
        f"{layers[0].kernel_size} × {layers[0].kernel_size}, stride {layers[0].stride} "
        f"and padding {layers[0].padding}. "
        f"The last map has {shapes[-1][0]} × {shapes[-1][1]} neurons. Neuron {unit} sees {size:,} × {size:,} pixels: "
        f"rows {_number(top)} to {_number(bottom)}, columns {_number(left)} to {_number(right)}. "
        f"{inside / size**2:.0%} of them lie in the photograph, "
        f"any others in the zeros around it. They cover {inside / (height * width):.1%} of it."
    )
    if layers[0].kernel_size < layers[0].stride and len(layers) > 1:
        text += " The windows are smaller than the stride, so there are holes in what it sees."
    return text if len(layers) == depth else f"{text} No window fits above layer {len(layers)}: the stack ends there."
