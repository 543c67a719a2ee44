"""The command ``doctor``: what works on this machine, and what to do about what does not."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from dataclasses import dataclass

from course import bootstrap, machine

HELP = "Show what works on this machine, and what to do about what does not. Needs nothing but Python."
EXAMPLE = "python3 -m course doctor"
ROOM_NEEDED = 6.0


@dataclass(frozen=True)
class Finding:
    """One line of the report: what, its state (good, missing, note), what there is, what to do about it."""

    subject: str
    state: str
    words: str
    remedy: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no options."""


def run(arguments: argparse.Namespace) -> int:
    """Print the report; return 1 when something that the lessons need is missing."""
    findings = [
        _python(),
        *_packages(),
        _lab(),
        _anywhere(),
        _accelerator(),
        *_data(),
        _browser(),
        *_sandboxes(),
        _disk(),
    ]
    width = max(len(one.subject) for one in findings)
    for one in findings:
        print(f"{one.state:<8} {one.subject:<{width}}  {one.words}")
        if one.remedy:
            print(f"{'':<8} {'':<{width}}  -> {one.remedy}")
    lacking = [one.subject for one in findings if one.state == "missing"]
    if lacking:
        print(f"\nNot ready yet: {', '.join(lacking)}.")
        return 1
    print("\nReady: 'python3 -m course lab' opens lesson 1.")
    return 0


def _python() -> Finding:
    words = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    return Finding("Python", "good", words)


def _packages() -> list[Finding]:
    lacking = bootstrap.missing(tests=True)
    findings = []
    for title, tests_only, state in (("packages", False, "missing"), ("packages for tests", True, "note")):
        needed = [one for one in bootstrap.requirements() if one.tests_only == tests_only]
        away = [one for one in lacking if one.tests_only == tests_only]
        have = ", ".join(f"{one.name} {one.installed()}{_pin(one)}" for one in needed if one not in away) or "none"
        if not away:
            findings.append(Finding(title, "good", have))
            continue
        wanted = ", ".join(f"{one} (here: {one.installed() or 'none'})" for one in away)
        command = "test" if tests_only else "lab"
        findings.append(
            Finding(title, state, f"{have}; lacking: {wanted}", f"'python3 -m course {command}' installs it into .venv")
        )
    return findings


def _pin(one: bootstrap.Requirement) -> str:
    installed = (one.installed() or "").split("+")[0]
    return "" if installed == one.version else f" (tested with {one.version})"


def _lab() -> Finding:
    version = bootstrap.Requirement("jupyterlab", "4", False).installed()
    if version is None:
        return Finding("JupyterLab", "missing", "not installed", "'python3 -m course lab' installs it into .venv")
    return Finding("JupyterLab", "good", version)


def _anywhere() -> Finding:
    """Tell whether a notebook opened by another program, such as an editor, imports this course."""
    import subprocess
    from pathlib import Path

    here = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    probe = [sys.executable, "-c", "import course; print(course.__file__)"]
    found = subprocess.run(probe, cwd=sys.prefix, env=here, capture_output=True, text=True, check=False).stdout.strip()
    if found and Path(found).resolve().parent.parent == bootstrap.ROOT:
        return Finding("other editors", "good", f"choose the Python above as the kernel: {sys.executable}")
    words = f"they import another course, {Path(found).parent}" if found else "they do not find the course"
    remedy = "for VS Code and others: 'python3 -m pip install --no-deps -e .' in the folder of the course"
    return Finding("other editors", "note", f"{words}; 'python3 -m course lab' does", remedy)


def _accelerator() -> Finding:
    found = machine.accelerator()
    if found is None:
        return Finding("accelerator", "note", "none: everything runs on the CPU", "nothing to do: no lesson needs one")
    return Finding("accelerator", "note" if found.startswith("not usable") else "good", found)


def _data() -> list[Finding]:
    from course import data
    from course.commands.data import states
    from course.errors import DataError

    findings = []
    for place, state, problem in states():
        if state == "damaged":
            findings.append(Finding("Fashion-MNIST", "note", f"{place}: damaged", problem))
        elif state == "whole":
            findings.append(Finding("Fashion-MNIST", "good", place))
    if not any(one.state == "good" for one in findings):
        remedy = "'python3 -m course data fetch' brings all 70,000 pictures (31 MB); lesson 5 profits, none needs it"
        findings.append(Finding("Fashion-MNIST", "note", "only the sample of 7,000 that the course carries", remedy))
    try:
        data.check_sample()
    except DataError as error:
        findings.append(Finding("the sample", "missing", "damaged", str(error)))
    return findings


def _browser() -> Finding:
    found = machine.browser()
    if found is None:
        remedy = "to run them, install Chromium (Debian, Ubuntu: sudo apt install chromium)"
        return Finding("browser tests", "note", "no Chromium: they are skipped", remedy)
    return Finding("browser tests", "good", found)


def _sandboxes() -> list[Finding]:
    """Try the levels at which other people's work can be graded, each by an attack from within."""
    try:
        from course.grading import levels
    except ImportError:  # NumPy or another package is missing
        return [Finding("sandboxes", "note", "not tried: packages are missing", "they matter for grading a class only")]
    findings, best = [], ""
    for level in levels.SAFE:
        why = levels.missing(level) if level == "wasm" else levels.works(level)
        best = best or ("" if why else level)
        words = f"does not work here: {why}" if why else levels.LEVELS[level]
        findings.append(Finding(f"sandbox {level}", "note" if why else "good", words))
    if best != levels.SAFE[0]:
        last = findings[-1]
        findings[-1] = Finding(last.subject, last.state, last.words, levels.advice())
    return findings


def _disk() -> Finding:
    free = machine.free_gigabytes(bootstrap.ROOT)
    words = f"{free:.0f} GB free beside the course"
    if free < ROOM_NEEDED and bootstrap.missing():
        return Finding("disk", "missing", words, f"make room: installing everything takes up to {ROOM_NEEDED:.0f} GB")
    return Finding("disk", "good", words)
