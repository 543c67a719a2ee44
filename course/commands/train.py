"""The command ``train``: trains a network of lesson 5 from a terminal, and keeps weights, record and figure."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.errors import CheckpointError

if TYPE_CHECKING:
    from course.training import RecordedRun

HELP = "Train a network on Fashion-MNIST: weights, record, history, a figure and a checkpoint go to one folder."
EXAMPLE = "python3 -m course train --model small --budget 4m --out runs/small"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the network, the data, the budget, the device and where to write."""
    parser.add_argument("--model", choices=("small", "book"), default="small", help="which network (default: small)")
    parser.add_argument("--data", metavar="DIR", type=Path, help="folder with Fashion-MNIST (default: found by itself)")
    parser.add_argument("--budget", default="10e", help="10e: ten epochs; 45s, 4m, 1h: time (default: 10e)")
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    resumed = "go on from the checkpoint in --out, if there is one; of a finished run, write the files anew"
    parser.add_argument("--resume", action="store_true", help=resumed)
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run (default: 0)")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where to write (default: runs/MODEL)")
    parser.add_argument("--batch-size", type=int, help="pictures in one step (default: the recipe's)")
    parser.add_argument("--peak-rate", type=float, help="highest learning rate (default: the recipe's)")
    parser.add_argument(
        "--compile", action=argparse.BooleanOptionalAction, help="use torch.compile (default: where it pays)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Train, and write what came of it; 130 if it was interrupted."""
    from course.models import build_model, count_parameters, recipe
    from course.training import Budget, ProgressLine, RecordedRun, choose_device, is_leader, plan_for, train

    out = arguments.out or Path("runs") / arguments.model
    checkpoint = out / "checkpoint.pt"
    budget, device = Budget.parse(arguments.budget), choose_device(arguments.device)  # wrong words are told at once
    _check_folder(out)
    if checkpoint.exists() and not arguments.resume:
        raise CheckpointError(f"{out} holds a run already: go on with --resume, or name another folder with --out.")
    train_data, test_data = _data(arguments.data)

    if is_leader():
        print(f"network: {arguments.model}; budget: {budget}; device: {plan_for(device, budget, arguments.compile)}")
        print(f"{train_data!r}\n{test_data!r}", flush=True)
        if train_data.is_sample:
            print("This is the small sample that the course carries: expect clearly fewer right answers than with all.")
            print("'python3 -m course data fetch' fetches the whole collection.", flush=True)
    model = build_model(arguments.model, arguments.seed)
    settings = recipe(arguments.model, arguments.budget, arguments.device)
    for name in ("batch_size", "peak_rate"):
        if getattr(arguments, name) is not None:
            settings[name] = getattr(arguments, name)
    history = train(
        model,
        train_data,
        test_data,
        budget=arguments.budget,
        device=arguments.device,
        seed=arguments.seed,
        checkpoint=checkpoint,
        resume=arguments.resume,
        compiled=arguments.compile,
        progress=ProgressLine() if is_leader() else None,
        **settings,
    )
    if is_leader():
        record = RecordedRun(
            command=_command(arguments, device.type),
            network=arguments.model,
            parameters=count_parameters(model),
            train_data=repr(train_data),
            test_data=repr(test_data),
            pictures=len(train_data),
            settings=settings,
            classes=train_data.class_names,
            history=history,
        )
        _keep(out, model, record, len(test_data))
        if history.stopped:
            go_on = "" if history.finished else " Go on with the same command and --resume."
            print(f"course: {history.stopped}{go_on}", file=sys.stderr)
    return 130 if history.stopped else 0


def _check_folder(out: Path) -> None:
    """Make the folder, and raise a CheckpointError now, not after the training, if no file can be written there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        reason = "it is a file" if os.path.isfile(out) else error.strerror
        raise CheckpointError(
            f"A run cannot be kept in {out} ({reason}). Name a folder that can be written with --out."
        ) from None


def _data(folder: Path | None) -> tuple[Any, Any]:
    from course.data import fashion_mnist

    return fashion_mnist("train", folder), fashion_mnist("test", folder)


def _keep(out: Path, model: Any, record: RecordedRun, test_pictures: int) -> None:
    """Write the weights, the record, the history as a table and the figure, each file whole."""
    from course.figures.base import png_of
    from course.models import weights_to_numpy
    from course.training import history_figure, write_whole
    from course.weights import weights_bytes

    last = record.history.rows[-1]
    accuracy = f"{record.accuracy:.2%}"
    if last["test_pictures"] < test_pictures:
        accuracy += f" (of {last['test_pictures']:,.0f} pictures)"
    about = (
        f"{record.command}; {last['step']:,.0f} steps on {record.pictures:,} pictures; "
        f"test accuracy {accuracy}; {record.history.device}"
    )
    figure = history_figure(record.history)
    write_whole(out / "weights.npz", weights_bytes(weights_to_numpy(model), about))
    write_whole(out / "history.csv", record.history.to_csv().encode())
    write_whole(out / "history.png", png_of(figure))
    write_whole(out / "run.json", record.to_json(figure.description).encode())
    print(f"test accuracy {accuracy}. In {out}: weights.npz, run.json, history.csv, history.png, checkpoint.pt")


def _command(arguments: argparse.Namespace, device: str) -> str:
    """Return the command that makes these weights again: all that the result depends on, and no path.

    The settings depend on the kind of device, so that is named, also where it was found by itself.
    """
    words = [f"python3 -m course train --model {arguments.model} --budget {arguments.budget} --seed {arguments.seed}"]
    if arguments.batch_size is not None:
        words.append(f"--batch-size {arguments.batch_size}")
    if arguments.peak_rate is not None:
        words.append(f"--peak-rate {arguments.peak_rate:g}")
    return " ".join([*words, f"--device {device}"])
