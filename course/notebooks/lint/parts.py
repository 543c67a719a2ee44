"""What the rules share: cells, sections, prose, comments, and what outputs say."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from html.parser import HTMLParser
from typing import Any

from ..build import WIDGET_REPR

__all__ = [
    "Cell",
    "Notebook",
    "cell_id",
    "cells_of",
    "comments_of",
    "describes",
    "joined",
    "output_texts",
    "prose_of",
    "sections_of",
    "strings_of",
    "undescribed",
]

SHORTEST_DESCRIPTION = 20  # characters of text that stand in for a picture

Notebook = dict[str, Any]
Cell = dict[str, Any]


def cell_id(cell: Cell) -> str:
    """Return the id of a cell, empty where it has none."""
    return str(cell.get("id", ""))


def cells_of(notebook: Notebook, kind: str) -> list[Cell]:
    """Return the cells of one kind, "code" or "markdown"."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def sections_of(notebook: Notebook) -> list[tuple[str, str, str]]:
    """Return each section that '##' or '#' begins: id of its first cell, title, text."""
    sections: list[tuple[str, str, str]] = []
    for cell in cells_of(notebook, "markdown"):
        for part in re.split(r"(?m)^(?=##? )", prose_of(cell["source"])):
            heading = re.match(r"##? (.*)", part)
            if heading:
                sections.append((cell_id(cell), heading[1], part))
            elif sections:
                first, title, text = sections[-1]
                sections[-1] = (first, title, f"{text}\n{part}")
    return sections


def prose_of(markdown: str) -> str:
    """Return text without its code."""
    return re.sub(r"(?ms)^(```|~~~).*?^\1|`[^`\n]*`", "", markdown)


def comments_of(code: str) -> str:
    """Return the comments of a code cell."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return "\n".join(line for line in code.split("\n") if line.lstrip().startswith("#"))
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def strings_of(code: str) -> list[str]:
    """Return the texts of a code cell, docstrings included; what an f-string fills in is written as 0."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return []
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    texts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "0" for part in node.values]
            texts.append("".join(str(part) for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            texts.append(node.value)
    return texts


def joined(text: Any) -> str:
    """Return a text of an output, which may be stored as a list of lines."""
    if isinstance(text, list):
        return "".join(str(part) for part in text)
    return text if isinstance(text, str) else ""


def output_texts(cell: Cell) -> list[str]:
    """Return what a code cell's outputs say; pictures and programs that stand inside HTML are left out."""
    texts = []
    for output in cell.get("outputs", []):
        texts += [joined(output.get("text"))]
        data = output.get("data") or {}
        texts += [joined(text) for kind, text in data.items() if kind.startswith("text/")]
    return [re.sub(r"(?s)<script\b.*?</script>|data:[\w/+;=-]*,[^\"')\s]*", "", text) for text in texts]


def describes(text: str) -> bool:
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


def undescribed(html: str) -> list[str]:
    """Return what pictures of a piece of HTML lack."""
    images = _Images()
    images.feed(html)
    images.close()
    return images.bare
