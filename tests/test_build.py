"""The builder on small sources: what is cut, what is kept, what is refused."""

import ast
import json
import re
import sys
import textwrap
from dataclasses import replace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import cli
from course.errors import NotebookError, SetupError, SourceError
from course.manifest import LESSONS, Exercise, Lesson
from course.notebooks import build, exercise_of, read_notebook, tags_of
from course.notebooks.source import PLACEHOLDER, Cell, lesson_code, read_source, solution_code

LESSON = Lesson(7, "tiny", "Tiny", 5, (Exercise("twice", 1, 5), Exercise("thrice", 1, 5)))

SOURCE = '''\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% title [markdown]
# # 7. Tiny
#
# What is twice a number? 5 minutes.

# %% set-up
import os
from pathlib import Path

check = lambda function: function

# %% guess-four tags=["guess"]
# Before you run the next cell:
guess = 3 + 4  # your guess: a whole number
print("guessed", guess)

# %% twice tags=["exercise"] exercise="twice"
def twice(x):
    """Return twice x.

    # %% this line is no cell
    """
    if x == 0:
        return 0
    # BEGIN SOLUTION
    doubled_without_help = x + x

    return doubled_without_help
    # END SOLUTION


# %% check-twice tags=["check"] exercise="twice"
twice = check(twice)

# %% two-hints [markdown] slideshow={"slide_type": "slide"}
# Now three times.

# %% thrice tags=["exercise"] exercise="thrice"
# BEGIN SOLUTION
factor_of_the_answer = 3
# END SOLUTION
def thrice(x):
    for _ in range(1):
        # BEGIN SOLUTION
        return factor_of_the_answer * x
        # END SOLUTION

# %% check-thrice tags=["check"] exercise="thrice"
thrice = check(thrice)

# %% where
print(Path.cwd().name, repr(os.environ["COURSE_PROGRESS"]), thrice(twice(2)))
import course; print(course.__name__)
'''


def tree(root, source=SOURCE):
    (root / "solutions").mkdir(exist_ok=True)
    (root / "solutions" / "07_tiny.py").write_text(source, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tree(tmp_path_factory.mktemp("built"))
    written = build.build_lesson(LESSON, root)
    assert [path.relative_to(root).as_posix() for path in written] == [
        "lessons/07_tiny.ipynb",
        "solutions/07_tiny.ipynb",
    ]
    return root


@pytest.fixture
def copy(built, tmp_path):
    """The built files, in a folder of their own that a test may change."""
    for folder in ("lessons", "solutions"):
        (tmp_path / folder).mkdir()
        for path in (built / folder).iterdir():
            (tmp_path / folder / path.name).write_bytes(path.read_bytes())
    return tmp_path


def cell_of(notebook, label):
    return next(cell for cell in notebook["cells"] if cell["id"] == label)


def test_the_lesson_holds_stubs_and_no_outputs(built):
    lesson = read_notebook(built / "lessons" / "07_tiny.ipynb")
    twice = cell_of(lesson, "twice")
    assert twice["source"].endswith(f"        return 0\n    {PLACEHOLDER}")
    assert tags_of(twice) == ["exercise"]
    assert exercise_of(twice) == exercise_of(cell_of(lesson, "check-twice")) == "twice"
    assert cell_of(lesson, "guess-four")["source"].split("\n")[1] == "guess = None  # your guess: a whole number"
    assert cell_of(lesson, "thrice")["source"].startswith(f"{PLACEHOLDER}\ndef thrice(x):")
    assert cell_of(lesson, "two-hints")["metadata"] == {"slideshow": {"slide_type": "slide"}}
    text = (built / "lessons" / "07_tiny.ipynb").read_text(encoding="utf-8")
    for secret in ("doubled_without_help", "factor_of_the_answer", "3 + 4", "SOLUTION"):
        assert secret not in text
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in lesson["cells"])


def test_the_solution_holds_answers_and_outputs(built):
    solution = read_notebook(built / "solutions" / "07_tiny.ipynb")
    assert "doubled_without_help" in cell_of(solution, "twice")["source"]
    assert "SOLUTION" not in (built / "solutions" / "07_tiny.ipynb").read_text(encoding="utf-8")
    assert cell_of(solution, "guess-four")["outputs"][0]["text"] == "guessed 7\n"
    assert cell_of(solution, "where")["outputs"][0]["text"] == "solutions '' 12\ncourse\n"


