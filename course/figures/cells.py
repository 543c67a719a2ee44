"""Pictures of the neocognitron: its layers, its two kinds of cells, how it learns, and what it recognises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike

from .base import COLOURS, INK, SHADE, Picture, bare, described, new_figure, text_on

__all__ = [
    "answer_against_likeness",
    "c_cell_answers",
    "comparison",
    "digits_in_rows",
    "neocognitron_layers",
    "planes_as_they_learn",
    "s_plane",
    "who_learns",
]

FILLS = {"U": ("none", ""), "S": (COLOURS["sky"], ""), "C": (COLOURS["orange"], "////")}
LINES = (("blue", "o", "-"), ("red", "s", (0, (5, 1.5))), ("green", "^", (0, (1.5, 1.5))))
HATCHES = ("", "////", "....")


def neocognitron_layers(shapes: Mapping[str, tuple[int, int, int]], windows: Sequence[int]) -> Picture:
    """Draw the layers of a neocognitron as packs of planes, as high as the planes are.

    Parameters
    ----------
    shapes : mapping of str to (planes, height, width)
        As `Neocognitron.shapes` of `course.neocognitron` returns them: U0, US1, UC1 and so on.
    windows : sequence of int
        Height and width of what a cell sees in the layer before; one number for each layer but the first.
    """
    figure, axes = new_figure(width=10, height=3.0)
    bare(axes)
    left, middles, edges = 0.0, [], []
    for name, (planes, height, width) in shapes.items():
        fill, hatch = FILLS["U" if name == "U0" else name[1]]
        packed = min(planes, 5)
        for sheet in reversed(range(packed)):
            corner = left + 0.7 * sheet, -height / 2 + 0.7 * sheet
            if hatch:  # it covers the plane behind
                axes.add_patch(Rectangle(corner, width, height, facecolor="white", edgecolor="none", zorder=1))
            axes.add_patch(Rectangle(corner, width, height, facecolor=fill, edgecolor=INK, hatch=hatch, lw=0.8,
                                     alpha=0.75 if hatch else 1, zorder=1))  # fmt: skip
        top = height / 2 + 0.7 * (packed - 1)
        said = f"{height} × {width}" + (f"\n× {planes}" if planes > 1 else "\n") if height > 1 else f"{planes} cells\n"
        axes.text(left + width / 2 + 1, top + 0.5, said, ha="center", va="bottom", fontsize=9, linespacing=1.1)
        axes.text(left + width / 2 + 1, -9.2, name, ha="center", va="top", fontsize=11)
        middles.append(left + width / 2)
        edges.append((left, left + width + 0.7 * (packed - 1)))
        left += width + 0.7 * packed + 6
    for k, window in enumerate(windows):
        height, width = list(shapes.values())[k][1:]
        size = min(window, height)
        corner = (middles[k] - size / 2, -size / 2)
        axes.add_patch(Rectangle(corner, size, size, fill=False, edgecolor=COLOURS["red"], lw=1.6, ls="--", zorder=3))
        axes.plot([middles[k + 1]], [0], marker="s", ms=4, color=COLOURS["red"], zorder=3)
        for up in (size / 2, -size / 2):
            axes.plot([corner[0] + size, middles[k + 1]], [up, 0], color=COLOURS["red"], lw=0.9, zorder=3)
    for k in range(1, len(middles), 2):
        start, end = edges[k][0], edges[k + 1][1]
        axes.plot([start, start, end, end], [-11.6, -12, -12, -11.6], color=INK, lw=0.8)
        axes.text((start + end) / 2, -12.4, f"module {k // 2 + 1}", ha="center", va="top", fontsize=9)
    axes.set(xlim=(-1, left - 4), ylim=(-14.5, 15), aspect="equal")
    key = [Rectangle((0, 0), 1, 1, facecolor=FILLS[kind][0], hatch=FILLS[kind][1], edgecolor=INK) for kind in "SC"]
    axes.legend(key, ["S-cells: they learn", "C-cells: fixed"], loc="upper right", fontsize=9, frameon=False)
    sizes = "; ".join(f"{name} {height} × {width} × {planes}" for name, (planes, height, width) in shapes.items())
    seen = ", ".join(f"{name} {window} × {window}" for name, window in zip(list(shapes)[1:], windows, strict=True))
    return described(
        figure,
        f"The layers of a neocognitron as packs of planes, from the picture to the last cells, by height × width × "
        f"planes: {sizes}. A dashed frame shows what one cell of the next layer sees of every plane: {seen}.",
    )


def answer_against_likeness(answers: Mapping[float, ArrayLike], likeness: ArrayLike) -> Picture:
    """Draw what an S-cell answers over how much it sees is like what it has learned.

    Parameters
    ----------
    answers : mapping of float to array_like of shape (N,)
        For each r, the answers. Where the line leaves 0 it is marked: at r / (1 + r).
    likeness : array_like of shape (N,)
        From 0 to 1, rising.
    """
    figure, axes = new_figure(width=6.4, height=3.2)
    alike, said = np.asarray(likeness, dtype=float), []
    for (r, heights), (colour, marker, style) in zip(answers.items(), LINES, strict=False):
        values, needed = np.asarray(heights, dtype=float), r / (1 + r)
        axes.plot(alike, values, color=COLOURS[colour], marker=marker, ls=style, ms=4, lw=1.7, label=f"r = {r:g}")
        axes.annotate(f"{needed:g}", (needed, 0), (needed, -0.17), ha="center", fontsize=9, color=COLOURS[colour],
                      arrowprops={"arrowstyle": "->", "color": COLOURS[colour]})  # fmt: skip
        silent = alike[values < 1e-9].max(initial=0)  # at the very likeness that is needed, rounding may leave a trace
        said.append(f"r = {r:g}: silent up to a likeness of {silent:.2f}, then up to {values[-1]:.2f}")
    _axes(axes, "likeness of what it sees to what it has learned", "answer of the S-cell")
    axes.set_ylim(-0.2, 1.1)
    axes.legend(frameon=False, fontsize=9)
    return described(figure, f"Curves of the answer of an S-cell over likeness. {'; '.join(said)}.")


def s_plane(picture: ArrayLike, weights: ArrayLike, answers: ArrayLike, name: str) -> Picture:
    """Draw a picture, the weights of one plane of S-cells, and what the plane answers.

    Parameters
    ----------
    picture, answers : array_like of shape (H, W)
        What is seen, from 0 to 1, and the answers, from 0 up.
    weights : array_like of shape (height, width)
        The excitatory weights of all cells of the plane.
    name : str
        Of the plane.
    """
    arrays = [np.asarray(array, dtype=float) for array in (picture, weights, answers)]
    figure, axes = new_figure(columns=3, width=8, height=3)
    titles = ("the picture", f"weights of {name}", f"answers of {name}")
    for axis, array, title, scale in zip(axes, arrays, titles, ("gray", "viridis", "viridis"), strict=True):
        bare(axis).imshow(array, cmap=scale, vmin=0, vmax=array.max() or 1, interpolation="nearest")
        axis.set_title(title, fontsize=10)
        axis.set_xlabel(f"dark 0, bright {array.max():.2g}", fontsize=9)
    row, column = (int(at) for at in np.unravel_index(arrays[2].argmax(), arrays[2].shape))
    axes[2].add_patch(Circle((column, row), 1.1, fill=False, edgecolor=COLOURS["orange"], lw=2))
    height, width = arrays[1].shape
    frame = (column - width / 2, row - height / 2)
    axes[0].add_patch(Rectangle(frame, width, height, fill=False, edgecolor=COLOURS["orange"], lw=2))
    return described(
        figure,
        f"A picture of {len(arrays[0])} × {arrays[0].shape[1]} pixels, the {height} × {width} weights of {name}, and "
        f"its answers: {np.count_nonzero(arrays[2])} cells answer. The strongest, {arrays[2].max():.2f}, is ringed, in "
        f"row {row}, column {column}; a frame in the picture shows what it sees.",
    )


def c_cell_answers(answers: ArrayLike, window: int) -> Picture:
    """Draw the answer of one C-cell for each place at which one S-cell may answer.

    Parameters
    ----------
    answers : array_like of shape (H, W)
        Row and column: the place of the S-cell that answers. From 0 to below 1.
    window : int
        Height and width of what the C-cell sees, in the middle of these places.
    """
    table = np.asarray(answers, dtype=float)
    height, width = table.shape
    figure, axes = new_figure(width=5, height=3.6)
    _numbers(axes, table, ".2f")
    corner = ((width - window - 1) / 2, (height - window - 1) / 2)
    axes.add_patch(Rectangle(corner, window, window, fill=False, edgecolor=COLOURS["red"], lw=2.5, ls="--"))
    axes.set_title(f"answer of the C-cell, by the place of the S-cell;\ndashed: the {window} × {window} that it sees",
                   fontsize=10)  # fmt: skip
    across = ", ".join(f"{value:.2f}" for value in table[height // 2])
    return described(
        figure,
        f"A table of {height} × {width} places of an S-cell, with the answer of one C-cell for each. Along the middle "
        f"row: {across}. Outside the frame of {window} × {window} the C-cell is silent.",
    )


def planes_as_they_learn(weights: Mapping[str, ArrayLike]) -> Picture:
    """Draw the weights of some planes, one row for each moment; each window has a scale of its own.

    Parameters
    ----------
    weights : mapping of str to array_like of shape (planes, height, width)
        Name of a moment, and the weights that all planes have then.
    """
    rows = {name: np.asarray(windows, dtype=float) for name, windows in weights.items()}
    columns = len(next(iter(rows.values())))
    figure, axes = new_figure(len(rows), columns, width=9.5, height=1.02 * len(rows), squeeze=False)
    said = []
    for line, (name, windows) in zip(axes, rows.items(), strict=True):
        for axis, window in zip(line, windows, strict=True):
            bare(axis).imshow(window, cmap="viridis", vmin=0, vmax=window.max() or 1, interpolation="nearest")
        line[0].set_ylabel(name, fontsize=9, rotation=0, ha="right", va="center")
        largest = [window.max() for window in windows]
        said.append(f"{name}: largest weights from {min(largest):.2g} to {max(largest):.2g}")
    return described(
        figure,
        f"The weights of {columns} planes, one column each, at {len(rows)} moments, from dark (0) to bright (the "
        f"largest of its window). {'; '.join(said)}.",
    )


def who_learns(picture: ArrayLike, answers: ArrayLike, chosen: Mapping[int, tuple[int, int]]) -> Picture:
    """Draw which plane answers most at each place, and ring the representatives.

    Parameters
    ----------
    picture : array_like of shape (H, W)
        What is shown, from 0 to 1.
    answers : array_like of shape (planes, H, W)
        Of the S-cells, from 0 up.
    chosen : mapping of int to (row, column)
        The representative of each plane that has one.
    """
    u = np.asarray(answers, dtype=float)
    figure, axes = new_figure(width=5, height=4.6)
    bare(axes).imshow(np.asarray(picture) * 0.45, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    strongest, at = u.max(axis=0), u.argmax(axis=0)
    for row, column in np.argwhere(strongest > 0):
        mine = chosen.get(int(at[row, column])) == (row, column)
        axes.text(column, row, str(at[row, column]), ha="center", va="center", fontsize=8, color="white",
                  weight="bold" if mine else "normal")  # fmt: skip
        if mine:
            axes.add_patch(Circle((column, row), 0.47, fill=False, edgecolor=COLOURS["yellow"], lw=2))
    axes.set_title("the plane that answers most at each place;\nringed: representatives", fontsize=10)
    said = ", ".join(f"plane {plane} at ({row}, {column})" for plane, (row, column) in chosen.items())
    return described(
        figure,
        f"A picture with, at each of the {np.count_nonzero(strongest > 0)} places where an S-cell answers, the number "
        f"of the plane that answers most. Ringed are the {len(chosen)} representatives, by row and column: {said}.",
    )


def digits_in_rows(
    rows: Mapping[str, Sequence[ArrayLike]], under: Mapping[str, Sequence[str]], what: str, size: float = 1.25
) -> Picture:
    """Draw rows of small pictures, each with a few words below it.

    Parameters
    ----------
    rows : mapping of str to sequence of array_like of shape (H, W)
        Name of a row, and its pictures, from 0 to 1.
    under : mapping of str to sequence of str
        Name of a row, and the words below its pictures.
    what : str
        What the words say, for the description.
    size : float
        Inches of a picture.
    """
    columns = max(map(len, rows.values()))
    height = (size + 0.05) * len(rows)
    figure, axes = new_figure(len(rows), columns, width=size * columns + 1.5, height=height, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for line, (name, pictures) in zip(axes, rows.items(), strict=True):
        for axis, picture, words in zip(line, pictures, under[name], strict=False):
            axis.set_axis_on()
            bare(axis).imshow(np.asarray(picture), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axis.set_xlabel(words, fontsize=9, labelpad=2)
        line[0].set_ylabel(name, fontsize=9, rotation=0, ha="right", va="center")
    said = "; ".join(f"{name}: {', '.join(words)}".replace("\n", " ") for name, words in under.items())
    return described(figure, f"Rows of small pictures of digits, with {what} below each. {said}.")


def comparison(shifts: Mapping[str, ArrayLike], others: Mapping[str, ArrayLike], tests: Sequence[str]) -> Picture:
    """Draw how well several recognise shifted pictures, and pictures changed in other ways.

    Parameters
    ----------
    shifts : mapping of str to array_like of shape (shifts, runs)
        Who, and the shares that were recognised at 0, 1, 2, ... pixels, from 0 to 1.
    others : mapping of str to array_like of shape (tests, runs)
        Who, and the shares for each other test.
    tests : sequence of str
        Names of the other tests.
    """
    figure, (left, right) = new_figure(columns=2, width=10, height=4.4, gridspec_kw={"width_ratios": [1, 1.25]})
    said, places = [], np.arange(len(tests))
    key: list[Any] = []  # pairs of a line and a bar: matplotlib's own types know single ones alone
    for k, ((who, table), (colour, marker, style)) in enumerate(zip(shifts.items(), LINES, strict=False)):
        shares = 100 * np.asarray(table, dtype=float)
        left.fill_between(range(len(shares)), shares.min(axis=1), shares.max(axis=1), color=COLOURS[colour], alpha=0.2,
                          lw=0)  # fmt: skip
        [line] = left.plot(shares.mean(axis=1), color=COLOURS[colour], marker=marker, ls=style)
        bars = 100 * np.asarray(others[who], dtype=float)
        middle, up = bars.mean(axis=1), places + 0.27 * (k - 1)
        drawn = right.barh(up, middle, height=0.25, color=COLOURS[colour], hatch=HATCHES[k], edgecolor="white", lw=0.4)
        key.append((line, drawn[0]))
        right.hlines(up, bars.min(axis=1), bars.max(axis=1), color=INK, lw=2)
        said.append(
            f"{who}: " + ", ".join(f"{value:.0f}% at {n}" for n, value in enumerate(shares.mean(axis=1))) + "; "
            + ", ".join(f"{test} {value:.0f}%" for test, value in zip(tests, middle, strict=True))
        )  # fmt: skip
    _axes(left, "shift in pixels", "recognised in %")
    left.set(ylim=(0, 104), xticks=range(max(len(np.asarray(table)) for table in shifts.values())))
    _axes(right, "recognised in %", "")
    right.set(xlim=(0, 104), yticks=places)
    right.set_yticklabels(tests, fontsize=9)
    right.invert_yaxis()
    right.grid(axis="y", visible=False)
    figure.legend(key, list(shifts), handler_map={tuple: HandlerTuple(ndivide=None)}, handlelength=4.5, ncols=3,
                  loc="outside lower center", fontsize=9, frameon=False)  # fmt: skip
    return described(
        figure,
        f"Left, lines of the share recognised over the shift in pixels, with bands from the worst to the best run; "
        f"right, bars for other changes, with lines from the worst to the best run. Means. {'. '.join(said)}.",
    )


def _numbers(axes: Axes, table: np.ndarray, form: str) -> None:
    """Draw a table of numbers from 0 up, brighter the larger they are."""
    rows, columns = table.shape
    bare(axes).set(xlim=(-0.52, columns - 0.48), ylim=(rows - 0.48, -0.52), aspect="equal")
    for (row, column), value in np.ndenumerate(table):
        colour = colormaps["viridis"](value / (table.max() or 1)) if value else SHADE
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor=INK, lw=0.6))
        text = INK if not value else text_on(colour)
        axes.text(column, row, format(value, form) if value else "0", ha="center", va="center", fontsize=8, color=text)


def _axes(axes: Axes, x_label: str, y_label: str) -> None:
    axes.set_xlabel(x_label, fontsize=10)
    axes.set_ylabel(y_label, fontsize=10)
    axes.grid(color=SHADE)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
