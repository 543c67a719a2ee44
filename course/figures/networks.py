"""Pictures of whole networks: their layers as boxes, what each costs, and what comes out of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from ..errors import argument_error
from .base import COLOURS, INK, Picture, bare, described, new_figure

__all__ = [
    "architecture",
    "cost_chart",
    "kernel_race",
    "logits_and_probabilities",
    "loss_curves",
    "test_curves",
    "training_and_test",
]

Layer = Mapping[str, Any]
Shape = Sequence[int]
LINES = [("blue", "-"), ("red", "--"), ("green", ":"), ("pink", "-.")]  # told apart without colours, too
FILLS = {
    "input": "none",
    "conv": COLOURS["sky"],
    "pool": COLOURS["orange"],
    "flatten": "none",
    "dense": COLOURS["green"],
}


def architecture(
    layers: Sequence[Layer], shapes: Sequence[Shape], input_shape: Shape, title: str = "", groups: bool = True
) -> Picture:
    """Draw a network as a row of boxes: as high as the maps are, as wide as they are many.

    Parameters
    ----------
    layers : sequence of dict
        As from `course.models.describe_layers`.
    shapes : sequence of tuple
        The shape after each layer: (channels, height, width) or (features,).
    input_shape : tuple
        (channels, height, width) of the picture.
    title : str
        Written above.
    groups : bool
        Whether the parts are named below.
    """
    if len(layers) != len(shapes):
        rule = f"have one shape for each of the {len(layers)} layers"
        raise argument_error("architecture", "shapes", rule, list(shapes), "Give the shape after every layer.")
    boxes = [("input", tuple(input_shape), "picture")]
    for layer, shape in zip(layers, shapes, strict=True):
        if layer["kind"] in ("conv", "pool", "dense"):
            boxes.append((layer["kind"], tuple(shape), _label(layer)))
    figure, axes = new_figure(width=10, height=3.9)
    bare(axes)
    tallest = max(shape[1] for _, shape, _ in boxes if len(shape) == 3)
    deepest = max(shape[0] for _, shape, _ in boxes)
    left, centres = 0.0, []
    for kind, shape, label in boxes:
        width = 0.35 + 1.25 * np.sqrt(shape[0] / deepest) if len(shape) == 3 else 0.4
        height = 3.0 * shape[1] / tallest if len(shape) == 3 else 0.5 + 1.7 * np.sqrt(shape[0] / deepest)
        axes.add_patch(
            Rectangle((left, -height / 2), width, height, facecolor=FILLS[kind], edgecolor=INK, linewidth=0.8)
        )
        middle = left + width / 2
        centres.append((middle, kind, left, left + width))
        size = f"{shape[0]} ×\n{_by(shape[1:])}" if len(shape) == 3 else str(shape[0])
        axes.text(middle, height / 2 + 0.1, size, ha="center", va="bottom", fontsize=8.5, linespacing=1.15)
        axes.text(middle, -1.75, label, ha="center", va="top", fontsize=8.5, linespacing=1.15)
        left += width + max(0.32, 1.02 - width)
    for (_, _, _, end), (_, _, start, _) in itertools.pairwise(centres):
        arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 1}
        axes.annotate("", (start, 0), (end, 0), arrowprops=arrow)
    if groups:
        _brackets(axes, centres)
    axes.set_xlim(-0.3, left)
    axes.set_ylim(-3.1, 2.3)
    if title:
        axes.set_title(title, fontsize=10)
    return described(figure, _row_in_words(boxes, title))


def _by(sizes: Sequence[int]) -> str:
    return " × ".join(map(str, sizes))


def _label(layer: Layer) -> str:
    if layer["kind"] == "dense":
        return f"dense\n{layer['out_features']}"
    size = _by(layer["kernel_size"])
    return f"conv\n{size}" if layer["kind"] == "conv" else f"pool\n{size}"


def _brackets(axes: Any, centres: list[tuple[float, str, float, float]]) -> None:
    maps = [box for box in centres if box[1] in ("conv", "pool")]
    dense = [box for box in centres if box[1] == "dense"]
    for part, words in ((maps, "convolution + ReLU, pooling: smaller, deeper"), (dense, "fully connected")):
        if part:
            start, end = part[0][2], part[-1][3]
            axes.plot([start, start, end, end], [-2.5, -2.62, -2.62, -2.5], color=INK, linewidth=0.8)
            axes.text((start + end) / 2, -2.7, words, ha="center", va="top", fontsize=9)


def _row_in_words(boxes: list[tuple[str, tuple, str]], title: str) -> str:
    row = ", ".join(f"{label.replace(chr(10), ' ')} gives {_by(shape)}" for _, shape, label in boxes[1:])
    first = _by(boxes[0][1])
    return f"{title + ': ' if title else ''}a network as a row of boxes, from a picture of {first}. {row}."


def cost_chart(names: Sequence[str], parameters: Sequence[int], cost: Sequence[int]) -> Picture:
    """Draw, layer by layer, how many numbers are learned and how many multiplications one picture takes.

    Parameters
    ----------
    names : sequence of str
        Of the layers.
    parameters : sequence of int
        Numbers that are learned, for each layer.
    cost : sequence of int
        Multiply-accumulates for one picture, for each layer.
    """
    figure, axes = new_figure(columns=2, width=9, height=3.2, sharey=True)
    places = np.arange(len(names))
    for ax, values, words, colour in (
        (axes[0], parameters, "parameters", "blue"),
        (axes[1], cost, "multiplications for one picture", "orange"),
    ):
        bars = ax.barh(places, values, color=COLOURS[colour])
        whole = sum(values)
        for bar, value in zip(bars, values, strict=True):
            share = f" {value:,} ({value / whole:.1%})"
            ax.text(value, bar.get_y() + bar.get_height() / 2, share, va="center", fontsize=8.5)
        ax.set_xlim(0, max(values) * 1.65)
        ax.set_title(f"{words}: {whole:,}", fontsize=9)
        ax.set_xticks([])
        for side in ("top", "right", "bottom"):
            ax.spines[side].set_visible(False)
    axes[0].set_yticks(places, names, fontsize=8)
    axes[0].invert_yaxis()
    rows = "; ".join(
        f"{name} {weights:,} parameters and {times:,} multiplications"
        for name, weights, times in zip(names, parameters, cost, strict=True)
    )
    return described(figure, f"Two bar charts, one bar for each layer. {rows}.")


def logits_and_probabilities(
    logits: Sequence[float], probabilities: Sequence[float], names: Sequence[str], image: np.ndarray | None = None
) -> Picture:
    """Draw the ten numbers that leave the last layer, and the probabilities that softmax makes of them.

    Parameters
    ----------
    logits, probabilities : sequences of float of shape (classes,)
        Before and after the softmax.
    names : sequence of str
        Of the classes.
    image : uint8 array of shape (height, width), optional
        The picture that they are about.
    """
    before, after = np.asarray(logits, float), np.asarray(probabilities, float)
    columns = 2 if image is None else 3
    ratios = {"width_ratios": [1] * columns if image is None else [0.7, 1, 1]}
    figure, axes = new_figure(columns=columns, width=9, height=2.9, gridspec_kw=ratios)
    if image is not None:
        bare(axes[0]).imshow(image, cmap="gray", vmin=0, vmax=255)
    places = np.arange(len(names))
    left, right = axes[-2:]
    left.barh(places, before, color=COLOURS["blue"])
    left.axvline(0, color=INK, linewidth=0.8)
    left.set_yticks(places, names, fontsize=8)
    left.set_title("logits: any number", fontsize=9)
    right.barh(places, after, color=COLOURS["orange"])
    right.set_yticks([])
    right.set_xlim(0, 1.22)
    right.set_xticks([0, 0.5, 1])
    for place, value in zip(places, after, strict=True):
        right.text(value, place, f" {value:.1%}", va="center", fontsize=8.5)
    right.set_title("after softmax: they share one 1", fontsize=9)
    for ax in (left, right):
        ax.invert_yaxis()
    order = np.argsort(-after)[:2]
    words = ", then ".join(f"{names[k]} with {after[k]:.0%}" for k in order)
    return described(figure, f"Logits of {len(names)} classes as bars, and their softmax beside them: first {words}.")


def loss_curves(runs: Mapping[str, Sequence[float]], most: float, level: tuple[float, str] | None = None) -> Picture:
    """Draw the losses of several runs, step by step.

    Parameters
    ----------
    runs : mapping of str to sequence of float
        Name of a run, and the loss of each of its batches.
    most : float
        The top of the scale; what is higher leaves the picture.
    level : (loss, str), optional
        A line to compare with, and its name.
    """
    figure, axes = new_figure(width=8, height=3.2)
    words = []
    for (name, losses), (colour, line) in zip(runs.items(), LINES, strict=False):
        axes.plot(np.arange(1, len(losses) + 1), losses, color=COLOURS[colour], linestyle=line, label=name)
        words.append(f"{name}: from {losses[0]:.2f} to a mean of {np.mean(losses[-20:]):.2f} over the last 20 steps")
    if level:
        axes.axhline(level[0], color=COLOURS["grey"], linewidth=1)
        beside = axes.get_yaxis_transform()  # across in widths of the axes, upwards in losses
        axes.text(1.01, level[0], level[1], fontsize=8, color=COLOURS["grey"], va="center", transform=beside)
    axes.set_ylim(0, most)
    axes.set_xlabel("steps")
    axes.set_ylabel("loss of the batch")
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return described(figure, "The losses of batches, step by step. " + "; ".join(words) + ".")


def training_and_test(runs: Mapping[str, Mapping[str, Sequence[float]]]) -> Picture:
    """Draw, for each run beside the others, the loss on what it learned from and on what it never saw.

    Parameters
    ----------
    runs : mapping of str to mapping
        For each run ``step``, ``train_loss`` and ``test_loss``, one entry for each epoch.
    """
    figure, axes = new_figure(columns=len(runs), width=9.5, height=2.9, sharex=True, sharey=True, squeeze=False)
    words = []
    for ax, (name, run) in zip(axes[0], runs.items(), strict=True):
        ax.plot(run["step"], run["train_loss"], color=COLOURS["blue"], label="training pictures")
        ax.plot(run["step"], run["test_loss"], color=COLOURS["red"], linestyle="--", label="test pictures")
        ax.set_title(name, fontsize=9)
        ax.set_xlabel("steps")
        words.append(
            f"{name}: at the end training loss {run['train_loss'][-1]:.2f}, test loss {run['test_loss'][-1]:.2f}; "
            f"test loss at its lowest {min(run['test_loss']):.2f}"
        )
    axes[0, 0].set_ylabel("loss")
    axes[0, 0].set_ylim(0, 2.4)
    axes[0, 0].legend(frameon=False, fontsize=8)
    return described(figure, "Loss over the steps. " + "; ".join(words) + ".")


def test_curves(runs: Mapping[str, tuple[int, Any]]) -> Picture:
    """Draw how many test pictures several networks name rightly: over the pictures they learned from, and over time.

    Parameters
    ----------
    runs : mapping of str to (int, History)
        For each network, with a few words about it: how many pictures it learns from in one step, and its history.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator

    figure, axes = new_figure(columns=2, width=9.5, height=3.8, sharey=True)
    words = []
    for (name, (batch_size, run)), (colour, line), marker in zip(runs.items(), LINES, "os^D", strict=False):
        accuracy = 100 * np.asarray(run.column("test_accuracy"))
        shown = batch_size * np.asarray(run.column("step"))
        minutes = np.asarray(run.column("seconds")) / 60
        for ax, places in zip(axes, (shown, minutes), strict=True):
            ax.plot(places, accuracy, color=COLOURS[colour], marker=marker, linestyle=line, markersize=5, label=name)
        words.append(
            f"{name}: {accuracy[0]:.1f}% after {shown[0]:,} pictures, at the end "
            f"{accuracy[-1]:.1f}% after {shown[-1]:,} pictures and {minutes[-1]:.2g} minutes"
        )
    for ax, label in zip(axes, ("pictures learned from, repeats counted", "minutes"), strict=True):
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_minor_locator(LogLocator(subs=()))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}"))
        ax.set_xlabel(f"{label} (log scale)")
        ax.grid(axis="y", color=INK, alpha=0.25, linewidth=0.6)
        ax.tick_params(axis="x", labelsize=8)
    axes[0].set_ylabel("right answers in %")
    figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, fontsize=9, loc="outside upper center", ncols=2)
    return described(
        figure, f"Test accuracy, each marker the end of an epoch, in two charts on log scales. {'; '.join(words)}."
    )


