"""What a network does: the layers that a forward pass goes through, and its answers with known weights.

Like `objects`, this enters a learner's process while work is graded: PyTorch is imported inside functions alone.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["observe_network"]

ACTIVATIONS = ("relu6", "hardtanh", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish", "softplus", "sigmoid",
               "tanh", "hardswish", "hardsigmoid", "prelu", "_prelu_kernel", "log_sigmoid_forward")  # fmt: skip
SILENT = ("add", "addcmul", "alias", "arange", "as_strided", "clone", "contiguous", "copy", "detach", "div", "empty",
          "empty_like", "expand", "flatten", "full", "full_like", "lift_fresh", "mul", "new_empty", "new_zeros", "ones",
          "ones_like", "reshape", "t", "transpose", "unsqueeze", "squeeze", "view", "zeros", "zeros_like",
          "_to_copy", "_unsafe_view", "rsub", "sub")  # fmt: skip


def observe_network(network: Any, arguments: list[Any]) -> Any:
    """Return what a network does with two pictures of 28 x 28 pixels, once its weights are set to drawn numbers.

    All numbers are drawn from the last argument: whoever wants to give the right ones without a network needs the
    right network.

    Returns
    -------
    dict
        The ``problem`` that stopped it; its answers in evaluation mode (``logits``), and their ``shape``; those in
        ``training``, where dropout drops nothing; the ``features`` that enter the first dense layer; the answers with
        drawn features in their place (``dense``), and with drawn numbers dropped as well, in training mode
        (``dropped``). In words, which anybody may claim: the shapes of its ``weights``; the ``layers`` that the
        pictures go through, each a tuple such as ``("conv", 1, 64, (7, 7), (1, 1), (3, 3), "")``, whatever code they
        are written in; and its ``dropout``s.
    """
    import torch

    if network is None or network is Ellipsis:
        return None
    if not isinstance(network, torch.nn.Module):
        raise TypeError(f"the result is a {type(network).__name__}, not a network of torch.nn")
    draw = arguments[-1]
    x = torch.from_numpy(_drawn(draw, "pictures", (2, 1, 28, 28), 50.0))  # far beyond 6
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        if any(isinstance(weight, torch.nn.UninitializedParameter) for weight in network.parameters()):
            _followed(network.eval(), x)  # layers that find out their sizes
        known = [weight for weight in network.parameters() if not isinstance(weight, torch.nn.UninitializedParameter)]
        for weight in known:
            weight.copy_(torch.from_numpy(_weights_of_shape(draw, tuple(weight.shape))))
        seen = _followed(network.eval(), x)
        learning = _followed(network.train(), x)
        dense = _followed(network.eval(), x, draw, given=True)
        dropped = _followed(network.train(), x, draw, given=True, drops=True)
    always = [f"{rate:g} while evaluating" for rate, _ in _dropouts(seen.layers)]
    drops, problem = _dropouts(learning.layers), seen.problem or learning.problem
    return {
        "problem": problem,
        "logits": seen.result,
        "shape": "" if seen.result is None else str(tuple(seen.result.shape)),
        "training": None if problem else learning.result,
        "features": seen.features,
        "dense": dense.result,
        "dropped": dropped.result,
        "weights": "; ".join(sorted(str(tuple(weight.shape)) for weight in known)),
        "layers": tuple(learning.layers),
        "dropout": ", ".join([*sorted(f"{rate:g} after {place}" for rate, place in drops), *always]),
    }


def _drawn(draw: int, what: str, shape: tuple[int, ...], scale: float) -> Any:
    rng = np.random.default_rng([draw, zlib.crc32(f"{what} {shape}".encode())])
    return (scale * rng.standard_normal(shape)).astype(np.float32)


@functools.lru_cache(maxsize=32)
def _weights_of_shape(draw: int, shape: tuple[int, ...]) -> Any:
    scale = np.sqrt(2 / max(1, int(np.prod(shape[1:])))) if len(shape) > 1 else 0.1
    return _drawn(draw, "weights", shape, scale)


@dataclass
class _Pass:
    """One way of pictures through a network: what stopped it, what it gave, and the layers on the way."""

    problem: str
    result: Any
    layers: list[tuple]
    features: Any


def _dropouts(layers: list[tuple]) -> list[tuple[float, str]]:
    """Return rate and place of each dropout among the layers that a picture went through."""
    found, place, counts = [], "the picture", {"conv": 0, "dense": 0}
    for kind, *details in layers:
        if kind in counts:
            counts[kind] += 1
            place = f"{kind} {counts[kind]}"
        elif kind == "flatten":
            place = "flatten"
        elif kind == "dropout":
            found.append((details[0], place + details[1]))
    return found


def _followed(network: Any, x: Any, draw: int = 0, given: bool = False, drops: bool = False) -> _Pass:
    """Return what becomes of pictures in a network; a layer that does not fit is passed over.

    Parameters
    ----------
    network : torch.nn.Module
    x : tensor
    draw : int
        Draws what is put in.
    given : bool
        The first dense layer gets drawn numbers instead of those that arrive.
    drops : bool
        Dropout drops drawn places; without it, none.
    """
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    problems: list[str] = []
    layers: list[tuple] = []
    features: list[Any] = []

    def mask_of(shape: Any, kept: float) -> Any:
        if not drops:
            return torch.full(tuple(shape), kept)
        chance = np.random.default_rng([draw, *shape]).random(tuple(shape))
        return torch.from_numpy((chance < kept).astype(np.float32))

    class Follow(TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = function.__name__.partition(".")[0]
            layers.extend(_layer(name.removesuffix("_"), args))
            if name == "bernoulli_":
                return args[0].copy_(mask_of(args[0].shape, _kept(args)))
            if name == "native_dropout":
                kept = 1 - float(args[1])
                mask = mask_of(args[0].shape, kept)
                return args[0] * mask / (kept or 1.0), mask.bool()
            if name in ("addmm", "mm") and not features:
                *before, arriving, weight = args
                features.append(arriving.clone())
                if given:
                    args = (*before, torch.from_numpy(_drawn(draw, "features", tuple(arriving.shape), 50.0)), weight)
            try:
                return function(*args, **(kwargs or {}))
            except RuntimeError as error:
                problems.append(f"RuntimeError: {error}")
                return _passed_over(name, args, error)

    try:
        with Follow():
            result = network(x)
    except Exception as error:
        problems.append(f"{type(error).__name__}: {error}")
        result = None
    if not problems and not isinstance(result, torch.Tensor):
        problems.append(f"TypeError: the network gives a {type(result).__name__}, not a tensor")
    arrived = features[0] if features else None
    return _Pass(problems[0], None, layers, arrived) if problems else _Pass("", result, layers, arrived)


def _layer(name: str, args: Any) -> list[tuple]:
    """Return what an operation of PyTorch is to a reader; nothing for what moves numbers about."""
    x: Any = args[0] if args else None
    if name == "convolution":
        weight, bias, stride, padding, dilation, transposed, _, groups = args[1:9]
        more = [words for words, true in (("no bias", bias is None), ("dilated", max(dilation) > 1),
                                          ("groups", groups > 1), ("transposed", transposed)) if true]  # fmt: skip
        inputs, outputs = weight.shape[1] * groups, weight.shape[0]
        return [("conv", inputs, outputs, tuple(weight.shape[2:]), tuple(stride), tuple(padding), ", ".join(more))]
    if name in ("addmm", "mm"):
        before, weight = args[-2:]
        return [("dense", *weight.shape, before.shape[1], "" if name == "addmm" else "no bias")]
    if name in ("relu", "clamp", "clamp_min", "threshold", "maximum"):
        bounds = [float(bound) for bound in args[1:] if bound is not None and getattr(bound, "ndim", 0) == 0]
        return [("relu",) if not any(bounds) else ("activation", name)]
    if name in ACTIVATIONS:
        return [("activation", name)]
    if name in ("max_pool2d_with_indices", "avg_pool2d"):
        size, stride, padding = (_pair(args[k] if len(args) > k else None) for k in (1, 2, 3))
        ceil = args[5 if name.startswith("max") else 4 :][:1] == (True,)
        return [(name[:8], size, stride or size, padding or (0, 0), "rounded up" if ceil else "")]
    if name in ("_adaptive_avg_pool2d", "mean", "adaptive_max_pool2d", "amax"):
        of = "mean" if name in ("_adaptive_avg_pool2d", "mean") else "max"
        return [(name,)] if x.ndim != 4 else _adaptive(of, x.shape, args[1] if "adaptive" in name else (1, 1))
    if name in ("view", "_unsafe_view", "reshape") and x.ndim == 4:
        return _lined_up(x.shape, list(args[1]))
    if name in ("_softmax", "_log_softmax"):
        return [(name[1:],)]
    if name in ("bernoulli", "native_dropout"):
        rate = 1 - _kept(args) if name == "bernoulli" else args[1]
        return [("dropout", round(float(rate), 6), ", whole maps" if x.shape[-1] == 1 else "")]
    if "norm" in name:
        return [("norm",)]
    joined = name == "add" and [getattr(one, "ndim", 0) for one in args] == [4, 4]
    return [(name,)] if joined or name not in SILENT else []


def _adaptive(of: str, shape: Any, wanted: Any) -> list[tuple]:
    """Return the pool that makes maps of the wanted size: its windows are as large as the largest of them."""
    if tuple(wanted) == (1, 1):
        return [("global_pool", of)]
    sizes = [*zip(shape[2:], wanted, strict=True)]
    window = tuple(max(-(-(k + 1) * n // m) - k * n // m for k in range(m)) for n, m in sizes)
    return [("avg_pool" if of == "mean" else "max_pool", window, tuple(n // m for n, m in sizes), (0, 0), "")]


def _lined_up(shape: Any, wanted: list[int]) -> list[tuple]:
    """Return how maps are lined up; nothing where a dense layer only takes their last axis."""
    whole = shape[1] * shape[2] * shape[3]
    if wanted == [shape[0] * shape[1] * shape[2], shape[3]]:
        return []
    if len(wanted) == 1:
        return [("flatten", "batch too")]
    mixed = shape[0] != wanted[0] >= 0 or (wanted[-1] not in (-1, whole) and shape[0] * whole % wanted[-1] == 0)
    return [("flatten", "mixed" if mixed else "")]


def _kept(args: Any) -> float:
    return float(args[1]) if len(args) > 1 else 0.5


def _pair(size: Any) -> tuple[int, int] | None:
    return None if not size else (size[0], size[-1])


def _passed_over(name: str, args: Any, error: Exception) -> Any:
    """Return numbers of the shape that a layer which stops was meant to give, so that the layers after it are seen."""
    x = args[0]
    if name == "convolution":
        sizes = zip(x.shape[2:], args[1].shape[2:], args[3], args[4], strict=True)
        return x.new_zeros(len(x), len(args[1]), *(max((n + 2 * p - f) // s + 1, 1) for n, f, s, p in sizes))
    if name in ("addmm", "mm"):
        return x.new_zeros(len(args[-2]), args[-1].shape[1])
    if name == "max_pool2d_with_indices":
        return x, x
    if name == "avg_pool2d":
        return x
    if name in ("view", "_unsafe_view"):
        return x.flatten(1)
    raise error
