"""The still pictures of lesson 2's explorers: how they begin, where they cannot run."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import kernels
from ..figures.base import COLOURS, INK
from ..ops import correlate2d
from .stills import canvas_of, text_font

__all__ = ["filter_still", "learning_still"]

Array = NDArray[Any]

WIDE, TALL = 210, 146  # pixels of a picture or a map
SMALL = 4000  # bytes of a still picture, where that can be
CELL = 34  # pixels of one number's cell, at most


def filter_still(image: Array, name: str, kernel: Array, row: int, column: int) -> tuple[bytes, str]:
    """Return a picture of an image, a kernel and their map, and what it shows in words.

    Parameters
    ----------
    image : ndarray of shape (H, W)
    name : str
        What the kernel is called, or "" to leave the map out.
    kernel : ndarray of shape (f_h, f_w)
    row, column : int
        Where the window starts.

    Examples
    --------
    >>> filter_still(np.eye(9), "identity", np.ones((1, 1)), 2, 2)[1][:67]
    'The filter identity, 1 × 1, on a picture of 9 × 9 pixels. A frame m'
    """
    from PIL import ImageDraw

    f_h, f_w = kernel.shape
    fits = f_h <= image.shape[0] and f_w <= image.shape[1]
    total = float((image[row : row + f_h, column : column + f_w] * kernel).sum()) if fits else 0.0
    middle = WIDE + 20
    right = middle + f_w * min(CELL, 154 // f_w) + 20
    canvas = canvas_of(right + (WIDE if name else 100), TALL + 48)
    pen = ImageDraw.Draw(canvas)
    pen.text((0, 0), "picture", font=text_font(13), fill=INK)
    scale = _paste(canvas, image, 0, 1, (0, 22))
    _frame(pen, column * scale, 22 + row * scale, f_w * scale, f_h * scale)
    pen.text((middle, 0), "kernel", font=text_font(13), fill=INK)
    _numbers(pen, kernel, middle, 22, min(CELL, 154 // max(f_h, f_w)), None, None)
    if name and fits:
        feature_map = correlate2d(image, kernel)
        shown, low, high = kernels.as_picture(feature_map, kernel)
        pen.text((right, 0), "feature map", font=text_font(13), fill=INK)
        scale = _paste(canvas, shown, low, high, (right, 22))
        _frame(pen, right + column * scale, 22 + row * scale, scale, scale)
    said = f"The sum of the {f_h * f_w} products is {total:.2f}.".replace("-", "−")
    pen.text((0, TALL + 30), said, font=text_font(13), fill=INK)
    description = (
        f"{f'The filter {name}' if name else 'A filter'}, {f_h} × {f_w}, on a picture of {image.shape[0]} × "
        f"{image.shape[1]} pixels. A frame marks the window from row {row}, column {column}. {said}"
    )
    return _webp(canvas), description


def learning_still(step: int, kernel: Array, loss: float, target: Array) -> tuple[bytes, str]:
    """Return a picture of a filter as it is learned, beside the one that is wanted, and what it shows in words.

    Parameters
    ----------
    step : int
    kernel, target : ndarray of shape (f_h, f_w)
    loss : float

    Examples
    --------
    >>> print(learning_still(3, np.ones((2, 2)), 0.5, np.zeros((2, 2)))[1])
    The filter after step 3, beside the wanted one. The loss is 0.50000, and the worst weight is 1.00 off.
    """
    from PIL import ImageDraw

    height, width = target.shape
    canvas = canvas_of(2 * width * CELL + 50, height * CELL + 46)
    pen = ImageDraw.Draw(canvas)
    low, high = float(target.min()), float(target.max())
    for left, title, values in ((0, f"after step {step}", kernel), (width * CELL + 40, "wanted", target)):
        pen.text((left, 0), title, font=text_font(13), fill=INK)
        _numbers(pen, values, left, 22, CELL, low, high)
    far = float(np.abs(kernel - target).max())
    said = f"The loss is {loss:.5f}, and the worst weight is {far:.2f} off."
    pen.text((0, height * CELL + 26), said, font=text_font(13), fill=INK)
    buffer = io.BytesIO()
    canvas.quantize(24).save(buffer, "png", optimize=True)  # few colours: smaller than WebP
    return buffer.getvalue(), f"The filter after step {step}, beside the wanted one. {said}"


def _paste(canvas: Any, values: Array, low: float, high: float, where: tuple[int, int]) -> float:
    """Draw an array in grey, as large as there is room, and return the pixels that one cell has."""
    from PIL import Image

    scale = min(WIDE / values.shape[1], TALL / values.shape[0])
    grey = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    size = max(round(values.shape[1] * scale), 1), max(round(values.shape[0] * scale), 1)
    how = Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
    canvas.paste(Image.fromarray(np.round(grey * 255).astype(np.uint8)).resize(size, how).convert("RGB"), where)
    return scale


def _frame(pen: Any, left: float, top: float, width: float, height: float) -> None:
    """Draw a frame in orange with a black rim, which shows on light and on dark."""
    for distance, colour in ((4, "black"), (3, COLOURS["orange"]), (2, COLOURS["orange"])):
        corners = (left - distance, top - distance, left + width - 1 + distance, top + height - 1 + distance)
        pen.rectangle(corners, outline=colour)


def _numbers(pen: Any, values: Array, left: int, top: int, cell: int, low: float | None, high: float | None) -> None:
    """Draw an array as grey cells with their numbers in them: black is 0, or middle grey where some are negative."""
    high = max(float(np.abs(values).max()), 1e-9) if high is None else high
    low = (-high if values.min() < 0 else 0.0) if low is None else low
    for (row, column), value in np.ndenumerate(values):
        grey = float(np.clip((value - low) / ((high - low) or 1.0), 0, 1))
        x, y = left + column * cell, top + row * cell
        level = round(255 * grey)
        pen.rectangle((x, y, x + cell, y + cell), fill=(level, level, level), outline=COLOURS["grey"])
        text = "0" if abs(value) < 0.005 else f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")
        ink = "white" if grey < 0.5 else "black"
        font = text_font(12 if cell > 30 and len(text) < 5 else 9)
        if cell > 30:
            pen.text((x + cell / 2, y + cell / 2), text, font=font, fill=ink, anchor="mm")


def _webp(canvas: Any) -> bytes:
    for quality in (10, 4, 1):
        buffer = io.BytesIO()
        canvas.save(buffer, "webp", quality=quality, method=4, alpha_quality=50)
        if buffer.tell() <= SMALL:
            break
    return buffer.getvalue()
