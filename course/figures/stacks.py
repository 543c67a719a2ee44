"""Pictures of stacks: layers of maps, the maps themselves, one neuron's arithmetic, columns of windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from .base import COLOURS, DARK, INK, Picture, bare, described, new_figure

__all__ = ["columns_of_windows", "gallery", "layers_of_maps", "neuron_arithmetic", "numbered"]

Array = np.ndarray[Any, Any]

CHANNEL_MAPS = {"red": "Reds", "green": "Greens", "blue": "Blues"}
SIGNED = "PuOr"  # orange below 0, purple above
CELL = 1.45  # side of a cell with a number of up to five characters
TINT = 0.5  # how much of a colour is left under writing


def layers_of_maps(layers: Sequence[Array], names: Sequence[str], kernel_size: int, neuron: tuple[int, int]) -> Picture:
    """Draw layers as stacks of maps, and the windows through which one neuron of the last layer sees (figure 14-6).

    Parameters
    ----------
    layers : sequence of ndarray of shape (channels, height, width)
        From the picture upwards; each is a convolution (stride 1, no padding) of the one before. Equal numbers have
        equal shades within a layer; what black and white stand for is written below it.
    names : sequence of str
        What to write under each layer.
    kernel_size : int
        Height and width of all windows.
    neuron : tuple of int
        Row and column of a neuron in the last layer.
    """
    figure, axes = new_figure(width=10)
    bare(axes)
    height = max(layer.shape[1] for layer in layers)
    left, centres, planes, keys = 0.0, [], [], []
    for layer, name in zip(layers, names, strict=True):
        placed = []
        white = float(np.abs(layer).max()) or 1.0
        black = 0.0 if layer.min() >= 0 else -white
        for values in layer:
            placed.append(_leaning(axes, values, left, height, (black, white)))
            left += 0.62 * layer.shape[2]
        planes.append(placed)
        keys.append(f"black {_short(black)}, {'middle grey 0, ' if black else ''}white {_short(white)}")
        centres.append((left - 0.31 * layer.shape[2] * len(layer), name))
        left += 0.75 * height
    row, column = neuron
    for depth in range(len(layers) - 1, 0, -1):
        _joined(
            axes, planes[depth][0 if depth < len(layers) - 1 else -1], planes[depth - 1], (row, column), kernel_size
        )
        row, column = row + kernel_size // 2, column + kernel_size // 2
    for (centre, name), key in zip(centres, keys, strict=True):
        axes.text(centre, -0.30 * height, name, ha="center", va="top", fontsize=11)
        axes.text(centre, -0.70 * height, key, ha="center", va="top", fontsize=8)
    _frame(figure, axes, (-0.05 * height, left - 0.7 * height), (-0.86 * height, 1.36 * height))
    counts = " then ".join(str(len(layer)) for layer in layers)
    return described(
        figure,
        f"Layers as stacks of maps, from left to right: {counts} maps. An orange square marks one neuron of the last "
        f"layer. Lines join it to a {kernel_size} by {kernel_size} window at the same place in every map of the layer "
        "before, and one neuron there to a window in every channel of the picture. "
        f"Shades, layer by layer: {'; '.join(keys)}.",
    )


def _leaning(axes: Axes, values: Array, left: float, height: int, limits: tuple[float, float]) -> Affine2D:
    """Draw one map as a sheet seen from the side; return the transform from (column, row) to the picture."""
    rows, columns = values.shape
    lift = (height - rows) / 2
    sheet = Affine2D().scale(0.5, -1).translate(0, rows).skew_deg(0, 30).translate(left, lift - 0.12 * height)
    black, white = limits
    axes.imshow(
        values, cmap="gray", vmin=black, vmax=white, extent=(0, columns, rows, 0), transform=sheet + axes.transData
    )
    edge = Polygon([(0, 0), (columns, 0), (columns, rows), (0, rows)], fill=False, edgecolor=INK, lw=0.8)
    edge.set_transform(sheet + axes.transData)
    axes.add_patch(edge)
    return sheet


def _joined(axes: Axes, above: Affine2D, below: Sequence[Affine2D], place: tuple[int, int], f: int) -> None:
    row, column = place
    neuron = Rectangle((column - 0.5, row - 0.5), 2, 2, facecolor=COLOURS["orange"], edgecolor=INK, zorder=5)
    neuron.set_transform(above + axes.transData)
    axes.add_patch(neuron)
    target = above.transform((column + 0.5, row + 0.5))
    corners = [(column, row), (column + f, row), (column + f, row + f), (column, row + f)]
    for sheet in below:
        window = Polygon(corners, facecolor=COLOURS["sky"] + "66", edgecolor=COLOURS["red"], lw=1.8, zorder=4)
        window.set_transform(sheet + axes.transData)
        axes.add_patch(window)
        for corner in (corners[1], corners[2]):
            start = sheet.transform(corner)
            axes.plot([start[0], target[0]], [start[1], target[1]], color=COLOURS["red"], lw=0.7, zorder=3)


def gallery(
    pictures: Sequence[Array],
    titles: Sequence[str],
    description: str,
    columns: int = 4,
    signed: bool | Sequence[bool] = False,
    width: float = 10.0,
) -> Picture:
    """Draw pictures side by side, each with its title; equal numbers have equal shades in all grey pictures.

    Parameters
    ----------
    pictures : sequence of ndarray of shape (height, width) or (height, width, 3)
        In colours, from 0 to 1; or grey.
    titles : sequence of str
    description : str
        What there is to see.
    columns : int
        How many stand in one row.
    signed : bool, or a sequence of them
        Which grey pictures have middle grey for 0, dark for negative and light for positive values. In the others
        black is 0. What black and white stand for is written below.
    width : float
        Of the whole, in inches.
    """
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    ratio = max(picture.shape[0] / picture.shape[1] for picture in pictures)
    figure, grid = new_figure(rows, columns, width, rows * (width / columns * ratio + 0.45) + 0.2, squeeze=False)
    for axes in grid.flat:
        bare(axes)
    signs = [signed] * len(pictures) if isinstance(signed, bool) else list(signed)
    kinds = [None if picture.ndim == 3 else sign for picture, sign in zip(pictures, signs, strict=True)]
    reach = {
        kind: max((float(np.abs(p).max()) for p, k in zip(pictures, kinds, strict=True) if k is kind), default=0) or 1.0
        for kind in (False, True)
    }
    for axes, picture, title, kind in zip(grid.flat, pictures, titles, kinds, strict=False):
        limits = {} if kind is None else {"cmap": "gray", "vmin": -reach[kind] if kind else 0.0, "vmax": reach[kind]}
        axes.imshow(picture, **limits)
        axes.set_title(title, fontsize=10)
        for side in axes.spines.values():  # pixels in the colour of the page need an end
            side.set(visible=True, color=COLOURS["grey"], linewidth=0.6)
    keys = {
        False: f"black 0, white {_short(reach[False])}",
        True: f"black {_short(-reach[True])}, middle grey 0, white {_short(reach[True])}",
    }
    shown = [keys[kind] for kind in (False, True) if kind in kinds]
    if len(shown) == 2:
        shown = [f"pictures: {shown[0]}", f"maps: {shown[1]}"]
    figure.supxlabel("; ".join(shown), fontsize=9)
    return described(figure, " ".join([description, *(f"{key[0].upper()}{key[1:]}." for key in shown)]))


def neuron_arithmetic(
    x: Array,
    weight: Array,
    bias: float,
    row: int,
    column: int,
    channels: Sequence[str] | None = None,
    output: Array | None = None,
    title: str = "",
) -> Picture:
    """Draw what one neuron computes: windows of all channels, weights, products, sum.

    Parameters
    ----------
    x : ndarray of shape (C, H, W)
    weight : ndarray of shape (C, f_h, f_w)
        Of the neuron's map.
    bias : float
    row, column : int
        Place of the neuron; stride 1, no padding.
    channels : sequence of str, optional
        Names of the channels.
    output : ndarray of shape (out_h, out_w), optional
        The neuron's whole map, drawn on the right.
    title : str
    """
    depth, f_h, f_w = weight.shape
    names = list(channels or (f"channel {k}" for k in range(depth)))
    seen = x[:, row : row + f_h, column : column + f_w]
    products = seen * weight
    gap, high, wide_ = 1.2, CELL * f_h, CELL * f_w
    right = 3 * wide_ + 2 * gap
    each = high + 1.1
    span = depth * each
    figure, axes = new_figure(width=10)
    bare(axes)
    brightness = (float(min(x.min(), 0)), float(x.max()) or 1.0)
    wide = _channel_sheets(axes, x, names, (row, column, f_h, f_w), span, brightness) + 1.5
    reach = float(max(np.abs(weight).max(), np.abs(products).max())) or 1.0
    for k in range(depth):
        top = k * each
        _grid(axes, seen[k], wide, top, _shade_of(names[k]), *brightness, cell=CELL)
        axes.text(wide + wide_ + gap / 2, top + high / 2, "×", ha="center", va="center", fontsize=15)
        _grid(axes, weight[k], wide + wide_ + gap, top, SIGNED, -reach, reach, cell=CELL)
        axes.text(wide + 2 * wide_ + 1.5 * gap, top + high / 2, "=", ha="center", va="center", fontsize=15)
        _grid(axes, products[k], wide + 2 * (wide_ + gap), top, SIGNED, -reach, reach, cell=CELL)
        axes.text(wide - 0.25, top + high / 2, names[k], ha="right", va="center", fontsize=9, rotation=90)
        at = wide + right + 0.4
        axes.text(at, top + high / 2, f"sum {_short(products[k].sum(), 3)}", va="center", fontsize=10)
    for text, at in (("it sees", 0), ("weights", wide_ + gap), ("products", 2 * (wide_ + gap))):
        axes.text(wide + at + wide_ / 2, -0.35, text, ha="center", va="bottom", fontsize=10)
    total = float(products.sum() + bias)
    sums = " ".join(f"{'+' if s >= 0 else '−'} {_short(abs(s), 3)}" for s in products.sum(axis=(1, 2)))
    sums = f"−{sums[2:]}" if sums.startswith("−") else sums[2:]
    written = sum(round(float(s), 3) for s in products.sum(axis=(1, 2))) + round(bias, 3)
    equals = "=" if abs(written - round(total, 3)) < 1e-6 else "≈"  # rounded numbers need not add up
    equation = f"{sums} {'+' if bias >= 0 else '−'} bias {_short(abs(bias), 3)} {equals} {_short(total, 3)}"
    axes.text(wide + right / 2, span - 0.55, equation, ha="center", va="top", fontsize=11, fontweight="bold")
    key = "weights and products: orange below 0, white 0, purple above 0"
    axes.text(wide + right / 2, span + 0.75, key, ha="center", va="top", fontsize=9)
    end = wide + right + 4.7
    if output is not None:
        end = _output_map(axes, output, (row, column), end, 10.5, span) + 0.3
    _frame(figure, axes, (-0.3, end), (span + 1.6, -1.4))
    if title:
        axes.set_title(title, fontsize=11)
    # One drawing that fills the figure: nothing has to be fitted, which would take as long as the drawing itself.
    figure.set_layout_engine(None)
    room = 0.3 / figure.get_figheight() if title else 0.0
    axes.set_position((0, 0, 1, 1 - room))
    return described(
        figure,
        f"{title + '. ' if title else ''}The neuron in row {row}, column {column} sees rows {row} to {row + f_h - 1} "
        f"and columns {column} to {column + f_w - 1} of {depth} channels ({', '.join(names)}). "
        f"The sums of its products by channel, and its bias, give {equation}.",
    )


def _shade_of(channel: str) -> str:
    """Return the colours of a channel's numbers: dark for 0, and the lighter, the larger."""
    return CHANNEL_MAPS.get(channel, "Greys") + "_r"


