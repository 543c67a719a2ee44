"""Reading a notebook that is damaged or of an old format for what it still holds."""

from __future__ import annotations

import json
import re
from typing import Any

from ..errors import NotebookError
from ..notebooks.reading import CELL_TYPES, parse_notebook, text_of

__all__ = ["rescued"]

MOST_CELLS = 5000  # of a damaged notebook
MOST_CODE = 250_000  # characters of a notebook's code; those of the course have 50,000
LONG_CELL = 20_000  # characters
MOST_READ = 5  # times the length of the file, and as much again as a common one has, in search of whole cells
COMMON = 2**22
MARK = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)  # after a look for its letters alone, which takes no time
CELL = re.compile(r'\{\s*"(?:cell_type|source|metadata|id|outputs|execution_count|attachments)"\s*:')


def rescued(data: bytes, name: str) -> tuple[dict[str, Any], list[str]]:
    """Return a notebook of format 4, and what had to be done for it; `NotebookError` where nothing can be.

    Parameters
    ----------
    data : bytes
        A notebook of format 3 or 4, whole or not.
    name : str
        The file's name, for the sentences.
    """
    try:
        notebook = parse_notebook(data, name)
    except NotebookError as error:
        text = text_of(data)
        cells, says = _cells_of_old_format(text), "is in an old notebook format and was read all the same"
        if not cells:
            cells, says = _merged(text) or _whole_cells(text)
        if not any(cell["cell_type"] == "code" for cell in cells):
            raise
        try:
            notebook = parse_notebook(json.dumps({"cells": cells, "nbformat": 4}).encode(), name)
        except NotebookError:
            raise error from None
        return notebook, [f"{name} {says}.", *_marked(notebook, name), *_bounded(notebook, name)]
    return notebook, [*_marked(notebook, name), *_bounded(notebook, name)]


def _bounded(notebook: dict[str, Any], name: str) -> list[str]:
    """Empty cells of a notebook that has more code than can be looked at, long ones and then the last; say so."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    left = sum(len(cell["source"]) for cell in code) - MOST_CODE
    long = sorted((cell for cell in code if len(cell["source"]) > LONG_CELL), key=lambda cell: -len(cell["source"]))
    emptied = 0
    for cell in [*long, *reversed(code)]:
        if left <= 0:
            break
        left -= len(cell["source"])
        emptied += bool(cell["source"])
        cell["source"] = ""
    if not emptied:
        return []
    cells = "1 cell was" if emptied == 1 else f"{emptied:,} cells were"
    return [f"{name} has more than {MOST_CODE:,} characters of code, so that {cells} not read, the longest first."]


def _marked(notebook: dict[str, Any], name: str) -> list[str]:
    """Say which cells have the marks of a merge in their code, which is no Python then."""
    marked = [
        str(number)
        for number, cell in enumerate(notebook["cells"], start=1)
        if cell["cell_type"] == "code" and _is_marked(cell["source"])
    ]
    if not marked:
        return []
    cells = f"cell {marked[0]}" if len(marked) == 1 else f"cells {', '.join(marked[:10])}"
    return [f"In {name}, {cells} still has the marks of a merge (<<<<<<<): keep one of the two sides."]


def _is_marked(text: str) -> bool:
    return ("<<<<<<<" in text or ">>>>>>>" in text) and MARK.search(text) is not None


def _cells_of_old_format(text: str) -> list[dict[str, Any]]:
    """Return the code cells of a notebook of format 3: ``worksheets``, whose cells hold an ``input``."""
    try:
        content = json.loads(text)
        sheets = content["worksheets"]
        cells = [cell for sheet in sheets for cell in sheet["cells"] if cell.get("cell_type") == "code"]
        return [_cell("code", cell["input"], cell.get("metadata")) for cell in cells[:MOST_CELLS]]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return []


def _merged(text: str) -> tuple[list[dict[str, Any]], str] | None:
    """Return the cells on which both sides of a merge agree, where each side alone is a notebook."""
    if not _is_marked(text):
        return None
    sides = []
    for side in ("ours", "theirs"):
        try:
            cells = json.loads(_one_side(text, side))["cells"]
            sides.append([_cell(one["cell_type"], one["source"], one.get("metadata")) for one in cells])
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
            return None
    ours, theirs = sides
    agreed = [_source(cell) for cell in theirs]
    both = [cell for cell in ours if cell["cell_type"] != "code" or _source(cell) in agreed]
    left_out = max(len(ours), len(theirs)) - len(both)
    says = "holds the marks of a merge (<<<<<<<)"
    if not left_out:
        return both, f"{says}; its code is the same on both sides and was read"
    cells = "1 cell differs" if left_out == 1 else f"{left_out} cells differ"
    return both, f"{says}; {cells} between the two sides and could not be read"


def _one_side(text: str, side: str) -> str:
    """Return a text with the marks of a merge as one of the two sides has it, ``ours`` or ``theirs``."""
    kept, at = [], ""
    for line in text.splitlines(keepends=True):
        mark = line[:7] if len(line.strip()) == 7 or line[7:8] == " " else ""
        if mark == "<" * 7:
            at = "ours"
        elif at and mark in ("|" * 7, "=" * 7):
            at = "before" if mark[0] == "|" else "theirs"
        elif at and mark == ">" * 7:
            at = ""
        elif at in ("", side):
            kept.append(line)
    return "".join(kept)


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"]).strip()


def _whole_cells(text: str) -> tuple[list[dict[str, Any]], str]:
    """Return every cell that stands whole in a file that is not, and what is wrong with the file."""
    decoder, end, effort = json.JSONDecoder(), 0, 0
    cells: list[dict[str, Any]] = []
    for match in CELL.finditer(text):
        if match.start() < end:
            continue
        if len(cells) >= MOST_CELLS or effort > MOST_READ * (len(text) + COMMON):
            break
        try:
            cell, after = decoder.raw_decode(text, match.start())
        except json.JSONDecodeError as error:
            effort += error.pos - match.start() + error.pos // 8  # an error counts lines from the beginning
            continue
        except (ValueError, RecursionError):  # which do not tell how far it came
            effort += len(text) - match.start()
            continue
        effort += after - match.start()
        source = cell.get("source")
        is_text = isinstance(source, str) or (
            isinstance(source, list) and all(isinstance(part, str) for part in source)
        )
        if cell.get("cell_type") in CELL_TYPES and is_text:
            end = after
            cells.append(_cell(cell["cell_type"], source, cell.get("metadata")))
    count = sum(cell["cell_type"] == "code" for cell in cells)
    says = f"is damaged; of its code, {count} {'cell' if count == 1 else 'cells'} could still be read"
    if _is_marked(text):
        return cells, f"{says}: it holds the marks of a merge (<<<<<<<)"
    if not text.rstrip().endswith("}"):
        return cells, f"{says}: it is cut off at line {text.count(chr(10)) + 1:,}"
    return cells, says


def _cell(kind: str, source: Any, metadata: Any) -> dict[str, Any]:
    metadata = metadata if isinstance(metadata, dict) else {}
    cell = {"cell_type": kind, "source": source, "metadata": metadata}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})
