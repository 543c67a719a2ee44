"""What is cut from a notebook for an exercise: all that it needs, and nothing else."""

import pytest

from course.errors import NotebookError
from course.grading import submission
from course.grading.submission import read_submission, submission_of
from course.manifest import Exercise as Entry
from course.manifest import Lesson
from course.notebooks.reading import read_notebook

from . import toy


@pytest.fixture(autouse=True)
def _toy(lesson):
    return lesson


def cut(*cells, name="add_bias"):
    found = submission_of(toy.notebook(*cells), "x.ipynb")
    return next(piece for piece in found.slices if piece.exercise == name)


def code_of(*cells, name="add_bias"):
    return "\n".join(text.strip("\n") for _, text in cut(*cells, name=name).cells)


def test_imports_helpers_constants_and_tables_come_along_and_demonstrations_do_not():
    text = code_of(
        "import numpy as np\nimport matplotlib.pyplot as plt",
        "SCALE = 2\nTABLE = {}\nother = 3",
        "for k in range(3):\n    TABLE[k] = k * SCALE",
        "def helper(x):\n    return np.asarray(x) * TABLE[1]",
        "def add_bias(image, bias):\n    other = 1\n    return helper(image) + bias + other",
        "picture = np.ones((1000, 1000))\nplt.imshow(add_bias(picture, 1))\nplt.show()",
        "add_bias(picture, 2)",
    )
    for needed in ("import numpy as np", "SCALE = 2", "TABLE = {}", "TABLE[k] = k * SCALE", "def helper"):
        assert needed in text
    for left_out in ("matplotlib", "picture", "other = 3", "imshow"):
        assert left_out not in text


def test_a_function_of_another_exercise_comes_along_without_its_check():
    text = code_of("import course\ndef mirror(x):\n    return x", "mirror = course.check(mirror)",
                   "def add_bias(a, b):\n    return mirror(a) + b")  # fmt: skip
    assert "def mirror" in text
    assert "check" not in text
    assert cut("def mirror(x):\n    return x\ndef add_bias(a, b):\n    return mirror(a) + b").uses == ("mirror",)


def test_calls_of_the_course_do_not_come_along_when_its_import_was_deleted():
    text = code_of(
        "course.predict('a', 1)", "def add_bias(a, b):\n    return a + b", "add_bias = course.check(add_bias)"
    )
    assert text == "def add_bias(a, b):\n    return a + b"


def test_a_function_of_nearly_that_name_is_pointed_out():
    piece = cut("def addbias(a, b):\n    return a + b", toy.RIGHT["mirror"])
    assert piece.missing
    assert piece.notes == ("There is a function addbias: is it meant to be add_bias?",)
    assert cut(toy.RIGHT["mirror"], "def something(a):\n    return a").notes == ()


def test_the_notebook_of_another_lesson_is_called_so(monkeypatch):
    other = Lesson(2, "others", "Others", 5, (Entry("rotate", 1, 1),))
    monkeypatch.setattr(submission, "LESSONS", (toy.LESSON, other))
    found = submission_of(toy.notebook(toy.RIGHT["mirror"]), "x.ipynb", other)
    assert found.notes == ("x.ipynb is of lesson 1, Toys. Hand in the notebook of lesson 2, 02_others.",)
    found = submission_of(toy.notebook("x = 1"), "x.ipynb", other)
    assert found.notes == ("x.ipynb holds no exercise of this course. Hand in the notebook of lesson 2, 02_others.",)


def test_a_stub_that_was_copied_below_an_answer_does_not_win():
    assert "return 1" in code_of("def add_bias(a, b):\n    return 1", toy.STUB.format("add_bias"))
    assert "..." not in code_of("def add_bias(a, b):\n    return 1", toy.STUB.format("add_bias"))


def test_of_two_answers_the_last_is_tried_first():
    piece = cut("def add_bias(a, b):\n    return 1", "def add_bias(a, b):\n    return 2")
    assert piece.copies == 2
    assert "return 2" in piece.cells[-1][1]
    assert [other.cells[-1][1].split()[-1] for other in piece.later] == ["1"]


def test_magics_and_shell_lines_are_left_out_and_the_rest_is_read():
    cells = ["%matplotlib inline\n!pip install x\nimport numpy as np\nnp.ones?", "%%time\ndef helper(x):\n    return x",
             "%%bash\nrm -rf /", "files = !ls\ndef add_bias(a, b):\n    return helper(a) + np.add(a, b)"]  # fmt: skip
    text = code_of(*cells)
    assert "import numpy as np" in text
    assert "def helper" in text
    assert "rm -rf" not in text


def test_lines_that_begin_like_a_magic_in_whole_python_stay():
    assert "% b" in code_of("def add_bias(a, b):\n    return (a\n% b)")


def test_a_broken_cell_costs_its_own_exercise_alone():
    cells = ["def add_bias(image, bias:\n    return 1", toy.RIGHT["mirror"]]
    broken = cut(*cells)
    assert "cell 1, line 1 is not Python" in broken.problem
    assert not broken.missing
    assert cut(*cells, name="mirror").cells
    repaired = cut(*cells, "def add_bias(image, bias):\n    return 1")
    assert not repaired.problem
    assert repaired.cells
    assert "Cell 1, line 1 is not Python" in repaired.notes[0]


def test_a_missing_function_is_missing_and_metadata_are_not_needed():
    found = submission_of(toy.notebook(toy.RIGHT["mirror"]), "renamed.ipynb")
    assert [piece.missing for piece in found.slices] == [True, True, False]
    assert "found by their names" in found.notes[0]
    assert submission_of(toy.answers(), "x.ipynb").notes == ()


def test_a_notebook_without_any_exercise_is_told():
    with pytest.raises(NotebookError, match="holds no exercise of this course"):
        submission_of(toy.notebook("x = 1"), "other.ipynb")


def test_statements_on_one_line_stay_whole():
    assert code_of("unused = '''\n'''; SCALE = 2; more = (1,\n2)\ndef add_bias(a, b):\n    return SCALE").startswith(
        "unused"
    )


def test_a_file_is_read(tmp_path):
    assert read_submission(toy.save(tmp_path / "a.ipynb", toy.answers())).lesson.title == "Toys"


@pytest.mark.parametrize("source", ["\x00", "def add_bias(", "(" * 5000, "x = " + "-" * 90000 + "1", "\ud800", "é = 1"])
def test_no_source_stops_the_reading(source, tmp_path):
    path = toy.save(tmp_path / "a.ipynb", toy.notebook(source, toy.RIGHT["add_bias"]))
    assert cut_of(submission_of(read_notebook(path), "a.ipynb")).cells


def cut_of(found):
    return found.slices[0]
