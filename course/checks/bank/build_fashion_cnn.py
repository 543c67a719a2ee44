"""`build_fashion_cnn`: the book's network, in PyTorch.

What a network does is followed layer by layer, whatever code it is written in. Its numbers, on equal weights, decide
whether it is right; its layers say which mistake it is, so that no wrong network needs to be made for that.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..families.book import NONE, RELU, layers_of, network
from ..families.layer_places import told_of
from ..families.traces import BOOK, sketch, words_of
from ..spec import Case, Exercise, Form, Mistake, Property, wrong

__all__ = ["EXERCISE"]

PARAMETERS = 1_413_834

# --- What must hold ------------------------------------------------------------------------------------------


def pictures(rng: np.random.Generator) -> list[Case]:
    """Return one case for all properties: from its number, pictures and weights are drawn where the network is."""
    return [Case({"_draw": int(rng.integers(2**31))}, "two pictures of 28 × 28 pixels")]


def runs(case: Case, seen: Any) -> str | None:
    """Say where the network stops, or which shape it gives."""
    if seen["problem"] != "":
        return f"the network stopped at pictures of shape (2, 1, 28, 28) with {seen['problem']}"
    if seen["logits"] is not None:
        return None
    return f"two pictures should give numbers of shape (2, 10), yours have {seen['shape'] or 'none'}"


def has_the_weights(case: Case, seen: Any) -> str | None:
    """Name weights that are missing, or too many."""
    if seen["weights"] is None:
        return "there are no weights"
    weighted = [layer for layer in layers_of(awaited=2304) if layer[0] in ("conv", "dense")]
    shapes = [(m, n, *more[0]) if kind == "conv" else (m, n) for kind, n, m, *more in weighted]
    left, book = seen["weights"].split("; "), [str(shape) for one in shapes for shape in (one, one[:1])]
    for shape in book:
        if shape not in left:
            odd = [other for other in left if other not in book]
            return f"no weights have the shape {shape}" + (f"; yours have {odd[0]}" if odd else "")
        left.remove(shape)
    return f"there are weights too many, of shape {left[0]}" if left else None


def gives_logits(case: Case, seen: Any) -> str | None:
    """Say where what comes out is no logits."""
    if seen["problem"] != "" or seen["logits"] is None:
        return "the network does not run yet"
    logits = seen["logits"].astype(np.float64)
    if not logits.min() < 0:
        return "no output is below 0: after the last dense layer, something cuts or squeezes the numbers"
    sums = np.logaddexp.reduce(logits, axis=1)
    return "the outputs are logarithms of probabilities already" if np.allclose(sums, 0, atol=1e-3) else None


def drops_half(case: Case, seen: Any) -> str | None:
    """Say where dropout stands instead."""
    if seen["dropout"] == "0.5 after dense 1, 0.5 after dense 2":
        return None
    return f"dropout should be 0.5 after dense 1 and 2; yours: {seen['dropout'] or 'none'}"


PROPERTIES = [
    Property("runs", "The network takes pictures (N, 1, 28, 28) and gives ten numbers for each.", pictures,
             each=runs),
    Property("weights", f"The weights have the book's shapes: {PARAMETERS:,} numbers.", pictures,
             each=has_the_weights),
    Property(
        "order of the layers",
        "With the same weights, the network answers as the book's.",
        pictures,
        entries={
            "problem": "the network does not run yet",
            "logits": "with the same weights, your network gives other numbers than the book's",
            "training": "in training mode, your network gives other numbers than the book's, dropout left aside: some "
            "layer acts otherwise while training",
        },
        weight=2
    ),
    Property("convolutions", "Up to the first dense layer, the numbers are those of the book's network.", pictures,
             entries={"features": "with the same weights, other numbers than in the book's network reach the first "
                      "dense layer"}),
    Property("dense layers", "From the first dense layer on, the numbers are those of the book's network.", pictures,
             entries={"dense": "with the same weights and the same numbers to begin with, the dense layers give other "
                      "numbers than the book's"}),
    Property("logits", "The last layer is dense, with nothing after it.", pictures, each=gives_logits),
    Property("dropout", "After each of the first two dense layers, half the numbers are dropped while training.",
             pictures, each=drops_half,
             entries={"dropped": "with the same numbers dropped, the network gives others than the book's"}),
]  # fmt: skip

# --- Mistakes ------------------------------------------------------------------------------------------------


def numbers() -> Any:
    """Return numbers, and no network."""
    import torch

    return torch.zeros(1, 10)


MISTAKES = [
    # --- convolutions ---
    wrong("input size for in_channels", "Your first convolution has in_channels=28, the size of the picture. "
          "in_channels counts channels: a grey picture has 1.", pictures=28),
    wrong("in_channels of the first convolution", "in_channels of your first convolution is not the number of "
          "channels of a grey picture, which is 1.", pictures=3),
    wrong("in_channels of a later convolution", "A convolution takes in another number of channels than the "
          "convolution below it gives. in_channels is the out_channels of the layer below.",
          inputs=lambda below, below_group: below_group),
    wrong("one convolution in each group", "Your groups have one convolution each. The second and the third group "
          "have two.", groups=(1, 1, 1)),
    wrong("two convolutions in the first group", "Your first group has two convolutions. The book's has one: with its "
          "7 × 7 kernel it sees enough.", groups=(2, 2, 2)),
    wrong("a group missing", "The group of convolutions with 256 filters is missing.", groups=(1, 2)),
    wrong("the second group missing", "The group of convolutions with 128 filters is missing.", groups=(1, 0, 2)),
    wrong("the first convolution missing", "The first convolution, with 64 filters, is missing.", groups=(0, 2, 2),
          pooled=lambda group, last: int(last and group > 0)),
    wrong("another number of convolutions", "Your network has another number of convolutions than the table. Count "
          "them: five.", groups=(1, 3, 3)),
    wrong("other numbers of filters", "The numbers of filters are not those of the table.", filters=(32, 64, 128)),
    wrong("3 x 3 kernels in the first layer", "Your first convolution is 3 × 3. The book's is 7 × 7.", first=3),
    wrong("another kernel in the first layer", "The kernel of your first convolution has another size than in the "
          "table.", first=5),
    wrong("other kernels in the later layers", "Among the convolutions after the first, there are kernels of another "
          "size than in the table: all of them are 3 × 3.", kernel=5),
    wrong("no padding", "Your convolutions have no padding, so each one shrinks the maps, until nothing is left. The "
          "book's are 'same'.", first_padding=lambda size: 0, padding=lambda size: 0),
    wrong("no padding in the first layer", "Your first convolution has no padding, so the maps shrink. It is 'same', "
          "too.", first_padding=lambda size: 0),
    wrong("padding 1 for the 7 x 7 kernel", "Your first convolution has padding 1, which keeps the size for 3 × 3 "
          "kernels alone. A 7 × 7 kernel needs 3.", first_padding=lambda size: 1),
    wrong("another padding in the first layer", "The padding of your first convolution does not keep the size of the "
          "picture. A kernel of size f needs (f - 1) / 2 on each side.", first_padding=lambda size: 2),
    wrong("no padding in the later layers", "Your convolutions after the first have no padding, so each one shrinks "
          "the maps. The book's are 'same'.", padding=lambda size: 0),
    wrong("another padding in the later layers", "Among your convolutions after the first, there is a padding that "
          "does not keep the size of the maps. A 3 × 3 kernel needs 1.", padding=lambda size: 3),
    wrong("stride in the first layer", "Your first convolution has a stride. The pools alone make the maps smaller.",
          stride=2),
    wrong("stride in the later layers", "Among your convolutions after the first, there is one with a stride. The "
          "pools alone make the maps smaller.", strides=2),
    wrong("convolutions without bias", "There is a convolution without bias. The book's have one for each map.",
          more=lambda k: "no bias"),
    wrong("dilated convolutions", "Your network has a dilated convolution: it looks at pixels with gaps between them. "
          "The table has none.", more=lambda k: "dilated" if k else ""),
    wrong("convolutions in groups", "Your network has a convolution with groups, in which a filter sees only some of "
          "the maps below it. Each filter of the table sees all of them.", more=lambda k: "groups" if k else ""),
    wrong("batch norm", "Your network normalises its numbers on the way (batch norm or the like). The table has no "
          "such layer, even where it has no weights of its own.", norm=[("norm",)]),
    # --- activations ---
    wrong("no ReLU after the convolutions", "There is no ReLU after your convolutions. Without it, two of them in a "
          "row are one.", convs=lambda k: False),
    wrong("ReLU missing after some convolutions", "Some of your convolutions have no ReLU after them. It follows each "
          "of them.", convs=lambda k: k % 2 == 0),
    wrong("no ReLU between the dense layers", "There is no ReLU after your dense layers. Without it, three of them in "
          "a row are one.", hidden=lambda k: False),
    wrong("ReLU missing after one dense layer", "One of your dense layers before the last has no ReLU after it.",
          hidden=lambda k: k == 0),
    wrong("another function for ReLU", "Your network has another function where ReLU should stand.",
          function=[("activation", "leaky_relu")]),
    # --- pools, flatten ---
    wrong("a pool missing", "The last pool is missing, so 7 × 7 places go on to the dense layers, and not 3 × 3. "
          "There is a pool after each of the three groups of convolutions.",
          pooled=lambda group, last: int(last and group < 2)),
    wrong("the first pool missing", "There is no pool after the first convolution.",
          pooled=lambda group, last: int(last and group > 0)),
    wrong("pools missing", "There is not a pool after each of the three groups of convolutions.",
          pooled=lambda group, last: int(last and group == 0)),
    wrong("no pool", "Your network has no pools, so the maps stay as large as they are.",
          pooled=lambda group, last: 0),
    wrong("a pool after every convolution", "You pool after every convolution, until nothing is left. There is one "
          "pool for each of the three groups.", pooled=lambda group, last: 1),
    wrong("pools at other places", "Your pools stand at other places. There is one after each of the three groups, "
          "behind its last convolution.", pooled=lambda group, last: int(last == (group != 1))),
    wrong("two pools in a row", "Your network has two pools in a row. There is one after each of the three groups.",
          pooled=lambda group, last: last * (2 if group == 0 else 1)),
    wrong("average pools", "Your network has a pool that takes the mean. The book's take the maximum.",
          pool="avg_pool"),
    wrong("pools of another size", "Your network has a pool of another size. All are 2 × 2, and move by 2.",
          window=3),
    wrong("pools that move by another number", "Your network has a pool that moves by another number of pixels than "
          "2. All are 2 × 2, and move by 2.", step=3),
    wrong("pools that move by 1", "Your network has a pool that moves by one pixel, so that the maps hardly shrink. "
          "MaxPool2d(2) moves by 2.", step=1),
    wrong("pools rounded up or padded", "A pool of yours makes 4 of 7, by rounding up or by padding. The book's leave "
          "out what does not fit: 7 becomes 3.", rounded="rounded up"),
    wrong("global average pool", "You take the mean of each map before the dense layers. The book's network lines up "
          "all the numbers.", flat=[("global_pool", "mean"), ("flatten", "")]),
    wrong("global maximum pool", "You take the maximum of each map before the dense layers. The book's network lines "
          "up all the numbers.", flat=[("global_pool", "max"), ("flatten", "")]),
    wrong("Flatten(0)", "Flatten(0) lines up the pictures of the batch as well. Flatten(), which starts at axis 1, "
          "keeps them apart.", flat=[("flatten", "batch too")]),
    wrong("no flatten", "The maps go into the dense layers as they are. Line them up first.", flat=NONE),
    wrong("flatten too early", "A layer behind your flatten needs maps, and stops. Line them up after the last pool.",
          flat_early=True),
    wrong("flatten too late", "The maps go into your first dense layer as they are, and are lined up behind it. Line "
          "them up before it.", flat_late=True),
    wrong("a layer that the table has not", "Something happens to the numbers on their way that the table does not "
          "have.", too=[("hardshrink",)]),
    # --- dense layers ---
    wrong("4 x 4 x 256 after the last pool", "Your first dense layer awaits 4 × 4 × 256 numbers. A pool rounds down: "
          "28, 14, 7, 3.", awaited=4096),
    wrong("7 x 7 x 256 after the last pool", "Your first dense layer awaits 7 × 7 × 256 numbers, those before the "
          "last pool.", awaited=12544),
    wrong("another number after the last pool", "Your first dense layer awaits another number of inputs than arrive. "
          "Follow the shapes with your shape_trace.", awaited=256),
    wrong("dense layer of 64 missing", "The dense layer with 64 outputs is missing.", sizes=(128, 10)),
    wrong("dense layer of 128 missing", "The dense layer with 128 outputs is missing.", sizes=(64, 10)),
    wrong("last dense layer missing", "The last dense layer is missing: one number for each class.", sizes=(128, 64)),
    wrong("both hidden dense layers missing", "The dense layers with 128 and 64 outputs are missing.", sizes=(10,)),
    wrong("another number of classes", "Your last dense layer has another number of outputs. There are ten classes.",
          sizes=(128, 64, 1)),
    wrong("in_features of a later dense layer", "A later dense layer awaits another number of inputs than the one "
          "below it gives. in_features is the out_features of the layer below.",
          chain=lambda k, below: 100 if k == 1 else below),
    wrong("dense layers without bias", "There is a dense layer without bias. The book's have one for each output.",
          dense_more="no bias"),
    wrong("other dense layers", "Your dense layers are not those of the table: 128, 64, 10.", sizes=(256, 128, 10)),
    # --- dropout ---
    wrong("no dropout", "Your network has no dropout after its dense layers. The book's drops half of the numbers "
          "after each of the first two.", drops=(False, False)),
    wrong("dropout after the first dense layer alone", "Your second dense layer has no dropout after it.",
          drops=(True, False)),
    wrong("dropout after the second dense layer alone", "Your first dense layer has no dropout after it.",
          drops=(False, True)),
    wrong("dropout at other places", "Your network has dropout where the table has none. It has two, after the dense "
          "layers of 128 and of 64.", drops_too=True),
    wrong("another rate of dropout", "Your network has a dropout of another rate. The book's drops half: 0.5.",
          rate=0.2),
    wrong("dropout while evaluating", "Your network drops numbers in evaluation mode as well. F.dropout does so "
          "unless it is told, with training=self.training; so does an nn.Dropout that is made anew in forward.",
          always=True),
    # --- the end ---
    wrong("softmax before cross-entropy", "Your network ends in a softmax. PyTorch's cross-entropy has a softmax in "
          "itself, so it would be done twice. Return the logits.", end=[("softmax",)]),
    wrong("log-softmax at the end", "Your network ends in a log-softmax. It does no harm to PyTorch's cross-entropy, "
          "but the outputs are no logits any more. End with the dense layer.", end=[("log_softmax",)]),
    wrong("ReLU on the logits", "You put a ReLU after the last layer. A logit may be below 0: that is how a class is "
          "ruled out.", end=RELU),
    wrong("a function on the logits", "You put a function after the last layer. End with the dense layer: the loss "
          "does the rest.", end=[("activation", "sigmoid")]),
    # --- what is returned ---
    wrong("nothing returned by forward", "Your forward returns nothing. End it with `return x`.",
          lost=[("nothing returned",)]),
    wrong("layers that PyTorch does not see", "PyTorch does not know all of your layers, so that their weights would "
          "never learn. Make each in __init__, and keep it in nn.Sequential, in nn.ModuleList, or as self.name.",
          lost=[("hidden weights",)]),
    Mistake("the class for a network", "You return a class. Make a network of it, with brackets behind its name, and "
            "return that.", lambda: type("Net", (), {})),
    Mistake("numbers for a network", "You return the numbers that a network gives. Return the network itself.",
            numbers),
    Mistake("a list for a network", "You return a list of layers. Put them into nn.Sequential(*layers).", list),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------


def a_class() -> Any:
    """Write a class, with functions for all that has no weights, and layers that find out their sizes."""
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


def in_groups() -> Any:
    """Put Sequentials into a Sequential, pool before ReLU, drop before ReLU."""
    from torch import nn

    def convolution(below: int, above: int, size: int = 3) -> Any:
        return nn.Sequential(nn.Conv2d(below, above, size, padding=(size - 1) // 2), nn.ReLU(inplace=True))

    top = [nn.Conv2d(256, 256, (3, 3), 1, "same"), nn.MaxPool2d(kernel_size=2, stride=2), nn.ReLU()]
    return nn.Sequential(
        nn.Sequential(convolution(1, 64, 7), nn.MaxPool2d((2, 2))),
        nn.Sequential(convolution(64, 128), convolution(128, 128), nn.MaxPool2d(2, 2)),
        nn.Sequential(convolution(128, 256), *top, nn.Flatten(1, -1)),
        nn.Sequential(nn.Linear(2304, 128), nn.Dropout(), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(p=0.5)),
        nn.Linear(64, 10),
    )


def by_tensor_methods() -> Any:
    """Use what a tensor can do by itself."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            depths = [1, *BOOK]
            sizes = [7, 3, 3, 3, 3]
            self.convs = nn.ModuleList(nn.Conv2d(depths[k], depths[k + 1], sizes[k], padding="same") for k in range(5))
            self.pool, self.drop = nn.MaxPool2d(2), nn.Dropout(0.5)
            self.dense = nn.ModuleDict({"a": nn.Linear(2304, 128), "b": nn.Linear(128, 64), "c": nn.Linear(64, 10)})

        def forward(self, x: Any) -> Any:
            for k, conv in enumerate(self.convs):
                x = torch.maximum(conv(x), torch.zeros(())) if k else conv(x).relu()
                x = self.pool(x) if k % 2 == 0 else x
            x = self.drop(torch.relu(self.dense["a"](x.view(x.size(0), -1))))
            return self.dense["c"](self.drop(self.dense["b"](x).clamp_min(0)))

    return Network()


EXERCISE = Exercise(
    name="build_fashion_cnn",
    reference=lambda: network(awaited=2304),
    computation=network,
    imagine=lambda **parts: words_of(layers_of(**parts)),
    sketch=sketch,
    tell=lambda seen, parts: told_of(seen, words_of(layers_of(**parts))),
    packages=("torch",),
    observe="observe_network",
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Write the layers in the order of the table, as arguments of nn.Sequential. ReLU follows each convolution and "
        "each dense layer but the last.",
        'nn.Conv2d(in_channels, out_channels, kernel_size, padding="same"): in_channels is the out_channels of the '
        "convolution below.",
        "The first dense layer gets what your shape_trace says after flatten.",
    ],
    right_forms=[
        Form("a class, functions and lazy layers", a_class),
        Form("groups in groups", in_groups),
        Form("methods of tensors", by_tensor_methods),
    ],
)
