"""``python3 -m course autograder --lesson N --out FILE``: a zip that Gradescope runs as its autograder."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "Make the zip that Gradescope runs as the autograder of one lesson."
EXAMPLE = "python3 -m course autograder --lesson 1 --out lesson1.zip"

__all__ = ["EXAMPLE", "HELP", "add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--lesson", type=int, required=True, metavar="N", help="the lesson that is graded")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the zip to write")


def run(arguments: argparse.Namespace) -> int:
    """Write the zip, and say where it is."""
    from ..errors import CourseError
    from ..grading.autograder import write_autograder
    from ..manifest import LESSONS

    lessons = [lesson for lesson in LESSONS if lesson.number == arguments.lesson]
    if not lessons:
        known = ", ".join(str(lesson.number) for lesson in LESSONS)
        raise CourseError(f"There is no lesson {arguments.lesson}. The lessons are: {known}.")
    if arguments.out.is_dir():
        raise CourseError(f"{arguments.out} is a folder. Name the zip with --out, such as --out lesson1.zip.")
    write_autograder(arguments.out, lessons[0])
    print(f"{arguments.out}: upload it as the autograder of lesson {lessons[0].number}, {lessons[0].points} points.")
    return 0
