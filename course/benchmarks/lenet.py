"""What each part of LeNet-5 is worth: the full ablation of `course.lenet`, on scikit-learn's digits or on MNIST."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from course.errors import argument_error

__all__ = ["COMMAND", "HELP", "run", "table"]

HELP = "Train LeNet-5 with one thing changed at a time, from several seeds."
COMMAND = "python3 -m course bench lenet --write"


def run(arguments: argparse.Namespace) -> int:
    """Train all variants, print the table, and with --write keep it as the course's own."""
    options = _options(arguments.options)
    import torch

    from course.lenet import ablation, handwritten_digits, mnist
    from course.lenet.study import MEASURED

    torch.set_num_threads(1)
    load = (lambda split: mnist(split, options.mnist)) if options.mnist else handwritten_digits
    train_data, test_data = load("train"), load("test")
    print(f"{train_data!r}; {test_data!r}; PyTorch {torch.__version__}, one core")
    rows = ablation(
        train_data,
        test_data,
        seeds=range(options.seeds),
        epochs=options.epochs,
        progress=lambda name, seed: print(f"{name}, seed {seed}", file=sys.stderr),
    )
    found: dict[str, Any] = {
        "command": COMMAND,
        "data": repr(test_data),
        "machine": f"PyTorch {torch.__version__}, one core",
        "epochs": options.epochs,
        "seeds": options.seeds,
        "rows": [row._asdict() for row in rows],
    }
    print(table(found))
    if options.write:
        MEASURED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {MEASURED}")
    return 0


def table(found: dict[str, Any]) -> str:
    """Return the rows as lines of text: mean and spread of the accuracy, epochs until 90%, seconds.

    Parameters
    ----------
    found : dict
        As from `course.lenet.measured_ablation`.
    """
    lines = [f"{'':<20}{'accuracy':>9}{'spread':>8}   {'epochs until 90%':<18}{'seconds':>8}"]
    for row in found["rows"]:
        ways = ", ".join("never" if way is None else str(way) for way in row["epochs_to_learn"])
        lines.append(
            f"{row['name']:<20}{100 * row['mean']:8.2f}%{100 * row['spread']:8.2f}   {ways:<18}{row['seconds']:8.1f}"
        )
    return "\n".join(lines)


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m course bench lenet", add_help=False)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--mnist", metavar="FOLDER")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(words)
    if options.write and (options.seeds, options.epochs, options.mnist) != (3, 12, None):
        rule = "stand alone, so that the file is what its command gives"
        raise argument_error("bench lenet", "--write", rule, words, "Leave the other options out.")
    return options
