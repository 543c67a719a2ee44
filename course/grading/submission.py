"""What a notebook holds for each exercise: its function, and the code that the function needs.

A notebook is not run from top to bottom. Its cells are cut into statements, and an exercise gets those that define
its function and, from there, every statement that a name in it depends on: imports, helpers, constants, tables that
a loop fills. Demonstrations, training and pictures are left out, and a cell that was renamed, moved, copied or lost
its metadata is found by what it defines.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import NotebookError
from ..manifest import LESSONS, Lesson
from ..notebooks.reading import exercise_of, read_notebook

__all__ = ["Slice", "Submission", "read_submission", "submission_of"]

LONGEST_CELL = 200_000  # characters; more is no exercise
PYTHON_MAGICS = ("time", "timeit", "capture", "prun")


@dataclass(frozen=True)
class Slice:
    """The code of one exercise.

    Parameters
    ----------
    exercise : str
    cells : tuple of (int, str)
        Cell numbers and their sources, in order; lines that the exercise does not need are empty.
    problem : str
        Why there is nothing to run, or empty.
    missing : bool
        The notebook has no function of that name.
    notes : tuple of str
        What a reader of the report should know.
    untouched : bool
        The function is there, and its answer is still to be written.
    """

    exercise: str
    cells: tuple[tuple[int, str], ...] = ()
    problem: str = ""
    missing: bool = False
    notes: tuple[str, ...] = ()
    untouched: bool = False


@dataclass(frozen=True)
class Submission:
    """One notebook: its lesson, and the code of each of the lesson's exercises."""

    lesson: Lesson
    slices: tuple[Slice, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Statement:
    """A top-level statement: which names it makes or changes, which it reads."""

    cell: int
    node: ast.stmt
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)


def read_submission(path: str | Path, lesson: Lesson | None = None) -> Submission:
    """Read a notebook file and cut out what its exercises need; `NotebookError` where it is no notebook."""
    return submission_of(read_notebook(path), Path(path).name, lesson)


