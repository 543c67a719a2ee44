"""Answers as readers write them, in ``answers/``: each is judged as its head says, whatever the draw.

The heads are those of ``course checks --names --answers``, with a line ``# name:`` for each mistake. Where no known
mistake is made, ``# told:`` is a phrase of what is said.
"""

import os
import re
from pathlib import Path

import pytest

from course.checks.judge import judge_function
from course.checks.naming import answers_in
from course.checks.registry import find_exercise

FOLDER = Path(__file__).with_name("answers")
FILES = sorted(path.stem for path in FOLDER.glob("*.py"))
EXPECTED = {"accept", "refuse", "other library", "either"}
DRAWN = int(os.environ.get("COURSE_TEST_SEED", "3"))
SEEDS = (1, 2, DRAWN)
LONG = {  # a quarter of a second or more for each seed: the drawn one alone
    "apply_filter_uint8", "avg_pool2d", "build_fashion_cnn", "conv2d", "conv2d_backward", "conv_volume", "correlate2d",
    "evaluate", "lenet5", "max_pool2d", "max_pool2d_backward", "probe_receptive_field", "shape_trace", "train_step",
    "training_run",
}  # fmt: skip


def head_of(stem):
    text = (FOLDER / f"{stem}.py").read_text(encoding="utf-8")
    head = dict(re.findall(r"^# (exercise|expect|told|what): (.+)$", text, re.MULTILINE))
    return {**head, "names": set(re.findall(r"^# name: (.+)$", text, re.MULTILINE))}


HEADS = {stem: head_of(stem) for stem in FILES}


def marks(stem):
    return pytest.mark.slow if HEADS[stem]["exercise"] == "training_run" else ()


@pytest.fixture(scope="module")
def answers():
    return {answer.path.stem: answer for answer in answers_in(FOLDER)}


def said(report):
    """Return all that the reader is told of a wrong answer."""
    failure = report.failure.says if report.failure else ""
    return " ".join(filter(None, [report.diagnosis.says, failure]))


def are_wanted(names, wanted):
    """Tell whether all wanted names are said, and no others, but for those of an "either ... or ..."."""
    sure = {name for name in names if not name.startswith("either ")}
    possible = {one for name in names - sure for one in re.split("either | or | with ", name)}
    return sure <= wanted <= sure | possible


def is_judged_well(report, head):
    """Tell whether a verdict is the one that a head asks for."""
    expect, names = head["expect"], set(report.diagnosis.names)
    if report.passed:
        return expect in ("accept", "either")
    if report.library or expect in ("accept", "other library"):
        return bool(report.library) and expect == "other library"
    if expect == "either":
        return said(report) != ""
    return are_wanted(names, head["names"]) and head.get("told", "") in said(report)


@pytest.mark.parametrize("stem", [pytest.param(stem, marks=marks(stem)) for stem in FILES])
def test_an_answer_is_judged_as_its_head_says(stem, answers):
    head = HEADS[stem]
    for seed in (DRAWN,) if head["exercise"] in LONG else SEEDS:
        report = judge_function(find_exercise(head["exercise"]), answers[stem].function, seed)
        got = "accepted" if report.passed else report.library or report.diagnosis.names
        assert is_judged_well(report, head), f"{stem}, seed {seed}: {got}: {said(report)}"


@pytest.mark.parametrize("stem", FILES)
def test_a_head_is_whole(stem):
    head = HEADS[stem]
    exercise = find_exercise(head["exercise"])
    assert stem.startswith(f"{exercise.name}-")
    assert head["what"]
    assert head["expect"] in EXPECTED
    assert (bool(head["names"]) + ("told" in head)) == (head["expect"] == "refuse")
    assert head["names"] <= {mistake.name for mistake in exercise.mistakes}


def test_all_kinds_of_verdicts_are_asked_for():
    assert {head["expect"] for head in HEADS.values()} == EXPECTED
