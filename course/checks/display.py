"""Showing a verdict: as HTML in a notebook, as text in a terminal."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import numpy as np

from .diagnosis.words import Diagnosis
from .judge import Failure, Report

__all__ = ["Verdict"]

MOST_CELLS = 12  # rows or columns of an array that are drawn; the rest is cut off round the wrong cell

CELL = "border:1px solid #8886;padding:1px 6px;text-align:right;font-variant-numeric:tabular-nums"
WRONG = "outline:3px solid #d55e00;font-weight:bold"
SEEN = "background:#56b4e966;font-weight:bold"


class Verdict:
    """A report, ready to be displayed.

    Parameters
    ----------
    report : Report
    closing : str
        The last sentence: what happens next.
    """

    def __init__(self, report: Report, closing: str = "") -> None:
        self.report = report
        self.closing = closing

    @property
    def _wrong(self) -> bool:
        return not (self.report.passed or self.report.untouched or self.report.library)

    @property
    def _what(self) -> str:
        """What the diagnosis is called: certain only where known mistakes explain every answer."""
        return "What happened" if self.report.diagnosis.names else "What can be seen"

    @property
    def headline(self) -> str:
        """The verdict in one sentence."""
        report = self.report
        if report.passed:
            return f"✓ {report.exercise}: right. {len(report.results)} of {len(report.results)} properties hold."
        if report.untouched:
            return f"○ {report.exercise}: not written yet."
        if report.library:
            return f"◐ {report.exercise}: {report.library_says}"
        held = sum(result.passed for result in report.results)
        return f"✗ {report.exercise}: not right yet. {held} of {len(report.results)} properties hold."

    def __repr__(self) -> str:
        lines = [self.headline]
        report = self.report
        if self._wrong:
            lines += [f"  {'✓' if result.passed else '✗'} {result.name}" for result in report.results]
        if report.diagnosis.sentences:
            lines += ["", f"{self._what}: {report.diagnosis.says}"]
        if report.failure is not None:
            lines += ["", *_failure_text(report.failure)]
        if self.closing:
            lines += ["", self.closing] if len(lines) > 1 else [self.closing]
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html()}

    def html(self) -> str:
        """Return the verdict as HTML that reads the same without its colours."""
        report = self.report
        colour = "#009e73" if report.passed else "#d55e00" if self._wrong else "#8888"
        parts = [
            f'<div style="border-left:4px solid {colour};padding:4px 12px;margin:4px 0">',
            f"<div><strong>{escape(self.headline)}</strong></div>",
        ]
        if report.diagnosis.sentences:
            parts.append(_diagnosis_html(self._what, report.diagnosis))
        if report.failure is not None:
            parts += _failure_html(report.failure)
        if self._wrong:
            marks = [
                f'<li style="list-style:none">{"✓" if result.passed else "✗"} <b>{escape(result.name)}</b>'
                f"{'' if result.passed else ': ' + _marked_up(result.says)}</li>"
                for result in report.results
            ]
            parts.append(f'<ul style="padding-left:0">{"".join(marks)}</ul>')
        if self.closing:
            parts.append(f"<div>{escape(self.closing)}</div>")
        return "".join([*parts, "</div>"])


def _diagnosis_html(what: str, diagnosis: Diagnosis) -> str:
    """Return the diagnosis as HTML; of several mistakes, each has an item of its own."""
    if len(diagnosis.names) < 2:
        return f"<p><strong>{what}:</strong> {_marked_up(diagnosis.says)}</p>"
    items = "".join(f"<li>{_marked_up(sentence)}</li>" for sentence in diagnosis.sentences)
    return f"<p><strong>{what}</strong>, {len(diagnosis.sentences)} things at once:</p><ol>{items}</ol>"


def _marked_up(text: str) -> str:
    """Return a sentence as HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _failure_text(failure: Failure) -> list[str]:
    case = failure.case
    lines = [f"The smallest case that shows it{': ' + case.note if case.note else ''}"]
    lines += [f"  {name} = {_in_text(value, len(name) + 5)}" for name, value in case.shown.items()]
    for name, value in _values(failure):
        if name == "expected" or value is not None:
            lines.append(f"  {name + ':':<9} {_in_text(value)}")
    lines.append(f"  {failure.says}")
    if failure.where:
        lines.append(f"  in your line: {failure.where}")
    focus = failure.focus
    if focus is not None and focus.seen is not None:
        lines.append(f"  that cell should have seen: {_in_text(focus.seen, 30)}")
    if focus is not None and focus.note:
        lines.append(f"  {focus.note}")
    return lines


