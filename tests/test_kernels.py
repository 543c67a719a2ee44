"""Named filters: what each promises, measured on small pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import kernels
from course.errors import ArgumentError
from course.ops import correlate2d

odd = st.integers(0, 5).map(lambda n: 2 * n + 1)


@given(size=odd)
def test_the_line_filters_are_one_line_through_the_middle(size):
    vertical, horizontal = kernels.vertical_line(size), kernels.horizontal_line(size)
    np.testing.assert_array_equal(vertical[:, size // 2], 1)
    assert vertical.sum() == size
    np.testing.assert_array_equal(horizontal, vertical.T)


def test_each_line_filter_answers_to_its_own_line():
    picture = np.zeros((15, 15))
    picture[:, 7] = 1
    assert correlate2d(picture, kernels.vertical_line()).max() == 7
    assert correlate2d(picture, kernels.horizontal_line()).max() == 1


@given(size=odd, sigma=st.floats(0.3, 5))
def test_blurs_keep_the_brightness(size, sigma):
    for kernel in (kernels.box_blur(size), kernels.gaussian_blur(size, sigma)):
        assert kernel.shape == (size, size)
        assert kernel.sum() == pytest.approx(1)
        np.testing.assert_allclose(kernel, kernel[::-1, ::-1])
        np.testing.assert_allclose(kernel, kernel.T)


def test_the_gaussian_is_scipy_s():
    ndimage = pytest.importorskip("scipy.ndimage")
    impulse = np.zeros((9, 9))
    impulse[4, 4] = 1
    np.testing.assert_allclose(
        kernels.gaussian_blur(9, 1.0), ndimage.gaussian_filter(impulse, 1.0, truncate=4.0), atol=1e-15
    )


def test_the_edge_filters_are_scipy_s():
    ndimage = pytest.importorskip("scipy.ndimage")
    picture = np.random.default_rng(0).standard_normal((8, 9))
    for kernel, theirs in (
        (kernels.sobel_x(), ndimage.sobel(picture, axis=1)),
        (kernels.sobel_y(), ndimage.sobel(picture, axis=0)),
        (kernels.laplacian(), ndimage.laplace(picture)),
    ):
        np.testing.assert_allclose(correlate2d(picture, kernel), theirs[1:-1, 1:-1], atol=1e-12)


def test_edges_are_bright_where_the_docstrings_say():
    right = np.tile([0.0, 0, 0, 1, 1, 1], (5, 1))
    assert correlate2d(right, kernels.sobel_x()).max() > 0
    assert not correlate2d(right, kernels.sobel_y()).any()
    assert correlate2d(right.T, kernels.sobel_y()).max() > 0
    flat = np.full((5, 5), 3.0)
    for kernel in (kernels.sobel_x(), kernels.sobel_y(), kernels.laplacian()):
        assert not correlate2d(flat, kernel).any()
    for kernel in (kernels.identity(), kernels.sharpen(), kernels.emboss()):
        np.testing.assert_allclose(correlate2d(flat, kernel), 3)


def test_the_identity_leaves_the_picture():
    picture = np.random.default_rng(0).standard_normal((6, 7))
    np.testing.assert_array_equal(correlate2d(picture, kernels.identity(3)), picture[1:-1, 1:-1])


def test_the_table_has_every_filter_with_effect_and_source_and_cannot_be_changed():
    functions = set(kernels.__all__) - {"FILTERS", "Filter", "as_picture"}
    assert set(kernels.FILTERS) == functions
    for name, row in kernels.FILTERS.items():
        assert row.name == name
        assert row.effect
        assert row.source
        assert row.array.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            row.array[0, 0] = 5


def test_each_call_returns_an_array_of_its_own():
    kernels.sobel_x()[:] = 0
    assert kernels.sobel_x().any()
    assert kernels.FILTERS["sobel_x"].array.any()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: kernels.vertical_line(4),
            r"^vertical_line: size must be odd, .*; got size = 4\. Use size=5\.",
        ),
        (lambda: kernels.horizontal_line(0), r"^horizontal_line: size must be at least 1; got size = 0"),
        (lambda: kernels.identity(2), r"^identity: size must be odd"),
        (lambda: kernels.box_blur(1.5), r"^box_blur: size must be a whole number"),
        (lambda: kernels.gaussian_blur(4), r"^gaussian_blur: size must be odd"),
        (
            lambda: kernels.gaussian_blur(5, 0),
            r"^gaussian_blur: sigma must be a number above 0; got sigma = 0",
        ),
        (
            lambda: kernels.gaussian_blur(5, "1"),
            r"^gaussian_blur: sigma must be a number above 0; got sigma = '1'",
        ),
        (lambda: kernels.gaussian_blur(5, float("nan")), r"^gaussian_blur: sigma must be a number above 0"),
    ],
)
def test_bad_arguments_are_told_in_one_sentence(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()
