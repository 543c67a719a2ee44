"""A check disturbs nothing and is not disturbed: settings, random streams, and calls that do not end."""

from __future__ import annotations

import ctypes
import dis
import functools
import random
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np

from ..cell.run import Outcome, line_of, run_case
from .spec import Case

__all__ = ["OutOfTime", "TimeLimit", "other_packages", "run_all", "undisturbed"]

AGAIN = 0.05  # seconds until a call that goes on all the same is stopped once more


# --- Settings and random streams ------------------------------------------------------------------------


@contextmanager
def undisturbed() -> Iterator[None]:
    """Run a check with the usual settings, whatever the reader has set, and put everything back afterwards.

    Inside, PyTorch (where it is loaded) makes float32 on the CPU and records gradients, and NumPy warns as usual.
    Afterwards, the settings and the random streams of Python, NumPy and PyTorch go on as if nothing had happened.
    """
    python, legacy, most = random.getstate(), np.random.get_state(legacy=False), sys.getrecursionlimit()
    printed, called = np.get_printoptions(), np.geterrcall()
    try:
        with (
            warnings.catch_warnings(),
            np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
            _torch_undisturbed(sys.modules.get("torch")),
        ):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)
        if np.get_printoptions() != printed:
            np.set_printoptions(**printed)
        np.seterrcall(called)
        sys.setrecursionlimit(most)


@contextmanager
def _torch_undisturbed(torch: Any) -> Iterator[None]:
    if not hasattr(torch, "get_rng_state"):  # not loaded, or being loaded
        yield
        return
    stream, threads = torch.get_rng_state(), torch.get_num_threads()
    cards = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
    default, gradients = torch.get_default_dtype(), torch.is_grad_enabled()
    exact = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        with torch.inference_mode(False), torch.device("cpu"):  # the first turns gradients on, too
            torch.set_default_dtype(torch.float32)
            yield
    finally:
        torch.set_default_dtype(default)
        torch.set_grad_enabled(gradients)
        torch.set_rng_state(stream)
        if cards is not None:
            torch.cuda.set_rng_state_all(cards)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        now = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
        if now != exact:
            torch.use_deterministic_algorithms(exact[0], warn_only=exact[1])


# --- Calls that do not end ------------------------------------------------------------------------------


class OutOfTime(BaseException):
    """Raised in a call that has taken too long, wherever it is: no `except Exception` catches it."""

    def __init__(self) -> None:
        # In `while True: try: ... except: pass`, each one would be caught. One is made at the latest when an `except`
        # catches it, in the thread of the call: what traces the next line there raises once more, out of the loop.
        # Not beside a debugger, which traces lines itself.
        theirs = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code not in (INSIDE, run_case.__code__):
            theirs.append(frame)
            frame = frame.f_back
        if frame is not None and theirs and sys.gettrace() is None:
            for each in theirs:
                each.f_trace = _raise_at_line
            sys.settrace(_trace_nothing_new)


def _trace_nothing_new(frame: FrameType, event: str, argument: object) -> None:
    """Leave what is called from now on alone, such as what cleans up after the call."""


def _raise_at_line(frame: FrameType, event: str, argument: object) -> Any:
    """Raise once: Python ends tracing where the function that traces raises something."""
    if event == "line":
        raise OutOfTime
    return _raise_at_line


