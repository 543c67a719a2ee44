"""Operations on one picture: borders, shifts and filters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import ops
from course.errors import ArgumentError
from course.kernels import FILTERS

sizes = st.tuples(st.integers(1, 8), st.integers(1, 8))
pads = st.tuples(st.integers(0, 3), st.integers(0, 3))


def picture(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@given(size=sizes, padding=pads, dtype=st.sampled_from([np.uint8, np.int64, np.float32, np.float64]))
def test_unpad_undoes_zero_pad_and_types_stay(size, padding, dtype):
    image = (100 * picture(size)).astype(dtype)
    padded = ops.zero_pad(image, padding)
    assert padded.dtype == dtype
    assert padded.shape == (size[0] + 2 * padding[0], size[1] + 2 * padding[1])
    assert padded.astype(float).sum() == pytest.approx(image.astype(float).sum())
    np.testing.assert_array_equal(ops.unpad(padded, padding), image)
    for result in (padded, ops.unpad(padded, padding), ops.flip(image), ops.shift(image, 0, 0)):
        assert not np.shares_memory(result, image)
        assert not np.shares_memory(result, padded) or result is padded


@given(size=sizes, rows=st.integers(-10, 10), columns=st.integers(-10, 10), fill=st.integers(0, 9))
def test_shift_moves_every_pixel_and_fills_the_rest(size, rows, columns, fill):
    image = picture(size)
    moved = ops.shift(image, rows, columns, fill)
    for i, j in np.ndindex(size):
        i_from, j_from = i - rows, j - columns
        inside = 0 <= i_from < size[0] and 0 <= j_from < size[1]
        assert moved[i, j] == (image[i_from, j_from] if inside else fill)


@given(size=sizes)
def test_two_flips_are_none(size):
    image = picture(size)
    np.testing.assert_array_equal(ops.flip(ops.flip(image)), image)
    np.testing.assert_array_equal(ops.flip(image), np.rot90(image, 2))


def test_stacks_of_pictures_are_moved_alike():
    stack = picture((2, 3, 4, 5))
    for move in (
        lambda x: ops.shift(x, 1, -2),
        lambda x: ops.zero_pad(x, (1, 2)),
        lambda x: ops.unpad(x, 1),
        ops.flip,
    ):
        np.testing.assert_array_equal(move(stack)[1, 2], move(stack[1, 2]))


@settings(max_examples=40, deadline=None)
@given(size=st.tuples(st.integers(4, 9), st.integers(4, 9)), kernel=st.tuples(*[st.integers(1, 4)] * 2))
def test_scipy_agrees(size, kernel):
    signal = pytest.importorskip("scipy.signal")
    image, weights = picture(size), picture(kernel, 1)
    expected = signal.correlate2d(image, weights, mode="valid")
    np.testing.assert_allclose(ops.correlate2d(image, weights), expected, atol=1e-12)
    np.testing.assert_allclose(ops.correlate2d(image, weights, bias=2.0), expected + 2, atol=1e-12)
    np.testing.assert_allclose(ops.correlate2d(image, weights, (2, 3)), expected[::2, ::3], atol=1e-12)
    np.testing.assert_allclose(
        ops.correlate2d(image, weights, padding=(1, 2)),
        signal.correlate2d(np.pad(image, ((1, 1), (2, 2))), weights, mode="valid"),
        atol=1e-12,
    )
    np.testing.assert_allclose(
        ops.true_convolution2d(image, weights), signal.convolve2d(image, weights, mode="valid"), atol=1e-12
    )


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_whole_numbers_do_not_wrap_round(name):
    image = np.random.default_rng(0).integers(0, 256, (9, 10), dtype=np.uint8)
    result = ops.correlate2d(image, FILTERS[name].array)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, ops.correlate2d(image.astype(float), FILTERS[name].array))


def test_a_shifted_picture_gives_a_shifted_map():
    image, kernel = picture((12, 13)), picture((3, 5), 1)
    image[:, -2:] = image[-3:] = 0
    before = ops.correlate2d(ops.zero_pad(image, (3, 6)), kernel)
    after = ops.correlate2d(ops.zero_pad(ops.shift(image, 3, 2), (3, 6)), kernel)
    np.testing.assert_allclose(after, ops.shift(before, 3, 2), atol=1e-12)


def test_float32_stays():
    image = np.ones((3, 3), np.float32)
    assert ops.correlate2d(image, image, bias=1.0).dtype == np.float32
    assert ops.true_convolution2d(image, image).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ops.zero_pad([1, 2], 1), r"^zero_pad: image must have at least one row and one column"),
        (lambda: ops.zero_pad([[1]], -1), r"^zero_pad: padding must be at least 0; got padding = -1"),
        (lambda: ops.zero_pad([[1]], 0.0), r"^zero_pad: padding must be a whole number; got padding = 0\.0"),
        (lambda: ops.zero_pad([[True]], 1), r"^zero_pad: image must hold whole numbers or floats"),
        (lambda: ops.unpad([[1, 2], [3, 4]], 1), r"^unpad: padding must leave at least one pixel of 2 x 2"),
        (lambda: ops.shift([[1]], 0.5, 0), r"^shift: rows must be a whole number; got rows = 0\.5"),
        (
            lambda: ops.shift(np.ones((2, 2), np.uint8), 1, 0, 0.5),
            r"^shift: fill must be one number that uint8",
        ),
        (
            lambda: ops.shift(np.ones((2, 2), np.uint8), 1, 0, -1),
            r"^shift: fill must be one number that uint8",
        ),
        (lambda: ops.shift([[1.0]], 1, 0, [1, 2]), r"^shift: fill must be one number that float64 can hold"),
        (lambda: ops.flip(3), r"^flip: image must have at least one row and one column; got image = 3"),
        (lambda: ops.correlate2d(np.ones((2, 3, 3)), [[1]]), r"^correlate2d: image must have 2 axes"),
        (
            lambda: ops.correlate2d([[1]], [[1, 2]]),
            r"^correlate2d: kernel_size must fit into .* 1 x 1 pixels",
        ),
        (lambda: ops.correlate2d([[1]], np.ones((0, 1))), r"^correlate2d: kernel must have at least one row"),
        (lambda: ops.correlate2d([[1]], [[1]], 0), r"^correlate2d: stride must be at least 1"),
        (lambda: ops.correlate2d([[1]], [[1]], bias=[1, 2]), r"^correlate2d: bias must be one number"),
        (lambda: ops.true_convolution2d([[1]], [[1, 2]]), r"^true_convolution2d: kernel_size must fit"),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()
