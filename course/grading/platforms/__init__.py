"""Learning platforms, a module for each: how its exports are recognised, who the learners are, what it takes back."""

from __future__ import annotations

from pathlib import Path

from ...manifest import Lesson
from ..archive import Member
from ..learners import Learner
from ..result import Result
from . import canvas, gradescope, moodle, plain

__all__ = ["learners_of", "write"]

PLATFORMS = {"canvas": canvas, "moodle": moodle, "gradescope": gradescope}
DEEPEST = 8  # folders round an export


def learners_of(members: list[Member]) -> list[Learner]:
    """Return who handed in what; every file and every folder that was handed in belongs to somebody.

    Parameters
    ----------
    members : list of Member
        All of the export.
    """
    inner = members
    for _ in range(DEEPEST):
        for platform in PLATFORMS.values():
            learners = platform.recognise(inner)
            if learners is not None:
                return learners
        tops = {one.parts[0] for one in inner}
        if len(tops) != 1 or not any(len(one.parts) > 1 for one in inner):
            break
        inner = [one.below() for one in inner if len(one.parts) > 1]  # a folder round everything
    return plain.recognise(members)


def write(folder: Path, pairs: list[tuple[Learner, Result]], lesson: Lesson) -> tuple[list[Path], list[str]]:
    """Write what the platforms of these learners take back into ``folder/exports``.

    Parameters
    ----------
    folder : Path
        The folder of the whole run; its ``feedback`` is already written.
    pairs : list of (Learner, Result)
    lesson : Lesson

    Returns
    -------
    paths : list of Path
    advice : list of str
        What an instructor has to know before the import.
    """
    paths: list[Path] = []
    advice: list[str] = []
    for name, platform in PLATFORMS.items():
        chosen = [pair for pair in pairs if pair[0].platform == name]
        if chosen:
            paths += platform.write(folder, chosen, lesson)
            advice += platform.advice(chosen, lesson)
    return paths, advice
