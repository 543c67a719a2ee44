"""Grading one submission: its code goes to the sandbox, what comes back is judged here, beside the answers."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import cell
from ..cell import wire
from ..cell.objects import Made
from ..cell.run import Outcome, Stage
from ..checks.compare import count_of
from ..checks.diagnosis.words import Diagnosis
from ..checks.judge import LIBRARIES, Failure, Report, failure_in, judge
from ..checks.registry import find_exercise
from ..checks.shrink import smallest
from ..checks.spec import Case, Exercise, Plan, Property
from ..manifest import exercise_entry, lesson_of
from .outcomes import read_outcomes
from .result import ExerciseResult
from .sandbox import PACKAGES, Answer, Sandbox, answer_of
from .submission import Slice, Submission

__all__ = ["grade_exercise", "grade_submission", "plan_of", "with_cause"]

LONGEST_TEXT = 600
FAILED_IMPORT = re.compile("ImportError: |ModuleNotFoundError: ")
MOST_COUNTED = 10_000  # values of a right answer
MOST_DRAWN = 100_000  # values, or characters, of a wrong result
ENDED = {
    "timeout": "TimeoutError: no answer within {seconds:g} seconds",
    "memory": "MemoryError: it used more than {memory:.0f} MiB of memory",
    "files": "OSError: it wrote more than {room:.0f} MiB of files, or more than a thousand of them",
    "output": "MemoryError: it sent back more than {output:.0f} MiB",
    "ended": "SystemExit: the program ended itself before it gave an answer",
    "broken": "RuntimeError: it could not be run ({detail})",
}
LACKS = (
    "This exercise needs {package}, which the sandbox of this machine ({level}) does not have. "
    "Grade it on Linux, with namespaces or Landlock."
)


def grade_submission(
    submission: Submission, sandbox: Sandbox, seed: int, shown: int | None = None
) -> list[ExerciseResult]:
    """Grade every exercise of a submission.

    Parameters
    ----------
    submission : Submission
    sandbox : Sandbox
    seed : int
        Draws the cases that decide.
    shown : int, optional
        Draws cases that the learner may see: a failing one of these is reported. Without it, a failing one of those
        that decide.
    """
    first = _first_answers(submission, sandbox, seed)
    results = [grade_exercise(piece, sandbox, seed, shown, first.get(piece.exercise)) for piece in submission.slices]
    known = {one.exercise: one.status for one in results}
    return [with_cause(one, piece, known) for one, piece in zip(results, submission.slices, strict=True)]


@dataclass(frozen=True)
class _Attempt:
    """One plan, run and judged."""

    plan: Plan
    answer: Answer
    report: Report
    status: str
    problem: str
    cut_off: bool
    outcomes: tuple[Outcome, ...]


def _first_answers(submission: Submission, sandbox: Sandbox, seed: int) -> dict[str, Answer]:
    """Return what the exercises answer to the cases that decide, all run in one go where the sandbox can do that."""
    pieces = [piece for piece in submission.slices if piece.cells]
    exercises = [find_exercise(piece.exercise) for piece in pieces]
    if not sandbox.takes_several or len(pieces) < 2 or len({one.packages for one in exercises}) > 1:
        return {}
    body = bytearray()
    parts = [_part(piece, plan_of(piece.exercise, seed), body) for piece in pieces]
    for part in parts:
        part["seconds"] = max(part["seconds"], sandbox.limits.seconds)
    answer = sandbox.having(exercises[0].packages).run(
        {"parts": parts, "seconds": sum(part["seconds"] for part in parts)}, bytes(body)
    )
    found: dict[str, Answer] = {}
    with suppress(wire.WireError):
        for piece, (status, data) in zip(pieces, wire.frames_in(answer.data), strict=False):
            if isinstance(status, dict) and isinstance(status.get("status"), str) and status["status"] != "broken":
                found[piece.exercise] = answer_of(status, data)
    return found


def grade_exercise(
    piece: Slice, sandbox: Sandbox, seed: int, shown: int | None = None, first: Answer | None = None
) -> ExerciseResult:
    """Grade one exercise; see `grade_submission`. Of several tries in the notebook the better one counts.

    What it answers to the cases that decide may be there already, as `first`.
    """
    best, result = piece, _grade(piece, sandbox, seed, shown, first)
    for other in piece.later:
        if result.status == "passed":
            break
        further = _grade(other, sandbox, seed, shown)
        if further.points > result.points or further.status == "passed":
            best, result = other, further
    counts = ""
    if piece.copies > 1:
        counts = f"{piece.exercise} is written {piece.copies} times: the one of cell {best.place} counts."
    elif best is not piece:
        counts = (
            f"What it needs is not the same everywhere: as it is at {best.seen}, it does better than at {piece.seen}."
        )
    return replace(result, notes=(*result.notes, counts)) if counts else result


def _grade(piece: Slice, sandbox: Sandbox, seed: int, shown: int | None, first: Answer | None = None) -> ExerciseResult:
    name, entry = piece.exercise, exercise_entry(piece.exercise)
    out_of = float(entry.points)
    nothing = ExerciseResult(name, "missing", 0.0, out_of, f"There is no function {name} in the notebook.",
                             entry.stretch, notes=piece.notes)  # fmt: skip
    if piece.missing:
        return nothing
    if piece.problem:
        return replace(nothing, status="error", says=f"The function cannot be read: {piece.problem}.")
    if lacking := sandbox.lacks(find_exercise(name).packages):
        if piece.stage is Stage.EMPTY:
            return replace(nothing, says="Not written yet.")
        says = LACKS.format(package=LIBRARIES[lacking], level=sandbox.level)
        return replace(nothing, status="error", says=says, trouble=True)
    plan = plan_of(name, seed)
    decides = _attempt(piece, sandbox, plan) if first is None else _judgement(piece, sandbox, plan, first)
    if decides.status == "missing":
        return replace(nothing, says="Not written yet.")
    library = "" if decides.report.passed else _other_library(decides)
    packages = (library,) if library in PACKAGES and not sandbox.lacks((library,)) else ()
    if packages:
        decides = _attempt(piece, sandbox, decides.plan, packages)
    if library in piece.imports and (decides.report.passed or not packages):
        report = replace(decides.report, library=LIBRARIES[library])
        says = (
            report.library_says if packages else f"it needs {report.library}, which is not there while work is graded."
        )
        return replace(nothing, status="failed", says=f"{says[:1].upper()}{says[1:]}", report=report)
    tells = decides
    if shown is not None and not decides.report.passed and not decides.cut_off:
        # What the learner sees comes from a process that never saw a case that decides.
        tells = _attempt(piece, sandbox, plan_of(name, shown), packages)
    report = replace(tells.report, diagnosis=decides.report.diagnosis)
    if shown is not None and decides.cut_off:
        report = replace(report, failure=None)  # it is one of the cases that decide
    elif report.failure is not None and not tells.cut_off:
        box = sandbox.having((*tells.plan.exercise.packages, *packages))
        again = partial(_retried, piece, box, tells.plan.exercise)
        report = replace(report, failure=smallest(report.failure, again))
    report = _fit_to_draw(report)
    result = ExerciseResult(
        exercise=name,
        status=decides.status,
        points=round(out_of * share_of(decides.plan, decides.report), 2),
        out_of=out_of,
        says=_sentence_of(decides, tells),
        stretch=entry.stretch,
        mistakes=dict(zip(report.diagnosis.names, report.diagnosis.sentences, strict=False)),
        properties=tuple((result.name, result.passed) for result in decides.report.results),
        report=report,
        notes=piece.notes,
        trouble=decides.answer.status == "broken",
        gave="" if decides.report.passed else _digest_of(decides.outcomes),
    )
    if library in piece.imports:
        says = f"It needs {LIBRARIES[library]}, with which it earns no points. Write it with NumPy."
        result = replace(result, points=0.0, notes=(*result.notes, says))
    if result.drawn and tells.problem and not tells.cut_off:  # the drawn case shows what came of it, not what it was
        result = replace(result, notes=(*result.notes, f"{tells.problem[:1].upper()}{tells.problem[1:]}."))
    return result


def with_cause(result: ExerciseResult, piece: Slice, known: Mapping[str, str]) -> ExerciseResult:
    """Return a result that says which other exercise to begin with, where the function calls one that is not right.

    Parameters
    ----------
    result : ExerciseResult
    piece : Slice
        What was graded.
    known : mapping of str to str
        The status of each exercise that was graded.
    """
    if result.status in ("passed", "missing"):
        return result
    wrong = [name for name in piece.uses if known.get(name) != "passed"]
    says = "not right yet. In the notebook, the course's own stood in for it. Begin there."
    notes = [f"It calls your {name}, which is {says}" if name in known else f"It calls your {name}: check that first."
             for name in wrong]  # fmt: skip
    return replace(result, notes=(*result.notes, *notes))


def _attempt(piece: Slice, sandbox: Sandbox, plan: Plan, packages: tuple[str, ...] = ()) -> _Attempt:
    job = _job(piece, plan)
    sandbox = sandbox.having((*plan.exercise.packages, *packages))
    answer = _timed(sandbox, job)
    if answer.status == "broken":  # the machine's fault more often than the learner's: once more, in a fresh worker
        answer = _timed(sandbox, job)
    return _judgement(piece, sandbox, plan, answer)


def _timed(sandbox: Sandbox, job: tuple[dict[str, Any], bytes]) -> Answer:
    """Return what a job gave; where nobody saw when its bytes came, they came at its end."""
    started = time.monotonic()
    answer = sandbox.run(*job)
    return answer if answer.times else replace(answer, times=((len(answer.data), time.monotonic() - started),))


def _judgement(piece: Slice, sandbox: Sandbox, plan: Plan, answer: Answer) -> _Attempt:
    problem, outcomes = _outcomes(answer, plan)
    cut_off = len(outcomes) < len(plan.cases)
    if cut_off and not (problem and not outcomes and answer.status == "done"):
        limits = sandbox.limits
        problem = ENDED.get(answer.status, ENDED["ended"]).format(
            seconds=max(limits.seconds, plan.exercise.seconds),
            memory=limits.memory / 2**20,
            output=limits.output / 2**20,
            room=limits.room / 2**20,
            detail=answer.detail,
        )
        fixed = True
    else:
        fixed = False
        # Imports that only pictures need are not there: where one matters, its name is missed.
        missed = not outcomes or any(outcome.error_type == "NameError" for outcome in outcomes)
        problem = _explained(problem, plan.exercise) if missed or not FAILED_IMPORT.search(problem) else ""
    report = _judged(plan, outcomes, problem, piece.stage is Stage.WRITTEN)
    status = _status(report, outcomes, answer, cut_off)
    return _Attempt(plan, answer, report, status, problem, fixed, tuple(outcomes))


def _other_library(attempt: _Attempt) -> str:
    """Return the package of others that an answer asked for, and that is not there while work is graded, or nothing."""
    found = re.search(
        r"No module named '(\w+)", " ".join([attempt.problem, *(outcome.error for outcome in attempt.outcomes)])
    )
    return found[1] if found is not None and found[1] in LIBRARIES else ""


def _digest_of(outcomes: Sequence[Outcome]) -> str:
    """Return what is the same for two functions that gave the same, up to rounding, and empty where nothing came."""
    if not outcomes:
        return ""
    digest = hashlib.sha256()

    def add(value: Any) -> None:
        if isinstance(value, np.ndarray | np.generic | float | int):
            array = np.asarray(value, float)
            with np.errstate(all="ignore"):
                digest.update(repr(array.shape).encode() + (np.round(array, 6) + 0.0).tobytes())
        elif isinstance(value, tuple | list | dict):
            digest.update(f"{type(value).__name__} {len(value)}".encode())
            for item in value.items() if isinstance(value, dict) else value:
                add(item)
        else:
            digest.update(repr(value).encode())

    for outcome in outcomes:
        digest.update(outcome.error.encode("utf-8", "replace"))
        add(outcome.value)
    return digest.hexdigest()[:16]


def _retried(
    piece: Slice, sandbox: Sandbox, exercise: Exercise, prop: Property, cases: Sequence[Case]
) -> list[Failure | None]:
    """Return how the work fails on each of further cases, as far as answers come back; None where it does not."""
    plan = Plan(exercise, 0, tuple((prop, case) for case in cases))
    answer = sandbox.run(*_job(piece, plan))
    _, outcomes = _outcomes(answer, plan)
    return [failure_in(plan, k, outcome) for k, outcome in enumerate(outcomes)]


@lru_cache(maxsize=256)
def plan_of(name: str, seed: int) -> Plan:
    """Return the cases of an exercise, made once for all submissions, with what is expected of them."""
    return find_exercise(name).plan(seed)


def share_of(plan: Plan, report: Report) -> float:
    """Return the share of the points that a report earns, from 0 to 1.

    Properties that answers have which know nothing (an error where an error is due, a law that zeros obey, too, a
    case that everybody has seen) earn nothing by themselves: beside them, one must hold that tells something.
    """
    if report.passed or any(result.passed and result.name in plan.telling_properties for result in report.results):
        return report.fraction
    return 0.0


def _explained(problem: str, exercise: Exercise) -> str:
    """Return the problem, with what can be imported while work is graded where something else was."""
    if "No module named" not in problem:
        return problem
    there = ", ".join(("NumPy", *exercise.packages))
    return f"{problem}. While work is graded there are only {there} and Python's own library"


def _sentence_of(decides: _Attempt, tells: _Attempt) -> str:
    """Return the one sentence that tells a learner most."""
    if decides.report.passed:
        return "Right."
    if decides.cut_off and decides.answer.status != "broken":
        return f"It was stopped: {tells.problem.partition(': ')[2]}."
    if decides.cut_off or (decides.status == "error" and tells.problem):
        return f"It could not be run: {tells.problem}."
    if decides.report.diagnosis.names:
        return decides.report.diagnosis.says
    if tells.report.failure is not None:
        return f"{tells.report.failure.prop.name}: {tells.report.failure.says}."
    broken = next(result for result in decides.report.results if not result.passed)
    return f"{broken.name}: this does not hold for every input. {broken.says}"


def _job(piece: Slice, plan: Plan) -> tuple[dict[str, Any], bytes]:
    body = bytearray()
    return _part(piece, plan, body), bytes(body)


# The modules that make what an answer is called with and observe what it gave; each imports those before it alone.
OBSERVING = ("objects", "networks", "traces", "connections", "squashing", "landmarks")


def _part(piece: Slice, plan: Plan, body: bytearray) -> dict[str, Any]:
    """Return all that the sandbox needs for an exercise; the bytes of its arrays are added to the body."""
    exercise = plan.exercise
    cases = [wire.encode(dict(case.arguments), body) for case in plan.cases]
    made = exercise.observe is not None or any(
        isinstance(value, Made) for case in plan.cases for value in case.arguments.values()
    )
    sources = {name: (Path(cell.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
               for name in OBSERVING} if made else {}  # fmt: skip
    return {"exercise": exercise.name, "cells": [list(cell) for cell in piece.cells], "cases": cases,
               "named": [list(case.named) for case in plan.cases], "observe": exercise.observe, "sources": sources,
               "lent": lent_by(exercise.name),
               "seconds": exercise.seconds}  # fmt: skip


@lru_cache(maxsize=256)
def lent_by(exercise: str) -> dict[str, dict[str, Any]]:
    """Return the modules that a lesson lends, and what they import: each one's source, and the names to show of it."""
    lent: dict[str, dict[str, Any]] = {}

    def add(module: str) -> None:
        source = (Path(cell.__file__).parent.parent / f"{module}.py").read_text(encoding="utf-8")
        for other in re.findall(r"^from \.(\w+) import", source, re.MULTILINE):
            add(other)
        lent.setdefault(module, {"source": source, "names": []})

    for path in lesson_of(exercise).lends:
        _, module, name = path.split(".")
        add(module)
        lent[module]["names"].append(name)
    return lent


