"""Outputs: none in what is handed out, clean and described ones in what was executed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...manifest import Lesson
from ..build import WIDGET_VIEW
from ..reading import tags_of
from .parts import Notebook, cell_id, cells_of, describes, joined, output_texts, undescribed

__all__ = [
    "has_clean_outputs",
    "has_described_pictures",
    "has_no_guesses",
    "has_no_outputs",
    "has_tagged_pictures",
    "was_executed",
]


def has_no_outputs(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A lesson is handed out as if it had never been run."""
    for cell in cells_of(notebook, "code"):
        if cell["outputs"]:
            yield cell_id(cell), "a lesson is handed out without outputs"
        if cell.get("execution_count") is not None:
            yield cell_id(cell), "a lesson is handed out without execution counts"


def has_no_guesses(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A lesson is handed out without guesses."""
    for cell in cells_of(notebook, "code"):
        if "guess" in tags_of(cell) and not re.search(r"(?m)^guess = None\b", cell["source"]):
            yield cell_id(cell), "a lesson is handed out with 'guess = None'"


def was_executed(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A solution has been run from its first cell to its last."""
    for cell in cells_of(notebook, "code"):
        if cell["source"].strip() and not cell.get("execution_count"):
            yield cell_id(cell), "the solution was not executed up to here"
            return


def has_clean_outputs(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No error, no warning, no address in memory, which would differ at each run."""
    for cell in cells_of(notebook, "code"):
        for output in cell["outputs"]:
            if output.get("output_type") == "error":
                yield cell_id(cell), f"an output is an error: {output.get('ename')}"
            if output.get("name") == "stderr":
                yield cell_id(cell), f"an output is on stderr: {joined(output.get('text'))[:60]!r}"
        for address in re.findall(r"\bat 0x[0-9a-fA-F]{6,}", "\n".join(output_texts(cell))):
            yield cell_id(cell), f"an output has an address in memory, which differs at each run: {address}"


def has_described_pictures(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Every picture among the outputs has a description, and every widget something that stands in for it."""
    for cell in cells_of(notebook, "code"):
        for output in cell["outputs"]:
            data = output.get("data") or {}
            text, html = joined(data.get("text/plain")), joined(data.get("text/html"))
            pictures = [kind for kind in data if kind.startswith("image/")]
            if pictures and not describes(text):
                yield cell_id(cell), f"an output of kind {pictures[0]} has no description"
            if WIDGET_VIEW in data and not pictures and not html and not describes(text):
                yield cell_id(cell), "a widget has nothing that stands in for it where widgets cannot run"
            for what in undescribed(html):
                yield cell_id(cell), what


def has_tagged_pictures(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A cell that shows a picture has the tag 'figure', or 'explorer'."""
    for cell in cells_of(notebook, "code"):
        pictured = any("<img" in joined((output.get("data") or {}).get("text/html")) for output in cell["outputs"])
        if pictured and not {"figure", "explorer", "check"} & set(tags_of(cell)):
            yield cell_id(cell), "a cell that shows a picture needs the tag 'figure'"
