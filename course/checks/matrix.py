"""The checks under test: which wrong answers each one refuses and names, which right ones it accepts."""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .judge import Report, judge
from .spec import Exercise, Form

__all__ = ["Row", "matrix_of"]


@dataclass(frozen=True)
class Row:
    """What a check made of one answer.

    Parameters
    ----------
    exercise : str
    kind : {"mistake", "wrong", "right"}
    answer : str
        The name of the answer.
    wanted, got : str
        "refused and named", "refused", "refused and told", "accepted", or what happened instead.
    """

    exercise: str
    kind: str
    answer: str
    wanted: str
    got: str

    @property
    def good(self) -> bool:
        """Whether the check did what it should."""
        return self.wanted == self.got


def matrix_of(exercise: Exercise, seed: int) -> list[Row]:
    """Give the check every known mistake, every lazy answer and every right form, and return what it said."""
    plan = exercise.plan(seed)  # one for all answers: what the known mistakes give is computed once

    def verdict(function: Callable[..., Any] | None) -> Report:
        assert function is not None  # no mistake excludes itself
        return judge(plan, plan.outcomes_of(function))

    rows = []
    for mistake in exercise.mistakes:
        report = verdict(exercise.answer(mistake))
        if report.passed:
            got = "accepted"
        elif not report.diagnosis.names:
            got = "refused, not named"
        else:
            got = "refused and named" if report.diagnosis.names == (mistake.name,) else f"named {report.diagnosis.name}"
        rows.append(Row(exercise.name, "mistake", mistake.name, "refused and named", got))
    for form in _lazy_answers(exercise):
        report = verdict(form.function)
        rows.append(Row(exercise.name, "wrong", form.name, "refused", "accepted" if report.passed else "refused"))
    if not exercise.may_change and _changes_arrays(exercise, seed):
        report = verdict(_changing(exercise.reference))
        told = report.failure is not None and "changes its input" in report.failure.says
        got = "accepted" if report.passed else "refused and told" if told else "refused, not told"
        rows.append(Row(exercise.name, "wrong", "changes its input", "refused and told", got))
    for form in [*_usual_forms(exercise), *exercise.right_forms]:
        report = verdict(form.function)
        failure = f"refused: {report.failure.says}" if report.failure else "refused"
        rows.append(Row(exercise.name, "right", form.name, "accepted", "accepted" if report.passed else failure))
    return rows


def _lazy_answers(exercise: Exercise) -> list[Form]:
    forms = [
        Form("empty stub", lambda *arguments, **named: None),
        Form("the input sent back", lambda *arguments, **named: arguments[0]),
        Form("always an error", _raise),
    ]
    if exercise.observe is None:  # what is observed need not be made of numbers
        forms.append(Form("all zeros", lambda *arguments, **named: _zeros(_call(exercise, arguments, named))))
    return forms


def _usual_forms(exercise: Exercise) -> list[Form]:
    forms = [Form("the reference", exercise.reference)]
    if exercise.observe is not None or exercise.may_change:
        return forms
    forms.append(Form("float32", lambda *arguments, **named: _map(_call(exercise, arguments, named), _to_float32)))
    forms.append(Form("nested lists", lambda *arguments, **named: _map(_call(exercise, arguments, named), _to_list)))
    forms.append(
        Form("NumPy numbers", lambda *arguments, **named: _map(_call(exercise, arguments, named), _to_numpy_number))
    )
    if importlib.util.find_spec("torch") is not None:
        forms.append(
            Form("torch tensors", lambda *arguments, **named: _map(_call(exercise, arguments, named), _to_tensor))
        )
    return forms


def _call(exercise: Exercise, arguments: tuple, named: dict[str, Any]) -> Any:
    return exercise.reference(*arguments, **named)


def _raise(*arguments: Any, **named: Any) -> None:
    raise RuntimeError("not today")


def _map(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_map(item, change) for item in value)
    return change(value)


def _zeros(value: Any) -> Any:
    return _map(value, lambda item: item * 0 if isinstance(item, np.ndarray | int | float) else item)


def _to_float32(item: Any) -> Any:
    if isinstance(item, np.ndarray) and item.dtype.kind == "f":
        return item.astype(np.float32)
    return np.float32(item) if isinstance(item, float) else item


def _to_list(item: Any) -> Any:
    # An empty or one-byte array says more than its list does, so it stays what it is.
    is_array = isinstance(item, np.ndarray) and item.size > 0 and item.dtype != np.uint8
    return item.tolist() if is_array else item


def _to_numpy_number(item: Any) -> Any:
    if isinstance(item, bool) or not isinstance(item, int | float):
        return item
    return np.int64(item) if isinstance(item, int) else np.float64(item)


def _to_tensor(item: Any) -> Any:
    import torch

    return torch.tensor(item) if isinstance(item, np.ndarray) else item


def _changes_arrays(exercise: Exercise, seed: int) -> bool:
    cases = exercise.plan(seed).cases
    return any(isinstance(value, np.ndarray) and value.size for case in cases for value in case.arguments.values())


def _changing(reference: Callable[..., Any]) -> Callable[..., Any]:
    def changing(*arguments: Any, **named: Any) -> Any:
        result = reference(*copy.deepcopy(arguments), **named)
        for argument in arguments:
            if isinstance(argument, np.ndarray) and argument.flags.writeable:
                argument[...] = argument + 1
        return result

    return changing
