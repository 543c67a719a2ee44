"""The main program of a WebAssembly guest: it gets ready once, is copied for each exercise, and runs that one.

Its text is handed to the guest's interpreter by `course.grading.wasm_engine`, with the modules that run there beside
it. Nothing of the machine is there: no files but Python's own, no environment, no network, no other process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import sys
import types
from typing import Any

__all__ = ["begin", "get_ready", "serve"]

PACKAGE = "judged"  # what the modules of the course that run here are called here, as in `worker`

GONE = {"row_stack": "vstack"}  # what NumPy's release in the guest has no more, and what it was another name for


_jobs: list[Any] = []


class Nowhere(io.RawIOBase):
    """Takes all that is written, and keeps nothing."""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Return how much was taken: all."""
        return memoryview(data).nbytes


def get_ready() -> None:
    """Read from the standard input what this guest is made of, and import it all."""
    given = json.loads(_whole_input())
    _load("worker", given["modules"].pop("worker"))
    worker = sys.modules[f"{PACKAGE}.worker"]
    for name in [*worker.USED.split(), *given["imports"]]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name, source in given["modules"].items():
        _load(name, source)
    sys.modules[f"{PACKAGE}.standins"].put_up()
    sys.modules[f"{PACKAGE}.wide"].make_wide(given["wraps"])
    for gone, name in GONE.items():
        setattr(sys.modules["numpy"], gone, getattr(sys.modules["numpy"], name))
    for name in ("stdout", "stderr", "__stdout__", "__stderr__"):  # what goes out of here are frames
        setattr(sys, name, io.TextIOWrapper(io.BufferedWriter(Nowhere()), "utf-8", "replace", write_through=True))
    gc.collect()
    gc.freeze()


def begin() -> None:
    """Read one job from the standard input, and decode it: nothing of the learner's runs yet."""
    worker = sys.modules[f"{PACKAGE}.worker"]
    content, body = worker.read_job(0)
    content["decoded"] = worker.get_ready(content, body)
    _jobs.append((content, body))


def serve() -> None:
    """Run the job, and send its outcomes."""
    worker = sys.modules[f"{PACKAGE}.worker"]
    worker.answer(_jobs.pop(), lambda data: worker.write_all(1, data))


def _whole_input() -> bytes:
    parts = []
    while part := os.read(0, 2**20):
        parts.append(part)
    return b"".join(parts)


def _load(name: str, source: str) -> None:
    """Make a module of the package from its text."""
    if PACKAGE not in sys.modules:
        sys.modules[PACKAGE] = types.ModuleType(PACKAGE)
        sys.modules[PACKAGE].__path__ = []
    module = types.ModuleType(f"{PACKAGE}.{name}")
    module.__package__, module.__file__ = PACKAGE, f"/{PACKAGE}/cell/{name}.py"
    sys.modules[module.__name__] = module
    path = sys.path[:]
    sys.path.insert(0, f"/{PACKAGE}")  # a module that is a script takes the first away: its own folder
    exec(compile(source, module.__file__, "exec"), module.__dict__)
    sys.path[:] = path
