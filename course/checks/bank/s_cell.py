"""`s_cell`: what a cell of the neocognitron answers that has learned a feature.

``s_cell(u, a, b, c, r)`` returns ``r * phi((1 + E) / (1 + 2 * r / (1 + r) * b * v) - 1)``, with ``E = sum(a * u)`` and
``v = sqrt(sum(c * u**2))``, both over all planes and places, and ``phi(x) = max(x, 0)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, one_of
from ..families import cells, excitation
from ..families.cells import inhibition, same
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, planes: int, height: int, width: int, r: float, inhibits: float) -> dict[str, Any]:
    """Return a cell and what it sees; its inhibition is `inhibits` times what would keep it silent."""
    u = cells.window_of(rng, planes, height, width)
    a = rng.permutation(np.arange(u.size) % 7 + 1).reshape(u.shape) / 2
    c = cells.shares_of(rng, planes, height, width)
    silent = (a * u).sum() / (2 * r / (1 + r) * inhibition(u, c, a))
    return {"u": u, "a": a, "b": round(float(inhibits * silent), 2), "c": c, "r": r}


def note_of(planes: int, height: int, width: int, r: float, inhibits: float) -> str:
    """Return what there is to see."""
    kinds = f"{planes} plane{'s' * (planes != 1)}, {height} × {width} places"
    return f"{kinds}, r = {r:g}{', no inhibition' * (inhibits == 0)}"


cases = Maker(make, note=note_of, least={"inhibits": 0}, planes=1, height=1, width=2, r=2.0, inhibits=0.3)
R = one_of(0.5, 0.8, 1.5, 2.5, 4.0, 6.0)


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return whole numbers, a window of zeros, a cell that has learned nothing."""
    u, c = rng.integers(1, 5, (2, 2, 3)), cells.shares_of(rng, 2, 2, 3)
    a = rng.integers(1, 6, u.shape)
    return [
        Case({"u": u, "a": a, "b": 1, "c": c, "r": 3}, "whole numbers"),
        Case({"u": np.zeros((2, 2, 3)), "a": a / 2, "b": 1.5, "c": c, "r": 1.5}, "all inputs are 0"),
        Case({"u": u / 2, "a": np.zeros((2, 2, 3)), "b": 0.0, "c": c, "r": 4.0}, "a cell that has learned nothing"),
    ]


