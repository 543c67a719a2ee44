"""What a reader did: exercises passed, hints asked for, guesses made; kept in one file beside the lessons.

The file is ``lessons/progress.json``. The environment variable ``COURSE_PROGRESS`` names another one, and
keeps nothing where it is empty. It is written whole, and read again before each entry, so that two
lessons that are open at once keep each other's entries. Where it cannot be written, one sentence says
so, and all goes on in memory.
"""

from __future__ import annotations

from .guessing import Guesses, guesses, predict, reveal
from .points import Progress, progress, record_check, record_hint

__all__ = ["Guesses", "Progress", "guesses", "predict", "progress", "record_check", "record_hint", "reveal"]
