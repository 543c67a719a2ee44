"""`conv2d_backward`, a stretch exercise: what each input, weight and bias did to the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ... import ops
from ..cases import Maker, numbers, tenths
from ..families import geometry, gradients
from ..families.layers import padded
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------


def make(rng: np.random.Generator, pictures: int, channels: int, height: int, width: int, maps: int, f_h: int, f_w: int,
         stride: int, padding: int, whole: bool) -> dict[str, Any]:  # fmt: skip
    """Return a batch of pictures, a layer, and the gradients of its outputs."""
    out_h, out_w = ((n + 2 * padding - f) // stride + 1 for n, f in ((height, f_h), (width, f_w)))
    x = numbers(rng, pictures, channels, height, width)
    return {
        "grad_output": tenths(rng, pictures, maps, out_h, out_w),
        "x": np.ceil(x).astype(int) if whole else x,
        "weight": tenths(rng, maps, channels, f_h, f_w),
        "stride": stride,
        "padding": padding,
    }


cases = Maker(
    make,
    note=lambda pictures, f_h, f_w, stride, padding, **sizes: (
        f"{pictures} picture{'s' * (pictures != 1)}, a {f_h} × {f_w} kernel, stride {stride}, padding {padding}"
    ),
    least={"padding": 0},
    pictures=1, channels=2, height=3, width=4, maps=3, f_h=2, f_w=2, stride=1, padding=0, whole=False,
)  # fmt: skip

PROPERTIES = [
    Property(
        "plain",
        "With stride 1 and no padding, all three gradients are right.",
        cases({"channels": 1, "height": 2, "width": 3, "maps": 1}, {},
              {"pictures": 2, "channels": 3, "height": 4, "width": 5, "maps": 2, "f_h": 3, "f_w": 3})),
    Property(
        "stride",
        "Every gradient goes back to the window that its neuron saw.",
        cases({"channels": 1, "height": 5, "width": 6, "maps": 2, "f_w": 3, "stride": 2},
              {"pictures": 2, "height": 5, "width": 7, "f_h": 3, "f_w": 3, "stride": 2},
              {"height": 7, "width": 8, "f_w": 3, "stride": 3})),
    Property(
        "padding",
        "Padding has no gradient: what reaches the zeros is cut off.",
        cases({"height": 2, "width": 3, "f_h": 3, "f_w": 3, "padding": 1},
              {"pictures": 2, "channels": 1, "f_h": 3, "padding": 2},
              {"pictures": 2, "channels": 3, "height": 6, "width": 5, "maps": 2, "f_h": 3, "f_w": 3, "stride": 2,
               "padding": 1})),
    Property(
        "rectangles",
        "Kernels may be higher than wide, or wider than high.",
        cases({"f_h": 1, "f_w": 3}, {"pictures": 2, "height": 5, "width": 4, "f_h": 4, "padding": 1},
              {"pictures": 2, "f_h": 3, "f_w": 4})),
    Property(
        "batches",
        "The shares of all pictures are added.",
        cases({"pictures": 3, "height": 4, "width": 3, "maps": 4}, {"pictures": 4, "channels": 1, "height": 2})),
    Property(
        "whole numbers",
        "The gradients are floats, even for a picture of whole numbers.",
        cases({"whole": True}, {"pictures": 2, "whole": True, "padding": 1}),
        unusual=True),
]  # fmt: skip

# Windows of a wrong size that fit all the same, and an odd kernel that is not square.
telling = cases(
    {"channels": 1, "maps": 2, "height": 4, "width": 5, "f_h": 1, "f_w": 1, "stride": 2, "padding": 1},
    {"height": 4, "f_h": 3, "f_w": 1},
    {"channels": 1, "height": 4, "width": 5, "maps": 2, "stride": 2},
    {"f_w": 3, "stride": 4, "padding": 1},
    {"height": 3, "width": 3, "f_h": 4, "f_w": 4, "stride": 4, "padding": 2},
)

# --- Mistakes -----------------------------------------------------------------------------------------------

# What goes wrong with windows, as in the forward pass.
SHARED = {
    "padding fixed at 1", "padding doubled", "padding below and right only", "padding above and left only",
    "edge repeated", "edge mirrored", "padding only where it is above 0", "3 x 3 windows assumed",
    "refuses sizes that do not divide", "refuses rectangles", "refuses even kernels",
    "refuses rectangles and even kernels",
}  # fmt: skip


def shaped(*lead_and_tail: Any) -> Any:
    """Return what adds up the biases, and gives the result a shape in which -1 stands for the maps."""
    return lambda g: g.sum(axis=(0, 2, 3)).reshape(lead_and_tail)


MISTAKES = [
    *(one for one in geometry.MISTAKES if one.name in SHARED),
    *gradients.MISTAKES,
    wrong("padding ignored", "You leave the padding out: the windows lie on x as it is, without zeros.",
          rings=lambda p: 0),
    wrong("square windows assumed", "Your windows fit square kernels alone. The kernel's height goes with the rows, "
          "its width with the columns.", kernel_size=lambda f: (f[0], f[0])),
    wrong("slices the unpadded picture", "For grad_weight you take the windows from x without its padding. The "
          "forward pass saw the padded one.", reads=lambda x, padded: x),
    wrong("no border in grad_x", "You gather grad_x in an array without a border, but the windows lie on the padded "
          "picture. Give it the same border, and cut that off at the end.", canvas=lambda x, p: x.shape,
          cuts=lambda grad, size, p: grad),
    # --- the border that is cut off ---
    wrong("grad_x still padded", "Your grad_x still has the border that padding added. It has the shape of x.",
          cuts=lambda grad, size, p: grad),
    wrong("[p:-p] is empty at 0", "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is 0: that "
          "slice is empty. Count its end from the front.", cuts=lambda grad, size, p: grad[:, :, p:-p, p:-p]),
    wrong("[p:-p] is empty at 0, and stored", "Your slice [padding:-padding] becomes [0:-0] for padding 0, and -0 is "
          "0: that slice is empty and cannot be stored in grad_x. Count its end from the front.",
          cuts=gradients.cut_and_stored),
    wrong("border cut at the wrong end", "Your grad_x is shifted by the padding: it starts where the padded array "
          "starts. There the picture itself starts at row and column `padding`.",
          cuts=lambda grad, size, p: grad[:, :, : size[0], : size[1]]),
    wrong("border left below and on the right", "Your grad_x still has the border below and on the right: a slice "
          "[padding:] goes on to the end.", cuts=lambda grad, size, p: grad[:, :, p:, p:]),
    wrong("border left above and on the left", "Your grad_x still has the border above and on the left: start at "
          "`padding`.", cuts=lambda grad, size, p: grad[:, :, : p + size[0], : p + size[1]]),
    wrong("[p:H] cuts too much", "Your slice ends too early. In the padded array the picture starts at `padding`, so "
          "it ends as much later.", cuts=lambda grad, size, p: grad[:, :, p : size[0], p : size[1]]),
    wrong("[1:-1] whatever the padding", "You cut off one row and column on each side, whatever padding says.",
          cuts=lambda grad, size, p: grad[:, :, 1:-1, 1:-1]),
    wrong("height and width swapped in the cut", "You cut grad_x to the width for its height, and to the height for "
          "its width.", cuts=lambda grad, size, p: grad[:, :, p : p + size[1], p : p + size[0]]),
    # --- how many places there are ---
    wrong("/ for //", "You divide with /, which gives a number with a decimal point. A number of places is whole: use "
          "//.", counts=lambda n, f, s, p, outputs: (n + 2 * p - f) / s + 1),
    wrong("padding not counted", "You count the places without the padding, so the last ones are missing. Their "
          "number is in the shape of grad_output.", counts=lambda n, f, s, p, outputs: max((n - f) // s + 1, 0)),
    wrong("padding counted once", "You count the padding once, so the last places are missing. Their number is in the "
          "shape of grad_output.", counts=lambda n, f, s, p, outputs: max((n + p - f) // s + 1, 0)),
    wrong("stride not counted", "You visit as many places as there are with stride 1. Their number is in the shape of "
          "grad_output.", counts=lambda n, f, s, p, outputs: n + 2 * p - f + 1),
    wrong("loops over input rows", "You visit a place for each row and column of x. Their number is in the shape of "
          "grad_output.", counts=lambda n, f, s, p, outputs: n),
    *(
        wrong(
            "range(0, out, stride)" + ", with grad_bias" * with_bias,
            f"You visit every stride-th place alone{', for grad_bias, too' * with_bias}. Each place has a gradient: "
            "the stride belongs in the window's start.",
            from_x=gradients.every_second,
            from_weight=gradients.every_second,
            spreads=lambda i, f, s, p: slice(i, i + f),
            sees=lambda i, f, s, p: slice(i, i + f),
            **({"from_bias": gradients.every_second} if with_bias else {}),
        )
        for with_bias in (False, True)
    ),
    # --- grad_x ---
    wrong("= for += in grad_x", "In grad_x each share overwrites the one before, and the last map's is left. A pixel "
          "lies in several windows of every map: add their shares, +=.", writes=gradients.last_map_written),
    wrong("= for += in grad_x, window after window", "In grad_x each window overwrites the one before. A pixel lies "
          "in several windows: add their shares, +=.", writes=gradients.overwritten),
    wrong("= for += in grad_x, weight after weight", "In grad_x the share by one weight overwrites that by the one "
          "before. A pixel meets several weights: add the shares, +=.", writes=gradients.first_kept),
    wrong("pixels in place of weights", "In grad_x you multiply the gradient by the pixels of the window. The share "
          "of a pixel is the gradient times the weight that it met.", writes=gradients.pixels_spread),
    wrong("weights left out of grad_x", "The weights are not in your grad_x: each pixel gets the gradient itself.",
          kernel=np.ones_like),
    *(
        wrong(
            name,
            f"In grad_x the kernel is turned: {how}. Pixel u, v of the window met weight u, v, and gets its share "
            "from it.",
            kernel=lambda w, index=index: w[index],
        )
        for name, how, index in (
            ("kernel flipped", "by half a turn", np.s_[..., ::-1, ::-1]),
            ("kernel upside down", "its rows stand upside down", np.s_[..., ::-1, :]),
            ("kernel mirrored", "its columns are mirrored", np.s_[..., ::-1]),
            ("kernel flipped through the channels", "its rows and its channels run backwards", np.s_[:, ::-1, ::-1]),
            ("kernel flipped along all axes", "all of its axes run backwards", np.s_[:, ::-1, ::-1, ::-1]),
        )
    ),
    wrong("kernel transposed", "In grad_x the rows of the kernel stand where its columns should stand.",
          kernel=lambda w: w.swapaxes(-1, -2)),
    wrong("maps and channels of the weights swapped", "In grad_x you take the first axis of the weights for the "
          "channels, and the second for the maps.", kernel=lambda w: w.swapaxes(0, 1)),
    wrong("one kernel for all maps", "In grad_x you take the first kernel for all maps. Map k has its own: weight[k].",
          kernel=lambda w: np.repeat(w[:1], len(w), axis=0)),
    wrong("the last kernel for all maps", "In grad_x you take the last kernel for all maps. Map k has its own: "
          "weight[k].", kernel=lambda w: np.repeat(w[-1:], len(w), axis=0)),
    wrong("first channel only", "Only the first channel of grad_x is filled. Each neuron saw all channels.",
          channels_x=lambda w: geometry.kept(w, np.s_[:, :1])),
    wrong("last channel only", "Only the last channel of grad_x is filled. Each neuron saw all channels.",
          channels_x=lambda w: geometry.kept(w, np.s_[:, -1:])),
    wrong("channels added", "Each channel of your grad_x has the sum of all. A pixel gets its share by its own weight "
          "alone.", channels_x=gradients.channels_added),
    wrong("x added to grad_x", "x itself is in your grad_x. Gather the shares in an array of zeros.",
          begins=lambda grad, padded: grad + padded),
    wrong("grad_x rearranged", "The axes of your grad_x stand in another order. It has the shape of x: (N, channels, "
          "height, width).", axes=lambda a: np.moveaxis(a, 1, -1)),
    # --- grad_weight ---
    wrong("weights in place of pixels", "In grad_weight you multiply the gradient by the weights. The share of a "
          "weight is the gradient times the pixel that it met.", meets=gradients.weights_met),
    wrong("pixels left out of grad_weight", "The pixels are not in your grad_weight: each weight gets the gradient "
          "itself.", reads=lambda x, padded: np.ones_like(padded)),
    wrong("grad_weight turned", "Your grad_weight is turned by half a turn. Here the kernel lies on the window as it "
          "is, and so does its gradient.", turned=lambda w: w[..., ::-1, ::-1]),
    wrong("grad_weight transposed", "In grad_weight the rows of each kernel stand where its columns should stand.",
          turned=lambda w: w.swapaxes(-1, -2)),
    wrong("first channel only, in grad_weight", "Only the first channel of grad_weight is filled. Each map has "
          "weights for all channels.", channels_weight=lambda w: geometry.kept(w, np.s_[:, :1])),
    wrong("last channel only, in grad_weight", "Only the last channel of grad_weight is filled. Each map has weights "
          "for all channels.", channels_weight=lambda w: geometry.kept(w, np.s_[:, -1:])),
    wrong("channels added, in grad_weight", "Each channel of your grad_weight has the sum of all. A weight meets the "
          "pixels of its own channel alone.", channels_weight=gradients.channels_added),
    wrong("maps added in grad_weight", "All maps of your grad_weight are the same: the sum of all. Each map has its "
          "own gradients.", channels_weight=lambda w: np.repeat(w.sum(axis=0, keepdims=True), len(w), axis=0)),
    wrong("grad_weight rearranged", "Maps and channels of your grad_weight are swapped. It has the shape of weight: "
          "(maps, channels, f_h, f_w).", shape=lambda w: w.swapaxes(0, 1)),
    wrong("grad_weight still a matrix", "Your grad_weight has a row for each map, as the product of matrices leaves "
          "it. Give it the shape of weight.", shape=lambda w: w.reshape(len(w), -1)),
    # --- grad_bias ---
    *(
        wrong(
            f"grad_bias of the shape {name}",
            f"Your grad_bias has the shape {name}. It has that of the biases: one number for each map, (maps,).",
            sums=shaped(*shape),
        )
        for name, shape in {
            "(1, maps, 1, 1)": (1, -1, 1, 1), "(maps, 1, 1)": (-1, 1, 1), "(maps, 1)": (-1, 1), "(1, maps)": (1, -1),
            "(1, 1, 1, maps)": (1, 1, 1, -1), "(1, maps, 1)": (1, -1, 1),
        }.items()
    ),
    wrong("grad_bias is one number", "You add up all maps into one number for the bias. Each map has its own.",
          sums=lambda g: g.sum()),
    wrong("the same number for all biases", "Each number of your grad_bias is the sum over all maps. Each map has its "
          "own.", sums=lambda g: np.full(g.shape[1], g.sum())),
    *(
        wrong(
            f"grad_bias summed over {name}",
            f"For grad_bias you sum over {name} of grad_output. One number for each map is left when you sum over "
            "pictures, rows and columns.",
            sums=lambda g, axes=axes: g.sum(axis=axes),
        )
        for name, axes in {
            "the pictures alone": 0, "the maps alone": 1, "the last axis alone": 3, "rows and columns alone": (2, 3),
            "pictures, maps and rows": (0, 1, 2), "maps, rows and columns": (1, 2, 3), "pictures and maps": (0, 1),
            "pictures, maps and columns": (0, 1, 3), "pictures and rows": (0, 2),
        }.items()
    ),
    wrong("grad_bias as a mean", "You take the mean for the bias. Each place adds its gradient to it: take the sum.",
          sums=lambda g: g.mean(axis=(0, 2, 3))),
    wrong("grad_bias as a mean over the places", "For grad_bias you take the mean over rows and columns. Each place "
          "adds its gradient to the bias: take the sum.", sums=lambda g: g.mean(axis=(2, 3)).sum(axis=0)),
    wrong("grad_bias once for each channel", "The gradients count once for each channel in grad_bias. Each place adds "
          "its own once.", scale_bias=lambda b, g, weight: b * weight.shape[1]),
    wrong("grad_bias once for each weight", "The gradients count once for each weight of a kernel in grad_bias. Each "
          "place adds its own once.", scale_bias=lambda b, g, weight: b * weight[0].size),
    wrong("grad_bias once for each pixel of the window", "The gradients count once for each pixel of the window in "
          "grad_bias. Each place adds its own once.", scale_bias=lambda b, g, weight: b * weight[0, 0].size),
    # --- divided, multiplied ---
    *(
        wrong(
            name,
            f"Your {gradients.listed(which)} {'is' if len(which) == 1 else 'are'} divided by the number of pictures. "
            "The loss decides whether there is a mean; here the shares are added.",
            **{
                {"x": "scale_x", "w": "scale_weight", "b": "scale_bias"}[letter]: lambda a, g, weight: a / len(g)
                for letter in which
            },
        )
        for name, which in {
            "mean over the batch": "wb", "mean over the batch, in all three": "xwb",
            "mean over the batch, in grad_weight": "w", "mean over the batch, in grad_bias": "b",
            "mean over the batch, in grad_x": "x",
        }.items()
    ),
    wrong("grad_weight as a mean over the places", "In grad_weight you take the mean over rows and columns. Each "
          "place adds its share: take the sum.", scale_weight=lambda a, g, weight: a / g[0, 0].size),
    wrong("grad_weight as a mean", "In grad_weight you take the mean over pictures and places. Each adds its share: "
          "take the sum.", scale_weight=lambda a, g, weight: a / g[:, 0].size),
    wrong("shares once for each channel", "The shares count once for each channel. One line adds those of all "
          "channels: is it inside a loop over them?", scale_x=lambda a, g, weight: a * weight.shape[1],
          scale_weight=lambda a, g, weight: a * weight.shape[1]),
    # --- types, what is returned ---
    wrong("grad_x in the picture's type", "You make grad_x in the type of x, as zeros_like does. In whole numbers "
          "there is no room for fractions: make it an array of floats.", kind=lambda x: x.dtype),
    wrong("grad_x cut to the picture's type", "Your grad_x has the type of x, as zeros_like makes it. For whole "
          "numbers its fractions are cut off: make it an array of floats.", kept_as=lambda a, x: a.astype(x.dtype)),
    *(
        wrong(
            f"{name} left at zero",
            f"Your {name} is all zeros: the shares do not reach it.",
            **{f"scale_{name[5:]}": lambda a, g, weight: a * 0},
        )
        for name in gradients.NAMES.values()
    ),
    *(
        wrong(
            f"{gradients.NAMES['xwb'[k]]} is None",
            f"For {gradients.NAMES['xwb'[k]]} you return None.",
            returns=lambda *three, k=k: tuple(None if n == k else one for n, one in enumerate(three)),
        )
        for k in range(3)
    ),
    *(
        wrong(
            f"returned as {', '.join(gradients.NAMES[letter] for letter in order)}",
            f"You return {gradients.listed(order)}. The answer is grad_x, grad_weight, grad_bias, in this order.",
            returns=lambda x, w, b, order=order: tuple({"x": x, "w": w, "b": b}[letter] for letter in order),
        )
        for order in ("wxb", "xbw", "wbx", "bxw", "bwx", "xw", "wb")
    ),
    wrong("grad_x alone", "You return grad_x alone. The answer is three gradients: grad_x, grad_weight, grad_bias.",
          returns=lambda x, w, b: x),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------


def by_columns(grad_output: Any, x: Any, weight: Any, stride: int, padding: int) -> Any:
    """Multiply columns, and add them back."""
    f = weight.shape[2:]
    grad = grad_output.reshape(*grad_output.shape[:2], -1)
    grad_columns = weight.reshape(len(weight), -1).T @ grad
    grad_weight = np.einsum("nkl,ncl->kc", grad, ops.im2col(x, f, stride, padding)).reshape(weight.shape)
    return ops.col2im(grad_columns, x.shape[2:], f, stride, padding), grad_weight, grad.sum(axis=(0, 2))


def by_einsum(grad_output: Any, x: Any, weight: Any, stride: int, padding: int) -> Any:
    """Loop over the kernel alone."""
    x_padded, g, p, s = padded(x, padding), grad_output, padding, stride
    view = sliding_window_view(x_padded, weight.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    grad_padded, (out_h, out_w) = np.zeros_like(x_padded), g.shape[2:]
    for u, v in np.ndindex(weight.shape[2:]):
        target = grad_padded[:, :, u : u + (out_h - 1) * s + 1 : s, v : v + (out_w - 1) * s + 1 : s]
        target += np.einsum("nkij,kc->ncij", g, weight[:, :, u, v])
    grad_x = grad_padded[:, :, p : p + x.shape[2], p : p + x.shape[3]]
    return grad_x, np.einsum("nkij,ncijuv->kcuv", g, view), g.sum((0, 2, 3))


def by_torch(grad_output: Any, x: Any, weight: Any, stride: int, padding: int) -> Any:
    """Let PyTorch find the gradients."""
    import torch

    x, weight, g = (torch.tensor(np.asarray(a, dtype=float)) for a in (x, weight, grad_output))
    bias = torch.zeros(len(weight), dtype=torch.float64, requires_grad=True)
    torch.nn.functional.conv2d(x.requires_grad_(), weight.requires_grad_(), bias, stride, padding).backward(g)
    return x.grad, weight.grad, bias.grad


EXERCISE = Exercise(
    name="conv2d_backward",
    reference=ops.conv2d_backward,
    computation=gradients.send_back,
    properties=PROPERTIES,
    mistakes=MISTAKES,
    telling=telling,
    hints=[
        "Write the forward pass as loops. Each product x * w in it gives two lines: for grad_x and for grad_weight.",
        "The share of a pixel is the neuron's gradient times the weight that the pixel met, and the other way round.",
        "Gather grad_x in a padded array of zeros, then cut off the border: [:, :, p : p + H, p : p + W].",
        "For neuron (n, k, i, j): grad_padded of its window += g * weight[k], grad_weight[k] += g * its window.",
    ],
    right_forms=[
        Form("the course's loops", ops.conv2d_backward_loops),
        Form("columns", by_columns),
        Form("einsum", by_einsum),
        Form("PyTorch", by_torch, library="PyTorch"),
    ],
)
