"""Tables of grades, and the files that Canvas, Moodle and Gradescope import."""

from __future__ import annotations

from pathlib import Path

from ..errors import CourseError
from ..manifest import Lesson
from .learners import Learner
from .platforms import write
from .result import Result
from .tables import table

__all__ = ["grades_table", "remove", "write_exports"]


def grades_table(learners: list[Learner], results: list[Result], lesson: Lesson) -> str:
    """Return the grades as CSV: a row for each submission, with its name, its total, and a column for each exercise.

    Where a platform gave numbers and addresses, they are there, too: names may be the same. The last column is the
    sandbox in which it was run. The mark in front tells Excel that the text is UTF-8.
    """
    names = [entry.name for entry in lesson.exercises]
    known = [field for field in ("number", "email") if any(getattr(learner, field) for learner in learners)]
    if any(learner.kind != "learner" for learner in learners):
        known.append("kind")
    rows = [["name", *known, "total", *names, "sandbox"]]
    for learner, result in zip(learners, results, strict=True):
        points = [f"{result.of(name).points:g}" for name in names]
        rows.append(
            [result.name, *(getattr(learner, field) for field in known), f"{result.total:g}", *points, result.sandbox]
        )
    return "\ufeff" + table(rows)


def write_exports(folder: Path, learners: list[Learner], results: list[Result], lesson: Lesson) -> list[str]:
    """Write what the platform of these submissions imports, take away what is old, and return what to know of it.

    Parameters
    ----------
    folder : Path
        The folder of the whole run; its ``feedback`` is already written.
    learners, results : list
        In the same order.
    lesson : Lesson
    """
    written, advice = write(folder, list(zip(learners, results, strict=True)), lesson)
    exports = folder / "exports"
    known = [*exports.glob("*.csv"), *exports.glob("moodle-feedback.zip"), *exports.glob("gradescope/*/results.json")]
    for path in set(known) - set(written):
        remove(path)
    return advice


def remove(path: Path) -> None:
    """Take away a file that an earlier run has written, and its folder where nothing else is in it."""
    try:
        path.unlink(missing_ok=True)
        while path.parent.name != "exports" and not any(path.parent.iterdir()):
            path = path.parent
            path.rmdir()
    except OSError as error:
        says = f"{path} is of an earlier run and cannot be removed ({error.strerror or type(error).__name__})"
        raise CourseError(f"{says}. Remove it, or name another folder with --out.") from error
