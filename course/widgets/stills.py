"""Still pictures of explorers, drawn with Pillow: a ground to draw on, and letters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from ..figures.base import INK

__all__ = ["canvas_of", "text_font"]


@lru_cache
def text_font(size: int) -> Any:
    """Return matplotlib's font for Pillow: its own has no ×."""
    import matplotlib
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), size)


def canvas_of(width: int, height: int) -> Any:
    """Return an empty Pillow image to draw on, without a ground of its own: write on it in `INK`."""
    from PIL import Image

    return Image.new("RGBA", (width, height), f"{INK}00")
