"""Explorers of lesson 2: one window and one number, every kernel, and a filter that is learned."""

from __future__ import annotations

import inspect
import io
import time
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import data, images, kernels
from ..arithmetic import output_size
from ..errors import argument_error
from ..ops import correlate2d, zero_pad
from . import filter_stills
from .explorer import Explorer, ExplorerError, called, webp_picture, whose_is

__all__ = ["PICTURES", "filter_explorer", "learning_explorer", "neuron_explorer"]

Array = NDArray[Any]

SIZED = ("identity", "vertical_line", "horizontal_line", "box_blur", "gaussian_blur")  # the browser makes any size
TEMPLE = (95, 80, 160, 240)  # row, column, height and width, in the photograph
PICTURES = ("photograph", "temple", "garment", "two lines", "letter")
TASKS = ("vanish", "shift")
SMALL = 2500  # pixels of a picture that a notebook holds as it is
PATIENCE = 0.3  # seconds that a reader's function may take for one move


class Filters(Explorer):
    """A picture, a kernel and the map that they make."""

    script = "filters.js"
    parts = ("filter_parts.js",)


class Learning(Explorer):
    """The steps of a filter that is learned."""

    script = "learning.js"


def filter_explorer(
    picture: str | Array = "photograph",
    kernel: str | Array = "sobel_x",
    function: Callable[..., Any] | None = None,
    task: str | None = "vanish",
) -> Explorer:
    """Return an explorer: type, drag or paint a kernel, and see the map that it makes of a picture.

    Parameters
    ----------
    picture : str or ndarray of shape (H, W)
        Where it starts: a name from `PICTURES`, or a grey picture of your own from 0 (black) to 1 (white).
    kernel : str or ndarray of shape (f_h, f_w)
        Where it starts: a name from `course.kernels.FILTERS`, or at most 7 × 7 weights.
    function : callable, optional
        Your `correlate2d(image, kernel)`: its maps are shown, and compared with the browser's. Where it has parameters
        `stride` and `padding`, it is given them; else the picture is padded before, and rows are left out after.
    task : {"vanish", "shift"} or None
        What there is to find: a kernel that hides a standing line, or one that shifts the picture.

    Raises
    ------
    ArgumentError
        The picture or the kernel is no such array, or there is no such task.

    Examples
    --------
    >>> explorer = filter_explorer("letter", [[0, 0, 1]])
    >>> explorer.view["picture"], explorer.given["kernel"]
    ('letter', {'rows': 1, 'columns': 3, 'values': [0.0, 0.0, 1.0]})
    """
    where = "filter_explorer"
    if task is not None and task not in TASKS:
        raise argument_error(where, "task", 'be "vanish", "shift" or None', task, "Choose one of them.")
    exact = dict(_pictures())
    if not isinstance(picture, str):
        exact = {"your picture": _grey_picture(where, picture, 1), **exact}
        picture = "your picture"
    if picture not in exact:
        names = ", ".join(PICTURES)
        raise argument_error(where, "picture", "be a name or a grey picture", picture, f"The names are: {names}.")
    name = kernel if isinstance(kernel, str) else "your own"
    if isinstance(kernel, str) and kernel not in kernels.FILTERS:
        raise argument_error(where, "kernel", "be a filter of course.kernels", kernel, "Choose one from FILTERS.")
    weights = kernels.FILTERS[name].array if isinstance(kernel, str) else _weights(where, kernel)
    place = _upright_line(exact[picture], weights)
    still, description = filter_stills.filter_still(exact[picture], name, weights, *place)
    given = {
        "pictures": [
            _given(title, pixels, 200 if "your picture" not in exact else 90) for title, pixels in exact.items()
        ],
        "filters": [_row(row) for row in kernels.FILTERS.values()],
        "kernel": _kernel(weights),
        "function": None if function is None else whose_is(function),
        "task": task,
    }
    view = {"picture": picture, "filter": name, "at": list(place)}
    maps = _Maps(function, exact)
    answers: dict[str, Any] = {"hello": lambda *asked: _hello(exact), "picture": maps.take, "map": maps.answer}
    title = "A kernel, a picture, and the feature map"
    return Filters(title, description, still, given, view, answers)


