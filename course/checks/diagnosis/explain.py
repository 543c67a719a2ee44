"""Explaining answers by known mistakes: by one of them, or by several that were made at once.

An explanation is a set of mistakes that, made together, give every answer that the reader's function gave. Unusual
cases (an empty batch, NaN, ...) are explained afterwards and apart: they take no name away.

Most sets are ruled out fast: by what each mistake gives alone, and by the first wrong answer. All limits are numbers of
sets, never seconds, so that names do not hang on the machine.
"""

from __future__ import annotations

import functools
import itertools
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ...cell.run import Outcome
from ..compare import same
from ..spec import Mistake, Plan
from .errors import same_cause

__all__ = ["Explanation", "explain"]

Explanation = tuple[Mistake, ...]

MOST_PAIRS = 2500  # that are all looked at as they are; where there are more, those near what a guess has found
MOST_PARTED = 150  # mistakes; of more, each that gives a wrong word is looked at by itself first, and in pairs
MOST_TRIED = 2000  # sets of three mistakes that explain shapes
MOST_GROWN = 3000  # answers to one case, of sets that grow mistake by mistake
MOST_ROOTS = 6  # wrong cases that are looked at for a mistake that explains them by itself
MOST_NEXT = 3  # further wrong cases that a set may grow by
MOST_UNITED = 100  # sets of mistakes that explain the first values of a tuple
MOST_WORDS = 6  # mistakes at once, where each can be seen by itself
REFUSED = "AssertionError"  # what the wrong ways that refuse an input raise
# How an answer fits an explanation: the smaller, the better.
EXACTLY, BY_TYPE, STOPPED, NOT = 0, 1, 2, 3


