"""The lint on a notebook in good order, on one planted fault for each rule, and on the course's own notebooks."""

import copy

import pytest

from course.manifest import LESSONS, Exercise, Lesson
from course.notebooks import build, lint

LESSON = Lesson(7, "tiny", "Tiny things", 45, (Exercise("twice", 1, 5), Exercise("thrice", 2, 10)))
IMAGE = '<img src="data:image/png;base64,AA+/tmp/x=" alt="A square of nine cells, the middle one dark.">'


def text(label, source, **metadata):
    return {"cell_type": "markdown", "id": label, "metadata": metadata, "source": source}


def code(label, source, tags=(), exercise=None, outputs=()):
    metadata = {"tags": list(tags)} if tags else {}
    if exercise:
        metadata["course"] = {"exercise": exercise}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": label,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source,
    }


def shown(**data):
    kinds = {"html": "text/html", "plain": "text/plain", "png": "image/png", "view": lint.WIDGET_VIEW}
    return {"output_type": "display_data", "data": {kinds[kind]: value for kind, value in data.items()}, "metadata": {}}


def stub(name):
    return f"def {name}(x):\n" + "    x = x\n" * 30 + "    ...  # your code here"


def lesson_notebook():
    """A lesson without a finding."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            text("title", "# Lesson 7: Tiny things\n\n**How small is small?** About 45 minutes; a justice, an easel."),
            text("picture", "![A cat on a mat](cat.png), and and/or, 1/2, `just` and\n\n```\nsimply\n```\n"),
            code("guess-a", "guess = None  # your guess\ncourse.predict('a', guess)", ["guess"]),
            code("long", "\n".join(["# a comment", ""] * 9 + ["a = 10 % 3"] * 15)),
            text("ask-twice", "### `twice`\n\n1 point, 5 minutes"),
            code("twice", stub("twice"), ["exercise"], "twice"),
            text("between", "Now check it."),
            code("check-twice", "twice = course.check(twice)", ["check"], "twice"),
            text("ask-thrice", "### Exercise: thrice (2 points · about 10 min)"),
            code("thrice", stub("thrice"), ["exercise"], "thrice"),
            code("check-thrice", "thrice = course.check(thrice)", ["check"], "thrice"),
            text("summary", "## Summary\n\nWhat is small, is small."),
            text(
                "recall", "## Recall\n\n1. What is small?\n<details>\n- Why?\n\n</details>\n\n2. What is\n   large?\n"
            ),
            text("recall-more", "3. Which is which? Why?\n\n   An answer?\n\n`4. no?`"),
        ],
    }


def solution_notebook():
    """A solution without a finding."""
    notebook = lesson_notebook()
    cells = notebook["cells"]
    for number, cell in enumerate(cell for cell in cells if cell["cell_type"] == "code"):
        cell["execution_count"] = number + 1
    cells[2]["source"] = cells[2]["source"].replace("None", "7")
    cells[3]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["a line\n", "another\n"]},
        shown(html=IMAGE, plain="A square of nine cells, the middle one dark."),
        shown(png="iVBOR", plain="A square of nine cells, the middle one dark."),
        shown(view={"model_id": "1"}, html=IMAGE, plain="Slider(value=1)"),
        shown(html='<svg role="img" aria-label="A line that falls."></svg><svg aria-hidden="true"></svg>'),
    ]
    return notebook


def cell_of(notebook, label):
    return next(cell for cell in notebook["cells"] if cell["id"] == label)


def test_notebooks_in_good_order_have_no_findings():
    assert lint.lint_notebook(lesson_notebook(), LESSON, executed=False) == []
    assert lint.lint_notebook(solution_notebook(), LESSON, executed=True) == []


def sets(label, source):
    return lambda notebook: cell_of(notebook, label).update(source=source)


def adds(label, extra):
    return lambda notebook: cell_of(notebook, label).update(source=cell_of(notebook, label)["source"] + extra)


def removes(*labels):
    def change(notebook):
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in labels]

    return change


def inserts(cell, at=4):
    return lambda notebook: notebook["cells"].insert(at, copy.deepcopy(cell))


def swaps_exercises(notebook):
    cells = notebook["cells"]
    cells[4:11] = cells[8:11] + cells[4:8]


def outputs(*given):
    return lambda notebook: cell_of(notebook, "long").update(outputs=list(given))


def stream(words, name="stdout"):
    return {"output_type": "stream", "name": name, "text": words}


# (rule, what is planted, the cell that the finding names, what it says)
SHARED_FAULTS = [
    ("begins_with_title", sets("title", "Lesson 7: Tiny things? 45 minutes"), "title", "not a title"),
    ("begins_with_title", removes("title", "picture"), "guess-a", "not a title"),
    ("begins_with_title", sets("title", "# 8. Tiny things\n\nWhat? 45 minutes"), "title", "7. Tiny things"),
    ("begins_with_title", sets("title", "# 7. Large things\n\nWhat? 45 minutes"), "title", "7. Tiny things"),
    ("begins_with_title", sets("title", "# 7. Tiny things\n\nThis. 45 minutes"), "title", "no question"),
    ("begins_with_title", sets("title", "# 7. Tiny things\n\nWhat? 450 minutes"), "title", "45 minutes"),
    ("ends_with_summary_and_recall", removes("summary"), "recall", "does not end"),
    ("ends_with_summary_and_recall", removes("recall", "recall-more"), "summary", "does not end"),
    ("ends_with_summary_and_recall", adds("recall-more", "\n\n## A\n\n## B"), "recall-more", "does not end"),
    ("ends_with_summary_and_recall", sets("summary", "## Words"), "recall", "does not end"),
    ("ends_with_summary_and_recall", removes("recall-more"), "recall", "has 2 questions"),
    ("ends_with_summary_and_recall", adds("recall-more", "\n- Is it?" * 3), "recall", "has 6 questions"),
    ("announces_exercises", removes("ask-twice"), "twice", "does not say '1 point'"),
    ("announces_exercises", sets("ask-twice", "1 point, 5 minutes"), "twice", "does not say 'twice'"),
    ("announces_exercises", sets("ask-twice", "twice: 11 points, 5 minutes"), "twice", "does not say '1 point'"),
    ("announces_exercises", sets("ask-thrice", "thrice: 2 points, 5 minutes"), "thrice", "does not say '10 minutes'"),
    ("announces_exercises", removes("ask-thrice"), "thrice", "does not say 'thrice'"),
    ("has_every_exercise", removes("thrice", "check-thrice"), "", "thrice stands in 0 cells"),
    ("has_every_exercise", inserts(code("again", "", ["exercise"], "twice"), 14), "", "twice stands in 2 cells"),
    ("has_every_exercise", inserts(code("half", "", ["exercise"], "half"), 14), "", "half is not in the manifest"),
    ("has_every_exercise", swaps_exercises, "", "not in the order"),
    ("has_every_exercise", removes("check-twice"), "twice", "check of twice does not follow"),
    ("has_every_exercise", removes("check-thrice"), "thrice", "check of thrice does not follow"),
    ("has_known_tags", inserts(code("x", "1", ["exersise"])), "x", "the tag 'exersise' means nothing"),
    ("has_known_tags", inserts(code("x", "1", ["check"])), "x", "go with the name of an exercise"),
    ("has_known_tags", inserts(code("x", "1", (), "twice")), "x", "go with the name of an exercise"),
    ("has_known_tags", inserts(code("x", "course.check(twice)")), "x", "needs the tag 'check'"),
    ("has_known_tags", inserts(code("x", "course.predict('x', 3)")), "x", "needs the tag 'guess'"),
    ("has_unique_ids", inserts(text("title", "again")), "title", "same id"),
    ("has_unique_ids", lambda notebook: notebook["cells"][3].pop("id"), "", "cell number 4 has no id"),
    ("has_short_cells", adds("long", "\na = 4"), "long", "16 lines of code"),
    *(
        ("has_plain_words", adds(cell, f"\n# It is {word}, so."), cell, f"the word '{word}'")
        for word in ("simply", "Obviously", "just", "trivially", "trivial", "of course", "easy", "easily")
        for cell in ("between", "long", "twice")
    ),
    ("has_plain_words", adds("between", "\nIt is of\ncourse so."), "between", "the word 'of course'"),
    *(
        ("has_no_places", adds(cell, f"\n# see {path} there"), cell, "its source has the absolute path")
        for path in ("/home/ada/x.png", "'/tmp/x'", "/Users/ada", "(/usr/share/x)", r"C:\Users\ada")
        for cell in ("between", "long")
    ),
    *(
        ("has_no_places", adds("between", f" from {host}"), "between", "its source names the host")
        for host in ("https://pypi.org/simple", "files.pythonhosted.org", "http://localhost:8888", "127.0.0.1")
    ),
    ("has_no_shell", inserts(code("x", "a = 1\n%pip install torch")), "x", "'%pip install torch' is a shell"),
    ("has_no_shell", inserts(code("x", "!ls")), "x", "'!ls' is a shell"),
    ("has_no_shell", inserts(code("x", "%%bash\nls")), "x", "'%%bash' is a shell"),
    ("has_described_images", adds("picture", "![](dog.png)"), "picture", "the image dog.png has no alternative"),
    ("has_described_images", adds("picture", "![ ][dog]"), "picture", "has no alternative"),
    ("has_described_images", adds("picture", '<img src="dog.png">'), "picture", "the <img> has no alternative"),
    (
        "has_described_images",
        adds("picture", '<img src="dog.png" alt=" "/>'),
        "picture",
        "the <img> has no alternative",
    ),
    ("has_no_markers", adds("long", "\n# BEGIN SOLUTION"), "long", "marker is left"),
]
LESSON_FAULTS = [
    ("has_no_outputs", outputs(stream("a")), "long", "without outputs"),
    ("has_no_outputs", lambda notebook: notebook["cells"][3].update(execution_count=1), "long", "execution counts"),
    ("has_no_guesses", sets("guess-a", "guess = 10"), "guess-a", "guess = None"),
]
ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}
SOLUTION_FAULTS = [
    ("was_executed", lambda notebook: cell_of(notebook, "twice").update(execution_count=None), "twice", "not executed"),
    ("has_clean_outputs", outputs(ERROR), "long", "an output is an error: ValueError"),
    ("has_clean_outputs", outputs(stream("a warning", "stderr")), "long", "on stderr: 'a warning'"),
    ("has_clean_outputs", outputs(shown(plain="<A object at 0x7f2b31f084a0>")), "long", "address in memory"),
    ("has_no_places", outputs(stream(["in ", "/home/ada/x"])), "long", "an output has the absolute path /home/ada"),
    ("has_no_places", outputs(shown(html="<b>pypi.org</b>")), "long", "an output names the host pypi.org"),
    ("has_described_pictures", outputs(shown(png="iVBOR")), "long", "image/png has no description"),
    (
        "has_described_pictures",
        outputs(shown(png="iVBOR", plain="<Figure size 640x480 with 1 Axes>")),
        "long",
        "image/png has no description",
    ),
    ("has_described_pictures", outputs(shown(png="iVBOR", plain="a picture")), "long", "no description"),
    ("has_described_pictures", outputs(shown(html='<img src="x">')), "long", "the <img> has no alternative text"),
    ("has_described_pictures", outputs(shown(html="<svg><path/></svg>")), "long", "the <svg> has no aria-label"),
    ("has_described_pictures", outputs(shown(html="<canvas></canvas>")), "long", "the <canvas> has no"),
    (
        "has_described_pictures",
        outputs(shown(view={}, plain="interactive(children=(IntSlider(value=1),))")),
        "long",
        "a widget has nothing that stands in",
    ),
]


def assert_found(notebook, fault, executed):
    rule, change, cell, says = fault
    change(notebook)
    found = lint.lint_notebook(notebook, LESSON, "tiny.ipynb", executed=executed)
    mine = [(where, what) for where, what in getattr(lint, rule)(notebook, LESSON)]
    assert any(where == cell and says in what for where, what in mine), mine
    assert {(finding.cell, finding.what) for finding in found} >= set(mine)
    assert str(found[0]).startswith("tiny.ipynb: ")


@pytest.mark.parametrize("fault", SHARED_FAULTS + LESSON_FAULTS, ids=lambda fault: f"{fault[0]}-{fault[3]}")
def test_a_planted_fault_is_found_in_a_lesson(fault):
    assert_found(lesson_notebook(), fault, executed=False)


@pytest.mark.parametrize("fault", SHARED_FAULTS + SOLUTION_FAULTS, ids=lambda fault: f"{fault[0]}-{fault[3]}")
def test_a_planted_fault_is_found_in_a_solution(fault):
    assert_found(solution_notebook(), fault, executed=True)


def test_every_rule_is_shown_to_fail():
    rules = {rule.__name__ for rule in lint.SHARED_RULES + lint.LESSON_RULES + lint.SOLUTION_RULES}
    assert rules == {fault[0] for fault in SHARED_FAULTS + LESSON_FAULTS + SOLUTION_FAULTS}


def test_an_empty_notebook_has_findings_and_no_error():
    empty = {"nbformat": 4, "metadata": {}, "cells": []}
    for executed in (False, True):
        assert any("title" in finding.what for finding in lint.lint_notebook(empty, LESSON, executed=executed))


@pytest.mark.parametrize("heading", ["## What you now know", "# 8. In summary"])
def test_a_summary_has_two_names_and_what_comes_next_may_follow(heading):
    notebook = lesson_notebook()
    sets("summary", f"{heading}\n\nWhat is small, is small.\n\n### In one sentence")(notebook)
    adds("recall-more", "\n\n## What comes next\n\n1. Which?\n")(notebook)
    assert lint.lint_notebook(notebook, LESSON, executed=False) == []


def test_what_both_notebooks_have_is_said_once(tmp_path):
    for folder, make in (("lessons", lesson_notebook), ("solutions", solution_notebook)):
        notebook = make()
        adds("between", " It is easy.")(notebook)
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "07_tiny.ipynb").write_text(build.as_text(notebook), encoding="utf-8")
    (finding,) = lint.lint_lesson(LESSON, tmp_path)
    assert str(finding) == "lessons/07_tiny.ipynb: cell 'between': the word 'easy' is not for a course"
    (tmp_path / "solutions" / "07_tiny.ipynb").write_text("{}")
    assert any("is not a notebook" in str(finding) for finding in lint.lint_lesson(LESSON, tmp_path))


WRITTEN = [lesson for lesson in LESSONS if build.paths_of(lesson)[0].exists()]


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.stem)
def test_the_notebooks_of_the_course_have_no_findings(lesson):
    assert [str(finding) for finding in lint.lint_lesson(lesson)] == []
