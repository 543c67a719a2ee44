"""The explorer of feature maps: one unit, the windows that feed it, Equation 14-1 term by term, and its neighbours."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import argument_error
from ..figures.base import COLOURS, INK
from ..images import china, crop
from ..ops import conv2d
from .explorer import Explorer, ExplorerError, called, whose_is

__all__ = ["StackExplorer", "hand_made_kernels", "stack_explorer"]

Array = np.ndarray[Any, Any]

NAME = "stack_explorer"
TITLE = "Feature maps: what feeds one unit, and what its neighbours make of the same inputs"
PLACE = (6, 8)  # where it begins
LEVELS = 2**12 - 1  # a picture goes to the browser in 12 bits a number: a saved notebook holds it twice
LARGEST = {"channels": 8, "rows": 64, "columns": 64, "maps": 12, "kernel": 7}
ENOUGH = 0.2  # what both maps of the task have to answer


class StackExplorer(Explorer):
    """A layer of feature maps over a picture; `stack_explorer` makes one."""

    script = "stacks.js"


def stack_explorer(
    x: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    names: Sequence[str] | None = None,
    function: Callable[..., Any] | None = None,
) -> StackExplorer:
    """Return an explorer: choose a place and a map, see the windows that feed it, and add up their terms.

    Parameters
    ----------
    x : ndarray of shape (C, H, W), optional
        A picture or a stack of maps, channels first; without it, a temple in colours of 24 × 30 pixels, from 0 to 1.
    weight : ndarray of shape (F, C, f_h, f_w), optional
        The kernels; without them, four that are made by hand (for 3 channels).
    bias : ndarray of shape (F,), optional
        The biases; without them, zeros.
    names : sequence of str, optional
        What each map looks for.
    function : callable, optional
        The reader's own ``conv2d(x, weight, bias, stride, padding)``, of a batch. Where its maps differ from
        Equation 14-1, the explorer says so.

    Returns
    -------
    StackExplorer

    Examples
    --------
    >>> explorer = stack_explorer()
    >>> explorer.view["map"], explorer.view["place"]
    (0, [6, 8])
    >>> explorer.description[:58]
    'A layer of 4 maps over a picture of 3 channels. Map 0, ver'
    """
    own = x is not None or weight is not None or bias is not None
    x, weight, bias = _layer(x, weight, bias)
    names = _names(names, weight, given=own)
    maps = conv2d(x[np.newaxis], weight, bias)[0]
    if function is not None and not callable(function):
        fix = "Give the name of your function without brackets: function=conv2d."
        raise argument_error(NAME, "function", "be a function", function, fix)
    place = [min(PLACE[0], maps.shape[1] - 1), min(PLACE[1], maps.shape[2] - 1)]
    low, high = float(x.min()), float(x.max())
    channels = ["red", "green", "blue"] if len(x) == 3 else [f"channel {k}" for k in range(len(x))]
    given = {
        "picture": {
            "name": "the picture" if own else "the temple",
            "rows": x.shape[1],
            "columns": x.shape[2],
            "low": low,
            "high": high,
            "bytes": _in_12_bits((x - low) / ((high - low) or 1.0)),
        },
        "channels": channels,
        "coloured": len(x) == 3 and low >= 0 and high <= 1,
        "names": names,
        "kernel": list(weight.shape[2:]),
        "weight": weight.astype("<f4").tobytes(),
        "bias": [float(one) for one in bias],
        "function": None if function is None else whose_is(function)[0].upper() + whose_is(function)[1:],
        "task": _largest(maps, names) if own else _both(maps, names),
    }
    view = {"map": 0, "place": place, "stride": 1, "padding": 0}
    answers = {} if function is None else {"maps": lambda question, buffers: _asked(function, question, buffers)}
    return StackExplorer(
        TITLE, _described(x, weight, bias, maps, names, place), _still(x, maps, weight, place), given, view, answers
    )


def _layer(x: Any, weight: Any, bias: Any) -> tuple[Array, Array, Array]:
    """Return picture, kernels and biases as float arrays that fit each other, or say what does not."""
    if x is None:
        x = crop(china(), 20, 60, 240, 300).reshape(24, 10, 30, 10, 3).mean(axis=(1, 3)).transpose(2, 0, 1) / 255
    x = _numbers("x", x, 3, "have the axes (channels, height, width)")
    for what, size in zip(("channels", "rows", "columns"), x.shape, strict=True):
        if not 1 <= size <= LARGEST[what]:
            fix = "Take a crop, or the means of blocks of pixels; the channels come first."
            raise argument_error(NAME, "x", f"have 1 to {LARGEST[what]} {what}", x, fix)
    if weight is None:
        if len(x) != 3:
            raise argument_error(NAME, "x", "have 3 channels", x, "Or give kernels of your own: weight=...")
        weight = hand_made_kernels()[0]
    weight = _numbers("weight", weight, 4, "have the axes (maps, channels, f_h, f_w)")
    if weight.shape[1] != len(x):
        fix = f"Give each kernel {len(x)} slices: shape (maps, {len(x)}, f_h, f_w)."
        raise argument_error(NAME, "weight", f"look at the {len(x)} channels of x", weight, fix)
    if not (1 <= len(weight) <= LARGEST["maps"] and 1 <= min(weight.shape[2:]) <= max(weight.shape[2:]) <= 7):
        fix = "Choose some of the kernels: weight[:4]."
        raise argument_error(NAME, "weight", "be 1 to 12 kernels of at most 7 × 7", weight, fix)
    if weight.shape[2] > x.shape[1] or weight.shape[3] > x.shape[2]:
        fix = f"The picture has {x.shape[1]} × {x.shape[2]} pixels: give it more, or take smaller kernels."
        raise argument_error(NAME, "weight", "fit into the picture", weight, fix)
    bias = _numbers("bias", np.zeros(len(weight)) if bias is None else bias, 1, "have one axis")
    if len(bias) != len(weight):
        raise argument_error(NAME, "bias", f"have {len(weight)} numbers", bias, "Give one for each map.")
    return x, weight, bias


def _numbers(name: str, value: Any, axes: int, requirement: str) -> Array:
    if getattr(value, "size", 0) > 10**6:
        raise argument_error(NAME, name, "have at most a million numbers", value, "Take a crop, or means of blocks.")
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise argument_error(NAME, name, "be an array of numbers", value, "Give a NumPy array.") from None
    if array.ndim != axes:
        raise argument_error(NAME, name, requirement, array, "Use np.newaxis to add an axis, or [0] to take one away.")
    if not np.isfinite(array).all() or np.abs(array).max(initial=0) > 1e6:
        raise argument_error(
            NAME, name, "have finite numbers, none beyond a million", array, "Scale it, and replace NaN."
        )
    return array


def _in_12_bits(shares: Array) -> bytes:
    """Return numbers from 0 to 1 as bytes, three for each two numbers, the lowest bits first."""
    levels = np.round(shares.ravel() * LEVELS).astype(np.uint32)
    one, two = np.append(levels, np.zeros(levels.size % 2, np.uint32)).reshape(-1, 2).T
    return np.stack([one & 255, one >> 8 | (two & 15) << 4, two >> 4], axis=1).astype(np.uint8).tobytes()


def _names(names: Any, weight: Array, given: bool) -> list[str]:
    if names is None:
        hand_made = not given or np.array_equal(weight, hand_made_kernels()[0])
        return hand_made_kernels()[1] if hand_made else [f"kernel {k}" for k in range(len(weight))]
    if isinstance(names, str) or len(names) != len(weight):
        raise argument_error(NAME, "names", f"be {len(weight)} names", names, "Give a list with one for each map.")
    return [str(name) for name in names]


def _both(maps: Array, names: Sequence[str]) -> dict[str, Any]:
    """Return the task on the temple: a place where two maps answer."""
    return {
        "says": f"Find a place where map 0 ({names[0]}) and map 1 ({names[1]}) both answer more than {ENOUGH}.",
        "found": "Both units read the same 27 inputs. They differ in their weights alone: the window grows brighter to "
        "the right, which map 0 looks for, and downwards, which map 1 looks for.",
        "need": [[0, ENOUGH], [1, ENOUGH]],
    }


def _largest(maps: Array, names: Sequence[str]) -> dict[str, Any]:
    """Return the task on a picture that is not known beforehand."""
    most = float(maps[0].max())
    return {
        "says": f"Find the largest answer of map 0 ({names[0]}).",
        "found": f"It is {_number(most)}. The units of the other maps read the same inputs there.",
        "need": [[0, most - 1e-4 * max(1.0, abs(most))]],
    }


def _asked(
    function: Callable[..., Any], question: dict[str, Any], buffers: Sequence[Any]
) -> tuple[dict[str, Any], list[bytes]]:
    """Answer the browser: the maps that the reader's function makes of the picture that is shown."""
    shapes = [tuple(int(size) for size in shape) for shape in question["shapes"]]
    x, weight, bias = (
        np.frombuffer(part, dtype="<f4").astype(np.float64).reshape(shape)
        for part, shape in zip(buffers, shapes, strict=True)
    )
    stride, padding = int(question["stride"]), int(question["padding"])
    expected = conv2d(x, weight, bias, stride=stride, padding=padding).shape
    maps = called(function, x, weight, bias, stride, padding, shape=expected)
    if np.abs(maps).max(initial=0) > np.finfo(np.float32).max:
        raise ExplorerError(f"Your {getattr(function, '__name__', 'function')} returned {np.abs(maps).max():.3g}.")
    return {}, [maps.astype("<f4").tobytes()]


