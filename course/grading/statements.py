"""The statements of a notebook: what each binds, changes and reads, and which of them a name depends on."""

from __future__ import annotations

import ast
import functools
import re
import symtable
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..cell.run import Stage, stage_of
from ..notebooks.ipython import compiled, python_of

__all__ = ["Cell", "Statement", "cells_of", "is_check", "needed", "read_cell"]

LONGEST_CELL = 100_000  # characters; more is no exercise
MOST_ON_A_LINE = 200  # statements: each of them comes with the others
SHORT_CELL = 4000  # characters of what is kept, to be read once for a class
MERGE_MARK = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( .*)?$", re.MULTILINE)
MAYBE_A_PROMPT = re.compile(r"\s*(In \[|\.\.\.|\[)|.*\n\s*(In \[|\.\.\.)")
DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)
IMPORTED = re.compile(r"^[ \t]*(?:from[ \t]+\S+[ \t]+)?import[ \t]+(.+)$", re.MULTILINE)
NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
VALUES = (ast.Name, ast.Attribute, ast.Call, ast.Lambda, ast.IfExp, ast.Subscript)


@dataclass
class Statement:
    """A top-level statement.

    Parameters
    ----------
    cell : int
        The number of its cell, from 1 on.
    node : ast.stmt
    place : int
        Its place among all statements.
    binds : set of str
        Names of the notebook that it gives a value.
    defines : dict of str to Stage
        Those of them whose value may be a function, and how much of it is written.
    changes : set of str
        Names of the notebook whose objects it changes.
    checks : set of str
        Names of functions that it gives to the course's check.
    reads : set of str
        Names of the notebook that it reads, also from within its functions.
    """

    cell: int
    node: ast.stmt
    place: int = 0
    binds: set[str] = field(default_factory=set)
    defines: dict[str, Stage] = field(default_factory=dict)
    changes: set[str] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Cell:
    """A code cell as Python.

    Parameters
    ----------
    number : int
        From 1 on, text cells counted.
    source : str
        Python, each line at its number; empty where there is nothing to run.
    statements : tuple of Statement
    problem : str
        Why it is not run, or empty.
    lost : frozenset of str
        The names that it would have bound.
    """

    number: int
    source: str
    statements: tuple[Statement, ...] = ()
    problem: str = ""
    lost: frozenset[str] = frozenset()


def read_cell(number: int, source: str) -> Cell:
    """Return a code cell, read as IPython would read it."""
    if len(source) > LONGEST_CELL:
        return Cell(number, "", problem=f"cell {number} has {len(source):,} characters, which is too long to be read")
    text, statements, problem, lost = (_read_again if len(source) < SHORT_CELL else _read)(source)
    own = tuple(replace(one, cell=number) for one in statements)
    return Cell(number, text, own, f"cell {number}{problem}" if problem else "", lost)


def _read(source: str) -> tuple[str, tuple[Statement, ...], str, frozenset[str]]:
    """Return a cell's Python and its statements, or why it is not run and which names it would have bound."""
    text, magic, tree = source, "", None if MAYBE_A_PROMPT.match(source) else _tree_of(source)
    if tree is None:
        text, magic = python_of(source)
    if len(text) > 2 * LONGEST_CELL:  # what stands for IPython's own is longer than it
        return "", (), " has too much in it that only IPython understands", frozenset()
    if magic:
        return "", (), f" begins with %%{magic}, so nothing in it is kept for the cells below", _names_in(source)
    try:
        return text, tuple(_statements(tree or compiled(text), text)), "", frozenset()
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        why = f"is not Python: {getattr(error, 'msg', None) or error or type(error).__name__}"
        if MERGE_MARK.search(source):
            why = "holds the marks of a merge (<<<<<<<, =======, >>>>>>>): keep one side, and delete the other"
        return text, (), f"{line} {why}", _names_in(text)


_read_again = functools.lru_cache(maxsize=2048)(_read)  # most cells of a class are those of the lesson


def _tree_of(source: str) -> ast.Module | None:
    """Return the tree of a cell that is Python as it stands, as nearly every cell is."""
    try:
        return compiled(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names_in(source: str) -> frozenset[str]:
    """Return the names that a cell which cannot be read seems to bind."""
    names = {name for pair in DEFINED.findall(source) for name in pair if name}
    for words in IMPORTED.findall(source):
        names |= {part.split(" as ")[-1].strip().split(".")[0] for part in words[:1000].split(",")}
    return frozenset(names)


def _statements(tree: ast.Module, text: str) -> Iterable[Statement]:
    if not tree.body:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tables = symtable.symtable(text, "cell", "exec").get_children()
    lines = Counter(node.lineno for node in tree.body)
    if max(lines.values()) > MOST_ON_A_LINE:
        raise ValueError(f"there are more than {MOST_ON_A_LINE} statements on a line")
    inside: dict[int, set[str]] = {}  # the names that scopes which begin on a line read
    for table in tables:
        inside.setdefault(table.get_lineno(), set()).update(_read_in(table))
    has_global = "global" in text
    for node in tree.body:
        statement = Statement(0, node)
        _look(statement)
        if has_global:
            for part in ast.walk(node):
                if isinstance(part, ast.Global):
                    statement.changes.update(part.names)
        for line in _span(node) if inside else ():
            statement.reads |= inside.get(line, frozenset())
        yield statement


def _read_in(table: symtable.SymbolTable) -> Iterable[str]:
    """Yield the names of the notebook that a scope reads, and the scopes within it."""
    waiting = [table]
    while waiting:
        one = waiting.pop()
        waiting += one.get_children()
        yield from (symbol.get_name() for symbol in one.get_symbols() if symbol.is_global())


def _own_nodes(node: ast.AST) -> Iterable[ast.AST]:
    """Yield the parts of a statement that run in the notebook itself, not within a scope of their own."""
    waiting: list[ast.AST] = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, ast.Lambda):
            waiting.append(one.args)
        elif isinstance(one, COMPREHENSIONS):
            waiting.append(one.generators[0].iter)
        elif isinstance(one, NESTED):
            inside = {id(part) for part in getattr(one, "body", ())}
            waiting += [part for part in ast.iter_child_nodes(one) if id(part) not in inside]
        else:
            waiting += ast.iter_child_nodes(one)


