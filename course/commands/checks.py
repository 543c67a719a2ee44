"""``course checks``: what each check refuses, names and accepts, and how well it names."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..checks.spec import Exercise

__all__ = ["EXAMPLE", "HELP", "add_arguments", "run"]

HELP = "Show which wrong answers each check refuses and names, and which right ones it accepts."
EXAMPLE = "python3 -m course checks --lesson 1 --names"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lesson", type=int, help="only this lesson (default: all of them)")
    parser.add_argument("--exercise", metavar="NAME", help="only this exercise")
    parser.add_argument("--seeds", type=int, default=1, help="how many times, each with other cases (default: 1)")
    parser.add_argument("--names", action="store_true", help="measure naming: known mistakes, pairs of them, answers")
    parser.add_argument("--answers", metavar="DIR", type=Path, help="with --names: a folder of answers, one .py each")
    parser.add_argument("--pairs", metavar="N", type=int, help="with --names: at most N pairs for each exercise")


def run(arguments: argparse.Namespace) -> int:
    """Print the table; return 1 if a check did not do what it should."""
    if arguments.answers is not None:
        return _answers(arguments.answers, arguments.seeds)
    exercises = _chosen(arguments)
    return _names(exercises, arguments) if arguments.names else _table(exercises, arguments.seeds)


def _chosen(arguments: argparse.Namespace) -> list[Exercise]:
    from ..checks.registry import exercises_of, find_exercise
    from ..errors import CourseError
    from ..manifest import LESSONS

    if arguments.exercise:
        return [find_exercise(arguments.exercise)]
    lessons = [lesson for lesson in LESSONS if arguments.lesson in (None, lesson.number)]
    if not lessons:
        known = ", ".join(str(lesson.number) for lesson in LESSONS)
        raise CourseError(f"There is no lesson {arguments.lesson}. The lessons are: {known}.")
    return [exercise for lesson in lessons for exercise in exercises_of(lesson.number)]


def _table(exercises: list[Exercise], seeds: int) -> int:
    from ..checks.matrix import matrix_of

    bad = total = 0
    for exercise in exercises:
        print(f"\n  {exercise.name}")
        for seed in range(seeds):
            for row in matrix_of(exercise, seed):
                total += 1
                bad += not row.good
                if seed == 0 or not row.good:
                    print(f"    {'✓' if row.good else '✗'} {row.kind:<8} {row.answer:<44} {row.got}")
    print(f"\n{total - bad} of {total} answers were judged as they should be.")
    return 1 if bad else 0


def _names(exercises: list[Exercise], arguments: argparse.Namespace) -> int:
    """Print how many known mistakes, and pairs of them, are named by each exercise's check."""
    from ..checks.naming import counted, name_known, name_pairs

    singles: list[str] = []
    pairs: list[str] = []
    for exercise in exercises:
        print(f"\n{exercise.name}", flush=True)
        for seed in range(arguments.seeds):
            known = name_known(exercise, seed)
            singles += known.values()
            print(f"  known mistakes: {counted(list(known.values()))}", flush=True)
            for name, verdict in known.items():
                if verdict != "named":
                    print(f"    ✗ {name}: {verdict}")
            paired = name_pairs(exercise, seed, arguments.pairs)
            pairs += [pair.verdict for pair in paired]
            print(f"  pairs of them:  {counted([pair.verdict for pair in paired])}", flush=True)
            for pair in paired:
                if pair.verdict in ("named wrongly", "accepted"):
                    print(f"    ✗ {' + '.join(pair.mistakes)}: {pair.verdict}: {pair.said}")
    print(f"\nknown mistakes: {counted(singles)}")
    if pairs:
        print(f"pairs: {counted(pairs)} ({pairs.count('named') / len(pairs):.1%} named by both names)")
    return 1 if set(singles) - {"named"} or "accepted" in pairs else 0


def _answers(folder: Path, seeds: int) -> int:
    """Print what is said of each answer in a folder, and count; return 1 where a verdict is not the expected one."""
    from ..checks.judge import judge_function
    from ..checks.naming import answers_in, counted, verdict_of
    from ..checks.registry import find_exercise

    verdicts: list[str] = []
    bad = 0
    for answer in answers_in(folder):
        exercise = find_exercise(answer.exercise)
        said = []
        for seed in range(1 if exercise.seconds else seeds):
            report = judge_function(exercise, answer.function, seed)
            verdict = f"right, but with {report.library}" if report.library else verdict_of(report)
            said.append(
                (
                    verdict,
                    report.diagnosis.name or report.diagnosis.says or (report.failure.says if report.failure else ""),
                )
            )
        kinds = Counter(verdict for verdict, _ in said)
        wanted = {"accept": ["accepted"], "other library": [kind for kind in kinds if kind.startswith("right, but")]}
        refused = "accepted" not in kinds
        good = refused if answer.expect == "refuse" else list(kinds) == wanted.get(answer.expect, list(kinds))
        stable = len(set(said)) == 1
        bad += not good
        print(f"{'✓' if good else '✗'}{' ' if stable else '~'} {answer.path.stem}: {answer.exercise}, {answer.what}")
        for verdict, text in dict.fromkeys(said):
            print(f"      {verdict}: {text}")
        if answer.expect == "refuse" and good:
            verdicts.append(said[0][0] if len(kinds) == 1 else "named wrongly" if "named wrongly" in kinds else "told")
    print(f"\n{bad} verdicts are not as expected.")
    print(f"Refused answers: {counted(verdicts)} of {len(verdicts)}")
    return 1 if bad else 0
