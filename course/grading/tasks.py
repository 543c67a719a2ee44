"""What a desk does with the work of one learner: to look at it, to read it, to grade it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .. import manifest
from .choose import lessons_by_name, named_lessons
from .desk import Desks, Stopped
from .learners import Learner
from .opened import opened
from .results import Job, Outcome, failed_outcome, grade_safely, job_of
from .sandbox import Limits
from .schedule import on_cluster

__all__ = ["Order", "Seen", "grade_all", "look_at", "outcome_of"]


@dataclass(frozen=True)
class Seen:
    """What a look at a learner's files tells: the lessons in them and in their names, and if one is a notebook."""

    lessons: frozenset[int]
    named: frozenset[int]
    has_notebook: bool


@dataclass(frozen=True)
class Order:
    """The order to grade one learner's work, unless it is the same as before.

    Parameters
    ----------
    learner : Learner
    lesson, seed, shown, limits, level
        As `course.grading.results.Job` has them.
    kept : str
        The digest of the result that is there already, or empty.
    """

    learner: Learner
    lesson: int
    seed: int
    shown: int
    limits: Limits
    level: str | None
    kept: str = ""


def look_at(learner: Learner) -> Seen:
    """Return what a learner's files tell of the lesson that they are of."""
    handed = opened(learner.pieces)
    lessons = named_lessons(handed, manifest.LESSONS)
    return Seen(frozenset(lessons), frozenset(lessons_by_name(handed, manifest.LESSONS)), bool(handed.notebooks))


def grade_order(order: Order) -> Outcome | None:
    """Grade one learner's work; None where the result that is there already is that of the same work."""
    job = _read(order)
    return None if job is None else grade_safely(job)


def _read(order: Order) -> Job | None:
    lesson = next(lesson for lesson in manifest.LESSONS if lesson.number == order.lesson)
    job = job_of(order.learner, lesson, order.seed, order.shown, order.limits, order.level)
    return None if job.digest == order.kept else job


def grade_all(desks: Desks, orders: Iterable[Order], scheduler: str | None) -> Iterator[tuple[Order, Outcome | None]]:
    """Yield each order with its outcome, or None where the result that is there stays.

    Parameters
    ----------
    desks : Desks
    orders : iterable of Order
        Read as they are needed.
    scheduler : str or None
        The address of a Dask scheduler: it gets what the desks have read.
    """
    if scheduler is None:
        for order, answer in desks.do_all(grade_order, orders):
            yield order, answer if answer is None else outcome_of(order, answer)
        return
    kept: list[Order] = []

    def jobs() -> Iterator[tuple[Order, Job | Stopped]]:
        for order, answer in desks.do_all(_read, orders):
            if answer is None:
                kept.append(order)
            else:
                yield order, answer

    for order, answer in on_cluster(grade_safely, jobs(), scheduler):
        yield order, outcome_of(order, answer)
        while kept:
            yield kept.pop(), None
    while kept:
        yield kept.pop(), None


def outcome_of(order: Order, answer: Any) -> Outcome:
    """Return the outcome in an answer, or that of work that could not be graded, where there is none."""
    if isinstance(answer, Outcome):
        return answer
    if not isinstance(answer, Stopped):
        answer = Stopped(f"{type(answer).__name__}: {answer}", fault=True)
    learner = order.learner
    job = Job(learner.name, learner.key, (), tuple(learner.notes), order.lesson, order.seed, order.shown, order.limits,
              order.level)  # fmt: skip
    return failed_outcome(job, answer.says, answer.fault)
