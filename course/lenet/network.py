"""LeNet-5 as it was published, its modern form, and switches between the two.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proc.
IEEE 86 (1998), 2278-2324: section II.B, and appendix A for the first weights.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import torch
from torch import nn

from ..codes import digit_bitmaps
from ..errors import argument_error
from .parts import RBF, PartialConv2d, ScaledTanh, Subsample, c3_connections

__all__ = ["SWITCHES", "Classifier", "initialise", "lenet5", "lenet5_modern", "normalise", "output_of"]

WHITE, BLACK = -0.1, 1.175  # what background and full ink are for the network
SWITCHES: dict[str, tuple[str, ...]] = {  # the first of each is the paper's
    "activation": ("tanh", "relu"),
    "pool": ("subsample", "average", "max"),
    "c3": ("partial", "full"),
    "output": ("rbf", "softmax"),
    "weights": ("fan_in", "he"),
}


def normalise(images: np.ndarray) -> torch.Tensor:
    """Return pictures as the network takes them: -0.1 for the background, 1.175 for full ink.

    The paper chose these so that mean and variance are "roughly" 0 and 1. Of the digits of `handwritten_digits`, whose
    field is mostly background, they are 0.05 and 0.10.

    Parameters
    ----------
    images : uint8 array of shape (N, H, W)
        From 0 (background) to 255 (ink).

    Returns
    -------
    float32 tensor of shape (N, 1, H, W)

    Examples
    --------
    >>> normalise(np.array([[[0, 255]]], np.uint8)).flatten().tolist()
    [-0.10000000149011612, 1.1749999523162842]
    """
    return torch.from_numpy(np.asarray(images)[:, None] / np.float32(255)) * (BLACK - WHITE) + WHITE


def initialise(model: nn.Module, how: str = "fan_in") -> nn.Module:
    """Draw all weights anew, in place, and return the network.

    "fan_in" is the paper's: uniform from -2.4 / F to 2.4 / F, where F is how many numbers the unit reads (appendix A).
    The course reads it so that biases are drawn like the weights of their unit, and not counted in F. "he" is that of
    `course.models.initialise`: normal, variance 2 / F, biases 0; a `Subsample` then begins as the mean.

    Parameters
    ----------
    model : torch.nn.Module
        From `lenet5`, or any network of convolutions and dense layers. A module of one's own with two parameters of one
        size is taken for a sub-sampling layer: a coefficient and a bias for each map.
    how : {"fan_in", "he"}

    Examples
    --------
    >>> bool(initialise(nn.Linear(120, 84)).weight.abs().max() <= 2.4 / 120)
    True
    """
    _check("initialise", "how", how, SWITCHES["weights"])
    for module in model.modules():
        if _is_subsampling(module):
            coefficient, bias = module.parameters(recurse=False)
            with torch.no_grad():
                for learned, mean in ((coefficient, 0.25), (bias, 0.0)):
                    _ = learned.uniform_(-1, 1).mul_(2.4 / 4) if how == "fan_in" else learned.fill_(mean)
            continue
        if not isinstance(module, (nn.Conv2d, nn.Linear, PartialConv2d)):
            continue
        if isinstance(module, PartialConv2d):
            of_unit = module.connections.sum(dim=1) * module.weight[0].numel()
            of_weight = of_unit[module.connections.nonzero()[:, 0]][:, None, None]
        else:
            of_unit = of_weight = torch.tensor(module.weight[0].numel())
        with torch.no_grad():
            if how == "fan_in":
                module.weight.uniform_(-1, 1).mul_(2.4 / of_weight)
                if module.bias is not None:
                    module.bias.uniform_(-1, 1).mul_(2.4 / of_unit)
            else:
                module.weight.normal_().mul_((2 / of_weight).sqrt())
                if module.bias is not None:
                    module.bias.zero_()
    return model


def _is_subsampling(module: nn.Module) -> bool:
    """Tell whether a module has a coefficient and a bias for each map, in this order, and is none of PyTorch's."""
    sizes = [one.numel() for one in module.parameters(recurse=False)]
    return len(sizes) == 2 and sizes[0] == sizes[1] and not type(module).__module__.startswith("torch.")


def output_of(function: str, model: nn.Module, output: str | None) -> str:
    """Return "rbf" where the smallest of a network's ten numbers is its answer, "softmax" where the largest is.

    Raises
    ------
    ArgumentError
        `output` is neither of them, or it is None and the last layer of the network does not tell.
    """
    if output is not None:
        _check(function, "output", output, SWITCHES["output"])
        return output
    last = list(model.modules())[-1]
    if not isinstance(last, (RBF, nn.Linear)):
        rule = "be given where the last layer of the network is neither an RBF nor a Linear"
        fix = 'Write output="rbf" where the smallest number is the answer, output="softmax" where the largest is.'
        raise argument_error(function, "output", rule, output, fix)
    return "rbf" if isinstance(last, RBF) else "softmax"


