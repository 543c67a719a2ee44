"""``python3 -m course check NOTEBOOK``: a learner's own score, graded as handed-in work is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "Show your own score for a notebook, graded as your instructor grades it, on cases drawn anew."
EXAMPLE = "python3 -m course check lessons/01_receptive_fields.ipynb"

__all__ = ["EXAMPLE", "HELP", "add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("notebook", help="the notebook that you worked in, saved")
    parser.add_argument("--exercise", metavar="NAME", help="this exercise alone")
    parser.add_argument("--seed", type=int, help="draw the same cases again (default: new ones each time)")
    parser.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS", help="for one exercise (10)")


def run(arguments: argparse.Namespace) -> int:
    """Grade the notebook and print the verdicts; return 1 where an exercise that counts is not right yet."""
    import secrets

    from ..errors import CourseError
    from ..grading.choose import remarks
    from ..grading.levels import SAFE, works
    from ..grading.rescue import rescued
    from ..grading.result import ExerciseResult
    from ..grading.run import grade_exercise, with_cause
    from ..grading.sandbox import Limits, Sandbox
    from ..grading.submission import submission_of
    from ..manifest import exercise_entry
    from ..notebooks.reading import read_bytes
    from .grade import check_numbers

    check_numbers(arguments)
    path = Path(arguments.notebook)
    notebook, said = rescued(read_bytes(path), path.name)
    submission = submission_of(notebook, path.name)
    slices = [piece for piece in submission.slices if arguments.exercise in (None, piece.exercise)]
    if not slices:
        known = ", ".join(piece.exercise for piece in submission.slices)
        raise CourseError(f"There is no exercise {arguments.exercise!r} in this lesson. Its exercises are: {known}.")
    seed = secrets.randbelow(2**31) if arguments.seed is None else arguments.seed
    print(f"Lesson {submission.lesson.number}. {submission.lesson.title}")
    results: list[ExerciseResult] = []
    level = next((level for level in SAFE if level != "wasm" and not works(level)), "limits")  # one's own work, at once
    with Sandbox(level, Limits(seconds=arguments.time_limit)) as sandbox:
        for number, piece in enumerate(slices, start=1):
            _say(f"checking {piece.exercise} ({number} of {len(slices)})")
            result = grade_exercise(piece, sandbox, seed)
            results.append(with_cause(result, piece, {one.exercise: one.status for one in results}))
            _say("")
            print(f"\n{_text(results[-1], exercise_entry(piece.exercise).stretch)}", flush=True)
    beside = [one.name for one in path.parent.glob("*.py")]
    for note in (*said, *submission.notes, *remarks(notebook, path.name, submission, beside)):
        print(f"\n{note}")
    counted = [one for one in results if not exercise_entry(one.exercise).stretch]
    extra = sum(one.points for one in results if one not in counted)
    print(f"\n{sum(one.points for one in counted):g} of {sum(one.out_of for one in counted):g} points"
          + (f", and {extra:g} extra" if extra else ""))  # fmt: skip
    return 0 if all(one.status == "passed" for one in counted) else 1


def _text(result, stretch: bool) -> str:
    from ..checks.display import Verdict

    score = f"({result.points:g} of {result.out_of:g} points{', extra' if stretch else ''})"
    if result.status == "missing":
        text = f"○ {result.exercise}: {result.says[:1].lower()}{result.says[1:]} {score}"
    elif result.report is not None and result.report.library:
        text = f"◐ {result.exercise}: {result.says[:1].lower()}{result.says[1:]} {score}"
    elif result.report is None or not (result.drawn or result.status == "passed"):
        text = f"✗ {result.exercise}: {result.says} {score}"
    else:
        verdict = Verdict(result.report)
        text = repr(verdict).replace(verdict.headline, f"{verdict.headline} {score}", 1)
    return "\n".join([text, *(f"  {note}" for note in result.notes)])


def _say(line: str) -> None:
    """Show progress on one line of a terminal, and nothing in a log."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", flush=True, file=sys.stderr)
