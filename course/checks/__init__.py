"""Checks: the reader's function against fresh cases, with an answer that helps.

`check` and `hint` are what a notebook uses. A check is made of an `Exercise` (`spec`), run on the reader's side
(`course.cell.run`), judged on the other (`judge`), and shown (`display`).
"""

from __future__ import annotations

import contextlib
import io
import linecache
import re
import secrets
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from ..errors import CheckError, argument_error
from ..manifest import LESSONS
from .guard import undisturbed
from .judge import Report, judge_function
from .registry import find_exercise

__all__ = ["check", "find_exercise", "hint", "whose"]


def check(function: Callable[..., Any], name: str | None = None, seed: int | None = None) -> Callable[..., Any]:
    """Check your function on fresh cases, show the verdict, and return the function to go on with.

    Parameters
    ----------
    function : callable
        Your answer to the exercise.
    name : str, optional
        The exercise; without it, the name that the function has in the notebook.
    seed : int, optional
        Draws the same cases again, as the verdict tells; without it, each check draws new ones.

    Returns
    -------
    callable
        Your function once it is right; until then the course's, so that the lesson goes on.

    Raises
    ------
    CourseError
        There is no exercise of that name.
    """
    from ..journal import record_check
    from ..tracking import waiting
    from .display import Verdict

    if not callable(function):
        rule = "be a function"
        raise argument_error("check", "function", rule, function, "Pass its name without brackets: check(output_size).")
    name = name or _name_in(sys._getframe(1), function)
    exercise = find_exercise(name)
    if function is exercise.reference:
        _show(f"○ {name}: this is the course's own function. Run the cell with yours again, then check it.")
        return function
    try:
        with waiting(f"checking {name}"), undisturbed(), _first_lines():
            report = judge_function(exercise, function, secrets.randbelow(2**31) if seed is None else seed)
    except CheckError as error:
        _show(f"○ {name}: {error}")
        return exercise.reference
    if not report.untouched:
        record_check(name, report.passed, report.diagnosis.name or None)
    _show(Verdict(report, _closing(report)))
    return function if report.passed else exercise.reference


def hint(name: str | Callable[..., Any]) -> None:
    """Show the next hint for an exercise: from the gentlest on, one more at each call.

    Parameters
    ----------
    name : str or callable
        The exercise, such as "output_size", or the function itself.

    Raises
    ------
    CourseError
        There is no exercise of that name.
    """
    from ..journal import record_hint

    if callable(name):
        name = _exercise_of(name)
    hints = find_exercise(name).hints
    number = record_hint(name, len(hints))
    lines = [f"Hint {k + 1} of {len(hints)}: {text}" for k, text in enumerate(hints[:number])]
    if number == len(hints):
        lines.append("That was the last hint. Try the smallest case that the check shows, by hand, on paper.")
    _show("\n".join(textwrap.fill(line, 80, subsequent_indent="  ") for line in lines))


def whose(function: Callable[..., Any], name: str) -> str:
    """Return who wrote a function, for a title: until an exercise is right, the course's function stands in for it.

    Parameters
    ----------
    function : callable
        What `check` has returned.
    name : str
        The function's name.

    Examples
    --------
    >>> whose(find_exercise("conv2d").reference, "conv2d")
    "the course's conv2d"
    """
    module = str(getattr(function, "__module__", "") or "")
    return f"the course's {name}" if module.partition(".")[0] == "course" else f"your {name}"


def _name_in(frame: FrameType, function: Callable[..., Any]) -> str:
    """Return the exercise that a function answers: the name that the notebook gives it, or else its own.

    A lambda, a partial function, an object that can be called and a wrapper have other names of their own, or none.
    The name may also be given on the line of the check: ``unpad = course.check(mine)``.
    """
    known = [exercise.name for lesson in LESSONS for exercise in lesson.exercises]
    own = str(getattr(function, "__name__", type(function).__name__))
    names = [name for name in known if frame.f_globals.get(name) is function]
    if own in names or (own in known and not names):
        return own
    given = re.match(r"\s*(\w+)\s*=", linecache.getline(frame.f_code.co_filename, frame.f_lineno, frame.f_globals))
    return next(iter(names), given[1] if given is not None and given[1] in known else own)


def _exercise_of(function: Callable[..., Any]) -> str:
    """Return the name of the exercise that a function answers; the course's own function may have another name."""
    named = str(getattr(function, "__name__", function))
    known = [exercise.name for lesson in LESSONS for exercise in lesson.exercises]
    if named in known:
        return named
    return next((name for name in known if find_exercise(name).reference is function), named)


class _FirstLines(io.TextIOBase):
    """Passes on the first lines that are written, and counts the rest."""

    def __init__(self, stream: Any, most: int) -> None:
        self.stream, self.left, self.more = stream, most, 0

    def write(self, text: str) -> int:
        shown = "".join(text.splitlines(keepends=True)[: max(self.left, 0)])
        self.stream.write(shown)
        self.left -= shown.count("\n")
        self.more += text.count("\n") - shown.count("\n")
        return len(text)


@contextlib.contextmanager
def _first_lines(most: int = 20) -> Iterator[None]:
    """Show the first lines that a function prints: it is called on many cases, and the verdict comes after them."""
    few = _FirstLines(sys.stdout, most)
    with contextlib.redirect_stdout(few):
        yield
    if few.more:
        print(f"... and {few.more} more lines that your function prints.")


def _closing(report: Report) -> str:
    if report.passed:
        return "From here on, the lesson uses your code."
    go_on = f"Until it is right, the lesson goes on with the course's {report.exercise}."
    if report.untouched or report.library:
        return f'{go_on} A hint: course.hint("{report.exercise}")'
    again = f"The same cases again: course.check({report.exercise}, seed={report.seed})."
    return f'{go_on} A hint: course.hint("{report.exercise}"). {again}'


def _show(thing: object) -> None:
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None and not isinstance(thing, str):
        from IPython.display import display

        display(thing)
    else:
        print(thing)
