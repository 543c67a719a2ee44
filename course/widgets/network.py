"""The explorer of lesson 5: a trained network from the inside, with any garment, moved, and while it learned."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..errors import argument_error
from .explorer import Explorer, ExplorerError, webp_picture

__all__ = ["NetworkExplorer", "network_explorer"]

MOST = 8  # pixels of the shifts that are tried, in each direction
SENT = 64_000  # numbers: smaller networks send all layers at once
KEPT, LARGEST = ("MaxPool2d", "AvgPool2d", "Linear"), 7000  # layers, and numbers of one, in a saved notebook
LEVELS = 63  # steps of the numbers in a saved notebook
GAP = 2


class Network(Protocol):
    """What the explorer asks of a network: `course.explained.Explained` answers it."""

    images: np.ndarray
    labels: np.ndarray
    classes: list[str]
    layers: list[dict[str, Any]]
    stages: list[str]
    searched: int

    def look(
        self, image: np.ndarray, layers: Sequence[int], stage: int = -1
    ) -> tuple[dict[int, np.ndarray], np.ndarray]:
        """Return maps and probabilities."""
        ...

    def moved(self, image: np.ndarray, most: int = 4, stage: int = -1) -> np.ndarray:
        """Return the probabilities for each shift."""
        ...

    def filters(self, stage: int = -1) -> np.ndarray:
        """Return the first filters."""
        ...

    def right(self, stage: int = -1) -> float:
        """Return the share of right answers."""
        ...

    def exciting(self, layer: int, stage: int = -1) -> Any:
        """Return the pictures that excite the units of a layer most."""
        ...


class NetworkExplorer(Explorer):
    """A network that is looked into, as `network_explorer` makes it."""

    script = "network.js"


def network_explorer(
    network: Network,
    shown: Sequence[int] | None = None,
    layer: int | None = None,
    title: str = "A network from the inside",
) -> NetworkExplorer:
    """Return an explorer of a network: its maps, its answers, its units, and what excites them.

    Parameters
    ----------
    network : course.explained.Explained
        As from `course.explained.explained`.
    shown : sequence of int, optional
        Which of its pictures can be chosen; by default the first of each class.
    layer : int, optional
        The number of the layer that is shown first; by default the first ReLU.
    title : str
        Shown above it.

    Raises
    ------
    ArgumentError
        There is no such picture or layer.

    Examples
    --------
    >>> from course.data import fashion_mnist_sample
    >>> from course.explained import explained
    >>> from course.models import build_model
    >>> network = explained(build_model("small"), fashion_mnist_sample("test"))
    >>> explorer = network_explorer(network, shown=[0, 1])
    >>> explorer.view["layer"]
    2
    """
    if shown is None:
        shown = [int(np.flatnonzero(network.labels == label)[0]) for label in np.unique(network.labels)]
    count = len(network.images)
    if len(shown) == 0 or not all(0 <= int(one) < count for one in shown):
        fix = "Leave it out, or give the numbers of the pictures."
        raise argument_error("network_explorer", "shown", f"be numbers from 0 to {count - 1}", list(shown), fix)
    shown = [int(one) for one in shown]
    numbers = [one["number"] for one in network.layers]
    if layer is None:
        layer = next((one["number"] for one in network.layers if one["name"].endswith(" ReLU")), numbers[0])
    if layer not in numbers:
        rule = f"be one of {', '.join(map(str, numbers))}"
        raise argument_error("network_explorer", "layer", rule, layer, "Leave it out to begin with the first ReLU.")

    first = network.images[shown[0]]
    held = _kept(network.layers, layer)
    maps, shares = network.look(first, [layer, *held])
    place = np.unravel_index(int(maps[layer].argmax()), maps[layer].shape)
    filters = network.filters()
    weights = filters if filters.size <= LARGEST // 10 else filters[:0]
    facts = {
        "classes": network.classes,
        "size": list(first.shape),
        "layers": [[one["number"], one["name"], one["shape"], one["field"]] for one in network.layers],
        "stages": network.stages,
        "pictures": [[k, int(network.labels[k])] for k in shown],
        "searched": network.searched,
        "small": _is_small(network),
        "most": MOST,
        "shares": [round(float(share), 4) for share in shares],
        "filters": list(filters.shape),
    }
    return NetworkExplorer(
        title,
        _in_words(network, shown[0], layer, maps[layer], shares),
        _drawn(first, maps[layer]),
        given={"blob": _packed(facts, first, network.moved(first, MOST), weights, {one: maps[one] for one in held})},
        view={"layer": layer, "unit": [int(one) for one in place]},
        answers=_answers(network, shown),
    )


def _answers(network: Network, shown: list[int]) -> dict[str, Any]:
    """Return what the browser may ask."""
    numbers = [one["number"] for one in network.layers]
    small = _is_small(network)

    def stage_of(question: dict[str, Any]) -> int:
        stage = question.get("stage")
        if not isinstance(stage, int) or not 0 <= stage < len(network.stages):
            raise ExplorerError(f"There is no stage {stage}: stages go from 0 to {len(network.stages) - 1}.")
        return stage

    def layer_of(question: dict[str, Any]) -> int:
        layer = question.get("layer")
        if not isinstance(layer, int) or layer not in numbers:
            raise ExplorerError(f"There is no layer {layer}: layers go from {numbers[0]} to {numbers[-1]}.")
        return layer

    def picture_of(buffers: list[Any]) -> np.ndarray:
        pixels = np.frombuffer(bytes(buffers[0]) if buffers else b"", np.uint8)
        shape = network.images.shape[1:]
        if pixels.size != shape[0] * shape[1]:
            raise ExplorerError(f"The picture has {pixels.size} pixels; it needs {shape[0]} × {shape[1]}.")
        return pixels.reshape(shape)

    def hello(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
        searched = network.images[: network.searched]
        labels = network.labels[: network.searched].tolist()
        return {"labels": labels}, [network.images[shown].tobytes(), searched.tobytes()]

    def look(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
        stage, layer = stage_of(question), layer_of(question)
        maps, shares = network.look(picture_of(buffers), numbers if small else [layer], stage)
        if layer not in maps:
            raise ExplorerError(f"Layer {layer} is not on the way of this picture: the network took another one.")
        return {"layers": list(maps)}, [_floats(shares), _floats(network.filters(stage)), *map(_floats, maps.values())]

    def moved(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
        return {}, [_floats(network.moved(picture_of(buffers), MOST, stage_of(question)))]

    def exciting(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
        found = network.exciting(layer_of(question), stage_of(question))
        parts = (found.unit_pictures, found.unit_values, found.map_pictures, found.map_places, found.map_values)
        return {"best": found.map_pictures.shape[1]}, [part.tobytes() for part in parts]

    def right(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
        return {"right": network.right(stage_of(question))}, []

    return {"hello": hello, "look": look, "moved": moved, "exciting": exciting, "right": right}


def _is_small(network: Network) -> bool:
    return sum(int(np.prod(one["shape"])) for one in network.layers) <= SENT


def _floats(array: np.ndarray) -> bytes:
    return np.ascontiguousarray(array, "<f4").tobytes()


def _kept(layers: list[dict[str, Any]], first: int) -> list[int]:
    """Return what a page without Python shows: the first layer, pools and dense ones, where they are small."""
    sizes = {one["number"]: int(np.prod(one["shape"])) for one in layers}
    small = [one["number"] for one in layers if sizes[one["number"]] <= 400 and one["name"].split()[-1] in KEPT]
    return [one for one in dict.fromkeys([first, *small]) if sizes[one] <= LARGEST]


def _packed(
    facts: dict[str, Any], image: np.ndarray, moved: np.ndarray, filters: np.ndarray, maps: dict[int, np.ndarray]
) -> bytes:
    """Return what a page without Python has, compressed: facts, and one picture with what is known of it.

    In this order: the facts as JSON, their length before them (4 bytes); the picture; class for class its probability
    where it is moved, in per cent; filters and maps in LEVELS steps. Of each of the last, the facts say (name, step,
    level of 0, count).
    """
    parts, scales = [], []
    for name, values in [("filters", filters), *maps.items()]:
        most = float(np.abs(values).max()) if values.size else 0.0
        zero = LEVELS if (values < 0).any() else 0
        step = float(f"{most / LEVELS:.6g}") or 1.0
        parts.append(np.round(values / step + zero).astype(np.uint8).tobytes())
        scales.append([name, step, zero, values.size])
    told = json.dumps({**facts, "scales": scales}, separators=(",", ":")).encode()
    shares = np.moveaxis(_in_per_cent(moved), -1, 0).tobytes()
    return gzip.compress(struct.pack("<I", len(told)) + told + image.tobytes() + shares + b"".join(parts), mtime=0)


def _in_per_cent(shares: np.ndarray) -> np.ndarray:
    """Return whole per cent, uint8, of which the largest belongs to the same class as before."""
    whole = np.round(shares * 100).astype(np.uint8)
    answer = shares.argmax(-1)[..., None]
    others = whole.copy()
    np.put_along_axis(others, answer, 0, -1)
    np.put_along_axis(whole, answer, np.maximum(whole.max(-1, keepdims=True), others.max(-1, keepdims=True) + 1), -1)
    return whole


def _in_words(network: Network, number: int, layer: int, stack: np.ndarray, shares: np.ndarray) -> str:
    maps, rows, columns = stack.shape
    kind = f"maps of {rows} by {columns}" if rows * columns > 1 else "neurons"
    one = "map" if rows * columns > 1 else "neuron"
    strongest = stack.reshape(maps, -1).max(axis=1)
    name = next(each["name"] for each in network.layers if each["number"] == layer)
    answer = int(shares.argmax())
    largest = f"{stack.max():.2f}".replace("-", "−")
    return (
        f"{network.classes[network.labels[number]]} at layer {name}: {maps} {kind}, from left to right and top to "
        f"bottom, dark for 0 and below. The largest number is {largest}, in {one} {int(strongest.argmax())} "
        f"(counted from 0). The network says {network.classes[answer]}, {shares[answer]:.0%} sure."
    )


def _drawn(image: np.ndarray, stack: np.ndarray) -> bytes:
    """Return a picture file with a garment, and beside it the maps of one layer."""
    from matplotlib import colormaps

    stack = stack[:64]
    highest = float(stack.max())
    bright = np.clip(stack / highest, 0, 1) if highest > 0 else np.zeros(stack.shape)
    side = 56 if stack.shape[1] > 1 else 30
    tiles = [colormaps["viridis"](_scaled(one, side)) for one in bright]
    across = 4 if len(tiles) <= 16 else 8
    rows = [
        np.concatenate([_padded(one) for one in tiles[k : k + across]], axis=1) for k in range(0, len(tiles), across)
    ]
    width = max(row.shape[1] for row in rows)
    right = np.concatenate([_padded(row, width=width, gap=0) for row in rows])
    left = _padded(colormaps["gray"](_scaled(image / 255, 112)), gap=8)
    height = max(len(left), len(right))
    page = np.concatenate([_padded(one, height=height, gap=0) for one in (left, right)], axis=1)
    return webp_picture((page * 255).round().astype(np.uint8), max(page.shape), quality=20)


def _scaled(plane: np.ndarray, side: int) -> np.ndarray:
    """Return a picture as large as the screen wants it, each pixel a square."""
    rows = np.arange(side) * plane.shape[0] // side
    columns = np.arange(side) * plane.shape[1] // side
    return plane[rows][:, columns]


def _padded(page: np.ndarray, width: int = 0, height: int = 0, gap: int = GAP) -> np.ndarray:
    """Return the page with nothing at its right and below, at least so wide and so high."""
    below, right = max(gap, height - page.shape[0]), max(gap, width - page.shape[1])
    return np.pad(page, ((0, below), (0, right), (0, 0)))
