"""What is observed of the table that says which maps of S2 each map of C3 sees, in lesson 6.

Like `objects`, this enters a learner's process while work is graded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["numbers_of_maps", "observe_table"]


def observe_table(result: Any, arguments: list[Any]) -> Any:
    """Return a table of connections, its form in words, and for each map of C3, the sum of numbers of the maps it sees.

    The numbers are drawn from the last argument, so that a table of yesterday does not give those of today.
    """
    if result is None or result is Ellipsis:
        return None
    if hasattr(result, "detach"):
        result = result.detach().cpu().numpy()
    try:
        table = np.asarray(result)
    except ValueError:
        return {"form": "rows of different lengths", "table": None, "sums": None}
    kinds = {"b": "True and False", "i": "whole numbers", "u": "whole numbers", "f": "floats", "U": "words"}
    form = kinds.get(table.dtype.kind) or _form_of_objects(table)
    if table.dtype.kind not in "biuf" or table.ndim < 2:
        more = {0: ", no axes", 1: ", one axis"}.get(table.ndim, "") if table.dtype.kind in kinds else ""
        return {"form": form + more, "table": None, "sums": None}
    if table.shape != (16, 6):
        small = table.ndim == 2 and table.size <= 200
        return {"form": f"shape {table.shape}", "table": table.astype(bool) if small else None, "sums": None}
    table = np.asarray(table, bool)
    return {"form": form, "table": table, "sums": table @ numbers_of_maps(arguments[-1])}


def _form_of_objects(table: Any) -> str:
    """Return in words what an array is made of that holds neither numbers nor words."""
    items = list(table.flat)
    if items and all(isinstance(one, set | frozenset | dict) for one in items):
        return "sets, or a dictionary"
    if table.ndim == 1 and all(isinstance(one, list | tuple | range | np.ndarray) for one in items):
        return "rows of different lengths"
    return "something else"


def numbers_of_maps(draw: int) -> Any:
    """Return a number for each map of S2; no two sets of maps have the same sum."""
    rng = np.random.default_rng([draw, 3])
    return 2.0 ** rng.permutation(6) + rng.integers(0, 99, 6) / 1000
