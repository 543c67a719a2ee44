"""Plain data as bytes, between the grader and the process that runs a learner's code: never a pickle.

A frame is a head of JSON and a body of raw array bytes. Whoever reads a frame checks every type, size and shape
before an array is made of it. This module is loaded on both sides, and needs nothing of the course.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["WireError", "content_of", "decode", "encode", "frames_in", "pack", "printable", "unread_frames"]

HEAD = struct.Struct("<IQ")
MOST_HEAD = 4 * 2**20  # bytes of JSON in one frame
MOST_BODY = 64 * 2**20  # bytes of arrays in one frame
MOST_ITEMS = 100_000  # values in one message, each array counted once
DEEPEST = 24
LARGEST_INT = 2**63
KINDS = "biuf"
DTYPES = frozenset({"|b1", "|i1", "|u1", *(f"<{kind}{size}" for kind in "iu" for size in (2, 4, 8)),
                    "<f2", "<f4", "<f8"})  # fmt: skip


class WireError(Exception):
    """Bytes that are not a frame, or hold more than a frame may."""


def pack(content: Any, body: bytes = b"") -> bytes:
    """Return the frame for content that JSON can hold, and a body of bytes."""
    head = json.dumps(content, separators=(",", ":")).encode("utf-8", "replace")
    if len(head) > MOST_HEAD or len(body) > MOST_BODY:
        raise WireError(f"a message of {len(head) + len(body):,} bytes is too large")
    return HEAD.pack(len(head), len(body)) + head + body


def frames_in(data: bytes | memoryview) -> Iterator[tuple[Any, memoryview]]:
    """Yield (content, body) of each whole frame; `WireError` at the first thing that is none."""
    for head, body in unread_frames(data):
        yield content_of(head), body


def unread_frames(data: bytes | memoryview) -> Iterator[tuple[memoryview, memoryview]]:
    """Yield the bytes of head and body of each whole frame, before anything is made of them."""
    view = memoryview(data)
    while view:
        if len(view) < HEAD.size:
            raise WireError("a frame was cut off")
        head, body = HEAD.unpack(view[: HEAD.size])
        end = HEAD.size + head + body
        if head > MOST_HEAD or body > MOST_BODY or len(view) < end:
            raise WireError("a frame was cut off, or is too large")
        yield view[HEAD.size : HEAD.size + head], view[HEAD.size + head : end]
        view = view[end:]


def content_of(head: memoryview) -> Any:
    """Return what the head of a frame says."""
    try:
        return json.loads(bytes(head))
    except (ValueError, RecursionError) as error:
        raise WireError("a frame does not hold JSON") from error


def encode(value: Any, body: bytearray, left: list[int] | None = None) -> Any:
    """Return plain data in a form that JSON can hold; the bytes of its arrays are added to the body.

    Parameters
    ----------
    value : plain data
    body : bytearray
    left : list of one int, optional
        How many values may still be sent; those of this one are taken away.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float) and not isinstance(value, np.generic):
        if isinstance(value, int) and not -LARGEST_INT <= value < 2 * LARGEST_INT:
            raise TypeError("the result holds a whole number of more than 64 bits")
        return value
    if isinstance(value, np.generic | np.ndarray):
        return {"array": [*_put(np.asarray(value), body), isinstance(value, np.generic)]}
    if left is not None and isinstance(value, tuple | list | dict):
        left[0] -= len(value)
        if left[0] < 0:
            raise TypeError("the results hold too many values: so many need an array")
    if isinstance(value, tuple | list):
        return {"tuple" if isinstance(value, tuple) else "list": [encode(item, body, left) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[str(name), encode(item, body, left)] for name, item in value.items()]}
    if hasattr(value, "factory") and hasattr(value, "options"):
        return {"made": [value.factory, encode(value.options, body, left)]}
    raise TypeError(f"a {type(value).__name__} is not plain data")


def _put(array: np.ndarray, body: bytearray) -> tuple[str, list[int], int]:
    if array.dtype.kind not in KINDS:
        raise TypeError(f"an array of dtype {array.dtype} is not plain data")
    if array.dtype.str not in DTYPES:  # other byte orders, and floats wider than 64 bits
        wanted = np.dtype(f"<{array.dtype.kind}{min(array.dtype.itemsize, 8)}")
        array = array.astype(wanted)
    start = len(body)
    if start + array.nbytes > MOST_BODY:
        raise TypeError(f"the result holds more than {MOST_BODY // 2**20} MiB of numbers")
    body += array.tobytes()
    return array.dtype.str, list(array.shape), start


def decode(content: Any, body: memoryview, make: Callable[[str, dict], Any] | None = None) -> Any:
    """Return the plain data of an encoded value; `WireError` where it is anything else.

    Parameters
    ----------
    content : what JSON gave
    body : memoryview
        The bytes of the arrays.
    make : callable, optional
        Takes a factory's name and its options; without it a value that a factory makes is refused.
    """
    left = [MOST_ITEMS, len(body)]
    return _decode(content, body, make, left, 0)


def _decode(content: Any, body: memoryview, make: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > DEEPEST:
        raise WireError("a message holds too many values, or too deep a nesting")
    if content is None or isinstance(content, bool | float):
        return content
    if isinstance(content, str):
        return printable(content)
    if isinstance(content, int):
        if not -LARGEST_INT <= content < 2 * LARGEST_INT:
            raise WireError("a whole number has more than 64 bits")
        return content
    if not isinstance(content, dict) or len(content) != 1:
        raise WireError("a value has no kind")
    ((kind, inner),) = content.items()
    if not isinstance(inner, list):
        raise WireError("a value has no content")
    if kind == "array":
        return _array(inner, body, left)
    if kind in ("tuple", "list"):
        items = [_decode(item, body, make, left, depth + 1) for item in inner]
        return tuple(items) if kind == "tuple" else items
    if kind == "dict" and all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in inner):
        return {printable(name): _decode(item, body, make, left, depth + 1) for name, item in inner}
    if kind == "made" and make is not None and len(inner) == 2 and isinstance(inner[0], str):
        return make(inner[0], _decode(inner[1], body, make, left, depth + 1))
    raise WireError("a value is of no known kind")


def printable(text: str) -> str:
    """Return a text without halves of letters, which no file takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _array(inner: list, body: memoryview, left: list[int]) -> Any:
    if len(inner) != 4:
        raise WireError("an array is described wrongly")
    dtype, shape, start, scalar = inner
    if not isinstance(dtype, str) or dtype not in DTYPES or not isinstance(shape, list) or len(shape) > 32:
        raise WireError("an array has an unknown dtype, or too many axes")
    whole = [*shape, start]
    if not all(isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= MOST_BODY for size in whole):
        raise WireError("an array has an impossible shape")
    if math.prod(size or 1 for size in shape) > MOST_BODY:  # an array of none may still be too large for NumPy
        raise WireError("an array has an impossible shape")
    count = math.prod(shape)
    size = count * np.dtype(dtype).itemsize
    if start + size > len(body):
        raise WireError("an array claims more numbers than were sent")
    left[1] -= size
    if left[1] < 0:
        raise WireError("arrays claim the same numbers over and over")
    array = np.frombuffer(body[start : start + size], dtype=dtype, count=count).reshape(shape).copy()
    return array[()] if scalar is True and not shape else array
