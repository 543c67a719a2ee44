"""Where a network is trained, and how that device is used best."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from ..errors import SetupError, argument_error
from .history import Budget

__all__ = ["Plan", "choose_device", "describe_device", "plan_for"]


def choose_device(name: str = "auto") -> torch.device:
    """Return the device to train on: the best that is here, or the one that is named.

    Parameters
    ----------
    name : {"auto", "cuda", "cuda:0", ..., "mps", "cpu"}
        ``"auto"`` takes an NVIDIA (or AMD) GPU, else Apple's GPU, else the processor.

    Raises
    ------
    ArgumentError
        There is no kind of device of that name.
    SetupError
        The device that was asked for is not here.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    kind = name.partition(":")[0]
    if kind not in ("auto", "cuda", "mps", "cpu"):
        raise argument_error("choose_device", "name", "be auto, cuda, mps or cpu", name, "Use name='auto'.")
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if kind == "auto":
        kind = name = next(device for device in ("cuda", "mps", "cpu") if here[device])
    if not here[kind]:
        raise SetupError(f"PyTorch finds no {kind} device on this machine: use --device auto, or cpu.")
    if name == "cuda":
        name = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"  # torchrun gives each process a GPU of its own
    try:
        device = torch.device(name)
    except RuntimeError:
        raise argument_error("choose_device", "name", "name a device", name, "Use cuda:0 for the first GPU.") from None
    if kind == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise SetupError(f"There is no {name}: this machine has {torch.cuda.device_count()} GPU(s), from cuda:0 on.")
    return device


def describe_device(device: torch.device) -> str:
    """Return the device in words, such as ``CPU (x86_64, 2 threads)``."""
    if device.type == "cuda":
        return f"GPU ({torch.cuda.get_device_name(device)})"
    if device.type == "mps":
        return "GPU (Apple, MPS)"
    threads = torch.get_num_threads()
    return f"CPU ({platform.machine()}, {threads} thread{'' if threads == 1 else 's'})"


@dataclass(frozen=True)
class Plan:
    """How a device is used.

    Attributes
    ----------
    device : torch.device
        Where the network and the pictures are.
    half : torch.dtype or None
        The 16-bit type of mixed precision; None computes all in float32.
    compiled : bool
        Whether `torch.compile` turns the network into fused kernels first.
    """

    device: torch.device
    half: torch.dtype | None
    compiled: bool

    def autocast(self) -> contextlib.AbstractContextManager[object]:
        """Return the context in which PyTorch computes in 16 bits where that is safe."""
        if self.half is None:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=self.half)

    def scaler(self) -> torch.amp.GradScaler:
        """Return the scaler that keeps small float16 gradients from turning to 0; it does nothing otherwise."""
        return torch.amp.GradScaler(self.device.type, enabled=self.half == torch.float16)

    @contextlib.contextmanager
    def tuned(self) -> Iterator[None]:
        """Let an NVIDIA GPU try which of its algorithms is fastest for each layer; a CPU is left alone."""
        before = torch.backends.cudnn.benchmark
        torch.backends.cudnn.benchmark = self.device.type == "cuda" or before
        try:
            yield
        finally:
            torch.backends.cudnn.benchmark = before

    def place(self, model: nn.Module) -> nn.Module:
        """Move the network to the device, channels last in memory: what convolutions there, and on CPUs, like."""
        return model.to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def __str__(self) -> str:
        half = "float32" if self.half is None else f"mixed precision ({str(self.half).removeprefix('torch.')})"
        return ", ".join([describe_device(self.device), half, "channels last"] + ["compiled"] * self.compiled)


def plan_for(device: torch.device, budget: Budget, compiled: bool | None = None) -> Plan:
    """Return how to use the device for a run of that length.

    Parameters
    ----------
    device : torch.device
        As from `choose_device`.
    budget : Budget
        Compiling takes a minute or so: it pays only in longer runs.
    compiled : bool, optional
        Whether to compile; by default only on a GPU and for at least 3 minutes or 50 epochs.

    Examples
    --------
    >>> str(plan_for(torch.device("cpu"), Budget.parse("10e")).half)
    'None'
    """
    half = None
    if device.type == "cuda":
        half = torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    elif device.type == "mps":
        half = torch.float16
    if compiled is None:
        long = budget.amount >= (180 if budget.unit == "seconds" else 50)
        compiled = device.type == "cuda" and long and importlib.util.find_spec("triton") is not None
    return Plan(device, half, compiled)
