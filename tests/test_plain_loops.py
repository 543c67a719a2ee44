"""A lesson keeps to its time when its exercises are answered with plain Python loops."""

import time
from pathlib import Path

import numpy as np
import pytest

from course.checks.judge import judge_function
from course.checks.registry import find_exercise
from course.manifest import LESSONS
from course.notebooks.source import read_source, solution_code
from tests import plain_loops

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 60  # seconds of one processor
ANSWERS = {lesson: answers for lesson in LESSONS if (answers := getattr(plain_loops, f"LESSON_{lesson.number}", None))}


@pytest.mark.parametrize(
    ("lesson", "name"),
    [pytest.param(lesson, name, id=name) for lesson, answers in ANSWERS.items() for name in answers],
)
def test_a_plain_answer_is_right(lesson, name):
    space = {"np": np}
    for source in ANSWERS[lesson].values():
        exec(source, space)
    report = judge_function(find_exercise(name), space[name], seed=3)
    assert report.passed, report.failure


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ANSWERS, ids=lambda lesson: lesson.slug)
def test_a_lesson_of_plain_loops_keeps_to_its_time(lesson, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "")
    source = (ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8")
    space, start = {"__name__": "__main__"}, time.process_time()
    for cell in read_source(source, lesson):
        if cell.kind == "code":
            plain = ANSWERS[lesson].get(cell.exercise) if "exercise" in cell.tags else None
            exec(compile(plain or solution_code(cell), cell.label, "exec"), space)
            if plain:
                answer = space[cell.exercise]
            elif "check" in cell.tags and cell.exercise in ANSWERS[lesson]:
                assert space[cell.exercise] is answer, "the check has put the course's function in its place"
    assert time.process_time() - start < LIMIT
