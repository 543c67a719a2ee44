"""What an error says: its cause, whatever its wording, and a sentence of help.

NumPy, PyTorch and Python reword their messages from version to version, and each says the same thing in words of its
own. The modules `messages_...` list them by their cause, one paragraph for each: the name of the cause; the wordings,
each a regular expression on a line that begins with "/"; and one sentence of help, into which the named groups of the
wording are filled. The first paragraph that fits counts, so that what is special stands before what is general.

The wordings are those of Python 3.10 to 3.15, NumPy 1.26 to 2.5, and PyTorch 2.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from . import messages_numpy, messages_python, messages_torch

__all__ = ["cause_of", "help_for", "same_cause"]


# Two errors of one cause differ all the same where one of these groups of their patterns differs.
TELLING = {
    "attribute",
    "axis",
    "given",
    "key",
    "keyword",
    "kind",
    "missing",
    "module",
    "name",
    "operands",
    "taken",
    "which",
}


PRODUCT = "matrix sizes"
FEW = "A function is called with fewer arguments than it needs: compare the call with the line that begins with def."


class _Known(NamedTuple):
    cause: str
    pattern: re.Pattern[str]
    help: str


class _Groups(dict):
    """What the groups of a pattern matched; a sentence can be filled in without those that matched nothing."""

    def __missing__(self, name: str) -> str:
        return "another one"


class _Found(NamedTuple):
    cause: str
    help: str
    groups: _Groups

    def telling(self) -> dict[str, list[str]]:
        """Return what must be the same in two errors of one cause; lists count as tuples, float64 as float."""
        told = {name: re.findall(r"\w+", text) for name, text in self.groups.items() if name in TELLING}
        for name in ("kind", "operands"):
            words = [word.rstrip("0123456789") for word in told.get(name, []) if word != "numpy"]
            told[name] = sorted("list" if word == "tuple" else word for word in words)
        return told


def cause_of(error: str) -> str:
    """Return the name of an error's cause, the same for every wording; empty where it is not known.

    Parameters
    ----------
    error : str
        The type and the message: "IndexError: list index out of range".

    Returns
    -------
    str

    Examples
    --------
    >>> cause_of("IndexError: list index out of range")
    'index out of range'
    >>> cause_of("ValueError: no luck today")
    ''
    """
    found = _find(error)
    return "" if found is None else found.cause


def same_cause(one: str, other: str, of_sizes: bool = False) -> bool:
    """Tell whether two errors say the same: one cause, of the same things, whatever the wording and the shapes.

    Where the cause of neither is known, they are the same if they have the same type and the same words and shapes
    in any order: the factors of a product may be in either.

    Parameters
    ----------
    one, other : str
        Type and message of each.
    of_sizes : bool
        Whether two matrix products must fail for the same sizes, and tell them.

    Returns
    -------
    bool

    Examples
    --------
    >>> same_cause("IndexError: list index out of range", "IndexError: tuple index out of range")
    True
    >>> products = [f"ValueError: shapes (2,{n}) and (9,5) not aligned: {n} (dim 1) != 9 (dim 0)" for n in (7, 8)]
    >>> same_cause(*products), same_cause(*products, of_sizes=True)
    (True, False)
    """
    first, second = _find(one), _find(other)
    if first is None or second is None:
        return first is second and _words_of(one) == _words_of(other)
    if of_sizes and first.cause == PRODUCT:
        sizes, others = sorted((_sizes_of(one), _sizes_of(other)), key=len)
        if not sizes or not sizes <= others:
            return False
    return first.cause == second.cause and first.telling() == second.telling()


def help_for(error: str) -> str:
    """Return one sentence that helps the reader with an error; empty where there is none.

    Parameters
    ----------
    error : str
        Type and message.

    Returns
    -------
    str

    Examples
    --------
    >>> help_for("NameError: name 'stide' is not defined")
    'Nothing is called stide here: look at its spelling, and run the cell that defines it.'
    """
    found = _find(error)
    return "" if found is None else found.help.format_map(found.groups)


@lru_cache(maxsize=1000)
def _find(error: str) -> _Found | None:
    for known in _table():
        match = known.pattern.search(error)
        if match is not None:
            groups = _Groups((name, text) for name, text in match.groupdict().items() if text)
            few = known.cause == "too many arguments" and int(groups["given"]) < _least(groups["taken"])
            return _Found("too few arguments", FEW, groups) if few else _Found(known.cause, known.help, groups)
    return None


@lru_cache(maxsize=1)
def _table() -> tuple[_Known, ...]:
    """Return every wording, in the order in which they are tried."""
    known = []
    for module in (messages_numpy, messages_torch, messages_python):
        for paragraph in re.split(r"\n\n+", module.TEXT.strip()):
            cause, *lines = paragraph.split("\n")
            if cause.startswith("#"):
                continue
            says = " ".join(line.strip() for line in lines if not line.startswith("    / "))
            known += [_Known(cause, re.compile(line[6:]), says) for line in lines if line.startswith("    / ")]
    return tuple(known)


def _least(taken: str) -> int:
    """Return the smallest number of arguments that a function takes: of "from 2 to 4 positional", 2."""
    numbers = [int(number) for number in re.findall(r"\d+", taken.replace("one", "1"))]
    return min(numbers, default=0) if "at most" not in taken else 0


def _sizes_of(error: str) -> set[int]:
    """Return the sizes in a message, without the places that it counts."""
    return {int(size) for size in re.findall(r"\d+", re.sub(r"(dim|dimension|operand) \d+|mat\d", "", error))}


def _words_of(error: str) -> list[str]:
    """Return the type, and the words and shapes of a message in any order."""
    kind, _, message = error.partition(":")
    return [kind, *sorted(re.findall(r"\([^()]*\)|\w+", message))]
