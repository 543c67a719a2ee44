"""Parameters, connections and multiplications of a network, part by part, counted from its modules.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proc.
IEEE 86 (1998), 2278-2324: section II.B states the counts of LeNet-5.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import nn

from ..layers import used_as_it_is
from .parts import RBF, PartialConv2d, Subsample

__all__ = ["LayerCount", "layer_counts"]


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
