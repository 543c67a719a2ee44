"""Explorers: pictures that a reader touches, drawn by the browser, with a still picture where no kernel runs."""

from __future__ import annotations

from .explorer import Explorer

__all__ = ["Explorer"]
