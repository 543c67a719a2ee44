"""Sizes, padding and counts: against a window that really slides, and against the book's numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import arithmetic
from course.errors import ArgumentError

small = st.integers(1, 12)


@given(size=small, kernel_size=small, stride=small, padding=st.integers(0, 5))
def test_output_size_counts_the_windows_that_fit(size, kernel_size, stride, padding):
    starts = range(-padding, size + padding - kernel_size + 1, stride)
    if len(starts):
        assert arithmetic.output_size(size, kernel_size, stride, padding) == len(starts)
    else:
        with pytest.raises(ArgumentError, match="kernel_size must fit into the padded input of"):
            arithmetic.output_size(size, kernel_size, stride, padding)


@given(size=small, kernel_size=small, stride=small)
def test_same_padding_gives_the_size_rounded_up_with_as_little_as_possible(size, kernel_size, stride):
    before, after = arithmetic.same_padding(size, kernel_size, stride)
    windows = -(-size // stride)
    assert 0 <= after - before <= 1
    assert before >= 0
    assert arithmetic.output_size(size + before + after, kernel_size, stride) >= windows
    if before + after:
        assert arithmetic.output_size(size + before + after, kernel_size, stride) == windows
        less = size + before + after - 1
        assert less < kernel_size or arithmetic.output_size(less, kernel_size, stride) < windows


@given(row=st.integers(0, 9), column=st.integers(0, 9), stride=small, padding=st.integers(0, 5))
def test_receptive_window_has_the_kernel_s_size_and_moves_by_the_stride(row, column, stride, padding):
    (top, bottom), (left, right) = arithmetic.receptive_window(row, column, (3, 5), stride, padding)
    assert (bottom - top + 1, right - left + 1) == (3, 5)
    (below, _), (beside, _) = arithmetic.receptive_window(row + 1, column + 1, (3, 5), stride, padding)
    assert (below - top, beside - left) == (stride, stride)
    assert arithmetic.receptive_window(0, 0, (3, 5), stride, padding)[0][0] == -padding


def test_receptive_window_takes_a_pair_for_each_axis():
    window = arithmetic.receptive_window(2, 1, (3, 4), stride=(2, 3), padding=(1, 0))
    assert window == ((3, 5), (3, 6))


def test_the_numbers_of_the_book():
    assert arithmetic.dense_connections(100, 100, 1, 1000) == 10_000_000
    assert (arithmetic.output_size(5, 3, 2, 1), arithmetic.output_size(7, 3, 2, 1)) == (3, 4)
    layers = [(1, 64, 7), (64, 128, 3), (128, 128, 3), (128, 256, 3), (256, 256, 3)]
    assert [arithmetic.conv_parameters(*layer) for layer in layers] == [3200, 73856, 147584, 295168, 590080]


def test_the_book_s_network_costs_89_million_multiplications():
    costs = [
        arithmetic.conv_cost(1, 64, 7, 28),
        arithmetic.conv_cost(64, 128, 3, 14),
        arithmetic.conv_cost(128, 128, 3, 14),
        arithmetic.conv_cost(128, 256, 3, 7),
        arithmetic.conv_cost(256, 256, 3, 7),
        256 * 3 * 3 * 128 + 128 * 64 + 64 * 10,
    ]
    assert round(sum(costs) / 1e6, 1) == 89.5


@given(channels=small, maps=small, f_h=small, f_w=small)
def test_counts_are_products(channels, maps, f_h, f_w):
    weights = arithmetic.conv_parameters(channels, maps, (f_h, f_w), bias=False)
    assert weights == arithmetic.shared_weights((f_h, f_w), channels, maps)
    assert arithmetic.conv_parameters(channels, maps, (f_h, f_w)) == weights + maps
    assert arithmetic.conv_cost(channels, maps, (f_h, f_w), (5, 7)) == weights * 35
    assert arithmetic.local_connections((f_h, f_w), channels, maps * 35) == weights * 35


@given(kernel_size=small, layers=small, channels=small)
def test_stack_versus_single_sees_the_same(kernel_size, layers, channels):
    from course.receptive import Layer, receptive_field

    single, stack_weights, single_weights = arithmetic.stack_versus_single(kernel_size, layers, channels)
    assert single == receptive_field([Layer(kernel_size)] * layers)
    assert stack_weights == layers * arithmetic.conv_parameters(channels, channels, kernel_size, bias=False)
    assert single_weights == arithmetic.conv_parameters(channels, channels, single, bias=False)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: arithmetic.output_size(5, 3, 0),
            r"^output_size: stride must be at least 1; got stride = 0\. Use",
        ),
        (
            lambda: arithmetic.output_size(5, 3, 1, -1),
            r"^output_size: padding must be at least 0; got padding = -1",
        ),
        (lambda: arithmetic.output_size(0, 3), r"^output_size: size must be at least 1; got size = 0"),
        (
            lambda: arithmetic.output_size(5.0, 3),
            r"^output_size: size must be a whole number; got size = 5\.0",
        ),
        (
            lambda: arithmetic.output_size("5", 3),
            r"^output_size: size must be a whole number; got size = '5'",
        ),
        (
            lambda: arithmetic.output_size(True, 3),
            r"^output_size: size must be a whole number; got size = True",
        ),
        (
            lambda: arithmetic.output_size(2, 5, 1, 1),
            r"fit into the padded input of 4 pixels; got kernel_size = 5",
        ),
        (lambda: arithmetic.same_padding(5, 0), r"^same_padding: kernel_size must be at least 1"),
        (
            lambda: arithmetic.receptive_window(-1, 0, 3),
            r"^receptive_window: row must be at least 0; got row = -1",
        ),
        (
            lambda: arithmetic.receptive_window(0, 0, (3, 3, 3)),
            r"kernel_size must be one whole number or a pair",
        ),
        (lambda: arithmetic.dense_connections(0, 1, 1, 1), r"^dense_connections: height must be at least 1"),
        (
            lambda: arithmetic.conv_cost(1, 1, 3, "28"),
            r"^conv_cost: output_size must be a whole number; got .*'28'",
        ),
        (lambda: arithmetic.stack_versus_single(3, 0, 1), r"^stack_versus_single: layers must be at least 1"),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()


def test_numpy_s_whole_numbers_will_do():
    np = pytest.importorskip("numpy")
    size = arithmetic.output_size(np.int64(5), np.uint8(3))
    assert size == 3
    assert type(size) is int
