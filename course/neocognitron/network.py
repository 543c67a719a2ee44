"""The neocognitron, layer upon layer, and its self-organisation.

Source: K. Fukushima, *Neocognitron*, Biological Cybernetics 36, 1980; `course.neocognitron` says what the paper leaves
open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arithmetic import output_size, whole_number
from ..errors import argument_error
from ..ops.arguments import Array, as_floats
from .cells import positive, reinforce
from .layers import c_layer, fixed_c, fixed_d, s_layer
from .organise import initial_excitation, representatives

__all__ = ["PAPER", "Module", "Neocognitron"]


BATCH = 16  # pictures that are computed together: so few that their layers stay in a processor's cache


@dataclass(frozen=True)
class Module:
    """An S-layer and the C-layer above it.

    Parameters
    ----------
    r : float
        How choosy the S-cells are.
    q : float
        How fast they learn.
    planes : int
        Planes of both layers.
    s_window, s_padding : int
        What an S-cell sees of every plane, and the silent cells on each side.
    column : int
        Height and width of an S-column.
    c_window, c_stride, c_padding : int
        What a C-cell sees of its plane, the way to the next, and the silent cells on each side.

    Examples
    --------
    >>> Module(r=4.0, q=1.0).sizes(16)
    (16, 10)
    """

    r: float
    q: float
    planes: int = 24
    s_window: int = 5
    s_padding: int = 2
    column: int = 5
    c_window: int = 5
    c_stride: int = 2
    c_padding: int = 4

    def sizes(self, size: int) -> tuple[int, int]:
        """Return height (and width) of the S-layer and of the C-layer, in cells, where `size` is that below."""
        s_size = output_size(size, self.s_window, 1, self.s_padding)
        return s_size, output_size(s_size, self.c_window, self.c_stride, self.c_padding)


PAPER = (
    Module(r=4.0, q=1.0),
    Module(r=1.5, q=16.0, s_padding=1),
    Module(r=1.5, q=16.0, s_padding=0, column=2, c_window=2, c_stride=1, c_padding=0),
)


class Neocognitron:
    """A neocognitron that has not seen anything yet.

    Parameters
    ----------
    modules : sequence of Module
        From the retina upwards; `PAPER` has the sizes and numbers of the paper.
    size : int
        Height and width of the retina U0, in pixels.
    alpha : float
        The excess at which a C-cell answers one half.
    base : float
        How fast the fixed synapses c and d fall, as for `fading`.
    strength : float
        The scale of the synapses at the start.

    Attributes
    ----------
    a, b : list of ndarray
        The synapses that are learned, one array for each S-layer: shapes (K, K', height, width) and (K,).
    c, d : list of ndarray
        The fixed ones.

    Raises
    ------
    ArgumentError
        If the last layer has more than one cell in a plane, or a layer does not fit upon the one below.

    Examples
    --------
    >>> network = Neocognitron()
    >>> for name, shape in network.shapes().items():
    ...     print(name, shape)
    U0 (1, 16, 16)
    US1 (24, 16, 16)
    UC1 (24, 10, 10)
    US2 (24, 8, 8)
    UC2 (24, 6, 6)
    US3 (24, 2, 2)
    UC3 (24, 1, 1)
    """

    def __init__(
        self,
        modules: Sequence[Module] = PAPER,
        size: int = 16,
        alpha: float = 0.5,
        base: float = 0.7,
        strength: float = 1e-4,
    ) -> None:
        self.modules = tuple(modules)
        self.size = whole_number("Neocognitron", "size", size)
        self.alpha = positive("Neocognitron", "alpha", alpha)
        if not self.modules:
            raise argument_error("Neocognitron", "modules", "hold at least one Module", modules, "Use PAPER.")
        below = (1, *(module.planes for module in self.modules[:-1]))
        self.c = [fixed_c(m.s_window, planes, base) for m, planes in zip(self.modules, below, strict=True)]
        self.d = [fixed_d(m.c_window, base) for m in self.modules]
        self.a = [
            initial_excitation(m.planes, planes, c, strength)
            for m, planes, c in zip(self.modules, below, self.c, strict=True)
        ]
        self.b = [np.zeros(m.planes) for m in self.modules]
        top = list(self.shapes().values())[-1]
        if top[1:] != (1, 1):
            raise argument_error(
                "Neocognitron", "modules", "end in one cell for each plane", top, "Use larger windows, or less padding."
            )

    def shapes(self) -> dict[str, tuple[int, int, int]]:
        """Return (planes, height, width) of each layer by its name, from U0 upwards."""
        size, shapes = self.size, {"U0": (1, self.size, self.size)}
        for number, module in enumerate(self.modules, start=1):
            s_size, size = module.sizes(size)
            shapes[f"US{number}"] = (module.planes, s_size, s_size)
            shapes[f"UC{number}"] = (module.planes, size, size)
        return shapes

    def layers(self, pictures: ArrayLike, modules: int | None = None) -> dict[str, Array]:
        """Return the activities of all layers, by their names.

        Parameters
        ----------
        pictures : array_like of shape (N, size, size)
            Brightness from 0 up.
        modules : int, optional
            How many modules, from below; all of them unless it is given.

        Returns
        -------
        dict of ndarray
            Of shapes (N, planes, height, width), from U0 upwards.
        """
        u = as_floats("layers", "pictures", pictures, axes=3)[:, np.newaxis]
        if u.shape[2:] != (self.size, self.size):
            raise argument_error(
                "layers", "pictures", f"be {self.size} x {self.size} pixels", u[:, 0], "Cut, pad or enlarge them."
            )
        activities = {"U0": u}
        for i, m in enumerate(self.modules[:modules]):
            s = s_layer(u, self.a[i], self.b[i], self.c[i], m.r, m.s_padding)
            u = c_layer(s, self.d[i], self.alpha, m.c_stride, m.c_padding)
            activities[f"US{i + 1}"], activities[f"UC{i + 1}"] = s, u
        return activities

    def answers(self, pictures: ArrayLike) -> Array:
        """Return what the cells of the last layer answer.

        Parameters
        ----------
        pictures : array_like of shape (N, size, size)
            Brightness from 0 up.

        Returns
        -------
        ndarray of shape (N, planes)
            From 0 to below 1.
        """
        seen = as_floats("answers", "pictures", pictures, axes=3)
        batches = np.split(seen, range(BATCH, len(seen), BATCH))
        return np.concatenate([list(self.layers(batch).values())[-1][:, :, 0, 0] for batch in batches])

    def winners(self, pictures: ArrayLike) -> Array:
        """Return which cell of the last layer answers most to each picture, and -1 where none answers.

        Cells that have learned nothing do not count: their tiny first synapses answer a little to everything.

        Parameters
        ----------
        pictures : array_like of shape (N, size, size)
            Brightness from 0 up.

        Returns
        -------
        ndarray of shape (N,), int
            Numbers of planes.
        """
        answers = self.answers(pictures) * (self.b[-1] > 0)
        return np.where(answers.max(axis=1) > 0, answers.argmax(axis=1), -1)

    def present(self, picture: ArrayLike, learning: int | None = None) -> list[dict[int, tuple[int, int]]]:
        """Show one picture, and let the S-layers learn from it.

        All layers answer first, with the synapses that they had; then they are reinforced.

        Parameters
        ----------
        picture : array_like of shape (size, size)
            Brightness from 0 up.
        learning : int, optional
            The only module that learns, from 0; all of them learn unless it is given.

        Returns
        -------
        list of dict
            The representatives of each S-layer that learned, as `representatives` returns them.
        """
        learners = range(len(self.modules)) if learning is None else [learning]
        activities = self.layers(np.asarray(picture)[np.newaxis], modules=learners[-1] + 1)
        chosen = [representatives(activities[f"US{i + 1}"][0], self.modules[i].column) for i in learners]
        for i, places in zip(learners, chosen, strict=True):
            self._reinforce(i, activities["U0" if i == 0 else f"UC{i}"][0], places)
        return chosen

    def _reinforce(self, i: int, below: Array, places: dict[int, tuple[int, int]]) -> None:
        """Let the planes of one S-layer learn what their representatives see of the layer below."""
        module = self.modules[i]
        margin = (module.s_padding, module.s_padding)
        seen = np.pad(below, ((0, 0), margin, margin))
        for plane, (row, column) in places.items():
            window = seen[:, row : row + module.s_window, column : column + module.s_window]
            self.a[i][plane], self.b[i][plane] = reinforce(
                self.a[i][plane], self.b[i][plane], window, self.c[i], module.q
            )
