"""What a run shows while it runs: a line in a terminal, a bar or a growing curve in a notebook; given as `progress`."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, TextIO

from .history import History, Progress

if TYPE_CHECKING:
    from ..figures.base import Picture

__all__ = ["LiveBar", "LiveCurve", "ProgressLine", "history_figure"]


class ProgressLine:
    """Shows a bar that fills in a terminal; everywhere else a line every ten seconds; and one line for each epoch.

    Parameters
    ----------
    stream : text file, optional
        Where to; standard error by default.

    Examples
    --------
    >>> row = {"epoch": 1, "step": 468, "seconds": 5.0, "train_loss": 0.5, "train_accuracy": 0.8}
    >>> row |= {"test_accuracy": 0.85, "test_pictures": 10000}
    >>> line = ProgressLine(sys.stdout)
    >>> line(Progress(1, 1.0, 5.0, 0.5, History([row]), epoch_done=True))
    epoch   1     5 s  loss 0.500  training 80.0%  test 85.00%
    """

    def __init__(self, stream: TextIO | None = None):
        self.stream = stream or sys.stderr
        self.last = 0.0  # when the bar was drawn
        self.line_due = 10.0  # seconds of the run

    def __call__(self, news: Progress) -> None:
        """Show the news; at most five times a second between the epochs."""
        terminal = self.stream.isatty()
        if news.epoch_done:
            row = news.history.rows[-1]
            line = (
                f"epoch {row['epoch']:3.0f} {row['seconds']:5.0f} s  loss {row['train_loss']:.3f}  "
                f"training {row['train_accuracy']:.1%}  test {row['test_accuracy']:.2%}"
            )
            self._print(news, line, "\n")
        elif terminal and time.monotonic() - self.last > 0.2:
            self.last = time.monotonic()
            self._print(news, f"[{'#' * round(30 * news.fraction):<30}] {_line(news)}", "")
        elif not terminal and news.seconds >= self.line_due:
            self._print(news, f"{news.seconds:5.0f} s  {_line(news)}", "\n")
        if news.epoch_done or news.seconds >= self.line_due:
            self.line_due = news.seconds + 10
        if news.finished:
            self.line_due = 10.0
            if terminal and not news.epoch_done:
                print(file=self.stream, flush=True)  # nothing is written over the bar

    def _print(self, news: Progress, line: str, end: str) -> None:
        clear = "\r\033[K" if self.stream.isatty() else ""
        print(clear + (f"{news.name}  " if news.name else "") + line, end=end, file=self.stream, flush=True)


def _line(news: Progress) -> str:
    words = [f"{news.fraction:4.0%}", f"epoch {news.epoch}", f"loss {news.loss:.3f}", news.tested, news.left]
    return "  ".join(word for word in words if word)


class LiveBar:
    """Shows, in a notebook, a bar that fills while a network is trained; elsewhere it is a `ProgressLine`."""

    def __init__(self) -> None:
        self.line = None if _in_notebook() else ProgressLine()
        self.bar = _Shown()

    def __call__(self, news: Progress) -> None:
        """Take the news, and show them when it is time."""
        if self.line is not None:
            self.line(news)
            return
        if news.finished:
            self.bar.show(lambda: _Bar(news))
            self.bar = _Shown()  # the next run has a bar of its own
        elif self.bar.quiet_for() > 0.5:
            self.bar.show(lambda: _Bar(news))


class LiveCurve(LiveBar):
    """Draws, in a notebook, a bar and a curve that grow while a network is trained; elsewhere it is a `ProgressLine`.

    Parameters
    ----------
    every : float
        Seconds between two drawings, at least. Drawing never takes more than a twentieth of the time.
    """

    def __init__(self, every: float = 2.0):
        super().__init__()
        self.every = every
        self.picture = _Shown()
        self.drawn = 0  # how many measurements are in the picture

    def __call__(self, news: Progress) -> None:
        """Take the news, and draw when it is time."""
        super().__call__(news)
        if self.line is not None:
            return
        measured = len(news.history.points) + len(news.history.rows)
        due = self.picture.quiet_for() > max(self.every, 20 * self.picture.took)
        if news.finished or (measured > self.drawn and due):
            self.picture.show(lambda: history_figure(news.history))
            self.drawn = measured
        if news.finished:
            self.picture, self.drawn = _Shown(), 0


class _Shown:
    """One place in the output of a cell, which is shown anew again and again."""

    def __init__(self) -> None:
        self.handle: Any = None
        self.ended = float("-inf")
        self.took = 0.0

    def quiet_for(self) -> float:
        """Return the seconds since it was last shown."""
        return time.monotonic() - self.ended

    def show(self, make: Callable[[], Any]) -> None:
        """Make what is to be shown, and show it; `took` says how long both took."""
        from IPython.display import display

        began = time.monotonic()
        what = make()
        if self.handle is None:
            self.handle = display(what, display_id=True)
        else:
            self.handle.update(what)
        self.ended = time.monotonic()
        self.took = self.ended - began


class _Bar:
    """A bar and a line of words."""

    def __init__(self, news: Progress):
        words = [news.name] if news.name else []
        if not news.finished:
            words += [f"{news.fraction:.0%}", f"epoch {news.epoch}", f"loss {news.loss:.3f}", news.tested, news.left]
        else:
            words += [f"{news.step:,} steps in {news.seconds:.0f} s", news.tested, news.history.stopped]
        self.fraction, self.words = news.fraction, " · ".join(word for word in words if word)

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        bar = f'<progress value="{self.fraction:.3f}" max="1" aria-label="training" style="width:10em"></progress>'
        return f"<div>{bar} {escape(self.words)}</div>"


def _in_notebook() -> bool:
    """Return whether what is displayed can be replaced later: only a kernel's front ends do that."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def history_figure(history: History) -> Picture:
    """Draw loss and accuracy over the seconds of a run.

    A training figure is the mean over the time since the one before, in which the network still learned: it stands in
    the middle of that time. A test figure is of the moment where it stands.

    Parameters
    ----------
    history : History
        As `train` returns it.

    Returns
    -------
    Picture
        With its description in words.
    """
    from ..figures.base import COLOURS, described, new_figure

    figure, (left, right) = new_figure(columns=2, width=8, height=3)
    means = history.points if len(history.points) > len(history.rows) else history.rows
    for axes, kind, scale in ((left, "loss", 1), (right, "accuracy", 100)):
        ends = [0.0] + [row["seconds"] for row in means]
        middles = [(begin + end) / 2 for begin, end in itertools.pairwise(ends)]
        axes.plot(middles, [scale * row[f"train_{kind}"] for row in means], color=COLOURS["blue"], marker=".",
                  label="training (mean while learning)")  # fmt: skip
        for rows, style, colour in ((history.points, ".-", "orange"), (history.rows, "s", "red")):
            if rows:
                values = [scale * row[f"test_{kind}"] for row in rows]
                label = f"test ({rows[-1]['test_pictures']:,} pictures)"
                axes.plot([row["seconds"] for row in rows], values, style, color=COLOURS[colour], label=label)
        axes.set_xlabel("seconds")
        axes.set_xlim(left=0)
    left.set_ylabel("loss")
    right.set_ylabel("right answers in %")
    if means:
        right.legend(frameon=False)
    return described(figure, _in_words(history))


def _in_words(history: History) -> str:
    measured = sorted(history.points + history.rows, key=lambda row: row["step"])
    if not measured:
        return "Two empty graphs for loss and accuracy: nothing is measured yet."
    first, last = measured[0], measured[-1]
    return (
        f"Loss and accuracy over {last['seconds']:.0f} seconds, {last['step']:,} steps. Training loss goes from "
        f"{first['train_loss']:.2f} to {last['train_loss']:.2f}; test accuracy from {first['test_accuracy']:.1%} "
        f"to {last['test_accuracy']:.1%}."
    )
