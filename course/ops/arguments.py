"""What every operation asks of its arguments, and the sentences for those that will not do."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arithmetic import IntOrPair, output_size, pair
from ..errors import argument_error

__all__ = [
    "Array",
    "Pair",
    "as_floats",
    "as_maps",
    "as_numbers",
    "check_shape",
    "floats_together",
    "output_shape",
    "window_arguments",
]

Array = NDArray[Any]
Pair = tuple[int, int]

_AXES = {
    1: "1 axis",
    2: "2 axes",
    3: "3 axes",
    4: "4 axes: (batch, channels, height, width)",
}


def as_numbers(function: str, argument: str, value: ArrayLike) -> Array:
    """Return `value` as an array of whole numbers or floats; lists will do, ragged ones will not."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise argument_error(
            function, argument, "have rows of equal length", value, "Make all its rows equally long."
        ) from None
    if array.dtype.kind not in "iuf" or array.dtype.itemsize not in {1, 2, 4, 8}:
        raise argument_error(
            function,
            argument,
            "hold whole numbers or floats",
            _Shown(f"{array.dtype} values") if isinstance(value, np.ndarray) else value,
            f"Convert it first, with np.asarray({argument}, dtype=np.float64).",
        )
    return array


def as_floats(function: str, argument: str, value: ArrayLike, axes: int | None = None) -> Array:
    """Return `value` as float32 or float64 with that many axes; whole numbers become float64.

    Whole numbers are converted on purpose: in uint8, 200 + 100 would be 44.
    """
    array = as_numbers(function, argument, value)
    if axes is not None and array.ndim != axes:
        raise argument_error(
            function,
            argument,
            f"have {_AXES[axes]}",
            array if array.ndim else value,
            "Reshape it, or add the missing axes with array[np.newaxis].",
        )
    if array.dtype.kind != "f":
        return array.astype(np.float64)
    if array.dtype.itemsize < 4:
        return array.astype(np.float32)
    return array


def as_maps(function: str, argument: str, value: ArrayLike) -> Array:
    """Return `value` as a batch of feature maps (N, C, H, W); the batch alone may be empty."""
    maps = as_floats(function, argument, value, axes=4)
    if 0 in maps.shape[1:]:
        raise argument_error(
            function,
            argument,
            "have at least one channel, row and column",
            maps,
            "Only the batch, its first axis, may be empty.",
        )
    return maps


def floats_together(*arrays: Array) -> list[Array]:
    """Return the arrays in one type: float64 as soon as one of them is float64."""
    dtype = np.result_type(*arrays)
    return [array.astype(dtype, copy=False) for array in arrays]


def check_shape(function: str, argument: str, array: Array, shape: tuple[int, ...], fix: str) -> None:
    """Raise the error that names `argument` unless `array` has exactly this shape."""
    if array.shape != shape:
        raise argument_error(function, argument, f"have shape {shape}", array, fix)


def output_shape(
    function: str,
    size: tuple[int, ...],
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
) -> Pair:
    """Return (height, width) of the output for an input of (height, width) `size`."""
    spans = [(f - 1) * d + 1 for f, d in zip(kernel_size, dilation, strict=True)]
    padded = tuple(n + 2 * p for n, p in zip(size, padding, strict=True))
    if any(span > n for span, n in zip(spans, padded, strict=True)):
        spread = "" if dilation == (1, 1) else f", spread over {spans[0]} x {spans[1]} pixels by its dilation,"
        raise argument_error(
            function,
            "kernel_size",
            f"fit{spread} into the padded input of {padded[0]} x {padded[1]} pixels",
            kernel_size,
            "Use a smaller kernel or more padding.",
        )
    height, width = map(output_size, size, spans, stride, padding)
    return height, width


def window_arguments(
    function: str, kernel_size: IntOrPair, stride: IntOrPair, padding: IntOrPair, dilation: IntOrPair = 1
) -> tuple[Pair, Pair, Pair, Pair]:
    """Return kernel size, stride, padding and dilation as (vertical, horizontal) pairs."""
    return (
        pair(function, "kernel_size", kernel_size),
        pair(function, "stride", stride),
        pair(function, "padding", padding, least=0),
        pair(function, "dilation", dilation),
    )


class _Shown(str):
    """A text that an error shows as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
