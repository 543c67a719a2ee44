"""Finding the exercises: one page of the bank for each, found by its name and loaded when it is asked for."""

from __future__ import annotations

import importlib

from ..manifest import LESSONS, lesson_of
from .spec import Exercise

__all__ = ["exercises_of", "find_exercise", "page_of"]


def exercises_of(lesson_number: int) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson, in the manifest's order."""
    (lesson,) = (lesson for lesson in LESSONS if lesson.number == lesson_number)
    return tuple(find_exercise(exercise.name) for exercise in lesson.exercises)


def find_exercise(name: str) -> Exercise:
    """Return the exercise with this name; `CourseError` names the exercises where there is none."""
    lesson_of(name)
    return page_of(name)


def page_of(name: str) -> Exercise:
    """Return the exercise of a page of the bank."""
    return importlib.import_module(f".bank.{name}", __package__).EXERCISE