def _number(value: float) -> str:
    text = f"{value:.2f}"
    return (text.replace("-", "") if float(text) == 0 else text).replace("-", "−")


def _described(x: Array, weight: Array, bias: Array, maps: Array, names: Sequence[str], place: Sequence[int]) -> str:
    (row, column), (f_h, f_w) = place, weight.shape[2:]
    sums = (x[:, row : row + f_h, column : column + f_w] * weight[0]).sum(axis=(1, 2))
    others = ", ".join(f"map {k} {_number(maps[k, row, column])}" for k in range(1, len(maps)))
    return (
        f"A layer of {len(maps)} maps over a picture of {len(x)} channels. Map 0, {names[0]}: the unit in row {row}, "
        f"column {column} reads rows {row} to {row + f_h - 1} and columns {column} to {column + f_w - 1} of every "
        f"channel. The sums of its products, channel by channel, are {', '.join(_number(one) for one in sums)}; with "
        f"the bias {_number(bias[0])} they give {_number(maps[0, row, column])}."
        + (f" From the same inputs others make: {others}." if others else "")
    )


def _still(x: Array, maps: Array, weight: Array, place: Sequence[int]) -> bytes:
    """Return a small WebP picture: the channels with the window framed, below them the maps with the unit framed."""
    from PIL import Image, ImageDraw, ImageFont

    most = float(np.abs(maps).max()) or 1.0
    low, high = min(float(x.min()), 0.0), float(x.max())
    grey = np.clip((x - low) / ((high - low) or 1.0), 0, 1)
    rows = [
        [
            (f"channel {k}" if len(x) != 3 else ("red", "green", "blue")[k], _ramp(one, "grey"))
            for k, one in enumerate(grey)
        ],
        [(f"map {k}", _ramp((one / most + 1) / 2, "signed")) for k, one in enumerate(maps)],
    ]
    side = max(2, min(5, 640 // (max(len(row) for row in rows) * (x.shape[2] + 3))))
    wide, tall = (x.shape[2] + 3) * side, x.shape[1] * side + 24
    sheet = Image.new("RGBA", (wide * max(len(row) for row in rows), 2 * tall), (0, 0, 0, 0))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for number, (row, size) in enumerate(zip(rows, (weight.shape[2:], (1, 1)), strict=True)):
        for k, (name, pixels) in enumerate(row):
            left, top = k * wide, number * tall + 18
            one = Image.fromarray(pixels).resize(
                (pixels.shape[1] * side, pixels.shape[0] * side), Image.Resampling.NEAREST
            )
            sheet.paste(one, (left, top))
            pen.text((left, top - 17), name, fill=INK, font=font)
            corner = (left + place[1] * side, top + place[0] * side)
            end = (corner[0] + size[1] * side - 1, corner[1] + size[0] * side - 1)
            first = number == 0 or k == 0
            pen.rectangle((corner[0] - 3, corner[1] - 3, end[0] + 3, end[1] + 3), outline="black")
            pen.rectangle(
                (corner[0] - 2, corner[1] - 2, end[0] + 2, end[1] + 2),
                outline=COLOURS["orange"] if first else "white",
                width=2,
            )
    buffer = io.BytesIO()
    sheet.save(buffer, "webp", lossless=True, quality=50, method=4)
    return buffer.getvalue()


def _ramp(shares: Array, scale: str) -> Array:
    """Return numbers from 0 to 1 as colours of the browser's scales, in 11 steps: a third of the bytes of all."""
    shares = np.round(shares * 10) / 10
    stops = {"grey": ((0, 0, 0), (255, 255, 255)), "signed": ((84, 39, 136), (247, 247, 247), (179, 88, 6))}[scale]
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(shares, at, part) for part in zip(*stops, strict=True)], axis=-1).astype(np.uint8)


def hand_made_kernels() -> tuple[Array, list[str]]:
    """Return four kernels, an array of shape (4, 3, 3, 3) over red, green and blue, and what each looks for.

    Two are Sobel's edge filters, the same for all colours; two are means of one colour less half of the others.

    Examples
    --------
    >>> kernels, names = hand_made_kernels()
    >>> kernels.shape, names[2]
    ((4, 3, 3, 3), 'red against the rest')
    """
    edge = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]) / 4
    mean = np.full((3, 3), 1 / 9)
    edges = [np.stack([e, e, e]) / 3 for e in (edge, edge.T)]
    colours = [np.stack([c * mean for c in weights]) for weights in ((1, -0.5, -0.5), (-0.5, -0.5, 1))]
    return np.stack(edges + colours), [
        "vertical edges",
        "horizontal edges",
        "red against the rest",
        "blue against the rest",
    ]
