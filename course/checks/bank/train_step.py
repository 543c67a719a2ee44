"""`train_step`: one step of a network's training on one batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...cell.objects import Made
from ..cases import Maker, between
from ..families.networks import DEEP, LOSS_MISTAKES, PLAIN, cross_entropy, data, loss_with
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, layers: list[tuple], stale: bool, training: bool) -> dict[str, Any]:
    """Return a network, a batch, and an optimizer that has made steps before."""
    x, y = data(rng, pictures)
    network = {"layers": layers, "seed": int(rng.integers(2**31)), "stale": stale, "training": training}
    optimizer = {"rate": 0.02, "momentum": 0.9, "decay": 0.1}
    return {
        "model": Made("torch_network", network, f"a small network in {'training' if training else 'evaluation'} mode"),
        "x": Made("torch_tensor", {"values": x}, f"{pictures} pictures of 5 × 4 pixels"),
        "y": Made("torch_tensor", {"values": y}, f"their classes, {', '.join(map(str, y))}"),
        "optimizer": Made("torch_sgd", optimizer, "gradient descent with rate 0.02, momentum 0.9 and weight decay 0.1"),
    }


cases = Maker(make, least={"pictures": 2}, pictures=between(3, 5), layers=PLAIN, stale=False, training=True)

CHANGED = "after the step, the weights are not those that one step of this optimizer gives"

PROPERTIES = [
    Property(
        "loss",
        "The loss is the cross-entropy of the logits, before the step.",
        cases({"note": "a small network"}, {"layers": DEEP, "note": "with batch norm and dropout"}),
        entries={"loss": ""},
    ),
    Property(
        "weights",
        "The optimizer changes the weights, once.",
        cases({"note": "a small network"}, {"layers": DEEP, "note": "with batch norm and dropout"}),
        entries={"steps": "optimizer.step() should be called once", "weights": CHANGED},
        weight=2,
    ),
    Property(
        "old gradients",
        "Gradients of earlier batches must not count: PyTorch adds new ones to them.",
        cases({"stale": True, "note": "gradients of an earlier batch are still there"}),
        entries={"weights": CHANGED},
    ),
    Property(
        "training mode",
        "Dropout and batch norm must know that this is training.",
        cases({"layers": DEEP, "training": False, "note": "the network comes from an evaluation"}),
        entries={"mode": "the network runs in evaluation mode", "weights": CHANGED},
    ),
    Property(
        "a number",
        "Return a Python number: a tensor would keep all that its gradient needs in memory.",
        cases({"note": "a small network"}),
        entries={"kind": "the loss is not a Python number: loss.item() is"},
    ),
]

# --- One step, in parts ---------------------------------------------------------------------------------------


def by_its_optimizer(model: Any, optimizer: Any) -> None:
    """Let the optimizer make the step."""
    optimizer.step()


def step(
    model: Any,
    x: Any,
    y: Any,
    optimizer: Any,
    *,
    mode: bool | None = True,
    sees: Callable[[Any], Any] = lambda x: x,
    loss_of: Callable[[Any, Any], Any] = cross_entropy,
    clears: str = "first",
    steps: str = "last",
    backward: Callable[[Any], None] = lambda loss: loss.backward(),
    steps_by: Callable[[Any, Any], None] = by_its_optimizer,
    returns: Callable[[Any, Any, Any, Any], Any] = lambda loss, model, x, y: loss.item(),
) -> Any:
    """Make a step; each argument is a part that may go wrong."""
    if mode is not None:
        model.train(mode)
    for _ in range(2 if steps == "again" else 1):
        if steps == "before all":
            steps_by(model, optimizer)
        loss = loss_of(model(sees(x)), y)
        if steps == "first":
            steps_by(model, optimizer)
        if clears == "first":
            optimizer.zero_grad()
        if steps == "before backward":
            steps_by(model, optimizer)
        backward(loss)
        if clears.startswith("between"):
            optimizer.zero_grad(set_to_none=clears == "between")
        if steps in ("last", "twice", "again"):
            steps_by(model, optimizer)
        if steps == "twice":
            steps_by(model, optimizer)
        if clears == "last":
            optimizer.zero_grad()
    return returns(loss, model, x, y)


# --- The wrong ways -------------------------------------------------------------------------------------------


def by_hand(model: Any, optimizer: Any) -> None:
    """Change the weights without the optimizer."""
    for weight in model.parameters():
        if weight.grad is not None:
            weight.data -= 0.1 * weight.grad


def at_another_rate(model: Any, optimizer: Any) -> None:
    """Change the optimizer's rate before the step."""
    for group in optimizer.param_groups:
        group["lr"] = 0.1
    optimizer.step()


