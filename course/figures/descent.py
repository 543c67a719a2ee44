"""Pictures of lesson 2: how a filter is learned, and how far a step of gradient descent may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from .base import COLOURS, Picture, bare, described, new_figure

__all__ = ["learning_figure", "losses_figure", "pairs_figure", "valley_figure"]

Array = NDArray[Any]
History = Sequence[tuple[int, Array, float]]  # (step, kernel, loss)
LEAST = 1e-16  # of a loss that is drawn on a logarithmic scale


def pairs_figure(inputs: Sequence[Array], outputs: Sequence[Array]) -> Picture:
    """Draw pairs of pictures: what goes in above, what should come out below; a row has one scale of grey."""
    count = len(inputs)
    figure, axes = new_figure(2, count, width=1.35 * count + 1.2, height=3.1, squeeze=False)
    said = []
    for row, (name, pictures) in enumerate((("in", inputs), ("wanted", outputs))):
        high = float(np.abs(pictures).max())
        low = -high if np.min(pictures) < 0 else 0.0
        for ax, picture in zip(axes[row], pictures, strict=True):
            bare(ax).imshow(picture, cmap="gray", vmin=low, vmax=high)
        scale = f"black {low:.2g}, white {high:.2g}".replace("-", "−")
        axes[row, 0].set_ylabel(f"{name}\n{scale.replace(', ', chr(10))}", fontsize=9)
        said.append(f"{name}: {scale}")
    words = f"{count} pairs of pictures: above, the picture that goes in; below, the feature map that should come out."
    return described(figure, f"{words} {'; '.join(said)}.")


def learning_figure(history: History, target: Array, shown: int = 6) -> Picture:
    """Draw a kernel as it learns: snapshots, the kernel it is after, and the loss.

    Parameters
    ----------
    history : sequence of (step, kernel, loss)
        The kernel after so many steps, and the mean squared error that it makes.
    target : ndarray of shape (f_h, f_w)
        The kernel that made the wanted pictures.
    shown : int
        How many snapshots to draw, more of them from the beginning.
    """
    picks = np.unique(np.round(np.geomspace(1, len(history), shown)).astype(int) - 1)
    figure, axes = new_figure(2, 1, width=9.5, height=4.8, gridspec_kw={"height_ratios": [1, 1.25]})
    bare(axes[0]).set_title("the filter; black is 0, white is 1", fontsize=10)
    width = 1 / (len(picks) + 1)
    moments = [(f"step {history[k][0]}" if k else "start: random", history[k][1]) for k in picks]
    for place, (title, kernel) in enumerate([*moments, ("wanted", target)]):
        inset = axes[0].inset_axes((place * width, 0, 0.88 * width, 0.84))
        inset.imshow(kernel, cmap="gray", vmin=0, vmax=1)
        bare(inset).set_title(title, fontsize=9)
        for side in inset.spines.values():
            side.set(visible=True, color=COLOURS["orange"], linewidth=2)
    _loss(axes[1], history, "blue")
    axes[1].plot(picks, [max(history[k][2], LEAST) for k in picks], "o", color=COLOURS["red"], label="shown above")
    axes[1].legend(fontsize=9)
    gap = float(np.abs(history[-1][1] - target).max())
    words = (
        f"A kernel of {target.shape[0]} × {target.shape[1]} at {len(picks)} moments, from random numbers to step "
        f"{history[-1][0]}, beside the wanted one; below, the mean squared error, which falls from "
        f"{history[0][2]:.2g} to less than {_above(history[-1][2])}. At the end the worst weight is "
        f"{f'{gap:.2f}' if gap > 0.05 else f'less than {_above(gap)}'} away from the wanted one."
    )
    return described(figure, words)


def losses_figure(histories: Mapping[str, History]) -> Picture:
    """Draw the losses of several runs over their steps, with a legend."""
    figure, axes = new_figure(width=8.6, height=3.2)
    ends = []
    for (name, history), (colour, style) in zip(
        histories.items(), (("blue", "-"), ("red", "-"), ("green", "--")), strict=False
    ):
        _loss(axes, history, colour, style, name)
        ends.append(f"{name}: from {history[0][2]:.2g} to less than {_above(history[-1][2])}")
    axes.legend(fontsize=9)
    return described(figure, f"A chart of the mean squared error on a logarithmic scale. {'; '.join(ends)}.")


def valley_figure(paths: Mapping[str, History], curvatures: tuple[float, float]) -> Picture:
    """Draw the loss of two weights as a valley seen from above, and the ways that runs take to its lowest point.

    Parameters
    ----------
    paths : mapping of str to sequence of (step, weights, loss)
        For each run its name, and where it was after each step; the lowest point is (0, 0).
    curvatures : tuple of float
        How strongly the loss bends along the first weight and along the second.
    """
    figure, grid = new_figure(columns=len(paths), width=2.95 * len(paths), height=3.4, squeeze=False)
    far = max(float(np.abs(weights).max()) for history in paths.values() for _, weights, _ in history) * 1.1
    across, along = np.meshgrid(np.linspace(-far, far, 121), np.linspace(-far, far, 121))
    loss = curvatures[0] * across**2 + curvatures[1] * along**2
    parts = []
    for axes, (name, history) in zip(grid[0], paths.items(), strict=True):
        axes.contour(
            across, along, loss, levels=np.geomspace(1e-3, loss.max(), 9), colors=COLOURS["grey"], linewidths=0.8
        )
        way = np.array([weights for _, weights, _ in history])
        axes.plot(*way.T, "o-", color=COLOURS["blue"], markersize=3, linewidth=1)
        axes.plot(*way[0], "s", color=COLOURS["red"], markersize=7, label="start")
        axes.plot(0, 0, "*", color=COLOURS["green"], markersize=12, label="lowest point")
        left = float(np.linalg.norm(way[-1]))
        axes.set(xlabel="steep weight", ylabel="gentle weight", aspect="equal")
        axes.set_title(f"{name}\nafter {history[-1][0]} steps {left:.2f} away", fontsize=10)
        parts.append(f"{name}: after {history[-1][0]} steps {left:.2f} away from the lowest point")
    figure.legend(
        *grid[0, 0].get_legend_handles_labels(), fontsize=9, ncols=2, loc="outside lower center", frameon=False
    )
    return described(figure, f"A long, narrow valley from above, and the ways that lead down it. {'; '.join(parts)}.")


def _loss(axes: Axes, history: History, colour: str, style: str = "-", name: str | None = None) -> None:
    """Draw the losses of one run on a logarithmic scale."""
    losses = [max(loss, LEAST) for _, _, loss in history]
    axes.semilogy([step for step, _, _ in history], losses, style, color=COLOURS[colour], linewidth=2, label=name)
    axes.set(xlabel="steps of gradient descent", ylabel="mean squared error")
    axes.grid(alpha=0.4)


def _above(number: float) -> str:
    """Return the next power of ten above a number: it is the same on machines that round differently."""
    return f"{10.0 ** (np.floor(np.log10(max(number, 1e-12))) + 1):g}"
