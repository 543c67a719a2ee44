"""A layer of kernels over one picture or a batch: what `conv_volume` and `conv2d` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..cases import Maker, numbers, photo, tenths
from ..spec import Case, Cases, Form, Property

__all__ = ["padded", "properties_of", "right_forms", "telling_of", "whole_numbers"]

Array = np.ndarray


def make(rng: np.random.Generator, pictures: int | None, channels: int, height: int, width: int, maps: int, f_h: int,
         f_w: int, stride: int, padding: int) -> dict[str, Any]:  # fmt: skip
    """Return a batch of pictures, or one picture without a batch, and a layer."""
    batch = () if pictures is None else (pictures,)
    return {
        "x": numbers(rng, *batch, channels, height, width),
        "weight": tenths(rng, maps, channels, f_h, f_w),
        "bias": tenths(rng, maps),
        "stride": stride,
        "padding": padding,
    }


def note(f_h: int, f_w: int, stride: int, padding: int, pictures: int | None, **sizes: int) -> str:
    """Say what a case is like."""
    batch = "" if pictures is None else f"{pictures} picture{'s' * (pictures != 1)}, "
    return f"{batch}a {f_h} × {f_w} kernel, stride {stride}, padding {padding}"


def cases_of(batch: bool, *recipes: Mapping[str, Any], named: tuple[str, ...] = ()) -> Cases:
    """Return the function that draws a case for each recipe, for batches or for pictures without a batch."""
    maker = Maker(
        make, note=note, named=named, least={"padding": 0}, pictures=1 if batch else None,
        channels=2, height=3, width=4, maps=3, f_h=2, f_w=2, stride=1, padding=0,
    )  # fmt: skip
    return maker(*recipes if batch else ({k: v for k, v in recipe.items() if k != "pictures"} for recipe in recipes))


def telling_of(batch: bool) -> Cases:
    """Return cases in which a window of a wrong size gives a number, and an odd kernel that is not square."""
    return cases_of(
        batch,
        {"channels": 1, "maps": 2, "height": 4, "width": 5, "f_h": 1, "f_w": 1, "stride": 2, "padding": 1},
        {"height": 4, "f_h": 3, "f_w": 1},
    )


def properties_of(batch: bool) -> list[Property]:
    """Return what must hold of a layer over a batch, or over one picture."""

    def cases(*recipes: Mapping[str, Any], named: tuple[str, ...] = ()) -> Cases:
        return cases_of(batch, *recipes, named=named)

    return [
        Property(
            "plain",
            "Every neuron of every map is right.",
            cases({}, {"pictures": 2, "channels": 3, "height": 5, "width": 6, "maps": 2, "f_h": 3, "f_w": 3},
                  {"pictures": 3, "height": 4, "width": 5, "maps": 4}),
        ),
        Property(
            "channels",
            "A kernel is as deep as the picture; there are as many maps as kernels.",
            cases({"channels": 1}, {"pictures": 2, "channels": 4, "height": 4, "width": 3, "maps": 1},
                  {"pictures": 2, "channels": 5, "maps": 2, "f_h": 1, "f_w": 1}),
        ),
        Property(
            "stride",
            "Neuron (i, j) starts at row i * s, column j * s; what does not fit is left out.",
            cases({"pictures": 2, "height": 5, "width": 7, "f_h": 3, "f_w": 3, "stride": 2},
                  {"height": 8, "width": 9, "f_w": 3, "stride": 3},
                  {"pictures": 2, "channels": 3, "height": 6, "width": 8, "maps": 2, "f_h": 3, "f_w": 3, "stride": 2,
                   "padding": 1}),
        ),
        Property(
            "padding",
            "Zeros stand on each side, as many as asked for.",
            cases({"pictures": 2, "f_h": 3, "f_w": 3, "padding": 1}, {"height": 4, "width": 3, "f_h": 3, "padding": 2},
                  {"pictures": 2, "f_h": 5, "f_w": 5, "padding": 2}),
        ),
        Property(
            "rectangles",
            "Kernels may be higher than wide, or wider than high.",
            cases({"height": 4, "width": 6, "f_w": 3},
                  {"pictures": 2, "channels": 3, "height": 6, "width": 4, "f_h": 4, "f_w": 1, "padding": 1}),
        ),
        Property(
            "called by name",
            "Later cells of the lesson call it with `stride=` and `padding=`.",
            cases({"height": 4, "width": 5, "stride": 2, "padding": 1}, named=("stride", "padding")),
        ),
    ]  # fmt: skip


def whole_numbers(rng: np.random.Generator, *batch: int) -> Case:
    """Return a photo of bytes."""
    layer = {"weight": tenths(rng, 2, 3, 2, 3), "bias": tenths(rng, 2), "stride": 1, "padding": 1}
    return Case({"x": photo(rng, *batch, 3, 3, 4), **layer}, "whole numbers, uint8")


# --- Right forms ----------------------------------------------------------------------------------------------


def padded(x: Any, padding: int) -> Array:
    """Return the pictures with their borders of zeros, as floats."""
    return np.pad(np.asarray(x, dtype=float), [(0, 0)] * (np.ndim(x) - 2) + [(padding, padding)] * 2)


def by_einsum(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    """Multiply a view of all windows."""
    windows = sliding_window_view(padded(x, padding), weight.shape[2:], axis=(-2, -1))[..., ::stride, ::stride, :, :]
    return np.einsum("...cijuv,kcuv->...kij", windows, weight) + bias[:, None, None]


def by_offsets(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    """Add up a shifted picture for each place in the kernel."""
    x, (f_h, f_w) = padded(x, padding), weight.shape[2:]
    out_h, out_w = (x.shape[-2] - f_h) // stride + 1, (x.shape[-1] - f_w) // stride + 1
    z = np.zeros((*x.shape[:-3], len(weight), out_h, out_w)) + bias[:, None, None]
    for u in range(f_h):
        for v in range(f_w):
            seen = x[..., u : u + (out_h - 1) * stride + 1 : stride, v : v + (out_w - 1) * stride + 1 : stride]
            z += np.einsum("...chw,kc->...khw", seen, weight[:, :, u, v])
    return z


def by_scipy(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    """Let SciPy correlate in three dimensions."""
    from scipy.signal import correlate

    x = padded(x, padding)
    pictures = x.reshape(-1, *x.shape[-3:]) if x.size else x
    z = [[correlate(one, w, "valid", "direct")[0, ::stride, ::stride] for w in weight] for one in pictures]
    shape = by_einsum(x, weight, bias, stride, 0).shape
    return np.array(z).reshape(shape) + bias[:, None, None]


def by_torch(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    """Let PyTorch do it."""
    import torch

    x, weight, bias = (torch.tensor(np.asarray(a, dtype=float)) for a in (x, weight, bias))
    return torch.nn.functional.conv2d(x, weight, bias, stride, padding)


def right_forms() -> list[Form]:
    """Return right answers, for one picture as for a batch."""
    return [
        Form("einsum over windows", by_einsum),
        Form("sum over kernel offsets", by_offsets),
        Form("SciPy", by_scipy, library="SciPy"),
        Form("PyTorch", by_torch, library="PyTorch"),
    ]
