"""The layers that pictures go through in a network, whatever code the network is written in.

A row of layers, rows within rows, a class with a `forward` of its own, calls of `torch.nn.functional`: what is followed
are the operations themselves, one after the other, on a real forward pass.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from .errors import argument_error

__all__ = ["Layer", "follow", "layers_of", "one_thread", "used_as_it_is"]

# Operation of PyTorch -> kind of layer, and the class of torch.nn that does it.
OPERATIONS = {
    "conv2d": ("conv", "Conv2d"),
    "max_pool2d": ("pool", "MaxPool2d"),
    "avg_pool2d": ("pool", "AvgPool2d"),
    "adaptive_avg_pool2d": ("adaptiveavgpool2d", "AdaptiveAvgPool2d"),
    "adaptive_max_pool2d": ("adaptivemaxpool2d", "AdaptiveMaxPool2d"),
    "batch_norm": ("norm", "BatchNorm2d"),
    "group_norm": ("norm", "GroupNorm"),
    "layer_norm": ("norm", "LayerNorm"),
    "flatten": ("flatten", "Flatten"),
    "linear": ("dense", "Linear"),
    "dropout": ("dropout", "Dropout"),
    "dropout2d": ("dropout", "Dropout2d"),
    "relu": ("relu", "ReLU"),
    "leaky_relu": ("leakyrelu", "LeakyReLU"),
    "elu": ("elu", "ELU"),
    "gelu": ("gelu", "GELU"),
    "silu": ("silu", "SiLU"),
    "sigmoid": ("sigmoid", "Sigmoid"),
    "tanh": ("tanh", "Tanh"),
    "softmax": ("softmax", "Softmax"),
    "log_softmax": ("logsoftmax", "LogSoftmax"),
}
RESHAPING = ("reshape", "view")  # a layer where they line maps up
ARGUMENTS = {  # the names of what follows the pictures, where it is given without names
    "conv2d": ("weight", "bias", "stride", "padding", "dilation", "groups"),
    "max_pool2d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool2d": ("kernel_size", "stride", "padding", "ceil_mode"),
    "linear": ("weight", "bias"),
    "batch_norm": ("running_mean", "running_var", "weight", "bias"),
    "group_norm": ("num_groups", "weight", "bias"),
    "layer_norm": ("normalized_shape", "weight", "bias"),
}


@dataclass(frozen=True)
class Layer:
    """One layer on the way of the pictures.

    Attributes
    ----------
    kind : str
        "conv", "pool", "norm", "flatten", "dense", or the class of `torch.nn` in small letters, such as "relu".
    name : str
        The class of `torch.nn` that does the same, such as ``Conv2d``.
    options : dict
        What the operation was given beside the pictures: weights, stride, padding and so on.
    shape : tuple of int
        Of one picture's output: (maps, height, width) or (features,).
    """

    kind: str
    name: str
    options: dict[str, Any] = field(repr=False)
    shape: tuple[int, ...] = ()

    def pair(self, option: str) -> tuple[int, int]:
        """Return ``kernel_size``, ``stride``, ``padding`` or ``dilation`` as (vertical, horizontal)."""
        if option == "kernel_size" and self.kind == "conv":
            return _pair(self.options["weight"].shape[2:])
        if option == "stride" and self.kind == "pool" and not self.options.get("stride"):
            return self.pair("kernel_size")  # windows side by side
        value = self.options.get(option)
        if value == "same":
            spans = zip(self.pair("kernel_size"), self.pair("dilation"), strict=True)
            vertical, horizontal = (dilation * (size - 1) // 2 for size, dilation in spans)
            return vertical, horizontal
        missing = 0 if option == "padding" else 1
        return _pair(missing if value in (None, "valid") else value)

    @property
    def label(self) -> str:
        """The layer in a few words, such as ``conv 64 @ 7 × 7`` or ``dense 128``."""
        if self.kind == "conv":
            vertical, horizontal = self.pair("kernel_size")
            return f"conv {len(self.options['weight'])} @ {vertical} × {horizontal}"
        return f"dense {len(self.options['weight'])}" if self.kind == "dense" else self.kind

    def parameters(self) -> int:
        """Return how many numbers the layer learns."""
        return sum(tensor.numel() for tensor in self.tensors().values() if tensor.requires_grad)

    def multiplications(self) -> int:
        """Return how many multiply-accumulates the layer does for one picture: none but in "conv" and "dense"."""
        if self.kind not in ("conv", "dense"):
            return 0
        return math.prod(self.shape) * math.prod(self.options["weight"].shape[1:])

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return the tensors that belong to the layer: weight, bias, and the running statistics of a norm."""
        return {name: value for name, value in self.options.items() if isinstance(value, torch.Tensor)}


