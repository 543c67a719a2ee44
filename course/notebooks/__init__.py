"""Notebooks: reading them safely, building them from their sources, and keeping them in good order.

Only the reader loads with this package, and it needs the standard library alone; ``build`` and
``lint`` are modules of their own.
"""

from .reading import exercise_of, read_notebook, tags_of

__all__ = ["exercise_of", "read_notebook", "tags_of"]
