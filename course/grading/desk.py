"""Desks: processes at which one learner's work is looked at, each with a clock and a limit on memory.

The process that keeps the class reads no learner's file. It hands a task to a desk, and a desk that is late, or takes
too much memory, or dies, is ended with all that it had in hand and replaced: the others go on. The clock counts what
the desk does itself: while learners' code runs in the sandbox, which has limits of its own, it stands still.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["MEMORY", "SECONDS", "Desks", "Stopped", "ask", "away", "preparing"]

SECONDS = 20.0  # for reading, judging and drawing the work of one learner
MEMORY = 768 * 2**20  # bytes, beyond what a desk has before it begins
PATIENCE = 120.0  # seconds beyond what the sandbox was to take, for a machine that is busy
LONGEST = 300  # characters of what a desk says of its failure

Task = TypeVar("Task")


@dataclass(frozen=True)
class Stopped:
    """The answer to a task that came to no end.

    Parameters
    ----------
    says : str
        Why, as the end of a sentence.
    fault : bool
        It is the grader's own fault, as far as can be told.
    """

    says: str
    fault: bool = False


class Desks:
    """So many desks, started when they are needed; to be closed, as a context is."""

    def __init__(self, count: int = 1, seconds: float = SECONDS, memory: int = MEMORY):
        self._desks = [_Desk(seconds, memory) for _ in range(max(count, 1))]

    def __enter__(self) -> Desks:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """End every desk, and what it has in hand."""
        for desk in self._desks:
            desk.close()

    def do_all(self, work: Callable[[Task], Any], tasks: Iterable[Task]) -> Iterator[tuple[Task, Any]]:
        """Yield (task, answer) as answers come; an answer is `Stopped` where there is none.

        Parameters
        ----------
        work : callable
            A function of a module, so that another process can find it.
        tasks : iterable
            Read as they are needed, never all at once.
        """
        waiting = iter(tasks)
        in_hand: dict[_Desk, Task] = {}
        try:
            while True:
                for desk in self._desks:
                    if desk not in in_hand:
                        try:
                            in_hand[desk] = task = next(waiting)
                        except StopIteration:
                            break
                        desk.give(work, task)
                if not in_hand:
                    return
                for desk, answer in _answers(list(in_hand)):
                    yield in_hand.pop(desk), answer
        finally:
            for desk in in_hand:  # nobody asks any more
                desk.end()


def ask(desks: Desks, work: Callable[[Task], Any], task: Task) -> Any:
    """Return a desk's answer to one task; `Stopped` where there is none."""
    ((_, answer),) = desks.do_all(work, [task])
    return answer


def _answers(desks: list[_Desk]) -> list[tuple[_Desk, Any]]:
    """Wait until at least one of these desks has something to say, or is late; return the answers."""
    while True:
        ready = wait([desk.line for desk in desks], max(0.0, min(desk.deadline for desk in desks) - time.monotonic()))
        silent = [desk for desk in desks if desk.line not in ready]
        found = [(desk, desk.hear()) for desk in desks if desk not in silent]
        answers = [(desk, answer) for desk, answer in found if answer is not _NOT_YET]
        for desk in silent:
            if desk.deadline < time.monotonic():
                desk.end()
                answers.append((desk, Stopped(f"it took longer than {desk.seconds:g} seconds to read and to judge")))
        if answers:
            return answers


_NOT_YET = object()


