"""Operations on one grey picture, an array of shape (height, width): borders, shifts, filters.

`zero_pad`, `unpad`, `shift` and `flip` move pixels and keep their type; they work on the last two axes, so
that a stack of pictures will do as well. Filters compute with float64 or float32, never with whole numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import IntOrPair, pair, whole_number
from ..errors import argument_error
from .arguments import Array, as_floats, as_numbers, floats_together, output_shape
from .conv import conv2d
from .windows import pad, unpad_maps

__all__ = ["correlate2d", "flip", "shift", "true_convolution2d", "unpad", "zero_pad"]


def zero_pad(image: ArrayLike, padding: IntOrPair) -> Array:
    """Return the picture with `padding` rows and columns of zeros on each side.

    Parameters
    ----------
    image : array_like of shape (..., H, W)
        The picture; its type stays.
    padding : int or pair of int
        Zeros on each side, (vertical, horizontal), at least 0.

    Returns
    -------
    ndarray of shape (..., H + 2 * p_h, W + 2 * p_w)
        A new array, even where nothing was added.

    Examples
    --------
    >>> zero_pad([[5]], 1)
    array([[0, 0, 0],
           [0, 5, 0],
           [0, 0, 0]])
    """
    image = _picture("zero_pad", image)
    return pad(image, pair("zero_pad", "padding", padding, least=0)).copy()


def unpad(image: ArrayLike, padding: IntOrPair) -> Array:
    """Return the picture without its outer `padding` rows and columns on each side: undo `zero_pad`.

    Parameters
    ----------
    image : array_like of shape (..., H, W)
        The padded picture; its type stays.
    padding : int or pair of int
        Rows and columns to cut on each side, (vertical, horizontal). At least one pixel must be left.

    Returns
    -------
    ndarray of shape (..., H - 2 * p_h, W - 2 * p_w)
        A new array.

    Examples
    --------
    >>> unpad([[0, 0, 0], [0, 5, 0], [0, 0, 0]], 1)
    array([[5]])
    """
    image = _picture("unpad", image)
    p_h, p_w = pair("unpad", "padding", padding, least=0)
    height, width = image.shape[-2:]
    if 2 * p_h >= height or 2 * p_w >= width:
        raise argument_error(
            "unpad",
            "padding",
            f"leave at least one pixel of {height} x {width}",
            padding,
            "Cut less, at most as much as zero_pad added.",
        )
    return unpad_maps(image, (p_h, p_w)).copy()


def shift(image: ArrayLike, rows: int, columns: int, fill: float = 0) -> Array:
    """Return the picture moved `rows` down and `columns` to the right; what leaves it is lost.

    Nothing wraps round: the pixels that become free are filled. Negative numbers move up and to the left.

    Parameters
    ----------
    image : array_like of shape (..., H, W)
        The picture; its type stays.
    rows, columns : int
        How far; as far as you like.
    fill : number
        What the free pixels get, 0 unless given.

    Returns
    -------
    ndarray of the shape of `image`
        A new array.

    Examples
    --------
    >>> shift([[1, 2], [3, 4]], rows=0, columns=1)
    array([[0, 1],
           [0, 3]])
    """
    image = _picture("shift", image)
    rows = whole_number("shift", "rows", rows, least=None)
    columns = whole_number("shift", "columns", columns, least=None)
    moved = np.full_like(image, _fitting(fill, image.dtype))
    to_rows, from_rows = _overlap(rows, image.shape[-2])
    to_columns, from_columns = _overlap(columns, image.shape[-1])
    moved[..., to_rows, to_columns] = image[..., from_rows, from_columns]
    return moved


def flip(image: ArrayLike) -> Array:
    """Return the picture turned by half a turn: top and bottom swapped, left and right too.

    Examples
    --------
    >>> flip([[1, 2], [3, 4]])
    array([[4, 3],
           [2, 1]])
    """
    return _picture("flip", image)[..., ::-1, ::-1].copy()


def correlate2d(
    image: ArrayLike, kernel: ArrayLike, stride: IntOrPair = 1, padding: IntOrPair = 0, bias: float = 0.0
) -> Array:
    """Slide the kernel over the picture, and at each place sum the products, plus `bias`.

    This is what a convolutional layer computes with one channel and one map. The kernel is not flipped;
    `true_convolution2d` flips it.

    Parameters
    ----------
    image : array_like of shape (H, W)
        The picture. Whole numbers become float64: in uint8 the sums would wrap round.
    kernel : array_like of shape (f_h, f_w)
        The weights.
    stride, padding : int or pair of int
        One number for both axes, or (vertical, horizontal). Padding adds zeros on each side.
    bias : float
        Added to every sum.

    Returns
    -------
    ndarray of shape (out_h, out_w)
        The feature map.

    Examples
    --------
    >>> correlate2d([[0, 0, 1, 0], [0, 0, 1, 0]], [[0, 1], [0, 1]])
    array([[0., 2., 0.]])
    """
    image, kernel = _image_and_kernel("correlate2d", image, kernel)
    stride = pair("correlate2d", "stride", stride)
    padding = pair("correlate2d", "padding", padding, least=0)
    output_shape("correlate2d", image.shape, kernel.shape, stride, padding, (1, 1))
    offset = as_floats("correlate2d", "bias", bias)
    if offset.ndim:
        raise argument_error("correlate2d", "bias", "be one number", offset, "One map has one bias.")
    maps = conv2d(image[np.newaxis, np.newaxis], kernel[np.newaxis, np.newaxis], None, stride, padding)
    return maps[0, 0] + image.dtype.type(offset)


def true_convolution2d(image: ArrayLike, kernel: ArrayLike) -> Array:
    """Return the convolution of mathematics, where the kernel fits: `correlate2d` with it flipped.

    Same as ``scipy.signal.convolve2d(image, kernel, mode="valid")`` where the kernel is not the larger one.

    Parameters
    ----------
    image : array_like of shape (H, W)
        The picture. Whole numbers become float64.
    kernel : array_like of shape (f_h, f_w)
        The weights.

    Returns
    -------
    ndarray of shape (H - f_h + 1, W - f_w + 1)
        The result.

    Examples
    --------
    >>> true_convolution2d([[1, 2, 3]], [[10, 1]])
    array([[21., 32.]])
    """
    image, kernel = _image_and_kernel("true_convolution2d", image, kernel)
    output_shape("true_convolution2d", image.shape, kernel.shape, (1, 1), (0, 0), (1, 1))
    return correlate2d(image, flip(kernel))


def _picture(function: str, image: ArrayLike) -> Array:
    array = as_numbers(function, "image", image)
    if array.ndim < 2 or 0 in array.shape[-2:]:
        raise argument_error(
            function,
            "image",
            "have at least one row and one column",
            array if array.ndim else image,
            "Its last two axes are (height, width).",
        )
    return array


def _image_and_kernel(function: str, image: ArrayLike, kernel: ArrayLike) -> list[Array]:
    image = as_floats(function, "image", image, axes=2)
    kernel = as_floats(function, "kernel", kernel, axes=2)
    for name, array in (("image", image), ("kernel", kernel)):
        if not array.size:
            raise argument_error(function, name, "have at least one row and one column", array, "Give it some numbers.")
    return floats_together(image, kernel)


def _overlap(distance: int, size: int) -> tuple[slice, slice]:
    """Return where the pixels that stay in the picture go, and where they come from, along one axis."""
    distance = max(-size, min(distance, size))
    if distance >= 0:
        return slice(distance, size), slice(0, size - distance)
    return slice(0, size + distance), slice(-distance, size)


def _fitting(fill: float, dtype: np.dtype) -> Any:
    """Return `fill` in the picture's type, or raise the error if that type cannot hold it."""
    number = as_numbers("shift", "fill", fill)
    if number.ndim == 0:
        with np.errstate(all="ignore"):
            cast = number.astype(dtype)
        if dtype.kind == "f" or cast == number:
            return cast[()]
    raise argument_error(
        "shift",
        "fill",
        f"be one number that {dtype} can hold",
        fill,
        "Change it, or the type of the picture.",
    )
