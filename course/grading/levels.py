"""Which sandboxes work on this machine: each is tried by an attack, and only one that withstands it counts."""

from __future__ import annotations

import functools
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from .. import checks
from ..cell import wire
from ..errors import CourseError
from .sandbox import LEVELS, Sandbox

__all__ = ["LEVELS", "SAFE", "advice", "at_least", "best_level", "describe", "missing", "prepare", "works"]

SAFE = ("namespaces", "landlock", "wasm")  # where no answer can be read
ATTACK = """
def attack(secret, folder, port, number):
    import os, socket
    got = []
    def attempt(name, action):
        try:
            action()
            got.append(name)
        except BaseException:
            pass
    attempt("it read a file of the course", lambda: open(secret).read(10))
    attempt("it listed a folder of the course", lambda: os.listdir(os.path.dirname(secret)))
    attempt("it wrote a file", lambda: open(folder + "/written", "w").write("x"))
    attempt("it reached the network", lambda: socket.create_connection(("127.0.0.1", port), 2))
    attempt("it ended another process", lambda: os.kill(os.getppid(), 9) if os.getppid() > 0 else 1 / 0)
    return (got, number + 1)
"""


@functools.cache
def works(level: str) -> str:
    """Try a level by an attack from within it, and return why it does not do; empty where it withstands.

    Parameters
    ----------
    level : str
        A key of `LEVELS`. "limits" does nowhere: whoever takes it asks for it by name.
    """
    if level == "limits":
        return "answers can be read"
    if why := missing(level):
        return why
    with socket.socket() as server, tempfile.TemporaryDirectory(prefix="course-probe-") as folder:
        server.bind(("127.0.0.1", 0))
        server.listen()
        secret = str(Path(checks.__file__).resolve())
        case = [["secret", secret], ["folder", folder], ["port", server.getsockname()[1]], ["number", 1]]
        job: dict[str, Any] = {"exercise": "attack", "cells": [[1, ATTACK]], "observe": None, "sources": {},
                               "lent": {}, "named": [[]], "cases": [{"dict": case}]}  # fmt: skip
        try:
            with Sandbox(level) as sandbox:
                answer = sandbox.run(job, b"")
            contents = [content for content, _ in wire.frames_in(answer.data)]
            got, number = wire.decode(contents[0].get("value"), memoryview(b""))
        except (wire.WireError, OSError, CourseError, ValueError, TypeError, IndexError, AttributeError):
            return "it does not start here, or does not withstand an attack from within"
    if got:
        return f"an attack from within succeeds: {got[0]}"
    return "" if number == 2 else "it computes wrongly here"


def missing(level: str) -> str:
    """Return what a level lacks that can be installed, or empty."""
    if level != "wasm":
        return ""
    from .wasm import lacking

    return lacking()


def prepare(level: str) -> None:
    """Do what a level needs once on a machine, and say so on the way: the one of WebAssembly is compiled."""
    if level == "wasm" and not missing(level):
        from . import wasm

        wasm.prepare(lambda line: print(line, file=sys.stderr, flush=True))


def best_level() -> str:
    """Return the best level that works on this machine.

    Raises
    ------
    CourseError
        None keeps the answers from other people's code.
    """
    for level in SAFE:
        prepare(level)
        if not works(level):
            return level
    raise CourseError(f"No sandbox of this machine keeps the answers from other people's code. {advice()}")


def at_least(least: str, level: str) -> bool:
    """Tell whether a level is as good as another one, or better."""
    return list(LEVELS).index(level) <= list(LEVELS).index(least)


def describe(level: str) -> str:
    """Say in one sentence what a level offers."""
    return f"{level}: {LEVELS[level]}"


def advice() -> str:
    """Say what gives this machine a better sandbox."""
    says = "On Linux from 5.13 on, as root or where user namespaces are allowed, there are better ones"
    if why := missing("wasm"):
        says = f"{says}; anywhere else, wasm ({why})"
    return f"{says}. With --sandbox limits, work is graded all the same, but answers can be read by it."
