"""Grading a whole class: what is there already is kept, what is missing is done, and the tables are written last."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import CourseError, SubmissionError
from ..manifest import LESSONS, Lesson
from .collect import Learner, collect
from .desk import Desks, Stopped
from .exports import grades_table, remove, write_exports
from .memory_group import MemoryGroup
from .pages import class_page
from .result import Result
from .results import read_result, write_whole
from .sandbox import Limits
from .tasks import Order, Seen, grade_all, look_at, outcome_of

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
        Draws the cases, with a secret that lies in the folder; None is that of the run that is already there, or none.
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
    finished: dict[str, Result] = {}

    def finish(learner: Learner, result: Result, feedback: str = "") -> None:
        if feedback:
            write_whole(out / "feedback" / f"{learner.key}.html", feedback)
            write_whole(_result_path(out, learner.key), result.to_json())
        finished[learner.key] = result
        learner.pieces.clear()
        say(len(finished), len(learners))

    with Desks(settings.processes) as desks:
        seen = {} if settings.lesson is not None else _looked_at(learners, desks)
        lesson, known = _lesson_of(learners, settings.lesson, seen, tell)
        seed, shown = _seeds(out, settings.seed, lesson)
        before: dict[str, Result] = {}

        def orders() -> Iterator[Order]:
            for learner in learners:
                order = Order(learner, lesson.number, seed, shown, settings.limits, settings.level)
                failed = seen.get(learner.key)
                if isinstance(failed, Stopped):
                    outcome = outcome_of(order, failed)
                    finish(learner, outcome.result, outcome.feedback)
                    continue
                kept = None if settings.again else read_result(_result_path(out, learner.key))
                if kept is not None and (out / "feedback" / f"{learner.key}.html").exists():
                    before[learner.key] = kept
                    order = replace(order, kept=kept.digest)
                yield order

        say(0, len(learners))
        for order, outcome in grade_all(desks, orders(), settings.scheduler):
            kept = before.pop(order.learner.key, None)
            if outcome is not None:
                finish(order.learner, outcome.result, outcome.feedback)
            elif kept is not None:
                finish(order.learner, kept)
    MemoryGroup.sweep()
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


def _looked_at(learners: list[Learner], desks: Desks) -> dict[str, Seen | Stopped]:
    """Return what a look at each learner's files tells, or why it told nothing."""
    return {learner.key: seen for learner, seen in desks.do_all(look_at, learners)}


def _lesson_of(
    learners: list[Learner], number: int | None, looks: Mapping[str, Seen | Stopped], tell: Callable[[str], None]
) -> tuple[Lesson, bool]:
    """Return the lesson that is graded, named or the one of nearly all learners, and whether anything tells it."""
    known = {lesson.number: lesson for lesson in LESSONS}
    if number is not None:
        if number not in known:
            raise CourseError(f"There is no lesson {number}. The lessons are: {', '.join(map(str, known))}.")
        return known[number], True
    seen = [(learner, look) for learner in learners if isinstance(look := looks.get(learner.key), Seen)]
    worked_in = [(learner, look.lessons) for learner, look in seen]
    votes = Counter(one for _, found in worked_in for one in found)
    if not votes:
        votes.update(one for _, look in seen for one in look.named)
        if votes:
            tell("No notebook here holds an exercise of the course: the names of the files tell the lesson.")
    if not votes and not any(look.has_notebook for _, look in seen):
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
    """Return what draws the cases that decide and those that are shown, made of the seed and of a secret.

    The secret is kept beside the results, so that a run that was stopped goes on with the same cases, and nobody who
    guesses a short seed knows them.
    """
    path = out / "run.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        graded, before, secret = kept["lesson"], kept["seed"], kept["secret"]
        is_whole = isinstance(secret, str) and len(secret) >= 32 and (before is None or isinstance(before, int))
    except (OSError, ValueError, LookupError, TypeError):
        graded, is_whole = lesson.stem, False
    if graded != lesson.stem:
        raise CourseError(
            f"{out} holds the grades of {graded}, and this is {lesson.stem}. Name another folder with --out."
        )
    if not is_whole:
        before, secret = None, secrets.token_hex(32)
    if seed is None:
        seed = before
    if not is_whole or seed != before:
        write_whole(path, json.dumps({"lesson": lesson.stem, "seed": seed, "secret": secret}) + "\n")
    # Nobody who finds out the one learns the other from it.
    decides, shown = (_drawn(f"{word} {secret} {seed}") for word in ("decides", "shown"))
    return decides, shown


def _drawn(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
