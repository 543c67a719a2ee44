"""A few of the notebooks of `agreement`, which takes thousands: the grader says of each what the notebook says."""

import sys

import pytest

from . import agreement


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