def _in_text(value: Any, indent: int = 12) -> str:
    if isinstance(value, np.ndarray):
        if value.size == 0:
            return f"an empty array of shape {value.shape}"
        text = np.array2string(value, precision=4, suppress_small=True, threshold=150, separator=", ")
        return re.sub(r"\n+", "\n" + " " * indent, text)
    if isinstance(value, dict) and any(isinstance(item, np.ndarray) for item in value.values()):
        return ", ".join(f"{name}: {item.shape}" for name, item in value.items() if isinstance(item, np.ndarray))
    if isinstance(value, float):
        text = f"{value:.6g}"
        return f"{text}.0" if text.lstrip("-").isdigit() else text  # no int: that may be what is wrong
    if isinstance(value, tuple) and any(isinstance(item, np.ndarray) for item in value):
        return ("\n" + " " * indent).join(_in_text(item, indent) for item in value)
    text = str(value)
    return text if len(text) <= 300 else text[:297] + "..."


def _failure_html(failure: Failure) -> list[str]:
    case, focus = failure.case, failure.focus
    note = f": {escape(case.note)}" if case.note else ""
    parts = [f"<p><strong>The smallest case that shows it</strong>{note}</p>"]
    plain = [
        f"{escape(name)} = {escape(_in_text(value))}" for name, value in case.shown.items() if not _is_drawn(value)
    ]
    if plain:
        parts.append(f"<p><code>{', '.join(plain)}</code></p>")
    row = '<div style="display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start">'
    parts.append(row)
    for name, value in case.shown.items():
        if _is_drawn(value):
            seen = focus.index if focus is not None and focus.argument == name else None
            parts.append(_grid(name, value, seen=seen or None))
    if focus is not None and focus.seen is not None and _is_drawn(focus.seen):
        parts.append(_grid("the window to look at", focus.seen))
    parts.append(row)  # these two stay side by side as long as there is room for both
    for name, value in _values(failure):
        if value is None:
            continue
        if _is_drawn(value):
            fits = failure.index is not None and len(failure.index) == value.ndim
            wrong = (
                failure.index
                if fits and all(i < n for i, n in zip(failure.index or (), value.shape, strict=True))
                else None
            )
            parts.append(_grid(name, value, wrong=wrong))
        else:
            parts.append(f"<div><em>{name}</em><br><code>{escape(_in_text(value))}</code></div>")
    parts.append("</div></div>")
    says = _marked_up(failure.says[:1].upper() + failure.says[1:])
    where = f" In your line <code>{escape(failure.where)}</code>." if failure.where else ""
    note = f" {escape(focus.note)}" if focus is not None and focus.note else ""
    parts.append(f"<p>{says}.{where}{note}</p>")
    return parts


def _values(failure: Failure) -> list[tuple[str, Any]]:
    """Return what was expected and what was given; not where many things were observed, and the sentence says which."""
    if isinstance(failure.expected, dict):
        return []
    return [("expected", failure.expected), ("yours", failure.got)]


def _is_drawn(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim >= 1 and value.size > 0


def _grid(
    name: str,
    array: np.ndarray,
    wrong: tuple[int, ...] | None = None,
    seen: tuple[slice | int, ...] | None = None,
) -> str:
    """Draw one plane of an array as a table; of a stack, the plane of the wrong cell or of the window."""
    mark = np.zeros(array.shape, dtype=int)
    if seen is not None:
        mark[seen] = 1
    if wrong is not None:
        mark[wrong] = 2
    centre = np.argwhere(mark)[0] if mark.any() else np.zeros(array.ndim, dtype=int)
    lead = tuple(int(i) for i in centre[:-2])
    plane, marks = np.atleast_2d(array[lead]), np.atleast_2d(mark[lead])
    row, column = (int(i) for i in np.argwhere(marks)[0]) if marks.any() else (0, 0)
    top = min(max(row - MOST_CELLS // 2, 0), max(plane.shape[0] - MOST_CELLS, 0))
    left = min(max(column - MOST_CELLS // 2, 0), max(plane.shape[1] - MOST_CELLS, 0))
    part = (slice(top, top + MOST_CELLS), slice(left, left + MOST_CELLS))
    caption = f"{name}, shape {array.shape}"
    if lead:
        caption += f", here [{', '.join(map(str, lead))}]"
    if plane[part].shape != plane.shape:
        caption += f", from row {top}, column {left}"
    rows = []
    for values, states in zip(plane[part], marks[part], strict=True):
        cells = [
            f'<td style="{CELL};{("", SEEN, WRONG)[state]}">{escape(_cell(value))}{("", "", " ◂")[state]}</td>'
            for value, state in zip(values, states, strict=True)
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        '<table style="border-collapse:collapse;margin:0">'
        '<caption style="caption-side:top;text-align:left;white-space:nowrap">'
        f"<em>{escape(caption)}</em></caption>{''.join(rows)}</table>"
    )


def _cell(value: Any) -> str:
    if isinstance(value, np.bool_):
        return str(bool(value))
    return str(int(value)) if isinstance(value, np.integer) else f"{float(value):.4g}"
