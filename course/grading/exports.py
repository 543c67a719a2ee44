"""Tables of grades, and the files that Canvas, Moodle and Gradescope import."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from ..manifest import Lesson
from .collect import Learner
from .result import Result
from .results import write_whole

__all__ = ["grades_table", "gradescope_result", "write_exports"]


def grades_table(learners: list[Learner], results: list[Result], lesson: Lesson) -> str:
    """Return the grades as CSV: a row for each submission, with its name, its total, and a column for each exercise.

    Where a platform gave numbers and addresses, they are there, too: names may be the same. The mark in front tells
    Excel that the text is UTF-8.
    """
    names = [entry.name for entry in lesson.exercises]
    known = [field for field in ("number", "email") if any(getattr(learner, field) for learner in learners)]
    rows = [["name", *known, "total", *names]]
    for learner, result in zip(learners, results, strict=True):
        points = [f"{result.of(name).points:g}" for name in names]
        rows.append([result.name, *(getattr(learner, field) for field in known), f"{result.total:g}", *points])
    return "\ufeff" + _table(rows)


def write_exports(folder: Path, learners: list[Learner], results: list[Result], lesson: Lesson) -> list[Path]:
    """Write what the platform of these submissions imports, and return the paths; none where there is no platform.

    Parameters
    ----------
    folder : Path
        The folder of the whole run; its ``feedback`` is already written.
    learners, results : list
        In the same order.
    lesson : Lesson
    """
    pairs = list(zip(learners, results, strict=True))
    platforms = {learner.platform for learner in learners}
    written = []
    if "canvas" in platforms:
        path = folder / "exports" / "canvas.csv"
        write_whole(path, _canvas([pair for pair in pairs if pair[0].platform == "canvas"], lesson))
        written.append(path)
    if "moodle" in platforms:
        chosen = [pair for pair in pairs if pair[0].platform == "moodle"]
        path = folder / "exports" / "moodle.csv"
        write_whole(path, _moodle(chosen))
        feedback = folder / "exports" / "moodle-feedback.zip"
        write_whole(feedback, _moodle_feedback(folder, chosen))
        written += [path, feedback]
    if "gradescope" in platforms:
        for learner, result in pairs:
            if learner.platform == "gradescope":
                path = folder / "exports" / "gradescope" / safe_folder(learner) / "results.json"
                write_whole(path, json.dumps(gradescope_result(result), indent=1, ensure_ascii=False) + "\n")
                written.append(path)
    return written


def safe_folder(learner: Learner) -> str:
    """Return the folder's name that Gradescope gave the submission: it is made of letters and digits alone."""
    return learner.folder if learner.folder.replace("_", "").isalnum() else learner.key


def gradescope_result(result: Result) -> dict[str, Any]:
    """Return a result in the form that Gradescope reads from an autograder's ``results.json``."""
    tests = [
        {
            "name": one.exercise,
            "score": one.points,
            "max_score": one.out_of,
            "status": "passed" if one.status == "passed" else "failed",
            "output": one.says,
            "output_format": "text",
            "visibility": "visible",
            **({"extra_credit": True} if one.stretch else {}),
        }
        for one in result.exercises
    ]
    output = "\n".join([f"{result.total:g} of {result.out_of:g} points.", *result.notes])
    return {
        "score": result.total,
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
    }


def _canvas(pairs: list[tuple[Learner, Result]], lesson: Lesson) -> str:
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", lesson.title]]
    rows.append(["    Points Possible", "", "", "", "", f"{pairs[0][1].out_of:g}"])
    rows += [[learner.name, learner.number, "", "", "", f"{result.total:g}"] for learner, result in pairs]
    return _table(rows)


def _moodle(pairs: list[tuple[Learner, Result]]) -> str:
    rows = [["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Feedback comments"]]
    for learner, result in pairs:
        wrong = [f"{one.exercise}: {one.says}" for one in result.exercises if result.file and one.status != "passed"]
        comment = " ".join([*result.notes, *wrong]) or "Every exercise is right."
        grade, most = f"{result.total:g}", f"{result.out_of:g}"
        rows.append([f"Participant {learner.number}", learner.name, learner.email, grade, most, comment])
    return _table(rows)


def _moodle_feedback(folder: Path, pairs: list[tuple[Learner, Result]]) -> bytes:
    """Return the zip that Moodle takes as feedback files: a folder for each learner, named as Moodle named it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for learner, _ in pairs:
            name = zipfile.ZipInfo(f"{learner.folder}/feedback.html", date_time=(2000, 1, 1, 0, 0, 0))
            name.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(name, (folder / "feedback" / f"{learner.key}.html").read_bytes())
    return data.getvalue()


def _table(rows: list[list[str]]) -> str:
    """Return rows as CSV in which no cell is a formula: a spreadsheet would run it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row])
    return text.getvalue()
