"""`count_parameters`: how many numbers training changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ...cell.objects import Made
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def case(layers: list[tuple], says: str, note: str) -> Case:
    """Return a network, made of these layers."""
    return Case({"model": Made("torch_network", {"layers": layers}, says)}, note)


def of_layers(rng: np.random.Generator) -> list[Case]:
    """Return single layers."""
    a, b = int(rng.integers(2, 99)), int(rng.integers(100, 399))
    return [
        case([("Linear", a, b)], f"a dense layer, {a} to {b}", "one layer"),
        case([("Conv2d", 3, b, (5, 2)), ("ReLU",), ("MaxPool2d", 2)],
             f"a convolution of 5 × 2, 3 to {b} channels, with ReLU and pool", "layers without weights"),
        case([("Conv2d", 2, 4, 3, {"bias": False})], "a convolution without bias", "no bias"),
    ]  # fmt: skip


def of_stacks(rng: np.random.Generator) -> list[Case]:
    """Return layers upon layers, and groups of them in groups."""
    inner = [("Conv2d", 1, 3, (2, 4)), ("ReLU",)]
    deep = [("Sequential", [("Sequential", inner), ("Conv2d", 3, 5, 2)]), ("Flatten",), ("Linear", 20, 7)]
    a, b, c = (int(n) for n in rng.integers(5, 99, size=3))
    return [
        case(
            [("Linear", a, b), ("Sequential", [("ReLU",), ("Linear", b, c)])],
            f"dense layers, {a} to {b} to {c}",
            "two layers, one in a group",
        ),
        case([("Linear", 6, 4), ("ReLU",), ("Linear", 4, 3)], "two dense layers", "several layers"),
        case(deep, "groups of layers within groups", "groups in groups"),
    ]


def of_norms(rng: np.random.Generator) -> list[Case]:
    """Return a network with batch norm."""
    a, b = int(rng.integers(6, 299)), int(rng.integers(5, 99))
    layers = [("Conv2d", 2, a, 3, {"bias": False}), ("BatchNorm2d", a), ("ReLU",), ("Flatten",), ("Linear", 4 * a, b)]
    return [case(layers, "a convolution with batch norm, and a dense layer", "batch norm")]


def of_shared(rng: np.random.Generator) -> list[Case]:
    """Return a network in which one layer stands twice."""
    a, b = (int(n) for n in rng.choice(np.arange(5, 200), size=2, replace=False))
    layers = [("Linear", a, a), ("ReLU",), ("Again", 0), ("Linear", a, b)]
    return [case(layers, "one dense layer, used twice, and another", "one layer in two places")]


PROPERTIES = [
    Property("layers", "Count every weight and every bias of a layer.", of_layers),
    Property("stacks", "Count all layers, however deep they are nested.", of_stacks),
    Property("batch norm", "Its two learned numbers for each channel count; its running means do not.", of_norms),
    Property("shared weights", "A layer that stands in two places has its weights once.", of_shared),
]

# --- The count, in parts --------------------------------------------------------------------------------------

Tensors = Callable[[Any], Iterable[Any]]


def count(
    model: Any,
    *,
    tensors: Tensors = lambda model: model.parameters(),
    counts: Callable[[Any], Any] = lambda tensor: tensor.numel(),
    adds: Callable[[list], Any] = sum,
) -> Any:
    """Count the numbers in a network's tensors; each argument is a part that may go wrong."""
    return adds([counts(tensor) for tensor in tensors(model)])


def named(ends: str) -> Tensors:
    """Return what gives the weights whose name ends so."""
    return lambda model: [tensor for name, tensor in model.named_parameters() if name.endswith(ends)]


def outer(model: Any) -> Iterable[Any]:
    """Return the weights of the outer layers."""
    return [tensor for layer in model for tensor in layer.parameters(recurse=False)]


def of_modules(model: Any) -> Iterable[Any]:
    """Return the weights of convolutions and dense layers."""
    from torch import nn

    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    return [tensor for layer in layers for tensor in layer.parameters()]


def of_kinds(*kinds: str) -> Tensors:
    """Return what gives the weights of layers of these kinds, or of one of their arrays: "Conv2d.bias"."""

    def tensors(model: Any) -> Iterable[Any]:
        layers = dict.fromkeys(model.modules())  # one that stands in two places once
        own = [(type(layer).__name__, *one) for layer in layers for one in layer.named_parameters(recurse=False)]
        return [tensor for kind, name, tensor in own if {kind, f"{kind}.{name}"} & {*kinds}]

    return tensors


def in_every_module(model: Any) -> Iterable[Any]:
    """Return the weights of each module, those of what it holds included, group by group."""
    return [tensor for module in model.modules() for tensor in module.parameters()]


