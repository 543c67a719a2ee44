"""How well a network does on pictures that it does not learn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .batches import Pictures
from .device import Plan
from .processes import Team

__all__ = ["Measured", "confusion_of", "evaluate", "measure"]

AT_ONCE = 500  # pictures


class Measured(NamedTuple):
    """What a network did on pictures that it does not learn from.

    Attributes
    ----------
    loss, accuracy : float
        The mean loss, and the share of right answers from 0 to 1.
    pictures : int
        On how many it was measured.
    answers : int64 tensor of shape (N,)
        The class that was answered to each of the N pictures, -1 where it was not measured.
    """

    loss: float
    accuracy: float
    pictures: int
    answers: torch.Tensor


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
    measured = measure(model, pictures, plan)
    return measured.loss, measured.accuracy


def measure(
    model: nn.Module,
    pictures: Pictures,
    plan: Plan | None = None,
    team: Team | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Measured:
    """Return mean loss, accuracy, on how many pictures they were measured, and the answers.

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
    loss_sum = torch.zeros((), device=pictures.labels.device)
    answers = torch.zeros_like(pictures.labels)  # one more than the class; 0 where nothing is answered
    with torch.no_grad():
        for start in range(rank * AT_ONCE, len(pictures), world * AT_ONCE):
            here = slice(start, start + AT_ONCE)
            x, y = pictures.batch(here)
            if plan is None:
                logits = model(x)
            else:
                with plan.autocast():
                    logits = model(x)
            loss_sum += F.cross_entropy(logits.float(), y, reduction="sum")
            answers[here] = logits.argmax(1) + 1
            if not go_on():
                break
    model.train(before)
    if team:
        loss_sum, answers = team.total(loss_sum), team.total(answers)
    answers -= 1
    seen, right = int((answers >= 0).sum()), int((answers == pictures.labels).sum())
    return Measured(loss_sum.item() / seen, right / seen, seen, answers)


def confusion_of(labels: torch.Tensor, answers: torch.Tensor) -> list[list[int]]:
    """Return the confusion matrix of answers as `measure` gives them: row the class that is true, column the answer.

    Examples
    --------
    >>> confusion_of(torch.tensor([0, 1, 1, 0]), torch.tensor([0, 1, 0, -1]))
    [[1, 0], [1, 1]]
    """
    from ..answers import confusion_matrix  # it stands on this package

    known = answers >= 0
    true, said = labels[known].cpu().numpy(), answers[known].cpu().numpy()
    return confusion_matrix(true, said, classes=int(max(labels.max(), answers.max())) + 1).tolist()
