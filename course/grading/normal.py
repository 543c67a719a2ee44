"""The normal form of code: what is left when names, comments, hints and layout are taken away."""

from __future__ import annotations

import ast
import builtins
import functools
import keyword
import re
import warnings
from collections.abc import Callable, Collection, Iterable
from typing import Any

__all__ = ["normalised", "parts_of"]

LONGEST = 60_000  # characters; more is compared by its tokens
FLIPPED = {"Gt": "Lt", "GtE": "LtE"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
PLAIN = (ast.Constant, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare)
KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))

_Scope = dict[str, str | None]  # what each name of it is written as, once it was written


def normalised(source: str, of: str = "", exercises: Collection[str] = ()) -> str:
    r"""Return code without what is easily changed in a copy.

    Comments, docstrings, type hints, layout and the words of an error are left out; names that the code makes are
    numbered in the order of their use, and what is imported has its full name. Helpers and constants follow where they
    are used, so that their order and that of imports does not matter.

    Parameters
    ----------
    source : str
        Python. Where it is none, its tokens are what is compared.
    of : str
        The function to begin with. Without it, all that the source does, in its order.
    exercises : collection of str
        Names that mean the same in everybody's code; functions of these names are left out, but for `of`.

    Examples
    --------
    >>> normalised("def f(a: int):\n    a += 1  # more\n    return a") == normalised("def f(b): b = b + 1; return b")
    True
    >>> normalised("def f(a, b): return a - b") == normalised("def f(a, b): return b - a")
    False
    """
    return " ".join(parts_of(source, of, exercises))


def parts_of(source: str | Iterable[str], of: str = "", exercises: Collection[str] = ()) -> list[str]:
    """Return the parts of the normal form, about as many as the code has names, numbers, operators and statements.

    Parameters
    ----------
    source, of, exercises
        As `normalised` takes them; the source may be given in pieces, each of whole statements.
    """
    pieces = [source] if isinstance(source, str) else list(source)
    try:
        if sum(map(len, pieces)) > LONGEST:
            return _tokens(pieces)
        body = [node for piece in pieces for node in _parsed(piece)]
        return _Writer(body, frozenset(exercises) - {of}).written(of)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _tokens(pieces)


@functools.lru_cache(maxsize=16)  # the exercises of a notebook share cells
def _parsed(source: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source).body


def _tokens(pieces: list[str]) -> list[str]:
    numbers: dict[str, str] = {}
    words = [word for piece in pieces for word in re.findall(r"#.*|\w+|[^\w\s]", piece) if word[0] != "#"]
    return [
        numbers.setdefault(word, f"v{len(numbers)}") if word.isidentifier() and word not in KEPT else word
        for word in words
    ]


