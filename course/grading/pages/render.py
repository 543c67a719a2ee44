"""Putting values into the templates of this folder: every value is escaped, whatever a learner made of it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import jinja2

__all__ = ["MARKS", "WORDS", "render"]

MARKS = {"passed": "✓", "failed": "✗", "error": "✗", "timeout": "✗", "missing": "○"}
WORDS = {
    "passed": "right",
    "failed": "not right yet",
    "error": "stopped with an error",
    "timeout": "took too long",
    "missing": "not written yet",
}


def render(template: str, **values: Any) -> str:
    """Return a page that loads nothing and runs nothing.

    Parameters
    ----------
    template : str
        The name of a file in this folder.
    **values
        What the template names. Text is escaped; what is HTML already says so by being a ``markupsafe.Markup``.
    """
    return _templates().get_template(template).render(MARKS=MARKS, WORDS=WORDS, **values)


@functools.cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    templates = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    templates.filters["g"] = lambda number: f"{number:g}"
    return templates
