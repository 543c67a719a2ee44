"""What can be said of a network from the layers that pictures go through, one word for each of its parts."""

from __future__ import annotations

import itertools
import re
from typing import Any

__all__ = ["BOOK", "FITS", "FOLLOW", "POOLS", "Layers", "blocks_of", "keeps_size", "layers_seen", "sketch", "words_of"]

Layers = list[tuple]
MOST_LAYERS = 300  # of a network that words are looked for
BOOK = (64, 128, 128, 256, 256)
FITS = 0  # the first dense layer awaits as many numbers as arrive
STRUCTURES = {(1, 2, 2), (1, 1, 1), (2, 2, 2)}
AWAITED = (4096, 12544)
ENDS = ("softmax", "log_softmax", "relu")
POOLS = ("max_pool", "avg_pool")
FOLLOW = ("relu", "activation", "norm", *POOLS, "global_pool", "flatten", "dropout")
NOTES = ("always", "hidden weights", "nothing returned")  # of the network as a whole, behind its layers


def blocks_of(layers: Layers) -> list[Layers]:
    """Return the layers in blocks: the picture, then each convolution or dense layer with what follows it."""
    blocks: list[Layers] = [[("picture",)]]
    for layer in layers:
        if layer[0] in ("conv", "dense"):
            blocks.append([layer])
        elif layer[0] not in NOTES:
            blocks[-1].append(layer)
    return blocks


def words_of(layers: Layers) -> dict[str, str]:
    """Return what there is to say about a network, one word for each of its parts: "right", or how it is wrong."""
    notes = {layer[0] for layer in layers if layer[0] in NOTES}
    blocks = blocks_of(layers)
    convs = [block for block in blocks if block[0][0] == "conv"]
    dense = [block for block in blocks if block[0][0] == "dense"]
    kinds = [{layer[0] for layer in block[1:]} for block in convs]
    hidden = [{layer[0] for layer in block[1:]} for block in dense[:-1]]
    whole = len(dense) != 2 or dense[-1][0][2] == 10  # the last dense layer is that of the classes
    ending = {layer[0] for layer in dense[-1][1:]} - {"dropout"} if dense and whole else set()
    found = {layer[0] for layer in layers}
    strange = {layer[0] for block in [*blocks[:1], *convs, *dense[:-1]] for layer in block[1:]} - {*FOLLOW}
    flatten = _of_flatten(convs, dense, "global_pool" in found)
    return {
        **_of_convolutions([block[0] for block in convs]),
        **_of_pools(convs, _counts(convs)),
        "relu": _how_many([bool({"relu", "activation"} & kind) for kind in kinds]),
        "function": "other" if any("activation" in kind for kind in [*kinds, *hidden]) else "right",
        "norm": "there" if "norm" in found else "right",
        "global": next((layer[1] for layer in layers if layer[0] == "global_pool"), "right"),
        "strange": "there" if strange and "hidden weights" not in notes else "right",
        "returned": "nothing" if "nothing returned" in notes else "right",
        "registered": "not all" if "hidden weights" in notes else "right",
        "flatten": flatten,
        "hidden relu": _how_many([bool({"relu", "activation"} & kind) for kind in hidden]),
        **_of_dense([block[0] for block in dense], flatten == "right"),
        **_of_dropout(blocks, [bool("dropout" in kind) for kind in hidden], whole),
        "always": "there" if "always" in notes and "hidden weights" not in notes else "right",
        "end": "right" if not ending else next((kind for kind in ENDS if kind in ending), "other"),
    }


def _of_flatten(convs: list[Layers], dense: list[Layers], averaged: bool) -> str:
    of_maps = [layer for block in convs for layer in block]
    flat, kinds = [layer[1] for layer in of_maps if layer[0] == "flatten"], [layer[0] for layer in of_maps]
    if "flatten" in kinds and {"conv", *POOLS} & {*kinds[kinds.index("flatten") :]}:
        return "early"
    if not flat and any(layer[0] == "flatten" for block in dense for layer in block):
        return "late"
    return "missing" if not flat and not averaged else "batch too" if any(flat) else "right"


