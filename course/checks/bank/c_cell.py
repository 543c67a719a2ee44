"""`c_cell`: what the cells of the neocognitron answer that do not mind where a feature is.

``c_cell(u, d, alpha)`` returns an array (K,), for each plane ``psi((1 + s[k]) / (1 + v) - 1)``. ``s[k]`` is the sum of
``d * u[k]`` over the places of its window, and ``v`` the mean of ``s`` over the planes; ``phi(x) = max(x, 0)`` and
``psi(x) = phi(x) / (alpha + phi(x))``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, one_of
from ..families import squeezing
from ..families.cells import same, weights_of
from ..families.excitation import UNSEEN, without
from ..families.geometry import kept
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def make(
    rng: np.random.Generator, planes: int, height: int, width: int, alpha: float, silent: int, bright: float
) -> dict[str, Any]:
    """Return S-cells of which some are silent, some planes of them wholly, and others answer more than the rest."""
    u = rng.integers(1, 9, (planes, height, width)) / 2
    u *= rng.permutation(np.arange(planes) + 1)[:, None, None] / 2
    if planes * height * width > 4:
        u *= rng.random(u.shape) > 0.2
    u[rng.permutation(planes)[:silent]] = 0
    return {"u": u * bright, "d": weights_of(rng, height, width), "alpha": alpha}


cases = Maker(
    make,
    note=lambda planes, height, width, alpha, silent, bright: f"{planes} plane{'s' * (planes != 1)}, "
    f"{height} × {width} places, alpha = {alpha:g}{f', {silent} of the planes silent' * (silent > 0)}",
    least={"silent": 0}, planes=2, height=1, width=2, alpha=0.5, silent=0, bright=1.0,
)  # fmt: skip
ALPHA = one_of(0.2, 0.3, 0.7, 1.5, 2.0)


def whole_numbers(rng: np.random.Generator) -> dict[str, Any]:
    """Return whole numbers whose answers suffer where what is made of them is cut off to whole numbers."""
    while True:
        u = rng.integers(0, 9, (3, 2, 2)) + np.arange(3)[:, None, None]
        given: dict[str, Any] = {"u": u, "d": weights_of(rng, 2, 2), "alpha": 1}
        cut = [in_parts(**given, stores=cut_off), in_parts(**given, keeps=cut_off)]
        if all(np.abs(answers - in_parts(**given)).max() > 0.005 for answers in cut):
            return given


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return whole numbers, silent S-cells, a single plane."""
    return [
        Case(whole_numbers(rng), "whole numbers"),
        Case({"u": np.array([[[1.0, 1.0]], [[0.0, 0.0]]]), "d": np.ones((1, 2)), "alpha": 0.5},
             "a silent plane, where v is 1: x is -alpha"),
        Case({"u": np.zeros((3, 2, 2)), "d": weights_of(rng, 2, 2), "alpha": 0.5}, "all S-cells are silent"),
        *cases({"planes": 1, "width": 3, "note": "a single plane: it is its own mean"})(rng),
    ]  # fmt: skip


