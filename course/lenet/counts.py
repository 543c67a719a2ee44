"""Parameters, connections and multiplications of a network, part by part, counted from its modules.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proc.
IEEE 86 (1998), 2278-2324: section II.B states the counts of LeNet-5.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn

from ..layers import used_as_it_is
from .parts import RBF, PartialConv2d, Subsample

__all__ = ["LayerCount", "layer_counts", "layer_outputs", "parameters_by_layer"]

SHAPES = {(6, 28, 28): "C1", (6, 14, 14): "S2", (16, 10, 10): "C3", (16, 5, 5): "S4", (120,): "C5", (84,): "F6"}


class LayerCount(NamedTuple):
    """What one part of a network holds and does for one picture."""

    name: str
    shape: tuple[int, ...]  # of its output, without the axis of the pictures
    parameters: int  # numbers that training changes
    connections: int  # inputs and biases that its units read, each unit by itself
    multiplications: int  # products of an input and a weight


def layer_counts(model: nn.Sequential, input_shape: tuple[int, ...] = (1, 32, 32)) -> list[LayerCount]:
    """Return parameters, connections and multiply-accumulates of each part of a network, counted from its modules.

    A connection is an input or a bias of one unit, as the paper counts them: 5 for a unit of S2 (four inputs, one
    bias), 84 for a unit of the output, which has no bias. Inputs from a padding count.

    Parameters
    ----------
    model : torch.nn.Sequential
        A row of parts, such as `lenet5` or `course.models.fashion_cnn`.
    input_shape : tuple of int
        Of one picture.

    Returns
    -------
    list of LayerCount
        One for each part that has connections.

    Examples
    --------
    >>> from course.lenet import lenet5
    >>> [(row.name, row.parameters, row.connections) for row in layer_counts(lenet5())][:2]
    [('C1', 156, 122304), ('S2', 12, 5880)]
    """
    rows = []
    x = torch.zeros(1, *input_shape)
    with used_as_it_is(model):
        for name, part in model.named_children():
            counts = []
            for module in part if isinstance(part, nn.Sequential) else [part]:
                x = module(x)
                counts.append(_count(module, tuple(x.shape[1:])))
            connections, products = (sum(column) for column in zip(*counts, strict=True))
            parameters = sum(one.numel() for one in part.parameters() if one.requires_grad)
            if connections:
                rows.append(LayerCount(name, tuple(x.shape[1:]), parameters, connections, products))
    return rows


def parameters_by_layer(model: nn.Module) -> dict[str, int]:
    """Return how many numbers each layer of a LeNet-5 learns, whatever modules the network is made of.

    A parameter belongs to the first module around it that gives the maps of a layer, which are known by their shape.
    It counts if it has a gradient: the kernels that a mask keeps out of play have none, nor have those of a dead ReLU.

    Parameters
    ----------
    model : torch.nn.Module
        From pictures (N, 1, 32, 32) to (N, 10). It is left as it was.

    Returns
    -------
    dict of str to int
        By the names C1, S2, C3, S4, C5, F6 and output.

    Examples
    --------
    >>> from course.lenet import lenet5
    >>> parameters_by_layer(lenet5())
    {'C1': 156, 'S2': 12, 'C3': 1516, 'S4': 32, 'C5': 48120, 'F6': 10164, 'output': 0}
    """
    places: dict[int, str] = {}

    def look(layer: str, module: nn.Module, maps: torch.Tensor) -> None:
        for parameter in module.parameters():
            places.setdefault(id(parameter), layer)

    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    result = _watched(model, torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0)), look)
    counts = dict.fromkeys([*SHAPES.values(), "output"], 0)
    for parameter, gradient in zip(
        learning, torch.autograd.grad(result.sum(), learning, allow_unused=True), strict=True
    ):
        if gradient is not None:
            counts[places.get(id(parameter), "output")] += int((gradient != 0).sum())
    return counts


def layer_outputs(model: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return what each layer of a LeNet-5 gives for pictures, whatever modules the network is made of.

    Parameters
    ----------
    model : torch.nn.Module
        From pictures (N, 1, 32, 32) to (N, 10), whose layers have the shapes of the paper.
    x : float tensor of shape (N, 1, 32, 32)
        As from `normalise`.

    Returns
    -------
    dict of str to tensor
        By the names C1, S2, C3, S4, C5, F6, each squashed or cut as in the network, and output: (N, maps, height,
        width) or (N, numbers).

    Examples
    --------
    >>> from course.lenet import lenet5
    >>> {name: tuple(maps.shape) for name, maps in layer_outputs(lenet5(), torch.zeros(2, 1, 32, 32)).items()}["F6"]
    (2, 84)
    """
    seen: dict[str, torch.Tensor] = {}
    with used_as_it_is(model):
        result = _watched(model, x, lambda layer, module, maps: seen.__setitem__(layer, maps))
    return {name: seen[name] for name in SHAPES.values() if name in seen} | {"output": result}


def _watched(model: nn.Module, x: torch.Tensor, look: Callable[[str, nn.Module, torch.Tensor], None]) -> torch.Tensor:
    """Run a network, and tell of each of its modules that gives what a layer gives, from the inside outwards."""

    def hook(module: nn.Module, given: Any, maps: torch.Tensor) -> None:
        shape = tuple(maps.shape[1:])
        layer = SHAPES.get(shape[:1] if shape[1:] == (1, 1) else shape)
        if layer is not None:
            look(layer, module, maps.flatten(1) if shape[1:] == (1, 1) else maps)

    hooks = [module.register_forward_hook(hook) for module in model.modules()]
    try:
        result: torch.Tensor = model(x)
    finally:
        for one in hooks:
            one.remove()
    return result


def _count(module: nn.Module, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return connections, and products of an input and a weight, of a module whose output has that shape."""
    units, places = math.prod(shape), math.prod(shape[1:])
    if isinstance(module, PartialConv2d):
        return places * (module.weight.numel() + module.bias.numel()), places * module.weight.numel()
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        products = units * module.weight[0].numel()
        return products + (units if module.bias is not None else 0), products
    if isinstance(module, Subsample):
        return units * (4 + 1), units  # the four inputs are added before the one product
    if isinstance(module, (nn.AvgPool2d, nn.MaxPool2d)):
        return units * int(module.kernel_size) ** 2, 0  # type: ignore[arg-type]
    return (module.codes.numel(), module.codes.numel()) if isinstance(module, RBF) else (0, 0)
