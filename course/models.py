"""The networks of lesson 5, as plain PyTorch that is read from top to bottom, and their weights as NumPy arrays.

Both networks take pictures as float32 of shape (pictures, 1, 28, 28), from 0 (black) to 1, and return one number for
each of the ten classes (a logit); the softmax is part of the loss while training, as usual in PyTorch.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from .errors import ArgumentError, DataError, argument_error
from .layers import Layer, layers_of

__all__ = [
    "MODELS",
    "RECIPES",
    "build_model",
    "count_parameters",
    "describe_layers",
    "fashion_cnn",
    "initialise",
    "load_weights",
    "multiplications",
    "recipe",
    "small_fashion_cnn",
    "weights_to_numpy",
]


def fashion_cnn() -> nn.Sequential:
    """Return the Fashion-MNIST network of the book, with the random weights that PyTorch gives every layer.

    From these it learns nothing for a long time; `build_model` gives it those of `initialise`.

    Source: A. Geron, "Hands-On Machine Learning", chapter 14, "CNN Architectures".

    Returns
    -------
    torch.nn.Sequential
        From float32 pictures (pictures, 1, 28, 28) to logits (pictures, 10).

    Examples
    --------
    >>> count_parameters(fashion_cnn())
    1413834
    """
    return nn.Sequential(
        nn.Conv2d(1, 64, kernel_size=7, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 128, kernel_size=3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(128, 128, kernel_size=3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(128, 256, kernel_size=3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(256, 256, kernel_size=3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256 * 3 * 3, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(64, 10),
    )


def small_fashion_cnn() -> nn.Sequential:
    """Return the same architecture at an eighth of the width, with fresh random weights.

    Two things differ. A batch norm stands after each convolution (which then needs no bias of its own): it reaches
    the same accuracy in less time. And there is no dropout: of 16 neurons too few would be left.

    Returns
    -------
    torch.nn.Sequential
        From float32 pictures (pictures, 1, 28, 28) to logits (pictures, 10).

    Examples
    --------
    >>> count_parameters(small_fashion_cnn())
    22730
    """
    return nn.Sequential(
        nn.Conv2d(1, 8, kernel_size=7, padding="same", bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, kernel_size=3, padding="same", bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 16, kernel_size=3, padding="same", bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, kernel_size=3, padding="same", bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Conv2d(32, 32, kernel_size=3, padding="same", bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 3 * 3, 16),
        nn.ReLU(),
        nn.Linear(16, 8),
        nn.ReLU(),
        nn.Linear(8, 10),
    )


MODELS: dict[str, Callable[[], nn.Sequential]] = {"small": small_fashion_cnn, "book": fashion_cnn}

RECIPES: dict[str, dict[str, Any]] = {
    "small": {"batch_size": 64, "peak_rate": 0.05, "weight_decay": 2e-3},
    "book": {"batch_size": 64, "peak_rate": 0.05, "weight_decay": 5e-4},
}
ON_A_GPU = {"batch_size": 256, "peak_rate": 0.1}
LONG = {"small": 240, "book": 3600}  # seconds in which two cores show each picture some twenty times
LONG_EPOCHS = 20


def recipe(name: str, budget: str = "10e", device: str = "auto") -> dict[str, Any]:
    """Return the settings with which `course.training.train` trains a network well: ``train(..., **recipe("small"))``.

    They were found by trying, on 5,000 of the training pictures that were held out; ``python3 -m course bench train
    --budgets 5s 25s 2m`` repeats what they reach. Small batches learn more from the same number of pictures, and short
    runs come out more alike from all seeds; below 64 a step costs more than it brings. Long runs, in which the network
    sees each picture twenty times or more, mirror half of the pictures: then it learns less by heart. On the test
    pictures that brought no more than chance does (one run each, of 1,000,000 pictures: 92.3% without, 91.8% with);
    runs of 2,250,000 and of 4,500,000 pictures with it both reach 92.4%.

    A GPU is idle most of the time with batches of 64; it gets larger ones, which bear a higher rate. What is said here
    of a GPU was not measured.

    Parameters
    ----------
    name : {"small", "book"}
        Which network.
    budget : str
        As for `train`. Long is from 20 epochs on, or from 4 minutes (small) or an hour (book).
    device : str
        As for `train`.

    Examples
    --------
    >>> recipe("book", device="cpu")
    {'batch_size': 64, 'peak_rate': 0.05, 'weight_decay': 0.0005, 'flips': False}
    """
    from .training import Budget, choose_device

    _check_name("recipe", name)
    limit = Budget.parse(budget)
    large = ON_A_GPU if choose_device(device).type != "cpu" else {}
    return {**RECIPES[name], **large, "flips": limit.amount >= (LONG_EPOCHS if limit.unit == "epochs" else LONG[name])}


def initialise(model: nn.Module) -> nn.Module:
    """Draw all weights anew as He and others do, in place, and return the network.

    Each weight of a convolution or a dense layer comes from a normal distribution with mean 0 and variance 2 / n, where
    n is how many numbers a unit reads; biases are 0. Behind a ReLU, which sets half of the numbers to 0, the signal
    then is about as strong in the last layer as in the first. PyTorch's own weights have a variance of 1 / (3 n): there
    it falls from layer to layer, and so do the gradients.

    Source: K. He, X. Zhang, S. Ren, J. Sun, "Delving Deep into Rectifiers" (2015), section 2.2.

    Parameters
    ----------
    model : torch.nn.Module
        The network. Batch norms and all that is no convolution or dense layer stay as they are.

    Examples
    --------
    >>> bool(initialise(nn.Linear(800, 400)).weight.var() * 800 / 2 > 0.95)
    True
    """
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model


def build_model(name: str, seed: int = 0) -> nn.Sequential:
    """Return a network with fresh random weights that depend on the seed alone.

    The book's network starts with the weights of `initialise`. The small one has batch norms, which keep the signal
    strong from any weights, and starts with PyTorch's own.

    Parameters
    ----------
    name : {"small", "book"}
        Which network.
    seed : int
        The same seed gives the same weights.

    Raises
    ------
    ArgumentError
        There is no network of that name.

    Examples
    --------
    >>> build_model("small", seed=1)[0]
    Conv2d(1, 8, kernel_size=(7, 7), stride=(1, 1), padding=same, bias=False)
    """
    _check_name("build_model", name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = MODELS[name]()
        return initialise(model) if name == "book" else model  # type: ignore[return-value]


def _check_name(function: str, name: str) -> None:
    if name not in MODELS:
        raise argument_error(function, "name", f"be one of {', '.join(MODELS)}", name, "Use name='small'.")


def count_parameters(model: nn.Module) -> int:
    """Return the number of weights and biases that training changes.

    Parameters
    ----------
    model : torch.nn.Module
        Any network.

    Examples
    --------
    >>> count_parameters(nn.Conv2d(1, 64, kernel_size=7))
    3200
    """
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def multiplications(model: nn.Module, input_shape: Sequence[int] | None = None) -> int:
    """Return how many multiply-accumulates the convolutions and dense layers do for one picture.

    Parameters
    ----------
    model : torch.nn.Module
        Any network.
    input_shape : sequence of int, optional
        Of the picture, as in `course.layers.layers_of`.

    Examples
    --------
    >>> multiplications(fashion_cnn())
    89466496
    """
    return sum(layer.multiplications() for layer in layers_of(model, input_shape))


def describe_layers(model: nn.Module, input_shape: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Return the layers of a network as plain data, for counting and drawing without PyTorch.

    Parameters
    ----------
    model : torch.nn.Module
        Any network: its layers are those that a picture goes through, whatever code it is written in.
    input_shape : sequence of int, optional
        Of one picture: (channels, height, width); by default as in `course.layers.layers_of`.

    Returns
    -------
    list of dict
        One for each layer, from the picture upwards. ``kind`` is "conv", "pool", "norm", "flatten", "dense", or the
        name of the layer's class in small letters ("relu", "dropout"). A convolution has ``out_channels``, and, as a
        pooling has, ``kernel_size``, ``stride`` and ``padding``, each a pair (vertical, horizontal). A dense layer has
        ``out_features``. ``parameters`` counts the numbers that are learned.

    Raises
    ------
    ArgumentError
        This is no network, or it stops at such a picture.

    Examples
    --------
    >>> describe_layers(fashion_cnn())[0]["kernel_size"], describe_layers(fashion_cnn())[0]["padding"]
    ((7, 7), (3, 3))
    """
    return [_described(layer) for layer in layers_of(model, input_shape)]


