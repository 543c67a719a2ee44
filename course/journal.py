"""What a reader did: exercises passed, hints asked for, guesses made; kept in one file beside the lessons.

The file is ``lessons/progress.json``. The environment variable ``COURSE_PROGRESS`` names another one, and
keeps nothing where it is empty. It is written whole, and read again before each entry, so that two
lessons that are open at once keep each other's entries. Where it cannot be written, one sentence says
so, and all goes on in memory.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .errors import argument_error
from .manifest import LESSONS, lesson_of

__all__ = ["Progress", "predict", "progress", "record_check", "record_hint", "reveal"]

Journal = dict[str, dict[str, Any]]
Guess = bool | int | float | str | list

_in_memory: dict[Path | None, Journal] = {}  # by file, where that file cannot be written; None: no file is wanted


def predict(question: str, guess: Guess | tuple | None) -> None:
    """Write down your guess, before the cell that shows the answer.

    Parameters
    ----------
    question : str
        The name of the question; `reveal` finds the guess under it.
    guess : number, str, list or None
        Your guess. None means that you have not made one yet.

    Raises
    ------
    ArgumentError
        The question has no name, or the guess is none that can be written down.

    Examples
    --------
    >>> predict("size-of-output", None)
    No guess yet. Replace None by your guess, and run this cell again.
    """
    _check_question("predict", question)
    if guess is None:
        print("No guess yet. Replace None by your guess, and run this cell again.")
        return
    plain = _plain(guess)
    if plain is None or len(json.dumps(plain)) > 2000:
        rule = "be a finite number, a text, or a short list of these"
        raise argument_error("predict", "guess", rule, guess, "Write your guess as one of these.")
    _change(lambda journal: journal["guesses"].update({question: plain}))
    print(f"Your guess is written down: {_shown(plain)}.")


def reveal(question: str, answer: Any, unit: str = "") -> None:
    """Show the answer beside your guess, and how far off it was.

    Parameters
    ----------
    question : str
        The name that the guess was written down under.
    answer : number, str or list
        The answer, computed by the cell.
    unit : str
        What a number counts or measures, such as "pixels".

    Examples
    --------
    >>> reveal("never-asked", 1200, "weights")
    No guess was made. The answer: 1,200 weights.
    """
    _check_question("reveal", question)
    plain = _plain(answer)
    if plain is None:
        rule = "be a finite number, a text, or a list of these"
        raise argument_error("reveal", "answer", rule, answer, "Pass the answer as one of these.")
    guess = _read()["guesses"].get(question)
    unit = f" {unit}" if unit else ""
    if guess is None:
        print(f"No guess was made. The answer: {_shown(plain)}{unit}.")
        return
    print(f"Your guess: {_shown(guess)}{unit if _is_number(guess) else ''}.")
    print(f"The answer: {_shown(plain)}{unit}.")
    verdict = _compared(guess, plain)
    if verdict:
        print(verdict)


def record_check(exercise: str, passed: bool, mistake: str | None = None) -> None:
    """Write down how a check ended.

    Parameters
    ----------
    exercise : str
        A name from the manifest.
    passed : bool
        Whether the function was right. The last check counts, as it does when the notebook is graded.
    mistake : str, optional
        The known mistake that the check named.

    Raises
    ------
    CourseError
        There is no such exercise.
    """
    lesson_of(exercise)

    def change(journal: Journal) -> None:
        entry = _entry(journal, exercise)
        entry["checks"] += 1
        entry["passed"] = bool(passed)
        entry["mistake"] = None if passed else mistake

    _change(change)


def record_hint(exercise: str, most: int | None = None) -> int:
    """Write down that a hint was shown; return how many have been by now, with this one.

    Parameters
    ----------
    exercise : str
        A name from the manifest.
    most : int, optional
        How many hints there are: the count stops there.

    Raises
    ------
    CourseError
        There is no such exercise.
    """
    lesson_of(exercise)

    def change(journal: Journal) -> None:
        entry = _entry(journal, exercise)
        entry["hints"] += most is None or entry["hints"] < most

    shown = _change(change)["exercises"][exercise]["hints"]
    return shown if most is None else min(shown, most)


def progress() -> Progress:
    """Return a table of lessons and exercises: what is right, points, hints and guesses.

    Examples
    --------
    >>> print(progress())  # doctest: +ELLIPSIS
    Your progress
    ...
    """
    return Progress(_read())


class Progress:
    """A table of what was done, as HTML in a notebook and as text elsewhere.

    Attributes
    ----------
    points, possible : int
        Points earned, and points that there are.
    hints, guesses : int
        Hints asked for, and guesses made.
    """

    def __init__(self, journal: Journal) -> None:
        self._entries = journal["exercises"]
        self.guesses = len(journal["guesses"])
        self.hints = sum(entry["hints"] for entry in self._entries.values())
        self.points = sum(self._earned(exercise) for lesson in LESSONS for exercise in lesson.exercises)
        self.possible = sum(lesson.points for lesson in LESSONS)

    def _earned(self, exercise: Any) -> int:
        return exercise.points if self._entries.get(exercise.name, {}).get("passed") else 0

    def _rows(self) -> Iterator[tuple[str, list[tuple[str, str, str, str]]]]:
        """Yield each lesson's heading with its rows: exercise, state, points, hints."""
        for lesson in LESSONS:
            rows = []
            for exercise in lesson.exercises:
                entry = self._entries.get(exercise.name, {})
                state = "✓ right" if entry.get("passed") else "○ not yet right" if entry.get("checks") else "– open"
                name = exercise.name + (" (stretch)" if exercise.stretch else "")
                points = f"{self._earned(exercise)} of {exercise.points}"
                rows.append((name, state, points, str(entry.get("hints", 0))))
            earned = sum(self._earned(exercise) for exercise in lesson.exercises)
            yield f"{lesson.number}. {lesson.title}: {earned} of {lesson.points} points", rows

    def _total(self) -> str:
        return (
            f"{self.points} of {self.possible} points earned. "
            f"Hints used: {self.hints}. Guesses made: {self.guesses}. "
            "The points are those of each exercise's last check."
        )

    def __repr__(self) -> str:
        lines = ["Your progress", "", f"  {'exercise':<32}{'state':<17}{'points':<9}hints"]
        for heading, rows in self._rows():
            lines += ["", heading]
            lines += [f"  {name:<32}{state:<17}{points:<9}{hints}" for name, state, points, hints in rows]
        return "\n".join([*lines, "", self._total()])

    def _repr_html_(self) -> str:
        columns = "".join(
            f'<th scope="col" style="text-align:left">{column}</th>'
            for column in ("Exercise", "State", "Points", "Hints used")
        )
        parts = [
            '<table style="font-variant-numeric:tabular-nums">',
            '<caption style="text-align:left;font-weight:bold">Your progress</caption>',
            f"<thead><tr>{columns}</tr></thead>",
        ]
        for heading, rows in self._rows():
            start = '<th colspan="4" scope="rowgroup" style="text-align:left">'
            parts.append(f"<tbody><tr>{start}{heading}</th></tr>")
            for name, *cells in rows:
                data = "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells)
                row = f'<th scope="row" style="text-align:left;font-weight:normal"><code>{name}</code></th>'
                parts.append(f"<tr>{row}{data}</tr>")
            parts.append("</tbody>")
        return "".join([*parts, "</table>", f"<p>{self._total()}</p>"])


