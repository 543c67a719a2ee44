"""Explorers of lesson 2: one filter, one window and one number; and a filter that comes out of noise."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from .. import kernels
from ..errors import argument_error
from ..figures.base import COLOURS, INK
from ..ops import correlate2d
from .base import Explorer, Still, canvas_of

__all__ = ["filter_explorer", "learning_explorer", "named_filter"]

Array = NDArray[Any]

WIDTH = 980  # pixels of the whole picture
CELL = 40  # pixels of one number's cell
LARGEST = 7  # rows of the largest filter, which the picture always has room for
SIZED: dict[str, Callable[[int], Array]] = {
    "vertical_line": kernels.vertical_line,
    "horizontal_line": kernels.horizontal_line,
    "box_blur": kernels.box_blur,
    "gaussian_blur": lambda size: kernels.gaussian_blur(size, size / 4),
    "identity": kernels.identity,
}


def named_filter(name: str, size: int, strength: float) -> Array:
    """Return a named filter, mixed with the one that leaves the picture as it is.

    Parameters
    ----------
    name : str
        A name from `course.kernels.FILTERS`.
    size : int
        Odd; the lines and blurs have this size, the others are always 3 × 3.
    strength : float
        0 is the identity, 1 the filter, 2 twice as far.

    Returns
    -------
    ndarray of shape (size, size) or (3, 3)

    Examples
    --------
    >>> named_filter("laplacian", 3, strength=0.5)
    array([[ 0. ,  0.5,  0. ],
           [ 0.5, -1.5,  0.5],
           [ 0. ,  0.5,  0. ]])
    """
    if name not in kernels.FILTERS:
        raise argument_error("named_filter", "name", "be a filter of course.kernels", name, "Choose one from FILTERS.")
    kernel = SIZED[name](size) if name in SIZED else kernels.FILTERS[name].array
    return (1 - strength) * kernels.identity(len(kernel)) + strength * kernel


def filter_explorer(image: Array) -> Explorer:
    """Return an explorer: choose a filter, move a window over the picture, see the sum that its neuron computes.

    Parameters
    ----------
    image : ndarray of shape (H, W)
        From 0 (black) to 1 (white), at least 9 × 9 pixels.

    Raises
    ------
    ArgumentError
        The picture is no such array.
    """
    image = np.asarray(image, dtype=np.float64)
    if image.ndim != 2 or min(image.shape) < 9:
        fix = "Give one grey picture, such as a crop of a photograph."
        raise argument_error("filter_explorer", "image", "have the shape (H, W), at least 9 × 9", image, fix)

    def draw(name: str, size: int, strength: float, row: int, column: int) -> Still:
        return _filter_still(image, name, named_filter(name, size, strength), row, column)

    # Start where a standing line is much clearer than a lying one.
    upright = correlate2d(image, kernels.vertical_line(7)) - correlate2d(image, kernels.horizontal_line(7))
    top, left = (int(place) for place in np.unravel_index(int(np.argmax(upright)), upright.shape))
    slider = {"continuous_update": True}
    controls = {
        "name": ipywidgets.Dropdown(options=list(kernels.FILTERS), value="vertical_line", description="filter"),
        "size": ipywidgets.SelectionSlider(options=[3, 5, LARGEST], value=LARGEST, description="size", **slider),
        "strength": ipywidgets.FloatSlider(1.0, min=0, max=2, step=0.1, description="strength", **slider),
        "row": ipywidgets.IntSlider(top, 0, image.shape[0] - 3, description="row", **slider),
        "column": ipywidgets.IntSlider(left, 0, image.shape[1] - 3, description="column", **slider),
    }

    def only_where_it_has_an_effect(change: Any) -> None:
        sized = controls["name"].value in SIZED
        controls["size"].disabled = not sized
        controls["size"].description = "size" if sized else "size (this filter is 3 × 3)"

    controls["name"].observe(only_where_it_has_an_effect, names="value")
    return Explorer(controls, draw, "One filter, one window, one number")


def learning_explorer(history: Sequence[tuple[int, Array, float]], target: Array) -> Explorer:
    """Return an explorer: move through the steps of a filter that is learned.

    Parameters
    ----------
    history : sequence of (step, kernel, loss)
        What gradient descent went through, at least two entries.
    target : ndarray of shape (f_h, f_w)
        The filter that it looks for.
    """
    steps = np.unique(np.round(np.geomspace(1, len(history), 60)).astype(int) - 1).tolist()

    def draw(step: int) -> Still:
        return _learning_still(*history[step], target)

    middle = steps[len(steps) // 2]
    slider = ipywidgets.SelectionSlider(options=steps, value=middle, description="step", continuous_update=True)
    return Explorer({"step": slider}, draw, "A filter comes out of noise")


# --- Drawing, with Pillow: a few milliseconds a picture ----------------------------------------------


def _filter_still(image: Array, name: str, kernel: Array, row: int, column: int) -> Still:
    feature_map = correlate2d(image, kernel)
    row, column = min(row, feature_map.shape[0] - 1), min(column, feature_map.shape[1] - 1)
    f_h, f_w = kernel.shape
    window = image[row : row + f_h, column : column + f_w]
    total = float((window * kernel).sum())

    scale = max(1, (WIDTH - 20) // 2 // image.shape[1])
    tall = image.shape[0] * scale
    canvas, pen = _canvas(tall + 60 + LARGEST * CELL + 84)
    signed = bool((kernel < 0).any())
    pen.text((0, 0), "picture", font=_font(15), fill=INK)
    right = WIDTH - image.shape[1] * scale
    zero = ", middle grey is 0" if signed else ""
    pen.text((right, 0), f"feature map of {name}{zero}", font=_font(15), fill=INK)
    canvas.paste(_enlarged(image, scale, 0, 1), (0, 24))
    edge = (f_h // 2) * scale  # each neuron lies over the middle of its window
    reach = float(np.quantile(np.abs(feature_map), 0.99)) or 1.0
    low, high = (-reach, reach) if signed else (float(feature_map.min()), float(feature_map.max()) or 1.0)
    canvas.paste(_enlarged(feature_map, scale, low, high), (right + edge, 24 + edge))
    _frame(pen, column * scale, 24 + row * scale, f_w * scale, f_h * scale)
    _frame(pen, right + edge + column * scale, 24 + edge + row * scale, scale, scale, around=3)

    top = tall + 64
    left = 0
    grids = (("window", window, 0.0, 1.0), ("filter", kernel, None, None), ("products", window * kernel, None, None))
    for (title, values, darkest, brightest), sign in zip(grids, ("×", "=", ""), strict=True):
        pen.text((left, top - 24), title, font=_font(15), fill=INK)
        _numbers(pen, values, left, top, darkest, brightest)
        left += f_w * CELL
        pen.text((left + 14, top + f_h * CELL // 2 - 14), sign, font=_font(24), fill=INK)
        left += 50
    words = f"sum of the {f_h * f_w} products = {total:.2f}: the value of neuron ({row}, {column})"
    pen.text((0, top + f_h * CELL + 14), words, font=_font(20), fill=INK)
    mean, spread = float(feature_map.mean()), float(feature_map.std())
    description = (
        f"The filter {name}, {f_h} × {f_w}, on a picture of {image.shape[0]} × {image.shape[1]} pixels. A frame marks "
        f"the window from row {row}, column {column}. Its products with the filter sum to {total:.2f}, which is the "
        f"value of neuron ({row}, {column}) of the feature map; the map's mean is {mean:.2f}, its spread {spread:.2f}."
    )
    return Still(_png(canvas), description)


def _learning_still(step: int, kernel: Array, loss: float, target: Array) -> Still:
    height, width = target.shape
    canvas, pen = _canvas(height * CELL + 84)
    low, high = float(target.min()), float(target.max())
    for left, title, values in ((0, f"after step {step}", kernel), (width * CELL + 100, "wanted", target)):
        pen.text((left, 0), title, font=_font(15), fill=INK)
        _numbers(pen, values, left, 24, low, high)
    far = float(np.abs(kernel - target).max())
    words = f"step {step}: loss {loss:.5f}; the worst weight is {far:.2f} off"
    pen.text((0, height * CELL + 40), words, font=_font(20), fill=INK)
    row, column = np.unravel_index(int(np.argmax(kernel)), kernel.shape)
    description = (
        f"The filter after step {step} beside the wanted one. The loss is {loss:.5f}, and the worst weight is "
        f"{far:.2f} off. The largest weight, {kernel.max():.2f}, is in row {row}, column {column}."
    )
    return Still(_png(canvas), description)


def _canvas(height: int) -> tuple[Any, Any]:
    from PIL import ImageDraw

    canvas = canvas_of(WIDTH, height)
    return canvas, ImageDraw.Draw(canvas)


def _enlarged(values: Array, scale: int, low: float, high: float) -> Any:
    from PIL import Image

    grey = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    image = Image.fromarray(np.round(grey * 255).astype(np.uint8))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST).convert("RGB")


def _frame(pen: Any, left: int, top: int, width: int, height: int, around: int = 1) -> None:
    """Draw a frame in orange with a black rim, which shows on light and on dark."""
    for distance, colour in ((around + 3, "black"), (around + 2, COLOURS["orange"]), (around + 1, COLOURS["orange"])):
        corners = (left - distance, top - distance, left + width - 1 + distance, top + height - 1 + distance)
        pen.rectangle(corners, outline=colour)


def _numbers(pen: Any, values: Array, left: int, top: int, low: float | None, high: float | None) -> None:
    """Draw an array as grey cells with their numbers in them."""
    low = min(float(values.min()), 0.0) if low is None else low
    high = max(float(values.max()), low + 1e-9) if high is None else high
    for (row, column), value in np.ndenumerate(values):
        grey = float(np.clip((value - low) / (high - low), 0, 1))
        x, y = left + column * CELL, top + row * CELL
        level = round(255 * grey)
        pen.rectangle((x, y, x + CELL, y + CELL), fill=(level, level, level), outline=COLOURS["grey"])
        ink = "white" if grey < 0.5 else "black"
        text = "0" if abs(value) < 0.005 else f"{value:.2f}"
        pen.text((x + CELL / 2, y + CELL / 2), text, font=_font(13), fill=ink, anchor="mm")


@lru_cache
def _font(size: int) -> Any:
    import matplotlib
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), size)


def _png(canvas: Any) -> bytes:
    buffer = io.BytesIO()
    canvas.save(buffer, format="png", compress_level=1)
    return buffer.getvalue()
