"""Networks, batches and optimizers that note down how they are used, and what is observed of them.

Like `objects`, this enters a learner's process while work is graded: PyTorch is imported inside functions alone.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np

from .objects import factory

__all__ = ["observe_answers", "observe_evaluation", "observe_step", "observe_tensor"]

# --- Lesson 5: networks of PyTorch ---------------------------------------------------------------------
# A network made here has weights that follow from a seed, and notes down how it is used.

_made_last: list[Any] = []  # the network that the next optimizer and the next batches are for


@factory
def torch_network(layers: list[tuple], seed: int = 0, training: bool = True, stale: bool = False) -> Any:
    """Return a network of PyTorch.

    Parameters
    ----------
    layers : list of tuple
        Such as ``("Conv2d", 1, 2, (3, 2))``: name and arguments of a layer of `torch.nn`; ``("Sequential", [...])``
        holds layers itself, ``("Again", k)`` is layer k once more, ``("Drop",)`` drops every other number.
    seed : int
        Of the weights.
    training : bool
        Whether it is in training mode.
    stale : bool
        Whether gradients of an earlier batch are still there.
    """
    import torch

    torch.set_grad_enabled(True)  # an earlier call may have left both otherwise
    torch.set_default_dtype(torch.float32)
    with torch.random.fork_rng(devices=[]):
        network = _noting()(*_layers(layers))
    rng = np.random.default_rng(seed)
    for weight in network.parameters():
        weight.data = torch.from_numpy(rng.normal(0, 0.7, tuple(weight.shape)).astype(np.float32))
        if stale:
            weight.grad = torch.from_numpy(rng.normal(0, 1, tuple(weight.shape)).astype(np.float32))
    network.train(training)
    network.notes = []
    network.before = _all_weights(network)
    _note_backward(network)
    _made_last[:] = [network]
    return network


def _layers(layers: list[tuple]) -> list[Any]:
    from torch import nn

    made: list[Any] = []
    for kind, *arguments in layers:
        if kind == "Sequential":
            made.append(nn.Sequential(*_layers(arguments[0])))
        elif kind == "Again":
            made.append(made[arguments[0]])
        elif kind == "Drop":
            made.append(_drop_every_other())
        else:
            options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
            made.append(getattr(nn, kind)(*arguments, **options))
    return made


def _drop_every_other() -> Any:
    import torch
    from torch import nn

    class DropEveryOther(nn.Dropout):
        """Dropout without chance, so that a run can be repeated."""

        def forward(self, x: Any) -> Any:
            if not self.training:
                return x
            kept = torch.arange(x.numel(), device=x.device).reshape(x.shape) % 2
            return 2 * kept * x

    return DropEveryOther(0.5)


@functools.cache
def _noting() -> Any:
    from torch import nn

    class Network(nn.Sequential):
        """A network that notes its mode, whether gradients are recorded, and whether its pictures were moved to it."""

        notes: Any

        def forward(self, x: Any) -> Any:
            marked = hasattr(x, "place")
            logits = super().forward(_bare(x) if marked else x)
            self.notes.append("training mode" if self.training else "evaluation mode")
            self.notes.append("gradients" if logits.requires_grad else "no gradients")
            if not marked:
                return logits
            if x.place == HERE:
                self.notes.append("pictures not moved")
            return _placed(logits, THERE)

    return Network


def _note_backward(network: Any) -> None:
    """Note when a gradient reaches the last weight, and whether it is added to one that was there before."""
    weight = list(network.parameters())[-1]
    arrived = network.arrived = []

    def arrives(gradient: Any) -> None:
        network.notes.append("backward")
        arrived.append(gradient.detach().clone())

    def is_added(weight: Any) -> None:
        if len(arrived) == 1 and not weight.grad.equal(arrived[0]):
            network.notes.append("old gradients")

    weight.register_hook(arrives)
    weight.register_post_accumulate_grad_hook(is_added)


def _all_weights(network: Any) -> Any:
    import torch

    return torch.cat([weight.detach().flatten() for weight in network.parameters()])


@factory
def torch_tensor(values: Any) -> Any:
    """Return a tensor that holds the numbers of an array."""
    import torch

    return torch.tensor(values)


@factory
def torch_sgd(rate: float, momentum: float = 0.0, decay: float = 0.0) -> Any:
    """Return gradient descent for the network that was made last; with momentum, there have been steps before."""
    import torch

    network = _made_last[0]
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=momentum, weight_decay=decay)
    rng = np.random.default_rng(1)
    for weight in network.parameters() if momentum else ():
        last = rng.normal(0, 1, tuple(weight.shape)).astype(np.float32)
        optimizer.state[weight]["momentum_buffer"] = torch.from_numpy(last)
    network.settings = _settings(optimizer)
    optimizer.register_step_pre_hook(lambda *arguments: network.notes.append("step"))
    return optimizer


def _settings(optimizer: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in group.items() if name != "params"} for group in optimizer.param_groups]


def observe_step(result: Any, arguments: list[Any]) -> Any:
    """Return the loss that a training step gave, and what it did to the network."""
    network, optimizer = arguments[0], arguments[-1]
    if (result is None or result is Ellipsis) and not network.notes:
        return None
    modes = [note for note in network.notes if note.endswith("mode")]
    calls = [note for note in network.notes if note in ("backward", "step")]
    steps, last = calls.count("step"), list(network.parameters())[-1]
    weights = _all_weights(network)
    if steps > 1:
        weights = "after several steps"
    elif steps == 0 and not weights.equal(network.before):
        weights = "changed without the optimizer"
    elif _settings(optimizer) != network.settings:
        weights = "by an optimizer with other settings"
    old = ""
    if "old gradients" in network.notes:
        old = "counted, then cleared" if last.grad is None or not last.grad.any() else "counted"
    return {
        "loss": _number(result),
        "kind": "float" if isinstance(result, float | np.floating) else type(result).__name__,
        "weights": weights,
        "steps": ("none", "one", "several")[min(steps, 2)],
        "calls": ", ".join([call for call, _ in itertools.groupby(calls)][:3]),
        "mode": modes[0] if modes else "",
        "gradient": network.arrived[0] if network.arrived else None,
        "old gradients": old,
    }


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return None
    try:
        return float(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError):
        return None


# --- Lesson 5: batches that must be moved to a device ----------------------------------------------------
# There may be no second device, so tensors here bear a mark that says on which of two they would be.

HERE, THERE = "where it was loaded", "where the network is"


@factory
def torch_batches(images: Any, labels: Any, sizes: tuple[int, ...], device: str = "") -> list[tuple[Any, Any]]:
    """Return pictures and labels in batches of these sizes; given a device, they note whether they are moved to it."""
    import torch

    x, y = torch.tensor(images), torch.tensor(labels)
    batches = list(zip(x.split(list(sizes)), y.split(list(sizes)), strict=True))
    if device:
        marked = _marked()
        marked.device, marked.notes = torch.device(device), _made_last[0].notes
        batches = [tuple(_placed(tensor, HERE) for tensor in batch) for batch in batches]
    return batches


@functools.cache
def _marked() -> Any:
    import torch

    class Marked(torch.Tensor):
        """A tensor on one of two devices, which notes where tensors of both meet."""

        notes: Any

        @classmethod
        def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            with torch._C.DisableTorchFunctionSubclass():
                given = [one for one in _all_in([*args, *kwargs.values()]) if hasattr(one, "place")]
                places = {one.place for one in given if one.ndim} or {given[0].place}
                if len(places) > 1:
                    cls.notes.append("classes not moved")
                place = THERE if THERE in places else HERE
                if function.__name__ in ("to", "cpu", "cuda"):
                    place = _place_after(cls.device, [*args[1:], *kwargs.values()], place, function.__name__)
                return _placed(function(*args, **kwargs), place)

    return Marked


def _place_after(device: Any, arguments: list[Any], place: str, name: str) -> str:
    """Return where a tensor is after `to`, `cpu` or `cuda`."""
    import torch

    if name == "cpu":
        return HERE
    for argument in arguments:
        if hasattr(argument, "place"):
            return argument.place
        if isinstance(argument, str | torch.device):
            return THERE if torch.device(argument) == device else HERE
    return place


def _placed(result: Any, place: str) -> Any:
    """Return a result whose tensors bear the mark of a place."""
    import torch

    if isinstance(result, torch.Tensor):
        result = result.as_subclass(_marked())
        result.place = place
    elif isinstance(result, tuple | list) and any(isinstance(one, torch.Tensor) for one in result):
        items = [_placed(one, place) for one in result]
        return items if isinstance(result, list) else type(result)(items)
    return result


def _all_in(values: Any) -> list[Any]:
    return [one for value in values for one in (_all_in(value) if isinstance(value, list | tuple) else [value])]


def _bare(tensor: Any) -> Any:
    """Return a tensor without its mark."""
    import torch

    with torch._C.DisableTorchFunctionSubclass():
        return tensor.as_subclass(torch.Tensor)


def observe_evaluation(result: Any, arguments: list[Any]) -> Any:
    """Return the loss and accuracy that an evaluation gave, how the network was used for it, and what it left."""
    import torch

    network = arguments[0]
    if (result is None or result is Ellipsis) and not network.notes:
        return None
    left = []
    if not torch.is_grad_enabled():
        left.append("gradients off")
    if not all(weight.requires_grad for weight in network.parameters()):
        left.append("weights frozen")
    if not _all_weights(network).equal(network.before):
        left.append("weights changed")
    if torch.get_default_dtype() != torch.float32:
        left.append("default dtype changed")
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    notes, pair = set(network.notes), _values_of(result)
    return {
        "values": len(pair),
        "form": type(result).__name__ if result is None or isinstance(result, dict | str) else "",
        "loss": _number(pair[0]) if pair else None,
        "accuracy": _number(pair[1]) if len(pair) > 1 else None,
        "mode": "training mode" if "training mode" in notes else "evaluation mode",
        "gradients": "recorded" if "gradients" in notes else "not recorded",
        "device": ", ".join(sorted(note for note in notes if note.endswith("not moved"))),
        "left": ", ".join(left),
    }


def _values_of(result: Any) -> list[Any]:
    """Return the values of a result: those of a pair, or one."""
    if isinstance(result, dict):
        return []
    if isinstance(result, tuple | list) or getattr(result, "ndim", 0) > 0:
        return list(result)
    return [result]


def observe_tensor(result: Any, arguments: list[Any]) -> Any:
    """Return kind, type of numbers, and numbers of a tensor."""
    import torch

    if result is None or result is Ellipsis:
        return None
    if not isinstance(result, torch.Tensor):
        import numpy as np

        return {"kind": type(result).__name__, "dtype": "", "values": np.asarray(result)}
    return {"kind": "Tensor", "dtype": str(result.dtype).removeprefix("torch."), "values": result}


# --- Lesson 5: a training run -----------------------------------------------------------------------


def observe_answers(result: Any, arguments: list[Any]) -> Any:
    """Return the classes that were answered for pictures, or in words what else was given."""
    import numpy as np

    train_images, _, test_images, _ = arguments
    if result is None or result is Ellipsis:
        return None
    if hasattr(result, "detach"):
        result = result.detach().cpu().numpy()
    answers = np.asarray(result)
    form = "classes"
    if answers.dtype.kind not in "biuf":
        form = "words" if answers.dtype.kind == "U" else "something else"
    elif answers.ndim == 0:
        form = "one number"
    elif answers.ndim == 2 and answers.shape[1] == 10:
        form = "ten numbers for each picture"
    elif answers.shape == (len(train_images),):
        form = "one class for each training picture"
    elif answers.shape != (len(test_images),):
        form = f"an array of shape {answers.shape}"
    elif answers.dtype.kind == "f":
        form = "floats"
    elif len(answers) > 1 and (answers == answers[0]).all():
        form = "one class for all"
    elif answers.min() < 0 or answers.max() > 9:
        form = "classes that are not from 0 to 9"
    return {"form": form, "answers": answers.astype(np.int64) if form == "classes" else None}