def test_both_are_valid_notebooks_whose_ids_are_the_labels(built):
    labels = [cell.label for cell in read_source(SOURCE, LESSON)]
    for folder in ("lessons", "solutions"):
        path = built / folder / "07_tiny.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert [cell.id for cell in notebook.cells] == labels
        assert notebook.metadata.kernelspec.name == "python3"
        assert "version" not in notebook.metadata.language_info
        text = path.read_text(encoding="utf-8")
        assert text.endswith("}\n")
        assert json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n" == text


def test_what_has_not_changed_is_not_executed_again(copy, monkeypatch):
    def fails(*arguments):
        raise AssertionError("executed")

    monkeypatch.setattr(build, "_executed", fails)
    assert build.build_lesson(LESSON, copy) == []
    assert build.out_of_step(LESSON, copy) == []
    with pytest.raises(AssertionError, match="executed"):
        build.build_lesson(LESSON, copy, force=True)
    tree(copy, SOURCE.replace("Now three times.", "Now, three times."))
    with pytest.raises(AssertionError, match="executed"):
        build.build_lesson(LESSON, copy)
    (lesson,) = build.build_lesson(LESSON, copy, execute=False)
    assert lesson.parent.name == "lessons"


def test_executing_again_gives_the_same_bytes(copy):
    before = (copy / "solutions" / "07_tiny.ipynb").read_bytes()
    assert build.build_lesson(LESSON, copy, force=True) == []
    assert (copy / "solutions" / "07_tiny.ipynb").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda notebook: notebook["cells"][2].update(source="guess = 7"),
            "cell 'guess-four' differs from the source in its source",
        ),
        (
            lambda notebook: notebook["cells"][3]["metadata"].pop("course"),
            "cell 'twice' differs from the source in its metadata",
        ),
        (lambda notebook: notebook["cells"].pop(1), "cell 'set-up' is missing"),
        (
            lambda notebook: notebook["cells"].append({**notebook["cells"][0], "id": "mine"}),
            "cell 'mine' is not in the source",
        ),
        (lambda notebook: notebook["cells"].reverse(), "the cells are not in the order of the source"),
        (lambda notebook: notebook["metadata"].pop("course"), "the metadata of the notebook"),
        (lambda notebook: notebook.pop("nbformat"), "is missing, or is no notebook"),
    ],
)
@pytest.mark.parametrize("folder", ["lessons", "solutions"])
def test_check_says_which_notebook_and_cell_is_out_of_step(copy, folder, change, expected):
    path = copy / folder / "07_tiny.ipynb"
    notebook = read_notebook(path)
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (found,) = build.out_of_step(LESSON, copy)
    assert found.startswith(f"{folder}/07_tiny.ipynb: {expected}")


def test_a_lesson_that_was_worked_in_is_not_written_over(copy):
    path = copy / "lessons" / "07_tiny.ipynb"
    notebook = read_notebook(path)
    notebook["cells"][1]["execution_count"] = 1
    path.write_text(json.dumps(notebook), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=r"lessons/07_tiny\.ipynb has been run or worked in"):
        build.build_lesson(LESSON, copy)
    assert path.read_bytes() == before
    assert build.build_lesson(LESSON, copy, overwrite=True) == [path]


def _answered(notebook):
    cell_of(notebook, "twice")["source"] = "def twice(x):\n    return 2 * x"


def _moved_up(notebook):
    notebook["cells"].insert(0, notebook["cells"].pop())


def _added(notebook):
    notebook["cells"].insert(2, {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "my note"})


def _own_code(notebook):
    notebook["cells"].append({"cell_type": "code", "id": "mine", "metadata": {}, "source": "", "outputs": [],
                              "execution_count": None})  # fmt: skip


WORK = {
    "an answer": _answered,
    "a note in a text": lambda notebook: notebook["cells"][0].update(source="# 7. Tiny\n\nRead on Monday."),
    "a guess": lambda notebook: cell_of(notebook, "guess-four").update(source="guess = 7"),
    "a blank": lambda notebook: cell_of(notebook, "where").update(source=cell_of(notebook, "where")["source"] + " "),
    "a cell more": _added,
    "an empty cell more": _own_code,
    "a cell less": lambda notebook: notebook["cells"].pop(1),
    "another order": _moved_up,
    "another kind": lambda notebook: notebook["cells"][0].update(cell_type="raw"),
    "no stamp any more": lambda notebook: (_answered(notebook), notebook["metadata"].pop("course")),
    "a stamp of another shape": lambda notebook: (_answered(notebook), notebook["metadata"].update(course=[])),
    "an output": lambda notebook: notebook["cells"][1].update(outputs=[{"output_type": "stream", "text": "a"}]),
}


