"""Moodle: the zip of all submissions of an assignment, its offline grading worksheet, and its zip of feedback files.

Names in the zip (``mod/assign/classes/downloader.php``): ``NAME_NUMBER_assignsubmission_KIND`` is a folder, or the
beginning of a file's name where the download has no folders; a ``_`` in the name became a space; older versions put one
more ``_`` behind the folder. Of an anonymous assignment every name is ``Participant``. Where groups hand in, it is the
group's name and the group's number, and ``Default group`` without a number for those who are in none.

The worksheet (``mod/assign/feedback/offline/importgradeslib.php`` and ``locallib.php``) needs the columns Identifier,
Grade and Last modified (grade), in the words of the site's language; these are the English ones. Identifier is
``Participant`` and the learner's number. A grade above the assignment's maximum is passed over without a word, so extra
points need a maximum that has room for them: it is in the column Maximum Grade. A grade that Moodle got after the time
in the third column is kept. A group's number is no learner's: its rows carry no identifier, so that its points reach
nobody else.

Feedback files (``mod/assign/feedback/file/importziplib.php``) lie in a folder whose name, cut at each ``_``, has the
learner's number second.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

from ...manifest import Lesson
from ..archive import Member
from ..learners import Learner, Piece, is_submission
from ..result import Result
from ..results import write_whole
from ..tables import table
from . import plain

__all__ = ["advice", "recognise", "write"]

FOLDER = re.compile(
    r"(?P<name>.*?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>file|onlinetext|[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
GROUPS = re.compile(r"(?i)(default group|(?:group|gruppe|groupe|grupo|gruppo|groep|team|equipo|équipe)\b.*)")


def recognise(members: list[Member]) -> list[Learner] | None:
    """Return the learners or groups of a Moodle export, or None where it is none."""
    tops = {one.parts[0]: FOLDER.fullmatch(one.parts[0]) for one in members if is_submission(one)}
    names = {top: match for top, match in tops.items() if match}
    if not names or 2 * len(names) < len(tops):
        return None
    groups = any(match["number"] is None for match in names.values()) or all(
        GROUPS.fullmatch(match["name"]) for match in names.values()
    )
    called = {match["name"] for match in names.values()}
    anonymous = called == {"Participant"} or (len(called) == 1 and len({one["number"] for one in names.values()}) > 1)
    learners: dict[str, Learner] = {}
    for member in members:
        match = names.get(member.parts[0])
        if match is None:
            continue
        number = match["number"] or ""
        name = f"{match['name']} {number}" if anonymous else match["name"]
        made = Learner(name, platform="moodle", number=number, kind="group" if groups else "learner")
        learner = learners.setdefault(number or name, made)
        prefix = member.parts[0][: match.start("file")] if match["file"] else member.parts[0]
        if not learner.folder or match["kind"] == "file":  # Moodle has another folder for text typed into the page
            learner.folder = prefix
        file = "/".join(member.parts[1:]) if len(member.parts) > 1 else match["file"] or ""
        if member.is_folder and not member.refused:
            continue
        learner.pieces.append(Piece(file or member.path, member, (0, file)))
        if match["kind"] == "onlinetext" and not file.endswith(".ipynb"):
            learner.notes.append(f"{file} was handed in, text that was typed into the page: it is not graded.")
    for learner in learners.values():
        if groups:
            number = f" (number {learner.number} in Moodle)" if learner.number else ""
            learner.notes.append(f"{learner.name}{number} is a group.")
    return [*learners.values(), *plain.recognise([one for one in members if one.parts[0] not in names])]


def write(folder: Path, pairs: list[tuple[Learner, Result]], lesson: Lesson) -> list[Path]:
    """Write the worksheet with the grades, and the zip of feedback files for learners that have a number."""
    newest = max(learner.when for learner, _ in pairs)
    modified = datetime.strptime(newest, "%Y-%m-%d %H:%M").strftime("%A, %d %B %Y, %I:%M %p") if newest else "-"
    header = ["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)"]
    rows = [[*header, "Feedback comments", "Sandbox"]]  # Moodle passes over a column that it does not know
    for learner, result in pairs:
        wrong = [f"{one.exercise}: {one.says}" for one in result.exercises if result.file and one.status != "passed"]
        comment = " ".join([*result.notes, *wrong]) or "Every exercise is right."
        grade, most = f"{result.total:g}", f"{lesson.points:g}"
        rows.append([_identifier(learner), learner.name, learner.email, grade, most, modified, comment, result.sandbox])
    path = folder / "exports" / "moodle.csv"
    write_whole(path, table(rows))
    people = [learner for learner, _ in pairs if learner.kind == "learner" and learner.number]
    if not people:
        return [path]
    feedback = folder / "exports" / "moodle-feedback.zip"
    write_whole(feedback, _feedback(folder, people))
    return [path, feedback]


def advice(pairs: list[tuple[Learner, Result]], lesson: Lesson) -> list[str]:
    """Return what an instructor has to know before the import."""
    says = []
    if any(learner.kind == "group" for learner, _ in pairs):
        says.append("Moodle imports grades of learners, not of groups: give a group's points to each member there.")
    if lesson.points > pairs[0][1].out_of:
        says.append(
            f"With extra points this lesson has {lesson.points:g}: set the maximum grade to that in Moodle, which "
            "passes over what is higher."
        )
    return says


def _identifier(learner: Learner) -> str:
    return f"Participant {learner.number}" if learner.kind == "learner" and learner.number else "(group)"


def _feedback(folder: Path, people: list[Learner]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for learner in people:
            name = learner.folder
            if name.split("_", 2)[1:2] != [learner.number]:
                name = f"{learner.name.replace('_', ' ')}_{learner.number}_assignsubmission_file"
            entry = zipfile.ZipInfo(f"{name}/feedback.html", date_time=(2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (folder / "feedback" / f"{learner.key}.html").read_bytes())
    return data.getvalue()
