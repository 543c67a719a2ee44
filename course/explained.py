"""A network from the inside, as plain NumPy arrays: what the explorer of lesson 5 asks, and what it shows.

For one picture: what each layer gives, and the answer, also where the picture is moved. For each unit: its receptive
field, and the test pictures that excite it most. All of it for the network as it is, and for each stage of its
training.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from .activations import first_filters
from .answers import as_input, check_pictures, shift_pictures
from .errors import ArgumentError, DataError, argument_error
from .layers import Layer, follow, used_as_it_is
from .models import load_weights

__all__ = ["Exciting", "Explained", "explained"]

BEST = 9  # pictures for each unit
BATCH = 100
UNITS = 60_000  # in a layer with more, only whole maps are told their pictures

POINTWISE = ("Dropout", "Dropout2d", "ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Sigmoid", "Tanh")

# Along one axis: how many pixels a unit sees, how far those of the next one lie, and where those of unit 0 begin.
Axis = tuple[int, int, int]


@dataclass(frozen=True)
class Exciting:
    """The pictures that excite the units of one layer most, the strongest first; BEST of them, or as many as there are.

    Attributes
    ----------
    unit_pictures, unit_values : uint16 and float32 arrays of shape (units, BEST)
        For each unit, counted map by map and row by row. Empty where the layer has too many units.
    map_pictures, map_places, map_values : arrays of shape (maps, BEST)
        For each map, wherever in it the picture excites it most: at place row * columns + column.
    """

    unit_pictures: np.ndarray
    unit_values: np.ndarray
    map_pictures: np.ndarray
    map_places: np.ndarray
    map_values: np.ndarray


class Explained:
    """A network that answers questions about itself: made by `explained`.

    Attributes
    ----------
    layers : list of dict
        ``name`` such as "2 ReLU"; ``number``, counted from 0 on the way of a picture; ``shape``, (maps, rows, columns),
        where neurons are maps of 1 × 1; ``field``, for rows and columns how many pixels a unit sees, how far the next
        unit's lie, and where those of the first begin, or None where a unit may see the whole picture.
    stages : list of str
        The stages of the training, in words; the last is the network as it is.
    images, labels : uint8 array of shape (N, H, W), int64 array of shape (N,)
    classes : list of str
    searched : int
        Among how many pictures, from the first, those that excite a unit are looked for.
    """

    def __init__(
        self,
        model: nn.Module,
        images: np.ndarray,
        labels: np.ndarray,
        classes: Sequence[str],
        stages: Sequence[tuple[str, Mapping[str, Any]]],
        searched: int,
    ):
        self.images, self.labels, self.classes = images, np.asarray(labels, np.int64), [str(one) for one in classes]
        self.stages = [*(words for words, _ in stages), "as it is"]
        self.searched = min(searched, len(images))
        self._now, self._earlier, self._states = copy.deepcopy(model), copy.deepcopy(model), [one for _, one in stages]
        self._shown: int | None = None
        self._exciting: dict[tuple[int, int], Exciting] = {}
        self._right: dict[int, float] = {}
        self._followed = self._follow_once()
        for number in range(len(stages)):
            self._at(number)
        self.layers = _described(self._followed, images.shape[1:])

    def _at(self, stage: int) -> nn.Module:
        """Return the network as it was at a stage."""
        stage = range(len(self.stages))[stage]
        if stage == len(self._states):
            return self._now
        if self._shown != stage:
            state, self._shown = self._states[stage], None
            try:
                if all(isinstance(one, torch.Tensor) for one in state.values()):
                    self._earlier.load_state_dict(state)
                else:
                    load_weights(self._earlier, dict(state))
            except (RuntimeError, DataError, AttributeError, TypeError) as error:
                rule = f"hold weights of this network; those of {self.stages[stage]!r} are not: {error}"
                fix = "Give the stages of a run that trained this very network."
                raise argument_error("explained", "stages", rule, type(state).__name__, fix) from None
            self._shown = stage
        return self._earlier

    def _follow_once(self) -> list[Layer]:
        """Send the first picture through, and see whether this is a classifier that can be followed."""
        found: list[Layer] = []
        try:
            with used_as_it_is(self._now):
                given = follow(
                    self._now, as_input(self._now, self.images[:1]), lambda k, layer, out: found.append(layer)
                )
        except Exception as error:
            height, width = self.images.shape[1:]
            rule = f"take grey pictures of {height} × {width} pixels; it stopped with: {error}"
            fix = "Give a network that was built for these pictures."
            raise argument_error("explained", "model", rule, type(self._now).__name__, fix) from error
        if not isinstance(given, torch.Tensor) or given.shape != (1, len(self.classes)):
            got = tuple(given.shape) if isinstance(given, torch.Tensor) else type(given).__name__
            rule = f"give one number for each of the {len(self.classes)} classes, of shape (1, {len(self.classes)})"
            raise argument_error("explained", "model", rule, got, "Give a classifier for these classes.")
        return found

    def _shares(self, given: torch.Tensor) -> np.ndarray:
        """Return what the network gives as probabilities."""
        if not (self._followed and self._followed[-1].kind == "softmax"):
            given = given.float().softmax(dim=1)
        shares: np.ndarray = given.float().cpu().numpy()
        if not np.isfinite(shares).all():
            got = float(shares[~np.isfinite(shares)][0])
            raise argument_error("explained", "model", "give finite numbers", got, "Train it anew, more slowly.")
        return shares

    def look(
        self, image: np.ndarray, layers: Sequence[int], stage: int = -1
    ) -> tuple[dict[int, np.ndarray], np.ndarray]:
        """Return what layers make of a picture, float32 of shape (maps, rows, columns), and each class's probability.

        Parameters
        ----------
        image : uint8 array of shape (H, W)
        layers : sequence of int
            Their numbers, as in ``layers``.
        stage : int
            An index into ``stages``; by default the network as it is.
        """
        check_pictures("look", image[None])
        wanted, maps = set(layers), {}

        def keep(number: int, layer: Layer, output: torch.Tensor) -> None:
            if number in wanted:  # copied: a later ReLU may work in place
                array = np.array(output[0].float().cpu().numpy(), np.float32, order="C")
                maps[number] = array if array.ndim == 3 else array.reshape(-1, 1, 1)

        model = self._at(stage)
        with used_as_it_is(model):
            given = follow(model, as_input(model, image[None]), keep)
        return maps, self._shares(given)[0]

    def moved(self, image: np.ndarray, most: int = 4, stage: int = -1) -> np.ndarray:
        """Return the probabilities of each class for a picture moved up to `most` pixels.

        Returns
        -------
        float32 array of shape (2 * most + 1, 2 * most + 1, classes)
            In row i and column j for the picture moved i - most down and j - most to the right; black comes in.
        """
        shifts = [(down, right) for down in range(-most, most + 1) for right in range(-most, most + 1)]
        pictures = np.concatenate([shift_pictures(image[None], *shift) for shift in shifts])
        model = self._at(stage)
        with used_as_it_is(model):
            shares = self._shares(model(as_input(model, pictures)))
        return shares.reshape(2 * most + 1, 2 * most + 1, -1)

    def filters(self, stage: int = -1) -> np.ndarray:
        """Return the filters of the first convolution, float32 of shape (filters, height, width); empty without one."""
        try:
            return first_filters(self._at(stage))[:, 0]
        except ArgumentError:
            return np.zeros((0, 1, 1), np.float32)

    def right(self, stage: int = -1) -> float:
        """Return the share of right answers among the first ``searched`` pictures, from 0 to 1."""
        stage = range(len(self.stages))[stage]
        if stage not in self._right:
            model, right = self._at(stage), 0
            with used_as_it_is(model):
                for start in range(0, self.searched, BATCH):
                    part = slice(start, min(start + BATCH, self.searched))
                    answers = self._shares(model(as_input(model, self.images[part]))).argmax(1)
                    right += int((answers == self.labels[part]).sum())
            self._right[stage] = right / self.searched
        return self._right[stage]

    def exciting(self, layer: int, stage: int = -1) -> Exciting:
        """Return the pictures that excite the units and the maps of a layer most; found once, then kept.

        Parameters
        ----------
        layer : int
            Its number, as in ``layers``.
        stage : int
            An index into ``stages``; by default the network as it is.
        """
        key = layer, range(len(self.stages))[stage]
        if key not in self._exciting:
            self._exciting[key] = self._search(*key)
        return self._exciting[key]

    def _search(self, layer: int, stage: int) -> Exciting:
        maps, rows, columns = next(one["shape"] for one in self.layers if one["number"] == layer)
        few = maps * rows * columns <= UNITS
        units, whole, places = _Best(), _Best(), np.zeros((0, maps), np.int64)
        model = self._at(stage)
        for start in range(0, self.searched, BATCH):
            given = _reached(model, layer, self.images[start : min(start + BATCH, self.searched)])
            flat = given.reshape(len(given), maps, rows * columns)
            if few:
                units.add(flat.reshape(len(given), -1))
            strongest, where = flat.max(dim=2)
            whole.add(strongest)
            places = np.concatenate([places, where.cpu().numpy()])
        pictures, values = whole.found()
        nothing = np.zeros((0, BEST), np.uint16), np.zeros((0, BEST), np.float32)
        unit_pictures, unit_values = units.found() if few else nothing
        return Exciting(
            unit_pictures,
            unit_values,
            pictures,
            places[pictures, np.arange(maps)[:, None]].astype(np.uint16),
            values,
        )


def explained(
    model: nn.Module, data: Any, stages: Sequence[tuple[str, Mapping[str, Any]]] = (), searched: int = 500
) -> Explained:
    """Make a network ready to be looked into, as the explorer of lesson 5 does.

    Parameters
    ----------
    model : torch.nn.Module
        A classifier of grey pictures, on any device. It is copied, so that a later training changes nothing here.
    data : object
        Pictures to look at, with their classes: ``images``, ``labels`` and ``class_names``, as from
        `course.data.fashion_mnist_sample`.
    stages : sequence of (str, dict)
        Earlier weights of the same network with a word for each, from the earliest on: such as the ``taken`` of
        `course.training.Snapshots`. The dicts are ``state_dict``s or NumPy weights as from `models.weights_to_numpy`.
    searched : int
        Among how many pictures, from the first, those that excite a unit most are looked for.

    Raises
    ------
    ArgumentError
        The network does not take such pictures, gives something else than a number for each class, or a stage is of
        another network.

    Examples
    --------
    >>> from course.data import fashion_mnist_sample
    >>> from course.models import build_model
    >>> network = explained(build_model("small"), fashion_mnist_sample("test"))
    >>> network.layers[3]["name"], network.layers[3]["shape"], network.layers[3]["field"]
    ('3 MaxPool2d', (8, 14, 14), ((8, 2, -3), (8, 2, -3)))
    """
    if not isinstance(model, nn.Module):
        raise argument_error("explained", "model", "be a network of PyTorch", model, "Give a torch.nn.Module.")
    check_pictures("explained", getattr(data, "images", None))  # type: ignore[arg-type]
    if len(data.labels) != len(data.images):
        fix = "Give a data set as from course.data.fashion_mnist_sample."
        raise argument_error("explained", "data", "have one label for each picture", data, fix)
    if not (isinstance(searched, int) and searched >= 1):
        raise argument_error("explained", "searched", "be a whole number, at least 1", searched, "Use searched=500.")
    return Explained(model, data.images, data.labels, data.class_names, list(stages), searched)


class _Best:
    """The largest values of each column so far, and in which of all the rows they stood."""

    def __init__(self) -> None:
        self.values, self.rows, self.seen = torch.zeros(0), torch.zeros(0, dtype=torch.int64), 0

    def add(self, values: torch.Tensor) -> None:
        rows = torch.arange(self.seen, self.seen + len(values), device=values.device)
        values, rows = values.T, rows.expand(values.shape[1], -1)
        if self.seen:
            values, rows = torch.cat([self.values, values], dim=1), torch.cat([self.rows, rows], dim=1)
        self.seen = int(rows.max()) + 1
        self.values, chosen = values.topk(min(BEST, values.shape[1]), dim=1)
        self.rows = rows.gather(1, chosen)

    def found(self) -> tuple[np.ndarray, np.ndarray]:
        return self.rows.cpu().numpy().astype(np.uint16), self.values.float().cpu().numpy()


class _ReachedError(Exception):
    """Ends a run at the layer that is asked for, and carries its output."""

    def __init__(self, output: torch.Tensor):
        super().__init__()
        self.output = output


def _reached(model: nn.Module, layer: int, images: np.ndarray) -> torch.Tensor:
    """Return what one layer makes of pictures, without running those above it."""

    def stop(number: int, one: Layer, output: torch.Tensor) -> None:
        if number == layer:
            raise _ReachedError(output)

    try:
        with used_as_it_is(model):
            follow(model, as_input(model, images), stop)
    except _ReachedError as reached:
        return reached.output.float()
    raise argument_error("explained", "layer", "be a layer of the network", layer, "Choose one of its layers.")


def _described(layers: Sequence[Layer], size: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return name, shape and field of each layer whose output is maps or neurons."""
    axes: list[Axis] | None = [(1, 1, 0), (1, 1, 0)]
    found = []
    for number, layer in enumerate(layers):
        axes = _seen_through(layer, axes, size) if axes and len(layer.shape) == 3 else None
        size = layer.shape[1:]
        if len(layer.shape) in (1, 3):
            shape = layer.shape if len(layer.shape) == 3 else (*layer.shape, 1, 1)
            found.append(
                {
                    "number": number,
                    "name": f"{number} {layer.name}",
                    "shape": shape,
                    "field": None if axes is None else tuple(axes),
                }
            )
    return found


def _seen_through(layer: Layer, axes: list[Axis], below: tuple[int, ...]) -> list[Axis] | None:
    """Return what a unit of a layer sees along each axis, from what those below it see; None for all of the picture."""
    if layer.name in ("BatchNorm2d", *POINTWISE):
        return axes if layer.shape[1:] == below else None
    if layer.kind not in ("conv", "pool"):
        return None
    after = []
    for axis, ((seen, jump, first), pixels, units) in enumerate(zip(axes, below, layer.shape[1:], strict=True)):
        kernel, stride, padding, dilation = (
            layer.pair(option)[axis] for option in ("kernel_size", "stride", "padding", "dilation")
        )
        reach = dilation * (kernel - 1)
        # A network that branches, or moves its maps about, does not have as many units as the windows say.
        if units != (pixels + 2 * padding - reach - 1) // stride + 1:
            return None
        after.append((seen + reach * jump, jump * stride, first - padding * jump))
    return after
