"""Pictures of lesson 2: small arrays as numbers, photographs and their maps, and bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from ..kernels import as_picture
from .base import COLOURS, DARK, INK, Picture, bare, described, new_figure

__all__ = [
    "border_figure",
    "bytes_figure",
    "flip_figure",
    "gallery_figure",
    "line_filters_figure",
    "moved_figure",
    "neuron_figure",
    "padding_figure",
    "sliding_figure",
]

Array = NDArray[Any]
Window = tuple[int, int, int, int]  # top, left, height, width


# --- Small arrays, as numbers ------------------------------------------------------------------------


def padding_figure(image: ArrayLike, padded: ArrayLike) -> Picture:
    """Draw a small picture beside the same picture in its border of zeros.

    Parameters
    ----------
    image : array_like of shape (H, W)
    padded : array_like of shape (H + 2 * p, W + 2 * p)
    """
    image, padded = np.asarray(image), np.asarray(padded)
    border = (padded.shape[0] - image.shape[0]) // 2
    words = (
        f"Left, a picture of {_by(image)} pixels. Right, the same numbers within {border} ring of zeros: {_by(padded)} "
        "pixels. A frame shows where the picture lies."
    )
    window = (border, border, *image.shape)
    return _number_row([("picture", image, None), "→", ("with zero padding", padded, window)], words)


def neuron_figure(window: ArrayLike, kernel: ArrayLike, output: float, bias: float = 0.0) -> Picture:
    """Draw what one neuron computes: window times kernel, product by product, and their sum."""
    window, kernel = np.asarray(window), np.asarray(kernel)
    total = f"{float((window * kernel).sum()):g} + {bias:g} = {output:g}"
    words = (
        f"A window of {_by(window)} pixels times a kernel of the same size gives {window.size} products. "
        f"Their sum plus the bias is the neuron's output: {total}."
    )
    parts = [("window", window, None), "×", ("kernel", kernel, None), "=", ("products", window * kernel, None)]
    return _number_row([*parts, f"sum + bias:\n{total}"], words)


def sliding_figure(image: ArrayLike, kernel: ArrayLike, feature_map: ArrayLike, row: int, column: int) -> Picture:
    """Draw picture, kernel and feature map, with one neuron and its window (stride 1) framed."""
    image, kernel, feature_map = np.asarray(image), np.asarray(kernel), np.asarray(feature_map)
    words = (
        f"A picture of {_by(image)} pixels, a kernel of {_by(kernel)} and the feature map of "
        f"{_by(feature_map)}. Framed: "
        f"the neuron in row {row}, column {column} of the map, whose value is {feature_map[row, column]:g}, and its "
        f"window in the picture."
    )
    parts: list[Any] = [("picture", image, (row, column, *kernel.shape)), "∗", ("kernel", kernel, None), "→"]
    return _number_row([*parts, ("feature map", feature_map, (row, column, 1, 1))], words)


def _number_row(parts: Sequence[Any], words: str) -> Picture:
    """Draw arrays, (title, array, framed window), and texts between them, in one row; cells have one size."""
    widths = [part[1].shape[1] if isinstance(part, tuple) else 1 + 0.28 * _longest(part) for part in parts]
    height = max(part[1].shape[0] for part in parts if isinstance(part, tuple))
    figure, axes = new_figure(
        columns=len(parts),
        width=min(0.47 * sum(widths) + 0.3, 11),
        height=0.47 * height + 0.55,
        gridspec_kw={"width_ratios": widths},
    )
    for ax, part in zip(axes, parts, strict=True):
        if isinstance(part, tuple):
            _numbers(ax, *part)
        else:
            bare(ax).text(0.5, 0.5, part, ha="center", va="center", fontsize=13, transform=ax.transAxes)
    return described(figure, words)


def _longest(text: str) -> int:
    return max(map(len, text.split("\n"))) - 1


def _numbers(ax: Axes, title: str, array: Array, window: Window | None) -> None:
    """Draw an array as grey cells with their numbers in them."""
    low, high = min(float(array.min()), 0.0), max(float(array.max()), 1.0)
    ax.imshow(array, cmap="gray", vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(array):
        dark = (value - low) / (high - low) < 0.5
        ax.text(column, row, f"{value:g}", ha="center", va="center", color="white" if dark else DARK, fontsize=10)
    _rule(ax, array)
    ax.set(xlim=(-0.5, array.shape[1] - 0.5), ylim=(array.shape[0] - 0.5, -0.5))
    bare(ax).set_title(title, fontsize=10)
    if window is not None:
        _frame(ax, window)


def _rule(ax: Axes, array: Array) -> None:
    """Draw the lines between cells, and round all of them."""
    height, width = array.shape
    style: Any = {"colors": COLOURS["grey"], "linewidths": 0.7, "clip_on": False}
    ax.hlines(np.arange(height + 1) - 0.5, -0.5, width - 0.5, **style)
    ax.vlines(np.arange(width + 1) - 0.5, -0.5, height - 0.5, **style)


def _frame(ax: Axes, window: Window, colour: str = "red", style: str = "-") -> None:
    top, left, height, width = window
    place = (left - 0.5, top - 0.5)
    frame = Rectangle(place, width, height, fill=False, edgecolor=COLOURS[colour], linewidth=3, linestyle=style)
    ax.add_patch(frame).set_clip_on(False)


def _by(array: Array) -> str:
    return f"{array.shape[0]} × {array.shape[1]}"


# --- Photographs and their maps ----------------------------------------------------------------------


def line_filters_figure(photo: Array, kernels: Sequence[Array], maps: Sequence[Array], zoom: Window) -> Picture:
    """Draw a photograph and its two line maps, whole and magnified.

    Parameters
    ----------
    photo : ndarray of shape (H, W)
        From 0 (black) to 1 (white).
    kernels, maps : two ndarrays each
        The vertical filter first, then the horizontal one.
    zoom : tuple of int
        Top, left, height and width of the part that is magnified.
    """
    ratio = photo.shape[1] / photo.shape[0]
    figure, axes = new_figure(
        3, 3, width=9.5, height=7.6, gridspec_kw={"width_ratios": [0.45, ratio, zoom[3] / zoom[2]]}
    )
    top, left, height, width = zoom
    rows = [
        (None, photo, "photograph"),
        (kernels[0], maps[0], "vertical filter"),
        (kernels[1], maps[1], "horizontal filter"),
    ]
    for (kernel, picture, name), (small, whole, part) in zip(rows, axes, strict=True):
        if kernel is None:
            bare(small)
            shown = picture
        else:
            _kernel(small, kernel, f"{name}\n{_by(kernel)}")
            shown, _, _ = as_picture(picture, kernel)
        _grey(whole, shown, name if kernel is None else f"map of the {name}, divided by {kernel.sum():g}")
        _frame(whole, zoom, "orange")
        _grey(part, shown[top : top + height, left : left + width], "the framed part, magnified")
    words = (
        "Three rows: a photograph of a temple, then the feature map of the vertical filter, then "
        "that of the horizontal "
        "filter, each with a magnified part. In the vertical map, columns and window bars stay sharp, and horizontal "
        "edges are smeared downwards. In the horizontal map, eaves and railings stay sharp, and the "
        "columns are smeared "
        "sideways."
    )
    return described(figure, words)


def border_figure(feature_map: Array, rows_inside: ArrayLike, corner: tuple[int, int] = (16, 26)) -> Picture:
    """Point at the dark border of a feature map, and draw how much of the kernel lies inside the picture.

    Parameters
    ----------
    feature_map : ndarray of shape (H, W)
        The map of the vertical filter, padded with zeros and divided by the sum of its weights.
    rows_inside : array_like of shape (rows,)
        What the filter gives, in each of the first rows, for a picture that is white all over.
    corner : tuple of int
        Height and width of the corner of the map that is shown.
    """
    inside = np.asarray(rows_inside, dtype=float)
    dark = int((inside < inside.max()).sum())
    figure, (left, right) = new_figure(columns=2, width=9, height=3.4, gridspec_kw={"width_ratios": [1.5, 1]})
    part = feature_map[: corner[0], : corner[1]]
    _grey(left, part, f"the upper left corner of the vertical map, {_by(part)} pixels")
    left.annotate(
        f"dark border:\n{dark} rows",
        xy=(corner[1] * 0.45, dark - 0.5),
        xytext=(corner[1] * 0.45, corner[0] * 0.62),
        arrowprops={"arrowstyle": "-|>", "color": COLOURS["red"], "linewidth": 2.5},
        bbox={"facecolor": "white", "edgecolor": COLOURS["red"]},
        ha="center",
        color="black",
        fontsize=11,
    )
    bars = right.barh(range(len(inside)), inside, color=COLOURS["sky"], edgecolor=INK)
    right.bar_label(bars, [f"{value:g}" for value in inside], padding=3)
    right.set(xlabel="sum for a white picture", ylabel="row of the map", xlim=(0, inside.max() * 1.15))
    right.set_yticks(range(len(inside)))
    right.invert_yaxis()
    words = (
        f"Left, the upper left corner of the vertical map: its first {dark} rows are darker, an arrow points at them. "
        f"Right, bars: for a white picture the sums in rows 0, 1, 2 and so on are "
        f"{', '.join(f'{value:g}' for value in inside)}."
    )
    return described(figure, words)


def gallery_figure(photo: Array, maps: Mapping[str, tuple[Array, Array]], columns: int = 3) -> Picture:
    """Draw the maps of filters beside the photograph, each by the rule of `course.kernels.as_picture`.

    Parameters
    ----------
    photo : ndarray of shape (H, W)
        From 0 (black) to 1 (white).
    maps : mapping of str to tuple
        For each filter its name, its weights and its feature map.
    columns : int
        Pictures in a row.
    """
    rows = -(-(len(maps) + 1) // columns)
    height = 3.3 * rows * photo.shape[0] / photo.shape[1] + 0.45 * rows
    figure, axes = new_figure(rows, columns, width=3.2 * columns, height=height, squeeze=False)
    for ax in axes.flat:
        bare(ax)
    _grey(axes.flat[0], photo, "the photograph")
    parts = []
    for ax, (name, (kernel, feature_map)) in zip(axes.flat[1:], maps.items(), strict=False):
        _map(ax, feature_map, kernel, name)
        _kernel(ax.inset_axes((0.01, 0.02, 0.2, 0.34)), kernel, "")
        parts.append(f"{name} (kernel {_by(kernel)}, sum {kernel.sum():.2g})")
    words = (
        f"The photograph and {len(maps)} feature maps of it, each with its kernel in the corner: {'; '.join(parts)}."
    )
    return described(figure, words)


def flip_figure(kernel: Array, flipped: Array, correlated: Array, convolved: Array) -> Picture:
    """Draw a kernel as it is and turned round, with the map of each, and the difference of the maps."""
    figure, axes = new_figure(columns=5, width=9.6, height=2.4, gridspec_kw={"width_ratios": [0.5, 1, 0.5, 1, 1]})
    largest = float(np.abs(correlated - convolved).max())
    _kernel(axes[0], kernel, "kernel", numbers=True)
    _map(axes[1], correlated, kernel, "correlation")
    _kernel(axes[2], flipped, "turned by\nhalf a turn", numbers=True)
    _map(axes[3], convolved, kernel, "convolution")
    _map(axes[4], convolved - correlated, kernel - flipped, "difference")
    words = (
        "A kernel and the map of its correlation, the kernel turned by half a turn and the map of the convolution, and "
        f"the difference of the two maps, at most {largest:.2f}. "
        + ("The maps look lit from opposite sides." if largest > 1e-9 else "The maps are the same.")
    )
    return described(figure, words)


def moved_figure(pictures: Sequence[Array], maps: Sequence[Array], object_at: Sequence[Window], gap: Array) -> Picture:
    """Draw two views of one scene, their maps, and where the maps differ once one is moved back.

    Parameters
    ----------
    pictures, maps : two ndarrays each
        The two views, and their feature maps.
    object_at : two tuples of int
        Where one thing stands in each view: top, left, height, width.
    gap : ndarray
        The absolute difference of the maps where both show the scene.
    """
    figure, axes = new_figure(columns=5, width=9, height=2.2)
    names = ("first view", "its map", "second view", "its map")
    shown = (pictures[0], maps[0], pictures[1], maps[1])
    for k, (ax, picture, name) in enumerate(zip(axes, shown, names, strict=False)):
        _grey(ax, picture, name)
        _frame(ax, object_at[k // 2], "orange")
    largest = float(gap.max())
    axes[4].imshow(gap, cmap="gray", vmin=0, vmax=max(largest, 1.0))
    bare(axes[4]).set_title("difference after\nmoving back\n(black: 0)", fontsize=10)
    (top, left, *_), (other_top, other_left, *_) = object_at
    words = (
        "Two views of the same scene with their feature maps. A frame marks one thing: it stands at row "
        f"{top}, column {left} in the first view and at row {other_top}, column {other_left} in the "
        f"second, in the maps as "
        f"well. Moved back and subtracted, the maps differ by at most {largest:.3f}."
    )
    return described(figure, words)


def _grey(ax: Axes, picture: Array, title: str) -> None:
    """Draw a grey picture: 0 is black and 1 is white, and what lies beyond is cut."""
    ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
    bare(ax).set_title(title, fontsize=10)


def _map(ax: Axes, feature_map: Array, kernel: Array, title: str) -> None:
    """Draw a feature map; where it has both signs, the title says what black and white are."""
    shown, low, high = as_picture(feature_map, kernel)
    ax.imshow(shown, cmap="gray", vmin=low, vmax=high)
    signed = f"\nblack −{high:.2g}, grey 0, white {high:.2g}"
    bare(ax).set_title(title + (signed if low < 0 else ""), fontsize=10)


def _kernel(ax: Axes, kernel: Array, title: str, numbers: bool = False) -> None:
    """Draw a kernel, with a frame so that it stands out: black is 0, or grey where some weights are negative."""
    high = float(np.abs(kernel).max())
    low = -high if kernel.min() < 0 else 0.0
    ax.imshow(kernel, cmap="gray", vmin=low, vmax=high)
    _rule(ax, kernel)
    if numbers:
        for (row, column), value in np.ndenumerate(kernel):
            colour = "white" if (value - low) / (high - low) < 0.5 else DARK
            text = f"{value:g}".replace("-", "−")
            ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    bare(ax)
    for side in ax.spines.values():
        side.set(visible=True, color=COLOURS["orange"], linewidth=2)
    if title:
        ax.set_title(title, fontsize=10)


# --- Bytes -------------------------------------------------------------------------------------------


def bytes_figure(before: Array, wrapped: Array, clipped: Array, added: int) -> Picture:
    """Draw what becomes of a picture of bytes when a number is added in bytes, and in whole numbers with a clip.

    Parameters
    ----------
    before, wrapped, clipped : ndarray of shape (H, W), uint8
    added : int
        What was added to every pixel.
    """
    figure, axes = new_figure(columns=4, width=9.6, height=2.7)
    titles = ("before", f"{added} added in uint8:\nit wraps round", f"{added} added, clipped:\nwhite stays white")
    for ax, picture, title in zip(axes, (before, wrapped, clipped), titles, strict=False):
        ax.imshow(picture, cmap="gray", vmin=0, vmax=255)
        bare(ax).set_title(title, fontsize=10)
    wanted = np.arange(256) + added
    after = np.where(wanted > 255, np.nan, wanted)
    axes[3].plot(after, color=COLOURS["red"], linewidth=2)
    axes[3].plot(np.where(wanted > 255, wanted - 256, np.nan), color=COLOURS["red"], linewidth=2, label="wraps")
    axes[3].plot(np.minimum(wanted, 255), color=COLOURS["blue"], linestyle="--", linewidth=2, label="clipped")
    axes[3].set(xlabel="pixel before", ylabel="pixel after", xticks=[0, 128, 255], yticks=[0, 128, 255])
    axes[3].legend(fontsize=9, loc="upper left")
    share = float((wrapped < before).mean())
    words = (
        f"A photograph; the same with {added} added in bytes, where its brightest parts, {share:.0%} "
        f"of the pixels, have "
        "turned dark; and with the values clipped at 255, where they are white. A chart: the wrapped values fall from "
        "255 to 0 and rise again, the clipped ones stay at 255."
    )
    return described(figure, words)