def explain(plan: Plan, outcomes: Sequence[Outcome]) -> list[Explanation]:
    """Return the smallest sets of known mistakes that explain the outcomes of a plan's cases.

    Parameters
    ----------
    plan : Plan
    outcomes : sequence of Outcome
        What the reader's function gave, in the order of the cases.

    Returns
    -------
    list of tuple of Mistake
        One explanation; several where the cases cannot tell them apart; none where no known mistakes fit.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong ways overflow, and take means of nothing
        return _explained(plan, outcomes)


def _explained(plan: Plan, outcomes: Sequence[Outcome]) -> list[Explanation]:
    numbers = sorted(set(plan.first))
    unusual = [k for k in numbers if plan.items[k][0].unusual]
    usual = _Search(plan, outcomes, [k for k in numbers if k not in unusual])
    if unusual and not usual.wrong:  # what is right everywhere else must stay so
        return _Search(plan, outcomes, numbers).smallest(2)
    found = usual.smallest(3)
    rest = _Search(plan, outcomes, unusual)
    whole = [start for start in found if rest.fit(start) == EXACTLY]
    if whole or not rest.wrong:
        return whole or found
    larger = [more for start in found for more in rest.with_one_more(start) if usual.fit(more) < NOT]
    return rest.best(larger) or rest.best(found) or found


class _Search:
    """Looks for sets of mistakes that explain the outcomes of some of the cases.

    Parameters
    ----------
    plan : Plan
    outcomes : sequence of Outcome
    numbers : sequence of int
        Of the cases that are to be explained.
    item : int or str, optional
        Of results with several values, or entries of a dictionary, look at this one alone.
    """

    def __init__(
        self, plan: Plan, outcomes: Sequence[Outcome], numbers: Sequence[int], item: int | str | None = None
    ) -> None:
        self.plan, self.outcomes, self.item = plan, outcomes, item
        self.known = plan.exercise.mistakes
        self.parted = [mistake for mistake in self.known if mistake.function is None]
        self.tolerance = plan.exercise.relative_tolerance
        self.slow = plan.exercise.observe is not None and plan.exercise.imagine is None  # networks take milliseconds
        self.expected = {k: self._seen(plan.expected[k]) for k in numbers}
        self.got = {k: self._seen(outcomes[k]) for k in numbers}
        self.right = {k: self._alike(self.got[k], self.expected[k]) for k in numbers}
        self.wrong = [k for k in numbers if not self.right[k]]
        # A wrong value says most, and small cases are looked at fast: most explanations fail at the first case.
        self.order = sorted(numbers, key=lambda k: (self.right[k], bool(outcomes[k].error), plan.cases[k].size))
        self.some_value_wrong = any(not outcomes[k].error for k in self.wrong)
        if plan.exercise.sketch is not None and item is None:
            sketched = {k: plan.exercise.sketch(one.value) for k, one in self.got.items() if not one.error}
            self.got |= {k: Outcome(value) for k, value in sketched.items()}
        self._fits: dict[tuple[tuple[str, ...], int], int] = {}
        self._changes: dict[tuple[str, int], bool] = {}

    def smallest(self, most: int) -> list[Explanation]:
        """Return the best explanations of the smallest size, up to `most` mistakes at once.

        Sets that give every answer exactly come first, whatever their size: one that stops where the reader's answer
        stops for another reason is weaker evidence than two that fit.
        """
        if not self.wrong:
            return []
        tries: list[Callable[[], Iterable[Explanation]]] = [lambda: ((one,) for one in self.known), self._pairs]
        if len(self.parted) > MOST_PARTED:
            tries.insert(1, self._of_words)
        if not self.slow:
            tries += [functools.partial(self._grown, size) for size in range(2, most + 1)]
        if most > 2:
            tries += [self._united, lambda: itertools.islice(self._threes(), MOST_TRIED), self._of_words]
        weaker: list[Explanation] = []
        for sets in tries:  # what costs more is looked for only where nothing before it fits
            fitting = [one for one in sets() if self.fit(one) < NOT]
            best = self.best(fitting)
            if best and self.fit(best[0]) == EXACTLY:
                return best
            weaker = weaker or best
        return weaker

    def best(self, sets: Iterable[Explanation]) -> list[Explanation]:
        """Return the sets that fit best, without those that say the same in the end."""
        fits = [(fit, one) for one in sets if (fit := self.fit(one)) < NOT]
        least = min((fit for fit, _ in fits), default=NOT)
        said: dict[frozenset[str], Explanation] = {}
        for one in self._likest([one for fit, one in fits if fit == least]):
            said.setdefault(frozenset(mistake.says for mistake in one), one)
        return list(said.values())

    def with_one_more(self, start: Explanation) -> list[Explanation]:
        """Return the sets with one mistake more."""
        larger = (_union(self.plan, start, (other,)) for other in self.known)
        return [one for one in larger if one is not None and len(one) > len(start)]

    def fit(self, mistakes: Explanation) -> int:
        """Return how well the mistakes fit the outcomes of all cases; few may stop where the mistakes give a value."""
        fits = []
        for k in self.order:
            fits.append(self._fit_of(mistakes, k))
            if fits[-1] == NOT:
                return NOT
        worst = max(fits, default=EXACTLY)
        exact = sum(fit == EXACTLY and not self.right[k] for fit, k in zip(fits, self.order, strict=True))
        return NOT if worst == STOPPED and exact < fits.count(STOPPED) else worst

    # --- Sets that may fit ----------------------------------------------------------------------------------

    def _pairs(self) -> list[Explanation]:
        """Return the pairs that may explain the first wrong answer: all, or where there are very many, the likely ones.

        A guess finds most of them fast: what does not change an answer when made alone does not change it beside
        another. It misses two mistakes of which one shows by the other alone, such as a border of ones where no border
        should be.
        """
        few = self._giving_a_wrong_word() if len(self.parted) > MOST_PARTED else self.parted
        if not self.slow and len(few) * (len(few) - 1) // 2 <= MOST_PAIRS:
            return list(itertools.combinations(few, 2))
        guessed = [pair for pair in self._guessed() if self.fit(pair) < NOT]
        if self.slow:
            return guessed
        found = {mistake.name for pair in guessed for mistake in pair}
        near = (pair for pair in itertools.combinations(self.parted, 2) if found & set(_names(pair)))
        return list(near)

    def _guessed(self) -> list[Explanation]:
        """Return the pairs of which the guess gives the first wrong answer; value by value, where it has several."""
        k = self.order[0]
        possible: set[tuple[int, int]] | None = None
        for search in self._values(k):
            acting = [n for n, mistake in enumerate(self.parted) if search._acts(mistake, k)]
            others = sorted(set(range(len(self.parted))) - set(acting))
            alone = [n for n in acting if search._fit_of((self.parted[n],), k) < NOT]
            pairs = set(itertools.combinations(acting, 2))
            pairs |= {(min(a, b), max(a, b)) for a in alone for b in others}
            if search._fit_of((), k) < NOT:
                pairs |= set(itertools.combinations(others, 2))
            possible = pairs if possible is None else possible & pairs
        return [(self.parted[a], self.parted[b]) for a, b in sorted(possible or ())]

    def _giving_a_wrong_word(self) -> list[Mistake]:
        """Return the mistakes that give one of an answer's wrong words by themselves; all, where it has no words."""
        imagine, got = self.plan.exercise.imagine, self.got[self.order[0]].value
        if imagine is None or not isinstance(got, dict):
            return self.parted
        wrong = got.items() - imagine().items()
        return [mistake for mistake in self.parted if imagine(**mistake.parts).items() & wrong]

    def _values(self, k: int) -> list[_Search]:
        """Return what looks at each value of case k alone, where there are several."""
        items = _items(self.got[k])
        if self.item is not None or items != _items(self.expected[k]) or len(items) < 2:
            return [self]
        return [_Search(self.plan, self.outcomes, [k], item) for item in items]

    def _grown(self, size: int) -> Iterator[Explanation]:
        """Yield sets of `size` mistakes that grow, mistake by mistake, each of which explains a further case.

        Somebody who made several mistakes made one alone, as a rule, in the cases where the others do not show.
        """
        wrong = [k for k in self.order if not self.right[k]][:MOST_ROOTS]
        roots = [one for one in self.parted if any(self._fit_of((one,), k) == EXACTLY for k in wrong)]
        sets: list[Explanation] = [(one,) for one in roots]
        left = MOST_GROWN
        for _ in range(size - 1):
            grown: dict[tuple[str, ...], Explanation] = {}
            # What explains most comes first, since what is looked at is limited.
            for start in sorted(sets, key=lambda one: sum(self._fit_of(one, k) == NOT for k in wrong)):
                for k in itertools.islice((k for k in self.order if self._fit_of(start, k) == NOT), MOST_NEXT):
                    larger = self.with_one_more(start)[:left]
                    left -= len(larger)
                    fitting = {_names(one): one for one in larger if self._fit_of(one, k) < NOT}
                    grown |= fitting
                    if fitting:
                        break
            sets = [*grown.values()]
        yield from sets

    def _threes(self) -> Iterator[Explanation]:
        """Yield sets of three in which one or two explain the shapes of all results, where shapes are wrong at all."""
        if self.slow or all(_shape(self.got[k]) == _shape(self.expected[k]) for k in self.wrong):
            return
        starts: list[Explanation] = [(one,) for one in self.parted if self._shapes_fit((one,))]
        if not starts:
            shaping = [one for one in self.parted if any(self._reshapes(one, k) for k in self.wrong[:MOST_NEXT])]
            starts = [pair for pair in itertools.combinations(shaping, 2) if self._shapes_fit(pair)]
        seen = set()
        for start in starts:
            for more in itertools.combinations(self.parted, 3 - len(start)):
                whole = _union(self.plan, start, more)
                if whole is not None and len(whole) == 3 and _names(whole) not in seen:
                    seen.add(_names(whole))
                    yield whole

    def _united(self) -> list[Explanation]:
        """Return sets of mistakes that explain each value of a tuple by itself.

        Where a function returns several values, most mistakes show in one of them: what explains them one by one is
        found fast, however many mistakes it takes in all.
        """
        values = [k for k in self.order if not self.got[k].error]
        items = {_items(one) for k in values for one in (self.got[k], self.expected[k])}
        if self.item is not None or len(items) != 1 or items == {()}:
            return []
        found: list[Explanation] = [()]
        for item in next(iter(items)):
            search = _Search(self.plan, self.outcomes, values, item)
            more = search.smallest(2) if search.wrong else [()]
            unions = (_union(self.plan, one, other) for one in found for other in more)
            found = list({_names(one): one for one in unions if one is not None}.values())[:MOST_UNITED]
        fitting = [one for one in found if self.fit(one) < NOT]
        fitting = fitting or [one for start in found for one in self.with_one_more(start) if self.fit(one) < NOT]
        least = min(map(len, fitting), default=0)
        return [one for one in fitting if len(one) == least]

    def _of_words(self) -> Iterator[Explanation]:
        """Yield the mistakes that give every wrong word, where an answer is sketched in words for each of its parts."""
        imagine, got = self.plan.exercise.imagine, self.got[self.order[0]].value
        if imagine is None or not isinstance(got, dict):
            return
        right = imagine().items()
        changes = {mistake.name: dict(imagine(**mistake.parts).items() - right) for mistake in self.parted}
        shown = {name: {part: word for part, word in whole.items() if part in got} for name, whole in changes.items()}
        fitting = [one for one in self.parted if shown[one.name] and shown[one.name].items() <= got.items()]
        chosen: list[Mistake] = []
        # What explains most comes first, and of what explains as much, what claims least.
        for mistake in sorted(fitting, key=lambda one: (-len(shown[one.name]), len(changes[one.name]))):
            if all(shown[mistake.name].keys().isdisjoint(shown[other.name]) for other in chosen):
                chosen.append(mistake)
        whole = _union(self.plan, (), tuple(chosen))
        if whole is not None and len(chosen) <= MOST_WORDS:
            yield whole

    # --- One case -------------------------------------------------------------------------------------------

    def _fit_of(self, mistakes: Explanation, k: int) -> int:
        key = (_names(mistakes), k)
        if key not in self._fits:
            known = self.plan.known(mistakes, k) if mistakes else self.plan.expected[k]
            self._fits[key] = NOT if known is None else self._compared(self._seen(known), k)
        return self._fits[key]

    def _compared(self, known: Outcome, k: int) -> int:
        got, expected = self.got[k], self.expected[k]
        if not got.error:
            if known.error or _far_off(known.value, got.value, self.tolerance):
                return NOT
            fits = same(known.value, got.value, self.tolerance)
            # 3.0 is as good as 3 where a float is expected, but not where a whole number is.
            return EXACTLY if fits and (not self.right[k] or self._alike(known, expected)) else NOT
        if known.error:
            # Where nothing but errors speaks, all that they say must fit.
            alike = same_cause(known.error, got.error, of_sizes=not self.some_value_wrong)
            if alike or (known.error_type == REFUSED and _refuses(got)):
                return EXACTLY
            return BY_TYPE if self.some_value_wrong and known.error_type == got.error_type else NOT
        # Another way of writing the same mistake may stop where this one gives a wrong value.
        stops = self.some_value_wrong and not self.right[k] and not self._alike(known, expected)
        return STOPPED if stops else NOT

    def _acts(self, mistake: Mistake, k: int) -> bool:
        """Tell whether a mistake, made alone, changes the answer to case k."""
        key = (mistake.name, k)
        if key not in self._changes:
            known = self.plan.known((mistake,), k)
            self._changes[key] = known is None or not self._alike(self._seen(known), self.expected[k])
        return self._changes[key]

    def _seen(self, outcome: Outcome) -> Outcome:
        """Return the outcome, or where one value of a tuple is looked at, that value."""
        if self.item is None or outcome.error:
            return outcome
        return Outcome(outcome.value[self.item]) if self.item in _items(outcome) else Outcome(())

    def _alike(self, one: Outcome, expected: Outcome) -> bool:
        if one.error or expected.error:
            return bool(one.error and expected.error) and one.error_type == expected.error_type
        return same(expected.value, one.value, self.tolerance)

    def _shapes_fit(self, mistakes: Explanation) -> bool:
        outcomes = ((self.plan.known(mistakes, k), k) for k in self.order)
        return all(known is not None and _shape(known) == _shape(self.got[k]) for known, k in outcomes)

    def _reshapes(self, mistake: Mistake, k: int) -> bool:
        known = self.plan.known((mistake,), k)
        return known is not None and _shape(known) != _shape(self.expected[k])

    def _likest(self, explanations: list[Explanation]) -> list[Explanation]:
        """Return those of which the errors hold the most words and numbers of the reader's."""
        if len(explanations) < 2 or not any(self.got[k].error for k in self.wrong):
            return explanations
        likeness = [
            sum(
                (_words(self.got[k]) & _words(known)).total()
                for k in self.wrong
                if self.got[k].error and (known := self.plan.known(one, k)) is not None
            )
            for one in explanations
        ]
        return [one for one, like in zip(explanations, likeness, strict=True) if like == max(likeness)]


