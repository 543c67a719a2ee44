"""The job of grading one learner: made of files, done, and its result written whole and read again."""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from .. import checks
from ..errors import CourseError
from ..manifest import LESSONS, Lesson
from . import desk, levels
from .alike import Code, code_of
from .archive import shortened
from .choose import best_of, likeliest
from .learners import Learner
from .opened import opened
from .result import ExerciseResult, Result
from .run import grade_submission, plan_of
from .sandbox import Answer, Limits, Sandbox

__all__ = [
    "Job",
    "Outcome",
    "close_sandboxes",
    "failed_outcome",
    "grade_job",
    "grade_safely",
    "job_of",
    "read_result",
    "write_whole",
]


@dataclass(frozen=True)
class Job:
    """All that is needed to grade one learner's work, on this machine or another.

    Parameters
    ----------
    name : str
    key : str
        Name for files.
    notebooks : tuple of (str, bytes)
    notes : tuple of str
    lesson : int
        The lesson's number.
    seed, shown : int
        Draw the cases that decide, and those that the learner may see.
    limits : Limits
    level : str or None
        The sandbox; None is the best of the machine that does the work.
    digest : str
        Changes when anything changes that a grade depends on.
    others : tuple of str
        The names of the files that are no notebooks.
    """

    name: str
    key: str
    notebooks: tuple[tuple[str, bytes], ...]
    notes: tuple[str, ...]
    lesson: int
    seed: int
    shown: int
    limits: Limits
    level: str | None
    digest: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What grading a job gave: its result, and the page for the learner."""

    result: Result
    feedback: str


def job_of(
    learner: Learner, lesson: Lesson, seed: int, shown: int, limits: Limits | None = None, level: str | None = None
) -> Job:
    """Read a learner's notebooks and return the job; what cannot be read becomes a note."""
    limits = limits or Limits()
    handed = opened(learner.pieces)
    notebooks, files, said = likeliest(handed, lesson)
    notes = [*learner.notes, *handed.notes, *said]
    if not notebooks:
        others = f" What is there: {', '.join(files[:5])}." if files else ""
        says = "There is no notebook that can be read." if others or notes else "Nothing was handed in."
        python = " A Python file is no notebook." if any(name.endswith(".py") for name in files) else ""
        notes.append(f"{says}{others}{python} Hand in {lesson.stem}.ipynb.")
    job = Job(
        learner.name, learner.key, tuple(notebooks), tuple(notes), lesson.number, seed, shown, limits, level,
        others=tuple(files),
    )  # fmt: skip
    return replace(job, digest=_digest(job))


def _digest(job: Job) -> str:
    parts = hashlib.sha256(_digest_of_checks())
    for name, data in job.notebooks:
        parts.update(repr((name, len(data))).encode() + data)
    rest = (job.name, job.key, job.notes, job.others, job.lesson, job.seed, job.shown, job.limits, job.level)
    parts.update(repr(rest).encode())
    return parts.hexdigest()


@functools.cache
def _digest_of_checks() -> bytes:
    """Return a digest of what decides about points and pages, so that a better check grades again."""
    parts = hashlib.sha256()
    root = Path(checks.__file__).parent.parent
    for path in [
        *sorted((root / "checks").rglob("*.py")),
        *sorted((root / "cell").rglob("*.py")),
        *sorted(path for ending in ("py", "html", "css") for path in (root / "grading").rglob(f"*.{ending}")),
        root / "manifest.py",
    ]:
        parts.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return parts.digest()


EXTRA = 3  # time limits of one exercise, for all further runs of a learner's exercises together
LONGEST_PAGE = 2**21  # characters of a learner's page with its drawings
MOST_NOTES, LONGEST_TEXT = 30, 1000  # of a result

_sandboxes: dict[tuple[int, str | None, Limits], Sandbox] = {}  # one for each thread


def grade_job(job: Job) -> Outcome:
    """Grade one learner's work, with a sandbox that stays for the next one."""
    handle = (threading.get_ident(), job.level, job.limits)
    sandbox = _sandboxes.get(handle)
    if sandbox is None:
        _require(job.level)
        atexit.register(close_sandboxes)
        sandbox = _sandboxes[handle] = Sandbox(job.level, job.limits)
    lesson = next(lesson for lesson in LESSONS if lesson.number == job.lesson)
    _prepare(lesson, job.seed, job.shown)
    chosen = best_of(job.notebooks, job.others, lesson)
    results = grade_submission(chosen.submission, cast(Sandbox, Turn(sandbox)), job.seed, job.shown)
    notes = [*job.notes, *chosen.notes, *chosen.submission.notes]
    codes = code_of(chosen.submission)
    return _outcome(_result(job, lesson, chosen.file, results, notes, sandbox.level, codes), lesson)


def _require(level: str | None) -> None:
    """Refuse to grade below the level that was asked for: the machine may be another one than that of the class."""
    if level in (None, "limits"):
        return
    with desk.preparing():
        levels.prepare(level)
        why = levels.works(level)
    if why:
        raise CourseError(f"the sandbox {level} is not to be had on this machine: {why}")


