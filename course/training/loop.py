"""The training loop, to be read from top to bottom: `train` sets a run up, `_train_epoch` is the loop itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import TrainingError, argument_error
from .augment import varied
from .batches import Pictures, batch_order, pictures_on, step_seed
from .device import choose_device, plan_for
from .history import Budget, History, Progress
from .interrupts import interrupts_wait
from .processes import team_for
from .run import Run

__all__ = ["one_cycle", "train"]

STOPPED_SECONDS = 3.0  # at most, to measure a network whose training was interrupted


def one_cycle(fraction: float, warm_up: float = 0.25) -> float:
    """Return the learning rate as a part of its peak: up in a line, then down to 0 in half a cosine.

    Source: L. N. Smith and N. Topin, "Super-Convergence" (2018).

    Parameters
    ----------
    fraction : float
        How much of the run is done, from 0 to 1.
    warm_up : float
        When the peak is reached.

    Examples
    --------
    >>> one_cycle(0.0), one_cycle(0.25), one_cycle(1.0)
    (0.0, 1.0, 0.0)
    """
    if fraction < warm_up:
        return fraction / warm_up
    return (1 + math.cos(math.pi * min(1.0, (fraction - warm_up) / (1 - warm_up)))) / 2


def train(
    model: nn.Module,
    train_data: Any,
    test_data: Any,
    *,
    budget: str = "10e",
    device: str = "auto",
    seed: int = 0,
    batch_size: int = 64,
    peak_rate: float = 0.05,
    momentum: float = 0.9,
    weight_decay: float = 2e-3,
    smoothing: float = 0.0,
    flips: bool = False,
    shift: int = 0,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    compiled: bool | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> History:
    """Train a network with stochastic gradient descent, momentum and a one-cycle learning rate.

    Interrupting it (Ctrl-C, or the square button of a notebook) ends the run after the running step, without an
    error: the network keeps what it learned, it is measured, and ``stopped`` in the history says so.

    Parameters
    ----------
    model : torch.nn.Module
        From float32 pictures (pictures, 1, H, W) to logits (pictures, classes). It is trained in place; at the end
        it is back where it was, ready to be used (in evaluation mode).
    train_data, test_data : object
        Each has ``images``, uint8 (N, H, W), and ``labels``, whole numbers (N,), as from `course.data.fashion_mnist`.
    budget : str
        ``"10e"`` for ten epochs (gives the same result each time), or ``"45s"``, ``"4m"``, ``"1h"`` of time for all:
        training, measuring, drawing. If the time is short, the last measurement takes a part of the test pictures.
    device : {"auto", "cuda", "mps", "cpu"}
        Where to train.
    seed : int
        At least 0. Order of the pictures and dropout follow from it; the first weights are those of the network given.
    batch_size : int
        Pictures in one step, over all processes.
    peak_rate, momentum, weight_decay : float
        Of the optimizer; the learning rate rises to the peak and falls to 0 (`one_cycle`).
    smoothing : float
        That part of the right answer is spread over all classes (label smoothing); 0 leaves the answers as they are.
    flips : bool
        Whether half of the pictures, by chance, are mirrored left to right while the network learns.
    shift : int
        By how many pixels, at most, the pictures are moved by chance while the network learns.
    checkpoint : path, optional
        A file that keeps the whole state: written after each epoch, every minute, and when the run is interrupted.
    resume : bool
        Go on from that file, if it is there, also inside an epoch. The result is then that of a run that was never
        interrupted, bit by bit with a budget of epochs.
    compiled : bool, optional
        Whether to use `torch.compile`; by default where it pays.
    progress : function, optional
        Called with a `Progress` after each step (on a GPU: every 50 steps), each epoch, and at the end. It may raise a
        KeyboardInterrupt to end the run.

    Returns
    -------
    History
        One row for each epoch, at least one; ``stopped`` says why the run ended early, if it did.

    Raises
    ------
    ArgumentError
        A setting or the data cannot be used.
    CheckpointError
        The checkpoint is damaged, belongs to another run, or cannot be written. The last good one is kept.
    TrainingError
        The loss is no longer a number. The network is as it was when it was last measured.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> data = SimpleNamespace(images=np.zeros((8, 4, 4), np.uint8), labels=np.arange(8) % 2)
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    >>> len(train(network, data, data, budget="2e", batch_size=4, device="cpu").rows)
    2
    """
    with interrupts_wait() as interrupts:
        started = time.perf_counter()
        limit = Budget.parse(budget)
        plan = plan_for(choose_device(device), limit, compiled)
        train_set, test_set = pictures_on(plan.device, train_data), pictures_on(plan.device, test_data)
        _check_settings(seed, batch_size, len(train_set), shift, peak_rate, momentum, weight_decay, smoothing)

        home = next(model.parameters()).device
        with team_for(plan.device) as team, plan.tuned():
            if batch_size % team.world:
                rule = f"be a multiple of the {team.world} processes"
                raise argument_error("train", "batch_size", rule, batch_size, "Give each process the same share.")
            plan.place(model)
            shared = team.wrap(model)
            run = Run(
                model=model,
                trained=torch.compile(shared) if plan.compiled else shared,
                optimizer=torch.optim.SGD(
                    model.parameters(),
                    lr=peak_rate,
                    momentum=momentum,
                    weight_decay=weight_decay,
                    nesterov=momentum > 0,
                    fused=True if plan.device.type == "cuda" else None,
                ),
                scaler=plan.scaler(),
                plan=plan,
                team=team,
                budget=limit,
                settings={
                    "budget": str(limit),
                    "seed": seed,
                    "batch_size": batch_size,
                    "peak_rate": peak_rate,
                    "momentum": momentum,
                    "weight_decay": weight_decay,
                    "smoothing": smoothing,
                    "flips": flips,
                    "shift": shift,
                    "pictures": len(train_set),
                    "weights": [list(parameter.shape) for parameter in model.parameters()],
                },
                history=History(),
                test_set=test_set,
                batches=len(train_set) // batch_size,
                started=started,
                interrupts=interrupts,
                tell_caller=progress or (lambda news: None),
                checkpoint=Path(checkpoint) if checkpoint else None,
            )
            try:
                _train_run(run, train_set, resume)
            finally:
                model.to(device=home, memory_format=torch.contiguous_format)  # type: ignore[call-overload]
                model.eval()
                # DistributedDataParallel must go before the group of processes does: freed later, it would wait for
                # the group's thread, which may wait for Python itself.
                del run.trained, shared
    return run.history


def _train_run(run: Run, train_set: Pictures, resume: bool) -> None:
    """Run epoch after epoch until the budget is used or somebody interrupts."""
    if resume and run.checkpoint is not None:
        run.resume()
    run.start()
    try:
        with torch.random.fork_rng(devices=[run.plan.device] if run.plan.device.type == "cuda" else []):
            while not (run.history.finished or run.stop_asked):
                _train_epoch(run, train_set)
                _end_epoch(run)
    except KeyboardInterrupt:  # where it cannot be made to wait; see `interrupts`
        run.stop_asked = True
    except TrainingError:
        run.go_back()
        raise
    if run.stop_asked or run.interrupts.count:
        _stop(run)


def _train_epoch(run: Run, train_set: Pictures) -> None:
    """Show the network every picture once, and learn from each batch."""
    settings, team = run.settings, run.team
    order = batch_order(
        len(train_set), settings["batch_size"], settings["seed"], run.epoch + 1, team.rank, team.world
    ).to(run.plan.device)

    run.model.train()
    for index in order[run.batch :]:  # a run that was resumed goes on inside its epoch
        used = run.look_at_budget()
        if run.stop_asked or (used >= 1 and run.batch > 0):  # the time is over
            break
        for group in run.optimizer.param_groups:
            group["lr"] = settings["peak_rate"] * one_cycle(used)

        torch.manual_seed(step_seed(settings["seed"], run.step, team.rank))  # for dropout, flips and shifts
        x, y = train_set.batch(index)
        x = varied(x, settings["flips"], settings["shift"])
        with run.whole_step():
            with run.plan.autocast():
                logits = run.trained(x)
                loss = F.cross_entropy(logits, y, label_smoothing=settings["smoothing"])
            run.optimizer.zero_grad()
            run.scaler.scale(loss).backward()
            run.scaler.step(run.optimizer)
            run.scaler.update()
            run.count(loss, logits, y)

        run.look_around(loss)


def _end_epoch(run: Run) -> None:
    """Measure the network on all test pictures, and keep what was measured, unless somebody interrupts."""
    run.look_at_budget()
    if run.stop_asked:
        return
    limit = run.budget.amount if run.budget.unit == "seconds" else math.inf
    row = run.measure_all(go_on=lambda: run.interrupts.count == 0 and run.seconds < limit)
    used = run.look_at_budget(ahead=run.told_seconds + run.write_seconds)
    if run.stop_asked and row["test_pictures"] < len(run.test_set):
        return  # the epoch ends when the run is resumed
    run.epoch, run.batch, run.history.finished = run.epoch + 1, 0, used >= 1
    run.sums.zero_()
    run.history.rows.append(row)
    run.write()
    run.tell(row["train_loss"], epoch_done=True, finished=run.history.finished)


def _stop(run: Run) -> None:
    """After an interrupt: write what a resumed run needs, measure what there is, and say what was kept."""
    if run.history.finished:
        run.history.stopped = "Stopped at the end of the run: nothing is missing."
        return
    reached = run.step
    if run.inside_step:
        run.go_back()
    run.write()
    words = f"Stopped at step {run.step}, " + (
        f"in epoch {run.epoch + 1} ({run.batch / run.batches:.0%})" if run.batch else f"after epoch {run.epoch}"
    )
    words += ": the network keeps what it learned up to there"
    if reached > run.step:
        words += f", without the {reached - run.step} steps since it was last measured"
    measured = not run.batch and bool(run.history.rows)
    if not measured:
        asked, until = run.interrupts.count, run.seconds + STOPPED_SECONDS
        row = run.measure_all(go_on=lambda: run.interrupts.count == asked and run.seconds < until)
        run.history.rows.append(row)
        count, whole = row["test_pictures"], len(run.test_set)
        words += f"; measured on {f'all {count:,}' if count == whole else f'{count:,} of the {whole:,}'} test pictures"
    run.history.stopped = words + "."
    run.tell(run.history.rows[-1]["train_loss"], epoch_done=not measured, finished=True)


def _check_settings(
    seed: int,
    batch_size: int,
    count: int,
    shift: int,
    peak_rate: float,
    momentum: float,
    weight_decay: float,
    smoothing: float,
) -> None:
    if not (isinstance(seed, int) and seed >= 0):
        raise argument_error("train", "seed", "be a whole number, at least 0", seed, "Use seed=0.")
    if not (isinstance(batch_size, int) and 1 <= batch_size <= count):
        raise argument_error(
            "train",
            "batch_size",
            f"be from 1 to the number of pictures, {count}",
            batch_size,
            f"Use batch_size={min(64, count)}.",
        )
    if not (isinstance(shift, int) and shift >= 0):
        raise argument_error("train", "shift", "be a whole number of pixels, at least 0", shift, "Use shift=0.")
    rates = {"peak_rate": peak_rate, "momentum": momentum, "weight_decay": weight_decay, "smoothing": smoothing}
    for name, rate in rates.items():
        if not (math.isfinite(rate) and rate >= 0):
            raise argument_error("train", name, "be a number, at least 0", rate, "Use the default.")