def _channel_sheets(
    axes: Axes,
    x: Array,
    names: Sequence[str],
    window: tuple[int, int, int, int],
    span: float,
    brightness: tuple[float, float],
) -> float:
    """Draw the channels as sheets below each other with the window marked; return how wide they are."""
    row, column, f_h, f_w = window
    depth, height, width = x.shape
    each = span / depth
    scale = min((each - 0.9) / height, 7.5 / width)
    for k in range(depth):
        top = k * each
        axes.imshow(
            _tinted(x[k], _shade_of(names[k]), *brightness),
            extent=(0, width * scale, top + height * scale, top),
        )
        edge = Rectangle((0, top), width * scale, height * scale, fill=False, edgecolor=INK, lw=0.8)
        axes.add_patch(edge)
        box = ((column * scale, top + row * scale), f_w * scale, f_h * scale)
        axes.add_patch(Rectangle(*box, fill=False, edgecolor="white", lw=3.4))
        axes.add_patch(Rectangle(*box, fill=False, edgecolor=COLOURS["red"], lw=1.8))
        axes.text(0, top - 0.08, names[k], fontsize=8, va="bottom")
    return float(width * scale)


def _output_map(axes: Axes, output: Array, place: tuple[int, int], left: float, side: float, span: float) -> float:
    rows, columns = output.shape
    scale = min(side / columns, (span - 1.5) / rows)
    reach = float(np.abs(output).max()) or 1.0
    extent = (left, left + columns * scale, rows * scale, 0)
    axes.imshow(output, cmap="gray", vmin=-reach, vmax=reach, extent=extent)
    for colour, wide in (("white", 3.4), (COLOURS["red"], 1.8)):
        box = (left + place[1] * scale - 0.1, place[0] * scale - 0.1)
        axes.add_patch(Rectangle(box, scale + 0.2, scale + 0.2, fill=False, edgecolor=colour, lw=wide))
    axes.text(left, -0.35, "its map, and its place in it", fontsize=10, va="bottom")
    key = f"black {_short(-reach)}, grey 0, white {_short(reach)}"
    axes.text(left, rows * scale + 0.25, key, fontsize=9, va="top")
    return left + columns * scale