def _check_question(function: str, question: Any) -> None:
    if not isinstance(question, str) or not question.strip():
        fix = 'Give it a name, such as "size-of-output".'
        raise argument_error(function, "question", "be a text that is not empty", question, fix)


# --- Guesses and answers -----------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """Return a value as what JSON can hold, or None where it is none of that."""
    if hasattr(value, "tolist"):  # NumPy's and torch's numbers and arrays
        value = value.tolist()
    if isinstance(value, list | tuple):
        items = [_plain(item) for item in value]
        return None if any(item is None for item in items) else items
    if isinstance(value, int | float) and not abs(value) < 1e300:  # not a number, infinite, or beyond a float
        return None
    return value if isinstance(value, bool | int | float | str) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    """Return a value as text that is the same on every machine."""
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    if not _is_number(value):
        return str(value)
    if abs(value) < 1e15 and value == round(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"


def _compared(guess: Any, answer: Any) -> str:
    """Return in one sentence how near the guess is; an empty text where the two cannot be compared."""
    if _is_number(guess) and _is_number(answer):
        return _distance(guess, answer)
    if isinstance(guess, list) and isinstance(answer, list):
        if len(guess) != len(answer):
            return f"Your list has the length {len(guess)}, the answer the length {len(answer)}."
        right = sum(_same(mine, true) for mine, true in zip(guess, answer, strict=True))
        return "Exactly right." if right == len(answer) else f"{right} of {len(answer)} entries are right."
    if type(guess) is type(answer):
        return "Exactly right." if _same(guess, answer) else "That is not the same."
    return ""


def _distance(guess: float, answer: float) -> str:
    if _same(guess, answer):
        return "Exactly right."
    off = f"Your guess was {_shown(abs(guess - answer))} too {'high' if guess > answer else 'low'}"
    if answer == 0 or guess == 0 or (guess > 0) != (answer > 0):
        return f"{off}."
    factor = max(guess / answer, answer / guess)
    if factor >= 2:
        times = "more than a million" if factor > 1e6 else _shown(round(factor, 1) if factor < 10 else round(factor))
        larger, smaller = ("your guess", "the answer") if abs(guess) > abs(answer) else ("the answer", "your guess")
        return f"{off}: {larger} is {times} times {smaller}."
    percent = 100 * abs((guess - answer) / answer)
    return f"{off}, which is {f'{percent:.0f}' if percent >= 1 else 'less than 1'} % of the answer."


def _same(guess: Any, answer: Any) -> bool:
    if isinstance(guess, str) and isinstance(answer, str):
        return guess.strip().casefold() == answer.strip().casefold()
    if _is_number(guess) and _is_number(answer):
        return math.isclose(guess, answer, rel_tol=1e-9, abs_tol=1e-12)
    return bool(guess == answer)


# --- The file ----------------------------------------------------------------------------------------


def _path() -> Path | None:
    """Return the file that is kept, or None where nothing is to be kept."""
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen is not None:
        return Path(chosen).expanduser().absolute() if chosen else None
    lessons = Path(__file__).resolve().parent.parent / "lessons"
    return (lessons if lessons.is_dir() else Path.cwd()) / "progress.json"


def _read() -> Journal:
    """Return what is known, to look at."""
    path = _path()
    if path is None or path in _in_memory:
        return _in_memory.setdefault(path, _empty())
    try:
        return _load(path)
    except OSError as error:
        return _keep_in_memory(path, error)


def _change(change: Callable[[Journal], None]) -> Journal:
    """Apply a change to what the file holds at this moment, write it, and return all of it."""
    path = _path()
    if path is not None and path not in _in_memory:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(path):
                journal = _load(path)
                change(journal)
                _write(path, journal)
                return journal
        except OSError as error:
            _keep_in_memory(path, error)
    journal = _in_memory.setdefault(path, _empty())
    change(journal)
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
    return {"exercises": {}, "guesses": {}}


def _entry(journal: Journal, exercise: str) -> dict[str, Any]:
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
        fields = {"checks": int, "hints": int, "passed": bool}
        sound = isinstance(guesses, dict) and all(
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
