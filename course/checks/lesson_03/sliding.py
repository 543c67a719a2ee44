"""One wrong convolution for each thing that people get wrong, made from a right one by changing that thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..spec import Mistake

__all__ = ["MISTAKES", "batched", "convolve"]


def both_sides(x: np.ndarray, p: int) -> np.ndarray:
    """Add p zeros on each side."""
    return np.pad(x, ((0, 0), (p, p), (p, p)))


def floor_size(n: int, f: int, s: int, p: int) -> int:
    """Count the windows along an axis."""
    return (n + 2 * p - f) // s + 1


def right_window(view: Any, i: int, j: int) -> np.ndarray:
    """Return what neuron (i, j) sees."""
    return view.padded[:, i * view.s : i * view.s + view.f_h, j * view.s : j * view.s + view.f_w]


def weighted_sum(window: np.ndarray, weight: np.ndarray, k: int) -> Any:
    """Multiply element by element, and add up."""
    return (window * weight[k]).sum()


class View:
    """What a window is cut from: the picture, plain and padded, and the sizes."""

    def __init__(self, x: np.ndarray, padded: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> None:
        self.x, self.padded, self.s, self.p = x, padded, stride, padding
        self.f_h, self.f_w = weight.shape[2:]


def convolve(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int,
    padding: int,
    border: Callable[..., np.ndarray] = both_sides,
    size: Callable[..., int] = floor_size,
    places: Callable[[int, int], Any] = lambda count, s: range(count),
    window: Callable[..., np.ndarray] = right_window,
    neuron: Callable[..., Any] = weighted_sum,
    biased: Callable[..., Any] = lambda z, bias, k: z + bias[k],
    turned: bool = False,
    keeps_type: bool = False,
) -> np.ndarray:
    """Convolve one picture (C, H, W); each of the last arguments can be changed for a wrong one."""
    view = View(x, border(x, padding), weight, stride, padding)
    out_h = size(x.shape[1], view.f_h, stride, padding)
    out_w = size(x.shape[2], view.f_w, stride, padding)
    if turned:
        out_h, out_w = out_w, out_h
    z = np.zeros((len(weight), out_h, out_w), dtype=x.dtype if keeps_type else float)
    for k in range(len(weight)):
        for i in places(out_h, stride):
            for j in places(out_w, stride):
                z[k, i, j] = biased(neuron(window(view, i, j), weight, k), bias, k)
    return z


def batched(volume: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that does to each picture of a batch what `volume` does to one."""

    def over_a_batch(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
        if len(x) == 0:
            return np.asarray(volume(np.zeros(x.shape[1:]), weight, bias, stride, padding))[np.newaxis][:0]
        return np.stack([volume(picture, weight, bias, stride, padding) for picture in x])

    return over_a_batch


def _twisted(**twist: Any) -> Callable[..., Any]:
    def wrong(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
        return convolve(x, weight, bias, stride, padding, **twist)

    return wrong


def _bias_over_columns(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    return convolve(x, weight, bias * 0, stride, padding) + bias


def _border_left_zero(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    z = convolve(x, weight, bias, stride, padding)
    f_h, f_w = weight.shape[2:]
    for i in range(z.shape[1]):
        for j in range(z.shape[2]):
            top, left = i * stride - padding, j * stride - padding
            if top < 0 or left < 0 or top + f_h > x.shape[1] or left + f_w > x.shape[2]:
                z[:, i, j] = 0
    return z


def _three_by_three(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    def window(view: View, i: int, j: int) -> np.ndarray:
        return view.padded[:, i * view.s : i * view.s + 3, j * view.s : j * view.s + 3]

    return convolve(x, weight, bias, stride, padding, size=lambda n, f, s, p: floor_size(n, 3, s, p), window=window)


def _square(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    f = weight.shape[2]

    def window(view: View, i: int, j: int) -> np.ndarray:
        return view.padded[:, i * view.s : i * view.s + f, j * view.s : j * view.s + f]

    return convolve(x, weight, bias, stride, padding, size=lambda n, _, s, p: floor_size(n, f, s, p), window=window)


def _filters_for_size(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    f = len(weight)
    return convolve(x, weight, bias, stride, padding, size=lambda n, _, s, p: max(floor_size(n, f, s, p), 0))


def _only(kept: slice, *arguments: Any) -> Any:
    z = convolve(*arguments)
    filled = np.zeros(z.shape)
    filled[kept] = z[kept]
    return filled


def _summed_maps(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    z = convolve(x, weight, bias, stride, padding)
    return np.repeat(z.sum(axis=0, keepdims=True), len(z), axis=0)


def _sees(rows: Callable[[View, int], slice], columns: Callable[[View, int], slice], padded: bool = True) -> Any:
    def window(view: View, i: int, j: int) -> np.ndarray:
        return (view.padded if padded else view.x)[:, rows(view, i), columns(view, j)]

    return _twisted(window=window)


def _depthwise(window: Any, weight: Any, k: int) -> Any:
    channel = k % len(window)
    return (window[channel] * weight[k, channel]).sum()


MISTAKES = [
    Mistake(
        "kernel flipped",
        "Your result is that of a flipped kernel. Layers do not turn the kernel round: they compute a correlation.",
        _twisted(neuron=lambda s, w, k: (s * w[k, :, ::-1, ::-1]).sum()),
    ),
    Mistake(
        "matrix product for elementwise",
        "You use a matrix product of window and kernel. Each pixel meets one weight: multiply element by element.",
        _twisted(neuron=lambda s, w, k: (s @ w[k]).sum()),
    ),
    Mistake(
        "mean for sum",
        "You take the mean of the products. The neuron takes their sum.",
        _twisted(neuron=lambda s, w, k: (s * w[k]).mean()),
    ),
    Mistake("bias forgotten", "The biases are missing.", _twisted(biased=lambda z, b, k: z)),
    Mistake(
        "bias added inside the sum",
        "You add the bias once for each product. It is added once for the neuron, outside the sum.",
        lambda x, w, b, s, p: convolve(x, w, b * w[0].size, s, p),
    ),
    Mistake(
        "one bias for all maps",
        "You add the first bias to all maps. Each map has its own.",
        _twisted(biased=lambda z, b, k: z + b[0]),
    ),
    Mistake(
        "bias along the columns",
        "You add the biases along the columns of the maps. There is one for each map: bias[:, None, None].",
        _bias_over_columns,
    ),
    Mistake(
        "float of the array of biases",
        "You turn the whole array of biases into one number, which stops with a TypeError. Pick one of them: bias[k].",
        _twisted(biased=lambda z, b, k: z + float(b)),
    ),
    Mistake(
        "first channel only",
        "You look at the first channel alone. A kernel is as deep as the layer below: sum over all channels.",
        _twisted(neuron=lambda s, w, k: (s[0] * w[k, 0]).sum()),
    ),
    Mistake(
        "last channel only",
        "Only the last channel is left in your sum. Is there an = where += should stand?",
        _twisted(neuron=lambda s, w, k: (s[-1] * w[k, -1]).sum()),
    ),
    Mistake(
        "depthwise",
        "You let map k look at channel k alone. Every map looks at all channels.",
        _twisted(neuron=_depthwise),
    ),
    Mistake(
        "sums over output channels",
        "You add the maps together. They are the result, one for each kernel.",
        _summed_maps,
    ),
    Mistake(
        "one kernel for all maps",
        "All your maps come from the first kernel. Map k has its own: weight[k].",
        _twisted(neuron=lambda s, w, k: (s * w[0]).sum()),
    ),
    Mistake("stride ignored", "You ignore the stride.", lambda x, w, b, s, p: convolve(x, w, b, 1, p)),
    Mistake(
        "the index without its stride",
        "Your output has the right size, but its window starts at i, j. With a stride it starts at i * s, j * s.",
        _sees(lambda v, i: slice(i, i + v.f_h), lambda v, j: slice(j, j + v.f_w)),
    ),
    Mistake(
        "stride on the end only",
        "You multiply the end of the window by the stride, but not its start.",
        _sees(lambda v, i: slice(i, i * v.s + v.f_h), lambda v, j: slice(j, j * v.s + v.f_w)),
    ),
    Mistake(
        "stride as the size of the window",
        "Your window has the size of the stride. Its size is the kernel's; the stride says where it starts.",
        _sees(lambda v, i: slice(i * v.s, (i + 1) * v.s), lambda v, j: slice(j * v.s, (j + 1) * v.s)),
    ),
    Mistake(
        "steps as long as the kernel",
        "You move by the size of the kernel. The step is the stride: windows may overlap.",
        _sees(
            lambda v, i: slice(i * v.f_h, (i + 1) * v.f_h),
            lambda v, j: slice(j * v.f_w, (j + 1) * v.f_w),
        ),
    ),
    Mistake(
        "stride as dilation",
        "You take every s-th pixel inside the window. The pixels of a window are neighbours.",
        _sees(lambda v, i: slice(i, i + v.f_h * v.s, v.s), lambda v, j: slice(j, j + v.f_w * v.s, v.s)),
    ),
    Mistake(
        "steps over outputs",
        "Your loop steps over the outputs, range(0, out, stride), and leaves the others at zero. Visit every output.",
        _twisted(
            places=lambda count, s: range(0, count, s),
            window=lambda v, i, j: v.padded[:, i : i + v.f_h, j : j + v.f_w],
        ),
    ),
    Mistake(
        "slices the unpadded picture",
        "You pad the picture, and then cut the windows out of the one without padding.",
        _sees(lambda v, i: slice(i * v.s, i * v.s + v.f_h), lambda v, j: slice(j * v.s, j * v.s + v.f_w), padded=False),
    ),
    Mistake(
        "border left zero",
        "You leave zeros where the window hangs over the edge. It sees zeros there, but it sees pixels, too.",
        _border_left_zero,
    ),
    Mistake(
        "padding ignored",
        "You ignore the padding.",
        lambda x, w, b, s, p: convolve(x, w, b, s, 0),
    ),
    Mistake(
        "padding fixed at 1",
        "You always add one row and column of zeros. Use the padding that is asked for.",
        lambda x, w, b, s, p: convolve(x, w, b, s, 1),
    ),
    Mistake(
        "padding on one side only",
        "You add all zeros above and to the left. Each side gets them.",
        _twisted(border=lambda x, p: np.pad(x, ((0, 0), (2 * p, 0), (2 * p, 0)))),
    ),
    Mistake(
        "channels padded, too",
        "You pad the channels as well: np.pad(x, padding) adds zeros along every axis. Give it one pair for each axis, "
        "and (0, 0) for those that stay.",
        _twisted(border=np.pad),
    ),
    Mistake(
        "first map only",
        "Only the first map is filled, the others are zeros. Does the `return` stand inside a loop?",
        lambda *arguments: _only(slice(0, 1), *arguments),
    ),
    Mistake(
        "padding counted once",
        "You count the padding once in the size of the output. There are zeros on both sides: 2 * padding.",
        _twisted(size=lambda n, f, s, p: max((n + p - f) // s + 1, 0)),
    ),
    Mistake(
        "ceil for floor",
        "You round the size of the output up. A window that does not fit whole is left out: round down.",
        _twisted(size=lambda n, f, s, p: -(-(n + 2 * p - f) // s) + 1),
    ),
    Mistake(
        "+ 1 forgotten",
        "Your output lacks its last row and column: the size is the number of steps, plus 1 for the first window.",
        _twisted(size=lambda n, f, s, p: (n + 2 * p - f) // s),
    ),
    Mistake(
        "height and width swapped",
        "You swap the height and the width of the output.",
        lambda x, w, b, s, p: convolve(x, w, b, s, p).swapaxes(-1, -2),
    ),
    Mistake(
        "number of filters for kernel size",
        "You take the number of kernels, weight.shape[0], for their size. Height and width come last.",
        _filters_for_size,
    ),
    Mistake(
        "loops over input rows",
        "You loop over the rows of the input. The output has fewer: loop over those.",
        _twisted(size=lambda n, f, s, p: n + 2 * p),
    ),
    Mistake(
        "square kernels assumed",
        "You take the height of the kernel for its width, too. It may be 2 x 3.",
        _square,
    ),
    Mistake(
        "3 x 3 kernels assumed",
        "Your window is always 3 x 3. Read its size from the shape of the weights.",
        _three_by_three,
    ),
    Mistake(
        "kept in the picture's type",
        "Your output has the type of the picture. In uint8 fractions are lost and 256 becomes 0. Make it float.",
        _twisted(keeps_type=True),
    ),
    Mistake(
        "integer division",
        "You use //, or round down. Nothing is divided in Equation 14-1.",
        lambda x, w, b, s, p: convolve(x, w, b, s, p) // 1,
    ),
    Mistake(
        "not-a-number left out",
        "You leave out pixels that are NaN. A sum with an unknown number in it is unknown: it must be NaN.",
        _twisted(neuron=lambda s, w, k: np.nansum(s * w[k])),
    ),
]
