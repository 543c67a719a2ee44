"""The layers without windows: equal to PyTorch, forward and backward."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import ops
from course.errors import ArgumentError

from .parity import assert_parity


def numbers(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.fixture(scope="module")
def functional():
    return pytest.importorskip("torch").nn.functional


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4, 5), (0, 3)])
def test_relu(functional, shape):
    x = numbers(0, *shape)
    x[..., 0] = 0
    assert_parity(ops.relu, ops.relu_backward, functional.relu, x)


def test_relu_keeps_nan(functional):
    assert_parity(ops.relu, ops.relu_backward, functional.relu, np.array([np.nan, -1.0, 1.0]))


@settings(max_examples=30, deadline=None)
@given(batch=st.integers(0, 4), below=st.integers(1, 5), above=st.integers(1, 6), seed=st.integers(0, 99))
def test_linear(batch, below, above, seed):
    functional = pytest.importorskip("torch").nn.functional
    assert_parity(
        ops.linear,
        lambda grad, x, w, b: ops.linear_backward(grad, x, w),
        functional.linear,
        *(numbers(seed, batch, below), numbers(seed, above, below), numbers(seed, above)),
    )


def test_linear_without_bias():
    np.testing.assert_array_equal(ops.linear([[1, 2]], [[3, 4]]), [[11]])


@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 4), (0, 3)])
@pytest.mark.parametrize("size", [1, 300])
def test_softmax(functional, shape, size):
    x = size * numbers(1, *shape)
    assert_parity(ops.softmax, ops.softmax_backward, lambda x: functional.softmax(x, dim=-1), x)


@pytest.mark.parametrize("size", [1, 300])
@pytest.mark.parametrize("batch", [1, 5])
def test_cross_entropy(functional, batch, size):
    import torch

    target = np.random.default_rng(0).integers(0, 4, batch)
    assert_parity(
        lambda x: ops.cross_entropy(x, target),
        lambda grad, x: ops.cross_entropy_backward(grad, x, target),
        lambda x: functional.cross_entropy(x, torch.tensor(target)),
        size * numbers(2, batch, 4),
    )


def test_whole_numbers_are_computed_as_floats():
    for result in (
        ops.relu([1]),
        ops.linear([[1]], [[1]]),
        ops.softmax([1]),
        ops.cross_entropy([[1, 2]], [0]),
    ):
        assert result.dtype == np.float64


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ops.relu(["a"]), r"^relu: x must hold whole numbers or floats; got x = \['a'\]"),
        (lambda: ops.relu_backward([1], [1, 2]), r"^relu_backward: grad_output must have shape \(2,\)"),
        (
            lambda: ops.linear([1, 2], [[1, 2]]),
            r"^linear: x must have 2 axes; got x = array of shape \(2,\)\. Reshape it",
        ),
        (
            lambda: ops.linear([[1, 2]], [[1, 2, 3]]),
            r"^linear: weight must have as many columns as x, which has 2",
        ),
        (lambda: ops.linear([[1]], [[1]], [1, 2]), r"^linear: bias must have shape \(1,\); got .*\(2,\)"),
        (lambda: ops.linear_backward([[1, 2]], [[1]], [[1]]), r"grad_output must have shape \(1, 1\)"),
        (lambda: ops.softmax(3), r"^softmax: x must have at least one class; got x = "),
        (lambda: ops.softmax(np.ones((2, 0))), r"^softmax: x must have at least one class; got .*\(2, 0\)"),
        (
            lambda: ops.cross_entropy(np.ones((0, 3)), []),
            r"logits must have at least one example and one class",
        ),
        (
            lambda: ops.cross_entropy([[1, 2]], [2]),
            r"^cross_entropy: target must lie between 0 and 1; got target = 2",
        ),
        (lambda: ops.cross_entropy([[1, 2]], [-1]), r"target must lie between 0 and 1; got target = -1"),
        (lambda: ops.cross_entropy([[1, 2]], [0.5]), r"^cross_entropy: target must hold whole numbers"),
        (lambda: ops.cross_entropy([[1, 2]], [[1, 0]]), r"target must have shape \(1,\); got .*\(1, 2\)"),
        (lambda: ops.cross_entropy_backward([1], [[1, 2]], [0]), r"grad_output must have shape \(\)"),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()
