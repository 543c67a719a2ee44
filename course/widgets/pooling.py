"""The explorer of lesson 4: a picture slid under a grid of pooling windows, with a meter of what stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
import matplotlib
import numpy as np
from numpy.typing import NDArray

from ..data import fashion_mnist_sample
from ..figures.base import COLOURS, INK
from ..ops import avg_pool2d, max_pool2d, shift
from ..ops.invariance import equivariance_gap, invariance
from .base import Explorer, Still, canvas_of, still_of_array

__all__ = ["pooling_explorer"]

SIDE = 300  # pixels of the screen for the longer side of the picture
GAP = 24
TOP, BOTTOM = 26, 62  # room for headings, and for the meter
CROSSES_WHERE = 9  # a cell smaller than this many screen pixels gets a stroke instead of a cross

Pool = Callable[..., Any]


def pooling_explorer(max_pool: Pool = max_pool2d, avg_pool: Pool = avg_pool2d, moves: bool = True) -> Explorer:
    """Return an explorer that slides a picture under pooling windows and shows which output cells stay.

    Parameters
    ----------
    max_pool : callable
        Takes x, kernel_size, stride and padding, as the reader's `max_pool2d`.
    avg_pool : callable
        Takes x, kernel_size and stride, as the reader's `avg_pool2d`.
    moves : bool
        Whether the picture can be moved; if not, it shows pooling alone, and measures nothing.

    Examples
    --------
    >>> explorer = pooling_explorer()
    >>> explorer.controls["columns"].value = 2
    >>> explorer.description.split(": ")[1]
    '50% of the cells stay (invariance 0.50). Gap to equivariance'
    """
    pictures = _pictures()

    def draw(picture: str, window: int, kind: str, columns: int = 0, rows: int = 0) -> Still:
        def layer(x: NDArray) -> NDArray:
            size = (window, window)
            return np.asarray(max_pool(x, size, window, 0) if kind == "max" else avg_pool(x, size, window))

        return _drawn(pictures[picture], picture, layer, rows, columns, window, kind, moves)

    controls = {
        "picture": ipywidgets.Dropdown(options=list(pictures), value="letter", description="picture"),
        "columns": ipywidgets.IntSlider(0, -4, 4, description="to the right", continuous_update=True),
        "rows": ipywidgets.IntSlider(0, -4, 4, description="down", continuous_update=True),
        "window": ipywidgets.IntSlider(2, 1, 4, description="window and stride"),
        "kind": ipywidgets.ToggleButtons(options=["max", "mean"], description="passes on"),
    }
    if moves:
        return Explorer(controls, draw, "Slide a picture under a pooling grid")
    unmoved = {name: control for name, control in controls.items() if name not in ("columns", "rows")}
    return Explorer(unmoved, draw, "A picture, and what pooling leaves of it")


def _pictures() -> dict[str, NDArray[np.float64]]:
    """Return pictures from 0 (dark) to 255, with room to move."""
    letter = np.zeros((4, 8))
    letter[:, 2] = 1
    letter[3, 2:5] = 1
    stripes = np.tile([0.0, 0, 1, 1], (12, 3))
    dots = np.zeros((12, 12))
    dots[1::4, 1::4] = 1
    garments = fashion_mnist_sample("test")
    first = {name: garments.images[np.flatnonzero(garments.labels == label)[0]] for label, name in
             ((1, "trouser"), (7, "sneaker"), (6, "shirt"))}  # fmt: skip
    drawings = {"letter": 255 * letter, "stripes": 255 * stripes, "dots": 255 * dots}
    return {**drawings, **{name: image.astype(float) for name, image in first.items()}}


def _drawn(
    picture: NDArray,
    name: str,
    layer: Callable[[NDArray], NDArray],
    rows: int,
    columns: int,
    window: int,
    kind: str,
    measured: bool,
) -> Still:
    from PIL import ImageDraw

    x = picture[np.newaxis, np.newaxis]
    before, after = layer(x)[0, 0], layer(shift(x, rows, columns))[0, 0]
    stays = np.isclose(before, after)

    unit = max(SIDE // max(picture.shape), 1)
    height, width = (size * unit for size in picture.shape)
    canvas = canvas_of(2 * width + 3 * GAP, height + TOP + BOTTOM)
    pen = ImageDraw.Draw(canvas)
    canvas.paste(_enlarged(shift(picture, rows, columns), unit), (GAP, TOP))
    right = 2 * GAP + width
    canvas.paste(_enlarged(after, unit * window), (right, TOP))
    _grid(pen, GAP, picture.shape, unit, window)
    for i, j in np.argwhere(~stays):
        corner = (right + int(j) * unit * window, TOP + int(i) * unit * window)
        _cross(pen, corner, unit * window)
    pen.rectangle((right, TOP, right + after.shape[1] * unit * window, TOP + after.shape[0] * unit * window),
                  outline=INK)  # fmt: skip
    windows, crosses = f"{window} × {window}", ", crosses: changed" if measured else ""
    where = f", moved ({rows}, {columns})" if measured else ""
    pen.text((GAP, 6), f"{name}{where}", fill=INK, font=_font(13))
    pen.text((right, 6), f"{kind} of {windows}{crosses}", fill=INK, font=_font(13))
    if not measured:
        words = f"{height // unit} × {width // unit} pixels, {after.shape[0]} × {after.shape[1]} cells"
        pen.text((GAP, TOP + height + 10), words, fill=INK, font=_font(13))
        levels = np.unique(after)
        left = ", ".join(f"{level:.4g}" for level in levels) if len(levels) <= 4 else f"{len(levels)} of them"
        return still_of_array(
            np.asarray(canvas),
            f"The {name} under windows of {windows} that pass on the {kind}: {words}. Grey levels: {left}.",
        )
    fraction = invariance(layer, x, (rows, columns))
    gap = _gap(layer, x, (rows, columns), window)
    _meter(pen, GAP, TOP + height + 10, 2 * width + GAP, fraction)
    words = f"{fraction:.0%} of the cells stay (invariance {fraction:.2f})."
    pen.text((GAP, TOP + height + 26), words, fill=INK, font=_font(13))
    pen.text((GAP, TOP + height + 43), f"Gap to equivariance: {gap}.", fill=INK, font=_font(13))
    return still_of_array(
        np.asarray(canvas),
        f"The {name} moved {rows} down and {columns} to the right, under windows of {windows} that pass on "
        f"the {kind}: {words} Gap to equivariance: {gap}.",
    )


def _gap(layer: Callable[[NDArray], NDArray], x: NDArray, move: tuple[int, int], stride: int) -> str:
    if any(distance % stride for distance in move):
        return "not defined, the shift is no whole number of cells"
    height, width = layer(x).shape[-2:]
    if abs(move[0]) // stride >= height or abs(move[1]) // stride >= width:
        return "not defined, no cell is left to compare"
    return f"{equivariance_gap(layer, x, move, stride):.1f} grey levels"


def _enlarged(pixels: NDArray, unit: int) -> Any:
    from PIL import Image

    grey = np.round(np.clip(pixels, 0, 255)).astype(np.uint8)
    return Image.fromarray(grey.repeat(unit, axis=0).repeat(unit, axis=1)).convert("RGB")


def _grid(pen: Any, left: int, shape: tuple[int, ...], unit: int, window: int) -> None:
    """Draw the windows that fit, in a colour that is seen on dark and on bright pixels."""
    rows, columns = shape[0] // window, shape[1] // window
    bottom, right = TOP + rows * window * unit, left + columns * window * unit
    for i in range(rows + 1):
        pen.line((left, TOP + i * window * unit, right, TOP + i * window * unit), fill=COLOURS["red"], width=1)
    for j in range(columns + 1):
        pen.line((left + j * window * unit, TOP, left + j * window * unit, bottom), fill=COLOURS["red"], width=1)


def _cross(pen: Any, corner: tuple[int, int], size: int) -> None:
    """Draw a red cross with a white border, which is seen on dark and on bright cells."""
    (left, top), inset = corner, max(size // 4, 2)
    low, high, end = top + inset, top + size - inset, left + size - inset
    for colour, stroke in (("white", 5), (COLOURS["red"], 2)):
        pen.line((left + inset, low, end, high), fill=colour, width=stroke)
        if size >= CROSSES_WHERE:
            pen.line((left + inset, high, end, low), fill=colour, width=stroke)


def _meter(pen: Any, left: int, top: int, width: int, fraction: float) -> None:
    pen.rectangle((left, top, left + width, top + 11), outline=INK)
    pen.rectangle((left, top, left + round(width * fraction), top + 11), outline=INK, fill=COLOURS["blue"])


def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), size)
