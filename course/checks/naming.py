"""The measure of naming: how many wrong answers a check refuses, names, names wrongly, or tells something true."""

from __future__ import annotations

import itertools
import linecache
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import CourseError
from ..manifest import lesson_of
from .compare import same
from .judge import Report, judge
from .spec import Exercise, Mistake, Plan

__all__ = ["Answer", "answers_in", "name_known", "name_pairs", "report_of", "verdict_of"]

VERDICTS = ("named", "named wrongly", "told", "nothing", "accepted")


@dataclass(frozen=True)
class Answer:
    """An answer from a file: the exercise, what its head says of it, and the function.

    Parameters
    ----------
    path : Path
    exercise : str
    expect : str
        "accept", "refuse", "other library" or "either".
    name : str
        The mistake that should be named, or empty.
    what : str
        What it does, in words.
    function : callable
    """

    path: Path
    exercise: str
    expect: str
    name: str
    what: str
    function: Any


def answers_in(folder: Path) -> Iterator[Answer]:
    """Yield the answers in a folder, one file each.

    The head of a file says ``# exercise: NAME``, and where wanted ``# expect:``, ``# name:`` and ``# what:``. Cells of
    a notebook are separated by ``# %%``; what the lesson's own first cells import is there.
    """
    paths = sorted(folder.glob("*.py"))
    if not paths:
        raise CourseError(f"There is no answer (a .py file) in {folder}.")
    for path in paths:
        text = path.read_text(encoding="utf-8")
        head = dict(re.findall(r"^# (exercise|expect|name|what): *(.*?) *$", text, re.MULTILINE))
        if "exercise" not in head:
            raise CourseError(f"{path} does not say which exercise it answers. Begin it with '# exercise: NAME'.")
        space: dict[str, Any] = {"__name__": "__main__", **_imported(head["exercise"])}
        for number, cell in enumerate(re.split(r"^# %%.*$", text, flags=re.MULTILINE)):
            filename = f"<{path.stem}, cell {number}>"
            linecache.cache[filename] = (len(cell), None, cell.splitlines(keepends=True), filename)
            exec(compile(cell, filename, "exec", dont_inherit=True), space)
        if not callable(space.get(head["exercise"])):
            raise CourseError(f"{path} has no function {head['exercise']}.")
        name = head.get("name", "").strip().strip('"')
        yield Answer(path, head["exercise"], head.get("expect", "refuse"), name, head.get("what", ""),
                     space[head["exercise"]])  # fmt: skip


def _imported(exercise: str) -> dict[str, Any]:
    """Return what the lesson's own cells import that an answer may use."""
    given: dict[str, Any] = {"np": np}
    if lesson_of(exercise).number == 4:
        from ..arithmetic import output_size

        given["output_size"] = output_size
    return given


def report_of(plan: Plan, function: Any) -> Report:
    """Return the verdict on a function, on the cases of a plan that other functions may share."""
    return judge(plan, plan.outcomes_of(function), written=True)


def verdict_of(report: Report, *names: str) -> str:
    """Return which of `VERDICTS` a report gives to a wrong answer that is known to make these mistakes.

    Without names, nobody knows which mistakes it makes: whatever is named counts as named.
    """
    if report.passed:
        return "accepted"
    said = report.diagnosis
    if said.names:
        return "named" if not names or set(said.names) == set(names) else "named wrongly"
    return "told" if said.sentences else "nothing"


def name_known(exercise: Exercise, seed: int) -> dict[str, str]:
    """Return the verdict on each known mistake of an exercise, by its name."""
    plan = exercise.plan(seed)
    return {
        mistake.name: verdict_of(report_of(plan, exercise.answer(mistake)), mistake.name)
        for mistake in exercise.mistakes
    }


@dataclass(frozen=True)
class Pair:
    """Two known mistakes that were made at once, and what was said of them.

    Parameters
    ----------
    mistakes : tuple of str
    verdict : str
        One of `VERDICTS`; "partly" where one of the two is named and the other is left open.
    said : str
    """

    mistakes: tuple[str, str]
    verdict: str
    said: str


def name_pairs(exercise: Exercise, seed: int, most: int | None = None) -> list[Pair]:
    """Return the verdict on pairs of known mistakes that differ from each single one, and from the right answer.

    Parameters
    ----------
    exercise : Exercise
    seed : int
    most : int, optional
        How many pairs at the most, drawn evenly; all of them without it.
    """
    if exercise.observe is not None and exercise.imagine is None and exercise.computation is None:
        return []
    plan = exercise.plan(seed)
    pairs = list(itertools.combinations([one for one in exercise.mistakes if one.function is None], 2))
    if most is not None and len(pairs) > most:
        chosen = np.random.default_rng(seed).choice(len(pairs), most, replace=False)
        pairs = [pairs[k] for k in sorted(chosen)]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong ways overflow, and take means of nothing
        return [pair for one, other in pairs if (pair := _paired(plan, one, other)) is not None]


def _paired(plan: Plan, one: Mistake, other: Mistake) -> Pair | None:
    function = plan.exercise.answer(one, other)
    if function is None:
        return None
    outcomes = plan.outcomes_of(function)
    tolerance = plan.exercise.relative_tolerance
    numbers = range(len(outcomes))
    made = [plan.known((one, other), k) for k in numbers]  # or imagined

    def like(others: list[Any]) -> bool:
        return all(
            a.error_type == b.error_type if a.error or b.error else same(a.value, b.value, tolerance)
            for a, b in zip(others, made, strict=True)
            if b is not None
        )

    singles = ([plan.known((mistake,), k) for k in numbers] for mistake in plan.exercise.mistakes)
    if like(plan.expected) or any(map(like, singles)):
        return None
    said = judge(plan, outcomes, written=True)
    verdict = verdict_of(said, one.name, other.name)
    if verdict == "named wrongly" and set(said.diagnosis.sentences) == {one.says, other.says}:
        verdict = "named"  # by the same words: two variants of a mistake may give the same beside another
    if verdict == "named wrongly" and "either" in said.diagnosis.name:
        alternatives = re.sub("either | or | with ", " + ", said.diagnosis.name)
        verdict = "partly" if {one.name, other.name} <= set(re.split(r" \+ ", alternatives)) else verdict
    return Pair((one.name, other.name), verdict, said.diagnosis.name)


def counted(verdicts: list[str]) -> str:
    """Return verdicts as a line of counts."""
    counts = Counter(verdicts)
    return ", ".join(f"{counts[name]} {name}" for name in (*VERDICTS, "partly") if counts[name]) or "none"
