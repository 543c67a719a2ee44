"""What a trained network has learned, as plain NumPy arrays: figures draw them, this module computes them.

Pictures are uint8 of shape (N, H, W), from 0 (black) to 255, as `course.data.fashion_mnist` returns them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from .errors import argument_error
from .layers import Layer, follow, layers_of, used_as_it_is
from .training.batches import as_float

__all__ = [
    "Mistakes",
    "accuracy_under_shift",
    "confident_mistakes",
    "confusion_matrix",
    "feature_maps",
    "first_filters",
    "pixels_seen",
    "predict_probabilities",
    "shift_pictures",
]


def predict_probabilities(model: nn.Module, images: np.ndarray, batch_size: int = 500) -> np.ndarray:
    """Return how likely each class is for each picture, according to the network.

    Parameters
    ----------
    model : torch.nn.Module
        From pictures to logits. It is used in evaluation mode and left as it was.
    images : uint8 array of shape (N, H, W)
        The pictures.
    batch_size : int
        Pictures at a time.

    Returns
    -------
    float32 array of shape (N, classes)
        Each row sums to 1.

    Examples
    --------
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(16, 10))
    >>> predict_probabilities(model, np.zeros((3, 4, 4), np.uint8)).shape
    (3, 10)
    """
    _check_pictures("predict_probabilities", images)
    parts = []
    with used_as_it_is(model):
        for start in range(0, len(images), batch_size):
            logits = model(_to_tensor(model, images[start : start + batch_size]))
            parts.append(logits.float().softmax(dim=1).cpu().numpy())
    return np.concatenate(parts)


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
    _check_pictures("feature_maps", image[None] if isinstance(image, np.ndarray) else image)
    maps: dict[str, np.ndarray] = {}

    def keep(number: int, layer: Layer, output: torch.Tensor) -> None:
        # A copy: a later ReLU may work in place.
        maps[f"{number} {layer.name}"] = np.array(output[0].float().cpu().numpy(), order="C")

    with used_as_it_is(model):
        follow(model, _to_tensor(model, image[None]), keep)
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


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int = 10) -> np.ndarray:
    """Count how often pictures of each class are taken for each class.

    Parameters
    ----------
    labels, predictions : arrays of whole numbers of shape (N,)
        The class that is true, and the one that was answered, from 0 to classes - 1.
    classes : int
        How many there are.

    Returns
    -------
    int64 array of shape (classes, classes)
        In row i, column j: the pictures of class i that were taken for class j.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=2)
    array([[1, 0],
           [1, 1]])
    """
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    for name, values in (("labels", labels), ("predictions", predictions)):
        whole = values.ndim == 1 and (values.dtype.kind in "iu" or not len(values))
        if not whole or (len(values) and not (values.min() >= 0 and values.max() < classes)):
            rule = f"be whole numbers from 0 to {classes - 1} in one row"
            raise argument_error("confusion_matrix", name, rule, values, "Give one class for each picture.")
    if len(labels) != len(predictions):
        rule = f"be as many as labels, {len(labels)}"
        raise argument_error("confusion_matrix", "predictions", rule, predictions, "Give one answer for each picture.")
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (labels.astype(np.int64), predictions.astype(np.int64)), 1)
    return counts


@dataclass(frozen=True)
class Mistakes:
    """Wrong answers, the surest first.

    Attributes
    ----------
    index : int64 array of shape (M,)
        Which pictures.
    predicted, true : int64 arrays of shape (M,)
        The class that was answered, and the right one.
    confidence : float array of shape (M,)
        How likely the network held its wrong answer, from 0 to 1.
    """

    index: np.ndarray
    predicted: np.ndarray
    true: np.ndarray
    confidence: np.ndarray


def confident_mistakes(probabilities: np.ndarray, labels: np.ndarray, count: int = 12) -> Mistakes:
    """Return the wrong answers that the network was most sure of.

    Parameters
    ----------
    probabilities : float array of shape (N, classes)
        As from `predict_probabilities`.
    labels : array of whole numbers of shape (N,)
        The classes that are true.
    count : int
        At most so many.

    Examples
    --------
    >>> confident_mistakes(np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]), np.array([1, 1, 1])).index
    array([0, 1])
    """
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1]:
        rule = "have one row of probabilities for each label"
        raise argument_error(
            "confident_mistakes",
            "probabilities",
            rule,
            probabilities,
            "Give probabilities and labels of the same pictures.",
        )
    predicted, confidence = probabilities.argmax(1), probabilities.max(1)
    wrong = np.flatnonzero(predicted != labels)
    index = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    return Mistakes(index, predicted[index], labels[index].astype(np.int64), confidence[index])


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
    _check_pictures("pixels_seen", images)
    if method not in ("gradient", "poke"):
        raise argument_error("pixels_seen", "method", "be gradient or poke", method, "Use method='gradient'.")
    part = _up_to(model, layer)
    with used_as_it_is(model):
        shape = tuple(part(_to_tensor(model, images[:1])).shape[1:])
        place = tuple(unit)
        if len(place) != len(shape) or not all(0 <= at < size for at, size in zip(place, shape, strict=True)):
            rule = f"be a place in the output of layer {layer}, which has shape {shape}"
            raise argument_error("pixels_seen", "unit", rule, unit, "Give map, row and column, each counted from 0.")
        if method == "poke":
            return _poke(model, part, place, images)
    with used_as_it_is(model, gradients=True):
        x = _to_tensor(model, images).requires_grad_()
        value = _unit_of(part(x), place).sum()
        (gradient,) = torch.autograd.grad(value, x)
    return gradient.abs().mean(dim=(0, 1)).double().cpu().numpy()


def shift_pictures(images: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return pictures moved down by `rows` and right by `columns` (up and left if negative); black comes in.

    Examples
    --------
    >>> shift_pictures(np.array([[[1, 2], [3, 4]]], np.uint8), 1, 0)[0]
    array([[0, 0],
           [1, 2]], dtype=uint8)
    """
    _check_pictures("shift_pictures", images)
    height, width = images.shape[1:]
    moved = np.zeros_like(images)
    if abs(rows) < height and abs(columns) < width:
        to_rows, from_rows = slice(max(rows, 0), height + min(rows, 0)), slice(max(-rows, 0), height + min(-rows, 0))
        to_columns = slice(max(columns, 0), width + min(columns, 0))
        from_columns = slice(max(-columns, 0), width + min(-columns, 0))
        moved[:, to_rows, to_columns] = images[:, from_rows, from_columns]
    return moved


