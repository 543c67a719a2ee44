"""The checks of one training step, and of measuring a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..objects import Made
from ..spec import Case, Exercise, Form, Mistake, Property
from .observed import agrees

__all__ = ["EVALUATE", "TRAIN_STEP"]

CLASSES = 4


def _plain_network(rng: np.random.Generator) -> list[tuple]:
    return [("Conv2d", 1, 2, (3, 2)), ("ReLU",), ("Flatten",), ("Linear", 18, CLASSES)]


def _deep_network(rng: np.random.Generator) -> list[tuple]:
    return [
        ("Conv2d", 1, 3, (3, 2)),
        ("BatchNorm2d", 3),
        ("ReLU",),
        ("Flatten",),
        ("Drop",),
        ("Linear", 27, CLASSES),
    ]


def _data(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.random((count, 1, 5, 4)).astype(np.float32), rng.integers(0, CLASSES, count)


# --- train_step --------------------------------------------------------------------------------------------


def _step_case(
    rng: np.random.Generator, note: str, layers: list[tuple], count: int, momentum: float = 0.0, **options: Any
) -> Case:
    x, y = _data(rng, count)
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
    plain, deep = _plain_network(rng), _deep_network(rng)
    return [
        _step_case(rng, "a fresh network", plain, 3),
        _step_case(rng, "with momentum", plain, 5, momentum=0.9),
        _step_case(rng, "with batch norm and dropout", deep, 4),
    ]


def _stale_steps(rng: np.random.Generator) -> list[Case]:
    return [_step_case(rng, "gradients of an earlier batch are still there", _plain_network(rng), 4, stale=True)]


def _evaluated_before(rng: np.random.Generator) -> list[Case]:
    return [_step_case(rng, "the network comes from an evaluation", _deep_network(rng), 4, training=False)]


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

# --- evaluate ----------------------------------------------------------------------------------------------


def _eval_case(
    rng: np.random.Generator, note: str, layers: list[tuple], sizes: tuple[int, ...], training: bool = False
) -> Case:
    images, labels = _data(rng, sum(sizes))
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
        _eval_case(rng, "one batch", _plain_network(rng), (6,)),
        _eval_case(rng, "batches of the same size", _plain_network(rng), (5, 5, 5)),
    ]


def _unequal_batches(rng: np.random.Generator) -> list[Case]:
    return [
        _eval_case(rng, "a small last batch", _plain_network(rng), (7, 7, 2)),
        _eval_case(rng, "batches of all sizes", _plain_network(rng), (1, 9, 4, 11)),
    ]


def _in_training_mode(rng: np.random.Generator) -> list[Case]:
    return [_eval_case(rng, "batch norm and dropout", _deep_network(rng), (6, 4), training=True)]


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
