"""Keep the notebooks in good order: structure, tags, length of cells, words, alt text, clean outputs.

Each rule is a function ``rule(notebook, lesson)`` that yields pairs of a cell's id and what is wrong with
it. `lint_notebook` runs those that fit the notebook: ``LESSON_RULES`` for what is handed out,
``SOLUTION_RULES`` for what was executed; ``SHARED_RULES`` hold for both.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from ..errors import NotebookError
from ..manifest import Lesson
from .build import ROOT, WIDGET_REPR, WIDGET_VIEW, paths_of
from .reading import exercise_of, read_notebook, tags_of

__all__ = ["LESSON_RULES", "SHARED_RULES", "SOLUTION_RULES", "Finding", "lint_lesson", "lint_notebook"]

LONGEST_CELL = 15  # lines of code outside exercises
SHORTEST_DESCRIPTION = 20  # characters of text that stand in for a picture
RECALL_QUESTIONS = range(3, 6)
TAGS = {"check", "demo", "exercise", "explorer", "figure", "guess", "recall", "summary", "train"}
BANNED = r"simply|obviously|just|trivial|trivially|of course|easy|easily"
PATHS = r"(?<![\w.:/])/(?:home|tmp|root|work|opt|usr|var|mnt|srv|Users)/[\w.-]*|\b[A-Z]:\\\w+"
HOSTS = (
    r"\b(?:[\w-]+\.)*(?:pypi\.org|pythonhosted\.org|anaconda\.org|download\.pytorch\.org|npmjs\.(?:org|com))\b"
    r"|\blocalhost\b|\b127\.0\.0\.1\b|\b10\.\d+\.\d+\.\d+\b|\b192\.168\.\d+\.\d+\b"
)

Notebook = dict[str, Any]
Cell = dict[str, Any]
Rule = Callable[[Notebook, Lesson], Iterator[tuple[str, str]]]


@dataclass(frozen=True)
class Finding:
    """One thing to mend: in which notebook, in which cell, and what."""

    notebook: str
    cell: str
    what: str

    def __str__(self) -> str:
        """Return the finding as one line."""
        cell = f"cell {self.cell!r}: " if self.cell else ""
        return f"{self.notebook}: {cell}{self.what}"


def lint_lesson(lesson: Lesson, root: Path = ROOT) -> list[Finding]:
    """Return the findings in both notebooks of a lesson; what both have is said once."""
    _, lesson_path, solution_path = paths_of(lesson, root)
    findings: list[Finding] = []
    for path, executed in ((lesson_path, False), (solution_path, True)):
        name = f"{path.parent.name}/{path.name}"
        try:
            notebook = read_notebook(path)
        except NotebookError as error:
            findings.append(Finding(name, "", str(error)))
            continue
        said = {(finding.cell, finding.what) for finding in findings}
        found = lint_notebook(notebook, lesson, name, executed=executed)
        findings += [finding for finding in found if (finding.cell, finding.what) not in said]
    return findings


def lint_notebook(notebook: Notebook, lesson: Lesson, name: str = "", *, executed: bool) -> list[Finding]:
    """Return the findings in one notebook.

    Parameters
    ----------
    notebook : dict
        As `read_notebook` returns it.
    lesson : Lesson
        Its row in the manifest.
    name : str
        The notebook's name in the findings.
    executed : bool
        True for a solution with its outputs, False for a lesson as it is handed out.
    """
    rules = SHARED_RULES + (SOLUTION_RULES if executed else LESSON_RULES)
    return [Finding(name, cell, what) for rule in rules for cell, what in rule(notebook, lesson)]


# --- Structure ---------------------------------------------------------------------------------------


def begins_with_title(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The first cell is a heading with the lesson's number and title; it asks a question and names the minutes."""
    first = notebook["cells"][0] if notebook["cells"] else {"cell_type": "", "source": ""}
    heading = first["source"].split("\n")[0]
    if first["cell_type"] != "markdown" or not heading.startswith("# "):
        yield _id(first), "the first cell is not a title ('# 1. Receptive fields')"
        return
    if not re.search(rf"\b{lesson.number}\b", heading) or lesson.title.lower() not in heading.lower():
        yield _id(first), f"the title has not the number and title of the manifest: {lesson.number}. {lesson.title}"
    if "?" not in first["source"]:
        yield _id(first), "the first cell asks no question"
    if not re.search(rf"\b{lesson.minutes}\s+min", first["source"]):
        yield _id(first), f"the first cell does not say how long it takes: {lesson.minutes} minutes"


