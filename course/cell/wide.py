"""Whole numbers as on the grader's own machine, in a WebAssembly guest.

The guest's addresses have 32 bits, and NumPy's default integer is as wide as an address. On all that the grader runs
on, and in the notebook, the default integer has 64 bits. So here, what NumPy gives as its default integer becomes one
of 64 bits, what it takes for it is one, and sums and products are made in 64 bits. NumPy has two types of 32 bits in
the guest, and the default integer is one of them (`long`): the other one (`intc`) is what somebody gets who asks for
32 bits.

A fraction that does not fit into a whole number (-2.5 in a byte) gives the nearest one that does, here and on ARM; on
x86 it gives what is left of its bits (254). What mistakes give is compared, so it is made as on the grader's machine.
"""

from __future__ import annotations

import contextlib
import functools
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["make_wide"]

WIDE = {"l": np.int64, "L": np.uint64}  # by the letter of the narrow type
SHORT = {"l": np.intc, "L": np.uintc}
NAMES = {**dict.fromkeys(("int_", "intp", "long"), np.int64), **dict.fromkeys(("uint", "uintp", "ulong"), np.uint64),
         "int32": np.intc, "uint32": np.uintc}  # fmt: skip
WORDS = {"int": np.int64, **NAMES}
SPELT = {"i4": np.intc, "<i4": np.intc, "u4": np.uintc, "<u4": np.uintc}
SUMS = {"sum", "prod", "cumsum", "cumprod", "nansum", "nanprod", "nancumsum", "nancumprod", "trace"}
CONVERSIONS = ("array", "asarray", "asanyarray", "ascontiguousarray")
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type(np.sum), type(np.where))
NAMESPACES = ("numpy", "numpy.random", "numpy.linalg", "numpy.fft", "numpy.lib.stride_tricks")
HELPERS = ((np.iinfo, "__init__"), (np.vectorize, "__call__"),
           *((kind, "__getitem__") for kind in {type(np.mgrid).__mro__[1], type(np.r_).__mro__[1]}))  # fmt: skip
IMMUTABLE = 1 << 8  # of a type's flags: Py_TPFLAGS_IMMUTABLETYPE
NARROWING, VIEW = np.ndarray.astype, np.asarray  # as they are without this module
NARROWED = re.compile(r"from dtype\('int64'\) to dtype\('int32'\) according to the rule 'safe'")


def make_wide(wraps: bool) -> None:
    """Make NumPy's default integer one of 64 bits, wherever this interpreter uses NumPy from now on.

    Parameters
    ----------
    wraps : bool
        On the grader's machine, a fraction that does not fit gives what is left of its bits.
    """
    if wraps:
        kind: Any
        for kind in (np.ndarray, np.generic):
            with _unlocked(kind):
                kind.astype = _wrapping_conversion(kind.astype)
        with _unlocked(np.ndarray):
            np.ndarray.__setitem__ = _wrapping_setitem(np.ndarray.__setitem__)  # type: ignore[method-assign]
        for name in CONVERSIONS:
            setattr(np, name, _wrapping_conversion(getattr(np, name)))
    for name in NAMESPACES:
        module = sys.modules[name]
        for word, thing in list(vars(module).items()):
            if word == "randint":
                setattr(module, word, _wide_draw(thing))
            elif not word.startswith("_") and isinstance(thing, FUNCTIONS):
                setattr(module, word, _wide(thing, word))
            elif isinstance(thing, np.ufunc):
                setattr(module, word, WideUfunc(thing))
    for kind, word in HELPERS:
        setattr(kind, word, _wide(getattr(kind, word), word))
    for kind in (np.ndarray, np.generic, np.random.Generator, np.random.RandomState):
        with _unlocked(kind):
            for word, thing in list(vars(kind).items()):
                if not word.startswith("_") and callable(thing) and not isinstance(thing, type):
                    setattr(kind, word, _wide_draw(thing, 1) if word == "randint" else _wide(thing, word))
    for word, wide in NAMES.items():
        setattr(np, word, wide)
    for word, wide in WORDS.items():
        np._core.numerictypes.sctypeDict[word] = wide  # type: ignore[attr-defined]
    _widen_wire(sys.modules[f"{__package__}.wire"])
    run: Any = sys.modules[f"{__package__}.run"]
    words = run._words
    run._words = lambda error: re.sub(r"\b(u?)int32\b", r"\1int64", words(error))


@contextlib.contextmanager
def _unlocked(kind: type) -> Iterator[None]:
    """Let a type that is written in C take attributes: its flags are a number at its address."""
    start = types.SimpleNamespace(
        __array_interface__={"data": (id(kind), False), "shape": (64,), "typestr": "<u4", "version": 3}
    )
    words = VIEW(start)
    place = words.tolist().index(kind.__flags__)
    words[place] ^= IMMUTABLE
    try:
        yield
    finally:
        words[place] ^= IMMUTABLE