@pytest.mark.parametrize("source", [SOURCE, SOURCE.replace("Now three", "Now, three")], ids=["same", "new source"])
@pytest.mark.parametrize("work", WORK)
def test_no_work_is_written_over_with_outputs_or_without(copy, work, source):
    tree(copy, source)
    path = copy / "lessons" / "07_tiny.ipynb"
    notebook = read_notebook(path)
    WORK[work](notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    before = {path: path.read_bytes() for path in copy.rglob("*.*")}
    with pytest.raises(NotebookError, match=r"07_tiny\.ipynb has been run or worked in.*build with --overwrite"):
        build.build_lesson(LESSON, copy, execute=False)
    assert {path: path.read_bytes() for path in copy.rglob("*.*")} == before
    assert build.build_lesson(LESSON, copy, execute=False, overwrite=True) == [path]


def _saved_by_jupyter(path):
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info.version = "3.12.1"
    notebook.cells[0].metadata.editable = True
    nbformat.write(notebook, path)


@pytest.mark.parametrize("opened", [False, True])
def test_a_lesson_that_was_only_opened_and_saved_follows_its_source(copy, opened):
    path = copy / "lessons" / "07_tiny.ipynb"
    if opened:
        _saved_by_jupyter(path)
    for words in ("Now, three times.", "Now three times, then."):  # each build leaves what the next one knows again
        tree(copy, SOURCE.replace("Now three times.", words))
        assert build.build_lesson(LESSON, copy, execute=False) == [path]
        assert words in path.read_text(encoding="utf-8")


def test_a_lesson_without_a_stamp_is_stamped_where_it_is_in_step(copy):
    path = copy / "lessons" / "07_tiny.ipynb"
    notebook = read_notebook(path)
    del notebook["metadata"]["course"]["built"]
    path.write_text(build.as_text(notebook), encoding="utf-8")
    assert build.out_of_step(LESSON, copy) == []
    assert build.build_lesson(LESSON, copy, execute=False) == [path]
    assert "built" in read_notebook(path)["metadata"]["course"]


@pytest.mark.parametrize("content", [b"{", b"<<<<<<< mine", b'{"nbformat": 3, "worksheets": []}', b"\xff\xfe"])
def test_what_cannot_be_read_may_be_work(copy, content):
    path = copy / "lessons" / "07_tiny.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError, match="has been run or worked in"):
        build.build_lesson(LESSON, copy, execute=False)
    assert path.read_bytes() == content
    path.write_bytes(b"")  # nothing is lost here
    assert build.build_lesson(LESSON, copy, execute=False) == [path]


def test_work_that_begins_while_the_solution_runs_is_kept(copy, monkeypatch):
    path = copy / "lessons" / "07_tiny.ipynb"

    def runs(solution, *rest):
        notebook = read_notebook(path)
        _answered(notebook)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return solution

    monkeypatch.setattr(build, "_executed", runs)
    before = (copy / "solutions" / "07_tiny.ipynb").read_bytes()
    with pytest.raises(NotebookError, match="has been run or worked in"):
        build.build_lesson(LESSON, copy, force=True)
    assert "return 2 * x" in path.read_text(encoding="utf-8")
    assert (copy / "solutions" / "07_tiny.ipynb").read_bytes() == before


def test_a_cell_that_stops_is_named_and_nothing_is_written(tmp_path):
    root = tree(tmp_path, SOURCE.replace("twice = check(twice)", "twice = check(twice)\n1 / 0"))
    expected = r"07_tiny\.py, exercise twice, cell 'check-twice' stopped when it was run: ZeroDivisionError: division"
    with pytest.raises(SourceError, match=expected):
        build.build_lesson(LESSON, root)
    assert [path.name for path in root.rglob("*") if path.is_file()] == ["07_tiny.py"]


def test_a_solution_that_its_check_refuses_is_not_built(tmp_path):
    verdict = "from IPython.display import display\ndisplay({'text/plain': '✗ twice: not right yet.'}, raw=True)"
    root = tree(tmp_path, SOURCE.replace("twice = check(twice)", f"twice = check(twice)\n{verdict}"))
    with pytest.raises(SourceError, match="cell 'check-twice' stopped when it was run: the check refuses the solution"):
        build.build_lesson(LESSON, root)
    assert [path.name for path in root.rglob("*") if path.is_file()] == ["07_tiny.py"]


def test_a_cell_that_takes_too_long_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "SECONDS_PER_CELL", 1)
    root = tree(tmp_path, SOURCE.replace("import os\n", "import os, time\ntime.sleep(60)\n"))
    with pytest.raises(SourceError, match="cell 'set-up' stopped when it was run: it was not done after 1 s"):
        build.build_lesson(LESSON, root)