def ends_with_summary_and_recall(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The last sections are a summary and a recall with three to five questions; what comes next may follow."""
    sections = _sections(notebook)[-3:]
    recall = next((k for k, (_, title, _) in enumerate(sections) if re.search(r"\brecall\b", title, re.I)), 0)
    if not recall or not re.search(r"\bsummary\b|\bwhat you now know\b", sections[recall - 1][1], re.I):
        cell = sections[-1][0] if sections else ""
        yield cell, "the notebook does not end with a 'Summary' (or 'What you now know') and, after it, a 'Recall'"
        return
    cell, _, text = sections[recall]
    items = re.split(r"(?m)^(?:\d+[.)]|[-*]) ", re.sub(r"(?s)<details>.*?</details>", "", text))[1:]
    questions = sum("?" in item.split("\n\n")[0] for item in items)
    if questions not in RECALL_QUESTIONS:
        yield cell, f"the recall has {questions} questions in its list; it needs three to five"


def announces_exercises(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The text before an exercise names it, its points and its minutes, as the manifest has them."""
    entries = {exercise.name: exercise for exercise in lesson.exercises}
    text = ""  # since the last exercise or check
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text += cell["source"] + "\n"
        entry = entries.get(exercise_of(cell) or "")
        if entry and "exercise" in tags_of(cell):
            points = f"{entry.points} point" + "s" * (entry.points != 1)
            for words in (entry.name, points, f"{entry.minutes} minutes"):
                short = words.replace("minutes", "min")
                if not re.search(rf"\b{short}(utes)?\b", text):
                    yield _id(cell), f"the text before the exercise does not say {words!r}"
        if exercise_of(cell):
            text = ""


def has_every_exercise(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Each exercise of the manifest is there once, in order, and the next exercise or check is its check."""
    found = [(tag, cell) for cell in notebook["cells"] for tag in ("exercise", "check") if tag in tags_of(cell)]
    names = [exercise_of(cell) for tag, cell in found if tag == "exercise"]
    for exercise in lesson.exercises:
        if names.count(exercise.name) != 1:
            yield "", f"the exercise {exercise.name} stands in {names.count(exercise.name)} cells instead of one"
    for name in names:
        if name not in [exercise.name for exercise in lesson.exercises]:
            yield "", f"the exercise {name} is not in the manifest"
    expected = [exercise.name for exercise in lesson.exercises if exercise.name in names]
    if list(dict.fromkeys(names)) != expected and set(names) == set(expected):
        yield "", f"the exercises are not in the order of the manifest: {', '.join(expected)}"
    for number, (tag, cell) in enumerate(found):
        following = [(next_tag, exercise_of(after)) for next_tag, after in found[number + 1 : number + 2]]
        if tag == "exercise" and following != [("check", exercise_of(cell))]:
            yield _id(cell), f"the check of {exercise_of(cell)} does not follow"


def has_known_tags(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Tags are those that mean something; what is an exercise, a check or a guess carries its tag."""
    for cell in notebook["cells"]:
        tags = tags_of(cell)
        for tag in tags:
            if tag not in TAGS and not tag.startswith("nbval-"):
                yield _id(cell), f"the tag {tag!r} means nothing; known are {', '.join(sorted(TAGS))}, nbval-..."
        tagged = "exercise" in tags or "check" in tags
        if tagged != (exercise_of(cell) is not None):
            yield _id(cell), "the tags 'exercise' and 'check' go with the name of an exercise in the metadata"
        if cell["cell_type"] == "code" and not tagged and re.search(r"\bcourse\.check\(", cell["source"]):
            yield _id(cell), "a cell that checks an exercise needs the tag 'check'"
        if cell["cell_type"] == "code" and "guess" not in tags and "course.predict(" in cell["source"]:
            yield _id(cell), "a cell that asks for a guess needs the tag 'guess'"


def has_unique_ids(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Each cell has an id of its own."""
    seen = set()
    for number, cell in enumerate(notebook["cells"], start=1):
        if not _id(cell):
            yield "", f"cell number {number} has no id"
        elif _id(cell) in seen:
            yield _id(cell), "another cell has the same id"
        seen.add(_id(cell))


# --- Text and code -----------------------------------------------------------------------------------


def has_short_cells(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A code cell outside the exercises has at most 15 lines of code."""
    for cell in _cells(notebook, "code"):
        lines = [line for line in cell["source"].split("\n") if line.strip() and not line.lstrip().startswith("#")]
        if len(lines) > LONGEST_CELL and "exercise" not in tags_of(cell):
            yield _id(cell), f"{len(lines)} lines of code; at most {LONGEST_CELL} are read with pleasure"


def has_plain_words(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No word, in text or comments, tells readers that what they find hard is easy."""
    for cell in notebook["cells"]:
        text = _comments(cell["source"]) if cell["cell_type"] == "code" else _prose(cell["source"])
        for word in re.findall(rf"\b(?:{BANNED})\b", " ".join(text.split()), re.IGNORECASE):
            yield _id(cell), f"the word {word!r} is not for a course"


def has_no_places(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No source or output names a folder or host of one machine."""
    for cell in notebook["cells"]:
        for place in ("its source", "an output"):
            text = cell["source"] if place == "its source" else "\n".join(_output_texts(cell))
            for path in re.findall(PATHS, text):
                yield _id(cell), f"{place} has the absolute path {path}"
            for host in re.findall(HOSTS, text):
                yield _id(cell), f"{place} names the host {host}"


def has_no_shell(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No code cell runs a shell command or a magic: a lesson is Python."""
    for cell in _cells(notebook, "code"):
        for line in cell["source"].split("\n"):
            if re.match(r"\s*(!|%%?[a-z])", line):
                yield _id(cell), f"{line.strip()!r} is a shell command or a magic"


def has_described_images(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Every image in the text has an alternative text."""
    for cell in _cells(notebook, "markdown"):
        text = _prose(cell["source"])
        for alternative, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]*)", text):
            if not alternative.strip():
                yield _id(cell), f"the image {target} has no alternative text"
        for reference in re.findall(r"!\[\s*\]\[[^\]]*\]", text):
            yield _id(cell), f"the image {reference} has no alternative text"
        for what in _undescribed(text):
            yield _id(cell), what


def has_no_markers(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No marker of a solution is left."""
    for cell in notebook["cells"]:
        if re.search(r"(BEGIN|END) SOLUTION", cell["source"]):
            yield _id(cell), "a solution marker is left"


# --- Outputs -----------------------------------------------------------------------------------------


def has_no_outputs(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A lesson is handed out as if it had never been run."""
    for cell in _cells(notebook, "code"):
        if cell["outputs"]:
            yield _id(cell), "a lesson is handed out without outputs"
        if cell.get("execution_count") is not None:
            yield _id(cell), "a lesson is handed out without execution counts"


def has_no_guesses(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A lesson is handed out without guesses."""
    for cell in _cells(notebook, "code"):
        if "guess" in tags_of(cell) and not re.search(r"(?m)^guess = None\b", cell["source"]):
            yield _id(cell), "a lesson is handed out with 'guess = None'"


def was_executed(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A solution has been run from its first cell to its last."""
    for cell in _cells(notebook, "code"):
        if cell["source"].strip() and not cell.get("execution_count"):
            yield _id(cell), "the solution was not executed up to here"
            return


def has_clean_outputs(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No error, no warning, no address in memory, which would differ at each run."""
    for cell in _cells(notebook, "code"):
        for output in cell["outputs"]:
            if output.get("output_type") == "error":
                yield _id(cell), f"an output is an error: {output.get('ename')}"
            if output.get("name") == "stderr":
                yield _id(cell), f"an output is on stderr: {_joined(output.get('text'))[:60]!r}"
        for address in re.findall(r"\bat 0x[0-9a-fA-F]{6,}", "\n".join(_output_texts(cell))):
            yield _id(cell), f"an output has an address in memory, which differs at each run: {address}"


def has_described_pictures(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Every picture among the outputs has a description, and every widget something that stands in for it."""
    for cell in _cells(notebook, "code"):
        for output in cell["outputs"]:
            data = output.get("data") or {}
            text, html = _joined(data.get("text/plain")), _joined(data.get("text/html"))
            pictures = [kind for kind in data if kind.startswith("image/")]
            if pictures and not _describes(text):
                yield _id(cell), f"an output of kind {pictures[0]} has no description"
            if WIDGET_VIEW in data and not pictures and not html and not _describes(text):
                yield _id(cell), "a widget has nothing that stands in for it where widgets cannot run"
            for what in _undescribed(html):
                yield _id(cell), what


LESSON_RULES: tuple[Rule, ...] = (has_no_outputs, has_no_guesses)
SOLUTION_RULES: tuple[Rule, ...] = (was_executed, has_clean_outputs, has_described_pictures)
SHARED_RULES: tuple[Rule, ...] = (
    begins_with_title,
    ends_with_summary_and_recall,
    announces_exercises,
    has_every_exercise,
    has_known_tags,
    has_unique_ids,
    has_short_cells,
    has_plain_words,
    has_no_places,
    has_no_shell,
    has_described_images,
    has_no_markers,
)


# --- Helpers -----------------------------------------------------------------------------------------


def _id(cell: Cell) -> str:
    return str(cell.get("id", ""))


def _cells(notebook: Notebook, kind: str) -> list[Cell]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def _sections(notebook: Notebook) -> list[tuple[str, str, str]]:
    """Return each section that '##' or '#' begins: id of its first cell, title, text."""
    sections: list[tuple[str, str, str]] = []
    for cell in _cells(notebook, "markdown"):
        for part in re.split(r"(?m)^(?=##? )", _prose(cell["source"])):
            heading = re.match(r"##? (.*)", part)
            if heading:
                sections.append((_id(cell), heading[1], part))
            elif sections:
                cell_id, title, text = sections[-1]
                sections[-1] = (cell_id, title, f"{text}\n{part}")
    return sections


def _prose(markdown: str) -> str:
    """Return text without its code."""
    return re.sub(r"(?ms)^(```|~~~).*?^\1|`[^`\n]*`", "", markdown)


def _comments(code: str) -> str:
    """Return the comments of a code cell."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return "\n".join(line for line in code.split("\n") if line.lstrip().startswith("#"))
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def _joined(text: Any) -> str:
    """Return a text of an output, which may be stored as a list of lines."""
    if isinstance(text, list):
        return "".join(str(part) for part in text)
    return text if isinstance(text, str) else ""


def _output_texts(cell: Cell) -> list[str]:
    """Return what a code cell's outputs say; pictures that stand inside HTML are left out."""
    texts = []
    for output in cell.get("outputs", []):
        texts += [_joined(output.get("text"))]
        data = output.get("data") or {}
        texts += [_joined(text) for kind, text in data.items() if kind.startswith("text/")]
    return [re.sub(r"data:[\w/+;=-]*,[^\"')\s]*", "", text) for text in texts]


def _describes(text: str) -> bool:
    """Tell whether a text describes a picture, rather than naming an object's class."""
    text = text.strip()
    return len(text) >= SHORTEST_DESCRIPTION and not text.startswith("<") and not WIDGET_REPR.fullmatch(text)


class _Images(HTMLParser):
    """Collects the images of a piece of HTML that have no alternative text."""

    def __init__(self) -> None:
        super().__init__()
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        if given.get("aria-hidden") == "true":
            return
        if (tag == "img" and not given.get("alt")) or (tag == "canvas" and not given.get("aria-label")):
            self.bare.append(f"the <{tag}> has no alternative text")
        if tag == "svg" and not (given.get("aria-label") or given.get("aria-labelledby")):
            self.bare.append("the <svg> has no aria-label")


def _undescribed(html: str) -> list[str]:
    images = _Images()
    images.feed(html)
    images.close()
    return images.bare
