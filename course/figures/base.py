"""What all pictures share: size, colours, and a text description that travels with the picture."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..errors import argument_error

__all__ = ["COLOURS", "Picture", "described", "new_figure", "picture_html", "png_of"]

# Okabe and Ito, "Color Universal Design" (2008): told apart by readers with any kind of colour vision.
COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "sky": "#56B4E9",
    "pink": "#CC79A7",
    "yellow": "#F0E442",
    "black": "#000000",
    "grey": "#7F7F7F",
}

DPI = 110


class Picture(Figure):
    """A matplotlib Figure that a notebook shows as an image with an alternative text.

    Attributes
    ----------
    description : str
        What the picture shows, in words, for those who do not see it.
    """

    description: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": picture_html(png_of(self), self.description), "text/plain": self.description}

    def __repr__(self) -> str:
        return self.description or "a picture that is not finished"


def new_figure(
    rows: int = 1, columns: int = 1, width: float = 8.0, height: float = 3.0, **options: Any
) -> tuple[Picture, Any]:
    """Return an empty picture and its axes, as `matplotlib.pyplot.subplots` does, outside pyplot's list of figures.

    Parameters
    ----------
    rows, columns : int
        Number of axes.
    width, height : float
        Size in inches at 110 dots an inch.
    **options
        Passed to `Figure.subplots`.

    Examples
    --------
    >>> figure, axes = new_figure(columns=2)
    >>> axes.shape
    (2,)
    """
    figure = Picture(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **options)


def described(figure: Picture, description: str) -> Picture:
    """Attach the text description, and return the picture.

    Raises
    ------
    ArgumentError
        The description is too short to describe anything.
    """
    description = " ".join(description.split())
    if len(description) < 20:
        fix = "Say in a sentence or two what a reader would see."
        raise argument_error("described", "description", "have at least 20 characters", description, fix)
    figure.description = description
    return figure


def png_of(figure: Figure) -> bytes:
    """Return the picture as the bytes of a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def picture_html(png: bytes, description: str) -> str:
    """Return an HTML image with an alternative text."""
    data = base64.b64encode(png).decode("ascii")
    return f'<img alt="{escape(description, quote=True)}" style="max-width:100%" src="data:image/png;base64,{data}">'


def bare(axes: Axes) -> Axes:
    """Take ticks and frame away, for a picture that is no chart."""
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    return axes
