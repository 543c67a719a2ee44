"""What grading gave: frozen values that every page, table and export is made of, and that a file holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..checks.judge import Report
from ..errors import CourseError

__all__ = ["STATUSES", "ExerciseResult", "Result"]

STATUSES = ("passed", "failed", "error", "timeout", "missing")


@dataclass(frozen=True)
class ExerciseResult:
    """What one exercise of one submission earned, and why.

    Parameters
    ----------
    exercise : str
    status : {"passed", "failed", "error", "timeout", "missing"}
    points, out_of : float
    says : str
        One sentence for the learner.
    stretch : bool
        Its points are extra.
    mistakes : mapping of str to str
        The name of each known mistake that explains the answers, and what it says.
    properties : tuple of (str, bool)
        Which properties hold.
    notes : tuple of str
        What was unusual about the notebook here.
    trouble : bool
        The exercise could not be run, through no fault of the learner as far as can be told.
    gave : str
        A digest of the answers to the cases that decide, the same for two functions that answer alike, or empty.
    code : str
        A digest of the answer's code, its comments, names and layout left out, or empty.
    parts : int
        How many parts that code has: what is short is alike by chance.
    report : Report or None
        The whole verdict, where the function was run, on the cases that the learner may see. It is no part of a file.
    """

    exercise: str
    status: str
    points: float
    out_of: float
    says: str
    stretch: bool = False
    mistakes: Mapping[str, str] = field(default_factory=dict)
    properties: tuple[tuple[str, bool], ...] = ()
    notes: tuple[str, ...] = ()
    trouble: bool = False
    gave: str = ""
    code: str = ""
    parts: int = 0
    report: Report | None = field(default=None, compare=False)

    @property
    def drawn(self) -> bool:
        """Whether there is a failing case that tells a learner more than the sentence does."""
        failure = None if self.report is None else self.report.failure
        return failure is not None and (self.status == "failed" or (self.status == "error" and bool(failure.where)))


@dataclass(frozen=True)
class Result:
    """What one learner's work earned.

    Parameters
    ----------
    name : str
    key : str
        The name of the learner's files.
    lesson : str
        The stem of the lesson's notebook.
    file : str
        The notebook that was graded, or empty.
    exercises : tuple of ExerciseResult
        In the order of the lesson.
    notes : tuple of str
        What was unusual about what was handed in.
    sandbox : str
        The level at which it was run.
    digest : str
        That of the work and of how it was graded; empty where it is to be tried again.
    """

    name: str
    key: str
    lesson: str
    file: str
    exercises: tuple[ExerciseResult, ...]
    notes: tuple[str, ...] = ()
    sandbox: str = ""
    digest: str = ""

    @property
    def total(self) -> float:
        """The points, extra ones among them."""
        return round(sum(one.points for one in self.exercises), 2)

    @property
    def out_of(self) -> float:
        """The points that can be had without extra ones."""
        return round(sum(one.out_of for one in self.exercises if not one.stretch), 2)

    @property
    def trouble(self) -> bool:
        """Whether the grader could not do its part, so that the work is to be graded again."""
        return any(one.trouble for one in self.exercises)

    def of(self, exercise: str) -> ExerciseResult:
        """Return the result of one exercise."""
        return next(one for one in self.exercises if one.exercise == exercise)

    def bare(self) -> Result:
        """Return the result without the reports, as a file holds it and as another process can send it."""
        return replace(self, exercises=tuple(replace(one, report=None) for one in self.exercises))

    def to_json(self) -> str:
        """Return the result as text of JSON, as ``results/KEY.json`` holds it."""
        data = {one.name: getattr(self, one.name) for one in fields(self)}
        data |= {
            "total": self.total,
            "out_of": self.out_of,
            "exercises": {one.exercise: _data(one) for one in self.exercises},
        }
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Return the result in a text that `to_json` made; `CourseError` where it is none.

        Examples
        --------
        >>> one = ExerciseResult("output_size", "failed", 1.0, 2.0, "not right yet")
        >>> result = Result("Ada", "Ada", "01_receptive_fields", "a.ipynb", (one,))
        >>> Result.from_json(result.to_json()) == result
        True
        """
        try:
            data = json.loads(text)
            known = {one.name: data[one.name] for one in fields(cls)}
            exercises = tuple(_exercise(name, one) for name, one in data["exercises"].items())
            result = cls(**known | {"exercises": exercises, "notes": tuple(map(str, data["notes"]))})
            texts = [getattr(result, one.name) for one in fields(cls) if one.name not in ("exercises", "notes")]
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("a name or a digest is not text")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise CourseError(f"This is no result of the grader ({type(error).__name__}: {error}).") from error
        return result


def _data(one: ExerciseResult) -> dict[str, Any]:
    data = {part.name: getattr(one, part.name) for part in fields(one) if part.name not in ("exercise", "report")}
    return data | {"mistakes": dict(one.mistakes), "properties": dict(one.properties)}


def _exercise(name: str, data: dict[str, Any]) -> ExerciseResult:
    known = {one.name: data[one.name] for one in fields(ExerciseResult) if one.name not in ("exercise", "report")}
    known["points"], known["out_of"], known["parts"] = float(data["points"]), float(data["out_of"]), int(data["parts"])
    known["mistakes"] = {str(name): str(says) for name, says in data["mistakes"].items()}
    known["properties"] = tuple((str(name), bool(held)) for name, held in data["properties"].items())
    known["notes"] = tuple(map(str, data["notes"]))
    result = ExerciseResult(name, **known)
    texts = (result.says, result.gave, result.code)
    if result.status not in STATUSES or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"the status of {result.exercise} is {result.status!r}")
    return result