@functools.cache
def _prepare(lesson: Lesson, seed: int, shown: int) -> None:
    """Make the cases of a lesson, which are no learner's to wait for."""
    with desk.preparing():
        for entry in lesson.exercises:
            plan_of(entry.name, seed)
            plan_of(entry.name, shown)


class Turn:
    """One learner's turn at a sandbox, whose time is no time of the reader's, and has an end of its own.

    Every exercise is run once, whatever it takes. Further runs, as of a second definition or of a smaller case, end
    where together they have taken `EXTRA` time limits.
    """

    def __init__(self, sandbox: Sandbox, shared: Turn | None = None):
        self._sandbox = sandbox
        self._all = shared or self
        self._seen: set[str] = set()
        self._left = EXTRA * sandbox.limits.seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    def having(self, packages: tuple[str, ...]) -> Turn:
        """Return the turn at a sandbox that has these packages."""
        return Turn(self._sandbox.having(packages), self._all)

    def run(self, content: dict[str, Any], body: bytes) -> Answer:
        """Run one job, as `Sandbox.run` does; without a run, time is up."""
        names = {part["exercise"] for part in content.get("parts", [content])}
        first = not names <= self._all._seen
        if not first and self._all._left <= 0:
            return Answer("timeout")
        self._all._seen |= names
        began = time.monotonic()
        with desk.away(max(self._sandbox.limits.seconds, content.get("seconds", 0))):
            answer = self._sandbox.run(content, body)
        if not first:
            self._all._left -= time.monotonic() - began
        return answer


def grade_safely(job: Job) -> Outcome:
    """Grade a job; where the grader itself fails, return a result that says so and is not kept for the next run."""
    try:
        return grade_job(job)
    except (MemoryError, RecursionError):  # what was handed in is too much: the desk tells it
        raise
    except Exception as error:
        return failed_outcome(job, f"{type(error).__name__}: {error}")


def failed_outcome(job: Job, why: str, fault: bool = True) -> Outcome:
    """Return the result of work that could not be graded: no points, and a clear word to the instructor.

    Parameters
    ----------
    job : Job
    why : str
    fault : bool
        It is the grader's own fault, as far as can be told, not that of what was handed in.
    """
    lesson = next(lesson for lesson in LESSONS if lesson.number == job.lesson)
    says = "The grader could not look at it; ask your instructor." if fault else f"It could not be graded: {why[:300]}."
    note = f"The grader failed: {why[:300]}" if fault else f"What was handed in could not be graded: {why[:300]}."
    results = [
        ExerciseResult(entry.name, "error", 0.0, float(entry.points), says, entry.stretch, trouble=fault)
        for entry in lesson.exercises
    ]
    result = _result(replace(job, digest=""), lesson, "", results, [*job.notes, note], job.level or "")
    return _outcome(result, lesson)


def close_sandboxes() -> None:
    """End the worker processes of this process."""
    while _sandboxes:
        _sandboxes.popitem()[1].close()


def _result(
    job: Job,
    lesson: Lesson,
    file: str,
    exercises: list[ExerciseResult],
    notes: list[str],
    level: str,
    codes: Mapping[str, Code] | None = None,
) -> Result:
    # Without its digest a result is not taken over by the next run: it is tried again.
    digest = "" if any(one.trouble for one in exercises) else job.digest
    if codes:
        exercises = [replace(one, code=codes[one.exercise].digest, parts=codes[one.exercise].parts)
                     for one in exercises]  # fmt: skip
    exercises = [replace(one, says=shortened(one.says, LONGEST_TEXT), notes=_bounded(one.notes)) for one in exercises]
    return Result(job.name, job.key, lesson.stem, file, tuple(exercises), _bounded(notes), level, digest)


def _bounded(notes: Sequence[str]) -> tuple[str, ...]:
    more = [f"There are {len(notes) - MOST_NOTES:,} more notes."] if len(notes) > MOST_NOTES else []
    return tuple(shortened(note, LONGEST_TEXT) for note in [*notes[:MOST_NOTES], *more])


def _outcome(result: Result, lesson: Lesson) -> Outcome:
    """Return the result with its page, as plain data: a report, once drawn, stays in the process that made it."""
    from .pages import feedback_page

    page = feedback_page(result, lesson)
    bare = result.bare()
    return Outcome(bare, page if len(page) < LONGEST_PAGE else feedback_page(bare, lesson))


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that nobody ever finds half of it; `CourseError` where it cannot be written."""
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        says = f"{path} cannot be written ({error.strerror or type(error).__name__})"
        raise CourseError(f"{says}. Make room there, or name another place.") from error


def read_result(path: Path) -> Result | None:
    """Return the result in a file that was graded to its end, or None where there is none."""
    try:
        result = Result.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, CourseError):
        return None
    return result if result.digest else None
