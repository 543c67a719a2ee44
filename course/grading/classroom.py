"""Grading a whole class: what is there already is kept, what is missing is done, and the tables are written last."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import CourseError, SubmissionError
from ..manifest import LESSONS, Lesson
from .choose import lessons_by_name, named_lessons
from .collect import Learner, collect
from .exports import grades_table, remove, write_exports
from .pages import class_page
from .result import Result
from .results import Job, close_sandboxes, failed_outcome, grade_safely, job_of, read_result, write_whole
from .sandbox import Limits
from .schedule import do_all

__all__ = ["Settings", "grade_class"]

STRAYS = 0.2  # of a class may have handed in another lesson; more of them are another class


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
    source: Path,
    out: Path,
    settings: Settings,
    say: Callable[[int, int], None] = lambda done, total: None,
    tell: Callable[[str], None] = lambda line: None,
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
    tell : callable
        Called with each sentence that an instructor should read, such as which lesson it is.

    Returns
    -------
    list of Result
        The results, in the order of the learners' names.
    """
    if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
        raise CourseError(f"{out} lies in the folder of the submissions. Name a folder beside {source} with --out.")
    learners = collect(source, settings.single)
    lesson, known = _lesson_of(learners, settings.lesson, tell)
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
    for line in write_exports(out, learners if known else [], results if known else [], lesson):
        tell(line)
    write_whole(out / "grades.csv", grades_table(learners, results, lesson))
    _remove_those_gone(out, set(finished))
    return results


def _result_path(out: Path, key: str) -> Path:
    return out / "results" / f"{key}.json"


def _remove_those_gone(out: Path, keys: set[str]) -> None:
    """Take away the result and the page of each learner of an earlier run who is not in this one."""
    for path in (out / "results").glob("*.json"):
        if path.stem not in keys and path == _result_path(out, path.stem) and _is_result(path):
            remove(out / "feedback" / f"{path.stem}.html")
            remove(path)


def _is_result(path: Path) -> bool:
    try:
        return Result.from_json(path.read_text(encoding="utf-8")).key == path.stem
    except (OSError, ValueError, CourseError):
        return False


def _lesson_of(learners: list[Learner], number: int | None, tell: Callable[[str], None]) -> tuple[Lesson, bool]:
    """Return the lesson that is graded, named or the one of nearly all learners, and whether anything tells it."""
    known = {lesson.number: lesson for lesson in LESSONS}
    if number is not None:
        if number not in known:
            raise CourseError(f"There is no lesson {number}. The lessons are: {', '.join(map(str, known))}.")
        return known[number], True
    seen: dict[bytes, bool] = {}
    worked_in = [(learner, named_lessons(learner, LESSONS, seen)) for learner in learners]
    votes = Counter(one for _, found in worked_in for one in found)
    if not votes:
        votes.update(one for learner in learners for one in lessons_by_name(learner, LESSONS))
        if votes:
            tell("No notebook here holds an exercise of the course: the names of the files tell the lesson.")
    if not votes and not any(learner.notebooks for learner in learners):
        tell(
            f"Nobody handed in a notebook, so that nothing tells the lesson: the table is that of lesson "
            f"{LESSONS[0].number}, and there is nothing to import. To have that of another, add --lesson N."
        )
        return LESSONS[0], False
    if not votes:
        names = ", ".join(learner.name for learner in learners[:10]) + (", ..." if len(learners) > 10 else "")
        raise SubmissionError(
            f"No notebook here holds an exercise of the course; there is work of {names}. "
            "Name the lesson with --lesson N."
        )
    lesson = known[max(votes, key=lambda one: (votes[one], -one))]
    strays = [(learner.name, found) for learner, found in worked_in if found and lesson.number not in found]
    if strays and len(strays) > STRAYS * sum(bool(found) for _, found in worked_in):
        counts = ", ".join(f"{count} of lesson {one}" for one, count in sorted(votes.items()))
        raise SubmissionError(
            f"These are submissions of several lessons: {counts}. Grade one lesson at a time, each into a folder of "
            "its own, with --lesson N."
        )
    held = sum(lesson.number in found for _, found in worked_in)
    tell(
        f"Lesson {lesson.number}, {lesson.title}: {held} of {len(learners)} handed in its notebook. "
        "To grade another one, add --lesson N."
    )
    for who, found in strays[:10]:
        other = " and ".join(f"lesson {one}" for one in sorted(found))
        tell(f"{who} handed in {other}, which earns nothing here.")
    return lesson, True


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
