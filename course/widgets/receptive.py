"""Explorers of lesson 1: what one neuron sees of a photograph, and what a unit of any stack of layers does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..arithmetic import dilated_output_size
from ..errors import ArgumentError, argument_error
from ..figures.base import COLOURS
from ..images import china
from ..receptive import Layer, trace, unit_window
from .experiment import Experiment
from .explorer import Explorer, ExplorerError, raw_picture, webp_picture

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["ReceptiveExplorer", "WindowExplorer", "receptive_field_explorer", "window_explorer"]

LIMITS = {"kernel": (1, 31), "stride": (1, 16), "padding": (0, 15), "dilation": (1, 16)}
MOST_LAYERS = 8
MOST_PIXELS = 640  # of a side of a picture
SMALL = 4096  # pixels of a picture that is saved as it is; a larger one is saved as a small WebP
TEMPLE = (28, 426, 63, 380)  # rows and columns of the photograph, from the first to the last
TASKS = {  # what is found is judged in the browser
    "window": (
        "find the smallest window that shows the neuron the whole temple, from the knob on its roof to the lower edge "
        "of the picture.",
        "The temple is 399 rows high and 318 columns wide, so no square below 399 × 399 holds it.",
    ),
    "temple": (
        "with at most 4 layers, and no window larger than 5 × 5, make one unit see every pixel of the temple: rows 28 "
        "to 426, columns 63 to 380.",
        "Strides multiply the jump, padding 2 keeps the edges, and no stride is larger than its window.",
    ),
    "eleven": (
        "with convolutions of 3 × 3 and stride 1 alone, make a unit see 11 × 11 pixels.",
        "Five layers: each adds 2, and 1 + 5 · 2 = 11.",
    ),
    "agree": (
        "does the table tell what your network does? Measure a unit. If they differ, change the table until theory "
        "agrees with your network to the pixel.",
        "The table now tells what your network does.",
    ),
}

Window = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Row:
    """One layer of the table: a convolution or a pooling."""

    kind: str = "convolution"
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def window(self) -> Layer:
        """Return the layer without gaps that reaches as far."""
        return Layer(self.dilation * (self.kernel - 1) + 1, self.stride, self.padding)


class WindowExplorer(Explorer):
    """A picture under one neuron, whose window the reader moves."""

    script = "receptive.js"
    parts: ClassVar[tuple[str, ...]] = ("fields.js",)


class ReceptiveExplorer(WindowExplorer):
    """A picture under a stack of layers: the reader edits them, points at a unit, and sees what it sees."""

    parts = ("fields.js", "layers.js")


def window_explorer() -> WindowExplorer:
    """Return one neuron, whose window the reader moves over a photograph of 427 × 640 pixels and makes larger.

    Examples
    --------
    >>> print(window_explorer().title)
    What does one neuron see?
    """
    side, unit = 40, (155, 162)
    photo = china()
    window = (unit[0], unit[0] + side - 1), (unit[1], unit[1] + side - 1)
    view = {"layers": [Row(kernel=side).__dict__], "layer": 1, "unit": list(unit)}
    share = f"{side * side / (photo.shape[0] * photo.shape[1]):.1%}"
    text = (
        f"{_whole(photo)} A neuron sees {side} × {side} pixels, {share} of it: {_reach(window)}; beside it, enlarged."
    )
    given = {"mode": "window", **_task("window")}
    return _explorer("What does one neuron see?", text, photo, "temple", window, view, given, kind=WindowExplorer)


def receptive_field_explorer(
    layers: Sequence[Any] | None = None, model: Any = None, picture: np.ndarray | None = None
) -> WindowExplorer:
    """Return a stack of layers that the reader edits, over a picture: point at a unit, and its field lights up.

    Parameters
    ----------
    layers : sequence of Layer, tuple or dict, optional
        From the picture upwards. A tuple is (kernel_size, stride, padding), a dict may hold ``kind`` ("convolution" or
        "pooling"), ``kernel_size``, ``stride``, ``padding`` and ``dilation``. Four convolutions, if not given.
    model : callable, list of callables or torch.nn.Module, optional
        The reader's own network: the explorer pokes its pixels, and lays what moves a unit over what theory says. See
        `course.widgets.experiment.Experiment`.
    picture : array of shape (height, width) or (height, width, 3), optional
        uint8, or floats from 0 to 1; at most 640 pixels a side. The photograph of the temple, if not given.

    Raises
    ------
    ArgumentError
        A layer or the picture cannot be used.

    Examples
    --------
    >>> explorer = receptive_field_explorer([(3, 1), {"kind": "pooling", "kernel_size": 2, "stride": 2}])
    >>> print(explorer.description[31:])
    Unit (85, 128) of layer 2 sees 4 × 4 pixels: rows 170 to 173, columns 256 to 259.
    """
    rows = [Row(stride=2, padding=1)] * 4 if layers is None else _rows(layers)
    pixels = china() if picture is None else _pixels(picture)
    sizes = [pixels.shape[:2]]
    for row in rows:
        sizes.append(_map_size(sizes[-1], row))
    fitted = sum(0 not in size for size in sizes) - 1
    unit = (round(sizes[fitted][0] * 0.4), round(sizes[fitted][1] * 0.4))
    windows = [row.window() for row in rows[:fitted]]
    window = unit_window(windows, unit[0]), unit_window(windows, unit[1])
    size = trace(windows)[-1].size
    text = f"{_whole(pixels)} Unit {unit} of layer {fitted} sees {size:,} × {size:,} pixels: {_reach(window)}."
    task = "agree" if model is not None else "temple" if picture is None and layers is None else "eleven"
    given = {"mode": "stack", "measures": model is not None, **_task(task)}
    view = {"layers": [row.__dict__ for row in rows], "layer": len(rows), "unit": list(unit)}
    name = "temple" if picture is None else "your picture"
    experiment = None if model is None else Experiment(model)
    title = "What does one unit see?" if model is None else "What does one unit of your network see?"
    return _explorer(title, text, pixels, name, window, view, given, experiment)


def _explorer(
    title: str,
    text: str,
    pixels: np.ndarray,
    name: str,
    window: Window,
    view: dict[str, Any],
    given: dict[str, Any],
    experiment: Experiment | None = None,
    kind: type[WindowExplorer] = ReceptiveExplorer,
) -> WindowExplorer:
    height, width = pixels.shape[:2]
    small = height * width <= SMALL
    saved = raw_picture(name, pixels) if small else {"name": name, "bytes": webp_picture(pixels, 180, quality=20)}

    def hello(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[Any]]:
        # The whole picture, for as long as there is a kernel; what is saved is small and less sharp.
        return {}, [] if small else [webp_picture(pixels, max(height, width), quality=85)]

    def measure(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[Any]]:
        if experiment is None:
            raise ExplorerError("There is no network to measure: give receptive_field_explorer a model.")
        top, bottom, left, right = question["area"]
        wide, first = right - left + 1, question["first"]
        order = [(top + k // wide, left + k % wide) for k in range(first, (bottom - top + 1) * wide)]
        told = len(order) if first == 0 else 0
        layer, layers, unit = question["layer"], question["layers"], question["unit"]
        moved, shape = experiment.piece(layer, layers, unit, tuple(question["shape"]), order, told)
        return {"shape": list(shape)}, [moved.astype("<f4").tobytes()]

    given = {**given, "picture": {**saved, "size": [height, width]}, "limits": LIMITS, "most": MOST_LAYERS}
    still = _still(pixels, window)
    return kind(title, text, still, given, {**view, "picture": name}, {"hello": hello, "measure": measure})


def _task(kind: str) -> dict[str, Any]:
    says, found = TASKS[kind]
    return {"task": {"kind": kind, "says": says, "found": found}, "box": list(TEMPLE)}


def _rows(layers: Sequence[Any]) -> list[Row]:
    if not isinstance(layers, (list, tuple)) or not 1 <= len(layers) <= MOST_LAYERS:
        rule = f"hold from 1 to {MOST_LAYERS} layers"
        raise argument_error(
            "receptive_field_explorer", "layers", rule, layers, "Give a list such as [(3, 1), (2, 2)]."
        )
    return [_row(layer) for layer in layers]


def _row(layer: Any) -> Row:
    if isinstance(layer, Layer):
        layer = (layer.kernel_size, layer.stride, layer.padding)
    if isinstance(layer, Mapping):
        values = {name.replace("kernel_size", "kernel"): value for name, value in layer.items()}
    elif isinstance(layer, tuple) and 1 <= len(layer) <= 3:
        values = dict(zip(("kernel", "stride", "padding"), layer, strict=False))
    else:
        values = {"layer": layer}
    if not set(values) <= set(Row.__dataclass_fields__) or values.get("kind", "pooling") not in KINDS:
        fix = 'Write (kernel_size, stride, padding), or {"kind": "pooling", "kernel_size": 2, "stride": 2}.'
        raise argument_error("receptive_field_explorer", "layers", "hold layers", layer, fix)
    for name, (least, most) in LIMITS.items():
        value = values.get(name, getattr(Row, name))
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
            rule = f"have whole numbers from {least} to {most} for {name}"
            raise argument_error("receptive_field_explorer", "layers", rule, value, "Change this number.")
    return Row(values.get("kind", "convolution"), *(int(values.get(name, getattr(Row, name))) for name in LIMITS))


KINDS = ("convolution", "pooling")


def _pixels(picture: Any) -> np.ndarray:
    array = np.asarray(picture)
    right = array.dtype == np.uint8 or (array.dtype.kind == "f" and array.size and 0 <= array.min() <= array.max() <= 1)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size or not right:
        rule = "be one picture, (height, width) or (height, width, 3), of uint8 or of floats from 0 to 1"
        raise argument_error("receptive_field_explorer", "picture", rule, picture, "Give such an array.")
    if max(array.shape[:2]) > MOST_PIXELS:
        rule, fix = f"have at most {MOST_PIXELS} pixels a side", "Cut out a part of it: picture[:400, :600]."
        raise argument_error("receptive_field_explorer", "picture", rule, picture, fix)
    return array if array.dtype == np.uint8 else np.round(array * 255).astype(np.uint8)


def _map_size(below: tuple[int, ...], row: Row) -> tuple[int, int]:
    try:
        high, wide = (dilated_output_size(n, row.kernel, row.stride, row.padding, row.dilation) for n in below)
    except ArgumentError:
        return 0, 0
    return high, wide


def _whole(pixels: np.ndarray) -> str:
    return f"A picture of {pixels.shape[0]} × {pixels.shape[1]} pixels."


def _reach(window: Window) -> str:
    (top, bottom), (left, right) = ([f"{edge:,}".replace("-", "−") for edge in edges] for edges in window)
    return f"rows {top} to {bottom}, columns {left} to {right}"


def _still(pixels: np.ndarray, window: Window) -> bytes:
    """Draw the window on the picture, and its view enlarged, as a small WebP."""
    from PIL import Image, ImageDraw

    side = 128
    scale = side / pixels.shape[0]
    photo = Image.fromarray(pixels).convert("RGB").resize((max(round(pixels.shape[1] * scale), 1), side))
    pen = ImageDraw.Draw(photo)
    (top, bottom), (left, right) = ([edge * scale for edge in edges] for edges in window)
    for spread, colour in ((2, "black"), (1, "white"), (0, COLOURS["orange"])):
        box = (left - spread, top - spread, right + scale + spread, bottom + scale + spread)
        pen.rectangle(box, outline=colour, width=2)
    wide = Image.new("RGBA", (photo.width + side + 12, side))
    wide.paste(photo, (0, 0))
    wide.paste(_enlarged(pixels, window, side), (photo.width + 12, 0))
    return webp_picture(np.asarray(wide), wide.width, quality=15)


def _enlarged(pixels: np.ndarray, window: Window, side: int) -> Image.Image:
    """Return what the unit sees, zeros included, as a square picture: the pixel nearest to each point."""
    from PIL import Image

    seen = np.zeros((side, side, *pixels.shape[2:]), dtype=np.uint8)
    (rows, row_in), (columns, column_in) = (
        _nearest(first, last, size, side) for (first, last), size in zip(window, pixels.shape[:2], strict=True)
    )
    seen[np.ix_(row_in, column_in)] = pixels[np.ix_(rows[row_in], columns[column_in])]
    return Image.fromarray(seen).convert("RGB")


def _nearest(first: int, last: int, size: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixel for each of `side` points from first to last, and whether it lies in the picture."""
    places = first + (np.arange(side) * (last - first + 1)) // side
    return places, (places >= 0) & (places < size)