def follow(model: nn.Module, x: torch.Tensor, each: Callable[[int, Layer, torch.Tensor], None]) -> torch.Tensor:
    """Run pictures through a network, and tell what each layer on their way gives.

    Parameters
    ----------
    model : torch.nn.Module
        The network, used in the mode that it is in.
    x : tensor of shape (N, channels, height, width)
        The pictures.
    each : function
        Called with the number of the layer (from 0), the layer, and its output, before the next layer runs. What it
        raises ends the run.

    Returns
    -------
    tensor
        What the network gives.

    Examples
    --------
    >>> network = nn.Sequential(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), nn.Flatten())
    >>> _ = follow(network, torch.zeros(1, 1, 5, 5), lambda k, layer, out: print(k, layer.name, tuple(out.shape)))
    0 Conv2d (1, 2, 3, 3)
    1 ReLU (1, 2, 3, 3)
    2 Flatten (1, 18)
    """
    count = 0

    class Following(TorchFunctionMode):
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            nonlocal count
            output = function(*args, **(kwargs or {}))
            layer = _layer_of(function, args, kwargs or {}, output)
            if layer is not None:
                each(count, layer, output)
                count += 1
            return output

    with Following():
        result: torch.Tensor = model(x)
    return result


def layers_of(model: nn.Module, input_shape: Sequence[int] | None = None) -> list[Layer]:
    """Return the layers that a picture goes through, in evaluation mode.

    Parameters
    ----------
    model : torch.nn.Module
        The network; it is left as it was.
    input_shape : sequence of int, optional
        Of one picture: (channels, height, width). By default 28 × 28 pixels, with 1 channel or, where the network
        does not take that, with as many as one of its convolutions does.

    Raises
    ------
    ArgumentError
        This is no network, or it stops at such a picture.

    Examples
    --------
    >>> [layer.kind for layer in layers_of(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)))]
    ['flatten', 'dense']
    """
    if not isinstance(model, nn.Module):
        raise argument_error("layers_of", "model", "be a network of PyTorch", model, "Give a torch.nn.Module.")
    depths = [1, *(module.in_channels for module in model.modules() if isinstance(module, nn.Conv2d))]
    shapes = [tuple(input_shape)] if input_shape else [(depth, 28, 28) for depth in dict.fromkeys(depths)]
    problems = []
    for shape in shapes:
        found: list[Layer] = []
        try:
            _walk(model, shape, found)
            return found
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            problems.append(f"take pictures of shape {shape}; after {len(found)} layers it stopped with: {error}")
    fix = "Give the shape that the network was built for."
    raise argument_error("layers_of", "model", problems[0], type(model).__name__, fix)


@contextlib.contextmanager
def used_as_it_is(model: nn.Module, gradients: bool = False) -> Iterator[None]:
    """Use a network in evaluation mode, with or without gradients, and leave each of its layers as it was."""
    before = [(layer, layer.training) for layer in model.modules()]
    model.eval()
    try:
        with torch.set_grad_enabled(gradients):
            yield
    finally:
        for layer, training in before:
            layer.training = training


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch compute with one thread, here or as a decorator.

    For networks so small that several threads wait for each other longer than they compute, above all where other
    programs are busy on the same machine.

    Examples
    --------
    >>> with one_thread():
    ...     torch.get_num_threads()
    1
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _walk(model: nn.Module, shape: Sequence[int], found: list[Layer]) -> None:
    """Send a black picture of that shape through the network, and add the layers on its way."""
    weight = next(model.parameters(), torch.zeros(1))
    picture = torch.zeros(1, *shape, device=weight.device, dtype=weight.dtype)
    with used_as_it_is(model), torch.random.fork_rng(devices=[]):
        follow(model, picture, lambda number, layer, output: found.append(layer))


def _layer_of(function: Any, args: tuple, kwargs: dict[str, Any], output: Any) -> Layer | None:
    """Return what an operation is to a reader; nothing for what only moves numbers about."""
    if not isinstance(output, torch.Tensor):
        return None
    operation = getattr(function, "__name__", "").removesuffix("_")
    pictures = args[0] if args else kwargs.get("input")
    if operation in ("clamp", "clamp_min", "maximum") and _cuts_at_zero(args[1:], kwargs):
        operation = "relu"
    if operation in RESHAPING and isinstance(pictures, torch.Tensor) and pictures.ndim == 4 and output.ndim == 2:
        operation = "flatten"
    if operation == "mean" and isinstance(pictures, torch.Tensor) and pictures.ndim == 4 and output.ndim == 2:
        return Layer("adaptiveavgpool2d", "AdaptiveAvgPool2d", {}, tuple(output.shape[1:]))
    if operation not in OPERATIONS:
        return None
    kind, name = OPERATIONS[operation]
    given = dict(zip(ARGUMENTS.get(operation, ()), args[1:], strict=False))
    given |= {key: value for key, value in kwargs.items() if key != "input"}
    return Layer(kind, name, given, tuple(output.shape[1:]))


def _cuts_at_zero(args: tuple, kwargs: dict[str, Any]) -> bool:
    bounds = [*args, *kwargs.values()]
    return len([bound for bound in bounds if bound is not None]) == 1 and not any(
        bool(torch.as_tensor(bound).any()) for bound in bounds if bound is not None
    )


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    return int(value[0]), int(value[-1])
