"""Gradescope: the export of an assignment's submissions, and the results that it shows a learner.

The export ("Export Submissions") is a folder ``submission_NUMBER`` for each submission, and beside these folders
``submission_metadata.yml``, YAML as Ruby writes it: under ``submission_NUMBER`` a list ``:submitters:`` with
``:name:``, ``:email:`` and ``:sid:`` of each member of the group. A file of that name within a folder is a learner's
own, and tells nothing.

It takes back a ``results.json`` for each submission (Gradescope's documentation for autograders, "Output Format"): the
whole ``score``, or the ``score`` of each of the ``tests``, with ``max_score``, ``status``, ``output`` and
``visibility``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ...errors import SubmissionError
from ...manifest import Lesson
from ..archive import Member
from ..learners import Learner, Piece, is_submission
from ..result import Result
from ..results import write_whole
from . import plain

__all__ = ["advice", "gradescope_result", "recognise", "write"]

FOLDER = re.compile(r"submission_(\d+)")
METADATA = "submission_metadata.yml"


def recognise(members: list[Member]) -> list[Learner] | None:
    """Return the learners of a Gradescope export, or None where it is none."""
    tops = {one.parts[0] for one in members if is_submission(one)}
    folders = {top for top in tops if FOLDER.fullmatch(top)}
    if not folders or 2 * len(folders) < len(tops):
        return None
    lists = [one for one in members if one.parts == (METADATA,)]
    people = _people(lists[0]) if lists else {}
    learners: dict[str, Learner] = {}
    for member in members:
        top = member.parts[0]
        if top not in folders:
            continue
        learner = learners.get(top)
        if learner is None:
            learner = learners[top] = _learner(top, people.get(top, []))
            if not people.get(top):
                learner.notes.append(f"{METADATA} does not tell who handed in {top}.")
        if member.refused or not member.is_folder:
            name = "/".join(member.parts[1:]) or top
            learner.pieces.append(Piece(name, member, (0, name)))
    rest = [one for one in members if one.parts[0] not in folders and one not in lists]
    return [*learners.values(), *plain.recognise(rest)]


def write(folder: Path, pairs: list[tuple[Learner, Result]], lesson: Lesson) -> list[Path]:
    """Write ``results.json`` of each submission, in the folder that Gradescope named."""
    written = []
    for learner, result in pairs:
        path = folder / "exports" / "gradescope" / learner.folder / "results.json"
        write_whole(path, json.dumps(gradescope_result(result), indent=1, ensure_ascii=False) + "\n")
        written.append(path)
    return written


def advice(pairs: list[tuple[Learner, Result]], lesson: Lesson) -> list[str]:
    """Return what an instructor has to know before the import."""
    return []


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
    ran = [f"Run in the sandbox {result.sandbox}."] if result.sandbox else []
    output = "\n".join([f"{result.total:g} of {result.out_of:g} points.", *result.notes, *ran])
    return {
        "score": result.total,
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
        "extra_data": {"sandbox": result.sandbox},
    }


def _learner(top: str, people: list[dict[str, str]]) -> Learner:
    names = tuple(one.get(":name", "") for one in people)
    learner = Learner(
        ", ".join(filter(None, names)) or top, platform="gradescope", number=top.rpartition("_")[2], folder=top,
        email=", ".join(filter(None, (one.get(":email", "") for one in people))),
    )  # fmt: skip
    if len(names) > 1:
        learner.kind, learner.members = "group", names
        learner.notes.append(f"Handed in by a group: {', '.join(names)}.")
    return learner


def _people(member: Member) -> dict[str, list[dict[str, str]]]:
    """Return who handed in what, every value as text; nothing where the list cannot be read."""
    import yaml

    # Every value as text, nothing made of it: no date, no object, and no error for what Ruby alone knows.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        content = yaml.load(member.read().decode("utf-8", "replace"), loader)
    except (SubmissionError, yaml.YAMLError, RecursionError):
        return {}
    found: dict[str, list[dict[str, str]]] = {}
    for top, about in content.items() if isinstance(content, dict) else ():
        submitters = about.get(":submitters") if isinstance(about, dict) else None
        people = [one for one in submitters if isinstance(one, dict)] if isinstance(submitters, list) else []
        found[top] = [
            {key: value.strip() for key, value in one.items() if isinstance(key, str) and isinstance(value, str)}
            for one in people
        ]
    return found
