"""Measure which pixels move a unit of a reader's network: in small pieces, so that an explorer can show each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..ops.probe import POKE
from .explorer import ExplorerError, called

__all__ = ["Experiment"]

PIECE = 0.25  # seconds of poking before the explorer hears of it
LONGEST = 60.0  # seconds that a whole measurement may take
BATCH = 32  # pictures at a time, for a network of PyTorch


class Experiment:
    """Poke the pixels of a picture of random numbers, and note how far one unit moves.

    Each pixel is set 100 higher, then 100 lower, as in `course.ops.probe.probe_receptive_field`.

    Parameters
    ----------
    model : callable, or list of callables
        Takes a picture of shape (H, W) or (1, channels, H, W), and returns a map of shape (h, w) or (1, maps, h, w), of
        which the first map counts. A module of PyTorch will do, too. A list holds one function for each layer, each of
        which takes what the one before it returns; a single function is all layers in one.

    Examples
    --------
    >>> experiment = Experiment(lambda picture: picture[:, :-1] - 3 * picture[:, 1:])
    >>> moved, shape = experiment.piece(1, 1, unit=(0, 1), shape=(1, 4), pixels=[(0, 0), (0, 1), (0, 2), (0, 3)])
    >>> moved.round().tolist(), shape
    ([0.0, 100.0, 300.0, 0.0], (1, 3))
    """

    def __init__(self, model: Any) -> None:
        self._one = not isinstance(model, (list, tuple))
        self._functions = [model] if self._one else list(model)

    def piece(
        self,
        layer: int,
        layers: int,
        unit: Sequence[int],
        shape: tuple[int, int],
        pixels: Sequence[tuple[int, int]],
        left: int = 0,
    ) -> tuple[np.ndarray, tuple[int, int]]:
        """Poke some of the pixels, as many as a short time allows.

        Parameters
        ----------
        layer, layers : int
            The layer of the unit, counted from 1, and how many there are.
        unit : (row, column)
            The unit in the layer's map.
        shape : (height, width)
            Of the picture.
        pixels : sequence of (row, column)
            The pixels to poke, in this order.
        left : int, optional
            How many there are in all, to tell beforehand how long it will take; 0 to tell nothing.

        Returns
        -------
        ndarray of shape (poked,), tuple
            How far the unit moved for the first of the pixels, and the shape of the map.
        """
        picture = np.random.default_rng(0).normal(size=shape)
        run = _runner(self._up_to(layer, layers), picture)
        start = time.perf_counter()
        before = run(picture[None])[0]
        seconds = time.perf_counter() - start
        row, column = unit
        if row >= before.shape[0] or column >= before.shape[1]:
            raise ExplorerError(
                f"Your network makes a map of {before.shape[0]} × {before.shape[1]} units of a picture of {shape[0]} × "
                f"{shape[1]} pixels, so unit ({row}, {column}) is none of them. Point at a unit further up and left."
            )
        again = float(run(picture[None])[0][row, column])
        if abs(again - before[row, column]) > 1e-5 * max(abs(again), 1.0):
            raise ExplorerError(
                f"Your network gave two answers for one picture: {before[row, column]:.4g}, then {again:.4g}. "
                "Switch off what is random in it, or what it remembers, and measure again."
            )
        if 2 * left * seconds > LONGEST and seconds > 0.002:
            raise ExplorerError(
                f"Your network takes {seconds:.2g} seconds for one picture, and to poke {left:,} pixels up and down "
                f"would take {2 * left * seconds / 60:,.0f} minutes. Give the explorer a smaller picture."
            )
        moved: list[float] = []
        end = start + PIECE
        step = BATCH // 2 if run.batches else 1
        while len(moved) < len(pixels) and (not moved or time.perf_counter() < end):
            poked = np.repeat(picture[None], 2 * len(pixels[len(moved) : len(moved) + step]), axis=0)
            for k, (i, j) in enumerate(pixels[len(moved) : len(moved) + step]):
                poked[2 * k, i, j] += POKE
                poked[2 * k + 1, i, j] -= POKE
            change = np.abs(run(poked)[:, row, column] - before[row, column])
            # In a batch the sums of float32 come in another order.
            rounding = 1e-5 * max(abs(float(before[row, column])), 1.0) if run.batches else 0.0
            change[change <= rounding] = 0
            moved += change.reshape(-1, 2).max(axis=1).tolist()
        return np.array(moved), (before.shape[0], before.shape[1])

    def _up_to(self, layer: int, layers: int) -> Any:
        if self._one:
            if layer != layers:
                raise ExplorerError(
                    f"Your network is one function: what it returns are the units of layer {layers}. Point at one "
                    f"of them. To measure those of layer {layer}, give a list with one function for each layer."
                )
            return self._functions[0]
        if layer > len(self._functions):
            raise ExplorerError(
                f"Your list has {len(self._functions)} functions, and the unit is one of layer {layer}. "
                "Give a function for each layer, or point at a unit further down."
            )
        functions = self._functions[:layer]

        def network(picture: Any) -> Any:
            for function in functions:
                picture = function(picture)
            return picture

        return functions[0] if layer == 1 else network


class _Runner:
    """A network as a function from pictures (N, H, W) to maps (N, h, w)."""

    def __init__(self, run: Callable[[np.ndarray], np.ndarray], batches: bool) -> None:
        self._run, self.batches = run, batches

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        maps = self._run(pictures)
        if maps.ndim != 3 or len(maps) != len(pictures) or 0 in maps.shape:
            raise ExplorerError(
                f"Your network made an array of shape {maps.shape[1:]} of a picture. It must make a map of two "
                "dimensions, (rows, columns), or of shape (1, maps, rows, columns)."
            )
        return maps


def _runner(network: Any, picture: np.ndarray) -> _Runner:
    if hasattr(network, "parameters") and hasattr(network, "modules"):
        return _Runner(partial(_torch_maps, network), batches=True)
    shapes = [picture.shape, (1, 1, *picture.shape), (1, 3, *picture.shape)]
    first: ExplorerError | None = None
    for shape in shapes:
        try:
            called(network, np.broadcast_to(picture, shape))
        except ExplorerError as error:
            if "interrupted" in str(error):
                raise
            first = first or error
        else:
            return _Runner(partial(_maps_one_by_one, network, shape), batches=False)
    raise first or ExplorerError("Your network could not be called.")


def _maps_one_by_one(network: Any, shape: tuple[int, ...], pictures: np.ndarray) -> np.ndarray:
    results = [called(network, np.broadcast_to(one, shape)) for one in pictures]
    maps = [one[0, 0] if one.ndim == 4 else one for one in results]
    if any(one.shape != maps[0].shape for one in maps):
        raise ExplorerError("Your network made maps of different shapes of pictures of one shape.")
    return np.stack(maps)


def _torch_maps(network: Any, pictures: np.ndarray) -> np.ndarray:
    """Run a module of PyTorch in evaluation mode. It brings PyTorch along: none is imported."""
    weights = list(network.parameters())
    if not weights:
        raise ExplorerError("Your network has no weights, so what it takes is not known. Give a function of a picture.")
    channels = next((one.shape[1] for one in weights if one.ndim == 4), 1)
    x = weights[0].detach().new_tensor(pictures)[:, None].repeat(1, channels, 1, 1)
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        result = called(lambda: network(x).detach().cpu().numpy())
    finally:
        for module, training in modes:
            module.training = training
    return result[:, 0] if result.ndim == 4 else result
