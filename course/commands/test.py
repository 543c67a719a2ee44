"""The command ``test``: style, types, notebooks in step, tests, notebooks run, and a real browser."""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from course import bootstrap
from course.commands.lab import server_environment

HELP = "Run every test of the course: style, types, unit and property tests, the notebooks, a real browser."
EXAMPLE = "python3 -m course test --only unit"
NBVAL = (
    "--nbval-current-env", "--nbval-cell-timeout=300", "--nbval-kernel-startup-timeout=120",
    "--nbval-sanitize-with=tests/nbval_sanitize.cfg", "-p", "no:cacheprovider", "-q",
)  # fmt: skip


@dataclass
class Count:
    """How many tests of a step passed, failed and were skipped, and why there is nothing to count."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    remark: str = ""

    def __add__(self, other: Count) -> Count:
        """Add up two counts, and say what there is to remark on both."""
        remark = "; ".join(filter(None, [self.remark, other.remark]))
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped, remark)


@dataclass(frozen=True)
class Step:
    """One part of the whole test: its name, what it tests in words, how, and whether it is quick."""

    name: str
    words: str
    run: Callable[[], Count]
    quick: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take which steps to run."""
    names = [step.name for step in STEPS]
    parser.add_argument("--only", action="append", choices=names, metavar="STEP", help="one of: " + ", ".join(names))
    parser.add_argument("--fast", action="store_true", help="leave out the slow tests, running notebooks, and browsers")


def run(arguments: argparse.Namespace) -> int:
    """Run the steps one after the other, and end with how many tests passed and failed."""
    chosen = [step for step in STEPS if step.name in (arguments.only or [step.name])]
    if arguments.fast:
        os.environ["COURSE_TEST_FAST"] = "1"
        chosen = [step for step in chosen if step.quick]
    os.environ["COURSE_PROGRESS"] = ""  # tests must leave a reader's own progress alone
    os.environ.update(server_environment())  # kernels start beside their notebooks, and must find the course
    started, whole, failed = time.monotonic(), Count(), []
    for number, step in enumerate(chosen, 1):
        print(f"\n[{number}/{len(chosen)}] {step.name}: {step.words}", flush=True)
        start = time.monotonic()
        count = step.run()
        whole += count
        if count.failed:
            failed.append(step.name)
        verdict = "FAILED" if count.failed else "passed" if count.passed else "skipped"
        remark = f": {count.remark}" if count.remark else ""
        print(f"[{number}/{len(chosen)}] {step.name} {verdict} in {time.monotonic() - start:.1f} s{remark}", flush=True)
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print(f"\nAll of it took {minutes} min {seconds} s." + (f" Failed: {', '.join(failed)}." if failed else ""))
    print(f"{whole.passed} passed, {whole.failed} failed, {whole.skipped} skipped")
    return 1 if whole.failed or not whole.passed else 0


def _command(*words: str) -> bool:
    """Run a command of this Python in the folder of the course; tell whether it succeeded."""
    return subprocess.run([sys.executable, "-m", *words], cwd=bootstrap.ROOT, check=False).returncode == 0


def _each(*commands: tuple[str, ...]) -> Count:
    results = [_command(*command) for command in commands]
    return Count(passed=sum(results), failed=len(results) - sum(results))


ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # for each of several processes side by side: more would wait for each other
# Lessons 5 and 6 train for minutes. Solved notebooks do, where their outputs are compared; nothing else needs to.
SHORT = str(bootstrap.ROOT / "tests" / "brief.py")
BRIEF = {**ONE_THREAD, "COURSE_TRAINING_BUDGET": "5s", "PYTHONSTARTUP": SHORT}


def _pytest(*words: str, environment: dict[str, str] | None = None, output: IO[str] | None = None) -> Count:
    """Run pytest and count what it did; a run that breaks or finds nothing counts as one failure.

    What it says goes to `output`, else to the terminal.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", *words, f"--junitxml={report}"]
        status = subprocess.run(
            command, cwd=bootstrap.ROOT, env={**os.environ, **(environment or {})}, check=False, stdout=output
        ).returncode
        count = read_report(report) if report.is_file() else Count()
    if status and not count.failed:
        count.failed = 1
        count.remark = "pytest found no test" if status == 5 else f"pytest ended with exit code {status}"
    return count


def read_report(report: Path) -> Count:
    """Add up the numbers of a JUnit file."""
    count = Count()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        count.passed, count.failed = count.passed + tests - bad - skipped, count.failed + bad
        count.skipped += skipped
    return count


def _style() -> Count:
    return _each(("ruff", "check", "."), ("ruff", "format", "--check", "."))


def _types() -> Count:
    return _each(("mypy",))


def _build() -> Count:
    if not _sources():
        return Count(remark="there is no source of a lesson yet")
    if importlib.util.find_spec("course.commands.build") is None:
        return Count(failed=1, remark="there are sources of lessons, but no command 'build'")
    return _each(("course", "build", "--check"))


def _unit() -> Count:
    marks = "not browser and not network" + (" and not slow" if os.environ.get("COURSE_TEST_FAST") else "")
    words = ["-q", "-rs", "-m", marks, "--doctest-modules", *_parallel("worksteal"), "--ignore=tests/browser"]
    words += ["course", "tests"]
    return _pytest(*words, environment=ONE_THREAD)


def _parallel(how: str, share: int = 1) -> list[str]:
    """Return the words that make pytest use every core, up to four, or one of so many equal shares of them."""
    cores = min(4, os.cpu_count() or 1) // share
    return ["-n", str(cores), "--dist", how] if cores > 1 else []


def _notebooks() -> Count:
    """Run solved notebooks, comparing outputs, and those handed out, which show none; each source must have both.

    Side by side: one lesson takes longer than all others of its folder, and would leave the other processes idle.
    """
    stems = _sources()
    if not stems:
        return Count(remark="there is no source of a lesson yet")
    folders = {folder: [f"{folder}/{stem}.ipynb" for stem in stems] for folder in ("solutions", "lessons")}
    absent = [path for paths in folders.values() for path in paths if not (bootstrap.ROOT / path).is_file()]
    if absent:
        remark = f"not built: {', '.join(absent)}; run 'python3 -m course build'"
        return Count(failed=len(absent), remark=remark)
    words = [*NBVAL, *_parallel("loadfile", share=2)]
    with ThreadPoolExecutor() as pool, tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        lessons = pool.submit(_pytest, "--nbval-lax", *words, *folders["lessons"], environment=BRIEF, output=said)
        solutions = _pytest("--nbval", *words, *folders["solutions"], environment=ONE_THREAD)
        both = solutions + lessons.result()
        said.seek(0)
        print("\nAs handed out:", said.read(), sep="\n", flush=True)
    return both


def _browser() -> Count:
    return _pytest("tests/browser", "-q", "-rs", "-m", "browser", *_parallel("loadgroup"), environment=BRIEF)


def _sources() -> list[str]:
    return sorted(path.stem for path in (bootstrap.ROOT / "solutions").glob("[0-9][0-9]_*.py"))


STEPS = (
    Step("style", "ruff finds nothing to correct", _style, quick=True),
    Step("types", "mypy finds no contradiction", _types, quick=True),
    Step("build", "lessons and solutions are what their sources make", _build, quick=True),
    Step("unit", "properties, parity, doctests", _unit, quick=True),
    Step("notebooks", "solved ones give the outputs they show, those handed out run", _notebooks, quick=False),
    Step("browser", "JupyterLab in a real browser", _browser, quick=False),
)
