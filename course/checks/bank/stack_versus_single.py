"""`stack_versus_single`: what a stack of small kernels costs, and the large kernel that sees as much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import arithmetic, receptive
from ..cases import Maker, between
from ..spec import Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

cases = Maker(lambda rng, **sizes: sizes, kernel_size=3, layers=2, channels=1)
LARGE = {"kernel_size": between(7, 13), "layers": between(3, 6), "channels": between(14, 40)}

PROPERTIES = [
    Property(
        "two layers",
        "The single kernel sees as much as the two together.",
        cases({}, {"kernel_size": 5}, {"kernel_size": between(6, 29_999)}, note="two layers, one channel"),
    ),
    Property(
        "more layers",
        "Each layer widens the view by its kernel less one.",
        cases({"layers": 3}, {"kernel_size": 2, "layers": 5}, {"kernel_size": between(4, 7), "layers": between(4, 7)},
              {"kernel_size": between(9, 29_999), "layers": 3}, note="more layers"),
    ),
    Property(
        "channels",
        "Every output channel has a kernel for every input channel.",
        cases({"channels": 4}, {"channels": 64}, {"kernel_size": 5, "layers": 3, "channels": between(3, 29_999)},
              note="several channels in, as many out"),
    ),
    Property(
        "smallest stacks",
        "One layer is a stack, too.",
        cases({"layers": 1, "channels": 2}, {"kernel_size": between(4, 299), "layers": 1, "channels": between(3, 299)},
              {"kernel_size": 1, "layers": 3, "channels": 2}, note="one layer, or kernels of one pixel"),
    ),
]  # fmt: skip

# --- The answer in parts ------------------------------------------------------------------------------------


def compare(
    kernel_size: int, layers: int, channels: int, *,
    takes: Callable[[int, int, int], tuple[int, int, int]] = lambda k, n, c: (k, n, c),
    view: Callable[[int, int], int] = lambda k, n: n * (k - 1) + 1,
    area: Callable[[int, bool], int] = lambda k, alone: k * k,
    pairs: Callable[[int, bool], int] = lambda c, alone: c * c,
    biases: Callable[[int, bool], int] = lambda c, alone: 0,
    stacked: Callable[..., int] = lambda n, area, pairs, biases: n * (area * pairs + biases),
    gives: Callable[..., Any] = lambda single, small, large: (single, small, large),
) -> Any:  # fmt: skip
    """Find the single kernel, and count the weights of both.

    `alone` tells `area`, `pairs` and `biases` whether it is for the single layer, or for one of the stack.
    """
    k, n, c = takes(kernel_size, layers, channels)
    single = view(k, n)
    small = stacked(n, area(k, False), pairs(c, False), biases(c, False))
    return gives(single, small, area(single, True) * pairs(c, True) + biases(c, True))


# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    wrong("kernel and layers exchanged", "Kernel size and layers are exchanged. The parameters come in the order "
          "kernel_size, layers, channels.", takes=lambda k, n, c: (n, k, c)),
    wrong("layers and channels exchanged", "Layers and channels are exchanged. The parameters come in the order "
          "kernel_size, layers, channels.", takes=lambda k, n, c: (k, c, n)),
    # --- the single kernel ---
    wrong("kernels added", "You add the kernels up. Two layers of 3 see 5 pixels, since their windows share one.",
          view=lambda k, n: k * n),
    wrong("kernels multiplied", "Your single kernel is the kernels multiplied. Windows that overlap share pixels: two "
          "of 3 see 5, not 9.", view=lambda k, n: k**n),
    wrong("single kernel one too small", "Your single kernel is one pixel too small. A unit below the first layer is "
          "a pixel and sees itself: 1.", view=lambda k, n: n * (k - 1)),
    wrong("single kernel one too large", "Your single kernel is one pixel too large. The first layer sees the kernel, "
          "each further one adds k - 1.", view=lambda k, n: n * (k - 1) + 2),
    wrong("one pixel for each layer", "Your single kernel grows by one pixel with each layer. Each adds its kernel "
          "less one.", view=lambda k, n: k + n - 1),
    wrong("two pixels for each layer", "Your single kernel grows by 2 with each layer. That is so for kernels of 3; "
          "others add their kernel less one.", view=lambda k, n: k + 2 * (n - 1)),
    wrong("half a kernel for each layer", "Your single kernel grows by half a kernel with each layer. It grows to "
          "both sides.", view=lambda k, n: k + (n - 1) * (k // 2)),
    wrong("two layers assumed", "Your single kernel is that of two layers, whatever `layers` says.",
          view=lambda k, n: 2 * k - 1),
    wrong("one layer too many", "Your single kernel is that of one layer more: the first one is the kernel itself.",
          view=lambda k, n: (n + 1) * (k - 1) + 1),
    wrong("single kernel as small as the others", "Your single kernel is as small as those of the stack. It must see "
          "what the whole stack sees.", view=lambda k, n: k),
    # --- the weights of a kernel ---
    wrong("kernels not squared", "You count one side of the kernel. A 3 × 3 kernel has 9 weights.",
          area=lambda k, alone: k),
    wrong("single kernel not squared", "You count one side of the single kernel. A 5 × 5 kernel has 25 weights.",
          area=lambda k, alone: k if alone else k * k),
    wrong("small kernels not squared", "You count one side of the kernels in the stack. A 3 × 3 kernel has 9 weights.",
          area=lambda k, alone: k * k if alone else k),
    wrong("kernels doubled", "You double the kernel's side. Its weights are the side squared: ** 2, not * 2.",
          area=lambda k, alone: 2 * k),
    # --- channels ---
    wrong("channels counted once", "You count the channels once. Each of the output channels has a kernel for each of "
          "the input channels.", pairs=lambda c, alone: c),
    wrong("channels left out", "You leave the channels out.", pairs=lambda c, alone: 1),
    wrong("channels added", "You add the channels in and out. Each of the output channels has a kernel for each of "
          "the input channels.", pairs=lambda c, alone: 2 * c),
    wrong("channels of the single layer counted once", "In the single layer you count the channels once. There, too, "
          "each output channel has a kernel for each input.", pairs=lambda c, alone: c if alone else c * c),
    wrong("channels of the stack counted once", "In the stack you count the channels once. There, too, each output "
          "channel has a kernel for each input.", pairs=lambda c, alone: c * c if alone else c),
    wrong("channels of the single layer left out", "You leave the channels of the single layer out. It has as many as "
          "the stack, in and out.", pairs=lambda c, alone: 1 if alone else c * c),
    wrong("channels of the stack left out", "You leave the channels of the stack out. It has as many as the single "
          "layer, in and out.", pairs=lambda c, alone: c * c if alone else 1),
    # --- biases ---
    wrong("biases counted", "You count biases as well. Here only the weights are compared.", biases=lambda c, alone: c),
    wrong("one bias counted", "You count one bias for each layer. Here only the weights are compared.",
          biases=lambda c, alone: 1),
    # --- the layers of the stack ---
    wrong("one layer of the stack", "You count the weights of one layer of the stack. All its layers have weights.",
          stacked=lambda n, area, pairs, biases: area * pairs + biases),
    wrong("one layer too few", "You count the weights of one layer too few in the stack.",
          stacked=lambda n, area, pairs, biases: (n - 1) * (area * pairs + biases)),
    wrong("two layers counted", "You count the weights of two layers in the stack, whatever `layers` says.",
          stacked=lambda n, area, pairs, biases: 2 * (area * pairs + biases)),
    wrong("layers squared", "The number of layers is squared with the kernel. Square one kernel, then count the "
          "layers.", stacked=lambda n, area, pairs, biases: n * n * area * pairs + n * biases),
    wrong("layers added", "You add the number of layers to the weights. Each layer has all those weights: multiply.",
          stacked=lambda n, area, pairs, biases: area * pairs + biases + n),
    wrong("weights of the layers multiplied", "You raise the weights to the power of the number of layers. Layers "
          "stand one after the other: add them.", stacked=lambda n, area, pairs, biases: (area * pairs + biases) ** n),
    wrong("kernels of the layers multiplied", "You raise the weights of one kernel to the power of the number of "
          "layers. Layers stand one after the other: add them.",
          stacked=lambda n, area, pairs, biases: area**n * pairs + n * biases),
    wrong("channels for each layer", "You multiply by the channels once more for each layer. Layers stand one after "
          "the other: add their weights.", stacked=lambda n, area, pairs, biases: n * (area * pairs**n + biases)),
    # --- what comes back ---
    wrong("stack and single swapped", "You return the counts in the wrong order: first the stack, then the single "
          "kernel.", gives=lambda single, small, large: (single, large, small)),
    wrong("size at the end", "You return the size of the single kernel at the end. It comes first.",
          gives=lambda single, small, large: (small, large, single)),
    wrong("weights alone", "You return two numbers. Wanted are three: first the size of the single kernel.",
          gives=lambda single, small, large: (small, large)),
    wrong("kernel's area for its size", "Your first number is the area of the single kernel. Wanted is its side.",
          gives=lambda single, small, large: (single**2, small, large)),
    wrong("a pair for the size", "Your first number is a pair. The kernel is square: one side will do.",
          gives=lambda single, small, large: ((single, single), small, large)),
    wrong("floats", "You return floats, such as 18.0. Sizes and weights are counted: three ints.",
          gives=lambda single, small, large: (float(single), float(small), float(large))),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def by_lists(kernel_size: int, layers: int, channels: int) -> list[int]:
    """Ask receptive_field for the size, and add the layers up."""
    single = receptive.receptive_field([receptive.Layer(kernel_size)] * layers)
    return [single, sum([kernel_size**2 * channels**2] * layers), (single * channels) ** 2]


EXERCISE = Exercise(
    name="stack_versus_single",
    reference=arithmetic.stack_versus_single,
    computation=compare,
    properties=PROPERTIES,
    telling=cases(*[LARGE] * 8),
    mistakes=MISTAKES,
    hints=[
        "The first number is a receptive field. You have written a function for that.",
        "A layer from 1 channel to 1 has k x k weights. From c channels to c channels, how many kernels are there?",
        "Count one layer of the stack, then multiply by the layers. Then count one layer with the large kernel.",
    ],
    right_forms=[
        Form("with receptive_field, as a list", by_lists),
        Form("with conv_parameters",
             lambda k, n, c: (n * (k - 1) + 1, n * arithmetic.conv_parameters(c, c, k, bias=False),
                              arithmetic.conv_parameters(c, c, n * (k - 1) + 1, bias=False))),
    ],
)  # fmt: skip
