"""Every page of the bank: right answers are accepted, wrong ones refused, and named the same whatever the draw."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.cell.run import run_case
from course.checks.judge import failure_in, judge, judge_function
from course.checks.matrix import matrix_of
from course.checks.naming import name_pairs
from course.checks.registry import exercises_of, find_exercise
from course.grading.submission import submission_of
from course.manifest import LESSONS
from course.notebooks.source import read_source, solution_code

ROOT = Path(__file__).resolve().parents[2]
NAMES = [exercise.name for lesson in LESSONS for exercise in lesson.exercises]
TRAINED = "training_run"  # its right answers take many seconds
NETWORKS = {"build_fashion_cnn", "count_parameters", "train_step", "evaluate", "lenet5", TRAINED}
PARTED = [name for name in NAMES if name not in NETWORKS]
OBSERVED = ["lenet5"]  # its names hang on what drawn weights and pictures show, a fifth of a second each
SEEDS = 60
MOST_MISTAKES = 100  # of a page for each seed; where there are more, they take turns
TOLD = re.compile(r"\b(simply|obviously|just|easy|easily)\b|—")


def every(*names):
    return pytest.mark.parametrize(
        "exercise", [find_exercise(name) for name in names or NAMES], ids=lambda exercise: exercise.name
    )


def refused(plan, function):
    """Whether some property fails, asked case by case, as long as none has."""
    for k, (prop, case) in enumerate(plan.items):
        if prop in plan.exercise.properties and prop.holds is None:
            outcome = run_case(function, case.arguments, plan.exercise.observe, case.named)
            if failure_in(plan, k, outcome) is not None:
                return True
    return not judge(plan, plan.outcomes_of(function), written=True).passed


# --- Pages ------------------------------------------------------------------------------------------------


def test_the_bank_has_a_page_for_each_exercise_of_the_manifest_and_no_other():
    pages = {path.stem for path in (ROOT / "course" / "checks" / "bank").glob("*.py")} - {"__init__"}
    assert pages == set(NAMES)
    for lesson in LESSONS:
        assert [one.name for one in exercises_of(lesson.number)] == [one.name for one in lesson.exercises]


@every()
def test_a_page_is_written_for_a_reader(exercise):
    assert 2 <= len(exercise.hints) <= 4
    assert 2 <= len(exercise.properties) <= 8
    assert sum(prop.unusual for prop in exercise.properties) <= 1
    names = [mistake.name for mistake in exercise.mistakes]
    assert len(set(names)) == len(names)
    for sentence in [*exercise.hints, *(mistake.says for mistake in exercise.mistakes)]:
        assert sentence.endswith((".", "?", ")", "`", ":")), sentence
        assert not TOLD.search(sentence), sentence


@every()
def test_hints_and_sentences_do_not_hold_the_answer(exercise):
    lesson = next(lesson for lesson in LESSONS if exercise.name in [one.name for one in lesson.exercises])
    source = (ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8")
    answer = next(cell for cell in read_source(source, lesson) if cell.exercise == exercise.name)
    body = answer.source.split("# BEGIN SOLUTION")[1].split("# END SOLUTION")[0]
    lines = [line.strip() for line in body.split("\n") if len(line.strip()) > 30]
    said = [*exercise.hints, *(mistake.says for mistake in exercise.mistakes)]
    assert not [line for line in lines for sentence in said if line in sentence]


# --- Verdicts and names -------------------------------------------------------------------------------------


@every(*(name for name in NAMES if name != TRAINED))
def test_checks_refuse_name_and_accept(exercise):
    wrong = [f"{row.answer}: wanted {row.wanted}, got {row.got}" for row in matrix_of(exercise, 77_777) if not row.good]
    assert not wrong


@pytest.mark.slow
def test_the_check_of_a_training_run_refuses_names_and_accepts():
    rows = matrix_of(find_exercise(TRAINED), 5)
    assert not [f"{row.answer}: wanted {row.wanted}, got {row.got}" for row in rows if not row.good]


@pytest.mark.slow
@every(*PARTED)
def test_no_draw_accepts_a_known_mistake_or_refuses_a_right_form(exercise):
    turns = 1 + len(exercise.mistakes) // MOST_MISTAKES
    for seed in range(SEEDS):
        plan = exercise.plan(seed)
        for mistake in exercise.mistakes[seed % turns :: turns]:
            assert refused(plan, exercise.answer(mistake)), (seed, mistake.name)
        for form in exercise.right_forms if seed < SEEDS // 4 else ():
            report = judge(plan, plan.outcomes_of(form.function), written=True)
            assert report.passed, (seed, form.name, report.failure)


@every(*PARTED, *OBSERVED)
@given(st.integers(0, 2**31 - 1))
@settings(max_examples=4, derandomize=True)
def test_names_do_not_hang_on_the_draw(exercise, seed):
    rng = np.random.default_rng(seed)
    for number in rng.choice(len(exercise.mistakes), min(6, len(exercise.mistakes)), replace=False):
        mistake = exercise.mistakes[number]
        plan = exercise.plan(seed)
        said = judge(plan, plan.outcomes_of(exercise.answer(mistake)), written=True).diagnosis
        assert mistake.name in said.name, (mistake.name, said.names)  # alone, or in "either ... or"
        assert len(said.names) == 1


@pytest.mark.slow
@every(*(name for name in NAMES if name != TRAINED))
def test_pairs_of_mistakes_are_named_by_both_names(exercise):
    pairs = [pair.verdict for pair in name_pairs(exercise, 3, most=30)]
    assert "accepted" not in pairs
    assert pairs.count("named wrongly") <= 1
    assert pairs.count("named") >= 0.7 * len(pairs)
    assert pairs.count("named") + pairs.count("partly") >= 0.85 * len(pairs)


# --- What lessons do with them ------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_solutions_pass_their_checks(lesson):
    """The functions of the source, as a reader would have written them, with what they need of the lesson's cells."""
    source = (ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8")
    cells = [{"cell_type": "code", "metadata": {}, "source": solution_code(cell)}
             for cell in read_source(source, lesson) if cell.kind == "code"]  # fmt: skip
    for piece in submission_of({"cells": cells}, lesson.stem, lesson).slices:
        if piece.exercise != TRAINED:
            space = {}
            exec(compile("\n\n".join(text for _, text in piece.cells), lesson.stem, "exec"), space)
            report = judge_function(find_exercise(piece.exercise), space[piece.exercise], seed=11)
            assert report.passed, report.failure
