"""What an exercise is made of: cases, properties, known mistakes, right forms and hints."""

from __future__ import annotations

import functools
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..cell.run import Outcome, digests_of, passed, plain, run_case

__all__ = ["TELLING", "Case", "Exercise", "Focus", "Form", "Mistake", "Plan", "Property", "wrong"]

Cases = Callable[[np.random.Generator], "list[Case]"]


@dataclass(frozen=True)
class Case:
    """One call of the reader's function.

    Parameters
    ----------
    arguments : mapping of str to plain data
        Name and value of each argument, in the order in which the function takes them. Values are numbers,
        strings, arrays, tuples, lists, dictionaries, or a `course.cell.objects.Made` for anything else. One whose
        name begins with an underscore is not passed: it is for what observes the result.
    note : str
        What is special about this case, for the reader: "stride 2", "no padding".
    named : tuple of str
        The arguments that are passed by name, as a later cell of the lesson passes them.
    smaller : callable, optional
        Gives the cases that are a step smaller than this one (see `course.checks.cases.Maker`).
    known : anything
        What would be observed of a wholly right answer, where whoever judges knows that without the reference.
    """

    arguments: Mapping[str, Any]
    note: str = ""
    named: tuple[str, ...] = ()
    smaller: Callable[[], list[Case]] | None = field(default=None, repr=False, compare=False)
    known: Any = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How much a reader has to look at: the number of values in all arguments."""
        return sum(int(np.size(value)) for value in self.shown.values() if not callable(value))

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each argument that a function can change."""
        return digests_of(self.arguments)

    @property
    def shown(self) -> dict[str, Any]:
        """The arguments that the function takes, and a reader sees."""
        return passed(self.arguments)


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
        Takes a `numpy.random.Generator`, returns a list of `Case`. Properties with one and the same function look at
        the same cases.
    each : callable, optional
        Takes one case and the plain value that the function gave for it, and returns None where the property holds,
        or a sentence that says what is wrong. Without it, each value must equal the reference's. A law is asked of
        values alone that have kind, shape and count of the reference's (see `course.checks.compare.fitted`); of
        what was observed, an entry that has not is None.
    holds : callable, optional
        The same for all cases together, where a law ties them: takes the cases and the values, and returns None, or
        the number of a case that breaks the law and the sentence.
    entries : mapping of str to str, optional
        Where a dictionary is observed: the entries that must equal the reference's, each with the sentence for the
        reader where it does not ("" says the difference alone). With `each`, too, both must hold.
    weight : int
        The share of the exercise's points, in proportion to the other properties' weights.
    unusual : bool
        The cases are of an unusual kind (an empty batch, NaN, whole numbers, one pixel): no other property, and no
        name of a mistake that shows elsewhere, depends on them.
    refused : bool
        Every right answer stops with an error here.
    within : float
        How many seconds each call may take, by the clock of whoever judges.
    """

    name: str
    says: str
    cases: Cases
    each: Callable[[Case, Any], str | None] | None = None
    holds: Callable[[Sequence[Case], Sequence[Any]], tuple[int, str] | None] | None = None
    entries: Mapping[str, str] | None = None
    weight: int = 1
    unusual: bool = False
    refused: bool = False
    within: float = math.inf


TELLING = Property("telling cases", "Cases that earn nothing, and tell one mistake from another.", lambda rng: [])


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give: its name, the sentence that names it, and the code that makes it.

    Parameters
    ----------
    name : str
        A few words, unique within the exercise.
    says : str
        The sentence for the reader. It claims only what the answers show.
    function : callable, optional
        The whole wrong answer.
    parts : mapping of str to anything
        Instead of `function`: the parts of the exercise's computation that go wrong (see `wrong`).
    """

    name: str
    says: str
    function: Callable[..., Any] | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)


def wrong(name: str, says: str, /, **parts: Any) -> Mistake:
    """Return a mistake that differs from the right computation in some of its parts.

    The computation of an exercise is a function whose keyword-only arguments are the parts that people get right or
    wrong independently of each other, with the right way as the default. Mistakes in different parts can be made at
    once, and are recognised together.

    Examples
    --------
    >>> wrong("bias forgotten", "The bias is missing.", biased=lambda z, bias: z).name
    'bias forgotten'
    """
    return Mistake(name, says, parts=parts)


