"""The check of the whole forward pass in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import Case, Exercise, Form, Mistake, Property

__all__ = ["FORWARD_NUMPY"]

Weights = dict[str, np.ndarray]
Array = np.ndarray


def _case(
    rng: np.random.Generator,
    note: str,
    shape: tuple[int, ...],
    channels: tuple[int, ...] = (2, 3, 3, 4, 2),
    kernels: tuple[tuple[int, int], ...] = ((3, 3),) * 5,
    dense: tuple[int, int] = (5, 4),
    bias: float = 0.3,
) -> Case:
    """Return weights for pictures of this shape, and such pictures."""
    _, below, height, width = shape
    weights: Weights = {}
    for number, (out, kernel) in enumerate(zip(channels, kernels, strict=True), 1):
        size = below * kernel[0] * kernel[1]
        weights[f"conv{number}.weight"] = rng.normal(0.1, np.sqrt(2 / size), (out, below, *kernel))
        weights[f"conv{number}.bias"] = rng.normal(0, bias, out)
        below = out
    below *= (height // 8) * (width // 8)
    for number, out in enumerate((*dense, 10), 1):
        weights[f"dense{number}.weight"] = rng.normal(0.1, np.sqrt(2 / below), (out, below))
        weights[f"dense{number}.bias"] = rng.normal(0, bias, out)
        below = out
    weights = {name: array.astype(np.float32) for name, array in weights.items()}
    return Case({"weights": weights, "x": rng.random(shape).astype(np.float32)}, note)


def _one(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, "one small picture", (1, 1, 8, 8)), _case(rng, "another", (1, 1, 8, 16))]


def _batches(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, "two pictures", (2, 1, 8, 8)), _case(rng, "three pictures in colour", (3, 3, 16, 8))]


def _sizes(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, "sizes that do not divide", (2, 1, 11, 9)),
        _case(rng, "28 x 28, as Fashion-MNIST", (2, 1, 28, 28)),
    ]


def _kernel_sizes(rng: np.random.Generator) -> list[Case]:
    kernels = ((7, 7), (3, 3), (3, 3), (3, 3), (3, 3))
    mixed = ((5, 5), (1, 1), (3, 3), (5, 5), (3, 3))
    return [
        _case(rng, "7 x 7 kernels first", (2, 1, 12, 17), kernels=kernels),
        _case(rng, "kernels of all sizes", (2, 2, 9, 10), kernels=mixed),
    ]


def _biased(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, "large biases", (2, 1, 9, 8), bias=1.5)]


# --- Right and wrong forward passes -------------------------------------------------------------------------


def _conv2d(x: Array, weight: Array, bias: Array, padding: tuple[int, int]) -> Array:
    (p_h, p_w), (f_h, f_w) = padding, weight.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (f_h, f_w), axis=(2, 3))
    return np.einsum("nchwuv,kcuv->nkhw", windows, weight, optimize=True) + bias[:, None, None]


def _pool(x: Array) -> Array:
    """Return the largest of each 2 x 2 window; what does not fit is left out."""
    height, width = x.shape[2] // 2, x.shape[3] // 2
    return x[:, :, : 2 * height, : 2 * width].reshape(*x.shape[:2], height, 2, width, 2).max(axis=(3, 5))


def _mean_pool(x: Array) -> Array:
    height, width = x.shape[2] // 2, x.shape[3] // 2
    return x[:, :, : 2 * height, : 2 * width].reshape(*x.shape[:2], height, 2, width, 2).mean(axis=(3, 5))


def _pool_up(x: Array) -> Array:
    more = ((0, 0), (0, 0), (0, x.shape[2] % 2), (0, x.shape[3] % 2))
    return _pool(np.pad(x, more, constant_values=-np.inf))


def _same(weight: Array) -> tuple[int, int]:
    return weight.shape[2] // 2, weight.shape[3] // 2


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _forward(
    weights: Weights,
    x: Array,
    *,
    padding: Callable[[Array], tuple[int, int]] = _same,
    kernel: Callable[[Array], Array] = lambda weight: weight,
    pool: Callable[[Array], Array] = _pool,
    pools: tuple[int, ...] = (1, 3, 5),
    conv_relu: Callable[[Array], Array] = _relu,
    dense_relu: Callable[[Array], Array] = _relu,
    flatten: Callable[[Array], Array] = lambda x: x.reshape(len(x), -1),
    bias: float = 1,
    end: Callable[[Array], Array] = lambda logits: logits,
) -> Array:
    for number in range(1, 6):
        weight = kernel(weights[f"conv{number}.weight"])
        x = conv_relu(_conv2d(x, weight, bias * weights[f"conv{number}.bias"], padding(weight)))
        if number in pools:
            x = pool(x)
    x = flatten(x)
    for number in (1, 2):
        x = dense_relu(x @ weights[f"dense{number}.weight"].T + bias * weights[f"dense{number}.bias"])
    return end(x @ weights["dense3.weight"].T + bias * weights["dense3.bias"])


def _reference(weights: Weights, x: Array) -> Array:
    return _forward(weights, x)


def _pool_before_relu(weights: Weights, x: Array) -> Array:
    """Return a right answer that pools first: the largest number stays the largest."""
    for group in ((1,), (2, 3), (4, 5)):
        for number in group:
            weight = weights[f"conv{number}.weight"]
            x = _conv2d(x, weight, weights[f"conv{number}.bias"], _same(weight))
            if number != group[-1]:
                x = x * (x > 0)
        x = _relu(_pool(x))
    for number in (1, 2, 3):
        x = np.einsum("ni,oi->no", x.reshape(len(x), -1), weights[f"dense{number}.weight"])
        x = x + weights[f"dense{number}.bias"]
        x = x.clip(min=0) if number < 3 else x
    return x


def _with_torch(weights: Weights, x: Array) -> Any:
    import torch
    import torch.nn.functional as F

    given = {name: torch.tensor(array).double() for name, array in weights.items()}
    out = torch.tensor(x).double()
    for number in range(1, 6):
        weight, bias = given[f"conv{number}.weight"], given[f"conv{number}.bias"]
        out = F.relu(F.conv2d(out, weight, bias, padding=(weight.shape[2] // 2, weight.shape[3] // 2)))
        if number % 2:
            out = F.max_pool2d(out, 2)
    out = out.flatten(1)
    for number in (1, 2):
        out = F.relu(F.linear(out, given[f"dense{number}.weight"], given[f"dense{number}.bias"]))
    return F.linear(out, given["dense3.weight"], given["dense3.bias"])


def _probabilities(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _wrong(**differs: Any) -> Callable[..., Array]:
    return lambda weights, x: _forward(weights, x, **differs)


FORWARD_NUMPY = Exercise(
    name="forward_numpy",
    reference=_reference,
    properties=[
        Property("one picture", "Five convolutions with ReLU, three pools, three dense layers.", _one),
        Property("batches", "Each picture has its own row of ten logits, and channels add up.", _batches),
        Property("other sizes", "A pool rounds down, so nothing but the last row or column is lost.", _sizes),
        Property("other kernels", "The padding that keeps the size follows from the kernel.", _kernel_sizes),
        Property("biases", "Each filter and each neuron adds its own bias.", _biased),
    ],
    mistakes=[
        Mistake(
            "a pool missing",
            "The last pool is missing: the first dense layer gets too many numbers. Pools follow the convolutions 1, "
            "3 and 5.",
            _wrong(pools=(1, 3)),
        ),
        Mistake(
            "a pool that rounds up",
            "Your pool rounds up: 28, 14, 7, 4, which makes 4 × 4 × 256 in the book's network. A window that does not "
            "fit whole is left out.",
            _wrong(pool=_pool_up),
        ),
        Mistake(
            "Flatten(0)",
            "You flatten the pictures of a batch into one row. Keep the first axis: reshape(len(x), -1).",
            _wrong(flatten=np.ravel),
        ),
        Mistake(
            "softmax in the forward pass",
            "You return probabilities. Wanted are the logits, before the softmax.",
            _wrong(end=_probabilities),
        ),
        Mistake(
            "ReLU on the logits",
            "You apply ReLU to the last layer as well. A logit may be below 0.",
            _wrong(end=_relu),
        ),
        Mistake(
            "no ReLU between the dense layers",
            "There is no ReLU after your dense layers 1 and 2.",
            _wrong(dense_relu=lambda x: x),
        ),
        Mistake(
            "no ReLU after the convolutions",
            "There is no ReLU after your convolutions.",
            _wrong(conv_relu=lambda x: x),
        ),
        Mistake(
            "average pooling",
            "You pool by the mean. This network was trained with max pooling.",
            _wrong(pool=_mean_pool),
        ),
        Mistake(
            "kernel flipped",
            "Your result is that of flipped kernels. The layers of networks do not flip theirs.",
            _wrong(kernel=lambda weight: weight[:, :, ::-1, ::-1]),
        ),
        Mistake(
            "channels last before flattening",
            "You put the channels last before you flatten. The dense weights were trained with (channels, height, "
            "width).",
            _wrong(flatten=lambda x: x.transpose(0, 2, 3, 1).reshape(len(x), -1)),
        ),
        Mistake(
            "bias forgotten",
            "You leave the biases out, in convolutions and dense layers.",
            _wrong(bias=0),
        ),
        Mistake(
            "padding fixed at 1",
            "Your padding is 1 for all kernels. A 7 × 7 kernel needs 3 to keep the size: half the kernel, rounded "
            "down.",
            _wrong(padding=lambda weight: (1, 1)),
        ),
    ],
    hints=[
        'One line to a layer is a good way to write it. f"conv{number}.weight" gives the name of one weight in a loop.',
        "The padding that keeps height and width is half the kernel, rounded down: `weight.shape[2] // 2`.",
        "From maps to dense: `x.reshape(len(x), -1)`. A dense layer is `x @ weight.T + bias`.",
    ],
    right_forms=[Form("pool before ReLU", _pool_before_relu), Form("with torch, float64", _with_torch)],
    relative_tolerance=1e-3,
    forbidden=("course.models",),
)
