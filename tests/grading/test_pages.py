"""The two pages: nothing that a learner made becomes markup, and every learner is found."""

import ast
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course.cell.run import run_case
from course.checks.judge import judge
from course.checks.registry import find_exercise
from course.grading import pages
from course.grading.pages import class_page, feedback_page
from course.grading.result import STATUSES, ExerciseResult, Result
from course.manifest import LESSONS

LESSON = LESSONS[1]
FOLDER = Path(pages.__file__).parent
VOID = {"meta", "rect", "br"}
MARKUP = (
    "</title></style><script>alert(1)</script><img src=x onerror=y>\"'`{{ 7*7 }}{% raw %}&amp;"
    "\u202e\u2066\u200f--><a href=x>"
)


class Page(HTMLParser):
    """A page as a browser sees it: its elements, with what they say."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.links = [], Counter(), [], []
        self.words = []
        self.feed(html)
        self.close()
        assert self.open == []
        self.text = "".join(self.words)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append([dict(attrs)["href"], "", list(self.open)])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if "a" in self.open:
            self.links[-1][1] += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")


words = st.one_of(
    st.sampled_from([MARKUP, "<b>", "&lt;", "&", "'", '"', "\u202eevil", "{{ 1 }}", "`a` <i> `", "`"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
)


@st.composite
def exercises_of(draw, text=words):
    found = []
    for entry in LESSON.exercises:
        status = draw(st.sampled_from(STATUSES))
        mistakes = {draw(text): draw(text)} if status == "failed" and draw(st.booleans()) else {}
        found.append(
            ExerciseResult(
                entry.name, status, draw(st.sampled_from([0.0, entry.points / 2, float(entry.points)])),
                float(entry.points), draw(text), entry.stretch, mistakes, ((draw(text), draw(st.booleans())),),
                tuple(draw(st.lists(text, max_size=1))), gave=draw(st.sampled_from(["", "x"])),
                code=draw(st.sampled_from(["", "c", "d"])), parts=90,
            )
        )  # fmt: skip
    return tuple(found)


@st.composite
def classes(draw, text=words, most=4):
    return [
        Result(draw(text), f"{draw(st.sampled_from(['Ada', 'Zoë', 'a b', '100%', 'a#b?c']))}-{k}", LESSON.stem,
               draw(st.sampled_from(["", "a.ipynb"])), draw(exercises_of(text)),
               tuple(draw(st.lists(text, max_size=2))), draw(st.sampled_from(["", "namespaces", "limits"])))
        for k in range(draw(st.integers(0, most)))
    ]  # fmt: skip


def plain(result):
    """The same result with harmless words."""
    exercises = tuple(
        replace(one, says="s", mistakes=dict.fromkeys(map(str, range(len(one.mistakes))), "m"),
                properties=tuple(("p", held) for _, held in one.properties), notes=("n",) * len(one.notes))
        for one in result.exercises
    )  # fmt: skip
    return replace(result, name="name", notes=("note",) * len(result.notes), exercises=exercises)


def squeezed(text):
    return " ".join(text.split())


@given(classes())
@settings(max_examples=60)
def test_nothing_that_a_learner_made_becomes_markup(results):
    for result in results:
        page, harmless = Page(feedback_page(result, LESSON)), Page(feedback_page(plain(result), LESSON))
        assert page.tags - Counter(code=page.tags["code"]) == harmless.tags - Counter(code=harmless.tags["code"])
        assert squeezed(result.name) in squeezed(page.text)
        for note in result.notes:
            assert squeezed(note) in squeezed(page.text)
    page = Page(class_page(results, LESSON))
    assert page.tags.keys() <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "nav", "ul", "li", "a"),
        *("section", "svg", "rect", "text", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code"),
    }
    known = {"lang", "charset", "name", "content", "http-equiv", "class", "dir", "href", "id", "aria-label", "scope",
             "viewbox", "width", "font-size", "role", "x", "y", "height", "text-anchor"}  # fmt: skip
    assert {name for _, attributes in page.attributes for name in attributes} <= known
    for note in {note for result in results for note in result.notes}:
        assert squeezed(note) in squeezed(page.text)


@given(classes())
@settings(max_examples=60)
@example([])
def test_every_learner_has_a_row_and_every_link_leads_somewhere(results):
    page = Page(class_page(results, LESSON))
    pages = {f"feedback/{result.key}.html": squeezed(result.name) for result in results}
    rows = Counter()
    for href, words, inside in page.links:
        if href.startswith("#"):
            assert any(attributes.get("id") == href[1:] for _, attributes in page.attributes)
            continue
        assert pages[unquote(href)] == squeezed(words)
        assert not set(href) & set("#?<>\" '")
        rows[unquote(href)] += inside[-1] == "th"
    assert rows == dict.fromkeys(pages, 1)
    assert f"{len(results)} submission" in page.text


@given(classes())
@settings(max_examples=30)
def test_the_pages_can_be_read_without_seeing_them(results):
    for html in [class_page(results, LESSON), *(feedback_page(result, LESSON) for result in results)]:
        page = Page(html)
        assert page.attributes[0] == ("html", {"lang": "en"})
        assert page.tags["h1"] == page.tags["main"] == page.tags["title"] == 1
        assert all("scope" in attributes for tag, attributes in page.attributes if tag == "th")
        assert all(attributes.get("aria-label") for _, attributes in page.attributes if attributes.get("role") == "img")
        policies = [one["content"] for tag, one in page.attributes if one.get("http-equiv")]
        assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
        assert page.tags["script"] == page.tags["link"] == page.tags["img"] == 0
    (label,) = [one["aria-label"] for tag, one in Page(class_page(results, LESSON)).attributes if tag == "svg"]
    assert sum(map(int, re.findall(r": (\d+)", label))) == len(results)  # the picture's words hold everybody


def test_what_is_drawn_of_an_answer_is_escaped():
    exercise = find_exercise("neuron_output")
    plan = exercise.plan(0)

    def answer(window, kernel, bias):
        return MARKUP

    report = judge(plan, [run_case(answer, case.arguments) for case in plan.cases], True)
    one = ExerciseResult("neuron_output", "failed", 0.0, 1.0, "no", report=report)
    assert one.drawn
    page = Page(feedback_page(Result("a", "a", LESSON.stem, "a.ipynb", (one,)), LESSON))
    assert "<script>alert(1)</script>" in page.text
    assert page.tags["script"] == page.tags["img"] == page.tags["a"] == 0


def test_a_class_of_two_thousand_is_folded():
    def one(k):
        exercises = tuple(
            ExerciseResult(entry.name, "failed", 0.0, float(entry.points), "no", gave="x", code=f"{k // 3}", parts=90)
            for entry in LESSON.exercises
        )
        return Result(f"Learner {k}", f"L{k}", LESSON.stem, "a.ipynb", exercises, ("late",), "limits")

    page = Page(class_page([one(k) for k in range(2000)], LESSON))
    seen = [inside for _, _, inside in page.links if "details" not in inside]
    assert len(seen) < 400
    assert page.tags["a"] > 2000


def test_the_class_page_names_the_lesson_the_version_and_the_sandboxes():
    def one(k, level):
        exercises = tuple(ExerciseResult(entry.name, "missing", 0.0, 1.0, "no") for entry in LESSON.exercises)
        return Result(f"{k}", f"{k}", LESSON.stem, "", exercises, (), level)

    text = squeezed(
        Page(class_page([one(1, "limits"), one(2, "namespaces"), one(3, "limits"), one(4, "")], LESSON)).text
    )
    assert "Graded as lesson 2, Filters (02_filters), with version 0" in text
    assert "limits (2), namespaces (1)." in text


def test_only_the_verdict_is_taken_as_html():
    sources = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if path.is_file()}
    templates = [text for name, text in sources.items() if name.endswith(".html")]
    assert len(templates) >= 3
    for text in templates:
        assert not re.search(r"\|\s*safe\b|\bautoescape\b|Markup|xmlattr|tojson", text)
    made = [
        ast.unparse(node)
        for name, text in sources.items() if name.endswith(".py")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and "Markup" in ast.unparse(node.func)
    ]  # fmt: skip
    assert made == ["Markup(Verdict(one.report).html())"]
    assert pages.render._templates().autoescape is True


@pytest.mark.parametrize("name", [path.name for path in FOLDER.iterdir() if path.suffix in (".html", ".css")])
def test_the_autograder_and_the_package_carry_every_template(name, tmp_path):
    import fnmatch
    import zipfile

    from course.grading.autograder import write_autograder

    write_autograder(tmp_path / "one.zip", LESSON)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert f"course/grading/pages/{name}" in archive.namelist()
    carried = re.search(r"^course = \[(.*)\]$", (FOLDER.parents[2] / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert any(fnmatch.fnmatch(f"grading/pages/{name}", pattern) for pattern in re.findall('"(.*?)"', carried))
