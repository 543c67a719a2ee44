"""What a trained network has learned, as plain NumPy arrays: figures draw them, this module computes them.

Pictures are uint8 of shape (N, H, W), from 0 (black) to 255, as `course.data.fashion_mnist` returns them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from .answers import as_input, check_pictures, each_pixel_poked
from .errors import argument_error
from .layers import Layer, follow, layers_of, used_as_it_is
from .receptive import Layer as Window
from .receptive import unit_window

__all__ = [
    "feature_maps",
    "field_of",
    "first_filters",
    "pixels_seen",
]


def feature_maps(model: nn.Module, image: np.ndarray) -> dict[str, np.ndarray]:
    """Return what each layer of a network makes of one picture.

    Parameters
    ----------
    model : torch.nn.Module
        Any network, in evaluation mode; its layers are those that a picture goes through.
    image : uint8 array of shape (H, W)
        One picture.

    Returns
    -------
    dict of str to float32 arrays
        In the order of the layers, with names such as ``"0 Conv2d"``, ``"1 BatchNorm2d"``: shape (maps, height, width)
        for convolutions and pooling, (neurons,) after the flattening.

    Examples
    --------
    >>> from course.models import fashion_cnn
    >>> maps = feature_maps(fashion_cnn(), np.zeros((28, 28), np.uint8))
    >>> maps["2 MaxPool2d"].shape
    (64, 14, 14)
    """
    check_pictures("feature_maps", image[None] if isinstance(image, np.ndarray) else image)
    maps: dict[str, np.ndarray] = {}

    def keep(number: int, layer: Layer, output: torch.Tensor) -> None:
        # A copy: a later ReLU may work in place.
        maps[f"{number} {layer.name}"] = np.array(output[0].float().cpu().numpy(), order="C")

    with used_as_it_is(model):
        follow(model, as_input(model, image[None]), keep)
    return maps


def first_filters(model: nn.Module) -> np.ndarray:
    """Return a copy of the weights of the first convolution: the filters that look at the picture itself.

    Returns
    -------
    float32 array of shape (filters, in_channels, kernel height, kernel width)
        One small image for each filter and input channel.

    Raises
    ------
    ArgumentError
        The network has no convolution.

    Examples
    --------
    >>> from course.models import small_fashion_cnn
    >>> first_filters(small_fashion_cnn()).shape
    (8, 1, 7, 7)
    """
    for layer in layers_of(model):
        if layer.kind == "conv":
            return np.array(layer.options["weight"].detach().float().cpu().numpy(), order="C")
    raise argument_error(
        "first_filters", "model", "have a convolution", type(model).__name__, "Give a network with a Conv2d layer."
    )


def pixels_seen(
    model: nn.Module, layer: int, unit: Sequence[int], images: np.ndarray, method: str = "gradient"
) -> np.ndarray:
    """Return how strongly one unit of a network depends on each pixel.

    Parameters
    ----------
    model : torch.nn.Module
        The network; used in evaluation mode.
    layer : int
        The unit is one of the outputs of this layer, counted from 0 as in `feature_maps`.
    unit : sequence of int
        (map, row, column) after a convolution or pooling, (neuron,) after the flattening.
    images : uint8 array of shape (N, H, W)
        The pictures to look at: a unit behind a max-pooling sees other pixels in other pictures.
    method : {"gradient", "poke"}
        ``"gradient"``: the size of the derivative by each pixel (per unit of brightness, black to white being 1), mean
        over the pictures; fast. ``"poke"``: each pixel in turn is made as different as can be (dark to white, bright
        to black), and the change of the unit measured, mean over the pictures; slow, but sees what a derivative of 0
        hides.

    Returns
    -------
    float64 array of shape (H, W)
        At least 0. Pixels outside the receptive field are exactly 0.

    Examples
    --------
    >>> from course.models import fashion_cnn
    >>> seen = pixels_seen(fashion_cnn(), 0, (0, 10, 10), np.zeros((1, 28, 28), np.uint8))
    >>> [int(places.min()) for places in np.nonzero(seen)], [int(places.max()) for places in np.nonzero(seen)]
    ([7, 7], [13, 13])
    """
    check_pictures("pixels_seen", images)
    if method not in ("gradient", "poke"):
        raise argument_error("pixels_seen", "method", "be gradient or poke", method, "Use method='gradient'.")
    part = _up_to(model, layer)
    with used_as_it_is(model):
        shape = tuple(part(as_input(model, images[:1])).shape[1:])
        place = tuple(unit)
        if len(place) != len(shape) or not all(0 <= at < size for at, size in zip(place, shape, strict=True)):
            rule = f"be a place in the output of layer {layer}, which has shape {shape}"
            raise argument_error("pixels_seen", "unit", rule, unit, "Give map, row and column, each counted from 0.")
        if method == "poke":
            return _poke(model, part, place, images)
    with used_as_it_is(model, gradients=True):
        x = as_input(model, images).requires_grad_()
        value = _unit_of(part(x), place).sum()
        (gradient,) = torch.autograd.grad(value, x)
    return gradient.abs().mean(dim=(0, 1)).double().cpu().numpy()


def field_of(model: nn.Module, layer: int, place: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return which pixels a unit can see, by the windows of the layers below it.

    Parameters
    ----------
    model : torch.nn.Module
        For pictures of 28 × 28 pixels, a row of layers without branches.
    layer : int
        The unit is one of the outputs of this layer, counted from 0 as in `feature_maps`.
    place : (row, column)
        Of the unit in its map.

    Returns
    -------
    (first row, last row, first column, last column)
        Within the picture, ends included.

    Examples
    --------
    >>> from course.models import fashion_cnn
    >>> field_of(fashion_cnn(), 2, (0, 3))
    (0, 4, 3, 10)
    """
    windows = [one for one in layers_of(model)[: layer + 1] if one.kind in ("conv", "pool")]
    edges: list[int] = []
    for axis, at in enumerate(place):
        stack = []
        for one in windows:
            size, stride, padding, dilation = (
                one.pair(option)[axis] for option in ("kernel_size", "stride", "padding", "dilation")
            )
            stack.append(Window(dilation * (size - 1) + 1, stride, padding))
        edges += [min(max(edge, 0), 27) for edge in unit_window(stack, at)]
    return edges[0], edges[1], edges[2], edges[3]


