"""Small networks, batches for them, and losses that go wrong: what training and measuring have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import wrong

__all__ = ["CLASSES", "DEEP", "LOSS_MISTAKES", "PLAIN", "cross_entropy", "data", "loss_with"]

CLASSES = 4

# One convolution; and one with batch norm and dropout, which act otherwise in training.
PLAIN = [("Conv2d", 1, 2, (3, 2)), ("ReLU",), ("Flatten",), ("Linear", 18, CLASSES)]
DEEP = [("Conv2d", 1, 3, (3, 2)), ("BatchNorm2d", 3), ("ReLU",), ("Flatten",), ("Drop",), ("Linear", 27, CLASSES)]

Loss = Callable[[Any, Any], Any]


def data(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random pictures of 5 × 4 pixels and their classes."""
    return rng.random((count, 1, 5, 4)).astype(np.float32), rng.integers(0, CLASSES, count)


def loss_with(make: Callable[[Any, Any, Any], Any]) -> Loss:
    """Return a loss that is made of torch's functions, the logits and the classes."""

    def loss_of(logits: Any, y: Any) -> Any:
        """Return the loss of logits and classes."""
        from torch.nn import functional

        return make(functional, logits, y)

    return loss_of


cross_entropy = loss_with(lambda f, logits, y: f.cross_entropy(logits, y))  # the right one


def one_hot(f: Any, logits: Any, y: Any) -> Any:
    """Return 1 for the class of each picture, and 0 for all others."""
    return f.one_hot(y, logits.shape[1]).float()


def given_to_the_class(logits: Any, y: Any) -> Any:
    """Give logits and classes to what only makes a loss."""
    from torch import nn

    return nn.CrossEntropyLoss(logits, y)


LOSS_MISTAKES = [
    wrong("softmax before cross-entropy", "You apply a softmax before the cross-entropy, which has one in itself. "
          "Give it the logits.", loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits.softmax(dim=1), y))),
    wrong("no logarithm", "nll_loss awaits logarithms of probabilities. cross_entropy takes the logits as they are.",
          loss_of=loss_with(lambda f, logits, y: f.nll_loss(logits, y))),
    wrong("probabilities without logarithm", "You give probabilities to nll_loss, which awaits their logarithms. "
          "cross_entropy takes the logits as they are.",
          loss_of=loss_with(lambda f, logits, y: f.nll_loss(logits.softmax(dim=1), y))),
    wrong("squared errors", "You use squared errors. For classes, the loss of this lesson is the cross-entropy.",
          loss_of=loss_with(lambda f, logits, y: f.mse_loss(logits, one_hot(f, logits, y)))),
    wrong("loss of the predicted classes", "You give the predicted classes (argmax) to the loss. It needs the logits: "
          "how sure the network is counts.",
          loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits.argmax(dim=1).float(), y))),
    wrong("arguments of CrossEntropyLoss", "You give logits and classes to nn.CrossEntropyLoss(...), which only makes "
          "the loss. Call what it makes: nn.CrossEntropyLoss()(logits, y).", loss_of=given_to_the_class),
    wrong("softmax over the batch", "You apply a softmax over the pictures of the batch (dim=0). The cross-entropy "
          "has one in itself, over the classes: give it the logits.",
          loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits.softmax(dim=0), y))),
    wrong("sigmoid before cross-entropy", "You apply a sigmoid before the cross-entropy. Give it the logits.",
          loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits.sigmoid(), y))),
    wrong("squared errors of probabilities", "You use squared errors of the probabilities. For classes, the loss of "
          "this lesson is the cross-entropy.",
          loss_of=loss_with(lambda f, logits, y: f.mse_loss(logits.softmax(dim=1), one_hot(f, logits, y)))),
    wrong("binary cross-entropy", "You use the binary cross-entropy, which asks of each class by itself: yes or no? A "
          "picture is of one class: cross_entropy.",
          loss_of=loss_with(lambda f, logits, y: f.binary_cross_entropy_with_logits(logits, one_hot(f, logits, y)))),
    wrong("classes before logits", "You give the classes first and the logits second. It is cross_entropy(logits, y).",
          loss_of=loss_with(lambda f, logits, y: f.cross_entropy(y, logits))),
    wrong("classes as floats", "You turn the classes into floats. cross_entropy takes them as whole numbers, as they "
          "come.", loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits, y.float()))),
]  # fmt: skip
