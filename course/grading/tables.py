"""Tables as CSV that no spreadsheet runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["table"]

# Where a formula would begin: at the start of a cell, or behind what some spreadsheet takes for the end of one. The
# signs may be wide ones, as on Japanese keyboards, and stand behind what is not seen.
SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
UNSEEN = r'["\s\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*'
ENDS = r";\t|\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
FORMULA = re.compile(rf"""^(?={UNSEEN}{SIGN}|[\t\r\n])|(?<=[{ENDS}])(?={UNSEEN}{SIGN})|(?<=,)(?="*{SIGN})""")
SEPARATORS = re.compile(rf'[,"{ENDS}]')


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
