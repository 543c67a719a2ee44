"""What stands where: title, sections, tags, ids, explorers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...manifest import LESSONS, Lesson
from ..reading import exercise_of, tags_of
from .parts import Notebook, cell_id, cells_of, prose_of, sections_of

__all__ = [
    "begins_with_title",
    "ends_with_summary_and_recall",
    "has_known_tags",
    "has_sections_in_order",
    "has_something_to_touch",
    "has_unique_ids",
]

RECALL_QUESTIONS = range(3, 6)
SUMMARY, RECALL = "Summary: what you now know", "Recall"
FOUND = "<summary>What you find</summary>"
TAGS = {"check", "demo", "exercise", "explorer", "figure", "guess", "recall", "summary", "train"}
LABELS = (
    ("Time", "- **Time:** {minutes} minutes"),
    ("You build", "- **You build:** "),
    ("You need", "- **You need:** "),
    ("Stuck?", "- **Stuck?** `course.hint("),
    ("The book", "- **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14"),
)


def begins_with_title(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The first cell has the title, the question in bold, a paragraph, and a list of what one needs to know."""
    first = notebook["cells"][0] if notebook["cells"] else {"cell_type": "", "source": ""}
    title = f"# {lesson.number} · {lesson.title}"
    lines = [line for line in first["source"].split("\n") if line.strip()]
    if first["cell_type"] != "markdown" or not lines or lines[0] != title:
        yield cell_id(first), f"the first cell does not begin with the title {title!r}"
        return
    if not re.match(r"\*\*[^*]+\?\*\*$", re.split(r"\n\s*\n", first["source"])[1:2][0].strip().replace("\n", " ")
                    if "\n\n" in first["source"] else ""):  # fmt: skip
        yield cell_id(first), "the title is not followed by the lesson's question in bold"
    items = [line for line in lines if line.startswith("- ")]
    for begins in (line.format(minutes=lesson.minutes) for _, line in LABELS):
        if not any(line.startswith(begins) for line in items):
            yield cell_id(first), f"the first cell's list has no line '{begins.strip()} ...'"
    found = [label for line in items for label, _ in LABELS if line.startswith(f"- **{label}")]
    if found != [label for label, _ in LABELS if label in found]:
        yield cell_id(first), f"the first cell's list is not in the order {', '.join(label for label, _ in LABELS)}"


def has_sections_in_order(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Sections are numbered from 1 on, all but summary and recall; no level of heading is left out."""
    expected, level = 1, 1
    for cell in cells_of(notebook, "markdown")[1:]:
        for marks, title in re.findall(r"(?m)^(#+) (.*)$", prose_of(cell["source"])):
            if len(marks) > level + 1 or len(marks) not in (2, 3):
                yield cell_id(cell), f"the heading {title!r} has the level {len(marks)}: use ## and, below it, ###"
            level = len(marks)
            if len(marks) == 2 and title not in (SUMMARY, RECALL):
                if not title.startswith(f"{expected}. "):
                    yield cell_id(cell), f"the section {title!r} should begin with '{expected}. '"
                expected += 1


def ends_with_summary_and_recall(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The last sections are the summary and a recall with three to five questions, and what comes next."""
    sections = sections_of(notebook)[-2:]
    if [title for _, title, _ in sections] != [SUMMARY, RECALL]:
        cell = sections[-1][0] if sections else ""
        yield cell, f"the notebook does not end with the sections '## {SUMMARY}' and '## {RECALL}'"
        return
    cell, _, text = sections[-1]
    items = re.split(r"(?m)^(?:\d+[.)]|[-*]) ", re.sub(r"(?s)<details>.*?</details>", "", text))[1:]
    questions = sum("?" in item.split("\n\n")[0] for item in items)
    if questions not in RECALL_QUESTIONS:
        yield cell, f"the recall has {questions} questions in its list; it needs three to five"
    following = next((one for one in LESSONS if one.number == lesson.number + 1), None)
    last = [part for part in text.split("\n\n") if part.strip()][-1]
    if following and not last.startswith(f"**Next:** lesson {following.number}, *{following.title}*."):
        yield cell, f"the recall does not end with '**Next:** lesson {following.number}, *{following.title}*. ...'"


def has_something_to_touch(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """An explorer stands in the first quarter; below each one, folded, stands what there is to find."""
    cells = notebook["cells"]
    places = [number for number, cell in enumerate(cells) if "explorer" in tags_of(cell)]
    if not places or places[0] >= len(cells) / 4:
        first = f"the first is cell {places[0] + 1} of {len(cells)}" if places else "there is none"
        yield cell_id(cells[places[0]]) if places else "", f"no explorer in the first quarter of the cells: {first}"
    for place in places:
        below = [cell["source"] for cell in cells[place + 1 : place + 3] if cell["cell_type"] == "markdown"]
        if not any(FOUND in text for text in below):
            yield cell_id(cells[place]), f"no text below the explorer has a folded answer to its tasks: {FOUND}"
    for cell in cells_of(notebook, "code"):
        if re.search(r"explorer\(", cell["source"], re.IGNORECASE) and "explorer" not in tags_of(cell):
            yield cell_id(cell), "a cell that shows an explorer needs the tag 'explorer'"


def has_known_tags(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Tags are those that mean something; what is an exercise, a check or a guess carries its tag."""
    for cell in notebook["cells"]:
        tags = tags_of(cell)
        for tag in tags:
            if tag not in TAGS and not tag.startswith("nbval-"):
                yield cell_id(cell), f"the tag {tag!r} means nothing; known are {', '.join(sorted(TAGS))}, nbval-..."
        tagged = "exercise" in tags or "check" in tags
        if tagged != (exercise_of(cell) is not None):
            yield cell_id(cell), "the tags 'exercise' and 'check' go with the name of an exercise in the metadata"
        if cell["cell_type"] == "code" and not tagged and re.search(r"\bcourse\.check\(", cell["source"]):
            yield cell_id(cell), "a cell that checks an exercise needs the tag 'check'"
        if cell["cell_type"] == "code" and "guess" not in tags and "course.predict(" in cell["source"]:
            yield cell_id(cell), "a cell that asks for a guess needs the tag 'guess'"


def has_unique_ids(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Each cell has an id of its own."""
    seen = set()
    for number, cell in enumerate(notebook["cells"], start=1):
        if not cell_id(cell):
            yield "", f"cell number {number} has no id"
        elif cell_id(cell) in seen:
            yield cell_id(cell), "another cell has the same id"
        seen.add(cell_id(cell))
