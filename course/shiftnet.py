"""A small network in NumPy that keeps the strongest answer of each map, and its training: lesson 3 moves its pictures.

All of it runs in one thread: for matrices so small more threads cost more than they save, and the numbers would depend
on how many there are.

The network has kernels of one size, slides them over a picture, keeps the strongest place of each map, then ReLU, then
ten outputs. With kernels as large as the picture there is one place for each of them: the layer is a dense one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from . import ops

__all__ = ["CANVAS", "MIDDLE", "ShiftNet", "place", "train"]

Array = np.ndarray[Any, Any]

CANVAS = 28  # pixels of a side
SMALL = 14  # pixels of a side of a garment on it
MIDDLE = (CANVAS - SMALL) // 2
CLASSES = 10
BATCH = 50
MOMENTUM = 0.9


def place(images: Array, rows: Array | int, columns: Array | int) -> Array:
    """Return garments at half their size, each on a black canvas.

    Parameters
    ----------
    images : ndarray of shape (N, 28, 28)
        From 0 to 255.
    rows, columns : int, or ndarray of shape (N,)
        Where on the canvas the upper left pixel of each garment lies, from 0 to 14.

    Returns
    -------
    ndarray of shape (N, 1, 28, 28), float32
        From 0 to 1.

    Examples
    --------
    >>> canvas = place(np.full((1, 28, 28), 255), 7, 9)
    >>> canvas.shape, float(canvas[0, 0, 7, 8]), float(canvas[0, 0, 7, 9])
    ((1, 1, 28, 28), 0.0, 1.0)
    """
    halves = images.reshape(-1, SMALL, 2, SMALL, 2).mean(axis=(2, 4)) / 255
    canvas = np.zeros((len(images), 1, CANVAS, CANVAS), np.float32)
    places = (np.broadcast_to(at, len(images)) for at in (rows, columns))
    for picture, half, row, column in zip(canvas, halves, *places, strict=True):
        picture[0, row : row + SMALL, column : column + SMALL] = half
    return canvas


@dataclass
class ShiftNet:
    """The weights and biases of one network: those of the first layer, and those of the ten outputs.

    Attributes
    ----------
    weight : ndarray of shape (neurons, 1, window, window)
    bias : ndarray of shape (neurons,)
    last_weight : ndarray of shape (10, neurons)
    last_bias : ndarray of shape (10,)
    start : ndarray of shape (neurons, 1, window, window)
        The weights of the first layer before the training.
    """

    weight: Array
    bias: Array
    last_weight: Array
    last_bias: Array
    start: Array

    @classmethod
    def random(cls, window: int, neurons: int, rng: np.random.Generator) -> ShiftNet:
        """Return a network with small random weights, and biases of 0."""
        weight = rng.normal(0, np.sqrt(2) / window, (neurons, 1, window, window)).astype(np.float32)
        last = rng.normal(0, np.sqrt(2 / neurons), (CLASSES, neurons)).astype(np.float32)
        return cls(weight, np.zeros(neurons, np.float32), last, np.zeros(CLASSES, np.float32), weight.copy())

    @property
    def window(self) -> int:
        """Height and width of a kernel."""
        return self.weight.shape[2]

    @property
    def padding(self) -> int:
        """Zeros on each side: so many that each kernel meets a garment in all ways, also at the edge of the canvas.

        None are needed where a kernel is as large as the canvas.
        """
        return 0 if self.window == CANVAS else self.window - 1

    @property
    def parameters(self) -> tuple[Array, Array, Array, Array]:
        """What the network learns."""
        return self.weight, self.bias, self.last_weight, self.last_bias

    def strongest(self, x: Array) -> tuple[Array, Array]:
        """Return the strongest place of each map, as an index into it, and its answer before the ReLU."""
        if self.window == CANVAS:  # one place: a matrix product
            answers = x.reshape(len(x), -1) @ self.weight.reshape(len(self.weight), -1).T + self.bias
            return np.zeros(answers.shape, np.intp), answers
        maps = ops.conv2d(x, self.weight, self.bias, padding=self.padding).reshape(len(x), len(self.weight), -1)
        places = maps.argmax(axis=2)
        return places, np.take_along_axis(maps, places[..., np.newaxis], axis=2)[..., 0]

    def probabilities(self, x: Array) -> Array:
        """Return the probability of each class, an array of shape (N, 10)."""
        strength = np.maximum(self.strongest(x)[1], 0)
        return ops.softmax(strength @ self.last_weight.T + self.last_bias)

    def accuracy(self, images: Array, labels: Array, shift: int = 0) -> float:
        """Return the percentage of garments that get the right class, all moved right of the middle by `shift`."""
        x = place(images, MIDDLE, MIDDLE + shift)
        with threadpool_limits(1):
            right = self.probabilities(x).argmax(axis=1) == labels
        return float(100 * np.mean(right))

    def seen(self, x: Array, places: Array) -> Array:
        """Return what each neuron saw at its strongest place, an array of shape (N, neurons, window, window)."""
        padded = np.pad(x[:, 0], ((0, 0), (self.padding,) * 2, (self.padding,) * 2))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (self.window, self.window), axis=(1, 2))
        rows, columns = np.divmod(places, windows.shape[2])
        return windows[np.arange(len(x))[:, np.newaxis], rows, columns]

    def gradients(self, x: Array, labels: Array) -> list[Array]:
        """Return the gradient of the mean cross-entropy by each of `parameters`."""
        places, answers = self.strongest(x)
        strength = np.maximum(answers, 0)
        scores = strength @ self.last_weight.T + self.last_bias
        grad_out = ops.cross_entropy_backward(1, scores, labels)
        grad_strength = (grad_out @ self.last_weight) * (answers > 0)
        if self.window == CANVAS:
            grad_weight = (grad_strength.T @ x.reshape(len(x), -1)).reshape(self.weight.shape)
        else:
            grad_weight = np.einsum("nk,nkuv->kuv", grad_strength, self.seen(x, places))[:, np.newaxis]
        return [grad_weight, grad_strength.sum(axis=0), grad_out.T @ strength, grad_out.sum(axis=0)]

    def most_important(self, count: int) -> Array:
        """Return the numbers of the neurons that weigh most in the ten outputs."""
        return np.argsort(-np.abs(self.last_weight).sum(axis=0), kind="stable")[:count]

    def excited_by(self, images: Array, neuron: int, count: int = 50) -> Array:
        """Return the mean of what one neuron saw in those `count` garments of the middle that excite it most."""
        x = place(images, MIDDLE, MIDDLE)
        places, answers = self.strongest(x)
        best = np.argsort(-answers[:, neuron], kind="stable")[:count]
        return self.seen(x[best], places[best])[:, neuron].mean(axis=0)


def train(
    images: Array,
    labels: Array,
    window: int,
    neurons: int,
    seeds: range,
    anywhere: bool = False,
    epochs: int = 8,
    rate: float = 0.1,
) -> Iterator[ShiftNet]:
    """Train a network from each seed, by gradient descent with momentum on batches of 50, and yield one by one.

    Parameters
    ----------
    images : ndarray of shape (N, 28, 28)
        Garments, a multiple of 50 of them.
    labels : ndarray of shape (N,)
        Their classes.
    window, neurons : int
        The size of the kernels, and how many there are.
    seeds : range
        Each draws other first weights, and another order of the pictures.
    anywhere : bool
        Whether each garment stands at a new random place in each epoch, or always in the middle.
    epochs : int
        How often every garment is seen.
    rate : float
        The learning rate.
    """
    for seed in seeds:
        with threadpool_limits(1):
            network = _trained(images, labels, window, neurons, np.random.default_rng(seed), anywhere, epochs, rate)
        yield network


def _trained(
    images: Array,
    labels: Array,
    window: int,
    neurons: int,
    rng: np.random.Generator,
    anywhere: bool,
    epochs: int,
    rate: float,
) -> ShiftNet:
    network, count = ShiftNet.random(window, neurons, rng), len(images)
    speed = [np.zeros_like(array) for array in network.parameters]
    for _ in range(epochs):
        at = rng.integers(0, CANVAS - SMALL + 1, (2, count)) if anywhere else np.full((2, count), MIDDLE)
        x = place(images, *at)
        for chosen in rng.permutation(count).reshape(-1, BATCH):
            for k, gradient in enumerate(network.gradients(x[chosen], labels[chosen])):
                speed[k] = MOMENTUM * speed[k] - np.float32(rate) * gradient
                network.parameters[k][...] += speed[k]
    return network
