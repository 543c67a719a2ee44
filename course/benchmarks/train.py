"""The speed of training, as a multiple of the loop that a tutorial shows: DataLoader, float32, Adam."""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course.errors import DataError, argument_error

__all__ = ["HELP", "TARGETS", "first_time", "run", "speed_of", "tutorial_train"]

HELP = "Pictures per second and time to accuracy, against the plain loop of a tutorial, by turns on this machine."
TARGETS = (0.85, 0.88, 0.90, 0.91, 0.92, 0.93)
TUTORIAL_BATCH = 64  # as in PyTorch's own quickstart


def run(arguments: argparse.Namespace) -> int:
    """Measure both loops by turns, and print medians and ratios."""
    options = _options(arguments.options)
    import torch

    from course.data import fashion_mnist
    from course.models import recipe
    from course.training import Budget, choose_device, plan_for

    device = choose_device(options.device)
    train_data, test_data = fashion_mnist("train", options.data), fashion_mnist("test", options.data)
    print(f"network: {options.model}; course: {plan_for(device, Budget.parse(f'{options.epochs}e'))}")
    print(f"{train_data!r}; PyTorch {torch.__version__}")
    if options.budgets:
        _print_accuracies(options, train_data, test_data)
        return 0
    print(f"tutorial: the same device, float32, DataLoader, batches of {TUTORIAL_BATCH}, Adam at 0.001")

    loops = {
        "course": _course_loop(options, train_data, test_data),
        "tutorial": _tutorial_loop(options, train_data, test_data, device),
    }
    batch_sizes = {"course": recipe(options.model, device=options.device)["batch_size"], "tutorial": TUTORIAL_BATCH}
    speeds: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(options.rounds + 1):
        for name, loop in loops.items():
            speed = speed_of(loop, batch_sizes[name], options.seconds, seed=turn)
            if turn:  # the first turn warms up
                speeds[name].append(speed)
    median = {name: statistics.median(values) for name, values in speeds.items()}
    print(f"\ntraining alone, median of {options.rounds} turns of {options.seconds:g} s each:")
    for name, value in median.items():
        spread = f"{min(speeds[name]):,.0f} to {max(speeds[name]):,.0f}"
        print(f"  {name:<9} {value:10,.0f} pictures a second  ({spread})")
    print(f"  ratio     {median['course'] / median['tutorial']:10.2f}")

    times: dict[str, list[Any]] = {name: [] for name in loops}
    for seed in range(options.accuracy_rounds):
        for name, loop in loops.items():
            times[name].append(loop(lambda news: None, seed, options.epochs))
    if options.accuracy_rounds:
        _print_times(times, options)
    return 0