class _Desk:
    """One desk, seen from the process that keeps the class."""

    def __init__(self, seconds: float, memory: int):
        self.seconds, self.memory = seconds, memory
        self.deadline = 0.0
        self._left = 0.0  # seconds on the clock
        self._went = 0.0  # when the clock began to run, or stopped
        self._tried = 0
        self._work: tuple[Callable[[Any], Any], Any] | None = None
        self._line: Connection | None = None
        self._process: Any = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def line(self) -> Connection:
        """The connection to the desk."""
        assert self._line is not None
        return self._line

    def give(self, work: Callable[[Any], Any], task: Any) -> None:
        """Hand over a task."""
        self._work, self._tried = (work, task), 0
        self._send()

    def _send(self) -> None:
        self._tried += 1
        self._left = self.seconds
        if self._process is None or not self._process.is_alive():
            self.end()
            self._start()
            self.deadline = time.monotonic() + PATIENCE  # until it says that it is there
        else:
            self._run_on()
        with contextlib.suppress(OSError):  # it has just died: hear() finds its end
            self.line.send(self._work)

    def _run_on(self) -> None:
        self._went = time.monotonic()
        self.deadline = self._went + self._left

    def hear(self) -> Any:
        """Return the desk's answer, or that there is none yet."""
        try:
            kind, content = self.line.recv()
        except (EOFError, OSError):
            self._process.join(5)
            code = self._process.exitcode
            self.end()
            if self._tried < 2:  # the machine's doing, perhaps
                self._send()
                return _NOT_YET
            self._work = None
            return Stopped(f"the process that read it ended by itself, twice (exit code {code})")
        if kind == "away":
            self._left -= time.monotonic() - self._went
            self.deadline = time.monotonic() + content + PATIENCE
            return _NOT_YET
        if kind == "back":
            self._run_on()
            return _NOT_YET
        self._work = None
        if kind == "failed":
            self.end()  # what it left in the process is not known
            says, fault = content
            return Stopped(says, fault)
        return content

    def _start(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="course-grade-", ignore_cleanup_errors=True)
        method = _method()
        context: Any = multiprocessing.get_context(method)
        self._line, theirs = context.Pipe()
        given = (theirs, self._folder.name, self.memory, method == "fork")
        self._process = context.Process(target=_attend, args=given, daemon=True)
        with _may_have_children(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of forks beside threads
            self._process.start()
        theirs.close()

    def close(self) -> None:
        """End the desk, gently where it has nothing in hand."""
        if self._process is not None and self._work is None:
            with contextlib.suppress(OSError):
                self.line.send(None)
                self._process.join(5)
        self.end()

    def end(self) -> None:
        """End the desk at once, and what is left of it."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self.line.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._process = self._line = self._folder = None


def _method() -> str:
    """Return how a desk is started: a fork costs 10 ms, but is not to be had everywhere, nor safe beside threads."""
    is_main = threading.current_thread() is threading.main_thread()
    return "fork" if sys.platform == "linux" and is_main else "spawn"


@contextlib.contextmanager
def _may_have_children() -> Iterator[None]:
    """Let a process that Dask has started start a desk: as a "daemon" it must not, by Python's rules."""
    config = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = config.get("daemon")
    config["daemon"] = False
    try:
        yield
    finally:
        config["daemon"] = before


# What follows runs at the desk.

_line: Connection | None = None  # to the process that keeps the class
_room = 0  # bytes


def _attend(line: Connection, folder: str, memory: int, is_forked: bool) -> None:
    global _line, _room
    _line, _room = line, memory
    if is_forked:
        _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the process that keeps the class, which ends this one
    tempfile.tempdir = folder
    line.send(("back", None))
    while True:
        try:
            given = line.recv()
        except (EOFError, OSError):
            break
        if given is None:
            break
        _bound()
        kind, content = _done(*given)
        try:
            line.send((kind, content))
        except OSError:
            break
        except BaseException as error:  # it does not fit into the memory, or cannot be sent
            line.send(_failure(error))
    from .results import close_sandboxes

    close_sandboxes()


def _done(work: Callable[[Any], Any], task: Any) -> tuple[str, Any]:
    try:
        return "done", work(task)
    except BaseException as error:
        return _failure(error)


def _failure(error: BaseException) -> tuple[str, tuple[str, bool]]:
    _limit()
    if isinstance(error, MemoryError):
        return "failed", (f"it took more than {_room // 2**20:,} MiB of memory to read and to judge", False)
    if isinstance(error, RecursionError):
        return "failed", ("it is nested too deeply to be read and judged", False)
    try:
        says = f"{type(error).__name__}: {error}"
    except BaseException:
        says = type(error).__name__
    return "failed", (says[:LONGEST], True)


def _end_with_parent() -> None:
    """Let Linux end this process with the one that forked it; elsewhere it ends when it finds the line cut."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        os._exit(1)


def _limit(most: int | None = None) -> int | None:
    """Bound the memory of this process to so many bytes, without them to no number; return the bound that was."""
    try:
        import resource

        before, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = hard if most is None or most < 0 else most if hard < 0 else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (ImportError, OSError, ValueError):
        return None
    return before


def _bound() -> None:
    """Bound the memory of this process to what it has, and as much more as a learner's work may take."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _limit(pages * os.sysconf("SC_PAGE_SIZE") + _room)


@contextlib.contextmanager
def away(seconds: float) -> Iterator[None]:
    """Stop the clock, and bound no memory, while something runs that has limits of its own.

    Parameters
    ----------
    seconds : float
        What it takes at most, but for a machine that is busy.
    """
    line = _line
    if line is None:
        yield
        return
    before = _limit()
    line.send(("away", seconds))
    try:
        yield
    finally:
        _limit(before)
        line.send(("back", None))


@contextlib.contextmanager
def preparing() -> Iterator[None]:
    """Do what is the grader's own, such as to import PyTorch: neither clock nor memory of a learner's work count."""
    with away(PATIENCE):
        yield
    if _line is not None:
        _bound()