def _wrapping_conversion(convert: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(convert)
    def wrapping(*arguments: Any, **options: Any) -> Any:
        wanted = arguments[1] if len(arguments) > 1 else options.get("dtype")
        if wanted is not None and isinstance(arguments[0], np.ndarray | np.generic) and arguments[0].dtype.kind == "f":
            dtype = np.dtype(wanted)
            if dtype.kind in "iu":
                whole = _bits(arguments[0], dtype)
                arguments = (whole[()] if isinstance(arguments[0], np.generic) else whole, *arguments[1:])
        return convert(*arguments, **options)

    return wrapping


def _wrapping_setitem(setitem: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(setitem)
    def wrapping(self: np.ndarray, place: Any, value: Any) -> None:
        kinds = np.ndarray | np.floating if self.dtype.kind == "u" else np.ndarray
        if self.dtype.kind in "iu" and isinstance(value, kinds) and value.dtype.kind == "f":
            value = _bits(value, self.dtype)
        setitem(self, place, value)

    return wrapping


def _bits(fractions: Any, dtype: np.dtype) -> Any:
    """Return whole numbers whose lowest bits are what x86 leaves of fractions, as wide as need be."""
    small = dtype.itemsize < 4 or (dtype.itemsize == 4 and dtype.kind == "i")
    lowest = -(2**31) if small else -(2**63)
    fractions = VIEW(fractions)
    with np.errstate(all="ignore"):
        whole = NARROWING(fractions, np.int64)
        fits = (fractions >= lowest) & (fractions < -lowest)  # never so for NaN
        whole = np.where(fits, whole, np.int64(lowest))
        if dtype.kind == "u" and dtype.itemsize == 8:
            return np.where(fractions >= 2**63, NARROWING(fractions, np.uint64), NARROWING(whole, np.uint64))
    return whole


def _wide(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return the function with default integers of 64 bits, in what it takes and in what it gives."""

    @functools.wraps(function)
    def wide(*arguments: Any, **options: Any) -> Any:
        arguments = tuple(map(_asked, arguments))
        if "dtype" in options:
            options["dtype"] = _asked(options["dtype"])
        if name in SUMS and options.get("dtype") is None and options.get("out") is None and len(arguments) in (1, 2):
            first = _listed(arguments[0])
            arguments = (first, *arguments[1:])
            if isinstance(first, np.ndarray | np.generic) and first.dtype.kind in "biu" and first.dtype.itemsize < 8:
                options["dtype"] = np.uint64 if first.dtype.kind == "u" else np.int64
        try:
            return _widened(function(*arguments, **options))
        except TypeError as error:
            if not NARROWED.search(str(error)):
                raise
        return _widened(function(*map(_as_address, arguments), **{key: _as_address(options[key]) for key in options}))

    return wide


def _wide_draw(randint: Callable[..., Any], before: int = 0) -> Callable[..., Any]:
    """Return the function that draws whole numbers: of 64 bits, and one alone is a number of Python's."""

    @functools.wraps(randint)
    def wide(*arguments: Any, **options: Any) -> Any:
        if "dtype" in options or len(arguments) > 3 + before:
            return _widened(randint(*map(_asked, arguments), **{word: _asked(options[word]) for word in options}))
        drawn = randint(*arguments, **options, dtype=np.int64)
        return int(drawn) if isinstance(drawn, np.generic) else drawn

    return wide


class WideUfunc:
    """A function of NumPy's that goes over arrays, with default integers of 64 bits."""

    def __init__(self, function: np.ufunc) -> None:
        self.__dict__["_function"] = function

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it: numbers and lists alone have 64 bits, numbers beside arrays take the arrays' type."""
        taken = self._function.nin
        if len(arguments) >= taken:
            if all(type(value) is int and -(2**63) <= value < 2**63 for value in arguments[:taken]):
                arguments = (*map(np.int64, arguments[:taken]), *arguments[taken:])
            else:
                arguments = (*map(_listed, arguments[:taken]), *arguments[taken:])
        return _widened(self._function(*arguments, **options))

    def __getattr__(self, name: str) -> Any:
        if name == "_function":  # of a copy that is still being made
            raise AttributeError(name)
        thing = getattr(self._function, name)
        if not callable(thing):
            return thing
        return _wide(thing, "sum" if name in ("reduce", "accumulate") and self._adds() else name)

    def __repr__(self) -> str:
        return repr(self._function)

    def _adds(self) -> bool:
        return self._function.__name__ in ("add", "multiply")


def _asked(value: Any) -> Any:
    """Return what somebody means who gives this as a dtype."""
    if value is int:
        return np.int64
    return SPELT.get(value, value) if type(value) is str else value


def _as_array(value: Any) -> Any:
    return value if isinstance(value, np.ndarray | np.generic) else _widened(np.asarray(value))


def _listed(value: Any) -> Any:
    """Return the array of a list; what cannot be one is left to the function that was called with it."""
    if not isinstance(value, list | tuple | range):
        return value
    try:
        return _as_array(value)
    except (TypeError, ValueError, OverflowError):
        return value


def _widened(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        wide = WIDE.get(value.dtype.char)
        return value if wide is None else value.astype(wide)
    if type(value) in (tuple, list):
        return type(value)(map(_widened, value))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_widened, value))
    return value


def _as_address(value: Any) -> Any:
    return NARROWING(value, "p") if isinstance(value, np.ndarray) and value.dtype == np.int64 else value


def _widen_wire(wire: Any) -> None:
    """Let what comes in with 32 bits be of the type that asks for them, and let what goes out be wide."""
    put, take = wire._put, wire._array

    def taken(*given: Any) -> Any:
        value = take(*given)
        short = SHORT.get(value.dtype.char)
        return value if short is None else value.view(short)

    wire._put = lambda array, body: put(_widened(array), body)
    wire._array = taken
