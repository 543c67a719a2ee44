"""One name, one meaning: after all cells have run, any of them can be run again, in any order, and says the same.

For each name that a cell reads before it binds it, exactly one other cell binds it, and none changes in place what
another one made. What a function of the lesson reads when it is called is read by the cell that names the function.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...manifest import Lesson
from ..reading import exercise_of, tags_of
from .parts import Notebook, cell_id, cells_of

__all__ = ["changes_nothing_of_others", "means_one_thing_by_a_name"]

KNOWN = {*vars(builtins), "__name__", "display", "get_ipython"}
CHANGES = {
    "add", "append", "backward", "clear", "discard", "eval", "extend", "fill", "insert", "load_state_dict", "pop",
    "popitem", "remove", "requires_grad_", "resize", "reverse", "setdefault", "shuffle", "sort", "step", "train",
    "update", "zero_grad",
}  # fmt: skip
GENERATORS = {"default_rng", "Generator", "RandomState", "Random"}  # each number that is drawn changes them
SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def means_one_thing_by_a_name(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A name that a cell takes from another cell is bound in one cell alone, above the one that reads it."""
    uses = _uses_of(notebook)
    for name in sorted({name for use in uses for name in use.reads}):
        binders = [use for use in uses if name in use.binds]
        readers = [use for use in uses if name in use.reads]
        meanings = list({use.meaning(name): use for use in reversed(binders)}.values())[::-1]
        if not binders and name not in KNOWN:
            yield readers[0].cell, f"no cell binds the name {name!r}, which this one reads"
        for other in meanings[1:]:
            yield (
                other.cell,
                f"the name {name!r} is bound here and in cell {meanings[0].cell!r}, and cell "
                f"{readers[0].cell!r} reads it: give one of them another name",
            )
        early = [use for use in readers if binders and use.number < min(one.number for one in binders)]
        for use in early:
            yield use.cell, f"the name {name!r} is read before cell {binders[0].cell!r} binds it"


