"""The diagnosis in words: what the check tells about a wrong answer, and how sure it is of it."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...cell.run import Outcome
from ..compare import same
from ..spec import Mistake, Plan
from .errors import help_for
from .explain import Explanation, explain
from .places import wherever
from .relations import related

__all__ = ["Diagnosis", "diagnose"]

MOST_SENTENCES = 2  # about an answer that no known mistake explains
MOST_ALTERNATIVES = 3


@dataclass(frozen=True)
class Diagnosis:
    """What is known about a wrong answer.

    Parameters
    ----------
    names : tuple of str
        The names of the known mistakes that explain every answer; empty where none do. Where the answers leave it
        open which of several it is, one name holds them all: "either ... or ...".
    sentences : tuple of str
        What to tell the reader, the most telling first.
    """

    names: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """All names in one text, or empty."""
        return " + ".join(self.names)

    @property
    def says(self) -> str:
        """All sentences in one text; several mistakes are numbered."""
        if len(self.names) < 2:
            return " ".join(self.sentences)
        count = {2: "Two", 3: "Three"}.get(len(self.sentences), str(len(self.sentences)))
        return f"{count} things: " + " ".join(f"({n}) {text}" for n, text in enumerate(self.sentences, 1))


def diagnose(plan: Plan, outcomes: Sequence[Outcome]) -> Diagnosis:
    """Return the diagnosis of outcomes of which at least one is wrong."""
    named = _named(explain(plan, outcomes), functools.partial(_told, plan, outcomes))
    return named or Diagnosis(sentences=tuple(_observed(plan, outcomes)[:MOST_SENTENCES]))


def _told(plan: Plan, outcomes: Sequence[Outcome], mistake: Mistake) -> str:
    """Return what is said of a mistake, with the places where it was made, if they were seen."""
    if plan.exercise.tell is None or mistake.function is not None:
        return mistake.says
    return f"{mistake.says} {plan.exercise.tell(outcomes[0].value, mistake.parts)}".rstrip()


def _named(explanations: list[Explanation], told: Callable[[Mistake], str]) -> Diagnosis | None:
    """Return the diagnosis by known mistakes: those that all explanations share, and which of the others it is."""
    if not explanations:
        return None
    shared = [mistake for mistake in explanations[0] if all(mistake in one for one in explanations)]
    names, says = [mistake.name for mistake in shared], [told(mistake) for mistake in shared]
    rest = [[mistake for mistake in one if mistake not in shared] for one in explanations]
    if any(rest):
        if len(rest) > MOST_ALTERNATIVES:
            return None
        names.append("either " + " or ".join(" with ".join(mistake.name for mistake in one) for one in rest))
        says.append("Either: " + " Or: ".join(" ".join(mistake.says for mistake in one) for one in rest))
    return Diagnosis(tuple(names), tuple(says))


def _observed(plan: Plan, outcomes: Sequence[Outcome]) -> list[str]:
    """Return what is true of the answers, where no known mistake explains them all."""
    numbers = [k for k, (prop, _) in enumerate(plan.items) if not prop.unusual]
    tolerance = plan.exercise.relative_tolerance

    def is_right(k: int) -> bool:
        expected, got = plan.expected[k], outcomes[k]
        return bool(expected.error) or (not got.error and same(expected.value, got.value, tolerance))

    if all(map(is_right, numbers)):
        numbers = list(range(len(outcomes)))
    right, stopped = [is_right(k) for k in numbers], [bool(outcomes[k].error) for k in numbers]
    cases = [plan.cases[k] for k in numbers]
    given = [k for k in numbers if not outcomes[k].error and not plan.expected[k].error]
    sentences = []
    if sum(stopped) > 0.5 * (len(right) - sum(right)):  # most of what is wrong are errors
        (error, _), *_ = Counter(outcomes[k].error for k in numbers if outcomes[k].error).most_common(1)
        sentences.append(help_for(error))
    if plan.exercise.imagine is None:  # what is only observed of an answer has names that its writer never saw
        sentences += related(
            [plan.cases[k] for k in given],
            [plan.expected[k].value for k in given],
            [outcomes[k].value for k in given],
        )[: MOST_SENTENCES - 1]
    sentences += wherever(cases, right, stopped)
    return [sentence for sentence in sentences if sentence]
