"""How a reader's answers are related to the right ones, where no known mistake explains them.

A relation is told only if it is true of every case on which the reader is wrong, and if the right answers are varied
enough for it to be no accident.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import permutations
from typing import Any, Protocol

import numpy as np

from ..compare import same
from .arrangement import ARRANGEMENTS
from .pairs import TOLERANCE, Pair, listed, pair_of, telling
from .regions import REGIONS, nan_inside, sums_of_rows
from .values import KINDS, VALUE_RELATIONS

__all__ = ["Case", "related"]

MOST_SENTENCES = 3
MOST_SWAPPED = 5  # values of a tuple, in all their orders


class Case(Protocol):
    """One call: a `course.checks.spec.Case`, or anything else with arguments."""

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Name and value of each argument."""


Wrong = tuple[Mapping[str, Any], Any, Any]  # arguments, the right value, the reader's


def related(cases: Sequence[Case], expected: Sequence[Any], got: Sequence[Any]) -> list[str]:
    """Return sentences about how the reader's answers are related to the right ones, the most telling first.

    Parameters
    ----------
    cases : sequence of Case
        Those for which the reader's function gave a value, right or wrong.
    expected, got : sequence of plain data
        The right values and the reader's, one for each case.

    Returns
    -------
    list of str
        At most three sentences, each true of every case on which the reader is wrong; often none.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        triples = zip(cases, expected, got, strict=True)
        wrong = [(case.arguments, right, yours) for case, right, yours in triples if not _is_right(right, yours)]
        # An empty array holds nothing that could speak for a relation, or against it.
        full = [one for one in wrong if not _is_empty(one[1])]
        sentences = _sentences(full) if full else []
    return [sentence[0].upper() + sentence[1:] for sentence in sentences[:MOST_SENTENCES]]


def _is_right(right: Any, yours: Any) -> bool:
    try:
        return same(right, yours, TOLERANCE)
    except (TypeError, ValueError):  # kinds that cannot be compared at all
        return False


def _is_empty(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.size == 0


def _sentences(wrong: Sequence[Wrong]) -> list[str]:
    rights = [right for _, right, _ in wrong]
    if all(isinstance(right, dict) for right in rights):
        return _of_dicts(wrong)
    if all(isinstance(right, tuple) for right in rights):
        return _of_tuples(wrong)
    if any(isinstance(right, dict | tuple | str) or right is None for right in rights):
        return []
    found = [f"your result {words}." for words in _of_values(wrong)]
    return found or _alone_in_tuple(wrong) or _by_axes(wrong)


# --- Arrays and numbers ----------------------------------------------------------------------------------


def _of_values(wrong: Sequence[Wrong]) -> list[str]:
    """Return what can be said after "your result" where results are arrays or numbers."""
    pairs = [pair_of(*one) for one in wrong]
    known = [pair for pair in pairs if pair is not None]
    if not known or len(known) < len(pairs) or not telling(known):
        return []
    # What explains every number makes it needless to say in which places they are wrong.
    exact = _first((*KINDS, *ARRANGEMENTS, *VALUE_RELATIONS), known)
    found = [exact] if exact is not None else [nan_inside(known), _first(REGIONS, known)]
    return [words for words in (*found, sums_of_rows(known)) if words is not None]


def _first(relations: Sequence[Callable[[Sequence[Pair]], str | None]], pairs: Sequence[Pair]) -> str | None:
    return next((words for relation in relations if (words := relation(pairs)) is not None), None)


def _by_axes(wrong: Sequence[Wrong]) -> list[str]:
    """Try results with two axes, with three and so on, each by themselves."""
    counts = sorted({np.ndim(right) for _, right, _ in wrong})
    if len(counts) == 1:
        return []
    sentences = []
    for count in counts:
        for words in _of_values([one for one in wrong if np.ndim(one[1]) == count])[:1]:
            axes = "1 axis" if count == 1 else f"{count} axes"
            where = f"where the result has {axes}" if count else "where the result is one number"
            sentences.append(f"{where}, yours {words}.")
    return sentences


def _alone_in_tuple(wrong: Sequence[Wrong]) -> list[str]:
    """One array or number is wanted, and it is among several that came."""
    sizes = {len(yours) if isinstance(yours, tuple) else 0 for _, _, yours in wrong}
    if len(sizes) != 1 or (size := sizes.pop()) == 0 or not _is_varied([right for _, right, _ in wrong]):
        return []
    for place in range(size):
        if all(_is_right(right, yours[place]) for _, right, yours in wrong):
            return [f"the right answer is value {place + 1} of the {size} that you return: return it alone."]
    return []


# --- Tuples ------------------------------------------------------------------------------------------


def _of_tuples(wrong: Sequence[Wrong]) -> list[str]:
    for relation in (_in_another_order, _among_more, _cut_off, _one_alone, _nested_otherwise, _inner_order):
        sentence = relation(wrong)
        if sentence is not None:
            return [sentence]
    if all(_structure(right) == _structure(yours) and _is_of_numbers(right) for _, right, yours in wrong):
        return _of_number_tuples(wrong)
    lengths = {len(right) for _, right, _ in wrong} | {
        len(yours) if isinstance(yours, tuple) else -1 for _, _, yours in wrong
    }
    return _of_members(wrong, lengths.pop()) if len(lengths) == 1 else []


def _in_another_order(wrong: Sequence[Wrong]) -> str | None:
    if not all(_is_tuple_like(right, yours) for _, right, yours in wrong):
        return None
    lengths = {len(right) for _, right, _ in wrong}
    if all(_are_right(right[::-1], yours) for _, right, yours in wrong) and _enough(wrong):
        if lengths == {2}:
            return "the two values that you return are swapped: each is right, in the place of the other."
        return "the values that you return are right, but in reverse order."
    if len(lengths) != 1 or not 3 <= (length := lengths.pop()) <= MOST_SWAPPED:
        return None
    for order in permutations(range(length)):
        if all(_are_right([right[k] for k in order], yours) for _, right, yours in wrong) and _enough(wrong):
            places = ", ".join(str(k + 1) for k in order)
            return f"the values that you return are right, but in another order: as values {places} of the right ones."
    return None


def _among_more(wrong: Sequence[Wrong]) -> str | None:
    for place, says in ((0, "after them"), (-1, "before them")):
        if all(
            isinstance(yours, tuple)
            and len(yours) > len(right) > 0
            and _are_right(right, yours[: len(right)] if place == 0 else yours[len(yours) - len(right) :])
            for _, right, yours in wrong
        ) and _enough(wrong):
            more = {len(yours) - len(right) for _, right, yours in wrong}
            how_many = more.pop() if len(more) == 1 else 0
            what = "one value too many" if how_many == 1 else f"{how_many or 'some'} values too many"
            return f"the right values are there, with {what} {says}."
    return None


def _cut_off(wrong: Sequence[Wrong]) -> str | None:
    for place, says in ((0, "last"), (-1, "first")):
        if all(
            isinstance(yours, tuple)
            and 0 < len(yours) < len(right)
            and _are_right(right[: len(yours)] if place == 0 else right[len(right) - len(yours) :], yours)
            for _, right, yours in wrong
        ) and _enough(wrong):
            fewer = {len(right) - len(yours) for _, right, yours in wrong}
            if fewer == {1}:
                return f"the {says} value is missing; all others are right."
            return f"the {says} values are missing; those that are there are right."
    return None


def _one_alone(wrong: Sequence[Wrong]) -> str | None:
    lengths = {len(right) for _, right, _ in wrong}
    if len(lengths) != 1 or not _enough(wrong):
        return None
    length = lengths.pop()
    for place in range(length):
        if all(_is_right(right[place], yours) for _, right, yours in wrong):
            return f"you return value {place + 1} of {length} alone: it is right, and the others are missing."
    return None


def _nested_otherwise(wrong: Sequence[Wrong]) -> str | None:
    """The right numbers, in other brackets."""
    if not all(_is_of_numbers(right) and isinstance(yours, tuple | np.ndarray) for _, right, yours in wrong):
        return None
    if all(_flat(right) == _flat(yours) and right != yours for _, right, yours in _as_tuples(wrong)) and _enough(wrong):
        return "the numbers are right, but they are nested in another way than they should be."
    return None


def _inner_order(wrong: Sequence[Wrong]) -> str | None:
    """Each shape of a list, or each pair, in another order or with one number more."""
    wrong = _as_tuples(wrong)
    if not all(_is_list_of_tuples(right) and _is_list_of_tuples(yours) for _, right, yours in wrong):
        return None
    if any(len(right) != len(yours) for _, right, yours in wrong) or not _enough(wrong):
        return None
    inner = [both for _, right, yours in wrong for both in zip(right, yours, strict=True)]
    noun = "pair" if all(len(one) == 2 for one, _ in inner) else "tuple"
    if all(one[::-1] == other for one, other in inner):
        return f"in each {noun}, the numbers are right, but in reverse order."
    if all(len(other) == len(one) + 1 and other[1:] == one for one, other in inner):
        extra = {other[0] for _, other in inner}
        what = str(extra.pop()) if len(extra) == 1 else "one number"
        return f"each {noun} has {what} too many in front; the rest is right."
    if all(other == one[1:] for one, other in inner):
        return f"in each {noun}, the first number is missing; the rest is right."
    longest = max(len(one) for one, _ in inner)
    for order in permutations(range(longest)) if longest <= MOST_SWAPPED else ():
        if all(tuple(one[k] for k in order) == other if len(one) == longest else one == other for one, other in inner):
            places = ", ".join(str(k + 1) for k in order)
            return f"in each {noun} of {longest}, the numbers are right, but in another order: {places}."
    return None


def _of_number_tuples(wrong: Sequence[Wrong]) -> list[str]:
    """Return relations of numbers in tuples, of as many of them together as they hold for."""
    leaves = [(arguments, *leaf) for arguments, right, yours in wrong for leaf in _leaves(right, yours)]
    whole = [(arguments, right, yours) for arguments, _, _, right, yours in leaves]
    fixed = len({_structure(right) for _, right, _ in wrong}) == 1
    if all(not _is_right(right, yours) for _, right, yours in whole):
        for words in _of_values(whole)[:1]:
            return [f"every number that you return {words}."]
    groups: list[Callable[[tuple[int, ...], tuple[int, ...]], tuple[Hashable, str]]] = []
    if any(len(path) == 2 for _, path, _, _, _ in leaves):
        groups.append(lambda path, sizes: ((sizes[-1], path[-1]), f"number {path[-1] + 1} of each {_noun(sizes[-1])}"))
    if fixed:
        groups.append(lambda path, sizes: (path[0], f"value {path[0] + 1} of {sizes[0]}"))
        if groups[:-1]:
            groups.append(lambda path, sizes: (path, f"number {path[-1] + 1} of value {path[0] + 1} of {sizes[0]}"))
    for group in groups:
        sentences = _of_groups(leaves, group)
        if sentences:
            return sentences
    return []


def _of_groups(leaves: Sequence[tuple], group: Callable[..., tuple[Hashable, str]]) -> list[str]:
    parts: dict[Hashable, list[Wrong]] = {}
    names: dict[Hashable, str] = {}
    for arguments, path, sizes, right, yours in leaves:
        key, name = group(path, sizes)
        names[key] = name
        parts.setdefault(key, []).append((arguments, right, yours))
    wrong = {key: [one for one in part if not _is_right(one[1], one[2])] for key, part in parts.items()}
    good = [names[key] for key, part in wrong.items() if not part]
    sentences = []
    for key, part in wrong.items():
        for words in _of_values(part)[:1] if part else []:
            rest = f"; {_joined(good)} {'is' if len(good) == 1 else 'are'} right" if good else ""
            sentences.append(f"{names[key]} {words}{rest}.")
    if not sentences and good and len(leaves) >= 4 and _is_varied([one[1] for key in parts for one in parts[key]]):
        bad = [names[key] for key, part in wrong.items() if part]
        rest = "is not always" if len(bad) == 1 else "are not always"
        return [f"{_joined(good)} {'is' if len(good) == 1 else 'are'} right in every case; {_joined(bad)} {rest}."]
    return sentences


def _noun(size: int) -> str:
    return "pair" if size == 2 else f"group of {size}"


def _joined(names: Sequence[str]) -> str:
    """Return "numbers 1 and 2 of each group of 3" for "number 1 of each group of 3" and the other."""
    heads, tails = zip(*(name.split(" of ", 1) for name in names), strict=True)
    if len(names) == 1 or len(set(tails)) > 1:
        return listed(names)
    kind = heads[0].split()[0]
    return f"{kind}s {listed([head.split()[1] for head in heads])} of {tails[0]}"


def _of_members(wrong: Sequence[Wrong], length: int) -> list[str]:
    """Return relations of each member of a tuple, and which members are right."""
    members = [[(arguments, right[k], yours[k]) for arguments, right, yours in wrong] for k in range(length)]
    bad = [[one for one in member if not _is_right(one[1], one[2])] for member in members]
    good = [k for k in range(length) if not bad[k]]
    said: dict[str, list[int]] = {}
    for k, part in enumerate(bad):
        for words in _of_values([one for one in part if not _is_empty(one[1])])[:1]:
            said.setdefault(words, []).append(k)
    right = f"{_named(good, length)} {'is' if len(good) == 1 else 'are'} right" if good else ""
    if said:
        before = f"{right}; " if good else ""
        sentences = []
        for words, places in said.items():
            of = "" if good else f" of {length}"
            subject = f"value {places[0] + 1}{of}" if len(places) == 1 else f"each of {_named(places, 0)}"
            sentences.append(f"{before}{subject} {words}.")
            before = ""
        return sentences
    if good and _is_varied([one[1] for k in good for one in members[k]]):
        others = [k for k in range(length) if bad[k]]
        return [f"{right} in every case; {_named(others, 0)} {'is' if len(others) == 1 else 'are'} not."]
    return []


def _named(places: Sequence[int], length: int) -> str:
    of = f" of {length}" if length else ""
    return f"value{'s' if len(places) > 1 else ''} {listed([str(k + 1) for k in places])}{of}"


def _of_dicts(wrong: Sequence[Wrong]) -> list[str]:
    names = list(wrong[0][1])
    if not all(isinstance(yours, dict) and set(right) == set(yours) == set(names) for _, right, yours in wrong):
        return []
    sentences = []
    for name in names:
        part = [(arguments, right[name], yours[name]) for arguments, right, yours in wrong]
        part = [one for one in part if not _is_right(one[1], one[2]) and not _is_empty(one[1])]
        if part and not any(isinstance(one[1], str | dict | tuple) or one[1] is None for one in part):
            sentences += [f'"{name}" {words}.' for words in _of_values(part)[:1]]
    if sentences:
        return sentences
    bad = [name for name in names if not all(_is_right(right[name], yours[name]) for _, right, yours in wrong)]
    good = [right[name] for _, right, _ in wrong for name in names if name not in bad]
    numbers = all(isinstance(right[name], int | float | np.ndarray) for _, right, _ in wrong for name in bad)
    if not numbers or not _is_varied(good):
        return []
    quoted = listed([f'"{name}"' for name in bad])
    return [f"only {quoted} {'is' if len(bad) == 1 else 'are'} wrong; all else is right."]


# --- What tuples are made of -----------------------------------------------------------------------------


def _is_tuple_like(right: tuple, yours: Any) -> bool:
    return isinstance(yours, tuple) and len(right) == len(yours)


def _are_right(rights: Sequence[Any], yours: Sequence[Any]) -> bool:
    return all(_is_right(right, one) for right, one in zip(rights, yours, strict=True))


def _enough(wrong: Sequence[Wrong]) -> bool:
    """Tell whether the values of the right tuples differ, in so many cases that an order of them is no accident."""
    numbers_only = all(_is_of_numbers(right) for _, right, _ in wrong)
    return len(wrong) >= (3 if numbers_only else 1) and _is_varied([one for _, right, _ in wrong for one in right])


def _is_varied(values: Sequence[Any]) -> bool:
    """Tell whether there are four different numbers in all the values together, or two in lists of numbers."""
    parts = [np.asarray(part).ravel() for value in values for part in _flat(value) if not isinstance(part, str)]
    joined = [part.astype(float) for part in parts if part.dtype.kind in "biuf"]
    return bool(joined) and len(np.unique(np.concatenate(joined))) >= (2 if len(joined) >= 6 else 4)


def _is_of_numbers(value: Any) -> bool:
    """Tell whether a value is a tuple of numbers, or of tuples of numbers."""
    if not isinstance(value, tuple):
        return False
    return all(isinstance(one, int | float) or (_is_of_numbers(one) and _depth(one) == 1) for one in value)


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, value), default=0) if isinstance(value, tuple) else 0


def _is_list_of_tuples(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) > 0 and all(isinstance(one, tuple) and one for one in value)


def _structure(value: Any) -> Any:
    return tuple(map(_structure, value)) if isinstance(value, tuple) else 0


def _flat(value: Any) -> list[Any]:
    return [part for one in value for part in _flat(one)] if isinstance(value, tuple) else [value]


def _as_tuples(wrong: Sequence[Wrong]) -> list[Wrong]:
    return [(arguments, right, _as_tuple(yours)) for arguments, right, yours in wrong]


def _as_tuple(value: Any) -> Any:
    """Return a value with tuples in place of its arrays."""
    if isinstance(value, np.ndarray) and value.ndim:
        return tuple(_as_tuple(one) for one in value.tolist())
    return tuple(map(_as_tuple, value)) if isinstance(value, tuple | list) else value


def _leaves(right: Any, yours: Any, path: tuple = (), sizes: tuple = ()) -> list[tuple]:
    """Return path, sizes on the way, right number and the reader's for each number in a tuple of tuples."""
    if not isinstance(right, tuple):
        return [(path, sizes, right, yours)]
    return [
        leaf
        for k, (one, other) in enumerate(zip(right, yours, strict=True))
        for leaf in _leaves(one, other, (*path, k), (*sizes, len(right)))
    ]
