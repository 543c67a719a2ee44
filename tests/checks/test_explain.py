"""Explaining answers: one mistake, several at once, and never a wrong name, on a small exercise of its own."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.checks.cases import Maker, between, numbers
from course.checks.judge import judge, judge_function
from course.checks.spec import Case, Exercise, Mistake, Property, wrong

# The exercise: the sums of the rows of a picture, times a factor, plus a bias.


def sums(image, factor, bias, *, axis=1, start=0, scaled=lambda z, f: z * f, biased=lambda z, b: z + b, kind=float):
    """Sum the rows; each part may go wrong."""
    return biased(scaled(image[start:].sum(axis=axis), factor), bias).astype(kind)


def make(rng, height, width):
    return {
        "image": numbers(rng, height, width),
        "factor": float(rng.uniform(1.5, 3)),
        "bias": float(rng.uniform(1, 2)),
    }


cases = Maker(make, height=2, width=3)


def holes(rng):
    image = numbers(rng, 2, 4)
    image[0, 1] = np.nan
    return [
        Case({"image": image, "factor": 1.5, "bias": 0.5}),
        Case({"image": np.zeros((0, 3)), "factor": 2.0, "bias": 1.0}),
    ]


MISTAKES = [
    wrong("columns", "You sum the columns.", axis=0),
    wrong("no factor", "The factor is missing.", scaled=lambda z, f: z),
    wrong("squared", "You square the factor.", scaled=lambda z, f: z * f * f),
    wrong("no bias", "The bias is missing.", biased=lambda z, b: z),
    wrong("bias subtracted", "You subtract the bias.", biased=lambda z, b: z - b),
    wrong("whole", "You cut to whole numbers.", kind=int),
    wrong("first row left out", "You leave out the first row.", start=1),
    Mistake("something else", "You do something else.", lambda image, factor, bias: image[0] * 0),
]
EXERCISE = Exercise(
    "output_size", sums,
    [Property("plain", "Sums.", cases({}, {"height": 3, "width": between(4, 6)}, {"height": 4, "width": 2})),
     Property("unusual", "Holes.", holes, unusual=True)],
    MISTAKES, ["Add."], computation=sums,
)  # fmt: skip
PARTED = [mistake for mistake in MISTAKES if mistake.function is None]
PAIRS = [pair for pair in itertools.combinations(PARTED, 2) if EXERCISE.answer(*pair) is not None]


def named(function, seed=0, exercise=EXERCISE):
    return judge_function(exercise, function, seed).diagnosis.names


@given(st.integers(0, 2**31))
@settings(max_examples=30)
def test_each_mistake_and_each_pair_is_named_whatever_the_draw(seed):
    for mistake in MISTAKES:
        assert named(EXERCISE.answer(mistake), seed) == (mistake.name,)
    for pair in PAIRS:
        assert set(named(EXERCISE.answer(*pair), seed)) == {mistake.name for mistake in pair}


def test_mistakes_in_one_and_the_same_part_cannot_be_made_at_once():
    by_name = {mistake.name: mistake for mistake in MISTAKES}
    assert EXERCISE.answer(by_name["no factor"], by_name["squared"]) is None
    assert EXERCISE.answer(by_name["no factor"], by_name["something else"]) is None
    assert EXERCISE.answer(by_name["no factor"], by_name["no bias"]) is not None


def test_an_answer_that_is_written_otherwise_is_named_too():
    def by_loops(image, factor, bias):
        out = []
        for column in range(image.shape[1]):
            out.append(sum(image[row, column] for row in range(len(image))) * factor)
        return np.array(out, dtype=float)

    assert set(named(by_loops)) == {"columns", "no bias"}


@given(st.integers(0, 2**31), st.floats(0.1, 5))
@settings(max_examples=30)
def test_other_wrong_answers_get_no_name(seed, offset):
    assert named(lambda image, factor, bias: sums(image, factor, bias) + offset + np.arange(len(image)), seed) == ()
    assert named(lambda image, factor, bias: np.sin(offset * sums(image, factor, bias)) + 7, seed) == ()


def test_an_unusual_case_takes_no_name_away():
    def stops_at_nothing(image, factor, bias):
        if len(image) == 0:
            raise ValueError("no picture")
        return np.nan_to_num(sums(image, factor, bias, biased=lambda z, b: z))

    report = judge_function(EXERCISE, stops_at_nothing, 3)
    assert report.diagnosis.names == ("no bias",)
    assert [result.passed for result in report.results] == [False, False, True]


def test_where_nothing_tells_two_mistakes_apart_both_are_said():
    twin = wrong("bias forgotten in another way", "You forget the bias otherwise.", biased=lambda z, b: z * 1)
    exercise = Exercise("output_size", sums, EXERCISE.properties, [*MISTAKES, twin], ["Add."], computation=sums)
    diagnosis = judge_function(exercise, lambda image, factor, bias: sums(image, factor, 0), 0).diagnosis
    assert diagnosis.names == ("either no bias or bias forgotten in another way",)
    assert diagnosis.says == "Either: The bias is missing. Or: You forget the bias otherwise."
    pair = judge_function(exercise, lambda image, factor, bias: sums(image, 1, 0), 0).diagnosis
    assert pair.names[0] == "no factor"
    assert "either" in pair.names[1]


def test_two_mistakes_with_one_sentence_are_one():
    twin = wrong("the same", "The bias is missing.", biased=lambda z, b: z * 1)
    exercise = Exercise("output_size", sums, EXERCISE.properties, [*MISTAKES, twin], ["Add."], computation=sums)
    assert named(lambda image, factor, bias: sums(image, factor, 0), exercise=exercise) == ("no bias",)


def test_telling_cases_earn_nothing_and_decide():
    """With a factor of 1 in every case that counts, a squared factor and a forgotten one are the same."""
    ones = Maker(lambda rng, height: {"image": numbers(rng, height, 3), "factor": 1.0, "bias": 1.0}, height=2)
    plain = Property("plain", "Sums.", ones({}, {"height": 3}))
    zero = Property(
        "zero", "Sums of nothing.", lambda rng: [Case({"image": np.ones((2, 2)), "factor": 0.0, "bias": 1.0})]
    )
    blind = Exercise("output_size", sums, [plain, zero], MISTAKES, ["Add."], computation=sums)
    telling = lambda rng: [Case({"image": numbers(rng, 2, 3), "factor": 2.0, "bias": 1.0})]
    seeing = Exercise("output_size", sums, [plain, zero], MISTAKES, ["Add."], computation=sums, telling=telling)
    squared = next(mistake for mistake in MISTAKES if mistake.name == "squared")
    assert judge_function(blind, blind.answer(squared), 0).passed
    report = judge_function(seeing, seeing.answer(squared), 0)
    assert report.passed
    assert len(seeing.plan(0).cases) == len(blind.plan(0).cases) + 1


@pytest.mark.parametrize("seed", range(5))
def test_the_case_that_is_shown_fails_and_no_smaller_one_does(seed):
    flat = lambda image, factor, bias: sums(image, factor, bias) if image.shape[1] < 3 else sums(image, factor, 0)
    failure = judge_function(EXERCISE, flat, seed).failure
    case = failure.case
    assert case.arguments["image"].shape == (1, 3)
    assert not np.allclose(flat(**case.arguments), sums(**case.arguments))


def test_a_report_can_be_judged_without_the_function():
    plan = EXERCISE.plan(4)
    outcomes = plan.outcomes_of(EXERCISE.answer(MISTAKES[0]))
    assert judge(plan, outcomes).diagnosis.names == ("columns",)
