"""Pictures of the lessons: functions that return a matplotlib Figure with a text description."""

from __future__ import annotations

from .base import COLOURS, Picture, described, new_figure

__all__ = ["COLOURS", "Picture", "described", "new_figure"]
