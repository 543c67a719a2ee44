"""The page that a learner gets: what is right, what is not yet, and the smallest case that shows it."""

from __future__ import annotations

from html import escape

from ..checks.display import Verdict
from ..manifest import Lesson
from .result import ExerciseResult, Result

__all__ = ["STYLE", "feedback_page", "page"]

STYLE = """
:root { color-scheme: light dark; --line: #8886; --good: #009e73; --bad: #d55e00; --soft: #8882; }
body { font: 17px/1.55 system-ui, sans-serif; max-width: 52rem; margin: 2.5rem auto; padding: 0 1.2rem;
  overflow-wrap: anywhere; } table { overflow-wrap: normal; }
td a { display: inline-block; min-width: 7rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.15rem; margin: 0 0 .3rem; }
.lead { opacity: .8; margin: .2rem 0 1.2rem; }
.bar { height: .8rem; border-radius: .4rem; background: var(--soft); overflow: hidden; margin: .6rem 0 .3rem; }
.bar div { height: 100%; background: var(--good); }
section { border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1.1rem; margin: 1rem 0;
  overflow-x: auto; }
.points { float: right; font-variant-numeric: tabular-nums; opacity: .8; }
code { font-size: .92em; overflow-wrap: anywhere; }
table.plain { border-collapse: collapse; width: 100%; }
table.plain th, table.plain td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left;
  vertical-align: top; }
table.plain td.number, table.plain th.number { text-align: right; font-variant-numeric: tabular-nums; }
ul { padding-left: 1.2rem; } svg { max-width: 100%; height: auto; } svg text { fill: currentColor; }
"""
MARKS = {"passed": "✓", "failed": "✗", "error": "✗", "timeout": "✗", "missing": "○"}
WORDS = {
    "passed": "right",
    "failed": "not right yet",
    "error": "stopped with an error",
    "timeout": "took too long",
    "missing": "not written yet",
}


def page(title: str, body: str) -> str:
    """Return a whole page that loads nothing and runs nothing."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{STYLE}</style></head>\n'
        f"<body>{body}</body></html>\n"
    )


def feedback_page(result: Result, lesson: Lesson) -> str:
    """Return the page for one learner."""
    total, out_of, exercises = result.total, result.out_of, result.exercises
    share = 100 * min(total / out_of, 1) if out_of else 0
    right = sum(one.status == "passed" for one in exercises)
    graded = any(one.status != "missing" for one in exercises) or bool(result.file)
    summary = _summary(right, exercises) if graded else "There was no notebook to grade."
    parts = [
        f"<h1>{lesson.number} · {escape(lesson.title)}</h1>",
        f'<p class="lead" dir="auto">{escape(result.name)}</p>',
        f'<div class="bar" role="img" aria-label="{share:.0f} percent of the points"><div style="width:{share:.1f}%">'
        "</div></div>",
        f"<p><strong>{total:g} of {out_of:g} points.</strong> {summary}</p>",
    ]
    if result.notes:
        notes = "".join(f"<li>{escape(note)}</li>" for note in result.notes)
        parts.append(f"<section><h2>About the file</h2><ul>{notes}</ul></section>")
    if not graded:
        return page(f"{lesson.title}: {result.name}", "\n".join(parts))
    parts += [_exercise(one) for one in exercises]
    return page(f"{lesson.title}: {result.name}", "\n".join(parts))


def _summary(right: int, exercises: tuple[ExerciseResult, ...]) -> str:
    if right == len(exercises):
        return "Every exercise is right. Well done."
    close = [one.exercise for one in exercises if one.status != "passed" and one.points > 0]
    begun = [one.exercise for one in exercises if one.status not in ("passed", "missing")]
    nearest = (close or begun or [one.exercise for one in exercises if one.status != "passed"])[0]
    return f"{right} of {len(exercises)} exercises are right. A good one to go on with: <code>{escape(nearest)}</code>."


def _exercise(one: ExerciseResult) -> str:
    extra = ", extra" if one.stretch else ""
    parts = [
        f'<section><span class="points">{one.points:g} of {one.out_of:g}{extra}</span>'
        f"<h2>{MARKS[one.status]} <code>{escape(one.exercise)}</code>: {WORDS[one.status]}</h2>"
    ]
    report = one.report
    if one.status == "passed":
        names = ", ".join(name for name, held in one.properties if held)
        parts.append(f"<p>What holds: {escape(names)}.</p>")
    elif one.drawn and report is not None:
        parts.append(Verdict(report).html())
    else:
        parts.append(f"<p>{escape(one.says)}</p>")
        if one.properties:
            marks = "".join(f"<li>{'✓' if held else '✗'} {escape(name)}</li>" for name, held in one.properties)
            parts.append(f'<ul style="list-style:none">{marks}</ul>')
    parts += [f"<p>{escape(note)}</p>" for note in one.notes]
    return "".join(parts) + "</section>"