def test_a_failed_write_leaves_both_files_as_they_were(copy, monkeypatch):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    tree(copy, SOURCE + "\n# %% more [markdown]\n# More.\n")
    monkeypatch.setattr(build, "_executed", lambda solution, *rest: solution)

    def full(*arguments):
        raise OSError(28, "No space left on device", "07_tiny.ipynb")

    monkeypatch.setattr(build.os, "chmod", full)
    with pytest.raises(SourceError, match="cannot be written: No space left on device"):
        build.build_lesson(LESSON, copy)
    after = {path: path.read_bytes() for path in copy.rglob("*") if path.suffix == ".ipynb"}
    assert after == {path: data for path, data in before.items() if path.suffix == ".ipynb"}
    assert len(list(copy.rglob("*.*"))) == 3


def test_a_source_that_is_missing_or_no_text_is_said_so(tmp_path):
    with pytest.raises(SourceError, match=r"solutions/07_tiny\.py is missing"):
        build.build_lesson(LESSON, tmp_path)
    tree(tmp_path)
    (tmp_path / "solutions" / "07_tiny.py").write_bytes(b"# %% a\n\xff\xfe")
    with pytest.raises(SourceError, match="not text in UTF-8"):
        build.build_lesson(LESSON, tmp_path)


# --- Broken sources: each error names lesson, exercise and cell -------------------------------------

BEGIN = "    # BEGIN SOLUTION\n    doubled"
END = "    return doubled_without_help\n    # END SOLUTION\n"
TWICE = 'tags=["exercise"] exercise="twice"'
CHECK = '# %% check-twice tags=["check"] exercise="twice"\ntwice = check(twice)\n'
EARLY, LATE = CHECK.replace("-twice", "-early"), CHECK.replace("-twice", "-late")
LEAK = "doubled_without_help = x + x return doubled_without_help"

NOW = "# Now three times."