PROPERTIES = [
    Property(
        "excitation",
        "Without inhibition, the cell gives r times the weighted sum of its inputs.",
        cases({"inhibits": 0.0}, {"width": 3, "inhibits": 0.0, "r": R}, {"planes": 3, "inhibits": 0.0},
              {"planes": 2, "height": 2, "width": 3, "inhibits": 0.0, "r": R}),
    ),
    Property(
        "inhibition",
        "The inhibition divides: v is the root of a weighted sum of squares, and counts 2r / (1 + r) times b.",
        cases({"r": 1.0}, {}, {"width": 3, "r": R}, {"height": 2, "width": 3, "r": R, "inhibits": 0.5},
              {"height": 3, "width": 2, "r": R, "inhibits": 0.2}),
        weight=2,
    ),
    Property(
        "planes",
        "A cell sees all planes; each has weights of its own in a, and all have the same c.",
        cases({"planes": 2}, {"planes": 3, "height": 2, "width": 3, "r": R},
              {"planes": 4, "height": 3, "width": 3, "r": R, "inhibits": 0.08},
              {"planes": 3, "height": 5, "width": 5, "r": 4.0, "inhibits": 0.1}),
        weight=2,
    ),
    Property(
        "never below 0",
        "Where inhibition is the stronger, the cell is silent: 0, and no less.",
        cases({"planes": 2, "inhibits": 1.5, "note": "inhibition is the stronger"},
              {"planes": 2, "height": 3, "width": 2, "r": R, "inhibits": 1.2, "note": "inhibition is the stronger"},
              {"planes": 2, "height": 2, "width": 2, "r": R, "inhibits": 0.8, "note": "nearly silent"}),
    ),
    Property(
        "unusual input",
        "Whole numbers are as good as floats, and a window of zeros gives 0.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def in_parts(
    u: Array, a: Array, b: float, c: Array, r: float, *,
    given: Callable[[float, float], tuple[float, float]] = lambda b, r: (b, r),
    looks: Callable[[Array], Array] = same,
    excites: Callable[[Array, Array, Array], Any] = lambda a, u, c: (a * u).sum(),
    counts: Callable[[Any, float, float], Any] = lambda excited, b, r: excited,
    above: Callable[[Any], Any] = lambda excited: 1 + excited,
    share: Callable[[float], float] = lambda r: 2 * r / (1 + r),
    inhibits: Callable[[float, float, Any], Any] = lambda share, b, v: share * b * v,
    below: Callable[[Any], Any] = lambda inhibited: 1 + inhibited,
    meets: Callable[[Any, Any], Any] = np.divide,
    less: Callable[[Any], Any] = lambda quotient: quotient - 1,
    phi: Callable[[Any], Any] = lambda x: np.maximum(x, 0),
    scale: Callable[[float, Any], Any] = lambda r, x: r * x,
    stores: Callable[[Array, bool], Array] = lambda terms, whole: terms,
    weighs: Callable[[Array, Array, Array], Array] = lambda c, squares, a: c * squares,
    answer: Callable[[Any], Any] = same,
    **ways: Callable[..., Any],
) -> Any:  # fmt: skip
    """Compute the answer of an S-cell; each part, and those of `inhibition`, can be replaced by a wrong way."""
    whole = np.asarray(u).dtype.kind in "iu"
    u, a, c = looks(np.asarray(u, float)), np.asarray(a, float), np.asarray(c, float)
    b, r = given(b, r)
    v = inhibition(u, c, a, weighs=lambda *given: stores(weighs(*given), whole), **ways)
    inhibited = inhibits(share(r), b, v)
    excited = counts(excites(a, u, c), b, r)
    return answer(scale(r, phi(less(meets(above(excited), below(inhibited))))))


def on_one_line(share: float, b: float, v: Any) -> Any:
    """Divide 2r by 1, and add the rest."""
    r = share / (2 - share)
    return 2 * r + r * b * v


def brackets_of_one(share: float, b: float, v: Any) -> Any:
    """Divide 1 + 2r, not 2r, by 1 + r."""
    r = share / (2 - share)
    return (1 + 2 * r) / (1 + r) * b * v


def all_in_brackets(share: float, b: float, v: Any) -> Any:
    """Divide 2r by 1 + r * b * v."""
    r = share / (2 - share)
    return 2 * r / (1 + r * b * v)


MISTAKES = [
    # --- the inputs ---
    wrong("inputs divided by their largest", "You divide the inputs by the largest of them first. Take them as they "
          "are: the inhibition takes care of brightness.", looks=lambda u: u / max(u.max(), 1e-9)),
    wrong("inputs divided by their length", "You divide the inputs by the root of their sum of squares first. Take "
          "them as they are: the inhibition takes care of brightness.",
          looks=lambda u: u / max(np.sqrt(np.square(u).sum()), 1e-9)),
    wrong("inputs cut to whole numbers", "You cut the inputs off to whole numbers. They have fractions.",
          looks=np.trunc),
    # --- what is seen, and the excitation E ---
    *excitation.MISTAKES,
    wrong("b and r swapped", "You take b for r, and r for b. The arguments come in the order u, a, b, c, r.",
          given=lambda b, r: (r, b)),
    wrong("r always 1.5", "Your r is 1.5, whatever is given.", given=lambda b, r: (b, 1.5)),
    wrong("b always 1.2", "Your b is 1.2, whatever is given.", given=lambda b, r: (1.2, r)),
    # --- the inhibition v ---
    *cells.MISTAKES,
    wrong("a * u squared in v", "You square a * u in v. The inhibitory cell sees the inputs u without a.",
          weighs=lambda c, squares, a: c * np.square(a) * squares),
    wrong("roots for squares in v", "You take the root of each input in v. Square each input, and take the root of the "
          "sum.", squares=np.sqrt, root=same),
    wrong("c always 1/3", "Each c of yours is 1/3, whatever is given.", weighs=lambda c, squares, a: squares / 3),
    wrong("root around all the inhibition", "Your root is taken of 2r / (1 + r) and of b as well. It belongs to the "
          "sum of c * u**2 alone.", root=same, inhibits=lambda share, b, v: np.sqrt(share * b * v)),
    wrong("root around b", "Your root is taken of b as well. It belongs to the sum of c * u**2 alone.", root=same,
          inhibits=lambda share, b, v: share * np.sqrt(b * v)),
    wrong("whole numbers cut", "Where the inputs are whole numbers, your weighted squares are cut off to whole numbers "
          "as well. np.zeros_like and np.empty_like of such an array hold no fractions.",
          stores=lambda terms, whole: np.trunc(terms) if whole else terms),
    wrong("E for v", "Where v should stand, there is the excitation, the sum of a * u. v is the root of the sum of c * "
          "u**2.", weighs=lambda c, squares, a: a * squares, squares=same, root=same),
    # --- how much the inhibition counts ---
    wrong("the 2 of 2r / (1 + r) forgotten", "The inhibition counts r / (1 + r) times. It should be 2r / (1 + r).",
          share=lambda r: r / (1 + r)),
    wrong("2r / (1 + r) left out", "The factor 2r / (1 + r) of the inhibition is missing.", share=lambda r: 1.0),
    wrong("2r not divided", "You multiply the inhibition by 2r. Divide that by 1 + r.", share=lambda r: 2 * r),
    wrong("r for 2r / (1 + r)", "You multiply the inhibition by r. It should be 2r / (1 + r).", share=float),
    wrong("r missing above 1 + r", "You multiply the inhibition by 2 / (1 + r). It should be 2r / (1 + r).",
          share=lambda r: 2 / (1 + r)),
    wrong("brackets of 1 + r forgotten", "2 * r / 1 + r is 3r: Python divides first. Put 1 + r into brackets.",
          share=lambda r: 2 * r / 1 + r),
    wrong("brackets of 1 + r forgotten, 2 in front", "r / 1 + r is 2r: Python divides first. Put 1 + r into brackets.",
          share=lambda r: 2 * (r / 1 + r)),
    wrong("brackets of 1 + r forgotten, on one line", "2 * r / 1 + r * b * v is 2r plus the rest: Python divides "
          "first. Put 1 + r into brackets.", inhibits=on_one_line),
    wrong("the same for every r", "Your factor of the inhibition is the same for every r: r / r + 1 divides first. Put "
          "1 + r into brackets: 2r / (1 + r).", share=lambda r: 3.0),
    wrong("the same for every r, without the 2", "Your factor of the inhibition is the same for every r: r / r + 1 "
          "divides first. Put 1 + r into brackets: 2r / (1 + r).", share=lambda r: 2.0),
    wrong("the same for every r, on one line", "2 * r / r + 1 * b * v is 2 plus b * v: Python divides first. Put 1 + r "
          "into brackets: 2r / (1 + r).", inhibits=lambda share, b, v: 2 + b * v),
    wrong("1 / (1 + r)", "You multiply the inhibition by 1 / (1 + r). It should be 2r / (1 + r).",
          share=lambda r: 1 / (1 + r)),
    wrong("2r times 1 + r", "You multiply by 1 + r. Divide 2r by it.", share=lambda r: 2 * r * (1 + r)),
    wrong("1 - r for 1 + r", "You divide 2r by 1 - r. It should be 2r / (1 + r).",
          share=lambda r: 2 * r / np.float64(1 - r)),
    wrong("r - 1 for 1 + r", "You divide 2r by r - 1. It should be 2r / (1 + r).",
          share=lambda r: 2 * r / np.float64(r - 1)),
    wrong("1.2 for 2r / (1 + r)", "Your factor of the inhibition is always 1.2. That is 2r / (1 + r) for r = 1.5 "
          "alone.",
          share=lambda r: 1.2),
    wrong("2r // (1 + r)", "Your 2r / (1 + r) is cut off to a whole number, as // does. Divide with /.",
          share=lambda r: 2 * r // (1 + r)),
    wrong("r squared for 2r", "You multiply the inhibition by r**2 / (1 + r). It should be 2r / (1 + r).",
          share=lambda r: r**2 / (1 + r)),
    wrong("2r / (1 + r) turned over", "You multiply the inhibition by (1 + r) / 2r. That is turned over.",
          share=lambda r: (1 + r) / (2 * r)),
    wrong("2r / (1 + 2r)", "You divide by 1 + 2r. It should be 2r / (1 + r).", share=lambda r: 2 * r / (1 + 2 * r)),
    wrong("b forgotten", "b is not in your inhibition: it is the weight of v.", inhibits=lambda share, b, v: share * v),
    wrong("v forgotten", "v is not in your inhibition: b is its weight.", inhibits=lambda share, b, v: share * b),
    wrong("b added to v", "You add b to v. It is its weight: multiply.", inhibits=lambda share, b, v: share * (b + v)),
    wrong("v added", "You add v. It is multiplied by its weight, and by 2r / (1 + r).",
          inhibits=lambda share, b, v: share * b + v),
    wrong("2r / (1 + r) added", "You add 2r / (1 + r) to b * v. Multiply.", inhibits=lambda share, b, v: share + b * v),
    wrong("divided by b", "You divide v by b. It is its weight: multiply.",
          inhibits=lambda share, b, v: share * v / np.float64(b)),
    wrong("divided by b and v", "You divide 2r / (1 + r) by b * v. Multiply: without brackets, 2 * r / (1 + r) * b * v "
          "does.", inhibits=lambda share, b, v: share / np.float64(b * v)),
    wrong("b * v in the brackets of 1 + r", "You divide 2r by 1 + r * b * v. The brackets end before b * v: that is "
          "multiplied by 2r / (1 + r).", inhibits=all_in_brackets),
    wrong("1 + 2r in brackets", "Below the line stands (1 + 2r) / (1 + r) * b * v. The 1 is added to all the rest, and "
          "has no part in the quotient.", inhibits=brackets_of_one, below=same),
    wrong("1 in the brackets of 2r / (1 + r)", "Below the line, you multiply 1 + 2r / (1 + r) by b * v. Multiply "
          "first, and add the 1 to all of it.", inhibits=lambda share, b, v: (1 + share) * b * v, below=same),
    wrong("no inhibition", "You leave out the inhibition: b and v are not in your answer.",
          meets=lambda above, below: above),
    # --- the quotient, and what becomes of it ---
    wrong("1 forgotten above", "Above the line stands E alone. It should be 1 + E.", above=same),
    wrong("2 above", "Above the line stands 2 + E. It should be 1 + E.", above=lambda excited: 2 + excited),
    wrong("2 below", "Below the line stands 2 + .... It should be 1 + ....", below=lambda inhibited: 2 + inhibited),
    wrong("1 forgotten below", "Below the line, the 1 + is missing.", below=same),
    wrong("1 forgotten above and below", "Above and below the line, the 1 + is missing.", above=same, below=same),
    wrong("subtracted", "You subtract the inhibition from the excitation. In this cell, it divides.",
          meets=np.subtract, less=same),
    wrong("subtracted, and 1 as well", "You subtract the inhibition from the excitation. In this cell, it divides.",
          meets=np.subtract),
    wrong("subtracted below", "Below the line, you subtract the inhibition from 1. Add it.",
          below=lambda inhibited: 1 - inhibited),
    wrong("quotient in whole numbers", "You cut the quotient off to a whole number, as // does. Divide with /.",
          meets=np.floor_divide),
    wrong("turned over", "You divide the inhibition by the excitation. It is the other way round.",
          meets=lambda above, below: below / above),
    wrong("multiplied", "You multiply above and below the line. Divide.", meets=np.multiply),
    wrong("b subtracted as a bias", "You subtract b from E, as a neuron of today does with a bias. Here b is the "
          "weight of v, and the inhibition divides.", inhibits=lambda share, b, v: b, meets=np.subtract, less=same),
    wrong("b added as a bias", "You add b to E, as a neuron of today does with a bias. Here b is the weight of v, and "
          "the inhibition divides.", inhibits=lambda share, b, v: -b, meets=np.subtract, less=same),
    wrong("brackets forgotten above", "1 + E / ... divides E alone: put 1 + E into brackets.", above=same,
          meets=lambda above, below: 1 + above / below),
    wrong("brackets forgotten below", "... / 1 + ... divides by 1, and adds the rest: put all that stands below the "
          "line into brackets.", meets=lambda above, below: above + below - 1),
    wrong("1 not subtracted", "The - 1 after the quotient is missing.", less=same),
    wrong("1 subtracted below the line", "You subtract the 1 below the line. Close the brackets before it: it is "
          "subtracted from the quotient.", below=same, less=same),
    wrong("1 added", "You add 1 to the quotient. Subtract it.", less=lambda quotient: quotient + 1),
    wrong("subtracted from 1", "You subtract the quotient from 1. It is the other way round.",
          less=lambda quotient: 1 - quotient),
    wrong("1 subtracted at the very end", "You subtract 1 at the very end, after r. Subtract it from the quotient.",
          less=same, scale=lambda r, x: r * x - 1),
    wrong("1 subtracted after r", "You subtract 1 after you have multiplied by r. Subtract it from the quotient.",
          less=same, scale=lambda r, x: np.maximum(r * x - 1, 0)),
    wrong("phi left out", "Your cell can give less than 0. phi, which is max(x, 0), is missing, or it stands before "
          "the 1 is subtracted.", phi=same),
    wrong("absolute value for phi", "You take the absolute value. phi gives 0 where x is below 0.", phi=np.abs),
    wrong("cut off at 1", "You cut x off at 1, before r. phi has no upper limit.", phi=lambda x: np.clip(x, 0, 1)),
    wrong("nothing subtracted above 1", "Where the quotient is above 1, you give r times the quotient itself. Subtract "
          "1 from it first.", less=same, phi=lambda quotient: np.where(quotient > 1, quotient, 0)),
    wrong("yes or no for phi", "You give r, or 0. phi gives x itself where it is above 0.",
          phi=lambda x: (x > 0) * 1.0),
    wrong("sigmoid for phi", "You squash x with a sigmoid. phi is max(x, 0).", phi=lambda x: 1 / (1 + np.exp(-x))),
    wrong("tanh for phi", "You squash x with tanh. phi is max(x, 0).", phi=np.tanh),
    wrong("a leaky phi", "Where x is below 0, you give 0.01 x. phi gives 0.", phi=lambda x: np.maximum(x, 0.01 * x)),
    wrong("phi turned round", "You take the smaller of x and 0. phi takes the larger.", phi=lambda x: np.minimum(x, 0)),
    wrong("the C-cell's psi", "You squeeze x below 1, as a C-cell does, or you divide by 1 + E. An S-cell has phi "
          "alone, and below the line stand 1 and the inhibition.",
          phi=lambda x: np.maximum(x, 0) / (1 + np.maximum(x, 0))),
    wrong("r forgotten in front", "The r in front of phi is missing.", scale=lambda r, x: x),
    wrong("divided by r", "You divide by r in the end. Multiply.", scale=lambda r, x: x / r),
    wrong("r + 1 in front", "You multiply by 1 + r in the end. It should be r.", scale=lambda r, x: (1 + r) * x),
    wrong("2r / (1 + r) in front", "You multiply by 2r / (1 + r) in the end. It should be r.",
          scale=lambda r, x: 2 * r / (1 + r) * x),
    wrong("r / (1 + r) in front", "You multiply by r / (1 + r) in the end. It should be r.",
          scale=lambda r, x: r / (1 + r) * x),
    wrong("1.5 in front", "You multiply by 1.5 in the end, whatever r is given.", scale=lambda r, x: 1.5 * x),
    wrong("answer cut off at 1", "You cut the answer off at 1. It has no upper limit.",
          scale=lambda r, x: np.minimum(r * x, 1)),
    wrong("r twice in front", "You multiply by r twice in the end.", scale=lambda r, x: r * r * x),
    wrong("r added", "You add r in the end. Multiply.", scale=lambda r, x: x + r),
    wrong("a cell for each place", "You have an answer for each place, and add them up. E and v add up over all planes "
          "and places first; then there is one answer.", excites=lambda a, u, c: (a * u).sum(axis=0),
          gathers=lambda terms: terms.sum(axis=0), answer=np.sum),
    wrong("a cell for each plane", "You have an answer for each plane, and add them up. E and v add up over all planes "
          "and places first; then there is one answer.", excites=lambda a, u, c: (a * u).sum(axis=(1, 2)),
          gathers=lambda terms: terms.sum(axis=(1, 2)), answer=np.sum),
    wrong("a cell for each input", "You have an answer for each input, and add them up. E and v add up over all planes "
          "and places first; then there is one answer.", excites=lambda a, u, c: a * u, gathers=same, answer=np.sum),
    wrong("the mean of a cell for each plane", "You have an answer for each plane, and take their mean. E and v add up "
          "over all planes and places first; then there is one answer.",
          excites=lambda a, u, c: (a * u).sum(axis=(1, 2)), gathers=lambda terms: terms.sum(axis=(1, 2)),
          answer=np.mean),
    # --- what is returned ---
    wrong("E returned", "You return E. The answer is r * phi(...).", inhibits=lambda share, b, v: 0.0,
          scale=lambda r, x: x),
    wrong("v returned", "You return v. The answer is r * phi(...).", excites=lambda a, u, c: 0.0,
          inhibits=lambda share, b, v: -v, meets=np.subtract, less=same, scale=lambda r, x: x),
    wrong("a whole number", "Your answer is cut off to a whole number. It has fractions.",
          answer=lambda x: np.trunc(x)),
    wrong("rounded", "Your answer is rounded. Return it as it is.", answer=lambda x: np.round(x, 2)),
    wrong("rounded to three digits", "Your answer is rounded. Return it as it is.", answer=lambda x: np.round(x, 3)),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_loops(u: Any, a: Any, b: float, c: Any, r: float) -> float:
    """Add up input by input."""
    excited, squares = 0.0, 0.0
    for k in range(len(u)):
        for i in range(len(u[k])):
            for j in range(len(u[k][i])):
                excited += a[k][i][j] * u[k][i][j]
                squares += c[i][j] * u[k][i][j] ** 2
    x = (1 + excited) / (1 + 2 * r / (1 + r) * b * squares**0.5) - 1
    return r * x if x > 0 else 0


def by_einsum(u: Any, a: Any, b: float, c: Any, r: float) -> Any:
    """Let the letters say what is added up."""
    inhibited = 2 * r / (1 + r) * b * np.sqrt(np.einsum("ij,kij,kij->", c, u, u))
    return r * np.maximum((np.einsum("kij,kij->", a, u) - inhibited) / (1 + inhibited), 0)


def by_rows(u: Any, a: Any, b: float, c: Any, r: float) -> Any:
    """Lay all inputs in one row."""
    row, weights = np.ravel(u).astype(float), np.tile(np.ravel(c), len(u))
    v = np.linalg.norm(np.sqrt(weights) * row)
    return max(0.0, r * ((1 + row @ np.ravel(a)) / (1 + r / (1 + r) * 2 * b * v) - 1))


def by_average(u: Any, a: Any, b: float, c: Any, r: float) -> Any:
    """Take a weighted mean, since the weights of all places add up to 1."""
    v = np.sqrt(np.average(np.square(u), weights=np.broadcast_to(c, np.shape(u))))
    return r * max(0, (1 + np.vdot(a, u)) / (1 + b * v * (2 - 2 / (1 + r))) - 1)


EXERCISE = Exercise(
    name="s_cell",
    reference=lambda u, a, b, c, r: float(in_parts(u, a, b, c, r)),
    computation=in_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Work out two numbers first, E and v. Both add up over all planes and places, so both are one number.",
        "c has the shape (h, w), and u has (K, h, w): in c * u**2, NumPy lays c over each plane by itself.",
        "Keep the share of the inhibition, 2r / (1 + r), in a variable: its brackets are lost otherwise. phi of a "
        "number is max(x, 0).",
    ],
    telling=cases(
        {"width": 3, "r": 0.5, "inhibits": 0.05},
        {"planes": 2, "width": 3, "r": 3.0, "inhibits": 0.02},
        {"planes": 2, "height": 2, "width": 3, "r": R, "inhibits": 0.05},
    ),
    right_forms=[
        Form("loops", by_loops),
        Form("einsum", by_einsum),
        Form("in one row", by_rows),
        Form("a mean", by_average),
    ],
)
