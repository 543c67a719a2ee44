"""What came out alike: answers with the same code, and wrong answers with the same values. Hints, never a verdict."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import NotebookError
from ..manifest import Lesson
from ..notebooks.reading import read_notebook
from .normal import normalised, parts_of
from .result import ExerciseResult, Result
from .submission import Slice, Submission, submission_of

__all__ = ["Alike", "Code", "Unnamed", "alike", "as_the_course", "code_of", "normalised", "unnamed"]

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
NATURAL = 20  # parts of an answer that anyone might write in the same way: they tell nothing
TELLING = 50  # parts beyond these, in one answer or in several together: that is worth a look
LARGE = 20  # answers to an exercise, from which on the way that most of them are written tells nothing


@dataclass(frozen=True)
class Code:
    """A digest of an answer's normal form, the same for answers that are alike, and of how many parts that form is."""

    digest: str = ""
    parts: int = 0


@dataclass(frozen=True)
class Alike:
    """Learners whose answers to these exercises have the same code."""

    exercises: tuple[str, ...]
    learners: tuple[Result, ...]


@dataclass(frozen=True)
class Unnamed:
    """Learners who gave the same wrong answers to an exercise, and what they all were told."""

    exercise: str
    says: str
    notes: tuple[str, ...]
    learners: tuple[Result, ...]


def code_of(submission: Submission) -> dict[str, Code]:
    """Return the code of each exercise, without that of the other exercises; nothing where none is written."""
    names = [piece.exercise for piece in submission.slices]
    return {piece.exercise: _code(piece, names) for piece in submission.slices}


def _code(piece: Slice, exercises: Collection[str]) -> Code:
    if piece.missing or piece.untouched or piece.problem:
        return Code()
    parts = parts_of([source for _, source in piece.cells], piece.exercise, exercises)
    digest = hashlib.sha256(" ".join(parts).encode("utf-8", "replace")).hexdigest()[:16]
    return Code(digest, sum(part[0] not in "[]" for part in parts))


def alike(results: list[Result], lesson: Lesson) -> list[Alike]:
    """Return groups of learners with the same code, those that share most first.

    What is short, and so is written alike by chance, does not make a group by itself, nor what most of a large class
    wrote, nor what is the course's own (see `as_the_course`). Each group has somebody who is in none before it.

    Parameters
    ----------
    results : list of Result
    lesson : Lesson
    """
    names = [entry.name for entry in lesson.exercises]
    codes, weights = _table(results, names)
    for column, name in enumerate(names):
        written = codes[:, column][codes[:, column] > 0]
        if len(written) >= LARGE:
            usual = np.flatnonzero(np.bincount(written) * 2 > len(written))
            weights[np.isin(codes[:, column], usual), column] = 0
        own = _own(lesson).get(name)
        weights[[own is not None and result.of(name).code == own for result in results], column] = 0
    codes[weights == 0] = 0
    bits = 1 << np.arange(len(names))
    shared: dict[tuple[int, ...], int] = {}
    for row in range(len(results)):
        same = (codes[row + 1 :] == codes[row]) & (codes[row] > 0)
        same = same[same @ weights[row] >= TELLING]
        for mask in np.unique(same @ bits):
            key = tuple(int(code) if bit & mask else 0 for code, bit in zip(codes[row], bits, strict=True))
            shared.setdefault(key, int(sum(weights[row][[bool(code) for code in key]])))
    groups, seen = [], np.zeros(len(results), dtype=bool)
    for key in sorted(shared, key=lambda key: (-shared[key], key)):
        wanted = np.array(key)
        inside = ((codes == wanted) | (wanted == 0)).all(axis=1)
        if (inside & ~seen).any():
            seen |= inside
            learners = tuple(results[row] for row in np.flatnonzero(inside))
            groups.append(Alike(tuple(name for name, code in zip(names, key, strict=True) if code), learners))
    return groups


def as_the_course(results: list[Result], lesson: Lesson) -> list[Alike]:
    """Return groups of learners whose code is that of the course's own answers, where these are on this machine."""
    own = _own(lesson)
    groups: dict[tuple[str, ...], list[Result]] = defaultdict(list)
    for result in results:
        same = [one for one in result.exercises if one.code and one.code == own.get(one.exercise)]
        if sum(max(one.parts - NATURAL, 0) for one in same) >= TELLING:
            groups[tuple(one.exercise for one in same)].append(result)
    found = [Alike(names, tuple(learners)) for names, learners in groups.items()]
    return sorted(found, key=lambda one: (-len(one.exercises), one.exercises))


def unnamed(results: list[Result]) -> list[Unnamed]:
    """Return the wrong answers that no known mistake explains, those that most learners gave first."""
    groups: dict[tuple[str, str], list[tuple[Result, ExerciseResult]]] = defaultdict(list)
    for result in results:
        for one in result.exercises:
            if one.status in ("failed", "error") and not one.mistakes and not one.trouble:
                groups[one.exercise, one.gave or one.says].append((result, one))
    found = []
    for (exercise, _), pairs in groups.items():
        says = Counter(one.says for _, one in pairs).most_common(1)[0][0]
        notes = tuple(note for note in pairs[0][1].notes if all(note in one.notes for _, one in pairs))
        found.append(Unnamed(exercise, says, notes, tuple(result for result, _ in pairs)))
    return sorted(found, key=lambda one: -len(one.learners))


def _table(results: list[Result], names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return a number for each code, 0 for none, and how much it tells that two answers share it."""
    numbers: dict[str, int] = {"": 0}
    shape = (len(results), len(names))
    codes, weights = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, result in enumerate(results):
        for column, name in enumerate(names):
            one = result.of(name)
            codes[row, column] = numbers.setdefault(one.code, len(numbers))
            weights[row, column] = max(one.parts - NATURAL, 0) if one.code else 0
    return codes, weights


def _own(lesson: Lesson) -> dict[str, str]:
    return _own_in(SOLUTIONS, lesson)


@functools.lru_cache(maxsize=8)
def _own_in(folder: Path, lesson: Lesson) -> dict[str, str]:
    """Return the digests of the course's own answers, where they lie beside the course."""
    try:
        path = folder / f"{lesson.stem}.py"
        if path.exists():
            cell = {"cell_type": "code", "source": path.read_text(encoding="utf-8"), "metadata": {}, "outputs": []}
            submission = submission_of({"cells": [cell]}, path.name, lesson)
        else:
            submission = submission_of(read_notebook(path.with_suffix(".ipynb")), path.name, lesson)
    except (OSError, ValueError, NotebookError):
        return {}
    return {name: code.digest for name, code in code_of(submission).items() if code.digest}
