"""How long a run may take, what it has measured, and what it tells while it runs. Plain Python: nothing to load."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import argument_error

__all__ = ["COLUMNS", "Budget", "History", "Progress"]

COLUMNS = (
    "epoch", "step", "seconds", "rate", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "test_pictures",
)  # fmt: skip


@dataclass(frozen=True)
class Budget:
    """A number of epochs, or a number of seconds.

    Examples
    --------
    >>> Budget.parse("4m")
    Budget(amount=240.0, unit='seconds')
    >>> print(Budget.parse("10e"))
    10 epochs
    """

    amount: float
    unit: Literal["epochs", "seconds"]

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Read ``"10e"`` (epochs), ``"45s"``, ``"4m"`` or ``"1h"``.

        Raises
        ------
        ArgumentError
            The text is none of these, or is not more than 0.
        """
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([esmh])\s*", str(text))
        amount = float(match[1]) if match else 0.0
        whole = match is not None and (match[2] != "e" or amount.is_integer())
        if not (match and whole and 0 < amount < math.inf):
            raise argument_error(
                "Budget.parse",
                "text",
                "be a number above 0 and a unit: e (whole epochs), s, m or h",
                text,
                "Write 10e for ten epochs, or 4m for four minutes.",
            )
        seconds = {"e": 1, "s": 1, "m": 60, "h": 3600}[match[2]]
        return cls(amount * seconds, "epochs" if match[2] == "e" else "seconds")

    def __str__(self) -> str:
        return f"{self.amount:g} {self.unit}"


@dataclass
class History:
    """What a run measured, epoch by epoch.

    Attributes
    ----------
    rows : list of dict
        One for each epoch, and one where the run was interrupted, with the names of `COLUMNS`: ``epoch`` (from 1),
        ``step`` and ``seconds`` (of the run so far), ``rate`` (learning rate at its end), ``train_loss``,
        ``train_accuracy`` (the mean over the epoch, while the network still learned), ``test_loss``,
        ``test_accuracy`` (of the network at its end), ``test_pictures`` (on how many it was measured). Accuracies go
        from 0 to 1.
    points : list of dict
        The same names, every few seconds between the rows: on the first 1,000 test pictures, and with the mean of the
        training since the point before.
    confusion : list of list of int
        Of the last row, (classes, classes). In row i, column j: the test pictures of class i that were taken for j.
    parts : list of dict
        One for each time that the run was begun or resumed: ``step`` (how many steps were done before it), ``device``
        (where and how it ran, in words) and ``pytorch`` (the version).
    stopped : str
        Empty if nobody interrupted, else one sentence that says where the run ended, and what was kept.
    finished : bool
        Whether the run used its whole budget.
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    points: list[dict[str, float]] = field(default_factory=list)
    confusion: list[list[int]] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""
    finished: bool = False

    @property
    def device(self) -> str:
        """Return where and how it ran, in words; a run that was resumed elsewhere names one place after the other."""
        return "; then ".join(dict.fromkeys(part["device"] for part in self.parts))

    def column(self, name: str) -> list[float]:
        """Return one column, such as ``"test_accuracy"``."""
        if name not in COLUMNS:
            raise argument_error(
                "History.column", "name", f"be one of {', '.join(COLUMNS)}", name, "Use 'test_accuracy'."
            )
        return [row[name] for row in self.rows]

    def to_csv(self) -> str:
        """Return the rows as a table for a spreadsheet."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue()

    def __repr__(self) -> str:
        if not self.rows:
            return "History of no step"
        last = self.rows[-1]
        return (
            f"History of {last['step']:,} steps in {last['seconds']:.0f} s: test accuracy {last['test_accuracy']:.1%}"
        )


@dataclass(frozen=True)
class Progress:
    """What a run tells after a step.

    Attributes
    ----------
    epoch : int
        The epoch that runs, from 1.
    fraction : float
        How much of the budget is used, from 0 to 1.
    seconds : float
        How long the run has taken so far.
    loss : float
        Of the last batch.
    history : History
        Of the epochs that are done.
    epoch_done : bool
        True once after each row of the history.
    step : int
        How many batches the run has learned from.
    finished : bool
        True in the last news of a run, also of one that was interrupted.
    name : str
        Of the network, where several are trained (`train_all`).
    """

    epoch: int
    fraction: float
    seconds: float
    loss: float
    history: History
    epoch_done: bool
    step: int = 0
    finished: bool = False
    name: str = ""

    @property
    def left(self) -> str:
        """Return how much time is left, in words: empty as long as nothing can be said."""
        if self.fraction < 0.01 or self.seconds < 0.5:
            return ""
        return f"{self.seconds * (1 / self.fraction - 1):.0f} s left"

    @property
    def tested(self) -> str:
        """Return what was measured last, in words: empty as long as nothing was."""
        measured = self.history.points[-1:] + self.history.rows[-1:]
        if not measured:
            return ""
        last = max(measured, key=lambda row: row["step"])
        return f"test {last['test_accuracy']:.1%} ({last['test_pictures']:,} pictures)"
