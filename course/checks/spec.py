"""What an exercise is made of: cases, properties, known mistakes, right forms and hints."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .run import Outcome, run_case

__all__ = ["Case", "Exercise", "Focus", "Form", "Mistake", "Plan", "Property"]


@dataclass(frozen=True)
class Case:
    """One call of the reader's function.

    Parameters
    ----------
    arguments : mapping of str to plain data
        Name and value of each argument, in the order in which the function takes them. Values are numbers,
        strings, arrays, tuples, lists, dictionaries, or a `course.checks.objects.Made` for anything else.
    note : str
        What is special about this case, for the reader: "stride 2", "no padding".
    """

    arguments: Mapping[str, Any]
    note: str = ""

    @property
    def size(self) -> int:
        """How much a reader has to look at: the number of values in all arguments."""
        return sum(int(np.size(value)) for value in self.arguments.values() if not callable(value))


@dataclass(frozen=True)
class Property:
    """One thing that must be true of every right answer; a share of the points goes with it.

    Parameters
    ----------
    name : str
        One or two words: "stride", "padding", "rectangular kernels".
    says : str
        The property in one sentence, addressed to the reader.
    cases : callable
        Takes a `numpy.random.Generator`, returns a list of `Case`.
    holds : callable, optional
        Takes the cases and the plain values that the function gave for them, and returns None where the property
        holds, or a sentence that says what is wrong. Without it, each value must equal the reference's.
    weight : int
        The share of the exercise's points, in proportion to the other properties' weights.
    """

    name: str
    says: str
    cases: Callable[[np.random.Generator], list[Case]]
    holds: Callable[[Sequence[Case], Sequence[Any]], str | None] | None = None
    weight: int = 1


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give: its name, the sentence that names it, and the code that makes it."""

    name: str
    says: str
    function: Callable[..., Any]


@dataclass(frozen=True)
class Form:
    """A right answer written in one of the ways in which people write it."""

    name: str
    function: Callable[..., Any]


@dataclass(frozen=True)
class Focus:
    """Where to look: the part of an argument that a wrong cell should have been computed from.

    Parameters
    ----------
    argument : str
        Name of the argument.
    index : tuple of slice or int
        The part of that argument, within its bounds.
    seen : ndarray, optional
        The values of the window as the neuron sees them, zero padding included.
    note : str
        A sentence about it.
    """

    argument: str
    index: tuple[slice | int, ...] = ()
    seen: np.ndarray | None = None
    note: str = ""


@dataclass(frozen=True)
class Exercise:
    """A graded function: the reference, what must hold of it, and the wrong answers that are known by name.

    Parameters
    ----------
    name : str
        The name of the function, as in `course.manifest`.
    reference : callable
        The right answer.
    properties : sequence of Property
    mistakes : sequence of Mistake
    hints : sequence of str
        From the gentlest to the most telling; none of them is the answer.
    right_forms : sequence of Form
        Other right answers, which the check must accept.
    focus : callable, optional
        Takes a `Case` and the index of a wrong cell, returns a `Focus`.
    observe : str, optional
        Name of the function in `course.checks.objects` that turns the result (and the arguments, which the call
        may have changed on purpose) into plain data.
    may_change : tuple of str
        Names of the arguments that the function is meant to change.
    forbidden : tuple of str
        Names in `course` that would give the answer away: they are not there while the exercise is graded.
    relative_tolerance : float
        Of a floating-point value; wide enough for float32.
    packages : tuple of str
        What an answer may import beside NumPy when it is graded, such as "torch".
    seconds : float
        How long all cases together may take when it is graded, where that is longer than the grader's limit.
    """

    name: str
    reference: Callable[..., Any]
    properties: Sequence[Property]
    mistakes: Sequence[Mistake]
    hints: Sequence[str]
    right_forms: Sequence[Form] = ()
    focus: Callable[[Case, tuple[int, ...]], Focus | None] | None = None
    observe: str | None = None
    may_change: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    relative_tolerance: float = 1e-4
    packages: tuple[str, ...] = ()
    seconds: float = 0.0

    def plan(self, seed: int) -> Plan:
        """Return the cases of every property, drawn from one seed."""
        items = []
        for prop in self.properties:
            # A generator of its own for each property: one more case in one of them leaves the others as they were.
            key = zlib.crc32(f"{self.name}/{prop.name}".encode())
            items += [(prop, case) for case in prop.cases(np.random.default_rng([seed, key]))]
        return Plan(self, seed, tuple(items))


@dataclass(frozen=True)
class Plan:
    """All calls that one check makes, with what is expected of them (computed once, on the checking side)."""

    exercise: Exercise
    seed: int
    items: tuple[tuple[Property, Case], ...]
    _runs: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases, in order."""
        return tuple(case for _, case in self.items)

    def outcomes_of(self, function: Callable[..., Any]) -> list[Outcome]:
        """Run the function on every case."""
        return [run_case(function, case.arguments, self.exercise.observe) for case in self.cases]

    @cached_property
    def expected(self) -> list[Outcome]:
        """What the reference gives for each case."""
        return self.outcomes_of(self.exercise.reference)

    def outcomes_of_mistake(self, mistake: Mistake) -> list[Outcome]:
        """What the known mistake gives for each case."""
        if mistake.name not in self._runs:
            self._runs[mistake.name] = self.outcomes_of(mistake.function)
        return self._runs[mistake.name]
