"""The book's network in parts that may go wrong: as a list of layers, and as a network of PyTorch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from .traces import FITS, Layers

__all__ = ["NONE", "RELU", "layers_of", "network"]

RELU: Layers = [("relu",)]
NONE: Layers = []


def _size_after(layers: Layers) -> int:
    size = 28
    for kind, *details in layers:
        if kind in ("conv", "max_pool", "avg_pool"):
            (window, _), (step, _), (pad, _), more = details[-4:]
            spread = (window - 1) * (2 if more == "dilated" else 1)
            size = max((size + 2 * pad - spread - 1 + (step - 1) * (more == "rounded up")) // step + 1, 1)
    return size


def layers_of(
    *,
    pictures: int = 1,
    groups: tuple[int, ...] = (1, 2, 2),
    filters: tuple[int, ...] = (64, 128, 256),
    inputs: Callable[[int, int], int] = lambda below, below_group: below,
    first: int = 7,
    kernel: int = 3,
    first_padding: Callable[[int], int] = lambda size: size // 2,
    padding: Callable[[int], int] = lambda size: size // 2,
    stride: int = 1,
    strides: int = 1,
    more: Callable[[int], str] = lambda k: "",
    convs: Callable[[int], bool] = lambda k: True,
    norm: Layers = NONE,
    pool: str = "max_pool",
    window: int = 2,
    step: int = 2,
    rounded: str = "",
    pooled: Callable[[int, bool], int] = lambda group, last: int(last),
    flat: Layers = [("flatten", "")],  # noqa: B006
    flat_early: bool = False,
    flat_late: bool = False,
    awaited: int = FITS,
    sizes: tuple[int, ...] = (128, 64, 10),
    chain: Callable[[int, int], int] = lambda k, below: below,
    dense_more: str = "",
    hidden: Callable[[int], bool] = lambda k: True,
    function: Layers = RELU,
    drops: tuple[bool, bool] = (True, True),
    rate: float = 0.5,
    drops_too: bool = False,
    always: bool = False,
    too: Layers = NONE,
    end: Layers = NONE,
    lost: Layers = NONE,
) -> Layers:
    """Return the layers of the book's network; each argument is a part that may go wrong."""
    layers: Layers = []
    below, numbers = pictures, itertools.count()
    whole_pool = (pool, (window, window), (step, step), (0, 0), rounded)
    for group, (count, out) in enumerate(zip(groups, filters, strict=False)):
        below_group = below
        for place in range(count):
            k = next(numbers)
            later = group > 0
            size, pad, by = (kernel, padding, strides) if later else (first if not k else kernel, first_padding, stride)
            entering = inputs(below, below_group) if k else pictures
            layers.append(("conv", entering, out, (size, size), (by, by), (pad(size), pad(size)), more(k)))
            layers += [*norm, *(function if convs(k) else NONE), *[whole_pool] * pooled(group, place == count - 1)]
            below = out
    arriving = below * (1 if any(layer[0] == "global_pool" for layer in flat) else _size_after(layers) ** 2)
    late = flat if flat_late else NONE
    if flat_early or flat_late:
        layers, flat = [*layers[:-1], *(flat if flat_early else NONE), layers[-1]], NONE
    layers += [*too, *flat, *[("dropout", rate, "")] * drops_too]
    below = awaited or arriving
    for k, out in enumerate(sizes):
        layers.append(("dense", chain(k, below), out, below if k else arriving, dense_more))
        if k < len(sizes) - 1:
            layers += [
                *(late if k == 0 else NONE),
                *(function if hidden(k) else NONE),
                *[("dropout", rate, "")] * drops[min(k, 1)],
            ]
        below = out
    dropped = any(layer[0] == "dropout" for layer in layers)
    return [*layers, *end, *[("always",)] * (always and dropped), *lost]


def network(**parts: Any) -> Any:
    """Return the book's network, with the parts that go wrong."""
    from torch import nn

    layers = layers_of(**parts)

    class Always(nn.Dropout):
        def forward(self, x: Any) -> Any:
            return nn.functional.dropout(x, self.p)

    class Lost(nn.Module):
        """Runs layers that PyTorch does not see, or gives nothing."""

        def __init__(self, *made: Any) -> None:
            super().__init__()
            self.made = [*made]
            self.seen = nn.ModuleList(made if ("hidden weights",) not in layers else [])

        def forward(self, x: Any) -> Any:
            for layer in self.made:
                x = layer(x)
            return None if ("nothing returned",) in layers else x

    def convolution(n: int, m: int, size: int, stride: int, pad: int, more: str) -> Any:
        return nn.Conv2d(n, m, size, stride, pad, 2 if more == "dilated" else 1, 2 if more == "groups" else 1,
                         more != "no bias")  # fmt: skip

    channels = [layer[2] for layer in layers if layer[0] == "conv"]
    modules: dict[str, Callable[..., Any]] = {
        "conv": convolution,
        "dense": lambda n, m, arriving, more: nn.Linear(n, m, bias=more != "no bias"),
        "max_pool": lambda size, stride, pad, more: nn.MaxPool2d(size, stride, pad, ceil_mode=more != ""),
        "avg_pool": lambda size, stride, pad, more: nn.AvgPool2d(size, stride, pad),
        "global_pool": lambda of: (nn.AdaptiveAvgPool2d if of == "mean" else nn.AdaptiveMaxPool2d)(1),
        "flatten": lambda more: nn.Flatten(0 if more else 1),
        "dropout": lambda rate, more: (Always if ("always",) in layers else nn.Dropout)(rate),
        "norm": lambda: nn.BatchNorm2d(channels.pop(0), affine=False),
        "activation": lambda name: nn.Sigmoid() if name == "sigmoid" else nn.LeakyReLU(0.1),
        "hardshrink": lambda: nn.Hardshrink(5.0),
        "relu": nn.ReLU,
        "softmax": lambda: nn.Softmax(dim=1),
        "log_softmax": lambda: nn.LogSoftmax(dim=1),
    }
    made = [modules[kind](*details) for kind, *details in layers if kind in modules]
    return Lost(*made) if parts.get("lost") else nn.Sequential(*made)