def clipped(model: Any, optimizer: Any) -> None:
    """Cut the gradients before the step."""
    import torch

    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def share_right(loss: Any, model: Any, x: Any, y: Any) -> float:
    """Return the share of right answers."""
    return float((model(x).argmax(dim=1) == y).float().mean())


NO_GRADIENT = (
    "loss.backward() finds nothing to compute a gradient of: the loss comes from inside torch.no_grad(), or has lost "
    "its ties to the network (through .detach(), .data, or a new tensor)."
)

MISTAKES = [
    # --- the mode ---
    wrong("training mode not set", "The network runs in the mode in which it comes. After an evaluation, dropout is "
          "off then: call model.train() first.", mode=None),
    wrong("evaluation mode", "You train in evaluation mode. Dropout is off then, and batch norm learns no means: call "
          "model.train().", mode=False),
    # --- the loss ---
    *LOSS_MISTAKES,
    wrong("ReLU before cross-entropy", "You apply a ReLU before the cross-entropy. Give it the logits: they may be "
          "below 0.", loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits.relu(), y))),
    wrong("sum of the losses", "You add up the losses of the batch. Their mean does not depend on the size of the "
          "batch.", loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits, y, reduction="sum"))),
    wrong("mean divided by the batch's size", "You divide the loss by the size of the batch. It is the mean already.",
          loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits, y) / len(y))),
    wrong("a loss for each picture", "Your loss is one number for each picture (reduction='none'), and a gradient is "
          "taken of one number. Take their mean.",
          loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits, y, reduction="none"))),
    wrong("label smoothing", "Your loss is that of smoothed labels (label_smoothing=0.1). Wanted is the plain "
          "cross-entropy.", loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits, y, label_smoothing=0.1))),
    wrong("pictures divided by 255", "You divide the pictures by 255 before the network sees them. Give them as they "
          "come.", sees=lambda x: x / 255),
    # --- old gradients ---
    wrong("no zero_grad", "The gradients that were there before are not cleared, and PyTorch adds the new ones to "
          "them. Call optimizer.zero_grad() before backward.", clears="never"),
    wrong("zero_grad after the step", "You clear the gradients after the step. Those that were there when your "
          "function was called are added to the new ones. Clear them before backward.", clears="last"),
    wrong("gradients cleared before the step", "You clear the gradients between backward and step, so that nothing is "
          "left to step with.", clears="between"),
    wrong("gradients set to 0 before the step", "You set the gradients to 0 between backward and step, so that only "
          "momentum and weight decay are left to step with.", clears="between, 0"),
    # --- backward ---
    wrong("no backward", "No gradient reaches the weights. Is loss.backward() called, with its brackets, and on the "
          "loss of this network?", backward=lambda loss: None),
    wrong("no_grad while training", NO_GRADIENT, backward=lambda loss: loss.detach().backward()),
    wrong("backward of a Python number", "You turn the loss into a Python number before backward. A number knows "
          "nothing of the network: call .item() at the end.", backward=lambda loss: loss.item().backward()),
    wrong("backward twice", "You call backward twice, so the gradient counts twice.",
          backward=lambda loss: [loss.backward(retain_graph=True) for _ in range(2)]),
    # --- the step ---
    wrong("no step", "You compute the gradients, but there is no step: call optimizer.step().", steps="never"),
    wrong("step before backward", "You step before you compute the gradients. First backward, then step.",
          steps="before backward"),
    wrong("step before zero_grad and backward", "You step first of all, with the gradients that were there before. "
          "First zero_grad, then backward, then step.", steps="first"),
    wrong("step before the loss", "You step first of all, before the loss is computed, with the gradients that were "
          "there before. First the loss, then zero_grad, then backward, then step.", steps="before all"),
    wrong("several steps", "You step more than once for one batch. One batch, one step.", steps="twice"),
    wrong("several rounds", "You repeat the whole step with the same batch, and return the loss of the last time. One "
          "batch, one step.", steps="again"),
    wrong("without the optimizer", "Your weights change without a step of the optimizer that your function is given. "
          "It brings a rate, momentum and more along: call its step().", steps_by=by_hand),
    wrong("other settings of the optimizer", "You change the settings of the optimizer, such as its rate. Use it as "
          "it comes.", steps_by=at_another_rate),
    wrong("gradients clipped", "You cut the gradients to length 1 before the step. Let the optimizer have them as "
          "they are.", steps_by=clipped),
    # --- what is returned ---
    wrong("a tensor for a number", "You return the loss as a tensor. loss.item() is the number alone.",
          returns=lambda loss, model, x, y: loss),
    wrong("an array for a number", "You return the loss as a NumPy array without axes. loss.item() is a Python number.",
          returns=lambda loss, model, x, y: loss.detach().numpy()),
    wrong("nothing returned", "You make the step, but return nothing. Return the loss.",
          returns=lambda loss, model, x, y: None),
    wrong("the loss after the step", "You return the loss after the step. Wanted is the one before it, of which the "
          "gradient was taken.", returns=lambda loss, model, x, y: cross_entropy(model(x), y).item()),
    wrong("loss times pictures", "You return the loss times the number of pictures. Wanted is their mean.",
          returns=lambda loss, model, x, y: loss.item() * len(y)),
    wrong("loss divided by pictures", "You return the loss divided by the number of pictures. It is their mean "
          "already.", returns=lambda loss, model, x, y: loss.item() / len(y)),
    wrong("text for a number", "You return the loss as text. Return the number, and let whoever shows it round it.",
          returns=lambda loss, model, x, y: f"{loss.item():.4f}"),
    wrong("loss and accuracy", "You return several values. Wanted is one number, the loss.",
          returns=lambda loss, model, x, y: (loss.item(), share_right(loss, model, x, y))),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------


