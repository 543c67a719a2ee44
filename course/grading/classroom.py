"""Grading a whole class: what is there already is kept, what is missing is done, and the tables are written last."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import CourseError, NotebookError, SubmissionError
from ..manifest import LESSONS, Lesson
from .collect import Learner, collect
from .exports import grades_table, write_exports
from .pages import class_page
from .rescue import rescued
from .result import Result
from .results import Job, close_sandboxes, failed_outcome, grade_safely, job_of, read_result, write_whole
from .sandbox import Limits
from .schedule import do_all
from .submission import lesson_in

__all__ = ["Settings", "grade_class"]

ASKED = 10  # learners whose notebooks tell which lesson it is


@dataclass(frozen=True)
class Settings:
    """How a class is graded.

    Parameters
    ----------
    lesson : int or None
        The lesson's number; None is found out.
    seed : int or None
        Draws the cases; None is the seed of the run that is already in the folder, or a new secret one.
    processes : int
    limits : Limits
    level : str or None
        The sandbox; None is the best there is.
    scheduler : str or None
        Address of a Dask scheduler.
    again : bool
        Grade also what is there already.
    single : bool
        All submissions are files of one learner.
    """

    lesson: int | None = None
    seed: int | None = None
    processes: int = 1
    limits: Limits = field(default_factory=Limits)
    level: str | None = None
    scheduler: str | None = None
    again: bool = False
    single: bool = False


def grade_class(
    source: Path, out: Path, settings: Settings, say: Callable[[int, int], None] = lambda done, total: None
) -> list[Result]:
    """Grade every submission and write grades, results, feedback, the page of the class, and exports.

    Parameters
    ----------
    source : Path
        A folder or an archive of submissions.
    out : Path
        The folder to write to.
    settings : Settings
    say : callable
        Called with how many are done, and of how many.

    Returns
    -------
    list of Result
        The results, in the order of the learners' names.
    """
    if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
        raise CourseError(f"{out} lies in the folder of the submissions. Name a folder beside {source} with --out.")
    learners = collect(source, settings.single)
    lesson = _lesson_of(learners, settings.lesson)
    seed, shown = _seeds(out, settings.seed, lesson)
    finished: dict[str, Result] = {}

    def open_jobs() -> Iterator[Job]:
        for learner in learners:
            job = job_of(learner, lesson, seed, shown, settings.limits, settings.level)
            kept = None if settings.again else read_result(_result_path(out, learner.key), job.digest)
            if kept is not None and (out / "feedback" / f"{learner.key}.html").exists():
                finished[learner.key] = kept
                say(len(finished), len(learners))
                continue
            yield job

    say(0, len(learners))
    try:
        for job, outcome in do_all(grade_safely, open_jobs(), settings.processes, settings.scheduler):
            if isinstance(outcome, BaseException):
                outcome = failed_outcome(job, f"{type(outcome).__name__}: {outcome}")
            write_whole(out / "feedback" / f"{job.key}.html", outcome.feedback)
            write_whole(_result_path(out, job.key), outcome.result.to_json())
            finished[job.key] = outcome.result
            say(len(finished), len(learners))
    finally:
        close_sandboxes()
    results = [finished[learner.key] for learner in learners]
    write_whole(out / "class.html", class_page(results, lesson))
    write_exports(out, learners, results, lesson)
    write_whole(out / "grades.csv", grades_table(learners, results, lesson))
    return results


def _result_path(out: Path, key: str) -> Path:
    return out / "results" / f"{key}.json"


def _lesson_of(learners: list[Learner], number: int | None) -> Lesson:
    if number is not None:
        for lesson in LESSONS:
            if lesson.number == number:
                return lesson
        raise CourseError(
            f"There is no lesson {number}. The lessons are: {', '.join(str(one.number) for one in LESSONS)}."
        )
    votes: Counter[int] = Counter()
    for learner in learners:
        for file in learner.notebooks[-3:]:
            try:
                notebook, _ = rescued(file.read(), file.name)
                votes[lesson_in(notebook, file.name).number] += 1
            except (SubmissionError, NotebookError):
                continue
        if sum(votes.values()) >= ASKED:
            break
    if not votes:
        raise SubmissionError("No notebook here holds an exercise of the course. Name the lesson with --lesson N.")
    most = max(votes, key=lambda one: (votes[one], -one))
    return next(lesson for lesson in LESSONS if lesson.number == most)


def _seeds(out: Path, seed: int | None, lesson: Lesson) -> tuple[int, int]:
    """Return the seeds of the run in this folder, so that a run that was stopped goes on with the same cases."""
    path = out / "run.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        before, graded = (kept["seed"], kept["shown"]), kept["lesson"]
    except (OSError, ValueError, KeyError, TypeError):
        before, graded = None, lesson.stem
    if graded != lesson.stem:
        raise CourseError(
            f"{out} holds the grades of {graded}, and this is {lesson.stem}. Name another folder with --out."
        )
    if before is not None and all(isinstance(one, int) for one in before) and seed in (None, before[0]):
        return before
    seed = secrets.randbelow(2**62) if seed is None else seed
    # Nobody who finds out the one learns the other from it.
    shown = int.from_bytes(hashlib.sha256(f"shown {seed}".encode()).digest()[:7], "big")
    write_whole(path, json.dumps({"lesson": lesson.stem, "seed": seed, "shown": shown}) + "\n")
    return seed, shown
