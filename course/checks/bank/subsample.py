"""`subsample`: how LeNet-5 makes its maps smaller.

``subsample(x, coefficient, bias)`` takes maps (N, C, H, W) and two arrays (C,), and gives maps (N, C, H // 2, W // 2).
Each 2 × 2 window, two apart from the next, is added up; the sum is multiplied by the map's coefficient, the map's bias
is added, and the result ``z`` becomes ``1.7159 * tanh(2 / 3 * z)``. A last odd row or column is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker
from ..families import subsampling
from ..families.cells import same
from ..families.geometry import kept
from ..families.subsampling import every_second, last_for_all, one_for_all, over_maps, windows
from ..spec import Case, Exercise, Focus, Form, Mistake, Property, wrong

__all__ = ["EXERCISE"]

Array = np.ndarray
A = 1.7159

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, maps: int, height: int, width: int) -> dict[str, Any]:
    """Return maps, and what each of them has learned; no two maps have learned the same."""
    coefficient = rng.permutation(np.arange(maps) + 2) * rng.choice([-1, 1], maps) / (2 * maps + 4)
    bias = rng.permutation(np.arange(maps) * 2 - maps + 0.5 + (rng.random() < 0.5)) / (2 * maps + 2)
    x = rng.choice([-1.2, -0.8, -0.5, -0.2, 0.1, 0.3, 0.6, 0.9, 1.4], (pictures, maps, height, width))
    return {"x": x, "coefficient": coefficient.round(2), "bias": bias.round(2)}


def note_of(pictures: int, maps: int, height: int, width: int) -> str:
    """Return what there is to see."""
    return f"{pictures} × {maps} map{'s' * (maps != 1)} of {height} × {width}"


cases = Maker(make, note=note_of, least={"height": 2, "width": 2}, pictures=1, maps=1, height=2, width=2)


def unusual(rng: np.random.Generator) -> list[Case]:
    """Return whole numbers, bytes, an empty batch."""
    learned = {"coefficient": np.array([0.25, -0.125]), "bias": np.array([0.5, 0.0])}
    return [
        Case({"x": rng.integers(-2, 3, (1, 2, 4, 2)) + np.eye(4, 2, dtype=int), **learned}, "whole numbers"),
        Case({"x": np.zeros((0, 2, 4, 6)), **learned}, "an empty batch"),
    ]


PROPERTIES = [
    Property(
        "one map",
        "Each window is added up, times the coefficient, plus the bias, and squashed.",
        cases({}, {"height": 4}, {"height": 4, "width": 6}),
        weight=2,
    ),
    Property(
        "maps",
        "Each map has its own coefficient and its own bias, the same in all pictures.",
        cases({"maps": 3}, {"pictures": 2, "maps": 3, "height": 4, "width": 2}, {"pictures": 3, "maps": 2, "width": 4},
              {"maps": 4, "width": 8}, {"pictures": 2, "maps": 4, "height": 6, "width": 4}),
        weight=2,
    ),
    Property(
        "odd sizes",
        "A last odd row or column is left out.",
        cases({"height": 3, "width": 2}, {"height": 2, "width": 5},
              {"pictures": 2, "maps": 3, "height": 5, "width": 7}),
    ),
    Property(
        "unusual input",
        "Whole numbers are as good as floats, and a batch of no pictures gives no maps.",
        unusual,
        unusual=True,
    ),
]  # fmt: skip

# --- The computation, in parts ------------------------------------------------------------------------------


def squash(z: Array) -> Array:
    """Squash as LeNet-5 does."""
    return A * np.tanh(2 / 3 * z)


def in_parts(
    x: Array, coefficient: Array, bias: Array, *,
    sizes: Callable[[Array], Array] = same,
    cuts: Callable[[Array], Array] = windows,
    takes: Callable[[Array], Array] = lambda window: window.sum(axis=(4, 5)),
    across: Callable[[Array], Array] = same,
    scales: Callable[[Array], Array] = over_maps,
    scaled: Callable[[Array, Array], Array] = np.multiply,
    shifts: Callable[[Array], Array] = over_maps,
    shifted: Callable[[Array, Array, Array], Array] = lambda z, bias, scale: z + bias,
    front: float = A,
    curve: Callable[[Array], Array] = np.tanh,
    within: float = 2 / 3,
    squashes: Callable[[Array, Callable[[Array], Array]], Array] = lambda z, bent: bent(z),
    after: Callable[[Array, Array, Array], Array] = lambda y, bias, scale: y,
    result: Callable[[Array], Array] = same,
    kind: Callable[[Array, Array], Array] = lambda y, x: y,
) -> Any:  # fmt: skip
    """Compute an S-layer; each part can be replaced by a wrong way to do it."""
    given, (x, coefficient, bias) = x, (np.asarray(one, float) for one in (x, coefficient, bias))
    sums = across(takes(cuts(sizes(x))))
    scale, shift = scales(coefficient), shifts(bias)
    z = shifted(scaled(sums, scale), shift, scale)
    return kind(result(after(squashes(z, lambda z: front * curve(within * z)), shift, scale)), given)


# --- Mistakes -----------------------------------------------------------------------------------------------


def plain(z: Array, bent: Callable[[Array], Array]) -> Array:
    """Squash nothing."""
    return z


def of_a_list(x: Any, coefficient: Any, bias: Any) -> Array:
    """Lose the other axes where there is no picture, as a list of results does."""
    return in_parts(x, coefficient, bias) if len(x) else np.zeros(0)


def stacked(x: Any, coefficient: Any, bias: Any) -> Array:
    """Stack what the pictures give, of which there must be one."""
    return np.stack([in_parts(one[None], coefficient, bias)[0] for one in x])


NOTHING_LEARNED: dict[str, Callable[..., Any]] = {
    "scaled": lambda sums, scale: sums, "shifted": lambda z, bias, scale: z, "squashes": plain,
}  # fmt: skip
MISTAKES = [
    *subsampling.MISTAKES,
    wrong("the sums alone", "You return only the sums. This layer multiplies them by the coefficient, adds the bias, "
          "and squashes.", across=same, **NOTHING_LEARNED),
    wrong("sums cut to whole numbers", "You cut the sums off to whole numbers. They have fractions.", across=np.trunc),
    wrong("squashed before the sum", "You squash the pixels as well. Squash once, at the end.", sizes=squash),
    wrong("squashed before the sum alone", "You squash the pixels, and add up then. Squash at the end.", sizes=squash,
          squashes=plain),
    wrong("every second window", "Every second row and column of your result is left at 0. The windows are counted one "
          "by one; it is in x that they lie two apart.", result=every_second),
    wrong("every second window, stride forgotten", "Every second row and column of your result is left at 0, and the "
          "windows lie one pixel apart. The windows are counted one by one; window i begins at row 2 * i.",
          cuts=lambda x: windows(x, stride=1)[:, :, : x.shape[2] // 2, : x.shape[3] // 2], result=every_second),
    wrong("every second sum", "Every second row and column of your sums is left at 0. The windows are counted one by "
          "one; it is in x that they lie two apart.", across=every_second),
    wrong("every second sum, stride forgotten", "Every second row and column of your sums is left at 0, and the "
          "windows lie one pixel apart. The windows are counted one by one; window i begins at row 2 * i.",
          cuts=lambda x: windows(x, stride=1)[:, :, : x.shape[2] // 2, : x.shape[3] // 2], across=every_second),
    wrong("a max pool of today", "Yours is a max pool of today: it learns and squashes nothing. This layer adds up, "
          "times the coefficient, plus the bias, and squashes.", takes=lambda window: window.max(axis=(4, 5)),
          **NOTHING_LEARNED),
    wrong("an average pool of today", "Yours is an average pool of today: it learns and squashes nothing. This layer "
          "adds up, times the coefficient, plus the bias, and squashes.",
          takes=lambda window: window.mean(axis=(4, 5)), **NOTHING_LEARNED),
    wrong("across maps", "You add up the windows of all maps. Each map is for itself.",
          across=lambda sums: np.broadcast_to(sums.sum(axis=1, keepdims=True), sums.shape)),
    wrong("across the batch", "You add up the windows of all pictures. Each picture is for itself.",
          across=lambda sums: np.broadcast_to(sums.sum(axis=0, keepdims=True), sums.shape)),
    wrong("squashed before the coefficient", "You squash the sum first as well, before the coefficient. Squash once, "
          "at the end.", across=squash),
    wrong("squashed before the coefficient alone", "You squash the sum, and multiply and add then. Squash at the "
          "end, what that gives.", across=squash, squashes=plain),
    # --- the coefficient ---
    wrong("coefficient forgotten", "The coefficient is missing.", scaled=lambda sums, scale: sums),
    wrong("the sums lost", "The windows play no part in your result: it comes from the bias alone. Is the coefficient "
          "cut off to a whole number, or the sum?", scaled=lambda sums, scale: 0 * sums),
    wrong("one coefficient for all", "You multiply all maps by the first coefficient. Each map has its own.",
          scales=one_for_all),
    wrong("the last coefficient for all", "You multiply all maps by the last coefficient. Each map has its own.",
          scales=last_for_all),
    wrong("mean coefficient for all", "You multiply all maps by the mean coefficient. Each map has its own.",
          scales=lambda numbers: over_maps(np.full_like(numbers, numbers.mean()))),
    wrong("coefficients along the columns", "An array (C,) lies along the last axis, the columns. Give it axes for "
          "rows and columns: coefficient[:, None, None].", scales=same),
    wrong("coefficients along the rows", "Your coefficients lie along the rows. They belong to the maps: "
          "coefficient[:, None, None].", scales=lambda numbers: numbers[:, None]),
    wrong("coefficients along the batch", "Your coefficients lie along the pictures. They belong to the maps: "
          "coefficient[:, None, None].", scales=lambda numbers: numbers[:, None, None, None]),
    wrong("coefficient added", "You add the coefficient. Multiply by it.", scaled=np.add),
    wrong("divided by the coefficient", "You divide by the coefficient. Multiply by it.", scaled=np.divide),
    wrong("coefficient squared", "You multiply by the coefficient twice.", scaled=lambda sums, scale: sums * scale**2),
    wrong("coefficient without its sign", "You take the size of the coefficient alone. It may be below 0.",
          scaled=lambda sums, scale: sums * np.abs(scale)),
    wrong("coefficient and bias swapped", "Coefficient and bias are swapped: multiply by the coefficient, add the "
          "bias.", scaled=lambda sums, scale: sums, shifted=lambda z, bias, scale: z * bias + scale),
    wrong("bias for both", "You multiply by the bias, and add it. Multiply by the coefficient.",
          scaled=lambda sums, scale: sums, shifted=lambda z, bias, scale: z * bias + bias),
    wrong("coefficient for both", "You multiply by the coefficient, and add it. Add the bias.",
          shifted=lambda z, bias, scale: z + scale),
    wrong("coefficient and bias added", "You multiply the sum by coefficient + bias. The bias is added at the end.",
          scaled=lambda sums, scale: sums, shifted=lambda z, bias, scale: z * (scale + bias)),
    wrong("coefficient after the squashing", "You multiply by the coefficient after you squash. Multiply before.",
          scaled=lambda sums, scale: sums, after=lambda y, bias, scale: scale * y),
    # --- the bias ---
    wrong("bias forgotten", "The bias is missing.", shifted=lambda z, bias, scale: z),
    wrong("bias before the coefficient", "You add the bias before you multiply by the coefficient. Add it after.",
          shifted=lambda z, bias, scale: z + scale * bias),
    wrong("bias four times", "You add the bias to each pixel of a window, so it counts four times, after the "
          "coefficient or before it. Add it once.", shifted=lambda z, bias, scale: z + 4 * bias),
    wrong("bias four times, before the coefficient", "You add the bias to each pixel of a window, before the "
          "coefficient. Add it once, after it.", shifted=lambda z, bias, scale: z + 4 * scale * bias),
    wrong("bias subtracted", "You subtract the bias. Add it.", shifted=lambda z, bias, scale: z - bias),
    wrong("bias multiplied", "You multiply by the bias. Add it.", shifted=lambda z, bias, scale: z * bias),
    wrong("one bias for all", "You add the first bias to all maps. Each map has its own.", shifts=one_for_all),
    wrong("the last bias for all", "You add the last bias to all maps. Each map has its own.",
          shifts=last_for_all),
    wrong("mean bias for all", "You add the mean bias to all maps. Each map has its own.",
          shifts=lambda numbers: over_maps(np.full_like(numbers, numbers.mean()))),
    wrong("biases along the columns", "An array (C,) lies along the last axis, the columns. Give it axes for rows and "
          "columns: bias[:, None, None].", shifts=same),
    wrong("biases along the rows", "Your biases lie along the rows. They belong to the maps: bias[:, None, None].",
          shifts=lambda numbers: numbers[:, None]),
    wrong("biases along the batch", "Your biases lie along the pictures. They belong to the maps: bias[:, None, "
          "None].", shifts=lambda numbers: numbers[:, None, None, None]),
    wrong("coefficients and biases along the columns", "Arrays (C,) lie along the last axis, the columns. Give them "
          "axes for rows and columns, [:, None, None].", scales=same, shifts=same),
    wrong("bias after the squashing", "You add the bias after you squash. Add it before.",
          shifted=lambda z, bias, scale: z, after=lambda y, bias, scale: y + bias),
    *subsampling.PAIRS,
    # --- the squashing ---
    wrong("not squashed", "Your result is z itself: it should become 1.7159 * tanh(2 / 3 * z). (With z behind the "
          "bracket of tanh, it stays z: 1.7159 * tanh(2 / 3) is 1.)", squashes=plain),
    wrong("tanh left out", "You multiply by 1.7159 and 2 / 3, and leave out tanh.", curve=same),
    wrong("times 1.7159 alone", "You multiply by 1.7159 alone: tanh(2 / 3 * z) is missing.", curve=same, within=1.0),
    wrong("times 2 / 3 alone", "You multiply by 2 / 3 alone: it should be 1.7159 * tanh(2 / 3 * z).", curve=same,
          front=1.0),
    wrong("tanh without its numbers", "You squash with tanh(z). LeNet-5's is 1.7159 * tanh(2 / 3 * z).",
          front=1.0, within=1.0),
    wrong("2 / 3 forgotten", "The 2 / 3 within tanh is missing.", within=1.0),
    wrong("1.7159 forgotten", "The 1.7159 before tanh is missing.", front=1.0),
    wrong("tanh(2z) / 3", "You divide by 3 after tanh. 2 / 3 stands within: tanh(2 / 3 * z).", front=A / 3, within=2.0),
    wrong("tanh(2z) / 3, and 1.7159 forgotten", "You divide by 3 after tanh, and 1.7159 is missing.",
          front=1 / 3, within=2.0),
    wrong("2 / 3 outside", "Your 2 / 3 stands before tanh. It stands within: tanh(2 / 3 * z).",
          front=A * 2 / 3, within=1.0),
    wrong("1.7159 and 2 / 3 swapped", "1.7159 and 2 / 3 are swapped: 2 / 3 stands within tanh.",
          front=2 / 3, within=A),
    wrong("1.7159 within", "Your 1.7159 stands within tanh. It stands before.", front=1.0, within=A * 2 / 3),
    wrong("1.7159 for 2 / 3", "Within tanh stands 1.7159, and nothing before it. It is 1.7159 * tanh(2 / 3 * z).",
          front=1.0, within=A),
    wrong("2 / 3 for the sum alone", "Within tanh, your 2 / 3 multiplies the sum alone, and not the bias. Put brackets "
          "around all of z.", shifted=lambda z, bias, scale: z + 1.5 * bias),
    wrong("2 / 3 for the bias alone", "Within tanh, your 2 / 3 multiplies the bias alone, and not the sum. Put "
          "brackets around all of z.", within=1.0, shifted=lambda z, bias, scale: z + bias / 1.5),
    wrong("1.7159 below", "You divide by 1.7159. Multiply.", front=1 / A),
    wrong("twice the sigmoid less 1", "Your curve is tanh(z / 2). LeNet-5's is 1.7159 * tanh(2 / 3 * z).",
          front=1.0, within=0.5),
    wrong("3 / 2 for 2 / 3", "You multiply by 3 / 2 within tanh. It is 2 / 3.", within=1.5),
    wrong("z / 3 within", "Within tanh you have z / 3. It is 2 / 3 * z. (With powers of e, tanh(y) is (e^2y - 1) / "
          "(e^2y + 1).)", within=1 / 3),
    wrong("2z within", "Within tanh you have 2 * z. It is 2 / 3 * z.", within=2.0),
    wrong("2 / 3z within", "You divide by z within tanh: 2 / (3 * z). It is 2 / 3 * z.",
          squashes=lambda z, bent: A * np.tanh(2 / (3 * z))),
    wrong("2 / 3 added", "You add 2 / 3 to z. Multiply.", squashes=lambda z, bent: A * np.tanh(2 / 3 + z)),
    wrong("1.7159 added", "You add 1.7159 to tanh. Multiply.", squashes=lambda z, bent: A + np.tanh(2 / 3 * z)),
    *[
        wrong(f"{number} for 2 / 3", f"{number} is not 2 / 3, which is 0.666666... Write 2 / 3.", within=number)
        for number in (0.6, 0.66, 0.67, 0.667)
    ],
    *[
        wrong(f"{number} for 1.7159", f"Before tanh you have {number}. It is 1.7159.", front=number)
        for number in (1.7, 1.71, 1.72, 1.7195, 1.7519, 1.759)
    ],
    wrong("0 everywhere", "Your result is 0 everywhere. Is nothing written into it, or is there 2 // 3, which is 0? "
          "Write 2 / 3.", squashes=lambda z, bent: 0 * z),
    wrong("squashed twice", "You squash twice.", squashes=lambda z, bent: bent(bent(z))),
    wrong("ReLU for tanh", "You set what is below 0 to 0, as today's networks do. LeNet-5 squashes.",
          squashes=lambda z, bent: np.maximum(z, 0)),
    wrong("sigmoid for tanh", "You squash with a sigmoid. LeNet-5's is 1.7159 * tanh(2 / 3 * z).",
          squashes=lambda z, bent: 1 / (1 + np.exp(-z))),
    wrong("sigmoid for tanh, with its numbers", "You squash with a sigmoid. LeNet-5's is 1.7159 * tanh(2 / 3 * z).",
          curve=lambda z: 1 / (1 + np.exp(-z))),
    wrong("tan for tanh", "You squash with tan. It is tanh.", curve=np.tan),
    wrong("arctan for tanh", "You squash with arctan. It is tanh.", curve=np.arctan),
    # --- what is returned ---
    *subsampling.RESULTS,
    Mistake("no axes without pictures", "For a batch of no pictures, your result has the shape (0,): a list of nothing "
            "knows no sizes. Make the array first, with np.zeros, and fill it.", of_a_list),
    Mistake("no pictures refused", "Your function stops for a batch of no pictures: there is nothing to stack. Make "
            "the array first, with np.zeros, and fill it.", stacked),
    wrong("first map filled", "Only the first map of the first picture is filled, the others are zeros. Does the "
          "`return` stand inside a loop?", result=lambda y: kept(y, np.s_[:1, :1])),
    wrong("last map filled", "Only the last map of the last picture is there, the others are zeros. Is the result made "
          "anew inside a loop?", result=lambda y: kept(y, np.s_[-1:, -1:])),
    wrong("first picture alone", "You return only the maps of the first picture.", result=lambda y: y[:1]),
    wrong("the batch left out", "You return the maps of the first picture, without the axis of the batch.",
          result=lambda y: y[0]),
    wrong("rows and columns swapped", "Your maps are transposed: their rows stand where columns should stand.",
          result=lambda y: y.swapaxes(2, 3)),
    wrong("whole numbers", "Your result holds whole numbers: fractions are cut off.", result=np.trunc),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_loops(x: Any, coefficient: Any, bias: Any) -> Array:
    """Go from window to window."""
    out = np.zeros((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2))
    for n, c, i, j in np.ndindex(out.shape):
        total = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].sum()
        out[n, c, i, j] = 1.7159 * np.tanh(2 / 3 * (total * coefficient[c] + bias[c]))
    return out


def by_reshaping(x: Any, coefficient: Any, bias: Any) -> Array:
    """Give each window two axes."""
    n, c, height, width = x.shape
    even = x[:, :, : height // 2 * 2, : width // 2 * 2]
    sums = even.reshape(n, c, height // 2, 2, width // 2, 2).sum(axis=(3, 5))
    return 1.7159 * np.tanh((sums * coefficient.reshape(1, c, 1, 1) + bias.reshape(1, c, 1, 1)) * (2 / 3))


def by_slices(x: Any, coefficient: Any, bias: Any) -> Array:
    """Add four pictures, and squash by powers of e."""
    height, width = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    sums = sum(x[:, :, i:height:2, j:width:2] for i in (0, 1) for j in (0, 1))
    z = np.einsum("nchw,c->nchw", sums, coefficient) + bias[None, :, None, None]
    return 1.7159 * (1 - 2 / (np.exp(4 / 3 * z) + 1))


def by_torch(x: Any, coefficient: Any, bias: Any) -> Any:
    """Let PyTorch take means."""
    import torch

    given = torch.tensor(np.asarray(x, float))
    sums = 4 * torch.nn.functional.avg_pool2d(given, 2)
    z = sums * torch.tensor(coefficient)[:, None, None] + torch.tensor(bias)[:, None, None]
    return 1.7159 * torch.tanh(2 * z / 3)


def window_of(case: Case, index: tuple[int, ...]) -> Focus:
    """Return the window of a cell."""
    n, c, i, j = index
    return Focus("x", np.s_[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2])


EXERCISE = Exercise(
    name="subsample",
    reference=lambda x, coefficient, bias: in_parts(x, coefficient, bias),
    computation=in_parts,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Three steps: a sum for each window, then times a number plus a number, then the squashing.",
        "The four pixels of all windows at once: x[:, :, 0::2, 0::2] has the upper left ones. Which are the other "
        "three, and where must they end if a size is odd?",
        "coefficient[:, None, None] has the shape (C, 1, 1): NumPy lays it over rows and columns of each map.",
    ],
    right_forms=[
        Form("loops", by_loops),
        Form("reshaped", by_reshaping),
        Form("four slices", by_slices),
        Form("PyTorch", by_torch, library="PyTorch"),
    ],
    focus=window_of,
)
