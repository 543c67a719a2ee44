"""The same code gets the same verdict here as in the notebook: what was there at its check, and with what is there."""

import ast

import pytest

from course.bootstrap import ROOT
from course.checks.guard import other_packages
from course.checks.judge import judge_function
from course.grading.run import grade_submission
from course.grading.submission import submission_of
from course.manifest import LESSONS
from course.notebooks.source import read_source

from . import toy

RIGHT = "def add_bias(image, bias):\n    return image + bias"
WRONG = "def add_bias(image, bias):\n    return image - bias"
CHECK = "import course\nadd_bias = course.check(add_bias)"


@pytest.fixture(autouse=True)
def _toy(lesson, request):
    return lesson


def graded(box, *cells):
    notebook = toy.notebook(*cells)
    results = grade_submission(submission_of(notebook, "x.ipynb", toy.LESSON), box, 7, 8)
    return next(one for one in results if one.exercise == "add_bias")


HELPED = "def add_bias(image, bias):\n    return image + scale * bias"
LATER = {
    "the name is a loop's further down": [RIGHT, CHECK, "for add_bias in (1, 2):\n    print(add_bias)"],
    "a helper's name is used again": ["scale = 1", HELPED, CHECK, "scale = 7"],
    "a helper is another function further down": [
        "def helper(x):\n    return x", "def add_bias(image, bias):\n    return image + helper(bias)", CHECK,
        "def helper(x, y):\n    return 0"],
    "an import is shadowed further down": [
        "import numpy as np", "def add_bias(image, bias):\n    return np.add(image, bias)", CHECK, "np = 3"],
    "it is checked twice, once before it was right": [WRONG, CHECK, RIGHT, CHECK],
    "it is mended at the end": [WRONG, CHECK, RIGHT],
    "it is spoilt at the end": [RIGHT, CHECK, WRONG],
    "a stub is copied below": [RIGHT, CHECK, toy.STUB.format("add_bias")],
    "a stub is copied above its check": [RIGHT, toy.STUB.format("add_bias"), CHECK],
    "what it needs comes below its check": [HELPED, CHECK, "scale = 1"],
    "its check is gone, and its name is used again": [RIGHT, "add_bias = 3"],
    "all stands in one cell": [f"{WRONG}\n{RIGHT}\n{CHECK}\nadd_bias = 5"],
    "its check has another name for it": [RIGHT.replace("add_bias", "mine"), CHECK.replace("(add_bias", "(mine")],
    "a `...` was left in it": ["def add_bias(image, bias):\n    ...\n    return image + bias", CHECK],
    "a `...` was left in a branch": [RIGHT.replace(":", ":\n    if bias is None:\n        ...", 1), CHECK],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LATER))
def test_what_counts_is_what_its_check_saw_or_a_better_try(box, name):
    assert graded(box, *LATER[name]).points == 4


def test_a_better_try_is_told(box):
    assert "add_bias is written 2 times: the one of cell 3 counts." in graded(box, WRONG, CHECK, RIGHT).notes
    told = graded(box, HELPED, CHECK, "scale = 1").notes
    says = "as it is at the end of the notebook, it does better than at its check."
    assert told == (f"What it needs is not the same everywhere: {says}",)


def test_many_tries_do_not_add_up(box):
    """A notebook that guesses is not run again and again: the fifth of five functions is not looked at."""
    tries = [f"def add_bias(image, bias):\n    return image * {k}" for k in range(5)]
    assert graded(box, RIGHT, *tries).points < 4


HARMLESS = [
    "import matplotlib.pyplot as plt", "from matplotlib import cm, pyplot as plt",
    "plt.imshow(image); plt.show()", "fig, ax = plt.subplots(); ax.plot([1], [2])[0]", "display(image)",
    "fig, (a, b) = plt.subplots(1, 2, figsize=(3, 3)); a.set_title('x'); b.grid(True)",
    "with plt.style.context('dark'):\n        plt.figure().savefig('x.png')",
    "from IPython.display import display, clear_output; clear_output(wait=True); display('x')",
    "get_ipython().run_line_magic('matplotlib', 'inline')", "breakpoint()", "import pdb; pdb.set_trace()",
    "from tqdm import tqdm\n    assert sum(tqdm([1, 2, 3])) == 6",
    "from tqdm.auto import trange\n    assert sum(trange(3, desc='x')) == 3",
    "from tqdm.notebook import tqdm\n    with tqdm(total=3) as bar:\n        bar.update(1)",
    "import ipywidgets as w; w.IntSlider(value=3).value", "import course\n    course.hint('add_bias')",
    "import course\n    assert sum(course.track([1, 2, 3], 'adding', total=3)) == 6",
    "import course\n    course.guesses(1); course.progress(lesson=1); print(course.whose(add_bias, 'add_bias'))",
    "from course.figures import planes; planes.anything(image)", "import seaborn as sns; sns.heatmap(image)",
]  # fmt: skip


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_shows_something_costs_nothing(box, line):
    source = f"import matplotlib.pyplot as plt\ndef add_bias(image, bias):\n    {line}\n    return image + bias"
    result = graded(box, source, CHECK)
    assert (result.status, result.points) == ("passed", 4), result.says


