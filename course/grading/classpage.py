"""The page for the instructor: how the class did, which exercises are hard, which mistakes are common."""

from __future__ import annotations

from collections import Counter
from html import escape
from urllib.parse import quote

from ..manifest import Lesson
from .feedback import MARKS, WORDS, page
from .result import Result

__all__ = ["class_page"]

BINS = 10


def class_page(results: list[Result], lesson: Lesson) -> str:
    """Return the page for a class.

    Parameters
    ----------
    results : list of Result
    lesson : Lesson
    """
    totals = sorted(result.total for result in results)
    out_of = float(results[0].out_of) if results else 0.0
    middle = (totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]) / 2 if totals else 0.0
    mean = sum(totals) / len(totals) if totals else 0.0
    parts = [
        f"<h1>{lesson.number} · {escape(lesson.title)}: the class</h1>",
        f'<p class="lead">{len(results)} submissions, {_points(lesson)}: mean {mean:.2f}, median {middle:.4g}.</p>',
        f"<section><h2>Points</h2>{_histogram(totals, out_of)}</section>",
        f"<section><h2>Exercises, the hardest first</h2>{_exercises(results, lesson)}</section>",
        f"<section><h2>Mistakes, the most frequent first</h2>{_mistakes(results, lesson)}</section>",
    ]
    remarks = [(result, note) for result in results for note in result.notes]
    if remarks:
        rows = "".join(f"<tr><td>{_link(result)}</td><td>{escape(note)}</td></tr>" for result, note in remarks)
        parts.append(f'<section><h2>To look at</h2><table class="plain">{rows}</table></section>')
    parts.append(f"<section><h2>Learners, the fewest points first</h2>{_learners(results, lesson)}</section>")
    return page(f"{lesson.title}: the class", "\n".join(parts))


def _points(lesson: Lesson) -> str:
    extra = sum(entry.points for entry in lesson.exercises if entry.stretch)
    return f"{lesson.points - extra:g} points" + (f" and {extra:g} extra" if extra else "")


def _link(result: Result) -> str:
    """Return the learner's name, with a link to the page that the learner gets."""
    return f'<a dir="auto" href="feedback/{quote(result.key)}.html">{escape(result.name)}</a>'


def _learners(results: list[Result], lesson: Lesson) -> str:
    lines = ['<tr><th>learner</th><th class="number">points</th><th>not right yet</th></tr>']
    for result in sorted(results, key=lambda one: one.total):
        statuses = {one.exercise: one.status for one in result.exercises}
        open_ = ", ".join(f"{MARKS[status]} {escape(name)}" for name, status in statuses.items() if status != "passed")
        if all(status == "missing" for status in statuses.values()):
            open_ = f"{MARKS['missing']} all"
        points = f'<td class="number">{result.total:g}</td>'
        lines.append(f"<tr><td>{_link(result)}</td>{points}<td>{open_ or '–'}</td></tr>")
    return f'<table class="plain">{"".join(lines)}</table>'


def _histogram(totals: list[float], out_of: float) -> str:
    counts = [0] * BINS
    for total in totals:
        counts[min(int(BINS * total / out_of), BINS - 1) if out_of else 0] += 1
    edges = [out_of * k / BINS for k in range(BINS + 1)]
    words = "; ".join(f"{edges[k]:g} to {edges[k + 1]:g}: {counts[k]}" for k in range(BINS) if counts[k])
    high = max([1, *counts])
    bars = []
    for k, count in enumerate(counts):
        height = 120 * count / high
        x = 10 + 58 * k
        bars.append(f'<rect x="{x}" y="{140 - height:.1f}" width="50" height="{height:.1f}" fill="#0072b2"/>')
        if count:
            bars.append(f'<text x="{x + 25}" y="{134 - height:.1f}" text-anchor="middle">{count}</text>')
        bars.append(f'<text x="{x - 4}" y="158" text-anchor="middle">{edges[k]:g}</text>')
    bars.append(f'<text x="{10 + 58 * BINS - 4}" y="158" text-anchor="middle">{edges[-1]:g}</text>')
    label = f"How many submissions have how many points. {words}."
    head = f'<svg viewBox="0 0 610 165" width="610" font-size="13" role="img" aria-label="{escape(label)}">'
    return f"{head}{''.join(bars)}</svg>"


def _exercises(results: list[Result], lesson: Lesson) -> str:
    rows = []
    for entry in lesson.exercises:
        mine = [result.of(entry.name) for result in results]
        share = sum(one.points for one in mine) / (entry.points * len(mine)) if mine else 0.0
        rows.append((share, entry, Counter(one.status for one in mine)))
    rows.sort(key=lambda row: row[0])
    head = "".join(f'<th class="number">{escape(words)}</th>' for words in WORDS.values())
    lines = [f'<tr><th>exercise</th><th class="number">mean of points</th>{head}</tr>']
    for share, entry, counts in rows:
        cells = "".join(f'<td class="number">{counts[status]}</td>' for status in WORDS)
        extra = " (extra)" if entry.stretch else ""
        lines.append(f'<tr><td>{escape(entry.name)}{extra}</td><td class="number">{share:.0%}</td>{cells}</tr>')
    return f'<table class="plain">{"".join(lines)}</table>'


def _mistakes(results: list[Result], lesson: Lesson) -> str:
    counts = Counter(
        (one.exercise, *mistake) for result in results for one in result.exercises for mistake in one.mistakes.items()
    )
    if not counts:
        return "<p>No known mistake was recognised.</p>"
    lines = ['<tr><th class="number">count</th><th>exercise</th><th>mistake</th><th>what was said</th></tr>']
    for (name, mistake, says), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        lines.append(
            f'<tr><td class="number">{count}</td><td>{escape(name)}</td><td>{escape(mistake)}</td>'
            f"<td>{escape(says)}</td></tr>"
        )
    return f'<table class="plain">{"".join(lines)}</table>'
