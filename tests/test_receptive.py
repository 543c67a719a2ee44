"""Receptive fields: theory against experiment, a pixel poked and the units that move."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.arithmetic import output_size
from course.errors import ArgumentError
from course.ops import conv2d
from course.receptive import Layer, receptive_field, trace, unit_window

layers = st.builds(
    Layer,
    kernel_size=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    name=st.just(""),
)


def seen_by_experiment(stack, size, unit):
    """Poke every input pixel of one row of `size` pixels, and return those that move the unit."""
    pictures = np.eye(size)[:, np.newaxis, np.newaxis, :]
    for layer in stack:
        weight = np.ones((1, 1, 1, layer.kernel_size))
        pictures = conv2d(pictures, weight, stride=(1, layer.stride), padding=(0, layer.padding))
    return np.flatnonzero(pictures[:, 0, 0, unit])


@settings(max_examples=150, deadline=None)
@given(stack=st.lists(layers, max_size=4), extra=st.integers(0, 5), data=st.data())
def test_theory_agrees_with_poking(stack, extra, data):
    size = receptive_field(stack) + extra
    units = size
    for layer in stack:
        units = output_size(units, layer.kernel_size, layer.stride, layer.padding)
    unit = data.draw(st.integers(0, units - 1))
    first, last = unit_window(stack, unit)
    assert last - first + 1 == receptive_field(stack)
    moved = seen_by_experiment(stack, size, unit)
    # Strides larger than kernels leave gaps; padding leaves part of the window outside.
    assert all(max(first, 0) <= pixel <= min(last, size - 1) for pixel in moved)
    if all(layer.stride <= layer.kernel_size and layer.padding == 0 for layer in stack):
        assert (moved[0], moved[-1]) == (first, last)


def test_padding_moves_the_window_and_nothing_else():
    stack = [Layer(3, 2, 1), Layer(3, 1, 1)]
    assert list(seen_by_experiment(stack, 20, 3)) == list(range(unit_window(stack, 3)[0], unit_window(stack, 3)[1] + 1))
    assert unit_window(stack, 0) == (-3, 3)


def test_the_book_s_network_sees_38_pixels():
    conv, pool = Layer(3, padding=1), Layer(2, stride=2)
    book = [Layer(7, padding=3), pool, conv, conv, pool, conv, conv, pool]
    assert receptive_field(book) == 38
    assert trace(book)[-1].jump == 8


@given(stack=st.lists(layers, max_size=5))
def test_the_trace_starts_at_the_input_and_only_grows(stack):
    steps = trace(stack)
    assert len(steps) == len(stack) + 1
    assert (steps[0].size, steps[0].jump, steps[0].start) == (1, 1, 0.0)
    assert all(below.size <= above.size for below, above in itertools.pairwise(steps))
    assert steps[-1].jump == int(np.prod([layer.stride for layer in stack]))
    first, last = unit_window(stack, 0)
    assert (first + last) / 2 == steps[-1].start


def test_tuples_will_do():
    assert receptive_field([(3,), (3, 2), (3, 1, 1)]) == receptive_field([Layer(3), Layer(3, 2), Layer(3, 1, 1)])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Layer(0), r"^Layer: kernel_size must be at least 1; got kernel_size = 0"),
        (lambda: Layer(3, 0), r"^Layer: stride must be at least 1; got stride = 0"),
        (lambda: Layer(3, 1, -1), r"^Layer: padding must be at least 0"),
        (lambda: Layer(1.5), r"^Layer: kernel_size must be a whole number"),
        (lambda: receptive_field([3]), r"layers must hold Layer objects; got layers = 3\. Write Layer\("),
        (lambda: unit_window([Layer(3)], -1), r"^unit_window: index must be at least 0; got index = -1"),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()
