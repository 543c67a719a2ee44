"""Read a notebook file with nothing but JSON; a file that is not a notebook gets one clear sentence."""

from __future__ import annotations

import codecs
import contextlib
import json
import re
from pathlib import Path
from typing import Any

from ..errors import NotebookError

__all__ = ["exercise_of", "parse_notebook", "read_bytes", "read_notebook", "tags_of", "text_of"]

LARGEST = 64 * 2**20  # bytes; a notebook of the course with its pictures has about one million
CELL_TYPES = ("code", "markdown", "raw")


def read_notebook(path: str | Path) -> dict[str, Any]:
    """Return the notebook in a file, every cell's source as one string.

    Parameters
    ----------
    path : str or Path
        A notebook of format 4, as every Jupyter since 2015 writes it.

    Returns
    -------
    dict
        The notebook as the file has it. What this function has looked at: ``"cells"`` is a list of
        dicts, each with a known ``"cell_type"``, a ``"source"`` that is one string of valid Unicode, a
        ``"metadata"`` that is a dict and, for code, an ``"outputs"`` that is a list of dicts.

    Raises
    ------
    NotebookError
        The file cannot be read or is no notebook of format 4; the sentence says which and what to do.
    """
    path = Path(path)
    return parse_notebook(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a notebook file; `NotebookError` where it cannot be read or is too large."""
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise NotebookError(
                f"{path.name} is larger than {LARGEST // 2**20} MiB, which no notebook of the course is. "
                "Clear its outputs in JupyterLab (Edit > Clear Outputs of All Cells) and save it."
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotebookError(f"{path} cannot be read ({reason}). Give the path of a notebook.") from error


def parse_notebook(data: bytes, name: str) -> dict[str, Any]:
    """Return the notebook in these bytes, as `read_notebook` does; errors speak of the file by its name."""
    path = Path(name)
    text = text_of(data).strip()
    if not text:
        raise _not_one(path, "it is empty")
    if text[0] == "<" and not text.startswith("<<<<<<<"):
        raise _not_one(path, "it is a web page")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_one(path, _what_it_is(text)) from error
    if not isinstance(content, dict) or "nbformat" not in content:
        raise _not_one(path, "its JSON is not that of a notebook")
    if content["nbformat"] != 4 or isinstance(content["nbformat"], bool):
        raise NotebookError(
            f"{path.name} is in notebook format {str(content['nbformat'])[:20]}, and the course reads format 4. "
            "Open it in JupyterLab and save it there, which converts it."
        )
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise _not_one(path, "it has no list of cells")
    for number, cell in enumerate(cells, start=1):
        _check_cell(path, number, cell)
    if not isinstance(content.setdefault("metadata", {}), dict):
        raise _not_one(path, "its metadata are not a table")
    return content


def text_of(data: bytes) -> str:
    """Return the bytes of a notebook as text: UTF-8 as it should be, or what an editor made of it.

    Examples
    --------
    >>> [text_of("é".encode(name)) for name in ("utf-8-sig", "utf-16", "utf-16-be", "cp1252")]
    ['é', 'é', 'é', 'é']
    """
    with contextlib.suppress(UnicodeDecodeError):
        if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\0" not in data[:4]:
            return data.decode("utf-8-sig")
        return data.decode(json.detect_encoding(data)).lstrip("\ufeff")
    return data.decode("cp1252", "replace")


def exercise_of(cell: dict[str, Any]) -> str | None:
    """Return the name of the exercise that a cell belongs to, or None."""
    ours = cell["metadata"].get("course")
    name = ours.get("exercise") if isinstance(ours, dict) else None
    return name if isinstance(name, str) else None


def tags_of(cell: dict[str, Any]) -> list[str]:
    """Return the tags of a cell."""
    tags = cell["metadata"].get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _check_cell(path: Path, number: int, cell: Any) -> None:
    """Look at one cell, and join its source to one string."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in CELL_TYPES:
        raise _not_one(path, f"cell {number} is neither code nor text")
    source = cell.get("source")
    if source is None and "source" in cell:
        source = ""
    if isinstance(source, list) and all(isinstance(part, str) for part in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _not_one(path, f"cell {number} has no source")
    # Half a character (a lone surrogate) can stand in JSON, but in no Python source.
    cell["source"] = source.encode("utf-8", "replace").decode("utf-8")
    if not isinstance(cell.setdefault("metadata", {}), dict):
        raise _not_one(path, f"the metadata of cell {number} are not a table")
    if cell["cell_type"] == "code":
        if cell.get("outputs") is None:
            cell["outputs"] = []
        outputs = cell["outputs"]
        if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
            raise _not_one(path, f"cell {number} has outputs that are not a list")


def _what_it_is(text: str) -> str:
    """Say what a text that is no JSON is most likely to be."""
    if ("<<<<<<< " in text or ">>>>>>> " in text) and re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
        return "it holds the marks of a merge (<<<<<<<), so that it does not hold JSON, as a notebook does"
    if text[0] in "{[" and text[-1] not in "}]":
        return "it is cut off, so that it does not hold JSON, as a notebook does"
    return "it does not hold JSON, as a notebook does"


def _not_one(path: Path, why: str) -> NotebookError:
    return NotebookError(f"{path.name} is not a notebook: {why}. Save it again from JupyterLab, or take a fresh copy.")
