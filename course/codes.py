"""The ten digits as LeNet-5 codes them: small bitmaps that the units of F6 aim at."""

from __future__ import annotations

import numpy as np

__all__ = ["digit_bitmaps"]

# Ten digits, 7 × 12 each, five side by side: drawn for this course. The paper shows its own as a picture (figure 3).
DRAWN = """
..###.. ...#... ..###.. .#####. ....##.
.#...#. ..##... .#...#. ......# ...#.#.
#.....# .#.#... #.....# ......# ...#.#.
#.....# ...#... ......# ......# ..#..#.
#.....# ...#... .....#. .....#. ..#..#.
#.....# ...#... ....#.. ..###.. .#...#.
#.....# ...#... ...#... .....#. .#...#.
#.....# ...#... ..#.... ......# #######
#.....# ...#... .#..... ......# .....#.
#.....# ...#... #...... ......# .....#.
.#...#. ...#... #...... #....#. .....#.
..###.. .#####. ####### .####.. .....#.

####### ...##.. ####### ..###.. ..###..
#...... ..#.... ......# .#...#. .#...#.
#...... .#..... ......# #.....# #.....#
#...... #...... .....#. #.....# #.....#
#...... #...... .....#. .#...#. #.....#
#.###.. #.###.. ....#.. ..###.. .#....#
##...#. ##...#. ....#.. .#...#. ..####.
......# #.....# ...#... #.....# ......#
......# #.....# ...#... #.....# ......#
......# #.....# ..#.... #.....# .....#.
#....#. .#...#. ..#.... .#...#. ....#..
.####.. ..###.. ..#.... ..###.. .###...
"""


def digit_bitmaps() -> np.ndarray:
    """Return the ten digits as black and white bitmaps: the targets of F6, and the weights of the output units.

    The paper asks for stylised pictures on 7 × 12 pixels, so that characters that look alike get codes that are alike;
    it prints them as a picture alone. These are drawn for this course.

    Returns
    -------
    float32 ndarray of shape (10, 12, 7)
        One picture for each digit, 12 rows of 7: +1 for black, -1 for white.

    Examples
    --------
    >>> for row in digit_bitmaps()[7]:
    ...     print("".join("#" if pixel > 0 else "." for pixel in row))
    #######
    ......#
    ......#
    .....#.
    .....#.
    ....#..
    ....#..
    ...#...
    ...#...
    ..#....
    ..#....
    ..#....
    """
    rows = [line.split() for line in DRAWN.split("\n") if line]
    strips = [np.array([[list(word) for word in row] for row in rows[top : top + 12]]) for top in (0, 12)]
    marks = np.concatenate(strips, axis=1).transpose(1, 0, 2)  # digit, row, column
    return np.where(marks == "#", 1, -1).astype(np.float32)