def neuron_explorer(image: Array, kernel: Array) -> Explorer:
    """Return an explorer: move the window of one neuron over the picture, see the products and their sum.

    Parameters
    ----------
    image : ndarray of shape (H, W)
        From 0 (black) to 1 (white), at least 9 × 9 pixels.
    kernel : ndarray of shape (f_h, f_w)
        The neuron's weights, at most 7 × 7.

    Examples
    --------
    >>> neuron_explorer(np.eye(9), np.ones((3, 3))).view
    {'picture': 'your picture', 'at': [3, 3]}
    """
    exact = {"your picture": _grey_picture("neuron_explorer", image, 9)}
    weights = _weights("neuron_explorer", kernel)
    sums = correlate2d(exact["your picture"], weights)
    place = sums.shape[0] // 2, sums.shape[1] // 2
    still, description = filter_stills.filter_still(exact["your picture"], "", weights, *place)
    given = {
        "pictures": [_given(title, pixels, 200) for title, pixels in exact.items()],
        "kernel": _kernel(weights),
        "task": "line" if _has_line(exact["your picture"], weights, sums) else None,
    }
    view = {"picture": "your picture", "at": list(place)}
    answers: dict[str, Any] = {"hello": lambda *asked: _hello(exact)}
    return Filters("One window, one filter, one number", description, still, given, view, answers)


def learning_explorer(history: Sequence[tuple[int, Array, float]], target: Array) -> Explorer:
    """Return an explorer: move or play through the steps of a filter that is learned.

    Parameters
    ----------
    history : sequence of (step, kernel, loss)
        What gradient descent went through, at least two entries.
    target : ndarray of shape (f_h, f_w)
        The filter that it looks for.

    Examples
    --------
    >>> target = np.ones((1, 2))
    >>> learning_explorer([(0, 0 * target, 1.0), (1, target, 0.0)], target).given["steps"]
    [0, 1]
    """
    target = _weights("learning_explorer", target)
    if len(history) < 2:
        fix = "Give what gradient descent went through: [(step, kernel, loss), ...]."
        raise argument_error("learning_explorer", "history", "have at least two entries", history, fix)
    # The first steps, in which most happens, are all there; later ones are further apart, to keep the notebook small.
    last = len(history) - 1
    chosen = np.unique(np.round([*range(min(last, 60) + 1), *np.geomspace(min(last, 60) or 1, last, 24)]).astype(int))
    weights = np.array([history[number][1] for number in chosen], dtype=np.float64)
    if weights.shape[1:] != target.shape:
        fix = "Give kernels as large as the target."
        raise argument_error("learning_explorer", "history", f"hold kernels of shape {target.shape}", weights, fix)
    most = float(np.abs(weights).max()) or 1.0
    far = np.abs(weights - target).max(axis=(1, 2))
    steps = [int(history[number][0]) for number in chosen]
    losses = [float(history[number][2]) for number in chosen]
    near = next((k for k in range(1, len(far)) if (far[k:] < 0.1).all()), None)
    middle = len(chosen) // 4
    still, description = filter_stills.learning_still(steps[middle], weights[middle], losses[middle], target)
    given = {
        "steps": steps,
        "weights": np.round(weights / most * 32767).astype("<i2").tobytes(),
        "most": most,
        "losses": np.array(losses, dtype="<f4").tobytes(),
        "target": _kernel(target),
        "task": None if near is None else steps[near],
    }
    return Learning("A filter is learned", description, still, given, {"step": steps[middle]})


# --- What the browser starts from -------------------------------------------------------------------------


@lru_cache
def _pictures() -> dict[str, Array]:
    photograph = images.grey(images.china())
    row, column, height, width = TEMPLE
    lines, letter = np.zeros((15, 15)), np.zeros((11, 9))
    lines[:, 4] = lines[10, :] = 1
    letter[2:9, 2] = letter[2, 2:7] = letter[5, 2:6] = 1
    temple = photograph[row : row + height, column : column + width]
    garment = data.fashion_mnist_sample().images[0] / 255
    return {
        "photograph": photograph, "temple": temple, "garment": garment, "two lines": lines, "letter": letter,
    }  # fmt: skip


def _given(name: str, pixels: Array, longest: int) -> dict[str, Any]:
    """Return a picture for a page without a kernel: exact where it is small, a smaller copy where it is large."""
    from PIL import Image

    if name == "temple":
        return {"name": name, "of": "photograph", "crop": list(TEMPLE)}
    levels = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    if pixels.size <= SMALL:
        buffer = io.BytesIO()
        Image.fromarray(levels).save(buffer, "webp", lossless=True)
        content = buffer.getvalue()
    else:
        content = webp_picture(levels, longest, quality=15)
    return {"name": name, "bytes": content, "rows": pixels.shape[0], "columns": pixels.shape[1]}


