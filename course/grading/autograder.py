"""The zip that Gradescope runs as its autograder: this course, a set-up, and the command that grades one learner."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from ..errors import CourseError
from ..manifest import Lesson
from .platforms.gradescope import gradescope_result
from .result import Result
from .results import write_whole

__all__ = ["write_autograder", "write_refusal", "write_single_result"]

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"__pycache__"}

SETUP = """#!/usr/bin/env bash
# Run once, when the image is made: a Python with venv, and everything that the course needs in .venv.
set -eu
apt-get update
apt-get install -y python3 python3-venv
cd /autograder/source
python3 -m course data
"""

RUN = """#!/usr/bin/env bash
# Run for each submission. The two names can be set to try it elsewhere.
set -u
home=${AUTOGRADER:-/autograder}
mkdir -p "$home/results"
cd "$home/source"
exec "${PYTHON:-python3}" -m course grade "$home/submission" --lesson LESSON --out "$home/graded" --again \\
    --require-sandbox landlock \\
    --results "$home/results/results.json"
"""


def write_autograder(path: Path, lesson: Lesson) -> None:
    """Write the zip that an instructor gives to Gradescope as the autograder of one lesson.

    Parameters
    ----------
    path : Path
        The zip; written whole, over what was there.
    lesson : Lesson
        The lesson that is graded. The cases of each run come from a new secret seed: the zip holds none.
    """
    import io

    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", SETUP.encode(), 0o755)
        _add(archive, "run_autograder", RUN.replace("LESSON", str(lesson.number)).encode(), 0o755)
        for name in ("requirements.txt", "LICENSE"):
            _add(archive, name, (ROOT / name).read_bytes())
        for file in sorted((ROOT / "course").rglob("*")):
            if file.is_file() and not LEFT_OUT & set(file.parts) and file.suffix != ".pyc":
                _add(archive, file.relative_to(ROOT).as_posix(), file.read_bytes())
    write_whole(path, data.getvalue())


def write_single_result(path: Path, results: list[Result]) -> None:
    """Write Gradescope's ``results.json`` for a run with one submission.

    Raises
    ------
    CourseError
        There are several submissions: Gradescope shows one learner one result.
    """
    if len(results) != 1:
        raise CourseError(f"--results is for one submission, and there are {len(results)}. Hand in one notebook.")
    _write(path, gradescope_result(results[0]))


def write_refusal(path: Path, reason: str) -> None:
    """Write a ``results.json`` without points for a submission that cannot be read, with the reason."""
    _write(path, {"score": 0, "output": reason, "output_format": "text", "visibility": "visible", "tests": []})


def _write(path: Path, result: dict[str, Any]) -> None:
    write_whole(path, json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix: the mode below is read
    entry.external_attr = (0o100000 | mode) << 16
    archive.writestr(entry, content)
