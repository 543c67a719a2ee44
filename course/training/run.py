"""One training run: its state, its clock, and what it does between two steps. The steps themselves are in `loop`."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..errors import CheckpointError, TrainingError
from .batches import Pictures
from .checkpoint import read_checkpoint, write_checkpoint
from .device import Plan
from .history import Budget, History, Progress
from .interrupts import Interrupts
from .measure import Measured, confusion_of, measure
from .processes import Team

__all__ = ["Run"]

QUICK_PICTURES = 1000  # of the test pictures, for the points of the curve between two epochs
POINT_SECONDS = 3.0  # between two points, at least ...
POINT_SHARE = 0.05  # ... and more if measuring and drawing would take a larger part of the time
CHECKPOINT_SECONDS = 60.0  # between two checkpoints inside an epoch
LAST_SHARE = 0.2  # of a budget of seconds, at most, goes to the last measurement


@dataclass
class Run:
    """What the loop holds: the parts that a checkpoint keeps, and those that are made anew."""

    model: nn.Module
    trained: Callable[[torch.Tensor], torch.Tensor]  # the same network, perhaps compiled, or shared between processes
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    plan: Plan
    team: Team
    budget: Budget
    settings: dict[str, Any]
    history: History
    test_set: Pictures
    batches: int  # in an epoch
    started: float  # when the clock said so
    interrupts: Interrupts
    tell_caller: Callable[[Progress], None]
    checkpoint: Path | None

    # What a checkpoint keeps.
    epoch: int = 0  # epochs that are done
    batch: int = 0  # batches of the running epoch that are done
    step: int = 0  # batches that are done in all
    earlier: float = 0.0  # seconds that the run took before it was resumed
    sums: torch.Tensor = field(default_factory=lambda: torch.zeros(3))  # loss, right answers, pictures: of the epoch

    # What it does not.
    used: float = 0.0  # of the budget, from 0 to 1
    inside_step: bool = False
    stop_asked: bool = False
    good: dict[str, Any] = field(default_factory=dict)  # a copy of the state when it was last measured
    test_seconds: float = 0.0  # what a measurement on all the test pictures takes
    measured: bool = False
    told_seconds: float = 0.0  # what the caller's function takes when it draws
    write_seconds: float = 0.0
    point_due: float = 1.0
    point_sums: torch.Tensor = field(default_factory=lambda: torch.zeros(3))  # as `sums`: since the last point
    checkpoint_due: float = 0.0

    # The clock

    @property
    def seconds(self) -> float:
        """Return how long the run has taken, with the time before it was resumed."""
        return self.earlier + time.perf_counter() - self.started

    def start(self) -> None:
        """Say where the run goes on and when the first point and the first checkpoint are due, and take a copy."""
        if not self.history.finished:
            where = str(self.plan) + (f", {self.team.world} processes" if self.team.world > 1 else "")
            here = {"step": self.step, "device": where, "pytorch": str(torch.__version__)}
            self.history.parts[:] = [part for part in self.history.parts if part["step"] < self.step] + [here]
        self.checkpoint_due = self.seconds + CHECKPOINT_SECONDS
        self.point_due = self.seconds + 1
        self.sums = self.sums.to(self.plan.device)
        self.point_sums = torch.zeros(3, device=self.plan.device)
        self.good = _copy(self.state())

    def look_at_budget(self, ahead: float = 0.0) -> float:
        """Return how much of the budget is used, from 0 to 1, that many seconds ahead; the same in all processes.

        A budget of seconds keeps back what the last measurement, checkpoint and drawing will take.
        """
        asked = self.step > 0 and (self.stop_asked or self.interrupts.count > 0)
        seconds, self.stop_asked = self.team.leaders((self.seconds, asked))
        if self.budget.unit == "epochs":
            used = self.step / self.batches / self.budget.amount
        else:
            kept = min(1.1 * self.test_seconds, LAST_SHARE * self.budget.amount)
            kept = min(kept + self.told_seconds + self.write_seconds, 0.5 * self.budget.amount)
            used = (seconds + ahead) / (self.budget.amount - kept)
        self.used = min(1.0, max(self.used, used))
        return self.used

    # Between two steps

    @contextlib.contextmanager
    def whole_step(self) -> Iterator[None]:
        """Mark the lines in which the network changes: a run that is broken off there goes back to its last copy."""
        self.inside_step, before = True, time.perf_counter()
        yield
        self.inside_step = False
        if not self.measured:  # going forward, which is all that measuring does, takes about a third of a step
            self.test_seconds = 0.4 * (time.perf_counter() - before) * len(self.test_set) / self.settings["batch_size"]

    def count(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Add up the losses and the right answers of the pictures that were learned from."""
        with torch.no_grad():
            right = (logits.argmax(1) == labels).sum()
            news = torch.stack([loss * len(labels), right, torch.full_like(right, len(labels))])
            self.sums += news
            self.point_sums += news
        self.step += 1
        self.batch += 1

    def look_around(self, loss: torch.Tensor) -> None:
        """After a step: tell the caller of it, and when it is time measure a point of the curve, or write."""
        every = 1 if self.plan.device.type == "cpu" else 50  # reading a number makes a GPU wait
        if self.step % every:
            return
        self.must_be_number(loss.item())
        point_takes = self.test_seconds * min(1, QUICK_PICTURES / len(self.test_set))
        if self.team.rank == 0 and self.used < 1 and self.seconds >= max(self.point_due, point_takes / POINT_SHARE):
            self._measure_point()
        if self.checkpoint is not None and self.seconds >= self.checkpoint_due:
            self.write()
        self.tell(loss.item())

    def _measure_point(self) -> None:
        began = time.perf_counter()
        quick = Pictures(self.test_set.images[:QUICK_PICTURES], self.test_set.labels[:QUICK_PICTURES])
        measured = measure(self.model, quick, self.plan)
        self.must_be_number(measured.loss)
        self.history.points.append(self.row_of(self.point_sums.tolist(), measured))
        self.point_sums.zero_()
        took = time.perf_counter() - began
        self._measuring_took(took, measured.pictures)
        self.point_due = self.seconds + max(POINT_SECONDS, took / POINT_SHARE)

    def measure_all(self, go_on: Callable[[], bool]) -> dict[str, float]:
        """Measure on all test pictures, or on as many as `go_on` allows, and return the row of the history for it.

        The history has its confusion matrix then, too.
        """
        began = time.perf_counter()
        self.team.share_statistics(self.model)
        measured = measure(self.model, self.test_set, self.plan, self.team, go_on)
        self.must_be_number(measured.loss)
        self._measuring_took(time.perf_counter() - began, measured.pictures)
        self.history.confusion[:] = confusion_of(self.test_set.labels, measured.answers)
        return self.row_of(self.team.total(self.sums.clone()).tolist(), measured)

    def _measuring_took(self, seconds: float, pictures: int) -> None:
        self.test_seconds = seconds * len(self.test_set) / pictures
        self.measured = True
        self.good = _copy(self.state())

    def row_of(self, sums: list[float], measured: Measured) -> dict[str, float]:
        """Return a row of the history: where the run is, what it learned lately, and what was measured now."""
        loss_sum, right, seen = sums
        return {
            "epoch": self.epoch + (self.batch > 0),
            "step": self.step,
            "seconds": round(self.seconds, 3),
            "rate": self.optimizer.param_groups[0]["lr"],
            "train_loss": loss_sum / seen if seen else math.nan,
            "train_accuracy": right / seen if seen else math.nan,
            "test_loss": measured.loss,
            "test_accuracy": measured.accuracy,
            "test_pictures": measured.pictures,
        }

    def tell(self, loss: float, epoch_done: bool = False, finished: bool = False) -> None:
        """Tell the caller where the run is."""
        epoch = self.epoch + (self.batch > 0 or not epoch_done)
        began = time.perf_counter()
        news = Progress(epoch, self.used, self.seconds, loss, self.history, epoch_done, self.step, finished)
        try:
            with self.interrupts.second_one_raises():
                self.tell_caller(news)
        except KeyboardInterrupt:
            self.stop_asked = True
        took = time.perf_counter() - began
        if took > 0.01:
            self.told_seconds = took

    def must_be_number(self, loss: float) -> None:
        """Raise a TrainingError if it is none."""
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss is no longer a number, at step {self.step}: the learning rate "
                f"{self.settings['peak_rate']:g} is too high, or the data is damaged. Try a tenth of the rate. "
                f"The network is as it was after step {self.good['step']}, when it was last measured."
            )

    # The state

    def state(self) -> dict[str, Any]:
        """Return all that a run is resumed from; the tensors are those that training goes on to change."""
        return {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "epoch": self.epoch,
            "batch": self.batch,
            "step": self.step,
            "seconds": self.seconds,
            "used": self.used,
            "finished": self.history.finished,
            "sums": self.sums,
            "rows": self.history.rows,
            "points": self.history.points,
            "confusion": self.history.confusion,
            "parts": self.history.parts,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back, or on, to a state."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        for name in ("rows", "points", "confusion", "parts"):
            getattr(self.history, name)[:] = state[name]
        self.epoch, self.batch, self.step = state["epoch"], state["batch"], state["step"]
        self.history.finished, self.used = state["finished"], state["used"]
        self.earlier, self.started = state["seconds"], time.perf_counter()
        # The sums in the state are those of the first process: the others start to add up anew.
        self.sums = state["sums"].clone().to(self.plan.device) * (self.team.rank == 0)

    def go_back(self) -> None:
        """Return to the copy that was taken when the network was last measured; the clock runs on."""
        seconds = self.seconds
        self.restore(self.good)
        self.earlier = seconds
        self.inside_step = False

    def write(self) -> None:
        """Write the checkpoint, if one is asked for."""
        if self.checkpoint is not None and self.team.rank == 0:
            began = time.perf_counter()
            write_checkpoint(self.checkpoint, self.state())
            self.write_seconds = time.perf_counter() - began
        self.checkpoint_due = self.seconds + CHECKPOINT_SECONDS

    def resume(self) -> None:
        """Take up the state in the checkpoint, if there is one; the first process reads, and tells the others."""
        assert self.checkpoint is not None
        state: dict[str, Any] | CheckpointError | None = None
        if self.team.rank == 0 and self.checkpoint.exists():
            try:
                state = read_checkpoint(self.checkpoint)
            except CheckpointError as error:
                state = error
        state = self.team.leaders(state)
        if isinstance(state, CheckpointError):
            raise state
        if state is None:
            return
        another = CheckpointError(f"{self.checkpoint} is of another network. Resume with the network it was made with.")
        for name, value in self.settings.items():
            found = state["settings"].get(name)
            if found != value:
                if name == "weights":
                    raise another
                raise CheckpointError(
                    f"{self.checkpoint} was made with {name} = {found}, and this run asks for {value}. "
                    "Resume with the same settings, or start anew in another folder."
                )
        try:
            self.restore(state)
        except (RuntimeError, ValueError, KeyError, TypeError):
            raise another from None


def _copy(state: Any) -> Any:
    """Return a copy of a state that training does not change any more."""
    if isinstance(state, torch.Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return type(state)((key, _copy(value)) for key, value in state.items())
    if isinstance(state, list):
        return [_copy(value) for value in state]
    return state
