"""Wrong answers made from right ones: the relation is told where it holds, and nothing where none does."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.checks.diagnosis.places import wherever
from course.checks.diagnosis.relations import related

few = settings(max_examples=10, deadline=None)
seeds = st.integers(0, 10_000)


def case(**arguments):
    return SimpleNamespace(arguments=arguments)


def correlate(image, kernel, stride=1, padding=0, bias=0.0):
    padded = np.pad(np.asarray(image, dtype=float), padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    return np.tensordot(windows, kernel) + bias


def pictures(seed=0, bias=True):
    """Return cases of a correlation and its right answers, of several sizes."""
    rng = np.random.default_rng(seed)
    cases = []
    for k, (height, width) in enumerate([(6, 7), (7, 6), (8, 8), (5, 9), (9, 6), (7, 10)]):
        kernel = rng.normal(size=[(2, 2), (2, 3), (3, 3), (3, 2), (1, 3), (3, 1)][k])
        stride, padding = [(1, 0), (1, 1), (2, 1), (1, 0), (1, 2), (2, 0)][k]
        image = rng.normal(size=(height, width))
        b = float(rng.normal()) if bias else 0.0
        cases.append(case(image=image, kernel=kernel, stride=stride, padding=padding, bias=b))
    return cases, [correlate(**one.arguments) for one in cases]


def batches(seed=0):
    """Return cases with arrays of four axes; the right answers are drawn."""
    rng = np.random.default_rng(seed)
    shapes = [(2, 3, 4, 5), (3, 2, 5, 4), (2, 4, 6, 5), (3, 3, 4, 6)]
    cases = [
        case(x=rng.normal(size=shape), bias=rng.normal(size=shape[1]), stride=1, padding=k % 2)
        for k, shape in enumerate(shapes)
    ]
    return cases, [rng.normal(size=shape) for shape in shapes]


def tell(cases, rights, change, wrong_from=0):
    """Return what is told where the right answers from one on are changed."""
    yours = [
        right if k < wrong_from else change(one.arguments, right)
        for k, (one, right) in enumerate(zip(cases, rights, strict=True))
    ]
    return related(cases, rights, yours)


def moved(array, rows, columns):
    out = np.zeros_like(array)
    height, width = array.shape[-2:]
    source = array[..., max(-rows, 0) : height - max(rows, 0), max(-columns, 0) : width - max(columns, 0)]
    out[..., max(rows, 0) : height + min(rows, 0), max(columns, 0) : width + min(columns, 0)] = source
    return out


def with_row(array, index, value):
    out = array.copy()
    out[..., index, :] = value
    return out


def thinned(array):
    out = np.zeros_like(array)
    out[..., ::2, ::2] = array[..., ::2, ::2]
    return out


def border(array, value, width=1):
    out = np.full_like(array, value)
    inside = (..., slice(width, -width), slice(width, -width))
    out[inside] = array[inside]
    return out


# --- One array -------------------------------------------------------------------------------------------

PLANES = {
    "transposed: rows and columns are swapped": lambda a, z: z.T,
    "mirrored: left and right are swapped": lambda a, z: z[:, ::-1],
    "upside down: the first row is the last": lambda a, z: z[::-1],
    "turned by half a turn": lambda a, z: z[::-1, ::-1],
    "a quarter turn to the left": lambda a, z: np.rot90(z),
    "a quarter turn to the right": lambda a, z: np.rot90(z, -1),
    "moved 1 row down.": lambda a, z: moved(z, 1, 0),
    "moved 1 row up and 1 column to the right.": lambda a, z: np.roll(z, (-1, 1), (0, 1)),
    "right rows, but in another order": lambda a, z: z[[1, 0, *range(2, len(z))]],
    "twice the right one": lambda a, z: 2 * z,
    "times -1: the sign is wrong": lambda a, z: -z,
    "is half of the right one": lambda a, z: z / 2,
    "divided by 255": lambda a, z: z / 255,
    "is 255 times the right one": lambda a, z: z * 255,
    "times 2/3": lambda a, z: z * 2 / 3,
    "divided by the number of cells in the window, as a mean": lambda a, z: z / a["kernel"].size,
    "differs from case to case": lambda a, z: z * (1.5 + a["image"].flat[0] ** 2),
    "is 1 too large everywhere": lambda a, z: z + 1,
    "is 0.25 too small everywhere": lambda a, z: z - 0.25,
    "without the bias": lambda a, z: z - a["bias"],
    "bias in it once too often": lambda a, z: z + a["bias"],
    "bias subtracted": lambda a, z: z - 2 * a["bias"],
    "by (the number of cells in the window - 1) times the bias": lambda a, z: z + (a["kernel"].size - 1) * a["bias"],
    "cut to whole numbers": lambda a, z: np.trunc(9 * z),
    "rounded to whole numbers": lambda a, z: np.round(9 * z).astype(int),
    "rounded down": lambda a, z: np.floor(9 * z),
    "rounded to 1 digit": lambda a, z: np.round(9 * z, 1),
    "0 in place of every negative number": lambda a, z: np.maximum(z, 0),
    "without its sign": lambda a, z: np.abs(z),
    "wrapped round at 256": lambda a, z: np.trunc(500 * z) % 256,
    "the square of the right one": lambda a, z: z**2,
    "float16, which has no more": lambda a, z: z.astype(np.float16),
    "as after a computation in float16": lambda a, z: z.astype(np.float16).astype(float),
    "axis of length 1 too many": lambda a, z: z[None],
    "but flat": lambda a, z: z.ravel(),
    "but column by column": lambda a, z: z.T.reshape(z.shape),
    "as after a `reshape`": lambda a, z: z.reshape(2, -1) if z.size % 2 == 0 else z.reshape(1, 1, -1),
    "all the right numbers, but in the wrong places": lambda a, z: np.sort(z, axis=None).reshape(z.shape),
    "nothing but the number 0": lambda a, z: np.zeros_like(z),
    "nothing but NaN": lambda a, z: np.full_like(z, np.nan),
    "is empty": lambda a, z: z[:0],
    "is the argument `image`": lambda a, z: a["image"],
    "complex numbers without an imaginary part": lambda a, z: z.astype(complex),
    "1 row at the end is missing": lambda a, z: z[:-1],
    "1 row and 1 column at the beginning are missing": lambda a, z: z[1:, 1:],
    "1 row and 1 column too many at the end": lambda a, z: np.pad(z, ((0, 1), (0, 1)), constant_values=5.0),
    "a border of zeros around it": lambda a, z: np.pad(z, 1),
    "its last row; the wrong cells there are all 0": lambda a, z: with_row(z, -1, 0),
    "right except in its first row.": lambda a, z: with_row(z, 0, 3.0),
    "its border, the outermost rows and columns": lambda a, z: border(z, 7.0),
    "has NaN (not a number) where numbers should be": lambda a, z: with_row(z, 0, np.nan),
    "times a number in each row": lambda a, z: z * np.arange(2.0, len(z) + 2)[:, None] ** 1.3,
    "off by one number in each column": lambda a, z: z + np.arange(1.0, z.shape[1] + 1) ** 2,
    "is the sum of the right one along axis 0": lambda a, z: z.sum(axis=0),
    "the sum of it along axis 0 is the right answer": lambda a, z: np.stack([z / 3, 2 * z / 3 - 1, 1 + 0 * z]),
}
# Changes of right answers other than those of a correlation.
LARGER = {"cut to", "rounded to", "rounded down", "wrapped"}


@pytest.mark.parametrize("says", PLANES)
@few
@given(seed=seeds)
def test_a_changed_plane_is_told(says, seed):
    cases, rights = pictures(seed)
    if says.startswith("wrapped"):
        rights = [np.trunc(500 * right) for right in rights]
        yours = [right % 256 for right in rights]
    elif says.startswith(tuple(LARGER)):
        yours = [PLANES[says](one.arguments, right) for one, right in zip(cases, rights, strict=True)]
        rights = [9 * right for right in rights]
    else:
        yours = [PLANES[says](one.arguments, right) for one, right in zip(cases, rights, strict=True)]
    found = related(cases, rights, yours)
    assert says in found[0]
    assert len(found) <= 3


STACKS = {
    "with the axes 0 and 1 swapped": lambda a, z: z.transpose(1, 0, 2, 3),
    "rows and columns swapped: each map is transposed": lambda a, z: z.transpose(0, 1, 3, 2),
    "`np.transpose(right, (0, 2, 3, 1))`": lambda a, z: z.transpose(0, 2, 3, 1),
    "in the order of `np.transpose(right, (1, 2, 3, 0))`, and": lambda a, z: z.transpose(1, 2, 3, 0).reshape(
        z.shape[1], -1
    ),
    "back to front along axis 1": lambda a, z: z[:, ::-1],
    "right parts along axis 0, but in another order": lambda a, z: z[[1, 0, *range(2, len(z))]],
    "only the first part of the right one along axis 0": lambda a, z: z[:1],
    "only the last part of the right one along axis 1": lambda a, z: z[:, -1],
    "right only in the first part along axis 0: the others are 0": lambda a, z: np.concatenate([z[:1], 0 * z[1:]]),
    "along axis 0: the others are copies of it": lambda a, z: np.repeat(z[:1], len(z), axis=0),
    "right only in the first part along axis 1: all others are wrong": lambda a, z: np.append(
        z[:, :1], z[:, 1:] ** 2, 1
    ),
    "without the bias": lambda a, z: z - a["bias"][:, None, None],
    "off by one number in each map": lambda a, z: z + np.arange(z.shape[1])[:, None, None] ** 2 + 1,
    "times a number in each map": lambda a, z: z * (np.arange(z.shape[1])[:, None, None] ** 1.5 + 2),
    "divided by `x.shape[0]`": lambda a, z: z / len(z),
    "is the mean of the right one along the axes 2 and 3": lambda a, z: z.mean((2, 3)),
    "in every 2nd row and column; the cells between are 0": lambda a, z: thinned(z),
    "is right where it is not 0": lambda a, z: np.where(np.cos(9e3 * z) > 0, z, 0),
    "has only every 2nd row and column": lambda a, z: z[..., ::2, ::2],
    "the right number is negative": lambda a, z: np.where(z < 0, z**2 + 1, z),
}


@pytest.mark.parametrize("says", STACKS)
@few
@given(seed=seeds)
def test_a_changed_stack_is_told(says, seed):
    cases, rights = batches(seed)
    assert says in tell(cases, rights, STACKS[says])[0]


@pytest.mark.parametrize("says", ["transposed", "without the bias", "half a turn", "is 1 too large"])
def test_cases_that_are_right_do_not_count_against_a_relation(says):
    key = next(one for one in (*PLANES,) if says in one)
    cases, rights = pictures()
    assert says in tell(cases, rights, PLANES[key], wrong_from=3)[0]


@few
@given(seed=seeds, wrong=st.integers(1, 6))
def test_random_answers_are_related_to_nothing(seed, wrong):
    rng = np.random.default_rng(seed)
    for cases, rights in (pictures(seed), batches(seed)):
        found = tell(
            cases, rights, lambda a, z: rng.normal(size=z.shape), wrong_from=len(cases) - min(wrong, len(cases))
        )
        assert found == []


@few
@given(seed=seeds)
def test_one_case_that_does_not_fit_is_one_too_many(seed):
    rng = np.random.default_rng(seed)
    for make, table in ((pictures, PLANES), (batches, STACKS)):
        cases, rights = make(seed)
        for says, change in table.items():
            if says.startswith((*LARGER, "wrapped")):
                continue
            yours = [change(one.arguments, right) for one, right in zip(cases, rights, strict=True)]
            yours[-1] = rng.normal(size=rights[-1].shape)
            assert not any(says in sentence for sentence in related(cases, rights, yours)), says


@few
@given(seed=seeds)
def test_symmetric_answers_are_not_transposed(seed):
    rng = np.random.default_rng(seed)
    rights = [(z + z.T) for z in (rng.normal(size=(n, n)) for n in (3, 4, 5))]
    cases = [case(image=right) for right in rights]
    assert related(cases, rights, [z.T for z in rights]) == []  # these are right
    found = related(cases, rights, [z.T + 1 for z in rights])
    assert found == ["Your result is 1 too large everywhere."]


@pytest.mark.parametrize("right", [np.full((4, 5), 2.0), np.ones((1, 1)), np.array([[3.0, 3.0]]), np.zeros((3, 3))])
def test_arrays_of_one_number_show_nothing(right):
    assert related([case(x=right)], [right], [right * 2 + 1]) == []
    assert related([case(x=right)] * 2, [right] * 2, [(right + 1).T] * 2) == []


def test_an_empty_array_speaks_neither_for_nor_against():
    cases, rights = batches()
    cases.append(case(x=np.zeros((0, 3, 4, 5)), stride=1, padding=0))
    rights.append(np.zeros((0, 3, 4, 5)))
    yours = [right.transpose(0, 1, 3, 2) for right in rights]
    assert "each map is transposed" in related(cases, rights, yours)[0]
    assert related(cases[-1:], rights[-1:], [np.zeros((0, 3, 5, 4))]) == []


def test_large_whole_numbers_are_told_from_their_neighbours():
    cases = [case(n=n) for n in (3, 5, 8, 9)]
    rights = [225_000_000, 410_000_123, 987_654_321, 123_456_789]
    assert related(cases, rights, [right + 1 for right in rights]) == ["Your result is 1 too large."]
    assert related(cases, rights, [right + k for k, right in enumerate(rights)]) == []


def test_a_shift_by_an_argument_is_told_by_its_name():
    rng = np.random.default_rng(3)
    rights = [rng.normal(size=(9, 9)) for _ in range(4)]
    cases = [case(image=right, padding=padding) for right, padding in zip(rights, (1, 2, 1, 3), strict=True)]
    found = tell(cases, rights, lambda a, z: moved(z, a["padding"], a["padding"]))
    assert found == ["Your result is the right one, moved by `padding` down and right."]
    assert tell(cases, rights, lambda a, z: border(z, 7.0, a["padding"]))[0] == (
        "Your result is right inside, and wrong in a border as wide as the padding."
    )


def test_a_stride_that_is_not_used():
    cases, _ = pictures()
    cases = [case(**{**one.arguments, "stride": 2 + k % 2}) for k, one in enumerate(cases)]
    rights = [correlate(**one.arguments) for one in cases]
    yours = [correlate(**{**one.arguments, "stride": 1}) for one in cases]
    assert related(cases, rights, yours) == [
        "Your result has the right numbers in every `stride`-th row and column, and others between them."
    ]


@few
@given(seed=seeds)
def test_bytes_clipped_and_wrapped(seed):
    rng = np.random.default_rng(seed)
    exact = [rng.normal(120, 150, size=(5, 6)) for _ in range(3)]
    cases = [case(image=one.clip(0, 255).astype(np.uint8)) for one in exact]
    assert "clipped to the range from 0 to 255" in related(cases, exact, [one.clip(0, 255) for one in exact])[0]
    clipped = [np.round(one).clip(0, 255).astype(np.uint8) for one in exact]
    wrapped = [np.round(one).astype(int).astype(np.uint8) for one in exact]
    assert related(cases, clipped, wrapped) == [
        "Your result is wrong only where the right number is 0 or 255, the ends of the range."
    ]


def test_true_and_false():
    rng = np.random.default_rng(0)
    rights = [rng.random(size) < 0.4 for size in ((4, 5), (5, 6), (6, 4))]
    cases = [case(image=right) for right in rights]
    assert "True and False swapped" in tell(cases, rights, lambda a, z: ~z)[0]
    assert "transposed" in tell(cases, rights, lambda a, z: z.T)[0]
    assert "False in every cell" in tell(cases, rights, lambda a, z: np.zeros_like(z))[0]


def softmax(logits, axis=-1):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=axis, keepdims=axis is not None)


def test_rows_that_should_add_up_to_1():
    rng = np.random.default_rng(1)
    logits = [rng.normal(size=size) for size in ((3, 4), (5, 2), (4, 4))]
    cases, rights = [case(logits=one) for one in logits], [softmax(one) for one in logits]
    assert "columns that add up to 1" in tell(cases, rights, lambda a, z: softmax(a["logits"], 0))[-1]
    assert "adds up to 1 as a whole" in tell(cases, rights, lambda a, z: softmax(a["logits"], None))[-1]
    assert "rows that do not add up to 1" in tell(cases, rights, lambda a, z: z**2)[-1]
    assert not any("add" in one for one in tell(cases, rights, lambda a, z: z[:, ::-1]))


# --- One number ----------------------------------------------------------------------------------------


def output_sizes():
    grid = [(5, 3, 1, 0), (7, 3, 2, 1), (9, 3, 3, 0), (28, 5, 1, 2), (11, 4, 2, 3), (32, 2, 3, 1), (17, 3, 4, 2)]
    cases = [case(size=n, kernel_size=f, stride=s, padding=p) for n, f, s, p in grid]
    return cases, [(n + 2 * p - f) // s + 1 for n, f, s, p in grid]


@pytest.mark.parametrize(
    ("says", "change"),
    [
        ("is 1 too large.", lambda a, z: z + 1),
        ("is 1 too small.", lambda a, z: z - 1),
        ("is too large by `stride`.", lambda a, z: z + a["stride"]),
        ("is too small by twice `stride`.", lambda a, z: z - 2 * a["stride"]),
        ("is the right one times `stride`.", lambda a, z: z * a["stride"]),
        ("is a float, where a whole number", lambda a, z: float(z)),
        ("is 0 in every case in which it is wrong.", lambda a, z: 0),
        ("is the argument `size`", lambda a, z: a["size"]),
        ("is NaN", lambda a, z: float("nan")),
        ("is twice the right one", lambda a, z: 2 * z),
    ],
)
def test_a_changed_number_is_told(says, change):
    cases, rights = output_sizes()
    if "`stride`." in says:  # a stride of 1 leaves a product right
        assert says in tell(cases, rights, change)[0]
    assert says.removeprefix("is a ") in tell(cases, rights, change)[0]


def test_two_numbers_are_not_enough():
    cases, rights = output_sizes()
    assert tell(cases, rights, lambda a, z: z + 1, wrong_from=5) == []
    assert tell(cases, rights, lambda a, z: z + 1, wrong_from=4) == ["Your result is 1 too large."]


@few
@given(seed=seeds)
def test_random_numbers_are_related_to_nothing(seed):
    rng = np.random.default_rng(seed)
    cases, _ = output_sizes()
    rights = [int(n) for n in rng.integers(1, 40, len(cases))]
    assert tell(cases, rights, lambda a, z: int(rng.integers(1000, 5000))) == []
    assert tell(cases, [float(z) for z in rights], lambda a, z: float(rng.normal())) == []


# --- Several values ---------------------------------------------------------------------------------------


def gradients(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(2, 3, 4, 5), (3, 2, 5, 4), (2, 4, 6, 5)]
    rights = [(rng.normal(size=shape), rng.normal(size=(4, shape[1], 2, 3)), rng.normal(size=4)) for shape in shapes]
    return [case(x=right[0], weight=right[1], stride=1, padding=0) for right in rights], rights


@pytest.mark.parametrize(
    ("says", "change"),
    [
        (
            "Values 1 and 3 of 3 are right; value 2 is the right one, turned by half a turn",
            lambda z: (z[0], z[1][..., ::-1, ::-1], z[2]),
        ),
        ("Values 2 and 3 of 3 are right; value 1 is twice the right one.", lambda z: (2 * z[0], z[1], z[2])),
        ("Value 3 of 3 is right; each of values 1 and 2 is twice", lambda z: (2 * z[0], 2 * z[1], z[2])),
        ("in reverse order", lambda z: z[::-1]),
        ("as values 2, 1, 3 of the right ones", lambda z: (z[1], z[0], z[2])),
        ("You return value 2 of 3 alone", lambda z: z[1]),
        ("The last value is missing", lambda z: z[:2]),
        ("The right values are there, with one value too many after them.", lambda z: (*z, 3)),
        ("Values 2 and 3 of 3 are right in every case; value 1 is not.", lambda z: (np.cos(99 * z[0]), z[1], z[2])),
    ],
)
def test_changed_tuples_are_told(says, change):
    cases, rights = gradients()
    assert says in tell(cases, rights, lambda a, z: change(z))[0]


def test_random_tuples_are_related_to_nothing():
    rng = np.random.default_rng(5)
    cases, rights = gradients()
    assert tell(cases, rights, lambda a, z: tuple(rng.normal(size=one.shape) for one in z)) == []


def test_the_answer_among_several():
    cases, rights = pictures()
    assert tell(cases, rights, lambda a, z: (z, z + 1)) == [
        "The right answer is value 1 of the 2 that you return: return it alone."
    ]


PAIRS = [((0, 2), (1, 4)), ((2, 5), (0, 3)), ((1, 1), (3, 6)), ((4, 6), (2, 7)), ((3, 5), (5, 8))]
SHAPES = [((5, 4, 7), (5, 2, 3)), ((4, 3, 2),), ((40,), (22,), (10,)), ((3, 8, 6), (3, 4, 5), (60,))]


@pytest.mark.parametrize(
    ("says", "rights", "change"),
    [
        ("The two values that you return are swapped", [(1, 2), (0, 3), (4, 2), (2, 5)], lambda z: z[::-1]),
        ("Value 2 of 2 is 1 too large; value 1 of 2 is right.", [(1, 2), (0, 3), (4, 2)], lambda z: (z[0], z[1] + 1)),
        ("Every number that you return is 1 too small.", PAIRS, lambda z: tuple(tuple(n - 1 for n in p) for p in z)),
        (
            "Number 2 of each pair is 1 too large; number 1 of each pair is right.",
            PAIRS,
            lambda z: tuple((p[0], p[1] + 1) for p in z),
        ),
        ("In each pair, the numbers are right, but in reverse order.", PAIRS, lambda z: tuple(p[::-1] for p in z)),
        ("nested in another way", PAIRS, lambda z: (*z[0], *z[1])),
        ("each tuple has 1 too many in front", SHAPES, lambda z: tuple((1, *p) for p in z)),
        (
            "in each tuple of 3, the numbers are right, but in another order: 2, 3, 1",
            SHAPES,
            lambda z: tuple((p[1], p[2], p[0]) if len(p) == 3 else p for p in z),
        ),
        ("the first value is missing", [z for z in SHAPES if len(z) > 1], lambda z: z[1:]),
        ("one value too many before them", SHAPES, lambda z: ((9, 9, 9), *z)),
        (
            "Numbers 1 and 2 of each group of 3 are right in every case; number 3 of each group of 3 is not always.",
            [((2, 3, 9), (1, 6, 7)), ((4, 3, 8),), ((5, 3, 6),)],
            lambda z: tuple((p[0], p[1], p[2] ** 2 % 97 + p[0]) for p in z),
        ),
    ],
)
def test_lists_of_numbers(says, rights, change):
    cases = [case(n=k) for k in range(len(rights))]
    found = related(cases, rights, [change(right) for right in rights])
    assert says.lower() in found[0].lower()


def test_dictionaries_name_the_entry():
    cases, rights = pictures()
    dicts = [{"values": right, "kind": "Tensor", "loss": float(right.sum())} for right in rights]
    found = related(cases, dicts, [{**one, "values": one["values"].T} for one in dicts])
    assert found == ['"values" is the right one, transposed: rows and columns are swapped.']
    found = related(cases, dicts, [{**one, "loss": float(np.cos(one["loss"]))} for one in dicts])
    assert found == ['Only "loss" is wrong; all else is right.']


def test_results_of_several_kinds_are_told_apart():
    rng = np.random.default_rng(0)
    rights = [rng.normal(size=(3, 4)), rng.normal(size=(5, 2)), rng.normal(size=(2, 3, 4, 5))]
    yours = [rights[0].T, rights[1].T, rights[2].transpose(1, 0, 2, 3)]
    assert related([case()] * 3, rights, yours) == [
        "Where the result has 2 axes, yours is the right one, transposed: rows and columns are swapped.",
        "Where the result has 4 axes, yours is the right one with the axes 0 and 1 swapped.",
    ]


ANYTHING = [
    None,
    "text",
    3,
    2.5,
    True,
    float("nan"),
    float("inf"),
    1j,
    (),
    (1, 2),
    ((1,), 2),
    {"a": 1},
    np.zeros((0, 2)),
    np.array(5),
    np.array([1, 2, 3]),
    np.eye(3),
    np.eye(3) * 1j,
    np.full((2, 3), np.nan),
    np.array([[1, 300]], np.uint16),
    np.array(["a"]),
    ((1, 2), (3,)),
    (np.eye(2), None),
    10**30,
    {"a": np.eye(2)},
    np.array([True, False]),
    np.full((2, 2), -np.inf),
]


@given(st.lists(st.tuples(st.sampled_from(ANYTHING), st.sampled_from(ANYTHING)), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_nothing_that_comes_back_raises_an_error(values):
    cases = [case(bias=2, x=object(), k=0, kernel_size=(1, 2), padding=None, stride="a")] * len(values)
    rights, yours = zip(*values, strict=True)
    assert all(isinstance(one, str) and one.endswith(".") for one in related(cases, rights, yours))


def test_nothing_is_said_where_all_is_right():
    cases, rights = pictures()
    assert related(cases, rights, rights) == []
    assert related([], [], []) == []


def test_it_is_quick():
    rng = np.random.default_rng(0)
    cases, rights = (3 * part for part in gradients())
    yours = [tuple(rng.normal(size=one.shape) for one in right) for right in rights]
    related(cases, rights, yours)
    start = time.perf_counter()
    related(cases, rights, yours)
    assert time.perf_counter() - start < 0.5  # 0.05 on an idle machine


# --- Where it is right ---------------------------------------------------------------------------------------


def convolutions():
    rng = np.random.default_rng(0)
    grid = [
        (1, 0, (3, 3), 2),
        (1, 1, (3, 3), 1),
        (2, 0, (2, 3), 3),
        (2, 1, (3, 2), 2),
        (1, 2, (1, 3), 1),
        (3, 0, (2, 2), 2),
        (1, 0, (3, 1), 1),
        (2, 2, (3, 3), 4),
        (1, 1, (2, 2), 1),
        (3, 1, (4, 3), 2),
    ]
    return [
        case(
            x=rng.normal(size=(pictures, 2, 8, 9)),
            weight=rng.normal(size=(3, 2, *size)),
            bias=rng.normal(size=3),
            stride=stride,
            padding=padding,
        )
        for stride, padding, size, pictures in grid
    ]


def where(cases, right, stopped=lambda a: False):
    ends = [stopped(one.arguments) for one in cases]
    return wherever(cases, [right(one.arguments) and not end for one, end in zip(cases, ends, strict=True)], ends)


@pytest.mark.parametrize(
    ("says", "right"),
    [
        ("It is right wherever the padding is 0, and wrong wherever it is not.", lambda a: a["padding"] == 0),
        ("It is right wherever the padding is not 0, and wrong wherever it is.", lambda a: a["padding"] > 0),
        ("It is right wherever the stride is 1, and wrong wherever it is not.", lambda a: a["stride"] == 1),
        (
            "It is right wherever the kernel is square, and wrong wherever it is not.",
            lambda a: a["weight"].shape[2] == a["weight"].shape[3],
        ),
        (
            "It is right wherever the batch is a single picture, and wrong wherever it is not.",
            lambda a: len(a["x"]) == 1,
        ),
        (
            "It is wrong wherever the padding is not 0 and the stride is not 1, and right everywhere else.",
            lambda a: a["padding"] == 0 or a["stride"] == 1,
        ),
    ],
)
def test_where_it_is_right(says, right):
    assert where(2 * convolutions(), right) == [says]


def test_one_direction_is_told_where_it_is_no_accident():
    cases = 2 * convolutions()
    square = [k for k, one in enumerate(cases) if len(set(one.arguments["weight"].shape[2:])) == 1]
    odd_one = next(k for k in range(len(cases)) if k not in square)
    right = [k in square or k == odd_one for k in range(len(cases))]
    assert wherever(cases, right, [False] * len(cases)) == ["It is right wherever the kernel is square."]
    lucky = [k in square[:2] for k in range(len(cases))]
    assert not any("square." in one for one in wherever(cases, lucky, [False] * len(cases)))


def test_where_it_stops():
    cases = convolutions()
    assert where(cases, lambda a: True, lambda a: a["padding"] == 0) == [
        "It stops wherever the padding is 0, and only there."
    ]
    assert where(cases, lambda a: a["stride"] == 1, lambda a: a["padding"] == 0) == [
        "It stops wherever the padding is 0, and only there.",
        "Where it does not stop, it is right wherever the stride is 1, and wrong wherever it is not.",
    ]
    twice = 2 * cases
    ends = [k < 10 and one.arguments["padding"] == 0 for k, one in enumerate(twice)]
    assert wherever(twice, [not end for end in ends], ends) == ["It stops only where the padding is 0."]


def test_where_all_is_alike_nothing_is_said():
    cases = convolutions()
    for right, stopped in ((True, False), (False, False), (False, True)):
        assert where(cases, lambda a, r=right: r, lambda a, s=stopped: s) == []
    assert wherever([], [], []) == []


def test_an_empty_batch_explains_nothing():
    empty = case(**{**convolutions()[0].arguments, "x": np.zeros((0, 2, 8, 9))})
    cases = [*convolutions(), empty]
    assert where(cases, lambda a: len(a["x"]) == 0) == []
    assert where(cases, lambda a: len(a["x"]) == 0 or a["stride"] > 1) == [
        "It is right wherever the stride is not 1, and wrong wherever it is, an empty batch aside."
    ]
    assert where(cases, lambda a: len(a["x"]) > 0) == [
        "It is right wherever the batch is not empty, and wrong wherever it is."
    ]


@pytest.mark.parametrize(
    ("says", "arguments", "right"),
    [
        (
            "no window has its largest value twice, and wrong wherever one has",
            [
                {"x": np.array([[[[1.0, 1, 0, 2]]]]) + k, "kernel_size": (1, 2), "stride": 2, "padding": 0}
                for k in range(3)
            ]
            + [
                {"x": np.array([[[[1.0, 2, 1, 2]]]]) + k, "kernel_size": (1, 2), "stride": 2, "padding": 0}
                for k in range(3)
            ],
            [0, 0, 0, 1, 1, 1],
        ),
        (
            "`bias` is False, and wrong wherever it is True",
            [{"in_channels": 3 + k, "bias": k % 2 == 0} for k in range(6)],
            [0, 1, 0, 1, 0, 1],
        ),
        (
            "the stride is the size of the kernel",
            [
                {"size": 12, "kernel_size": f, "stride": s, "padding": 0}
                for f, s in ((2, 2), (3, 3), (3, 2), (2, 1), (5, 2))
            ],
            [1, 1, 0, 0, 0],
        ),
        (
            "the windows fill the picture exactly",
            [{"size": n, "kernel_size": 2, "stride": 3, "padding": 0} for n in (5, 8, 9, 7, 11)],
            [1, 1, 0, 0, 1],
        ),
        (
            "no part of the shift is negative, and wrong wherever one is",
            [
                {"image": np.eye(7), "rows": r, "columns": c, "fill": 0.0}
                for r, c in ((1, 2), (0, 3), (2, -1), (-1, 2), (-2, -2))
            ],
            [1, 1, 0, 0, 0],
        ),
        ("the number of layers is 0", [{"layers": [(3, 1)] * n} for n in (0, 1, 2, 3)], [1, 0, 0, 0]),
        (
            'there is a layer "conv", and wrong wherever there is none',
            [{"layers": [{"kind": kind, "stride": 1}]} for kind in ("conv", "pool", "conv", "pool")],
            [1, 0, 1, 0],
        ),
        (
            "the dtype of `x` is not uint8",
            [{"x": np.arange(4).reshape(2, 2).astype(kind)} for kind in ("uint8", "float", "uint8", "int")],
            [0, 1, 0, 1],
        ),
        (
            "there is no NaN in `logits`",
            [{"logits": np.array([[1.0, n]])} for n in (1, np.nan, 2, np.nan)],
            [1, 0, 1, 0],
        ),
        (
            "the number of axes of `array` is 2",
            [{"array": np.ones((2,) * n)} for n in (1, 2, 4, 2, 1)],
            [0, 1, 0, 1, 0],
        ),
        (
            "`training` of `model` is False",
            [{"model": SimpleNamespace(options={"training": k % 2 == 1, "seed": k})} for k in range(4)],
            [1, 0, 1, 0],
        ),
        (
            "`layer` is max of blocks",
            [{"layer": SimpleNamespace(factory=name, options={})} for name in ("max_of_blocks", "differences", "same")],
            [1, 0, 0],
        ),
    ],
)
def test_features(says, arguments, right):
    cases = [case(**one) for one in arguments]
    (sentence,) = wherever(cases, [bool(one) for one in right], [False] * len(cases))
    assert says in sentence


NAMES = ["x", "image", "weight", "kernel_size", "stride", "padding", "bias", "shift", "layers", "size", "k", "row"]
ODD = [*ANYTHING, object(), SimpleNamespace(options=3), [{"kind": 2}], [[]]]


@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ODD), max_size=6), min_size=2, max_size=6),
    st.randoms(),
)
@settings(max_examples=200, deadline=None)
def test_arguments_of_any_kind_raise_no_error(arguments, random):
    cases = [case(**one) for one in arguments]
    stopped = [random.random() < 0.3 for _ in cases]
    right = [random.random() < 0.5 and not end for end in stopped]
    assert len(wherever(cases, right, stopped)) <= 2
