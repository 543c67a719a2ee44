"""Canvas: the zip of an assignment's submissions, and the table that its gradebook imports.

Names in the zip, as Canvas makes them (``lib/content_zipper.rb``): the learner's sortable name or the group's, in small
letters, without what is neither letter, digit nor ``_``; ``LATE`` where it came late; the learner's number; for an
upload the file's number and its name, for what was typed into the page ``text.html``, for an address ``link.html``; all
of them joined by ``_``. In an anonymous assignment ``anon`` and five letters stand for name and number.
Years ago a name had ``-`` for what was left out, and ``-late`` behind it. A name has no number between two ``_``, but
may end with one, as a group's: ``lab_3_201_9101_7_a.ipynb`` can be read in two ways, and the other files must tell.

The import (``lib/gradebook_importer.rb``): a header with Student, ID, SIS User ID, SIS Login ID, Section and the
assignments, a row with Points Possible, a row for each learner, who is found by the ID. Extra points may go beyond the
points possible. Anonymous learners have no ID, so there is nothing to import for them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ...manifest import LESSONS, Lesson
from ..archive import Member
from ..learners import Learner, Piece, is_submission
from ..result import Result
from ..results import write_whole
from ..tables import table
from . import plain

__all__ = ["advice", "recognise", "write"]

NUMBER = r"[1-9]\d{0,29}"  # no number of a database begins with 0
UPLOAD = re.compile(rf"(?P<name>[\w-]+?)_(?P<number>{NUMBER})_(?P<upload>{NUMBER})_(?P<file>.+)", re.DOTALL)
NUMBERED = re.compile(rf"(?P<name>[\w-]+?_{NUMBER})_(?P<number>{NUMBER})_(?P<upload>{NUMBER})_(?P<file>.+)", re.DOTALL)
ENTRY = re.compile(rf"(?P<name>[\w-]+)_(?P<number>{NUMBER})_(?P<file>(?:text|link)\.html)")
TWO_NUMBERS = re.compile(rf"_{NUMBER}_{NUMBER}$")
ANONYMOUS = re.compile(
    rf"(?P<name>(?:LATE_)?anon)_(?P<number>[A-Za-z0-9]+)_(?:(?P<upload>{NUMBER})_)?(?P<file>.+)", re.DOTALL
)
SPREAD = 1.5  # the numbers of files that were handed in within some weeks differ by less than this factor
TYPED = {"text.html": "text that was typed into the page", "link.html": "the address of a page"}


@dataclass(frozen=True)
class _Name:
    """One way to read the name of a file."""

    name: str
    number: str
    upload: int
    file: str


def recognise(members: list[Member]) -> list[Learner] | None:
    """Return the learners of a Canvas export, or None where it is none."""
    files = [one for one in members if len(one.parts) == 1 and not one.is_folder]
    readings = {one.path: _readings(one.path) for one in files}
    matched = [one for one in files if readings[one.path]]
    tops = {one.parts[0] for one in members if is_submission(one)}
    if not matched or 2 * len({one.path for one in matched}) < len(tops):
        return None
    anonymous = all(ANONYMOUS.fullmatch(one.path) for one in matched)
    chosen = {one.path: _anonymous(one.path) for one in matched} if anonymous else _likeliest(readings)
    learners: dict[str, Learner] = {}
    for member in matched:
        found = chosen[member.path]
        number = "" if anonymous else found.number
        made = Learner(found.name, platform="canvas", number=number)
        learner = learners.setdefault(found.number, made)
        learner.pieces.append(Piece(found.file, member, (found.upload, found.file)))
        if found.upload == 0:
            what = TYPED.get(found.file, "which has no number")
            learner.notes.append(f"{found.file} was handed in, {what}: it is not graded.")
    names = {one.path for one in matched}
    return [*learners.values(), *plain.recognise([one for one in members if one.parts[0] not in names])]


def write(folder: Path, pairs: list[tuple[Learner, Result]], lesson: Lesson) -> list[Path]:
    """Write the table that the gradebook imports; nothing for anonymous learners."""
    chosen = [(learner, result) for learner, result in pairs if learner.number]
    if not chosen:
        return []
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", lesson.title]]
    # Canvas makes an assignment of every column that it does not know, and reads no section in this row.
    levels = " and ".join(sorted({result.sandbox for _, result in chosen if result.sandbox}))
    about = f"sandbox: {levels}" if levels else ""
    rows.append(["    Points Possible", "", "", "", about, f"{chosen[0][1].out_of:g}"])
    rows += [[learner.name, learner.number, "", "", "", f"{result.total:g}"] for learner, result in chosen]
    path = folder / "exports" / "canvas.csv"
    write_whole(path, table(rows))
    return [path]


def advice(pairs: list[tuple[Learner, Result]], lesson: Lesson) -> list[str]:
    """Return what an instructor has to know before the import."""
    if all(learner.number for learner, _ in pairs):
        return []
    return ["Canvas has no numbers of anonymous learners, so that there is no table to import for them."]


def _readings(path: str) -> list[_Name]:
    """Return the ways in which a file's name can be read, the likeliest first where nothing else tells."""
    entry, patterns = ENTRY.fullmatch(path), (UPLOAD, NUMBERED)
    matches = [
        match
        for pattern in patterns
        if (match := pattern.fullmatch(path)) and len(match["number"] + match["upload"]) < 60
    ]
    if entry and TWO_NUMBERS.search(entry["name"]):
        entry = None  # an upload, to whose name its learner gave another number
    found = [_Name(_bare(entry["name"]), entry["number"], 0, entry["file"])] if entry else []
    found += [_Name(_bare(one["name"]), one["number"], int(one["upload"]), one["file"]) for one in matches]
    return found or ([_anonymous(path)] if ANONYMOUS.fullmatch(path) else [])


