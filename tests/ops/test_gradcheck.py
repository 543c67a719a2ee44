"""The gradient checker: passes what is right, and points at one planted error."""

from __future__ import annotations

import numpy as np
import pytest

from course import ops
from course.errors import ArgumentError


def numbers(*shape):
    return np.random.default_rng(5).standard_normal(shape)


@pytest.mark.parametrize(
    ("forward", "backward", "inputs"),
    [
        (ops.relu, ops.relu_backward, [numbers(2, 3)]),
        (ops.softmax, ops.softmax_backward, [numbers(2, 3)]),
        (ops.global_avg_pool, ops.global_avg_pool_backward, [numbers(2, 3, 2, 3)]),
        (
            lambda x: ops.max_pool2d(x, 2, 1),
            lambda g, x: ops.max_pool2d_backward(g, x, 2, 1),
            [numbers(1, 2, 3, 4)],
        ),
        (
            lambda x: ops.avg_pool2d(x, 2, 1),
            lambda g, x: ops.avg_pool2d_backward(g, x, 2, 1),
            [numbers(1, 2, 3, 4)],
        ),
        (
            ops.linear,
            lambda g, x, w, b: ops.linear_backward(g, x, w),
            [numbers(2, 3), numbers(4, 3), numbers(4)],
        ),
        (
            lambda x, w, b: ops.conv2d(x, w, b, 2, 1),
            lambda g, x, w, b: ops.conv2d_backward(g, x, w, 2, 1),
            [numbers(2, 3, 5, 4), numbers(4, 3, 3, 2), numbers(4)],
        ),
        (
            lambda x: ops.cross_entropy(x, [1, 0]),
            lambda g, x: ops.cross_entropy_backward(g, x, [1, 0]),
            [numbers(2, 3)],
        ),
    ],
)
def test_the_course_s_own_gradients_pass(forward, backward, inputs):
    report = ops.gradcheck(forward, backward, *inputs)
    assert report, str(report)
    assert str(report).startswith("The gradients agree; the worst is at index (")


@pytest.mark.parametrize("where", [(0, 0, 0, 0), (3, 2, 2, 1)])
@pytest.mark.parametrize("error", [1e-3, np.nan])
def test_one_wrong_number_is_found_and_named(where, error):
    def backward(grad, x, w):
        grad_x, grad_w, _ = ops.conv2d_backward(grad, x, w)
        grad_w[where] += error
        return grad_x, grad_w

    report = ops.gradcheck(ops.conv2d, backward, numbers(2, 3, 5, 4), numbers(4, 3, 3, 2))
    assert not report
    assert (report.argument, report.index) == (1, where)
    assert f"differ; the worst is at index {where} of input 1: backward gives " in str(report)
    if not np.isnan(error):
        assert report.backward - report.measured == pytest.approx(error, rel=1e-2)


def test_a_gradient_that_is_written_instead_of_added_is_found():
    def backward(grad, x):
        grad_x = np.zeros_like(x)
        for i, j in np.ndindex(2, 2):
            grad_x[0, 0, i : i + 2, j : j + 2] = grad[0, :, 2 * i + j].reshape(2, 2)
        return grad_x

    assert not ops.gradcheck(lambda x: ops.im2col(x, 2), backward, numbers(1, 1, 3, 3))


def test_inputs_are_not_changed_and_a_function_that_changes_them_does_no_harm():
    x = numbers(2, 3)
    kept = x.copy()

    def rude(x):
        y = x * 2
        x[:] = 0
        return y

    assert ops.gradcheck(rude, lambda g, x: 2 * g, x)
    np.testing.assert_array_equal(x, kept)


def test_a_gradient_of_the_wrong_shape_is_refused():
    with pytest.raises(ArgumentError, match=r"^gradcheck: backward must return one gradient for each input, of"):
        ops.gradcheck(ops.relu, lambda g, x: g[:1], numbers(2, 3))
    with pytest.raises(ArgumentError, match=r"^gradcheck: backward must return one gradient for each input, of"):
        ops.gradcheck(ops.linear, lambda g, x, w: (x,), numbers(2, 3), numbers(2, 3))


def test_numerical_gradient_of_a_known_function():
    np.testing.assert_allclose(ops.numerical_gradient(lambda x: np.sin(x).sum(), [0.0, 1.0]), np.cos([0, 1]), 1e-8)
