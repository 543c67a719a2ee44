"""Pictures of pooling: windows over numbers, pictures that shrink, gradients on their way back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike, NDArray

from .base import COLOURS, INK, SHADE, Picture, bare, described, new_figure

__all__ = ["gradient_routes", "pictures", "pooling_windows"]

WINDOW_COLOURS = ("blue", "orange", "green", "red", "pink", "sky")
LINE_STYLES = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)))


def pooling_windows(x: ArrayLike, pooled: ArrayLike, kernel_size: tuple[int, int], stride: int) -> Picture:
    """Draw the windows over the numbers of one map, and what each of them passes on.

    Parameters
    ----------
    x : array_like of shape (H, W)
        The map, at most about 8 × 8.
    pooled : array_like of shape (out_h, out_w)
        What pooling made of it.
    kernel_size : tuple of int
        Height and width of the windows.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    Picture
        The map on the left, the output on the right; window and output cell have the same kind of line.
    """
    x, pooled = np.asarray(x), np.asarray(pooled)
    ratios = {"width_ratios": [x.shape[1] + 1, pooled.shape[1] + 1]}
    width = 0.62 * (x.shape[1] + pooled.shape[1]) + 1.6
    figure, (left, right) = new_figure(columns=2, width=width, height=0.56 * x.shape[0] + 0.7, gridspec_kw=ratios)
    _numbers(left, x)
    _numbers(right, pooled)
    used = np.zeros(x.shape, dtype=bool)
    for i, j in np.ndindex(pooled.shape):
        number = i * pooled.shape[1] + j
        colour = COLOURS[WINDOW_COLOURS[number % len(WINDOW_COLOURS)]]
        style = LINE_STYLES[number % len(LINE_STYLES)]
        inset = 0.08 if stride >= max(kernel_size) else 0.06 + 0.05 * (number % 4)
        place = (slice(i * stride, i * stride + kernel_size[0]), slice(j * stride, j * stride + kernel_size[1]))
        used[place] = True
        _frame(left, i * stride, j * stride, kernel_size, colour, style, inset)
        _frame(right, i, j, (1, 1), colour, style, 0.08)
        for row, column in np.argwhere(x[place] == pooled[i, j])[:1]:
            left.add_patch(Circle((j * stride + column, i * stride + row), 0.33, fill=False, lw=1.2, color=INK))
    for row, column in np.argwhere(~used):
        left.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=SHADE, hatch="///", edgecolor=INK, lw=0))
    left.set_title(f"{x.shape[0]} × {x.shape[1]} in", fontsize=10)
    right.set_title(f"{pooled.shape[0]} × {pooled.shape[1]} out", fontsize=10)
    left_over = "" if used.all() else " The hatched cells lie in no window."
    return described(
        figure,
        f"A map of {x.shape[0]} × {x.shape[1]} numbers under windows of {kernel_size[0]} × {kernel_size[1]}, stride "
        f"{stride}. A circle marks the number that a window passes on. Beside it the output: "
        f"{_rows(pooled)}.{left_over}",
    )


def pictures(
    images: Sequence[ArrayLike],
    titles: Sequence[str],
    height: float = 2.6,
    to_scale: bool = False,
    dark_ones: bool = False,
) -> Picture:
    """Draw grey pictures side by side, with nearest pixels, so that each pixel can be seen.

    Equal numbers have equal shades; what black and white stand for is written below.

    Parameters
    ----------
    images : sequence of array_like of shape (H, W)
        Numbers from 0 on; NaN is left blank.
    titles : sequence of str
        One for each; the picture's size is written below it.
    height : float
        Inches of the row of pictures.
    to_scale : bool
        Whether one pixel is as large in all pictures, so that small pictures are small.
    dark_ones : bool
        Whether 0 is drawn white and the largest number black, as in a drawing.
    """
    arrays = [np.asarray(image, dtype=float) for image in images]
    tallest = max(array.shape[0] for array in arrays)
    top = max(float(np.nanmax(array)) for array in arrays) or 1.0
    # To scale, each picture lies at the top left of axes that are as high as the tallest, and wide enough for a title.
    rows = [tallest if to_scale else array.shape[0] for array in arrays]
    columns = [max(array.shape[1], 0.4 * tallest) if to_scale else array.shape[1] for array in arrays]
    ratios = [width / height_ for width, height_ in zip(columns, rows, strict=True)]
    figure, axes = new_figure(
        columns=len(arrays), width=min(height * sum(ratios) + 0.3, 10.5), height=height + 1.0, squeeze=False,
        gridspec_kw={"width_ratios": ratios},
    )  # fmt: skip
    for k, (axis, array, title) in enumerate(zip(axes[0], arrays, titles, strict=True)):
        bare(axis).imshow(array, cmap="gray_r" if dark_ones else "gray", vmin=0, vmax=top, interpolation="nearest")
        axis.set(xlim=(-0.5, columns[k] - 0.5), ylim=(rows[k] - 0.5, -0.5))
        axis.set_title(title, fontsize=10, loc="left" if to_scale else "center")
        axis.set_xlabel(f"{array.shape[0]} × {array.shape[1]}", fontsize=9, loc="left" if to_scale else "center")
    white, black = (0, top) if dark_ones else (top, 0)
    key = f"black {black:.3g}, white {white:.3g}"
    figure.supxlabel(key, fontsize=9)
    sizes = "; ".join(f"{title}, {a.shape[0]} × {a.shape[1]} pixels" for title, a in zip(titles, arrays, strict=True))
    return described(
        figure, f"{len(arrays)} grey pictures side by side: {sizes}. {key.capitalize()}.".replace("\n", " ")
    )


def gradient_routes(
    x: ArrayLike, grad_output: ArrayLike, grad_x: ArrayLike, kernel_size: tuple[int, int], stride: int
) -> Picture:
    """Draw the gradients of a pooled map, the map, and the gradient that each pixel receives.

    Parameters
    ----------
    x, grad_x : array_like of shape (H, W)
        The map, and the gradient by it.
    grad_output : array_like of shape (out_h, out_w)
        The gradient by the pooled map.
    kernel_size : tuple of int
        Height and width of the windows.
    stride : int
        Pixels from one window to the next.
    """
    arrays = [np.asarray(array) for array in (grad_output, x, grad_x)]
    total = sum(array.shape[1] for array in arrays)
    ratios = {"width_ratios": [array.shape[1] + 0.6 for array in arrays]}
    height = 0.56 * max(array.shape[0] for array in arrays) + 0.7
    figure, axes = new_figure(columns=3, width=0.6 * total + 2.2, height=height, gridspec_kw=ratios)
    titles = ("gradient of the output", "the map, its windows", "gradient of the map")
    for axis, array, title in zip(axes, arrays, titles, strict=True):
        _numbers(axis, array)
        axis.set_title(title, fontsize=10)
    for i, j in np.ndindex(arrays[0].shape):
        number = i * arrays[0].shape[1] + j
        colour = COLOURS[WINDOW_COLOURS[number % len(WINDOW_COLOURS)]]
        style = LINE_STYLES[number % len(LINE_STYLES)]
        inset = 0.06 + 0.06 * (number % 4)
        _frame(axes[0], i, j, (1, 1), colour, style, 0.08)
        _frame(axes[1], i * stride, j * stride, kernel_size, colour, style, inset)
    for row, column in np.argwhere(arrays[2] != 0):
        _frame(axes[2], row, column, (1, 1), COLOURS["sky"], "-", 0.08)
    return described(
        figure,
        f"Left the gradient of the output: {_rows(arrays[0])}. In the middle the map with its windows: "
        f"{_rows(arrays[1])}. Right the gradient that each pixel receives: {_rows(arrays[2])}.",
    )


def _numbers(axes: Axes, array: NDArray) -> None:
    """Draw a table of numbers with thin lines between the cells."""
    rows, columns = array.shape
    bare(axes).set(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6), aspect="equal")
    for edge in range(rows + 1):
        axes.plot([-0.5, columns - 0.5], [edge - 0.5] * 2, color=INK, lw=0.8, zorder=1)
    for edge in range(columns + 1):
        axes.plot([edge - 0.5] * 2, [-0.5, rows - 0.5], color=INK, lw=0.8, zorder=1)
    for (row, column), value in np.ndenumerate(array):
        axes.text(column, row, f"{value:g}", ha="center", va="center", fontsize=11, zorder=3)


def _frame(axes: Axes, row: int, column: int, size: tuple[int, int], colour: str, style: object, inset: float) -> None:
    corner = (column - 0.5 + inset, row - 0.5 + inset)
    height, width = size[0] - 2 * inset, size[1] - 2 * inset
    axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=colour, lw=2.2, ls=style, zorder=2))


def _rows(array: NDArray) -> str:
    """Return the rows of an array as text, as one reads them out."""
    return "; ".join(", ".join(f"{value:g}" for value in row) for row in array)
