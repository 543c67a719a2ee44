"""What can be said of a network from the layers that pictures go through, one word for each of its parts."""

from __future__ import annotations

import itertools
from typing import Any

__all__ = ["BOOK", "FITS", "MAX", "Layers", "sketch", "words_of"]

Layers = list[tuple]
MOST_LAYERS = 300  # of a network that words are looked for
BOOK = (64, 128, 128, 256, 256)
MAX = ("max_pool", (2, 2), (2, 2), (0, 0), "")
FITS = 0  # the first dense layer awaits as many numbers as arrive
STRUCTURES = {(1, 2, 2), (1, 1, 1), (2, 2, 2), (1, 2)}
AWAITED = (4096, 12544)
ENDS = ("softmax", "log_softmax", "relu")
FOLLOW = ("relu", "activation", "norm", "max_pool", "avg_pool", "global_pool", "flatten", "dropout", "always")


def words_of(layers: Layers) -> dict[str, str]:
    """Return what there is to say about a network, one word for each of its parts: "right", or how it is wrong."""
    blocks: list[Layers] = [[("picture",)]]
    for layer in layers:
        blocks.append([layer]) if layer[0] in ("conv", "dense") else blocks[-1].append(layer)
    convs = [block for block in blocks if block[0][0] == "conv"]
    dense = [block for block in blocks if block[0][0] == "dense"]
    kinds = [{layer[0] for layer in block[1:]} for block in convs]
    hidden = [{layer[0] for layer in block[1:]} for block in dense[:-1]]
    ending = {layer[0] for layer in dense[-1][1:]} - {"dropout", "always"} if dense else set()
    found = {layer[0] for layer in layers}
    flat = [layer[1] for layer in layers if layer[0] == "flatten"]
    strange = {layer[0] for block in [*blocks[:1], *convs, *dense[:-1]] for layer in block[1:]} - {*FOLLOW}
    return {
        **_of_convolutions([block[0] for block in convs]),
        **_of_pools([layer for layer in layers if layer[0].endswith("x_pool") or layer[0] == "avg_pool"],
                    [bool({"max_pool", "avg_pool"} & kind) for kind in kinds], _counts(convs)),
        "relu": _how_many([bool({"relu", "activation"} & kind) for kind in kinds]),
        "hidden relu": _how_many([bool({"relu", "activation"} & kind) for kind in hidden]),
        "function": "other" if any("activation" in kind for kind in [*kinds, *hidden]) else "right",
        "norm": "there" if "norm" in found else "right",
        "flatten": "missing" if not flat and "global_pool" not in found else "batch too" if any(flat) else "right",
        "global": "there" if "global_pool" in found else "right",
        **_of_dense([block[0] for block in dense], flat),
        **_of_dropout(blocks, [bool("dropout" in kind) for kind in hidden]),
        "end": "right" if not ending else next((kind for kind in ENDS if kind in ending), "other"),
        "strange": ", ".join(sorted(strange)) or "right",
    }  # fmt: skip


def _how_many(there: list[bool]) -> str:
    return "right" if all(there) else "some" if any(there) else "none"


def _same(*values: Any) -> str:
    return "right" if len({*values}) <= 1 else "other"


def _counts(convs: list[Layers]) -> tuple[int, ...]:
    """Return how many convolutions there are in each group: those with as many filters."""
    if len(convs) == len(BOOK):
        return (1, 2, 2)
    return tuple(len([*run]) for _, run in itertools.groupby(block[0][2] for block in convs))


