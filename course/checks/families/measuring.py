"""Loss and accuracy of a network over batches, in parts that may go wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..spec import Mistake, wrong
from .networks import cross_entropy

__all__ = ["Means", "Sizes", "for_each", "frozen", "last_alone", "means_of_batches", "measure", "over_all_pictures"]

# Loss and accuracy are made in the same two steps: a mean for each batch, and one number of all of them.

Means = Sequence[float]
Sizes = Sequence[int]
Way = Callable[[Means, Sizes, int], float]


def right_answers(logits: Any, y: Any) -> Any:
    """Return the share of right answers of a batch."""
    return (logits.argmax(dim=1) == y).sum() / len(y)


def over_all_pictures(means: Means, sizes: Sizes, count: int) -> float:
    """Let each batch count by its pictures."""
    return float(np.dot(means, sizes)) / count


def without_gradients(model: Any) -> Any:
    """Record nothing, here alone."""
    import torch

    return torch.no_grad()


def measure(
    model: Any,
    batches: Any,
    device: Any,
    *,
    mode: bool | None = False,
    recording: Callable[[Any], Any] = without_gradients,
    moves: tuple[bool, bool] = (True, True),
    seen: slice = slice(None),
    counts: Callable[[Any, Sizes], int] = lambda batches, sizes: sum(sizes),
    loss_of: Callable[[Any, Any], Any] = cross_entropy,
    loss_from: Way = over_all_pictures,
    hits_of: Callable[[Any, Any], Any] = right_answers,
    share_from: Way = over_all_pictures,
    share: Callable[[float], float] = lambda share: share,
    returns: Callable[[float, float], Any] = lambda loss, share: (loss, share),
) -> Any:
    """Measure a network; each argument is a part that may go wrong."""
    losses, hits, sizes = [], [], []
    if mode is not None:
        model.train(mode)
    with recording(model):
        for x, y in batches[seen]:
            x, y = x.to(device) if moves[0] else x, y.to(device) if moves[1] else y
            logits = model(x)
            losses.append(float(loss_of(logits, y)))
            hits.append(float(hits_of(logits, y)))
            sizes.append(len(y))
    count = counts(batches, sizes)
    return returns(loss_from(losses, sizes, count), share(share_from(hits, sizes, count)))


# --- The wrong ways -------------------------------------------------------------------------------------------


def frozen(model: Any) -> Any:
    """Freeze the weights, and leave them so."""
    model.requires_grad_(False)
    return contextlib.nullcontext()


def means_of_batches(means: Means, sizes: Sizes, count: int) -> float:
    """Let each batch count the same."""
    return float(np.mean(means))


def last_alone(means: Means, sizes: Sizes, count: int) -> float:
    """Take the last batch."""
    return means[-1]


def for_each(loss_name: str, loss_says: str, accuracy_name: str, accuracy_says: str, way: Way) -> list[Mistake]:
    """Return the same mistake, in the loss and in the accuracy."""
    return [wrong(loss_name, loss_says, loss_from=way), wrong(accuracy_name, accuracy_says, share_from=way)]
