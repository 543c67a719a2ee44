"""Several processes that train one network, as `torchrun` starts them. A single process passes through untouched."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import nn

__all__ = ["Team", "is_leader", "team_for"]


def is_leader() -> bool:
    """Return whether this process is the one that prints and writes: the only one, or the first of several."""
    return int(os.environ.get("RANK", "0")) == 0


@dataclass(frozen=True)
class Team:
    """The processes of one run.

    Attributes
    ----------
    rank, world : int
        The number of this process, from 0, and how many there are.
    device : torch.device
        What this process computes on.
    """

    rank: int
    world: int
    device: torch.device

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the network such that the gradients of all processes are averaged."""
        if self.world == 1:
            return model
        ids = [self.device.index] if self.device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(model, device_ids=ids)

    def total(self, values: torch.Tensor) -> torch.Tensor:
        """Return the sum of the values over all processes."""
        if self.world > 1:
            dist.all_reduce(values)
        return values

    def leaders(self, value: Any) -> Any:
        """Return what the first process holds; the others' value is passed over."""
        if self.world == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, device=self.device if self.device.type == "cuda" else None)
        return box[0]

    def share_statistics(self, model: nn.Module) -> None:
        """Give all processes the running statistics of batch norm that the first one has."""
        if self.world > 1:
            for buffer in model.buffers():
                dist.broadcast(buffer, src=0)


@contextlib.contextmanager
def team_for(device: torch.device) -> Iterator[Team]:
    """Join the processes that `torchrun` started (it sets RANK and WORLD_SIZE), and leave them at the end."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield Team(0, 1, device)
        return
    # DistributedDataParallel loads this. Loaded once the processes are joined, it keeps the group and its threads alive
    # until Python ends, and now and then a thread that outlives Python aborts the process.
    import torch._dynamo

    if device.type == "cuda":
        torch.cuda.set_device(device)
    started_here = not dist.is_initialized()
    if started_here:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(dist.get_rank(), dist.get_world_size(), device)
    finally:
        if started_here:
            dist.destroy_process_group()