class _ReachedError(Exception):
    """Ends a run at the layer that is asked for, and carries its output."""

    def __init__(self, output: torch.Tensor):
        super().__init__()
        self.output = output


def _up_to(model: nn.Module, layer: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return the function from pictures to the output of one layer."""

    def part(x: torch.Tensor) -> torch.Tensor:
        layers = 0

        def stop(number: int, one: Layer, output: torch.Tensor) -> None:
            nonlocal layers
            layers = number + 1
            if number == layer:
                raise _ReachedError(output)

        try:
            follow(model, x, stop)
        except _ReachedError as reached:
            return reached.output
        rule = f"be from 0 to {layers - 1}"
        raise argument_error("pixels_seen", "layer", rule, layer, "Count the layers of the network from 0.")

    return part


def _unit_of(outputs: torch.Tensor, place: tuple[int, ...]) -> torch.Tensor:
    """Return one unit's output for each picture."""
    index: Any = (slice(None), *place)
    return outputs[index]


def _poke(
    model: nn.Module, part: Callable[[torch.Tensor], torch.Tensor], place: tuple[int, ...], images: np.ndarray
) -> np.ndarray:
    height, width = images.shape[1:]
    change = np.zeros(height * width)
    for image in images:
        poked = each_pixel_poked(image)
        before = _unit_of(part(as_input(model, image[None])), place)
        for start in range(0, len(poked), 98):
            after = _unit_of(part(as_input(model, poked[start : start + 98])), place)
            moved = (after - before).abs()
            rounding = 1e-5 * torch.maximum(after.abs(), before.abs()).max()  # sums come in another order in a batch
            change[start : start + 98] += torch.where(moved > rounding, moved, 0).double().cpu().numpy()
    return (change / len(images)).reshape(height, width)
