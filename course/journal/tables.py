"""One table as HTML and as text, with the same words in both."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ..errors import argument_error
from ..manifest import LESSONS

__all__ = ["Group", "check_lesson", "html_table", "text_table"]

SHORT = 20  # characters of a cell that stands on one line

Group = tuple[str, Sequence[tuple[str, ...]]]  # a heading, which may be empty, and the rows under it


def text_table(caption: str, columns: Sequence[str], groups: Sequence[Group], closing: str) -> str:
    """Return a table as text, each column as wide as its longest cell."""
    rows = [tuple(columns), *(row for _, group in groups for row in group)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(columns))]

    def line(row: Sequence[str]) -> str:
        return "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()

    lines = [caption, "", line(columns)]
    for heading, group in groups:
        lines += ["", heading] if heading and group else [heading] if heading else []
        lines += [line(row) for row in group]
        lines += [""] if heading and group else []
    while not lines[-1]:
        lines.pop()
    return "\n".join([*lines, "", closing])


def html_table(caption: str, columns: Sequence[str], groups: Sequence[Group], closing: str, code: bool = False) -> str:
    """Return a table as HTML that a screen reader can read out; with `code`, the first column names functions."""
    left = 'style="text-align:left"'
    whole = 'style="text-align:left;white-space:nowrap"'
    heads = "".join(f'<th scope="col" {whole}>{escape(column)}</th>' for column in columns)
    parts = [
        '<table style="font-variant-numeric:tabular-nums">',
        f'<caption style="text-align:left;font-weight:bold">{escape(caption)}</caption>',
        f"<thead><tr>{heads}</tr></thead>",
    ]
    for heading, group in groups:
        parts.append("<tbody>")
        if heading:
            parts.append(f'<tr><th colspan="{len(columns)}" scope="rowgroup" {left}>{escape(heading)}</th></tr>')
        for first, *cells in group:
            name = f"<code>{escape(first)}</code>" if code else escape(first)
            data = "".join(f"<td {whole if len(cell) <= SHORT else left}>{escape(cell)}</td>" for cell in cells)
            parts.append(f'<tr><th scope="row" style="text-align:left;font-weight:normal">{name}</th>{data}</tr>')
        parts.append("</tbody>")
    return "".join([*parts, "</table>", f"<p>{escape(closing)}</p>"])


def check_lesson(function: str, lesson: Any) -> None:
    """Raise an ArgumentError where there is no lesson of that number."""
    numbers = [one.number for one in LESSONS]
    if isinstance(lesson, bool) or lesson not in numbers:
        fix = f"Pass a number from {numbers[0]} to {numbers[-1]}."
        raise argument_error(function, "lesson", "be the number of a lesson", lesson, fix)
