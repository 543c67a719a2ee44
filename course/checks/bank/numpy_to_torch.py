"""`numpy_to_torch`: weights in the order of the book, turned to the order of PyTorch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, between
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray
Turn = Callable[[Array], Any]

# --- Cases --------------------------------------------------------------------------------------------------

cases = Maker(
    lambda rng, shape: {"array": rng.normal(size=shape).round(2)},
    note=lambda shape: f"an array of shape {tuple(shape)}",
)


def is_a_tensor(case: Case, value: Any) -> str | None:
    """Ask for a tensor."""
    return None if value["kind"] == "Tensor" else f"the result is a {value['kind']}, not a tensor of torch"


def is_float32(case: Case, value: Any) -> str | None:
    """Ask for numbers of 32 bits; whatever is no tensor has lost other points already."""
    right = value["dtype"] in ("float32", "")
    return None if right else f"the numbers are {value['dtype']}; the weights of a network are float32"


VALUES = {"values": ""}

PROPERTIES = [
    Property(
        "kernels",
        "Kernels (f_h, f_w, in, out) become (out, in, f_h, f_w).",
        cases({"shape": (2, 3, 4, 5)}, {"shape": (3, 3, 3, 3)}, {"shape": (2, 2, 1, 2)}, {"shape": (5, 2, 3, 1)}),
        entries=VALUES,
        weight=3,
    ),
    Property(
        "dense layers",
        "Dense weights (in, out) become (out, in).",
        cases({"shape": (4, 3)}, {"shape": (5, 5)}),
        entries=VALUES,
    ),
    Property("biases", "A bias stays as it is.", lambda rng: cases({"shape": (between(4, 7)(rng),)})(rng),
             entries=VALUES),
    Property("tensors", "The result is a tensor of torch.", cases({"shape": (3,)}), each=is_a_tensor),
    Property("float32", "The numbers are float32.", cases({"shape": (3,)}, {"shape": (2, 3)}), each=is_float32),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def as_float32(array: Array) -> Any:
    """Return a tensor of 32 bits."""
    import torch

    return torch.tensor(np.asarray(array, np.float32))


def turned(
    array: Array, *,
    kernel: Turn = lambda a: a.transpose(3, 2, 0, 1),
    flip: Turn = lambda a: a,
    dense: Turn = lambda a: a.T,
    bias: Turn = lambda a: a,
    makes: Callable[[Array], Any] = as_float32,
) -> Any:  # fmt: skip
    """Turn the weights; each part can be replaced by a wrong way to do it."""
    turns = {4: lambda a: kernel(flip(a)), 2: dense, 1: bias}
    result = turns[array.ndim](array)
    return None if result is None else makes(result)


def order(axes: tuple[int, ...]) -> Turn:
    """Return what takes the axes of a kernel in this order."""
    return lambda a: a.transpose(axes)


def unset(a: Array) -> Any:
    """Return a variable that no branch has set."""
    if a.ndim == 0:
        tensor = a
    return tensor


def in_double(array: Array) -> Any:
    """Return a tensor of 64 bits."""
    return as_float32(array).double()


AXES = ("f_h", "f_w", "in", "out")
KNOWN_ORDERS = {
    (0, 1, 2, 3): (
        "HWIO not turned to OIHW",
        "You leave kernels as they are. PyTorch wants the filters first, then the channels, height and width.",
    ),
    (3, 2, 1, 0): (
        "all axes reversed",
        "You reverse all axes of kernels, as .T does: width comes before height, and each kernel is mirrored.",
    ),
    (2, 3, 0, 1): (
        "in before out",
        "You put the channels before the filters. The first axis counts filters: (out, in, f_h, f_w).",
    ),
    (0, 3, 1, 2): (
        "the order of pictures",
        "You turn the kernels as one turns pictures, NHWC to NCHW. A kernel's axes are others: (f_h, f_w, in, out).",
    ),
    (2, 3, 1, 0): (
        "the other direction",
        "You take the axes as if they came from PyTorch: OIHW to HWIO. They come as (f_h, f_w, in, out), and go the "
        "other way.",
    ),
    (3, 0, 1, 2): (
        "the last axis to the front",
        "You move the filters to the front, and leave the channels at the end. They come second: (out, in, f_h, f_w).",
    ),
}
OTHER_ORDERS = {
    axes: (
        f"the axes in the order {axes}",
        f"Your kernels have the axes ({', '.join(AXES[axis] for axis in axes)}). The old axes in their new order are "
        "what transpose wants: which of them counts the filters?",
    )
    for axes in itertools.permutations(range(4))
    if axes != (3, 2, 0, 1) and axes not in KNOWN_ORDERS
}

MISTAKES = [
    *(wrong(name, says, kernel=order(axes)) for axes, (name, says) in (KNOWN_ORDERS | OTHER_ORDERS).items()),
    wrong("reshape for transpose", "You use reshape on kernels. It keeps the numbers in their order in memory, and "
          "deals them out to other axes. transpose moves the axes.",
          kernel=lambda a: a.reshape(a.transpose(3, 2, 0, 1).shape)),
    wrong("kernels flipped", "Your kernels are turned by half a turn as well. Keras and PyTorch lay them on the "
          "picture the same way: move the axes, and nothing else.", flip=lambda a: a[::-1, ::-1]),
    wrong("kernels upside down", "The rows of your kernels are upside down. Move the axes, and nothing else.",
          flip=lambda a: a[::-1]),
    wrong("kernels mirrored", "The columns of your kernels are mirrored. Move the axes, and nothing else.",
          flip=lambda a: a[:, ::-1]),
    wrong("axes of size 1 lost", "Axes of size 1 are gone from your kernels. A kernel keeps its four axes.",
          kernel=lambda a: a.transpose(3, 2, 0, 1).squeeze()),
    wrong("dense weights not turned", "You leave dense weights as they are. They have an order, too: PyTorch wants "
          "(out, in).", dense=lambda a: a),
    wrong("reshape for transpose, in dense layers", "You use reshape on dense weights. It deals the numbers out in "
          "their old order. Move the axes, with .T.", dense=lambda a: a.reshape(a.shape[::-1])),
    wrong("dense weights turned round", "The rows of your dense weights are reversed. Move the axes, and nothing else.",
          dense=lambda a: a[::-1].T),
    wrong("dense weights rotated", "You turn dense weights by a quarter turn. Move the axes, with .T: that mirrors.",
          dense=np.rot90),
    wrong("dense weights missing", "You return nothing for dense weights: does every way end with `return`?",
          dense=lambda a: None),
    wrong("a bias with two axes, as a row", "Your bias has become a row with two axes. It keeps its one axis.",
          bias=lambda a: a[np.newaxis]),
    wrong("a bias with two axes, as a column", "Your bias has become a column with two axes. It keeps its one axis.",
          bias=lambda a: a[:, np.newaxis]),
    wrong("a bias reversed", "Your bias is reversed. It stays as it is.", bias=lambda a: a[::-1].copy()),
    wrong("biases missing", "You return nothing for biases: does every way end with `return`?", bias=lambda a: None),
    wrong("biases in no branch", "For biases your function uses a variable that was never set: the `if` has no branch "
          "for them.", bias=unset),
    wrong("everything is a kernel", "You ask for four axes whatever the array is. `array.ndim` tells how many it has.",
          dense=lambda a: a.transpose(3, 2, 0, 1), bias=lambda a: a.transpose(3, 2, 0, 1)),
    wrong("biases are transposed like dense weights", "You ask for two axes where a bias has one. `array.ndim` tells "
          "how many it has.", bias=lambda a: a.transpose(1, 0)),
    wrong("float64", "Your tensor is float64, as NumPy's numbers are. The weights of the network are float32.",
          makes=in_double),
    wrong("float16", "Your tensor is float16. The weights of the network are float32.",
          makes=lambda a: as_float32(a).half()),
    wrong("whole numbers", "Your tensor holds whole numbers: fractions are cut off. Weights are float32.",
          makes=lambda a: as_float32(a).long()),
    wrong("still NumPy", "You return a NumPy array. torch.tensor(...) makes a tensor of it.",
          makes=lambda a: np.asarray(a, np.float32)),
    wrong("a list", "You return a list. torch.tensor(...) makes a tensor of an array.", makes=np.ndarray.tolist),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def with_permute(array: Array) -> Any:
    """Turn the tensor."""
    import torch

    tensor = torch.from_numpy(array.copy()).float()
    return {4: lambda: tensor.permute(3, 2, 0, 1), 2: lambda: tensor.T, 1: lambda: tensor}[tensor.ndim]()


def as_parameter(array: Array) -> Any:
    """Return a parameter of a network, by two swaps of axes."""
    import torch

    array = np.moveaxis(array, (-1, -2), (0, 1)) if array.ndim > 1 else array
    return torch.nn.Parameter(torch.Tensor(array))


EXERCISE = Exercise(
    name="numpy_to_torch",
    reference=lambda array: turned(array),
    computation=turned,
    observe="observe_tensor",
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "`array.ndim` tells kernels (4), dense weights (2) and biases (1) apart.",
        "`array.transpose(...)` takes the old axes in their new order. Which old axis counts the filters?",
        "float32 comes from `.astype(np.float32)` before, or `.float()` after.",
    ],
    right_forms=[Form("permute", with_permute), Form("a parameter, moveaxis", as_parameter)],
    packages=("torch",),
)
