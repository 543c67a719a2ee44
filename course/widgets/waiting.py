"""One line at the lower edge of a notebook's window, which is no output of any cell."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

__all__ = ["Waiting"]


class Waiting(anywidget.AnyWidget):
    """A line of text that is there as long as this object is open. It is not displayed, and so never saved.

    Examples
    --------
    >>> line = Waiting()
    >>> line.show("learning: 3 of 60")
    >>> line.text
    'learning: 3 of 60'
    >>> line.close()
    """

    _esm = Path(__file__).with_name("waiting.js").read_text(encoding="utf-8")
    text = traitlets.Unicode().tag(sync=True)

    def show(self, text: str) -> None:
        """Replace the text by another."""
        self.text = text
