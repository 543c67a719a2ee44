"""A few of the notebooks of `agreement`, which takes thousands: the grader says of each what the notebook says."""

import os
import random
import sys

import pytest

from course.manifest import LESSONS

from . import agreement
from .conftest import need

DRAWN = os.environ.get("COURSE_TEST_SEED", "3")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a notebook runs in a process that is forked")
def test_the_grader_says_what_the_notebook_says(namespaces):
    tried = [(number, sentences) for number, _, _, sentences in agreement.try_out(range(8))]
    assert [pair for pair in tried if pair[1]] == []


def test_a_difference_is_found(namespaces, monkeypatch):
    """With a grader that takes no account of the place of the check, these notebooks differ."""
    from course.grading import submission

    monkeypatch.setattr(submission, "_ends", lambda name, statements, owners: [(len(statements), "the end")])
    lesson = next(lesson for lesson in agreement.LESSONS if lesson.number == 2)
    cells = [("import numpy as np\nimport course", None),
             ("def neuron_output(window, kernel, bias):\n    return float((window * kernel).sum() + bias)", None),
             ("neuron_output = course.check(neuron_output)", None), ("neuron_output = print", None)]  # fmt: skip
    with agreement.Sandbox("namespaces") as box:
        found = agreement.differences(lesson, cells, box, 5)
    assert len(found) == 1
    assert found[0].startswith("neuron_output: the notebook says right")


def answers_to(lesson):
    """For each exercise of a lesson, what readers wrote: whether it is right, and the text."""
    found = {exercise.name: [] for exercise in lesson.exercises}
    for path in sorted(agreement.ANSWERS.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.stem.partition("-")[0]
        if name in found:
            found[name].append(("# expect: accept" in text, text))
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a notebook runs in a process that is forked")
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_answers_of_readers_get_the_verdict_of_the_notebook(level, right):
    """Right ones and wrong ones, put into the lesson as it is handed out: both say the same, and what they should."""
    need(level)
    lesson = next(lesson for lesson in LESSONS if lesson.number == 6)
    rng = random.Random(f"{level} {right} {DRAWN}")
    answers = {}
    for name, written in answers_to(lesson).items():
        answers[name] = rng.choice([text for is_right, text in written if is_right == right])
    with agreement.Sandbox(level, agreement.Limits(seconds=20.0)) as box:
        assert agreement.verdicts_of(lesson, answers, box, 7) == dict.fromkeys(answers, (right, right))
