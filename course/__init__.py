"""Convolutional neural networks, understood by building them.

Importing this package imports nothing else: each name below is loaded when it is first used.
The syntax of this file is that of old Pythons, so that ``python -m course`` can say
in one sentence that a Python is too old.
"""

__version__ = "0.1.0"

# The names that a notebook uses, and the module that each comes from.
_EXPORTS = {
    "check": "course.checks",
    "guesses": "course.journal",
    "hint": "course.checks",
    "predict": "course.journal",
    "progress": "course.journal",
    "reveal": "course.journal",
    "track": "course.tracking",
    "whose": "course.checks",
}

__all__ = sorted(_EXPORTS)


def __getattr__(name):
    import importlib

    if name in _EXPORTS:
        return getattr(importlib.import_module(_EXPORTS[name]), name)
    raise AttributeError("module 'course' has no attribute " + repr(name))


def __dir__():
    return sorted(list(globals()) + __all__)
