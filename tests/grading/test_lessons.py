"""The course's own notebooks through the grader: solved ones earn everything, those handed out earn nothing."""

import ast

import pytest

from course import bootstrap
from course.checks.judge import judge_function
from course.checks.registry import find_exercise
from course.grading.run import grade_submission, share_of
from course.grading.sandbox import Sandbox
from course.grading.submission import read_submission, submission_of
from course.manifest import LESSONS, exercise_entry
from course.notebooks.reading import read_notebook


@pytest.fixture(scope="module")
def worker(namespaces):
    with Sandbox("namespaces") as sandbox:
        yield sandbox


def built(lesson, folder):
    path = bootstrap.ROOT / folder / f"{lesson.stem}.ipynb"
    if not path.exists():
        pytest.skip(f"{folder}/{path.name} is not built")
    return path


@pytest.mark.parametrize(
    "lesson",
    [pytest.param(lesson, marks=[pytest.mark.slow] * (lesson.number == 5), id=lesson.stem) for lesson in LESSONS],
)
def test_solved_earns_everything_and_untouched_nothing(lesson, worker):
    for folder, status in (("solutions", "passed"), ("lessons", "missing")):
        results = grade_submission(read_submission(built(lesson, folder)), worker, seed=8)
        assert {one.exercise: one.status for one in results} == {entry.name: status for entry in lesson.exercises}


class Spoil(ast.NodeTransformer):
    """Makes one sum a difference, or one whole division a true one."""

    def __init__(self, turn):
        self.left = turn

    def visit_BinOp(self, node):
        self.generic_visit(node)
        other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.FloorDiv: ast.Div, ast.Mult: ast.Add}.get(type(node.op))
        if other is not None:
            self.left -= 1
            if self.left == 0:
                node.op = other()
        return node


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_spoilt_answers_get_the_same_verdict_here_and_there(worker, turn):
    """The sandbox changes nothing: points, properties and mistakes are those of a check in this process."""
    lesson = LESSONS[0]
    notebook = read_notebook(built(lesson, "solutions"))
    names = ["dense_connections", "receptive_window", "output_size", "same_padding"]
    functions = {}
    for cell in notebook["cells"]:
        for name in names:
            if cell["cell_type"] == "code" and f"def {name}(" in cell["source"]:
                tree = Spoil(turn).visit(ast.parse(cell["source"]))
                cell["source"] = ast.unparse(tree)
                space = {}
                exec(cell["source"], space)
                functions[name] = space[name]
    results = {one.exercise: one for one in grade_submission(submission_of(notebook, "x", lesson), worker, seed=21)}
    for name, function in functions.items():
        exercise, found = find_exercise(name), results[name]
        report = judge_function(exercise, function, 21)
        points = exercise_entry(name).points * share_of(exercise.plan(21), report)
        assert found.points == pytest.approx(points, abs=0.006)
        assert dict(found.properties) == {one.name: one.passed for one in report.results}
        assert tuple(found.mistakes) == report.diagnosis.names
    assert set(functions) == set(names)
