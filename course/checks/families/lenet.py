"""LeNet-5 with the parts that go wrong: as a network, and as the words that a sketch of `observe_lenet` gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...cell.landmarks import BELOW, STAGES

__all__ = ["CODES", "DISTANCES", "FULL", "LEARNED", "NO_TENSOR", "RIGHT", "TABLE", "TAKE", "network", "sketch", "words"]

Array = np.ndarray

# Which maps of S2 each map of C3 sees: Table I of the paper.
SEEN = (
    "012", "123", "234", "345", "450", "501", "0123", "1234", "2345", "3450", "4501", "5012", "0134", "1245", "0235",
    "012345",
)  # fmt: skip
TABLE = np.array([[str(m) in maps for m in range(6)] for maps in SEEN])

# --- In words -----------------------------------------------------------------------------------------------

LEARNED = {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164, "output": 0}
RIGHT = "scaled tanh"
TAKE = "sum: coefficient, bias"
DISTANCES, CODES = "distances", "-1 and 1"
FULL = np.ones_like(TABLE)
NO_TENSOR = "TypeError: the network gives"  # how a problem begins that is no error of PyTorch's
# What is made of a window: what is added up (and how many numbers each map learns for it), and how that is squashed.
POOLS = {
    "subsample": (TAKE, "own", 2, RIGHT),
    "not squashed": (TAKE, "own", 2, "none"),
    "tanh": (TAKE, "own", 2, "tanh"),
    "relu": (TAKE, "own", 2, "relu"),
    "one pair for all": (TAKE, "one for all", 0, RIGHT),
    "mean": ("sum: mean, coefficient, bias", "own", 2, RIGHT),
    "bias first": ("sum: bias before coefficient", "own", 2, RIGHT),
    "no bias": ("sum: coefficient alone", "own", 1, RIGHT),
    "no coefficient": ("sum: bias alone", "one for all", 1, RIGHT),
    "plain sum": ("sum: nothing", "one for all", 0, RIGHT),
    "average pool": ("sum: mean alone", "one for all", 0, "none"),
    "average pool, squashed": ("sum: mean alone", "one for all", 0, RIGHT),
    "max pool": ("max: nothing", "no sums", 0, "none"),
    "max pool, squashed": ("max: nothing", "no sums", 0, RIGHT),
    "max": ("max: coefficient, bias", "no sums", 2, RIGHT),
    **{f"average pool, {word}": ("sum: mean alone", "one for all", 0, word) for word in ("relu", "tanh", "sigmoid")},
    **{f"max pool, {word}": ("max: nothing", "no sums", 0, word) for word in ("relu", "tanh", "sigmoid")},
}
# The layer that is not there, and what is seen in its place.
SIZES = {
    "": ("", ""),
    "padded": ("C1", "32"),
    "3 x 3": ("C1", "30"),
    "maps of C1": ("C1", "other maps"),
    "window of S2": ("S2", ""),
    "maps of C3": ("C3", ""),
    "window of S4": ("S4", ""),
    "cells of C5": ("C5", ""),
    "cells of F6": ("F6", ""),
}


def words(
    *,
    size: str = "",
    c1: str = RIGHT,
    c3: str = RIGHT,
    c5: str = RIGHT,
    f6: str = RIGHT,
    pool: str = "subsample",
    table: Array = TABLE,
    conv_bias: bool = True,
    f6_bias: bool = True,
    norm: bool = False,
    dropout: bool = False,
    output: str = DISTANCES,
    codes: str = CODES,
    learns_codes: bool = False,
    unused: bool = False,
    bias: str = "once",
    masked_once: bool = False,
) -> dict[str, str]:
    """Return what a sketch would say of a network; each argument is a part that may go wrong."""
    take, coefficients, each, squash = POOLS[pool]
    maps = {"S2": 6, "S4": 16}
    added = {
        **{name: 0 if conv_bias else -count for name, count in (("C1", 6), ("C3", 16), ("C5", 120))},
        **{name: count * each - LEARNED[name] for name, count in maps.items()},
        "F6": 0 if f6_bias else -84,
        "output": 850 if output.startswith("dense") else 840 * learns_codes,
    }
    if pool == "one pair for all":
        added |= {name: 2 - LEARNED[name] for name in maps}
    if norm:
        added |= {"C1": added["C1"] + 12, "C3": added["C3"] + 32}
    facts: dict[str, Any] = {
        "problem": "",
        "missing": SIZES[size][0],
        "sizes": "",
        "squash": {"C1": c1, "S2": squash, "C3": c3, "S4": squash, "C5": c5, "F6": f6},
        "take": dict.fromkeys(maps, take),
        "coefficients": dict.fromkeys(maps, coefficients),
        "table": table,
        "parameters": {name: LEARNED[name] + more for name, more in added.items()},
        "bias": "something else" if norm else bias if conv_bias else "none",
        "unused": int(unused),
        "output": output.removeprefix("dense, "),
        "codes": codes if not output.startswith(("dense", "probabilities", "logarithms")) else "",
        "training": "different" if dropout or norm else "the same",
    }
    facts["parameters"]["C3"] += 25 * (int(table.sum()) - int(TABLE.sum())) + 900 * masked_once
    return words_of(facts) | {"instead": SIZES[size][1]}


def words_of(facts: dict[str, Any]) -> dict[str, str]:
    """Return what there is to say of a network, up to the first layer that is missing."""
    if facts["problem"].startswith(NO_TENSOR):
        return {"problem": "no tensor"}
    missing = facts["missing"].partition(",")[0]
    if missing not in ("", "C1") and facts["problem"] and not _has_other_maps(facts["sizes"], missing):
        return {"problem": "stopped"}  # before anybody could see what the missing layer would have given
    said = {"missing": missing, "instead": _instead(facts["sizes"]) if missing == "C1" else ""}
    counts, table = facts["parameters"], facts["table"]
    for name in STAGES:
        if name == missing:
            return said
        said[f"squash {name}"] = facts["squash"][name]
        right = LEARNED[name]
        if name in BELOW:
            said |= {f"take {name}": facts["take"][name], f"coefficients {name}": facts["coefficients"][name]}
        if name == "C3":
            right += 25 * (int(np.sum(table)) - int(TABLE.sum()))
            same = np.array_equal(table, TABLE)
            said["table"] = (
                "right" if same else "full" if np.all(table) else str(np.asarray(table).astype(int).tolist())
            )
            said["bias of C3"] = facts["bias"]
        said[f"parameters {name}"] = f"{counts[name] - right:+d}"
    return said | {
        "parameters of the output": str(counts.get("output", 0)),
        "unused": "there" if facts["unused"] else "none",
        "output": facts["output"],
        "codes": facts["codes"],
        "training": facts["training"],
    }


def _has_other_maps(sizes: str, missing: str) -> bool:
    """Tell whether the last that is seen are maps of a size that comes neither before a missing layer nor after it."""
    last = sizes.rpartition(", ")[2]
    before = list(STAGES)[list(STAGES).index(missing) - 1]
    return " × " in last and not last.startswith(" × ".join(map(str, STAGES[before])))


def _instead(sizes: str) -> str:
    """Return what is seen where C1's maps should be."""
    for size in sizes.split(", "):
        maps, _, sides = size.partition(" × ")
        if sides == "28 × 28" and maps != "1":
            return "other maps"
        if maps == "6":
            return sides.partition(" × ")[0]
    return ""


