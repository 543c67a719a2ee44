"""The page for the instructor: how the class did, which exercises are hard, what one comment helps many with."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import mean, median
from typing import Any
from urllib.parse import quote

import course

from ...manifest import Lesson
from ..alike import alike, as_the_course, unnamed
from ..result import Result
from .render import MARKS, WORDS, render

__all__ = ["class_page"]

BINS = 10


def class_page(results: list[Result], lesson: Lesson) -> str:
    """Return the page for a class.

    Parameters
    ----------
    results : list of Result
    lesson : Lesson
    """
    totals = [result.total for result in results]
    out_of = float(results[0].out_of) if results else 0.0
    wrong = unnamed(results)
    return render(
        "classpage.html",
        lesson=lesson,
        version=course.__version__,
        count=len(results),
        points=lesson.points - sum(entry.points for entry in lesson.exercises if entry.stretch),
        extra=sum(entry.points for entry in lesson.exercises if entry.stretch),
        mean=mean(totals) if totals else 0.0,
        median=median(totals) if totals else 0.0,
        levels=Counter(result.sandbox for result in results if result.sandbox).most_common(),
        bars=_bars(totals, out_of),
        exercises=_exercises(results, lesson),
        mistakes=_mistakes(results),
        wrong=[one for one in wrong if len(one.learners) > 1],
        single=[one for one in wrong if len(one.learners) == 1],
        alike=alike(results, lesson),
        own=as_the_course(results, lesson),
        remarks=_remarks(results),
        learners=[(one, _left(one)) for one in sorted(results, key=lambda one: one.total)],
        link=_link,
    )


def _link(result: Result) -> str:
    """Return the address of the page that the learner gets."""
    return f"feedback/{quote(result.key, errors='replace')}.html"


@dataclass(frozen=True)
class _Bar:
    """One bar of the histogram: how many have from `low` to `high` points, or, where it is open, more."""

    low: float
    high: float
    count: int
    height: float
    open: bool


def _bars(totals: list[float], out_of: float) -> list[_Bar]:
    counts = [0] * BINS
    for total in totals:
        counts[min(int(BINS * total / out_of), BINS - 1) if out_of else 0] += 1
    most = max(1, *counts)
    beyond = any(total > out_of for total in totals)
    return [
        _Bar(out_of * k / BINS, out_of * (k + 1) / BINS, count, round(120 * count / most, 1), beyond and k == BINS - 1)
        for k, count in enumerate(counts)
    ]


def _exercises(results: list[Result], lesson: Lesson) -> list[dict[str, Any]]:
    rows = []
    for entry in lesson.exercises:
        mine = [result.of(entry.name) for result in results]
        share = sum(one.points for one in mine) / (entry.points * len(mine)) if mine else 0.0
        counts = Counter(one.status for one in mine)
        rows.append({"entry": entry, "share": share, "counts": [counts[status] for status in WORDS]})
    return sorted(rows, key=lambda row: row["share"])


def _mistakes(results: list[Result]) -> list[tuple[tuple[str, str, str], int]]:
    counts = Counter(
        (one.exercise, *mistake) for result in results for one in result.exercises for mistake in one.mistakes.items()
    )
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _remarks(results: list[Result]) -> list[tuple[str, list[Result]]]:
    learners: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        for note in dict.fromkeys(result.notes):
            learners[note].append(result)
    return sorted(learners.items(), key=lambda item: -len(item[1]))


def _left(result: Result) -> str:
    """Return what is not right yet, in few words."""
    left = [one for one in result.exercises if one.status != "passed"]
    if len(left) == len(result.exercises) and all(one.status == "missing" for one in left):
        return f"{MARKS['missing']}\u00a0all"
    return ", ".join(f"{MARKS[one.status]}\u00a0{one.exercise}" for one in left) or "–"