def _how_many(there: list[bool]) -> str:
    return "right" if all(there) else "some" if any(there) else "none"


def _same(*values: Any) -> str:
    return "right" if len({*values}) <= 1 else "other"


def keeps_size(conv: tuple) -> bool:
    """Tell whether the padding of a convolution is half its kernel, or more in a dilated one."""
    return "dilated" in conv[6] or conv[5] == (conv[3][0] // 2, conv[3][1] // 2)


def _counts(convs: list[Layers]) -> tuple[int, ...]:
    """Return how many convolutions there are in each group: those with as many filters."""
    if len(convs) == len(BOOK):
        return (1, 2, 2)
    return tuple(len([*run]) for _, run in itertools.groupby(block[0][2] for block in convs))


def _groups(outs: tuple[int, ...], counts: tuple[int, ...]) -> str:
    """Return how the convolutions stand in groups, or which group is missing."""
    for missing in (64, 128, 256):
        if outs == tuple(out for out in BOOK if out != missing):
            return f"without {missing}"
    return "right" if counts == (1, 2, 2) else str(counts) if counts in STRUCTURES else "other"


def _of_convolutions(convs: Layers) -> dict[str, str]:
    outs = tuple(conv[2] for conv in convs)
    counts = _counts([[conv] for conv in convs])
    groups = _groups(outs, counts)
    runs = [*dict.fromkeys(outs)] == [64, 128, 256]
    start = 0 if groups == "without 64" else 1
    first, rest = convs[:start], convs[start:]
    below, more = convs[1:], {word for conv in convs for word in conv[6].split(", ")}

    def padding(some: Layers) -> str:
        pads = {"right" if keeps_size(conv) else str(max(conv[5])) for conv in some}
        return pads.pop() if len(pads) == 1 and pads <= {"right", "0", "1"} else "right" if not pads else "other"

    def sizes(some: Layers, right: int, *others: int) -> str:
        found = {conv[3] for conv in some}
        known = {(right, right): "right", **{(n, n): str(n) for n in others}}
        return known.get(found.pop(), "other") if len(found) == 1 else "right" if not found else "other"

    return {
        "pictures": {1: "right", 28: "28"}.get(convs[0][1] if convs else 1, "other"),
        "inputs": _same(True, *(conv[1] == out for conv, out in zip(below, outs, strict=False))),
        "groups": groups,
        "filters": "right" if counts not in STRUCTURES or (outs == BOOK if len(outs) == 5 else runs) else "other",
        "first": sizes(first, 7, 3),
        "kernel": sizes(rest, 3),
        "first padding": padding(first),
        "padding": padding(rest),
        "stride": _same((1, 1), *(conv[4] for conv in first)),
        "strides": _same((1, 1), *(conv[4] for conv in rest)),
        "bias": "none" if "no bias" in more else "right",
        "dilated": "there" if "dilated" in more else "right",
        "divided": "there" if "groups" in more else "right",
    }


def _of_pools(convs: list[Layers], counts: tuple[int, ...]) -> dict[str, str]:
    pools = [layer for block in convs for layer in block if layer[0] in POOLS]
    numbers = [sum(layer[0] in POOLS for layer in block) for block in convs]
    ends = [sum(counts[: k + 1]) - 1 for k in range(len(counts))]
    at_ends = [numbers[end] > 0 for end in ends]
    missing = [k for k, there in enumerate(at_ends) if not there]
    where = "right"
    if counts not in STRUCTURES and sum(numbers) == 3:
        pass  # nobody knows where they belong
    elif any(number for k, number in enumerate(numbers) if k not in ends):
        where = "each" if all(numbers) else "other"
    elif missing:
        names = {0: "first", len(ends) - 1: "last"}
        where = names.get(missing[0], "some") if len(missing) == 1 else "some" if any(at_ends) else "none"
    return {
        "pooled": where,
        "in a row": "there" if any(number > 1 for number in numbers) else "right",
        "window": _same((2, 2), *(layer[1] for layer in pools)),
        "step": "1" if (1, 1) in {layer[2] for layer in pools} else _same((2, 2), *(layer[2] for layer in pools)),
        "rounding": _same(((0, 0), ""), *(layer[3:] for layer in pools)),
        "average": "there" if any(layer[0] == "avg_pool" for layer in pools) else "right",
    }


def _of_dense(dense: Layers, flat: bool) -> dict[str, str]:
    outs = tuple(layer[2] for layer in dense)
    awaited, arriving = dense[0][1:4:2] if dense else (FITS, FITS)
    known = {(128, 64, 10): "right", (128, 10): "64", (64, 10): "128", (128, 64): "10", (10,): "both"}
    last = len(outs) == 3 and outs[:2] == (128, 64)
    right = awaited in (arriving, 2304) or not flat  # of maps that are not lined up, nobody knows
    return {
        "awaited": "right" if right else str(awaited) if awaited in AWAITED else "other",
        "sizes": known.get(outs, "classes" if last else "other"),
        "chain": _same(True, *(layer[1] == out for layer, out in zip(dense[1:], outs, strict=False))),
        "dense bias": "none" if any(layer[4] for layer in dense) else "right",
    }


def _of_dropout(blocks: list[Layers], drops: list[bool], whole: bool) -> dict[str, str]:
    dropouts = [(k, layer) for k, block in enumerate(blocks) for layer in block if layer[0] == "dropout"]
    usual = [k for k, block in enumerate(blocks[: -1 if whole else None]) if block[0][0] == "dense"]
    there, stray = sum(drops), any(k not in usual or layer[2] for k, layer in dropouts)
    missing = [k for k, dropped in enumerate(drops[:2]) if not dropped]
    few = "second only" if missing == [0] else "first only"
    return {
        "drops": "right" if not missing else "none" if len(missing) == len(drops[:2]) else few,
        "rate": _same(0.5, *(layer[1] for _, layer in dropouts)),
        "drops too": "there" if len(dropouts) > there + (not whole) or stray else "right",
    }


def layers_seen(seen: Any) -> Layers:
    """Return the layers of a network that was observed, with notes on what is wrong with it as a whole."""
    layers = _with_their_border(seen["layers"][:MOST_LAYERS])
    weights = [sorted(re.findall(r"\d+", shape)) for shape in seen["weights"].split("; ")]
    shapes = [(layer[2], layer[1], *(layer[3] if layer[0] == "conv" else ()))
              for layer in layers if layer[0] in ("conv", "dense") and "groups" not in layer[-1]]  # fmt: skip
    notes = {
        "always": seen["dropout"].endswith("evaluating"),
        "hidden weights": any(sorted(map(str, shape)) not in weights for shape in shapes),
        "nothing returned": "the network gives a NoneType" in seen["problem"],
    }
    return [*layers, *((note,) for note, there in notes.items() if there)]


def _with_their_border(layers: Layers) -> Layers:
    """Return the layers without borders of zeros that a layer of their own makes, and a padding in their place."""
    whole: Layers = []
    bordered = False
    for layer in layers:
        if layer[0] == "conv" and bordered:
            layer = (*layer[:5], (layer[3][0] // 2, layer[3][1] // 2), layer[6])
        bordered = "_pad" in layer[0]
        if layer[0] != "constant_pad_nd":
            whole.append(layer)
    return whole


def sketch(seen: Any) -> Any:
    """Return the words for a network that was observed."""
    if not isinstance(seen, dict):
        return seen
    try:
        return words_of(layers_seen(seen))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return {}  # what was sent back is no network's way: there is nothing to say about it