def accuracy_under_shift(
    model: nn.Module, images: np.ndarray, labels: np.ndarray, shifts: Sequence[tuple[int, int]]
) -> np.ndarray:
    """Return the accuracy of a network on pictures that are moved.

    Parameters
    ----------
    model : torch.nn.Module
        From pictures to logits.
    images : uint8 array of shape (N, H, W)
        The pictures.
    labels : array of whole numbers of shape (N,)
        Their classes.
    shifts : sequence of (rows, columns)
        How far to move them, down and right, in pixels; black comes in.

    Returns
    -------
    float64 array of shape (shifts,)
        From 0 to 1.
    """
    if np.shape(labels) != np.shape(images)[:1]:
        rule = "have one label for each picture"
        raise argument_error("accuracy_under_shift", "labels", rule, labels, "Give pictures and labels of one split.")
    answers = (predict_probabilities(model, shift_pictures(images, *shift)).argmax(1) for shift in shifts)
    return np.array([np.mean(answer == labels) for answer in answers], np.float64)


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
        poked = np.repeat(image[None], height * width, axis=0)
        pixels = poked.reshape(len(poked), -1)
        pixels[np.arange(len(poked)), np.arange(len(poked))] = np.where(image.ravel() < 128, 255, 0)
        before = _unit_of(part(_to_tensor(model, image[None])), place)
        for start in range(0, len(poked), 98):
            after = _unit_of(part(_to_tensor(model, poked[start : start + 98])), place)
            moved = (after - before).abs()
            rounding = 1e-5 * torch.maximum(after.abs(), before.abs()).max()  # sums come in another order in a batch
            change[start : start + 98] += torch.where(moved > rounding, moved, 0).double().cpu().numpy()
    return (change / len(images)).reshape(height, width)


def _to_tensor(model: nn.Module, images: np.ndarray) -> torch.Tensor:
    parameter = next(model.parameters(), torch.zeros(1))
    return as_float(torch.from_numpy(images[:, None].copy()).to(parameter.device))


def _check_pictures(function: str, images: np.ndarray) -> None:
    if not isinstance(images, np.ndarray) or images.ndim != 3 or images.dtype != np.uint8 or not len(images):
        raise argument_error(
            function,
            "images",
            "be uint8 of shape (pictures, height, width)",
            images,
            "Give whole grey pictures from 0 to 255.",
        )
