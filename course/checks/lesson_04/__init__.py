"""The checks of lesson 4, pooling and invariance."""

from __future__ import annotations

from .backward import MAX_POOL2D_BACKWARD
from .moving import EQUIVARIANCE_GAP, INVARIANCE, SHIFT
from .pooling import AVG_POOL2D, GLOBAL_AVG_POOL, MAX_POOL2D

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