PROPERTIES = [
    Property(
        "planes",
        "Each plane adds up its own window, and is measured against the mean of all planes.",
        cases({}, {"planes": 3}, {"planes": 3, "height": 2, "width": 2}, {"planes": 5, "width": 3},
              {"planes": 4, "silent": 2}, {"planes": 5, "height": 3, "width": 3, "silent": 4}),
        weight=2,
    ),
    Property(
        "windows",
        "The weights d belong to the places of the window, which may have any size.",
        cases({"height": 3, "width": 2}, {"planes": 4, "height": 2, "width": 5, "alpha": 0.3},
              {"planes": 24, "height": 5, "width": 5}),
    ),
    Property(
        "alpha",
        "psi squeezes what is above 0 to less than 1: alpha says how fast.",
        cases({"alpha": 1.0}, {"planes": 3, "alpha": ALPHA}, {"planes": 4, "height": 2, "width": 3, "alpha": ALPHA},
              {"planes": 3, "height": 3, "width": 2, "alpha": 3.0}),
    ),
    Property(
        "unusual input",
        "Whole numbers are as good as floats; a single plane, and planes of silent cells, give 0.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def in_parts(
    u: Array, d: Array, alpha: float, *,
    weighs: Callable[[Array, Array], Array] = lambda d, u: d * u,
    stores: Callable[[Array, bool], Array] = lambda terms, whole: terms,
    sums: Callable[[Array], Array] = lambda terms: terms.sum(axis=(1, 2)),
    keeps: Callable[[Array, bool], Array] = lambda s, whole: s,
    mean: Callable[[Array, Array, Array], Any] = lambda s, terms, u: s.sum() / s.size,
    above: Callable[[Array], Array] = lambda s: 1 + s,
    inhibits: Callable[[Any, float], Any] = lambda v, alpha: v,
    below: Callable[[Any], Any] = lambda v: 1 + v,
    meets: Callable[[Array, Any], Array] = np.divide,
    less: Callable[[Array], Array] = lambda quotient: quotient - 1,
    phi: Callable[[Array], Array] = lambda x: np.maximum(x, 0),
    half: Callable[[float], float] = float,
    psi: Callable[[Array, float, Array], Array] = lambda p, alpha, x: p / (alpha + p),
    answer: Callable[[Array], Any] = same,
) -> Any:  # fmt: skip
    """Compute the answers of C-cells; each part can be replaced by a wrong way to do it."""
    whole = np.asarray(u).dtype.kind in "iu"
    u, d = np.asarray(u, float), np.asarray(d, float)
    terms = stores(weighs(d, u), whole)
    s = keeps(sums(terms), whole)
    x = less(meets(above(s), below(inhibits(mean(s, terms, u), alpha))))
    return answer(psi(phi(x), half(alpha), x))


def cut_off(terms: Array, whole: bool) -> Array:
    """Keep the numbers in an array of the inputs' type."""
    return np.trunc(terms) if whole else terms


def filled(part: Any) -> Callable[[Array], Array]:
    """Return what leaves all answers 0 but some."""
    return lambda x: kept(x, part)


SEES_NOT = {"plane": "The sum of {} stays 0.",
            "row": "Your sums do not see {} of the window.",
            "column": "Your sums do not see {} of the window."}  # fmt: skip

MISTAKES = [
    # --- the sums s ---
    wrong("d forgotten", "d is not in your sums: each place has a weight.", weighs=lambda d, u: u),
    wrong("d squared", "You square d. It is a weight: d * u.", weighs=lambda d, u: d * d * u),
    wrong("inputs squared", "You square the S-cells' answers, as inhibition does in an S-cell. Here they are added up "
          "as they are: d * u.", weighs=lambda d, u: d * u * u),
    wrong("d turned round", "You lay d the other way round over the window: its first weight belongs to the first "
          "place.", weighs=lambda d, u: d[::-1, ::-1] * u),
    wrong("d divided by its sum", "You divide d by its sum first. Take it as it is.",
          weighs=lambda d, u: d / d.sum() * u),
    wrong("d added", "You add d to the S-cells' answers. It is a weight: multiply.", weighs=lambda d, u: d + u),
    wrong("d and inputs squared", "You square d * u. Add it up as it is.", weighs=lambda d, u: np.square(d * u)),
    wrong("d averaged", "You multiply by the sum or the mean of d, so that each place counts alike. Each place has its "
          "own weight: multiply first, then add.", weighs=lambda d, u: d.mean() * u),
    wrong("sums multiplied", "You multiply the sum of d by the sum of the S-cells' answers. Each place has its own "
          "weight: multiply first, then add.", weighs=lambda d, u: d.sum() * u),
    wrong("one sum for all planes", "You have a single answer for all planes, 0, as it is where they share one sum. "
          "Give each plane its own: add up over rows and columns, axes 1 and 2.", sums=np.sum),
    wrong("one sum for all planes, divided", "You have one sum for all planes. Give each plane its own: add up over "
          "rows and columns, axes 1 and 2.", sums=np.sum, mean=lambda s, terms, u: s / len(u)),
    wrong("nothing added up", "You have an answer for each place of each plane. Add up the places first.", sums=same),
    wrong("mean for sum", "You take the mean over the places of a window. Add up: how much a place counts is in d "
          "already.", sums=lambda terms: terms.mean(axis=(1, 2))),
    *(
        wrong(f"{part} left out", f"{SEES_NOT[part.split()[-1]].format(part)} Where does your loop, or your slice, "
              "begin and end?", sums=lambda terms, parts=parts: without(*parts)(terms).sum(axis=(1, 2)))
        for part, parts in UNSEEN.items()
    ),
    wrong("the last row alone", "Each of your sums holds only the last row of its window. Is it set back to 0 for "
          "each row?", sums=lambda terms: terms[:, -1].sum(axis=1)),
    wrong("the last place alone", "Each of your sums holds only the last place of its window. Does the sum grow, with "
          "+=, or is it written over?", sums=lambda terms: terms[:, -1, -1]),
    wrong("whole numbers cut", "Where the inputs are whole numbers, d * u is cut off to whole numbers as well. "
          "np.zeros_like and np.empty_like of such an array hold no fractions.", stores=cut_off),
    wrong("whole sums", "Where the inputs are whole numbers, your sums are cut off to whole numbers as well. An array "
          "with the dtype of u holds no fractions then.", keeps=cut_off),
    wrong("the last plane not answered", "The last plane is missing. Where does your loop, or your slice, end?",
          weighs=lambda d, u: (d * u)[:-1]),
    wrong("max for sum", "You take the largest of the weighted answers in a window, as a max pool does. This C-cell "
          "adds them up.", sums=lambda terms: terms.max(axis=(1, 2))),
    wrong("root of the sum", "You take the root of your sums. Here there is none.",
          sums=lambda terms: np.sqrt(terms.sum(axis=(1, 2)))),
    wrong("over the planes for over the places", "You add up over the planes, place by place. Each plane adds up its "
          "own window.", sums=lambda terms: terms.sum(axis=0)),
    wrong("over the planes and the rows", "You add up over the planes as well. Each plane has a sum of its own: the "
          "axes of rows and columns go, 1 and 2.", sums=lambda terms: terms.sum(axis=(0, 1))),
    wrong("over the planes and the columns", "You add up over the planes as well. Each plane has a sum of its own: the "
          "axes of rows and columns go, 1 and 2.", sums=lambda terms: terms.sum(axis=(0, 2))),
    wrong("one axis only", "You add up only along the columns. Rows have to go, too.",
          sums=lambda terms: terms.sum(axis=2)),
    wrong("rows only", "You add up only along the rows. Columns have to go, too.",
          sums=lambda terms: terms.sum(axis=1)),
    wrong("one axis only, with means", "You add up only along the columns. Rows have to go, too.",
          sums=lambda terms: terms.sum(axis=2), mean=lambda s, terms, u: s.mean(axis=0)),
    wrong("rows only, with means", "You add up only along the rows. Columns have to go, too.",
          sums=lambda terms: terms.sum(axis=1), mean=lambda s, terms, u: s.mean(axis=0)),
    wrong("nothing added up, with means", "You have an answer for each place of each plane. Add up the places first.",
          sums=same, mean=lambda s, terms, u: s.mean(axis=0)),
    wrong("a sum kept from plane to plane", "Your sum is not set back to 0 for each plane: what was added before stays "
          "in it.", sums=lambda terms: terms.sum(axis=(1, 2)).cumsum()),
    wrong("a sum kept from plane to plane, v right", "Your sum is not set back to 0 for each plane: what was added "
          "before stays in it. (Your v is right all the same.)", sums=lambda terms: terms.sum(axis=(1, 2)).cumsum(),
          mean=lambda s, terms, u: terms.sum() / len(terms)),
    # --- the mean v ---
    wrong("all answers 0", "Does no plane come above your v? That is so where v is the sum of all planes, the largest "
          "of them, or the plane itself. It is the mean of the planes' sums: divide by their number.",
          mean=lambda s, terms, u: s.sum()),
    wrong("median for mean", "You take the median of the planes' sums. v is their mean.",
          mean=lambda s, terms, u: np.median(s)),
    wrong("mean over the places", "You take the mean over the places of each plane. v is the mean over the planes, of "
          "their sums.", mean=lambda s, terms, u: terms.mean(axis=(1, 2))),
    wrong("mean over planes and places", "You take the mean of all weighted answers, over planes and places. v is the "
          "mean of the planes' sums.", mean=lambda s, terms, u: terms.mean()),
    wrong("mean without d", "Your v is made of the S-cells' answers without d. It is the mean of the same sums s.",
          mean=lambda s, terms, u: u.sum(axis=(1, 2)).mean()),
    wrong("mean of the answers", "Your v is the mean of all S-cells' answers. It is the mean of the sums s.",
          mean=lambda s, terms, u: u.mean()),
    wrong("silent planes left out", "Your v is the mean of the planes that answer. Silent ones count as well.",
          mean=lambda s, terms, u: s[s > 0].mean() if np.any(s > 0) else 0.0),
    wrong("sum of the other planes", "Your v is the sum of the other planes. It is the mean over all planes.",
          mean=lambda s, terms, u: s.sum() - s),
    wrong("divided by one plane more", "You divide by the number of planes and 1. v is the mean over all planes.",
          mean=lambda s, terms, u: s.sum() / (len(s) + 1)),
    wrong("divided by 2", "You divide by 2, however many planes there are.", mean=lambda s, terms, u: s.sum() / 2),
    wrong("the sum so far, divided", "Your v holds only the planes so far. Add up all planes first, then work out the "
          "answers.", mean=lambda s, terms, u: s.cumsum() / len(s)),
    wrong("mean over the places, without d", "You take the mean over the places of each plane, without d. v is the "
          "mean over the planes, of their sums.", mean=lambda s, terms, u: u.mean(axis=(1, 2))),
    wrong("alpha in the inhibition", "You multiply v by alpha. alpha stands only in psi.",
          inhibits=lambda v, alpha: alpha * v),
    wrong("divided by 24", "You divide by 24, however many planes there are.", mean=lambda s, terms, u: s.sum() / 24),
    wrong("divided by the places", "You divide the sum of all planes by the number of places. v is the mean over the "
          "planes.", mean=lambda s, terms, u: s.sum() / u[0].size),
    wrong("the last plane for v", "Your v is the sum of the last plane. It is the mean over all planes.",
          mean=lambda s, terms, u: s[-1]),
    wrong("the first plane for v", "Your v is the sum of the first plane. It is the mean over all planes.",
          mean=lambda s, terms, u: s[0]),
    wrong("the smallest for v", "Your v is the smallest of the planes' sums. It is their mean.",
          mean=lambda s, terms, u: s.min()),
    wrong("inhibition of an S-cell", "Your v has squares and a root, as the inhibition of an S-cell. Here it is the "
          "mean of the sums.", mean=lambda s, terms, u: np.sqrt((terms * u).sum())),
    wrong("inhibition of an S-cell, averaged", "Your v has squares and a root, as the inhibition of an S-cell. Here it "
          "is the mean of the sums.", mean=lambda s, terms, u: np.sqrt((terms * u).sum() / len(u))),
    wrong("mean of the other planes", "Your v leaves the plane itself out. It is the mean over all planes.",
          mean=lambda s, terms, u: (s.sum() - s) / max(len(s) - 1, 1)),
    wrong("divided by one plane less", "You divide by the number of planes less 1. v is the mean over all planes.",
          mean=lambda s, terms, u: s.sum() / max(len(s) - 1, 1)),
    wrong("root of the mean of squares", "Your v has squares and a root, as the inhibition of an S-cell. Here it is "
          "the mean of the sums.", mean=lambda s, terms, u: np.sqrt(np.square(s).mean())),
    wrong("mean of squares", "You square the sums for your v. It is the mean of the sums as they are.",
          mean=lambda s, terms, u: np.square(s).mean()),
    wrong("root of the mean", "You take the root of v. Here there is none.",
          mean=lambda s, terms, u: np.sqrt(s.mean())),
    wrong("the mean so far", "Your v is the mean of the planes so far. Add up all planes first, then take the mean.",
          mean=lambda s, terms, u: s.cumsum() / (np.arange(len(s)) + 1)),
    wrong("v left out", "v is not in your answer: it is the mean of the planes' sums.",
          meets=lambda above, below: above),
    # --- the quotient ---
    wrong("1 forgotten above", "Above the line stands s alone. It should be 1 + s.", above=same),
    wrong("1 forgotten below", "Below the line stands v alone. It should be 1 + v.", below=same),
    wrong("1 forgotten above and below", "Above and below the line, the 1 + is missing.", above=same, below=same),
    wrong("subtracted", "You subtract v from s. In this cell, it divides.", meets=np.subtract, less=same),
    wrong("subtracted, and 1 as well", "You subtract v from s. In this cell, it divides.", meets=np.subtract),
    wrong("multiplied", "You multiply above and below the line. Divide.", meets=np.multiply),
    wrong("quotient in whole numbers", "You cut the quotient off to whole numbers, as // does. Divide with /.",
          meets=np.floor_divide),
    wrong("subtracted below", "Below the line, you subtract v from 1. Add it.", below=lambda v: 1 - v),
    wrong("turned over", "You divide 1 + v by 1 + s. It is the other way round.",
          meets=lambda above, below: below / above),
    wrong("excess divided by 1 + s", "Your excess is (s - v) / (1 + s), which is 1 - (1 + v) / (1 + s). Below the line "
          "belongs 1 + v.", meets=lambda above, below: 2 - below / above),
    wrong("brackets forgotten above", "1 + s / ... divides s alone: put 1 + s into brackets.", above=same,
          meets=lambda above, below: 1 + above / below),
    wrong("brackets forgotten below", "... / 1 + v divides by 1, and adds v: put 1 + v into brackets.",
          meets=lambda above, below: above + below - 1),
    wrong("1 not subtracted", "The - 1 after the quotient is missing.", less=same),
    wrong("1 subtracted below the line", "You subtract the 1 below the line. Close the brackets before it: it is "
          "subtracted from the quotient.", below=same, less=same),
    wrong("1 added", "You add 1 to the quotient. Subtract it.", less=lambda quotient: quotient + 1),
    wrong("subtracted from 1", "You subtract the quotient from 1. It is the other way round.",
          less=lambda quotient: 1 - quotient),
    *squeezing.MISTAKES,
    # --- what is returned ---
    wrong("the mean of the cells", "You return the mean of the planes' cells. Wanted is one answer for each plane.",
          answer=np.mean),
    wrong("the sum of the cells", "You add up the planes' cells. Wanted is one answer for each plane.", answer=np.sum),
    wrong("the sums returned", "You return the sums s. psi of the excess is wanted.", meets=lambda above, below: above,
          psi=lambda p, alpha, x: p),
    wrong("a max pool", "You return the largest S-cell of each plane, as a max pool of today does. A C-cell adds up "
          "d * u, and compares the planes.", weighs=lambda d, u: u, sums=lambda terms: terms.max(axis=(1, 2)),
          meets=lambda above, below: above, psi=lambda p, alpha, x: p),
    wrong("an average pool", "You return the mean of each plane, as an average pool of today does. A C-cell adds up "
          "d * u, and compares the planes.", weighs=lambda d, u: u, sums=lambda terms: terms.mean(axis=(1, 2)),
          meets=lambda above, below: above, psi=lambda p, alpha, x: p),
    wrong("the largest alone", "You return only the largest answer. Return one for each plane.", answer=np.max),
    wrong("the number of the largest", "You return the number of the plane that answers most. Wanted are the answers.",
          answer=np.argmax),
    wrong("the first plane alone", "You return only the answer of the first plane. Does the `return` stand inside a "
          "loop?", answer=lambda x: x[0]),
    wrong("only the last plane filled", "Only the answer of the last plane is there, the others are 0. Is the result "
          "made anew inside a loop?", answer=filled(np.s_[-1:])),
    wrong("whole answers", "Your answers are cut off to 0, as in an array of whole numbers. They have fractions.",
          answer=lambda x: x.astype(int)),
    wrong("axes of size 1", "Your result has the shape (K, 1, 1). Let the axes of the places go: (K,).",
          answer=lambda x: x[:, None, None]),
    wrong("silent planes dropped", "Planes whose answer is 0 are missing. Each plane has its place in the result.",
          answer=lambda x: x[x > 0]),
    wrong("the winner alone", "You keep the largest answer, and set the others to 0. Here each plane keeps its own.",
          answer=lambda x: x * (x == x.max())),
    wrong("rounded", "Your answers are rounded. Return them as they are.", answer=lambda x: np.round(x, 2)),
    wrong("rounded to three digits", "Your answers are rounded. Return them as they are.",
          answer=lambda x: np.round(x, 3)),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_loops(u: Any, d: Any, alpha: float) -> list[float]:
    """Go through the planes twice: for their sums, and for their answers."""
    sums = []
    for plane in u:
        total = 0.0
        for i in range(len(d)):
            for j in range(len(d[0])):
                total += d[i][j] * plane[i][j]
        sums.append(total)
    v = sum(sums) / len(sums)
    answers = []
    for s in sums:
        x = (1 + s) / (1 + v) - 1
        answers.append(x / (alpha + x) if x > 0 else 0.0)
    return answers


def by_einsum(u: Any, d: Any, alpha: float) -> Array:
    """Let the letters say what is added up, and bring both to one fraction."""
    s = np.einsum("ij,kij->k", d, u)
    p = np.clip((s - s.mean()) / (1 + s.mean()), 0, None)
    return 1 - alpha / (alpha + p)


def by_matrices(u: Any, d: Any, alpha: float) -> Array:
    """Lay each window in one row."""
    s = np.reshape(u, (len(u), -1)) @ np.ravel(d)
    x = (1 + s) / (1 + np.average(s)) - 1
    return np.where(x > 0, x / (alpha + np.abs(x)), 0.0)


EXERCISE = Exercise(
    name="c_cell",
    reference=lambda u, d, alpha: in_parts(u, d, alpha),
    computation=in_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Begin with the sums: one number for each plane, an array of shape (K,). Which two axes have to go?",
        "v is one number, the mean of these sums. A plane that answers more than the others comes out above 0.",
        "np.maximum(x, 0) is phi of a whole array. Keep it in a variable: psi needs it twice.",
    ],
    telling=cases({"bright": 0.0625}, {"planes": 3, "bright": 0.03125}),
    right_forms=[Form("loops, lists", by_loops), Form("einsum", by_einsum), Form("a matrix product", by_matrices)],
)
