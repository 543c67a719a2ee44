"""The benchmark of the grader: its verdict can fail, and peers that are not to be had are skipped."""

import subprocess

import pytest

from course import bootstrap
from course.benchmarks import grade
from course.errors import SetupError


def test_the_verdict_goes_by_the_faster_peer(capsys):
    ours = {"course grade": grade.Time(60, 30, 800)}
    slow, fast = grade.Time(60, 60, 10), grade.Time(60, 60, 30)
    assert grade._told({**ours, "nbgrader": slow, "nbconvert --execute": fast}) == 0
    assert "80 times" in capsys.readouterr().out
    assert grade._told({**ours, "nbgrader": slow, "otter-grader": fast}) == 1
    assert "BELOW the 40" in capsys.readouterr().out
    assert grade._told(ours) == 0
    assert "nothing to compare with" in capsys.readouterr().out


def test_peers_that_cannot_be_installed_are_skipped(tmp_path, monkeypatch, capsys):
    def fail(*arguments, **options):
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(subprocess, "run", fail)
    assert grade._environment(tmp_path / "peers") is None
    assert "The peers are skipped" in capsys.readouterr().out


def test_without_a_built_solution_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    with pytest.raises(SetupError, match="course build --lesson 1"):
        grade._work()
