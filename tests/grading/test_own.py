"""The course's own answers earn nothing where a learner's work lies beside them, whatever they are called."""

import ast
import json
import random

import pytest

from course import bootstrap, cli
from course.errors import SubmissionError
from course.grading import own
from course.grading.choose import best_of
from course.grading.classroom import Settings, _lesson_of, grade_class
from course.grading.collect import collect
from course.grading.results import job_of
from course.grading.tasks import look_at
from course.manifest import LESSONS
from course.notebooks import build
from course.notebooks.reading import parse_notebook

from . import exported, toy
from .exported import collected

LESSON = LESSONS[1]


def built(folder, lesson=LESSON):
    path = bootstrap.ROOT / folder / f"{lesson.stem}.ipynb"
    if not path.exists():
        pytest.skip(f"{folder}/{path.name} is not built")
    return path.read_bytes()


def answered(*names):
    """The lesson as it is handed out, with a learner's own answers to these exercises."""
    notebook = parse_notebook(built("lessons"), "x.ipynb")
    for cell in notebook["cells"]:
        if cell["metadata"].get("tags") == ["exercise"] and cell["metadata"]["course"]["exercise"] in names:
            cell["source"] = f"def {cell['metadata']['course']['exercise']}(*given):\n    return given[0] * 1"
    return json.dumps(notebook).encode()


def renamed(data, seed):
    """The same notebook with other comments, docstrings, metadata and outputs."""
    draw = random.Random(seed)
    notebook = parse_notebook(data, "x.ipynb")
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], draw.randint(1, 99)
            cell["source"] = f"# {draw.random()}\n" + cell["source"].replace('"""Return', '"""Give back')
    draw.shuffle(notebook["cells"])
    return json.dumps(notebook).encode()


def chosen(**files):
    return best_of(list(files.items()), (), LESSON)


def written_in(found):
    return {piece.exercise for piece in found.submission.slices if not piece.missing and not piece.untouched}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_the_solution_is_known_and_the_lesson_is_not(lesson):
    assert own.is_own(parse_notebook(built("solutions", lesson), "x"), lesson)
    assert own.is_own(parse_notebook(renamed(built("solutions", lesson), 1), "x"), lesson)
    assert not own.is_own(parse_notebook(built("lessons", lesson), "x"), lesson)
    assert not own.out_of_step(lesson, bootstrap.ROOT)


@pytest.mark.parametrize("seed", range(4))
def test_a_course_folder_handed_in_whole_earns_what_the_learner_wrote(seed):
    mine = [exercise.name for exercise in LESSON.exercises[: seed * 2]]
    solution = renamed(built("solutions"), seed) if seed else built("solutions")
    name = ["course/solutions/02_filters.ipynb", "my own.ipynb", "lessons/zz.ipynb", "02_filters.ipynb"][seed]
    for files in ({"a.ipynb": answered(*mine), name: solution}, {name: solution, "z.ipynb": answered(*mine)}):
        found = chosen(**files)
        assert written_in(found) == set(mine)
        assert any(name in note and "the course's own solution" in note for note in found.notes)


def test_a_solution_that_is_all_there_is_counts_and_is_told_but_not_in_a_folder_of_solutions():
    found = chosen(**{"mine.ipynb": built("solutions"), "notes.ipynb": exported.NOTES.encode()})
    assert found.file == "mine.ipynb"
    assert any("holds the course's own answers, word for word" in note for note in found.notes)
    found = chosen(**{"x/solutions/02_filters.ipynb": built("solutions")})
    assert found.file == ""
    assert written_in(found) == set()


def test_a_short_answer_that_is_the_course_s_word_for_word_keeps_its_points():
    source = parse_notebook(built("solutions"), "x")
    notebook = parse_notebook(answered("zero_pad", "correlate2d"), "x")
    for cell, solved in zip(notebook["cells"], source["cells"], strict=True):
        if "def neuron_output" in cell["source"]:
            cell["source"] = solved["source"]
    found = chosen(**{"a.ipynb": json.dumps(notebook).encode(), "b.ipynb": built("lessons")})
    assert written_in(found) == {"zero_pad", "correlate2d", "neuron_output"}
    assert not any("own" in note for note in found.notes)


def test_sources_of_the_solutions_are_no_notebooks(tmp_path):
    source = (bootstrap.ROOT / "solutions" / f"{LESSON.stem}.py").read_text(encoding="utf-8")
    files = {f"Ana/solutions/{LESSON.stem}.py": source, f"Ana/lessons/{LESSON.stem}.ipynb": built("lessons")}
    (tmp_path / "in.zip").write_bytes(exported.zipped(files))
    (ana,) = collected(tmp_path / "in.zip")
    job = job_of(ana, LESSON, 1, 2)
    assert written_in(best_of(job.notebooks, job.others, LESSON)) == set()


