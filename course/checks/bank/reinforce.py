"""`reinforce`: what a cell of the neocognitron learns from what it sees.

``reinforce(a, b, u, c, q)`` returns the new weights ``(a + q * c * u, b + q / 2 * v)``. As in `s_cell`,
``v = sqrt(sum(c * u**2))``, over all planes and places. The given arrays stay as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, between, one_of
from ..families import cells, learning
from ..families.cells import inhibition
from ..families.geometry import kept
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def make(
    rng: np.random.Generator, planes: int, height: int, width: int, q: float, b: float, learned: int
) -> dict[str, Any]:
    """Return a cell, which has learned something before or nothing, and what it sees."""
    u = cells.window_of(rng, planes, height, width)
    a = rng.permutation(np.arange(u.size) % 7 + 1).reshape(u.shape) / 2
    return {"a": learned * a, "b": float(learned * b), "u": u, "c": cells.shares_of(rng, planes, height, width), "q": q}


def note_of(planes: int, height: int, width: int, q: float, b: float, learned: int) -> str:
    """Return what there is to see."""
    kinds = f"{planes} plane{'s' * (planes != 1)}, {height} × {width} places, q = {q:g}"
    return kinds + ", nothing learned yet" * (learned == 0)


cases = Maker(make, note=note_of, least={"learned": 0}, planes=1, height=1, width=2, q=1.0, b=0.5, learned=1)
Q = one_of(0.4, 0.6, 3.0, 5.0, 16.0)
B = one_of(0.25, 0.75, 1.5, 2.5)


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return whole numbers, a window of zeros, a weight of zeros."""
    u, c = rng.integers(1, 5, (2, 2, 3)), cells.shares_of(rng, 2, 2, 3)
    a = rng.integers(1, 6, u.shape)
    return [
        Case({"a": a, "b": 1, "u": u, "c": c, "q": 1}, "whole numbers"),
        Case({"a": a / 2, "b": 1.5, "u": np.zeros((2, 2, 3)), "c": c, "q": 2.0}, "all inputs are 0"),
        Case({"a": a / 2, "b": 1.5, "u": u / 2, "c": c, "q": 0.0}, "q = 0: nothing is learned"),
    ]


