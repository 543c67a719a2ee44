"""`forward_numpy`: from pictures to logits, in NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..cases import Maker, between
from ..families.forward import (
    SLIPS,
    Array,
    Pair,
    Weights,
    as_it_is,
    but,
    convolved,
    forward,
    half,
    pool_by_one,
    pool_of,
    pool_up,
    pooled,
    pools_after,
    probabilities,
    relu,
)
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def balanced(rng: np.random.Generator, z: Array, loud: float) -> Array:
    """Return the biases that make a map's numbers positive and negative, and all of every third map's negative."""
    rest = tuple(axis for axis in range(z.ndim) if axis != 1)
    middle, highest, more = z.mean(axis=rest), z.max(axis=rest), loud * rng.uniform(0.2, 0.8, z.shape[1])
    return -np.where(np.arange(z.shape[1]) % 3 == 1, highest + more, middle - (more if z.ndim == 2 else 0))


def make(rng: np.random.Generator, pictures: int, channels: int, height: int, width: int, filters: tuple[int, ...],
         kernels: tuple[Pair, ...], dense: Pair, loud: float) -> dict[str, Any]:  # fmt: skip
    """Return weights for pictures of this shape, and such pictures; ReLU, pools and biases make a difference to all."""
    x = first = rng.random((pictures, channels, height, width)).astype(np.float32)
    weights: Weights = {}
    for number, (out, kernel) in enumerate(zip(filters, kernels, strict=True), 1):
        weight = rng.normal(0, (2 / x.shape[1] / kernel[0] / kernel[1]) ** 0.5, (out, x.shape[1], *kernel))
        weight = weight * (loud if number == 1 else 1.0)
        z = convolved(x, weight, half(weight))
        bias = balanced(rng, z, loud)
        x = relu(z + bias[:, None, None])
        x = pooled(x) if number in (1, 3, 5) else x
        weights |= {f"conv{number}.weight": weight, f"conv{number}.bias": bias}
    x = x.reshape(pictures, -1)
    for number, out in enumerate((*dense, 10), 1):
        weight = rng.normal(0, (2 / x.shape[1]) ** 0.5, (out, x.shape[1]))
        z = x @ weight.T
        bias = balanced(rng, z, loud)
        x = relu(z + bias)
        weights |= {f"dense{number}.weight": weight, f"dense{number}.bias": bias}
    return {"weights": {name: a.astype(np.float32) for name, a in weights.items()}, "x": first}


cases = Maker(
    make,
    note=lambda pictures, height, width, **sizes: f"{pictures} picture{'s' * (pictures != 1)}, {height} × {width}",
    least={"height": 8, "width": 8},
    pictures=1, channels=1, height=8, width=8, filters=(2, 3, 4, 4, 3), kernels=((3, 3),) * 5, dense=(5, 4),
    loud=1.0,
)  # fmt: skip

PROPERTIES = [
    Property(
        "one picture",
        "Five convolutions with ReLU, three pools, three dense layers.",
        cases({}, {"width": 16}, {"height": 16, "width": between(16, 17), "dense": (6, 6)}),
    ),
    Property(
        "batches",
        "Each picture has its own row of ten logits, and channels add up.",
        cases({"pictures": 2}, {"pictures": 3, "channels": 3, "height": 16}),
    ),
    Property(
        "other sizes",
        "A pool rounds down, so nothing but the last row or column is lost.",
        cases({"pictures": 2, "height": 11, "width": 9},
              {"height": 28, "width": 28, "note": "28 × 28, as Fashion-MNIST"}),
    ),
    Property(
        "other kernels",
        "The padding that keeps the size follows from the kernel.",
        cases({"pictures": 2, "height": 12, "width": 17, "kernels": ((7, 7), (3, 3), (3, 3), (5, 5), (3, 3))},
              {"pictures": 2, "channels": 2, "height": 9, "width": 10,
               "kernels": ((5, 5), (7, 7), (1, 1), (3, 3), (7, 7))},
              {"pictures": 2, "channels": 2, "height": 28, "width": 30,
               "kernels": ((5, 5), (7, 7), (1, 1), (3, 3), (7, 7))}),
    ),
    Property(
        "biases",
        "Each filter and each neuron adds its own bias.",
        cases({"pictures": 2, "height": 9}, {"channels": 10, "filters": (10,) * 5, "dense": (10, 10), "loud": 300.0,
               "note": "10 maps or numbers in each layer"}),
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------

SMALLER = (
    "Too few numbers reach the first dense layer: there is a pool too many, or a larger one, or a convolution that "
    "moves by more than 1. Pools are 2 × 2, and follow the convolutions 1, 3 and 5."
)

MISTAKES = [
    # --- pools ---
    wrong("a pool missing", "A pool is missing: the first dense layer gets too many numbers. Pools follow the "
          "convolutions 1, 3 and 5.", **pools_after(1, 3)),
    wrong("two pools missing", "There is one pool alone: the first dense layer gets too many numbers. Pools follow "
          "the convolutions 1, 3 and 5.", **pools_after(1)),
    wrong("a pool or a stride too many", SMALLER, **pools_after(1, 3, 4, 5)),
    wrong("a larger pool or a stride too many", SMALLER, layers={"conv3": {"pool": pool_of(3, 3)}}),
    wrong("the book's paddings", "Your paddings are numbers: 3 in the first convolution, and 1 in all others. That "
          "fits the book's network alone: the padding follows from the weights.",
          layers={f"conv{k}": {"padding": lambda weight, pad=3 if k == 1 else 1: (pad, pad)} for k in range(1, 6)}),
    wrong("larger before flatten", "Too many numbers reach the first dense layer: the padding of convolution 4 or 5 is "
          "too large, or the last pool has padding.", layers={"conv5": {"pool": pool_of(2, 2, 1)}}),
    wrong("no pools", "There are no pools in your network. They follow the convolutions 1, 3 and 5.", **pools_after()),
    wrong("a pool after each convolution", "You pool after each convolution. Pools follow the convolutions 1, 3 and 5.",
          **pools_after(1, 2, 3, 4, 5)),
    wrong("a pool that rounds up", "Your pool rounds up: 28, 14, 7, 4, which makes 4 × 4 × 256 in the book's network. "
          "A window that does not fit whole is left out.", pool=pool_up),
    wrong("average pooling", "You pool by the mean. This network was trained with max pooling.",
          pool=lambda x: pooled(x, lambda a, b: (a + b) / 2)),
    wrong("the smallest of each window", "You pool by the smallest number. Take the largest.",
          pool=lambda x: pooled(x, np.minimum)),
    wrong("every second pixel", "You keep every second pixel of the maps. A pool keeps the largest of each window.",
          pool=lambda x: x[:, :, : x.shape[2] // 2 * 2 : 2, : x.shape[3] // 2 * 2 : 2]),
    wrong("the pool's stride is 1", "Your pools move their window by one pixel. Their stride is 2.", pool=pool_by_one),
    # --- convolutions ---
    wrong("padding fixed at 1", "Your padding is 1 for all kernels. A 7 × 7 kernel needs 3 to keep the size: half the "
          "kernel, rounded down.", padding=lambda weight: (1, 1)),
    wrong("padding fixed at 3", "Your padding is 3 for all kernels. A 3 × 3 kernel needs 1 to keep the size: half the "
          "kernel, rounded down.", padding=lambda weight: (3, 3)),
    wrong("no padding", "Your convolutions have no padding, or all but the first have none, so that the maps become "
          "smaller. Half the kernel, rounded down, keeps the size.", padding=lambda weight: (0, 0)),
    wrong("padding of the whole kernel", "Your padding is the kernel's size. Half of it, rounded down, keeps the size.",
          padding=lambda weight: weight.shape[2:]),
    wrong("padding rounded up", "Your padding is half the kernel, rounded up. Round down.",
          padding=lambda weight: tuple((f + 1) // 2 for f in weight.shape[2:])),
    wrong("kernel flipped", "Your result is that of flipped kernels. The layers of networks do not flip theirs.",
          kernel=lambda weight: weight[:, :, ::-1, ::-1]),
    wrong("kernel transposed", "Your result is that of transposed kernels: rows and columns have changed places.",
          kernel=lambda weight: weight.swapaxes(2, 3)),
    wrong("channels turned round", "Your convolutions meet the channels in the wrong order.",
          kernel=lambda weight: weight[:, ::-1]),
    # --- biases ---
    wrong("bias forgotten", "You leave the biases out, in convolutions and dense layers.", conv_bias=lambda bias: 0,
          dense_bias=lambda bias: 0),
    wrong("bias of convolutions forgotten", "You leave the biases of the convolutions out.", conv_bias=lambda bias: 0),
    wrong("bias of dense layers forgotten", "You leave the biases of the dense layers out.", dense_bias=lambda bias: 0),
    wrong("bias along the width", "A bias of shape (F,) is laid along the width of the maps, or refused. Give it the "
          "shape (F, 1, 1): bias[:, None, None].", conv_bias=as_it_is),
    wrong("one bias for all maps", "All maps of a convolution get its first bias. Each has its own.",
          conv_bias=lambda bias: bias[0]),
    wrong("biases subtracted", "You subtract the biases. They are added.", conv_bias=lambda bias: -bias[:, None, None],
          dense_bias=np.negative),
    # --- ReLU ---
    wrong("no ReLU between the dense layers", "There is no ReLU after your dense layers 1 and 2.",
          dense_active=lambda number: False),
    wrong("ReLU on the logits", "You apply ReLU to the last layer as well. A logit may be below 0.",
          dense_active=lambda number: True),
    wrong("no ReLU after the first dense layer", "There is no ReLU after your first dense layer.",
          dense_active=lambda number: number == 2),
    wrong("no ReLU after the second dense layer", "There is no ReLU after your second dense layer.",
          dense_active=lambda number: number == 1),
    wrong("no ReLU after the convolutions", "There is no ReLU after your convolutions.",
          conv_active=but(1, 2, 3, 4, 5)),
    wrong("ReLU before pools alone", "There is ReLU only where a pool follows. Convolutions 2 and 4 want it, too.",
          conv_active=but(2, 4)),
    wrong("ReLU where no pool follows alone", "There is no ReLU where a pool follows. It comes after each convolution.",
          conv_active=but(1, 3, 5)),
    *(wrong(f"no ReLU after convolution {k}", f"There is no ReLU after convolution {k}.", conv_active=but(k))
      for k in range(1, 6)),
    wrong("no ReLU at all", "There is no ReLU in your network: all its layers together are one linear one.",
          active=as_it_is),
    wrong("sizes for ReLU", "You take absolute values. ReLU sets numbers below 0 to 0.", active=np.abs),
    wrong("the smaller for the larger", "You keep what is below 0. ReLU keeps what is above: np.maximum.",
          active=lambda x: np.minimum(x, 0)),
    wrong("sigmoid for ReLU", "You use a sigmoid. This network was trained with ReLU.",
          active=lambda x: 1 / (1 + np.exp(-x))),
    wrong("tanh for ReLU", "You use tanh. This network was trained with ReLU.", active=np.tanh),
    wrong("leaky ReLU", "You let a hundredth of negative numbers through. This network was trained with ReLU.",
          active=lambda x: np.where(x > 0, x, 0.01 * x)),
    # --- flatten, dense layers ---
    wrong("Flatten(0)", "You flatten the pictures of a batch into one row. Keep the first axis: reshape(len(x), -1).",
          flatten=np.ravel),
    wrong("channels last before flattening", "You put the channels last before you flatten. The dense weights were "
          "trained with (channels, height, width).", flatten=lambda x: x.transpose(0, 2, 3, 1).reshape(len(x), -1)),
    wrong("flattened the other way round", "You flatten with order='F', or after reversing the axes: the first axis "
          "then runs fastest. The dense weights were trained with (channels, height, width), the last axis fastest.",
          flatten=lambda x: x.transpose(0, 3, 2, 1).reshape(len(x), -1)),
    wrong("height and width swapped before flattening", "You swap height and width before you flatten. The dense "
          "weights were trained with (channels, height, width).",
          flatten=lambda x: x.swapaxes(2, 3).reshape(len(x), -1)),
    wrong("no flatten", "Your maps go into the dense layers as they are. Flatten them first: reshape(len(x), -1).",
          flatten=as_it_is),
    wrong("one row for the whole batch", "You line up all pictures of a batch in one row. Keep the first axis: "
          "reshape(len(x), -1).", flatten=lambda x: x.reshape(1, -1)),
    wrong("pictures mixed in flattening", "Your flatten deals the numbers of a batch out to its pictures in another "
          "order. Keep the first axis: reshape(len(x), -1).", flatten=lambda x: x.reshape(-1, len(x)).T),
    wrong("the mean of each map for flattening", "You take the mean of each map. Flatten keeps all numbers.",
          flatten=lambda x: x.mean(axis=(2, 3))),
    wrong("dense weights not turned", "You multiply by dense weights as they are. They are (out, in): x @ weight.T.",
          dense=lambda x, weight: x @ weight),
    wrong("weight @ x", "You multiply weight @ x. A row of x is a picture: x @ weight.T.",
          dense=lambda x, weight: weight @ x),
    wrong("dropout", "The numbers after your dense layers 1 and 2 are halved, as if by dropout. It is for training "
          "alone.", dropped=lambda x: x / 2),
    wrong("dropout's doubling", "The numbers after your dense layers 1 and 2 are doubled, as dropout does while "
          "training. There is no dropout here.", dropped=lambda x: x * 2),
    # --- what goes in, what comes out ---
    wrong("divided by 255", "You divide the pictures by 255. They are from 0 to 1 already.", first=lambda x: x / 255),
    wrong("brought to -1 to 1", "You scale the pictures to -1 to 1. The network was trained with 0 to 1.",
          first=lambda x: 2 * x - 1),
    wrong("centred", "You subtract the mean of the pictures. The network was trained with 0 to 1.",
          first=lambda x: x - x.mean()),
    wrong("standardised", "You subtract the mean of the pictures, and divide by their spread. The network was trained "
          "with 0 to 1.", first=lambda x: (x - x.mean()) / x.std()),
    wrong("the first picture alone", "You return the logits of the first picture alone. Wanted is a row for each.",
          first=lambda x: x[:1]),
    wrong("softmax in the forward pass", "You return probabilities. Wanted are the logits, before the softmax.",
          end=probabilities),
    wrong("softmax over the pictures", "You return probabilities, over the pictures at that. Wanted are the logits.",
          end=lambda logits: probabilities(logits, axis=0)),
    wrong("logarithms of probabilities", "You return the logarithms of probabilities. Wanted are the logits.",
          end=lambda logits: np.log(probabilities(logits))),
    wrong("sigmoids of the logits", "You return sigmoids of the logits. Wanted are the logits.",
          end=lambda logits: 1 / (1 + np.exp(-logits))),
    wrong("the class for the logits", "You return the surest class. Wanted are the ten logits of each picture.",
          end=lambda logits: logits.argmax(axis=1)),
    wrong("logits transposed", "Your logits are transposed. A row is a picture: (N, 10).", end=np.transpose),
    wrong("one row for all", "Your logits have no row for each picture: they stand in one long row.", end=np.ravel),
    # --- in one layer of several ---
    *SLIPS,
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def pool_before_relu(weights: Weights, x: Array) -> Array:
    """Pool first: the largest number stays the largest."""
    for group in ((1,), (2, 3), (4, 5)):
        for number in group:
            weight = weights[f"conv{number}.weight"]
            p_h, p_w = half(weight)
            windows = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w))), weight.shape[2:], (2, 3))
            x = np.einsum("nchwuv,kcuv->nkhw", windows, weight) + weights[f"conv{number}.bias"][:, None, None]
            if number != group[-1]:
                x = x * (x > 0)
        x = relu(pooled(x))
    for number in (1, 2, 3):
        x = np.einsum("ni,oi->no", x.reshape(len(x), -1), weights[f"dense{number}.weight"])
        x = x + weights[f"dense{number}.bias"]
        x = x.clip(min=0) if number < 3 else x
    return x


def with_torch(weights: Weights, x: Array) -> Any:
    """Let PyTorch do it, in float64."""
    import torch
    import torch.nn.functional as F

    given = {name: torch.tensor(array).double() for name, array in weights.items()}
    out = torch.tensor(x).double()
    for number in range(1, 6):
        weight, bias = given[f"conv{number}.weight"], given[f"conv{number}.bias"]
        out = F.relu(F.conv2d(out, weight, bias, padding=half(weight)))
        if number % 2:
            out = F.max_pool2d(out, 2)
    out = out.flatten(1)
    for number in (1, 2):
        out = F.relu(F.linear(out, given[f"dense{number}.weight"], given[f"dense{number}.bias"]))
    return F.linear(out, given["dense3.weight"], given["dense3.bias"])


EXERCISE = Exercise(
    name="forward_numpy",
    reference=lambda weights, x: forward(weights, x),
    computation=forward,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        'One line to a layer is a good way to write it. f"conv{number}.weight" gives the name of one weight in a loop.',
        "The padding that keeps height and width is half the kernel, rounded down: `weight.shape[2] // 2`.",
        "From maps to dense: `x.reshape(len(x), -1)`. A dense layer is `x @ weight.T + bias`.",
    ],
    right_forms=[Form("pool before ReLU", pool_before_relu), Form("PyTorch, float64", with_torch)],
    relative_tolerance=1e-3,
    packages=("torch",),
)
