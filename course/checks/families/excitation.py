"""What an S-cell of the neocognitron sees, and its excitation, as the parts that people get right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..spec import Mistake, wrong
from .geometry import kept

__all__ = ["MISTAKES", "UNSEEN", "without"]

Array = np.ndarray

# --- What is seen -------------------------------------------------------------------------------------------


def without(*parts: Any) -> Callable[[Array], Array]:
    """Return what sets parts of an array to 0, as where a loop or a slice leaves them out."""

    def leave_out(array: Array) -> Array:
        array = array.copy()
        for part in parts:
            array[part] = 0
        return array

    return leave_out


# Parts of an array (planes, height, width) that a loop which begins or ends at the wrong place does not reach.
UNSEEN: dict[str, tuple[Any, ...]] = {
    "the first plane": (np.s_[0],),
    "the last plane": (np.s_[-1],),
    "the first row": (np.s_[:, 0],),
    "the last row": (np.s_[:, -1],),
    "the first column": (np.s_[:, :, 0],),
    "the last column": (np.s_[:, :, -1],),
    "the first row and the first column": (np.s_[:, 0], np.s_[:, :, 0]),
    "the last row and the last column": (np.s_[:, -1], np.s_[:, :, -1]),
}


# --- The excitation -----------------------------------------------------------------------------------------


def likeness(a: Array, u: Array, c: Array) -> float:
    """Return the cosine between what is seen and what was learned."""
    return float((a * u).sum() / max(np.sqrt(np.square(a).sum() * np.square(u).sum()), 1e-9))


MISTAKES: list[Mistake] = [
    # --- what both E and v see ---
    *(
        wrong(f"{part} not seen", f"Neither E nor v sees {part}. Where does your loop, or your slice, begin and end?",
              looks=without(*parts))
        for part, parts in UNSEEN.items()
    ),
    wrong("the first plane alone", "Your E and your v see only the first plane. They add up all planes: does the "
          "`return`, or what works out the answer, stand inside a loop?", looks=partial(kept, part=np.s_[0])),
    wrong("the first row alone", "Your E and your v see only the first row of the first plane. Does the `return`, or "
          "what works out the answer, stand inside a loop?", looks=partial(kept, part=np.s_[0, 0])),
    wrong("the first input alone", "Your E and your v see only the first input. Does the `return`, or what works out "
          "the answer, stand inside a loop?", looks=partial(kept, part=np.s_[0, 0, 0])),
    wrong("the last plane alone", "Your E and your v see only the last plane. Are the sums set back to 0 for each "
          "plane?", looks=partial(kept, part=np.s_[-1])),
    wrong("the last row alone", "Your E and your v see only the last row of the last plane. Are the sums set back to "
          "0 for each row?", looks=partial(kept, part=np.s_[-1, -1])),
    wrong("the last input alone", "Your E and your v see only the last input. Do the sums grow, with +=, or are they "
          "written over?", looks=partial(kept, part=np.s_[-1, -1, -1])),
    # --- the excitation E alone ---
    wrong("a forgotten", "a is not in your E: each input has an excitatory weight of its own.",
          excites=lambda a, u, c: u.sum()),
    wrong("c in the excitation", "You weigh the excitation by c as well. E has the weights a alone.",
          excites=lambda a, u, c: (c * a * u).sum()),
    wrong("c for a in the excitation", "You weigh the excitation by c. It has weights of its own, a.",
          excites=lambda a, u, c: (c * u).sum()),
    wrong("inputs squared in the excitation", "You square the inputs in E. Only v has squares.",
          excites=lambda a, u, c: (a * np.square(u)).sum()),
    wrong("root in the excitation", "You take the root of E. Only v has one.",
          excites=lambda a, u, c: np.sqrt((a * u).sum())),
    wrong("squares and a root in the excitation", "You make E as v is made, with squares and a root. It is the sum of "
          "a * u.", excites=lambda a, u, c: np.sqrt((a * np.square(u)).sum())),
    wrong("a * u squared", "You square a * u in E. Only v has squares.",
          excites=lambda a, u, c: np.square(a * u).sum()),
    wrong("u forgotten", "u is not in your E: each weight is multiplied by its input.",
          excites=lambda a, u, c: a.sum()),
    wrong("a added to u", "You add a to the inputs. Each input is multiplied by its weight.",
          excites=lambda a, u, c: (a + u).sum()),
    wrong("a turned round", "You lay a the other way round over the window: its first weight belongs to the first "
          "place.", excites=lambda a, u, c: (a[:, ::-1, ::-1] * u).sum()),
    wrong("weighted mean in the excitation", "You divide E by the sum of the weights. It is the sum alone.",
          excites=lambda a, u, c: (a * u).sum() / max(a.sum(), 1e-9)),
    wrong("likeness for E", "Your E is a likeness: it is divided by the lengths of a and u. It is the sum alone.",
          excites=likeness),
    wrong("b in the excitation", "You multiply E by b. It weighs only the inhibition.",
          counts=lambda excited, b, r: b * excited),
    wrong("r in the excitation", "You multiply E by r. It does not stand there.",
          counts=lambda excited, b, r: r * excited),
    wrong("sums multiplied", "You multiply the sum of the weights by the sum of the inputs. Each input has its own "
          "weight: multiply first, then add.", excites=lambda a, u, c: a.sum() * u.sum()),
    wrong("mean for sum in the excitation", "You take the mean of a * u. Add up.",
          excites=lambda a, u, c: (a * u).mean()),
    wrong("mean over the planes in the excitation", "You take the mean over the planes. E adds up all planes.",
          excites=lambda a, u, c: (a * u).sum() / len(u)),
    wrong("the largest for the sum in the excitation", "You take the largest a * u. Add up.",
          excites=lambda a, u, c: (a * u).max()),
    wrong("the first plane alone in the excitation", "Your E sees only the first plane. It adds up all planes.",
          excites=lambda a, u, c: (a[0] * u[0]).sum()),
    wrong("the last plane alone in the excitation", "Your E sees only the last plane. Is its sum set back to 0 for "
          "each plane?", excites=lambda a, u, c: (a[-1] * u[-1]).sum()),
    wrong("the last plane left out of E", "Your E does not see the last plane.",
          excites=lambda a, u, c: (a * u)[:-1].sum()),
    wrong("the last row left out of E", "Your E does not see the last row of the window.",
          excites=lambda a, u, c: (a * u)[:, :-1].sum()),
    wrong("the last column left out of E", "Your E does not see the last column of the window.",
          excites=lambda a, u, c: (a * u)[:, :, :-1].sum()),
    wrong("one E for each plane", "You have an E for each plane. It is one number, for all planes and places.",
          excites=lambda a, u, c: (a * u).sum(axis=(1, 2))),
    wrong("one E for each place", "You have an E for each place. It is one number, for all planes and places.",
          excites=lambda a, u, c: (a * u).sum(axis=0)),
    wrong("one E for each row", "You have an E for each row. It is one number, for all planes and places.",
          excites=lambda a, u, c: (a * u).sum(axis=-1)),
    wrong("E not added up", "You multiply a by u and do not add up: E is one number, for all planes and places.",
          excites=lambda a, u, c: a * u),
    wrong("a matrix product", "a @ u is a matrix product. Multiply each input by its own weight, a * u.",
          excites=lambda a, u, c: (a @ u).sum()),
]  # fmt: skip
