"""`probe_receptive_field`: poke each pixel, and see whether a unit moves."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ...cell.objects import Made
from ...ops.probe import POKE, probe_receptive_field
from ..families.connections import connected
from ..spec import Case, Exercise, Form, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

Layer = dict[str, Any]
Pair = tuple[int, int]
Array = np.ndarray


@functools.lru_cache
def random_numbers(shape: Pair) -> Array:
    """Return the picture that the exercise begins with."""
    return np.random.default_rng(0).normal(size=shape)


def case(layers: list[Layer], says: str, input_shape: Pair, unit: Pair, note: str) -> Case:
    """Return a network, the size of its input, and a unit."""
    options = connected(np.random.default_rng(0), layers, input_shape)
    network = Made("small_network", options, says, {"layers": layers})
    return Case({"network": network, "input_shape": input_shape, "unit": unit}, note)


def anywhere(rng: np.random.Generator, says: str, note: str, *layers: Layer) -> Case:
    """Return a case with a picture of any size, and any unit: so that no list of answers will do."""
    height, width = (int(n) for n in rng.integers(6, 10, size=2))
    options = connected(rng, list(layers), (height, width))
    row, column = (int(rng.integers(n)) for n in options["output"])
    network = Made("small_network", options, says, {"layers": list(layers)})
    return Case({"network": network, "input_shape": (height, width), "unit": (row, column)}, note)


def size(rng: np.random.Generator) -> Pair:
    """Return the size of a kernel."""
    return int(rng.integers(1, 4)), int(rng.integers(1, 4))


def conv(rng: np.random.Generator, height: int, width: int, sign: int = 0, **options: Any) -> Layer:
    """Return a convolution; its weights are from 0.5 to 1 in size, all of one sign where that is 1 or -1."""
    weight = rng.uniform(0.5, 1, (height, width)) * (sign or rng.choice([-1, 1], (height, width)))
    return {"kind": "conv", "weight": weight, **options}


RELU = {"kind": "relu"}
SMALL = (1e-6, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0)  # pokes that do not wake a unit
MAX_POOL = {"kind": "max_pool", "size": 2}


def one_layer(rng: np.random.Generator) -> list[Case]:
    """Return single convolutions."""
    unit = int(rng.integers(1, 4)), 0
    strided = conv(rng, 3, 3, stride=2, padding=1)
    return [
        case([conv(rng, 2, 2)], "one 2 × 2 convolution", (3, 4), (1, 0), "one layer"),
        case([conv(rng, 2, 3)], "one 2 × 3 convolution", (5, 4), unit, "a kernel that is not square"),
        case([strided], "one 3 × 3 convolution, stride 2, padding 1", (4, 5), (0, 2), "a unit at the border"),
        *(anywhere(rng, "one convolution", "any unit", conv(rng, *size(rng), stride=stride, padding=1))
          for stride in (1, 2)),
    ]  # fmt: skip


def stacks(rng: np.random.Generator) -> list[Case]:
    """Return two convolutions, one after the other."""
    two = [conv(rng, 2, 2), conv(rng, 2, 3)]
    strided = [conv(rng, 3, 2, stride=2, padding=1), conv(rng, 2, 1)]
    padded = [conv(rng, 3, 3, padding=1), conv(rng, 1, 3, padding=1)]
    return [
        case(two, "convolutions of 2 × 2 and of 2 × 3", (4, 6), (1, 2), "two layers"),
        case(strided, "a 3 × 2 convolution with stride 2 and padding 1, then one of 2 × 1", (5, 6), (0, 2),
             "a stride, then a layer"),
        case(padded, "two convolutions with padding", (3, 5), (3, 1), "zeros at the border are no pixels"),
        *(anywhere(rng, "two convolutions", "any unit", conv(rng, *size(rng), stride=stride, padding=1),
                   conv(rng, *size(rng), padding=1)) for stride in (1, 2)),
    ]  # fmt: skip


def pooled(rng: np.random.Generator) -> list[Case]:
    """Return networks with pooling: their units see several windows, of which the largest alone counts."""
    falling = [conv(rng, 2, 2, 1), MAX_POOL, conv(rng, 2, 1, -1)]
    deep = [conv(rng, 3, 3), RELU, MAX_POOL, conv(rng, 1, 2)]
    means = [conv(rng, 2, 3), {"kind": "avg_pool", "size": 2}]
    return [
        case(falling, "convolution, max pooling, convolution with negative weights", (5, 4), (0, 0), "max pooling"),
        case(deep, "convolution, ReLU, max pooling, convolution", (4, 7), (0, 0), "ReLU and max pooling"),
        case(means, "convolution, average pooling", (5, 4), (1, 0), "average pooling"),
        *(anywhere(rng, "convolution, pooling, convolution", "any unit", conv(rng, *size(rng), padding=1), pool,
                   conv(rng, *size(rng), padding=1)) for pool in (MAX_POOL, {"kind": "avg_pool", "size": 2})),
    ]  # fmt: skip


def asleep(rng: np.random.Generator) -> list[Case]:
    """Return units that some pokes wake up, and others do not."""
    negative = [conv(rng, 2, 3, -1, bias=-15.0), RELU]
    positive = [conv(rng, 3, 2, 1, bias=-15.0), RELU]
    return [
        case(negative, "a convolution with negative weights and bias -15, ReLU", (3, 5), (1, 0), "a unit that sleeps"),
        case(positive, "a convolution with bias -15, ReLU", (4, 3), (0, 1), "a unit that sleeps"),
        *(anywhere(rng, "a convolution with bias -15, ReLU", "a unit that sleeps",
                   conv(rng, *size(rng), sign, bias=-15.0), RELU) for sign in (-1, 1)),
    ]  # fmt: skip


def product(rng: np.random.Generator) -> list[Case]:
    """Return a network that multiplies the left pixels of a window by the right ones."""
    left, right = (conv(rng, 2, 2)["weight"] * side for side in ([1, 0], [0, 1]))
    gate = {"kind": "gate", "weight": left, "weight_2": right}
    says, note = "the product of two maps: left pixels, right pixels", "a product of two maps"
    more = [anywhere(rng, f"{says}, then a convolution", note, gate, conv(rng, *size(rng))) for _ in range(2)]
    return [case([gate], says, (4, 3), (2, 1), note), *more]


def with_holes(rng: np.random.Generator) -> list[Case]:
    """Return a convolution that leaves pixels out."""
    holes = [conv(rng, 2, 2, dilation=2)]
    says, note = "a 2 × 2 convolution that skips every other pixel", "a window with holes"
    more = [anywhere(rng, f"{says}, then another", note, *holes, conv(rng, *size(rng))) for _ in range(2)]
    return [case(holes, says, (4, 5), (1, 2), note), *more]


def thresholds(rng: np.random.Generator) -> list[Case]:
    """Return units that wake up at pokes of different size, upwards or downwards: they tell small pokes apart."""
    pixel = random_numbers((1, 2))[0, 0]
    cases = []
    for less, more in itertools.pairwise(SMALL):
        for sign in (1, -1):
            one = {"kind": "conv", "weight": np.full((1, 1), sign), "bias": -(sign * pixel + (less + more) / 2)}
            cases.append(case([one, RELU], "a unit with one pixel, ReLU", (1, 2), (0, 0), "a unit that sleeps"))
    # Far pokes wake this one both ways, small ones do not.
    square = {"kind": "gate", "weight": np.full((1, 1), 0.5), "weight_2": np.full((1, 1), 0.5)}
    high = {"kind": "conv", "weight": np.ones((1, 1)), "bias": -400.0}
    squared = case([square, high, RELU], "a square less 400, ReLU", (1, 2), (0, 1), "a unit that sleeps")
    return [*cases, squared]


PROPERTIES = [
    Property("one layer", "A unit of the first layer is moved by the pixels of its window.", one_layer),
    Property("stacks", "A unit further up is moved by more pixels.", stacks),
    Property("pooling", "A maximum hides small changes: poke by far.", pooled),
    Property("sleeping units", "Behind a ReLU, some pokes move nothing: poke up and down.", asleep),
    Property("products", "A picture of zeros hides pixels from a network that multiplies.", product),
    Property("holes", "Report what moved, pixel by pixel.", with_holes),
]

# --- The answer in parts ------------------------------------------------------------------------------------


def a_fresh_copy(picture: Array, kept: Array) -> Array:
    """Poke a copy of the picture each time."""
    return picture.copy()


def the_same_picture(picture: Array, kept: Array) -> Array:
    """Poke one picture again and again."""
    return kept


def probe(
    network: Callable[[Array], Array], input_shape: Pair, unit: Pair, *,
    start: Callable[[Pair], Array] = random_numbers,
    directions: tuple[int, ...] = (1, -1),
    far: float = POKE,
    changes: Callable[[float, float], float] = lambda pixel, poke: pixel + poke,
    pokes: Callable[[Array, Array], Array] = a_fresh_copy,
    puts_back: Callable[[float, float], float] = lambda pixel, poke: pixel,
    visits: Callable[[Pair], Iterable[Pair]] = lambda shape: np.ndindex(*shape),
    watches: Callable[[Array, Pair], Any] = lambda output, unit: output[unit],
    moved: Callable[[Array, Any], Array] = lambda new, old: new != old,
    enough: Callable[..., Array] = np.any,
    gives: Callable[..., Any] = lambda seen, changes: seen,
) -> Any:  # fmt: skip
    """Poke every pixel in each direction, and tell where the unit moves.

    `pokes` is the picture that is poked, and `puts_back` what becomes of the pixel in it afterwards; `enough` says
    whether one move will do.
    """
    picture = start(input_shape)
    kept = picture.copy()
    before = watches(network(picture), unit)
    pixels = list(visits(input_shape))
    after = []
    for index in pixels:
        for direction in directions:
            poked, poke = pokes(picture, kept), direction * far
            poked[index] = changes(poked[index], poke)
            after.append(watches(network(poked), unit))
            poked[index] = puts_back(poked[index], poke)
    seen, change = np.zeros(input_shape, dtype=bool), np.zeros((*input_shape, len(directions)))
    if pixels:
        rows, columns = np.transpose(pixels)
        tries = (len(pixels), len(directions), -1)  # of each pixel, in each direction, what is watched
        seen[rows, columns] = enough(moved(np.array(after), before).reshape(tries).any(axis=-1), axis=1)
        change[rows, columns] = (np.array(after) - before).reshape(tries).sum(axis=-1)
    return gives(seen, change)


# --- Mistakes -----------------------------------------------------------------------------------------------


def box(seen: Array, changes: Array) -> Array:
    """Fill the rectangle round all that was seen."""
    rows, columns = np.nonzero(seen)
    filled = np.zeros_like(seen)
    if rows.size:
        filled[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    return filled


def one_truth(new: Array, old: Any) -> Array:
    """Ask of a whole output whether it differs."""
    if np.size(old) > 1:
        raise ValueError("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
    return new != old


def one_cell(new: Array, old: Any) -> Array:
    """Write into one cell where a whole output differs."""
    if np.size(old) > 1:
        raise ValueError("setting an array element with a sequence.")
    return new != old


WHOLE = (
    "You compare the whole output before and after, which stops with a ValueError. Watch one unit: output[row, column]."
)
STRENGTH = "You return how far the unit moves. Wanted is whether it moves: compare with `!=`, or with `> 0`."
ZEROS_AND_ONES = "You return numbers, 0 and 1. Wanted are False and True: make the array with dtype=bool."
STAY_POKED = "You poke the same picture again and again, and the pokes before stay in it. Poke a fresh copy each time."
TOO_SMALL = (
    "You poke by too little. A unit may sleep, or another pixel may be the maximum: poke by far more, such as 100."
)

MISTAKES = [
    # --- how it is poked ---
    wrong("upwards only", "Your answer is that of pokes upwards alone. A unit behind a ReLU may only wake up when a "
          "pixel gets darker. If you poke down as well: is the picture a fresh one, and does the answer count?",
          directions=(1,)),
    wrong("downwards only", "Your answer is that of pokes downwards alone. A unit behind a ReLU may only wake up when "
          "a pixel gets brighter. If you poke up as well: does the second try write over what the first one found?",
          directions=(-1,)),
    wrong("only where both pokes move it", "You count a pixel only where the unit moves in both tries. One is enough: "
          "`or`, not `and`.", enough=np.all),
    wrong("a picture of zeros", "You start from a picture of zeros. Where a network multiplies, nothing moves then. "
          "Start from random numbers.", start=np.zeros),
    wrong("a poke too small", TOO_SMALL, far=1.0),
    *(wrong(f"a poke too small, {far}", TOO_SMALL, far=far) for far in SMALL if far != 1),
    wrong("one small poke in a picture of zeros", "You set one pixel at a time to 1 in a picture of zeros. Sleeping "
          "units do not notice: poke a picture of random numbers, by 100, up and down.", start=np.zeros, far=1.0,
          directions=(1,)),
    wrong("one bright pixel in a picture of zeros", "You poke a picture of zeros, and upwards alone. Where a network "
          "multiplies, or a unit sleeps, nothing moves then: start from random numbers, and poke up and down.",
          start=np.zeros, directions=(1,)),
    wrong("pixel set to 0", "Your answer is that of pixels that are set to 0. That is a small change: poke by 100, up "
          "and down.", directions=(1,), changes=lambda pixel, poke: 0.0),
    wrong("pixel set to 1", "Your answer is that of pixels that are set to 1. That is a small change: poke by 100, up "
          "and down.", directions=(1,), changes=lambda pixel, poke: 1.0),
    wrong("pixel multiplied by 100", "You multiply pixels by 100. That leaves small ones small, and moves each in one "
          "direction alone. Add 100, and subtract 100.", directions=(1,), changes=lambda pixel, poke: 100 * pixel),
    wrong("pixels stay poked", STAY_POKED, pokes=the_same_picture, puts_back=lambda pixel, poke: pixel),
    wrong("pixels stay poked upwards", STAY_POKED, pokes=the_same_picture, directions=(1,)),
    wrong("picture not quite put back", "You take each poke back by calculating, which leaves a rounding error: from "
          "then on, the unit differs by a tiny bit. Poke a fresh copy each time.", pokes=the_same_picture,
          puts_back=lambda pixel, poke: pixel - poke),
    # --- which pixels are poked ---
    wrong("last row and column left out", "The last row and the last column of pixels are never found. Are they "
          "poked? range(n) ends before n by itself.", visits=lambda shape: np.ndindex(shape[0] - 1, shape[1] - 1)),
    wrong("first row only", "Only the first row of your answer can be True: see whether the `return` stands inside a "
          "loop.", visits=lambda shape: np.ndindex(1, shape[1])),
    wrong("first pixel only", "Only the first pixel of your answer can be True: see whether the `return` stands "
          "inside the loops.", visits=lambda shape: np.ndindex(1, 1)),
    wrong("square pictures assumed", "You count as many columns as rows. Pictures have a height and a width.",
          visits=lambda shape: np.ndindex(shape[0], shape[0])),
    wrong("rows and columns of the loops swapped", "You count the rows of the picture as its columns, and its columns "
          "as its rows. The height comes first.", visits=lambda shape: np.ndindex(shape[1], shape[0])),
    # --- what is watched ---
    wrong("row and column of the unit swapped", "You look at the unit (column, row). The row comes first: output[row, "
          "column].", watches=lambda output, unit: output[unit[::-1]]),
    wrong("any unit", "Your answer is that of all units together. Watch the one unit alone.",
          watches=lambda output, unit: output),
    wrong("whole outputs compared", WHOLE, watches=lambda output, unit: output, moved=one_truth),
    wrong("whole outputs compared and written", WHOLE, watches=lambda output, unit: output, moved=one_cell),
    wrong("the unit's row", "Your answer is that of all units in the row of the unit. Watch the one unit alone: "
          "output[row, column].", watches=lambda output, unit: output[unit[0]]),
    wrong("the first unit", "Your answer is that of the first unit, (0, 0). Watch the one that `unit` names.",
          watches=lambda output, unit: output[0, 0]),
    # --- when it has moved ---
    wrong("rises only", "You count a pixel only when the unit rises. It moves as well when it falls: compare with "
          "`!=`.", moved=lambda new, old: new > old),
    wrong("falls only", "You count a pixel only when the unit falls. It moves as well when it rises: compare with "
          "`!=`.", moved=lambda new, old: new < old),
    wrong("compared with 0", "Your answer is True wherever the unit is not 0 after the poke. Compare with its value "
          "before the poke, in the very same picture.", moved=lambda new, old: new != 0),
    wrong("above 0", "You look whether the unit is above 0, not whether it moves. Compare with its value before the "
          "poke.", moved=lambda new, old: new > 0),
    # --- what comes back ---
    wrong("height and width swapped", "Your answer has rows and columns swapped: its shape should be that of the "
          "input.", gives=lambda seen, changes: seen.T),
    wrong("numbers for True and False", STRENGTH, gives=lambda seen, changes: np.abs(changes).sum(axis=-1)),
    wrong("the larger change", STRENGTH, gives=lambda seen, changes: np.abs(changes).max(axis=-1)),
    wrong("the change with its sign", STRENGTH, gives=lambda seen, changes: changes[..., 0]),
    wrong("the last change with its sign", STRENGTH, gives=lambda seen, changes: changes[..., -1]),
    wrong("0 and 1", ZEROS_AND_ONES, gives=lambda seen, changes: seen.astype(int)),
    wrong("0.0 and 1.0", ZEROS_AND_ONES, gives=lambda seen, changes: seen.astype(float)),
    wrong("a list of pixels", "You return the places of the pixels. Wanted is an array as large as the input, True at "
          "these places.", gives=lambda seen, changes: np.argwhere(seen)),
    wrong("a number of pixels", "You return how many pixels move the unit. Wanted is which: an array as large as the "
          "input.", gives=lambda seen, changes: int(seen.sum())),
    wrong("inside out", "Your answer is inside out: True where the unit does not move.",
          gives=lambda seen, changes: ~seen),
    wrong("the whole rectangle", "You fill the rectangle round the pixels that move the unit. Some pixels inside may "
          "not be seen at all.", gives=box),
]  # fmt: skip

# --- Right forms, hints -------------------------------------------------------------------------------------


def other_pictures(network: Callable[[Array], Array], input_shape: Pair, unit: Pair) -> list[list[bool]]:
    """Poke otherwise: several pictures, pixels set to a value, a tolerance."""
    row, column = unit
    seen = [[False] * input_shape[1] for _ in range(input_shape[0])]
    for seed in (1, 2):
        picture = np.random.default_rng(seed).uniform(-1, 1, input_shape)
        before = network(picture)[row, column]
        for i in range(input_shape[0]):
            for j in range(input_shape[1]):
                old = picture[i, j]
                for value in (POKE, -POKE):
                    picture[i, j] = value
                    seen[i][j] |= abs(network(picture)[row, column] - before) > 1e-9
                picture[i, j] = old
    return seen


def not_a_number(network: Callable[[Array], Array], input_shape: Pair, unit: Pair) -> Array:
    """Follow NaN through the network."""
    seen = np.zeros(input_shape, dtype=bool)
    for index in np.ndindex(*input_shape):
        picture = np.ones(input_shape)
        picture[index] = np.nan
        seen[index] = np.isnan(network(picture)[unit])
    return seen


EXERCISE = Exercise(
    name="probe_receptive_field",
    reference=probe_receptive_field,
    computation=probe,
    properties=PROPERTIES,
    telling=thresholds,
    mistakes=MISTAKES,
    hints=[
        "Take the unit's value for the random picture first. That is what you compare with.",
        "Two loops over rows and columns of the input. Poke a copy of the picture, not the picture itself.",
        "Each pixel needs two tries, 100 higher and 100 lower. It is seen if the unit differs in either.",
    ],
    right_forms=[
        Form("other pictures, other loops", other_pictures),
        Form("with np.ndindex", probe),
        Form("one pixel that is no number", not_a_number),
    ],
)
