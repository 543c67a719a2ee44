"""Explorers: pictures that answer to sliders, with a still picture where no kernel runs."""

from __future__ import annotations

from .base import Explorer, Still, still_of_array

__all__ = ["Explorer", "Still", "still_of_array"]
