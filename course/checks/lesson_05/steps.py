"""The check of one training step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..objects import Made
from ..spec import Case, Exercise, Form, Mistake, Property
from .observed import agrees

__all__ = ["TRAIN_STEP", "data", "deep_network", "plain_network"]

CLASSES = 4


def plain_network(rng: np.random.Generator) -> list[tuple]:
    """Return the layers of a network with one convolution."""
    return [("Conv2d", 1, 2, (3, 2)), ("ReLU",), ("Flatten",), ("Linear", 18, CLASSES)]


def deep_network(rng: np.random.Generator) -> list[tuple]:
    """Return the layers of a network with batch norm and dropout, which act otherwise in training."""
    return [
        ("Conv2d", 1, 3, (3, 2)),
        ("BatchNorm2d", 3),
        ("ReLU",),
        ("Flatten",),
        ("Drop",),
        ("Linear", 27, CLASSES),
    ]


def data(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random pictures and their classes."""
    return rng.random((count, 1, 5, 4)).astype(np.float32), rng.integers(0, CLASSES, count)


def _step_case(
    rng: np.random.Generator, note: str, layers: list[tuple], count: int, momentum: float = 0.0, **options: Any
) -> Case:
    x, y = data(rng, count)
    network = {"layers": layers, "seed": int(rng.integers(1000)), **options}
    return Case(
        {
            "model": Made("torch_network", network, "a small network"),
            "x": Made("torch_tensor", {"values": x}, f"{count} pictures of 5 x 4 pixels"),
            "y": Made("torch_tensor", {"values": y}, f"their classes, {', '.join(map(str, y))}"),
            "optimizer": Made("torch_sgd", {"rate": 0.1, "momentum": momentum}, "gradient descent with rate 0.1"),
        },
        note,
    )


def _fresh_steps(rng: np.random.Generator) -> list[Case]:
    plain, deep = plain_network(rng), deep_network(rng)
    return [
        _step_case(rng, "a fresh network", plain, 3),
        _step_case(rng, "with momentum", plain, 5, momentum=0.9),
        _step_case(rng, "with batch norm and dropout", deep, 4),
    ]


def _stale_steps(rng: np.random.Generator) -> list[Case]:
    return [_step_case(rng, "gradients of an earlier batch are still there", plain_network(rng), 4, stale=True)]


def _evaluated_before(rng: np.random.Generator) -> list[Case]:
    return [_step_case(rng, "the network comes from an evaluation", deep_network(rng), 4, training=False)]


def _step(
    model: Any,
    x: Any,
    y: Any,
    optimizer: Any,
    order: tuple[str, ...] = ("train", "zero", "backward", "step"),
    loss_of: Callable[[Any, Any], Any] | None = None,
) -> float:
    """Make one step; the order, and the loss, are where a mistake differs."""
    import torch.nn.functional as F

    if order[0] in ("train", "eval"):
        model.train(order[0] == "train")
    loss = (loss_of or F.cross_entropy)(model(x), y)
    for action in order:
        if action == "zero":
            optimizer.zero_grad()
        elif action == "backward":
            loss.backward()
        elif action == "step":
            optimizer.step()
    return loss.item()


def _step_reference(model: Any, x: Any, y: Any, optimizer: Any) -> float:
    return _step(model, x, y, optimizer)


def _step_first_zero(model: Any, x: Any, y: Any, optimizer: Any) -> float:
    from torch import nn

    for weight in model.parameters():
        weight.grad = None
    model.train()
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def _ordered(*order: str) -> Callable[..., float]:
    return lambda model, x, y, optimizer: _step(model, x, y, optimizer, order)


def _with_loss(loss_of: Callable[[Any, Any], Any]) -> Callable[..., float]:
    return lambda model, x, y, optimizer: _step(model, x, y, optimizer, loss_of=loss_of)


def _softmax_twice(logits: Any, y: Any) -> Any:
    import torch.nn.functional as F

    return F.cross_entropy(logits.softmax(dim=1), y)


def _summed(logits: Any, y: Any) -> Any:
    import torch.nn.functional as F

    return F.cross_entropy(logits, y, reduction="sum")


def _no_logarithm(logits: Any, y: Any) -> Any:
    import torch.nn.functional as F

    return F.nll_loss(logits, y)


def _squares(logits: Any, y: Any) -> Any:
    import torch.nn.functional as F

    return F.mse_loss(logits, F.one_hot(y, CLASSES).float())


