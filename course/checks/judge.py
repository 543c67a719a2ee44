"""Judging what the reader's function gave: which properties hold, where it first fails, which mistake it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .compare import Difference, compare, same
from .run import Outcome, is_written
from .spec import Case, Exercise, Focus, Mistake, Plan, Property

__all__ = ["Failure", "PropertyResult", "Report", "judge", "judge_function"]

UNCHANGED = Property(
    "inputs left alone",
    "A function must not change the arrays that it is given: the caller still needs them.",
    lambda rng: [],
)


ARGUMENTS_WRONG = r"takes .*positional arguments? but|missing \d+ required positional argument"
# Errors that many different mistakes stop with: for these, the message must be that of the known mistake, too.
COMMON_ERRORS = {"TypeError", "ValueError", "IndexError", "KeyError", "AttributeError", "RuntimeError"}


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
    mistake : Mistake or None
        The known mistake whose answers these are, on every case.
    untouched : bool
        The function is still the empty stub.
    """

    exercise: str
    seed: int
    results: tuple[PropertyResult, ...]
    failure: Failure | None = None
    mistake: Mistake | None = None
    untouched: bool = False

    @property
    def passed(self) -> bool:
        """Whether every property holds."""
        return all(result.passed for result in self.results)

    @property
    def fraction(self) -> float:
        """The share of the points that is earned, from 0 to 1: the weights of the properties that hold.

        "Inputs left alone" earns nothing by itself: a function that gives nothing leaves its inputs alone, too.
        """
        if self.passed:
            return 1.0
        whole = sum(result.weight for result in self.results)
        return sum(result.weight for result in self.results if result.passed and result is not self.results[-1]) / whole


def judge_function(exercise: Exercise, function: Callable[..., Any], seed: int) -> Report:
    """Run the function on fresh cases and judge it, all in this process."""
    plan = exercise.plan(seed)
    return judge(plan, plan.outcomes_of(function), written=is_written(function))


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
        found = _failures_of(plan, prop, here, outcomes)
        failures += found
        results.append(PropertyResult(prop.name, prop.says, not found, prop.weight))
    changed = [failure for k in range(len(outcomes)) if (failure := _changed_input(plan, k, outcomes[k])) is not None]
    results.append(PropertyResult(UNCHANGED.name, UNCHANGED.says, not changed))
    if changed and not failures:
        failures = changed
    if not failures:
        return Report(exercise.name, plan.seed, tuple(results))
    # A wrong value can be drawn, a broken law or an empty array cannot: the smallest wrong value, where there is one.
    smallest = min(failures, key=lambda one: (one.prop.holds is not None, _is_empty(one), one.case.size))
    return Report(exercise.name, plan.seed, tuple(results), smallest, _recognise(plan, outcomes))


def _failures_of(plan: Plan, prop: Property, here: list[int], outcomes: Sequence[Outcome]) -> list[Failure]:
    exercise = plan.exercise
    found = []
    for k in here:
        case, outcome, expected = plan.cases[k], outcomes[k], plan.expected[k]
        if expected.error:  # a case that every right answer refuses
            if not outcome.error:
                says = f"your function should raise {expected.error_type} here: {expected.error.partition(': ')[2]}"
                found.append(Failure(prop, case, None, outcome.value, says))
        elif outcome.error:
            says = _stopped(case, outcome)
            found.append(Failure(prop, case, expected.value, None, says, where=outcome.where))
        elif prop.holds is None:
            difference = compare(expected.value, outcome.value, exercise.relative_tolerance)
            if difference is not None:
                found.append(_wrong_value(exercise, prop, case, expected.value, outcome.value, difference))
    if prop.holds is not None and not found:
        broken = _broken_law(prop, [plan.cases[k] for k in here], [outcomes[k].value for k in here])
        if broken is not None:
            k = min(here, key=lambda k: plan.cases[k].size)
            found.append(Failure(prop, plan.cases[k], plan.expected[k].value, outcomes[k].value, broken))
    return found


def _stopped(case: Case, outcome: Outcome) -> str:
    """Return why there is no result, in one sentence."""
    if outcome.error_type == "TypeError" and not outcome.where and re.search(ARGUMENTS_WRONG, outcome.error):
        names = ", ".join(case.arguments)
        return f"your function cannot be called with ({names}): it must take these, in this order, and no others"
    return f"your function stopped with {outcome.error}"


def _is_empty(failure: Failure) -> bool:
    return any(isinstance(value, np.ndarray) and value.size == 0 for value in failure.case.arguments.values())


def _broken_law(prop: Property, cases: list[Case], values: list[Any]) -> str | None:
    try:
        return prop.holds(cases, values) if prop.holds is not None else None
    except Exception:  # the values are of a kind or a shape that the law cannot be asked of
        return "the result is of another kind or shape than this property needs"


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
    case = plan.cases[k]
    says = f"your function changes its input {names[0]}: work on a copy, such as {names[0]}.copy()"
    return Failure(UNCHANGED, case, plan.expected[k].value, outcome.value, says, focus=Focus(names[0]))


def _recognise(plan: Plan, outcomes: Sequence[Outcome]) -> Mistake | None:
    tolerance = plan.exercise.relative_tolerance
    # Errors alone say little: where no wrong value says which mistake it is, the messages must be the same, too.
    wrong_value = any(
        not outcome.error and not (expected.error or same(expected.value, outcome.value, tolerance))
        for outcome, expected in zip(outcomes, plan.expected, strict=True)
    )
    for mistake in plan.exercise.mistakes:
        theirs = plan.outcomes_of_mistake(mistake)
        if all(map(lambda a, b: _same_outcome(a, b, tolerance, not wrong_value), theirs, outcomes)):
            return mistake
    return None


def _same_outcome(known: Outcome, got: Outcome, tolerance: float, strict: bool) -> bool:
    if not known.error and not got.error:
        return same(known.value, got.value, tolerance)
    if strict and known.error_type in COMMON_ERRORS:
        return _words_of(known.error) == _words_of(got.error)
    return known.error_type == got.error_type


def _words_of(message: str) -> list[str]:
    """Return the words and shapes of a message in any order: a product may have its factors in either."""
    return sorted(re.findall(r"\([^()]*\)|\w+", message))


def _is_untouched(outcome: Outcome) -> bool:
    return (outcome.value is None and not outcome.error) or outcome.error_type == "NotImplementedError"
