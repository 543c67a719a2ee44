"""`lenet5`: LeNet-5 as it was published, up to its scores.

``lenet5()`` returns a `torch.nn.Module` that takes pictures (N, 1, 32, 32) and gives (N, 10), for each picture its
distance from the codes of the ten digits; the smallest says the digit. In the notebook's words:

    Build LeNet-5, in seven steps. C1: six maps, 5 × 5. S2: each 2 × 2 window added up, times the map's coefficient,
    plus its bias. C3: sixteen maps, 5 × 5, each of which sees the maps of S2 that your table says. S4: like S2. C5: 120
    maps, 5 × 5, which is all that is left. F6: 84 numbers. Each of these six squashes what it has added up by
    1.7159 * tanh(2 / 3 * z). Output: for each of ten fixed codes of 84 numbers, -1 and 1, the sum of the squared
    differences from what F6 gives. Nothing is padded, and nothing dropped. The network learns 60,000 numbers: 156, 12,
    1,516, 32, 48,120 and 10,164, and none in the output.

How it is written is free: with the course's parts or with one's own; C3 as sixteen small convolutions or as one with a
mask (numbers that a mask keeps out of play do not count); C5 as a convolution or as a dense layer; the sum of a window
as four times its mean. What a layer gives is found by its shape, and judged by what it does (`course.cell.landmarks`).
The codes may be any ten different rows of -1 and 1; those of the lesson stand in its order, black as 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...cell.landmarks import BELOW, STAGES
from ..families.lenet import CODES, DISTANCES, FULL, LEARNED, NO_TENSOR, RIGHT, TABLE, TAKE, codes_of, sketch, words
from ..families.lenet_layers import in_layers
from ..families.lenet_network import network
from ..spec import Case, Exercise, Form, Mistake, Property, wrong
from . import c3_connections

__all__ = ["EXERCISE"]

# --- What must hold ------------------------------------------------------------------------------------------


def pictures(rng: np.random.Generator) -> list[Case]:
    """Return one case for all properties: from its number, pictures and weights are drawn where the network is."""
    return [Case({"_draw": int(rng.integers(2**31))}, "pictures of 32 × 32 pixels")]


def runs(case: Case, seen: Any) -> str | None:
    """Say where the network stops, or which shape it gives."""
    if str(seen["problem"]).startswith(NO_TENSOR):
        return seen["problem"].removeprefix("TypeError: ")
    if seen["problem"] != "":
        return f"the network stopped at pictures of shape (N, 1, 32, 32) with {seen['problem']}"
    return None if seen["shape"] == "(10,)" else f"a picture should give numbers of shape (10,), yours {seen['shape']}"


def has_the_sizes(case: Case, seen: Any) -> str | None:
    """Name the first layer that is missing."""
    if seen["missing"] == "":
        return None
    name = (seen["missing"] or "C1").partition(",")[0]
    shape = " × ".join(map(str, STAGES.get(name, ())))
    return f"no layer gives {shape} numbers for a picture, as {name} does; yours give {seen['sizes'] or 'none'}"


def learns(case: Case, seen: Any) -> str | None:
    """Say which layer learns more or fewer numbers."""
    counts = seen["parameters"] or {}
    for name, right in LEARNED.items():
        if counts.get(name) != right:
            there = f"yours learns {counts[name]:,}" if name in counts else "in yours there is no such layer yet"
            return f"{name} learns {right:,} numbers; {there}"
    return f"{seen['unused']:,} numbers are there to be learned that no picture reaches" if seen["unused"] else None


def is_squashed(case: Case, seen: Any) -> str | None:
    """Say which layer squashes otherwise."""
    for name in STAGES:
        word = (seen["squash"] or {}).get(name)
        if word != RIGHT:
            what = {"none": "it does not", "twice": "yours does it twice"}.get(word or "none", f"yours by {word}")
            return f"{name} should squash what it has added up by 1.7159 * tanh(2 / 3 * z); {what}"
    return None


def takes_sums(case: Case, seen: Any) -> str | None:
    """Say what S2 or S4 does with a window."""
    for name in BELOW:
        word = (seen["take"] or {}).get(name)
        if word != TAKE or (seen["coefficients"] or {}).get(name) != "own":
            return f"{name} should add up each 2 × 2 window, times the map's own coefficient, plus its own bias"
    return None


def is_connected(case: Case, seen: Any) -> str | None:
    """Name the first map of C3 that sees other maps."""
    table = seen["table"]
    if table is None:
        return "there are no maps of S2 and C3 whose connections could be found"
    for j, (row, right) in enumerate(zip(table, TABLE, strict=True)):
        if not np.array_equal(row, right):
            yours, wanted = (", ".join(map(str, np.flatnonzero(one))) or "none" for one in (row, right))
            return f"map {j} of C3 should see maps {wanted} of S2; yours sees {yours}"
    return None


def gives_distances(case: Case, seen: Any) -> str | None:
    """Say what the ten numbers are instead."""
    if seen["output"] != DISTANCES:
        what = f"yours are of another kind: {seen['output']}" if seen["output"] else "there are none yet"
        return f"the ten numbers should be sums of squared differences between F6 and the codes; {what}"
    if codes_of(seen) != CODES:
        return f"the codes should be ten different rows of -1 and 1, one for each digit; yours are {codes_of(seen)}"
    return None if seen["training"] == "the same" else "while training, the network gives other numbers"


EQUAL = "with equal weights everywhere, {} gives other numbers than LeNet-5's"

PROPERTIES = [
    Property("runs", "The network takes pictures (N, 1, 32, 32) and gives ten numbers for each.", pictures, each=runs),
    Property("sizes", "On its way, a picture has the published sizes: 6 × 28 × 28, 6 × 14 × 14, 16 × 10 × 10, 16 × 5 × "
             "5, 120, 84.", pictures, each=has_the_sizes),
    Property("parameters", "Each layer learns as many numbers as published: 60,000 together.", pictures, each=learns),
    Property("squashing", "Each layer up to F6 squashes what it has added up.", pictures, each=is_squashed),
    Property("subsampling", "S2 and S4 add up each window, times a coefficient, plus a bias: one pair for each map.",
             pictures, each=takes_sums, entries={name: EQUAL.format(name) for name in ("C1", "S2")}),
    Property("connections", "Each map of C3 sees the maps of S2 that the table says.", pictures, each=is_connected),
    Property("numbers", "With equal weights everywhere, each layer gives the numbers of LeNet-5.", pictures,
             entries={name: EQUAL.format(name) for name in STAGES}, weight=2),
    Property("output", "Ten fixed codes of -1 and 1: a score is the sum of squared differences from one of them.",
             pictures, each=gives_distances),
]  # fmt: skip

# --- Mistakes ------------------------------------------------------------------------------------------------


def of_table() -> list[Mistake]:
    """Return what may be wrong with the table that C3 follows: the mistakes of `c3_connections`."""
    first: dict[bytes, tuple[str, str, np.ndarray]] = {}
    for mistake in c3_connections.FOR_NETWORKS:
        table = c3_connections.in_parts(**mistake.parts)
        if (
            isinstance(table, np.ndarray)
            and table.dtype == bool
            and table.shape == TABLE.shape
            and table.any(axis=1).all()
        ):
            first.setdefault(table.tobytes(), (mistake.name, mistake.says, table))
    others = [one for one in first.values() if not np.array_equal(one[2], TABLE) and not one[2].all()]
    return [
        wrong(f"table: {name}", f"The table that your C3 follows is another one. {says}", table=table)
        for name, says, table in others
    ]


WHAT_OTHERS = {
    "C1": "It takes pictures of one channel.",
    "S2": "C1 gives six maps, and each has its own pair.",
    "S4": "C3 gives 16 maps, and each has its own pair.",
    "C3": "S2 gives six maps.",
    "C5": "S4 gives 16 maps of 5 × 5, which are 400 numbers.",
    "F6": "C5 gives 120.",
}

MISTAKES = [
    # --- sizes ---
    wrong("C1 padded", "Your C1 is padded, so its maps are 32 × 32. Without padding, the pictures of 32 × 32 leave "
          "maps of 28 × 28.", size="padded"),
    wrong("3 x 3 kernels in C1", "Your C1 has 3 × 3 kernels, so its maps are 30 × 30. LeNet-5's are 5 × 5.",
          size="3 x 3"),
    wrong("another number of maps in C1", "Your C1 has another number of maps. It has six.", size="maps of C1"),
    wrong("C1 missing", "No layer of yours gives six maps of 28 × 28. C1 does: its kernels are 5 × 5, without padding.",
          size="C1 missing"),
    wrong("another size of S2", "No layer of yours gives six maps of 14 × 14. S2 does: its windows are 2 × 2, side by "
          "side.", size="window of S2"),
    wrong("another size of C3", "No layer of yours gives sixteen maps of 10 × 10. C3 does: its kernels are 5 × 5, "
          "without padding.", size="maps of C3"),
    wrong("another size of S4", "No layer of yours gives sixteen maps of 5 × 5. S4 does: its windows are 2 × 2, side "
          "by side.", size="window of S4"),
    wrong("C5 missing", "No layer of yours gives 120 numbers for a picture. C5 does: 120 maps, with 5 × 5 kernels on "
          "maps of 5 × 5.", size="cells of C5"),
    wrong("F6 missing", "No layer of yours gives 84 numbers for a picture. F6 does: a dense layer on the 120 of C5.",
          size="cells of F6"),
    *[wrong(f"{name} made for others", f"Your {name} is made for another number of inputs than it gets. {says}",
            size=f"{name} awaits others") for name, says in WHAT_OTHERS.items()],
    *[wrong(f"{name} along the columns", f"The coefficients of your {name} stand along the columns. Each belongs to a "
            "map: as arrays of shape (maps, 1, 1) they do.", size=f"{name} along the columns") for name in BELOW],
    wrong("C3 beyond S2", "Your C3 looks for a map beyond the six of S2, which are maps 0 to 5. Row j of the table "
          "belongs to map j of C3, column i to map i of S2.", size="C3 beyond S2"),
    wrong("S4 lined up too early", "Your C5 is a convolution, and gets what is lined up already. Line up what C5 "
          "gives: nn.Flatten() stands behind it.", size="C5 lined up early"),
    wrong("S4 not lined up", "Your C5 is a dense layer, and gets maps. Line up what S4 gives, picture by picture: "
          "nn.Flatten(), or .flatten(1).", size="C5 cut short"),
    wrong("C5 not lined up", "Your F6 gets maps of 1 × 1, or all pictures in one row. Line up what C5 gives, picture "
          "by picture: nn.Flatten(), or .flatten(1).", size="F6 cut short"),
    # --- squashing, S2 and S4 ---
    *in_layers(),
    # --- C3 ---
    wrong("C3 sees all maps", "Your C3 sees all maps of S2. Each of its maps sees those of your table.", table=FULL),
    *of_table(),
    wrong("a mask that acts once", "The weights of C3 that you set to 0 learn all the same, and are there again then. "
          "A mask must act each time the layer is used.", masked_once=True),
    wrong("C3's bias added for each map", "Each map of your C3 adds its bias once for each map of S2 that it sees. It "
          "adds it once.", bias="for each map"),
    # --- what is learned ---
    wrong("convolutions without bias", "Your convolutions have no bias. LeNet-5's have one for each map.",
          unbiased=("C1", "C3", "C5")),
    *[wrong(f"{name} without bias", f"Your {name} has no bias: one for each of its {what}.", unbiased=(name,))
      for name, what in (("C1", "six maps"), ("C3", "16 maps"), ("C5", "120 maps"), ("F6", "84 cells"))],
    wrong("batch norm", "Your network normalises its numbers on the way. LeNet-5 has nothing of the kind.",
          norms=("C1", "C3")),
    *[wrong(f"batch norm after {name}", f"Your network normalises what {name} gives. LeNet-5 has nothing of the kind.",
            norms=(name,)) for name in ("C1", "C3")],
    wrong("dropout", "While training, your network gives other numbers: LeNet-5 has no dropout, nor anything like it.",
          dropout=True),
    wrong("C3 not found", "Your C3 learns nothing. Are its layers in a plain list? They are not found there: put them "
          "into nn.ModuleList, and arrays into nn.Parameter.", unfound="C3"),
    wrong("nothing found", "Your network learns nothing. Are its layers in a plain list? They are not found there: put "
          "them into nn.Sequential or nn.ModuleList, or give each a name in __init__.", unfound="everything"),
    wrong("layers that are not used", "Your network has weights that no picture reaches. Take out what `forward` does "
          "not use.", unused=True),
    # --- the output ---
    wrong("a dense layer for the codes", "Your last layer is dense, as today's networks have it. LeNet-5 compares F6 "
          "with ten fixed codes: the sum of squared differences from each.", output="dense"),
    wrong("a dense layer with a softmax", "Your last layer is dense, with a softmax behind it, as today's networks "
          "have it. LeNet-5 compares F6 with ten fixed codes: the sum of squared differences from each.",
          output="dense, probabilities"),
    wrong("a dense layer with a log softmax", "Your last layer is dense, with a log softmax behind it, as today's "
          "networks have it. LeNet-5 compares F6 with ten fixed codes: the sum of squared differences from each.",
          output="dense, logarithms"),
    wrong("codes that learn", "Your codes are learned. They are fixed: a buffer, or requires_grad=False.",
          learns_codes=True),
    wrong("negative distances", "Your scores are distances with a minus sign. Leave it out: the smallest distance says "
          "the digit.", output="negative distances"),
    wrong("roots of distances", "You take the root of the sum of squares. LeNet-5 takes the sum itself.",
          output="roots of distances"),
    wrong("mean squares", "You take the mean of the squared differences. LeNet-5 takes their sum.",
          output="means for sums"),
    wrong("half distances", "You take half of the sum of squares. LeNet-5 takes the sum itself.",
          output="halves of distances"),
    wrong("probabilities", "Your scores are probabilities. Return the distances themselves.", output="probabilities"),
    wrong("logarithms", "Your scores are logarithms of probabilities. Return the distances themselves.",
          output="logarithms"),
    wrong("squashed distances", "Your distances are squashed, which makes 1.7159 of each. Only layers up to F6 squash.",
          output="squashed"),
    wrong("the same for every picture", "Your network gives one and the same number for all digits of all pictures. "
          "Distances are large: what is made of them behind, as exp(-y), tanh or a sigmoid, tells none from the other.",
          output="the same for all"),
    wrong("products with the codes", "Your scores are sums of products of F6 and the codes. They should be sums of "
          "squared differences.", output="products"),
    wrong("differences not squared", "Your differences from the codes are added up as they are. Square each before.",
          output="plain differences"),
    wrong("absolute differences", "Your scores add up how far apart the numbers are, without squares. Square each "
          "difference.", output="absolute differences"),
    wrong("codes and F6 do not fit", "Your output gets numbers that do not fit its codes. Distances takes the 84 of "
          "F6, as they are, and ten codes of 84.", output="does not fit"),
    wrong("the answer for the distances", "Your network gives one number for a picture, as argmin does. Return the ten "
          "distances.", output="one number"),
    wrong("84 numbers for ten", "Your network gives 84 numbers for a picture: the output is missing, or it adds up "
          "along the codes. For each code, add up over the 84 numbers.", output="84 numbers"),
    wrong("squares not added up", "Your network gives 10 × 84 squares for a picture. Add up the 84 of each code.",
          output="10 x 84 numbers"),
    wrong("codes in another order", "Your codes are the lesson's in another order: distance k belongs to digit k.",
          codes="in another order"),
    wrong("black and white exchanged", "Your codes have -1 where the lesson's have 1, and 1 for -1.",
          codes="black and white exchanged"),
    wrong("codes of 0 and 1", "Your codes are made of 0 and 1. They are made of -1 and 1.", codes="0 and 1"),
    wrong("other codes", "Your codes are of other numbers. They are made of -1 and 1.", codes="other numbers"),
    wrong("one code for all", "Your ten codes are all the same. Each digit has its own.", codes="all the same"),
    # --- what is returned ---
    Mistake("the class for a network", "You return a class. Make a network of it, with brackets behind its name, and "
            "return that.", lambda: type("Net", (), {})),
    Mistake("a list for a network", "You return a list of layers. Put them into nn.Sequential(*layers).", list),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------


def with_a_mask() -> Any:
    """Write one class, with a mask for C3, and C5 as a dense layer."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    def squash(z: Any) -> Any:
        return 1.7159 * torch.tanh(z * 2 / 3)

    class LeNet5(nn.Module):
        mask: Any
        codes: Any

        def __init__(self) -> None:
            super().__init__()
            self.first, self.third = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
            self.fifth, self.sixth = nn.Linear(400, 120), nn.Linear(120, 84)
            self.scales = nn.ParameterList([nn.Parameter(torch.ones(1, n, 1, 1)) for n in (6, 16)])
            self.shifts = nn.ParameterList([nn.Parameter(torch.zeros(1, n, 1, 1)) for n in (6, 16)])
            self.register_buffer("mask", torch.from_numpy(TABLE.astype(np.float32))[:, :, None, None])
            self.register_buffer("codes", torch.where(torch.rand(10, 84) < 0.5, -1.0, 1.0))

        def smaller(self, x: Any, k: int) -> Any:
            sums = x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]
            return squash(sums * self.scales[k] + self.shifts[k])

        def forward(self, x: Any) -> Any:
            x = self.smaller(squash(self.first(x)), 0)
            x = squash(F.conv2d(x, self.third.weight * self.mask, self.third.bias))
            x = squash(self.fifth(self.smaller(x, 1).flatten(1)))
            x = squash(self.sixth(x))
            return torch.cdist(x, self.codes) ** 2

    return LeNet5()


