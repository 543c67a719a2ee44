"""An interrupt (Ctrl-C, the square button) waits until a step is whole, so that no network is left half changed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

__all__ = ["Interrupts", "interrupts_wait"]


class Interrupts:
    """Counts the interrupts that came, instead of letting each one raise a KeyboardInterrupt where it falls.

    Attributes
    ----------
    count : int
        How many came so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._may_raise = False

    def __call__(self, number: int, frame: Any) -> None:
        """Note one interrupt: what `signal.signal` is given."""
        self.count += 1
        if self._may_raise and self.count > 1:
            self._may_raise = False
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def second_one_raises(self) -> Iterator[None]:
        """Let a second interrupt raise a KeyboardInterrupt inside: code of others may never end by itself."""
        self._may_raise = True
        try:
            yield
        finally:
            self._may_raise = False


@contextlib.contextmanager
def interrupts_wait() -> Iterator[Interrupts]:
    """Count interrupts while the block runs; the handler from before is back afterwards.

    Only Python's main thread is told of signals. In other threads, and where interrupts are ignored, all stays as it
    is, and the count at 0. Inside another such block the outer one's counter is given, so that one interrupt can end
    several trainings.
    """
    before = signal.getsignal(signal.SIGINT)
    if isinstance(before, Interrupts):
        yield before
        return
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield interrupts
        return
    signal.signal(signal.SIGINT, interrupts)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
