"""The file that the journal is kept in: written whole, shared by kernels, never written over where it is damaged."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["Journal", "change", "entry_of", "read"]

Journal = dict[str, dict[str, Any]]  # "exercises", "guesses", "answers", each by name

_in_memory: dict[Path | None, Journal] = {}  # by file, where that file cannot be written; None: no file is wanted


def _path() -> Path | None:
    """Return the file that is kept, or None where nothing is to be kept."""
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen is not None:
        return Path(chosen).expanduser().absolute() if chosen else None
    lessons = Path(__file__).resolve().parents[2] / "lessons"
    return (lessons if lessons.is_dir() else Path.cwd()) / "progress.json"


def read() -> Journal:
    """Return what is known, to look at."""
    path = _path()
    if path is None or path in _in_memory:
        return _in_memory.setdefault(path, _empty())
    try:
        return _load(path)
    except OSError as error:
        return _keep_in_memory(path, error)


def change(alter: Callable[[Journal], None]) -> Journal:
    """Apply an alteration to what the file holds at this moment, write it, and return all of it."""
    path = _path()
    if path is not None and path not in _in_memory:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(path):
                journal = _load(path)
                alter(journal)
                _write(path, journal)
                return journal
        except OSError as error:
            _keep_in_memory(path, error)
    journal = _in_memory.setdefault(path, _empty())
    alter(journal)
    return journal


def _keep_in_memory(path: Path, error: OSError) -> Journal:
    """From now on, keep what belongs into the file in memory, and say so once."""
    print(
        f"Your progress is not kept in a file: {path.name} cannot be written ({error.strerror}). "
        "The lesson works without it; to keep it, put the course into a folder that you may write to."
    )
    journal = None
    with contextlib.suppress(OSError):
        journal = _parsed(path.read_bytes())
    return _in_memory.setdefault(path, journal or _empty())


def _empty() -> Journal:
    return {"exercises": {}, "guesses": {}, "answers": {}}


def entry_of(journal: Journal, exercise: str) -> dict[str, Any]:
    """Return what the journal has of an exercise; it is made where there is nothing yet."""
    return journal["exercises"].setdefault(exercise, {"checks": 0, "hints": 0, "mistake": None, "passed": False})


def _load(path: Path) -> Journal:
    """Return what the file holds; a damaged file is set aside, never written over."""
    try:
        journal = _parsed(path.read_bytes())
    except FileNotFoundError:
        return _empty()
    if journal is not None:
        return journal
    aside = path.with_name(path.name + ".damaged")
    number = 2
    while aside.exists():
        aside = path.with_name(f"{path.name}.damaged-{number}")
        number += 1
    os.replace(path, aside)
    print(f"{path.name} was damaged. It is set aside as {aside.name}, and your progress starts afresh.")
    return _empty()


def _parsed(data: bytes) -> Journal | None:
    """Return the journal that a file's content holds, or None where it is none."""
    try:
        journal = json.loads(data)
        exercises, guesses = journal["exercises"], journal["guesses"]
        answers = journal.setdefault("answers", {})  # files of an earlier course have none
        fields = {"checks": int, "hints": int, "passed": bool}
        sound = isinstance(guesses, dict) and all(isinstance(one, dict) for one in answers.values())
        sound = sound and all(
            type(entry[field]) is kind for entry in exercises.values() for field, kind in fields.items()
        )
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    return journal if sound else None


def _write(path: Path, journal: Journal) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(journal, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        _replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _replace(temporary: str, path: Path) -> None:
    for _ in range(20):
        try:
            return os.replace(temporary, path)
        except PermissionError:  # on Windows, while another kernel reads the file
            if sys.platform != "win32":
                raise
            time.sleep(0.05)
    return os.replace(temporary, path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one kernel at a time change the file; the system frees the lock of a kernel that dies."""
    with open(path.with_name(path.name + ".lock"), "a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            with contextlib.suppress(OSError):  # some network drives know no locks
                fcntl.flock(file, fcntl.LOCK_EX)
            yield