def _described(layer: Layer) -> dict[str, Any]:
    tensors = layer.tensors()
    entry: dict[str, Any] = {"kind": layer.kind, "parameters": layer.parameters()}
    if layer.kind in ("conv", "pool"):
        entry |= {option: layer.pair(option) for option in ("kernel_size", "stride", "padding")}
    if layer.kind == "conv":
        entry["out_channels"] = len(tensors["weight"])
    if layer.kind == "dense":
        entry["out_features"] = len(tensors["weight"])
    return entry


def weights_to_numpy(model: nn.Module) -> dict[str, np.ndarray]:
    """Return a copy of all weights of a network as NumPy arrays, named by the kind of layer and its number.

    Parameters
    ----------
    model : torch.nn.Module
        A network made of convolutions, batch norms and linear layers; layers without weights are passed over.

    Returns
    -------
    dict of str to float32 arrays
        ``conv1.weight`` (out_channels, in_channels, kernel height, kernel width), ``conv1.bias`` (out_channels,),
        ``norm1.weight``, ``norm1.bias``, ``norm1.running_mean``, ``norm1.running_var``, ..., ``dense1.weight``
        (outputs, inputs), ...: in the order of the layers.

    Examples
    --------
    >>> list(weights_to_numpy(fashion_cnn()))[:2]
    ['conv1.weight', 'conv1.bias']
    """
    return {name: np.array(tensor.cpu().numpy(), np.float32, order="C") for name, tensor in _named_tensors(model)}


