"""Receptive fields on photographs: which part of a picture a neuron sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from .base import COLOURS, SHADE, Picture, bare, described, new_figure

__all__ = ["changed_units", "local_fields", "pixels_that_count", "seen_pixels", "side_by_side", "views_of_a_unit"]

Window = tuple[tuple[int, int], tuple[int, int]]
BOXES = ("blue", "orange", "green", "pink", "yellow", "red")
MOVED = ListedColormap([SHADE, COLOURS["blue"]])


def local_fields(photo: np.ndarray, windows: Sequence[Window]) -> Picture:
    """Draw a photograph that is dark except for what some neurons see, and each neuron's view beside it.

    Parameters
    ----------
    photo : ndarray of shape (height, width, 3) or (height, width)
    windows : sequence
        ((top, bottom), (left, right)) for up to six neurons.
    """
    light = np.zeros(photo.shape[:2], dtype=bool)
    for rows, columns in windows:
        light[_part(photo, rows, columns)] = True
    shown = _as_float(photo)
    shown[~light] *= 0.35
    figure, axes = new_figure(width=9.4, height=3.6)
    bare(axes).imshow(shown, cmap="gray", vmin=0, vmax=1)
    height, width = photo.shape[:2]
    side = height / ((len(windows) + 1) // 2)
    for number, ((rows, columns), colour) in enumerate(zip(windows, BOXES, strict=False), start=1):
        _box(axes, (rows, columns), COLOURS[colour], label=str(number))
        left = width * 1.04 + side * ((number - 1) % 2)
        top = side * ((number - 1) // 2)
        extent = (left + side * 0.04, left + side * 0.96, top + side * 0.96, top + side * 0.04)
        axes.imshow(_as_float(photo[_part(photo, rows, columns)]), cmap="gray", vmin=0, vmax=1, extent=extent)
        frame = Rectangle((extent[0], extent[3]), side * 0.92, side * 0.92, fill=False, edgecolor=COLOURS[colour], lw=3)
        axes.add_patch(frame)
        _label(axes, extent[0], extent[3], str(number), COLOURS[colour])
    axes.set(xlim=(0, width * 1.04 + 2 * side), ylim=(height, 0))
    places = "; ".join(f"{n}: {_words(window)}" for n, window in enumerate(windows, start=1))
    text = f"A photograph of {height} × {width} pixels, darkened except for the windows of {len(windows)} neurons. "
    return described(figure, f"{text}Beside it, each neuron's window enlarged. {places}.")


def views_of_a_unit(photo: np.ndarray, windows: Mapping[str, Window]) -> Picture:
    """Draw the windows of one place in several layers on a photograph, and each of them enlarged.

    Parameters
    ----------
    photo : ndarray of shape (height, width, 3) or (height, width)
    windows : mapping of str to tuple
        For each layer its name and what the unit sees: ((top, bottom), (left, right)).
    """
    figure, grid = new_figure(
        columns=len(windows) + 1, width=8.8, height=2.2, width_ratios=[2.0, *[1.0] * len(windows)]
    )
    bare(grid[0]).imshow(_as_float(photo), cmap="gray", vmin=0, vmax=1)
    grid[0].set_title("the photograph\n(sizes in pixels)", fontsize=10)
    parts = []
    for axes, (name, window), colour in zip(grid[1:], windows.items(), BOXES, strict=False):
        size = window[0][1] - window[0][0] + 1
        _box(grid[0], window, COLOURS[colour])
        axes.imshow(_as_float(photo[_part(photo, *window)]), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        for side in axes.spines.values():
            side.set(edgecolor=COLOURS[colour], linewidth=3)
        axes.set_title(f"{name}\n{size} × {window[1][1] - window[1][0] + 1}", fontsize=10)
        parts.append(f"{name}: {_words(window)}")
    text = "A photograph with nested boxes round one place, one for each layer, and each box enlarged beside it. "
    return described(figure, text + "; ".join(parts) + ".")


def seen_pixels(picture: np.ndarray, seen: np.ndarray, window: Window, title: str = "") -> Picture:
    """Draw which pixels moved a unit, and the box in which theory expects them.

    Parameters
    ----------
    picture : ndarray of shape (height, width)
        From 0 to 1.
    seen : ndarray of shape (height, width), bool
        The result of the experiment.
    window : tuple
        ((top, bottom), (left, right)) by theory, in pixels; parts outside the picture are cut off.
    """
    figure, axes = new_figure(columns=2, width=8.4, height=3.4)
    height, width = seen.shape
    axes[0].imshow(picture, cmap="gray", vmin=0, vmax=1)
    axes[0].set_title(title or "the input", fontsize=10)
    axes[1].imshow(seen, cmap=MOVED, vmin=0, vmax=1)
    axes[1].set_title(f"blue: {int(seen.sum())} pixels move the unit", fontsize=10)
    for panel in axes:
        _box(panel, window, COLOURS["red"])
        panel.set(xticks=[], yticks=[], xlim=(-0.8, width - 0.2), ylim=(height - 0.2, -0.8))
    expected = np.zeros_like(seen)
    expected[_part(seen, *window)] = True
    verdict = "They fill the box exactly" if np.array_equal(expected, seen) else "They do not fill the box exactly"
    text = f"Left, a picture of {height} × {width} pixels; right, the pixels that move the unit, {int(seen.sum())} of "
    return described(figure, f"{text}{seen.size}. A box shows the window of theory: {_words(window)}. {verdict}.")


def side_by_side(pictures: Mapping[str, np.ndarray], description: str) -> Picture:
    """Draw grey pictures in a row, each with its name and size; in all of them 0 is black and 1 is white.

    Parameters
    ----------
    pictures : mapping of str to ndarray of shape (height, width)
    description : str
        What a reader would see.
    """
    widths = [float(picture.shape[1] / picture.shape[0]) for picture in pictures.values()]
    width = min(2.1 * sum(widths), 8.8)
    figure, grid = new_figure(columns=len(pictures), width=width, height=width / sum(widths) + 0.5, width_ratios=widths)
    for axes, (name, picture) in zip(grid, pictures.items(), strict=True):
        axes.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"{name}\n{picture.shape[0]} × {picture.shape[1]}", fontsize=10)
    sizes = "; ".join(f"{name}: {picture.shape[0]} × {picture.shape[1]}" for name, picture in pictures.items())
    return described(figure, f"{description} {sizes}.")


def changed_units(maps: Mapping[str, np.ndarray]) -> Picture:
    """Draw for each layer which units moved when one pixel was poked.

    Parameters
    ----------
    maps : mapping of str to ndarray of shape (height, width), bool
        For each layer, from the input on, its name and True where a unit moved.
    """
    figure, grid = new_figure(columns=len(maps), width=2.2 * len(maps), height=2.5)
    parts = []
    for axes, (name, moved) in zip(grid, maps.items(), strict=True):
        axes.imshow(moved, cmap=MOVED, vmin=0, vmax=1, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"{name}\n{int(moved.sum())} of {moved.size:,} moved (blue)", fontsize=10)
        parts.append(f"{name}: {int(moved.sum())} of {moved.size} units moved")
    return described(figure, "One picture for each layer; units that moved are blue. " + "; ".join(parts) + ".")


def pixels_that_count(strengths: Mapping[str, np.ndarray]) -> Picture:
    """Draw how far each pixel moves a unit, as a share of the largest move, for several stacks.

    Parameters
    ----------
    strengths : mapping of str to ndarray of shape (height, width)
        How far the unit moved, at least 0.
    """
    figure, grid = new_figure(columns=len(strengths), width=2.2 * len(strengths), height=2.5)
    parts = []
    for axes, (name, strength) in zip(grid, strengths.items(), strict=True):
        shown = axes.imshow(strength / strength.max(), cmap="viridis", vmin=0, vmax=1, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        middle = float((strength > strength.max() / 2).sum() / (strength > 0).sum())
        axes.set_title(f"{name}\n{middle:.0%} of the pixels have\nhalf the largest effect\nor more", fontsize=9)
        parts.append(f"{name}: {middle:.0%} of the pixels in the field have at least half the largest effect")
    figure.colorbar(shown, ax=list(grid), label="effect, largest = 1")
    return described(figure, "Heat maps of receptive fields, brightest in the middle. " + "; ".join(parts) + ".")


def _part(picture: np.ndarray, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[slice, slice]:
    """Return the part of a window that lies within the picture."""
    return slice(max(rows[0], 0), rows[1] + 1), slice(max(columns[0], 0), columns[1] + 1)


def _as_float(picture: np.ndarray) -> np.ndarray:
    return picture / 255.0 if picture.dtype == np.uint8 else np.array(picture, dtype=float)


def _box(axes: Axes, window: Window, colour: str, label: str = "") -> None:
    (top, bottom), (left, right) = window
    corner, width, height = (left - 0.5, top - 0.5), right - left + 1, bottom - top + 1
    axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor="white", linewidth=3.4))
    axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=colour, linewidth=2))
    if label:
        _label(axes, left, top, label, colour)


def _label(axes: Axes, x: float, y: float, label: str, colour: str) -> None:
    box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": colour}
    axes.text(x, y, label, fontsize=9, color="black", ha="left", va="top", bbox=box)


def _words(window: Window) -> str:
    (top, bottom), (left, right) = window
    return f"rows {top} to {bottom}, columns {left} to {right}".replace("-", "−")
