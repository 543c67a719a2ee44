"""The forward pass of a network in NumPy, in parts that may go wrong: in all layers, or in one of them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..spec import Mistake

__all__ = [
    "SLIPS",
    "as_it_is",
    "but",
    "convolved",
    "forward",
    "half",
    "pool_by_one",
    "pool_of",
    "pool_up",
    "pooled",
    "pools_after",
    "probabilities",
    "relu",
]

Array = np.ndarray
Weights = dict[str, Array]
Pair = tuple[int, int]


@functools.cache
def windows_of(shape: tuple[int, ...], kernel: Pair, padding: Pair) -> tuple[Array, Pair]:
    """Return where in a flat picture, with a zero behind it, the pixels of each window lie, and how many there are."""
    channels, height, width = shape
    flat = np.arange(channels * height * width).reshape(shape)
    (p_h, p_w), behind = padding, channels * height * width
    padded = np.pad(flat, ((0, 0), (p_h, p_h), (p_w, p_w)), constant_values=behind)
    windows = sliding_window_view(padded, kernel, axis=(1, 2))
    return windows.transpose(0, 3, 4, 1, 2).reshape(channels * kernel[0] * kernel[1], -1), windows.shape[1:3]


def convolved(x: Array, weight: Array, padding: Pair, stride: int = 1) -> Array:
    """Convolve: one product of matrices."""
    if x.shape[1] != weight.shape[1]:
        raise ValueError("shape-mismatch for sum")  # as NumPy says it
    sizes = [n + 2 * p - f + 1 for n, p, f in zip(x.shape[2:], padding, weight.shape[2:], strict=True)]
    if min(sizes) < 0:
        raise ValueError("negative dimensions are not allowed")
    if min(sizes) == 0:
        return np.zeros((len(x), len(weight), *sizes))
    places, (height, width) = windows_of(x.shape[1:], weight.shape[2:], padding)
    flat = np.concatenate([x.reshape(len(x), -1), np.zeros((len(x), 1), x.dtype)], axis=1)
    whole = (weight.reshape(len(weight), -1) @ flat[:, places]).reshape(len(x), len(weight), height, width)
    return whole[:, :, ::stride, ::stride]


def pooled(x: Array, of_two: Callable[[Array, Array], Array] = np.maximum) -> Array:
    """Return the largest of each 2 × 2 window; what does not fit is left out."""
    height, width = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    rows = of_two(x[:, :, 0:height:2], x[:, :, 1:height:2])
    return of_two(rows[..., 0:width:2], rows[..., 1:width:2])


def half(weight: Any) -> Pair:
    """Return the padding that keeps height and width."""
    return weight.shape[2] // 2, weight.shape[3] // 2


def relu(x: Array) -> Array:
    """Set negative numbers to 0."""
    return np.maximum(x, 0)


def as_it_is(x: Array) -> Array:
    """Change nothing."""
    return x


def forward(
    weights: Weights, x: Array, *,
    first: Callable[[Array], Array] = as_it_is,
    convolutions: tuple[int, ...] = (1, 2, 3, 4, 5),
    dense_layers: tuple[int, ...] = (1, 2, 3),
    padding: Callable[[Array], Pair] = half,
    kernel: Callable[[Array], Array] = as_it_is,
    conv_bias: Callable[[Array], Any] = lambda bias: bias[:, None, None],
    dense_bias: Callable[[Array], Any] = as_it_is,
    conv_active: Callable[[int], bool] = lambda number: True,
    dense_active: Callable[[int], bool] = lambda number: number < 3,
    active: Callable[[Array], Array] = relu,
    stride: Callable[[int], int] = lambda number: 1,
    pool: Callable[[Array], Array] = pooled,
    pools: tuple[int, ...] = (1, 3, 5),
    flatten: Callable[[Array], Array] = lambda x: x.reshape(len(x), -1),
    dense: Callable[[Array, Array], Array] = lambda x, weight: x @ weight.T,
    dropped: Callable[[Array], Array] = as_it_is,
    end: Callable[[Array], Array] = as_it_is,
    layers: dict[str, dict[str, Any]] | None = None,
) -> Array:  # fmt: skip
    """Run the network; each part can be replaced by a wrong way to do it, for one layer alone in `layers`."""
    alone = layers or {}
    x = first(x.astype(float))
    for number in convolutions:
        ways = alone.get(f"conv{number}", {})
        weight = weights[f"conv{ways.get('weight_of', number)}.weight"]
        bias = conv_bias(weights[f"conv{ways.get('bias_of', number)}.bias"]) * ways.get("biased", 1)
        x = convolved(x, kernel(weight), ways.get("padding", padding)(weight), stride(number)) + bias
        x = ways.get("active", active)(x) if conv_active(number) else x
        for _ in range(pools.count(number)):
            x = ways.get("pool", pool)(x)
    x = flatten(x)
    for number in dense_layers:
        ways = alone.get(f"dense{number}", {})
        x = ways.get("dense", dense)(x, weights[f"dense{ways.get('weight_of', number)}.weight"])
        x = x + dense_bias(weights[f"dense{ways.get('bias_of', number)}.bias"]) * ways.get("biased", 1)
        x = ways.get("active", active)(x) if dense_active(number) else x
        x = ways.get("dropped", dropped)(x) if number < 3 else x
    return end(x)


def pool_up(x: Array) -> Array:
    """Round up: give a window that does not fit what there is."""
    more = ((0, 0), (0, 0), (0, x.shape[2] % 2), (0, x.shape[3] % 2))
    return pooled(np.pad(x, more, constant_values=-np.inf))


def pool_by_one(x: Array) -> Array:
    """Move the window by one pixel."""
    rows = np.maximum(x[:, :, 1:], x[:, :, :-1])
    return np.maximum(rows[..., 1:], rows[..., :-1])


def probabilities(logits: Array, axis: int = -1) -> Array:
    """Return the softmax."""
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def but(*numbers: int) -> Callable[[int], bool]:
    """Return whether a convolution is followed by ReLU: all but these."""
    return lambda number: number not in numbers


def pools_after(*numbers: int) -> dict[str, Any]:
    """Return the places of the pools."""
    return {"pools": numbers}


# --- Slips in one layer of several ----------------------------------------------------------------------------


def pool_of(window: int, step: int, border: int = 0) -> Callable[[Array], Array]:
    """Return a pool of another window, another stride, or with a border."""

    def pool(x: Array) -> Array:
        x = np.pad(x, ((0, 0), (0, 0), (border, border), (border, border)), constant_values=-np.inf)
        return sliding_window_view(x, (window, window), axis=(2, 3))[:, :, ::step, ::step].max(axis=(4, 5))

    return pool


def sigmoid(x: Array) -> Array:
    """Squeeze all numbers between 0 and 1."""
    return 1 / (1 + np.exp(-x))


FUNCTIONS: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "sigmoid": ("a sigmoid", sigmoid),
    "tanh": ("tanh", np.tanh),
    "leaky ReLU": ("a leaky ReLU, which lets a hundredth of negative numbers through,",
                   lambda x: np.where(x > 0, x, 0.01 * x)),
    "absolute values": ("the absolute values", np.abs),
    "the smaller for the larger": ("what is below 0", lambda x: np.minimum(x, 0)),
    "softplus": ("softplus", lambda x: np.logaddexp(x, 0)),
    "0 or 1": ("0 or 1", lambda x: (x > 0) * 1.0),
    "a cut at 6": ("ReLU6, which cuts numbers above 6,", lambda x: np.clip(x, 0, 6)),
    "a cut at 1": ("a ReLU that cuts numbers above 1, too,", lambda x: np.clip(x, 0, 1)),
}  # fmt: skip
LARGER = "half the kernel + 1"
PADDINGS: dict[str, Callable[[Array], Pair]] = {
    "0": lambda weight: (0, 0),
    "1": lambda weight: (1, 1),
    "2": lambda weight: (2, 2),
    "3": lambda weight: (3, 3),
    "the whole kernel": lambda weight: weight.shape[2:],
    "the kernel - 1": lambda weight: (weight.shape[2] - 1, weight.shape[3] - 1),
    LARGER: lambda weight: (weight.shape[2] // 2 + 1, weight.shape[3] // 2 + 1),
}
POOLS: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "takes the mean": ("takes the mean: take the largest number", lambda x: pooled(x, lambda a, b: (a + b) / 2)),
    "moves by 1": ("moves by one pixel: its stride is 2", pool_by_one),
    "is 3 x 3, moves by 2": ("is 3 × 3, where 2 × 2 is wanted", pool_of(3, 2)),
    "rounds up": ("rounds up: leave out a window that does not fit whole", pool_up),
    "has a border": ("has padding, where none is wanted", pool_of(2, 2, 1)),
    "is 3 x 3, with a border": ("is 3 × 3, and has padding: 2 × 2 is wanted, without padding", pool_of(3, 2, 1)),
}
ALIKE = [(5, "has a border")]  # nothing tells them from another slip
KINDS = {"conv": ("convolution", 5), "dense": ("dense layer", 3)}


def listed(numbers: tuple[int, ...]) -> str:
    """Return the numbers as one lists them: "1, 3 and 5"."""
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def slip(name: str, says: str, **parts: Any) -> Mistake:
    """Return a slip that is looked for by itself, not beside others: there are too many of them for that."""
    return Mistake(name, says, functools.partial(forward, **parts))


def _in_one_layer(kind: str, number: int) -> list[Mistake]:
    noun, count = KINDS[kind]
    place, layer = f"{noun} {number}", f"{kind}{number}"

    def one(name: str, says: str, **ways: Any) -> Mistake:
        return slip(f"{name}, {place}", says, layers={layer: ways})

    slips = [one("no bias", f"You leave the bias of {place} out.", biased=0)]
    if (kind, number) != ("dense", 3):
        slips += [one(name, f"After {place} you take {words} where ReLU should stand.".replace(", where", " where"),
                      active=function) for name, (words, function) in FUNCTIONS.items()]  # fmt: skip
    for other in range(1, count + 1):
        if other != number:
            slips += [
                one(f"weight of {other}", f"In {place} you take the weight of {noun} {other}.", weight_of=other),
                one(f"bias of {other}", f"In {place} you take the bias of {noun} {other}.", bias_of=other),
                one(f"weight and bias of {other}", f"In {place} you take weight and bias of {noun} {other}.",
                    weight_of=other, bias_of=other),
            ]  # fmt: skip
    if kind == "dense":
        slips.append(one("weight not turned", f"You multiply by the weight of {place} as it is. It is (out, in): "
                         "x @ weight.T.", dense=lambda x, weight: x @ weight))  # fmt: skip
        if number < 3:
            slips.append(one("halved", f"The numbers after {place} are halved, as if by dropout. It is for training "
                             "alone.", dropped=lambda x: x / 2))  # fmt: skip
        return slips
    keeps = "Half the kernel, rounded down, keeps the size."
    slips += [one(f"padding {name}", f"The padding of {place} is {name}. {keeps}", padding=padding)
              for name, padding in PADDINGS.items() if name != LARGER or number < 4]  # fmt: skip
    if number in (1, 3, 5):
        slips += [one(f"pool {name}", f"Your pool after {place} {says}.", pool=pool)
                  for name, (says, pool) in POOLS.items() if (number, name) not in ALIKE]  # fmt: skip
    return slips


# Where these are missing, or stand twice, the channels fit nowhere, and the errors do not say which they were.
SIZELESS = {("conv", 1), ("conv", 3)}


def _in_the_order() -> list[Mistake]:
    """Return the slips in which a layer is left out, or stands twice, or two have changed places."""
    slips = []
    for kind, part in (("conv", "convolutions"), ("dense", "dense_layers")):
        noun, count = KINDS[kind]
        usual = tuple(range(1, count + 1))
        for number in usual:
            twice, rest = (*usual[:number], *usual[number - 1 :]), tuple(k for k in usual if k != number)
            if (kind, number) in SIZELESS:
                continue
            slips.append(slip(f"{noun} {number} left out", f"Your network has no {noun} {number}.", **{part: rest}))
            if (kind, number) != ("conv", 5):  # nothing tells it from convolution 3 twice
                slips.append(
                    slip(f"{noun} {number} twice", f"Your network has {noun} {number} twice.", **{part: twice})
                )
        for number in usual[1:]:
            swapped = (*usual[: number - 2], number, number - 1, *usual[number:])
            both = f"{noun}s {number - 1} and {number}"
            slips.append(slip(f"{both} swapped", f"Your {both} have changed places.", **{part: swapped}))
    return slips


def _of_paddings() -> list[Mistake]:
    """Return the slips in which several convolutions have no padding."""
    some = [(2, 3), (4, 5)]
    return [slip(f"no padding in convolutions {listed(few)}", f"The convolutions {listed(few)} have no padding. Half "
                 "the kernel, rounded down, keeps the size.",
                 layers={f"conv{k}": {"padding": PADDINGS["0"]} for k in few}) for few in some]  # fmt: skip


def _of_relus() -> list[Mistake]:
    """Return the slips in which two of the convolutions have no ReLU."""
    pairs = [pair for pair in itertools.combinations(range(1, 6), 2) if pair != (2, 4)]
    return [slip(f"no ReLU after convolutions {listed(pair)}", "There is no ReLU after the convolutions "
                 f"{listed(pair)}.", conv_active=but(*pair)) for pair in pairs]  # fmt: skip


def _of_pools() -> list[Mistake]:
    """Return the slips in which three pools follow other convolutions than 1, 3 and 5."""
    others = [some for some in itertools.combinations(range(1, 6), 3) if some != (1, 3, 5)]
    return [
        slip(f"pools after {listed(some)}", f"You pool after the convolutions {listed(some)}. Pools follow the "
             "convolutions 1, 3 and 5.", pools=some) for some in others
    ]  # fmt: skip


SLIPS = [
    *(one for kind, (_, count) in KINDS.items() for k in range(1, count + 1) for one in _in_one_layer(kind, k)),
    *_in_the_order(),
    *_of_paddings(),
    *_of_relus(),
    *_of_pools(),
]
