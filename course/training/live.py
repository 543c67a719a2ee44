"""What a run shows while it runs: a line in a terminal, a growing curve in a notebook. Both are given as `progress`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from .history import History, Progress

if TYPE_CHECKING:
    from ..figures.base import Picture

__all__ = ["LiveCurve", "ProgressLine", "history_figure"]


class ProgressLine:
    """Shows a bar that fills in a terminal, and one line for each epoch everywhere.

    Parameters
    ----------
    stream : text file, optional
        Where to; standard error by default.

    Examples
    --------
    >>> row = {"epoch": 1, "seconds": 5.0, "train_loss": 0.5, "train_accuracy": 0.8, "test_accuracy": 0.85}
    >>> line = ProgressLine(sys.stdout)
    >>> line(Progress(1, 1.0, 5.0, 0.5, History([row]), epoch_done=True))
    epoch   1     5 s  loss 0.500  training 80.0%  test 85.00%
    """

    def __init__(self, stream: TextIO | None = None):
        self.stream = stream or sys.stderr
        self.last = 0.0

    def __call__(self, news: Progress) -> None:
        """Show the news; at most five times a second between the epochs."""
        terminal = self.stream.isatty()
        if news.epoch_done:
            row = news.history.rows[-1]
            line = (
                f"epoch {row['epoch']:3.0f} {row['seconds']:5.0f} s  loss {row['train_loss']:.3f}  "
                f"training {row['train_accuracy']:.1%}  test {row['test_accuracy']:.2%}"
            )
            print(("\r\033[K" if terminal else "") + line, file=self.stream, flush=True)
        elif terminal and time.monotonic() - self.last > 0.2:
            self.last = time.monotonic()
            bar = "#" * round(30 * news.fraction)
            left = news.seconds * (1 / max(news.fraction, 1e-3) - 1)
            text = f"\r\033[K[{bar:<30}] {news.fraction:4.0%}  epoch {news.epoch}  loss {news.loss:.3f}"
            print(f"{text}  {left:.0f} s left", end="", file=self.stream, flush=True)


class LiveCurve:
    """Draws, in a notebook, a curve that grows while the network is trained.

    Parameters
    ----------
    every : float
        Seconds between two drawings; an epoch that ends is always drawn.
    """

    def __init__(self, every: float = 2.0):
        self.every = every
        self.last = 0.0
        self.losses: list[tuple[float, float]] = []
        self.handle: Any = None

    def __call__(self, news: Progress) -> None:
        """Take the news, and draw when it is time."""
        if not news.epoch_done:
            self.losses.append((news.seconds, news.loss))
            if time.monotonic() - self.last < self.every:
                return
        from IPython.display import display

        picture = history_figure(news.history, self.losses)
        if self.handle is None:
            self.handle = display(picture, display_id=True)
        else:
            self.handle.update(picture)
        self.last = time.monotonic()


def history_figure(history: History, losses: list[tuple[float, float]] | None = None) -> Picture:
    """Draw loss and accuracy over the seconds of a run.

    Parameters
    ----------
    history : History
        As `train` returns it.
    losses : list of (seconds, loss), optional
        The losses of single batches, drawn smoothed behind the epochs.

    Returns
    -------
    Picture
        With its description in words.
    """
    from ..figures.base import COLOURS, described, new_figure

    figure, (left, right) = new_figure(columns=2, width=8, height=3)
    if losses:
        smooth, level = [], losses[0][1]
        for _, loss in losses:
            level = 0.95 * level + 0.05 * loss
            smooth.append(level)
        left.plot([second for second, _ in losses], smooth, color=COLOURS["grey"], linewidth=1, label="batches")
    seconds = history.column("seconds")
    for axes, kind, scale in ((left, "loss", 1), (right, "accuracy", 100)):
        for split, colour, marker in (("train", "blue", "o"), ("test", "orange", "s")):
            values = [scale * value for value in history.column(f"{split}_{kind}")]
            label = {"train": "training", "test": "test"}[split]
            axes.plot(seconds, values, color=COLOURS[colour], marker=marker, markersize=4, label=label)
        axes.set_xlabel("seconds")
        if axes.get_lines():
            axes.legend(frameon=False)
    left.set_ylabel("loss")
    right.set_ylabel("right answers in %")
    return described(figure, _in_words(history))


def _in_words(history: History) -> str:
    if not history.rows:
        return "Two empty graphs for loss and accuracy: no epoch has ended yet."
    first, last = history.rows[0], history.rows[-1]
    return (
        f"Loss and accuracy over {last['seconds']:.0f} seconds, {len(history.rows)} epochs. Training loss goes from "
        f"{first['train_loss']:.2f} to {last['train_loss']:.2f}; test accuracy from {first['test_accuracy']:.1%} "
        f"to {last['test_accuracy']:.1%}."
    )
