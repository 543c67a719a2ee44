"""The checks of lesson 4, pooling and invariance."""

from __future__ import annotations

from .averages import AVG_POOL2D, GLOBAL_AVG_POOL
from .backward import MAX_POOL2D_BACKWARD
from .following import EQUIVARIANCE_GAP
from .maximum import MAX_POOL2D
from .shifting import SHIFT
from .staying import INVARIANCE

__all__ = ["EXERCISES"]

EXERCISES = (
    MAX_POOL2D,
    AVG_POOL2D,
    SHIFT,
    INVARIANCE,
    EQUIVARIANCE_GAP,
    GLOBAL_AVG_POOL,
    MAX_POOL2D_BACKWARD,
)
