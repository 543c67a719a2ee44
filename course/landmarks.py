"""Three networks side by side: the neocognitron, LeNet-5 and the Fashion-MNIST network of the book, counted alike.

Sources: K. Fukushima, "Neocognitron: A Self-organizing Neural Network Model for a Mechanism of Pattern Recognition
Unaffected by Shift in Position", Biol. Cybernetics 36 (1980), 193-202; Y. LeCun and others, Proc. IEEE 86 (1998),
2278-2324; A. Geron, "Hands-On Machine Learning", 2nd edition (2019), chapter 14.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Mapping
from typing import NamedTuple

from torch import nn

from .errors import argument_error
from .lenet import LayerCount, PartialConv2d, Subsample, layer_counts, lenet5
from .models import fashion_cnn
from .receptive import Layer, receptive_field

__all__ = ["NAMES", "NEOCOGNITRON", "CellLayer", "Landmark", "as_text", "landmarks", "neocognitron_counts", "windows"]

WORDS = {  # how each learns, and what its authors report
    "neocognitron": (
        "without labels: in each layer, the cells that answer strongest learn what they see",
        "a cell of its own for each of five digits, also shifted, deformed and noisy ones",
    ),
    "LeNet-5": (
        "from labels, by back-propagation of one loss through all layers",
        "0.95% of MNIST's test pictures wrong, 0.8% with distorted pictures added to the training",
    ),
    "Fashion-MNIST CNN": (
        "from labels, by back-propagation of one loss through all layers",
        "more than 92% of Fashion-MNIST's test pictures right",
    ),
}
NAMES = tuple(WORDS)


class CellLayer(NamedTuple):
    """A layer of the neocognitron."""

    name: str
    size: int  # cells along each side of a plane
    planes: int
    window: int  # places along each side of what a cell sees, in each plane that it sees
    learns: bool  # S-cells learn, and see all planes below; C-cells do not, and see their own
    stride: int = 1  # cells below from one cell to its neighbour; the course's choice, which the sizes allow


NEOCOGNITRON = (  # above an input of 16 × 16
    CellLayer("US1", 16, 24, 5, True),
    CellLayer("UC1", 10, 24, 5, False, stride=2),
    CellLayer("US2", 8, 24, 5, True),
    CellLayer("UC2", 6, 24, 5, False, stride=2),
    CellLayer("US3", 2, 24, 5, True),
    CellLayer("UC3", 1, 24, 2, False),
)


class Landmark(NamedTuple):
    """One row of the table. Counts are for one picture."""

    name: str
    year: int
    input_size: int  # pixels along each side of the picture
    layers: int  # that have connections
    connections: int
    parameters: int  # numbers that learning changes
    multiplications: int  # products of an input and a weight
    receptive_field: int  # pixels along each side that a unit above the last window sees; the paddings included
    learning: str
    published: str  # what its authors report
    accuracy: float | None  # what was measured here, 0 to 1; None where it was not given


def neocognitron_counts(layers: tuple[CellLayer, ...] = NEOCOGNITRON, input_planes: int = 1) -> list[LayerCount]:
    """Return the counts of the neocognitron, layer by layer, from the sizes in the paper.

    Each cell is counted with its whole window, also where that hangs over the edge. An S-cell has one connection to
    each place of its window in all planes below (learned, one set for each plane), and one to the inhibitory cell of
    its place (learned); that one has fixed connections to the same places, and serves all planes. A C-cell has fixed
    connections to its window in one plane, and one to an inhibitory cell, which has them to all planes; its sum is the
    mean of sums that are there already, and brings no products of its own.

    Parameters
    ----------
    layers : tuple of CellLayer
        From the input upwards.
    input_planes : int
        Planes of the input.

    Returns
    -------
    list of LayerCount
        As from `course.lenet.layer_counts`.

    Examples
    --------
    >>> [row.parameters for row in neocognitron_counts()]
    [624, 0, 14424, 0, 14424, 0]
    """
    rows, below = [], input_planes
    for layer in layers:
        places, window = layer.size**2, layer.window**2
        cells, inhibitory = places * layer.planes, places * window * below
        if layer.learns:
            products = cells * (window * below + 1) + inhibitory
            row = LayerCount(
                layer.name,
                (layer.planes, layer.size, layer.size),
                parameters=layer.planes * (window * below + 1),
                connections=products,
                multiplications=products,
            )
        else:
            shape = (layer.planes, layer.size, layer.size)
            row = LayerCount(layer.name, shape, 0, cells * (window + 1) + inhibitory, cells * window)
        rows.append(row)
        below = layer.planes
    return rows


def windows(model: nn.Module) -> list[tuple[int, int]]:
    """Return kernel size and stride of each convolution and pooling of a network, in the order of its modules.

    Parameters
    ----------
    model : torch.nn.Module
        With square windows, one after the other.

    Examples
    --------
    >>> windows(lenet5())
    [(5, 1), (2, 2), (5, 1), (2, 2), (5, 1)]
    """
    found = []
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            found.append((module.kernel_size[0], module.stride[0]))
        elif isinstance(module, PartialConv2d):
            found.append((module.weight.shape[-1], 1))
        elif isinstance(module, Subsample):
            found.append((2, 2))
        elif isinstance(module, (nn.MaxPool2d, nn.AvgPool2d)):
            found.append((int(module.kernel_size), int(module.stride)))  # type: ignore[arg-type]
    return found


def landmarks(accuracies: Mapping[str, float] | None = None) -> list[Landmark]:
    """Return the table of the three networks: two counted from their modules, the neocognitron from its sizes.

    The sizes are those of its paper. Its C-cells lie over every second S-cell, as in `course.neocognitron`, so its
    receptive field is that of the network which the course builds.

    Parameters
    ----------
    accuracies : dict of str to float, optional
        What was measured here, 0 to 1, by the names in `NAMES`.

    Raises
    ------
    ArgumentError
        A name is none of these.

    Examples
    --------
    >>> for row in landmarks({"LeNet-5": 0.99}):
    ...     print(row.name, row.year, row.layers, row.connections, row.parameters, row.receptive_field, row.accuracy)
    neocognitron 1980 6 1354456 29472 45 None
    LeNet-5 1998 7 340908 60000 32 0.99
    Fashion-MNIST CNN 2019 11 89676618 1413834 38 None
    """
    accuracies = dict(accuracies or {})
    unknown = sorted(set(accuracies) - set(NAMES))
    if unknown:
        rule = f"have the names {', '.join(NAMES)}"
        raise argument_error("landmarks", "accuracies", rule, unknown, 'Write landmarks({"LeNet-5": 0.99}).')
    lenet, book = lenet5(), fashion_cnn()
    cells = [(layer.window, layer.stride) for layer in NEOCOGNITRON]
    entries = (
        (1980, 16, neocognitron_counts(), cells),
        (1998, 32, layer_counts(lenet), windows(lenet)),
        (2019, 28, layer_counts(book, (1, 28, 28)), windows(book)),
    )
    table = []
    for (name, (learning, published)), (year, size, counts, stack) in zip(WORDS.items(), entries, strict=True):
        parameters, connections, products = (sum(column) for column in zip(*(row[2:] for row in counts), strict=True))
        seen = receptive_field(Layer(*one) for one in stack)
        counted = (len(counts), connections, parameters, products, seen)
        row = Landmark(name, year, size, *counted, learning, published, accuracies.get(name))
        table.append(row)
    return table


def as_text(rows: list[Landmark], width: int = 24) -> str:
    r"""Return the table as lines of text: one column for each network, one row for each property.

    Parameters
    ----------
    rows : list of Landmark
        As from `landmarks`.
    width : int
        Characters of a column.

    Examples
    --------
    >>> print("\n".join(as_text(landmarks()[1:2]).splitlines()[:3]))
                            LeNet-5
    year                    1998
    picture                 32 × 32
    """
    properties: dict[str, Callable[[Landmark], str]] = {
        "": lambda row: row.name,
        "year": lambda row: str(row.year),
        "picture": lambda row: f"{row.input_size} × {row.input_size}",
        "layers with connections": lambda row: str(row.layers),
        "connections": lambda row: f"{row.connections:,}",
        "numbers that it learns": lambda row: f"{row.parameters:,}",
        "multiplications": lambda row: f"{row.multiplications:,}",
        "pixels a top unit sees": _seen,
        "how it learns": lambda row: row.learning,
        "its authors report": lambda row: row.published,
        "right, measured here": lambda row: "not measured" if row.accuracy is None else f"{row.accuracy:.1%}",
    }
    lines = []
    for name, of in properties.items():
        cells = [textwrap.wrap(of(row), width - 2) for row in rows]
        for parts in itertools.zip_longest([name], *cells, fillvalue=""):
            lines.append(f"{parts[0]:<24}" + "".join(f"{part:<{width}}" for part in parts[1:]))
    return "\n".join(line.rstrip() for line in lines)


def _seen(row: Landmark) -> str:
    """Return in words how much of the picture a unit above the last window sees."""
    field, extent = row.receptive_field, f"{row.receptive_field} × {row.receptive_field}"
    if field < row.input_size:
        return extent
    return f"{extent}: all of it" if field == row.input_size else f"{extent}, with a border"