def _without_gradients(model: Any, x: Any, y: Any, optimizer: Any) -> float:
    import torch

    with torch.no_grad():
        return _step(model, x, y, optimizer)


def _gives_tensor(model: Any, x: Any, y: Any, optimizer: Any) -> Any:
    import torch

    return torch.tensor(_step(model, x, y, optimizer))


def _gives_nothing(model: Any, x: Any, y: Any, optimizer: Any) -> None:
    _step(model, x, y, optimizer)


def _step_agrees(**says: str) -> Any:
    return agrees(_step_reference, "observe_step", **says)


CHANGED = "after the step, the weights are not those that one step of gradient descent gives"

TRAIN_STEP = Exercise(
    name="train_step",
    reference=_step_reference,
    packages=("torch",),
    observe="observe_step",
    properties=[
        Property(
            "loss", "The loss is the cross-entropy of the logits, before the step.", _fresh_steps, _step_agrees(loss="")
        ),
        Property(
            "weights", "One step changes the weights once.", _fresh_steps, _step_agrees(weights=CHANGED), weight=2
        ),
        Property(
            "old gradients",
            "Gradients of earlier batches must not count: PyTorch adds new ones to them.",
            _stale_steps,
            _step_agrees(weights=CHANGED),
        ),
        Property(
            "training mode",
            "Dropout and batch norm must know that this is training.",
            _evaluated_before,
            _step_agrees(mode="the network runs in evaluation mode", weights=CHANGED),
        ),
        Property(
            "a number",
            "Return a Python number: a tensor would keep all that its gradient needs in memory.",
            _fresh_steps,
            _step_agrees(kind="the loss is not a Python number: loss.item() is"),
        ),
    ],
    mistakes=[
        Mistake(
            "no zero_grad",
            "You never clear the old gradients, and PyTorch adds the new ones to them. Call optimizer.zero_grad() "
            "before backward.",
            _ordered("train", "backward", "step"),
        ),
        Mistake(
            "step before backward",
            "You step before you compute the gradients. First backward, then step.",
            _ordered("train", "zero", "step", "backward"),
        ),
        Mistake(
            "step before backward, no zero_grad",
            "You step before you compute the gradients, with those of the batch before. First zero_grad, then "
            "backward, then step.",
            _ordered("train", "step", "backward"),
        ),
        Mistake(
            "gradients cleared before the step",
            "You clear the gradients between backward and step, so that nothing is left to step with.",
            _ordered("train", "backward", "zero", "step"),
        ),
        Mistake("no step", "You compute the gradients, but never step.", _ordered("train", "zero", "backward")),
        Mistake(
            "no backward",
            "You never call loss.backward(), so there are no gradients to step with.",
            _ordered("train", "zero", "step"),
        ),
        Mistake(
            "training mode not set",
            "You leave the network in the mode it is in. After an evaluation, dropout is off then: call model.train().",
            _ordered("zero", "backward", "step"),
        ),
        Mistake(
            "evaluation mode",
            "You train in evaluation mode. Dropout is off then, and batch norm learns no means: call model.train().",
            _ordered("eval", "zero", "backward", "step"),
        ),
        Mistake(
            "softmax before cross-entropy",
            "You apply a softmax before the cross-entropy, which has one in itself. Give it the logits.",
            _with_loss(_softmax_twice),
        ),
        Mistake(
            "sum of the losses",
            "You add up the losses of the batch. Their mean does not depend on the size of the batch.",
            _with_loss(_summed),
        ),
        Mistake(
            "no logarithm",
            "nll_loss awaits logarithms of probabilities. cross_entropy takes the logits as they are.",
            _with_loss(_no_logarithm),
        ),
        Mistake(
            "squared errors",
            "You use squared errors. For classes, the loss of this lesson is the cross-entropy.",
            _with_loss(_squares),
        ),
        Mistake(
            "no_grad while training",
            "You compute inside torch.no_grad(), where nothing is noted down for the gradient.",
            _without_gradients,
        ),
        Mistake(
            "a tensor for a number",
            "You return the loss as a tensor. loss.item() is the number alone.",
            _gives_tensor,
        ),
        Mistake("nothing returned", "You make the step, but return nothing. Return the loss.", _gives_nothing),
    ],
    hints=[
        "Five lines: mode, loss, zero_grad, backward, step. Then return the number.",
        "`torch.nn.functional.cross_entropy(logits, y)` takes the logits and the classes.",
        "optimizer.zero_grad(), loss.backward(), optimizer.step(), in this order.",
    ],
    right_forms=[Form("gradients cleared by hand, first", _step_first_zero)],
)
