"""Which properties tell that somebody knows the answer: those that no answer has which knows nothing.

Anybody can send back zeros, the input, an error, or what was right yesterday. A property that such answers have says
nothing by itself, however true it is of right ones: that some input is refused, that rows add up to 1, that a network
was in training mode. No page declares which ones these are: the answers are tried.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..cell.run import Outcome, digest_of
from .judge import failure_in, failures_of
from .spec import Case, Plan, Property

__all__ = ["key_of", "telling_of"]

YESTERDAY = (1, 2, 3)  # how far away the seeds are of which everybody has the cases, and of the first the answers


def telling_of(plan: Plan) -> frozenset[str]:
    """Return the names of the properties that every answer breaks which knows nothing.

    A property is broken by them if there is a case that is new and that none of them passes: a process may try
    another one for each case.
    """
    exercise = plan.exercise
    old = [exercise.plan(plan.seed + step) for step in YESTERDAY]
    public = {key_of(case) for one in old for case in one.cases}
    telling = set()
    for prop in exercise.properties:
        here = _numbers(plan, prop)
        if prop.refused:
            continue
        answers = [old[0].expected[k].value for k in _numbers(old[0], prop)]
        lazy = {k: [Outcome(value) for value in _lazy_values(plan, k, answers)] for k in here}
        if prop.holds is not None:
            tries = zip(*(lazy[k] for k in here), strict=False)
            broken = all(failures_of(plan, prop, dict(zip(here, row, strict=True))) for row in tries)
        else:
            broken = any(
                key_of(plan.cases[k]) not in public and all(failure_in(plan, k, one) is not None for one in lazy[k])
                for k in here
            )
        if broken:
            telling.add(prop.name)
    return frozenset(telling)


def key_of(case: Case) -> str:
    """Return a text that is the same for two cases with the same arguments."""
    return digest_of({name: _described(value) for name, value in case.arguments.items()})


def _described(value: Any) -> Any:
    if hasattr(value, "factory"):
        return value.factory, _described(value.options)
    if isinstance(value, dict):
        return {name: _described(item) for name, item in value.items()}
    return [_described(item) for item in value] if isinstance(value, list | tuple) else value


def _numbers(plan: Plan, prop: Property) -> list[int]:
    return [k for k, (owner, _) in enumerate(plan.items) if owner is prop]


def _lazy_values(plan: Plan, k: int, answers: Sequence[Any]) -> Iterator[Any]:
    """Yield values for a case that take no knowledge: in the form of the right one, which everybody knows."""
    right = plan.expected[k].value
    rng = np.random.default_rng(zlib.crc32(plan.exercise.name.encode()))
    for number in (0, 1, -1, 2, 0.5, np.nan):
        yield _filled(right, partial(np.full, fill_value=number))
    yield _filled(right, _even_shares)
    for scale in (0.1, 1, 3, 100):
        yield _filled(right, partial(rng.normal, 0.0, scale))
    yield from answers
    for value in plan.cases[k].shown.values():
        if not hasattr(value, "build"):
            yield value
            yield _filled(right, partial(_echo, value))


def _even_shares(shape: tuple[int, ...]) -> np.ndarray:
    """Return numbers of which each row adds up to 1."""
    return np.full(shape, 1 / max((1, *shape[-1:])))


def _filled(right: Any, fill: Callable[[tuple[int, ...]], Any]) -> Any:
    """Return a value like the right one with other numbers; its words, which claim something, stay what they are."""
    if isinstance(right, tuple):
        return tuple(_filled(item, fill) for item in right)
    if isinstance(right, dict):
        return {name: _filled(item, fill) for name, item in right.items()}
    if right is None or isinstance(right, str | bool):
        return right
    shape = np.shape(right)
    with np.errstate(all="ignore"):
        numbers = np.asarray(fill(shape))
        if np.result_type(right).kind != "f":
            numbers = np.nan_to_num(numbers)
        numbers = numbers.astype(np.result_type(right))
    return numbers if isinstance(right, np.ndarray) else numbers.item()


def _echo(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return the numbers of an argument where they have this shape, and zeros where they have not."""
    try:
        numbers = np.asarray(value, float)
    except (TypeError, ValueError):  # words, or rows of different lengths
        return np.zeros(shape)
    return numbers if numbers.shape == shape else np.zeros(shape)