PROPERTIES = [
    Property(
        "first lesson",
        "A cell that has learned nothing takes over q times what it sees, weighed by c.",
        cases({"learned": 0}, {"planes": 2, "height": 2, "learned": 0, "q": Q},
              {"planes": 3, "height": 2, "width": 3, "learned": 0, "q": Q}),
    ),
    Property(
        "what was learned before",
        "What it has learned before stays, and the new is added to it.",
        cases({"b": B}, {"width": 3, "q": Q, "b": B}, {"height": 3, "width": 2, "q": Q, "b": B}),
    ),
    Property(
        "planes",
        "Each plane has its own excitatory weights, and all planes go into one inhibition.",
        cases({"planes": 2, "q": 2.0, "b": B}, {"planes": 3, "height": 2, "width": 3, "q": Q, "b": B},
              {"planes": between(4, 6), "height": 3, "width": 2, "q": Q, "b": B},
              {"planes": 4, "height": 5, "width": 5, "q": 16.0, "b": B}),
        weight=2,
    ),
    Property(
        "unusual input",
        "Whole numbers are as good as floats, and where nothing is seen, or q is 0, nothing is learned.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def in_parts(
    a: Array, b: float, u: Array, c: Array, q: float, *,
    shares: Callable[[Array, Array], Array] = lambda c, u: c,
    sees: Callable[[Array, Array, Array], Any] = lambda c, u, a: c * u,
    steps: Callable[[float], float] = cells.same,
    excites: Callable[[Array, Any], Any] = lambda a, more: a + more,
    learned: Callable[[Any, Array, float, Array, Array], Any] = lambda new, a, q, c, u: new,
    inhibits: Callable[[Any, Array, Array, Array, Any], Any] = lambda v, a, u, c, new: v,
    cell: Callable[[Any, Array, float, Array, Array, float], Any] = lambda v, a, b, u, c, q: v,
    halves: Callable[[float], float] = lambda q: q / 2,
    step: Callable[[float, Any], Any] = lambda half, v: half * v,
    adds: Callable[[float, Any], Any] = lambda b, more: b + more,
    inhibited: Callable[[Any, float, float, Any], Any] = lambda new, b, q, v: new,
    kind: Callable[[Array, Array], Array] = lambda new, a: new,
    answer: Callable[[Any, Any], Any] = lambda new_a, new_b: (new_a, new_b),
    **ways: Callable[..., Any],
) -> Any:  # fmt: skip
    """Compute the new weights; each part, and those of `inhibition`, can be replaced by a wrong way to do it."""
    c = shares(c, u)
    new = learned(excites(a, steps(q) * sees(c, u, a)), a, q, c, u)
    v = cell(inhibits(inhibition(u, c, a, **ways), a, u, c, new), a, b, u, c, q)
    return answer(kind(new, a), inhibited(adds(b, step(halves(q), v)), b, q, v))


def in_the_old_array(new: Array, a: Array) -> Array:
    """Refuse floats where the old weights are whole numbers, as ``+=`` does."""
    return np.add(np.zeros_like(a), new, out=np.zeros_like(a))


E_FOR_V = "You let b grow by the excitation. It grows by the inhibition v, the root of the weighted sum of squares."

MISTAKES = [
    # --- the excitatory weights ---
    wrong("c forgotten in a", "c is not in what you add to a: it should be q * c * u.", sees=lambda c, u, a: u),
    wrong("u forgotten in a", "u is not in what you add to a: it should be q * c * u.",
          sees=lambda c, u, a: np.broadcast_to(c, u.shape)),
    wrong("inputs squared in a", "You square the inputs in what you add to a. Only v has squares.",
          sees=lambda c, u, a: c * np.square(u)),
    wrong("c squared in a", "You multiply by c twice in what you add to a.", sees=lambda c, u, a: c * c * u),
    wrong("c added in a", "You add c and u. c is a weight: multiply.", sees=lambda c, u, a: c + u),
    wrong("old weights in the step", "You multiply what you add to a by the old weights, as a * (1 + ...) does. A "
          "cell that has learned nothing would never learn.", sees=lambda c, u, a: a * c * u),
    wrong("the cell's answer in the step of a", "You multiply what you add to a by what the cell excites, as Hebb's "
          "rule does. A cell that has learned nothing would never learn.", sees=lambda c, u, a: (a * u).sum() * c * u),
    wrong("a for c in a", "You multiply what you add to a by the old weights, where c should stand: q * c * u.",
          sees=lambda c, u, a: a * u),
    wrong("a for u in a", "You add c times the old weights to a. It should be q * c * u.", sees=lambda c, u, a: c * a),
    wrong("v for u in a", "You add q * c * v to a. It should be q * c * u: each weight grows by its own input.",
          sees=lambda c, u, a: np.broadcast_to(c * inhibition(u, c, a), u.shape)),
    wrong("v for c in a", "You add q * v * u to a. It should be q * c * u.",
          sees=lambda c, u, a: inhibition(u, c, a) * u),
    wrong("v as well in a", "You multiply what you add to a by v. It should be q * c * u.",
          sees=lambda c, u, a: inhibition(u, c, a) * c * u),
    wrong("towards what is seen", "You move a towards what is seen, by q * (c * u - a). a grows by q * c * u, whatever "
          "it was.", sees=lambda c, u, a: c * u - a),
    wrong("c divided by its sum in a", "You divide c by its sum in what you add to a. Take it as it is.",
          sees=lambda c, u, a: c / c.sum() * u),
    wrong("divided by the planes in a", "You divide what you add to a by the number of planes.",
          sees=lambda c, u, a: c * u / len(u)),
    wrong("planes averaged in a", "You add the same to all planes, their mean. Each plane grows by its own inputs.",
          sees=lambda c, u, a: np.broadcast_to((c * u).mean(axis=0), u.shape)),
    wrong("the mean of the inputs in a", "You add the same to all weights but for c. Each grows by its own input.",
          sees=lambda c, u, a: np.broadcast_to(c * u.mean(), u.shape)),
    wrong("added up in a", "You add one sum to all weights. Each weight grows by what its own input gave.",
          sees=lambda c, u, a: (c * u).sum()),
    wrong("planes added up in a", "You add the same to all planes, the sum over them. Each plane grows by its own "
          "inputs.", sees=lambda c, u, a: np.broadcast_to((c * u).sum(axis=0), u.shape)),
    wrong("the first plane for all in a", "You add what the first plane gave to the weights of all planes.",
          sees=lambda c, u, a: np.broadcast_to(c * u[:1], u.shape)),
    wrong("the first plane alone in a", "Only the weights of the first plane grow.",
          sees=lambda c, u, a: kept(c * u, np.s_[:1])),
    wrong("the last plane alone in a", "Only the weights of the last plane grow.",
          sees=lambda c, u, a: kept(c * u, np.s_[-1:])),
    wrong("the strongest input alone", "Only the weight of the strongest input grows. All weights of the cell learn.",
          sees=lambda c, u, a: c * u * (u == u.max())),
    wrong("c turned round in a", "You lay c the other way round over the window in what you add to a.",
          sees=lambda c, u, a: c[::-1, ::-1] * u),
    wrong("q forgotten in a", "q is not in what you add to a.", steps=lambda q: 1),
    wrong("q / 2 for a", "You take q / 2 in a. Half of q is only for b.", steps=lambda q: q / 2),
    wrong("twice q in a", "You add 2 * q times to a. It should be q * c * u.", steps=lambda q: 2 * q),
    wrong("divided by q in a", "You divide what you add to a by q. Multiply.", steps=lambda q: 1 / np.float64(q)),
    wrong("q squared in a", "You multiply what you add to a by q twice.", steps=np.square),
    wrong("a left as it was", "Your a is the old one: nothing is added to it.", excites=lambda a, more: a),
    wrong("old a forgotten", "You return what is added to a, without the weights that were there before.",
          excites=lambda a, more: more),
    wrong("a subtracted", "You subtract from a. It grows.", excites=lambda a, more: a - more),
    wrong("a multiplied", "You multiply a. A step is added.", excites=lambda a, more: a * more),
    wrong("a divided by its sum", "You divide the new a by its sum. They only grow; b keeps them in check.",
          excites=lambda a, more: (a + more) / max((a + more).sum(), 1e-9)),
    wrong("a divided by its length", "You divide the new a by the root of its sum of squares. They only grow; b keeps "
          "them in check.", excites=lambda a, more: (a + more) / max(np.sqrt(np.square(a + more).sum()), 1e-9)),
    wrong("the larger of old and new", "You keep the larger of a and q * c * u. They are added.",
          excites=np.maximum),
    wrong("a limited to 1", "You cut the new weights off at 1. They have no limit.",
          excites=lambda a, more: np.minimum(a + more, 1)),
    # --- the inhibitory weight ---
    *cells.MISTAKES,
    *learning.MISTAKES,
    wrong("b grows by E", E_FOR_V, inhibits=lambda v, a, u, c, new: (a * u).sum()),
    wrong("the cell's answer in the step of b", "You multiply what you add to b by what the cell excites. It should be "
          "q / 2 * v.",
          inhibits=lambda v, a, u, c, new: (a * u).sum() * v),
    wrong("b grows by the new E", f"{E_FOR_V} And your excitation is that of the new weights.",
          inhibits=lambda v, a, u, c, new: (new * u).sum()),
    wrong("v of the new weights", "The squares in your v are those of the new a. They are of the inputs u.",
          inhibits=lambda v, a, u, c, new: np.sqrt((c * np.square(new)).sum())),
    wrong("v forgotten", "v is not in what you add to b: it should be q / 2 * v.",
          inhibits=lambda v, a, u, c, new: 1.0),
    wrong("the sum of the inputs for v", "You let b grow by the sum of the inputs. It grows by v.",
          inhibits=lambda v, a, u, c, new: u.sum()),
    wrong("the growth of a for v", "You let b grow by what all excitatory weights grow together. It grows by v.",
          inhibits=lambda v, a, u, c, new: (new - a).sum(), halves=lambda q: q / 2),
    wrong("all that a grows by", "You let b grow by what all excitatory weights grow together. It grows by q / 2 * v.",
          inhibits=lambda v, a, u, c, new: (new - a).sum(), halves=lambda q: 1.0),
    wrong("q / 2 is q", "You add q * v to b. It is half of that: q / 2 * v.", halves=float),
    wrong("q forgotten in b", "You add v / 2 to b. q belongs to it: q / 2 * v.", halves=lambda q: 0.5),
    wrong("q / 2 forgotten in b", "You add v to b. It should be q / 2 * v.", halves=lambda q: 1.0),
    wrong("twice q in b", "You add 2 * q * v to b. It should be q / 2 * v.", halves=lambda q: 2 * q),
    wrong("divided by 2q", "You divide v by 2 * q, or by 2 and then by q. It should be q / 2 * v.",
          halves=lambda q: 1 / (2 * q)),
    wrong("q added to v", "You add q / 2 to v. It should be q / 2 * v.", step=lambda half, v: half + v),
    wrong("q / 4 in b", "You add q / 4 * v to b. It should be q / 2 * v.", halves=lambda q: q / 4),
    wrong("q // 2 in b", "You round q / 2 down: // does that.", halves=lambda q: q // 2),
    wrong("q squared in b", "You square q in b. It should be q / 2 * v.", halves=lambda q: q * q / 2),
    wrong("b left as it was", "Your b is the old one: q / 2 * v is not added to it.",
          adds=lambda b, more: b),
    wrong("old b forgotten", "You return what is added to b, without the weight that was there before.",
          adds=lambda b, more: more),
    wrong("b subtracted", "You subtract from b. It grows.", adds=lambda b, more: b - more),
    wrong("b grows in proportion", "Your b grows in proportion to what it was: b * (1 + ...). A step is added, "
          "whatever b was.", adds=lambda b, more: b * (1 + more)),
    wrong("b multiplied", "You multiply b. A step is added.", adds=lambda b, more: b * more),
    # --- what is returned ---
    wrong("both left as they were", "You return a and b as they were. Nothing is added to them.",
          excites=lambda a, more: a, adds=lambda b, more: b),
    wrong("b first", "You return b first. Wanted is (a, b).", answer=lambda new_a, new_b: (new_b, new_a)),
    wrong("a alone", "You return only a. Return both, (a, b).", answer=lambda new_a, new_b: new_a),
    wrong("b alone", "You return only b. Return both, (a, b).", answer=lambda new_a, new_b: new_b),
    wrong("a in one row", "Your a is one long row. It keeps its shape, (K, h, w).",
          answer=lambda new_a, new_b: (np.ravel(new_a), new_b)),
    wrong("a summed up", "Your a is one number. It keeps its shape, (K, h, w): a weight for each input.",
          answer=lambda new_a, new_b: (np.sum(new_a), new_b)),
    wrong("one b for each plane", "Your b is an array. It is one number for all planes.",
          answer=lambda new_a, new_b: (new_a, np.full(len(new_a), new_b))),
    wrong("kept in whole numbers", "Where a holds whole numbers, your new a does, too: fractions are lost. Make a new "
          "array, a + ..., which is of floats.", kind=lambda new, a: new.astype(a.dtype)),
    wrong("a += stops", "a += ... writes into the given array, which may hold whole numbers, and is not yours to "
          "change. Make a new one with a + q * ..., and so on.", kind=in_the_old_array),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_loops(a: Any, b: float, u: Any, c: Any, q: float) -> Any:
    """Go from input to input, on a copy."""
    new, squares = np.array(a, dtype=float), 0.0
    for k, i, j in np.ndindex(new.shape):
        new[k, i, j] += q * c[i, j] * u[k, i, j]
        squares += c[i, j] * u[k, i, j] ** 2
    return new, b + 0.5 * q * squares**0.5


def by_lists(a: Any, b: float, u: Any, c: Any, q: float) -> Any:
    """Return lists in a list."""
    new = [
        [[a[k][i][j] + q * c[i][j] * u[k][i][j] for j in range(len(c[0]))] for i in range(len(c))]
        for k in range(len(a))
    ]
    return [new, b + q * np.sqrt((c * np.square(u)).sum()) / 2]


def by_einsum(a: Any, b: float, u: Any, c: Any, q: float) -> Any:
    """Let the letters say what is multiplied."""
    learned = np.einsum("ij,kij->kij", c, u)
    return q * learned + a, np.sqrt(np.einsum("kij,kij->", learned, u)) * q / 2 + b


EXERCISE = Exercise(
    name="reinforce",
    reference=lambda a, b, u, c, q: in_parts(a, b, u, c, q, answer=lambda new_a, new_b: (new_a, float(new_b))),
    computation=in_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "What is added to a has the shape of a: one step for each input. What is added to b is one number.",
        "v is the one of s_cell: all planes, all places, squares, and one root at the end.",
        "a += ... would write into the array of whoever calls you. Make a new one with a + ..., and return both.",
    ],
    right_forms=[Form("loops", by_loops), Form("lists", by_lists), Form("einsum", by_einsum)],
    new_array=True,
)
