"""The explorer of lesson 6: a neocognitron, all its layers at once, and what each cell computes."""

from __future__ import annotations

import copy
import gzip
import io
import json
import struct
from typing import Any

import numpy as np

from ..errors import argument_error
from ..figures.base import INK
from ..neocognitron import Neocognitron, digits, organised, reading, shifted
from ..neocognitron.measure import DEFORMED
from ..ops.arguments import Array
from .explorer import Explorer
from .stills import canvas_of, text_font

__all__ = ["NeocognitronExplorer", "as_held", "neocognitron_explorer"]

SIZE = 16  # pixels of a side of the retina
LEVELS = 9_999  # steps of the synapses of one plane
FAR = 8  # how far a pattern can be moved, in pixels
FIRST = 2  # the digit that is shown first


class NeocognitronExplorer(Explorer):
    """A neocognitron that is looked into, as `neocognitron_explorer` makes it."""

    script = "neocognitron.js"
    parts = ("neocognitron_parts.js",)


def neocognitron_explorer(network: Neocognitron | None = None) -> NeocognitronExplorer:
    """Return an explorer of S-cells and C-cells: draw a pattern, move it, see which cells of which planes answer.

    The browser computes all of it. It shows the planes that have learned something; the cells of all others count as
    silent, which changes no answer of a learned cell by more than 0.001 in the networks of `organised`.

    Parameters
    ----------
    network : Neocognitron, optional
        One with a retina of 16 x 16 that has organised itself; ``organised()`` unless it is given.

    Raises
    ------
    ArgumentError
        It is no neocognitron, its retina has another size, or one of its layers has learned nothing.

    Examples
    --------
    >>> explorer = neocognitron_explorer()
    >>> explorer.description.split(". ")[-1]
    'Cell 11 of UC3 answers most, 0.48: it answers to 2.'
    >>> explorer.view["picture"]
    '2'
    """
    if network is None:
        network = organised()
    fix = "Make one with organised()."
    if not isinstance(network, Neocognitron):
        raise argument_error("neocognitron_explorer", "network", "be a Neocognitron", network, fix)
    if network.size != SIZE:
        rule = f"have a retina of {SIZE} x {SIZE}"
        raise argument_error("neocognitron_explorer", "network", rule, f"size = {network.size}", fix)
    if not all(np.any(b > 0) for b in network.b):
        rule = "have learned something in each S-layer"
        raise argument_error("neocognitron_explorer", "network", rule, "a layer with b = 0 in all planes", fix)
    held, levels, steps = as_held(network)
    meaning = _meaning(held)
    facts = {
        "alpha": held.alpha,
        "modules": [
            {
                "r": m.r, "planes": m.planes, "learned": learned_planes(held, i),
                "b": held.b[i][held.b[i] > 0].tolist(), "steps": steps[i],
                "c": held.c[i].ravel().tolist(), "d": held.d[i].ravel().tolist(),
                "window": m.s_window, "padding": m.s_padding,
                "cWindow": m.c_window, "cStride": m.c_stride, "cPadding": m.c_padding,
            }
            for i, m in enumerate(held.modules)
        ],
        "meaning": meaning,
        "looks": ["as learned", *(name.replace(" x ", " × ") for name in DEFORMED)],
        "pictures": [[_bits(picture) for picture in digits(**how)] for how in ({}, *DEFORMED.values())],
        "task": _task(held, meaning),
    }  # fmt: skip
    told = json.dumps(facts, separators=(",", ":")).encode()
    blob = gzip.compress(struct.pack("<I", len(told)) + told + levels.astype("<u2").tobytes(), mtime=0)
    activities = held.layers(digits()[FIRST : FIRST + 1])
    s_cells = activities["US2" if "US2" in activities else "US1"][0]
    plane, row, column = (int(one) for one in np.unravel_index(int(s_cells.argmax()), s_cells.shape))
    number = learned_planes(held, 1 if "US2" in activities else 0).index(plane)
    view = {
        "picture": str(FIRST), "look": 0, "down": 0, "right": 0, "noise": 0, "draw": 1, "r": [0] * len(held.modules),
        "layer": 3 if "US2" in activities else 1, "cell": [number, row, column],
    }  # fmt: skip
    still, description = _still(held, activities, meaning)
    return NeocognitronExplorer("Look into a neocognitron", description, still, {"blob": blob}, view)


def learned_planes(network: Neocognitron, module: int) -> list[int]:
    """Return the numbers of the planes of a module that have learned something."""
    return [int(plane) for plane in np.flatnonzero(network.b[module] > 0)]


