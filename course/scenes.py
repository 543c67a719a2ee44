"""Garments that stand anywhere, with scraps of others in their way: what the graded training run learns from."""

from __future__ import annotations

import numpy as np

__all__ = ["FARTHEST", "SCRAPS", "SCRAP_SIDE", "scenes"]

FARTHEST = 6  # pixels that a garment is moved, in both directions
SHARES = 0.3, 0.5  # of the other garment that is mixed in
SCRAPS, SCRAP_SIDE = 2, 8  # pieces of other pictures, and their size in pixels


def scenes(images: np.ndarray, labels: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return, for each chosen garment, a picture that nobody has: mixed, mirrored, moved, strewn with scraps.

    Each garment is mixed with another of its class, may be mirrored, is moved by up to 6 pixels in both directions,
    and two scraps of 8 × 8 pixels of other pictures lie on it, the brighter pixel on top. So what a garment looks like
    counts, not where it stands; and no list of known pictures holds it.

    Parameters
    ----------
    images : uint8 array of shape (N, height, width)
        Garments, from 0 (black) to 255.
    labels : array of whole numbers of shape (N,)
        Their classes.
    chosen : array of whole numbers
        Which of them.
    rng : numpy.random.Generator
        Source of all chance.

    Returns
    -------
    uint8 array of shape (len(chosen), height, width)

    Examples
    --------
    >>> from course.data import fashion_mnist_sample
    >>> sample = fashion_mnist_sample("train")
    >>> scenes(sample.images, sample.labels, np.array([0, 1]), np.random.default_rng(0)).shape
    (2, 28, 28)
    """
    made = []
    for k in chosen:
        other = images[rng.choice(np.flatnonzero(labels == labels[k]))]
        share = rng.uniform(*SHARES)
        made.append(_strewn(rng, images, _moved(rng, (1 - share) * images[k] + share * other)))
    return np.rint(made).astype(np.uint8)


def _moved(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    down, right = rng.integers(0, 2 * FARTHEST + 1, size=2)
    height, width = image.shape
    return np.pad(image[:, :: rng.choice([-1, 1])], FARTHEST)[down : down + height, right : right + width]


def _strewn(rng: np.random.Generator, images: np.ndarray, image: np.ndarray) -> np.ndarray:
    image = image.copy()
    for _ in range(SCRAPS):
        other = images[rng.integers(len(images))]
        row, column = (rng.integers(0, size - SCRAP_SIDE + 1) for size in other.shape)
        top, left = (rng.integers(0, size - SCRAP_SIDE + 1) for size in image.shape)
        place = image[top : top + SCRAP_SIDE, left : left + SCRAP_SIDE]
        np.maximum(place, other[row : row + SCRAP_SIDE, column : column + SCRAP_SIDE], out=place)
    return image
