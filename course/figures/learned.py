"""Pictures of what a trained network has learned: filters, maps, mistakes, and where it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes

from .base import COLOURS, INK, Picture, bare, described, new_figure, text_on

__all__ = [
    "confusion",
    "confusions",
    "filters",
    "garments",
    "maps_through_layers",
    "mistakes",
    "one_pixel",
    "pixels_behind_units",
    "shift_curve",
    "shift_map",
]


def garments(images: np.ndarray, titles: Sequence[str], columns: int = 10) -> Picture:
    """Draw pictures in rows, each with a few words above it.

    Parameters
    ----------
    images : uint8 array of shape (N, height, width)
        From 0 (black) to 255.
    titles : sequence of str
        One for each picture.
    columns : int
        Pictures in a row.
    """
    rows = -(-len(images) // columns)
    lines = 1 + max(title.count("\n") for title in titles)
    figure, axes = new_figure(rows, columns, width=9.5, height=rows * (0.95 + 0.18 * lines), squeeze=False)
    for ax in axes.flat:
        bare(ax)
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image, cmap="gray", vmin=0, vmax=255)
        ax.set_title(title, fontsize=9)
    words = "; ".join(title.replace("\n", " ") for title in titles)
    return described(figure, f"{len(images)} grey pictures of garments: {words}.")


def filters(weights: np.ndarray, columns: int = 8) -> Picture:
    """Draw the filters of a first layer, blue below 0, grey at 0 and orange above, on a scale that each title tells.

    Parameters
    ----------
    weights : float array of shape (filters, 1, height, width)
        As from `course.activations.first_filters`.
    columns : int
        Filters in a row.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    colours = LinearSegmentedColormap.from_list("below and above", [COLOURS["blue"], "#DDDDDD", COLOURS["red"]])
    rows = -(-len(weights) // columns)
    figure, axes = new_figure(rows, columns, width=9.5, height=1.7 * rows, squeeze=False)
    largest = np.abs(weights[:, 0]).max(axis=(1, 2))
    for ax in axes.flat:
        bare(ax)
    for number, (ax, weight) in enumerate(zip(axes.flat, weights[:, 0], strict=False)):
        ax.imshow(weight, cmap=colours, vmin=-largest[number], vmax=largest[number])
        ax.set_title(f"filter {number}\n±{largest[number]:.2f}", fontsize=9)
    key = figure.colorbar(ScalarMappable(Normalize(-1, 1), colours), ax=axes, ticks=[-1, 0, 1], shrink=0.8, pad=0.01)
    key.ax.set_yticklabels(["− the number", "0", "+ the number"], fontsize=8)
    height, width = weights.shape[2:]
    kinds = ", ".join(f"{number} {_direction(weight)}" for number, weight in enumerate(weights[:, 0]))
    return described(
        figure,
        f"{len(weights)} filters of {height} by {width} weights, blue below 0, grey at 0 and orange above. "
        f"By the direction in which each changes most: {kinds}.",
    )


def _direction(weight: np.ndarray) -> str:
    down, across = np.abs(np.diff(weight.sum(axis=1))).sum(), np.abs(np.diff(weight.sum(axis=0))).sum()
    if down > 1.4 * across:
        return "downwards"
    return "across" if across > 1.4 * down else "both"


def maps_through_layers(image: np.ndarray, maps: Mapping[str, np.ndarray], most: int = 8) -> Picture:
    """Draw a picture, and below it the first maps of each layer.

    Parameters
    ----------
    image : uint8 array of shape (height, width)
        The picture.
    maps : mapping of str to float array of shape (maps, height, width)
        Name of a layer, and its maps.
    most : int
        At most so many maps of a layer.
    """
    rows = len(maps)
    figure, axes = new_figure(rows, most + 1, width=9.5, height=1.15 * rows, squeeze=False)
    for ax in axes.flat:
        bare(ax)
    axes[0, 0].imshow(image, cmap="gray", vmin=0, vmax=255)
    axes[0, 0].set_title("picture", fontsize=9)
    for row, (name, stack) in enumerate(maps.items()):
        if row:
            axes[row, 0].text(0.5, 0.5, name, ha="center", va="center", fontsize=8, wrap=True)
        else:
            axes[row, 0].set_xlabel(name, fontsize=8)
        for ax, one in zip(axes[row, 1:], stack, strict=False):
            ax.imshow(one, cmap="viridis", vmin=min(0.0, float(one.min())), vmax=max(float(one.max()), 1e-6))
        axes[row, 1].set_title(f"{len(stack)} maps of {stack.shape[1]} × {stack.shape[2]}", fontsize=9, loc="left")
    words = "; ".join(
        f"{name}: {len(stack)} maps of {stack.shape[1]} by {stack.shape[2]}, {np.mean(stack == 0):.0%} zeros"
        for name, stack in maps.items()
    )
    return described(figure, f"A garment, and the first {most} maps of each layer above it. {words}.")


def confusion(counts: np.ndarray, names: Sequence[str]) -> Picture:
    """Draw the confusion matrix with its numbers; the mistakes are shaded, the right answers bold.

    Parameters
    ----------
    counts : int array of shape (classes, classes)
        Row: what it is; column: what the network says.
    names : sequence of str
        Of the classes.
    """
    figure, axes = new_figure(width=6.6, height=5.2)
    wrong = _off_diagonal(counts)
    _table(axes, counts, names, 1.3 * wrong.max())
    axes.set_yticks(np.arange(len(names)), names, fontsize=8)
    axes.set_ylabel("it is")
    row, column = divmod(int(wrong.argmax()), len(wrong))
    right = np.trace(counts) / max(1, counts.sum())
    return described(
        figure,
        f"A table, {len(names)} by {len(names)} classes: {right:.0%} of {counts.sum():,} are on the diagonal. "
        f"The most frequent mistake: {names[row]} taken for {names[column]}, {wrong[row, column]} times.",
    )


def confusions(tables: Mapping[str, np.ndarray], names: Sequence[str]) -> Picture:
    """Draw the confusion matrices of several networks side by side, each row in per cent of the pictures of its class.

    So networks can be compared that answered to different numbers of pictures. The same shade is the same share.

    Parameters
    ----------
    tables : mapping of str to int array of shape (classes, classes)
        Title, and the matrix. Row: what it is; column: what the network says.
    names : sequence of str
        Of the classes.
    """
    shares = {}
    for title, counts in tables.items():
        counts = np.asarray(counts)
        shares[title] = np.rint(100 * counts / np.maximum(1, counts.sum(axis=1, keepdims=True))).astype(int)
    scale = 1.3 * max(_off_diagonal(share).max() for share in shares.values())
    figure, axes = new_figure(columns=len(tables), width=9.8, height=5.4, sharey=True, squeeze=False)
    words = []
    for ax, (title, share) in zip(axes[0], shares.items(), strict=True):
        _table(ax, share, names, scale)
        ax.set_title(title, fontsize=9)
        wrong = _off_diagonal(share)
        pairs = [divmod(int(k), len(names)) for k in np.argsort(-wrong, axis=None, kind="stable")[:3]]
        told = ", ".join(
            f"{wrong[pair]}% of {names[pair[0]]} taken for {names[pair[1]]}" for pair in pairs if wrong[pair]
        )
        right = "; ".join(f"{name} {share[k, k]}%" for k, name in enumerate(names))
        words.append(f"{title}; of each class right: {right}. The most frequent mistakes: {told}.")
    axes[0, 0].set_yticks(np.arange(len(names)), names, fontsize=8)
    axes[0, 0].set_ylabel("it is")
    return described(
        figure,
        f"{len(tables)} tables, {len(names)} by {len(names)} classes, each row in per cent, what is below half a per "
        f"cent left out. {' '.join(words)}",
    )


def _off_diagonal(counts: np.ndarray) -> np.ndarray:
    return counts * (1 - np.eye(len(counts), dtype=int))


def _table(axes: Axes, numbers: np.ndarray, names: Sequence[str], scale: float) -> None:
    """Draw a confusion matrix: the right answers bold, the mistakes shaded, darkest at `scale`; zeros are left out."""
    wrong, shades, scale = _off_diagonal(numbers), colormaps["Oranges"], max(1.0, scale)
    axes.imshow(np.ma.masked_equal(wrong, 0), cmap=shades, vmin=0, vmax=scale)
    for row, column in zip(*np.nonzero(numbers), strict=True):
        weight = "bold" if row == column else "normal"
        colour = INK if row == column else text_on(shades(wrong[row, column] / scale))
        text = str(numbers[row, column])
        axes.text(column, row, text, ha="center", va="center", fontsize=8, weight=weight, color=colour)
    axes.set_xticks(np.arange(len(names)), names, rotation=40, ha="right", fontsize=8)
    axes.set_xlabel("the network says")


def mistakes(
    images: np.ndarray, predicted: Sequence[int], true: Sequence[int], confidence: Sequence[float], names: Sequence[str]
) -> Picture:
    """Draw wrong answers, each with what the network said, how sure it was, and what is right.

    Parameters
    ----------
    images : uint8 array of shape (N, height, width)
        The pictures.
    predicted, true : sequences of int
        Class that was answered, and the right one.
    confidence : sequence of float
        Probability of the wrong answer, 0 to 1.
    names : sequence of str
        Of the classes.
    """
    titles = [
        f"says {names[said]}\n{sure:.0%} sure\nis {names[real]}"
        for said, real, sure in zip(predicted, true, confidence, strict=True)
    ]
    return garments(images, titles, columns=6)


def one_pixel(before: np.ndarray, after: np.ndarray, pixel: tuple[int, int], titles: Sequence[str]) -> Picture:
    """Draw a picture before and after one of its pixels was changed, with a ring round that pixel.

    Parameters
    ----------
    before, after : uint8 arrays of shape (height, width)
        The picture.
    pixel : (row, column)
        Which pixel was changed.
    titles : two str
        What the network says to each.
    """
    figure, axes = new_figure(columns=2, width=5.5, height=2.9)
    row, column = (int(at) for at in pixel)
    for ax, image, title in zip(axes, (before, after), titles, strict=True):
        bare(ax).imshow(image, cmap="gray", vmin=0, vmax=255)
        ax.plot([column], [row], marker="o", markersize=13, fillstyle="none", color=COLOURS["red"], markeredgewidth=2)
        ax.set_title(title, fontsize=9)
    return described(
        figure,
        f"A garment twice; the pixel in row {row}, column {column} goes from {before[row, column]} to "
        f"{after[row, column]}. Before: {titles[0]}. After: {titles[1]}.",
    )


def pixels_behind_units(
    image: np.ndarray, seen: Mapping[str, np.ndarray], windows: Mapping[str, tuple[int, int, int, int]]
) -> Picture:
    """Draw, for some units, which pixels move them, and the frame that the receptive field says.

    Parameters
    ----------
    image : uint8 array of shape (height, width)
        The picture.
    seen : mapping of str to float array of shape (height, width)
        Name of a unit, and how strongly it depends on each pixel; at least 0.
    windows : mapping of str to (first row, last row, first column, last column)
        Its receptive field, within the picture.
    """
    from matplotlib.patches import Rectangle

    figure, axes = new_figure(columns=1 + len(seen), width=9.5, height=2.6)
    for ax in axes:
        bare(ax)
    axes[0].imshow(image, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title("picture", fontsize=8)
    words = []
    for ax, (name, strength) in zip(axes[1:], seen.items(), strict=True):
        ax.imshow(strength / max(float(strength.max()), 1e-12), cmap="viridis", vmin=0, vmax=1)
        top, bottom, left, right = windows[name]
        size = (right - left + 1, bottom - top + 1)
        frame = Rectangle((left - 0.5, top - 0.5), *size, fill=False, edgecolor="white", linewidth=2, linestyle="--")
        ax.add_patch(frame)
        ax.set_title(name, fontsize=8)
        inside = strength[top : bottom + 1, left : right + 1]
        words.append(
            f"{name}: {np.count_nonzero(strength)} pixels move it, all within the frame of {size[1]} by {size[0]}"
            if np.count_nonzero(strength) == np.count_nonzero(inside)
            else f"{name}: pixels outside its frame move it"
        )
    return described(figure, "A garment, and which of its pixels move some units. " + "; ".join(words) + ".")


def shift_curve(shifts: Sequence[int], curves: Mapping[str, Sequence[float]]) -> Picture:
    """Draw accuracy over how far the pictures are moved.

    Parameters
    ----------
    shifts : sequence of int
        In pixels.
    curves : mapping of str to sequence of float
        Name of a direction or a network, and the accuracies, 0 to 1.
    """
    figure, axes = new_figure(width=7.5, height=3.1)
    styles = [("blue", "o", "-"), ("red", "s", "--"), ("green", "^", ":"), ("pink", "D", "-.")]
    for (name, values), (colour, marker, line) in zip(curves.items(), styles, strict=False):
        axes.plot(shifts, 100 * np.asarray(values), color=COLOURS[colour], marker=marker, linestyle=line, label=name)
    axes.axhline(10, color=COLOURS["grey"], linewidth=1)
    axes.text(shifts[0], 11, "guessing", fontsize=8, color=COLOURS["grey"])
    axes.set_ylim(0, 100)
    axes.set_xlabel("pixels that the picture is moved")
    axes.set_ylabel("right answers in %")
    axes.legend(frameon=False, fontsize=8)
    words = "; ".join(
        f"{name}: " + ", ".join(f"{100 * value:.0f}% at {shift}" for shift, value in zip(shifts, values, strict=True))
        for name, values in curves.items()
    )
    return described(figure, f"Right answers over the shift in pixels. {words}.")


def shift_map(accuracy: np.ndarray, shifts: Sequence[int]) -> Picture:
    """Draw accuracy for every pair of a vertical and a horizontal shift.

    Parameters
    ----------
    accuracy : float array of shape (shifts, shifts)
        Row: moved down by `shifts[row]`; column: moved right; from 0 to 1.
    shifts : sequence of int
        In pixels.
    """
    figure, axes = new_figure(width=5.4, height=4)
    axes.imshow(accuracy, cmap="viridis", vmin=0, vmax=1)
    for row, column in np.ndindex(accuracy.shape):
        colour = text_on(colormaps["viridis"](accuracy[row, column]))
        axes.text(column, row, f"{100 * accuracy[row, column]:.0f}", ha="center", va="center", color=colour, fontsize=8)
    places = np.arange(len(shifts))
    moves = [str(shift).replace("-", "−") for shift in shifts]
    axes.set_xticks(places, moves)
    axes.set_yticks(places, moves)
    axes.set_xlabel("moved right by so many pixels")
    axes.set_ylabel("moved down")
    axes.set_title("right answers in %", fontsize=9)
    middle = list(shifts).index(0)
    return described(
        figure,
        f"Right answers for shifts from {shifts[0]} to {shifts[-1]} pixels in both directions: "
        f"{accuracy[middle, middle]:.0%} without a shift, from {accuracy.min():.0%} to {accuracy.max():.0%} in all.",
    )