def _outcomes(answer: Answer, plan: Plan) -> tuple[str, list[Outcome]]:
    """Return the first problem with the cells, and the outcomes that came back whole."""
    return read_outcomes(answer, plan.cases, [count_of(one.value, MOST_COUNTED) for one in plan.expected])


def _fit_to_draw(report: Report) -> Report:
    """Return the report without a wrong result that is too large to be drawn."""
    failure = report.failure
    if failure is None or not isinstance(failure.got, np.ndarray | tuple | str | dict):
        return report
    if isinstance(failure.got, np.ndarray) and failure.got.size <= MOST_DRAWN and failure.got.ndim <= 8:
        return report
    if not isinstance(failure.got, np.ndarray) and len(repr(failure.got)) <= MOST_DRAWN:
        return report
    return replace(report, failure=replace(failure, got=None))


def _judged(plan: Plan, outcomes: list[Outcome], missing: str, written: bool) -> Report:
    """Judge outcomes that may have come to an end too early, and values that may be anything."""
    whole = len(plan.cases)
    lacking = whole - len(outcomes)
    filled = [*outcomes, *[Outcome(error=missing)] * lacking]
    report = judge(plan, filled, written)
    if not lacking:
        return report
    unanswered = {prop.name for prop, _ in plan.items[len(outcomes) :]}
    results = tuple(replace(one, passed=one.passed and one.name not in unanswered) for one in report.results)
    return replace(report, results=results, untouched=report.untouched and not lacking, diagnosis=Diagnosis())


def _status(report: Report, outcomes: list[Outcome], answer: Answer, cut_off: bool) -> str:
    if report.passed:
        return "passed"
    if report.untouched:
        return "missing"
    if cut_off:
        return "timeout" if answer.status == "timeout" else "error"
    return "error" if all(outcome.error for outcome in outcomes) else "failed"
