"""A line that tells how far a loop is, while it runs, and that is gone without a trace when it ends."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from .errors import argument_error

__all__ = ["track", "waiting"]

FIRST = 1.0  # seconds without a line
EVERY = 0.25  # seconds between two states of the line
CELLS = 20  # of the bar

Item = TypeVar("Item")


class Line(Protocol):
    """A place for one line of text."""

    def show(self, text: str) -> None:
        """Replace the text by another."""

    def close(self) -> None:
        """Take the line away."""


def track(iterable: Iterable[Item], words: str, total: int | None = None) -> Generator[Item, None, None]:
    """Go over some items, and tell how far it is from the first second on.

    A notebook shows the line at the lower edge of its window, a terminal on standard error. At the end nothing is
    left of it, also after an error or an interrupt: what a cell has printed stays as it is.

    Parameters
    ----------
    iterable : iterable
        The items.
    words : str
        What is done, such as "learning".
    total : int, optional
        How many items there are; without it, what `len` says, where it says anything.

    Examples
    --------
    >>> sum(track(range(5), "adding"))
    10
    """
    if not isinstance(words, str):
        raise argument_error("track", "words", "be a text", words, 'Say what is done, such as "learning".')
    if total is None:
        with contextlib.suppress(TypeError):
            total = len(iterable)  # type: ignore[arg-type]
    return _tracked(iterable, words, total)


@contextlib.contextmanager
def waiting(words: str) -> Iterator[None]:
    """Tell how long something takes that is no loop, with the line of `track`.

    Parameters
    ----------
    words : str
        What is done, such as "checking conv2d".

    Examples
    --------
    >>> with waiting("adding"):
    ...     total = 2 + 3
    """
    line = track([None], words)
    next(line)
    try:
        yield
    finally:
        line.close()


def _tracked(iterable: Iterable[Item], words: str, total: int | None) -> Generator[Item, None, None]:
    done, start, ended = 0, time.monotonic(), threading.Event()

    def tell() -> None:
        """Keep the line up to date until the loop ends: one item may take longer than a second."""
        with contextlib.suppress(Exception):  # no line is worth an error
            if ended.wait(FIRST) or (line := _line()) is None:
                return
            with contextlib.closing(line):
                line.show(in_words(words, done, total, time.monotonic() - start))
                while not ended.wait(EVERY):
                    line.show(in_words(words, done, total, time.monotonic() - start))

    teller = threading.Thread(target=tell, name="course.track", daemon=True)
    teller.start()
    try:
        for item in iterable:
            yield item
            done += 1
    finally:
        ended.set()
        teller.join(timeout=5)


def in_words(words: str, done: int, total: int | None, seconds: float) -> str:
    """Return the line.

    Examples
    --------
    >>> in_words("learning", 15, 60, 4)
    'learning: 15 of 60  █████░░░░░░░░░░░░░░░  about 12 s left'
    >>> in_words("reading", 1500, None, 4)
    'reading: 1,500 done, 4 s'
    """
    if total == 1:
        return f"{words}: {seconds:.0f} s so far"
    if not total:
        return f"{words}: {done:,} done, {seconds:.0f} s"
    share = min(done / total, 1)
    bar = "█" * int(CELLS * share)
    left = f"about {seconds / share - seconds:.0f} s left" if done else f"{seconds:.0f} s so far"
    return f"{words}: {done:,} of {total:,}  {bar:░<{CELLS}}  {left}"


class _TerminalLine:
    """The last line of a terminal."""

    def show(self, text: str) -> None:
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _line() -> Line | None:
    """Return the line that this place can show, or None where it can show none."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if hasattr(shell, "kernel"):
        from .widgets.waiting import Waiting

        return Waiting()
    return _TerminalLine() if sys.stderr.isatty() else None
