"""What the checks of this lesson share: single entries of what was observed, against the reference's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..compare import NOTHING, compare
from ..run import run_case
from ..spec import Case

__all__ = ["agrees"]

Holds = Callable[[Sequence[Case], Sequence[Any]], str | None]


def agrees(reference: Callable[..., Any], observe: str, **says: str) -> Holds:
    """Return a law: these entries are those of the reference.

    Parameters
    ----------
    reference : callable
        The right answer.
    observe : str
        Name of the function in `course.checks.objects`.
    **says : str
        For each entry, what is wrong where it differs; empty says the difference alone.
    """

    def holds(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
        for case, value in zip(cases, values, strict=True):
            if not isinstance(value, dict):
                return NOTHING
            expected = run_case(reference, case.arguments, observe).value
            for entry, sentence in says.items():
                difference = compare(expected[entry], value[entry])
                if difference is not None:
                    where = f" ({case.note})" if case.note else ""
                    differs = "there is none" if value[entry] is None else difference.says
                    return sentence + where if sentence else f"{entry}: {differs}{where}"
        return None

    return holds
