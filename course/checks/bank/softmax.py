"""`softmax`: from logits to probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, between
from ..spec import Case, Exercise, Form, Mistake, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, classes: int, spread: float, offset: int) -> dict[str, Any]:
    """Return logits, a row for each picture."""
    return {"logits": rng.normal(offset, spread, (pictures, classes)).round(2)}


cases = Maker(
    make,
    note=lambda pictures, classes, **sizes: f"{pictures} picture{'s' * (pictures != 1)}, {classes} classes",
    least={"classes": 2, "offset": 0},
    pictures=3, classes=4, spread=2.5, offset=0,
)  # fmt: skip


def large(rng: np.random.Generator) -> list[Case]:
    """Return logits of which powers of e are too large, or too small, for a computer."""
    far = np.array([[-1000.0, -1002.0, -1001.0], [1000.0, 999.0, 0.0], [-1000.0, -999.0, -1001.0]])
    return [
        Case({"logits": np.array([[800.0, 801.0]])}, "large logits"),
        Case({"logits": np.array([[-800.0, -801.0, -802.0]])}, "logits far below 0"),
        Case({"logits": np.array([[-100.0, 900.0]])}, "one large logit"),
        Case({"logits": far + rng.normal(0, 0.5, (3, 3)).round(2)}, "rows near 1000, rows near -1000"),
        Case({"logits": np.array([[-1000.0, 1000.0, -1000.0, -1000.0, 998.0, -1000.0, -1000.0, -1000.0]])},
             "1000 and -1000 in one row"),
    ]  # fmt: skip


def add_up(case: Case, value: Any) -> str | None:
    """Ask for numbers from 0 to 1 of which each row adds up to 1."""
    got, shape = np.asarray(value, np.float64), case.arguments["logits"].shape
    if got.shape != shape:
        return f"the shape should be {shape}, yours is {got.shape}"
    if not ((got >= 0) & (got <= 1)).all():
        return "a probability lies between 0 and 1, and one of yours does not"
    if not np.allclose(got.sum(axis=1), 1, atol=1e-4):
        return f"the numbers of a row should add up to 1; in yours, a row adds up to {got.sum(axis=1)[0]:.4g}"
    return None


PROPERTIES = [
    Property(
        "plain",
        "Raise e to each logit, then divide each row by its sum.",
        cases({"pictures": 1, "classes": 3}, {"pictures": 4, "classes": 3}, {"pictures": 2, "classes": 10},
              {"pictures": 3, "classes": 3}, {"pictures": 2, "classes": 2}),
        weight=2,
    ),
    Property(
        "rows add up to 1",
        "Each row holds the probabilities of one picture.",
        cases({"classes": 5}, {"pictures": 2, "classes": between(3, 6), "spread": 5.0}),
        each=add_up,
    ),
    Property(
        "large logits",
        "e to the power of 1000 is too large for a computer: subtract each row's maximum.",
        large,
    ),
    Property(
        "whole numbers",
        "Logits may be whole numbers; probabilities are not.",
        lambda rng: [Case({"logits": np.array([[0, 2, -1, 1], [3, -2, 0, 1]])}, "whole numbers")],
        unusual=True,
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def over(axis: int | None, keepdims: bool = True) -> dict[str, Callable[[Array], Array]]:
    """Return the largest logit and the sum over an axis."""
    return {
        "highest": lambda z: z.max(axis=axis, keepdims=keepdims),
        "sums": lambda powers: powers.sum(axis=axis, keepdims=keepdims),
    }


OVER_CLASSES = over(1)


def in_parts(
    logits: Array, *,
    before: Callable[[Array], Array] = lambda z: z,
    highest: Callable[[Array], Any] = OVER_CLASSES["highest"],
    meets: Callable[[Array, Any], Array] = np.subtract,
    power: Callable[[Array], Array] = np.exp,
    sums: Callable[[Array], Any] = OVER_CLASSES["sums"],
    shares: Callable[[Array, Any], Array] = np.divide,
    kind: Callable[[Array], Any] = lambda logits: float,
    rows: Callable[[Array], Array] = lambda p: p,
    answer: Callable[[Array], Array] = lambda p: p,
) -> Array:  # fmt: skip
    """Compute softmax; each part can be replaced by a wrong way to do it."""
    z = before(logits.astype(float))
    powers = power(meets(z, highest(z)))
    return answer(rows(shares(powers, sums(powers)))).astype(kind(logits))


def running(z: Array) -> Array:
    """Keep the largest logit of one row for the next."""
    return np.maximum.accumulate(z.max(axis=1, keepdims=True), axis=0)


def nothing(z: Array) -> int:
    """Subtract nothing."""
    return 0


def kept_rows(p: Array, part: slice) -> Array:
    """Return zeros but for some rows."""
    out = np.zeros_like(p)
    out[part] = p[part]
    return out


DOWN = "You work down the columns, over the pictures. The classes of one picture add up to 1: axis 1."

MISTAKES = [
    # --- what is subtracted ---
    wrong("overflow", "e to the power of a large logit overflows, and yours become nan. Subtract the row's largest "
          "logit first: it changes no probability.", highest=nothing),
    wrong("a small number added to the sum", "A small number added to the sum does not help where e to the power of a "
          "large logit overflows. Subtract the row's largest logit first, and no sum can be 0.", highest=nothing,
          sums=lambda powers: powers.sum(axis=1, keepdims=True) + 1e-8),
    wrong("nan turned to 0", "Where e to the power of a large logit overflows, nan is turned to 0 in yours. Subtract "
          "the row's largest logit first: then there is no nan.", highest=nothing, answer=np.nan_to_num),
    wrong("logits cut off", "Large logits are cut off in yours, so that different ones become equal. Subtract the "
          "row's largest logit instead.", before=lambda z: np.clip(z, -500, 500)),
    wrong("one maximum for all rows", "You subtract the largest logit of the whole batch. A row far below it becomes "
          "0 / 0. Each row has its own maximum: axis=1, keepdims=True.", highest=np.max),
    wrong("the maximum not reset", "Your largest logit of one row is still there in the next. A row far below it "
          "becomes 0 / 0: begin anew in each row.", highest=running),
    wrong("the wrong axis for the largest logit", "You subtract the largest logit of each column, over the pictures. "
          "Each row has its own maximum: axis 1.", highest=lambda z: z.max(axis=0, keepdims=True)),
    wrong("the smallest logit subtracted", "You subtract the smallest logit of a row. Powers of the others may still "
          "overflow: subtract the largest.", highest=lambda z: z.min(axis=1, keepdims=True)),
    wrong("the mean subtracted", "You subtract the mean of a row. Powers may still overflow: subtract the largest "
          "logit.", highest=lambda z: z.mean(axis=1, keepdims=True)),
    wrong("the first logit subtracted", "You subtract the first logit of each row. Powers of larger ones may still "
          "overflow: subtract the largest.", highest=lambda z: z[:, :1]),
    wrong("the largest size subtracted", "You subtract the largest absolute value of a row. In a row far below 0 all "
          "powers become 0 then: subtract the largest logit, with its sign.",
          highest=lambda z: np.abs(z).max(axis=1, keepdims=True)),
    wrong("the largest logit added", "You add the largest logit of a row where you should subtract it.", meets=np.add),
    wrong("divided by the largest logit", "You divide the logits by the largest of their row. That changes the "
          "probabilities: subtract it.", meets=np.divide),
    wrong("divided by the largest size", "You divide the logits by the largest absolute value of their row. That "
          "changes the probabilities: subtract the largest logit.", meets=np.divide,
          highest=lambda z: np.abs(z).max(axis=1, keepdims=True)),
    wrong("scaled by the spread", "You divide by the spread of the row, as for standardising. That changes the "
          "probabilities: subtract the largest logit, and no more.",
          before=lambda z: (z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True)),
    # --- powers ---
    wrong("no exponential", "You divide the logits by their sum. They may be below 0: raise e to them first.",
          highest=nothing, power=lambda z: z),
    wrong("no exponential, the largest logit subtracted", "You divide differences of logits by their sum. Raise e to "
          "them first.", power=lambda z: z),
    wrong("the sign of the logits", "You raise e to minus the logits: the smallest gets the largest probability.",
          power=lambda z: np.exp(-z)),
    wrong("powers of 2", "Your numbers come from powers of 2. Raise e to the logits, with np.exp.", power=np.exp2),
    wrong("powers of 10", "Your numbers come from powers of 10. Raise e to the logits, with np.exp.",
          power=lambda z: 10.0 ** z),
    wrong("squares for powers", "You square the logits. Raise e to them, with np.exp.", highest=nothing,
          power=np.square),
    wrong("sizes for powers", "You take the logits' absolute values. Raise e to them, with np.exp.", highest=nothing,
          power=np.abs),
    wrong("ReLU for powers", "You set negative logits to 0. Raise e to them: all numbers are positive then.",
          highest=nothing, power=lambda z: np.maximum(z, 0)),
    # --- sums, and what is divided ---
    wrong("the wrong axis", "You divide by the sum over the pictures. The classes of one picture add up to 1: axis 1.",
          sums=over(0)["sums"]),
    wrong("the wrong axis, for the largest logit as well", DOWN, **over(0)),
    wrong("the wrong axis, and overflow",
          f"{DOWN} And subtract their largest logit first, or large powers become nan.", highest=nothing,
          sums=over(0)["sums"]),
    wrong("one sum for all", "You divide by the sum of the whole batch. Each row has its own sum.",
          sums=over(None)["sums"]),
    wrong("one maximum and one sum for all", "You take the largest logit and the sum of the whole batch. Each row has "
          "its own: axis=1, keepdims=True.", **over(None)),
    wrong("keepdims forgotten", "Your largest logits and your sums have the shape (N,), which NumPy lays along the "
          "classes, or refuses. keepdims=True keeps a column, (N, 1).", **over(1, keepdims=False)),
    wrong("keepdims forgotten for the sum", "Your sums have the shape (N,), which NumPy lays along the classes, or "
          "refuses. keepdims=True keeps a column, (N, 1).", sums=over(1, keepdims=False)["sums"]),
    wrong("keepdims forgotten for the largest logit", "Your largest logits have the shape (N,), which NumPy lays "
          "along the classes, or refuses. keepdims=True keeps a column, (N, 1).",
          highest=over(1, keepdims=False)["highest"]),
    wrong("the sum not reset", "Your sum of one row is still there in the next. Begin anew, at 0, in each row.",
          sums=lambda powers: powers.sum(axis=1, keepdims=True).cumsum(axis=0)),
    wrong("the sum on its way", "You divide each class by the sum so far. Add up the whole row first, then divide.",
          sums=lambda powers: powers.cumsum(axis=1)),
    wrong("the other classes alone", "You divide by the sum of the other classes. The class itself belongs to the "
          "sum, too.", sums=lambda powers: powers.sum(axis=1, keepdims=True) - powers),
    wrong("not divided", "You divide each row by its largest power of e, or not at all: the largest is 1 then. Divide "
          "by the sum.", shares=lambda powers, sums: powers),
    wrong("powers not divided", "Your numbers are the powers of e. Divide each row by its sum.", highest=nothing,
          shares=lambda powers, sums: powers),
    wrong("mean for sum", "You divide by the mean of the powers. Divide by their sum.",
          sums=lambda powers: powers.mean(axis=1, keepdims=True)),
    wrong("length for sum", "You divide by the length of the row's powers, as a vector's. Divide by their sum.",
          sums=lambda powers: np.sqrt(np.square(powers).sum(axis=1, keepdims=True))),
    wrong("the number of classes for the sum", "You divide by the number of classes. Divide by the sum of the powers.",
          sums=lambda powers: powers.shape[1]),
    # --- another function ---
    Mistake("sigmoid", "You treat each class alone, by a sigmoid. Here one class of ten is right, so the ten share "
            "one 1.", lambda z: 1 / (1 + np.exp(-z))),
    Mistake("shares of sigmoids", "You divide sigmoids by their sum. Divide powers of e by theirs.",
            lambda z: 1 / (1 + np.exp(-z)) / (1 / (1 + np.exp(-z))).sum(axis=1, keepdims=True)),
    Mistake("logarithms, in a stable form", "You return the logarithms of the probabilities.",
            lambda z: (d := z - z.max(axis=1, keepdims=True)) - np.log(np.exp(d).sum(axis=1, keepdims=True))),
    # --- what is returned ---
    wrong("logarithms", "You return the logarithms of the probabilities.", answer=np.log),
    wrong("the surest class alone", "You give 1 to the largest logit and 0 to all others. Softmax is the soft form of "
          "that.", answer=lambda p: (p == p.max(axis=1, keepdims=True)).astype(float)),
    wrong("the number of the class", "You return the number of the surest class. Wanted is the probability of each.",
          answer=lambda p: p.argmax(axis=1)),
    wrong("rounded", "Your probabilities are rounded. Return them as they are.", answer=lambda p: p.round(2)),
    wrong("one minus", "You return the probability that a class is not the right one.", answer=lambda p: 1 - p),
    wrong("softmax twice", "Your numbers are those of a softmax of a softmax.", answer=lambda p: in_parts(p)),
    wrong("percentages", "You return percentages. Probabilities are from 0 to 1.", answer=lambda p: 100 * p),
    wrong("transposed", "Your result is transposed. A row is a picture, in the result, too.", answer=np.transpose),
    wrong("flattened", "Your result has lost its rows. It should have the shape of the logits.", answer=np.ravel),
    wrong("the first row alone", "You return the probabilities of the first picture alone. Wanted is a row for each.",
          rows=lambda p: p[0]),
    wrong("the last row alone", "You return the probabilities of the last picture alone. Wanted is a row for each.",
          rows=lambda p: p[-1]),
    wrong("only the first row filled", "Only the first row is filled, the others are zeros. Does the `return` stand "
          "inside a loop?", rows=lambda p: kept_rows(p, np.s_[:1])),
    wrong("only the last row filled", "Only the last row is filled, the others are zeros. Is the array of zeros made "
          "anew inside the loop?", rows=lambda p: kept_rows(p, np.s_[-1:])),
    wrong("kept in the logits' type", "Your result has the type of the logits, so that whole numbers cut all "
          "probabilities off to 0. Make it an array of floats.", kind=lambda logits: logits.dtype),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def row_by_row(logits: Array) -> list[list[float]]:
    """Write it with loops."""
    rows = []
    for row in logits:
        powers = [float(np.exp(value - max(row))) for value in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def through_logarithms(logits: Array) -> Array:
    """Raise e to the logarithms of the probabilities."""
    z = logits - logits.max(axis=1)[:, None]
    return np.exp(z - np.log(np.exp(z).sum(axis=1))[:, None])


def with_torch(logits: Array) -> Any:
    """Let PyTorch do it."""
    import torch

    return torch.softmax(torch.tensor(logits, dtype=torch.float64), dim=1)


def with_scipy(logits: Array) -> Any:
    """Let SciPy do it."""
    from scipy.special import softmax

    return softmax(logits, axis=1)


EXERCISE = Exercise(
    name="softmax",
    reference=lambda logits: in_parts(logits),
    computation=in_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Do one row by hand: e to each of its three numbers, their sum, and then three divisions.",
        "`logits.max(axis=1, keepdims=True)` is a column with the largest logit of each row. Subtract it before "
        "`np.exp`.",
        "The sum needs axis=1 and keepdims=True as well, so that each row is divided by its own.",
    ],
    right_forms=[
        Form("loops, lists", row_by_row),
        Form("through logarithms", through_logarithms),
        Form("transposed twice", lambda z: ((e := np.exp(z.T - z.T.max(axis=0))) / e.sum(axis=0)).T),
        Form("PyTorch", with_torch),
        Form("SciPy", with_scipy, library="SciPy"),
    ],
    packages=("torch",),
)