def _union(plan: Plan, one: Explanation, other: Explanation) -> Explanation | None:
    """Return the mistakes of both, in the order of the page; None where they exclude each other."""
    both = {mistake.name: mistake for mistake in (*one, *other)}
    whole = tuple(sorted(both.values(), key=lambda mistake: plan.places[mistake.name]))
    return whole if len(whole) < 2 or plan.exercise.parts_of(*whole) is not None else None


def _names(mistakes: Sequence[Mistake]) -> tuple[str, ...]:
    return tuple(mistake.name for mistake in mistakes)


def _far_off(known: object, got: object, tolerance: float) -> bool:
    """Tell whether two floats, or arrays of floats, are clearly different: a look that is faster than a comparison."""
    if type(known) is float and type(got) is float:
        return abs(known - got) > 10 * tolerance * abs(known) + 1e-9
    if not isinstance(known, np.ndarray) or not isinstance(got, np.ndarray):
        return False
    if known.shape != got.shape:
        return True
    if known.dtype.kind != "f" or got.dtype.kind != "f" or not known.size:
        return False
    return bool(np.abs(known - got).max() > 10 * tolerance * np.abs(known).max())


def _words(outcome: Outcome) -> Counter[str]:
    return Counter(re.findall(r"\w+", outcome.error))


def _refuses(outcome: Outcome) -> bool:
    """Tell whether the function stopped by its own will, with `raise` or `assert`."""
    return outcome.where.startswith(("raise ", "assert ", "assert("))


def _items(outcome: Outcome) -> tuple[int | str, ...]:
    """Return the places of a result's values, or the names of its entries; nothing of a result that has none."""
    if isinstance(outcome.value, dict):
        return tuple(outcome.value)
    return tuple(range(len(outcome.value))) if isinstance(outcome.value, tuple) else ()


def _shape(outcome: Outcome) -> object:
    return outcome.error_type or _shape_of(outcome.value)


def _shape_of(value: Any) -> object:
    """Return the shape of an array; of a tuple, that of each item, which may be tuples of any lengths."""
    return [_shape_of(item) for item in value] if isinstance(value, tuple) else np.shape(value)