def cleared_by_hand(model: Any, x: Any, y: Any, optimizer: Any) -> float:
    """Clear the gradients weight by weight, first of all."""
    from torch import nn

    for weight in model.parameters():
        weight.grad = None
    model.train()
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def with_a_closure(model: Any, x: Any, y: Any, optimizer: Any) -> float:
    """Let the optimizer ask for loss and gradient."""

    def closure() -> Any:
        model.zero_grad(set_to_none=False)
        loss = cross_entropy(model.forward(x), y)
        loss.backward()
        return loss

    model.train(True)
    return optimizer.step(closure).item()


def by_autograd(model: Any, x: Any, y: Any, optimizer: Any) -> float:
    """Set the gradients, and take the logarithm of a softmax first, which changes nothing."""
    import torch

    model.train()
    loss = cross_entropy(model(x).log_softmax(dim=1), y)
    weights = list(model.parameters())
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = gradient
    optimizer.step()
    optimizer.zero_grad()
    return loss.tolist()


def by_the_formula(model: Any, x: Any, y: Any, optimizer: Any) -> float:
    """Write the cross-entropy out."""
    model.train()
    optimizer.zero_grad()
    logits = model(x)
    losses = logits.logsumexp(dim=1) - logits[range(len(y)), y]
    loss = losses.sum() / len(y)
    loss.backward()
    optimizer.step()
    return float(loss.detach().numpy())


EXERCISE = Exercise(
    name="train_step",
    reference=step,
    computation=step,
    packages=("torch",),
    observe="observe_step",
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Five lines: mode, loss, zero_grad, backward, step. Then return the number.",
        "`torch.nn.functional.cross_entropy(logits, y)` takes the logits and the classes.",
        "optimizer.zero_grad(), loss.backward(), optimizer.step(), in this order.",
    ],
    right_forms=[
        Form("gradients cleared by hand, first", cleared_by_hand),
        Form("a closure", with_a_closure),
        Form("autograd.grad", by_autograd),
        Form("the formula", by_the_formula),
    ],
)
