"""Calling the reader's function: the only part of a check that runs beside their code.

It holds no answers. What comes back is plain data: arrays, numbers, text, and tuples and dictionaries of these.
"""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
import textwrap
import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Outcome", "is_written", "plain", "run_case", "says_something", "unchanged"]


@dataclass(frozen=True)
class Outcome:
    """What one call gave.

    Parameters
    ----------
    value : plain data
        The result, where there was one.
    error : str
        The type and the message of the exception, or empty.
    where : str
        The line of the reader's code that raised it, or empty.
    changed : tuple of str
        Names of the arguments that are no longer what they were.
    """

    value: Any = None
    error: str = ""
    where: str = ""
    changed: tuple[str, ...] = ()

    @property
    def error_type(self) -> str:
        """The name of the exception's class, or empty."""
        return self.error.partition(":")[0]


def run_case(function: Callable[..., Any], arguments: Mapping[str, Any], observe: str | None = None) -> Outcome:
    """Call the function on fresh copies of the arguments, and return what it gave as plain data."""
    given = {name: _fresh(value) for name, value in arguments.items()}
    kept = {name: _fresh(value) for name, value in arguments.items() if _can_change(value)}
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = function(*given.values())
            if observe is not None:
                from . import objects

                result = getattr(objects, observe)(result, list(given.values()))
            value = plain(result)
    except Exception as error:
        return Outcome(error=f"{type(error).__name__}: {error}", where=_line_of(function, error))
    return Outcome(value=value, changed=tuple(name for name in kept if not unchanged(kept[name], given[name])))


def is_written(function: Callable[..., Any]) -> bool:
    """Tell whether somebody wrote the function: it prints, or no `...` of the empty stub is left in it.

    Where the source cannot be read, the answer is no.
    """
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    return says_something(node)


def says_something(node: ast.AST) -> bool:
    """Tell whether a function's syntax tree holds more than the empty stub: it prints, or no `...` is left in it."""
    if not isinstance(node, ast.FunctionDef):
        return False
    if any(isinstance(part, ast.Name) and part.id == "print" for part in ast.walk(node)):
        return True
    said = [_said(part) for part in node.body if not isinstance(part, ast.Pass)]
    return Ellipsis not in said and not all(isinstance(part, str) for part in said)


def _said(statement: ast.stmt) -> Any:
    """Return what stands alone on a line, such as words or `...`; of any other statement, nothing."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value.value
    return None


def plain(value: Any) -> Any:
    """Turn a result into plain data: arrays of numbers, numbers, text, None, tuples and dictionaries of these.

    Tensors of torch become arrays. Anything else raises TypeError.

    Examples
    --------
    >>> plain([1, (2.5, None)])
    (1, (2.5, None))
    """
    if value is None or value is Ellipsis:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if hasattr(value, "detach") and hasattr(value, "numpy"):  # a tensor, without importing torch
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        array = np.array(value, copy=True, subok=False)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"the result is an array of dtype {array.dtype}, not of numbers")
        return array
    raise TypeError(f"the result is a {type(value).__name__}, not an array or a number")


def unchanged(before: Any, after: Any) -> bool:
    """Tell whether an argument still holds what it held."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and before.shape == after.shape
            and before.tobytes() == after.tobytes()
        )
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(unchanged, before, after))
    if isinstance(before, dict):
        return list(before) == list(after) and all(unchanged(before[key], after[key]) for key in before)
    return before == after


def _can_change(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_can_change, value))
    return isinstance(value, np.ndarray | list | dict)


def _fresh(value: Any) -> Any:
    build = getattr(value, "build", None)
    return build() if build is not None else copy.deepcopy(value)


def _line_of(function: Callable[..., Any], error: BaseException) -> str:
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    if not own:
        return ""
    line = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
    return line
