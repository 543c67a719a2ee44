"""`neuron_output`: one window, one kernel, one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cases import Maker, numbers, photo, tenths
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- The answer, and cases ----------------------------------------------------------------------------------


def neuron_output(window: Any, kernel: Any, bias: Any) -> float:
    """Return the sum of the products, plus the bias."""
    window, kernel = np.asarray(window, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    return float((window * kernel).sum() + bias)


def make(rng: np.random.Generator, height: int, width: int, bias: float, pixels: str) -> dict[str, Any]:
    """Return a window, a kernel whose sum of products is above 2, or below -2, and a bias."""
    while True:
        window = photo(rng, height, width) if pixels == "bytes" else numbers(rng, height, width)
        kernel = tenths(rng, height, width)
        if pixels == "below 0":
            kernel = -np.sign(window) * np.abs(kernel)
        terms = window * kernel
        fraction = abs(terms.sum() + bias) % 1
        if min(fraction, 1 - fraction) > 0.05 and (pixels == "below 0" or terms.sum() > 2 or width * height == 1):
            return {"window": window, "kernel": kernel, "bias": bias}


cases = Maker(
    make,
    note=lambda height, width, **others: f"a window of {height} × {width} pixels",
    least={"height": 1, "width": 1},
    height=2, width=2, bias=0.0, pixels="whole",
)  # fmt: skip

PROPERTIES = [
    Property(
        "products",
        "Every pixel is multiplied by the weight that lies on it, and the products are added up.",
        cases({}, {"height": 3, "width": 3}),
    ),
    Property("bias", "The bias is added once, after the sum.", cases({"bias": 0.75}, {"bias": -1.5})),
    Property(
        "rectangular windows",
        "A window need not be square.",
        cases({"width": 3}, {"height": 4, "width": 1, "bias": 0.5}, {"height": 1, "width": 3}),
    ),
    Property(
        "negative sums",
        "The result may be negative: nothing is cut off here.",
        cases({"pixels": "below 0", "bias": 0.5, "note": "the sum is negative"}),
    ),
    Property(
        "pictures of bytes",
        "Pixels from 0 to 255 will do as well, and the result keeps its fraction.",
        cases({"pixels": "bytes", "width": 3, "bias": -0.25, "note": "a window of bytes (uint8)"}),
        unusual=True,
    ),
]

# --- Mistakes -----------------------------------------------------------------------------------------------

Array = np.ndarray


def neuron(
    window: Array,
    kernel: Array,
    /,
    bias: float,
    *,
    turned: Callable[[Array], Array] = lambda w: w,
    meets: Callable[[Array, Array], Array] = lambda x, w: x * w,
    sums: Callable[[Array], Any] = lambda terms: terms.sum(),
    biased: Callable[[Any, float, Array], Any] = lambda total, bias, terms: total + bias,
    ends: Callable[[Any], Any] = lambda z: z,
) -> Any:
    """Compute what one neuron gives; each part can be replaced by a wrong way to do it."""
    terms = meets(window, turned(kernel))
    return ends(biased(sums(terms), bias, terms))


MISTAKES = [
    wrong("kernel flipped", "Your result is that of a kernel turned by half a turn. Here it lies on the window as it "
          "is: row 0 on row 0, column 0 on column 0.", turned=lambda w: w[::-1, ::-1]),
    wrong("kernel upside down", "Your result is that of a kernel whose rows are turned upside down. It lies on the "
          "window as it is.", turned=lambda w: w[::-1]),
    wrong("kernel mirrored", "Your result is that of a kernel whose columns are mirrored. It lies on the window as it "
          "is.", turned=lambda w: w[:, ::-1]),
    wrong("kernel transposed", "One of the two is transposed: rows of the window meet columns of the kernel. It lies "
          "on the window as it is.", turned=lambda w: w.T),
    wrong("kernel divided by its sum", "Your result is that of a kernel that was divided by the sum of its weights. "
          "Take the weights as they are.", turned=lambda w: w / w.sum()),
    wrong("matrix product", "You use the matrix product (@ or np.dot). Each pixel meets one weight only: multiply "
          "element by element, with *.", meets=lambda x, w: x @ w),
    wrong("weights added", "You add the weights to the pixels. Each pixel is multiplied by its weight.",
          meets=lambda x, w: x + w),
    wrong("kernel ignored", "Your result is that of a kernel of ones: the weights are not in it.",
          meets=lambda x, w: x.astype(float)),
    wrong("sums multiplied", "You multiply the sum of the pixels by the sum of the weights. Multiply first, then add.",
          meets=lambda x, w: x.astype(float) * w.sum()),
    wrong("every weight with every pixel", "You multiply in whole rows: of each row of the window and each row of the "
          "kernel the products are added. Each pixel meets one weight only.", meets=lambda x, w: x @ w.T),
    wrong("mean for sum", "You take the mean of the products. A neuron adds them up.", sums=lambda terms: terms.mean()),
    wrong("the largest product", "You take the largest of the products. A neuron adds them up.", sums=np.max),
    wrong("products multiplied", "You multiply the products with each other. A neuron adds them up.", sums=np.prod),
    wrong("products not summed", "You return all the products. A neuron gives one number: their sum.",
          sums=lambda terms: terms),
    wrong("Python's sum of an array", "One number for each column is left: Python's sum(), and .sum(axis=0), add up "
          "the rows. `.sum()` adds up all.", sums=lambda terms: terms.sum(axis=0)),
    wrong("a sum for each row", "One number for each row is left. `.sum()` without an axis adds up all.",
          sums=lambda terms: terms.sum(axis=1)),
    wrong("last product only", "The last product alone is left of your sum. Is there an = where += should stand?",
          sums=lambda terms: terms[-1, -1]),
    wrong("first product only", "Your result holds the first product alone. Does the `return` stand inside a loop?",
          sums=lambda terms: terms[0, 0]),
    wrong("first row only", "Your result holds the products of the first row alone. Does the `return` stand inside a "
          "loop?", sums=lambda terms: terms[0].sum()),
    wrong("last row only", "The products of the last row alone are left of your sum. Does the total begin with 0 "
          "again in each row?", sums=lambda terms: terms[-1].sum()),
    wrong("last row and column left out", "The products of the last row and of the last column are missing: range(n) "
          "ends before n by itself.", sums=lambda terms: terms[:-1, :-1].sum()),
    wrong("diagonal only", "Only the products on the diagonal are in your sum. Two loops, or *, take every pixel.",
          sums=lambda terms: terms.trace()),
    wrong("square windows assumed", "Your loop over the columns runs as far as the one over the rows. A window need "
          "not be square.", sums=lambda terms: sum(terms[u, v] for u in range(len(terms)) for v in range(len(terms)))),
    wrong("bias forgotten", "The bias is missing.", biased=lambda total, bias, terms: total),
    wrong("bias subtracted", "You subtract the bias. It is added.", biased=lambda total, bias, terms: total - bias),
    wrong("bias multiplied", "You multiply by the bias. It is added.", biased=lambda total, bias, terms: total * bias),
    wrong("bias inside the sum", "You add the bias to every product, so it counts once for each weight. It is added "
          "once, after the sum.", biased=lambda total, bias, terms: total + bias * terms.size),
    wrong("bias once for each row", "The bias counts once for each row. Add it once, after all sums.",
          biased=lambda total, bias, terms: total + bias * len(terms)),
    wrong("bias twice", "The bias is added twice. Add it once, after the sum.",
          biased=lambda total, bias, terms: total + 2 * bias),
    wrong("negative cut off", "You set negative results to 0. That is the ReLU, which comes after the neuron's sum, "
          "in a later lesson.", ends=lambda z: np.maximum(z, 0)),
    wrong("sign dropped", "Your minus sign is gone. A sum may be negative.", ends=abs),
    wrong("squashed to 0..1", "Your result is squashed to 0..1 by a sigmoid. A neuron of this lesson gives the sum "
          "itself.", ends=lambda z: 1 / (1 + np.exp(-z))),
    wrong("thresholded", "You return 1 or 0, for a sum above 0 or not. A neuron of this lesson gives the sum itself.",
          ends=lambda z: np.where(np.asarray(z) > 0, 1.0, 0.0)),
    wrong("whole numbers", "Your result is cut off to a whole number. A neuron's output has a fraction.",
          ends=lambda z: np.trunc(z).astype(int)),
    wrong("rounded", "You round the result to a whole number. A neuron's output has a fraction.",
          ends=lambda z: np.rint(z)),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def with_loops(window: Any, kernel: Any, bias: Any) -> Any:
    """Add up product by product."""
    total = bias
    for u in range(len(kernel)):
        for v in range(len(kernel[0])):
            total += window[u][v] * kernel[u][v]
    return total


EXERCISE = Exercise(
    name="neuron_output",
    reference=neuron_output,
    computation=neuron,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Lay the kernel on the window. Which pixel does each weight cover?",
        "In NumPy, `a * b` multiplies two arrays of one shape element by element; `a.sum()` adds up everything.",
        "One number comes out: the sum over all products, and then, once, the bias.",
    ],
    right_forms=[
        Form("two loops", with_loops),
        Form("einsum", lambda x, w, b: np.einsum("uv,uv->", x, w) + b),
        Form("dot product of the flat arrays", lambda x, w, b: x.ravel() @ w.ravel() + b),
        Form("built-in sum", lambda x, w, b: sum(p * q for p, q in zip(x.flat, w.flat, strict=True)) + b),
    ],
    telling=cases({"height": 3, "width": 3, "bias": 2.25}, {"height": 3, "width": 2, "bias": 2.25}),
)
