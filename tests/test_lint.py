"""The lint on a notebook in good order, on one planted fault for each rule, and on the course's own notebooks."""

import copy
from dataclasses import replace

import pytest

from course.grading.submission import submission_of
from course.journal.questions import Question
from course.manifest import LESSONS, Exercise, Lesson
from course.notebooks import build, lint, read_notebook
from course.notebooks.lint import exercises, parts, structure, words

LESSON = Lesson(7, "tiny", "Tiny things", 45, (Exercise("twice", 1, 5), Exercise("thrice", 2, 10)))
QUESTIONS = (Question("a-thing", "how small a thing is"), Question("b-thing", "how large a thing is"))
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
    kinds = {"html": "text/html", "plain": "text/plain", "png": "image/png", "view": build.WIDGET_VIEW}
    return {"output_type": "display_data", "data": {kinds[kind]: value for kind, value in data.items()}, "metadata": {}}


def stub(name):
    words = (
        '    """Return a number.\n\n    x: what it is (an int),\n        and more of it\n'
        '    returns: a number, an int\n    """\n'
    )
    return f"def {name}(x):\n{words}" + "    x = x\n" * 30 + "    ...  # your code here"


TITLE = """# 7 · Tiny things

**How small is small?**

A justice, an easel.

- **Time:** 45 minutes
- **You build:** two functions
- **You need:** nothing that was not
  there
- **Stuck?** `course.hint("thrice")` gives a hint, and the next call gives the next one.
- **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14; *(Géron)* marks a fact from it.
"""


@pytest.fixture(autouse=True)
def _tables(monkeypatch):
    """The tables of a course that has lesson 7, and lesson 8 after it."""
    monkeypatch.setitem(exercises.QUESTIONS, 7, QUESTIONS)
    for module in (structure, words):
        monkeypatch.setattr(module, "LESSONS", (*LESSONS, LESSON, Lesson(8, "next", "What follows", 10, ())))


