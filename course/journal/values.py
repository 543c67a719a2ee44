"""Guesses and answers as plain values: their kind, how they read, and how far one is from the other."""

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ["compared", "distance_of", "is_number", "kind_of", "measured", "plain", "same", "shown", "told_apart"]

PER_CENT = ("per cent", "%")  # units that a number is told in with the sign


def plain(value: Any) -> Any:
    """Return a value as what JSON can hold, or None where it is none of that."""
    if hasattr(value, "tolist"):  # NumPy's and torch's numbers and arrays
        value = value.tolist()
    if isinstance(value, list | tuple):
        items = [plain(item) for item in value]
        return None if any(item is None for item in items) else items
    if isinstance(value, int | float) and not abs(value) < 1e300:  # not a number, infinite, or beyond a float
        return None
    return value if isinstance(value, bool | int | float | str) else None


def is_number(value: Any) -> bool:
    """Tell whether a plain value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """Return what kind a plain value is, with its article."""
    if isinstance(value, bool):
        return "True or False"
    return "a number" if is_number(value) else "a list" if isinstance(value, list) else "a text"


def shown(value: Any) -> str:
    """Return a value as text that is the same on every machine."""
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    if not is_number(value):
        return str(value)
    size = abs(value)
    if size < 1e15 and value == round(value):
        text = f"{int(size):,}"
    else:
        text = f"{size:,.1f}" if 1000 <= size < 1e15 else f"{size:.4g}"
    return f"−{text}" if value < 0 else text


def measured(value: Any, unit: str) -> str:
    """Return a value with its unit.

    Examples
    --------
    >>> measured(1200, "weights"), measured(75, "per cent")
    ('1,200 weights', '75%')
    """
    if not unit or not is_number(value):
        return shown(value)
    return f"{shown(value)}%" if unit in PER_CENT else f"{shown(value)} {unit}"


def told_apart(guess: Any, wants: str) -> str:
    """Return one sentence on a guess of another kind than the question wants; an empty text for one that fits.

    Examples
    --------
    >>> told_apart("40%", "a number")
    "Your guess is the text '40%', and a number is asked for. Write a number: 40."
    """
    kind = kind_of(guess)
    if kind == wants:
        return ""
    article = "" if isinstance(guess, bool) else kind.replace("a ", "the ", 1) + " "
    value = repr(guess) if isinstance(guess, str) else shown(guess)
    fix = {
        "a number": "Write a number, without quotation marks.",
        "a text": "Write it between quotation marks.",
        "a list": "Write it between square brackets, such as [3, 4].",
        "True or False": "Write True or False, without quotation marks.",
    }[wants]
    if wants == "a number" and isinstance(guess, str) and (number := _number_in(guess)):
        fix = f"Write a number: {number}."
    verb = "are" if wants == "True or False" else "is"
    return f"Your guess is {article}{value}, and {wants} {verb} asked for. {fix}"


def _number_in(text: str) -> str:
    """Return the number that a text means, as Python writes it; both where it may mean two, and nothing where none."""
    found = re.fullmatch(r"\D*?([-−+]?\d[\d.,' _]*(?:e[-+]?\d+)?)\D*", text.strip().lower())
    if not found:
        return ""
    digits = re.sub(r"[' _]", "", found[1].replace("−", "-")).rstrip(".,")
    whole = re.sub(r"[.,]", "", digits)
    if re.fullmatch(r"[-+]?\d{1,3}\.\d{3}", digits):
        return f"{whole}, or {float(digits)}"
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+|[-+]?\d{1,3}(\.\d{3}){2,}", digits):
        return whole
    digits = digits.replace(",", ".") if digits.count(",") == 1 and "." not in digits else digits.replace(",", "")
    try:
        float(digits)
    except ValueError:
        return ""
    return digits


def compared(guess: Any, answer: Any, unit: str = "") -> str:
    """Return in one sentence how near a guess is."""
    other_kind = told_apart(guess, kind_of(answer))
    if other_kind:
        return f"{other_kind[:-1]}, and run its cell again."
    if is_number(guess):
        return _distance(guess, answer, unit)
    if isinstance(guess, list):
        if len(guess) != len(answer):
            return f"Your list has the length {len(guess)}, the answer the length {len(answer)}."
        right = sum(same(mine, true) for mine, true in zip(guess, answer, strict=True))
        return "Exactly right." if right == len(answer) else f"{right} of {len(answer)} entries are right."
    return "Exactly right." if same(guess, answer) else "That is not the same."


def _distance(guess: float, answer: float, unit: str) -> str:
    if same(guess, answer):
        return "Exactly right."
    points = " percentage points" if unit in PER_CENT else ""
    off = f"Your guess was {shown(abs(guess - answer))}{points} too {'high' if guess > answer else 'low'}"
    if points or answer == 0 or guess == 0 or (guess > 0) != (answer > 0):
        return f"{off}."
    factor = max(guess / answer, answer / guess)
    if factor >= 2:
        times = "more than a million" if factor > 1e6 else shown(round(factor, 1) if factor < 10 else round(factor))
        larger, smaller = ("your guess", "the answer") if abs(guess) > abs(answer) else ("the answer", "your guess")
        return f"{off}: {larger} is {times} times {smaller}."
    share = 100 * abs((guess - answer) / answer)
    return f"{off}, which is {f'{share:.0f}' if share >= 1 else 'less than 1'}% of the answer."


def distance_of(guess: Any, answer: Any) -> float:
    """Return how far a guess is off, as a share: 0 for a right one, 1 for one that is wrong as a whole, at most 2."""
    if same(guess, answer):
        return 0.0
    if is_number(guess) and is_number(answer):
        larger = max(abs(guess), abs(answer))
        return abs(guess / larger - answer / larger)
    if isinstance(guess, list) and isinstance(answer, list) and len(guess) == len(answer):
        return sum(distance_of(mine, true) for mine, true in zip(guess, answer, strict=True)) / len(answer)
    return 1.0


def same(guess: Any, answer: Any) -> bool:
    """Tell whether a guess is right: texts without regard to capitals, numbers but for rounding."""
    if isinstance(guess, str) and isinstance(answer, str):
        return guess.strip().casefold() == answer.strip().casefold()
    if is_number(guess) and is_number(answer):
        return math.isclose(guess, answer, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(guess, list) and isinstance(answer, list) and len(guess) == len(answer):
        return all(same(mine, true) for mine, true in zip(guess, answer, strict=True))
    return type(guess) is type(answer) and bool(guess == answer)
