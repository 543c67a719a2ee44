"""Training: one visible loop (`loop`), and what it stands on: device, batches, checkpoint, history."""

from __future__ import annotations

from .batches import Pictures, as_float, batch_order, pictures_on
from .checkpoint import read_checkpoint, write_checkpoint, write_whole
from .device import Plan, choose_device, plan_for
from .history import Budget, History, Progress
from .live import LiveBar, LiveCurve, ProgressLine, history_figure
from .loop import one_cycle, train
from .measure import evaluate
from .processes import is_leader
from .record import RecordedRun, recorded_run
from .several import train_all
from .snapshots import Snapshots

__all__ = [
    "Budget",
    "History",
    "LiveBar",
    "LiveCurve",
    "Pictures",
    "Plan",
    "Progress",
    "ProgressLine",
    "RecordedRun",
    "Snapshots",
    "as_float",
    "batch_order",
    "choose_device",
    "evaluate",
    "history_figure",
    "is_leader",
    "one_cycle",
    "pictures_on",
    "plan_for",
    "read_checkpoint",
    "recorded_run",
    "train",
    "train_all",
    "write_checkpoint",
    "write_whole",
]