def _look(statement: Statement) -> None:
    """Note what a statement binds, defines, changes, checks and reads by itself."""
    for node in _own_nodes(statement.node):
        target: Any = None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            _define(statement, node.name, stage_of(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            stage = Stage.WRITTEN if isinstance(node.value, VALUES) else Stage.EMPTY  # a number is no function
            for part in (part for each in targets for part in ast.walk(each)):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    _define(statement, part.id, stage)
        elif isinstance(node, COMPREHENSIONS):  # the names of its loops are its own, those of := are the notebook's
            named = [part.target.id for part in ast.walk(node) if isinstance(part, ast.NamedExpr)]
            statement.changes.update(named)
        elif isinstance(node, ast.Name):
            (statement.reads if isinstance(node.ctx, ast.Load) else statement.binds).add(node.id)
        elif isinstance(node, ast.alias):
            _define(statement, (node.asname or node.name).split(".")[0], Stage.WRITTEN)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            statement.binds.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            statement.binds.add(node.rest)
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            target = node  # t[0] = 1, del t[0]
        elif isinstance(node, ast.Call):
            if _name_of(node.func) == "check" and node.args and isinstance(node.args[0], ast.Name):
                statement.checks.add(node.args[0].id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            target = node.value.func  # t.append(1)
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
            if isinstance(target, ast.Name):
                statement.changes.add(target.id)


def _define(statement: Statement, name: str, stage: Stage) -> None:
    statement.binds.add(name)
    statement.defines[name] = max(stage, statement.defines.get(name, Stage.EMPTY))


def _name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def is_check(node: ast.stmt) -> bool:
    """Tell whether a statement is ``name = course.check(name)``: there, it gives the function back as it is."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
    given = {argument.id for argument in node.value.args if isinstance(argument, ast.Name)}
    return _name_of(node.value.func) == "check" and bool(targets & given)


def needed(name: str, statements: Sequence[Statement]) -> tuple[list[Statement], frozenset[str], frozenset[str]]:
    """Return those of the statements that a name depends on, in their order.

    Also the names that these read, and those of them that none of the statements binds.
    """
    imported = {bound for one in statements if isinstance(one.node, ast.Import | ast.ImportFrom) for bound in one.binds}
    makers: dict[str, list[Statement]] = {}
    always = []
    for one in statements:
        for made in one.binds | (one.changes - imported - {"course"}):
            makers.setdefault(made, []).append(one)
        if isinstance(one.node, ast.ImportFrom) and (one.node.module == "__future__" or "*" in one.binds):
            always.append(one)
    chosen: dict[int, Statement] = {one.place: one for one in always}
    seen, wanted = {name}, [name]
    while wanted:
        for one in makers.get(wanted.pop(), ()):
            if one.place in chosen:
                continue
            chosen[one.place] = one
            fresh = one.reads - seen
            seen |= fresh
            wanted += fresh
    return [chosen[place] for place in sorted(chosen)], frozenset(seen), frozenset(seen - set(makers))


def cells_of(chosen: Sequence[Statement], cells: Sequence[Cell]) -> tuple[tuple[int, str], ...]:
    """Return the sources of cells in which only the lines of the chosen statements are left."""
    lines: dict[int, set[int]] = {}
    for one in chosen:
        lines.setdefault(one.cell, set()).update(_span(one.node))
    by_number = {cell.number: cell for cell in cells}
    kept = []
    for number in sorted(lines):
        cell, left = by_number[number], lines[number]
        for one in [*cell.statements, *reversed(cell.statements)]:  # "a = 1; b = 2": what shares a line comes along
            if not left.isdisjoint(_span(one.node)):
                left.update(_span(one.node))
        source = cell.source.split("\n")
        text = "\n".join(line if k in left else "" for k, line in enumerate(source, start=1))
        kept.append((number, text.rstrip()))
    return tuple(kept)


def _span(node: ast.stmt) -> range:
    """Return the numbers of the lines of a statement in its cell, decorators among them."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return range(first, (node.end_lineno or first) + 1)
