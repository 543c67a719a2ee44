"""What all pictures share: size, colours, and a text description that travels with the picture.

A picture has no ground of its own: it is seen on white and, in JupyterLab's dark theme, on nearly black. So all that is
written or drawn outside of cells and photographs has one grey, `INK`, or a colour that is seen on both.
"""

from __future__ import annotations

import base64
import io
from html import escape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color, to_rgb
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text

from ..errors import argument_error

__all__ = ["COLOURS", "DARK", "INK", "SHADE", "Picture", "described", "new_figure", "picture_html", "png_of", "text_on"]

INK = "#797979"  # text, axes and outlines: as far from white as from JupyterLab's dark ground
SHADE = INK + "22"  # a light fill under text in ink, on any ground
DARK = "#111111"  # text on light cells and labels

# Okabe and Ito, "Color Universal Design" (2008): told apart by readers with any kind of colour vision. Orange and sky
# are darker than theirs, so that a line is seen on white. Yellow is for photographs and for fills with an outline.
COLOURS = {
    "blue": "#0072B2",
    "orange": "#C28600",
    "green": "#009E73",
    "red": "#D55E00",
    "sky": "#3A96CF",
    "pink": "#CC79A7",
    "yellow": "#F0E442",
    "grey": "#7F7F7F",
    "ink": INK,
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
    """Attach the text description, put what is still black into ink, and return the picture.

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
    _put_into_ink(figure)
    return figure


def _put_into_ink(figure: Figure) -> None:
    """Take the white grounds away, draw in ink what matplotlib draws in black, and give bare pictures an outline."""
    figure.patch.set_alpha(0)
    for axes in figure.axes:
        if same_color(axes.get_facecolor(), "white"):
            axes.patch.set_alpha(0)
        for side in axes.spines.values():
            if same_color(side.get_edgecolor(), "black"):
                side.set_edgecolor(INK)
            if _is_filled_by_a_picture(axes) and not side.get_visible():
                side.set(visible=True, edgecolor=INK, linewidth=0.6)
        axes.tick_params(which="both", color=INK, labelcolor=INK)
    for legend in figure.findobj(Legend):
        legend.get_frame().set(facecolor="none", edgecolor=INK)
    for text in figure.findobj(Text):
        if same_color(text.get_color(), "black"):
            ground = text.get_bbox_patch()
            text.set_color(DARK if ground is not None and same_color(ground.get_facecolor(), "white") else INK)


def _is_filled_by_a_picture(axes: Axes) -> bool:
    """Tell whether a picture ends where its axes end: a black or a white one would melt into the ground."""
    if len(axes.images) != 1:
        return False
    left, right, bottom, top = axes.images[0].get_extent()
    ends = [*sorted((left, right)), *sorted((bottom, top))]
    return bool(np.allclose(ends, [*sorted(axes.get_xlim()), *sorted(axes.get_ylim())]))


def text_on(colour: Any) -> str:
    """Return the colour of text on a cell of some colour: dark or white, whichever is read more easily.

    Examples
    --------
    >>> text_on(COLOURS["yellow"]), text_on(COLOURS["blue"])
    ('#111111', 'white')
    """
    return max((DARK, "white"), key=lambda text: contrast(text, colour))


def contrast(one: Any, other: Any) -> float:
    """Return how far two colours are apart in brightness, from 1 to 21, as WCAG counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Any) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def png_of(figure: Figure) -> bytes:
    """Return the picture as the bytes of a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="none", metadata={"Software": None})
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
