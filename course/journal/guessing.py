"""Guesses: written down before the answer is seen, shown beside it, and back again at the end of the lesson."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from ..errors import argument_error
from ..manifest import LESSONS
from .questions import QUESTIONS, question_of
from .store import Journal, change, read
from .tables import check_lesson, html_table, text_table
from .values import compared, distance_of, is_number, measured, plain, shown, told_apart

__all__ = ["Guesses", "guesses", "predict", "reveal"]

LONGEST = 2000  # characters of a guess
LINE = 80  # characters of a printed line
NEAR = 0.1  # of the answer: what counts as nearly right
COLUMNS = ("Question", "Your guess", "Answer", "How far off")

Guess = bool | int | float | str | list


def predict(question: str, guess: Guess | tuple | None) -> None:
    """Write down your guess, before the cell that shows the answer.

    Parameters
    ----------
    question : str
        The name of the question; `reveal` finds the guess under it.
    guess : number, str, list or None
        Your guess. None means that you have not made one yet.

    Raises
    ------
    ArgumentError
        The question has no name, or the guess is none that can be written down.

    Examples
    --------
    >>> predict("size-of-output", None)
    No guess yet. Replace None by your guess, and run this cell again.
    """
    _check_question("predict", question)
    if guess is None:
        print("No guess yet. Replace None by your guess, and run this cell again.")
        return
    value = plain(guess)
    if value is None or len(json.dumps(value)) > LONGEST:
        rule = "be a finite number, a text, or a short list of these"
        raise argument_error("predict", "guess", rule, guess, "Write your guess as one of these.")
    change(lambda journal: journal["guesses"].update({question: value}))
    asked = question_of(question)
    _tell((asked and told_apart(value, asked.wants)) or f"Your guess is written down: {shown(value)}.")


def reveal(question: str, answer: Any, unit: str = "") -> None:
    """Show the answer beside your guess, and how far off it was.

    Parameters
    ----------
    question : str
        The name that the guess was written down under.
    answer : number, str or list
        The answer, computed by the cell.
    unit : str
        What a number counts or measures, such as "pixels"; "per cent" is shown as %.

    Examples
    --------
    >>> reveal("never-asked", 1200, "weights")
    No guess was made. The answer: 1,200 weights.
    """
    _check_question("reveal", question)
    value = plain(answer)
    if value is None:
        rule = "be a finite number, a text, or a list of these"
        raise argument_error("reveal", "answer", rule, answer, "Pass the answer as one of these.")
    journal, entry = read(), {"answer": value, "unit": unit}
    if journal["answers"].get(question) != entry:
        journal = change(lambda journal: journal["answers"].update({question: entry}))
    guess = journal["guesses"].get(question)
    if guess is None:
        print(f"No guess was made. The answer: {measured(value, unit)}.")
        return
    print(f"Your guess: {measured(guess, unit)}.")
    print(f"The answer: {measured(value, unit)}.")
    _tell(compared(guess, value, unit))


def guesses(lesson: int) -> Guesses:
    """Return a table of your guesses in a lesson: the question, your guess, the answer, how far off you were.

    Parameters
    ----------
    lesson : int
        The lesson's number.

    Raises
    ------
    ArgumentError
        There is no such lesson.

    Examples
    --------
    >>> print(guesses(1))  # doctest: +ELLIPSIS
    Your guesses in lesson 1, Receptive fields
    ...
    """
    check_lesson("guesses", lesson)
    return Guesses(lesson, read())


class Guesses:
    """A table of guesses, as HTML in a notebook and as text elsewhere.

    Attributes
    ----------
    rows : list of tuple of str
        For each question: in words, the guess, the answer, how far off.
    says : str
        How many were right or nearly so, and which one was farthest off.
    """

    def __init__(self, lesson: int, journal: Journal) -> None:
        title = next(one.title for one in LESSONS if one.number == lesson)
        self.caption = f"Your guesses in lesson {lesson}, {title}"
        self.rows: list[tuple[str, str, str, str]] = []
        off: list[tuple[float, str]] = []
        near = 0
        for question in QUESTIONS.get(lesson, ()):
            guess, seen = journal["guesses"].get(question.name), journal["answers"].get(question.name, {})
            answer, unit = seen.get("answer"), seen.get("unit", "")
            mine = "no guess" if guess is None else measured(guess, unit)
            true = "not shown yet" if answer is None else measured(answer, unit)
            how = "" if guess is None or answer is None else _how_far(guess, answer, unit)
            self.rows.append((question.words, mine, true, how))
            if how:
                off.append((distance_of(guess, answer), question.words))
                near += _near(guess, answer)
        self.says = _summary(off, near)

    def __repr__(self) -> str:
        return text_table(self.caption, COLUMNS, [("", self.rows)], self.says)

    def _repr_html_(self) -> str:
        return html_table(self.caption, COLUMNS, [("", self.rows)], self.says)


def _tell(sentence: str) -> None:
    """Print a sentence in lines that no notebook breaks within a word."""
    print(textwrap.fill(sentence, LINE))


def _near(guess: Any, answer: Any) -> bool:
    if is_number(guess) and is_number(answer):
        return abs(guess - answer) <= NEAR * abs(answer) * (1 + 1e-9)
    return distance_of(guess, answer) == 0


def _how_far(guess: Any, answer: Any, unit: str) -> str:
    """Return how far off a guess was, in as few words as a cell of a table has room for."""
    if is_number(guess) and is_number(answer):
        told = compared(guess, answer, unit)
        return (
            "right" if told == "Exactly right." else told.removeprefix("Your guess was ").partition(":")[0].rstrip(".")
        )
    if told_apart(guess, "a number") and is_number(answer):
        return "no number"
    return "right" if distance_of(guess, answer) == 0 else "not the same"


def _summary(off: list[tuple[float, str]], near: int) -> str:
    if not off:
        return "You have made no guess here whose answer was shown."
    counted = f"Right or within {NEAR:.0%}: {near} of {len(off)} guesses."
    worst, words = max(off, key=lambda one: one[0])
    if worst == 0:
        return counted
    return f"{counted} Farthest off was “{words}”: look at that place again."


def _check_question(function: str, question: Any) -> None:
    if not isinstance(question, str) or not question.strip():
        fix = 'Give it a name, such as "size-of-output".'
        raise argument_error(function, "question", "be a text that is not empty", question, fix)
