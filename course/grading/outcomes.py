"""Reading what came back from a sandbox: plain data, of which nothing is trusted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from ..cell import wire
from ..cell.run import SETTINGS, Outcome, plain
from ..checks.spec import Case
from .messages import one_wording
from .sandbox import Answer

__all__ = ["read_outcomes"]

LONGEST_TEXT = 600
WORDS, ROOM = 2**15, 600  # bytes of what comes back beside arrays: for words, and for each value of a right answer
TOO_MUCH = "ValueError: the result holds far more than is asked for"


def read_outcomes(
    answer: Answer, cases: Sequence[Case], counts: Sequence[int] | None = None
) -> tuple[str, list[Outcome]]:
    """Return the first problem with the cells, and the outcomes that came back whole; nothing in them is trusted.

    How long each took is what the sandbox saw from outside: the time since anything came before it. What is much
    longer than a right answer is not even read.

    Parameters
    ----------
    answer : Answer
    cases : sequence of Case
        What was asked, in order.
    counts : sequence of int, optional
        For each case, how many values a right answer has; without them everything is read.

    Returns
    -------
    problem : str
    outcomes : list of Outcome
    """
    problem = ""
    outcomes: list[Outcome] = []
    end, before, last = 0, 0.0, 0.0
    try:
        for head, body in wire.unread_frames(answer.data):
            if len(outcomes) == len(cases):
                break
            end += wire.HEAD.size + len(head) + len(body)
            came = _came(answer, end)
            before, last = (before, last) if came <= last else (last, came)
            seconds = came - before
            if counts is not None and len(head) > WORDS + ROOM * counts[len(outcomes)]:
                outcomes.append(Outcome(error=TOO_MUCH, seconds=seconds))
                continue
            content = wire.content_of(head)
            if not isinstance(content, dict):
                break
            content = {name: wire.printable(said) if isinstance(said, str) else said for name, said in content.items()}
            if isinstance(content.get("problem"), str) and not outcomes:
                problem = problem or _reworded(content["problem"])
                continue
            error, where = content.get("error"), content.get("where")
            if not (isinstance(error, str) and isinstance(where, str)):
                break
            value, header = plain(wire.decode(content.get("value"), body)), content.get("header") is True
            settings = [name for name in _names(content.get("changed")) if name in SETTINGS]
            # Arguments come back as digests. Whoever forges frames knows the arguments, and can say what he likes of
            # them, in full or in short: so a digest is as good as the whole, and to be changed nothing is a condition
            # of the full points, never a reason for any.
            changed = () if error else (*_changed(cases[len(outcomes)], content.get("left")), *settings)
            error, where = one_wording(error[:LONGEST_TEXT]), where[:LONGEST_TEXT]
            shared = _names(content.get("shared"))
            outcomes.append(Outcome(value, error, where, changed, header, shared, seconds=seconds))
    except (wire.WireError, TypeError):
        pass  # what came before it counts, what comes after it does not
    return problem, outcomes


def _came(answer: Answer, size: int) -> float:
    """Return after how many seconds so many bytes of an answer had come; without end where nobody saw them."""
    return next((seconds for there, seconds in answer.times if there >= size), math.inf)


def _changed(case: Case, left: Any) -> tuple[str, ...]:
    """Return the names of the arguments that are not said to be what they were."""
    said = left if isinstance(left, dict) else {}
    return tuple(name for name, digest in case.digests.items() if said.get(name) != digest)


def _reworded(problem: str) -> str:
    """Return what went wrong with the cells in the one wording; it may say first where it did."""
    place = re.match(r"cell \d+, line \d+: |", problem[:LONGEST_TEXT])
    assert place is not None
    return place[0] + one_wording(problem[place.end() : LONGEST_TEXT])


def _names(sent: Any) -> tuple[str, ...]:
    return tuple(name[:100] for name in sent[:20] if isinstance(name, str)) if isinstance(sent, list) else ()
