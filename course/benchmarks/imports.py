"""How long ``import course`` takes, as a multiple of ``import numpy``."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

from course import bootstrap

__all__ = ["HELP", "LIMIT", "compare", "run"]

HELP = "The time of 'import course' as a multiple of that of 'import numpy', in fresh processes by turns."
LIMIT = 1.3
ROUNDS = 15


def compare(rounds: int = ROUNDS, modules: tuple[str, ...] = ("numpy", "course")) -> dict[str, float]:
    """Import each module in fresh processes, by turns, and return the median time of each.

    Parameters
    ----------
    rounds : int
        How many fresh processes each module gets; one more, not counted, warms the disk's cache.
    modules : tuple of str
        The names to import.

    Returns
    -------
    dict of str to float
        Seconds from just before to just after the import, without the start of Python.
    """
    times: dict[str, list[float]] = {module: [] for module in modules}
    for turn in range(rounds + 1):
        for module in modules:
            seconds = _time_import(module)
            if turn:
                times[module].append(seconds)
    return {module: statistics.median(values) for module, values in times.items()}


def _time_import(module: str) -> float:
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, cwd=bootstrap.ROOT, capture_output=True, text=True, check=True)
    return float(answer.stdout)


def run(arguments: argparse.Namespace) -> int:
    """Print the medians and their ratio; return 1 when it is above the limit."""
    median = compare()
    ratio = median["course"] / median["numpy"]
    for module, seconds in median.items():
        print(f"import {module:<8} {1000 * seconds:8.2f} ms  (median of {ROUNDS} fresh processes, by turns)")
    verdict = "within" if ratio <= LIMIT else "ABOVE"
    print(f"ratio {ratio:.3f}, {verdict} the limit of {LIMIT}")
    return 0 if ratio <= LIMIT else 1