def lenet5(
    activation: str = "tanh",
    pool: str = "subsample",
    c3: str = "partial",
    output: str = "rbf",
    weights: str = "fan_in",
    seed: int = 0,
) -> nn.Sequential:
    """Return LeNet-5; each argument changes one thing of the paper's network.

    Parameters
    ----------
    activation : {"tanh", "relu"}
        What follows the weighted sums: `ScaledTanh`, or ReLU. Before an RBF output, F6 keeps the tanh, since half of
        its targets are -1.
    pool : {"subsample", "average", "max"}
        `Subsample`, or the mean or the maximum of each 2 × 2 window, which learn nothing and squash nothing.
    c3 : {"partial", "full"}
        Whether the maps of C3 read what `c3_connections` says, or all maps.
    output : {"rbf", "softmax"}
        Distances from `digit_bitmaps`, of which the smallest is the answer; or 10 logits for a cross-entropy.
    weights : {"fan_in", "he"}
        As in `initialise`.
    seed : int
        The same seed gives the same weights.

    Returns
    -------
    torch.nn.Sequential
        From float32 pictures (N, 1, 32, 32), as `normalise` makes them, to (N, 10). Its parts are named as in the
        paper: C1, S2, C3, S4, C5, F6, output. Squashing belongs to the part whose sums it squashes.

    Raises
    ------
    ArgumentError
        There is no such switch.

    Examples
    --------
    >>> model = lenet5()
    >>> sum(parameter.numel() for parameter in model.parameters()), tuple(model(torch.zeros(1, 1, 32, 32)).shape)
    (60000, (1, 10))
    """
    given = {"activation": activation, "pool": pool, "c3": c3, "output": output, "weights": weights}
    for name, value in given.items():
        _check("lenet5", name, value, SWITCHES[name])
    squash: Any = ScaledTanh if activation == "tanh" else nn.ReLU

    def pooled(channels: int) -> nn.Module:
        if pool == "subsample":
            return Subsample(channels, squash())
        return nn.AvgPool2d(2) if pool == "average" else nn.MaxPool2d(2)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        third = PartialConv2d(c3_connections(), 5) if c3 == "partial" else nn.Conv2d(6, 16, 5)
        parts: list[tuple[str, nn.Module]] = [
            ("C1", nn.Sequential(nn.Conv2d(1, 6, 5), squash())),
            ("S2", pooled(6)),
            ("C3", nn.Sequential(third, squash())),
            ("S4", pooled(16)),
            ("C5", nn.Sequential(nn.Conv2d(16, 120, 5), squash(), nn.Flatten())),
            ("F6", nn.Sequential(nn.Linear(120, 84), ScaledTanh() if output == "rbf" else squash())),
            ("output", RBF(digit_bitmaps()) if output == "rbf" else nn.Linear(84, 10)),
        ]
        return initialise(nn.Sequential(OrderedDict(parts)), weights)  # type: ignore[return-value]


def lenet5_modern(seed: int = 0) -> nn.Sequential:
    """Return the same sizes as one would build them today: ReLU, maximum, full C3, softmax, weights of He.

    Examples
    --------
    >>> sum(parameter.numel() for parameter in lenet5_modern().parameters())
    61706
    """
    return lenet5("relu", "max", "full", "softmax", "he", seed)


class Classifier(nn.Module):
    """A LeNet as the course's other networks are: from pictures (0 to 1) to logits, of which the largest is the answer.

    So `course.answers` and `course.training` can use it. Distances change their sign; the softmax of these logits is
    how likely each class is in the paper's sense, without the rubbish class.

    Parameters
    ----------
    model : torch.nn.Module
        From `lenet5`, or a LeNet of one's own. It is used, not copied.
    output : {"rbf", "softmax"}, optional
        What its ten numbers are; the networks of `lenet5` tell it themselves.

    Examples
    --------
    >>> Classifier(lenet5())(torch.zeros(3, 1, 32, 32)).shape
    torch.Size([3, 10])
    """

    def __init__(self, model: nn.Module, output: str | None = None):
        super().__init__()
        self.model = model
        self.sign = -1 if output_of("Classifier", model, output) == "rbf" else 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (N, 10) for pictures (N, 1, 32, 32) from 0 (background) to 1 (ink)."""
        return self.sign * self.model(x * (BLACK - WHITE) + WHITE)


def _check(function: str, name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise argument_error(function, name, f"be one of {', '.join(known)}", value, f'Use {name}="{known[0]}".')
