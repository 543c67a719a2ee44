"""The parts of LeNet-5 that PyTorch does not have: table I, squashing, sub-sampling, partial convolution, output units.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proc.
IEEE 86 (1998), 2278-2324: section II.B, and appendix A for the squashing.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from ..errors import argument_error

__all__ = ["RBF", "PartialConv2d", "ScaledTanh", "Subsample", "c3_connections", "scaled_tanh"]


def c3_connections() -> np.ndarray:
    """Return which maps of S2 each map of C3 reads: the paper's table I.

    Six maps read every three neighbours, six every four neighbours, in a ring in which map 5 stands beside map 0; three
    read two pairs of neighbours with a map between them on each side; the last one reads all.

    Returns
    -------
    bool ndarray of shape (16, 6)
        Row i: the maps that map i of C3 reads. The paper's table has these rows as its columns.

    Examples
    --------
    >>> c3_connections().sum(axis=1).tolist()
    [3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 6]
    """
    groups = (((0, 1, 2), 6), ((0, 1, 2, 3), 6), ((0, 1, 3, 4), 3), (tuple(range(6)), 1))
    rows = [(first, steps) for steps, count in groups for first in range(count)]
    table = np.zeros((16, 6), bool)
    for row, (first, steps) in enumerate(rows):
        table[row, [(first + step) % 6 for step in steps]] = True
    return table


def scaled_tanh(x: torch.Tensor) -> torch.Tensor:
    """Return 1.7159 tanh(2 x / 3), which takes 1 to 1 and -1 to -1.

    The second derivative is largest at 0.988 and its mirror; the paper says "at +1 and -1" (appendix A).

    Parameters
    ----------
    x : float tensor
        Weighted sums, of any shape.

    Examples
    --------
    >>> round(scaled_tanh(torch.tensor(1.0)).item(), 4)
    1.0
    """
    return 1.7159 * torch.tanh(x * (2 / 3))


class ScaledTanh(nn.Module):
    """`scaled_tanh` as a layer."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return numbers from -1.7159 to 1.7159, in the shape of `x`."""
        return scaled_tanh(x)


class Subsample(nn.Module):
    """The sum of each 2 × 2 window times one coefficient, plus one bias, then squashed: two parameters for each map.

    Parameters
    ----------
    channels : int
        Maps.
    activation : torch.nn.Module, optional
        What squashes; `ScaledTanh` by default.

    Examples
    --------
    >>> Subsample(6)(torch.zeros(2, 6, 28, 28)).shape
    torch.Size([2, 6, 14, 14])
    """

    def __init__(self, channels: int, activation: nn.Module | None = None):
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), 0.25))  # the mean, until `initialise` draws others
        self.bias = nn.Parameter(torch.zeros(channels))
        self.activation = activation or ScaledTanh()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return maps of half the size, rounded down: (N, channels, H, W) to (N, channels, H // 2, W // 2)."""
        sums = 4 * F.avg_pool2d(x, 2)
        return self.activation(sums * self.weight[:, None, None] + self.bias[:, None, None])


class PartialConv2d(nn.Module):
    """A convolution in which each map reads some of the maps below: only the kernels that exist are parameters.

    Parameters
    ----------
    connections : bool array of shape (out_channels, in_channels)
        Which map reads which.
    kernel_size : int
        Of the square kernels; stride 1, no padding.

    Raises
    ------
    ArgumentError
        The table has another number of axes, or a map that reads nothing.

    Examples
    --------
    >>> sum(parameter.numel() for parameter in PartialConv2d(c3_connections(), 5).parameters())
    1516
    """

    connections: torch.Tensor

    def __init__(self, connections: np.ndarray, kernel_size: int):
        super().__init__()
        table = np.asarray(connections, bool)
        if table.ndim != 2 or not table.any(axis=1).all():
            rule = "be a table (maps here, maps below) in which each map reads at least one"
            fix = "Use c3_connections(), or an array of True for a full convolution."
            raise argument_error("PartialConv2d", "connections", rule, connections, fix)
        self.register_buffer("connections", torch.from_numpy(table.copy()), persistent=False)
        self.weight = nn.Parameter(torch.zeros(int(table.sum()), kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(len(table)))

    def dense_weight(self) -> torch.Tensor:
        """Return the kernels as a full convolution has them, (out, in, height, width): 0 where nothing is read."""
        dense = self.weight.new_zeros(*self.connections.shape, *self.weight.shape[1:])
        return dense.masked_scatter(self.connections[:, :, None, None], self.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the maps: (N, in, H, W) to (N, out, H - kernel_size + 1, W - kernel_size + 1)."""
        return F.conv2d(x, self.dense_weight(), self.bias)


class RBF(nn.Module):
    """Euclidean radial basis functions: unit i tells how far the input is from its own code, sum((x - w_i)**2).

    The smallest output is the answer. The codes are fixed, as they are in the paper "at least initially" (equation 7).

    Parameters
    ----------
    codes : float array of shape (units, ...)
        One code for each unit, such as `digit_bitmaps`.

    Examples
    --------
    >>> from course.codes import digit_bitmaps
    >>> RBF(digit_bitmaps())(-torch.ones(1, 84)).shape
    torch.Size([1, 10])
    """

    codes: torch.Tensor

    def __init__(self, codes: np.ndarray):
        super().__init__()
        self.register_buffer("codes", torch.from_numpy(np.array(codes, np.float32).reshape(len(codes), -1)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return squared distances, (N, units), for x of shape (N, numbers in a code)."""
        return (x[:, None, :] - self.codes).square().sum(dim=2)
