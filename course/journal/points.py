"""Checks and hints: what is right, how many points that is, and how many hints it took."""

from __future__ import annotations

from typing import Any

from ..manifest import LESSONS, Lesson, lesson_of
from .store import Journal, change, entry_of, read
from .tables import Group, check_lesson, html_table, text_table

__all__ = ["Progress", "progress", "record_check", "record_hint"]

COLUMNS = ("Exercise", "State", "Points", "Hints used")
CAPTION = "Your progress"


def record_check(exercise: str, passed: bool, mistake: str | None = None) -> None:
    """Write down how a check ended.

    Parameters
    ----------
    exercise : str
        A name from the manifest.
    passed : bool
        Whether the function was right. The last check counts, as it does when the notebook is graded.
    mistake : str, optional
        The known mistake that the check named.

    Raises
    ------
    CourseError
        There is no such exercise.
    """
    lesson_of(exercise)

    def alter(journal: Journal) -> None:
        entry = entry_of(journal, exercise)
        entry["checks"] += 1
        entry["passed"] = bool(passed)
        entry["mistake"] = None if passed else mistake

    change(alter)


def record_hint(exercise: str, most: int | None = None) -> int:
    """Write down that a hint was shown; return how many have been by now, with this one.

    Parameters
    ----------
    exercise : str
        A name from the manifest.
    most : int, optional
        How many hints there are: the count stops there.

    Raises
    ------
    CourseError
        There is no such exercise.
    """
    lesson_of(exercise)

    def alter(journal: Journal) -> None:
        entry = entry_of(journal, exercise)
        entry["hints"] += most is None or entry["hints"] < most

    shown = change(alter)["exercises"][exercise]["hints"]
    return shown if most is None else min(shown, most)


def progress(lesson: int | None = None) -> Progress:
    """Return a table of exercises: what is right, points, hints and guesses.

    Parameters
    ----------
    lesson : int, optional
        The exercises of this lesson, and one line for each of the others; without it, all exercises.

    Raises
    ------
    ArgumentError
        There is no such lesson.

    Examples
    --------
    >>> print(progress(3))  # doctest: +ELLIPSIS
    Your progress
    ...
    """
    if lesson is not None:
        check_lesson("progress", lesson)
    return Progress(read(), lesson)


class Progress:
    """A table of what was done, as HTML in a notebook and as text elsewhere.

    Attributes
    ----------
    points, possible : int
        Points earned, and points that there are.
    hints, guesses : int
        Hints asked for, and guesses made.
    """

    def __init__(self, journal: Journal, lesson: int | None = None) -> None:
        self._entries = journal["exercises"]
        self.lesson = lesson
        self.guesses = len(journal["guesses"])
        self.hints = sum(entry["hints"] for entry in self._entries.values())
        self.points = sum(self._earned(exercise) for lesson in LESSONS for exercise in lesson.exercises)
        self.possible = sum(lesson.points for lesson in LESSONS)

    def _earned(self, exercise: Any) -> int:
        return exercise.points if self._entries.get(exercise.name, {}).get("passed") else 0

    def _groups(self) -> list[Group]:
        groups: list[Group] = []
        for lesson in LESSONS:
            earned = sum(self._earned(exercise) for exercise in lesson.exercises)
            heading = f"{lesson.number}. {lesson.title}: {earned} of {lesson.points} points"
            groups.append((heading, self._rows(lesson) if self.lesson in (None, lesson.number) else []))
        return groups

    def _rows(self, lesson: Lesson) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for exercise in lesson.exercises:
            entry = self._entries.get(exercise.name, {})
            state = "✓ right" if entry.get("passed") else "○ not yet right" if entry.get("checks") else "– open"
            name = exercise.name + (" (stretch)" if exercise.stretch else "")
            points = f"{self._earned(exercise)} of {exercise.points}"
            rows.append((name, state, points, str(entry.get("hints", 0))))
        return rows

    def _total(self) -> str:
        return (
            f"{self.points} of {self.possible} points earned. "
            f"Hints used: {self.hints}. Guesses made: {self.guesses}. "
            "The points are those of each exercise's last check."
        )

    def __repr__(self) -> str:
        return text_table(CAPTION, COLUMNS, self._groups(), self._total())

    def _repr_html_(self) -> str:
        return html_table(CAPTION, COLUMNS, self._groups(), self._total(), code=True)
