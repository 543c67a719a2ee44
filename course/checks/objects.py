"""Arguments that are not plain data, described by plain data and built where the reader's function runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["FACTORIES", "Made", "factory"]

FACTORIES: dict[str, Callable[..., Any]] = {}


def factory(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a function that builds an argument, under its own name."""
    FACTORIES[function.__name__] = function
    return function


@dataclass(frozen=True)
class Made:
    """An argument that a factory of this module makes anew for each call.

    Parameters
    ----------
    factory : str
        Name of a function of this module that carries the mark ``@factory``.
    options : dict
        Its keyword arguments, plain data.
    says : str
        What it is, for the reader: "a stack of two 3 x 3 convolutions".
    """

    factory: str
    options: dict[str, Any] = field(default_factory=dict)
    says: str = ""

    def build(self) -> Any:
        """Return the object."""
        return FACTORIES[self.factory](**self.options)

    def __str__(self) -> str:
        return self.says or self.factory


# --- Small networks, from one picture to one map -------------------------------------------------------


@factory
def small_network(layers: list[dict[str, Any]]) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from a picture (height, width) to a map: the layers, one after the other.

    A layer is a dictionary with a "kind": "conv" (with "weight", and where wanted "bias", "stride", "padding",
    "dilation"), "gate" (the product of two convolutions, "weight" and "weight_2"), "relu", "max_pool" and
    "avg_pool" (with "size").
    """
    kinds = {"conv": _conv, "gate": _gate, "relu": _relu, "max_pool": _max_pool, "avg_pool": _avg_pool}

    def network(picture: np.ndarray) -> np.ndarray:
        maps = np.array(picture, dtype=float)
        if maps.ndim != 2:
            raise ValueError(f"the network takes a picture of shape (height, width), not of shape {maps.shape}")
        for layer in layers:
            maps = kinds[layer["kind"]](maps, layer)
        return maps

    return network


def _conv(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    weight, padding = np.asarray(layer["weight"]), layer.get("padding", 0)
    stride, dilation = layer.get("stride", 1), layer.get("dilation", 1)
    height, width = (dilation * (size - 1) + 1 for size in weight.shape)
    padded = np.pad(maps, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width))[::stride, ::stride]
    return np.tensordot(windows[..., ::dilation, ::dilation], weight) + layer.get("bias", 0.0)


def _gate(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return _conv(maps, layer) * _conv(maps, {"weight": layer["weight_2"]})


def _relu(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return np.maximum(maps, 0)


def _max_pool(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return _blocks(maps, layer["size"]).max(axis=(2, 3))


def _avg_pool(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return _blocks(maps, layer["size"]).mean(axis=(2, 3))


def _blocks(maps: np.ndarray, size: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(maps, (size, size))[::size, ::size]


# --- Lesson 4: layers that a picture can be slid under -------------------------------------------------
# A picture is an array (..., H, W). Blocks lie side by side, so that sizes must divide.


@factory
def max_of_blocks(size: int, times: int = 1, mirrored: bool = False) -> Callable[..., Any]:
    """Return a layer that keeps the largest value of each block, one or several times."""

    def layer(image: Any) -> Any:
        for _ in range(times):
            image = _side_by_side(image, size).max(axis=(-3, -1))
        return image[..., ::-1] if mirrored else image

    return layer


@factory
def mean_of_blocks(size: int) -> Callable[..., Any]:
    """Return a layer that keeps the mean of each block."""
    return lambda image: _side_by_side(image, size).mean(axis=(-3, -1))


@factory
def same_picture() -> Callable[..., Any]:
    """Return a layer that changes nothing."""
    return lambda image: image.copy()


@factory
def differences() -> Callable[..., Any]:
    """Return a layer that subtracts from each pixel its left neighbour."""
    return lambda image: image[..., 1:] - image[..., :-1]


@factory
def times_column() -> Callable[..., Any]:
    """Return a layer that depends on the place: each pixel times the number of its column, from 1."""
    return lambda image: image * range(1, image.shape[-1] + 1)


@factory
def left_to_right() -> Callable[..., Any]:
    """Return a layer that gives the mirror image."""
    return lambda image: image[..., ::-1].copy()


@factory
def largest_of_map() -> Callable[..., Any]:
    """Return a layer that gives the largest value of each map."""
    return lambda image: image.max(axis=(-2, -1))


def _side_by_side(image: Any, size: int) -> Any:
    height, width = image.shape[-2:]
    return image.reshape(*image.shape[:-2], height // size, size, width // size, size)


# --- Lesson 5: networks of PyTorch ---------------------------------------------------------------------
# A network made here has weights that follow from a seed, and notes down how it is used.

_made_last: list[Any] = []  # the network that the next optimizer is for


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
    import numpy as np
    import torch

    with torch.random.fork_rng(devices=[]):
        network = _sequential(layers)
    rng = np.random.default_rng(seed)
    for weight in network.parameters():
        weight.data = torch.from_numpy(rng.normal(0, 0.7, tuple(weight.shape)).astype(np.float32))
        if stale:
            weight.grad = torch.from_numpy(rng.normal(0, 1, tuple(weight.shape)).astype(np.float32))
    network.train(training)
    network.notes = []
    network.register_forward_pre_hook(_note_forward)
    for weight in list(network.parameters())[-1:]:
        weight.register_hook(lambda grad: network.notes.append("backward"))
    _made_last[:] = [network]
    return network


def _sequential(layers: list[tuple]) -> Any:
    from torch import nn

    made: list[Any] = []
    for kind, *arguments in layers:
        if kind == "Sequential":
            made.append(_sequential(arguments[0]))
        elif kind == "Again":
            made.append(made[arguments[0]])
        elif kind == "Drop":
            made.append(_drop_every_other())
        else:
            options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
            made.append(getattr(nn, kind)(*arguments, **options))
    return nn.Sequential(*made)


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


def _note_forward(network: Any, inputs: Any) -> None:
    import torch

    network.notes.append("training mode" if network.training else "evaluation mode")
    network.notes.append("gradients" if torch.is_grad_enabled() else "no gradients")


@factory
def torch_tensor(values: Any) -> Any:
    """Return a tensor that holds the numbers of an array."""
    import torch

    return torch.tensor(values)


@factory
def torch_batches(images: Any, labels: Any, sizes: tuple[int, ...]) -> list[tuple[Any, Any]]:
    """Return pictures and labels in batches of these sizes."""
    import torch

    x, y = torch.tensor(images), torch.tensor(labels)
    return list(zip(x.split(list(sizes)), y.split(list(sizes)), strict=True))


@factory
def torch_sgd(rate: float, momentum: float = 0.0) -> Any:
    """Return gradient descent for the network that was made last."""
    import torch

    network = _made_last[0]
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=momentum)
    optimizer.register_step_pre_hook(lambda *arguments: network.notes.append("step"))
    return optimizer


@factory
def pictures(values: Any) -> Any:
    """Return an array as it is: for arrays that are too large to be shown to a reader."""
    return values.copy()


class Clock:
    """Says how many seconds of a budget are left.

    Parameters
    ----------
    seconds : float
        The whole budget; it begins to run at once.
    """

    def __init__(self, seconds: float) -> None:
        import time

        self.seconds = seconds
        self._now = time.monotonic
        self._started = self._now()

    def left(self) -> float:
        """Return the seconds that are left; below 0 when the time is over."""
        return self.seconds - (self._now() - self._started)


@factory
def clock(seconds: float) -> Clock:
    """Return a clock that starts now."""
    return Clock(seconds)


def observe_network(network: Any, arguments: list[Any]) -> Any:
    """Return what a network for pictures (N, 1, 28, 28) does, once its weights are set to known numbers."""
    import zlib

    import numpy as np
    import torch

    if network is None or network is Ellipsis:
        return None
    if not isinstance(network, torch.nn.Module):
        raise TypeError(f"the result is a {type(network).__name__}, not a network of torch.nn")
    x = torch.from_numpy(np.random.default_rng(5).random((2, 1, 28, 28)).astype(np.float32))
    seen: dict[str, Any] = {"problem": "", "logits": None, "chance": False}
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network.eval()
        try:
            network(x)  # gives layers that find out their sizes the chance to do so
        except Exception as error:
            seen["problem"] = f"{type(error).__name__}: {error}"
        for weight in network.parameters():
            shape = tuple(weight.shape)
            rng = np.random.default_rng(zlib.crc32(str(shape).encode()))
            scale = np.sqrt(2 / max(1, int(np.prod(shape[1:])))) if len(shape) > 1 else 0.1
            weight.copy_(torch.from_numpy(rng.normal(0, scale, shape).astype(np.float32)))
        if not seen["problem"]:
            logits = network(x)
            if not isinstance(logits, torch.Tensor):
                raise TypeError(f"the network gives a {type(logits).__name__}, not a tensor")
            seen["logits"] = logits
            network.train()
            seen["chance"] = not torch.equal(network(x), network(x))
    seen["weights"] = tuple(sorted(str(tuple(weight.shape)) for weight in network.parameters()))
    seen["parameters"] = sum(weight.numel() for weight in network.parameters())
    dropouts = [layer for layer in network.modules() if isinstance(layer, torch.nn.Dropout)]
    seen["dropout"] = tuple(sorted(layer.p for layer in dropouts))
    return seen


def observe_tensor(result: Any, arguments: list[Any]) -> Any:
    """Return kind, type of numbers, and numbers of a tensor."""
    import torch

    if result is None or result is Ellipsis:
        return None
    if not isinstance(result, torch.Tensor):
        import numpy as np

        return {"kind": type(result).__name__, "dtype": "", "values": np.asarray(result)}
    return {"kind": "Tensor", "dtype": str(result.dtype).removeprefix("torch."), "values": result}


def observe_step(result: Any, arguments: list[Any]) -> Any:
    """Return the loss that a training step gave, and what it did to the network."""
    import torch

    network = arguments[0]
    if (result is None or result is Ellipsis) and not network.notes:
        return None
    modes = [note for note in network.notes if note.endswith("mode")]
    return {
        "loss": _number(result),
        "kind": type(result).__name__,
        "weights": torch.cat([weight.detach().flatten() for weight in network.parameters()]),
        "calls": tuple(note for note in network.notes if note in ("backward", "step")),
        "mode": modes[0] if modes else "",
    }


def observe_evaluation(result: Any, arguments: list[Any]) -> Any:
    """Return the loss and accuracy that an evaluation gave, and how the network was used for it."""
    network = arguments[0]
    if (result is None or result is Ellipsis) and not network.notes:
        return None
    pair = tuple(result) if isinstance(result, tuple | list) else (None, result)
    notes = set(network.notes)
    return {
        "values": len(pair),
        "loss": _number(pair[0]),
        "accuracy": _number(pair[-1]),
        "mode": "training mode" if "training mode" in notes else "evaluation mode",
        "gradients": "recorded" if "gradients" in notes else "not recorded",
    }


def _number(value: Any) -> float | None:
    try:
        return float(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError):
        return None


def observe_answers(result: Any, arguments: list[Any]) -> Any:
    """Return the classes that were answered for pictures, or what else was given; and whether time was left."""
    import numpy as np

    train_images, _, test_images, budget = arguments
    in_time = budget.left() >= 0
    if result is None or result is Ellipsis:
        return None
    if hasattr(result, "detach"):
        result = result.detach().cpu().numpy()
    answers = np.asarray(result)
    form = "classes"
    if answers.dtype.kind not in "biuf":
        form = "words"
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
    return {"form": form, "in time": in_time, "answers": answers.astype(np.int64) if form == "classes" else None}
