"""Tables as CSV that no spreadsheet runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["table"]

# Where a formula would begin: at the start of a cell, or behind what some spreadsheet takes for the end of one.
FORMULA = re.compile(r"""^(?=["\s]*[=+\-@]|[\t\r\n])|(?<=[;\t|\r\n])(?=["\s]*[=+\-@])|(?<=,)(?="*[=+\-@])""")
SEPARATORS = re.compile(r'[;,\t|"\r\n]')


def table(rows: Iterable[Sequence[str]]) -> str:
    r"""Return rows as CSV in which no cell is a formula, whichever separator a spreadsheet reads it with.

    A mark stands before each sign that would begin one, and a cell that holds a separator of any kind is quoted.

    Examples
    --------
    >>> table([["=1", "a;=1", "b"]])
    '\'=1,"a;\'=1",b\r\n'
    """
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


def _cell(text: str) -> str:
    safe = FORMULA.sub("'", text)
    return '"' + safe.replace('"', '""') + '"' if SEPARATORS.search(safe) else safe
