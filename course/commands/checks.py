"""``course checks``: the table of what each check refuses, names and accepts."""

from __future__ import annotations

import argparse

__all__ = ["EXAMPLE", "HELP", "add_arguments", "run"]

HELP = "Show which wrong answers each check refuses and names, and which right ones it accepts."
EXAMPLE = "python3 -m course checks --lesson 1 --seeds 3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lesson", type=int, help="only this lesson (default: all of them)")
    parser.add_argument("--seeds", type=int, default=1, help="how many times, each with other cases (default: 1)")


def run(arguments: argparse.Namespace) -> int:
    """Print the table; return 1 if a check did not do what it should."""
    from ..checks.matrix import matrix_of
    from ..checks.registry import exercises_of
    from ..errors import CourseError
    from ..manifest import LESSONS

    lessons = [lesson for lesson in LESSONS if arguments.lesson in (None, lesson.number)]
    if not lessons:
        known = ", ".join(str(lesson.number) for lesson in LESSONS)
        raise CourseError(f"There is no lesson {arguments.lesson}. The lessons are: {known}.")
    bad = total = 0
    for lesson in lessons:
        print(f"\nLesson {lesson.number}. {lesson.title}")
        for exercise in exercises_of(lesson.number):
            print(f"\n  {exercise.name}")
            for seed in range(arguments.seeds):
                for row in matrix_of(exercise, seed):
                    total += 1
                    bad += not row.good
                    if seed == 0 or not row.good:
                        print(f"    {'✓' if row.good else '✗'} {row.kind:<8} {row.answer:<44} {row.got}")
    print(f"\n{total - bad} of {total} answers were judged as they should be.")
    return 1 if bad else 0