# name: (what is replaced, by what, exercise, cell, what the error says)
BROKEN = {
    "nested": (BEGIN, "    # BEGIN SOLUTION\n    # BEGIN SOLUTION\n    doubled", "twice", "twice", "nested"),
    "never closed": ("    # END SOLUTION\n\n\n# %% check", "\n\n# %% check", "twice", "twice", "never closed"),
    "no begin": (BEGIN, "    doubled", "twice", "twice", "END SOLUTION .line 36 of the file. has no BEGIN"),
    "misspelt": (BEGIN, "    #BEGIN SOLUTION\n    doubled", "twice", "twice", "misspelt"),
    "behind code": ("    doubled_", "    pass  # END SOLUTION\n    doubled_", "twice", "twice", "misspelt"),
    "outside": ("import os\n", "import os\n# BEGIN SOLUTION\n# END SOLUTION\n", None, "set-up", "outside an exercise"),
    "outside, text": ("# Now three", "# # BEGIN SOLUTION\n# Now three", None, "two-hints", "outside an exercise"),
    "no label": ("# %% set-up", "# %%", None, None, "no label"),
    "no label, text": ("# %% two-hints [markdown]", "# %% [markdown]", None, None, "no label"),
    "same label": ("# %% where", "# %% set-up", None, "set-up", "stands at line 14 already"),
    "bad label": ("# %% set-up", "# %% Set_up", None, "Set_up", "label"),
    "two words": ("# %% set-up", "# %% set up", None, "set up", "label"),
    "long label": ("# %% set-up", "# %% " + 65 * "a", None, 65 * "a", "label"),
    "raw": ("# %% set-up", "# %% set-up [raw]", None, "set-up", "kind 'raw'"),
    "bad tags": ("# %% set-up", '# %% set-up tags=["a', None, "set-up", "incorrectly_encoded_metadata"),
    "unknown key": (TWICE, 'tags=["exercise"] excercise="twice"', None, "twice", "'excercise'"),
    "unknown exercise": (TWICE, 'tags=["exercise"] exercise="half"', "half", "twice", "manifest has|no such exercise"),
    "no name": (TWICE, 'tags=["exercise"]', None, "twice", "without a name"),
    "no tag": (TWICE, 'exercise="twice"', "twice", "twice", "stands outside an exercise"),
    "two roles": (TWICE, 'tags=["exercise", "guess"] exercise="twice"', "twice", "twice", "make it two"),
    "text as exercise": ("[markdown] slideshow", '[markdown] tags=["guess"] slideshow', None, "two-hints", "code"),
    "no check": (CHECK, "", "twice", "twice", "no check cell"),
    "no exercise": ("# %% twice " + TWICE, "# %% twice", None, "twice", "outside an exercise"),
    "check first": ("# %% set-up", f"{EARLY}\n# %% set-up", "twice", "check-early", "before it"),
    "two checks": ("# %% where", f"{LATE}\n# %% where", "twice", "check-late", "already"),
    "other check": ("twice = check(twice)", "check(thrice)", "twice", "check-twice", "does not check its exercise"),
    "no markers": (None, None, "twice", "twice", "no solution markers"),
    "no function": ("def twice(x)", "def double(x)", "twice", "twice", "does not define the function twice"),
    "def is cut": ("def twice(x):\n", "# BEGIN SOLUTION\ndef twice(x):\n", "twice", "twice", "nested"),
    "answer is no Python": ("    doubled_without", "    doubled without", "twice", "twice", "answer is not valid"),
    "no guess": ("guess = 3 + 4", "estimate = 7", None, "guess-four", "guess = "),
    "two guesses": ("guess = 3 + 4", "guess = 3\nguess = 4", None, "guess-four", "guess = "),
    "guess in the open": ('tags=["guess"]', "", None, "guess-four", "without the tag"),
    "heading unknown": (NOW, "# ### Exercise · `half`", None, "two-hints", "no exercise 'half' in the manifest"),
    "heading twice": (NOW, "# ### Exercise · `twice`\n#\n# ### Exercise · `twice`", None, "two-hints", "already"),
    "heading by hand": (NOW, "# ### Exercise 7.1 · `twice`", None, "two-hints", "Write '### Exercise · `name`'"),
    "heading without name": (NOW, "# ### Exercise · twice", None, "two-hints", "Write '### Exercise · `name`'"),
    "leak": ("# Now three times.", f"# {LEAK}", "twice", "twice", "stands in cell .two-hints."),
}  # fmt: skip


def broken(name):
    old, new, *expected = BROKEN[name]
    source = SOURCE
    if name == "no markers":
        source = source.replace(BEGIN, "    doubled").replace(END, "    return doubled_without_help\n")
    else:
        assert old in source
        source = source.replace(old, new, 1)
    if name == "guess in the open":
        source = source.replace('print("guessed", guess)', 'course.predict("four", guess)')
    return source, *expected


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_source_is_refused_by_name(name):
    source, exercise, label, says = broken(name)
    with pytest.raises(SourceError) as caught:
        read_source(source, LESSON)
    message = str(caught.value)
    assert message.startswith("solutions/07_tiny.py")
    assert (f"exercise {exercise}" in message) == bool(exercise)
    assert (f"cell {label!r} (line " if label else "a cell (line ") in message
    assert re.search(says, message, re.IGNORECASE), message


