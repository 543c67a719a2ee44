"""What a network answers, and how sure it is, as plain NumPy arrays: right, wrong, moved and poked pictures.

Pictures are uint8 of shape (N, H, W), from 0 (black) to 255, as `course.data.fashion_mnist` returns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from .errors import argument_error
from .layers import used_as_it_is
from .training.batches import as_float

__all__ = [
    "Mistakes",
    "accuracy_under_shift",
    "answers_under_shift",
    "as_input",
    "check_pictures",
    "confident_mistakes",
    "confusion_matrix",
    "each_pixel_poked",
    "poked_probabilities",
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
    check_pictures("predict_probabilities", images)
    parts = []
    with used_as_it_is(model):
        for start in range(0, len(images), batch_size):
            logits = model(as_input(model, images[start : start + batch_size]))
            parts.append(logits.float().softmax(dim=1).cpu().numpy())
    return np.concatenate(parts)


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


def shift_pictures(images: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return pictures moved down by `rows` and right by `columns` (up and left if negative); black comes in.

    Examples
    --------
    >>> shift_pictures(np.array([[[1, 2], [3, 4]]], np.uint8), 1, 0)[0]
    array([[0, 0],
           [1, 2]], dtype=uint8)
    """
    check_pictures("shift_pictures", images)
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
    return (answers_under_shift(model, images, shifts) == labels).mean(axis=1)


def answers_under_shift(model: nn.Module, images: np.ndarray, shifts: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return what a network answers to pictures that are moved.

    Parameters
    ----------
    model : torch.nn.Module
        From pictures to logits.
    images : uint8 array of shape (N, H, W)
        The pictures.
    shifts : sequence of (rows, columns)
        How far to move them, down and right, in pixels; black comes in.

    Returns
    -------
    int64 array of shape (shifts, N)
        A class for each shift and picture.

    Examples
    --------
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(16, 10))
    >>> answers_under_shift(model, np.zeros((3, 4, 4), np.uint8), [(0, 0), (0, 1)]).shape
    (2, 3)
    """
    answers = [predict_probabilities(model, shift_pictures(images, *shift)).argmax(1) for shift in shifts]
    return np.array(answers, np.int64).reshape(len(shifts), len(images))


def poked_probabilities(model: nn.Module, image: np.ndarray) -> np.ndarray:
    """Return how likely a network holds each class after each pixel in turn has been poked.

    A poke makes a dark pixel white, and a bright one black.

    Parameters
    ----------
    model : torch.nn.Module
        From pictures to logits.
    image : uint8 array of shape (H, W)
        The picture.

    Returns
    -------
    float32 array of shape (H, W, classes)
        The probabilities after that pixel was poked, and no other.

    Examples
    --------
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(16, 10))
    >>> poked_probabilities(model, np.zeros((4, 4), np.uint8)).shape
    (4, 4, 10)
    """
    check_pictures("poked_probabilities", image[None] if isinstance(image, np.ndarray) else image)
    return predict_probabilities(model, each_pixel_poked(image)).reshape(*image.shape, -1)


def each_pixel_poked(image: np.ndarray) -> np.ndarray:
    """Return the picture once for each of its pixels, with that pixel as different as can be."""
    poked = np.repeat(image[None], image.size, axis=0)
    pixels = poked.reshape(len(poked), -1)
    np.fill_diagonal(pixels, np.where(image.ravel() < 128, 255, 0))
    return poked


def as_input(model: nn.Module, images: np.ndarray) -> torch.Tensor:
    """Return uint8 pictures (N, H, W) as the float tensor (N, 1, H, W) that the network takes, where the network is."""
    parameter = next(model.parameters(), torch.zeros(1))
    return as_float(torch.from_numpy(images[:, None].copy()).to(parameter.device))


def check_pictures(function: str, images: np.ndarray) -> None:
    """Raise an ArgumentError, in the name of a function, where these are no pictures."""
    if not isinstance(images, np.ndarray) or images.ndim != 3 or images.dtype != np.uint8 or not len(images):
        raise argument_error(
            function,
            "images",
            "be uint8 of shape (pictures, height, width)",
            images,
            "Give whole grey pictures from 0 to 255.",
        )