HEADERS = [
    "import matplotlib.pyplot as plt\ndef add_bias(image, bias, ax: plt.Axes | None = None):",
    "import torch\ndef add_bias(image: torch.Tensor, bias: 'torch.Tensor') -> torch.Tensor:",
    "from numpy.typing import NDArray\ndef add_bias(image: NDArray[float], bias: float) -> NDArray:",
    "def add_bias(image: NeverDefined, bias):", "from __future__ import annotations\ndef add_bias(image: Never, bias):",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_hints_of_types_need_nothing(box, header):
    assert graded(box, f"{header}\n    return image + bias", CHECK).points == 4


def test_another_package_earns_nothing_and_both_sides_say_the_same(box):
    source = "import scipy.ndimage as ndi\ndef add_bias(image, bias):\n    return ndi.shift(image + bias, 0, order=0)"
    result = graded(box, source, CHECK)
    space = {}
    exec(source, space)
    report = judge_function(toy.page_of("add_bias"), space["add_bias"], 7)
    assert other_packages(space["add_bias"]) == ("scipy",)
    assert report.library_says == "right, but with SciPy: it earns no points. Write it with NumPy."
    assert (result.status, result.points) == ("failed", 0)
    assert result.says == f"R{report.library_says[1:]}"


def test_a_wrong_answer_with_another_package_is_told_both(box):
    source = "from scipy import ndimage\ndef add_bias(image, bias):\n    return ndimage.shift(image - bias, 0, order=0)"
    result = graded(box, source, CHECK)
    assert result.points == 0
    assert result.says == "You subtract the bias."
    assert result.notes == ("It needs SciPy, with which it earns no points. Write it with NumPy.",)


def test_a_package_that_another_exercise_needs_costs_that_one_alone(box):
    cells = ["from scipy import ndimage\ndef mirror(x):\n    return ndimage.rotate(x, 0)[:, ::-1]",
             "def add_bias(image, bias):\n    return mirror(mirror(image)) + bias", CHECK]  # fmt: skip
    assert graded(box, *cells).points == 4


BROKEN = ["def helper(x, x):\n    return x", "def helper(x):\n    y = x\n    global y\n    return y",
          "%%bash\nhelper=1", "<<<<<<< HEAD\ndef helper(x):\n    return x\n=======\n>>>>>>> other",
          "return 3\nhelper = 2"]  # fmt: skip


@pytest.mark.parametrize("cell", BROKEN)
def test_a_cell_that_cannot_be_read_is_named_where_something_of_it_is_missed(box, cell):
    cells = [cell, "def add_bias(image, bias):\n    return image + helper(bias)", CHECK]
    found = submission_of(toy.notebook(*cells, toy.RIGHT["mirror"]), "x.ipynb")
    pieces = {piece.exercise: piece for piece in found.slices}
    lost = [
        note for note in pieces["add_bias"].notes if note.endswith("It lacks helper.") and note.startswith("Cell 1")
    ]
    assert len(lost) == 1
    assert pieces["mirror"].notes == ()


def test_what_a_lesson_lends_is_what_its_first_cell_imports_of_plain_arithmetic():
    """Names of `course.arithmetic` in the first code cell of each lesson, without the lesson's own exercises."""
    from course import manifest  # the real table, not the toy lesson's

    lessons = manifest.LESSONS if len(manifest.LESSONS) > 1 else LESSONS
    for lesson in lessons:
        cells = read_source((ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8"), lesson)
        first = next(cell.source for cell in cells if cell.kind == "code")
        tree = ast.parse(first)
        names = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "course.arithmetic"
            for alias in node.names
        }
        names -= {exercise.name for exercise in lesson.exercises}
        assert set(lesson.lends) == {f"course.arithmetic.{name}" for name in names}


def test_what_is_lent_is_there_and_nothing_else_of_its_module(box, monkeypatch):
    from dataclasses import replace

    from course import manifest
    from course.grading import run

    run.lent_by.cache_clear()
    lesson = replace(toy.LESSON, lends=("course.arithmetic.output_size",))
    monkeypatch.setattr(manifest, "LESSONS", (lesson,))
    cells = ["from course.arithmetic import output_size",
             "def add_bias(image, bias):\n    return image + bias * output_size(5, 5)", CHECK]  # fmt: skip
    assert graded(box, *cells).points == 4
    loot = cells[1].replace("output_size(5, 5)", "course.arithmetic.conv_cost(1, 1, 1, 1)")
    loot = f"import course.arithmetic\n{loot}"
    assert "conv_cost" in graded(box, loot, CHECK).says
    run.lent_by.cache_clear()
