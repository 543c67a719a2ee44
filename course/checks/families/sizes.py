"""How many places a window takes along an axis, in the parts that people get right or wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..spec import wrong

__all__ = ["MISTAKES", "count"]


def count(
    n: int, f: int, s: int, p: int, *,
    takes: Callable[[int, int, int, int], tuple[int, int, int, int]] = lambda n, f, s, p: (n, f, s, p),
    refuses: Callable[[int, int, int, int], bool] = lambda n, f, s, p: False,
    zeros: Callable[[int, int, int], int] = lambda p, f, s: 2 * p,
    window: Callable[[int, int], int] = lambda f, s: f,
    step: Callable[[int, int], int] = lambda s, f: s,
    one: int = 1,
    groups: Callable[..., Any] = lambda n, z, f, share: share(n + z - f),
    divides: Callable[[int, int], float] = lambda pixels, s: pixels // s,
    gives: Callable[..., Any] = lambda places, n, z, f, s: places,
    kind: Callable[[Any], Any] = lambda places: places,
) -> Any:  # fmt: skip
    """Return the places of a window of f pixels, moved by s, along n pixels with p zeros on each side.

    `takes` puts the arguments in order, and `refuses` stops; `zeros`, `window` and `step` are how many pixels each of
    them counts; `groups` says what is divided and what is added without it, and `divides` how; `one` is the first
    window; `gives` is what comes out, and `kind` its type.
    """
    n, f, s, p = takes(n, f, s, p)
    if refuses(n, f, s, p):
        raise AssertionError("these sizes are refused")
    z, w, by = zeros(p, f, s), window(f, s), step(s, f)
    return kind(gives(groups(n, z, w, lambda pixels: divides(pixels, by)) + one, n, z, w, by))


ROUNDED = "You round to the nearest whole number. Half a step is no step: round down, with //."
LIMITED = "Your padding is limited by the size of the window. All zeros count, however many are asked for."
DIVIDED = (
    "Your numbers are those of the size divided by the stride: neither the window nor the padding is in them. That "
    "fits only where the padding was chosen to make it so."
)
PLACES = "You return where the windows start. Wanted is how many there are: one number."
EXCHANGED = "Size and kernel size are exchanged: the window slides along the picture, not the picture along the window."

MISTAKES = [
    # --- which number is which ---
    wrong("size and kernel exchanged", EXCHANGED, takes=lambda n, f, s, p: (f, n, s, p)),
    wrong("size and kernel exchanged, cut off",
          EXCHANGED, takes=lambda n, f, s, p: (f, n, s, p), divides=lambda pixels, s: int(pixels / s)),
    wrong("kernel and stride exchanged", "Kernel size and stride are exchanged. The parameters come in the order "
          "size, kernel_size, stride, padding.", takes=lambda n, f, s, p: (n, s, f, p)),
    wrong("stride and padding exchanged", "Stride and padding are exchanged. The parameters come in the order size, "
          "kernel_size, stride, padding.", takes=lambda n, f, s, p: (n, f, p, s)),
    wrong("refuses sizes that do not divide", "You refuse sizes that the stride does not divide. The last pixels are "
          "left out then, and the rest counts.", refuses=lambda n, f, s, p: (n + 2 * p - f) % s != 0),
    # --- the zeros ---
    wrong("padding left out", "The padding is not in your numbers.", zeros=lambda p, f, s: 0),
    wrong("padding counted once", "You count the padding once. There are that many zeros before the picture, and as "
          "many after it.", zeros=lambda p, f, s: p),
    wrong("padding counted four times", "You count the padding four times. It lies on both sides, so it counts twice.",
          zeros=lambda p, f, s: 4 * p),
    wrong("padding subtracted", "You subtract the zeros. They make the picture longer.", zeros=lambda p, f, s: -2 * p),
    wrong("padding fixed at 1", "You count one zero on each side, whatever padding says.", zeros=lambda p, f, s: 2),
    wrong("padding halved", "You share the padding out between both sides. It is the number of zeros on each of them.",
          zeros=lambda p, f, s: 2 * (p // 2)),
    wrong("2 ** padding", "You raise 2 to the power of the padding: 2 * padding is meant.", zeros=lambda p, f, s: 2**p),
    wrong("padding limited to half the kernel", LIMITED, zeros=lambda p, f, s: 2 * min(p, f // 2)),
    wrong("padding limited to half the kernel or 1", LIMITED, zeros=lambda p, f, s: 2 * min(p, max(f // 2, 1))),
    wrong("padding limited to half of the kernel less one", LIMITED, zeros=lambda p, f, s: 2 * min(p, (f - 1) // 2)),
    wrong("padding limited to the kernel less one", LIMITED, zeros=lambda p, f, s: 2 * min(p, f - 1)),
    wrong("half the kernel for the padding", "Your numbers are those of a padding of half the window. It is what "
          "`padding` says.", zeros=lambda p, f, s: 2 * (f // 2)),
    # --- the window ---
    wrong("kernel left out", "The size of the window is not in your numbers. The first window takes up that many "
          "pixels.", window=lambda f, s: 0),
    wrong("kernel added", "You add the window to the pixels. It takes up pixels: subtract it.", window=lambda f, s: -f),
    wrong("half the kernel", "You count half of the window alone. It must fit whole.", window=lambda f, s: f // 2),
    wrong("half the kernel on both sides", "You take half of the window, rounded down, from each side. That is one "
          "pixel too few where the window is odd.", window=lambda f, s: 2 * (f // 2)),
    wrong("kernel fixed at 3", "Your window is 3 pixels, whatever kernel_size says.", window=lambda f, s: 3),
    wrong("stride as dilation", "You stretch the window by the stride, as if it left out pixels inside. The stride "
          "moves the whole window.", window=lambda f, s: s * (f - 1) + 1),
    # --- the stride ---
    wrong("stride left out", "The stride is not in your numbers.", step=lambda s, f: 1),
    wrong("stride fixed at 2", "You divide by 2, whatever the stride is.", step=lambda s, f: 2),
    wrong("kernel size for the stride", "You divide by the size of the window, as if windows lay side by side. They "
          "move by the stride.", step=lambda s, f: f),
    wrong("stride and 1 in brackets", "You divide by stride + 1. The 1 is a window, to be added after the division.",
          step=lambda s, f: s + 1, one=0),
    wrong("stride plus 1", "You divide by stride + 1. Divide by the stride alone.", step=lambda s, f: s + 1),
    # --- the window before the first step ---
    wrong("+ 1 forgotten", "You count the steps between the windows. The first window is there before the first step.",
          one=0),
    wrong("+ 1 before the division", "You add the 1 before you divide. The 1 is a window, not a pixel: it must not be "
          "divided by the stride.", groups=lambda n, z, f, share: share(n + z - f + 1), one=0),
    wrong("1 before and after the division", "Besides the + 1 at the end, your room is one pixel too large before you "
          "divide: it is the padded size less the whole window.", groups=lambda n, z, f, share: share(n + z - f + 1)),
    wrong("+ 1 twice", "You count one window too many.", one=2),
    wrong("1 subtracted", "You subtract 1 where it is added: the first window counts, too.", one=-1),
    wrong("last window left out", "Where the last window ends at the last pixel, you leave it out. It fits whole: a "
          "`range` stops before its end.", groups=lambda n, z, f, share: share(n + z - f - 1)),
    # --- what is divided ---
    wrong("only the kernel divided", "You divide the window alone by the stride: / and // come before + and -. Put "
          "brackets round the room.", groups=lambda n, z, f, share: n + z - share(f)),
    wrong("only the size divided", "You divide the size alone by the stride. Zeros and window belong in the room that "
          "is divided.", groups=lambda n, z, f, share: share(n) + z - f),
    wrong("only the padding divided", "You divide the zeros alone by the stride. Put brackets round all of the room.",
          groups=lambda n, z, f, share: n + share(z) - f, zeros=lambda p, f, s: 2 * p),
    wrong("padding added after the division", "Your numbers are those of zeros that are added after the division. "
          "They are pixels, not windows: add them to the size, before the division, and as they are.",
          groups=lambda n, z, f, share: share(n - f) + z),
    wrong("kernel subtracted after the division", "You subtract the window after the division. It is pixels: take it "
          "from the room before you divide.", groups=lambda n, z, f, share: share(n + z) - f),
    wrong("size added after the division", "Only zeros and window are divided by the stride. The size belongs in the "
          "brackets, too.", groups=lambda n, z, f, share: n + share(z - f)),
    wrong("each divided by itself", "You divide size, zeros and window each by itself, and round three times. Divide "
          "the room as a whole.", groups=lambda n, z, f, share: share(n) + share(z) - share(f)),
    wrong("padded size divided by stride", "Your numbers are those of the padded size divided by the stride: the size "
          "of the window is not in them.", groups=lambda n, z, f, share: share(n + z), one=0),
    wrong("windows that stick out", "You count a window at each stride, up to the last zero. Those that stick out at "
          "the end are left out.", groups=lambda n, z, f, share: share(n + z),
          divides=lambda pixels, s: -(-pixels // s), one=0),
    wrong("size divided by stride",
          DIVIDED, groups=lambda n, z, f, share: share(n), divides=lambda pixels, s: -(-pixels // s), one=0),
    wrong("size divided by stride, rounded down", DIVIDED, groups=lambda n, z, f, share: share(n), one=0),
    # --- how it is divided ---
    wrong("ceil for floor", "You round up. A window that sticks out of the padded picture is left out.",
          divides=lambda pixels, s: -(-pixels // s)),
    wrong("round for floor", ROUNDED, divides=lambda pixels, s: round(pixels / s)),
    wrong("round for floor, after the 1", ROUNDED, divides=lambda pixels, s: round(pixels / s + 1) - 1),
    wrong("round for floor, halves up", ROUNDED, divides=lambda pixels, s: math.floor(pixels / s + 0.5)),
    wrong("/ gives a float", "You divide with /, which gives a number with a decimal point, such as 2.5. A count of "
          "windows is whole.", divides=lambda pixels, s: pixels / s),
    wrong("% for //", "Your numbers come from what is left over by the division (%). How many steps fit is what // "
          "says.", divides=lambda pixels, s: pixels % s),
    wrong("multiplied by the stride", "You multiply by the stride. A longer step leaves fewer places.",
          divides=lambda pixels, s: pixels * s),
    wrong("stride subtracted", "You subtract the stride. How many steps fit is a division.",
          divides=lambda pixels, s: pixels - s),
    # --- what comes out ---
    wrong("size of the input for that of the output", "Your formula goes the other way: from the number of windows to "
          "the pixels. Here the pixels are known.", groups=lambda n, z, f, share: (n - 1) * share(1) - z + f,
          divides=lambda pixels, s: s, one=0),
    wrong("both axes at once", "Your number is squared: that is all windows of a square picture. Count those along "
          "one axis.", gives=lambda places, n, z, f, s: places**2),
    wrong("a number for each axis", "You return two numbers. Wanted is one, for one axis.",
          gives=lambda places, n, z, f, s: (places, places)),
    wrong("the pixels that are used", "Your number is that of the pixels that the windows cover. Wanted is how many "
          "windows there are.", gives=lambda places, n, z, f, s: (places - 1) * s + f),
    wrong("the places themselves", PLACES, gives=lambda places, n, z, f, s: tuple(range(0, n + z - f + 1, s))),
    wrong("the places themselves, from the zeros on",
          PLACES, gives=lambda places, n, z, f, s: tuple(range(-(z // 2), n + z - z // 2 - f + 1, s))),
    wrong("a text", "You return a text, such as '3'. A count is a number: an int.", kind=str),
    wrong("a float", "You return a float, such as 3.0: np.floor and np.ceil, for example, give floats. A count is "
          "whole: an int.", kind=float),
]  # fmt: skip