@pytest.mark.parametrize("points", [1, 2])
@pytest.mark.parametrize("difficulty", [1, 2, 3])
@pytest.mark.parametrize("stretch", [True, False])
def test_the_heading_of_an_exercise_comes_from_the_manifest(points, difficulty, stretch):
    thrice = Exercise("thrice", points, 15, difficulty, stretch)
    lesson = replace(LESSON, exercises=(LESSON.exercises[0], thrice))
    source = SOURCE.replace(NOW, "# Now:\n#\n# ### Exercise · `thrice`\n#\n# Three times.")
    cells = read_source(source, lesson)
    for notebook in (build.lesson_notebook(cells, lesson), build.solution_notebook(cells, lesson)):
        (text,) = [cell["source"] for cell in notebook["cells"] if cell["id"] == "two-hints"]
        dots = ["●○○", "●●○", "●●●"][difficulty - 1]
        facts = f"{points} point{'s' if points > 1 else ''} · 15 minutes · difficulty {dots}"
        facts += " · stretch" if stretch else ""
        assert text == f"Now:\n\n### Exercise 7.2 · `thrice`\n\n{facts}\n\nThree times."


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_exercise_of_a_lesson_has_its_heading(lesson):
    source = build.paths_of(lesson)[0].read_text(encoding="utf-8")
    assert re.findall(r"(?m)^# ### Exercise · `(\w+)`$", source) == [exercise.name for exercise in lesson.exercises]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_what_is_printed_fits_into_a_window(lesson):
    cells = read_notebook(build.paths_of(lesson)[2])["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ()) if output["output_type"] == "stream"]
    lines = [line for output in outputs for line in "".join(output["text"]).splitlines()]
    assert [line for line in lines if len(line) > 96] == []  # a notebook breaks longer ones, within a word


def test_every_exercise_of_the_manifest_has_a_difficulty():
    assert {exercise.difficulty for lesson in LESSONS for exercise in lesson.exercises} == {1, 2, 3}


def test_the_line_in_an_error_is_the_line_in_the_file():
    for number, line in enumerate(SOURCE.split("\n"), start=1):
        if line.startswith("# %%"):
            cell = next(cell for cell in read_source(SOURCE, LESSON) if cell.line == number)
            assert line.startswith(f"# %% {cell.label}")


def test_a_stub_that_is_no_python_is_refused():
    source = SOURCE.replace(
        "    if x == 0:\n        return 0\n    # BEGIN SOLUTION\n", "    # BEGIN SOLUTION\n    if x:\n"
    )
    source = source.replace("    doubled_without_help = x + x\n", "        # END SOLUTION\n        doubled = x\n")
    source = source.replace("    return doubled_without_help\n    # END SOLUTION\n", "        return 2 * x\n")
    with pytest.raises(SourceError, match=r"exercise twice, cell 'twice' .*: the stub .* is not valid Python"):
        read_source(source, LESSON)


def test_a_source_without_cells_or_with_a_broken_header_is_refused():
    with pytest.raises(SourceError, match="has no cells"):
        read_source("", LESSON)
    with pytest.raises(SourceError, match="percent format"):
        read_source(SOURCE.replace("#     display_name: Python 3 (ipykernel)\n", ""), LESSON)


@pytest.mark.parametrize("package", ["jupytext", "nbclient"])
def test_a_missing_package_is_named(tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SetupError, match=rf"{package} is missing\. Install it with: pip install -r requirements\.txt"):
        build.build_lesson(LESSON, tree(tmp_path))
    assert not (tmp_path / "lessons").exists()


# --- Properties of the cut ---------------------------------------------------------------------------

names = st.text("bcdfghk", min_size=4, max_size=6)
statements = st.one_of(
    st.builds("answer_{} = x + {}".format, names, st.integers(0, 99)),
    st.builds("if x > {1}:\n    answer_{0} = [\n        x,\n    ]".format, names, st.integers(0, 99)),
    st.builds('answer_{} = """a text,\n# with {} lines\n"""'.format, names, st.integers(2, 99)),
    st.builds("# answer_{}: x is larger than {}".format, names, st.integers(0, 99)),
    st.just(""),
)
kept = st.builds("kept_{} = {}".format, names, st.integers(0, 99))
blocks = st.lists(st.tuples(kept, st.lists(statements, max_size=5)), min_size=1, max_size=3)


def indented(line, width=4):
    return textwrap.indent(line, width * " ")


@given(blocks=blocks, depth=st.integers(0, 2))
def test_the_lesson_holds_no_line_of_an_answer_and_the_solution_all(blocks, depth):
    lines = ["def twice(x):", *(indented("if x:", 4 * (level + 1)) for level in range(depth))]
    width = 4 * (depth + 1)
    plain, stub = list(lines), list(lines)
    for before, answer in blocks:
        texts = [indented(statement, width) for statement in [*answer, "answer_last = x"]]
        begin, end = indented("# BEGIN SOLUTION", width), indented("# END SOLUTION", width)
        lines += [indented(before, width), begin, *texts, end]
        plain += [indented(before, width), *texts]
        stub += [indented(before, width), indented(PLACEHOLDER, width)]
    cell = Cell("twice", "code", "\n".join(lines), line=1, tags=("exercise",), exercise="twice")
    assert lesson_code(cell) == "\n".join(stub)
    assert "answer_" not in lesson_code(cell)
    assert solution_code(cell) == "\n".join(plain)
    assert ast.dump(ast.parse(solution_code(cell))) == ast.dump(ast.parse(cell.source))
    compile(lesson_code(cell), "lesson", "exec")


class Code(str):
    """A text that stands in the source as it is."""

    def __repr__(self):
        return str(self)


@given(
    value=st.one_of(
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text("aé×#'\" ", max_size=9),
        st.lists(st.integers(), max_size=4),
        st.sampled_from(["[\n    1,\n    2,\n]", "(\n    7\n)", "max(3, 4)"]).map(Code),
    ),
    comment=st.sampled_from(["", "  # your guess: in %", "  # é × #"]),
)  # fmt: skip
def test_a_guess_becomes_none_and_its_comment_stays(value, comment):
    source = f"question = 'é'\nguess = {value!r}{comment}\nprint(guess)"
    cell = Cell("guess", "code", source, line=1, tags=("guess",))
    assert lesson_code(cell) == f"question = 'é'\nguess = None{comment}\nprint(guess)"
    assert solution_code(cell) == source


# --- Outputs ------------------------------------------------------------------------------------------


def test_streams_are_joined_and_widgets_leave_their_still():
    stream = {"output_type": "stream", "name": "stdout", "text": "a"}
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    repr_of_widget = {"text/plain": "interactive(children=(IntSlider(value=1),), _dom_classes=('w',))"}
    pictures = [{"text/html": "<img>"}, {"image/png": "00"}, {"text/plain": "A slider, and a window that it moves."}]
    outputs = [dict(stream), dict(stream), {**stream, "name": "stderr"}]
    outputs += [{"output_type": "display_data", "data": {**view, **data}} for data in [*pictures, repr_of_widget]]
    tidy = build._tidied(outputs)
    assert [output.get("text") for output in tidy[:2]] == ["aa", "a"]
    assert [output["data"] for output in tidy[2:]] == [*pictures, {**view, **repr_of_widget}]


# --- The command --------------------------------------------------------------------------------------


@pytest.fixture
def commanded(copy, monkeypatch):
    monkeypatch.setattr(build, "ROOT", copy)
    monkeypatch.setattr("course.manifest.LESSONS", (LESSON,))
    return copy


def test_the_command_builds_and_checks(commanded, capsys):
    assert cli.main(["build"]) == 0
    assert capsys.readouterr().out == "07_tiny: nothing to do\n"
    assert cli.main(["build", "--check"]) == 1
    findings = capsys.readouterr().out.splitlines()
    assert "lessons/07_tiny.ipynb: cell 'thrice': the text before the exercise does not say '1 point'" in findings
    assert all(finding.startswith("lessons/07_tiny.ipynb: ") for finding in findings)


def test_the_command_fails_where_a_notebook_is_out_of_step(commanded, capsys):
    tree(commanded, SOURCE.replace("Now three", "Now, three"))
    assert cli.main(["build", "--check", "--lesson", "7"]) == 1
    out = capsys.readouterr().out
    assert "lessons/07_tiny.ipynb: cell 'two-hints' differs" in out
    assert "solutions/07_tiny.ipynb: cell 'two-hints' differs" in out
    assert "python3 -m course build --lesson 7" in out
    assert cli.main(["build", "--no-execute"]) == 0
    assert capsys.readouterr().out == "lessons/07_tiny.ipynb written\n"


def test_the_command_says_what_is_wrong_with_a_source(commanded, capsys):
    tree(commanded, SOURCE.replace("    # END SOLUTION\n", "", 1))
    assert cli.main(["build"]) == 2
    assert "cell 'twice' (line 25): a BEGIN SOLUTION (line 33 of the file) is never closed" in capsys.readouterr().err


# --- Reading ------------------------------------------------------------------------------------------

NOT_NOTEBOOKS = {
    "empty": (b"", "it is empty"),
    "text": (b"print('hello')", "does not hold JSON"),
    "half": (b'{"cells": [', "does not hold JSON"),
    "binary": (bytes(range(256)), "does not hold JSON"),
    "deep": (b"[" * 200_000, "does not hold JSON"),
    "long number": (b"1" * 10_000, "does not hold JSON"),
    "list": (b"[]", "not that of a notebook"),
    "other JSON": (b'{"a": 1}', "not that of a notebook"),
    "format 3": (b'{"nbformat": 3, "worksheets": []}', "is in notebook format 3.*save it"),
    "format 5": (b'{"nbformat": 5, "cells": []}', "is in notebook format 5"),
    "no cells": (b'{"nbformat": 4}', "no list of cells"),
    "strange cells": (b'{"nbformat": 4, "cells": [1]}', "cell 1 is neither code nor text"),
    "unhashable kind": (b'{"nbformat": 4, "cells": [{"cell_type": []}]}', "cell 1 is neither code nor text"),
    "no source": (b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "cell 1 has no source"),
    "numbers": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}', "cell 1 has no source"),
    "metadata": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "metadata": 1}]}', "metadata"),
    "outputs": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [1]}]}', "outputs"),
    "notebook metadata": (b'{"nbformat": 4, "cells": [], "metadata": []}', "metadata"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_NOTEBOOKS)
