"""Charts of what layers cost and what they learn: times, counts, accuracy over a shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from .base import COLOURS, INK, Picture, bare, described, new_figure

__all__ = ["bars", "curves", "two_small_one_large", "weights_and_seen"]

Array = np.ndarray[Any, Any]

STYLES = (("blue", "o", "-"), ("red", "s", "--"), ("green", "^", "-."), ("pink", "D", ":"))


def bars(values: Mapping[str, float], label: str, title: str, log: bool = False, form: str = "{:,.0f}") -> Picture:
    """Draw one horizontal bar for each name, with its value written beside it.

    Parameters
    ----------
    values : mapping of str to float
    label : str
        What the bars measure, with its unit.
    title : str
    log : bool
        Each step of the scale is ten times the one before.
    form : str
        How the values are written.
    """
    figure, axes = new_figure(width=8.5, height=0.42 * len(values) + 1.2)
    places = np.arange(len(values))[::-1]
    axes.barh(places, list(values.values()), color=COLOURS["blue"], height=0.62)
    axes.set_yticks(places, list(values))
    if log:
        axes.set_xscale("log")
    top = max(values.values())
    axes.set_xlim(right=top * (6 if log else 1.18))
    for place, value in zip(places, values.values(), strict=True):
        axes.annotate(form.format(value), (value, place), xytext=(5, 0), textcoords="offset points", va="center")
    axes.set_xlabel(label + (" (log scale)" if log else ""))
    axes.set_title(title, fontsize=11)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    told = ", ".join(f"{name} {form.format(value)}" for name, value in values.items())
    return described(figure, f"Bars, {label}: {told}.")


def curves(
    x: Sequence[float],
    lines: Mapping[str, Array | Sequence[Sequence[float]]],
    labels: tuple[str, str],
    title: str,
    level: tuple[float, str] | None = None,
) -> Picture:
    """Draw a curve for each name, told apart by colour, mark and dashes: the mean of several runs, and their range.

    Parameters
    ----------
    x : sequence of float
    lines : mapping of str to array_like of shape (runs, len(x))
    labels : tuple of str
        Of the two axes.
    title : str
    level : tuple of float and str, optional
        A horizontal line to compare with, and its name.
    """
    figure, axes = new_figure(width=9, height=3.8)
    told = []
    for (name, values), (colour, mark, dash) in zip(lines.items(), STYLES, strict=False):
        runs = np.asarray(values, dtype=float)
        means = runs.mean(axis=0)
        axes.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=COLOURS[colour], alpha=0.25, lw=0)
        axes.plot(x, means, color=COLOURS[colour], marker=mark, linestyle=dash, label=name)
        told.append(f"{name}: {', '.join(f'{mean:.0f}' for mean in means)}")
    if level is not None:
        axes.axhline(level[0], color=COLOURS["grey"], lw=1)
        axes.text(x[0], level[0], level[1], va="bottom", fontsize=9)
    axes.set(xlabel=labels[0], ylabel=labels[1], ylim=(0, None))
    axes.set_title(title, fontsize=11)
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return described(
        figure,
        f"{title}. Means of several runs, with a band from the lowest to the highest run. "
        f"{labels[1]} over {labels[0]} {', '.join(map(str, x))}. {'; '.join(told)}.",
    )


def weights_and_seen(rows: Mapping[str, Array]) -> Picture:
    """Draw rows of small pictures: weights, grey at 0, or what neurons saw, black at 0.

    Parameters
    ----------
    rows : mapping of str to ndarray of shape (neurons, height, width)
        For each title its pictures. Rows with negative numbers are drawn with middle grey for 0.
    """
    count = max(len(pictures) for pictures in rows.values())
    figure, grid = new_figure(len(rows), count, width=9.5, height=1.75 * len(rows), squeeze=False)
    told = []
    for axes_row, (title, pictures) in zip(grid, rows.items(), strict=True):
        reach, signed = float(np.abs(pictures).max()) or 1.0, bool(pictures.min() < 0)
        key = f"black −{reach:.2f}, middle grey 0, white {reach:.2f}" if signed else f"black 0, white {reach:.2f}"
        for axes, picture in zip(axes_row, pictures, strict=True):
            bare(axes).imshow(picture, cmap="gray", vmin=-reach if signed else 0, vmax=reach)
        told.append(f"{title} ({key})")
        heading = axes_row[0].set_title(f"{title}\n{key}", fontsize=9, loc="left")
        heading.set_in_layout(False)  # it is wider than its column
    return described(figure, f"Rows of {count} small pictures, one column for each neuron. Rows: {'; '.join(told)}.")


def two_small_one_large() -> Picture:
    """Draw that a neuron above two 3 × 3 layers sees the 5 × 5 pixels that one above a 5 × 5 layer sees."""
    figure, grid = new_figure(1, 2, width=9, height=3.2)
    for axes, steps, title in zip(grid, ((5, 3, 1), (5, 1)), ("two 3 × 3 layers", "one 5 × 5 layer"), strict=True):
        bare(axes)
        for level, size in enumerate(steps):
            left, bottom = (5 - size) / 2, level * 2.2
            for cell in range(size):
                colour = COLOURS["orange"] if size == 1 else COLOURS["sky"] if level == 0 else COLOURS["yellow"]
                axes.add_patch(Rectangle((left + cell, bottom), 1, 0.7, facecolor=colour, edgecolor=INK))
            if level + 1 < len(steps):
                above, reach = steps[level + 1], (size - steps[level + 1]) + 1
                start = (5 - above) / 2
                for cell in range(above):
                    top = (start + cell + 0.5, bottom + 2.2)
                    for end in (left + cell, left + cell + reach):
                        axes.plot([end, top[0]], [bottom + 0.7, top[1]], color=INK, lw=0.8)
        names = ["pixels", "first layer", "second layer"] if len(steps) == 3 else ["pixels", "layer"]
        for level, name in enumerate(names):
            axes.text(5.3, level * 2.2 + 0.35, name, va="center", fontsize=9)
        axes.set(xlim=(-0.3, 8), ylim=(-0.4, 5.6))
        axes.set_title(title, fontsize=11)
    return described(
        figure,
        "Two stacks seen from the side. Left: one neuron of the second layer sees three of the first, which together "
        "see five pixels. Right: one neuron of a single layer sees the same five pixels at once.",
    )
