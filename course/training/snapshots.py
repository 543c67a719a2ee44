"""Copies of a network while it learns, so that its way can be looked at afterwards."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from ..errors import argument_error
from .history import Progress

__all__ = ["Snapshots"]


class Snapshots:
    """Keeps copies of a network's weights while it is trained: given to `train` as `progress`.

    Most is learned at the beginning, so that most copies are from there: of `count` copies, the one with number k is
    taken when ``(k / count) ** 2`` of the budget is used. The end is missing: that is the network itself.

    Parameters
    ----------
    model : torch.nn.Module
        The network that is going to be trained; the first copy is of what it is now.
    count : int
        How many copies to keep, at most: fewer where one step takes longer than the time between two. Each takes as
        much memory as the network's weights.
    then : function, optional
        Called with each of the news, too, such as a `LiveCurve`.

    Attributes
    ----------
    taken : list of (str, dict of str to tensor)
        When each copy was taken, in words, and the ``state_dict`` of then, on the processor.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> from course.training import train
    >>> data = SimpleNamespace(images=np.zeros((8, 4, 4), np.uint8), labels=np.arange(8) % 2)
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    >>> snapshots = Snapshots(network, count=3)
    >>> _ = train(network, data, data, budget="4e", batch_size=4, device="cpu", progress=snapshots)
    >>> [words for words, _ in snapshots.taken]
    ['before the first step', 'after step 2', 'after step 4']
    """

    def __init__(self, model: nn.Module, count: int = 12, then: Callable[[Progress], None] | None = None):
        if not (isinstance(count, int) and count >= 1):
            raise argument_error("Snapshots", "count", "be a whole number, at least 1", count, "Use count=12.")
        self.model, self.count, self.then = model, count, then
        self.taken: list[tuple[str, dict[str, torch.Tensor]]] = []
        self._next = 1
        self._take("before the first step")

    def __call__(self, news: Progress) -> None:
        """Take a copy when it is time, and pass the news on."""
        # Squares of whole numbers, and a grain of room, since the used part is a quotient that is rounded.
        used = int((news.fraction * self.count**2 + 1e-9) ** 0.5)
        if self._next <= used < self.count and not news.finished:
            self._take(f"after step {news.step:,}")
            self._next = used + 1  # where a step took long, one copy stands for all that were due
        if self.then is not None:
            self.then(news)

    def _take(self, words: str) -> None:
        state = {
            name: tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
            for name, tensor in self.model.state_dict().items()
        }
        self.taken.append((words, state))