def test_what_is_no_notebook_gets_one_sentence(tmp_path, name):
    data, says = NOT_NOTEBOOKS[name]
    path = tmp_path / "mine.ipynb"
    path.write_bytes(data)
    with pytest.raises(NotebookError, match=rf"(?s)^mine\.ipynb .*{says}") as caught:
        read_notebook(path)
    assert "\n" not in str(caught.value)


@given(data=st.binary(max_size=200))
def test_no_bytes_at_all_make_another_error(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "random.ipynb"
    path.write_bytes(data)
    with pytest.raises(NotebookError):
        read_notebook(path)


def test_files_that_cannot_be_read_get_one_sentence(tmp_path, monkeypatch):
    with pytest.raises(NotebookError, match=r"cannot be read \(No such file or directory\)"):
        read_notebook(tmp_path / "missing.ipynb")
    with pytest.raises(NotebookError, match="cannot be read"):
        read_notebook(tmp_path)
    monkeypatch.setattr("course.notebooks.reading.LARGEST", 3)
    (tmp_path / "large.ipynb").write_text("12345")
    with pytest.raises(NotebookError, match="larger than"):
        read_notebook(tmp_path / "large.ipynb")


def test_what_is_strange_but_a_notebook_is_read(tmp_path):
    cell = {"cell_type": "code", "source": ["a = 'é\ud83d'\n", "b"], "metadata": {"tags": "x", "course": 3}}
    path = tmp_path / "mine.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"nbformat": 4, "cells": [cell]}).encode())
    (read,) = read_notebook(path)["cells"]
    assert read["source"] == "a = 'é?'\nb"
    assert (tags_of(read), exercise_of(read), read["outputs"]) == ([], None, [])


# --- The lessons of the course ------------------------------------------------------------------------

WRITTEN = [lesson for lesson in LESSONS if build.paths_of(lesson)[0].exists()]


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.stem)
def test_the_notebooks_of_the_course_are_in_step_with_their_sources(lesson):
    assert build.out_of_step(lesson) == []


# --- Minutes that a lesson takes ------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_stated_minutes_are_those_of_a_walk(lesson):
    """The exercises, the words at 200 a minute, the code at 4 seconds a line, and ten minutes to look about."""
    cells = read_source(build.paths_of(lesson)[0].read_text(encoding="utf-8"), lesson)
    words = sum(len(re.findall(r"\w+", cell.source)) for cell in cells if cell.kind == "markdown")
    code = [cell for cell in cells if cell.kind == "code" and "exercise" not in cell.tags]
    lines = sum(bool(line.strip()) for cell in code for line in cell.source.splitlines())
    exercises = sum(exercise.minutes for exercise in lesson.exercises if not exercise.stretch)
    assert lesson.minutes == pytest.approx(exercises + words / 200 + lines * 4 / 60 + 10, rel=0.1)
