"""The neocognitron against a template matcher and a small CNN, on digits moved and deformed.

All three know the same five digits. The neocognitron and the CNN were shown the same pictures; the CNN was told what
they show.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from .arithmetic import whole_number
from .layers import one_thread
from .neocognitron.measure import Recogniser, changed_digits, nearest_template, reading, recognised
from .neocognitron.network import Neocognitron
from .neocognitron.patterns import digits
from .neocognitron.training import presentations

__all__ = ["compare", "small_digit_cnn", "trained_cnn"]


def small_digit_cnn() -> nn.Sequential:
    """Return a small CNN for five digits of 16 x 16 pixels, built like `course.models.small_fashion_cnn`.

    Returns
    -------
    torch.nn.Sequential
        From float32 pictures (pictures, 1, 16, 16) to logits (pictures, 5).

    Examples
    --------
    >>> sum(weights.numel() for weights in small_digit_cnn().parameters())
    2533
    """
    return nn.Sequential(
        nn.Conv2d(1, 8, kernel_size=3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, kernel_size=3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 4 * 4, 5),
    )


@one_thread()
def trained_cnn(patterns: ArrayLike, seed: int = 0, times: int = 20, reach: int = 2, epochs: int = 30) -> Recogniser:
    """Return a small CNN that has learned the pictures which a neocognitron is shown, with their labels.

    Parameters
    ----------
    patterns : array_like of shape (5, 16, 16)
        Brightness from 0 to 1.
    seed : int
        Of the pictures, as for `presentations`, and of the first weights.
    times, reach : int
        As for `presentations`.
    epochs : int
        How often it goes through these pictures.

    Returns
    -------
    callable
        From pictures (N, 16, 16) to numbers of patterns; a CNN always has an answer, never -1.
    """
    epochs = whole_number("trained_cnn", "epochs", epochs)
    shown, pictures = zip(*presentations(patterns, times, reach, seed), strict=True)
    x = torch.from_numpy(np.stack(pictures)).float().unsqueeze(1)
    labels = torch.tensor(shown)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = small_digit_cnn()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(epochs):
            for batch in torch.randperm(len(x)).split(20):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x[batch]), labels[batch]).backward()
                optimizer.step()

    def recognise(views: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return model(torch.from_numpy(views).float().unsqueeze(1)).argmax(dim=1).numpy()

    return recognise


def compare(networks: Iterable[tuple[int, Neocognitron]]) -> dict[str, dict[str, list[float]]]:
    """Return how well the three recognise each kind of change.

    Parameters
    ----------
    networks : iterable of (int, Neocognitron)
        Seeds, and the networks that `organised` made of them. For each there is a CNN that was shown the same
        pictures. Nothing in a template matcher is random.

    Returns
    -------
    dict
        ``result[who][test]`` is a list with one share for each seed, from 0 to 1; the tests are those of
        `course.neocognitron.changed_digits`.

    Examples
    --------
    >>> list(compare([]))
    ['template matcher', 'neocognitron', 'small CNN']
    """
    patterns, views = digits(), changed_digits()
    result: dict[str, dict[str, list[float]]] = {
        who: {name: [] for name in views} for who in ("template matcher", "neocognitron", "small CNN")
    }
    for seed, network in networks:
        readers = (nearest_template(patterns), reading(network, patterns), trained_cnn(patterns, seed))
        for who, recognise in zip(result, readers, strict=True):
            for name, share in recognised(recognise, views).items():
                result[who][name].append(share)
    return result