def submission_of(notebook: dict[str, Any], name: str, lesson: Lesson | None = None) -> Submission:
    """Return what a notebook holds for the exercises of its lesson.

    Parameters
    ----------
    notebook : dict
        As `course.notebooks.reading.read_notebook` returns it.
    name : str
        The file's name, which tells the lesson where nothing else does.
    lesson : Lesson, optional
        Without it, the lesson that most of the exercises in the notebook belong to.
    """
    sources = [_python_of(cell["source"]) if cell["cell_type"] == "code" else "" for cell in notebook["cells"]]
    marked = {exercise_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"}
    lesson = lesson or _lesson_of(sources, marked, name)
    statements: list[_Statement] = []
    broken: dict[int, str] = {}
    for number, source in enumerate(sources, start=1):
        try:
            statements += _statements_of(number, source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
            broken[number] = f"cell {number}{line} is not Python: {getattr(error, 'msg', None) or error}"
    slices = tuple(_slice(exercise.name, statements, sources, broken) for exercise in lesson.exercises)
    notes = []
    if not marked & {exercise.name for exercise in lesson.exercises}:
        notes.append("No cell carries the mark of an exercise any more: functions were found by their names.")
    return Submission(lesson, slices, tuple(notes))


def _python_of(source: str) -> str:
    """Return the cell without what only IPython understands; line numbers stay."""
    if len(source) > LONGEST_CELL:
        return ""
    lines = source.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%"):
        if first[2:].split(" ")[0] not in PYTHON_MAGICS:
            return ""
        lines[lines.index(next(line for line in lines if line.strip()))] = ""
    try:  # a line that begins with % may be the rest of an expression: leave whole Python alone
        _parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = [re.sub(r"^(\s*)([%!?].*|[\w.]+\?{1,2}\s*|\w+\s*=\s*[%!].*)$", r"\1pass", line) for line in lines]
    return "\n".join(lines)


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a learner's "\d" must not stop the grader
        return ast.parse(source)


def _lesson_of(sources: list[str], marked: Iterable[str | None], name: str) -> Lesson:
    text = "\n".join(sources)
    defined = set(re.findall(r"^[ \t]*def[ \t]+(\w+)", text, re.MULTILINE))

    def found(lesson: Lesson) -> tuple[int, int]:
        names = {exercise.name for exercise in lesson.exercises}
        return len(names & defined) + len(names & set(marked)), int(lesson.stem in name or lesson.slug in name)

    best = max(LESSONS, key=found)
    if found(best) == (0, 0):
        raise NotebookError(
            f"{name} holds no exercise of this course. Give a notebook of a lesson, such as {LESSONS[0].stem}.ipynb."
        )
    return best


def _statements_of(cell: int, source: str) -> list[_Statement]:
    return [_analysed(_Statement(cell, node)) for node in _parse(source).body]


def _analysed(statement: _Statement) -> _Statement:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = symtable.symtable(ast.unparse(statement.node), "cell", "exec")
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            statement.binds.add(symbol.get_name())
        if symbol.is_referenced():
            statement.reads.add(symbol.get_name())
    inner = list(table.get_children())
    while inner:
        scope = inner.pop()
        inner += scope.get_children()
        for symbol in scope.get_symbols():
            if symbol.is_global():
                statement.reads.add(symbol.get_name())
                if symbol.is_assigned():
                    statement.changes.add(symbol.get_name())
    if not isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        statement.changes |= set(_changed_in(statement.node))
    return statement


def _changed_in(node: ast.AST) -> Iterable[str]:
    """Yield the names of objects that a statement changes in place: ``t[0] = 1``, ``t.append(1)``, ``del t[0]``."""
    for part in ast.walk(node):
        target: Any = None
        if isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store | ast.Del):
            target = part
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            target = part.value.func
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
            if isinstance(target, ast.Name):
                yield target.id


def _slice(name: str, statements: list[_Statement], sources: list[str], broken: dict[int, str]) -> Slice:
    mine = [one for one in statements if name in one.binds]
    own = [one for one in mine if isinstance(one.node, ast.FunctionDef | ast.ClassDef) or not _is_check(one.node)]
    unread = [words for number, words in broken.items() if re.search(rf"\bdef\s+{name}\b", sources[number - 1])]
    if not own:
        return Slice(name, problem=f"SyntaxError: {unread[0]}" if unread else "", missing=not unread)
    written = [one for one in own if not _is_stub(one.node)]
    notes = [words.capitalize() for words in unread]
    if len([one for one in written if isinstance(one.node, ast.FunctionDef)]) > 1:
        notes.append(f"{name} is written {len(written)} times; the last one counts.")
    dropped = [one for one in own if written and one not in written]
    chosen = _needed(name, [one for one in statements if one not in dropped])
    return Slice(name, _cells_of(chosen, statements, sources), notes=tuple(notes), untouched=not written)


def _is_check(node: ast.stmt) -> bool:
    """Tell whether a statement is ``name = course.check(name)``."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    called = node.value.func
    called_name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
    given = {argument.id for argument in node.value.args if isinstance(argument, ast.Name)}
    return called_name == "check" and bool(targets & given)


def _is_stub(node: ast.stmt) -> bool:
    """Tell whether a function still has the lesson's ``...`` where an answer belongs, or nothing at all."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    dots = any(isinstance(one, ast.Expr) and getattr(one.value, "value", 0) is Ellipsis for one in ast.walk(node))
    return dots or all(isinstance(one, ast.Pass) for one in body)


def _needed(name: str, statements: list[_Statement]) -> list[_Statement]:
    imported = {bound for one in statements if isinstance(one.node, ast.Import | ast.ImportFrom) for bound in one.binds}
    makers: dict[str, list[_Statement]] = {}
    for one in statements:
        for made in one.binds | (one.changes - imported):
            makers.setdefault(made, []).append(one)
        if isinstance(one.node, ast.ImportFrom) and one.node.names[0].name == "*":
            makers.setdefault(name, []).append(one)
    chosen: set[int] = set()
    seen, wanted = {name}, [name]
    while wanted:
        for one in makers.get(wanted.pop(), ()):
            if id(one) in chosen:
                continue
            chosen.add(id(one))
            fresh = one.reads - seen
            seen |= fresh
            wanted += sorted(fresh)
    return [one for one in statements if id(one) in chosen]


def _cells_of(
    chosen: list[_Statement], statements: list[_Statement], sources: list[str]
) -> tuple[tuple[int, str], ...]:
    lines: dict[int, set[int]] = {}
    for one in chosen:
        lines.setdefault(one.cell, set()).update(_lines_of(one))
    for one in [*statements, *reversed(statements)]:  # "a = 1; b = 2": what shares a line comes along whole
        if not lines.get(one.cell, set()).isdisjoint(_lines_of(one)):
            lines[one.cell].update(_lines_of(one))
    kept = []
    for number in sorted(lines):
        source = sources[number - 1].split("\n")
        text = "\n".join(line if k in lines[number] else "" for k, line in enumerate(source, start=1))
        kept.append((number, text.rstrip()))
    return tuple(kept)


def _lines_of(one: _Statement) -> range:
    decorators = getattr(one.node, "decorator_list", [])
    first = min([one.node.lineno, *(decorator.lineno for decorator in decorators)])
    return range(first, (one.node.end_lineno or first) + 1)
