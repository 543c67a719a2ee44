"""Pictures of what stays and what moves when a picture is shifted, turned or scaled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from .base import COLOURS, DARK, INK, SHADE, Picture, bare, described, new_figure

__all__ = ["bars", "changed_cells", "curves", "one_pixel_shifts", "three_pictures"]

LINES: tuple[tuple[str, str, Any], ...] = (
    ("ink", "o", (0, (1.5, 1.5))),
    ("blue", "s", "-"),
    ("red", "^", (0, (5, 1.5))),
    ("green", "D", (0, (6, 1.5, 1.5, 1.5))),
    ("pink", "v", "-"),
)


def three_pictures(images: Sequence[ArrayLike], outputs: Sequence[ArrayLike], names: str = "ABC") -> Picture:
    """Draw a black-and-white picture and its shifted copies, each below its pooled output.

    Parameters
    ----------
    images : sequence of array_like of shape (H, W)
        The picture first; 0 is white, 1 is dark.
    outputs : sequence of array_like of shape (out_h, out_w)
        The pooled pictures. A cell that differs from the first picture's carries a cross.
    names : str
        One letter for each picture.
    """
    inputs = [np.asarray(image) for image in images]
    pooled = [np.asarray(output) for output in outputs]
    ratios = {"height_ratios": [1, 1]}
    width = 0.33 * inputs[0].shape[1] * len(inputs) + 1.2
    figure, axes = new_figure(2, len(inputs), width=width, height=width * 0.34 + 0.7, gridspec_kw=ratios, squeeze=False)
    stays = [float(np.mean(output == pooled[0])) for output in pooled]
    for k, (above, below) in enumerate(axes.T):
        _cells(above, pooled[k], changed=pooled[k] != pooled[0])
        _cells(below, inputs[k])
        above.set_title("output" if k == 0 else f"{stays[k]:.0%} of the cells stay", fontsize=10)
        below.set_xlabel(f"{names[k]}" if k == 0 else f"{names[k]}: {k} pixel{'s' * (k > 1)} to the right", fontsize=10)
        for edge in range(0, inputs[k].shape[1] + 1, inputs[k].shape[1] // pooled[k].shape[1]):
            below.axvline(edge - 0.5, color=COLOURS["red"], lw=1.3, ls=(0, (4, 2)))
        for edge in range(0, inputs[k].shape[0] + 1, inputs[k].shape[0] // pooled[k].shape[0]):
            below.axhline(edge - 0.5, color=COLOURS["red"], lw=1.3, ls=(0, (4, 2)))
    said = "; ".join(
        f"{name}: output {_drawn(o)}, {s:.0%} stay" for name, o, s in zip(names, pooled, stays, strict=False)
    )
    size = f"{inputs[0].shape[0]} × {inputs[0].shape[1]}"
    return described(
        figure,
        f"A {size} picture and its copies shifted to the right by one pixel more each time, below their pooled "
        f"outputs. Crosses mark output cells that differ from the first. {said}.",
    )


def changed_cells(images: Sequence[ArrayLike], outputs: Sequence[ArrayLike], titles: Sequence[str]) -> Picture:
    """Draw a picture and its moved copy, their pooled outputs, and which output cells stay.

    Parameters
    ----------
    images, outputs : sequence of two array_like of shape (H, W)
        Before and after the move.
    titles : sequence of two str
        Of the two pictures.
    """
    before, after = (np.asarray(output, dtype=float) for output in outputs)
    stays = np.isclose(before, after)
    figure, axes = new_figure(columns=5, width=10, height=2.8)
    top = max(float(np.max(np.asarray(image))) for image in images)
    shown = (images[0], images[1], before, after)
    names = (*titles, "pooled, before", "pooled, after")
    for axis, picture, name in zip(axes, shown, names, strict=False):
        bare(axis).imshow(np.asarray(picture, dtype=float), cmap="gray", vmin=0, vmax=top, interpolation="nearest")
        axis.set_title(name, fontsize=10)
    _cells(axes[4], np.zeros_like(before), changed=~stays, small=True)
    axes[4].set_title(f"{stays.mean():.0%} stay, ✕ changes", fontsize=10)
    figure.supxlabel(f"pictures: black 0, white {top:.3g}", fontsize=9)
    return described(
        figure,
        f"{titles[0]}, {titles[1]}, their pooled outputs, and a map of the {stays.size} output cells: "
        f"{int(stays.sum())} stay, {int((~stays).sum())} change and carry a cross.",
    )


def bars(labels: Sequence[str], counts: Sequence[float], x_label: str, y_label: str) -> Picture:
    """Draw one bar for each label, with its number above it.

    Parameters
    ----------
    labels : sequence of str
        Written below the bars.
    counts : sequence of float
        Their heights.
    x_label, y_label : str
        What labels and heights are.
    """
    figure, axes = new_figure(width=6.2, height=2.9)
    drawn = axes.bar(labels, counts, color=COLOURS["blue"], width=0.6)
    axes.bar_label(drawn, labels=[f"{count:,.0f}" for count in counts], padding=2, fontsize=9)
    axes.margins(y=0.15)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    _axes(axes, x_label, y_label)
    said = "; ".join(f"{label}: {count:,.0f}" for label, count in zip(labels, counts, strict=True))
    return described(figure, f"Bars of {y_label} by {x_label}. {said}.")


def curves(
    panels: Mapping[str, Mapping[str, ArrayLike]], x: Sequence[ArrayLike], x_labels: Sequence[str], y_label: str,
    percent: bool = True, evenly: bool = False,
) -> Picture:  # fmt: skip
    """Draw curves in panels, up to three side by side, told apart by marker and line as well as colour.

    Parameters
    ----------
    panels : mapping of str to mapping of str to array_like
        For each panel's title, the name and the heights of each curve.
    x : sequence of array_like
        The values along the horizontal axis, for each panel.
    x_labels : sequence of str
        What they are.
    y_label : str
        What the heights are.
    percent : bool
        Whether the heights are fractions, to be shown from 0 to 100%.
    evenly : bool
        Whether neighbouring values stand at equal distances, however far apart they are.
    """
    columns = len(panels) if len(panels) < 4 else 2
    rows = -(-len(panels) // columns)
    width, height = min(3.9 * columns + 0.8, 9.4), 0.4 + (3.2 if rows == 1 else 2.7) * rows
    figure, axes = new_figure(rows, columns, width, height, squeeze=False)
    said = []
    for axis, (title, lines), places, x_label in zip(axes.flat, panels.items(), x, x_labels, strict=True):
        names = [f"{place:g}" for place in np.asarray(places)]
        places = np.arange(len(names)) if evenly else np.asarray(places)
        for (name, heights), (colour, marker, style) in zip(lines.items(), LINES, strict=False):
            values = np.asarray(heights, dtype=float) * (100 if percent else 1)
            axis.plot(places, values, color=COLOURS[colour], marker=marker, ls=style, ms=5, lw=1.7, label=name)
            form = ".0f" if percent else ".1f"
            said.append(f"{title}, {name}: {values[0]:{form}} to {values[-1]:{form}}{'%' if percent else ''}")
        axis.set_title(title, fontsize=10)
        if evenly:
            axis.set_xticks(places, names, fontsize=8)
        if percent:
            axis.set_ylim(0, 104)
        else:
            axis.set_ylim(bottom=0)
        _axes(axis, x_label, y_label if axis in axes[:, 0] else "")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=9, frameon=False)
    return described(figure, f"Curves of {y_label} over {', '.join(dict.fromkeys(x_labels))}. {'; '.join(said)}.")


def one_pixel_shifts(values: ArrayLike, image: ArrayLike, title: str) -> Picture:
    """Draw the eight shifts by one pixel as a 3 × 3 table, beside the picture that is shifted.

    Parameters
    ----------
    values : array_like of shape (3, 3)
        The fraction of cells that stay: row 0 for up, row 2 for down, column 0 for left, column 2 for right.
    image : array_like of shape (H, W)
        The picture.
    title : str
        Over the table.
    """
    table = np.asarray(values, dtype=float)
    others = [(i, j) for i, j in np.ndindex(3, 3) if (i, j) != (1, 1)]
    worst = min(others, key=lambda place: table[place])
    figure, (left, right) = new_figure(columns=2, width=6.4, height=2.9)
    top = float(np.max(image))
    bare(left).imshow(np.asarray(image, dtype=float), cmap="gray", vmin=0, vmax=top, interpolation="nearest")
    left.set_title("the picture", fontsize=10)
    left.set_xlabel(f"black 0, white {top:.3g}", fontsize=9)
    bare(right).set(xlim=(-0.52, 2.52), ylim=(2.52, -0.52), aspect="equal")
    arrows = (("↖", "↑", "↗"), ("←", "·", "→"), ("↙", "↓", "↘"))
    for i, j in np.ndindex(3, 3):
        shade = str(0.6 + 0.4 * table[i, j])
        is_worst = (i, j) == worst
        right.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=shade, edgecolor=INK, lw=0.8))
        right.text(j, i - 0.15, arrows[i][j], ha="center", va="center", fontsize=14, color=DARK)
        right.text(j, i + 0.22, f"{table[i, j]:.0%}", ha="center", va="center", fontsize=10, color=DARK,
                   fontweight="bold" if is_worst else "normal")  # fmt: skip
        if is_worst:
            frame = Rectangle((j - 0.44, i - 0.44), 0.88, 0.88, fill=False, edgecolor=COLOURS["red"], lw=2.5)
            right.add_patch(frame)
    right.set_title(title, fontsize=10)
    names = (("up left", "up", "up right"), ("left", "no shift", "right"), ("down left", "down", "down right"))
    said = "; ".join(f"{names[i][j]} {table[i, j]:.0%}" for i, j in np.ndindex(3, 3))
    return described(figure, f"{title}: {said}. The worst is {names[worst[0]][worst[1]]}, framed.")


def _cells(axes: Axes, array: NDArray, changed: NDArray | None = None, small: bool = False) -> None:
    """Draw cells of 0 (white, or bare where they are small) and 1 (dark), with a cross on those that changed."""
    rows, columns = array.shape
    bare(axes).set(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6), aspect="equal")
    for (row, column), value in np.ndenumerate(array):
        shade = "0.35" if value else SHADE if small else "white"
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=shade, edgecolor=INK, lw=0.6))
        if changed is not None and changed[row, column]:
            colour = COLOURS["orange"] if value else COLOURS["red"]
            size = 6 if small else 15
            axes.text(column, row, "✕", ha="center", va="center", fontsize=size, color=colour, fontweight="bold")


def _axes(axes: Axes, x_label: str, y_label: str) -> None:
    axes.set_xlabel(x_label, fontsize=10)
    axes.set_ylabel(y_label, fontsize=10)
    axes.grid(axis="y", color=SHADE)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _drawn(array: NDArray) -> str:
    """Return a picture of 0 and 1 as words: its rows of filled and empty squares."""
    return " / ".join("".join("■" if value else "□" for value in row) for row in array)
