"""Which of the notebooks that a learner handed in is graded, and what is said of the others."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from ..errors import NotebookError, SubmissionError
from ..manifest import Lesson
from ..notebooks.reading import text_of
from .learners import File
from .opened import Opened
from .own import is_own
from .rescue import rescued
from .submission import Submission, submission_of

__all__ = ["Chosen", "best_of", "lessons_by_name", "likeliest", "looks_like", "named_lessons", "remarks"]

MOST_NOTEBOOKS = 20  # of one learner: as many are read with care
MOST_BYTES = 128 * 2**20  # of one learner's notebooks
MOST_KNOWN = 10_000  # contents of which it is known whether something is written in them

_written: dict[bytes, bool] = {}


@dataclass(frozen=True)
class Chosen:
    """The notebook that is graded: its name, what it holds, and what is to be said of what was handed in."""

    file: str
    submission: Submission
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    name: str
    notebook: dict[str, Any]
    submission: Submission
    own: bool
    rank: tuple[int, int, int]

    @property
    def holds_lesson(self) -> bool:
        return any(not piece.missing for piece in self.submission.slices)


def likeliest(handed: Opened, lesson: Lesson) -> tuple[list[tuple[str, bytes]], list[str], list[str]]:
    """Read a learner's notebooks, the likeliest where they are many; return also the other files, and what to say.

    Parameters
    ----------
    handed : Opened
    lesson : Lesson
        The lesson that is graded: notebooks that hold its exercises come first.
    """
    read: list[tuple[int, int, str, bytes]] = []
    others, left_out = list(handed.others), 0
    notes: list[str] = []
    for position, (file, data) in enumerate(_contents(handed, notes)):
        if _is_data(file, data):
            others.append(file.name)
            continue
        read.append((looks_like(file.name, data, lesson), position, file.name, data))
        if len(read) > MOST_NOTEBOOKS:
            read.remove(min(read))
            left_out += 1
    if left_out:
        notes.append(
            f"Of {left_out + len(read)} notebooks the {len(read)} were looked at that look most like the lesson."
        )
    read.sort(key=lambda one: one[1])
    return [(name, data) for _, _, name, data in read], others, notes


def _contents(handed: Opened, notes: list[str]) -> Iterator[tuple[File, bytes]]:
    """Yield a learner's notebooks with their bytes; what cannot be read becomes a note."""
    room = MOST_BYTES
    for file in handed.notebooks:
        if room < 0:
            notes.append(
                f"{file.name} and what came after it were left out: it is more than {MOST_BYTES // 2**20} MiB."
            )
            return
        try:
            data = file.read()
        except SubmissionError as error:
            notes.append(f"{file.name} was left out: {error}.")
            continue
        room -= len(data)
        yield file, data


def looks_like(name: str, data: bytes, lesson: Lesson) -> int:
    """Return how much the bytes of a file look like a lesson's notebook: the exercises in it, then its name."""
    return _likeness(name, _defined(data), lesson)


def _defined(data: bytes) -> set[str]:
    """Return the names of the functions in a file, without reading it with care."""
    if b"\0" in data[:100]:
        data = text_of(data).encode("utf-8", "replace")
    return {word.decode() for word in re.findall(rb"def[ \t]+([A-Za-z_]\w*)", data)}


def _likeness(name: str, defined: set[str], lesson: Lesson) -> int:
    found = sum(exercise.name in defined for exercise in lesson.exercises)
    return 2 * found + (lesson.stem in name or lesson.slug in name)


def named_lessons(handed: Opened, lessons: Sequence[Lesson]) -> set[int]:
    """Return the numbers of the lessons that a learner's notebooks are of, those with something written alone if any.

    Parameters
    ----------
    handed : Opened
    lessons : sequence of Lesson
        Those that there are.
    """
    held: dict[int, list[tuple[str, bytes]]] = {}
    for file, data in _contents(handed, []):
        defined = _defined(data)
        counts = {lesson.number: _likeness(file.name, defined, lesson) for lesson in lessons}
        most = max(counts, key=lambda number: counts[number])
        if counts[most] >= 2:
            held.setdefault(most, []).append((file.name, data))
    if len(held) < 2:
        return set(held)
    written = set()
    for lesson in lessons:
        for name, data in held.get(lesson.number, ()):
            digest = hashlib.sha256(data).digest()  # a course folder is the same for all but for what was worked in
            if digest not in _written:
                if len(_written) > MOST_KNOWN:
                    _written.clear()
                _written[digest] = _is_written(name, data, lesson)
            if _written[digest]:
                written.add(lesson.number)
    return written or set(held)


def lessons_by_name(handed: Opened, lessons: Sequence[Lesson]) -> set[int]:
    """Return the numbers of the lessons that the names of a learner's files speak of."""
    names = [*(file.name for file in handed.notebooks), *handed.others]
    return {lesson.number for lesson in lessons if any(lesson.stem in name for name in names)}


