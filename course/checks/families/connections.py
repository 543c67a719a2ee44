"""Networks as tables of connections: what a layer is, and where its windows lie, cannot be read from them.

The units between two layers stand in any order, and so do the inputs of each unit. What is left to read is which unit
is connected to which: to follow that, unit by unit, is as much work as to ask the network.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["connected", "output_of"]

Layer = dict[str, Any]
Shape = tuple[int, int]


def connected(rng: np.random.Generator, layers: list[Layer], shape: Shape) -> dict[str, Any]:
    """Return the options of `course.cell.objects.small_network` for these layers.

    Parameters
    ----------
    rng : Generator
        Draws the order of units and inputs.
    layers : list of dict
        Each has a "kind": "conv" (with "weight", and where wanted "bias", "stride", "padding", "dilation"), "gate" (the
        product of two convolutions, "weight" and "weight_2"), "relu", "max_pool" and "avg_pool" (with "size").
    shape : pair of int
        Of the picture.
    """
    steps: list[dict[str, Any]] = []
    place: np.ndarray = np.arange(shape[0] * shape[1]).reshape(shape)  # where each unit of the map so far stands
    for layer in layers:
        if layer["kind"] == "relu":
            steps.append({"kind": "relu"})
            continue
        windows = _windows(place, **_geometry(layer))
        units = windows.reshape(-1, windows.shape[-1])
        order = rng.permutation(len(units)) if layer is not layers[-1] and layer["kind"] != "gate" else None
        order = np.arange(len(units)) if order is None else order
        steps += _steps_of(rng, layer, units[order])
        place = np.argsort(order).reshape(windows.shape[:2])
    last = place.ravel()
    if (last != np.arange(last.size)).any():
        steps.append({"kind": "max", "inputs": last[:, np.newaxis]})
    return {"steps": steps, "shape": tuple(shape), "output": place.shape}


def output_of(layers: list[Layer], shape: Shape) -> Shape:
    """Return the shape of the map that these layers make of a picture."""
    return connected(np.random.default_rng(0), layers, shape)["output"]


def _geometry(layer: Layer) -> dict[str, Any]:
    if layer["kind"].endswith("pool"):
        return {"size": (layer["size"], layer["size"]), "stride": layer["size"]}
    options: dict[str, Any] = {name: layer[name] for name in ("stride", "padding", "dilation") if name in layer}
    return {"size": np.shape(layer["weight"]), **options}


def _windows(place: np.ndarray, size: Shape, stride: int = 1, padding: int = 0, dilation: int = 1) -> np.ndarray:
    """Return the inputs of each window in a row: an array (height, width, inputs), in which -1 is a zero outside."""
    around = np.pad(place, padding, constant_values=-1)
    whole = (dilation * (size[0] - 1) + 1, dilation * (size[1] - 1) + 1)
    windows = np.lib.stride_tricks.sliding_window_view(around, whole)[::stride, ::stride, ::dilation, ::dilation]
    return windows.reshape(*windows.shape[:2], -1)


def _steps_of(rng: np.random.Generator, layer: Layer, inputs: np.ndarray) -> list[dict[str, Any]]:
    if layer["kind"] == "max_pool":
        return [{"kind": "max", "inputs": rng.permuted(inputs, axis=1)}]
    if layer["kind"] == "avg_pool":
        return [_sum(rng, inputs, np.full(layer["size"] ** 2, 1 / layer["size"] ** 2), 0.0)]
    weight = np.ravel(layer["weight"])
    if layer["kind"] == "gate":
        both = [np.tile(np.ravel(one), (len(inputs), 1)) for one in (weight, layer["weight_2"])]
        return [_sum(rng, np.tile(inputs, (2, 1)), np.concatenate(both), 0.0), {"kind": "product"}]
    return [_sum(rng, inputs, weight, layer.get("bias", 0.0))]


def _sum(rng: np.random.Generator, inputs: np.ndarray, weights: np.ndarray, bias: float) -> dict[str, Any]:
    order = rng.permuted(np.tile(np.arange(inputs.shape[1]), (len(inputs), 1)), axis=1)
    every = np.broadcast_to(weights, inputs.shape)
    return {"kind": "sum", "inputs": np.take_along_axis(inputs, order, axis=1),
            "weights": np.take_along_axis(every, order, axis=1), "bias": float(bias)}  # fmt: skip
