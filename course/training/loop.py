"""The training loop, to be read from top to bottom: `train` sets a run up, `_train_epoch` is the loop itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import CheckpointError, TrainingError, argument_error
from .batches import Pictures, batch_order, epoch_seed, pictures_on
from .checkpoint import read_checkpoint, write_checkpoint
from .device import Plan, choose_device, plan_for
from .history import Budget, History, Progress
from .processes import Team, team_for

__all__ = ["evaluate", "one_cycle", "train"]


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


@dataclass
class _Run:
    """What the loop holds: the parts that a checkpoint keeps, and those that are made anew."""

    model: nn.Module
    trained: Callable[
        [torch.Tensor], torch.Tensor
    ]  # the same network, compiled or shared between processes where that is asked for
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    plan: Plan
    team: Team
    budget: Budget
    settings: dict[str, Any]
    history: History
    tell: Callable[[Progress], None]
    epoch: int = 0  # epochs that are done
    step: int = 0
    earlier: float = 0.0  # seconds that the run took before it was resumed
    started: float = 0.0
    used: float = 0.0  # of the budget, from 0 to 1
    finished: bool = False

    @property
    def seconds(self) -> float:
        return self.earlier + time.perf_counter() - self.started

    def look_at_budget(self, batches: int) -> float:
        """Return how much of the budget is used, from 0 to 1; all processes get the same answer."""
        done = self.step / batches if self.budget.unit == "epochs" else float(self.team.leaders(self.seconds))
        self.used = min(1.0, done / self.budget.amount)
        return self.used

    def state(self) -> dict[str, Any]:
        return {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "epoch": self.epoch,
            "step": self.step,
            "seconds": self.seconds,
            "finished": self.finished,
            "rows": self.history.rows,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        self.history.rows[:] = state["rows"]
        self.epoch, self.step, self.finished = state["epoch"], state["step"], state["finished"]
        self.earlier, self.started = state["seconds"], time.perf_counter()


def train(
    model: nn.Module,
    train_data: Any,
    test_data: Any,
    *,
    budget: str = "10e",
    device: str = "auto",
    seed: int = 0,
    batch_size: int = 128,
    peak_rate: float = 0.1,
    momentum: float = 0.9,
    weight_decay: float = 2e-3,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    compiled: bool | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> History:
    """Train a network with stochastic gradient descent, momentum and a one-cycle learning rate.

    Interrupting it (Ctrl-C, or the square button of a notebook) ends the run at the last whole epoch, without an error.

    Parameters
    ----------
    model : torch.nn.Module
        From float32 pictures (pictures, 1, H, W) to logits (pictures, classes). It is trained in place; at the end
        it is back where it was, ready to be used (in evaluation mode).
    train_data, test_data : object
        Each has ``images``, uint8 (N, H, W), and ``labels``, whole numbers (N,), as from `course.data.fashion_mnist`.
    budget : str
        ``"10e"`` for ten epochs (gives the same result each time), or ``"45s"``, ``"4m"``, ``"1h"`` of time: all of
        training and the measurements between the epochs; the last measurement comes on top.
    device : {"auto", "cuda", "mps", "cpu"}
        Where to train.
    seed : int
        At least 0. Order of the pictures and dropout follow from it; the first weights are those of the network given.
    batch_size : int
        Pictures in one step, over all processes.
    peak_rate, momentum, weight_decay : float
        Of the optimizer; the learning rate rises to the peak and falls to 0 (`one_cycle`).
    checkpoint : path, optional
        A file that keeps the whole state after each epoch.
    resume : bool
        Go on from that file, if it is there. The result is then that of a run that was never interrupted.
    compiled : bool, optional
        Whether to use `torch.compile`; by default where it pays.
    progress : function, optional
        Called with a `Progress` after each step (on a GPU: every 50 steps) and each epoch.

    Returns
    -------
    History
        One row for each epoch; ``stopped`` says why the run ended early, if it did.

    Raises
    ------
    ArgumentError
        A setting or the data cannot be used.
    CheckpointError
        The checkpoint is damaged, belongs to another run, or cannot be written. The last good one is kept.
    TrainingError
        The loss is no longer a number. The network is as it was after the last good epoch, as is the checkpoint.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> data = SimpleNamespace(images=np.zeros((8, 4, 4), np.uint8), labels=np.arange(8) % 2)
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    >>> len(train(network, data, data, budget="2e", batch_size=4, device="cpu").rows)
    2
    """
    limit = Budget.parse(budget)
    plan = plan_for(choose_device(device), limit, compiled)
    train_set, test_set = pictures_on(plan.device, train_data), pictures_on(plan.device, test_data)
    _check_settings(seed, batch_size, len(train_set), peak_rate=peak_rate, momentum=momentum, decay=weight_decay)

    home = next(model.parameters()).device
    with team_for(plan.device) as team:
        if batch_size % team.world:
            rule = f"be a multiple of the {team.world} processes"
            raise argument_error("train", "batch_size", rule, batch_size, "Give each process the same share.")
        plan.place(model)
        shared = team.wrap(model)
        run = _Run(
            model=model,
            trained=torch.compile(shared) if plan.compiled else shared,
            optimizer=torch.optim.SGD(
                model.parameters(), lr=peak_rate, momentum=momentum, weight_decay=weight_decay, nesterov=momentum > 0
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
                "pictures": len(train_set),
                "weights": [list(parameter.shape) for parameter in model.parameters()],
            },
            history=History(device=str(plan) + (f", {team.world} processes" if team.world > 1 else "")),
            tell=progress or (lambda news: None),
        )
        try:
            _train_run(run, train_set, test_set, Path(checkpoint) if checkpoint else None, resume)
        finally:
            model.to(device=home, memory_format=torch.contiguous_format)  # type: ignore[call-overload]
            model.eval()
            # DistributedDataParallel must go before the group of processes does: freed later, it would wait for the
            # group's thread, which may wait for Python itself.
            del run.trained, shared
    return run.history


def _train_run(run: _Run, train_set: Pictures, test_set: Pictures, checkpoint: Path | None, resume: bool) -> None:
    """Run epoch after epoch until the budget is used, keeping the last good state on disk and in memory."""
    run.started = time.perf_counter()
    if resume and checkpoint is not None:
        _resume(run, checkpoint)
    good = _copy(run.state())
    gpus = [run.plan.device] if run.plan.device.type == "cuda" else []
    try:
        while not run.finished:
            with torch.random.fork_rng(devices=gpus):
                torch.manual_seed(epoch_seed(run.settings["seed"], run.epoch + 1, run.team.rank))
                _train_epoch(run, train_set, test_set)
            if checkpoint is not None and run.team.rank == 0:
                write_checkpoint(checkpoint, run.state())
            good = _copy(run.state())
            run.tell(_news(run, run.history.rows[-1]["train_loss"], epoch_done=True))
    except KeyboardInterrupt:
        run.restore(good)
        run.history.stopped = f"Stopped, as you asked, with what was learned in {run.epoch} whole epochs."
    except TrainingError:
        run.restore(good)
        raise


def _train_epoch(run: _Run, train_set: Pictures, test_set: Pictures) -> None:
    """Show the network every picture once, learn from each batch, then measure it on the test pictures."""
    settings, team = run.settings, run.team
    order = batch_order(
        len(train_set), settings["batch_size"], settings["seed"], run.epoch + 1, team.rank, team.world
    ).to(run.plan.device)
    sums, seen = torch.zeros(2, device=run.plan.device), 0  # loss and right answers, over the pictures seen
    listen_every = 1 if run.plan.device.type == "cpu" else 50  # reading a number makes a GPU wait

    run.model.train()
    for index in order:
        used = run.look_at_budget(len(order))
        rate = settings["peak_rate"] * one_cycle(used)
        for group in run.optimizer.param_groups:
            group["lr"] = rate

        x, y = train_set.batch(index)
        with run.plan.autocast():
            logits = run.trained(x)
            loss = F.cross_entropy(logits, y)
        run.optimizer.zero_grad()
        run.scaler.scale(loss).backward()
        run.scaler.step(run.optimizer)
        run.scaler.update()

        with torch.no_grad():
            sums += torch.stack([loss * len(y), (logits.argmax(1) == y).sum()])
        seen += len(y)
        run.step += 1
        if run.step % listen_every == 0:
            _must_be_number(loss.item(), run)
            run.tell(_news(run, loss.item()))
        if used >= 1:  # the time is over
            break

    run.epoch += 1
    loss_sum, right, seen = team.total(torch.cat([sums, sums.new_tensor([seen])])).tolist()
    team.share_statistics(run.model)
    test_loss, test_accuracy = evaluate(run.model, test_set, run.plan, team)
    _must_be_number(loss_sum + test_loss, run)
    run.finished = run.look_at_budget(len(order)) >= 1
    run.history.rows.append(
        {
            "epoch": run.epoch,
            "seconds": round(run.seconds, 3),
            "rate": run.optimizer.param_groups[0]["lr"],
            "train_loss": loss_sum / seen,
            "train_accuracy": right / seen,
            "test_loss": test_loss,
            "test_accuracy": test_accuracy,
        }
    )


def evaluate(
    model: nn.Module, pictures: Pictures, plan: Plan | None = None, team: Team | None = None
) -> tuple[float, float]:
    """Return mean loss and accuracy (0 to 1) of a network on all the pictures, without learning from them.

    Parameters
    ----------
    model : torch.nn.Module
        On the device of the pictures. It is in evaluation mode while measured, and as it was before afterwards.
    pictures : Pictures
        As from `pictures_on`.
    plan : Plan, optional
        For mixed precision; float32 without it.
    team : Team, optional
        Each process measures its part, and all get the whole result.
    """
    rank, world = (team.rank, team.world) if team else (0, 1)
    before = model.training
    model.eval()
    sums, seen = torch.zeros(2, device=pictures.labels.device), 0
    with torch.no_grad():
        for start in range(rank * 500, len(pictures), world * 500):
            x, y = pictures.batch(slice(start, start + 500))
            if plan is None:
                logits = model(x)
            else:
                with plan.autocast():
                    logits = model(x)
            loss = F.cross_entropy(logits.float(), y, reduction="sum")
            sums += torch.stack([loss, (logits.argmax(1) == y).sum()])
            seen += len(y)
    model.train(before)
    sums = torch.cat([sums, sums.new_tensor([seen])])
    loss_sum, right, seen = (team.total(sums) if team else sums).tolist()
    return loss_sum / seen, right / seen


def _resume(run: _Run, checkpoint: Path) -> None:
    """Take up the state in the file, if there is one; the first process reads, and tells the others."""
    state: dict[str, Any] | CheckpointError | None = None
    if run.team.rank == 0 and checkpoint.exists():
        try:
            state = read_checkpoint(checkpoint)
        except CheckpointError as error:
            state = error
    state = run.team.leaders(state)
    if isinstance(state, CheckpointError):
        raise state
    if state is None:
        return
    for name, value in run.settings.items():
        found = state["settings"].get(name)
        if found != value:
            if name == "weights":
                raise CheckpointError(f"{checkpoint} is of another network. Resume with the network it was made with.")
            raise CheckpointError(
                f"{checkpoint} was made with {name} = {found}, and this run asks for {value}. "
                "Resume with the same settings, or start anew in another folder."
            )
    try:
        run.restore(state)
    except (RuntimeError, ValueError, KeyError, TypeError):
        raise CheckpointError(
            f"{checkpoint} is of another network. Resume with the network it was made with."
        ) from None


def _must_be_number(loss: float, run: _Run) -> None:
    if not math.isfinite(loss):
        done = len(run.history.rows)
        raise TrainingError(
            f"The loss is no longer a number, at step {run.step}: the learning rate {run.settings['peak_rate']:g} is "
            "too high, or the data is damaged. Try a tenth of the rate. "
            f"The network is as it was after {done} whole epochs."
        )


def _news(run: _Run, loss: float, epoch_done: bool = False) -> Progress:
    epoch = run.epoch if epoch_done else run.epoch + 1
    return Progress(epoch, run.used, run.seconds, loss, run.history, epoch_done, run.step)


def _copy(state: Any) -> Any:
    """Return a copy of a state that training does not change any more."""
    if isinstance(state, torch.Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return type(state)((key, _copy(value)) for key, value in state.items())
    if isinstance(state, list):
        return [_copy(value) for value in state]
    return state


def _check_settings(seed: int, batch_size: int, count: int, **rates: float) -> None:
    if not (isinstance(seed, int) and seed >= 0):
        raise argument_error("train", "seed", "be a whole number, at least 0", seed, "Use seed=0.")
    if not (isinstance(batch_size, int) and 1 <= batch_size <= count):
        raise argument_error(
            "train", "batch_size", f"be from 1 to the number of pictures, {count}", batch_size, "Use batch_size=128."
        )
    for name, rate in rates.items():
        if not (math.isfinite(rate) and rate >= 0):
            name = {"decay": "weight_decay"}.get(name, name)
            raise argument_error("train", name, "be a number, at least 0", rate, "Use the default.")
