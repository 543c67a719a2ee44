"""Stand-ins for what only shows something, while work is graded: they take every call, and do nothing.

So a picture or a progress bar that somebody left in a function costs no points.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import sys
import types
from typing import Any

import numpy as np

__all__ = ["Inert", "put_up"]

SHOWING = frozenset({"IPython", "ipdb", "ipywidgets", "matplotlib", "mpl_toolkits", "pdb", "plotly", "rich", "seaborn",
                     "tqdm"})  # fmt: skip
COURSE = ("figures", "widgets")


class Inert:
    """Takes every call and every attribute, and does nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        pass

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Return another stand-in; as a decorator, the function."""
        if len(arguments) == 1 and not options and isinstance(arguments[0], types.FunctionType):
            return arguments[0]  # a decorator
        return Inert()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *failure: Any) -> None:
        return None

    def __iter__(self) -> Any:
        return iter(())

    def __getitem__(self, key: Any) -> Inert:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __or__(self, other: Any) -> Inert:  # in annotations: plt.Axes | None
        return self

    __ror__ = __or__

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return (Inert,)


class Bar(Inert):
    """A progress bar: gives what it goes over."""

    def __init__(self, over: Any = (), *arguments: Any, **options: Any) -> None:
        self.over = over

    def __iter__(self) -> Any:
        return iter(self.over)

    def __len__(self) -> int:
        return len(self.over)


def _subplots(nrows: int = 1, ncols: int = 1, *arguments: Any, squeeze: bool = True, **options: Any) -> Any:
    axes = np.array([[Inert() for _ in range(ncols)] for _ in range(nrows)], dtype=object)
    if squeeze:
        axes = axes.squeeze()
    return Inert(), axes[()] if axes.ndim == 0 else axes


def _numbers(*bounds: int, **options: Any) -> range:
    return range(*bounds)


GIVES: dict[str, Any] = {"subplots": _subplots, "tqdm": Bar, "tqdm_notebook": Bar, "track": Bar, "trange": _numbers,
                         "plot": lambda *arguments, **options: [Inert()], "hist": lambda *a, **o: (Inert(),) * 3,
                         "get_ipython": Inert}  # fmt: skip


class Module(types.ModuleType):
    """A module that has everything, and in which nothing happens."""

    __path__: tuple[str, ...] = ()  # type: ignore[assignment]
    __all__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return GIVES.get(name, Inert())


class Finder:
    """Finds a stand-in for each package that only shows something, and for its parts."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        """Return a stand-in's specification, or None."""
        root, _, rest = name.partition(".")
        if root in SHOWING or (root == "course" and rest.partition(".")[0] in COURSE):
            return importlib.machinery.ModuleSpec(name, Finder, is_package=True)  # type: ignore[arg-type]
        return None

    @staticmethod
    def create_module(spec: Any) -> types.ModuleType:
        """Return an empty stand-in."""
        return Module(spec.name)

    @staticmethod
    def exec_module(module: types.ModuleType) -> None:
        """Leave the stand-in as it is."""


def put_up() -> None:
    """Put them up for all that is imported from now on, and for what IPython puts beside Python's own names."""
    for name in [name for name in sys.modules if name.partition(".")[0] in SHOWING]:
        del sys.modules[name]
    sys.meta_path.insert(0, Finder)
    sys.breakpointhook = lambda *arguments, **options: None
    for name in ("display", "get_ipython"):
        setattr(builtins, name, Inert())
