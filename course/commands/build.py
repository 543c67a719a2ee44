"""``python3 -m course build``: the sources of the lessons become notebooks."""

from __future__ import annotations

import argparse
import sys

HELP = "Make the lesson and solution notebooks from their sources in solutions/NN_slug.py."
EXAMPLE = "python3 -m course build --lesson 1"

__all__ = ["EXAMPLE", "HELP", "add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    from ..manifest import LESSONS

    numbers = [lesson.number for lesson in LESSONS]
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail where a notebook is out of step with its source or breaks a rule",
    )
    parser.add_argument(
        "--lesson", type=int, choices=numbers, metavar="N", help="one lesson alone (default: every one)"
    )
    parser.add_argument("--no-execute", action="store_true", help="build the lesson alone; leave the solution as it is")
    parser.add_argument("--force", action="store_true", help="execute the solution even where no cell has changed")
    parser.add_argument("--overwrite", action="store_true", help="write over a lesson that somebody has worked in")


def run(arguments: argparse.Namespace) -> int:
    """Build or check the lessons that were asked for; return 1 where a check found something."""
    from ..grading import own
    from ..manifest import LESSONS
    from ..notebooks import build

    lessons = [lesson for lesson in LESSONS if arguments.lesson in (None, lesson.number)]
    if arguments.lesson is None:
        lessons = [lesson for lesson in lessons if build.paths_of(lesson, build.ROOT)[0].exists()]
    if arguments.check:
        return _check(lessons)
    for lesson in lessons:
        written = build.build_lesson(
            lesson,
            build.ROOT,
            execute=not arguments.no_execute,
            force=arguments.force,
            overwrite=arguments.overwrite,
            say=_say,
        )
        if sys.stderr.isatty():
            print(end="\r\033[K", file=sys.stderr)
        for path in written:
            print(f"{path.parent.name}/{path.name} written")
        if not written:
            print(f"{lesson.stem}: nothing to do")
    if own.write(lessons, build.ROOT):
        print(f"grading/{own.PATH.name} written")
    return 0


def _check(lessons: list) -> int:
    from ..grading import own
    from ..notebooks import build, lint

    failed = False
    for lesson in lessons:
        found = build.out_of_step(lesson, build.ROOT)
        if own.out_of_step(lesson, build.ROOT):
            found.append(f"grading/{own.PATH.name} does not have the answers of {lesson.stem}")
        if found:
            found.append(f"Run: python3 -m course build --lesson {lesson.number}")
        found += [str(finding) for finding in lint.lint_lesson(lesson, build.ROOT)]
        print("\n".join(found) if found else f"{lesson.stem}: in step, no findings")
        failed |= bool(found)
    return int(failed)


def _say(line: str) -> None:
    """Show progress on one line of a terminal, and nothing in a log."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", flush=True, file=sys.stderr)
