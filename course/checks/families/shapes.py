"""Following a shape through layers, in parts that may go wrong: in convolutions or pools, along one axis or both."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

from ..spec import Mistake, wrong

__all__ = ["Layer", "Pair", "Shape", "along_both_axes", "both_sides", "everywhere", "in_windows", "mixed_up", "trace"]

Layer = dict[str, Any]
Shape = tuple[Any, ...]
Pair = tuple[Any, Any]
Count = Callable[..., Any]


def places(n: int, f: int, s: int, p: int) -> Any:
    """Count windows along an axis; p is the padding of both sides together."""
    return (n + p - f) // s + 1


def both_sides(layer: Layer) -> Any:
    """Return how much padding there is in all, along each axis."""
    return tuple(2 * p for p in layer["padding"])


def counted(count: Count | tuple[Count, Count], windows: tuple[Any, ...]) -> list[Any]:
    """Count windows along both axes, in one way or in two."""
    counts = count if isinstance(count, tuple) else (count, count)
    return [along(*window) for along, *window in zip(counts, *windows, strict=True)]


def trace(
    layers: list[Layer], input_shape: Shape, *,
    reads: Callable[[Shape], Shape] = lambda shape: shape,
    conv_kernel: Callable[[Layer], Pair] = lambda layer: layer["kernel_size"],
    pool_kernel: Callable[[Layer], Pair] = lambda layer: layer["kernel_size"],
    conv_stride: Callable[[Layer], Pair] = lambda layer: layer["stride"],
    pool_stride: Callable[[Layer], Pair] = lambda layer: layer["stride"],
    conv_padding: Callable[[Layer], Pair] = both_sides,
    pool_padding: Callable[[Layer], Pair] = both_sides,
    conv_count: Count | tuple[Count, Count] = places,
    pool_count: Count | tuple[Count, Count] = places,
    turned: Callable[[list[Any]], list[Any]] = lambda sizes: sizes,
    maps: Callable[[Layer, int], int] = lambda layer, channels: layer["out_channels"],
    pooled: Callable[[int], int] = lambda channels: channels,
    flat: Callable[[Shape, Shape], Any] = lambda shape, first: (math.prod(shape),),
    dense: Callable[[Layer, Shape], Any] = lambda layer, shape: (layer["out_features"],),
    other: Callable[[Layer, Shape], Shape] = lambda layer, shape: shape,
    takes: Callable[[Shape, Shape], Shape] = lambda shape, first: shape,
    entry: Callable[[Any], Any] = lambda shape: shape,
    listed: Callable[..., Any] = lambda shapes, layers, first: shapes,
) -> Any:  # fmt: skip
    """Follow a picture through the layers; each part can be replaced by a wrong way to do it."""
    first = shape = reads(tuple(input_shape))
    shapes = []
    for layer in layers:
        shape = takes(shape, first)
        if layer["kind"] == "conv":
            windows = (shape[1:], conv_kernel(layer), conv_stride(layer), conv_padding(layer))
            shape = (maps(layer, shape[0]), *turned(counted(conv_count, windows)))
        elif layer["kind"] == "pool":
            windows = (shape[1:], pool_kernel(layer), pool_stride(layer), pool_padding(layer))
            shape = (pooled(shape[0]), *turned(counted(pool_count, windows)))
        elif layer["kind"] == "flatten":
            shape = flat(shape, first)
        elif layer["kind"] == "dense":
            shape = dense(layer, shape)
        else:
            shape = other(layer, shape)
        shapes.append(entry(shape))
    return listed(shapes, layers, first)


RIGHT: dict[str, Callable[[Layer], Pair]] = {
    "kernel": lambda layer: layer["kernel_size"],
    "stride": lambda layer: layer["stride"],
    "padding": both_sides,
}


def along_both_axes(part: str, name: str, says: str, way: Callable[..., Any]) -> Iterable[Mistake]:
    """Return a mistake in convolutions and pools, in convolutions alone, and in pools alone."""
    yield wrong(name, says.format("convolutions and pools"), **{f"conv_{part}": way, f"pool_{part}": way})
    yield wrong(f"{name}, in convolutions", says.format("convolutions") + " Your pools are right.",
                **{f"conv_{part}": way})  # fmt: skip
    yield wrong(f"{name}, in pools", says.format("pools") + " Your convolutions are right.",
                **{f"pool_{part}": way})  # fmt: skip


def _along_one_axis(part: str, name: str, says: str, way: Callable[..., Any]) -> Iterable[Mistake]:
    """Return the same mistake along one axis alone, as made by whoever writes a line for each."""
    for axis, (here, there) in enumerate([("height", "width"), ("width", "height")]):
        one = _of_one_axis(part, way, axis)
        for kinds, nouns, where in [(("conv", "pool"), "convolutions and pools", ""),
                                    (("conv",), "convolutions", ", in convolutions"),
                                    (("pool",), "pools", ", in pools")]:  # fmt: skip
            said = f"{says.format(nouns)} That is so along the {here} alone: along the {there} they are right."
            yield Mistake(f"{name}, along the {here}{where}", said,
                          functools.partial(trace, **{f"{kind}_{part}": one for kind in kinds}))  # fmt: skip


def _of_one_axis(part: str, way: Callable[..., Any], axis: int) -> Any:
    if part == "count":
        return (way, places) if axis == 0 else (places, way)

    def pair(layer: Layer) -> Pair:
        wrong_pair, right_pair = way(layer), RIGHT[part](layer)
        return (wrong_pair[0], right_pair[1]) if axis == 0 else (right_pair[0], wrong_pair[1])

    return pair


def in_windows(*mistake: Any) -> Iterable[Mistake]:
    """Return a mistake in all kinds of layers that have windows, along both axes and along one."""
    yield from along_both_axes(*mistake)
    yield from _along_one_axis(*mistake)


def mixed(pair: Pair) -> list[tuple[str, str, Pair]]:
    """Return the ways to mix up the two numbers of a pair."""
    return [
        ("the vertical {} for both axes", "In your {{}}, the vertical {} stands for both axes.", (pair[0], pair[0])),
        ("the horizontal {} for both axes", "In your {{}}, the horizontal {} stands for both axes.",
         (pair[1], pair[1])),
        ("{} swapped", "In your {{}}, height and width of the {} are swapped.", (pair[1], pair[0])),
    ]  # fmt: skip


def mixed_by(k: int, pair: Callable[[Layer], Pair]) -> Callable[[Layer], Pair]:
    """Return one of the ways to mix up a pair."""
    return lambda layer: mixed(pair(layer))[k][2]


def mixed_up(part: str, word: str, pair: Callable[[Layer], Pair]) -> Iterable[Mistake]:
    """Return the mistakes that mix up the two numbers of a pair."""
    for k, (name, says, _) in enumerate(mixed((0, 0))):
        says = f"{says.format(word)} Pairs are (vertical, horizontal)."
        yield from along_both_axes(part, name.format(word), says, mixed_by(k, pair))


def everywhere(k: int) -> dict[str, Callable[[Layer], Pair]]:
    """Return one of the ways to mix up a pair, for all pairs of all layers."""
    return {f"{kind}_{part}": mixed_by(k, pair) for kind in ("conv", "pool") for part, pair in RIGHT.items()}