def _anonymous(path: str) -> _Name:
    match = ANONYMOUS.fullmatch(path)
    assert match is not None, "the caller has looked"
    return _Name(f"anon {match['number']}", match["number"], int(match["upload"] or 0), match["file"])


def _bare(name: str) -> str:
    """Return a learner's name without the mark of late work."""
    return name.removesuffix("_LATE").removesuffix("-late")


def _likeliest(readings: dict[str, list[_Name]]) -> dict[str, _Name]:
    """Return for each file the likeliest of its readings.

    What stands behind the file's number is the learner's, who may write numbers there. So the number that stands where
    a name without a number has the file's number decides, and no other: it is Canvas's own in every reading.
    """
    certain = [found[0].upload for found in readings.values() if len(found) == 1 and found[0].upload]
    uploads = certain or _by_majority(readings)
    low, high = (min(uploads) / SPREAD, max(uploads) * SPREAD) if uploads else (0.0, 0.0)

    def chosen(found: list[_Name]) -> _Name:
        first = next((one for one in found if one.upload), found[0])
        if low <= first.upload <= high:
            return first
        return next((one for one in found[::-1] if low <= one.upload <= high), found[0])

    return {path: chosen(found) for path, found in readings.items() if found}


def _by_majority(readings: dict[str, list[_Name]]) -> list[int]:
    """Return the numbers of files where every name can be read in two ways: as most learners' names are read best."""
    files = Counter(name for found in readings.values() for name in {one.file for one in found})

    def likely(one: _Name) -> tuple[bool, bool, int]:
        """Files outnumber people, and have the names of lessons, and names that come often."""
        is_lesson = one.file.startswith(tuple(word for lesson in LESSONS for word in (lesson.stem, lesson.slug)))
        return one.number.isdecimal() and int(one.number) < one.upload, is_lesson, files[one.file]

    pairs = [found for found in readings.values() if found and all(one.upload for one in found)]
    votes: dict[tuple[str, str], list[bool]] = {}
    for found in pairs:
        is_second = max(found, key=likely) is not found[0]
        votes.setdefault((found[0].name, found[0].number), []).append(is_second)
    seconds = sum(2 * sum(mine) > len(mine) for mine in votes.values())
    return [found[-1 if 2 * seconds > len(votes) else 0].upload for found in pairs]