def best_of(notebooks: Sequence[tuple[str, bytes]], others: Sequence[str], lesson: Lesson) -> Chosen:
    """Choose the notebook in which most of the lesson's exercises are written; of equals, the one handed in last.

    The course's own solution is passed over where anything else of the lesson is there.

    Parameters
    ----------
    notebooks : sequence of (str, bytes)
    others : sequence of str
        The names of the other files that were handed in.
    lesson : Lesson
    """
    notes: list[str] = []
    found: list[_Candidate] = []
    likeness = [looks_like(name, data, lesson) for name, data in notebooks]
    rest = []
    for position, (name, data) in enumerate(notebooks):
        if likeness[position] == 0 and max(likeness) >= 2:  # of another lesson, or of none
            rest.append(name)
            continue
        try:
            notebook, said = rescued(data, name)
        except NotebookError as error:
            notes.append(str(error))
            continue
        submission = submission_of(notebook, name, lesson)
        submission = replace(submission, notes=(*said, *submission.notes))
        held = [piece for piece in submission.slices if not piece.missing]
        written = sum(not piece.untouched for piece in held)
        rank = (written, len(held), position)
        found.append(_Candidate(name, notebook, submission, is_own(notebook, lesson), rank))
    chosen, left_out = _passed_over(found, lesson)
    notes += left_out
    if not chosen:
        empty: dict[str, Any] = {"cells": []}
        return Chosen("", Submission(lesson, submission_of(empty, "", lesson).slices), tuple(notes))
    best = max(chosen, key=lambda one: one.rank)
    if best.own:
        notes.append(f"{best.name} holds the course's own answers, word for word.")
    rest += [one.name for one in chosen if one is not best]
    if rest:
        more = f" and {len(rest) - 5} more" if len(rest) > 5 else ""
        notes.append(f"{best.name} was graded; also there: {', '.join(rest[:5])}{more}.")
    notes += remarks(best.notebook, best.name, best.submission, others)
    return Chosen(best.name, best.submission, tuple(notes))


def _passed_over(found: list[_Candidate], lesson: Lesson) -> tuple[list[_Candidate], list[str]]:
    """Return the candidates without the course's own solutions, and a word about these."""
    own = [one for one in found if one.own]
    mine = [one for one in found if not one.own and one.holds_lesson]
    if not mine:  # what lies in a folder of solutions is nobody's work; of the rest it cannot be told
        own = [one for one in own if "solutions" in PurePosixPath(one.name).parts]
    kept = [one for one in found if one not in own]
    if not own:
        return kept, []
    names = ", ".join(one.name for one in own[:5])
    return kept, [f"{names}: the course's own solution of lesson {lesson.number}, which earns nothing."]


def remarks(notebook: dict[str, Any], file: str, submission: Submission, others: Iterable[str]) -> list[str]:
    """Return what a notebook has, or has beside it, that does not count: helper files, answers in cells of text.

    Parameters
    ----------
    notebook : dict
        As `course.notebooks.reading.read_notebook` returns it.
    file : str
        Its name.
    submission : Submission
        What it holds.
    others : iterable of str
        The names of the files beside it.
    """
    notes = []
    modules = {PurePosixPath(name).stem: name for name in others if name.endswith(".py")}
    used = sorted(modules[name] for name in _imports(notebook) & set(modules))
    if used:
        notes.append(
            f"{', '.join(used)} lies beside {file}, which imports from it: only the notebook is run, so write "
            "what it needs into the notebook."
        )
    missing = {piece.exercise for piece in submission.slices if piece.missing}
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            for name in sorted(missing & set(re.findall(r"^[ \t>]*def[ \t]+(\w+)", cell["source"], re.MULTILINE))):
                notes.append(
                    f"{name} stands in cell {number}, which is a cell of text, so that it does not run. Make it a code "
                    "cell (press Esc, then Y)."
                )
    return notes


def _imports(notebook: dict[str, Any]) -> set[str]:
    names: set[str] = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or "import" not in cell["source"]:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                nodes = list(ast.walk(ast.parse(cell["source"])))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= set(node.module.split("."))
    return names


def _is_data(file: File, data: bytes) -> bool:
    """Tell whether a file that is called ``x.json`` holds anything else than a notebook."""
    return ".ipynb" not in file.name.lower() and b"nbformat" not in data.replace(b"\0", b"")


def _is_written(name: str, data: bytes, lesson: Lesson) -> bool:
    try:
        notebook, _ = rescued(data, name)
    except NotebookError:
        return False
    slices = submission_of(notebook, name, lesson).slices
    return not is_own(notebook, lesson) and any(not piece.missing and not piece.untouched for piece in slices)
