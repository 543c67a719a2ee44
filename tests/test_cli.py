"""What the command line prints, on any terminal; and what it says of errors that no command has foreseen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course import cli
from course.errors import CourseError

ROOT = Path(__file__).resolve().parent.parent
C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
TERMINALS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "ascii": {"PYTHONIOENCODING": "ascii:strict"},
    "the C locale": C_LOCALE,
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
}
TODO = ["check", "lessons/01_receptive_fields.ipynb", "--exercise", "output_size"]
DONE = ["check", "solutions/01_receptive_fields.ipynb", "--exercise", "output_size"]
QUICK = [["data"], ["lab", "--lesson", "99"], ["--help"]]
COMMANDS = [["checks", "--exercise", "output_size"], ["doctor"], *QUICK]


def course(*words, shell="", **environment):
    """Run a command of the course in a process of its own, with a redirection of the shell."""
    command = ["sh", "-c", f'"$@" {shell}', "sh", sys.executable, "-m", "course", *words]
    surroundings = {**os.environ, "COURSE_PROGRESS": "", **environment}
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, timeout=300, check=False)


@pytest.mark.skipif(os.name == "nt", reason="needs the redirections of a POSIX shell")
@pytest.mark.parametrize("terminal", ["cp1252", "the C locale"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_prints_on_any_terminal(words, terminal):
    answer = course(*words, **TERMINALS[terminal])
    assert b"Traceback" not in answer.stderr
    assert answer.returncode in (0, 1, 2)
    assert answer.stdout or answer.stderr.startswith(b"course: ")


@pytest.mark.parametrize("terminal", [name for name in TERMINALS if name != "utf-8"])
def test_a_verdict_stays_a_verdict_where_its_sign_is_not_to_be_had(terminal):
    right = course(*DONE, **TERMINALS[terminal]).stdout
    assert b"+ output_size: right" in right
    todo = course(*TODO, **TERMINALS[terminal]).stdout
    assert b"o output_size: not written yet" in todo


@pytest.mark.skipif(os.name == "nt", reason="needs the redirections of a POSIX shell")
@pytest.mark.parametrize("shell", [">&-", "2>&-", ">&- 2>&-", "| true", "2>&1 | true", "2>&1 | head -c 1"])
@pytest.mark.parametrize("words", QUICK, ids=" ".join)
def test_a_reader_who_has_gone_is_no_error(words, shell):
    answer = course(*words, shell=shell)
    assert b"Traceback" not in answer.stderr
    assert b"Exception ignored" not in answer.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_one_sentence():
    answer = course("data", shell="> /dev/full")
    assert answer.returncode == 2
    assert answer.stderr.decode() == (
        "course: What was to be printed cannot be written (No space left on device). Make room for it.\n"
    )


def test_half_a_character_and_a_letter_with_an_accent_are_printed(monkeypatch, tmp_path):
    with open(tmp_path / "screen", "w", encoding="ascii") as screen:
        monkeypatch.setattr(sys, "stdout", screen)
        assert cli.guarded(lambda: print("Géron \udce9 ✓ 中") or 0) == 0
    assert (tmp_path / "screen").read_text() == "Geron ? + ?\n"


@pytest.mark.parametrize("error", [CourseError("No such thing. Take another."), PermissionError(13, "No", "/a/b")])
def test_an_error_is_one_sentence_and_debug_shows_where_it_was(error, capsys):
    def fails():
        raise error

    assert cli.guarded(fails) == 2
    said = capsys.readouterr().err
    assert said.startswith("course: ")
    assert said.count("\n") == 1
    assert "/a/b cannot be used (No). See that" in said or "Take another" in said
    with pytest.raises(type(error)):
        cli.guarded(fails, debug=True)


def test_a_defect_of_the_course_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        cli.guarded(lambda: 1 // 0)
