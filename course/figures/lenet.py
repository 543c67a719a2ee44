"""Pictures of LeNet-5: its layers, its curve, its table of connections, its codes, and what it learns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from .base import COLOURS, DARK, INK, Picture, bare, described, new_figure

__all__ = [
    "LiveCurves",
    "ablation_chart",
    "bitmaps",
    "connection_table",
    "digits",
    "distances",
    "landmarks_chart",
    "layers",
    "learning_curves",
    "maps",
    "squashing",
]

LINES = (("blue", "-", "o"), ("red", "--", "s"), ("green", ":", "^"))  # told apart without colours, too
PLANES = 6  # maps that are drawn one behind the other, at most
GROUPS = ((0, 6, "three neighbours"), (6, 12, "four neighbours"), (12, 15, "with a gap"), (15, 16, "all"))


def layers(shapes: Mapping[str, Sequence[int]], title: str, image: np.ndarray | None = None) -> Picture:
    """Draw a network as its maps, to scale, one behind the other, six at most; single numbers as a bar.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
        Name of a layer, and its shape: (maps, height, width) or (numbers,).
    title : str
        Written above.
    image : uint8 array of shape (height, width), optional
        What the first square shows.
    """
    figure, axes = new_figure(width=10, height=3.3)
    bare(axes)
    left, tallest = 0.0, max(shape[1] for shape in shapes.values() if len(shape) == 3)
    for number, (name, shape) in enumerate(shapes.items()):
        fill = (COLOURS["sky"], COLOURS["orange"])[name.startswith("S")] if name[0] in "CSF" else "none"
        if len(shape) == 3:
            behind, side = min(shape[0], PLANES), shape[1]
            for plane in range(behind):
                corner = (left + 1.5 * (behind - 1 - plane), -side / 2 + 1.5 * (behind - 1 - plane))
                axes.add_patch(Rectangle(corner, side, side, facecolor=fill, edgecolor=INK, linewidth=0.8))
            width, size = side + 1.5 * (behind - 1), f"{shape[0]} @ {shape[1]} × {shape[2]}"
        else:
            width, size, height = 2.5, str(shape[0]), 4 + 24 * shape[0] / 120
            axes.add_patch(Rectangle((left, -height / 2), width, height, facecolor=fill, edgecolor=INK, linewidth=0.8))
        if image is not None and number == 0:
            axes.imshow(image, cmap="gray", vmin=0, vmax=255, extent=(left, left + width, -width / 2, width / 2))
        middle = left + width / 2
        axes.text(middle, -tallest / 2 - 2.5, f"{name}\n{size}", ha="center", va="top", fontsize=9, linespacing=1.3)
        left += max(width, 10) + (7 if number < len(shapes) - 1 else 0)
    axes.set(xlim=(-2, left + 2), ylim=(-tallest / 2 - 11, tallest / 2 + 9), aspect="equal")
    axes.set_title(title, fontsize=10)
    words = ", ".join(f"{name} {' × '.join(map(str, shape))}" for name, shape in shapes.items())
    stacks = f"maps as stacks of squares, drawn to scale, {PLANES} of a layer at most"
    return described(figure, f"{title}: {stacks}. From left to right: {words}.")


def squashing(curve: Callable[[np.ndarray], np.ndarray]) -> Picture:
    """Draw LeNet-5's squashing beside the plain tanh, with the points that it leaves where they are.

    Parameters
    ----------
    curve : function
        From an array of sums to what becomes of them.
    """
    sums = np.linspace(-4, 4, 161)
    figure, axes = new_figure(width=7, height=3.4)
    axes.plot(sums, curve(sums), color=COLOURS["blue"], linewidth=2, label="1.7159 tanh(2z / 3)")
    axes.plot(sums, np.tanh(sums), color=COLOURS["red"], linestyle="--", label="tanh(z)")
    axes.plot(sums, sums, color=COLOURS["grey"], linestyle=":", label="z itself")
    ends = curve(np.array([-1.0, 1.0]))
    axes.plot([-1, 1], ends, "o", color=COLOURS["blue"], markersize=8)
    for place, value, side in ((-1, ends[0], "top"), (1, ends[1], "bottom")):
        shift = 0.25 if side == "bottom" else -0.25
        align = "right" if place > 0 else "left"
        axes.text(
            place - shift, value + shift, f"({place}, {value:.2f})".replace("-", "−"), ha=align, va=side, fontsize=9
        )
    axes.set(xlim=(-4, 4), ylim=(-2.2, 2.2), xlabel="sum z", ylabel="after squashing")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return described(
        figure,
        f"A curve like an S: 1.7159 tanh(2z/3) goes through 0, takes −1 to −{-ends[0]:.3f} and 1 to {ends[1]:.3f}, and "
        f"levels off at −1.72 and 1.72. Dashed below it the plain tanh, which levels off at −1 and 1.",
    )


def connection_table(table: np.ndarray) -> Picture:
    """Draw which maps of S2 each map of C3 sees: as in the paper, one column for each map of C3.

    Parameters
    ----------
    table : bool array of shape (16, 6)
        Row j: the maps of S2 that map j of C3 sees.
    """
    table = np.asarray(table, bool)
    figure, axes = new_figure(width=8, height=3.4)
    for j, i in np.argwhere(np.ones_like(table)):
        axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor="none", edgecolor=INK, linewidth=0.5))
        if table[j, i]:
            axes.add_patch(Rectangle((j - 0.4, i - 0.4), 0.8, 0.8, facecolor=COLOURS["sky"], edgecolor=INK))
            axes.text(j, i, "×", ha="center", va="center", fontsize=11, color=DARK)
    for start, end, words in GROUPS:
        axes.plot([start - 0.4, end - 0.6], [6.1, 6.1], color=INK, linewidth=1)
        axes.text((start + end - 1) / 2, 6.25, words, ha="center", va="top", fontsize=9)
    axes.set(xlim=(-0.6, 15.6), ylim=(6.9, -0.6), ylabel="map of S2", aspect="equal")
    axes.set_xticks(range(16))
    axes.set_yticks(range(6))
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("map of C3")
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0)
    seen = "; ".join(f"map {j} sees {', '.join(map(str, np.flatnonzero(row)))}" for j, row in enumerate(table))
    return described(figure, f"A table with a mark for each connection of C3, {table.sum()} in all. {seen}.")


def bitmaps(codes: np.ndarray, titles: Sequence[str], columns: int = 10) -> Picture:
    """Draw codes of numbers from −1 (white) to 1 (black), one picture for each.

    Parameters
    ----------
    codes : array of shape (N, 12, 7)
        What is below −1 or above 1 is drawn as these.
    titles : sequence of str
        One for each.
    columns : int
        Pictures in a row.
    """
    count = -(-len(codes) // columns)
    figure, axes = new_figure(count, columns, width=0.95 * columns, height=1.75 * count, squeeze=False)
    for ax in axes.flat:
        bare(ax)
    for ax, code, title in zip(axes.flat, codes, titles, strict=False):
        ax.imshow(code, cmap="gray_r", vmin=-1, vmax=1)
        ax.set_title(title, fontsize=9)
    black = ", ".join(f"{title} has {np.sum(code > 0)}" for code, title in zip(codes, titles, strict=True))
    what = f"{len(codes)} pictures of 7 × 12 pixels, black for 1 and white for −1"
    return described(figure, f"{what}. Pixels above 0: {black}.".replace("\n", " "))


def digits(images: np.ndarray, titles: Sequence[str], columns: int = 10) -> Picture:
    """Draw digits in rows, each with a few words above it.

    Parameters
    ----------
    images : uint8 array of shape (N, height, width)
        From 0 (background) to 255 (ink).
    titles : sequence of str
        One for each.
    columns : int
        Pictures in a row.
    """
    count = max(1, -(-len(images) // columns))
    lines = 1 + max((title.count("\n") for title in titles), default=0)
    figure, axes = new_figure(count, columns, width=9.5, height=count * (9.5 / columns + 0.2 * lines), squeeze=False)
    for ax in axes.flat:
        bare(ax)
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image, cmap="gray", vmin=0, vmax=255)
        ax.set_title(title, fontsize=9)
    words = "; ".join(title.replace("\n", ", ") for title in titles)
    return described(figure, f"{len(images)} handwritten digits, white on black: {words or 'none'}.")


def maps(values: np.ndarray, titles: Sequence[str], limit: float = 1.7159) -> Picture:
    """Draw maps side by side in greys that mean the same in all of them: black, 0 in the middle, white.

    Parameters
    ----------
    values : float array of shape (N, height, width)
        Numbers from -limit to limit.
    titles : sequence of str
        One for each.
    limit : float
        What is white.
    """
    figure, axes = new_figure(columns=len(values), width=2.3 * len(values), height=2.9, squeeze=False)
    for ax, one, title in zip(axes[0], values, titles, strict=True):
        bare(ax).imshow(one, cmap="gray", vmin=-limit, vmax=limit)
        ax.set_title(title, fontsize=9)
    key = f"black −{limit:.2f}, grey 0, white {limit:.2f}"
    figure.supxlabel(key, fontsize=9)
    above = "; ".join(f"{title} {np.mean(one > 0):.0%}" for one, title in zip(values, titles, strict=True))
    return described(figure, f"{len(values)} maps in greys, {key}. Share of their cells above 0: {above}.")


def distances(image: np.ndarray, code: np.ndarray, values: Sequence[float], title: str = "") -> Picture:
    """Draw a digit, the 84 numbers of F6 as a picture, and how far they are from each of the ten codes.

    Parameters
    ----------
    image : uint8 array of shape (height, width)
        The digit.
    code : float array of shape (12, 7)
        What F6 says.
    values : sequence of float
        The ten squared distances.
    title : str
        Of the digit.
    """
    figure, axes = new_figure(columns=3, width=9, height=2.9, gridspec_kw={"width_ratios": [1, 0.7, 2.6]})
    bare(axes[0]).imshow(image, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title(title or "digit", fontsize=9)
    bare(axes[1]).imshow(code, cmap="gray_r", vmin=-1, vmax=1)
    axes[1].set_title("what F6 says", fontsize=9)
    apart = np.asarray(values, float)
    nearest, second = np.argsort(apart)[:2].tolist()
    bars = axes[2].bar(range(10), apart, color=COLOURS["sky"], edgecolor=INK)
    bars[nearest].set(facecolor=COLOURS["orange"], hatch="//")
    for number, value in enumerate(apart):
        axes[2].text(number, value, f"{value:.0f}", ha="center", va="bottom", fontsize=8)
    axes[2].set_xticks(range(10))
    axes[2].set(xlabel="code of digit", ylabel="squared distance", ylim=(0, 1.15 * apart.max()))
    axes[2].set_title(f"nearest: {nearest} (hatched), at {apart[nearest]:.1f}", fontsize=9)
    axes[2].spines[["top", "right"]].set_visible(False)
    return described(
        figure,
        f"{title or 'A digit'}; the 84 numbers of F6 as a picture; ten bars. The nearest code is that of {nearest}, at "
        f"{apart[nearest]:.1f}; the next one that of {second}, at {apart[second]:.1f}.",
    )


def learning_curves(runs: Mapping[str, Sequence[Any]], epochs: int | None = None) -> Picture:
    """Draw, epoch by epoch, how many test pictures networks get right, and the loss that they learn from.

    Parameters
    ----------
    runs : mapping of str to sequence of `course.lenet.Epoch`
        Name of a network, and what was measured. Each loss is drawn as a share of that of the first epoch, since
        different losses have different units.
    epochs : int, optional
        Where the axis ends; where the longest run ends by default.
    """
    figure, (left, right) = new_figure(columns=2, width=9, height=3.1)
    end, words = epochs or max(map(len, runs.values())), []
    for (name, run), (colour, line, marker) in zip(runs.items(), LINES, strict=False):
        style = {"color": COLOURS[colour], "linestyle": line, "marker": marker, "markersize": 5, "label": name}
        steps = range(1, len(run) + 1)
        left.plot(steps, [100 * row.accuracy for row in run], **style)
        right.plot(steps, [row.loss / run[0].loss for row in run], **style)
        reached = ", ".join(f"{row.accuracy:.1%}" for row in run)
        words.append(f"{name}: {reached} right; loss from {run[0].loss:.3g} to {run[-1].loss:.3g}")
    left.set(ylabel="right answers in %", ylim=(0, 102))
    right.set(ylabel="loss, as a share of the first", ylim=(0, 1.05))
    for ax in (left, right):
        ax.set(xlabel="epoch", xlim=(0.5, end + 0.5))
        ax.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False, fontsize=9, loc="lower right")
    return described(figure, f"Learning over {end} epochs. " + "; ".join(words) + ".")


class LiveCurves:
    """Draws, in a notebook, the curves of a network that learns, and keeps the last of them; elsewhere it is silent.

    Parameters
    ----------
    name : str
        Of the network.
    epochs : int
        How many there will be.
    """

    def __init__(self, name: str, epochs: int):
        self.name, self.epochs = name, epochs
        self.rows: list[Any] = []
        self.began = time.monotonic()
        self.shown: Any = None

    def __call__(self, epoch: int, row: Any) -> None:
        """Take what was measured after an epoch, and draw."""
        from IPython import get_ipython
        from IPython.display import display

        self.rows.append(row)
        if not hasattr(get_ipython(), "kernel"):
            return
        figure = learning_curves({self.name: self.rows}, self.epochs)
        figure.suptitle(f"epoch {epoch} of {self.epochs}, {time.monotonic() - self.began:.0f} s", color=INK, fontsize=9)
        if self.shown is None:
            self.shown = display(figure, display_id=True)
        else:
            self.shown.update(figure)


def landmarks_chart(rows: Sequence[Any]) -> Picture:
    """Draw what networks learn and what they compute, over the years, on a logarithmic scale.

    Parameters
    ----------
    rows : sequence of `course.landmarks.Landmark`
        With name, year, parameters, connections.
    """
    figure, axes = new_figure(width=8.5, height=3.8)
    years = [row.year for row in rows]
    for name, mark, colour, side in (("connections", "o", "blue", 1), ("parameters", "s", "red", -1)):
        values = [getattr(row, name) for row in rows]
        axes.plot(years, values, mark, color=COLOURS[colour], markersize=9, label=name)
        for year, value in zip(years, values, strict=True):
            axes.annotate(
                f"{value:,}", (year, value), (0, 10 * side), textcoords="offset points", ha="center",
                va="bottom" if side > 0 else "top", fontsize=9, color=INK,
            )  # fmt: skip
    axes.set(yscale="log", ylim=(3e3, 1e9), xlim=(min(years) - 8, max(years) + 8), ylabel="how many")
    axes.set_xticks(years, [f"{row.name}\n{row.year}" for row in rows], fontsize=9)
    axes.minorticks_off()
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    words = "; ".join(
        f"{row.name}, {row.year}: {row.connections:,} connections, {row.parameters:,} parameters" for row in rows
    )
    return described(figure, f"A chart over the years, on a logarithmic scale. {words}.")


def ablation_chart(measured: Mapping[str, Sequence[float]], here: Mapping[str, float], pictures: int = 500) -> Picture:
    """Draw how many test pictures each variant gets wrong: each recorded network a ring, the reader's a diamond.

    Parameters
    ----------
    measured : mapping of str to sequence of float
        Variant, and the accuracies of its recorded networks, one for each seed, 0 to 1.
    here : mapping of str to float
        Variant, and the accuracy that the reader's run reached; some of the variants, or none.
    pictures : int
        How many were tested.
    """
    figure, axes = new_figure(width=8.5, height=0.42 * len(measured) + 1.2)
    words = []
    for place, (name, accuracies) in enumerate(measured.items()):
        wrong = [round(pictures * (1 - accuracy)) for accuracy in accuracies]
        heights = place - 0.3 + 0.18 * np.arange(len(wrong))  # equal ones are seen, too
        key = "recorded, one ring for each seed" if place == 0 else None
        axes.scatter(wrong, heights, facecolors="none", edgecolors=COLOURS["blue"], s=36, linewidths=1.5, label=key)
        said = f"{name}: {', '.join(map(str, wrong))}"
        if name in here:
            mine = round(pictures * (1 - here[name]))
            axes.scatter([mine], [place + 0.25], marker="D", s=40, color=COLOURS["red"])
            said += f", and {mine} here"
        words.append(said)
    if here:
        axes.scatter([], [], marker="D", s=40, color=COLOURS["red"], label="your run, one seed, fewer epochs")
    axes.set(xscale="log", xlim=(1.5, pictures), ylim=(len(measured) - 0.4, -0.6))
    ticks = [tick for tick in (2, 5, 10, 20, 50, 100, 200, 450) if tick <= pictures]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(measured)), list(measured), fontsize=9)
    axes.set_xlabel(f"wrong, of {pictures} test pictures (log scale)")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="upper right")
    return described(figure, f"Test pictures of {pictures} that each variant gets wrong. " + "; ".join(words) + ".")
