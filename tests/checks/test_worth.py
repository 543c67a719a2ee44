"""What earns points tells that somebody knows the answer: guesses, echoes and lists of answers earn nothing."""

import os
from collections import Counter, defaultdict

import numpy as np
import pytest

from course.cell.run import Outcome, digest_of
from course.checks.diagnosis.words import Diagnosis
from course.checks.judge import judge
from course.checks.registry import find_exercise
from course.checks.worth import key_of
from course.grading.run import share_of
from course.manifest import LESSONS

NAMES = [exercise.name for lesson in LESSONS for exercise in lesson.exercises]
SEEDS = int(os.environ.get("COURSE_TEST_TABLES", "20"))
FRESH = range(10**6, 10**6 + 3)
LISTED = {"line_filters"}  # a list of its answers, one for each size, is a function that is right for these sizes
SLOW = {"build_fashion_cnn", "forward_numpy", "lenet5", "training_run"}


@pytest.fixture(autouse=True)
def _no_diagnosis(monkeypatch):
    """Names of mistakes earn nothing, and take their time."""
    monkeypatch.setattr("course.checks.judge.diagnose", lambda plan, outcomes: Diagnosis())


def points(plan, outcomes):
    return share_of(plan, judge(plan, outcomes, written=True))


def filled(like, number):
    """The form of a right answer, its words too, with one number everywhere, or with what a function draws."""
    if isinstance(like, tuple):
        return tuple(filled(item, number) for item in like)
    if isinstance(like, dict):
        return {name: filled(item, number) for name, item in like.items()}
    if isinstance(like, np.ndarray):
        return (3 * number(size=like.shape) if callable(number) else np.full(like.shape, number)).astype(like.dtype)
    if like is None or isinstance(like, str | bool):
        return like
    return type(like)(3 * number() if callable(number) else number)


def echo(case, like):
    """An argument, in the place of each number or array of a right answer."""
    given = [value for value in case.shown.values() if not hasattr(value, "build")]
    if isinstance(like, dict):
        arrays = {np.shape(value): value for value in case_arrays(case)}
        zeros = filled(like, 0)
        return {name: arrays.get(getattr(item, "shape", None), zeros[name]) for name, item in like.items()}
    return given[0] if given else None


def case_arrays(case):
    values = [value.options.get("values") if hasattr(value, "options") else value for value in case.shown.values()]
    return [value for value in values if isinstance(value, np.ndarray)]


@pytest.mark.parametrize("name", NAMES)
def test_answers_that_know_nothing_earn_nothing(name):
    exercise = find_exercise(name)
    yesterday = exercise.plan(4242).expected
    for seed in (1, 2, 3) if name in SLOW else range(1, 7):
        plan = exercise.plan(seed)
        right = [one.value for one in plan.expected]
        rng = np.random.default_rng(seed)
        ways = {
            "nothing": [Outcome(None) for _ in right],
            "an error": [Outcome(error="ValueError: no") for _ in right],
            "arrays of nothing": [Outcome(np.zeros((0, 1))) for _ in right],
            "the input": [Outcome(echo(*one)) for one in zip(plan.cases, right, strict=True)],
            "random": [Outcome(filled(value, rng.normal)) for value in right],
            "what was right yesterday": [yesterday[min(k, len(yesterday) - 1)] for k in range(len(right))],
        }
        ways |= {f"{number} everywhere": [Outcome(filled(value, number)) for value in right] for number in (0, 1, 3)}
        earned = {way: points(plan, outcomes) for way, outcomes in ways.items()}
        assert not any(earned.values()), (seed, {way: share for way, share in earned.items() if share})


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_tell_and_earn(name):
    plan = find_exercise(name).plan(3)
    assert points(plan, plan.expected) == 1
    assert plan.telling_properties <= {prop.name for prop in plan.exercise.properties}
    # In part right: one property that tells holds, the others do not.
    earns = []
    for prop in plan.exercise.properties:
        if prop.name in plan.telling_properties:
            mine = [one if owner is prop else Outcome(error="ValueError: no")
                    for one, (owner, _) in zip(plan.expected, plan.items, strict=True)]  # fmt: skip
            earns.append(points(plan, mine))
    assert earns
    assert all(0 < share < 1 for share in earns)


def form_of(case):
    """A case without the numbers in its arrays, and without its networks: what a lazy list goes by."""

    def described(value):
        if hasattr(value, "factory"):
            return "a network" if "network" in value.factory else (value.factory, described(value.options))
        if isinstance(value, dict):
            return {name: described(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [described(item) for item in value]
        return ("array", value.shape) if isinstance(value, np.ndarray) else value

    return repr(described(dict(case.shown)))


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in NAMES])
def test_a_list_of_answers_earns_nothing(name):
    """Two lists: by the very arguments, and by what is not drawn of them, with the most frequent answer."""
    exercise = find_exercise(name)
    exact, kept, frequent = {}, {}, defaultdict(Counter)
    for seed in range(2 if name in SLOW else SEEDS):
        plan = exercise.plan(seed)
        for case, outcome in zip(plan.cases, plan.expected, strict=True):
            exact[key_of(case)] = outcome
            digest = digest_of(outcome.value)
            kept[digest] = outcome
            frequent[form_of(case)][digest] += 1
    often = {form: kept[counts.most_common(1)[0][0]] for form, counts in frequent.items()}
    earned = []
    for seed in FRESH:
        plan = exercise.plan(seed)
        for known in (lambda case: None, lambda case: often.get(form_of(case))):
            answers = [exact.get(key_of(case)) or known(case) or Outcome(0) for case in plan.cases]
            earned.append(points(plan, answers))
    if name not in LISTED:
        assert max(earned) == 0
