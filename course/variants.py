"""The small network of lesson 5 with one thing changed: what its comparisons train side by side."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from .errors import argument_error

__all__ = ["BlurredPool", "blurred_pools", "global_average", "one_large_kernel", "with_kernels"]

GROUPS = ((1, 8), (8, 16), (16, 16), (16, 32), (32, 32))  # channels below and above each convolution
POOLED = (0, 2, 4)  # the convolutions that a pool follows


def with_kernels(size: int) -> nn.Sequential:
    """Return the small network with kernels of another size in its convolutions 2 to 5; the first keeps 7 × 7.

    Parameters
    ----------
    size : int
        Odd; 3 gives the small network itself.

    Examples
    --------
    >>> with_kernels(5)[4].kernel_size
    (5, 5)
    """
    if size < 1 or size % 2 == 0:
        rule = "be odd, so that the size of the maps can be kept"
        raise argument_error("with_kernels", "size", rule, size, "Use size=3.")
    return nn.Sequential(*_convolutions(size), nn.Flatten(), *_dense(288))


def one_large_kernel() -> nn.Sequential:
    """Return the small network with one 5 × 5 convolution for each pair of 3 × 3 convolutions: both see as far.

    Examples
    --------
    >>> sum(isinstance(layer, nn.Conv2d) for layer in one_large_kernel())
    3
    """
    layers: list[nn.Module] = []
    for below, above, size in ((1, 8, 7), (8, 16, 5), (16, 32, 5)):
        layers += [*_block(below, above, size), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), *_dense(288))


def global_average() -> nn.Sequential:
    """Return the small network whose dense layers get the mean of each map, and no longer each of its places.

    Examples
    --------
    >>> global_average()[-5]
    Linear(in_features=32, out_features=16, bias=True)
    """
    return nn.Sequential(*_convolutions(3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), *_dense(32))


def blurred_pools() -> nn.Sequential:
    """Return the small network with a `BlurredPool` for each pool.

    Examples
    --------
    >>> blurred_pools()(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """
    return nn.Sequential(*_convolutions(3, BlurredPool), nn.Flatten(), *_dense(288))


class BlurredPool(nn.Module):
    """The maximum of each 2 × 2 window at every place, then a blur, and only then every second place.

    What a stride picks depends less on where the picture stands if neighbours have become alike before.
    Source: R. Zhang, "Making Convolutional Networks Shift-Invariant Again" (2019).
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return maps of half the size, rounded down."""
        weights = torch.tensor([1.0, 2.0, 1.0], device=x.device, dtype=x.dtype)
        blur = (weights[:, None] * weights / 16).expand(x.shape[1], 1, 3, 3)
        largest = F.max_pool2d(F.pad(x, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
        blurred = F.conv2d(F.pad(largest, (1, 1, 1, 1), mode="replicate"), blur, stride=2, groups=x.shape[1])
        return blurred[:, :, : x.shape[2] // 2, : x.shape[3] // 2]


def _convolutions(size: int, pool: Callable[[], nn.Module] = lambda: nn.MaxPool2d(2)) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for number, (below, above) in enumerate(GROUPS):
        layers += _block(below, above, size if number else 7)
        layers += [pool()] if number in POOLED else []
    return layers


def _block(below: int, above: int, size: int) -> list[nn.Module]:
    return [nn.Conv2d(below, above, size, padding="same", bias=False), nn.BatchNorm2d(above), nn.ReLU()]


def _dense(inputs: int) -> list[nn.Module]:
    return [nn.Linear(inputs, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 10)]
