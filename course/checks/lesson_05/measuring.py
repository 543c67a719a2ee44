"""The check of measuring a network: mean loss and accuracy over batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..objects import Made
from ..spec import Case, Exercise, Form, Mistake, Property
from .observed import agrees
from .steps import data, deep_network, plain_network

__all__ = ["EVALUATE"]


def _eval_case(
    rng: np.random.Generator, note: str, layers: list[tuple], sizes: tuple[int, ...], training: bool = False
) -> Case:
    images, labels = data(rng, sum(sizes))
    # Three quarters of the classes are those that come out most often, so that batches differ in accuracy.
    options = {"images": images, "labels": labels, "sizes": sizes}
    network = {"layers": layers, "seed": int(rng.integers(1000)), "training": training}
    return Case(
        {
            "model": Made(
                "torch_network", network, f"a small network in {'training' if training else 'evaluation'} mode"
            ),
            "batches": Made("torch_batches", options, f"batches of {', '.join(map(str, sizes))} pictures"),
            "device": "cpu",
        },
        note,
    )


def _equal_batches(rng: np.random.Generator) -> list[Case]:
    return [
        _eval_case(rng, "one batch", plain_network(rng), (6,)),
        _eval_case(rng, "batches of the same size", plain_network(rng), (5, 5, 5)),
    ]


def _unequal_batches(rng: np.random.Generator) -> list[Case]:
    return [
        _eval_case(rng, "a small last batch", plain_network(rng), (7, 7, 2)),
        _eval_case(rng, "batches of all sizes", plain_network(rng), (1, 9, 4, 11)),
    ]


def _in_training_mode(rng: np.random.Generator) -> list[Case]:
    return [_eval_case(rng, "batch norm and dropout", deep_network(rng), (6, 4), training=True)]


def _evaluate(
    model: Any,
    batches: Any,
    device: Any,
    *,
    quiet: bool = True,
    mode: bool = True,
    result: Callable[[list, list, list], Any] | None = None,
    axis: int = 1,
) -> tuple[float, float]:
    """Measure a network; where a mistake differs is given by name."""
    import torch
    import torch.nn.functional as F

    losses, rights, sizes = [], [], []
    if mode:
        model.eval()
    with torch.set_grad_enabled(not quiet):
        for x, y in batches:
            logits = model(x.to(device))
            losses.append(F.cross_entropy(logits, y.to(device)).item())
            best = logits.argmax(dim=axis)[: len(y)]
            rights.append(int((best == y.to(device)[: len(best)]).sum()))
            sizes.append(len(y))
    if result is not None:
        return result(losses, rights, sizes)
    loss = sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)
    return loss, sum(rights) / sum(sizes)


def _evaluate_reference(model: Any, batches: Any, device: Any) -> tuple[float, float]:
    return _evaluate(model, batches, device)


def _evaluate_by_sums(model: Any, batches: Any, device: Any) -> Any:
    import torch
    from torch import nn

    model.to(device).eval()
    loss, right, count = torch.zeros(()), torch.zeros(()), 0
    with torch.inference_mode():
        for x, y in batches:
            logits = model(x.to(device))
            loss += nn.CrossEntropyLoss(reduction="sum")(logits, y.to(device))
            right += (logits.max(dim=1).indices == y.to(device)).sum()
            count += y.size(0)
    model.train()
    return [loss / count, right / count]


def _weighted(losses: list, sizes: list) -> float:
    return float(np.dot(losses, sizes) / sum(sizes))


def _evaluated(**differs: Any) -> Callable[..., Any]:
    return lambda model, batches, device: _evaluate(model, batches, device, **differs)


def _eval_agrees(**says: str) -> Any:
    return agrees(_evaluate_reference, "observe_evaluation", **says)


EVALUATE = Exercise(
    name="evaluate",
    reference=_evaluate_reference,
    packages=("torch",),
    observe="observe_evaluation",
    properties=[
        Property(
            "equal batches",
            "Mean loss and share of right answers, over all pictures.",
            _equal_batches,
            _eval_agrees(values="the result should be two numbers: loss and accuracy", loss="", accuracy=""),
        ),
        Property(
            "unequal batches",
            "Each picture counts the same, whatever batch it is in.",
            _unequal_batches,
            _eval_agrees(loss="", accuracy=""),
        ),
        Property(
            "evaluation mode",
            "Dropout is off while measuring, and batch norm uses what it learned.",
            _in_training_mode,
            _eval_agrees(mode="the network runs in training mode", loss="", accuracy=""),
        ),
        Property(
            "no gradients",
            "Nothing is learned here, so nothing needs to be noted down for a gradient.",
            _equal_batches,
            _eval_agrees(gradients="PyTorch notes everything down for a gradient that nobody asks for"),
        ),
    ],
    mistakes=[
        Mistake(
            "the mean of unequal batches",
            "You take the mean over the batches. The last batch may be small, and its pictures would count more. Sum "
            "up over pictures, and divide once.",
            _evaluated(
                result=lambda losses, rights, sizes: (
                    float(np.mean(losses)),
                    float(np.mean(np.array(rights) / np.array(sizes))),
                )
            ),
        ),
        Mistake(
            "the mean of unequal batches for the loss",
            "Your accuracy is right. For the loss you take the mean over the batches, and the last one may be small.",
            _evaluated(
                result=lambda losses, rights, sizes: (float(np.mean(losses)), sum(rights) / sum(sizes)),
            ),
        ),
        Mistake(
            "dropout on while evaluating",
            "Your network stays in training mode: dropout is on, and batch norm uses the means of each batch. Call "
            "model.eval().",
            _evaluated(mode=False),
        ),
        Mistake(
            "no no_grad",
            "Your numbers are right, but PyTorch notes everything down for a gradient. Put the loop into "
            "`with torch.no_grad():`, which saves memory and time.",
            _evaluated(quiet=False),
        ),
        Mistake(
            "neither evaluation mode nor no_grad",
            "Your network stays in training mode, and PyTorch notes everything down for a gradient. Use model.eval() "
            "and torch.no_grad().",
            _evaluated(mode=False, quiet=False),
        ),
        Mistake(
            "the last batch alone",
            "Your numbers are those of the last batch. Add up over all batches.",
            _evaluated(result=lambda losses, rights, sizes: (losses[-1], rights[-1] / sizes[-1])),
        ),
        Mistake(
            "divided by the number of batches",
            "You divide the right answers by the number of batches. Divide by the number of pictures.",
            _evaluated(result=lambda losses, rights, sizes: (_weighted(losses, sizes), sum(rights) / len(sizes))),
        ),
        Mistake(
            "per cent",
            "You return the accuracy in per cent. Wanted is a share, from 0 to 1.",
            _evaluated(result=lambda losses, rights, sizes: (_weighted(losses, sizes), 100 * sum(rights) / sum(sizes))),
        ),
        Mistake(
            "a count for a share",
            "You return how many answers are right. Divide by the number of pictures.",
            _evaluated(result=lambda losses, rights, sizes: (_weighted(losses, sizes), sum(rights))),
        ),
        Mistake(
            "accuracy before loss",
            "You return (accuracy, loss). Wanted is (loss, accuracy).",
            _evaluated(result=lambda losses, rights, sizes: (sum(rights) / sum(sizes), _weighted(losses, sizes))),
        ),
        Mistake(
            "accuracy alone",
            "You return the accuracy alone. Return two numbers: loss, accuracy.",
            _evaluated(result=lambda losses, rights, sizes: sum(rights) / sum(sizes)),
        ),
        Mistake(
            "sum of the batches' losses",
            "You add up the mean losses of the batches. Multiply each by its number of pictures, and divide the sum by "
            "all pictures.",
            _evaluated(result=lambda losses, rights, sizes: (sum(losses), sum(rights) / sum(sizes))),
        ),
    ],
    hints=[
        "Keep three sums: of losses, of right answers, and of pictures. Divide at the very end.",
        'cross_entropy gives the mean over its batch. Times len(y), it is the sum; or ask for reduction="sum".',
        "Before the loop: model.eval(). Around it: with torch.no_grad(). In it: x.to(device), y.to(device).",
    ],
    right_forms=[Form("sums in tensors", _evaluate_by_sums)],
    forbidden=("course.training",),
)
