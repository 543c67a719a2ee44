"""How LeNet-5 learns here, and what each of its parts is worth: trained with one thing changed at a time.

The paper's optimizer gives each parameter a rate of its own, from an estimate of the second derivatives (appendix C).
Adam stands for it here: it, too, scales each parameter's step, by the size of its gradients. The rate rises and falls
(`course.training.one_cycle`), as in the rest of the course. The paper goes 20 times through 60,000 pictures, one at a
time, and its global rate falls from 0.0005 to 0.00001 (section III.B). The rate here and the constant of the loss were
found by trying, on 397 of the training pictures that were held out; epochs are as many as a notebook has time for.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from ..arithmetic import whole_number
from ..errors import DataError, TrainingError, argument_error
from ..layers import one_thread, used_as_it_is
from ..training import batch_order, one_cycle, pictures_on
from .losses import map_loss, mse_loss
from .network import BLACK, WHITE, lenet5, output_of

__all__ = ["EPOCHS", "VARIANTS", "AblationRow", "Epoch", "ablation", "accuracy", "learn", "measured_ablation"]

EPOCHS, BATCH_SIZE, PEAK_RATE = 12, 32, 5e-3
LEARNED = 0.9  # of the test pictures: from there on a network is said to have found its way
MEASURED = Path(__file__).resolve().with_name("ablation.json")

# What is changed, in words: the arguments of `lenet5`, and "loss" where it is not the one with competition.
MODERN = {"activation": "relu", "pool": "max", "c3": "full", "output": "softmax", "weights": "he"}
VARIANTS: dict[str, dict[str, str]] = {
    "LeNet-5": {},
    "simple loss": {"loss": "mse"},
    "softmax output": {"output": "softmax"},
    "full C3": {"c3": "full"},
    "average pool": {"pool": "average"},
    "max pool": {"pool": "max"},
    "ReLU": {"activation": "relu"},
    "weights of He": {"weights": "he"},
    "ReLU, weights of He": {"activation": "relu", "weights": "he"},
    "all of these": MODERN,
}


class Epoch(NamedTuple):
    """What was measured after one epoch."""

    loss: float  # mean over the batches of the epoch, while the network was learning
    accuracy: float  # on the test pictures, 0 to 1


class AblationRow(NamedTuple):
    """What several seeds of one variant reached."""

    name: str
    accuracies: tuple[float, ...]  # on the test pictures, 0 to 1, one for each seed
    mean: float
    spread: float  # standard deviation between the seeds; 0 for one seed
    epochs_to_learn: tuple[int | None, ...]  # until 90% of the test pictures were right; None where that never came
    seconds: float  # of processor time for one network, on average


def accuracy(model: nn.Module, data: Any, output: str | None = None) -> float:
    """Return which part of the pictures a LeNet answers right, 0 to 1.

    Parameters
    ----------
    model : torch.nn.Module
        From `lenet5`, or a LeNet of one's own; its answer is the smallest distance, or the largest logit.
    data : object
        Has ``images``, uint8 (N, 32, 32), and ``labels``, as from `handwritten_digits`.
    output : {"rbf", "softmax"}, optional
        What its ten numbers are: distances or logits. The networks of `lenet5` tell it themselves.

    Examples
    --------
    >>> from course.lenet import handwritten_digits
    >>> accuracy(lenet5(), handwritten_digits("test")) < 0.5
    True
    """
    pictures, smallest = pictures_on(torch.device("cpu"), data), output_of("accuracy", model, output) == "rbf"
    right = 0
    with used_as_it_is(model):
        for start in range(0, len(pictures), 500):
            x, y = pictures.batch(slice(start, start + 500))
            outputs = model(x * (BLACK - WHITE) + WHITE)
            answers = outputs.argmin(1) if smallest else outputs.argmax(1)
            right += int((answers == y).sum())
    return right / len(pictures)


@one_thread()
def learn(
    model: nn.Module,
    train_data: Any,
    test_data: Any,
    *,
    epochs: int = EPOCHS,
    loss: str = "map",
    output: str | None = None,
    seed: int = 0,
    batch_size: int = BATCH_SIZE,
    peak_rate: float = PEAK_RATE,
    progress: Callable[[int, Epoch], None] | None = None,
) -> list[Epoch]:
    """Train a LeNet in place, and return what was measured after each epoch: the same for the same seed.

    Parameters
    ----------
    model : torch.nn.Module
        From `lenet5`, or a LeNet of one's own, with the first weights that it is to have.
    train_data, test_data : object
        Each has ``images``, uint8 (N, 32, 32), and ``labels``, whole numbers (N,).
    epochs : int
        At least 1.
    loss : {"map", "mse"}
        `map_loss` or `mse_loss`. A network with a softmax output learns from the cross-entropy, whatever stands here.
    output : {"rbf", "softmax"}, optional
        As for `accuracy`.
    seed : int
        Of the order of the pictures, at least 0.
    batch_size, peak_rate : int, float
        Pictures in a step; the highest rate of Adam.
    progress : function, optional
        Called with the number of the epoch, from 1, and its `Epoch`.

    Raises
    ------
    ArgumentError
        A setting cannot be used.
    TrainingError
        The loss is no longer a number.

    Examples
    --------
    >>> from course.lenet import handwritten_digits
    >>> few = handwritten_digits("test").first(64)
    >>> len(learn(lenet5(), few, few, epochs=2))
    2
    """
    pictures = pictures_on(torch.device("cpu"), train_data)
    epochs = whole_number("learn", "epochs", epochs)
    if loss not in ("map", "mse"):
        raise argument_error("learn", "loss", 'be "map" or "mse"', loss, 'Use loss="map".')
    if not 1 <= batch_size <= len(pictures):
        rule = f"be from 1 to the number of pictures, {len(pictures)}"
        hint = f"Use batch_size={min(BATCH_SIZE, len(pictures))}."
        raise argument_error("learn", "batch_size", rule, batch_size, hint)
    output = output_of("learn", model, output)
    if output == "softmax":
        criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = F.cross_entropy
    else:
        criterion = map_loss if loss == "map" else mse_loss

    optimizer = torch.optim.Adam(model.parameters(), lr=peak_rate, fused=True)
    steps, step, rows = epochs * (len(pictures) // batch_size), 0, []
    for epoch in range(1, epochs + 1):
        model.train()
        order = batch_order(len(pictures), batch_size, seed, epoch)
        total = 0.0
        for index in order:
            for group in optimizer.param_groups:
                group["lr"] = peak_rate * one_cycle(step / steps)
            x, y = pictures.batch(index)
            value = criterion(model(x * (BLACK - WHITE) + WHITE), y)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total, step = total + value.item(), step + 1
        if not total < float("inf"):
            raise TrainingError(f"The loss is no longer a number in epoch {epoch}. Use a smaller peak_rate.")
        rows.append(Epoch(total / len(order), accuracy(model, test_data, output)))
        if progress is not None:
            progress(epoch, rows[-1])
    model.eval()
    return rows


def ablation(
    train_data: Any,
    test_data: Any,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    epochs: int = EPOCHS,
    variants: Mapping[str, Mapping[str, str]] = VARIANTS,
    progress: Callable[[str, int], None] | None = None,
) -> list[AblationRow]:
    """Train LeNet-5, then with one thing changed at a time, with two, with all; everything else is alike.

    Parameters
    ----------
    train_data, test_data : object
        As for `learn`.
    seeds : sequence of int
        Each gives first weights and an order of the pictures.
    epochs : int
        As for `learn`. ``seeds=(0,), epochs=6`` takes well below a minute on the digits of `handwritten_digits`.
    variants : dict of str to dict
        Arguments of `lenet5`, and ``loss``, by name.
    progress : function, optional
        Called with the variant's name and the seed, before each network.

    Returns
    -------
    list of AblationRow
        One for each variant, in order.

    Examples
    --------
    >>> from course.lenet import handwritten_digits
    >>> few = handwritten_digits("test").first(64)
    >>> rows = ablation(few, few, seeds=(0,), epochs=1, variants={"LeNet-5": {}, "full C3": {"c3": "full"}})
    >>> [row.name for row in rows]
    ['LeNet-5', 'full C3']
    """
    if not seeds:
        raise argument_error("ablation", "seeds", "hold at least one number", seeds, "Use seeds=(0, 1, 2).")
    rows = []
    for name, changes in variants.items():
        switches = {switch: value for switch, value in changes.items() if switch != "loss"}
        reached, ways, started = [], [], time.process_time()
        for seed in seeds:
            if progress is not None:
                progress(name, seed)
            model = lenet5(**switches, seed=seed)
            course = learn(model, train_data, test_data, epochs=epochs, loss=changes.get("loss", "map"), seed=seed)
            reached.append(course[-1].accuracy)
            ways.append(next((k for k, row in enumerate(course, 1) if row.accuracy >= LEARNED), None))
        spread = statistics.stdev(reached) if len(reached) > 1 else 0.0
        seconds = (time.process_time() - started) / len(reached)
        rows.append(AblationRow(name, tuple(reached), statistics.fmean(reached), spread, tuple(ways), seconds))
    return rows


def measured_ablation() -> dict[str, Any]:
    """Return the full ablation as it was measured for the course, with the command that repeats it.

    Returns
    -------
    dict
        ``command``, ``data``, ``epochs``, ``seeds``, ``machine``, and ``rows``: dicts with the fields of `AblationRow`.

    Raises
    ------
    DataError
        The file of the course is missing or damaged.

    Examples
    --------
    >>> measured_ablation()["command"]
    'python3 -m course bench lenet --write'
    """
    try:
        found: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise DataError(
            f"{MEASURED} is missing or damaged. Take it again from the course: 'git checkout -- course/lenet'."
        ) from None
    return found