def changes_nothing_of_others(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A cell changes in place only what it has made itself, as far as can be seen; random generators included."""
    uses = _uses_of(notebook)
    imported = {name for use in uses for name, brings in use.binds.items() if brings}
    for use in uses:
        for name in sorted(use.changes - imported):
            yield (
                use.cell,
                f"{name!r} of another cell is changed here, so that a cell that is run again says something else",
            )


@dataclass
class _Use:
    """What a cell does with global names: those it reads before it binds them, those it binds, those it changes."""

    cell: str
    number: int
    exercise: str | None
    reads: set[str] = field(default_factory=set)
    binds: dict[str, str] = field(default_factory=dict)  # with what an import brings; empty for all else
    changes: set[str] = field(default_factory=set)

    def meaning(self, name: str) -> str:
        """Return what the name stands for: the same text where two cells mean the same by it."""
        if self.exercise == name:
            return f"the exercise {name}"
        return self.binds[name] or f"cell {self.number}"


def _uses_of(notebook: Notebook) -> list[_Use]:
    """Return what each code cell does with global names, what functions do when they are called included."""
    uses: list[_Use] = []
    later: dict[str, _Deferred] = {}
    generators: set[str] = set()
    for number, cell in enumerate(cells_of(notebook, "code")):
        checked = exercise_of(cell) if {"exercise", "check"} & set(tags_of(cell)) else None
        use = _Use(cell_id(cell), number, checked)
        walk = _Walk(use, later, generators)
        try:
            walk.visit(ast.parse(cell["source"]))
        except (SyntaxError, ValueError):
            continue
        if "check" in tags_of(cell) and checked:
            use.binds.setdefault(checked, "")
        uses.append(use)
    return uses


@dataclass
class _Deferred:
    """What a function reads and changes when it is called."""

    reads: set[str]
    changes: set[str]


class _Walk(ast.NodeVisitor):
    """Goes through a cell as Python does, statement after statement."""

    def __init__(self, use: _Use, later: dict[str, _Deferred], generators: set[str]) -> None:
        self.use, self.later, self.generators = use, later, generators
        self.hidden: list[set[str]] = []  # names of comprehensions and lambdas that are being looked at

    def read(self, name: str, seen: frozenset[str] = frozenset()) -> None:
        if name not in self.use.binds and not any(name in names for names in self.hidden):
            self.use.reads.add(name)
        if name in self.later and name not in seen and not any(name in names for names in self.hidden):
            hidden, self.hidden = self.hidden, []
            for inner in self.later[name].reads:
                self.read(inner, seen | {name})
            self.use.changes |= {inner for inner in self.later[name].changes if inner not in self.use.binds}
            self.hidden = hidden

    def bind(self, name: str, brings: str = "") -> None:
        self.use.binds[name] = brings
        if name != self.use.exercise:  # a check hands back the reader's function
            self.later.pop(name, None)
        self.generators.discard(name)

    def change(self, node: ast.AST) -> None:
        """Note that the object under a global name is changed in place."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name) and node.id not in self.use.binds and not any(node.id in h for h in self.hidden):
            self.use.changes.add(node.id)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self.change(node)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self.change(node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        if isinstance(called, ast.Attribute):
            base = called.value
            drawn = isinstance(base, ast.Name) and base.id in self.generators
            if called.attr in CHANGES or drawn or (called.attr.endswith("_") and not called.attr.endswith("__")):
                self.change(base)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)
        self._follow(node.targets, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)
            self._follow([node.target], node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
            self.change(node.target)
            self.bind(node.target.id)
        else:
            self.visit(node.target)

    def _follow(self, targets: list[ast.expr], value: ast.expr) -> None:
        """Remember of a name what is behind it: functions, and sources of random numbers."""
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        deferred = _Deferred(set(), set())
        for part in ast.walk(value):
            if isinstance(part, ast.Lambda):
                inner = _inside(part)
                deferred.reads |= inner.reads
                deferred.changes |= inner.changes
        if deferred.reads:
            self.later.update(dict.fromkeys(names, deferred))
        called = value.func if isinstance(value, ast.Call) else None
        if getattr(called, "attr", getattr(called, "id", "")) in GENERATORS:
            self.generators.update(names)

    def visit_For(self, node: ast.For) -> None:
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    def visit_FunctionDef(self, node: Any) -> None:
        arguments = node.args
        for part in (*node.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)):
            self.visit(part)
        self.bind(node.name)
        self.later[node.name] = _inside(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self.bind(node.name)
        inner = [_inside(part) for part in ast.walk(node) if isinstance(part, ast.FunctionDef)]
        self.later[node.name] = _Deferred(
            set().union(*(one.reads for one in inner)), set().union(*(one.changes for one in inner))
        )

    def visit_Lambda(self, node: ast.Lambda) -> None:
        inner = _inside(node)
        for name in inner.reads:
            self.read(name)
        self.use.changes |= {name for name in inner.changes if name not in self.use.binds}

    def _comprehension(self, node: Any) -> None:
        self.hidden.append({name for part in node.generators for name in _stored(part.target)})
        for part in node.generators:
            self.visit(part.iter)
            for condition in part.ifs:
                self.visit(condition)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(part)
        self.hidden.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.bind(name, f"import {alias.name if alias.asname else name}")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.bind(alias.asname or alias.name, f"from {node.module} import {alias.name}")


def _inside(function: Any) -> _Deferred:
    """Return what a function reads and changes of the names outside it."""
    arguments = function.args
    own = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    own |= {one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None}
    use = _Use("", 0, None)
    walk = _Walk(use, {}, set())
    body = function.body if isinstance(function.body, list) else [function.body]
    own |= {name for statement in body for name in _stored(statement)}
    use.binds.update(dict.fromkeys(own, ""))
    for statement in body:
        walk.visit(statement)
    for part in (part for statement in body for part in _scopes(statement)):
        inner = _inside(part)
        use.reads |= inner.reads - own
        use.changes |= inner.changes - own
    return _Deferred(use.reads, use.changes)


def _scopes(node: ast.AST) -> Iterator[Any]:
    """Yield the functions that stand directly inside a statement."""
    if isinstance(node, SCOPES):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _scopes(child)


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of code binds in its own scope."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    if not isinstance(node, COMPREHENSIONS | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _stored(child)