MISTAKES = [
    # --- which tensors ---
    wrong("biases forgotten", "You leave the biases out. They are learned as well.",
          tensors=lambda model: [tensor for name, tensor in model.named_parameters() if not name.endswith("bias")]),
    wrong("biases alone", "You count the biases alone. The weights are learned as well.", tensors=named("bias")),
    wrong("the state_dict counted", "You count the whole state_dict(). It holds batch norm's running means and "
          "variances too, which no gradient changes, and a layer that stands in two places twice.",
          tensors=lambda model: model.state_dict().values()),
    wrong("all of the state counted", "You count batch norm's running means and variances as well. No gradient "
          "changes them.", tensors=lambda model: [*model.parameters(), *model.buffers()]),
    wrong("batch norm left out", "You count convolutions and dense layers alone. Batch norm learns two numbers for "
          "each channel.", tensors=of_modules),
    wrong("layers that stand in two places counted twice", "You count a layer that stands in two places twice, as "
          "adding up layer by layer does. model.parameters() gives each weight once.",
          tensors=lambda model: [tensor for layer in model for tensor in layer.parameters()]),
    wrong("layers in groups passed over", "You look at the outer layers alone. A group may hold layers with weights: "
          "model.parameters() goes down into it.", tensors=outer),
    wrong("groups counted again", "You count the weights of groups, and those of the layers in them once more. "
          "model.parameters() gives each weight once.", tensors=in_every_module),
    wrong("convolutions alone", "You count convolutions alone. Dense layers and batch norm learn as well.",
          tensors=of_kinds("Conv2d")),
    wrong("dense layers alone", "You count dense layers alone. Convolutions and batch norm learn as well.",
          tensors=of_kinds("Linear")),
    wrong("weights of convolutions and dense layers alone", "You count the weights of convolutions and dense layers "
          "alone. Their biases are learned as well, and so are batch norm's two numbers for each channel.",
          tensors=of_kinds("Conv2d.weight", "Linear.weight")),
    wrong("kernels alone", "You count the kernels of convolutions alone. All else that is learned counts as well.",
          tensors=of_kinds("Conv2d.weight")),
    wrong("dense weights alone", "You count the weights of dense layers alone. All else that is learned counts as "
          "well.", tensors=of_kinds("Linear.weight")),
    wrong("biases of convolutions forgotten", "You leave the biases of convolutions out. They are learned as well.",
          tensors=of_kinds("Conv2d.weight", "Linear", "BatchNorm2d")),
    wrong("biases of dense layers forgotten", "You leave the biases of dense layers out. They are learned as well.",
          tensors=of_kinds("Conv2d", "Linear.weight", "BatchNorm2d")),
    wrong("biases of convolutions and batch norm forgotten", "You leave out the biases of convolutions, and batch norm "
          "altogether. They are learned as well.", tensors=of_kinds("Conv2d.weight", "Linear")),
    wrong("biases of dense layers and batch norm forgotten", "You leave out the biases of dense layers, and batch norm "
          "altogether. They are learned as well.", tensors=of_kinds("Conv2d", "Linear.weight")),
    wrong("the first array left out", "Your count leaves the first array of weights out.",
          tensors=lambda model: list(model.parameters())[1:]),
    wrong("the last array left out", "Your count leaves the last array of weights out.",
          tensors=lambda model: list(model.parameters())[:-1]),
    wrong("the last layer alone", "You count the last layer alone: do you replace the sum, where you should add to it?",
          tensors=lambda model: list(model.parameters())[-2:]),
    wrong("the first layer alone", "You count the first layer alone.",
          tensors=lambda model: list(model.parameters())[:2]),
    # --- what is counted in a tensor ---
    wrong("arrays counted", "You count the arrays of weights. Count the numbers in them: `numel()` of each.",
          counts=lambda tensor: 1),
    wrong("the first axis alone", "You take the length of each array, which is the size of its first axis. `numel()` "
          "counts all its numbers.", counts=len),
    wrong("sizes added", "You add the sizes of an array's axes. Multiply them, or let `numel()` do it.",
          counts=lambda tensor: sum(tensor.shape)),
    wrong("axes counted", "You count the axes of each array. `numel()` counts its numbers.", counts=lambda t: t.dim()),
    wrong("bytes for numbers", "You count bytes. Each of these numbers takes four of them.",
          counts=lambda tensor: tensor.numel() * tensor.element_size()),
    wrong("values added", "You add up the weights themselves. Count them, with `numel()`.",
          counts=lambda tensor: float(tensor.sum())),
    # --- how it is added up ---
    wrong("the last array alone", "Your count is that of the last array of weights. Is there an = where += should "
          "stand?", adds=lambda counts: counts[-1]),
    wrong("the first array alone", "Your count is that of the first array of weights. Does the `return` stand inside "
          "the loop?", adds=lambda counts: counts[0]),
    wrong("the largest array alone", "Your count is that of the largest array of weights. Add up all of them.",
          adds=max),
    wrong("counts multiplied", "You multiply the counts of the arrays. Add them up.", adds=math.prod),
    wrong("one count for each array", "You return a count for each array of weights. Add them up.",
          adds=lambda counts: counts),
    wrong("a float", "You return a number with a decimal point. A count is an int.",
          adds=lambda counts: float(sum(counts))),
    wrong("text for a number", "You return text. Return the number, and let whoever shows it write it out.",
          adds=lambda counts: f"{sum(counts):,}"),
    wrong("in millions", "You return millions. Return the count itself.", adds=lambda counts: sum(counts) / 1e6),
]  # fmt: skip

EXERCISE = Exercise(
    name="count_parameters",
    reference=count,
    computation=count,
    packages=("torch",),
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "`model.parameters()` gives one tensor after another.",
        "A tensor `p` holds `p.numel()` numbers. Add these up.",
    ],
    right_forms=[
        Form("by shape", lambda model: sum(int(np.prod(tensor.shape)) for _, tensor in model.named_parameters())),
        Form("those that learn", lambda model: sum(p.nelement() for p in model.parameters() if p.requires_grad)),
        Form("as one vector", lambda model: np.concatenate([p.detach().flatten() for p in model.parameters()]).size),
    ],
)
