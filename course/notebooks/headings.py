"""The heading of an exercise: its source names the function, and the manifest says the rest.

A line ``### Exercise · `output_size``` of a source becomes, in both notebooks::

    ### Exercise 1.3 · `output_size`

    2 points · 10 minutes · difficulty ●●○
"""

from __future__ import annotations

import re

from ..manifest import Exercise, Lesson

__all__ = ["HEADING", "heading_fault", "with_headings"]

HEADING = re.compile(r"(?m)^#+ Exercise\b.*$")
WRITTEN = re.compile(r"### Exercise · `(\w+)`")
HARDEST = 3


def with_headings(text: str, lesson: Lesson) -> str:
    """Return the text of a cell with each exercise's heading as the manifest has it."""
    return HEADING.sub(lambda found: _heading(found[0], lesson), text)


def heading_fault(line: str, lesson: Lesson) -> tuple[str, str] | None:
    """Return what is wrong with the heading of an exercise in a source, and what to write; None where it is right."""
    written = WRITTEN.fullmatch(line)
    if not written:
        fix = "Write '### Exercise · `name`': number, points, minutes and difficulty come from the manifest."
        return f"its heading {line!r} is not that of an exercise", fix
    if written[1] not in [exercise.name for exercise in lesson.exercises]:
        known = ", ".join(exercise.name for exercise in lesson.exercises)
        fix = f"course/manifest.py has {known}."
        return f"lesson {lesson.number} has no exercise {written[1]!r} in the manifest", fix
    return None


def _heading(line: str, lesson: Lesson) -> str:
    name = WRITTEN.fullmatch(line)
    assert name is not None, "read_source has looked at it"
    number, exercise = next((k, one) for k, one in enumerate(lesson.exercises, start=1) if one.name == name[1])
    return f"### Exercise {lesson.number}.{number} · `{exercise.name}`\n\n{_facts(exercise)}"


def _facts(exercise: Exercise) -> str:
    points = f"{exercise.points} point{'s' * (exercise.points != 1)}"
    dots = "●" * exercise.difficulty + "○" * (HARDEST - exercise.difficulty)
    facts = [points, f"{exercise.minutes} minutes", f"difficulty {dots}"]
    return " · ".join([*facts, "stretch"] if exercise.stretch else facts)
