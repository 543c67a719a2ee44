"""Making a failing case smaller as long as it fails in the same way."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .spec import Case, Property

if TYPE_CHECKING:
    from .judge import Failure

__all__ = ["smallest"]

MOST_ROUNDS, MOST_TRIED = 12, 40  # rounds, and cases in each of them: a reader waits for them

Retry = Callable[[Property, list[Case]], "Iterable[Failure | None]"]


def smallest(failure: Failure, retry: Retry) -> Failure:
    """Return a failure of the same kind on the smallest case that can be found.

    Parameters
    ----------
    failure : Failure
    retry : callable
        Takes a property and cases, and yields for each case how the function fails there, or None where it does not.
    """
    for _ in range(MOST_ROUNDS):
        candidates = failure.case.smaller() if failure.case.smaller is not None else []
        smaller = sorted((case for case in candidates if _weight(case) < _weight(failure.case)), key=_weight)
        others = retry(failure.prop, smaller[:MOST_TRIED])
        same_way = (other for other in others if other is not None and other.kind == failure.kind)
        found = list(itertools.islice(same_way, 1))
        if not found:
            break
        failure = found[0]
    return failure


def _weight(case: Case) -> tuple[int, float]:
    """How much there is to look at: the number of values, then how large the numbers are."""
    return case.size, sum(map(_magnitude, case.arguments.values()))


def _magnitude(value: Any) -> float:
    if isinstance(value, tuple | list):
        return sum(map(_magnitude, value))
    return abs(value) if isinstance(value, int | float) else 0.0
