"""Reading a notebook that is damaged or of an old format for what it still holds."""

from __future__ import annotations

import json
import re
from typing import Any

from ..errors import NotebookError
from ..notebooks.reading import CELL_TYPES, parse_notebook

__all__ = ["rescued"]

MOST_CELLS = 5000


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
        return parse_notebook(data, name), []
    except NotebookError as error:
        cells, says = _cells_of_old_format(data), "is in an old notebook format and was read all the same"
        if not cells:
            cells = [cell for cell in _whole_cells(data) if cell["cell_type"] == "code"]
            says = f"is damaged; of its code, {len(cells)} cells could still be read"
        if not cells:
            raise
        try:
            notebook = parse_notebook(json.dumps({"cells": cells, "nbformat": 4}).encode(), name)
        except NotebookError:
            raise error from None
        return notebook, [f"{name} {says}."]


def _cells_of_old_format(data: bytes) -> list[dict[str, Any]]:
    """Return the code cells of a notebook of format 3: ``worksheets``, whose cells hold an ``input``."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
        sheets = content["worksheets"]
        cells = [cell for sheet in sheets for cell in sheet["cells"] if cell.get("cell_type") == "code"]
        return [_code_cell(cell["input"], cell.get("metadata")) for cell in cells[:MOST_CELLS]]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return []


def _whole_cells(data: bytes) -> list[dict[str, Any]]:
    """Return every cell that stands whole in a file that is not: cut off, or with a merge's marks in it."""
    text = data.decode("utf-8", "replace")
    decoder, end = json.JSONDecoder(), 0
    cells: list[dict[str, Any]] = []
    for match in re.finditer(r'\{\s*"cell_type"\s*:', text):
        if match.start() < end or len(cells) >= MOST_CELLS:
            continue
        try:
            cell, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        source = cell.get("source")
        is_text = isinstance(source, str) or (
            isinstance(source, list) and all(isinstance(part, str) for part in source)
        )
        if cell["cell_type"] in CELL_TYPES and is_text:
            cells.append(_code_cell(source, cell.get("metadata")) | {"cell_type": cell["cell_type"]})
    return cells


def _code_cell(source: Any, metadata: Any) -> dict[str, Any]:
    metadata = metadata if isinstance(metadata, dict) else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}