def kernel_race(races: Mapping[str, Mapping[str, tuple[float, Any]]], facts: Mapping[str, str]) -> Picture:
    """Draw the test accuracy of several networks over the work that each has done, once for each race.

    Parameters
    ----------
    races : mapping of str to mapping of str to (float, History)
        For each race, for each network: the billions of multiplications of one step, and the history of its training.
    facts : mapping of str to str
        For each network a few words for the legend, such as its number of parameters.
    """
    figure, axes = new_figure(columns=len(races), width=9.5, height=3.6, sharey=True, squeeze=False)
    ends = []
    for ax, (race, runs) in zip(axes[0], races.items(), strict=True):
        for (name, (work, run)), (colour, line), marker in zip(runs.items(), LINES, "os^D", strict=False):
            accuracy = 100 * np.asarray(run.column("test_accuracy"))
            done = work * np.asarray(run.column("step"))
            label = f"{name}: {facts[name]}"
            ax.plot(done, accuracy, color=COLOURS[colour], marker=marker, linestyle=line, label=label)
            ends.append(f"{race}, {name} ({facts[name]}): {len(accuracy)} epochs, at the end {accuracy[-1]:.1f}%")
        ax.set_ylim(0, 100)
        ax.set_xlim(left=0)
        ax.set_title(race, fontsize=9)
        ax.set_xlabel("billions of multiplications, forwards")
    axes[0, 0].set_ylabel("right answers in %")
    axes[0, -1].legend(frameon=False, fontsize=9, loc="lower right")
    return described(figure, "Test accuracy over the work done; each marker is an epoch. " + "; ".join(ends) + ".")