def load_weights(model: nn.Module, weights: dict[str, np.ndarray]) -> nn.Module:
    """Copy weights that `weights_to_numpy` returned into a network of the same architecture, and return it.

    Parameters
    ----------
    model : torch.nn.Module
        The network; it is left as it was if the weights do not fit.
    weights : dict of str to arrays
        As from `weights_to_numpy` or `course.weights.trained_weights`.

    Raises
    ------
    DataError
        Names or shapes do not fit the network.

    Examples
    --------
    >>> from course.weights import trained_weights
    >>> model = load_weights(small_fashion_cnn(), trained_weights())
    """
    tensors = dict(_named_tensors(model))
    missing = sorted(tensors.keys() ^ weights.keys())
    if missing:
        raise DataError(
            f"These weights are of another network: {missing[0]} is in only one of the two. "
            "Build the network that the weights were trained in."
        )
    for name, tensor in tensors.items():
        if tuple(weights[name].shape) != tuple(tensor.shape):
            raise DataError(
                f"These weights are of another network: {name} has shape {tuple(weights[name].shape)}, "
                f"and the network needs {tuple(tensor.shape)}. Build the network that the weights were trained in."
            )
    for name, tensor in tensors.items():
        tensor.copy_(torch.from_numpy(np.array(weights[name], np.float32)))
    return model


def _named_tensors(model: nn.Module) -> list[tuple[str, torch.Tensor]]:
    """Return name and tensor (without gradient) of all weights, in the order in which pictures meet them."""
    kinds = {"conv": nn.Conv2d, "norm": nn.BatchNorm2d, "dense": nn.Linear}
    met: dict[int, int] = {}  # the place of a weight on the way of the pictures
    with contextlib.suppress(ArgumentError):  # a part of a network keeps the order in which it was written
        for place, layer in enumerate(layers_of(model)):
            for tensor in layer.tensors().values():
                met.setdefault(id(tensor), place)
    modules = [(prefix, one) for one in model.modules() for prefix, kind in kinds.items() if isinstance(one, kind)]
    modules.sort(key=lambda pair: min((met.get(id(tensor), len(met)) for tensor in pair[1].parameters()), default=0))
    numbers = dict.fromkeys(kinds, 0)
    named = []
    for prefix, module in modules:
        # A batch norm bears the number of its convolution.
        numbers[prefix] = numbers["conv"] if prefix == "norm" else numbers[prefix] + 1
        for name in ("weight", "bias", "running_mean", "running_var"):
            held = getattr(module, name, None)
            if held is not None:
                named.append((f"{prefix}{numbers[prefix]}.{name}", held.detach()))
    return named
