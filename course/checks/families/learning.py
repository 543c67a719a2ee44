"""What a cell of the neocognitron learns: wrong places, brackets, and numbers in the place of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..spec import Mistake, wrong
from .cells import inhibition, same
from .geometry import kept

__all__ = ["MISTAKES"]

Array = np.ndarray

# --- Places -------------------------------------------------------------------------------------------------

FILLED = {
    "the first input": np.s_[:1, :1, :1],
    "the last input": np.s_[-1:, -1:, -1:],
    "the first row of the first plane": np.s_[:1, :1],
    "the first row of each plane": np.s_[:, :1],
}
LEFT_OUT = {
    "the first plane": np.s_[1:],
    "the last plane": np.s_[:-1],
    "the first row and column": np.s_[:, 1:, 1:],
    "the last row and column": np.s_[:, :-1, :-1],
    "the first plane, row and column": np.s_[1:, 1:, 1:],
    "the last plane, row and column": np.s_[:-1, :-1, :-1],
}


def cause_of(words: str) -> str:
    """Return where to look: at what ends a loop too soon, or writes over what came before."""
    return "Does a `return` end a loop too soon?" if "first" in words else "Is what came before written over?"


def rest_of(words: str) -> str:
    """Return where to look if a loop leaves places out."""
    return "Let each loop begin at 0." if "first" in words else "Let loops reach the end: range(n), not range(n - 1)."


IN_PLACES: list[Mistake] = [
    *[
        wrong(f"{words} alone in a", f"In a, only {words} grows. {cause_of(words)}",
              sees=lambda c, u, a, part=part: kept(c * u, part))
        for words, part in FILLED.items()
    ],
    *[
        wrong(f"{words} alone in v", f"Your v sees only {words}. {cause_of(words)}",
              gathers=lambda terms, part=part: terms[part].sum())
        for words, part in FILLED.items()
    ],
    *[
        wrong(f"{words} left out of a", f"The weights of {words} do not grow. {rest_of(words)}",
              sees=lambda c, u, a, part=part: kept(c * u, part))
        for words, part in LEFT_OUT.items()
    ],
    *[
        wrong(f"{words} left out of v", f"Your v does not see {words}. {rest_of(words)}",
              gathers=lambda terms, part=part: terms[part].sum())
        for words, part in LEFT_OUT.items() if words != "the last plane"  # which is known of s_cell
    ],
]  # fmt: skip

# --- Brackets, and other numbers ----------------------------------------------------------------------------


def answer_of(a: Array, b: float, u: Array, c: Array, r: float) -> Any:
    """Return the answer of the S-cell itself."""
    return r * max((1 + (a * u).sum()) / (1 + 2 * r / (1 + r) * b * inhibition(u, c, a)) - 1, 0)


S_FOR_V = (
    "You take the answer of the S-cell for v. v is what its inhibitory cell answers: the line v = ... within s_cell."
)
OTHER_B: list[Mistake] = [
    wrong("the last row of the last plane alone in v", "Your v sees only the last row of the last plane. Is its sum "
          "set back to 0 for each row?", gathers=lambda terms: terms[-1, -1].sum()),
    wrong("a root for each row", "You take a root for each row, and add the roots. Add up all rows of all planes "
          "first, then take one root.", gathers=lambda terms: np.sqrt(terms.sum(axis=-1)).sum(), root=same),
    wrong("the mean of the rows' roots", "You take a root for each row, and the mean of the roots. Add up all rows of "
          "all planes first, then take one root.", gathers=lambda terms: np.sqrt(terms.sum(axis=-1)).mean(), root=same),
    wrong("the mean of the places' roots", "You take a root for each place, and the mean of the roots. Add up all "
          "places first, then take one root.", gathers=lambda terms: np.sqrt(terms.sum(axis=0)).mean(), root=same),
    *[
        wrong(f"s_cell for v, with r = {name}", S_FOR_V,
              cell=lambda v, a, b, u, c, q, r=r: answer_of(a, b, u, c, r or q))
        for name, r in {"q": None, "1": 1.0, "1.5": 1.5}.items()
    ],
    wrong("b and q / 2 in brackets", "Your b is (b + q / 2) * v: v multiplies the old b as well. Multiply q / 2 by v "
          "alone.", inhibited=lambda new, b, q, v: (b + q / 2) * v),
    wrong("b and q in brackets", "Your b is (b + q) / 2 * v. b stands apart: only q is halved and multiplied.",
          inhibited=lambda new, b, q, v: (b + q) / 2 * v),
    wrong("half of the new b", "You halve the old b as well. Halve only what is added.",
          inhibited=lambda new, b, q, v: (b + q * v) / 2),
    wrong("divided by v", "You divide by v. Multiply: q / 2 * v.", inhibited=lambda new, b, q, v: b + q / 2 / v),
    wrong("q under the root", "Your root is taken of q / 2 as well. It is the root of the sum alone.",
          inhibited=lambda new, b, q, v: b + np.sqrt(q / 2) * v),
    wrong("the old b fades", "You multiply the old b by 1 - q. All of it stays, and the new is added.",
          inhibited=lambda new, b, q, v: new - q * b),
    wrong("towards v", "You move b towards v, by q / 2 * (v - b). b grows by q / 2 * v, whatever it was.",
          inhibited=lambda new, b, q, v: b + q / 2 * (v - b)),
    wrong("b rounded", "You round b. Return it as it is: the example in the text gives two digits to be short.",
          inhibited=lambda new, b, q, v: np.round(new, 2)),
    wrong("c outside of the root", "Your root is taken of the sum of squares alone, and c stands outside. Weigh each "
          "square by its c, add up, then take the root.",
          cell=lambda v, a, b, u, c, q: c.sum() * np.sqrt(np.square(u).sum())),
    wrong("the root of c alone", "Your root is taken of c alone. It is the root of the whole sum.",
          cell=lambda v, a, b, u, c, q: np.sqrt(c.sum()) * np.square(u).sum()),
    wrong("each root of c alone", "You take roots of c alone. Weigh each square by c, add up, then take one root.",
          cell=lambda v, a, b, u, c, q: (np.sqrt(c) * np.square(u)).sum()),
    wrong("the mean of the inputs for v", "You let b grow by the mean of the inputs. It grows by v.",
          cell=lambda v, a, b, u, c, q: u.mean()),
    wrong("the largest input for v", "You let b grow by the largest input. It grows by v.",
          cell=lambda v, a, b, u, c, q: u.max()),
]  # fmt: skip
OTHER_A: list[Mistake] = [
    wrong("the silent do not learn", "Your cell learns nothing where its excitation is 0. The caller has chosen "
          "which cell learns: add to a and b in any case.", cell=lambda v, a, b, u, c, q: v * ((a * u).sum() > 0),
          learned=lambda new, a, q, c, u: new if (a * u).sum() > 0 else a),
    wrong("a and q in brackets", "Your a is (a + q) * c * u: the old weights are multiplied as well. Add q * c * u to "
          "them.", learned=lambda new, a, q, c, u: (a + q) * c * u),
    wrong("a and q * c in brackets", "Your a is (a + q * c) * u: the old weights are multiplied as well. Add q * c * u "
          "to them.", learned=lambda new, a, q, c, u: (a + q * c) * u),
    wrong("a rounded", "You round a. Return it as it is: the example in the text gives two digits to be short.",
          learned=lambda new, a, q, c, u: np.round(new, 2)),
    wrong("divided by c in a", "You divide by c in what you add to a. Multiply.", sees=lambda c, u, a: u / c),
    wrong("the root of the inputs in a", "You take roots in what you add to a: it should be q * c * u.",
          sees=lambda c, u, a: np.sqrt(c * u)),
    wrong("the root of the squares in a", "You take roots in what you add to a: it should be q * c * u.",
          sees=lambda c, u, a: np.sqrt(c) * u),
    wrong("the inputs divided by v in a", "You divide the inputs by v in what you add to a. Take them as they are.",
          sees=lambda c, u, a: c * u / np.sqrt((c * np.square(u)).sum())),
    wrong("inputs of 0 and 1 in a", "What you add to a asks whether there is an input. It grows by how strong it is.",
          sees=lambda c, u, a: c * (u > 0)),
    wrong("old weights above 0 alone", "Only weights that are above 0 already grow. All of them do.",
          sees=lambda c, u, a: c * u * (a > 0)),
    wrong("1 / 3 for c in a", "You multiply by 1 / 3 in a. That is c only in the example.",
          sees=lambda c, u, a: u / 3),
    wrong("1 / 3 for c", "You take 1 / 3 for c. That is so only in the example.",
          shares=lambda c, u: np.full_like(c, 1 / 3)),
    wrong("the same c everywhere, in a", "In a, you divide by the number of inputs. Multiply by c: places count "
          "differently.", sees=lambda c, u, a: u / u.size),
    wrong("the same c everywhere", "You divide by the number of inputs. Multiply by c: places count differently.",
          shares=lambda c, u: np.full_like(c, 1 / u.size)),
]  # fmt: skip
MISTAKES: list[Mistake] = [*IN_PLACES, *OTHER_A, *OTHER_B]
