"""The frame of every explorer: controls above, one picture with its description below."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np

from ..errors import argument_error
from ..figures.base import INK, Picture, picture_html, png_of

__all__ = ["Explorer", "Still", "canvas_of", "still_of_array", "text_font"]


@dataclass(frozen=True)
class Still:
    """A finished picture: the bytes of a PNG file, and what it shows in words."""

    png: bytes
    description: str


def still_of_array(pixels: np.ndarray, description: str, scale: int = 1) -> Still:
    """Turn an array into a picture without matplotlib, which takes a few milliseconds.

    Parameters
    ----------
    pixels : ndarray of shape (height, width), (height, width, 3), or (height, width, 4) with the opacity
        uint8 from 0 to 255, or floats from 0 to 1.
    description : str
    scale : int
        Each pixel becomes a square of `scale` by `scale` pixels.
    """
    from PIL import Image

    pixels = np.asarray(pixels)
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (3, 4)):
        fix = "Give a grey picture (height, width) or a colour picture (height, width, 3)."
        raise argument_error("still_of_array", "pixels", "be one picture", pixels, fix)
    if pixels.dtype != np.uint8:
        pixels = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if scale != 1:
        image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    image.save(buffer, format="png", compress_level=1)
    return Still(buffer.getvalue(), description)


@lru_cache
def text_font(size: int) -> Any:
    """Return matplotlib's font for Pillow: its own has no ×."""
    import matplotlib
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), size)


def canvas_of(width: int, height: int) -> Any:
    """Return an empty Pillow image to draw on, without a ground of its own: write on it in `INK`."""
    from PIL import Image

    return Image.new("RGBA", (width, height), f"{INK}00")


class Explorer(ipywidgets.VBox):
    """A picture that is drawn anew whenever a control moves.

    Parameters
    ----------
    controls : mapping of str to widget
        Sliders, menus and the like, under the names of the arguments of `draw`.
    draw : callable
        Takes the controls' values as keyword arguments, returns a `Picture` or a `Still`.
    title : str
        What the explorer is for; shown above it.

    Examples
    --------
    >>> grey = lambda level: still_of_array(np.full((8, 8), level / 10), f"A grey square, level {level} of 10.")
    >>> explorer = Explorer({"level": ipywidgets.IntSlider(3, 0, 10, description="level")}, grey, "Grey")
    >>> explorer.controls["level"].value = 7
    >>> explorer.description
    'A grey square, level 7 of 10.'
    """

    def __init__(
        self, controls: Mapping[str, Any], draw: Callable[..., Picture | Still], title: str, **options: Any
    ) -> None:
        self.controls = dict(controls)
        self.title = title
        self._draw = draw
        self._picture = ipywidgets.HTML()
        heading = ipywidgets.HTML(f"<strong>{escape(title)}</strong>")
        for control in self.controls.values():
            control.style.description_width = "initial"
            control.observe(self._redraw, names="value")
        rows = ipywidgets.HBox(list(self.controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([heading, rows, self._picture], **options)
        self._redraw()

    def _redraw(self, change: Any = None) -> None:
        drawn = self._draw(**{name: control.value for name, control in self.controls.items()})
        self.still = Still(png_of(drawn), drawn.description) if isinstance(drawn, Picture) else drawn
        # The caption is read out when it changes, for those who hear the page.
        caption = f'<div aria-live="polite" style="max-width:60em">{escape(self.description)}</div>'
        self._picture.value = picture_html(self.still.png, self.description) + caption

    @property
    def description(self) -> str:
        """What the picture shows now, in words."""
        return self.still.description

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        live = super()._repr_mimebundle_(include=include, exclude=exclude)
        still = picture_html(self.still.png, self.description)
        return {
            **live,
            "text/html": f"<div><strong>{escape(self.title)}</strong> (move it: run the cell)<br>{still}</div>",
            "text/plain": f"{self.title}: {self.description}",
        }
