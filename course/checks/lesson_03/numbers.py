"""Numbers for the cases: small enough to read, uneven enough that no wrong answer comes out right by chance."""

from __future__ import annotations

import numpy as np

__all__ = ["numbers", "tenths"]


def numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return whole numbers from -5 to 9, as floats: a reader can add them up by hand."""
    return rng.integers(-5, 10, size=shape).astype(float)


def tenths(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return positive and negative numbers with one decimal."""
    return np.round(rng.normal(scale=3.0, size=shape), 1)
