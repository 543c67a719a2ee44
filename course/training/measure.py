"""How well a network does on pictures that it does not learn from."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from .batches import Pictures
from .device import Plan
from .processes import Team

__all__ = ["evaluate", "measure"]

AT_ONCE = 500  # pictures


def evaluate(model: nn.Module, pictures: Pictures, plan: Plan | None = None) -> tuple[float, float]:
    """Return mean loss and accuracy (0 to 1) of a network on all the pictures, without learning from them.

    Parameters
    ----------
    model : torch.nn.Module
        On the device of the pictures. It is in evaluation mode while measured, and as it was before afterwards.
    pictures : Pictures
        As from `pictures_on`.
    plan : Plan, optional
        For mixed precision; float32 without it.
    """
    loss, accuracy, _ = measure(model, pictures, plan)
    return loss, accuracy


def measure(
    model: nn.Module,
    pictures: Pictures,
    plan: Plan | None = None,
    team: Team | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> tuple[float, float, int]:
    """Return mean loss, accuracy, and on how many pictures they were measured.

    Parameters
    ----------
    model, pictures, plan
        As in `evaluate`.
    team : Team, optional
        Each process measures its part, and all get the whole result.
    go_on : function, optional
        Asked after every 500 pictures; when it returns False, what was measured so far is returned.
    """
    rank, world = (team.rank, team.world) if team else (0, 1)
    before = model.training
    model.eval()
    sums, seen = torch.zeros(2, device=pictures.labels.device), 0
    with torch.no_grad():
        for start in range(rank * AT_ONCE, len(pictures), world * AT_ONCE):
            x, y = pictures.batch(slice(start, start + AT_ONCE))
            if plan is None:
                logits = model(x)
            else:
                with plan.autocast():
                    logits = model(x)
            loss = F.cross_entropy(logits.float(), y, reduction="sum")
            sums += torch.stack([loss, (logits.argmax(1) == y).sum()])
            seen += len(y)
            if not go_on():
                break
    model.train(before)
    sums = torch.cat([sums, sums.new_tensor([seen])])
    loss_sum, right, seen = (team.total(sums) if team else sums).tolist()
    return loss_sum / seen, right / seen, round(seen)
