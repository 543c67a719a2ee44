"""The checks of the book's network and of counting its parameters."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..compare import NOTHING, compare
from ..objects import Made, observe_network
from ..run import plain
from ..spec import Case, Exercise, Form, Mistake, Property

__all__ = ["BUILD_FASHION_CNN", "COUNT_PARAMETERS"]

# --- build_fashion_cnn -----------------------------------------------------------------------------------

PARAMETERS = 1_413_834


def _cnn(
    *,
    in_channels: int = 1,
    first: int = 7,
    first_padding: Any = "same",
    padding: Any = "same",
    relu: bool = True,
    dense_relu: bool = True,
    twice: bool = True,
    last_pool: bool = True,
    start: int = 1,
    inputs: int = 2304,
    dropout: float | None = 0.5,
    end: str | None = None,
) -> Any:
    """Return the book's network; each argument is where a mistake differs."""
    from torch import nn

    def convolution(size: int, below: int, above: int) -> list[Any]:
        pad = first_padding if size == 7 else padding
        return [nn.Conv2d(below, above, size, padding=pad), *([nn.ReLU()] if relu else [])]

    def dense(below: int, above: int) -> list[Any]:
        return [
            nn.Linear(below, above),
            *([nn.ReLU()] if dense_relu else []),
            *([nn.Dropout(dropout)] if dropout is not None else []),
        ]

    layers = [*convolution(first, in_channels, 64), nn.MaxPool2d(2)]
    for below, above in ((64, 128), (128, 256)):
        layers += convolution(3, below, above)
        layers += convolution(3, above, above) if twice else []
        layers += [nn.MaxPool2d(2)] if last_pool or above == 128 else []
    layers += [nn.Flatten(start), *dense(inputs, 128), *dense(128, 64), nn.Linear(64, 10)]
    if end == "Softmax":
        layers.append(nn.Softmax(dim=1))
    elif end == "LogSoftmax":
        layers.append(nn.LogSoftmax(dim=1))
    elif end == "ReLU":
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def _as_a_class() -> Any:
    """Return the same network, written as a class with functions for all that has no weights."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(1, 64, 7, padding=3)
            self.middle = nn.ModuleList([nn.Conv2d(64, 128, 3, padding=1), nn.Conv2d(128, 128, 3, padding=1)])
            self.top = nn.ModuleList([nn.LazyConv2d(256, 3, padding=1), nn.Conv2d(256, 256, 3, padding=1)])
            self.dense = nn.ModuleList([nn.LazyLinear(128), nn.Linear(128, 64)])
            self.output = nn.Linear(64, 10)

        def forward(self, x: Any) -> Any:
            x = F.relu(F.max_pool2d(self.first(x), 2))
            for block in (self.middle, self.top):
                for layer in block:
                    x = layer(x).clamp(min=0)
                x = F.max_pool2d(x, 2)
            x = torch.flatten(x, 1)
            for layer in self.dense:
                x = F.dropout(F.relu(layer(x)), 0.5, self.training)
            return self.output(x)

    return Network()


@functools.cache
def _book() -> dict[str, Any]:
    return plain(observe_network(_cnn(), []))


def _it(rng: np.random.Generator) -> list[Case]:
    return [Case({}, "two pictures of 28 x 28 pixels")]


def _runs(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    (seen,) = values
    if not isinstance(seen, dict):
        return NOTHING
    if seen["problem"]:
        return f"the network stopped at pictures of shape (2, 1, 28, 28) with {seen['problem']}"
    shape = seen["logits"].shape
    return None if shape == (2, 10) else f"two pictures should give numbers of shape (2, 10), yours have {shape}"


def _weights(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    (seen,) = values
    if not isinstance(seen, dict):
        return "there is no network"
    left = list(seen["weights"])
    for shape in _book()["weights"]:
        if shape not in left:
            odd = [other for other in left if other not in _book()["weights"]]
            return f"no weights have the shape {shape}" + (f"; yours have {odd[0]}" if odd else "")
        left.remove(shape)
    return f"there are weights too many, of shape {left[0]}" if left else None


def _answers(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    (seen,) = values
    if not isinstance(seen, dict) or seen["problem"]:
        return "the network does not run yet"
    difference = compare(_book()["logits"], seen["logits"])
    if difference is None:
        return None
    return f"with the same weights, your network gives other numbers than the book's: {difference.says}"


def _are_logits(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    (seen,) = values
    if not isinstance(seen, dict) or seen["problem"]:
        return "the network does not run yet"
    logits = np.asarray(seen["logits"], np.float64)
    if logits.min() >= 0:
        return "no output is below 0: after the last dense layer, something cuts or squeezes the numbers"
    sums = np.exp(logits).reshape(len(logits), -1).sum(axis=1)
    return "the outputs are logarithms of probabilities already" if np.allclose(sums, 1, atol=1e-3) else None


def _drops(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    (seen,) = values
    if not isinstance(seen, dict) or seen["problem"]:
        return "the network does not run yet"
    if not seen["chance"]:
        return "in training mode, the same picture gives the same numbers twice: there is no dropout"
    if seen["dropout"] not in ((), (0.5, 0.5)):
        return f"there should be two dropouts of 0.5, yours are {seen['dropout']}"
    return None


BUILD_FASHION_CNN = Exercise(
    name="build_fashion_cnn",
    reference=_cnn,
    packages=("torch",),
    observe="observe_network",
    properties=[
        Property("runs", "The network takes pictures (N, 1, 28, 28) and gives ten numbers for each.", _it, _runs),
        Property("weights", f"The weights have the book's shapes: {PARAMETERS:,} numbers.", _it, _weights),
        Property("order of the layers", "With the same weights, the network answers as the book's.", _it, _answers, 2),
        Property("logits", "The last layer is dense, with nothing after it.", _it, _are_logits),
        Property("dropout", "After each of the first two dense layers, half the numbers are dropped.", _it, _drops),
    ],
    mistakes=[
        Mistake(
            "input size for in_channels",
            "Your first convolution has in_channels=28, the size of the picture. in_channels counts channels: a grey "
            "picture has 1.",
            lambda: _cnn(in_channels=28),
        ),
        Mistake(
            "a pool missing",
            "The last pool is missing, so 7 × 7 places go into the dense layers. There is a pool after each of the "
            "three groups of convolutions.",
            lambda: _cnn(last_pool=False, inputs=256 * 49),
        ),
        Mistake(
            "a pool missing, dense layer for 3 x 3",
            "The last pool is missing: the dense layer awaits 3 × 3 × 256 numbers, and gets 7 × 7 × 256.",
            lambda: _cnn(last_pool=False),
        ),
        Mistake(
            "softmax before cross-entropy",
            "Your network ends in a softmax. PyTorch's cross-entropy has a softmax in itself, so it would be done "
            "twice. Return the logits.",
            lambda: _cnn(end="Softmax"),
        ),
        Mistake(
            "log-softmax at the end",
            "Your network ends in a log-softmax. It does no harm to PyTorch's cross-entropy, but the outputs are no "
            "logits any more. End with the dense layer.",
            lambda: _cnn(end="LogSoftmax"),
        ),
        Mistake(
            "ReLU on the logits",
            "You put a ReLU after the last layer. A logit may be below 0: that is how a class is ruled out.",
            lambda: _cnn(end="ReLU"),
        ),
        Mistake(
            "Flatten(0)",
            "Flatten(0) lines up the pictures of the batch as well. Flatten(), which starts at axis 1, keeps them "
            "apart.",
            lambda: _cnn(start=0),
        ),
        Mistake(
            "4 x 4 x 256 after the last pool",
            "Your first dense layer awaits 4 × 4 × 256 numbers. A pool rounds down: 28, 14, 7, 3.",
            lambda: _cnn(inputs=256 * 16),
        ),
        Mistake(
            "no padding",
            "Your convolutions have no padding, so each one shrinks the maps, until nothing is left. The book's are "
            "'same'.",
            lambda: _cnn(first_padding=0, padding=0),
        ),
        Mistake(
            "padding 1 for the 7 x 7 kernel",
            "Your first convolution has padding 1, which keeps the size for 3 × 3 kernels alone. A 7 × 7 kernel needs "
            "3.",
            lambda: _cnn(first_padding=1),
        ),
        Mistake(
            "3 x 3 kernels in the first layer",
            "Your first convolution is 3 × 3. The book's is 7 × 7.",
            lambda: _cnn(first=3),
        ),
        Mistake(
            "one convolution in each group",
            "Your groups have one convolution each. The second and the third group have two.",
            lambda: _cnn(twice=False),
        ),
        Mistake(
            "no ReLU after the convolutions",
            "There is no ReLU after your convolutions. Without it, two of them in a row are one.",
            lambda: _cnn(relu=False),
        ),
        Mistake(
            "no ReLU between the dense layers",
            "There is no ReLU after your dense layers. Without it, three of them in a row are one.",
            lambda: _cnn(dense_relu=False),
        ),
        Mistake(
            "no ReLU at all",
            "There is no ReLU in your network. Without it, two convolutions in a row can do no more than "
            "one, and neither can two dense layers.",
            lambda: _cnn(relu=False, dense_relu=False),
        ),
        Mistake(
            "no dropout",
            "Your network has no dropout. The book's drops half of the numbers after each of the first two dense "
            "layers.",
            lambda: _cnn(dropout=None),
        ),
        Mistake(
            "dropout of 0.2",
            "You drop a fifth. The book's network drops half: nn.Dropout(0.5).",
            lambda: _cnn(dropout=0.2),
        ),
    ],
    hints=[
        "Write the layers in the order of the table, as arguments of nn.Sequential. ReLU follows each convolution and "
        "each dense layer but the last.",
        'nn.Conv2d(in_channels, out_channels, kernel_size, padding="same"): in_channels is the out_channels of the '
        "convolution below.",
        "The first dense layer gets what your shape_trace says after flatten.",
    ],
    right_forms=[Form("a class, functions and lazy layers", _as_a_class)],
    forbidden=("course.models",),
)

# --- count_parameters ------------------------------------------------------------------------------------


def _network(layers: list[tuple], says: str, note: str) -> Case:
    return Case({"model": Made("torch_network", {"layers": layers}, says)}, note)


def _layers(rng: np.random.Generator) -> list[Case]:
    a, b = int(rng.integers(2, 9)), int(rng.integers(10, 20))
    return [
        _network([("Linear", a, b)], f"a dense layer, {a} to {b}", "one layer"),
        _network(
            [("Conv2d", 3, b, (5, 2)), ("ReLU",), ("MaxPool2d", 2)],
            f"a convolution of 5 x 2, 3 to {b} channels, with ReLU and pool",
            "layers without weights",
        ),
        _network([("Conv2d", 2, 4, 3, {"bias": False})], "a convolution without bias", "no bias"),
    ]


def _stacks(rng: np.random.Generator) -> list[Case]:
    inner = [("Conv2d", 1, 3, (2, 4)), ("ReLU",)]
    deep = [("Sequential", [("Sequential", inner), ("Conv2d", 3, 5, 2)]), ("Flatten",), ("Linear", 20, 7)]
    return [
        _network([("Linear", 6, 4), ("ReLU",), ("Linear", 4, 3)], "two dense layers", "several layers"),
        _network(deep, "groups of layers within groups", "groups in groups"),
    ]


def _norms(rng: np.random.Generator) -> list[Case]:
    layers = [("Conv2d", 2, 6, 3, {"bias": False}), ("BatchNorm2d", 6), ("ReLU",), ("Flatten",), ("Linear", 24, 5)]
    return [_network(layers, "a convolution with batch norm, and a dense layer", "batch norm")]


def _shared(rng: np.random.Generator) -> list[Case]:
    layers = [("Linear", 5, 5), ("ReLU",), ("Again", 0)]
    return [_network(layers, "one dense layer, used twice", "one layer in two places")]


def _count(model: Any) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _count_by_shape(model: Any) -> int:
    return sum(int(np.prod(parameter.shape)) for _, parameter in model.named_parameters())


def _in_every_place(model: Any) -> int:
    total = 0
    for layer in model:
        total += _count(layer)
    return total


def _first_level(model: Any) -> int:
    total = 0
    for layer in model:
        if getattr(layer, "weight", None) is not None:
            total += layer.weight.numel() + (layer.bias.numel() if layer.bias is not None else 0)
    return total


_sum_of: Callable[[Any, Callable[[Any], int]], int] = lambda model, of: sum(map(of, model.parameters()))  # noqa: E731

COUNT_PARAMETERS = Exercise(
    name="count_parameters",
    reference=_count,
    packages=("torch",),
    properties=[
        Property("layers", "Count every weight and every bias of a layer.", _layers),
        Property("stacks", "Count all layers, however deep they are nested.", _stacks),
        Property("batch norm", "Its two learned numbers for each channel count; its running means do not.", _norms),
        Property("shared weights", "A layer that stands in two places has its weights once.", _shared),
    ],
    mistakes=[
        Mistake(
            "arrays counted",
            "You count the arrays of weights. Count the numbers in them: `numel()` of each.",
            lambda model: len(list(model.parameters())),
        ),
        Mistake(
            "biases forgotten",
            "You leave the biases out. They are learned as well.",
            lambda model: sum(p.numel() for name, p in model.named_parameters() if not name.endswith("bias")),
        ),
        Mistake(
            "all of the state counted",
            "You count the whole state_dict(). It holds batch norm's running means and variances too, which no "
            "gradient changes.",
            lambda model: sum(tensor.numel() for tensor in model.state_dict().values()),
        ),
        Mistake(
            "the first axis alone",
            "You take the length of each array, which is the size of its first axis. `numel()` counts all its numbers.",
            lambda model: _sum_of(model, len),
        ),
        Mistake(
            "layers that stand in two places counted twice",
            "You add up layer by layer, and count a layer that stands in two places twice. model.parameters() gives "
            "each weight once.",
            _in_every_place,
        ),
        Mistake(
            "layers in groups passed over",
            "You look at the outer layers alone. A group may hold layers with weights: model.parameters() goes down "
            "into it.",
            _first_level,
        ),
        Mistake(
            "the last layer alone",
            "You count the last layer alone: do you replace the sum, where you should add to it?",
            lambda model: sum(p.numel() for p in list(model.parameters())[-2:]),
        ),
    ],
    hints=[
        "`model.parameters()` gives one tensor after another.",
        "A tensor `p` holds `p.numel()` numbers. Add these up.",
    ],
    right_forms=[Form("by shape", _count_by_shape)],
    forbidden=("course.models",),
)