def _of_convolutions(convs: Layers) -> dict[str, str]:
    outs = tuple(conv[2] for conv in convs)
    counts = _counts([[conv] for conv in convs])
    known = counts in STRUCTURES
    runs = [*dict.fromkeys(outs)] == [64, 128, 256][: len(counts)]
    first, rest = convs[:1], convs[1:]

    def padding(some: Layers) -> str:
        pads = {"right" if pad == (size[0] // 2, size[1] // 2) else str(max(pad)) for _, _, _, size, _, pad, _ in some}
        return pads.pop() if len(pads) == 1 and pads <= {"right", "0", "1"} else "right" if not pads else "other"

    def sizes(some: Layers, right: int, *others: int) -> str:
        found = {conv[3] for conv in some}
        known = {(right, right): "right", **{(n, n): str(n) for n in others}}
        return known.get(found.pop(), "other") if len(found) == 1 else "right" if not found else "other"

    return {
        "pictures": {1: "right", 28: "28"}.get(convs[0][1] if convs else 1, "other"),
        "inputs": _same(True, *(conv[1] == out for conv, out in zip(rest, outs, strict=False))),
        "groups": "right" if counts == (1, 2, 2) else str(counts) if known else "other",
        "filters": "right" if not known or (outs == BOOK if len(outs) == 5 else runs) else "other",
        "first": sizes(first, 7, 3),
        "kernel": sizes(rest, 3),
        "first padding": padding(first),
        "padding": padding(rest),
        "stride": _same((1, 1), *(conv[4] for conv in first)),
        "strides": _same((1, 1), *(conv[4] for conv in rest)),
        "more": ", ".join(sorted({conv[6] for conv in convs} - {""})) or "right",
    }


def _of_pools(pools: Layers, pooled: list[bool], counts: tuple[int, ...]) -> dict[str, str]:
    ends = [sum(counts[: k + 1]) - 1 for k in range(len(counts))]
    at_ends = tuple(pooled[end] for end in ends)
    inner = [there for k, there in enumerate(pooled) if k not in ends]
    missing = [k for k, there in enumerate(at_ends) if not there]
    where = "right"
    if any(inner):
        where = "each" if all(pooled) else "other"
    elif missing:
        names = {0: "first", len(ends) - 1: "last"}
        where = names.get(missing[0], "other") if len(missing) == 1 else "none" if not any(at_ends) else "other"
    sizes = {layer[1:3] for layer in pools}
    return {
        "pooled": where,
        "pool": "right" if sizes <= {MAX[1:3]} else "stride 1" if sizes == {((2, 2), (1, 1))} else "other",
        "rounding": _same(MAX[3:], *(layer[3:] for layer in pools)),
        "average": "there" if any(layer[0] == "avg_pool" for layer in pools) else "right",
    }


def _of_dense(dense: Layers, flat: list[str]) -> dict[str, str]:
    outs = tuple(layer[2] for layer in dense)
    awaited, arriving = dense[0][1:4:2] if dense else (FITS, FITS)
    known = {(128, 64, 10): "right", (128, 10): "64", (64, 10): "128", (128, 64): "10", (10,): "both"}
    last = len(outs) == 3 and outs[:2] == (128, 64)
    right = awaited in (arriving, 2304) or flat != [""]  # of maps that are not lined up, nobody knows
    return {
        "awaited": "right" if right else str(awaited) if awaited in AWAITED else "other",
        "sizes": known.get(outs, "classes" if last else "other"),
        "chain": _same(True, *(layer[1] == out for layer, out in zip(dense[1:], outs, strict=False))),
    }


def _of_dropout(blocks: list[Layers], drops: list[bool]) -> dict[str, str]:
    dropouts = [(k, layer) for k, block in enumerate(blocks) for layer in block if layer[0] == "dropout"]
    usual = [k for k, block in enumerate(blocks[:-1]) if block[0][0] == "dense"]
    there = sum(drops)
    return {
        "drops": "right" if all(drops) else "none" if not there else "first only" if drops[0] else "second only",
        "rate": _same(0.5, *(layer[1] for _, layer in dropouts)),
        "drops too": "there" if len(dropouts) > there or any(k not in usual or layer[2] for k, layer in dropouts)
        else "right",
        "always": "there" if ("always",) in blocks[-1] else "right",
    }  # fmt: skip


def sketch(seen: Any) -> Any:
    """Return the words for a network that was observed."""
    if not isinstance(seen, dict):
        return seen
    try:
        layers, always = seen["layers"][:MOST_LAYERS], seen["dropout"].endswith("evaluating")
        return words_of([*layers, *[("always",)] * always])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return {}  # what was sent back is no network's way: there is nothing to say about it