def _tinted(values: Array, colours: str, low: float, high: float) -> Array:
    """Return the colours of numbers from `low` to `high`, so light that black writing reads on all of them."""
    shares = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    solid = colormaps[colours](shares)[..., :3]
    return np.asarray(1 - TINT * (1 - solid))


def _grid(
    axes: Axes, values: Array, left: float, top: float, colours: str, low: float, high: float, cell: float = 1.0
) -> None:
    """Draw numbers in cells, tinted by their size."""
    rows, columns = values.shape
    right, bottom = left + columns * cell, top + rows * cell
    axes.imshow(_tinted(values, colours, low, high), extent=(left, right, bottom, top))
    for (i, j), value in np.ndenumerate(values):
        at = (left + (j + 0.5) * cell, top + (i + 0.5) * cell)
        axes.text(*at, _short(value), ha="center", va="center", fontsize=7, color=DARK)
    axes.vlines(left + cell * np.arange(1, columns), top, bottom, color="white", lw=1.0)
    axes.hlines(top + cell * np.arange(1, rows), left, right, color="white", lw=1.0)
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=INK, lw=0.8))


def _frame(figure: Picture, axes: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Set the limits of a drawing in equal units, and give the picture the height that they need."""
    axes.set_xlim(x)
    axes.set_ylim(y)
    axes.set_aspect("equal")
    width = min(figure.get_figwidth(), 0.4 * abs(x[1] - x[0]))
    figure.set_figwidth(width)
    figure.set_figheight(width * abs(y[1] - y[0]) / abs(x[1] - x[0]) + 0.35)


def _short(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text.replace("-", "−")


def numbered(
    arrays: Sequence[Array], titles: Sequence[str], description: str, window: tuple[int, int] | None = None
) -> Picture:
    """Draw small arrays with their numbers written in, side by side: purple above 0, orange below, white 0.

    Parameters
    ----------
    arrays : sequence of ndarray of shape (height, width)
    titles : sequence of str
    description : str
        What there is to see; the numbers are written behind it.
    window : tuple of int, optional
        Height and width of a window to mark in the upper left corner of the first array.
    """
    tall = max(len(array) for array in arrays)
    wide = sum(array.shape[1] for array in arrays)
    figure, grid = new_figure(
        1, len(arrays), min(10.0, 0.42 * wide + 1.2 * len(arrays)), 0.42 * tall + 1.0, squeeze=False,
        width_ratios=[array.shape[1] + 0.5 for array in arrays],
    )  # fmt: skip
    reach = max(float(np.nanmax(np.abs(array))) for array in arrays) or 1.0
    for axes, array, title in zip(grid[0], arrays, titles, strict=True):
        bare(axes)
        _grid(axes, array, 0, 0, SIGNED, -reach, reach)
        axes.set_xlim(-0.1, array.shape[1] + 0.1)
        axes.set_ylim(len(array) + 0.1, -0.1)
        axes.set_aspect("equal")
        axes.set_title(title, fontsize=10)
    if window is not None:
        grid[0, 0].add_patch(Rectangle((0, 0), window[1], window[0], fill=False, edgecolor=COLOURS["red"], lw=3))
    below = "orange below 0, " if min(float(np.nanmin(array)) for array in arrays) < 0 else ""
    figure.supxlabel(f"{below}white 0, purple above 0: the deeper, the larger", fontsize=9)
    told = ". ".join(f"{title}: {_rows(array)}" for title, array in zip(titles, arrays, strict=True))
    return described(figure, f"{description} By rows, {told}.")


def _rows(array: Array) -> str:
    """Return the rows of an array as text, as one reads them out."""
    return "; ".join(", ".join(_short(value) for value in row) for row in array)


def columns_of_windows(x: Array, weight: Array, columns: Array, marked: int = 1) -> Picture:
    """Draw a small stack, its windows as columns of a matrix, and the product with the kernels as rows.

    Parameters
    ----------
    x : ndarray of shape (C, H, W)
    weight : ndarray of shape (F, C, f_h, f_w)
    columns : ndarray of shape (C * f_h * f_w, L)
    marked : int
        The window, and its column, to mark.
    """
    depth, height, width = x.shape
    f_h, f_w = weight.shape[2:]
    kernels = weight.reshape(len(weight), -1)
    lines, count = columns.shape
    figure, axes = new_figure(width=10)
    bare(axes)
    row, column = divmod(marked, width - f_w + 1)
    tops = [k * (height + 1) for k in range(depth)]
    shades = ("Blues", "Greens", "Reds")  # one for each channel, here and in the columns
    for k, (values, top, shade) in enumerate(zip(x, tops, shades, strict=False)):
        _grid(axes, values, 0, top, shade, float(x.min()) - 1, float(x.max()))
        axes.text(-0.2, top + height / 2, f"channel {k}", fontsize=8, rotation=90, ha="right", va="center")
        _mark(axes, column, top + row, f_w, f_h)
    left = width + 2.5
    middle = (lines - len(weight)) / 2
    reach = float(np.abs(kernels @ columns).max())
    _grid(axes, kernels, left, middle, SIGNED, -reach, reach)
    axes.text(left, middle - 0.2, "kernels, one to a row", fontsize=9, va="bottom")
    axes.text(left + lines + 0.75, lines / 2, "@", ha="center", va="center", fontsize=15)
    start = left + lines + 1.5
    for k, shade in zip(range(depth), shades, strict=False):
        part = columns[k * f_h * f_w : (k + 1) * f_h * f_w]
        _grid(axes, part, start, k * f_h * f_w, shade, float(x.min()) - 1, float(x.max()))
    _mark(axes, start + marked, 0, 1, lines)
    axes.text(start, -0.2, "windows, one to a column", fontsize=9, va="bottom")
    axes.text(start + count + 0.75, lines / 2, "=", ha="center", va="center", fontsize=15)
    maps = kernels @ columns
    end = start + count + 1.5
    _grid(axes, maps, end, middle, SIGNED, -reach, reach)
    _mark(axes, end + marked, middle, 1, len(weight))
    axes.text(end, middle - 0.2, "maps, one to a row", fontsize=9, va="bottom")
    axes.text(0, -0.2, "channels", fontsize=9, va="bottom")
    bottom = max(lines, tops[-1] + height)
    key = "kernels and maps:\norange below 0, white 0, purple above 0"
    axes.text(left, bottom, key, fontsize=9, va="bottom")
    _frame(figure, axes, (-1.0, end + count + 0.4), (bottom + 0.2, -1))
    return described(
        figure,
        f"A stack of {depth} channels of {height} by {width} pixels. A red frame marks window {marked} in each "
        f"channel; its {lines} numbers, {_rows(columns[:, [marked]].T)}, are column {marked} of a matrix with {count} "
        f"columns. {len(weight)} kernels, one to a row: {_rows(kernels)}. Times this matrix they give {len(weight)} "
        f"maps, one to a row: {_rows(maps)}.",
    )


def _mark(axes: Axes, left: float, top: float, width: float, height: float) -> None:
    axes.add_patch(Rectangle((left, top), width, height, fill=False, edgecolor=COLOURS["red"], lw=2.4, zorder=6))
