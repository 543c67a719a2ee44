"""How many submissions a minute the grader does, against its peers, on the same exercises in the same run."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import bootstrap
from course.errors import SetupError

__all__ = ["HELP", "LIMIT", "run"]

HELP = (
    "Submissions a minute of 'course grade', nbgrader, otter-grader and 'nbconvert --execute', sandbox and limits on."
)
LIMIT = 40.0
LESSON = 1
EXERCISES = ("dense_connections", "output_size", "same_padding")
PEERS = ("nbgrader", "otter-grader", "nbconvert", "ipykernel")


@dataclass(frozen=True)
class Time:
    """What so many submissions took: seconds on the clock, and processor seconds of all processes."""

    wall: float
    processor: float
    count: int

    @property
    def a_minute(self) -> float:
        """Submissions a minute by the clock."""
        return 60 * self.count / self.wall


def run(arguments: argparse.Namespace) -> int:
    """Measure, print the table, and return 1 where the grader is not fast enough."""
    parser = argparse.ArgumentParser(prog="python3 -m course bench grade", description=HELP)
    parser.add_argument("--count", type=int, default=100, help="submissions for the course's grader (100)")
    parser.add_argument(
        "--peers", type=Path, metavar="DIR", help="an environment with the peers, made where it is missing"
    )
    parser.add_argument("--peer-count", type=int, default=4, help="submissions for each of the peers (4)")
    options = parser.parse_args(getattr(arguments, "options", []))
    with tempfile.TemporaryDirectory(prefix="course-bench-") as name:
        folder = Path(name)
        notebook, tests = _work()
        times = {"course grade": _ours(folder / "ours", notebook, options.count)}
        times["floor: import numpy"] = _floor()
        python = _environment(options.peers or folder / "peers")
        if python is not None:
            for peer, measure in CONTENDERS.items():
                print(f"measuring {peer} ...", flush=True)
                try:
                    times[peer] = measure(folder / peer.split()[0], python, notebook, tests, options.peer_count)
                except (subprocess.CalledProcessError, OSError, SetupError) as error:
                    text = getattr(error, "stderr", None) or str(error)
                    print(f"{peer} is skipped: {str(text).strip().splitlines()[-1] if str(text).strip() else error}")
    return _told(times)


def _told(times: dict[str, Time]) -> int:
    ours = times["course grade"]
    print(f"\n{'':<22} {'a minute':>10} {'CPU s each':>11} {'times ours':>11}")
    for name, one in times.items():
        ratio = (one.processor / one.count) / (ours.processor / ours.count)
        print(f"{name:<22} {one.a_minute:>10.1f} {one.processor / one.count:>11.3f} {ratio:>11.1f}")
    rivals = [times[name] for name in ("nbgrader", "otter-grader") if name in times]
    if not rivals:
        print("\nNo peer was to be had, so there is nothing to compare with.")
        return 0
    ratio = ours.a_minute / max(one.a_minute for one in rivals)
    verdict = "at least" if ratio >= LIMIT else "BELOW"
    print(f"\n{ratio:.0f} times the submissions a minute of the faster of nbgrader and otter-grader:")
    print(f"{verdict} the {LIMIT:.0f} that are wanted.")
    return 0 if ratio >= LIMIT else 1


def _work() -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return a notebook with right answers, and for each exercise the assertions that a peer makes."""
    from course.checks.registry import find_exercise
    from course.grading.submission import read_submission
    from course.manifest import LESSONS

    lesson = next(lesson for lesson in LESSONS if lesson.number == LESSON)
    path = bootstrap.ROOT / "solutions" / f"{lesson.stem}.ipynb"
    if not path.exists():
        raise SetupError(f"{path.name} is not built yet: make it with 'python3 -m course build --lesson {LESSON}'.")
    cells, tests = [_code("import numpy as np", "imports")], {}
    for piece in read_submission(path, lesson).slices:
        if piece.exercise in EXERCISES:
            source = "\n".join(text.strip("\n") for _, text in piece.cells if "course" not in text)
            cells.append(_code(source, f"answer-{piece.exercise}", {"course": {"exercise": piece.exercise}}))
            plan = find_exercise(piece.exercise).plan(0)
            tests[piece.exercise] = [
                f"assert {piece.exercise}(*{tuple(case.arguments.values())!r}) == {expected.value!r}"
                for case, expected in zip(plan.cases, plan.expected, strict=True)
                if not expected.error
            ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, tests


def _code(source: str, label: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": label.replace("_", "-"),
        "source": source,
        "metadata": metadata or {},
        "outputs": [],
        "execution_count": None,
    }


def _timed(command: list[str], count: int, folder: Path, **environment: str) -> Time:
    """Run a command to its end, and take its time with that of all its children."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    wall, after = time.perf_counter() - started, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Time(wall, spent, count)


def _ours(folder: Path, notebook: dict[str, Any], count: int) -> Time:
    (folder / "in").mkdir(parents=True)
    for k in range(count):
        (folder / "in" / f"learner{k}.ipynb").write_text(json.dumps(notebook))
    command = [
        sys.executable,
        "-m",
        "course",
        "grade",
        str(folder / "in"),
        "--out",
        str(folder / "out"),
        "--lesson",
        str(LESSON),
    ]
    taken = _timed(command, count, bootstrap.ROOT)
    points = {json.loads(path.read_text())["total"] for path in (folder / "out" / "results").glob("*.json")}
    if len(points) != 1 or points == {0}:
        raise SetupError(
            f"The right answers did not all get the same points: {sorted(points)}. Run the tests of grading."
        )
    return taken


def _floor() -> Time:
    count = 5
    times = [_timed([sys.executable, "-c", "import numpy"], 1, bootstrap.ROOT) for _ in range(count)]
    return Time(sum(one.wall for one in times), sum(one.processor for one in times), count)


def _environment(folder: Path) -> Path | None:
    """Return the Python of an environment that has the peers, or None with a word."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        print("installing nbgrader and otter-grader into a scratch environment ...", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, text=True)
            install = [str(python), "-m", "pip", "install", "--quiet", *PEERS, "numpy"]
            subprocess.run(install, check=True, capture_output=True, text=True, timeout=900)
        except (subprocess.SubprocessError, OSError):
            print("The peers are skipped: they could not be installed.")
            shutil.rmtree(folder, ignore_errors=True)
            return None
    return python


def _path(python: Path) -> str:
    return f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"


def _nbgrader(folder: Path, python: Path, notebook: dict[str, Any], tests: dict[str, list[str]], count: int) -> Time:
    source = json.loads(json.dumps(notebook))
    for cell in source["cells"]:
        _mark(cell, grade=False, solution=True)
    for name, lines in tests.items():
        cell = _code("\n".join(lines), f"test-{name}")
        source["cells"].append(_mark(cell, grade=True, solution=False))
    (folder / "source" / "ps1").mkdir(parents=True)
    (folder / "source" / "ps1" / "work.ipynb").write_text(json.dumps(source))
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    nbgrader = [str(python), "-m", "nbgrader"]
    _timed([*nbgrader, "generate_assignment", "ps1", "--create"], 0, folder, PATH=_path(python))
    for k in range(count):  # the release has no answers; the source has them
        shutil.copytree(folder / "source" / "ps1", folder / "submitted" / f"learner{k}" / "ps1")
    return _timed([*nbgrader, "autograde", "ps1"], count, folder, PATH=_path(python))


def _mark(cell: dict[str, Any], grade: bool, solution: bool) -> dict[str, Any]:
    marks = {"grade": grade, "solution": solution, "locked": grade, "schema_version": 3, "task": False}
    cell["metadata"]["nbgrader"] = {**marks, "grade_id": cell["id"], **({"points": 1} if grade else {})}
    return cell


def _otter(folder: Path, python: Path, notebook: dict[str, Any], tests: dict[str, list[str]], count: int) -> Time:
    (folder / "tests").mkdir(parents=True)
    for name, lines in tests.items():
        code = "\n".join(f">>> {line}" for line in lines)
        cases = [{"code": code, "hidden": False, "locked": False}]
        suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        content = {"name": name, "points": 1, "suites": [suite]}
        (folder / "tests" / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {content!r}\n")
    (folder / "work.ipynb").write_text(json.dumps(notebook))
    _timed(
        [str(python), "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], 0, folder
    )
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        archive.testzip()
    code = (
        "from otter.api import grade_submission\n"
        f"for k in range({count}):\n    found = grade_submission('work.ipynb', 'autograder.zip', quiet=True)\n"
        f"    assert found.total == {len(tests)}, found.total\n"
    )
    return _timed([str(python), "-c", code], count, folder, PATH=_path(python))


def _nbconvert(folder: Path, python: Path, notebook: dict[str, Any], tests: dict[str, list[str]], count: int) -> Time:
    folder.mkdir(parents=True)
    whole = json.loads(json.dumps(notebook))
    whole["cells"] += [_code("\n".join(lines), f"test-{name}") for name, lines in tests.items()]
    names = [f"learner{k}.ipynb" for k in range(count)]
    for name in names:
        (folder / name).write_text(json.dumps(whole))
    command = [str(python), "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", *names]
    return _timed(command, count, folder, PATH=_path(python))


CONTENDERS: dict[str, Callable[..., Time]] = {
    "nbgrader": _nbgrader,
    "otter-grader": _otter,
    "nbconvert --execute": _nbconvert,
}