def _hello(exact: dict[str, Array]) -> tuple[dict[str, Any], list[bytes]]:
    """Return the pictures, to the last digit that the browser has."""
    whole = {name: pixels for name, pixels in exact.items() if name != "temple"}
    return {"pictures": list(whole)}, [pixels.astype("<f4").tobytes() for pixels in whole.values()]


def _row(row: kernels.Filter) -> list[Any]:
    return [row.name, row.effect, len(row.array), None if row.name in SIZED else row.array.ravel().tolist()]


def _kernel(weights: Array) -> dict[str, Any]:
    return {
        "rows": weights.shape[0],
        "columns": weights.shape[1],
        "values": [round(one, 9) for one in weights.ravel().tolist()],
    }


def _grey_picture(where: str, image: Array, least: int) -> Array:
    image = np.asarray(image, dtype=np.float64)
    if image.ndim != 2 or min(image.shape) < least or not np.isfinite(image).all():
        size = f", at least {least} × {least}" if least > 1 else ""
        fix = "Give one grey picture, such as a crop of a photograph."
        raise argument_error(where, "image", f"have the shape (H, W){size}, and finite numbers", image, fix)
    return image


def _weights(where: str, kernel: Array) -> Array:
    weights = np.asarray(kernel, dtype=np.float64)
    if weights.ndim != 2 or not (0 < max(weights.shape) <= 7) or 0 in weights.shape or not np.isfinite(weights).all():
        fix = "Give a kernel such as course.kernels.sobel_x()."
        raise argument_error(where, "kernel", "have a shape from (1, 1) to (7, 7), and finite numbers", weights, fix)
    return weights


def _upright_line(image: Array, kernel: Array) -> tuple[int, int]:
    """Return where a standing line is much clearer than a lying one: a good place for the window."""
    rows, columns = (size - weights + 1 for size, weights in zip(image.shape, kernel.shape, strict=True))
    if min(rows, columns) < 40 or image.size > 100_000:  # too small, or it takes too long
        return max(rows, 1) // 2, max(columns, 1) // 2
    upright = correlate2d(image, kernels.vertical_line(7)) - correlate2d(image, kernels.horizontal_line(7))
    upright = upright[: rows - 6, : columns - 6]
    row, column = np.unravel_index(int(np.argmax(upright)), upright.shape)
    return int(row), int(column)


def _has_line(image: Array, kernel: Array, sums: Array) -> bool:
    """Return whether some window is bright under the kernel's ones alone, as the browser's task wants it."""
    ones = kernel == 1
    if not ((kernel == 0) | ones).all() or not 0 < ones.sum() < ones.size:
        return False
    others = correlate2d(image, (~ones).astype(float)) / (~ones).sum()
    return bool(((sums / ones.sum() > 0.7) & (others < 0.35)).any())


# --- The reader's own function ------------------------------------------------------------------------------


