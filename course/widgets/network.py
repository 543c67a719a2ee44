"""The explorer of lesson 5: one garment on its way through the layers of a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ipywidgets
import numpy as np
from matplotlib import colormaps

from ..errors import argument_error
from .base import Explorer, Still, still_of_array

__all__ = ["draw_maps", "network_explorer"]

SIDE = 168  # pixels of the picture on the screen
GAP = 6


def network_explorer(
    images: np.ndarray, titles: Sequence[str], maps_of: Callable[[np.ndarray], Mapping[str, np.ndarray]]
) -> Explorer:
    """Return an explorer: choose a garment and a layer, and see what the layer makes of it.

    Parameters
    ----------
    images : uint8 array of shape (N, height, width)
        The garments.
    titles : sequence of str
        What each of them is.
    maps_of : callable
        Takes one picture (height, width), returns for each layer its maps (maps, height, width) or its neurons
        (neurons,), as `course.activations.feature_maps` does for one network.

    Raises
    ------
    ArgumentError
        There is no picture, or not one title for each.
    """
    if len(images) == 0 or len(titles) != len(images):
        fix = "Give at least one picture, and a word for each."
        raise argument_error("network_explorer", "titles", f"name each of the {len(images)} pictures", titles, fix)
    kept: dict[int, Mapping[str, np.ndarray]] = {}

    def maps_at(number: int) -> Mapping[str, np.ndarray]:
        if number not in kept:
            kept[number] = maps_of(images[number])
        return kept[number]

    def draw(picture: int, layer: str) -> Still:
        return draw_maps(images[picture], maps_at(picture)[layer], titles[picture], layer)

    layers = list(maps_at(0))
    controls = {
        "picture": ipywidgets.IntSlider(0, 0, len(images) - 1, description="garment"),
        "layer": ipywidgets.SelectionSlider(
            options=layers,
            value=layers[min(2, len(layers) - 1)],
            description="layer",
            layout=ipywidgets.Layout(width="30em"),
        ),
    }
    return Explorer(controls, draw, "A garment on its way through the network")


def draw_maps(image: np.ndarray, maps: np.ndarray, title: str, layer: str) -> Still:
    """Draw a garment, and beside it the maps or neurons of one layer: dark is 0, bright the layer's largest number.

    Parameters
    ----------
    image : uint8 array of shape (height, width)
        The garment.
    maps : float array of shape (maps, height, width) or (neurons,)
        What the layer gives; numbers below 0 are drawn as 0.
    title, layer : str
        What the garment and the layer are called.
    """
    left = colormaps["gray"](_scaled(image / 255, SIDE))
    stack = maps if maps.ndim == 3 else maps[:, None, None]
    highest = float(stack.max())
    # The square root makes weak maps visible beside strong ones.
    bright = np.sqrt(np.clip(stack / highest, 0, 1)) if highest > 0 else np.zeros(stack.shape)
    columns = 8 if len(stack) >= 8 else len(stack)
    side = 72 if stack.shape[1] > 1 else 30
    tiles = [_coloured(_scaled(one, side)) for one in bright]
    rows = [_beside(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    width = max(row.shape[1] for row in rows)
    right = np.concatenate([_padded(row, width=width, below=GAP) for row in rows])
    height = max(len(left), len(right))
    page = np.concatenate([_padded(left, height=height, right=3 * GAP), _padded(right, height=height)], axis=1)
    return still_of_array(page, _in_words(stack, maps.ndim, title, layer))


def _in_words(stack: np.ndarray, axes: int, title: str, layer: str) -> str:
    kind = f"maps of {stack.shape[1]} by {stack.shape[2]}" if axes == 3 else "neurons"
    one = "map" if axes == 3 else "neuron"
    strongest = int(stack.reshape(len(stack), -1).max(axis=1).argmax())
    asleep = int((stack.reshape(len(stack), -1) <= 0).all(axis=1).sum())
    return (
        f"{title} at layer {layer}: {len(stack)} {kind}, from left to right and top to bottom, dark for 0 and below. "
        f"The largest number is {stack.max():.2f}, in {one} {strongest} (counted from 0); "
        f"{asleep} of them are nowhere above 0."
    )


def _scaled(plane: np.ndarray, side: int) -> np.ndarray:
    """Return a picture as large as the screen wants it, each pixel a square."""
    rows = np.arange(side) * plane.shape[0] // side
    columns = np.arange(side) * plane.shape[1] // side
    return plane[rows][:, columns]


def _coloured(plane: np.ndarray) -> np.ndarray:
    return colormaps["viridis"](plane)


def _beside(tiles: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([_padded(tile, right=GAP) for tile in tiles], axis=1)


def _padded(page: np.ndarray, width: int = 0, height: int = 0, right: int = 0, below: int = 0) -> np.ndarray:
    """Return the page with nothing at its right and below, at least so wide and so high."""
    more_rows = max(below, height - page.shape[0])
    more_columns = max(right, width - page.shape[1])
    return np.pad(page, ((0, more_rows), (0, more_columns), (0, 0)), constant_values=0.0)
