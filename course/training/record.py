"""The record of a run: one small file that says how a network was trained, what came of it, and how to repeat it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DataError
from .history import COLUMNS, History

__all__ = ["CARRIED", "RecordedRun", "recorded_run"]

FORMAT = "course training run 1"
DIGITS = 6  # of each number with a fraction
CARRIED = Path(__file__).resolve().parents[1] / "trained" / "book_run.json"


@dataclass(frozen=True)
class RecordedRun:
    """A training run: what was trained on what, by which command, and its history.

    Attributes
    ----------
    command : str
        Repeats the run. It names no path.
    network : str
        The name of the network, as `course.models.build_model` knows it.
    parameters : int
        How many numbers it learns.
    train_data, test_data : str
        In words.
    pictures : int
        How many there are to learn from.
    settings : dict
        Of `train`: ``batch_size``, ``peak_rate``, ``weight_decay``, ``flips``.
    classes : tuple of str
        The names of the classes, in their order.
    history : History
        With the confusion matrix of its last row, and the parts of a run that was resumed.
    """

    command: str
    network: str
    parameters: int
    train_data: str
    test_data: str
    pictures: int
    settings: dict[str, Any]
    classes: tuple[str, ...]
    history: History

    @property
    def accuracy(self) -> float:
        """Return the share of right answers at the end, from 0 to 1."""
        return self.history.rows[-1]["test_accuracy"]

    @property
    def minutes(self) -> float:
        """Return how long the run took."""
        return self.history.rows[-1]["seconds"] / 60

    def __str__(self) -> str:
        last, parts = self.history.rows[-1], self.history.parts
        lines = [
            self.command,
            f"{self.network}: {self.parameters:,} numbers to learn",
            self.train_data,
            self.test_data,
            f"{last['step']:,} steps of {self.settings['batch_size']} pictures in {self.minutes:.1f} minutes, "
            f"PyTorch {', then '.join(dict.fromkeys(part['pytorch'] for part in parts))}",
            f"on {self.history.device}",
            f"right at the end: {self.accuracy:.2%} of {last['test_pictures']:,} test pictures",
        ]
        lines += [f"resumed after step {part['step']:,}" for part in parts[1:]]
        lines += [self.history.stopped] if self.history.stopped else []
        return "\n".join(lines)

    def to_json(self, figure: str = "") -> str:
        """Return the content of the file; numbers with a fraction keep six digits.

        Parameters
        ----------
        figure : str
            The description of the figure that lies beside the file, for readers who do not see it.
        """
        history, own = self.history, ("command", "network", "parameters", "train_data", "test_data", "pictures")
        content = {"format": FORMAT, **{name: getattr(self, name) for name in own}}
        content |= {"settings": self.settings, "classes": self.classes, "accuracy": _short(self.accuracy)}
        content |= {"finished": history.finished, "stopped": history.stopped, "figure": figure, "columns": COLUMNS}
        lines = [f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in content.items()]
        for name in ("parts", "confusion", "rows", "points"):
            entries = getattr(history, name)
            if name in ("rows", "points"):
                entries = [[_short(row[column]) for column in COLUMNS] for row in entries]
            table = ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
            lines.append(f' "{name}": [\n{table}\n ]' if table else f' "{name}": []')
        return "{\n" + ",\n".join(lines) + "\n}\n"


def recorded_run(path: str | Path | None = None) -> RecordedRun:
    """Read the record of a run: that of the book's network, which travels with the course, or one of your own.

    Parameters
    ----------
    path : str or Path, optional
        A ``run.json`` that ``python3 -m course train`` wrote, or the folder that holds it.

    Raises
    ------
    DataError
        The file is missing, damaged, or no record of a run.

    Examples
    --------
    >>> recorded_run().parameters
    1413834
    """
    file = CARRIED if path is None else Path(path)
    if file.is_dir():
        file /= "run.json"
    again = (
        "Take it again from the course: 'git checkout -- course/trained'."
        if path is None
        else "Name the run.json of a run of 'python3 -m course train'; the same command with --resume writes it anew."
    )
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"There is no file {file}. {again}") from None
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror or error}). {again}") from None
    except ValueError as error:
        raise DataError(f"{file} is damaged or no record of a run ({error}). {again}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DataError(f"{file} is no record of a run: it does not say {FORMAT!r}. {again}")
    try:
        return _read(content)
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise DataError(f"{file} is damaged: {reason}. {again}") from None


def _read(content: dict[str, Any]) -> RecordedRun:
    """Return the record that the content of a file tells; a KeyError, TypeError or ValueError where it tells none."""
    if content["columns"] != list(COLUMNS):
        raise ValueError(f"its columns are {content['columns']}")
    tables = {name: [dict(zip(COLUMNS, row, strict=True)) for row in content[name]] for name in ("rows", "points")}
    numbers = [value for rows in tables.values() for row in rows for value in row.values()]
    if not tables["rows"] or not all(type(value) in (int, float) for value in numbers):
        raise ValueError("its rows are not rows of numbers")
    history = History(
        **tables,
        confusion=content["confusion"],
        parts=[{name: part[name] for name in ("step", "device", "pytorch")} for part in content["parts"]],
        stopped=content["stopped"],
        finished=content["finished"],
    )
    _check_confusion(history, len(content["classes"]), content["accuracy"])
    names = ("command", "network", "parameters", "train_data", "test_data", "pictures", "settings")
    return RecordedRun(**{name: content[name] for name in names}, classes=tuple(content["classes"]), history=history)


def _check_confusion(history: History, classes: int, accuracy: float) -> None:
    counts, last = history.confusion, history.rows[-1]
    whole = [count for row in counts for count in row]
    if [len(row) for row in counts] != [classes] * classes or not all(type(k) is int and k >= 0 for k in whole):
        raise ValueError(f"its confusion matrix does not count the answers of {classes} classes")
    right = sum(counts[k][k] for k in range(classes)) / max(1, sum(whole))
    if (
        sum(whole) != last["test_pictures"]
        or max(abs(right - told) for told in (accuracy, last["test_accuracy"])) > 1e-5
    ):
        raise ValueError(
            f"its confusion matrix has {right:.2%} of {sum(whole):,} pictures right, and its last row says "
            f"{last['test_accuracy']:.2%} of {last['test_pictures']:,}"
        )


def _short(value: float) -> float:
    """Return a number with six digits; a whole one as it is.

    Examples
    --------
    >>> _short(0.123456789), _short(12345678)
    (0.123457, 12345678)
    """
    return value if isinstance(value, int) else float(f"{value:.{DIGITS}g}")
