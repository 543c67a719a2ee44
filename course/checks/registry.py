"""Finding the exercises: one module for each lesson, loaded when one of its exercises is asked for."""

from __future__ import annotations

import importlib

from ..errors import CourseError
from ..manifest import LESSONS, lesson_of
from .spec import Exercise

__all__ = ["exercises_of", "find_exercise"]


def exercises_of(lesson_number: int) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson, in order."""
    return tuple(importlib.import_module(f".lesson_{lesson_number:02d}", __package__).EXERCISES)


def find_exercise(name: str) -> Exercise:
    """Return the exercise with this name; `CourseError` names the exercises where there is none."""
    lesson = lesson_of(name)
    for exercise in exercises_of(lesson.number):
        if exercise.name == name:
            return exercise
    raise CourseError(f"Exercise {name!r} of lesson {lesson.number} has no check. Lessons: {len(LESSONS)}.")
