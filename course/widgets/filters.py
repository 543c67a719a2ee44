"""Explorers of lesson 2: one window and one number, every filter, and a filter that is learned."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from .. import kernels
from ..errors import argument_error
from ..figures.base import COLOURS, INK
from ..ops import correlate2d
from .base import Explorer, Still, canvas_of, text_font

__all__ = ["filter_explorer", "learning_explorer", "named_filter", "neuron_explorer"]

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


def neuron_explorer(image: Array, kernel: Array) -> Explorer:
    """Return an explorer: move the window of one neuron over the picture, see the products and their sum.

    Parameters
    ----------
    image : ndarray of shape (H, W)
        From 0 (black) to 1 (white), at least 9 × 9 pixels.
    kernel : ndarray of shape (3, 3)
        The neuron's weights.
    """
    image = _grey_picture("neuron_explorer", image)
    kernel = np.asarray(kernel, dtype=np.float64)
    if kernel.shape != (3, 3):
        raise argument_error("neuron_explorer", "kernel", "have the shape (3, 3)", kernel, "Give 3 × 3 weights.")

    def draw(row: int, column: int) -> Still:
        return _filter_still(image, "", kernel, row, column)

    return Explorer(
        _places(image, image.shape[0] // 2, image.shape[1] // 2), draw, "One window, one filter, one number"
    )


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
    image = _grey_picture("filter_explorer", image)

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
        **_places(image, top, left),
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
    return Explorer({"step": slider}, draw, "A filter is learned")


def _grey_picture(function: str, image: Array) -> Array:
    image = np.asarray(image, dtype=np.float64)
    if image.ndim != 2 or min(image.shape) < 9:
        fix = "Give one grey picture, such as a crop of a photograph."
        raise argument_error(function, "image", "have the shape (H, W), at least 9 × 9", image, fix)
    return image


def _places(image: Array, row: int, column: int) -> dict[str, Any]:
    """Return the two sliders that move a window, with where it stands at first."""
    return {
        "row": ipywidgets.IntSlider(row, 0, image.shape[0] - 3, description="row", continuous_update=True),
        "column": ipywidgets.IntSlider(column, 0, image.shape[1] - 3, description="column", continuous_update=True),
    }


# --- Drawing, with Pillow: a few milliseconds a picture ----------------------------------------------


def _filter_still(image: Array, name: str, kernel: Array, row: int, column: int) -> Still:
    """Draw picture, window and sum; for a filter with a name, its feature map as well."""
    feature_map = correlate2d(image, kernel)
    row, column = min(row, feature_map.shape[0] - 1), min(column, feature_map.shape[1] - 1)
    f_h, f_w = kernel.shape
    total = float(feature_map[row, column])

    scale = max(1, (WIDTH - 20) // 2 // image.shape[1])
    tall, right = image.shape[0] * scale, WIDTH - image.shape[1] * scale
    canvas, pen = _canvas(tall + 60 + LARGEST * CELL + 84 if name else tall + 40)
    pen.text((0, 0), "picture", font=text_font(15), fill=INK)
    canvas.paste(_enlarged(image, scale, 0, 1), (0, 24))
    _frame(pen, column * scale, 24 + row * scale, f_w * scale, f_h * scale)
    if name:
        _draw_map(canvas, pen, feature_map, name, kernel, (right, scale), (row, column))
    top, left = (tall + 64, 0) if name else (64, right)
    _draw_products(pen, image[row : row + f_h, column : column + f_w], kernel, top, left, len(name) > 0)
    said = f"sum of the {f_h * f_w} products = {total:.2f}".replace("-", "−")
    whose = f": the value of neuron ({row}, {column})" if name else ""
    pen.text((left, top + f_h * CELL + 14), said + whose, font=text_font(20), fill=INK)
    description = (
        f"{f'The filter {name}' if name else 'A filter'}, {f_h} × {f_w}, on a picture of {image.shape[0]} × "
        f"{image.shape[1]} pixels. A frame marks the window from row {row}, column {column}. Its products with the "
        f"filter sum to {total:.2f}"
    )
    if name:
        description += (
            f", which is the value of neuron ({row}, {column}) of the feature map; the map's mean is "
            f"{feature_map.mean():.2f}, its spread {feature_map.std():.2f}"
        )
    return Still(_png(canvas), description.replace("-", "−") + ".")


def _draw_map(
    canvas: Any, pen: Any, feature_map: Array, name: str, kernel: Array, place: tuple[int, int], unit: tuple[int, int]
) -> None:
    """Draw the feature map at the right, each neuron over the middle of its window."""
    (right, scale), (row, column) = place, unit
    shown, low, high = kernels.as_picture(feature_map, kernel)
    range_of_greys = f": black −{high:.2f}, grey 0, white {high:.2f}" if low < 0 else ": black 0, white 1"
    divided = f", divided by {kernel.sum():g}" if low == 0 and kernel.sum() > 1 + 1e-9 else ""
    pen.text((right, 0), f"map of {name}{divided}{range_of_greys}", font=text_font(15), fill=INK)
    down, across = ((size // 2) * scale for size in kernel.shape)
    canvas.paste(_enlarged(shown, scale, low, high), (right + across, 24 + down))
    _frame(pen, right + across + column * scale, 24 + down + row * scale, scale, scale, around=3)


def _draw_products(pen: Any, window: Array, kernel: Array, top: int, left: int, wide: bool) -> None:
    """Draw window × filter = products, as numbers."""
    space = 50 if wide else 36
    grids = (("window", window, 0.0, 1.0), ("filter", kernel, None, None), ("products", window * kernel, None, None))
    for (title, values, darkest, brightest), sign in zip(grids, ("×", "=", ""), strict=True):
        pen.text((left, top - 24), title, font=text_font(15), fill=INK)
        _numbers(pen, values, left, top, darkest, brightest)
        left += kernel.shape[1] * CELL
        middle = top + kernel.shape[0] * CELL // 2 - 14
        pen.text((left + space // 2 - 9, middle), sign, font=text_font(24), fill=INK)
        left += space


def _learning_still(step: int, kernel: Array, loss: float, target: Array) -> Still:
    height, width = target.shape
    canvas, pen = _canvas(height * CELL + 84)
    low, high = float(target.min()), float(target.max())
    for left, title, values in ((0, f"after step {step}", kernel), (width * CELL + 100, "wanted", target)):
        pen.text((left, 0), title, font=text_font(15), fill=INK)
        _numbers(pen, values, left, 24, low, high)
    far = float(np.abs(kernel - target).max())
    words = f"step {step}: loss {loss:.5f}; the worst weight is {far:.2f} off"
    pen.text((0, height * CELL + 40), words, font=text_font(20), fill=INK)
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
    """Draw an array as grey cells with their numbers in them: black is 0, or middle grey where some are negative."""
    high = max(float(np.abs(values).max()), 1e-9) if high is None else high
    low = (-high if values.min() < 0 else 0.0) if low is None else low
    font = text_font(13 if values.min() >= 0 and values.max() < 10 else 10)  # so that −10.00, too, fits into its cell
    for (row, column), value in np.ndenumerate(values):
        grey = float(np.clip((value - low) / (high - low), 0, 1))
        x, y = left + column * CELL, top + row * CELL
        level = round(255 * grey)
        pen.rectangle((x, y, x + CELL, y + CELL), fill=(level, level, level), outline=COLOURS["grey"])
        ink = "white" if grey < 0.5 else "black"
        text = "0" if abs(value) < 0.005 else f"{value:.2f}".replace("-", "−")
        pen.text((x + CELL / 2, y + CELL / 2), text, font=font, fill=ink, anchor="mm")


def _png(canvas: Any) -> bytes:
    buffer = io.BytesIO()
    canvas.save(buffer, format="png", compress_level=1)
    return buffer.getvalue()
