"""The explorer of lesson 4: a picture slid under a grid of pooling windows, with a meter of what stays."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import fashion_mnist_sample
from ..errors import argument_error
from ..figures.base import COLOURS, INK
from ..ops import max_pool2d
from .explorer import Explorer, ExplorerError, called, raw_picture, whose_is
from .stills import canvas_of, text_font

__all__ = ["PoolingExplorer", "pooling_explorer"]

Pool = Callable[..., Any]
NAMES = {"max": "max_pool2d", "mean": "avg_pool2d"}
MOST_CELLS = 2 * 64 * 64  # two pictures of the largest size that the browser sends
START = {
    "picture": "letter", "down": 0, "right": 0, "turn": 0, "scale": 1,
    "window": 2, "kind": "max", "layers": 1, "by": "browser",
}  # fmt: skip


class PoolingExplorer(Explorer):
    """A picture under pooling windows; see `pooling_explorer`."""

    script = "pooling.js"
    parts = ("pooling_parts.js",)


def pooling_explorer(max_pool: Pool | None = None, avg_pool: Pool | None = None, moves: bool = True) -> PoolingExplorer:
    """Return an explorer that slides, turns and scales a picture under pooling windows and shows which cells stay.

    Parameters
    ----------
    max_pool : callable, optional
        Takes x of shape (N, C, H, W), kernel_size (a pair), stride and padding, as the reader's `max_pool2d`. The
        reader may then see its outputs, and where the browser's own differ.
    avg_pool : callable, optional
        Takes x of shape (N, C, H, W), kernel_size (a pair) and stride, as the reader's `avg_pool2d`.
    moves : bool
        Whether the picture can be moved; if not, it shows one pooling layer alone, and measures nothing.

    Raises
    ------
    ArgumentError
        One of the functions is no function.

    Examples
    --------
    >>> explorer = pooling_explorer()
    >>> explorer.description
    'The letter, 4 × 8 pixels, under windows of 2 × 2. They pass on the maximum: 2 × 4 cells.'
    >>> explorer.view["window"]
    2
    """
    pools: dict[str, Pool] = {}
    for argument, kind, pool in (("max_pool", "max", max_pool), ("avg_pool", "mean", avg_pool)):
        if pool is None:
            continue
        if not callable(pool):
            fix = f"Pass {NAMES[kind]} without calling it."
            raise argument_error("pooling_explorer", argument, "be a function", pool, fix)
        pools[kind] = pool
    given = {
        "moves": moves,
        "pictures": [raw_picture(name, pixels) for name, pixels in _pictures().items()],
        "yours": {kind: whose_is(pool) for kind, pool in pools.items()},
    }
    still, description = _still()
    title = "Slide a picture under a pooling grid" if moves else "A picture, and what pooling leaves of it"
    answers = {"hello": lambda question, buffers: ({}, []), "pool": _answer(pools)}
    return PoolingExplorer(title, description, still, given, dict(START), answers)


def _answer(pools: dict[str, Pool]) -> Callable[[dict[str, Any], list[Any]], tuple[dict[str, Any], list[Any]]]:
    """Return what answers the browser: the reader's outputs after each layer, for the picture before and after."""

    def answer(question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[Any]]:
        kind, window, layers = question["kind"], question["window"], question["layers"]
        shape = (2, 1, question["rows"], question["columns"])
        if kind not in pools:
            raise ExplorerError(f"This explorer was not given a function that passes on the {kind}.")
        x = np.frombuffer(buffers[0], dtype=np.float64)
        if x.size != np.prod(shape) or x.size > MOST_CELLS:
            raise ExplorerError(f"The browser sent {x.size} pixels, not two pictures of {shape[2]} × {shape[3]}.")
        x, outputs = x.reshape(shape), []
        padding = (0,) if kind == "max" else ()
        for _ in range(layers):
            fits = (2, 1, x.shape[2] // window, x.shape[3] // window)
            if 0 in fits:
                break
            x = called(pools[kind], x, (window, window), window, *padding, shape=fits)
            outputs.append(x.tobytes())
        return {}, outputs

    return answer


@lru_cache
def _pictures() -> dict[str, NDArray[np.uint8]]:
    """Return pictures from 0 (dark) to 255, with room to move."""
    letter = np.zeros((4, 8))
    letter[:, 2] = 1
    letter[3, 2:5] = 1
    stripes = np.tile([0.0, 0, 1, 1], (12, 3))
    dots = np.zeros((12, 12))
    dots[1::4, 1::4] = 1
    garments = fashion_mnist_sample("test")
    drawings = {"letter": 255 * letter, "stripes": 255 * stripes, "dots": 255 * dots}
    worn = {name: garments.images[np.flatnonzero(garments.labels == label)[0]] for label, name in
            ((1, "trouser"), (7, "sneaker"), (6, "shirt"))}  # fmt: skip
    return {name: image.astype(np.uint8) for name, image in {**drawings, **worn}.items()}


@lru_cache
def _still(unit: int = 28, gap: int = 24, top: int = 26) -> tuple[bytes, str]:
    """Return the explorer as it begins, as the bytes of a PNG file, and what it shows in words."""
    from PIL import Image, ImageDraw

    picture = _pictures()["letter"]
    pooled = max_pool2d(picture[np.newaxis, np.newaxis].astype(float), 2, 2)[0, 0].astype(np.uint8)
    (height, width), (rows, columns) = (size * unit for size in picture.shape), pooled.shape
    canvas = canvas_of(2 * width + 3 * gap, height + top + gap)
    pen = ImageDraw.Draw(canvas)
    for left, pixels, words in (
        (gap, picture, f"letter, {picture.shape[0]} × {picture.shape[1]} pixels"),
        (2 * gap + width, pooled, f"max of 2 × 2: {rows} × {columns} cells"),
    ):
        canvas.paste(Image.fromarray(pixels).resize((width, height), Image.Resampling.NEAREST), (left, top))
        pen.text((left, 6), words, fill=INK, font=text_font(13))
        for i in range(rows + 1):
            pen.line((left, top + 2 * i * unit, left + width, top + 2 * i * unit), fill=COLOURS["red"])
        for j in range(columns + 1):
            pen.line((left + 2 * j * unit, top, left + 2 * j * unit, top + height), fill=COLOURS["red"])
    buffer = io.BytesIO()
    canvas.quantize(32, method=Image.Quantize.FASTOCTREE).save(buffer, "png", optimize=True)
    return buffer.getvalue(), (
        f"The letter, {picture.shape[0]} × {picture.shape[1]} pixels, under windows of 2 × 2. "
        f"They pass on the maximum: {rows} × {columns} cells."
    )
