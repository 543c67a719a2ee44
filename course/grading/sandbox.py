"""Starting, asking and stopping the process that runs learners' code, in the best sandbox that this machine has."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import select
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from .. import cell
from ..cell import wire
from ..errors import CourseError

__all__ = ["LEVELS", "Answer", "Limits", "Sandbox", "best_level", "describe"]

LEVELS = {
    "namespaces": "each exercise alone in namespaces of its own: no network, no files but Python's, no other process",
    "limits": "a process of its own with limits on time and memory, but with sight of this machine's files and network",
}
# Where a package's files lie, its own needs among them, and what to import before anybody's code runs.
PACKAGES = {
    "torch": ("torch", "torchgen", "functorch", "typing_extensions.py", "sympy", "mpmath", "networkx", "jinja2",
              "markupsafe", "filelock", "fsspec"),
    "scipy": ("scipy", "scipy.libs"),
}  # fmt: skip
IMPORTS = {
    "torch": ("torch", "torch.nn.functional", "torch.optim", "torch._dynamo"),
    "scipy": ("scipy", "scipy.ndimage", "scipy.signal"),
}
CELL = Path(cell.__file__).parent
PATIENCE = 60.0  # seconds for a worker to import NumPy and get ready, on a machine that is busy


@dataclass(frozen=True)
class Limits:
    """What one exercise may use.

    Parameters
    ----------
    seconds : float
        Wall-clock time for all of its cases.
    memory : int
        Bytes, of all its processes together.
    room : int
        Bytes of files.
    output : int
        Bytes that it sends back.
    processes : int
        Processes and threads at once.
    """

    seconds: float = 10.0
    memory: int = 768 * 2**20
    room: int = 16 * 2**20
    output: int = 32 * 2**20
    processes: int = 16


@dataclass(frozen=True)
class Answer:
    """What came back for one exercise.

    Parameters
    ----------
    status : {"done", "timeout", "memory", "output", "ended", "broken"}
    detail : str
        The exit code, or what broke.
    data : bytes
        Frames of outcomes, made by the learner's process: trust nothing in them.
    times : tuple of (int, float)
        How many bytes had come by how many seconds after the start, in order: the grader's own clock.
    """

    status: str
    detail: str = ""
    data: bytes = b""
    times: tuple[tuple[int, float], ...] = ()


class Sandbox:
    """A worker process, started when it is first needed and again when it breaks.

    Parameters
    ----------
    level : {"namespaces", "limits"}
    limits : Limits
    packages : tuple of str
        What is there beside Python's own library and NumPy: a key of `PACKAGES`.
    """

    def __init__(self, level: str | None = None, limits: Limits | None = None, packages: tuple[str, ...] = ()) -> None:
        self.limits = limits or Limits()
        self.level = level or best_level()
        self.packages = packages
        self._others: dict[tuple[str, ...], Sandbox] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def having(self, packages: tuple[str, ...]) -> Sandbox:
        """Return a sandbox like this one that has these packages; it is closed with this one."""
        if packages == self.packages:
            return self
        if packages not in self._others:
            self._others[packages] = Sandbox(self.level, self.limits, packages)
        return self._others[packages]

    def run(self, content: dict[str, Any], body: bytes) -> Answer:
        """Run one job and return what it gave; a job that the worker does not survive is "broken"."""
        try:
            job = wire.pack(content, body)
        except wire.WireError as error:
            return Answer("broken", str(error))
        try:
            process = self._ready()
            assert process.stdin is not None
            process.stdin.write(job)
            process.stdin.flush()
            status, data = self._frame(time.monotonic() + max(self.limits.seconds, content.get("seconds", 0)) + 20)
            if not (isinstance(status, dict) and isinstance(status.get("status"), str)):
                raise wire.WireError("no status came back")
            return Answer(status["status"], str(status.get("detail", ""))[:200], bytes(data))
        except TimeoutError:
            self.close(at_once=True)
            return Answer("timeout")
        except (OSError, EOFError, wire.WireError) as error:
            self.close(at_once=True)
            return Answer("broken", f"{type(error).__name__}: {error}")
        except BaseException:  # Ctrl-C: its answer, still to come, must not be taken for that of the next job
            self.close(at_once=True)
            raise
        finally:
            if not hasattr(os, "fork"):
                self.close()

    def close(self, at_once: bool = False) -> None:
        """End the worker and all that it started.

        Parameters
        ----------
        at_once : bool
            Do not wait for it to see that its input has ended.
        """
        while self._others:
            self._others.popitem()[1].close(at_once)
        process, self._process = self._process, None
        if process is not None:
            if not at_once and process.stdin is not None:
                with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                    process.stdin.close()
                    process.wait(2)
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            process.wait()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            if self.level == "limits":  # elsewhere each exercise has a folder of its own, in memory
                self._folder = tempfile.TemporaryDirectory(prefix="course-grade-", ignore_cleanup_errors=True)
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-s", "-B", str(CELL / "worker.py"), json.dumps(self._settings())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=_log(), env=_environment(),
                cwd=self._folder.name if self._folder else os.path.abspath(os.sep),
                start_new_session=hasattr(os, "setsid"),
            )  # fmt: skip
            ready, _ = self._frame(time.monotonic() + PATIENCE)
            if ready != {"ready": True}:
                raise wire.WireError("the worker did not start")
        return self._process

    def _settings(self) -> dict[str, Any]:
        packages = Path(np.__file__).resolve().parent.parent  # inside the sandbox no link leads anywhere
        standard = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
        names = ["numpy", "numpy.libs", *(name for package in self.packages for name in PACKAGES[package])]
        libraries = [str(packages / name) for name in names if (packages / name).exists()]
        return {
            **asdict(self.limits),
            "level": self.level,
            "modules": {name: str(CELL / f"{name}.py") for name in ("run", "wire", "confine", "standins")},
            "packages": str(packages),
            "imports": [name for package in self.packages for name in IMPORTS[package]],
            "importable": bool(self.packages),
            "standard": sorted(standard),
            "libraries": [*libraries, os.devnull],
            "covered": [str(Path(path) / name) for path in standard for name in ("site-packages", "dist-packages")],
            "user": 1_500_000_000 + os.getpid(),
            "folder": self._folder.name if self._folder else "",
        }

    def _frame(self, deadline: float) -> tuple[Any, memoryview]:
        assert self._process is not None
        assert self._process.stdout is not None
        head = _read(self._process.stdout, wire.HEAD.size, deadline)
        sizes = wire.HEAD.unpack(head)
        if sizes[0] > wire.MOST_HEAD or sizes[1] > wire.MOST_BODY:
            raise wire.WireError("a frame is too large")
        return next(wire.frames_in(head + _read(self._process.stdout, sum(sizes), deadline)))


def _read(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    if not hasattr(os, "fork"):  # pipes cannot be waited for: the worker's own end tells
        return pipe.read(size)
    parts: list[bytes] = []
    while size:
        if not select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
            raise TimeoutError
        part = os.read(pipe.fileno(), min(size, 2**20))
        if not part:
            raise EOFError("the worker ended")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _log() -> int | None:
    return None if os.environ.get("COURSE_GRADING_LOG") else subprocess.DEVNULL


def _environment() -> dict[str, str]:
    """Return the whole environment of the worker: nothing of the grader's, and the same order of sets every time."""
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    fixed = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LC_ALL": "C", **one_thread}
    system = {
        name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ
    }  # Windows starts nothing without
    return {**fixed, **system}


@functools.cache
def best_level() -> str:
    """Return the strongest level that works on this machine, by trying."""
    if sys.platform == "linux" and _works("namespaces"):
        return "namespaces"
    return "limits"


def _works(level: str) -> bool:
    job: dict[str, Any] = {"exercise": "probe", "cells": [[1, "def probe(x):\n    return x + 1"]], "observe": None,
           "sources": {}, "lent": {}, "named": [[]],
           "cases": [{"dict": [["x", 1]]}]}  # fmt: skip
    with Sandbox(level) as sandbox:
        answer = sandbox.run(job, b"")
    try:
        return [content.get("value") for content, _ in wire.frames_in(answer.data)] == [2]
    except wire.WireError:
        return False


def describe() -> str:
    """Say in one sentence what this machine offers for grading."""
    return f"{best_level()}: {LEVELS[best_level()]}"


def require(level: str = "namespaces") -> None:
    """Raise where this machine offers less."""
    if best_level() != level:
        raise CourseError(
            f"This machine offers {describe()}. Grade other people's work on Linux where user namespaces are allowed "
            "(as root, or with the setting kernel.unprivileged_userns_clone=1), or leave --require-sandbox away."
        )
