"""``python3 -m course grade SUBMISSIONS --out DIR``: grades a class."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

HELP = "Grade a class: a folder or a zip of notebooks as a learning platform exports them, each run in a sandbox."
EXAMPLE = "python3 -m course grade submissions.zip --out graded"

LEAST_MEMORY = 64  # MiB
LONGEST = 3600  # seconds
LACKING = "This exercise needs "  # begins what is said where a sandbox has not all that an exercise needs

__all__ = ["EXAMPLE", "HELP", "add_arguments", "check_numbers", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("submissions", type=Path, help="a folder of notebooks, a folder for each learner, or a zip")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where grades and feedback go")
    parser.add_argument("--lesson", type=int, metavar="N", help="the lesson (default: what most notebooks hold)")
    parser.add_argument(
        "--seed", type=int, metavar="N",
        help="draw other cases: they come from N and from a secret in DIR/run.json. Keep that file to grade again with "
        "the same cases",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, metavar="N", help="how many at once (default: one for each core)")
    parser.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS", help="for one exercise (10)")
    parser.add_argument("--memory-limit", type=int, default=768, metavar="MIB", help="for one exercise (768)")
    parser.add_argument(
        "--sandbox", metavar="LEVEL", help="namespaces, landlock, wasm or limits (default: the best that works here, "
        "never limits, under which answers can be read)",
    )  # fmt: skip
    parser.add_argument(
        "--require-sandbox", nargs="?", const="namespaces", metavar="LEVEL",
        help="refuse to run below this level (namespaces, where none is named)",
    )  # fmt: skip
    parser.add_argument("--again", action="store_true", help="grade also what DIR already holds")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="as an autograder: Gradescope's results.json, for the one learner whose files these are",
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="hand the work to a Dask cluster")


def check_numbers(arguments: argparse.Namespace) -> None:
    """Raise where the time limit or the seed is a number that cannot be used."""
    from ..errors import CourseError

    if not 0 < arguments.time_limit <= LONGEST:
        raise CourseError(f"--time-limit takes seconds above 0, {LONGEST} at most, not {arguments.time_limit:g}.")
    if arguments.seed is not None and arguments.seed < 0:
        raise CourseError(f"--seed takes a whole number from 0 on, not {arguments.seed}.")


def run(arguments: argparse.Namespace) -> int:
    """Grade the class; return 1 where a submission could not be graded."""
    from ..errors import CourseError
    from ..grading import sandbox, schedule
    from ..grading.autograder import write_refusal, write_single_result
    from ..grading.classroom import Settings, grade_class

    check_numbers(arguments)
    if arguments.memory_limit < LEAST_MEMORY:
        raise CourseError(f"--memory-limit takes MiB, {LEAST_MEMORY} at least, not {arguments.memory_limit}.")
    if arguments.jobs is not None and arguments.jobs < 1:
        raise CourseError(f"--jobs takes a number from 1 on, not {arguments.jobs}.")
    if arguments.out.exists() and not arguments.out.is_dir():
        raise CourseError(f"{arguments.out} is a file. Name a folder with --out.")
    if arguments.results is not None:
        arguments.results.unlink(missing_ok=True)  # where this machine fails, nobody is told the points of another run
    level = _level(arguments.sandbox, arguments.require_sandbox)
    limits = sandbox.Limits(seconds=arguments.time_limit, memory=arguments.memory_limit * 2**20)
    jobs = arguments.jobs or schedule.cores()
    settings = Settings(
        arguments.lesson, arguments.seed, jobs, limits, level,
        arguments.scheduler, arguments.again, arguments.results is not None,
    )  # fmt: skip
    started = time.monotonic()
    try:
        results = grade_class(arguments.submissions, arguments.out, settings, _progress(), print)
        if arguments.results is not None and all(result.digest for result in results):
            write_single_result(arguments.results, results)
    except CourseError as error:
        if arguments.results is not None:  # the learner reads why there are no points
            write_refusal(arguments.results, str(error))
        raise
    seconds = time.monotonic() - started
    if sys.stderr.isatty():
        print(end="\r\033[K", file=sys.stderr)
    total = sum(result.total for result in results) / len(results)
    mean = f"mean {total:.2f} of {results[0].out_of:g}"
    count = "1 submission" if len(results) == 1 else f"{len(results)} submissions"
    print(f"{count} graded in {seconds:.1f} s, sandbox: {level}; {mean}.")
    print(f"{arguments.out / 'grades.csv'}, {arguments.out / 'class.html'}, and a page for each learner in feedback.")
    if remarks := sum(bool(result.notes) for result in results):
        print(f"{remarks} of them with something to look at, such as a file that is no notebook: it is in class.html.")
    trouble = [result for result in results if result.trouble]
    if trouble:
        names = ", ".join(result.name for result in trouble[:10])
        lacking = {one.says for result in trouble for one in result.exercises if one.says.startswith(LACKING)}
        then = " ".join(sorted(lacking)) or "Run the same command again."
        print(f"The grader could not do all of: {names}. {then}", file=sys.stderr)
    return 1 if trouble else 0


def _level(named: str | None, least: str | None) -> str:
    """Return the level to grade at, which works on this machine, and say what is to be known of it."""
    from ..errors import CourseError
    from ..grading import levels

    for option, level in (("--sandbox", named), ("--require-sandbox", least)):
        if level is not None and level not in levels.LEVELS:
            raise CourseError(f"{option} takes one of {', '.join(levels.LEVELS)}, not {level!r}.")
    if named not in (None, "limits"):
        levels.prepare(named)
        if why := levels.works(named):
            raise CourseError(f"The sandbox {named} is not to be had on this machine: {why}. {levels.advice()}")
    level = named or levels.best_level()
    if least is not None and not levels.at_least(least, level):
        raise CourseError(
            f"--require-sandbox asks for {least}, and here is {levels.describe(level)}. {levels.advice()}"
        )
    if level == "limits":
        print("course: With --sandbox limits, answers can be read here by the work that is graded.", file=sys.stderr)
    return level


def _progress():
    """Return what shows progress: a bar on a terminal, a line now and then in a log."""
    state = {"started": time.monotonic(), "shown": 0.0}

    def say(done: int, total: int) -> None:
        now = time.monotonic()
        last = done == total
        if now - state["shown"] < (0.1 if sys.stderr.isatty() else 15) and not last:
            return
        state["shown"] = now
        left = (now - state["started"]) / done * (total - done) if done else 0
        words = f"{done} of {total}" + (f", about {left:.0f} s to go" if done and not last else "")
        if sys.stderr.isatty():
            filled = 30 * done // max(total, 1)
            print(f"\r\033[K[{'#' * filled}{'.' * (30 - filled)}] {words}", end="", flush=True, file=sys.stderr)
        else:
            print(f"grading: {words}", flush=True, file=sys.stderr)

    return say
