"""Pictures that lie on the device as a whole, and batches of them by index: no worker processes, no copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..errors import argument_error

__all__ = ["Pictures", "as_float", "batch_order", "pictures_on", "step_seed"]


@dataclass(frozen=True)
class Pictures:
    """A data set on one device.

    Attributes
    ----------
    images : uint8 tensor of shape (N, 1, H, W)
        From 0 (black) to 255.
    labels : int64 tensor of shape (N,)
        The class of each.
    """

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, index: torch.Tensor | slice) -> tuple[torch.Tensor, torch.Tensor]:
        """Return pictures as float32 from 0 to 1, and their labels, for the places in `index`."""
        return as_float(self.images[index]), self.labels[index]


def as_float(images: torch.Tensor) -> torch.Tensor:
    """Return uint8 pictures (N, 1, H, W) as float32 from 0 to 1, channels last in memory.

    Examples
    --------
    >>> as_float(torch.full((1, 1, 2, 2), 255, dtype=torch.uint8)).max().item()
    1.0
    """
    return (images.float() / 255).contiguous(memory_format=torch.channels_last)


def pictures_on(device: torch.device, data: Any) -> Pictures:
    """Move a data set to the device, once.

    Parameters
    ----------
    device : torch.device
        Where to.
    data : object
        Has ``images``, uint8 of shape (N, H, W), and ``labels``, whole numbers of shape (N,),
        as `course.data.fashion_mnist` returns.

    Raises
    ------
    ArgumentError
        Shapes or types are others, or there is no picture at all.
    """
    images, labels = np.asarray(data.images), np.asarray(data.labels)
    if images.ndim != 3 or images.dtype != np.uint8 or len(images) == 0:
        raise argument_error(
            "pictures_on",
            "data.images",
            "be uint8 of shape (pictures, height, width)",
            images,
            "Give whole grey pictures from 0 to 255.",
        )
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise argument_error(
            "pictures_on",
            "data.labels",
            f"be {len(images)} whole numbers, one for each picture",
            labels,
            "Give pictures and labels of the same split.",
        )
    return Pictures(
        torch.from_numpy(images[:, None].copy()).to(device),
        torch.from_numpy(labels.astype(np.int64)).to(device),
    )


def step_seed(seed: int, step: int, rank: int = 0) -> int:
    """Return the seed of all that is random in one step, so that a run can go on at any step as if it had not ended."""
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1)[0])


def batch_order(count: int, batch_size: int, seed: int, epoch: int, rank: int = 0, world: int = 1) -> torch.Tensor:
    """Return which pictures each batch of one epoch holds: all pictures, shuffled, dealt out.

    What is left after the last whole batch has its turn in another epoch, in another shuffle.

    Parameters
    ----------
    count, batch_size : int
        Number of pictures, and of pictures in one batch (over all processes).
    seed, epoch : int
        The order depends on these alone.
    rank, world : int
        This process, and how many there are: each takes its part of every batch.

    Returns
    -------
    int64 tensor of shape (batches, batch_size // world)
        Indices from 0 to count - 1; no index twice.

    Examples
    --------
    >>> batch_order(10, 4, seed=0, epoch=1).shape
    torch.Size([2, 4])
    """
    generator = torch.Generator().manual_seed(int(np.random.SeedSequence([seed, epoch, 0]).generate_state(1)[0]))
    batches = count // batch_size
    order = torch.randperm(count, generator=generator)[: batches * batch_size]
    return order.view(batches, batch_size)[:, rank::world]
