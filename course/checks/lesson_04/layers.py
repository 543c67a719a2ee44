"""The layers that invariance and the gap to equivariance are tried on, and pictures for them."""

from __future__ import annotations

import numpy as np

from ..objects import Made

__all__ = [
    "DIFFERENCES",
    "LARGEST",
    "MAX_BLOCKS",
    "MAX_BLOCKS_MIRRORED",
    "MEAN_BLOCKS",
    "PLACES",
    "TURNED",
    "TWICE",
    "UNTOUCHED",
    "WIDE_BLOCKS",
    "WIDE_BLOCKS_MIRRORED",
    "dots",
]


MAX_BLOCKS = Made("max_of_blocks", {"size": 2}, "max pooling 2 x 2, stride 2")
WIDE_BLOCKS = Made("max_of_blocks", {"size": 3}, "max pooling 3 x 3, stride 3")
MEAN_BLOCKS = Made("mean_of_blocks", {"size": 2}, "average pooling 2 x 2, stride 2")
TWICE = Made("max_of_blocks", {"size": 2, "times": 2}, "max pooling 2 x 2, twice: stride 4")
UNTOUCHED = Made("same_picture", {}, "a layer that gives the picture itself")
DIFFERENCES = Made("differences", {}, "each pixel minus its left neighbour, one column less: stride 1")
PLACES = Made("times_column", {}, "each pixel times the number of its column: stride 1")
MAX_BLOCKS_MIRRORED = Made(
    "max_of_blocks", {"size": 2, "mirrored": True}, "max pooling 2 x 2, stride 2, then the mirror image"
)
WIDE_BLOCKS_MIRRORED = Made(
    "max_of_blocks", {"size": 3, "mirrored": True}, "max pooling 3 x 3, stride 3, then the mirror image"
)
LARGEST = Made("largest_of_map", {}, "the largest value of each map: shape (N, C)")
TURNED = Made("left_to_right", {}, "the mirror image: stride 1")


def dots(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return a picture of small whole numbers, about half of them 0, with none on the border alone."""
    return (rng.integers(1, 9, size=shape) * rng.integers(0, 2, size=shape)).astype(float)
