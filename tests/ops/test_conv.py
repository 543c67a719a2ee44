"""Convolution: equal to PyTorch, to SciPy and to its own definition; linear; its backward is its adjoint."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import ArgumentError
from course.ops import conv2d, conv2d_backward, conv2d_backward_loops, conv2d_loops

from .geometry import geometries
from .parity import assert_close, assert_parity

X = np.arange(2 * 3 * 5 * 7.0).reshape(2, 3, 5, 7)
WEIGHT = np.ones((4, 3, 3, 2))


@settings(max_examples=150, deadline=None)
@given(g=geometries())
def test_torch_agrees_forward_and_backward(g):
    functional = pytest.importorskip("torch").nn.functional
    how = {"stride": g.stride, "padding": g.padding, "dilation": g.dilation}
    assert_parity(
        lambda x, w, b: conv2d(x, w, b, **how),
        lambda grad, x, w, b: conv2d_backward(grad, x, w, **how),
        lambda x, w, b: functional.conv2d(x, w, b, **how),
        *(g.x, g.weight, g.bias),
    )


@settings(max_examples=25, deadline=None)
@given(g=geometries(), dtype=st.sampled_from([np.float32, np.float64]))
def test_the_fast_form_is_the_definition(g, dtype):
    x, w, b = (array.astype(dtype) for array in (g.x, g.weight, g.bias))
    how = (g.stride, g.padding, g.dilation)
    fast = conv2d(x, w, b, *how)
    assert_close("output", fast, conv2d_loops(x, w, b, *how))
    grad = g.numbers().standard_normal(fast.shape).astype(dtype)
    for name, ours, defined in zip(
        ("grad_x", "grad_weight", "grad_bias"),
        conv2d_backward(grad, x, w, *how),
        conv2d_backward_loops(grad, x, w, *how),
        strict=True,
    ):
        assert_close(name, ours, defined)


@settings(max_examples=50, deadline=None)
@given(g=geometries(), strip=st.sampled_from([1, 20, 100]))
def test_the_length_of_a_strip_changes_nothing(g, strip):
    how = (g.stride, g.padding, g.dilation)
    whole = conv2d(g.x, g.weight, g.bias, *how)
    grad = g.numbers().standard_normal(whole.shape)
    whole_gradients = conv2d_backward(grad, g.x, g.weight, *how)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("course.ops.conv.STRIP", strip)
        assert_close("output", conv2d(g.x, g.weight, g.bias, *how), whole)
        for ours, expected in zip(conv2d_backward(grad, g.x, g.weight, *how), whole_gradients, strict=True):
            assert_close("gradient", ours, expected)


@settings(max_examples=50, deadline=None)
@given(g=geometries())
def test_the_backward_pass_is_the_adjoint(g):
    """<conv(x, w), g> = <x, grad_x> = <w, grad_w>: true only if every product is sent back once."""
    how = (g.stride, g.padding, g.dilation)
    z = conv2d(g.x, g.weight, None, *how)
    grad = g.numbers().standard_normal(z.shape)
    grad_x, grad_weight, grad_bias = conv2d_backward(grad, g.x, g.weight, *how)
    assert np.vdot(grad_x, g.x) == pytest.approx(np.vdot(grad, z), abs=1e-9)
    assert np.vdot(grad_weight, g.weight) == pytest.approx(np.vdot(grad, z), abs=1e-9)
    np.testing.assert_allclose(grad_bias, grad.sum((0, 2, 3)))


def test_scipy_agrees():
    signal = pytest.importorskip("scipy.signal")
    rng = np.random.default_rng(3)
    x, w = rng.standard_normal((2, 3, 9, 11)), rng.standard_normal((4, 3, 5, 2))
    expected = [[signal.correlate(picture, kernel, mode="valid")[0] for kernel in w] for picture in x]
    np.testing.assert_allclose(conv2d(x, w), expected, atol=1e-12)


def test_whole_numbers_are_computed_as_floats():
    x = np.full((1, 1, 2, 2), 200, np.uint8)
    result = conv2d(x, np.ones((1, 1, 2, 2), np.uint8))
    assert result.dtype == np.float64
    assert result.item() == 800


def test_float32_and_float64_together_give_float64():
    assert conv2d(X.astype(np.float32), WEIGHT).dtype == np.float64


def test_a_result_never_shares_memory_with_its_arguments():
    x, w = np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1))
    grad = np.ones((1, 1, 1, 1))
    for result in (conv2d(x, w), conv2d_loops(x, w), *conv2d_backward(grad, x, w)):
        assert not any(np.shares_memory(result, given) for given in (x, w, grad))


def test_memory_stays_within_three_times_input_and_output():
    import tracemalloc

    x, w = np.ones((1, 3, 427, 640), np.float32), np.ones((2, 3, 7, 7), np.float32)
    tracemalloc.start()
    z = conv2d(x, w, padding=3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 3 * (x.nbytes + z.nbytes)


@pytest.mark.parametrize("function", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"x": X[0]}, r": x must have 4 axes: .*; got x = array of shape \(3, 5, 7\)\. Reshape it"),
        ({"x": X[:, :0]}, r": x must have at least one channel, row and column; got x = array of shape"),
        ({"x": [["a"]]}, r": x must hold whole numbers or floats; got x = \[\['a'\]\]\. Convert it"),
        ({"x": X > 3}, r": x must hold whole numbers or floats; got x = bool values\. Convert it"),
        ({"x": X.astype(object)}, r": x must hold whole numbers or floats; got x = object values\."),
        ({"x": X * 1j}, r": x must hold whole numbers or floats; got x = complex128 values\."),
        (
            {"x": [[[[1, 2], [3]]]]},
            r": x must have rows of equal length; got x = \[\[\[\[1, 2\], \[3\]\]\]\]",
        ),
        ({"x": None}, r": x must hold whole numbers or floats; got x = None\."),
        ({"weight": WEIGHT[0]}, r": weight must have 4 axes"),
        (
            {"weight": WEIGHT[:, :2]},
            r": weight must have as many channels as x, which has 3; got .*4, 2, 3, 2",
        ),
        ({"weight": WEIGHT[:0]}, r": weight must have no empty axis"),
        ({"weight": np.ones((4, 3, 6, 2))}, r": kernel_size must fit into the padded input of 5 x 7 pixels"),
        (
            {"dilation": 3},
            r": kernel_size must fit, spread over 7 x 4 pixels by its dilation, into the padded",
        ),
        ({"bias": np.ones(3)}, r": bias must have shape \(4,\); got bias = array of shape \(3,\)\. Give one"),
        ({"bias": 1.0}, r": bias must have 1 axis; got bias = 1\.0"),
        ({"stride": 0}, r": stride must be at least 1; got stride = 0\. Use stride=1 or more"),
        ({"stride": (1, 0)}, r": stride must be at least 1; got stride = 0\."),
        ({"stride": 1.5}, r": stride must be a whole number; got stride = 1\.5\."),
        ({"stride": True}, r": stride must be a whole number; got stride = True\."),
        ({"stride": (1, 2, 3)}, r": stride must be one whole number or a pair of them; got .*1, 2, 3"),
        ({"padding": -1}, r": padding must be at least 0; got padding = -1\."),
        ({"padding": "same"}, r": padding must be a whole number; got padding = 'same'\."),
        ({"dilation": 0}, r": dilation must be at least 1; got dilation = 0\."),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(function, changes, sentence):
    arguments = {"x": X, "weight": WEIGHT, **changes}
    with pytest.raises(ArgumentError, match=f"^{function.__name__}{sentence}"):
        function(**arguments)


@pytest.mark.parametrize("function", [conv2d_backward, conv2d_backward_loops])
def test_a_gradient_of_another_shape_is_refused(function):
    with pytest.raises(ArgumentError, match=r"grad_output must have shape \(2, 4, 3, 6\); got grad_output"):
        function(np.ones((2, 4, 3, 5)), X, WEIGHT)
