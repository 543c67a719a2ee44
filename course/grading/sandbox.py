"""Starting, asking and stopping the process that runs learners' code, at one of the levels of safety."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from .. import cell
from ..cell import wire
from .memory_group import MemoryGroup

__all__ = ["LEVELS", "Answer", "Limits", "Sandbox", "answer_of", "end_process"]

LEVELS = {  # the best first
    "namespaces": "each exercise alone in namespaces of its own: no network, no files but Python's, no other process",
    "landlock": "the kernel refuses each exercise the network, other processes, and all files but Python's",
    "wasm": "each exercise in a machine of its own, WebAssembly, that has no files, network or processes",
    "limits": "limits on time and memory alone: answers can be read here, and whatever else this user may read",
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
MODULES = ("run", "wire", "confine", "watch", "namespaces", "landlock", "syscalls", "standins")  # what the worker loads
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
    status : {"done", "timeout", "memory", "output", "files", "ended", "broken"}
    detail : str
        The exit code, or what broke: a broken one is no learner's fault.
    data : bytes
        Frames of outcomes, made by the learner's process: trust nothing in them.
    times : tuple of (int, float)
        How many bytes had come by how many seconds after the start, in order: the grader's own clock.
    """

    status: str
    detail: str = ""
    data: bytes = b""
    times: tuple[tuple[int, float], ...] = ()


def answer_of(status: Any, data: bytes | memoryview) -> Answer:
    """Return the answer that a status of the worker's speaks of; nothing in it is trusted beyond its kind."""
    times = status.get("times") if isinstance(status.get("times"), list) else []
    pairs = tuple((int(size), float(seconds)) for size, seconds in times)
    return Answer(status["status"], str(status.get("detail", ""))[:200], bytes(data), pairs)


def end_process(process: subprocess.Popen[bytes], at_once: bool) -> None:
    """End a process that reads jobs, and close its pipes; if not at once, it may see first that its input has ended."""
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


class Sandbox:
    """A worker process, started when it is first needed and again when it breaks.

    Parameters
    ----------
    level : str, optional
        A key of `LEVELS`; without it, the best that works here.
    limits : Limits
    packages : tuple of str
        What is there beside Python's own library and NumPy: a key of `PACKAGES`.
    """

    def __init__(self, level: str | None = None, limits: Limits | None = None, packages: tuple[str, ...] = ()) -> None:
        self.limits = limits or Limits()
        self.level = level or _best()
        self.packages = packages
        self._guest: Any = None
        self._group: MemoryGroup | None = None
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

    @property
    def takes_several(self) -> bool:
        """Whether one job may hold several exercises of a learner, as "parts"."""
        return self.level in ("namespaces", "landlock")

    def lacks(self, packages: Iterable[str]) -> str:
        """Return the first of these packages that this level does not have, or empty."""
        if self.level != "wasm":
            return ""
        from .wasm import HERE

        return next((package for package in packages if package not in HERE), "")

    def run(self, content: dict[str, Any], body: bytes) -> Answer:
        """Run one job and return what it gave; a job that the worker does not survive is "broken"."""
        if self.level == "wasm":
            if self._guest is None:
                from .wasm import Guest

                self._guest = Guest(self.limits, self.packages)
            return self._guest.run(content, body)
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
            return answer_of(status, data)
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
        if self._guest is not None:
            self._guest.close()
            self._guest = None
        process, self._process = self._process, None
        if process is not None:
            end_process(process, at_once)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        if self._group is not None:
            self._group.remove()
            self._group = None

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._group = MemoryGroup.make(self.limits.memory + self.limits.room)
            if self.level != "namespaces":  # there each exercise has a folder of its own, in memory
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
            "modules": {name: str(CELL / f"{name}.py") for name in MODULES},
            "group": self._group.files if self._group is not None else [],
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


def _best() -> str:
    from .levels import best_level

    return best_level()
