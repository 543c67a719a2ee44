"""The recipes of CONTRIBUTING.md, followed word for word in a copy of the course."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGE = '''"""`twice`: a number, doubled."""

from __future__ import annotations

from ..cases import Maker, between
from ..spec import Exercise, Property, wrong

__all__ = ["EXERCISE"]


def twice(number, *, factor=2, offset=0):
    """Double a number."""
    return factor * number + offset


cases = Maker(lambda rng, number: {"number": number}, number=3)
EXERCISE = Exercise(
    name="twice",
    reference=twice,
    computation=twice,
    properties=[
        Property("small", "A small number is doubled.", cases({}, {"number": 7})),
        Property("large", "A large number is doubled.", cases({"number": between(50, 90)})),
    ],
    mistakes=[
        wrong("three times", "You take it three times.", factor=3),
        wrong("one more", "You add 1.", offset=1),
    ],
    hints=["What is the number plus itself?", "Add the number to itself."],
)
'''


@pytest.fixture
def copy(tmp_path):
    """The course in a folder of its own."""
    folder = tmp_path / "copy"
    for name in ("course", "solutions", "lessons"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "runs"))
    return folder


def run(folder, *words):
    environment = {**os.environ, "PYTHONPATH": str(folder), "COURSE_PROGRESS": ""}
    command = [sys.executable, "-m", "course", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_every_command_of_the_text_is_one_that_there_is():
    commands = re.findall(r"^ *python3 -m course (\w+)(.*)$", TEXT, re.MULTILINE)
    assert {name for name, _ in commands} == {"bench", "build", "checks", "test"}
    for name, rest in commands:
        command = [sys.executable, "-m", "course", name, "--help"]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for option in re.findall(r"--[\w-]+", rest):
            assert option in said


def test_a_mistake_is_added_by_one_paragraph(copy):
    page = copy / "course" / "checks" / "bank" / "conv_parameters.py"
    text = page.read_text(encoding="utf-8")
    at = re.search(r"^MISTAKES.* = \[\n", text, re.MULTILINE).end()
    wrongly = '    Mistake("always 7", "You return 7, whatever the layer.", lambda i, o, k, b: 7),\n'
    text = text[:at] + wrongly + text[at:]
    if not re.search(r"^from \.\.spec import .*\bMistake\b", text, re.MULTILINE):
        text = re.sub(r"^from \.\.spec import ", "from ..spec import Mistake, ", text, count=1, flags=re.MULTILINE)
    page.write_text(text, encoding="utf-8")
    done = run(copy, "checks", "--exercise", "conv_parameters")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"✓ mistake +always 7 +refused and named", done.stdout)


def test_an_exercise_is_added_by_a_row_a_page_and_its_cells(copy):
    manifest = copy / "course" / "manifest.py"
    row = '        Exercise("stack_versus_single", 2, 10, 2),\n'
    manifest.write_text(manifest.read_text().replace(row, row + '        Exercise("twice", 1, 5, 1),\n'))
    (copy / "course" / "checks" / "bank" / "twice.py").write_text(PAGE)
    done = run(copy, "checks", "--exercise", "twice", "--names")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "known mistakes: 2 named" in done.stdout
    assert "100.0% named by both names" in done.stdout


def test_a_name_that_no_case_tells_from_another_is_reported(copy):
    page = copy / "course" / "checks" / "bank" / "twice.py"
    manifest = copy / "course" / "manifest.py"
    row = '        Exercise("stack_versus_single", 2, 10, 2),\n'
    manifest.write_text(manifest.read_text().replace(row, row + '        Exercise("twice", 1, 5, 1),\n'))
    twin = '        wrong("by adding", "You add it twice more.", factor=3, offset=0),\n    ],\n    hints'
    page.write_text(PAGE.replace("    ],\n    hints", twin))
    done = run(copy, "checks", "--exercise", "twice")
    assert done.returncode == 1
    assert "named either three times or by adding" in done.stdout
