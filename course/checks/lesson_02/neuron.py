"""The check of `neuron_output`: one window, one kernel, one number."""

from __future__ import annotations

import numpy as np

from ..spec import Case, Exercise, Form, Mistake, Property

__all__ = ["NEURON_OUTPUT"]


def neuron_output(window, kernel, bias):
    """Return the sum of the products, plus the bias."""
    window, kernel = np.asarray(window, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    return float((window * kernel).sum() + bias)


def _case(rng: np.random.Generator, height: int, width: int, bias: float = 0.0) -> Case:
    window, kernel = rng.normal(size=(2, height, width)).round(2)
    return Case({"window": window, "kernel": kernel, "bias": bias}, note=f"a window of {height} x {width} pixels")


def _negative(rng: np.random.Generator) -> list[Case]:
    window, kernel = rng.uniform(0.5, 1.5, size=(2, 2, 2)).round(2)
    return [Case({"window": window, "kernel": -kernel, "bias": 0.5}, note="the sum is negative")]


def _bytes(rng: np.random.Generator) -> list[Case]:
    window = rng.integers(50, 256, size=(2, 3)).astype(np.uint8)
    kernel = rng.normal(size=(2, 3)).round(2)
    return [Case({"window": window, "kernel": kernel, "bias": -0.25}, note="a window of bytes (uint8)")]


def _with_loops(window, kernel, bias):
    total = bias
    for u in range(len(kernel)):
        for v in range(len(kernel[0])):
            total += window[u][v] * kernel[u][v]
    return total


NEURON_OUTPUT = Exercise(
    name="neuron_output",
    reference=neuron_output,
    properties=[
        Property(
            "products",
            "Every pixel is multiplied by the weight that lies on it, and the products are added up.",
            lambda rng: [_case(rng, 2, 2), _case(rng, 3, 3)],
        ),
        Property(
            "bias",
            "The bias is added once, after the sum.",
            lambda rng: [_case(rng, 2, 2, bias=0.75), _case(rng, 2, 2, bias=-1.5)],
        ),
        Property(
            "rectangular windows",
            "A window need not be square.",
            lambda rng: [_case(rng, 2, 3), _case(rng, 4, 1, bias=0.5), _case(rng, 1, 3)],
        ),
        Property("negative sums", "The result may be negative: nothing is cut off here.", _negative),
        Property(
            "pictures of bytes", "Pixels from 0 to 255 will do as well, and the result keeps its fraction.", _bytes
        ),
    ],
    mistakes=[
        Mistake(
            "kernel flipped",
            "You turn the kernel by half a turn first. Here it lies on the window as it is: row 0 on row 0, column "
            "0 on "
            "column 0.",
            lambda x, w, b: float((x * w[::-1, ::-1]).sum() + b),
        ),
        Mistake(
            "matrix product",
            "You use the matrix product (@ or np.dot). Each pixel meets one weight only: multiply element by "
            "element, with *.",
            lambda x, w, b: float((x @ w).sum() + b),
        ),
        Mistake(
            "mean for sum",
            "You take the mean of the products. A neuron adds them up.",
            lambda x, w, b: float((x * w).mean() + b),
        ),
        Mistake("bias forgotten", "The bias is missing.", lambda x, w, b: float((x * w).sum())),
        Mistake(
            "bias inside the sum",
            "You add the bias to every product, so it counts once for each weight. It is added once, after the sum.",
            lambda x, w, b: float((x * w + b).sum()),
        ),
        Mistake("bias subtracted", "You subtract the bias. It is added.", lambda x, w, b: float((x * w).sum() - b)),
        Mistake(
            "products not summed",
            "You return all the products. A neuron gives one number: their sum.",
            lambda x, w, b: x * w + b,
        ),
        Mistake(
            "Python's sum of an array",
            "Python's sum() adds up the rows of an array, so one number for each column is left. `.sum()` adds up all.",
            lambda x, w, b: sum(x * w) + b,
        ),
        Mistake(
            "kernel ignored",
            "You add up the pixels without their weights.",
            lambda x, w, b: float(x.sum(dtype=float) + b),
        ),
        Mistake(
            "sums multiplied",
            "You multiply the sum of the pixels by the sum of the weights. Multiply first, then add.",
            lambda x, w, b: float(x.sum(dtype=float) * w.sum() + b),
        ),
        Mistake(
            "negative cut off",
            "You set negative results to 0. That is the ReLU, which comes after the neuron's sum, in a later lesson.",
            lambda x, w, b: max(0.0, float((x * w).sum() + b)),
        ),
        Mistake(
            "whole numbers",
            "You round the result to a whole number. A neuron's output has a fraction.",
            lambda x, w, b: int((x * w).sum() + b),
        ),
    ],
    hints=[
        "Lay the kernel on the window. Which pixel does each weight cover?",
        "In NumPy, `a * b` multiplies two arrays of one shape element by element; `a.sum()` adds up everything.",
        "One number comes out: the sum over all products, and then, once, the bias.",
    ],
    right_forms=[
        Form("two loops", _with_loops),
        Form("einsum", lambda x, w, b: np.einsum("uv,uv->", x, w) + b),
        Form("dot product of the flat arrays", lambda x, w, b: x.ravel() @ w.ravel() + b),
        Form("built-in sum", lambda x, w, b: sum(p * q for p, q in zip(x.flat, w.flat, strict=True)) + b),
    ],
)
