"""LeNet-5 with the parts that go wrong, as a network: those of `lenet.words`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .lenet import CODES, DISTANCES, POOLS, RIGHT, TABLE

__all__ = ["network"]

USUAL: dict[str, Any] = {
    "size": "", **dict.fromkeys(("c1", "s2", "c3", "s4", "c5", "f6"), RIGHT), "pool2": "subsample",
    "pool4": "subsample", "table": TABLE, "unbiased": (), "norms": (), "dropout": False, "output": DISTANCES,
    "codes": CODES, "learns_codes": False, "unused": False, "bias": "once", "masked_once": False,
    "unfound": "",
}  # fmt: skip


def network(**parts: Any) -> Any:
    """Return LeNet-5, with the parts that go wrong."""
    from torch import nn

    part = USUAL | parts
    size = part["size"]
    kernel, padding = 3 if size == "3 x 3" else 5, 2 if size == "padded" else 0
    maps1, maps3 = 8 if size == "maps of C1" else 6, 20 if size == "maps of C3" else 16
    cells5, cells6 = (usual + 20 * (size == f"cells of {name}") for usual, name in ((120, "C5"), (84, "F6")))
    more = {name: int(size == f"{name} awaits others") for name in ("C1", "S2", "C3", "S4", "C5", "F6")}
    bias = {name: name not in part["unbiased"] for name in ("C1", "C3", "C5", "F6")}

    def norm(name: str, maps: int) -> list[Any]:
        return [nn.BatchNorm2d(maps)] if name in part["norms"] else []

    def smaller(name: str, maps: int, kind: str) -> Any:
        window, along = 3 if size == f"window of {name}" else 2, size == f"{name} along the columns"
        return _subsample(maps + more[name], kind, window, along)

    third: Any
    if maps1 != 6 or more["C3"]:
        third = nn.Conv2d(maps1 + more["C3"], maps3, 5)
    elif part["masked_once"]:
        third = _masked(bias["C3"])
    else:
        table = part["table"].T if size == "C3 beyond S2" else part["table"]
        third = _partial(maps3, table, bias["C3"], part["bias"], part["unfound"])
    fifth = (
        nn.Linear(400, cells5) if size == "C5 cut short" else nn.Conv2d(maps3 + more["C5"], cells5, 5, bias=bias["C5"])
    )
    line = [nn.Flatten()] if size != "F6 cut short" else []
    early = [nn.Flatten()] if size == "C5 lined up early" else []
    dense = [nn.Linear(cells6, 10), *_behind(part["output"])]
    last = dense if part["output"].startswith("dense") else [_distances(cells6, part)]
    first = nn.Conv2d(1 + more["C1"], maps1, kernel, padding=padding, bias=bias["C1"])
    made = nn.Sequential(
        *([] if size == "C1 missing" else [first]), *norm("C1", 6), _squash(part["c1"]),
        smaller("S2", maps1, part["pool2"]), _squash(part["s2"]),
        third, *norm("C3", 16), _squash(part["c3"]),
        smaller("S4", maps3, part["pool4"]), _squash(part["s4"]),
        *early, fifth, _squash(part["c5"]), *line, *[nn.Dropout(0.5)] * part["dropout"],
        nn.Linear(cells5 + more["F6"], cells6, bias=bias["F6"]), _squash(part["f6"]), *last,
    )  # fmt: skip
    if part["unused"]:
        made.spare = nn.Linear(3, 2)
        made.forward = lambda x: nn.Sequential(*list(made.children())[:-1])(x)  # type: ignore[method-assign]
    return _unfound(made) if part["unfound"] == "everything" else made


def _unfound(network: Any) -> Any:
    """Return a network whose parameters are not among its own, as those of layers in a list are not."""
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = [network]

        def forward(self, x: Any) -> Any:
            return self.layers[0](x)

    return Net()


def _behind(output: str) -> list[Any]:
    from torch import nn

    if output == "dense, probabilities":
        return [nn.Softmax(1)]
    return [nn.LogSoftmax(1)] if output == "dense, logarithms" else []


def _squash(name: str) -> Any:
    import torch
    from torch import nn

    functions: dict[str, Callable[[Any], Any]] = {
        RIGHT: lambda z: 1.7159 * torch.tanh(2 / 3 * z),
        "none": lambda z: z,
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "another function": nn.functional.softplus,
        "1.7159 tanh(z)": lambda z: 1.7159 * torch.tanh(z),
        "tanh(2z / 3)": lambda z: torch.tanh(2 / 3 * z),
        "1.7159 tanh(2z) / 3": lambda z: 1.7159 * torch.tanh(2 * z) / 3,
        "tanh(2z) / 3": lambda z: torch.tanh(2 * z) / 3,
        "1.7159 tanh(3z / 2)": lambda z: 1.7159 * torch.tanh(1.5 * z),
        "twice": lambda z: 1.7159 * torch.tanh(2 / 3 * 1.7159 * torch.tanh(2 / 3 * z)),
    }

    class Squash(nn.Module):
        def forward(self, z: Any) -> Any:
            return functions[name](z)

    return Squash()


def _subsample(maps: int, kind: str, window: int, along: bool = False) -> Any:
    import torch
    import torch.nn.functional as F
    from torch import nn

    if kind == "four weights":
        return nn.Conv2d(maps, maps, window, stride=window, groups=maps)
    if kind == "convolution":
        return nn.Conv2d(maps, maps, window, stride=window)
    take = POOLS[kind][0]
    learns = take.partition(": ")[2]

    class Subsample(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            weights = 1 if kind in ("one pair for all", "one coefficient for all") else maps
            biases = 1 if kind in ("one pair for all", "one bias for all") else maps
            ones = () if along else (1, 1)
            self.weight = nn.Parameter(torch.ones(weights, *ones)) if "coefficient" in learns else 1.0
            self.bias = nn.Parameter(torch.zeros(biases, *ones)) if "bias" in learns else 0.0

        def forward(self, x: Any) -> Any:
            if take.startswith("max"):
                z = F.max_pool2d(x, window)
            else:
                z = F.avg_pool2d(x, window) * (1 if "mean" in take else window**2)
            return self.weight * (z + self.bias) if kind == "bias first" else self.weight * z + self.bias

    return Subsample()


def _partial(maps: int, table: np.ndarray, biased: bool, bias: str, unfound: str) -> Any:
    import torch
    from torch import nn

    class Partial(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = [torch.from_numpy(np.flatnonzero(row)) for row in [*table, *table][:maps]]
            layers = [nn.Conv2d(max(len(row), 1), 1, 5, bias=biased) for row in self.table]
            self.maps: Any = layers if unfound else nn.ModuleList(layers)

        def forward(self, x: Any) -> Any:
            pairs: list[tuple[Any, Any]] = list(zip(self.maps, self.table, strict=True))
            z = torch.cat([one(x[:, row]) for one, row in pairs], dim=1)
            if bias == "once" or not biased:
                return z
            return z + torch.cat([one.bias * (len(row) - 1) for one, row in pairs])[:, None, None]

    return Partial()


def _masked(biased: bool) -> Any:
    import torch
    from torch import nn

    made = nn.Conv2d(6, 16, 5, bias=biased)
    with torch.no_grad():
        made.weight[torch.from_numpy(~TABLE)] = 0.0
    return made


def _distances(cells: int, part: dict[str, Any]) -> Any:
    import torch
    from torch import nn

    from ...codes import digit_bitmaps

    signs = np.random.default_rng(0).integers(0, 2, (10, cells)).astype(np.float32)
    drawn = digit_bitmaps().reshape(10, 84)
    codes = {CODES: 2 * signs - 1, "in another order": drawn[::-1].copy(), "black and white exchanged": -drawn,
             "0 and 1": signs, "other numbers": 0.1 * signs + 0.3, "all the same": 0 * signs + 1}  # fmt: skip

    class Output(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.codes = nn.Parameter(torch.from_numpy(codes[part["codes"]]), requires_grad=part["learns_codes"])

        def forward(self, x: Any) -> Any:
            squares = (x[:, None] - self.codes) ** 2
            distances = squares.sum(dim=2)
            ways: dict[str, Callable[[], Any]] = {
                DISTANCES: lambda: distances,
                "negative distances": lambda: -distances,
                "roots of distances": lambda: distances.sqrt(),
                "means for sums": lambda: squares.mean(dim=2),
                "halves of distances": lambda: distances / 2,
                "probabilities": lambda: (-distances).softmax(dim=1),
                "logarithms": lambda: (-distances).log_softmax(dim=1),
                "squashed": lambda: 1.7159 * torch.tanh(2 / 3 * distances),
                "the same for all": lambda: torch.exp(-distances),
                "products": lambda: x @ self.codes.T,
                "plain differences": lambda: (x[:, None] - self.codes).sum(dim=2),
                "absolute differences": lambda: (x[:, None] - self.codes).abs().sum(dim=2),
                "does not fit": lambda: x[:, None] - self.codes[:, :10],
                "one number": lambda: distances.argmin(dim=1),
                "84 numbers": lambda: x,
                "10 x 84 numbers": lambda: squares,
            }
            return ways[part["output"]]()

    return Output()
