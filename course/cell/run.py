"""Calling the reader's function: the only part of a check that runs beside their code.

It holds no answers. What comes back is plain data: arrays, numbers, text, and tuples and dictionaries of these.
"""

from __future__ import annotations

import ast
import copy
import enum
import hashlib
import inspect
import linecache
import os
import re
import sys
import textwrap
import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import numpy as np

__all__ = ["BESIDE", "SETTINGS", "Outcome", "Stage", "digest_of", "digests_of", "line_of", "passed", "plain",
           "run_case", "stage_of", "written_stage"]  # fmt: skip

BESIDE = "_"  # an argument whose name begins so is for what observes the result, and is not passed
MOST_VALUES = 100_000  # in a list, tuple or dictionary that is given back
GRADIENT_MODE = "PyTorch's gradient mode"
DEFAULT_DTYPE = "PyTorch's default dtype"
SETTINGS = (GRADIENT_MODE, DEFAULT_DTYPE)


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
        Names of the arguments that are no longer what they were, and "PyTorch's gradient mode" or "PyTorch's
        default dtype" where the call left these other than they were (they are put back).
    header : bool
        The error is that the function does not take these arguments: it was not even entered.
    shared : tuple of str
        Names of the arrays among the arguments whose memory the result, or an array in it, uses.
    returned : tuple of str
        Those of them that are the result itself, or an item of it: the very same array.
    left : mapping of str to str
        For each argument that a function can change, the digest of what it holds after the call.
    seconds : float
        How long it took.
    """

    value: Any = None
    error: str = ""
    where: str = ""
    changed: tuple[str, ...] = ()
    header: bool = False
    shared: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict, compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def error_type(self) -> str:
        """The name of the exception's class, or empty."""
        return self.error.partition(":")[0]


def run_case(
    function: Callable[..., Any], arguments: Mapping[str, Any], observe: str | None = None, named: Collection[str] = ()
) -> Outcome:
    """Call the function on fresh copies of the arguments, and return what it gave as plain data.

    Parameters
    ----------
    function : callable
    arguments : mapping
        Names and values, in the order in which they are passed.
    observe : str, optional
        Name of the function, in one of the modules beside this one, that turns the result into plain data.
    named : collection of str
        Names of the arguments that are passed by name; all others are passed by place.

    Returns
    -------
    Outcome
    """
    given = {name: _fresh(value) for name, value in arguments.items()}
    before = digests_of(arguments)
    by_place = [value for name, value in passed(given).items() if name not in named]
    by_name = {name: value for name, value in given.items() if name in named}
    started = time.monotonic()
    came_back = False
    torch = _Torch()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = function(*by_place, **by_name)
                came_back = True
            finally:
                left_changed = torch.put_back()
            shared, returned = _shared(result, given)
            if observe is not None:
                from . import connections, landmarks, networks, objects, traces

                modules = (networks, traces, connections, landmarks, objects)
                observer = next(getattr(one, observe) for one in modules if hasattr(one, observe))
                result = observer(result, list(given.values()))
            value = plain(result)
    except (Exception, SystemExit) as error:
        header = not came_back and _header_refuses(function, by_place, by_name, error)
        seconds = time.monotonic() - started
        where = "" if header else line_of(function, error)
        return Outcome(error=_words(error), where=where, header=header, seconds=seconds)
    seconds = time.monotonic() - started
    left = {name: _digest_after(given[name]) for name in before}
    changed = (*(name for name in before if before[name] != left[name]), *left_changed)
    return Outcome(value, changed=changed, shared=shared, returned=returned, left=left, seconds=seconds)


