"""Finding the submissions in what a learning platform exports: who handed in what, by the names of files alone.

What is in the files is no matter here: no learner's file is read.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from ..errors import SubmissionError
from .archive import Archive, Member, in_file, in_folder
from .learners import Learner, Piece, looks_like_notebook
from .platforms import learners_of

__all__ = ["Learner", "collect", "safe_name"]

MOST_PIECES = 10_000  # of one learner
RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{k}" for name in ("com", "lpt") for k in range(1, 10))}


def collect(path: str | Path, single: bool = False) -> list[Learner]:
    """Return the learners of a folder, an archive or a single notebook, ordered by name.

    Parameters
    ----------
    path : str or Path
    single : bool
        All that is there is one learner's, as in the folder that an autograder is given.

    Raises
    ------
    SubmissionError
        There is nothing of the kind, or no submission in it.
    """
    path = Path(path)
    if path.is_dir():
        members = list(in_folder(path))
    elif path.is_file() and looks_like_notebook(path.name):
        members = [in_file(path.resolve(), (path.name,))]
    elif path.is_file():
        members = _in_archive(path)
    else:
        raise SubmissionError(f"{path} is not here. Give a folder of notebooks, or the zip that the platform exports.")
    if single:
        pieces = [Piece(one.path, one, (0, one.path)) for one in members if one.refused or not one.is_folder]
        learners = [Learner("submission", folder="submission", pieces=pieces)] if pieces else []
    else:
        learners = learners_of(members)
    if not learners:
        raise SubmissionError(
            f"There is no submission in {path}. Give a folder or a zip that holds notebooks (.ipynb)."
        )
    learners.sort(key=lambda one: (one.name.casefold(), one.name, len(one.number), one.number, one.folder))
    taken: dict[str, int] = {}
    for learner in learners:
        learner.key = safe_name(learner.name, taken)
        _bound(learner)
    return learners


def _bound(learner: Learner) -> None:
    """Keep the files of one learner to what another process can be told of, with a word about the rest."""
    learner.when = max((piece.member.when for piece in learner.pieces), default="")
    if len(learner.pieces) > MOST_PIECES:
        learner.notes.append(f"Of {len(learner.pieces):,} files only {MOST_PIECES:,} were looked at.")
        work = [one for one in learner.pieces if _may_hold_work(one)][-MOST_PIECES:]
        rest = [one for one in learner.pieces if not _may_hold_work(one)]
        learner.pieces = [*work, *rest[: MOST_PIECES - len(work)]]


def _may_hold_work(piece: Piece) -> bool:
    return looks_like_notebook(piece.name) or piece.name.lower().endswith(".zip")


def safe_name(name: str, taken: dict[str, int]) -> str:
    """Return a name for files made of a learner's name, which no other one has on any system's disk.

    Parameters
    ----------
    name : str
    taken : dict of str to int
        The names that there are, as a disk that is careless about letters compares them; this one is added.

    Examples
    --------
    >>> taken = {}
    >>> [safe_name(name, taken) for name in ("../Zoë O'Neil", "zoë o'neil", "Bob")]
    ['Zoë_O_Neil', 'zoë_o_neil-2', 'Bob']
    """
    plain = unicodedata.normalize("NFC", name[:500])
    plain = re.sub(r"[^\w.-]+", "_", plain).strip("._-")
    while len(plain.encode("utf-8")) > 120:
        plain = plain[:-1]
    if not plain or plain.split(".")[0].lower() in RESERVED:
        plain = f"learner_{plain}".rstrip("_")
    found, first = plain, _as_compared(plain)
    while _as_compared(found) in taken:
        taken[first] += 1
        found = f"{plain}-{taken[first]}"
    taken[_as_compared(found)] = 1
    return found


def _as_compared(name: str) -> str:
    """Return what is the same for two names that some disk takes for one: letters' case, accents, width and marks."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).upper().casefold())


def _in_archive(path: Path) -> list[Member]:
    try:
        return list(Archive(path).members())
    except SubmissionError as error:
        says = f"{path.name}: {error}"
        raise SubmissionError(f"{says}. Export the submissions again, or give them as a folder.") from error
