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
