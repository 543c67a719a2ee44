"""What every platform's export is made into: learners, and the pieces that each of them handed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .archive import Member

__all__ = ["File", "Learner", "Piece", "is_submission", "looks_like_notebook"]

LISTS = re.compile(r"(?i)^\.|\.(csv|tsv|xlsx?|ods|ya?ml|log|md)$|^(readme|timestamp|license)(\.\w+)?$")
NOTEBOOK = re.compile(r"(?i)\.ipynb(\W.*)?$")  # an editor or a browser may have put an ending of its own behind it


@dataclass(frozen=True)
class File:
    """A file of a submission: its name, and how to get its bytes; a `SubmissionError` says why they cannot be had."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Piece:
    """A member of the export that a learner handed in: the name that the learner gave it, and when it came."""

    name: str
    member: Member
    order: tuple[int, str] = (0, "")


@dataclass
class Learner:
    """What one learner, or one group, handed in.

    Parameters
    ----------
    name : str
        As the platform has it.
    key : str
        A name for files: unique, and safe on every system.
    platform : {"", "canvas", "moodle", "gradescope"}
    number : str
        The platform's own number for the learner or the submission.
    email : str
        Where the platform tells it.
    folder : str
        The folder's name in the export: Moodle wants it back.
    kind : {"learner", "group"}
    members : tuple of str
        The names of a group's members, where the platform tells them.
    when : str
        When the newest piece was handed in, or empty.
    pieces : list of Piece
        What the export has; `course.grading.opened` tells what is in it.
    notes : list of str
        What the export alone tells of it.
    """

    name: str
    key: str = ""
    platform: str = ""
    number: str = ""
    email: str = ""
    folder: str = ""
    kind: str = "learner"
    members: tuple[str, ...] = ()
    when: str = ""
    pieces: list[Piece] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def looks_like_notebook(name: str) -> bool:
    """Tell whether a file may be a notebook by its name: ``x.ipynb``, ``x.ipynb.txt``, ``x.ipynb (1)``, ``x.json``."""
    return NOTEBOOK.search(name) is not None or name.lower().endswith(".json")


def is_submission(member: Member) -> bool:
    """Tell whether something at the top of an export was handed in, and is no list or note beside the submissions."""
    return member.is_folder or not LISTS.search(member.parts[0])
