"""What the checks of this lesson share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..spec import Case

__all__ = ["cases_of"]


def cases_of(names: str, *rows: Sequence[Any], note: str = "") -> list[Case]:
    """Return a case for each row of values, under the names."""
    return [Case(dict(zip(names.split(), row, strict=True)), note) for row in rows]
