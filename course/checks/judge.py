"""Judging what the reader's function gave: which properties hold, where it first fails, and why."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..cell.run import Outcome, Stage, written_stage
from ..errors import CheckError
from .compare import NOTHING, Difference, compare, count_of, fitted, observed
from .diagnosis.words import Diagnosis, diagnose
from .guard import other_packages, run_all
from .shrink import smallest
from .spec import Case, Exercise, Focus, Plan, Property

__all__ = ["Failure", "PropertyResult", "Report", "failure_in", "failures_of", "judge", "judge_function"]

UNCHANGED = Property(
    "inputs left alone",
    "A function must not change what it is given: the caller still needs it.",
    lambda rng: [],
)
NOT_TRIED = "TimeoutError: not tried"  # after a call that did not end
SECONDS = 10.0  # for all cases of a check together
FEW = 20_000  # values that are compared with those of known mistakes, however few are expected
MOST_TIMES = 100  # or as many times the values that are expected
LIBRARIES = {
    "PIL": "Pillow",
    "cv2": "OpenCV",
    "jax": "JAX",
    "numba": "Numba",
    "pandas": "pandas",
    "scipy": "SciPy",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
}


@dataclass(frozen=True)
class PropertyResult:
    """Whether one property holds."""

    name: str
    says: str
    passed: bool
    weight: int = 1


@dataclass(frozen=True)
class Failure:
    """The smallest case that went wrong, and how.

    Parameters
    ----------
    prop : Property
    case : Case
    expected, got : plain data
    says : str
        What is wrong, in one sentence.
    index : tuple of int or None
        The first wrong cell.
    focus : Focus or None
        What that cell should have been computed from.
    where : str
        The line of the reader's code that raised an error, or empty.
    """

    prop: Property
    case: Case
    expected: Any
    got: Any
    says: str
    index: tuple[int, ...] | None = None
    focus: Focus | None = None
    where: str = ""

    @property
    def kind(self) -> str:
        """In which way it fails: a wrong value, or else what it says, without the numbers."""
        if re.search(r"expected -?[\d.einfna]+, got -?[\d.einfna]+$", self.says):
            return "a wrong value"
        return re.sub(r"[-+]?\d[\d.e+-]*|\([^()]*\)", "#", self.says)


@dataclass(frozen=True)
class Report:
    """The verdict on one function.

    Parameters
    ----------
    exercise : str
    seed : int
        The cases were drawn from it.
    results : tuple of PropertyResult
    failure : Failure or None
    diagnosis : Diagnosis
        What explains the answers, where they are wrong.
    untouched : bool
        The function is still the empty stub.
    library : str
        The package that does the work, where NumPy alone is wanted: right, but it earns nothing.
    """

    exercise: str
    seed: int
    results: tuple[PropertyResult, ...]
    failure: Failure | None = None
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    untouched: bool = False
    library: str = ""

    @property
    def passed(self) -> bool:
        """Whether every property holds, by means that count."""
        return all(result.passed for result in self.results) and not self.library

    @property
    def library_says(self) -> str:
        """What is said of a right answer that another package gives."""
        return f"right, but with {self.library}: it earns no points. Write it with NumPy."

    @property
    def fraction(self) -> float:
        """The share of the points that is earned, from 0 to 1: the weights of the properties that hold.

        "Inputs left alone" earns nothing by itself: a function that gives nothing leaves its inputs alone, too.
        """
        if self.library:
            return 0.0
        if self.passed:
            return 1.0
        whole = sum(result.weight for result in self.results)
        return sum(result.weight for result in self.results if result.passed and result is not self.results[-1]) / whole


def judge_function(exercise: Exercise, function: Callable[..., Any], seed: int) -> Report:
    """Run the function on fresh cases and judge it, all in this process."""
    plan = exercise.plan(seed)
    outcomes = run_all(function, plan.cases, exercise.observe, max(SECONDS, exercise.seconds))
    report = judge(plan, outcomes, written=written_stage(function) is Stage.WRITTEN)
    if report.passed:
        used = other_packages(function, exercise.packages)
        return replace(report, library=LIBRARIES.get(used[0], used[0])) if used else report
    if report.failure is None or outcomes[-1].error_type == "TimeoutError":
        return report
    return replace(report, failure=smallest(report.failure, functools.partial(_retried, exercise, function)))


def judge(plan: Plan, outcomes: Sequence[Outcome], written: bool = False) -> Report:
    """Judge the outcomes of a plan's cases, given in the plan's order.

    A function that gives nothing at all is taken for the empty stub, unless it is known to be `written`.
    """
    exercise = plan.exercise
    if len(outcomes) != len(plan.items):
        raise ValueError(f"judge: {len(plan.items)} outcomes are needed, got {len(outcomes)}.")
    if all(map(_is_untouched, outcomes)) and not written:
        none_hold = tuple(PropertyResult(p.name, p.says, False, p.weight) for p in (*exercise.properties, UNCHANGED))
        return Report(exercise.name, plan.seed, none_hold, untouched=True)

    results: list[PropertyResult] = []
    failures: list[Failure] = []
    for prop in exercise.properties:
        here = [k for k, (owner, _) in enumerate(plan.items) if owner is prop]
        found = failures_of(plan, prop, {k: outcomes[k] for k in here})
        failures += found
        results.append(PropertyResult(prop.name, prop.says, not found, prop.weight))
    changed = [failure for k in range(len(outcomes)) if (failure := _changed_input(plan, k, outcomes[k])) is not None]
    results.append(PropertyResult(UNCHANGED.name, UNCHANGED.says, not changed))
    if not failures and not changed:
        return Report(exercise.name, plan.seed, tuple(results))
    if not failures:
        return Report(exercise.name, plan.seed, tuple(results), min(changed, key=lambda one: one.case.size))
    # A wrong value can be drawn, a broken law or an empty array cannot; what is unusual is shown last.
    shown = min(
        failures,
        key=lambda one: (NOT_TRIED in one.says, one.prop.unusual, not _is_drawn(one), _is_empty(one), one.case.size),
    )
    return Report(exercise.name, plan.seed, tuple(results), shown, _diagnosis(plan, outcomes))


def _diagnosis(plan: Plan, outcomes: Sequence[Outcome]) -> Diagnosis:
    """Return what explains the answers; nothing where one of them holds far more than was asked for."""
    for expected, outcome in zip(plan.expected, outcomes, strict=True):
        most = FEW + MOST_TIMES * count_of(expected.value, FEW)
        if count_of(outcome.value, most) > most:
            return Diagnosis()
    return diagnose(plan, outcomes)


def _retried(
    exercise: Exercise, function: Callable[..., Any], prop: Property, cases: Sequence[Case]
) -> Iterator[Failure | None]:
    """Yield how the function fails on each of further cases, or None where it does not."""
    for case in cases:
        plan = Plan(exercise, 0, ((prop, case),))
        yield failure_in(plan, 0, plan.outcomes_of(function)[0])


def failure_in(plan: Plan, k: int, outcome: Outcome) -> Failure | None:
    """Return how a function fails on case k of a plan, or None where it does not, or where the case is none."""
    prop = plan.items[k][0]
    if plan.expected[k].error:
        return None
    if prop is UNCHANGED:
        return _changed_input(plan, k, outcome)
    return _failure_of(plan, prop, k, outcome)


def failures_of(plan: Plan, prop: Property, outcomes: Mapping[int, Outcome]) -> list[Failure]:
    """Return how a function fails a property, given the outcome of each of its cases by the case's number."""
    found = [failure for k, one in outcomes.items() if (failure := _failure_of(plan, prop, k, one)) is not None]
    if prop.holds is not None and not found:
        here = list(outcomes)
        values = [fitted(plan.expected[k].value, outcomes[k].value)[0] for k in here]
        broken = prop.holds([plan.cases[k] for k in here], values)
        if broken is not None:
            k = here[broken[0]]
            found.append(Failure(prop, plan.cases[k], plan.expected[k].value, outcomes[k].value, broken[1]))
    return found