def by_products() -> Any:
    """Write the sums as products: each window reshaped, each distance by its three terms, kernels one by one."""
    import torch
    from torch import nn

    class Squash(nn.Module):
        def forward(self, z: Any) -> Any:
            return z.mul(2 / 3).tanh_().mul(1.7159)

    class Smaller(nn.Module):
        def __init__(self, maps: int) -> None:
            super().__init__()
            self.coefficient, self.bias = nn.Parameter(torch.rand(maps)), nn.Parameter(torch.rand(maps))

        def forward(self, x: Any) -> Any:
            n, c, h, w = x.shape
            sums = x.reshape(n, c, h // 2, 2, w // 2, 2).sum(dim=(3, 5))
            return torch.einsum("nchw,c->nchw", sums, self.coefficient) + self.bias.reshape(1, -1, 1, 1)

    class Third(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.kernels = nn.Parameter(torch.randn(int(TABLE.sum()), 5, 5) / 9)
            self.bias = nn.Parameter(torch.zeros(16))

        def forward(self, x: Any) -> Any:
            whole = torch.zeros(16, 6, 5, 5)
            whole[torch.from_numpy(TABLE)] = self.kernels
            return nn.functional.conv2d(x, whole, self.bias)

    class Codes(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.codes = torch.from_numpy(np.sign(np.random.default_rng(1).normal(size=(10, 84))).astype(np.float32))

        def forward(self, x: Any) -> Any:
            return (x**2).sum(1, keepdim=True) - 2 * x @ self.codes.T + 84

    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 6, 5), Squash()), nn.Sequential(Smaller(6), Squash()),
        nn.Sequential(Third(), Squash()), nn.Sequential(Smaller(16), Squash()),
        nn.Sequential(nn.LazyConv2d(120, 5), nn.Flatten(), Squash()), nn.Sequential(nn.LazyLinear(84), Squash()),
        Codes(),
    )  # fmt: skip


EXERCISE = Exercise(
    name="lenet5",
    reference=lambda: network(),
    computation=network,
    imagine=words,
    sketch=sketch,
    packages=("torch",),
    seconds=20.0,
    observe="observe_lenet",
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Write down the shapes first, from 1 × 32 × 32 to 10, and beside each the number of parameters. Then build "
        "layer by layer, and compare your counts with the table.",
        "C3 can be sixteen convolutions with one output map each: x[:, maps] picks what map j sees, and torch.cat puts "
        "the sixteen results together along axis 1.",
        "A layer of your own is a class with nn.Module as its base. What it learns is an nn.Parameter, what it only "
        "keeps a buffer: self.register_buffer(name, tensor).",
    ],
    right_forms=[Form("a mask, and one class", with_a_mask), Form("products", by_products)],
)
