"""Receptive fields of units deep in a network, layer by layer.

Three numbers follow a stack of layers, along one axis:

- ``size``: how many input pixels one unit sees (its receptive field);
- ``jump``: how many input pixels lie between what two neighbouring units see;
- ``start``: where the first unit looks, as the position of the centre of its receptive field.

Source of the recurrences: A. Araujo, W. Norris and J. Sim, *Computing Receptive Fields of
Convolutional Neural Networks*, Distill, 2019.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .arithmetic import whole_number
from .errors import argument_error

__all__ = ["Layer", "Step", "receptive_field", "trace", "unit_window"]


@dataclass(frozen=True)
class Layer:
    """A convolution or a pooling, along one axis: both look through a window.

    Parameters
    ----------
    kernel_size, stride : int
        Pixels of the window, and from one window to the next; at least 1.
    padding : int
        Zeros on each side, at least 0.
    name : str
        What figures and tables call it.

    Examples
    --------
    >>> Layer(3, stride=2, name="pool")
    Layer(kernel_size=3, stride=2, padding=0, name='pool')
    """

    kernel_size: int
    stride: int = 1
    padding: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        whole_number("Layer", "kernel_size", self.kernel_size)
        whole_number("Layer", "stride", self.stride)
        whole_number("Layer", "padding", self.padding, least=0)


@dataclass(frozen=True)
class Step:
    """What a unit of one layer sees of the input: see the three numbers in the module's text.

    ``start`` is counted so that the centre of the first pixel is 0.0; it is a half for even sizes.
    """

    name: str
    size: int
    jump: int
    start: float


def trace(layers: Iterable[Layer]) -> list[Step]:
    """Return size, jump and start of the input itself, and then of each layer.

    Parameters
    ----------
    layers : iterable of Layer or tuple
        From the input upwards; a tuple holds the numbers of a `Layer`, (kernel_size, stride, padding).

    Returns
    -------
    list of Step
        One more than there are layers.

    Raises
    ------
    ArgumentError
        If a layer is neither a `Layer` nor a tuple of its numbers.

    Examples
    --------
    >>> for step in trace([Layer(3, name="conv"), Layer(2, stride=2, name="pool"), Layer(3, name="conv")]):
    ...     print(step.name, step.size, step.jump, step.start)
    input 1 1 0.0
    conv 3 1 1.0
    pool 4 2 1.5
    conv 8 2 3.5
    """
    size, jump, start = 1, 1, 0.0
    steps = [Step("input", size, jump, start)]
    for layer in map(_as_layer, layers):
        size += (layer.kernel_size - 1) * jump
        start += ((layer.kernel_size - 1) / 2 - layer.padding) * jump
        jump *= layer.stride
        steps.append(Step(layer.name, size, jump, start))
    return steps


def receptive_field(layers: Iterable[Layer]) -> int:
    """Return how many input pixels, along one axis, a unit above all these layers sees.

    Each layer adds ``(kernel_size - 1)`` times the product of the strides *below* it.

    Examples
    --------
    >>> receptive_field([Layer(3), Layer(3)])
    5
    """
    return trace(layers)[-1].size


def unit_window(layers: Iterable[Layer], index: int) -> tuple[int, int]:
    """Return the first and the last input pixel that unit `index` of the last layer sees.

    Both are included, and counted in the input without padding: they may lie outside it.

    Examples
    --------
    >>> unit_window([Layer(3, stride=2, padding=1), Layer(3)], 1)
    (1, 7)
    """
    index = whole_number("unit_window", "index", index, least=0)
    last = trace(layers)[-1]
    first = round(last.start - (last.size - 1) / 2) + index * last.jump
    return first, first + last.size - 1


def _as_layer(layer: object) -> Layer:
    if isinstance(layer, Layer):
        return layer
    if isinstance(layer, tuple) and 1 <= len(layer) <= 4:
        return Layer(*layer)
    raise argument_error(
        "receptive_field", "layers", "hold Layer objects", layer, "Write Layer(kernel_size, stride, padding)."
    )
