"""Watching the process that runs a learner's code, from the process above it, which runs none."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from typing import Any

from .confine import used

__all__ = ["LOCKED", "address_space", "collect", "kills"]

PATIENCE = 20.0  # seconds for a child to be locked in, on a machine that is busy
LOCKED = b"1"  # what it says then


def collect(reading: int, child: int, seconds: float, settings: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Read what the child sends until it ends or is stopped; say which it was, and when the bytes came.

    Its first byte says that it is locked in, before any code of the learner's runs: from then on its time counts.
    """
    data, why, ended = bytearray(), "", None
    times: list[list[float]] = []
    started, locked, killed = time.monotonic(), False, kills(settings)
    while not why:
        now = time.monotonic()
        left = started + (seconds if locked else PATIENCE) - now
        if left <= 0:
            why = "timeout"
        elif select.select([reading], [], [], min(left, 0.05))[0]:
            part = os.read(reading, 2**20)
            if not part:
                break
            if not locked:
                locked, started, part = True, time.monotonic(), part[1:]
            data += part
            note_time(times, len(data), time.monotonic() - started)
            why = "output" if len(data) > settings["output"] else ""
        else:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                ended = status
                break  # it ended, and left something behind that keeps the pipe open
        if settings["level"] == "landlock" and not why:
            why = "files" if used(settings["folder"], settings["room"]) > settings["room"] else ""
    if ended is None and not why:
        time.sleep(0)
        done, status = os.waitpid(child, os.WNOHANG)
        ended = status if done else None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if ended is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
        _, ended = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(ended)
    late = time.monotonic() > started + seconds - 1
    if not locked:
        return {"status": "broken", "detail": f"it could not be locked in ({code})"}, b""
    if not why and code != 0:
        why = "timeout" if code in (-signal.SIGXCPU, -signal.SIGKILL) and late else "ended"
        why = "memory" if kills(settings) > killed else why
    detail = str(code) if why == "ended" else ""
    return {"status": why or "done", "detail": detail, "times": times}, bytes(data)


def note_time(times: list[list[float]], size: int, seconds: float) -> None:
    """Note how many bytes had come by when; what comes within 10 ms is one entry, with the time of its end."""
    if times and int(times[-1][1] * 100) == int(seconds * 100):
        times.pop()
    times.append([size, round(seconds, 4)])


def kills(settings: dict[str, Any]) -> int:
    """Return how often the kernel has ended a process of this worker's memory group, as far as there is one."""
    if settings["events"] is None:
        return 0
    found = dict(line.split() for line in os.pread(settings["events"], 2000, 0).decode().splitlines())
    return int(found.get("oom_kill", 0))


def address_space() -> int:
    """Return the bytes of address space that this process has already: a limit comes on top of them."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 2**40  # not Linux: no limit that means the same
