"""What came out alike: answers whose code is the same but for names, comments and layout. A hint, never a verdict."""

from __future__ import annotations

import ast
import builtins
import functools
import hashlib
import keyword
import re
import warnings
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import CourseError
from ..manifest import Lesson
from ..notebooks.reading import read_notebook
from .result import Result
from .submission import Slice, Submission, submission_of

__all__ = ["Code", "Group", "alike", "as_the_course", "code_of", "normalised"]

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
LONGEST = 60_000  # characters of one answer; more is told apart by its tokens alone
NATURAL = 45  # parts of an answer that anyone might write as well: they are no hint
TELLING = 60  # parts beyond these, in one answer or in several, that are
MOST = 0.5  # of the learners who wrote an exercise; what more of them wrote is how it is written
LARGE = 20  # learners, from which on that is asked

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FLIPPED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
SILENT = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


@dataclass(frozen=True)
class Code:
    """The digest of an answer's normalised code, the same for answers that are alike, and of how many parts it is."""

    digest: str = ""
    size: int = 0


@dataclass(frozen=True)
class Group:
    """Learners whose answers to these exercises are the same."""

    exercises: tuple[str, ...]
    members: tuple[Result, ...]
    size: int


def code_of(submission: Submission) -> dict[str, Code]:
    """Return what the code of each exercise comes to; of one that is not written, an empty digest."""
    names = [piece.exercise for piece in submission.slices]
    return {piece.exercise: _code(piece, names) for piece in submission.slices}


def _code(piece: Slice, exercises: Collection[str]) -> Code:
    if piece.missing or piece.untouched or piece.problem or not piece.cells:
        return Code()
    source = "\n".join(source for _, source in piece.cells)
    parts = _parts(source, piece.exercise, frozenset(exercises))
    return Code(hashlib.sha256(" ".join(parts).encode("utf-8", "replace")).hexdigest()[:16], len(parts))


def normalised(source: str, of: str = "", exercises: Collection[str] = ()) -> str:
    """Return code without what is easily changed in a copy.

    Comments, docstrings, type hints and layout are left out, and so are the words of an error; names that the code
    makes are numbered, and what is imported has its full name. Helpers and constants follow where they are needed.

    Parameters
    ----------
    source : str
        Python; where it is none, its tokens are what is compared.
    of : str
        The function to begin with. Without it, all that the source does, in its order.
    exercises : collection of str
        Names that mean the same in everybody's code; functions of these names are left out, but for `of`.

    Examples
    --------
    >>> normalised("def f(a):\\n    a += 1  # one more\\n    return a") == normalised("def g(b: int):\\n    return_ = 1\\n")
    False
    >>> normalised("def f(a):\\n    a += 1  # one more\\n    return a") == normalised("def f(b: int): b = b + 1; return b")
    True
    """
    return " ".join(_parts(source, of, frozenset(exercises)))


def _parts(source: str, of: str, exercises: frozenset[str]) -> list[str]:
    try:
        if len(source) > LONGEST:
            return _tokens(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source).body
        return _Writer(body, exercises - {of}).written(of)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _tokens(source)


def _tokens(source: str) -> list[str]:
    numbers: dict[str, str] = {}
    kept = set(keyword.kwlist) | set(dir(builtins))
    parts = []
    for word in re.findall(r"#.*|\w+|[^\w\s]", source):
        if word[0] == "#":
            continue
        name = word.isidentifier() and word not in kept
        parts.append(numbers.setdefault(word, f"v{len(numbers)}") if name else word)
    return parts


class _Writer:
    """Writes a syntax tree as a list of parts, a name that the code makes as the number of its first use."""

    def __init__(self, body: list[ast.stmt], fixed: Collection[str]) -> None:
        self.parts: list[str] = []
        self.count = 0
        self.body = body
        self.imported: dict[str, str] = {}
        self.makers: dict[str, list[ast.stmt]] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.names: dict[str, str | None] = {}
        self.scopes: list[dict[str, str | None]] = []
        self.waiting: list[str] = []
        for node in body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.imported |= _imported(node)
            elif isinstance(node, ast.FunctionDef):
                if node.name not in fixed:
                    self.functions[node.name] = node  # the last one counts
                    self.makers[node.name] = [node]
                    self.names[node.name] = None
            else:
                for name in _made(node) - set(fixed):
                    self.makers.setdefault(name, []).append(node)
                    self.names[name] = None

    def written(self, of: str) -> list[str]:
        """Return the parts of the function of this name and of what it needs; without a name, of everything."""
        done: set[int] = set()
        roots = self.makers.get(of, []) if of else []
        for node in roots or [one for one in self.body if not isinstance(one, SILENT)]:
            done.add(id(node))
            self.write(node)
        while self.waiting:
            for node in self.makers[self.waiting.pop(0)]:
                if id(node) not in done:
                    done.add(id(node))
                    self.write(node)
        return self.parts

    def name(self, name: str) -> str:
        for scope in reversed(self.scopes):
            if name in scope:
                return self._number(scope, name)
        if name in self.names:
            if self.names[name] is None:
                self.waiting.append(name)
            return self._number(self.names, name)
        return self.imported.get(name, name)

    def _number(self, scope: dict[str, str | None], name: str) -> str:
        if scope[name] is None:
            scope[name] = f"v{self.count}"
            self.count += 1
        return scope[name] or ""

    def write(self, node: Any) -> None:
        kind = type(node)
        special = SPECIAL.get(kind)
        if special is not None:
            special(self, node)
            return
        if kind in COMPREHENSIONS:
            self.comprehension(node)
            return
        self.parts.append(kind.__name__)
        self.fields(node, node._fields)
        
    def fields(self, node: Any, names: Iterable[str]) -> None:
        for field in names:
            value = getattr(node, field)
            if isinstance(value, list):
                self.all(value)
            elif isinstance(value, ast.AST):
                if not isinstance(value, ast.expr_context):
                    self.write(value)
            elif isinstance(value, str):
                self.parts[-1] += f":{value}"

    def all(self, nodes: list[Any]) -> None:
        self.parts.append("[")
        for one in nodes:
            if isinstance(one, ast.AST):
                self.write(one)
            elif one is not None:
                self.parts.append(str(one))
        self.parts.append("]")