def tutorial_train(
    model: Any, train_data: Any, test_data: Any, *, epochs: int, device: Any, progress: Callable[[Any], None]
) -> Any:
    """Train as tutorials do: a data set that hands out one picture at a time, a DataLoader, Adam, float32.

    Parameters
    ----------
    model : torch.nn.Module
        The network; it is left on the device.
    train_data, test_data : object
        With ``images``, uint8 (N, H, W), and ``labels``.
    epochs : int
        How often every picture is seen.
    device : torch.device
        Where to train.
    progress : function
        Called with a `course.training.Progress` after each step; an interrupt that it raises ends the run.

    Returns
    -------
    History
        One row for each epoch.
    """
    import numpy as np
    import torch
    from torch.utils.data import DataLoader, Dataset

    from course.training import History, Progress

    class Garments(Dataset):
        def __init__(self, data: Any):
            self.images, self.labels = data.images, data.labels

        def __len__(self) -> int:
            return len(self.labels)

        def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
            return torch.from_numpy(self.images[index][None].astype(np.float32) / 255), int(self.labels[index])

    train_loader = DataLoader(Garments(train_data), batch_size=TUTORIAL_BATCH, shuffle=True)
    test_loader = DataLoader(Garments(test_data), batch_size=TUTORIAL_BATCH)
    model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_function = torch.nn.CrossEntropyLoss()
    history, step, started = History(), 0, time.perf_counter()
    try:
        for epoch in range(1, epochs + 1):
            model.train()
            for x, y in train_loader:
                x, y = x.to(device), y.to(device)
                loss = loss_function(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                step += 1
                if device.type == "cpu" or step % 50 == 0:  # as seldom as the course's loop asks a GPU
                    seconds = time.perf_counter() - started
                    progress(Progress(epoch, 0.0, seconds, loss.item(), history, epoch_done=False, step=step))
            model.eval()
            right = 0
            with torch.no_grad():
                for x, y in test_loader:
                    right += (model(x.to(device)).argmax(1) == y.to(device)).sum().item()
            row = {"seconds": time.perf_counter() - started, "test_accuracy": right / len(test_data.labels)}
            history.rows.append({"epoch": epoch, **row})
    except KeyboardInterrupt:
        pass
    return history


Loop = Callable[[Callable[[Any], None], int, int], Any]
"""Takes what to call after each step, a seed and a number of epochs; returns a History."""


def speed_of(loop: Loop, batch_size: int, seconds: float, seed: int = 0) -> float:
    """Return the pictures per second of a loop, without what it measures between the epochs.

    Parameters
    ----------
    loop : function
        Told to run for very many epochs, and ended by an interrupt.
    batch_size : int
        How many pictures a step takes.
    seconds : float
        How long to let it run.
    seed : int
        For the weights and the order.
    """
    news: list[tuple[float, int, int]] = []

    def listen(progress: Any) -> None:
        if not progress.epoch_done:
            news.append((time.perf_counter(), progress.step, progress.epoch))
            if len(news) > 1 and news[-1][0] - news[0][0] > seconds:
                raise KeyboardInterrupt

    loop(listen, seed, 10_000)
    pairs = [(a, b) for a, b in itertools.pairwise(news) if a[2] == b[2]]
    if not pairs:
        raise DataError("There are too few pictures to measure the speed of this device: fetch the whole collection.")
    return batch_size * sum(b[1] - a[1] for a, b in pairs) / sum(b[0] - a[0] for a, b in pairs)


def first_time(history: Any, target: float) -> float | None:
    """Return the seconds after which a run first measured that accuracy, or None if it never did."""
    return next((row["seconds"] for row in history.rows if row["test_accuracy"] >= target), None)


def _course_loop(options: argparse.Namespace, train_data: Any, test_data: Any) -> Loop:
    def loop(progress: Callable[[Any], None], seed: int, epochs: int) -> Any:
        from course.models import build_model, recipe
        from course.training import train

        settings = recipe(options.model, f"{options.epochs}e", options.device)
        settings |= {"budget": f"{epochs}e", "device": options.device, "seed": seed, "compiled": options.compile}
        return train(build_model(options.model, seed), train_data, test_data, progress=progress, **settings)

    return loop


def _tutorial_loop(options: argparse.Namespace, train_data: Any, test_data: Any, device: Any) -> Loop:
    def loop(progress: Callable[[Any], None], seed: int, epochs: int) -> Any:
        import torch

        from course.models import build_model

        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = build_model(options.model, seed)
            return tutorial_train(model, train_data, test_data, epochs=epochs, device=device, progress=progress)

    return loop


def _print_accuracies(options: argparse.Namespace, train_data: Any, test_data: Any) -> None:
    """Train the course's way, once for each budget and seed, and print what came of each run."""
    from course.models import build_model, recipe
    from course.training import train

    print("\nbudget  seed   steps  seconds  processor  test accuracy")
    for budget in options.budgets:
        for seed in range(options.accuracy_rounds):
            settings = recipe(options.model, budget, options.device)
            settings |= {"budget": budget, "device": options.device, "seed": seed, "compiled": options.compile}
            before = time.process_time()
            history = train(build_model(options.model, seed), train_data, test_data, **settings)
            last, processor = history.rows[-1], time.process_time() - before
            print(
                f"{budget:>6}  {seed:>4}  {last['step']:>6,}  {last['seconds']:>7.1f}  {processor:>9.1f}  "
                f"{last['test_accuracy']:.2%}",
                flush=True,
            )
            if history.stopped:
                return


def _print_times(histories: dict[str, list[Any]], options: argparse.Namespace) -> None:
    print(f"\nseconds to a test accuracy, in runs of {options.epochs} epochs, median of {options.accuracy_rounds}:")
    for target in TARGETS:
        cells, medians = [], []
        for name, runs in histories.items():
            reached = [value for history in runs if (value := first_time(history, target)) is not None]
            if len(reached) == len(runs):
                medians.append(statistics.median(reached))
                cells.append(f"{name} {medians[-1]:7.1f} s")
            else:
                cells.append(f"{name} in {len(reached)} of {len(runs)} runs")
        ratio = f"   ratio {medians[1] / medians[0]:.2f}" if len(medians) == 2 else ""
        print(f"  {target:.0%}  " + "   ".join(cells) + ratio)
    for name, runs in histories.items():
        last = [history.rows[-1] for history in runs]
        accuracy = statistics.median(row["test_accuracy"] for row in last)
        print(f"  {name}: at the end {accuracy:.2%} after {statistics.median(row['seconds'] for row in last):.1f} s")


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m course bench train", description=HELP)
    parser.add_argument("--model", choices=("small", "book"), default="small")
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    parser.add_argument("--data", metavar="DIR", type=Path, help="folder with Fashion-MNIST")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each loop for the speed (default: 3)")
    parser.add_argument("--seconds", type=float, default=5, help="of each turn (default: 5)")
    parser.add_argument("--epochs", type=int, default=5, help="of the runs to accuracy (default: 5)")
    parser.add_argument("--accuracy-rounds", type=int, default=1, help="runs to accuracy of each loop (default: 1)")
    parser.add_argument(
        "--budgets",
        nargs="+",
        metavar="BUDGET",
        help="instead of all that: what the course reaches in 25s, 2m, 10e ...",
    )
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, help="torch.compile in the course's loop")
    options = parser.parse_args(words)
    for name, least in (("rounds", 1), ("seconds", 0.01), ("epochs", 1), ("accuracy_rounds", 0)):
        value = getattr(options, name)
        if not value >= least:
            raise argument_error("bench train", name, f"be at least {least}", value, "Leave it out for the default.")
    return options
