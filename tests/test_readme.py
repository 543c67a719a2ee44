"""What the README says is so: its commands exist, its links lead somewhere, its table is the manifest's."""

import argparse
import importlib
import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from course import cli
from course.manifest import LESSONS

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"^(python3 -m course .*)$|`(python3 -m course [^`]*)`", TEXT, re.MULTILINE)))
LINES = sorted({first or second for first, second in COMMANDS})
LINKS = sorted(set(re.findall(r"!?\[[^\]]*\]\(([^)#]+)\)", TEXT)))


def test_the_two_commands_stand_near_the_top():
    top = TEXT.splitlines()[:40]
    assert "python3 -m course lab" in top
    assert "python3 -m course test" in top


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_readme_is_understood(line):
    name, *words = shlex.split(line)[3:]
    assert name in cli.COMMANDS
    if importlib.util.find_spec(f"course.commands.{name}") is None:
        pytest.skip(f"there is no command {name} yet")
    parser = argparse.ArgumentParser(exit_on_error=False)
    importlib.import_module(f"course.commands.{name}").add_arguments(parser)
    parser.parse_args(words)


def test_a_command_that_is_misspelt_would_be_found():
    parser = argparse.ArgumentParser(exit_on_error=False)
    importlib.import_module("course.commands.lab").add_arguments(parser)
    with pytest.raises((SystemExit, argparse.ArgumentError)):
        parser.parse_args(["--no-browsr"])


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_is_named(name):
    assert f"python3 -m course {name}" in TEXT


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_somewhere(link):
    if link.startswith("docs/") and not (ROOT / "docs").exists():
        pytest.skip("the pictures of the README are not there yet")
    assert link.startswith("https://") or (ROOT / link).exists()


def test_pictures_have_a_description():
    descriptions = re.findall(r"!\[([^\]]*)\]", TEXT)
    assert len(descriptions) >= 2
    assert all(len(one) > 40 for one in descriptions)


def test_the_table_of_lessons_is_that_of_the_manifest():
    rows = re.findall(r"^\| (\d+)\. (.*?) \| (\d+) \|", TEXT, re.MULTILINE)
    assert [(int(n), title, int(minutes)) for n, title, minutes in rows] == [
        (lesson.number, lesson.title, lesson.minutes) for lesson in LESSONS
    ]


@pytest.mark.parametrize("folder", re.findall(r"^\| `([a-z/]+)` \|", TEXT, re.MULTILINE))
def test_a_folder_of_the_layout_is_there(folder):
    if folder in ("lessons/", "solutions/") and not (ROOT / folder).exists():
        pytest.skip(f"{folder} is empty yet")
    assert (ROOT / folder).is_dir()