def lesson_notebook():
    """A lesson without a finding."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            text("title", TITLE),
            text(
                "first",
                "## 1. A start\n\nA **channel** and a **loss**. A channel is 3 × 3, $k x 3$, `3 x 3`, −3, 75%, 10,000.",
            ),
            code("explorer", "import course\ntiny_explorer = len\ntiny_explorer('a')", ["explorer"]),
            text("found", "<details><summary>What you find</summary>\n\nIt moves.\n\n</details>"),
            text("picture", "![A cat on a mat](cat.png), and and/or, 1/2, `just` and\n\n```\nsimply\n```\n"),
            code("guess-a", "guess = None  # your guess\ncourse.predict('a-thing', guess)", ["guess"]),
            code("long", "\n".join(["# a comment", ""] * 9 + ["a = 10 % 3"] * 15), ["figure"]),
            code("reveal-a", "course.reveal('a-thing', a)"),
            text("ask-b", "## 2. An end\n\nHow many does it have?\n\n### And more"),
            code("guess-b", "guess = None\ncourse.predict('b-thing', guess)", ["guess"]),
            code("reveal-b", "course.reveal('b-thing', a)"),
            text("exercise-twice", "### Exercise 7.1 · `twice`\n\n1 point, 5 minutes"),
            code("twice", stub("twice"), ["exercise"], "twice"),
            text("between", "Now check it."),
            code("check-twice", "twice = course.check(twice)", ["check"], "twice"),
            text("ask-thrice", "### Exercise: thrice (2 points · about 10 min)"),
            code("thrice", stub("thrice"), ["exercise"], "thrice"),
            code("check-thrice", "thrice = course.check(thrice)", ["check"], "thrice"),
            code("both", "for k in range(3):\n    print(twice(k) + thrice(k))"),
            text("summary", "## Summary: what you now know\n\nWhat is small, is small."),
            text(
                "recall", "## Recall\n\n1. What is small?\n<details>\n- Why?\n\n</details>\n\n2. What is\n   large?\n"
            ),
            text(
                "recall-more",
                "3. Which is which? Why?\n\n   An answer?\n\n`4. no?`\n\n**Next:** lesson 8, *What follows*. So.",
            ),
        ],
    }


def solution_notebook():
    """A solution without a finding."""
    notebook = lesson_notebook()
    cells = notebook["cells"]
    for number, cell in enumerate(cell for cell in cells if cell["cell_type"] == "code"):
        cell["execution_count"] = number + 1
    cell_of(notebook, "guess-a")["source"] = "guess = 7\ncourse.predict('a-thing', guess)"
    cell_of(notebook, "long")["outputs"] = [
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


def inserts(cell, before="picture"):
    def change(notebook):
        at = [one["id"] for one in notebook["cells"]].index(before)
        notebook["cells"].insert(at, copy.deepcopy(cell))

    return change


def several(*changes):
    def change(notebook):
        for one in changes:
            one(notebook)

    return change


def swaps_exercises(notebook):
    cells = notebook["cells"]
    first, second, end = (
        next(k for k, cell in enumerate(cells) if cell["id"] == label)
        for label in ("exercise-twice", "ask-thrice", "both")
    )
    cells[first:end] = cells[second:end] + cells[first:second]


def outputs(*given):
    return lambda notebook: cell_of(notebook, "long").update(outputs=list(given))


def stream(words, name="stdout"):
    return {"output_type": "stream", "name": name, "text": words}


# (rule, what is planted, the cell that the finding names, what it says)
SHARED_FAULTS = [
    (
        "begins_with_title",
        sets("title", TITLE.replace("7 · ", "7. ")),
        "title",
        "begin with the title '# 7 · Tiny things'",
    ),
    ("begins_with_title", removes("title", "first"), "explorer", "begin with the title"),
    ("begins_with_title", sets("title", TITLE.replace("Tiny", "Large")), "title", "begin with the title"),
    ("begins_with_title", sets("title", TITLE.replace("small?**", "small.**")), "title", "question in bold"),
    ("begins_with_title", sets("title", TITLE.replace("**How small is small?**\n\n", "")), "title", "question in bold"),
    ("begins_with_title", sets("title", "# 7 · Tiny things"), "title", "question in bold"),
    ("begins_with_title", sets("title", TITLE.replace("45 min", "450 min")), "title", "'- **Time:** 45 minutes ...'"),
    ("begins_with_title", sets("title", TITLE.replace("- **You build:**", "-")), "title", "'- **You build:** ...'"),
    ("begins_with_title", sets("title", TITLE.replace("Géron, *", "Geron, *")), "title", "- **The book** is A. Géron"),
    (
        "begins_with_title",
        sets(
            "title",
            TITLE.replace("**Time:** 45 minutes", "**You need:** y").replace(
                "need:** n", "need:** no\n- **Time:** 45 minutes"
            ),
        ),
        "title",
        "not in the order Time, You build",
    ),
    ("has_sections_in_order", adds("ask-b", "\n## 4. More"), "ask-b", "'4. More' should begin with '3. '"),
    ("has_sections_in_order", sets("first", "## A start"), "first", "'A start' should begin with '1. '"),
    ("has_sections_in_order", adds("ask-b", "\n#### More"), "ask-b", "'More' has the level 4"),
    ("has_sections_in_order", sets("first", "### A start"), "first", "'A start' has the level 3"),
    ("has_sections_in_order", adds("ask-b", "\n# More"), "ask-b", "'More' has the level 1"),
    ("ends_with_summary_and_recall", removes("summary"), "recall", "does not end"),
    ("ends_with_summary_and_recall", removes("recall", "recall-more"), "summary", "does not end"),
    ("ends_with_summary_and_recall", adds("recall-more", "\n\n## 3. A"), "recall-more", "does not end"),
    ("ends_with_summary_and_recall", sets("summary", "## What you now know"), "recall", "does not end"),
    ("ends_with_summary_and_recall", removes("recall-more"), "recall", "has 2 questions"),
    ("ends_with_summary_and_recall", adds("recall", "\n- Is it?" * 3), "recall", "has 6 questions"),
    (
        "ends_with_summary_and_recall",
        adds("recall-more", "\n\nBye."),
        "recall",
        "'**Next:** lesson 8, *What follows*. ...'",
    ),
    ("has_something_to_touch", removes("explorer"), "", "there is none"),
    (
        "has_something_to_touch",
        several(removes("explorer"), inserts(code("late", "1", ["explorer"]), "twice")),
        "late",
        "the first is cell 12 of 22",
    ),
    ("has_something_to_touch", removes("found"), "explorer", "no text below the explorer"),
    ("has_something_to_touch", inserts(code("x", "window_explorer(3)")), "x", "needs the tag 'explorer'"),
    ("announces_exercises", removes("exercise-twice"), "twice", "does not say '1 point'"),
    ("announces_exercises", sets("exercise-twice", "1 point, 5 minutes"), "twice", "does not say 'twice'"),
    ("announces_exercises", sets("exercise-twice", "twice: 11 points, 5 minutes"), "twice", "does not say '1 point'"),
    ("announces_exercises", sets("ask-thrice", "thrice: 2 points, 5 minutes"), "thrice", "does not say '10 minutes'"),
    ("announces_exercises", removes("ask-thrice"), "thrice", "does not say 'thrice'"),
    ("has_every_exercise", removes("thrice", "check-thrice"), "", "thrice stands in 0 cells"),
    ("has_every_exercise", inserts(code("again", "", ["exercise"], "twice"), "summary"), "", "twice stands in 2 cells"),
    (
        "has_every_exercise",
        inserts(code("half", "", ["exercise"], "half"), "summary"),
        "",
        "half is not in the manifest",
    ),
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
    ("has_labels_of_one_form", inserts(code("x", stub("twice"), ["exercise"], "twice")), "x", "should be 'twice'"),
    ("has_labels_of_one_form", inserts(code("x", "", ["check"], "twice")), "x", "should be 'check-twice'"),
    ("has_labels_of_one_form", inserts(text("x", "### Exercise 7.2 · `b_c`")), "x", "should be 'exercise-b-c'"),
    ("has_labels_of_one_form", inserts(code("x", "guess = None", ["guess"])), "x", "begin with 'guess-'"),
    ("has_labels_of_one_form", inserts(code("x", "course.reveal('a', 3)")), "x", "begin with 'reveal-'"),
    *(
        ("has_documented_stubs", sets("twice", f'def twice(x, y):\n    """{words}"""'), "twice", says)
        for words, says in (
            ("Double a number.", "begins with 'Double a number.'"),
            ("Return a number", "begins with 'Return a number'"),
            ("Return a number.\n    x, y: numbers", "begins with 'Return a number.'"),
            ("", "begins with ''"),
            ("Return one.\n\n    x: a number\n    returns: a number", "explains x, returns; needed: x, y, returns"),
            ("Return one.\n\n    y, x: numbers\n    returns: a number", "explains y, x, returns; needed: x, y"),
            ("Return one.\n\n    x, y: numbers", "explains x, y; needed: x, y, returns"),
            ("Return one.\n\n    x, y: numbers\n    Returns 3.", "line 'Returns 3.' is neither"),
        )
    ),
    ("has_every_guess", sets("guess-a", "course.predict('c', 3)"), "guess-a", "'c' is not in course/journal/questions"),
    ("has_every_guess", sets("guess-b", "course.predict('a-thing', 3)"), "guess-b", "'a-thing' is asked twice"),
    ("has_every_guess", removes("reveal-b"), "guess-b", "no cell reveals the answer to 'b-thing'"),
    ("has_every_guess", removes("guess-b"), "reveal-b", "no cell asks for a guess"),
    ("has_every_guess", removes("guess-b"), "", "has questions that no cell asks: b-thing"),
    (
        "has_every_guess",
        several(removes("guess-a"), inserts(code("guess-a", "course.predict('a-thing', 3)", ["guess"]), "reveal-b")),
        "",
        "not in the order",
    ),
    ("means_one_thing_by_a_name", inserts(code("x", "a = 3"), "both"), "x", "'a' is bound here and in cell 'long'"),
    ("means_one_thing_by_a_name", inserts(code("x", "print(none)")), "x", "no cell binds the name 'none'"),
    ("means_one_thing_by_a_name", inserts(code("x", "print(a)")), "x", "'a' is read before cell 'long' binds it"),
    ("changes_nothing_of_others", inserts(code("x", "a += 1"), "both"), "x", "'a' of another cell is changed here"),
    ("has_short_cells", adds("long", "\na = 4"), "long", "16 lines of code"),
    *(
        ("has_plain_words", adds(cell, f"\n# It is {word}, so."), cell, f"{word}, so.': nothing is easy")
        for word in ("simply", "Obviously", "just", "trivially", "trivial", "of course", "easy", "easily")
        for cell in ("between", "long", "twice")
    ),
    ("has_plain_words", adds("between", "\nIt is of\ncourse so."), "between", "It is of course so.': nothing is easy"),
    *(
        ("has_plain_words", change, cell, f": {says}")
        for words, says in (
            ("with 3 x 3 pixels", "write ×"),
            ("with 28x28 pixels", "write ×"),
            ("of n x 3", "write ×"),
            ("of 3×3", "put a space"),
            ("gives 75 % of", "put %"),
            ("in percent", "write 'per cent'"),
            ("is 75 per cent", "write %"),
            ("gives -3", "write a minus"),
            ("from (-0.5)"[:5] + "-0.5", "write a minus"),
            ("has 10000 rows", "write thousands"),
            ("mend it", "say repair"),
            ("It mends", "say repair"),
            ("is not to be had", "say 'there is'"),
            ("no mistake that is not", "say it without"),
            ("is not unlike", "say it without"),
        )
        for cell, change in (
            ("between", adds("between", f" It {words} so.")),
            ("x", inserts(code("x", f"print('It {words} so.')"))),
            ("x", inserts(code("x", f"print(f'It {words} {{1 + 1}} so.')"))),
        )
    ),
    ("has_plain_words", inserts(code("x", "print(f'{1 + 1} x {2 + 2}, {1:.0f} %')")), "x", "write ×"),
    ("has_plain_words", inserts(code("x", "print(f'{1 + 1} x {2 + 2}, {1:.0f} %')")), "x", "put % directly"),
    *(
        ("asks_in_english", adds("between", f" {question}"), "between", "ask with 'does it have'")
        for question in (
            "How many rows has it?",
            "What have they in common?",
            "And how many weights has\nthe layer, then?",
        )
    ),
    ("promises_what_is_there", adds("between", " See lesson 9."), "between", "there is no lesson 9"),
    ("promises_what_is_there", adds("between", " See lessons 1, 2 and 9."), "between", "there is no lesson 9"),
    ("promises_what_is_there", inserts(code("x", "print('Lesson 9')")), "x", "there is no lesson 9"),
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
    (
        "has_no_outputs",
        lambda notebook: cell_of(notebook, "long").update(execution_count=1),
        "long",
        "execution counts",
    ),
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
    (
        "has_tagged_pictures",
        lambda notebook: cell_of(notebook, "both").update(outputs=[shown(html=IMAGE)]),
        "both",
        "needs the tag 'figure'",
    ),
    ("has_plain_outputs", outputs(stream("a map of 3 x 3")), "long", "an output says 'a map of 3 x 3': write ×"),
    ("has_plain_outputs", outputs(shown(html="<b>75 %</b>")), "long", "an output says '75 %': put %"),
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


RULES = {rule.__name__: rule for rule in lint.SHARED_RULES + lint.LESSON_RULES + lint.SOLUTION_RULES}
LATER_LESSONS = {"explains_before_it_uses"}  # shown to fail in a test of its own


def assert_found(notebook, fault, executed):
    rule, change, cell, says = fault
    change(notebook)
    found = lint.lint_notebook(notebook, LESSON, "tiny.ipynb", executed=executed)
    mine = [(where, what) for where, what in RULES[rule](notebook, LESSON)]
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
    assert set(RULES) - LATER_LESSONS == {fault[0] for fault in SHARED_FAULTS + LESSON_FAULTS + SOLUTION_FAULTS}


def test_an_empty_notebook_has_findings_and_no_error():
    empty = {"nbformat": 4, "metadata": {}, "cells": []}
    for executed in (False, True):
        assert any("title" in finding.what for finding in lint.lint_notebook(empty, LESSON, executed=executed))


TERM_FAULTS = [
    (1, "A loss is there.", "'loss' before it is explained (lesson 2 explains it, in bold)"),
    (2, "A loss is there.", "'loss' before it is explained (this is its first use: explain it, in bold)"),
    (2, "A loss: a **loss** is there.", ""),
    (2, "A **small loss**. A loss.", ""),
    (2, "`loss`. # loss\n\n**Loss**", ""),
    (3, "A loss is there.", ""),
    (1, "Channels are there.", "'Channels' before it is explained (this is its first use: explain it, in bold)"),
    (1, "Glosses are channelled.", ""),
]


@pytest.mark.parametrize(("number", "words", "says"), TERM_FAULTS)
def test_a_word_of_the_field_is_explained_where_it_is_first_used(number, words, says):
    notebook = {"cells": [text("title", "# channel loss"), text("x", words), text("y", "A stride.")]}
    found = list(RULES["explains_before_it_uses"](notebook, replace(LESSON, number=number)))
    found = [one for one in found if one[0] != "y"]
    assert found == ([("x", says)] if says else [])


def test_what_is_packed_inside_html_is_no_text():
    html = '<p>before</p><script type="module">unpack("H4sIaB+3x3/75 %");\n3x3</script><p>after</p>'
    assert parts.output_texts({"outputs": [shown(html=html)]}) == ["", "<p>before</p><p>after</p>"]


def test_the_page_of_style_and_the_lint_agree():
    page = (build.ROOT / "solutions" / "STYLE.md").read_text(encoding="utf-8")
    rows = [
        row.strip("| ").split(" | ") for row in page.partition("| write | not |")[2].split("\n")[2:] if row[:1] == "|"
    ]
    assert len(rows) >= 8
    for right, wrong in rows:
        for form in wrong.split(", "):
            assert found_in_text(f"This is {form}" if form[0] in "-0123456789" else form), form
        assert not found_in_text(right), right


def found_in_text(words):
    notebook = {"cells": [text("x", words)]}
    return [one for rule in ("has_plain_words", "asks_in_english") for one in RULES[rule](notebook, LESSON)]


NAMES = {
    "a name means two things": (["x = 1", "print(x)", "x = 2"], ["2: 'x' is bound here and in cell '0'"]),
    "a cell binds again what it reads": (["x = 1", "x = x + 1"], ["1: 'x' is bound here and in cell '0'"]),
    "a loop binds again what another cell reads": (
        ["x = 1", "print(x)", "for x in 'ab':\n    print(x)"], ["2: 'x' is bound here and in cell '0'"]
    ),
    "an import binds again": (["x = 1", "print(x)", "import y as x"], ["2: 'x' is bound here and in cell '0'"]),
    "imports of two things": (
        ["from a import x", "x", "from b import x"], ["2: 'x' is bound here and in cell '0'"]
    ),
    "a function reads when it is called": (
        ["x = 1", "def f():\n    return x", "x = 2\nf()", "f()"], ["2: 'x' is bound here and in cell '0'"]
    ),
    "a function of a function": (
        ["x = 1\ny = 1", "def f():\n    return x", "def g():\n    return f()", "x = 2", "g()"],
        ["3: 'x' is bound here and in cell '0'"],
    ),
    "a lambda reads": (["x = 1", "f = lambda y: x + y", "f(2)", "x = 2"], ["3: 'x' is bound here and in cell '0'"]),
    "in a try": (["x = 1", "try:\n    x = 2\nfinally:\n    pass", "x"], ["1: 'x' is bound here and in cell '0'"]),
    "a walrus": (["x = 1", "if (x := 2):\n    pass", "x"], ["1: 'x' is bound here and in cell '0'"]),
    "read too early": (["print(x)", "x = 1"], ["0: 'x' is read before cell '1' binds it"]),
    "never bound": (["print(x)"], ["0: no cell binds the name 'x'"]),
    "appended": (["x = []", "x.append(1)"], ["1: 'x' of another cell is changed"]),
    "appended further down": (["x = {'a': []}", "x['a'].append(1)"], ["1: 'x' of another cell is changed"]),
    "an item is set": (["x = [1]", "x[0] = 2"], ["1: 'x' of another cell is changed"]),
    "an item grows": (["x = [1]", "x[0] += 2"], ["1: 'x' of another cell is changed"]),
    "an attribute is set": (["x = len", "x.a = 2"], ["1: 'x' of another cell is changed"]),
    "a function changes": (
        ["x = []", "def f():\n    x.append(1)", "f()"], ["2: 'x' of another cell is changed"]
    ),
    "numbers are drawn": (
        ["import numpy as np\nx = np.random.default_rng(0)", "print(x.random())"], ["1: 'x' of another cell is changed"]
    ),
    "trained": (["x = len", "x.train()"], ["1: 'x' of another cell is changed"]),
    "torch changes in place": (["x = len", "x.zero_()"], ["1: 'x' of another cell is changed"]),
}  # fmt: skip
FINE = {
    "scratch names recur": ["x = 1\nprint(x)", "x = 2\nprint(x)"],
    "loops recur": ["for k in 'ab':\n    print(k)", "for k in range(3):\n    print(k)"],
    "a comprehension has names of its own": ["x = 1", "print([x for x in range(3)], x)", "print({y: 1 for y in 'ab'})"],
    "a parameter has its own": ["x = 1", "def f(x, *y, z=3, **w):\n    v = x\n    return y, z, w, v", "f(x)"],
    "a lambda's parameter": ["x = 1", "sorted('ab', key=lambda y: (y, x))"],
    "a function inside": ["x = 1", "def f():\n    def g(y):\n        return y + x\n    return g", "f()(x)"],
    "the same import": ["import a.b as b", "b", "import a.b as b\nb"],
    "parts of one package": ["import a.b", "a", "import a.c"],
    "an exercise and its check": ["def twice(x): return x", "twice = course.check(twice)", "twice(2)"],
    "what a cell has made itself": ["x = []\nx.append(1)\nx[0] = 2\nx += [1]", "print(x)"],
    "a random generator of its own": ["import numpy as np", "x = np.random.default_rng(0)\nprint(x.random())"],
    "a module is no object of a cell": ["import training", "training.train(3)"],
    "a function changes what it made": ["def f():\n    x = []\n    x.append(1)\n    return x", "f()"],
    "a class": ["x = 1", "class A:\n    def f(self):\n        return x", "A().f()"],
    "with, except, star": ["with open('x') as f, open('y') as g:\n    print(f, g)\n"
                           "try:\n    a, *b = 1, 2\nexcept ValueError as e:\n    print(e)", "print(a, b)"],
}  # fmt: skip


def found_in(sources):
    exercise = {"def twice": (["exercise"], "twice"), "twice = ": (["check"], "twice")}
    cells = [code("start", "import course")]
    for number, source in enumerate(sources):
        tags = next((value for begins, value in exercise.items() if source.startswith(begins)), ((), None))
        cells.append(code(str(number), source, *tags))
    rules = ("means_one_thing_by_a_name", "changes_nothing_of_others")
    found = [one for rule in rules for one in RULES[rule]({"cells": cells}, LESSON)]
    return [f"{cell}: {what.removeprefix('the name ')}" for cell, what in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_with_two_meanings_is_found(name):
    sources, expected = NAMES[name]
    found = found_in(sources)
    assert all(any(one.startswith(says) for one in found) for says in expected), found
    assert len(found) <= len(expected) + 1


@pytest.mark.parametrize("name", FINE)
def test_a_name_with_one_meaning_is_left_alone(name):
    assert found_in(FINE[name]) == []


def test_what_both_notebooks_have_is_said_once(tmp_path):
    for folder, make in (("lessons", lesson_notebook), ("solutions", solution_notebook)):
        notebook = make()
        adds("between", " It is easy.")(notebook)
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "07_tiny.ipynb").write_text(build.as_text(notebook), encoding="utf-8")
    (finding,) = lint.lint_lesson(LESSON, tmp_path)
    assert (
        str(finding)
        == "lessons/07_tiny.ipynb: cell 'between': 'check it. It is easy.': nothing is easy while it is new"
    )
    (tmp_path / "solutions" / "07_tiny.ipynb").write_text("{}")
    assert any("is not a notebook" in str(finding) for finding in lint.lint_lesson(LESSON, tmp_path))


WRITTEN = [lesson for lesson in LESSONS if build.paths_of(lesson)[0].exists()]


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.stem)
def test_the_notebooks_of_the_course_have_no_findings(lesson, monkeypatch):
    for module in (structure, words):
        monkeypatch.setattr(module, "LESSONS", LESSONS)  # nothing is planted after the last one
    assert [str(finding) for finding in lint.lint_lesson(lesson)] == []


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.stem)
def test_the_grader_reads_a_notebook_whatever_the_ids_of_its_cells_are(lesson):
    notebook = read_notebook(build.paths_of(lesson)[2])
    renamed = copy.deepcopy(notebook)
    for number, cell in enumerate(renamed["cells"]):
        cell["id"] = f"cell-{number}"
    before, after = submission_of(notebook, "x.ipynb"), submission_of(renamed, "x.ipynb")
    assert before == after