def test_a_changed_solution_is_out_of_step_until_it_is_written(tmp_path):
    root = tmp_path / "root"
    (root / "solutions").mkdir(parents=True)
    (root / "course" / "grading").mkdir(parents=True)
    text = (bootstrap.ROOT / "solutions" / f"{LESSON.stem}.py").read_text(encoding="utf-8")
    source = root / "solutions" / f"{LESSON.stem}.py"
    for changed in (text, text.replace("return np.rint", "return 1 * np.rint")):
        source.write_text(changed, encoding="utf-8")
        assert own.out_of_step(LESSON, root)
        assert own.write([LESSON], root)
        assert not own.write([LESSON], root)
        assert not own.out_of_step(LESSON, root)
    source.write_text(
        changed.replace("    return 1 * np.rint", "    # rounded\n    return 1 * np.rint"), encoding="utf-8"
    )
    assert not own.out_of_step(LESSON, root)


def test_build_writes_the_digests_and_its_check_compares_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "course" / "grading").mkdir(parents=True)
    for ending in ("py", "ipynb"):
        source = bootstrap.ROOT / "solutions" / f"{LESSON.stem}.{ending}"
        (tmp_path / "solutions" / source.name).write_bytes(source.read_bytes())
    assert cli.main(["build", "--lesson", "2", "--no-execute"]) == 0
    assert "grading/own.json written" in capsys.readouterr().out
    cli.main(["build", "--lesson", "2", "--check"])
    assert "own.json" not in capsys.readouterr().out
    (tmp_path / "course" / "grading" / "own.json").write_text("{}")
    assert cli.main(["build", "--lesson", "2", "--check"]) == 1
    assert f"grading/own.json does not have the answers of {LESSON.stem}" in capsys.readouterr().out


def test_digests_do_not_depend_on_the_version_of_python():
    tree = ast.parse('def f(x: int = 3, *, k=None) -> int:\n    """It says."""\n    return [y for y in x[1:] if not k]')
    assert own._text(tree.body[0]) == (
        "FunctionDef(args=arguments(args=arg(arg='x'),defaults=Constant(value=3),kw_defaults=Constant(),kwonlyargs=arg(arg="
        "'k')),body=Return(value=ListComp(elt=Name(id='y'),generators=comprehension(ifs=UnaryOp(op=Not(),operand=Name(id="
        "'k')),is_async=0,iter=Subscript(slice=Slice(lower=Constant(value=1)),value=Name(id='x')),target=Name(id='y')))"
        "),name='f')"
    )


def class_of(tmp_path, counts):
    files = {f"learner {n} {k}/{LESSONS[n - 1].stem}.ipynb": built("lessons", LESSONS[n - 1])
             for n, count in counts.items() for k in range(count)}  # fmt: skip
    (tmp_path / "in.zip").write_bytes(exported.zipped(files))
    return tmp_path / "in.zip"


@pytest.mark.parametrize("counts", [{1: 1, 5: 1}, {1: 3, 5: 3}, {2: 2, 5: 1}, {1: 3, 2: 3, 3: 3}])
def test_a_class_of_several_lessons_is_refused(tmp_path, counts):
    source = class_of(tmp_path, counts)
    with pytest.raises(SubmissionError, match=r"several lessons: .*--lesson N") as caught:
        grade_class(source, tmp_path / "out", Settings())
    for number, count in counts.items():
        assert f"{count} of lesson {number}" in str(caught.value)
    assert not (tmp_path / "out").exists()


def lesson_of(source, tell):
    learners = collect(source)
    return _lesson_of(learners, None, {one.key: look_at(one) for one in learners}, tell)


def test_the_lesson_that_was_found_is_named_and_who_strayed_is_told(tmp_path):
    told = []
    assert lesson_of(class_of(tmp_path, {2: 5, 4: 1}), told.append) == (LESSON, True)
    assert "Lesson 2, Filters: 5 of 6" in told[0]
    assert told[1] == "learner 4 0 handed in lesson 4, which earns nothing here."


def test_whole_course_folders_are_of_the_lesson_that_was_worked_in(tmp_path):
    files = {f"{name}/lessons/{lesson.stem}.ipynb": built("lessons", lesson) for lesson in LESSONS for name in "ab"}
    files |= {
        f"{name}/solutions/{lesson.stem}.ipynb": built("solutions", lesson) for lesson in LESSONS for name in "ab"
    }
    files |= {f"{name}/lessons/{LESSON.stem}.ipynb": answered("unpad") for name in "ab"}
    (tmp_path / "in.zip").write_bytes(exported.zipped(files))
    assert lesson_of(tmp_path / "in.zip", print) == (LESSON, True)


def test_answers_in_cells_of_text_are_told():
    notebook = toy.answers()
    cell = next(one for one in notebook["cells"] if "def mirror" in one["source"])
    cell["cell_type"] = "markdown"
    found = best_of([("a.ipynb", json.dumps(notebook).encode())], (), toy.LESSON)
    assert any("mirror stands in cell 6, which is a cell of text" in note for note in found.notes)