class _Writer:
    """Writes syntax trees as a list of parts, every name that the code makes as a number."""

    def __init__(self, body: list[ast.stmt], fixed: Collection[str]) -> None:
        self.parts: list[str] = []
        self.count = 0
        self.body = [node for node in body if not (isinstance(node, FUNCTIONS) and node.name in fixed)]
        self.makers: dict[str, list[ast.stmt]] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.waiting: list[str] = []
        self.names: _Scope = {}
        for node in self.body:
            made = _bound([node], changed=True)
            for name in made.keys() - fixed:
                if isinstance(node, ast.FunctionDef):
                    self.makers[name], self.functions[name] = [node], node  # the last one counts
                elif not isinstance(node, ast.Import | ast.ImportFrom):
                    self.makers.setdefault(name, []).append(node)
                self.names[name] = made[name]
        self.scopes: list[_Scope] = []

    def written(self, of: str) -> list[str]:
        """Return the parts of the function of this name, then of what it uses; without a name, of everything."""
        done: set[int] = set()
        queue = list(self.makers.get(of, self.body) if of else self.body)
        while queue or self.waiting:
            node = queue.pop(0) if queue else None
            if node is None:
                queue += self.makers.get(self.waiting.pop(0), [])
            elif id(node) not in done:
                done.add(id(node))
                self.write(node)
        return self.parts

    def name(self, name: str) -> str:
        """Return what a name is written as."""
        for scope in reversed(self.scopes):
            if name in scope:
                return self.number(scope, name)
        if name not in self.names:
            return name
        if self.names[name] is None:
            self.waiting.append(name)
        return self.number(self.names, name)

    def number(self, scope: _Scope, name: str) -> str:
        """Return the number of a name of this scope, given at its first use."""
        known = scope[name]
        if known is None:
            known = scope[name] = f"v{self.count}"
            self.count += 1
        return known

    def write(self, node: Any) -> None:
        """Write one node of a tree."""
        special = SPECIAL.get(type(node))
        if special is not None:
            special(self, node)
            return
        self.parts.append(type(node).__name__)
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                self.write_all(value)
            elif isinstance(value, ast.expr_context):
                continue
            elif isinstance(value, ast.AST):
                self.write(value)
            elif isinstance(value, str):
                self.parts[-1] += f":{value}"

    def write_all(self, nodes: list[Any]) -> None:
        """Write nodes between brackets."""
        self.parts.append("[")
        for one in nodes:
            if isinstance(one, ast.AST):
                self.write(one)
            else:
                self.parts.append(str(one))
        self.parts.append("]")

    def silent(self, node: Any) -> None:
        """Write nothing."""

    def write_name(self, node: ast.Name) -> None:
        self.parts.append(self.name(node.id))

    def write_constant(self, node: ast.Constant) -> None:
        self.parts.append(repr(node.value))

    def write_walrus(self, node: ast.NamedExpr) -> None:
        if self.scopes and isinstance(node.target, ast.Name):
            self.scopes[0].setdefault(node.target.id)
        self.operation(node, node.target, node.value)

    def write_attribute(self, node: ast.Attribute) -> None:
        self.write(node.value)
        self.parts[-1] += f".{node.attr}"

    def write_slice(self, node: ast.Slice) -> None:
        self.write_all([node.lower, node.upper, node.step])

    def write_expression(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.write(node.value)

    def write_operation(self, node: ast.BinOp) -> None:
        self.operation(node.op, node.left, node.right)

    def operation(self, operator: ast.AST, left: ast.expr, right: ast.expr) -> None:
        self.parts.append(type(operator).__name__)
        self.write(left)
        self.write(right)

    def write_comparison(self, node: ast.Compare) -> None:
        operators, terms = [type(one).__name__ for one in node.ops], [node.left, *node.comparators]
        if operators[0] in FLIPPED and all(one in FLIPPED for one in operators):
            operators, terms = [FLIPPED[one] for one in reversed(operators)], terms[::-1]
        self.parts.append(",".join(operators))
        self.write_all(terms)

    def write_change(self, node: ast.AugAssign) -> None:
        self.parts.append("Assign")
        self.write_all([node.target])
        self.operation(node.op, node.target, node.value)

    def write_hinted(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.parts.append("Assign")
            self.write_all([node.target])
            self.write(node.value)

    def write_raise(self, node: ast.Raise) -> None:
        self.parts.append("Raise")
        if node.exc is not None:
            self.write(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)

    def write_assert(self, node: ast.Assert) -> None:
        self.parts.append("Assert")
        self.write(node.test)

    def write_call(self, node: ast.Call) -> None:
        self.parts.append("Call")
        self.write(node.func)
        self.write_all(node.args)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        called = None if any(name in scope for scope in self.scopes) else self.functions.get(name)
        known = [] if called is None else [one.arg for one in (*called.args.args, *called.args.kwonlyargs)]
        for one in node.keywords:  # the arguments of a helper may have other names in a copy
            self.parts.append(f"{known.index(one.arg) if one.arg in known else one.arg}=")
            self.write(one.value)

    def write_handler(self, node: ast.ExceptHandler) -> None:
        self.parts.append("except")
        if node.type is not None:
            self.write(node.type)
        if node.name:
            self.parts.append(self.name(node.name))
        self.write_all(node.body)

    def write_comprehension(self, node: Any) -> None:
        self.parts.append(type(node).__name__)
        self.write(node.generators[0].iter)  # outside of the names that the comprehension makes
        self.scopes.append(_bound([one.target for one in node.generators]))
        for number, one in enumerate(node.generators):
            self.write(one.target)
            self.write_all([one.iter, *one.ifs] if number else one.ifs)
        for value in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.write(value)
        self.scopes.pop()

    def write_function(self, node: Any) -> None:
        self.parts.append("lambda" if isinstance(node, ast.Lambda) else f"def {self.name(node.name)}")
        given = node.args
        self.write_all([*getattr(node, "decorator_list", []), *given.defaults, *given.kw_defaults])
        names = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        self.scopes.append(dict.fromkeys([one.arg for one in names]) | _bound(body))
        kinds = (len(given.posonlyargs), len(given.kwonlyargs), given.vararg is not None, given.kwarg is not None)
        self.parts[-1] += f"{kinds}"
        for one in names:
            self.number(self.scopes[-1], one.arg)
        self.write_all(body)
        self.scopes.pop()

    def write_class(self, node: ast.ClassDef) -> None:
        self.parts.append(f"class {self.name(node.name)} [")  # what is inside keeps its names: they are attributes
        self.write_all([*node.decorator_list, *node.bases, *node.keywords, *node.body])
        self.parts.append("]")


SPECIAL: dict[type, Callable[[_Writer, Any], None]] = {
    **dict.fromkeys((*FUNCTIONS, ast.Lambda), _Writer.write_function),
    **dict.fromkeys(COMPREHENSIONS, _Writer.write_comprehension),
    **dict.fromkeys((ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal), _Writer.silent),
    ast.ClassDef: _Writer.write_class,
    ast.Name: _Writer.write_name,
    ast.Constant: _Writer.write_constant,
    ast.NamedExpr: _Writer.write_walrus,
    ast.Attribute: _Writer.write_attribute,
    ast.Slice: _Writer.write_slice,
    ast.Expr: _Writer.write_expression,
    ast.BinOp: _Writer.write_operation,
    ast.Compare: _Writer.write_comparison,
    ast.AugAssign: _Writer.write_change,
    ast.AnnAssign: _Writer.write_hinted,
    ast.Raise: _Writer.write_raise,
    ast.Assert: _Writer.write_assert,
    ast.Call: _Writer.write_call,
    ast.ExceptHandler: _Writer.write_handler,
}


def _bound(nodes: list[Any], changed: bool = False) -> _Scope:
    """Return the names that nodes bind in their own scope; what an import binds with its full name.

    Parameters
    ----------
    nodes : list of ast.AST
    changed : bool
        Also names whose objects are changed, as by ``t[0] = 1`` or ``t.append(1)``.
    """
    bound: _Scope = {}
    outer: set[str] = set()
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            if not isinstance(node.ctx, ast.Load):
                bound.setdefault(node.id)
        elif kind in FUNCTIONS or kind is ast.ClassDef:
            bound.setdefault(node.name)
        elif kind is ast.Import or kind is ast.ImportFrom:
            bound |= _imported(node)
        elif kind is ast.Global or kind is ast.Nonlocal:
            outer.update(node.names)
        elif kind is not ast.Lambda and kind not in COMPREHENSIONS:
            if kind is ast.ExceptHandler and node.name:
                bound.setdefault(node.name)
            if changed and (base := _changed(node)):
                bound.setdefault(base)
            if kind in PLAIN:
                continue  # most of a function; nothing in it binds a name but `:=`, of which `write_walrus` takes care
            for field in node._fields:
                value = getattr(node, field, None)
                if isinstance(value, list):
                    stack += [one for one in reversed(value) if isinstance(one, ast.AST)]
                elif isinstance(value, ast.AST):
                    stack.append(value)
    return {name: written for name, written in bound.items() if name not in outer}


def _changed(node: Any) -> str:
    """Return the name whose object a node changes, or nothing."""
    target = node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        target = node.value.func
    elif not (isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)):
        return ""
    deep = isinstance(target, ast.Attribute | ast.Subscript)
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if deep and isinstance(target, ast.Name) else ""


def _imported(node: ast.Import | ast.ImportFrom) -> _Scope:
    if isinstance(node, ast.Import):
        return {one.asname or one.name.split(".")[0]: one.name if one.asname else one.name.split(".")[0]
                for one in node.names}  # fmt: skip
    return {one.asname or one.name: f"{'.' * node.level}{node.module or ''}.{one.name}" for one in node.names}
