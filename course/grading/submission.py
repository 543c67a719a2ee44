"""What a notebook holds for each exercise: its function, and the code that the function needs.

A notebook is not run from top to bottom. Its cells are cut into statements, and an exercise gets those that define
its function and, from there, every statement that a name in it depends on: imports, helpers, constants, tables that
a loop fills. Demonstrations, training and pictures are left out, and a cell that was renamed, moved, copied or lost
its metadata is found by what it defines.
"""

from __future__ import annotations

import ast
import difflib
import re
import symtable
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..cell.run import says_something
from ..errors import NotebookError
from ..manifest import LESSONS, Lesson
from ..notebooks.reading import exercise_of, read_notebook

__all__ = ["Slice", "Submission", "lesson_in", "read_submission", "submission_of"]

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
    written : bool
        The function holds more than the empty stub, even where it gives nothing, such as one that prints.
    uses : tuple of str
        Other exercises whose functions it needs.
    """

    exercise: str
    cells: tuple[tuple[int, str], ...] = ()
    problem: str = ""
    missing: bool = False
    notes: tuple[str, ...] = ()
    untouched: bool = False
    written: bool = False
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submission:
    """One notebook: its lesson, and the code of each of the lesson's exercises."""

    lesson: Lesson
    slices: tuple[Slice, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Statement:
    """A top-level statement: which names it binds, and whose objects it changes."""

    cell: int
    node: ast.stmt
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)


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
    lesson = lesson or lesson_in(notebook, name)
    sources = [_python_of(cell["source"]) if cell["cell_type"] == "code" else "" for cell in notebook["cells"]]
    marked = {exercise_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"}
    statements: list[_Statement] = []
    broken: dict[int, str] = {}
    for number, source in enumerate(sources, start=1):
        try:
            statements += _statements_of(number, source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
            broken[number] = f"cell {number}{line} is not Python: {getattr(error, 'msg', None) or error}"
    names = [exercise.name for exercise in lesson.exercises]
    slices = tuple(_slice(one, names, statements, sources, broken) for one in names)
    notes = []
    if notebook["cells"] and all(piece.missing for piece in slices):
        notes.append(
            f"{name} {_what_else(notebook, name)}. Hand in the notebook of lesson {lesson.number}, {lesson.stem}."
        )
    elif not marked & set(names):
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


def lesson_in(notebook: dict[str, Any], name: str) -> Lesson:
    """Return the lesson that most exercises of a notebook belong to; `NotebookError` where there is no exercise."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    marked = {exercise_of(cell) for cell in cells}
    defined = {word for cell in cells for word in re.findall(r"^[ \t]*def[ \t]+(\w+)", cell["source"], re.MULTILINE)}

    def found(lesson: Lesson) -> tuple[int, int]:
        names = {exercise.name for exercise in lesson.exercises}
        return len(names & defined) + len(names & marked), int(lesson.stem in name or lesson.slug in name)

    best = max(LESSONS, key=found)
    if found(best) == (0, 0):
        raise NotebookError(
            f"{name} holds no exercise of this course. Give a notebook of a lesson, such as {LESSONS[0].stem}.ipynb."
        )
    return best


def _what_else(notebook: dict[str, Any], name: str) -> str:
    try:
        other = lesson_in(notebook, name)
    except NotebookError:
        return "holds no exercise of this course"
    return f"is of lesson {other.number}, {other.title}"


def _statements_of(cell: int, source: str) -> list[_Statement]:
    found = []
    for node in _parse(source).body:
        statement = _Statement(cell, node)
        _look(node, statement, inside=False)
        found.append(statement)
    return found


def _look(node: ast.AST, statement: _Statement, inside: bool) -> None:
    """Note which names of the notebook a part of a statement binds, and whose objects it changes.

    Parameters
    ----------
    node : ast.AST
    statement : _Statement
        What is found is noted here.
    inside : bool
        The part belongs to a function, a class or a comprehension, whose names are its own.
    """
    target: Any = None
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        if not inside:
            statement.binds.add(node.name)
        inside = True
    elif isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        inside = True
    elif isinstance(node, ast.Global):
        statement.changes.update(node.names)
    elif inside:
        if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
            statement.changes.add(node.target.id)  # in a comprehension it binds a name of the notebook
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        statement.binds.add(node.id)
    elif isinstance(node, ast.alias):
        statement.binds.add((node.asname or node.name).split(".")[0])
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        statement.binds.add(node.name)
    elif isinstance(node, ast.MatchMapping) and node.rest:
        statement.binds.add(node.rest)
    elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        target = node  # t[0] = 1, del t[0]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        target = node.value.func  # t.append(1)
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
        if isinstance(target, ast.Name):
            statement.changes.add(target.id)
    for child in ast.iter_child_nodes(node):
        _look(child, statement, inside)


def _reads_of(node: ast.stmt) -> set[str]:
    """Return the names of the notebook that a statement reads, also from within its functions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scopes = [symtable.symtable(ast.unparse(node), "cell", "exec")]
    names = {symbol.get_name() for symbol in scopes[0].get_symbols() if symbol.is_referenced()}
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        names |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
    return names


def _slice(
    name: str, exercises: list[str], statements: list[_Statement], sources: list[str], broken: dict[int, str]
) -> Slice:
    mine = [one for one in statements if name in one.binds]
    own = [one for one in mine if isinstance(one.node, ast.FunctionDef | ast.ClassDef) or not _is_check(one.node)]
    unread = [words for number, words in broken.items() if re.search(rf"\bdef\s+{name}\b", sources[number - 1])]
    if not own:
        near = [] if unread else _near(name, exercises, statements)
        notes = [f"There is a function {one}: is it meant to be {name}?" for one in near]
        problem = f"SyntaxError: {unread[0]}" if unread else ""
        return Slice(name, problem=problem, missing=not unread, notes=tuple(notes))
    written = [one for one in own if not _is_stub(one.node)]
    notes = [words.capitalize() for words in unread]
    if len([one for one in written if isinstance(one.node, ast.FunctionDef)]) > 1:
        notes.append(f"{name} is written {len(written)} times; the last one counts.")
    dropped = [one for one in own if written and one not in written]
    # The course's check gives a learner's function back as it is: what is wrong with it is no matter for a grade.
    chosen = _needed(name, [one for one in statements if one not in dropped and not _is_check(one.node)])
    return Slice(
        name, _cells_of(chosen, statements, sources), notes=tuple(notes), untouched=not written,
        written=any(says_something(one.node) for one in own),
        uses=tuple(other for other in exercises if other != name and any(other in one.binds for one in chosen)),
    )  # fmt: skip


def _near(name: str, exercises: list[str], statements: list[_Statement]) -> list[str]:
    """Return the function whose name looks most like that of an exercise, and is not that of another one."""
    found = {one.node.name for one in statements if isinstance(one.node, ast.FunctionDef)}
    return difflib.get_close_matches(name, sorted(found - set(exercises)), n=1, cutoff=0.8)


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
        for made in one.binds | (one.changes - imported - {"course"}):
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
            fresh = _reads_of(one.node) - seen
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