def _failure_of(plan: Plan, prop: Property, k: int, outcome: Outcome) -> Failure | None:
    """Return how one case fails, or None; a law that ties several cases is asked elsewhere."""
    exercise, case, expected = plan.exercise, plan.cases[k], plan.expected[k]
    if prop.refused:
        says = f"your function should raise {expected.error_type} here: {expected.error.partition(': ')[2]}"
        return None if outcome.error else Failure(prop, case, None, outcome.value, says)
    if expected.error:
        raise CheckError(
            f"The check of {exercise.name} cannot be made: the course's own answer stopped with {expected.error}. "
            "That is no fault of yours. Restart the kernel, and try again."
        )
    if outcome.error:
        return Failure(prop, case, expected.value, None, _stopped(case, outcome), where=outcome.where)
    broken: str | None
    if prop.entries is not None or prop.each is not None:
        broken = _broken_law(prop.each, case, expected.value, outcome.value) if prop.each is not None else None
        if prop.entries is not None and broken is None:
            broken = _entry_that_differs(prop.entries, expected.value, outcome.value, exercise.relative_tolerance)
    elif prop.holds is not None:
        _, misfit = fitted(expected.value, outcome.value)
        broken = None if misfit is None else misfit.says
    else:
        difference = compare(expected.value, outcome.value, exercise.relative_tolerance)
        if difference is not None:
            return _wrong_value(exercise, prop, case, expected.value, outcome.value, difference)
        broken = None
        # Seen where the function ran, so that a process that forges its answers may pass off a view as an array of
        # its own. All that it gains is that a right value counts.
        if exercise.new_array and outcome.shared:
            name = outcome.shared[0]
            broken = f"your result is {name} itself, not a new array: whoever changes one changes the other. Copy it"
    if broken is None and not outcome.seconds <= prop.within:
        broken = f"it took {outcome.seconds:.0f} s, and no more than {prop.within:g} s are allowed"
    return None if broken is None else Failure(prop, case, expected.value, outcome.value, broken)


