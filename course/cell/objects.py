"""Arguments that are not plain data, described by plain data and built where the reader's function runs.

Those of PyTorch are in `networks`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["FACTORIES", "Clock", "Made", "factory"]

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
        from . import networks  # noqa: F401 (its factories are registered)

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
    outputs = _outputs_of(layers)

    def network(picture: np.ndarray) -> np.ndarray:
        maps = np.array(picture, dtype=float)
        if maps.ndim != 2:
            raise ValueError(f"the network takes a picture of shape (height, width), not of shape {maps.shape}")
        key = (maps.shape, maps.tobytes())
        if key not in outputs:
            for layer in layers:
                maps = kinds[layer["kind"]](maps, layer)
            outputs[key] = maps
        return outputs[key].copy()

    return network


_OUTPUTS: dict[int, tuple[list[dict[str, Any]], dict[Any, np.ndarray]]] = {}


def _outputs_of(layers: list[dict[str, Any]]) -> dict[Any, np.ndarray]:
    """Return what a network has given so far, by picture: known mistakes poke the same pixels again and again."""
    if id(layers) not in _OUTPUTS:
        if len(_OUTPUTS) > 100:
            _OUTPUTS.clear()
        _OUTPUTS[id(layers)] = (layers, {})  # the list is kept, so that no other one gets its number
    return _OUTPUTS[id(layers)][1]


def _conv(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    weight = np.asarray(layer["weight"])
    windows = _windows(maps, weight.shape, layer.get("stride", 1), layer.get("padding", 0), layer.get("dilation", 1))
    return windows @ weight.ravel() + layer.get("bias", 0.0)


def _gate(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return _conv(maps, layer) * _conv(maps, {"weight": layer["weight_2"]})


def _relu(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return np.maximum(maps, 0)


def _max_pool(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return _windows(maps, (layer["size"], layer["size"]), layer["size"]).max(axis=-1)


def _avg_pool(maps: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return _windows(maps, (layer["size"], layer["size"]), layer["size"]).sum(axis=-1) / layer["size"] ** 2


def _windows(maps: np.ndarray, size: tuple[int, int], stride: int, padding: int = 0, dilation: int = 1) -> np.ndarray:
    """Return the pixels of each window, in a row: an array (height, width, pixels)."""
    pixels = np.zeros(maps.size + 1)  # the last one is the zero of the padding
    pixels[:-1] = maps.ravel()
    return pixels[_seen(maps.shape, size, stride, padding, dilation)]


@functools.lru_cache
def _seen(shape: tuple[int, ...], size: tuple[int, int], stride: int, padding: int, dilation: int) -> np.ndarray:
    """Return the number of each pixel of each window: a network is run for every pixel of a picture, so keep them."""
    count = math.prod(shape)
    pixels = np.pad(np.arange(count).reshape(shape), padding, constant_values=count)
    whole = (dilation * (size[0] - 1) + 1, dilation * (size[1] - 1) + 1)
    windows = np.lib.stride_tricks.sliding_window_view(pixels, whole)[::stride, ::stride, ::dilation, ::dilation]
    return windows.reshape(*windows.shape[:2], -1)


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


# --- Lesson 5: a training run -----------------------------------------------------------------------


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
