"""What is in the files that one learner handed in: archives opened, notebooks and other files told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import SubmissionError
from .archive import Archive, shortened
from .learners import File, Piece, looks_like_notebook

__all__ = ["Opened", "opened"]

MOST_FILES = 2_000  # of one learner, beside the notebooks
MOST_NOTEBOOKS = 500  # of one learner
MOST_NOTES = 20  # on one learner's files
MOST_BYTES = 128 * 2**20  # of the archives of one learner, together


@dataclass
class Opened:
    """What is in a learner's files.

    Parameters
    ----------
    notebooks : list of File
        In the order in which they were handed in.
    others : list of str
        Names of files that are no notebooks.
    notes : list of str
        What could not be read, and why.
    """

    notebooks: list[File] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def opened(pieces: Sequence[Piece]) -> Opened:
    """Return what is in the pieces that a learner handed in; an archive inside of an archive stays closed."""
    found, room = Opened(), MOST_BYTES
    for piece in sorted(pieces, key=lambda piece: piece.order):
        name, member = shortened(piece.name), piece.member
        if member.refused:
            found.notes.append(f"{name} was left out: {member.refused}.")
        elif name.lower().endswith(".zip"):
            room -= _open(found, name, piece, room)
        else:
            _add(found, File(name, member.read))
    _bound(found)
    return found


def _bound(found: Opened) -> None:
    """Keep what one learner handed in to what can be looked at, with a word about the rest."""
    if len(found.notes) > MOST_NOTES:
        left = len(found.notes) - MOST_NOTES
        found.notes[MOST_NOTES:] = [f"There are {left:,} more files that could not be read."]
    if len(found.others) > MOST_FILES:
        found.notes.append(f"Of {len(found.others):,} files that are no notebooks only some are told of.")
        del found.others[MOST_FILES:]
    if len(found.notebooks) > MOST_NOTEBOOKS:
        found.notes.append(f"Of {len(found.notebooks):,} notebooks only the last {MOST_NOTEBOOKS} were looked at.")
        del found.notebooks[:-MOST_NOTEBOOKS]


def _open(found: Opened, name: str, piece: Piece, room: int) -> int:
    """Add what is in an archive that a learner handed in, and return how many bytes it has."""
    try:
        data = piece.member.read()
        if len(data) > room:
            raise SubmissionError(f"the archives together are larger than {MOST_BYTES // 2**20} MiB")
        members = list(Archive(data).members())
    except SubmissionError as error:
        found.notes.append(f"{name} was left out: {error}. Hand in the notebook itself.")
        return 0
    for member in members:
        path = shortened(f"{name}/{member.path}")
        if member.refused:
            found.notes.append(f"{path} was left out: {member.refused}.")
        elif not member.is_folder:
            _add(found, File(path, member.read))
    return len(data)


def _add(found: Opened, file: File) -> None:
    if looks_like_notebook(file.name):
        found.notebooks.append(file)
    else:
        found.others.append(file.name)