def passed(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that the function takes, without those for what observes its result."""
    return {name: value for name, value in arguments.items() if not name.startswith(BESIDE)}


class _Torch:
    """Two settings of PyTorch that a call could leave behind; nothing where PyTorch is not loaded.

    What costs more to look at, such as random states, is put back once for a whole check (`guard.undisturbed`).
    """

    __slots__ = ("default", "gradients", "torch")

    def __init__(self) -> None:
        torch = sys.modules.get("torch")
        # While PyTorch is being imported, its module is there already, but not yet what is in it.
        self.torch = torch if hasattr(torch, "get_default_dtype") and hasattr(torch, "is_grad_enabled") else None
        if self.torch is not None:
            self.gradients = self.torch.is_grad_enabled()
            self.default = self.torch.get_default_dtype()

    def put_back(self) -> list[str]:
        """Put both back, and return what had changed."""
        changed = []
        if self.torch is not None:
            if self.torch.is_grad_enabled() != self.gradients:
                self.torch.set_grad_enabled(self.gradients)
                changed.append(GRADIENT_MODE)
            if self.torch.get_default_dtype() != self.default:
                self.torch.set_default_dtype(self.default)
                changed.append(DEFAULT_DTYPE)
        return changed


def _shared(result: Any, given: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the arrays whose memory the result uses, and of those that it is itself."""
    items = result if isinstance(result, tuple | list) else (result,)
    items = [item for item in items if isinstance(item, np.ndarray)]
    if not items:
        return (), ()
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    returned = tuple(name for name, array in arrays.items() if any(item is array for item in items))
    # An argument is a fresh copy that fills a block of memory of its own: to lie within the block is to share it.
    shared = tuple(
        name
        for name, array in arrays.items()
        if name in returned or any(np.may_share_memory(item, array) for item in items)
    )
    return shared, returned


class Stage(enum.IntEnum):
    """How far somebody has come with a function."""

    EMPTY = 0  # the stub as it was handed out: words, `...`, and the lines that came with it
    BEGUN = 1  # lines beside a `...` that is left, and nothing that they give or print
    WRITTEN = 2


def written_stage(function: Callable[..., Any]) -> Stage:
    """Return how far somebody has come with a function; where its source cannot be read, it counts as empty."""
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return Stage.EMPTY
    return stage_of(node) if isinstance(node, ast.FunctionDef) else Stage.EMPTY


def stage_of(node: ast.AST) -> Stage:
    """Return how far somebody has come with the function of a syntax tree; anything else counts as written.

    A `...` that was left in a function which gives something, prints or raises changes nothing.

    Examples
    --------
    >>> stage_of(ast.parse("def f(x): ...; return x").body[0]).name
    'WRITTEN'
    """
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Stage.WRITTEN
    lines = [part for part in node.body if not isinstance(part, ast.Pass)]
    said = [part for part in lines if _is_said(part)]
    if len(said) == len(lines):
        return Stage.EMPTY
    left = any(isinstance(part, ast.Expr) and _is_dots(part.value) for part in ast.walk(node))
    gives = any(
        isinstance(part, ast.Yield | ast.YieldFrom)
        or (isinstance(part, ast.Raise) and not _is_said(part))
        or (isinstance(part, ast.Return) and part.value is not None and not _is_dots(part.value))
        or (isinstance(part, ast.Name) and part.id == "print")
        for part in ast.walk(node)
    )
    return Stage.BEGUN if left and not gives else Stage.WRITTEN


def _is_said(statement: ast.stmt) -> bool:
    """Tell whether a line says no more than words, `...` or that nothing is there yet."""
    if isinstance(statement, ast.Raise):
        return any(isinstance(part, ast.Name) and part.id == "NotImplementedError" for part in ast.walk(statement))
    value = statement.value if isinstance(statement, ast.Expr | ast.Return) else None
    return _is_dots(value) or (isinstance(statement, ast.Expr) and isinstance(value, ast.Constant))


def _is_dots(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


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
        if not -(2**63) <= int(value) < 2**64:
            raise TypeError("the result holds a whole number of more than 64 bits")
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple | dict) and len(value) > MOST_VALUES:
        raise TypeError(f"the result is a {type(value).__name__} of {len(value):,} values: so many need an array")
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if hasattr(value, "detach") and hasattr(value, "numpy"):  # a tensor, without importing torch
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        array = np.array(value, copy=True, subok=False)
        if array.dtype.kind == "c":
            raise TypeError(f"the result is an array of complex numbers{_imaginary(array)}")
        if array.dtype.kind not in "biuf":
            raise TypeError(f"the result is an array of dtype {array.dtype}, not of numbers")
        return array
    if isinstance(value, complex | np.complexfloating):
        raise TypeError(f"the result is a complex number{_imaginary(np.asarray(value))}")
    raise TypeError(f"the result is a {type(value).__name__}, not an array or a number")


def _imaginary(array: np.ndarray) -> str:
    """Return what to do about complex numbers: only where they are real numbers after all, their real part helps."""
    parts = "parts are all" if array.ndim else "part is"
    size = np.abs(array[np.isfinite(array)])
    # What a Fourier transform leaves of an imaginary part of 0 is rounding: some 1e-16 of the largest number.
    if size.size == array.size and (np.abs(array.imag) <= 1e-9 * size.max(initial=0)).all():
        rounding = "" if (array.imag == 0).all() else ", up to rounding"
        return f" whose imaginary {parts} 0{rounding}: take {'their' if array.ndim else 'its'} real part, .real"
    return ""


def digest_of(value: Any) -> str:
    """Return a text that is the same for two arguments of one kind, type and shape that hold the same, bit by bit."""
    digest = hashlib.blake2b(digest_size=16)

    def add(value: Any) -> None:
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            digest.update(f"{value.dtype.str}{value.shape}".encode())
            digest.update(np.ascontiguousarray(value).data)
        elif isinstance(value, list | tuple | dict):
            digest.update(f"{'dict' if isinstance(value, dict) else 'list'} {len(value)}".encode())
            for item in value.items() if isinstance(value, dict) else value:
                add(item)
        else:
            plainly = value.item() if isinstance(value, np.generic) else value
            digest.update(f"{type(value).__name__} {plainly!r};".encode("utf-8", "replace"))

    add(value)
    return digest.hexdigest()


def _digest_after(value: Any) -> str:
    """Return the digest of what a call left, which may be anything: nothing where there is none."""
    try:
        return digest_of(value)
    except Exception:
        return ""


def digests_of(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest of each argument that a function can change."""
    return {name: digest_of(value) for name, value in arguments.items() if _can_change(value)}


def _can_change(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_can_change, value))
    return isinstance(value, np.ndarray | list | dict)


def _fresh(value: Any) -> Any:
    build = getattr(value, "build", None)
    return build() if build is not None else copy.deepcopy(value)


# --- Whose line it was ----------------------------------------------------------------------------------

COURSE = os.path.normcase(os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep)
STANDARD = os.path.normcase(os.path.dirname(os.path.abspath(os.__file__)) + os.sep)
PACKAGES = re.compile(r"[\\/](?:site|dist)-packages[\\/]|\.zip[\\/]")
HERE = __name__.partition(".")[0]  # "course", or what the course's modules are called where work is graded
BINDING = re.compile(
    r"takes .*arguments? but|takes no arguments|missing \d+ required|unexpected keyword argument"
    r"|multiple values for argument|positional-only arguments? passed as keyword"
)


def line_of(function: Callable[..., Any], error: BaseException) -> str:
    """Return the line of the reader's own code where an error arose: the innermost one, or empty.

    Code is somebody's own unless it lies among installed packages, in Python's library or in the course; of the
    course, only the file of `function` itself counts.

    Parameters
    ----------
    function : callable
        What was called.
    error : BaseException
        What was raised, with its traceback.

    Returns
    -------
    str
        The line without its indentation.
    """
    code = getattr(function, "__code__", None)
    file = "" if code is None else code.co_filename
    for frame, number in reversed(_frames(error)):
        if frame.f_code is run_case.__code__ or not _is_own(frame, file):
            continue
        line = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
        if line:
            return line
    return ""


def _frames(error: BaseException) -> list[tuple[FrameType, int]]:
    """Return the frames that an error went through, the innermost last, and the number of the line in each."""
    frames, step = [], error.__traceback__
    while step is not None:
        frames.append((step.tb_frame, step.tb_lineno or 0))
        step = step.tb_next
    return frames


def _is_own(frame: FrameType, file: str) -> bool:
    name = frame.f_code.co_filename
    if name.startswith("<frozen "):
        return False
    place = os.path.normcase(name)
    if place.startswith(COURSE) or str(frame.f_globals.get("__name__")).partition(".")[0] == HERE:
        return name == file
    return not (PACKAGES.search(name) or place.startswith(STANDARD))


def _header_refuses(function: Any, by_place: Sequence[Any], by_name: Mapping[str, Any], error: BaseException) -> bool:
    """Tell whether the function does not take these arguments, perhaps behind decorators that pass them on."""
    if not isinstance(error, TypeError):
        return False
    frames = [frame for frame, _ in _frames(error)][1:]  # the first is the one that calls
    if not frames:
        return not _takes(function, by_place, by_name, error)
    if not BINDING.search(str(error)) or not all(_passes_on(frame, by_place, by_name) for frame in frames):
        return False
    near = list(frames[-1].f_locals.values())
    for value in near[:1]:  # `self`, of a decorator that is an object
        near += getattr(value, "__dict__", {}).values()
    return any(
        callable(each) and _is_named(each, error) and not _takes(each, by_place, by_name, error) for each in near
    )


def _is_named(function: Any, error: TypeError) -> bool:
    names = (getattr(function, name, None) for name in ("__qualname__", "__name__"))
    return str(error).startswith(tuple(f"{name}()" for name in names))


def _takes(function: Any, by_place: Sequence[Any], by_name: Mapping[str, Any], error: TypeError) -> bool:
    try:
        signature = inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):  # written in C: only the words are left to tell
        return not BINDING.search(str(error))
    try:
        signature.bind(*by_place, **by_name)
    except TypeError:
        return False
    return True


def _passes_on(frame: FrameType, by_place: Sequence[Any], by_name: Mapping[str, Any]) -> bool:
    """Tell whether a function takes any arguments (`*arguments`), and was given the very ones of the case."""
    code = frame.f_code
    if not code.co_flags & inspect.CO_VARARGS:
        return False
    place = code.co_argcount + code.co_kwonlyargcount
    got = frame.f_locals.get(code.co_varnames[place], ())
    named = frame.f_locals.get(code.co_varnames[place + 1], {}) if code.co_flags & inspect.CO_VARKEYWORDS else {}
    if not isinstance(got, tuple) or not isinstance(named, dict):  # the function has given its names other values
        return False
    same = len(got) == len(by_place) and all(one is other for one, other in zip(got, by_place, strict=True))
    return same and set(named) == set(by_name)


def _words(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # a class of the reader's own whose words cannot be made
        return f"{type(error).__name__}: "