class _Maps:
    """Maps that a reader's function makes, of the whole picture or of as much as there is time for."""

    def __init__(self, function: Callable[..., Any] | None, exact: dict[str, Array]) -> None:
        self.function, self.exact = function, exact
        self.own: Array | None = None
        self.pace: dict[tuple[int, ...], float] = {}  # seconds for one value, by the shape of the kernel

    def take(self, question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Keep a picture that the reader opened or drew."""
        shape = int(question["rows"]), int(question["columns"])
        self.own = np.frombuffer(buffers[0], dtype="<f4").reshape(shape).astype(np.float64)
        return {}, []

    def answer(self, question: dict[str, Any], buffers: list[Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Return the map, or the part of it round the place where the reader is."""
        if self.function is None:
            raise ExplorerError("There is no function to ask. Give one: filter_explorer(function=correlate2d).")
        image = self.own if question["picture"] is None else self.exact[question["picture"]]
        if image is None:
            raise ExplorerError("The picture has not arrived. Choose it again.")
        kernel = np.array(question["kernel"], dtype=np.float64).reshape(question["rows"], question["columns"])
        stride, padding = int(question["stride"]), int(question["padding"])
        shape = tuple(
            output_size(size, weights, stride, padding) for size, weights in zip(image.shape, kernel.shape, strict=True)
        )
        place = min(question["at"][0], shape[0] - 1), min(question["at"][1], shape[1] - 1)
        side, spent = 0, 0.0
        while True:  # again and larger, where it was faster than expected
            before, (side, seconds) = side, self._affordable(image, kernel, stride, padding, shape, place)
            top, left, high, wide = _around(place, shape, side)
            start = time.perf_counter()
            values = self._part(image, kernel, stride, padding, (top, left, high, wide), shape)
            took = time.perf_counter() - start
            self.pace[kernel.shape] = took / values.size
            spent += took
            if values.size == shape[0] * shape[1] or spent > PATIENCE / 3 or side < 1.5 * before:
                break
        whole = (high, wide) == shape
        content = {"top": top, "left": left, "rows": high, "columns": wide, "whole": whole, "seconds": seconds}
        if whole and self._is_right(values, image, kernel, stride, padding):
            return {**content, "same": True}, []  # the browser has these numbers: a megabyte need not travel
        return content, [values.astype("<f4").tobytes()]

    @staticmethod
    def _is_right(values: Array, image: Array, kernel: Array, stride: int, padding: int) -> bool:
        """Tell whether a map is that of the course, to half of what the browser calls a difference."""
        right = correlate2d(image, kernel, stride=stride, padding=padding)
        return bool(np.abs(values - right).max() <= 5e-5 * max(1.0, float(np.abs(kernel).sum())))

    def _affordable(
        self, image: Array, kernel: Array, stride: int, padding: int, shape: tuple[int, ...], place: tuple[int, int]
    ) -> tuple[int, float]:
        """Return the side of the square for which there is time, and the seconds that the whole map would take."""
        total, longest = shape[0] * shape[1], max(shape)
        if kernel.shape not in self.pace:
            for side in (4, 16, 64, 256):
                if side >= longest:
                    break
                part = _around(place, shape, side)
                start = time.perf_counter()
                try:
                    self._part(image, kernel, stride, padding, part, shape)
                except ExplorerError:  # is said of the whole map instead
                    return longest, 0.0
                self.pace[kernel.shape] = (time.perf_counter() - start) / (part[2] * part[3])
                if self.pace[kernel.shape] * total <= PATIENCE or time.perf_counter() - start > PATIENCE / 8:
                    break
        seconds = self.pace.get(kernel.shape, 0.0) * total
        if seconds <= PATIENCE:
            return longest, seconds
        return max(int((PATIENCE / self.pace[kernel.shape]) ** 0.5), 4), seconds

    def _part(
        self,
        image: Array,
        kernel: Array,
        stride: int,
        padding: int,
        part: tuple[int, int, int, int],
        shape: tuple[int, ...],
    ) -> Array:
        """Return some rows and columns of the map, as the reader's function computes them."""
        function = self.function
        assert function is not None
        top, left, high, wide = part
        whole = (high, wide) == shape
        strides, pads = _takes(function, "stride"), _takes(function, "padding")
        if not (whole and pads):
            image = zero_pad(image, padding)
        if not whole:
            rows, columns = (high - 1) * stride + kernel.shape[0], (wide - 1) * stride + kernel.shape[1]
            image = image[top * stride : top * stride + rows, left * stride : left * stride + columns]
        options = {**({"stride": stride} if strides else {}), **({"padding": padding} if whole and pads else {})}

        @wraps(function)
        def with_options(image: Array, kernel: Array) -> Any:
            return function(image, kernel, **options)

        if strides:
            return called(with_options, image, kernel, shape=(high, wide))
        dense = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
        if whole and pads:
            dense = dense[0] + 2 * padding, dense[1] + 2 * padding
        return called(with_options, image, kernel, shape=dense)[::stride, ::stride]


def _around(place: tuple[int, int], shape: tuple[int, ...], side: int) -> tuple[int, int, int, int]:
    """Return top, left, height and width of a square round a place, inside of a map.

    Examples
    --------
    >>> _around((1, 20), (30, 40), 10)
    (0, 15, 10, 10)
    """
    high, wide = min(side, shape[0]), min(side, shape[1])
    top, left = (
        min(max(at - size // 2, 0), most - size) for at, size, most in zip(place, (high, wide), shape, strict=True)
    )
    return top, left, high, wide


def _takes(function: Callable[..., Any], name: str) -> bool:
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
