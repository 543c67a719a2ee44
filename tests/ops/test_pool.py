"""Pooling: equal to PyTorch, ties and NaN and minus infinity among the cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import ArgumentError
from course.ops import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool,
    global_avg_pool_backward,
    max_pool2d,
    max_pool2d_backward,
)

from .geometry import geometries
from .parity import assert_parity

X = np.arange(2 * 3 * 5 * 7.0).reshape(2, 3, 5, 7)


@settings(max_examples=150, deadline=None)
@given(g=geometries(pooling=True), ties=st.booleans(), below_zero=st.booleans())
def test_max_pool_agrees_with_torch(g, ties, below_zero):
    functional = pytest.importorskip("torch").nn.functional
    x = g.numbers().integers(0, 3, g.x.shape).astype(float) if ties else g.x
    x = -abs(x) - 1 if below_zero else x
    how = (g.kernel_size, g.stride, g.padding, g.dilation)
    assert_parity(
        lambda x: max_pool2d(x, *how),
        lambda grad, x: max_pool2d_backward(grad, x, *how),
        lambda x: functional.max_pool2d(x, *how),
        x,
    )


@settings(max_examples=80, deadline=None)
@given(g=geometries(pooling=True, dilated=False), count_include_pad=st.booleans())
def test_avg_pool_agrees_with_torch(g, count_include_pad):
    functional = pytest.importorskip("torch").nn.functional
    how = (g.kernel_size, g.stride, g.padding)
    assert_parity(
        lambda x: avg_pool2d(x, *how, count_include_pad),
        lambda grad, x: avg_pool2d_backward(grad, x, *how, count_include_pad),
        lambda x: functional.avg_pool2d(x, *how, count_include_pad=count_include_pad),
        g.x,
    )


@pytest.mark.parametrize("batch", [0, 2])
def test_global_avg_pool_agrees_with_torch(batch):
    x = np.random.default_rng(0).standard_normal((batch, 3, 4, 5))
    assert_parity(global_avg_pool, global_avg_pool_backward, lambda x: x.mean(dim=(2, 3)), x)


@settings(max_examples=50, deadline=None)
@given(g=geometries(pooling=True, dilated=False), holes=st.floats(0, 1))
def test_nan_and_infinity_pass_through_the_maximum_as_in_torch(g, holes):
    torch = pytest.importorskip("torch")
    x = g.x
    where = g.numbers().random(x.shape)
    x[where < holes / 2] = np.nan
    x[where > 1 - holes / 4] = -np.inf
    how = (g.kernel_size, g.stride, g.padding)
    expected = torch.nn.functional.max_pool2d(torch.tensor(x), *how).numpy()
    np.testing.assert_array_equal(max_pool2d(x, *how), expected)


@settings(max_examples=50, deadline=None)
@given(g=geometries(pooling=True, dilated=False), holes=st.floats(0, 1))
def test_nan_receives_the_gradient_as_in_torch(g, holes):
    torch = pytest.importorskip("torch")
    x = torch.tensor(np.where(g.numbers().random(g.x.shape) < holes, np.nan, g.x)).requires_grad_()
    how = (g.kernel_size, g.stride, g.padding)
    largest = torch.nn.functional.max_pool2d(x, *how)
    grad = g.numbers().standard_normal(largest.shape)
    (expected,) = torch.autograd.grad(largest, x, torch.tensor(grad))
    np.testing.assert_allclose(max_pool2d_backward(grad, x.detach().numpy(), *how), expected)


@settings(max_examples=50, deadline=None)
@given(g=geometries(pooling=True), group=st.sampled_from([1, 20, 100]))
def test_the_size_of_a_group_changes_nothing(g, group):
    how = (g.kernel_size, g.stride, g.padding, g.dilation)
    grad = g.numbers().standard_normal(max_pool2d(g.x, *how).shape)
    whole = max_pool2d_backward(grad, g.x, *how)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("course.ops.pool.GROUP", group)
        np.testing.assert_array_equal(max_pool2d_backward(grad, g.x, *how), whole)


@pytest.mark.parametrize("backward", [max_pool2d_backward, avg_pool2d_backward])
def test_the_layout_in_memory_changes_nothing(backward):
    x, grad = np.random.default_rng(0).standard_normal((2, 3, 6, 8)), np.ones((2, 3, 3, 4))
    turned = x.transpose(3, 1, 2, 0).copy().transpose(3, 1, 2, 0)
    np.testing.assert_array_equal(backward(grad, turned, 2), backward(grad, x, 2))
    np.testing.assert_array_equal(backward(np.broadcast_to(1.0, grad.shape), x, 2), backward(grad, x, 2))


def test_an_infinite_gradient_goes_to_the_winner_alone():
    x = np.arange(4.0).reshape(1, 1, 2, 2)
    np.testing.assert_array_equal(max_pool2d_backward(np.full((1, 1, 1, 1), np.inf), x, 2), [[[[0, 0], [0, np.inf]]]])


def test_the_stride_is_the_window_unless_given():
    np.testing.assert_array_equal(max_pool2d(X, (2, 3)), max_pool2d(X, (2, 3), stride=(2, 3)))
    np.testing.assert_array_equal(avg_pool2d(X, (2, 3)), avg_pool2d(X, (2, 3), stride=(2, 3)))


def test_a_tie_sends_the_whole_gradient_to_the_first():
    grad = max_pool2d_backward(np.ones((1, 1, 1, 1)), np.full((1, 1, 2, 2), 7.0), 2)
    np.testing.assert_array_equal(grad, [[[[1, 0], [0, 0]]]])


def test_overlapping_windows_add_their_gradients():
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1
    grad = max_pool2d_backward(np.ones((1, 1, 2, 2)), x, 2, stride=1)
    assert grad[0, 0, 1, 1] == 4
    assert grad.sum() == 4


def test_a_window_larger_than_the_picture_needs_padding():
    picture = np.arange(-9.0, 0).reshape(1, 1, 3, 3)
    assert max_pool2d(picture, 5, padding=1).item() == -1
    with pytest.raises(ArgumentError, match=r"kernel_size must fit into the padded input of 3 x 3 pixels"):
        max_pool2d(picture, 5)


def test_whole_numbers_are_computed_as_floats():
    picture = np.full((1, 1, 2, 2), 200, np.uint8)
    for pool in (max_pool2d, avg_pool2d):
        assert pool(picture, 2).dtype == np.float64
        assert pool(picture, 2).item() == 200
    assert global_avg_pool(picture).item() == 200


def test_a_result_never_shares_memory_with_its_argument():
    x = np.ones((1, 1, 2, 2))
    for result in (
        max_pool2d(x, 1),
        avg_pool2d(x, 1),
        max_pool2d_backward(x, x, 1),
        avg_pool2d_backward(x, x, 1),
    ):
        assert not np.shares_memory(result, x)


@pytest.mark.parametrize("function", [max_pool2d, avg_pool2d])
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"x": X[0, 0]}, r": x must have 4 axes: .*; got x = array of shape \(5, 7\)"),
        ({"x": X[..., :0]}, r": x must have at least one channel, row and column"),
        ({"x": X > 0}, r": x must hold whole numbers or floats; got x = bool values"),
        ({"x": [[[[1], [2, 3]]]]}, r": x must have rows of equal length"),
        ({"kernel_size": 0}, r": kernel_size must be at least 1; got kernel_size = 0"),
        (
            {"kernel_size": (6, 1)},
            r": kernel_size must fit into the padded input of 5 x 7 pixels; got .*\(6, 1\)",
        ),
        ({"stride": 0}, r": stride must be at least 1; got stride = 0"),
        ({"padding": -1}, r": padding must be at least 0; got padding = -1"),
        (
            {"padding": 2},
            r": padding must be at most half the window.*got padding = 2\. Use at most \(1, 1\)",
        ),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(function, changes, sentence):
    with pytest.raises(ArgumentError, match=f"^{function.__name__}{sentence}"):
        function(**{"x": X, "kernel_size": 2, **changes})


@pytest.mark.parametrize("function", [max_pool2d_backward, avg_pool2d_backward])
def test_a_gradient_of_another_shape_is_refused(function):
    with pytest.raises(ArgumentError, match=rf"^{function.__name__}: grad_output must have shape \(2, 3, 2, 3\)"):
        function(np.ones((2, 3, 3, 3)), X, 2)
    with pytest.raises(ArgumentError, match=r"grad_output must have shape \(2, 3\)"):
        global_avg_pool_backward(np.ones((3, 2)), X)
