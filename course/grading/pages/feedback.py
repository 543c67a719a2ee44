"""The page that a learner gets: what is right, what is not yet, and the smallest case that shows it."""

from __future__ import annotations

from markupsafe import Markup

from ...checks.display import Verdict
from ...manifest import Lesson
from ..result import ExerciseResult, Result
from .render import render

__all__ = ["feedback_page"]


def feedback_page(result: Result, lesson: Lesson) -> str:
    """Return the page for one learner."""
    exercises = result.exercises
    graded = any(one.status != "missing" for one in exercises) or bool(result.file)
    return render(
        "feedback.html",
        lesson=lesson,
        result=result,
        share=100 * min(result.total / result.out_of, 1) if result.out_of else 0,
        graded=graded,
        right=sum(one.status == "passed" for one in exercises),
        nearest=_nearest(exercises),
        verdicts={one.exercise: _verdict(one) for one in exercises},
    )


def _nearest(exercises: tuple[ExerciseResult, ...]) -> str:
    """Return the exercise to go on with, or nothing where all are right."""
    left = [one for one in exercises if one.status != "passed"]
    close = [one for one in left if one.points > 0]
    begun = [one for one in left if one.status != "missing"]
    return next((one.exercise for one in close or begun or left), "")


def _verdict(one: ExerciseResult) -> Markup | None:
    """Return the drawn verdict, the one part of a page that comes as HTML: `Verdict` escapes what it draws."""
    return Markup(Verdict(one.report).html()) if one.drawn and one.report is not None else None