@dataclass(frozen=True)
class Form:
    """A right answer written in one of the ways in which people write it.

    Parameters
    ----------
    name : str
    function : callable
    library : str
        The package that does the work, where the exercise wants NumPy alone: "right, but with SciPy".
    """

    name: str
    function: Callable[..., Any]
    library: str = ""


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
    computation : callable, optional
        The right answer again, with the parts that may go wrong as keyword-only arguments (see `wrong`).
    right_forms : sequence of Form
        Other right answers, which the check must accept.
    telling : callable, optional
        Further cases that earn nothing, and tell mistakes apart that give the same on all others.
    focus : callable, optional
        Takes a `Case` and the index of a wrong cell, returns a `Focus`.
    observe : str, optional
        Name of the function in `course.cell.networks`, `traces` or `landmarks` that turns the result, and the
        arguments that the call may have changed on purpose, into plain data.
    imagine : callable, optional
        Where answers are too slow to make: takes parts, and returns what `sketch` would give for that wrong answer.
    sketch : callable, optional
        Takes a plain value that was observed, and returns the part of it that names a mistake.
    tell : callable, optional
        Takes a plain value that was observed, and the parts of a mistake that was found in it, and returns sentences
        about the places where it was made, such as the second of five layers; or "".
    may_change : tuple of str
        Names of the arguments that the function is meant to change.
    new_array : bool
        Whether the text asks for a new array: neither an argument nor a view of one will do.
    relative_tolerance : float
        Of a floating-point value; wide enough for float32.
    packages : tuple of str
        What an answer may import beside NumPy, such as "torch".
    seconds : float
        How long all cases together may take, where that is longer than usual.
    """

    name: str
    reference: Callable[..., Any]
    properties: Sequence[Property]
    mistakes: Sequence[Mistake]
    hints: Sequence[str]
    computation: Callable[..., Any] | None = None
    right_forms: Sequence[Form] = ()
    telling: Cases | None = None
    focus: Callable[[Case, tuple[int, ...]], Focus | None] | None = None
    observe: str | None = None
    imagine: Callable[..., Any] | None = None
    sketch: Callable[[Any], Any] | None = None
    tell: Callable[[Any, Mapping[str, Any]], str] | None = None
    may_change: tuple[str, ...] = ()
    new_array: bool = False
    relative_tolerance: float = 1e-4
    packages: tuple[str, ...] = ()
    seconds: float = 0.0

    def plan(self, seed: int) -> Plan:
        """Return the cases of every property, and the telling ones, drawn from one seed."""
        items = []
        drawn: dict[Cases, list[Case]] = {}
        telling = [(TELLING, self.telling)] if self.telling is not None else []
        for prop, cases in [*((prop, prop.cases) for prop in self.properties), *telling]:
            # A generator of its own for each property: one more case in one of them leaves the others as they were.
            key = zlib.crc32(f"{self.name}/{prop.name}".encode())
            if cases not in drawn:
                drawn[cases] = cases(np.random.default_rng([seed, key]))
            items += [(prop, case) for case in drawn[cases]]
        return Plan(self, seed, tuple(items))

    def answer(self, *mistakes: Mistake) -> Callable[..., Any] | None:
        """Return the function that makes these mistakes at once; None where they exclude each other."""
        parts = self.parts_of(*mistakes)
        if parts is None:
            return mistakes[0].function if len(mistakes) == 1 else None
        assert self.computation is not None
        return functools.partial(self.computation, **parts)

    def parts_of(self, *mistakes: Mistake) -> dict[str, Any] | None:
        """Return the parts that go wrong in these mistakes; None where they go wrong in one and the same part."""
        parts: dict[str, Any] = {}
        for mistake in mistakes:
            if mistake.function is not None or not parts.keys().isdisjoint(mistake.parts):
                return None
            parts |= mistake.parts
        return parts


@dataclass(frozen=True)
class Plan:
    """All calls that one check makes, with what is expected of them (computed once, on the checking side)."""

    exercise: Exercise
    seed: int
    items: tuple[tuple[Property, Case], ...]
    _known: dict[tuple[tuple[str, ...], int], Outcome | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The cases, in order."""
        return tuple(case for _, case in self.items)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each known mistake stands on its page."""
        return {mistake.name: k for k, mistake in enumerate(self.exercise.mistakes)}

    def outcomes_of(self, function: Callable[..., Any]) -> list[Outcome]:
        """Run the function on every case; on a case that several properties look at, once."""
        ran: dict[int, Outcome] = {}
        for case in self.cases:
            if id(case) not in ran:
                ran[id(case)] = self._run(function, case)
        return [ran[id(case)] for case in self.cases]

    @cached_property
    def expected(self) -> list[Outcome]:
        """What a right answer gives for each case: the reference's, unless it is known without."""
        if self.cases and all(case.known is not None for case in self.cases):
            return [Outcome(case.known) for case in self.cases]
        return self.outcomes_of(self.exercise.reference)

    @cached_property
    def first(self) -> tuple[int, ...]:
        """For each case, the number under which it stands first: several properties may look at one case."""
        numbers: dict[int, int] = {}
        return tuple(numbers.setdefault(id(case), k) for k, case in enumerate(self.cases))

    @cached_property
    def telling_properties(self) -> frozenset[str]:
        """The names of the properties that no answer has which knows nothing (see `course.checks.worth`)."""
        from .worth import telling_of

        return telling_of(self)

    def known(self, mistakes: tuple[Mistake, ...], k: int) -> Outcome | None:
        """Return what these mistakes, made at once, give for case k; None where they exclude each other."""
        k = self.first[k]
        key = (tuple(mistake.name for mistake in mistakes), k)
        if key not in self._known:
            self._known[key] = self._made(mistakes, self.cases[k])
        return self._known[key]

    def _made(self, mistakes: tuple[Mistake, ...], case: Case) -> Outcome | None:
        exercise = self.exercise
        parts = exercise.parts_of(*mistakes)
        if exercise.imagine is not None and parts is not None:
            return Outcome(exercise.imagine(**parts))
        function = exercise.answer(*mistakes)
        if function is None:
            return None
        if parts is None or exercise.observe is not None or any(hasattr(v, "build") for v in case.arguments.values()):
            return self._run(function, case)
        return _computed(function, case)

    def _run(self, function: Callable[..., Any], case: Case) -> Outcome:
        return run_case(function, case.arguments, self.exercise.observe, case.named)


def _computed(function: Callable[..., Any], case: Case) -> Outcome:
    """Run a computation of the course's own, which changes no arguments: ten times as fast as `run_case`."""
    by_place = [value for name, value in case.shown.items() if name not in case.named]
    by_name = {name: value for name, value in case.arguments.items() if name in case.named}
    try:
        return Outcome(plain(function(*by_place, **by_name)))
    except Exception as error:
        return Outcome(error=f"{type(error).__name__}: {error}")
