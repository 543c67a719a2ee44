"""Finding the submissions in what a learning platform exports: a folder, or an archive that is opened without trust."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from ..errors import SubmissionError
from .archive import Archive, Member, in_file, in_folder, shortened
from .learners import File, Learner, Piece, looks_like_notebook
from .platforms import learners_of

__all__ = ["File", "Learner", "collect", "safe_name"]

MOST_FILES = 2_000  # of one learner, beside the notebooks
MOST_NOTEBOOKS = 500  # of one learner
MOST_NOTES = 20  # on one learner's files
KEPT_OPEN = 256 * 2**20  # bytes of learners' archives that stay open: the others are opened again when they are read
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
    taken: set[str] = set()
    room = [KEPT_OPEN]
    for learner in learners:
        learner.key = safe_name(learner.name, taken)
        taken.add(learner.key.casefold())
        _sort(learner, room)
    return learners


def safe_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return a name for files made of a learner's name, which no other one has.

    Examples
    --------
    >>> safe_name("../Zoë O'Neil", {"zoë_o_neil"})
    'Zoë_O_Neil-2'
    """
    plain = unicodedata.normalize("NFC", name[:500])
    plain = re.sub(r"[^\w.-]+", "_", plain).strip("._-")
    while len(plain.encode("utf-8")) > 120:
        plain = plain[:-1]
    if not plain or plain.split(".")[0].lower() in RESERVED:
        plain = f"learner_{plain}".rstrip("_")
    used = {one.casefold() for one in taken}
    found, number = plain, 1
    while found.casefold() in used:
        number += 1
        found = f"{plain}-{number}"
    return found


def _in_archive(path: Path) -> list[Member]:
    try:
        return list(Archive(path).members())
    except SubmissionError as error:
        says = f"{path.name}: {error}"
        raise SubmissionError(f"{says}. Export the submissions again, or give them as a folder.") from error


def _sort(learner: Learner, room: list[int]) -> None:
    """Sort what a learner handed in into notebooks, other files, and words about what could not be read."""
    for piece in sorted(learner.pieces, key=lambda piece: piece.order):
        name, member = shortened(piece.name), piece.member
        learner.when = max(learner.when, member.when)
        if member.refused:
            learner.notes.append(f"{name} was left out: {member.refused}.")
        elif name.lower().endswith(".zip"):
            _open(learner, name, piece, room)
        else:
            _add(learner, File(name, member.read, piece.order))
    learner.pieces.clear()
    _bound(learner)


def _bound(learner: Learner) -> None:
    """Keep what one learner handed in to what can be looked at, with a word about the rest."""
    if len(learner.notes) > MOST_NOTES:
        left = len(learner.notes) - MOST_NOTES
        learner.notes[MOST_NOTES:] = [f"There are {left:,} more files that could not be read."]
    if len(learner.others) > MOST_FILES:
        learner.notes.append(f"Of {len(learner.others):,} files that are no notebooks only some are told of.")
        del learner.others[MOST_FILES:]
    if len(learner.notebooks) > MOST_NOTEBOOKS:
        learner.notes.append(f"Of {len(learner.notebooks):,} notebooks only the last {MOST_NOTEBOOKS} were looked at.")
        del learner.notebooks[:-MOST_NOTEBOOKS]


def _open(learner: Learner, name: str, piece: Piece, room: list[int]) -> None:
    """Add what is in an archive that a learner handed in; an archive inside that one stays closed."""
    try:
        data = piece.member.read()
        archive = Archive(data)
    except SubmissionError as error:
        learner.notes.append(f"{name} was left out: {error}. Hand in the notebook itself.")
        return
    stays_open = len(data) <= room[0]
    room[0] -= len(data) if stays_open else 0
    for position, member in enumerate(archive.members()):
        path = shortened(f"{name}/{member.path}")
        if member.refused:
            learner.notes.append(f"{path} was left out: {member.refused}.")
        elif not member.is_folder:
            read = member.read if stays_open else _reader(piece.member, position)
            _add(learner, File(path, read, piece.order))


def _reader(outer: Member, position: int) -> Callable[[], bytes]:
    """Return what opens an archive again, and reads the member at this place of its table."""
    return lambda: next(itertools.islice(Archive(outer.read()).members(), position, None)).read()


def _add(learner: Learner, file: File) -> None:
    if looks_like_notebook(file.name):
        learner.notebooks.append(file)
    else:
        learner.others.append(file.name)
