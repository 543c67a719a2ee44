"""Whatever is sent back instead of an answer: it is judged, fast, and nothing but a right value holds."""

import time
import warnings

import numpy as np
import pytest

from course.cell.run import Outcome
from course.checks.compare import compare, count_of, same
from course.checks.judge import failure_in, failures_of, judge
from course.checks.registry import find_exercise
from course.manifest import LESSONS

from . import forged

NAMES = [exercise.name for lesson in LESSONS for exercise in lesson.exercises]
TRIES = 16


def is_close(expected, got):
    """Tell whether a value is the expected one, written anew, for numbers that must have kind and shape."""
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(is_close(expected[name], got.get(name)) for name in expected)
    if isinstance(expected, tuple):
        if isinstance(got, np.ndarray):
            got = tuple(got)
        return isinstance(got, tuple) and len(got) == len(expected) and all(map(is_close, expected, got))
    if expected is None or isinstance(expected, str | bool):
        return got is expected or (type(got) is type(expected) and got == expected)
    if isinstance(expected, np.ndarray):
        got = np.array(got) if not isinstance(got, np.ndarray) else got
        if got.shape != expected.shape or got.dtype.kind not in "biuf":
            return False
        right, yours = expected.astype(float), got.astype(float)
        scale = np.max(np.abs(right[np.isfinite(right)]), initial=0)
        with np.errstate(all="ignore"):
            near = (np.abs(right - yours) <= 3e-4 * scale + 1e-9) | (right == yours)
        return bool(np.all(near | (np.isnan(right) & np.isnan(yours))))
    if isinstance(got, np.ndarray | np.generic) and np.ndim(got) == 0:
        got = got.item()
    if not isinstance(got, int | float) or isinstance(got, bool):
        return False
    return abs(got - expected) <= 3e-4 * abs(expected) + 1e-9


@pytest.fixture(scope="module", params=NAMES)
def plan(request):
    made = find_exercise(request.param).plan(5)
    assert made.expected
    return made


def forgeries(plan, count):
    for seed in range(count):
        rng = np.random.default_rng([seed, len(plan.exercise.name)])
        way = forged.anything if seed % 2 else lambda rng, like: forged.of_its_form(rng, like)
        yield [forged.sent(way(rng, outcome.value)) for outcome in plan.expected]


def test_a_property_of_values_holds_of_right_ones_alone(plan):
    held = 0
    for values in forgeries(plan, TRIES):
        for k, (prop, _) in enumerate(plan.items):
            if prop.refused or prop.each or prop.holds or prop.name == "telling cases":
                continue
            right = plan.expected[k].value
            if failure_in(plan, k, Outcome(values[k])) is None:
                held += 1
                entries = prop.entries or ()
                pairs = [(right[name], values[k][name]) for name in entries] if entries else [(right, values[k])]
                assert all(is_close(*pair) for pair in pairs), (prop.name, k, values[k])
    assert held < 0.2 * TRIES * len(plan.items)


def test_a_right_value_holds(plan):
    """So that the test above does not pass because nothing ever holds."""
    for prop in plan.exercise.properties:
        here = {k: plan.expected[k] for k, (owner, _) in enumerate(plan.items) if owner is prop}
        assert not failures_of(plan, prop, here)
    for one in plan.expected:
        assert is_close(one.value, forged.sent(one.value))


def test_nothing_stops_the_judge_or_takes_its_time(plan):
    known = plan.exercise.imagine is not None or plan.exercise.observe is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in forgeries(plan, 2 if known else 4):
            report = judge(plan, [Outcome(value) for value in values], written=True)
            assert not report.passed
            assert len(report.failure.says) < 1000


@pytest.mark.parametrize(
    "value",
    [np.zeros(400_000), np.zeros((400_000, 1)), np.zeros((1,) * 30), (0,) * 90_000, ((0,) * 300,) * 300,
     {str(k): k for k in range(50_000)}, "x" * 3_000_000, np.zeros((0, 2**20))],
    ids=lambda value: f"{type(value).__name__} {str(np.shape(value))[:20]}",
)  # fmt: skip
def test_a_large_value_costs_milliseconds(value):
    spent = []
    for name in ("dense_connections", "receptive_window", "conv2d", "numpy_to_torch", "shape_trace"):
        plan = find_exercise(name).plan(5)
        assert plan.expected
        started = time.process_time()
        assert not judge(plan, [Outcome(value)] * len(plan.items), written=True).passed
        spent.append(time.process_time() - started)
    assert max(spent) < 1.0


def test_kinds_are_compared_before_numbers():
    seven = [
        np.float32(7),
        np.float64(7),
        np.float16(7),
        7.0,
        True,
        "7",
        (7,),
        np.zeros((0, 1)),
        np.ones(2),
        None,
        np.array([7]),
    ]
    assert [same(7, value) for value in seven] == [False] * len(seven)
    assert all(same(7, value) for value in (7, np.int64(7), np.uint8(7), np.array(7)))
    assert not same(1, True)
    assert not same(True, 1)
    assert not same(np.zeros((3, 4)), np.zeros((1, 4)))
    assert not same(np.zeros((3, 4)), np.zeros((3, 0)))
    assert not same(np.ones(3), np.array([1, np.nan, 1]))
    assert same(np.zeros((0, 4)), np.zeros((0, 4)))
    assert not same(1.0, 10**400)
    assert not same(np.inf, 1e308)


def test_a_count_ends_early():
    endless = (0,) * 10**6
    started = time.process_time()
    assert count_of((endless,) * 100, 50) > 50
    assert time.process_time() - started < 0.05
    assert len(compare(3, "x" * 10**6).says) < 300