def as_held(network: Neocognitron) -> tuple[Neocognitron, Array, list[list[float]]]:
    """Return a network as the explorer holds it: synapses in whole steps, and none of a plane that learned nothing.

    Parameters
    ----------
    network : Neocognitron
        It is not changed.

    Returns
    -------
    held : Neocognitron
        Its b have seven digits. Its synapses a are ``levels * step * c``, and 0 where a plane, or the one that it
        sees, has learned nothing.
    levels : ndarray of int
        From 0 to 9,999: layer after layer, learned plane after learned plane, those that it sees, rows, columns.
    steps : list of list of float
        One step for each learned plane of each layer.
    """
    held, levels, steps = copy.deepcopy(network), [], []
    below = [0]
    for i in range(len(held.modules)):
        learned = learned_planes(held, i)
        part = held.a[i][np.ix_(learned, below)] / held.c[i]
        step = _short(part.max(axis=(1, 2, 3)) / LEVELS)
        whole = np.rint(part / step[:, None, None, None])
        held.a[i] = np.zeros_like(held.a[i])
        held.a[i][np.ix_(learned, below)] = whole * step[:, None, None, None] * held.c[i]
        held.b[i] = _short(held.b[i])
        levels.append(whole.ravel())
        steps.append(step.tolist())
        below = learned
    return held, np.concatenate(levels).astype(int), steps


def _short(numbers: Array) -> Array:
    """Return numbers with seven digits, which take less room."""
    return np.array([float(f"{one:.7g}") for one in numbers])


def _meaning(network: Neocognitron) -> dict[int, int]:
    """Return which digit each cell of the last layer answers to, as `reading` finds it."""
    cells, read = network.winners(digits()), reading(network, digits())(digits())
    return {int(cell): name for name, cell in enumerate(cells) if read[name] == name}


def _task(network: Neocognitron, meaning: dict[int, int]) -> dict[str, Any] | None:
    """Return a digit that loses its cell somewhere on its way to the right, and how far it goes before."""
    read = reading(network, digits())
    last = f"UC{len(network.modules)}"
    for name in sorted(meaning.values(), key=lambda one: (one != FIRST, one)):
        way = np.stack([shifted(digits()[name], 0, right) for right in range(FAR + 1)])
        lost = np.flatnonzero(read(way) != name)
        if lost.size and lost[0] > 1:
            far = int(lost[0]) - 1
            answers = network.answers(way[lost[0] : lost[0] + 1])[0]
            cell = int(answers.argmax())
            after = f"cell {cell} of {last} answers most" if answers[cell] > 0 else f"no cell of {last} answers"
            found = f"{far} pixel{'s' if far > 1 else ''}. At {far + 1}, {after}."
            return {"digit": name, "far": far, "found": found}
    return None


def _bits(picture: Array) -> str:
    """Return a picture of 0 and 1 as hexadecimal digits, four pixels each."""
    return np.packbits(picture.astype(bool)).tobytes().hex()


def _answer_in_words(answers: Array, meaning: dict[int, int], last: str) -> str:
    cell = int(answers.argmax())
    if not answers[cell] > 0:
        return f"No cell of {last} answers."
    stands = f"it answers to {meaning[cell]}" if cell in meaning else "it stands for no digit"
    return f"Cell {cell} of {last} answers most, {answers[cell]:.2f}: {stands}."


def _still(network: Neocognitron, activities: dict[str, Array], meaning: dict[int, int]) -> tuple[bytes, str]:
    """Return all layers for the first digit, as the bytes of a PNG file, and what they show in words."""
    from matplotlib import colormaps
    from PIL import Image, ImageDraw

    names = list(activities)
    canvas = canvas_of(870, 340)
    pen, font = ImageDraw.Draw(canvas), text_font(12)

    def tile(sheet: Array, left: int, top: int, cell: int) -> None:
        colours = colormaps["viridis"](np.clip(sheet, 0, 1)) if sheet.any() else np.full((*sheet.shape, 4), 0.5)
        image = Image.fromarray((255 * colours).round().astype(np.uint8))
        side = cell * len(sheet)
        canvas.paste(image.resize((side, side), Image.Resampling.NEAREST), (left, top))

    pen.text((0, 0), "U0", fill=INK, font=font)
    pixels = Image.fromarray((255 * activities["U0"][0, 0]).astype(np.uint8))
    canvas.paste(pixels.resize((10 * SIZE, 10 * SIZE), Image.Resampling.NEAREST), (0, 18))
    left, counts = 10 * SIZE + 24, []
    for number, name in enumerate(names[1:]):
        if number == 2:  # the first module stands above, the others below
            left = 0
        sheets, planes = activities[name][0], learned_planes(network, number // 2)
        cell = max(2, min(16, 40 // sheets.shape[1]))
        top, broad = (0 if number < 2 else 230), cell * sheets.shape[1] + 4
        answering = sum(bool(sheets[plane].any()) for plane in planes)
        counts.append(f"{answering} of {len(planes)} in {name}")
        pen.text((left, top), name, fill=INK, font=font)
        across = 8 if number < 2 else 6
        for k, plane in enumerate(planes):
            tile(sheets[plane], left + k % across * broad, top + 18 + k // across * broad, cell)
        left += max(min(across, len(planes)) * broad, 30) + 20
    answers, last = activities[names[-1]][0, :, 0, 0], names[-1]
    said = _answer_in_words(answers, meaning, last)
    pen.text((0, 196), said, fill=INK, font=font)
    buffer = io.BytesIO()
    canvas.quantize(24, method=Image.Quantize.FASTOCTREE).save(buffer, "png", optimize=True)
    return buffer.getvalue(), (
        f"A {FIRST} on the retina, and the planes that have learned something. "
        f"Of these answer {', '.join(counts)}. {said}"
    )