class TimeLimit:
    """Lets calls go on for so long, all together, and then ends them.

    One thread keeps the time, from `with TimeLimit(seconds) as limit:` to the end of the block. Once the time is
    over, it raises `OutOfTime` in the code that `limit.call` is running, again and again until that is left, so that
    no `except:` in it holds it for good. Outside of `call` nothing is ever raised. It needs no signals, so that it
    works in any thread, on any system, and leaves Ctrl-C alone. What it cannot end is one single operation that
    takes for ever, such as `time.sleep(1e9)`, and endless loops in one another that each catch everything.

    Parameters
    ----------
    seconds : float
        The time for all calls together.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._ended = threading.Event()
        self._sending = threading.Lock()
        self._thread = 0

    def __enter__(self) -> TimeLimit:
        self._thread = threading.get_ident()
        with suppress(RuntimeError):  # Python in a browser has no threads: there is no limit, then
            threading.Thread(target=self._watch, name="time limit of a check", daemon=True).start()
        return self

    def __exit__(self, *details: object) -> None:
        self._ended.set()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what the function returns, unless the time is over.

        Raises
        ------
        OutOfTime
            The time was over before it came back.
        """
        # An exception that was sent while the call still ran may arrive after it. There can be one such exception at
        # most, and it arrives within the inner `try` or in its `finally`: the outer `finally` is out of its reach.
        try:
            try:
                return self._inside(function, arguments)
            finally:
                self._take_back()
        finally:
            self._take_back()

    def _inside(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        return function(*arguments)

    def _take_back(self) -> None:
        """Let nothing be left on its way here; once `_inside` is left, nothing more is sent."""
        if self.expired:
            # An exception that was sent cannot be called off cleanly: up to Python 3.12, its signal would stay on, and
            # slow down all that follows. So one more is sent, in the place of what may be on its way, and caught.
            with self._sending, suppress(OutOfTime):
                _raise_in(self._thread, OutOfTime)
                while True:
                    pass
            if sys.gettrace() is _trace_nothing_new:
                sys.settrace(None)

    def _watch(self) -> None:
        self._ended.wait(self.seconds)
        while not self._ended.is_set():
            # In this order: whoever leaves `_inside` and finds that the time is not over is not looked at any more.
            self.expired = True
            with self._sending:
                if self._is_inside():
                    _raise_in(self._thread, OutOfTime)
            self._ended.wait(AGAIN)

    def _is_inside(self) -> bool:
        frame = sys._current_frames().get(self._thread)
        while frame is not None and frame.f_code is not INSIDE:
            frame = frame.f_back
        return frame is not None


INSIDE = TimeLimit._inside.__code__


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Have an exception raised in a thread at its next step; it takes the place of one that is on its way there."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


def run_all(
    function: Callable[..., Any], cases: Iterable[Case], observe: str | None = None, seconds: float = 10.0
) -> list[Outcome]:
    """Call the function on every case, within one limit of time for all of them.

    Parameters
    ----------
    function : callable
    cases : iterable of Case
    observe : str, optional
        As in `run_case`.
    seconds : float
        The time for all cases together.

    Returns
    -------
    list of Outcome
        One for each case, in order. The case in which the time was over has the error "TimeoutError: no answer
        within 10 seconds", all later ones "TimeoutError: not tried, after a call that did not end".
    """
    outcomes: list[Outcome] = []
    late = f"TimeoutError: no answer within {seconds:g} second{'' if seconds == 1 else 's'}"
    with TimeLimit(seconds) as limit:
        for case in cases:
            if limit.expired:
                told = late if not any(outcome.error == late for outcome in outcomes) else LEFT_OUT
                outcomes.append(Outcome(error=told))
                continue
            try:
                outcome = limit.call(run_case, function, case.arguments, observe, case.named)
            except OutOfTime as error:
                outcome = Outcome(error=late, where=line_of(function, _first(error)))
            else:
                if limit.expired:  # it came back late, or caught what was raised in it: its value counts for nothing
                    outcome = Outcome(error=late)
            outcomes.append(outcome)
    return outcomes


def _first(error: BaseException) -> BaseException:
    """Return the first of those that were raised, one after the other, in one call."""
    while isinstance(error.__context__, OutOfTime):
        error = error.__context__
    return error


LEFT_OUT = "TimeoutError: not tried, after a call that did not end"


# --- Packages -------------------------------------------------------------------------------------------

HARMLESS = frozenset({"IPython", "course", "ipykernel", "ipywidgets", "matplotlib", "numpy", "tqdm"})


def other_packages(function: Callable[..., Any], allowed: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the packages that a function and the helpers that it calls use, beside NumPy and Python's library.

    Packages that draw or show progress do not count, nor does the course. Annotations do not count: no call needs
    them. Never raises anything.

    Parameters
    ----------
    function : callable
    allowed : iterable of str
        Packages that do not count, such as "torch".

    Returns
    -------
    tuple of str
        Such as ``("scipy",)``, in the order of the alphabet.
    """
    search = _Packages({*allowed, *HARMLESS, *sys.stdlib_module_names, "__main__", "builtins"})
    with suppress(Exception):  # objects of any package come by, and may do anything when they are looked at
        search.visit(function)
    return tuple(sorted(search.found))


class _Packages:
    """Walks from a function to all that it uses, and notes which packages these belong to."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.found: set[str] = set()
        self.kept: dict[int, Any] = {}

    def visit(self, thing: Any) -> None:
        if id(thing) in self.kept or len(self.kept) > MOST_VISITED:
            return
        self.kept[id(thing)] = thing  # kept, so that nothing else gets its id
        if isinstance(thing, ModuleType):
            self.note(thing.__name__)
        elif isinstance(thing, FunctionType):
            self._visit_function(thing)
        elif isinstance(thing, functools.partial):
            self._visit_all(thing.func, *thing.args, *thing.keywords.values())
        elif isinstance(thing, type):
            if self._is_own(thing.__module__):
                self._visit_all(*thing.__bases__, *(value for value in vars(thing).values() if callable(value)))
            self.note(thing.__module__)
        elif isinstance(thing, np.ufunc):
            self._visit_ufunc(thing)
        elif isinstance(thing, list | tuple | set | frozenset):
            self._visit_all(*list(thing)[:100])
        elif isinstance(thing, dict):
            self._visit_all(*list(thing.values())[:100])
        else:
            self._visit_object(thing)

    def note(self, module: object) -> None:
        """Note the package of a module, unless it does not count."""
        root = str(module or "").partition(".")[0]
        if root and root not in self.known and not self._is_own(root):
            self.found.add(root)

    def _is_own(self, module: object) -> bool:
        """Tell whether a module is the reader's own: the notebook, or a file that lies beside it."""
        root = str(module or "").partition(".")[0]
        if root in ("", "__main__"):
            return True
        file = getattr(sys.modules.get(root), "__file__", None)
        return root not in self.known and file is not None and not re.search(r"[\\/](site|dist)-packages[\\/]", file)

    def _visit_all(self, *things: Any) -> None:
        for thing in things:
            self.visit(thing)

    def _visit_function(self, function: FunctionType) -> None:
        self._visit_all(getattr(function, "__wrapped__", None))
        home = function.__globals__.get("__name__")
        if str(home).partition(".")[0] == "course":
            return
        for cell in function.__closure__ or ():  # of a decorator from a package, too: here is what it decorates
            with suppress(ValueError):  # a name that nothing is assigned to yet
                self.visit(cell.cell_contents)
        if self._is_own(home):
            self._visit_all(*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
            self._visit_code(function.__code__, function.__globals__)
        else:
            self.note(home)

    def _visit_code(self, code: CodeType, space: Mapping[str, Any]) -> None:
        owner: ModuleType | None = None
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME":
                self.note(step.argval)
            elif owner is not None and step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                self.visit(getattr(owner, step.argval, None))
            owner = None
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval in space:
                value = space[step.argval]
                self.visit(value)
                if isinstance(value, ModuleType) and self._is_own(value.__name__):
                    owner = value  # of a module beside the notebook, what is taken from it counts
        for part in code.co_consts:
            if isinstance(part, CodeType):
                self._visit_code(part, space)

    def _visit_ufunc(self, ufunc: np.ufunc) -> None:
        """A ufunc does not say where it comes from; SciPy's special functions are the others that there are."""
        special = sys.modules.get("scipy.special")
        if getattr(np, ufunc.__name__, None) is not ufunc and getattr(special, ufunc.__name__, None) is ufunc:
            self.note("scipy")

    def _visit_object(self, thing: Any) -> None:
        kind = type(thing)
        if kind.__module__ == "builtins":
            module = getattr(thing, "__module__", None) if callable(thing) else None  # a function that is written in C
            self.note(module)
            self._visit_all(getattr(thing, "__func__", None), getattr(thing, "__self__", None))
            return
        self.visit(kind)
        self._visit_all(getattr(thing, "__wrapped__", None))
        if self._is_own(kind.__module__) or callable(thing):  # np.vectorize(f) holds f
            self._visit_all(*list(getattr(thing, "__dict__", {}).values())[:100])


MOST_VISITED = 5000  # things; a reader's function uses some dozens