def _stopped(case: Case, outcome: Outcome) -> str:
    """Return why there is no result, in one sentence."""
    if outcome.header:
        given = [f"{name}=..." if name in case.named else name for name in case.shown]
        return f"your function cannot be called as the lesson calls it, with ({', '.join(given)}): {outcome.error}"
    return f"your function stopped with {outcome.error}"


def _is_drawn(failure: Failure) -> bool:
    """Whether there is a wrong value to look at, and not a broken law."""
    return failure.prop.holds is None and failure.prop.each is None and failure.prop.entries is None


def _is_empty(failure: Failure) -> bool:
    return any(isinstance(value, np.ndarray) and value.size == 0 for value in failure.case.arguments.values())


def _broken_law(law: Callable[[Case, Any], str | None], case: Case, expected: Any, got: Any) -> str | None:
    value, misfit = observed(expected, got) if isinstance(expected, dict) else fitted(expected, got)
    return law(case, value) if misfit is None else misfit.says


def _entry_that_differs(entries: Mapping[str, str], expected: Mapping[str, Any], got: Any, tolerance: float
                        ) -> str | None:  # fmt: skip
    if not isinstance(got, Mapping):
        return NOTHING
    for entry, sentence in entries.items():
        difference = compare(expected[entry], got.get(entry), tolerance)
        if difference is not None:
            differs = "there is none" if got.get(entry) is None else difference.says
            return sentence or f"{entry}: {differs}"
    return None


def _wrong_value(
    exercise: Exercise, prop: Property, case: Case, expected: Any, got: Any, difference: Difference
) -> Failure:
    focus = None
    if exercise.focus is not None and difference.index is not None:
        focus = exercise.focus(case, difference.index)
    return Failure(prop, case, expected, got, difference.says, difference.index, focus)


def _changed_input(plan: Plan, k: int, outcome: Outcome) -> Failure | None:
    names = [name for name in outcome.changed if name not in plan.exercise.may_change]
    if not names:
        return None
    case, name = plan.cases[k], names[0]
    if name in case.arguments:
        says, focus = f"your function changes its input {name}: work on a copy, such as {name}.copy()", Focus(name)
    else:
        says, focus = f"your function changes {name} for good: all that runs after it would meet that", None
    return Failure(UNCHANGED, case, plan.expected[k].value, outcome.value, says, focus=focus)


def _is_untouched(outcome: Outcome) -> bool:
    if outcome.error:  # PyTorch raises one of its own
        return outcome.error_type == "NotImplementedError" and "not implemented for" not in outcome.error
    return outcome.value is None