def sketch(seen: Any) -> Any:
    """Return the words for a network that was observed."""
    if not isinstance(seen, dict):
        return seen
    try:
        return words_of(seen)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return {}  # what was sent back was never observed of a network: there is nothing to say about it


# --- As a network -------------------------------------------------------------------------------------------


def network(**parts: Any) -> Any:
    """Return LeNet-5, with the parts that go wrong (those of `words`)."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    part = {"size": "", "pool": "subsample", "table": TABLE, "conv_bias": True, "f6_bias": True, "norm": False,
            "dropout": False, "output": DISTANCES, "codes": CODES, "learns_codes": False, "unused": False,
            "bias": "once", "masked_once": False,
            **dict.fromkeys(("c1", "c3", "c5", "f6"), RIGHT), **parts}  # fmt: skip
    size, kind = part["size"], part["pool"]
    functions: dict[str, Callable[[Any], Any]] = {
        RIGHT: lambda z: 1.7159 * torch.tanh(2 / 3 * z), "none": lambda z: z, "tanh": torch.tanh, "relu": torch.relu,
        "sigmoid": torch.sigmoid, "1.7159 tanh(z)": lambda z: 1.7159 * torch.tanh(z),
        "tanh(2z / 3)": lambda z: torch.tanh(2 / 3 * z),
        "1.7159 tanh(2z) / 3": lambda z: 1.7159 * torch.tanh(2 * z) / 3,
        "tanh(2z) / 3": lambda z: torch.tanh(2 * z) / 3, "1.7159 tanh(3z / 2)": lambda z: 1.7159 * torch.tanh(1.5 * z),
        "twice": lambda z: 1.7159 * torch.tanh(2 / 3 * 1.7159 * torch.tanh(2 / 3 * z)),
    }  # fmt: skip

    class Squash(nn.Module):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def forward(self, z: Any) -> Any:
            return functions[self.name](z)

    class Subsample(nn.Module):
        def __init__(self, maps: int, window: int = 2) -> None:
            super().__init__()
            take, _, _, self.squash = POOLS[kind]
            self.window, self.take = window, take
            count = 1 if kind == "one pair for all" else maps
            learns = take.partition(": ")[2]
            self.weight = nn.Parameter(torch.ones(count, 1, 1)) if "coefficient" in learns else 1.0
            self.bias = nn.Parameter(torch.zeros(count, 1, 1)) if "bias" in learns else 0.0

        def forward(self, x: Any) -> Any:
            if self.take.startswith("max"):
                z = F.max_pool2d(x, self.window)
            else:
                z = F.avg_pool2d(x, self.window) * (1 if "mean" in self.take else self.window**2)
            first = self.take.endswith("bias before coefficient")
            z = self.weight * (z + self.bias) if first else self.weight * z + self.bias
            return functions[self.squash](z)

    class Partial(nn.Module):
        def __init__(self, maps: int) -> None:
            super().__init__()
            self.table = [torch.from_numpy(np.flatnonzero(row)) for row in [*part["table"], *part["table"]][:maps]]
            self.maps = nn.ModuleList(nn.Conv2d(max(len(row), 1), 1, 5, bias=part["conv_bias"]) for row in self.table)

        def forward(self, x: Any) -> Any:
            pairs: list[tuple[Any, Any]] = list(zip(self.maps, self.table, strict=True))
            z = torch.cat([one(x[:, row]) for one, row in pairs], dim=1)
            if part["bias"] == "once" or not part["conv_bias"]:
                return z
            return z + torch.cat([one.bias * (len(row) - 1) for one, row in pairs])[:, None, None]

    class Masked(nn.Conv2d):
        def __init__(self) -> None:
            super().__init__(6, 16, 5, bias=part["conv_bias"])
            with torch.no_grad():
                self.weight[torch.from_numpy(~TABLE)] = 0.0

    class Output(nn.Module):
        def __init__(self, cells: int) -> None:
            super().__init__()
            signs = np.random.default_rng(0).integers(0, 2, (10, cells)).astype(np.float32)
            codes = {
                CODES: 2 * signs - 1,
                "0 and 1": signs,
                "other numbers": 0.1 * signs + 0.3,
                "all the same": np.ones_like(signs),
            }
            self.codes = nn.Parameter(torch.from_numpy(codes[part["codes"]]), requires_grad=part["learns_codes"])

        def forward(self, x: Any) -> Any:
            squares = (x[:, None] - self.codes) ** 2
            distances = squares.sum(dim=2)
            ways: dict[str, Callable[[], Any]] = {
                DISTANCES: lambda: distances, "negative distances": lambda: -distances,
                "roots of distances": lambda: distances.sqrt(), "means for sums": lambda: squares.mean(dim=2),
                "halves of distances": lambda: distances / 2, "probabilities": lambda: (-distances).softmax(dim=1),
                "logarithms": lambda: (-distances).log_softmax(dim=1),
            }  # fmt: skip
            return ways[part["output"]]()

    def cells_of(usual: int, name: str) -> int:
        return usual + 20 * (size == name)

    def norm(maps: int) -> list[Any]:
        return [nn.BatchNorm2d(maps)] if part["norm"] else []

    kernel, padding = 3 if size == "3 x 3" else 5, 2 if size == "padded" else 0
    maps1 = 6 if size != "maps of C1" else 8
    maps3, cells5, cells6 = 16 + 4 * (size == "maps of C3"), cells_of(120, "cells of C5"), cells_of(84, "cells of F6")
    third: Any = Masked() if part["masked_once"] else Partial(maps3)
    third = third if maps1 == 6 else nn.Conv2d(maps1, maps3, 5, bias=part["conv_bias"])
    behind: dict[str, Any] = {"dense, probabilities": [nn.Softmax(1)], "dense, logarithms": [nn.LogSoftmax(1)]}
    dense = [nn.Linear(cells6, 10), *behind.get(part["output"], [])]
    last: list[Any] = dense if part["output"].startswith("dense") else [Output(cells6)]
    made = nn.Sequential(
        nn.Conv2d(1, maps1, kernel, padding=padding, bias=part["conv_bias"]), *norm(6), Squash(part["c1"]),
        Subsample(maps1, 3 if size == "window of S2" else 2),
        third, *norm(16), Squash(part["c3"]), Subsample(maps3, 3 if size == "window of S4" else 2),
        nn.Conv2d(maps3, cells5, 5, bias=part["conv_bias"]), Squash(part["c5"]), nn.Flatten(),
        *[nn.Dropout(0.5)] * part["dropout"],
        nn.Linear(cells5, cells6, bias=part["f6_bias"]), Squash(part["f6"]),
        *last,
    )  # fmt: skip
    if part["unused"]:
        made.spare = nn.Linear(3, 2)
        made.forward = lambda x: nn.Sequential(*list(made.children())[:-1])(x)  # type: ignore[method-assign]
    return made
