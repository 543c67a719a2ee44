"""Lesson 2: its checks know every mistake, its numbers are true, its pictures and explorers work."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course import data, images, kernels
from course.checks.registry import exercises_of
from course.errors import ArgumentError
from course.figures import filters as figures
from course.ops import correlate2d, zero_pad
from course.widgets import filters as explorers

BY_NAME = {exercise.name: exercise for exercise in exercises_of(2)}


@pytest.mark.parametrize("name", ["correlate2d", "apply_filter_uint8", "true_convolution2d"])
def test_the_window_that_is_shown_explains_the_wrong_cell(name):
    exercise = BY_NAME[name]
    for case, expected in zip(exercise.plan(5).cases, exercise.plan(5).expected, strict=True):
        kernel, bias = case.arguments["kernel"], case.arguments.get("bias", 0.0)
        kernel = kernel[::-1, ::-1] if name == "true_convolution2d" else kernel
        for index in np.ndindex(expected.value.shape):
            focus = exercise.focus(case, index)
            value = (focus.seen * kernel).sum() + bias
            if name == "apply_filter_uint8":
                value = np.rint(np.clip(value, 0, 255))
            assert expected.value[index] == pytest.approx(value)
            assert all(0 <= part.start <= part.stop for part in focus.index)


def test_padding_focus_points_at_the_pixel_that_moved():
    for name in ("zero_pad", "unpad"):
        exercise = BY_NAME[name]
        for case, expected in zip(exercise.plan(1).cases, exercise.plan(1).expected, strict=True):
            for index in np.ndindex(expected.value.shape):
                focus = exercise.focus(case, index)
                pixel = case.arguments["image"][focus.index] if focus.index else np.zeros((1, 1))
                assert pixel == expected.value[index]


# --- The claims of the lesson ------------------------------------------------------------------------


def test_zero_padding_leaves_the_dark_border_that_the_lesson_describes():
    white = np.ones((12, 15))
    vertical = correlate2d(white, kernels.vertical_line(7), padding=3)
    horizontal = correlate2d(white, kernels.horizontal_line(7), padding=3)
    assert vertical[:4, 7].tolist() == [4, 5, 6, 7]
    assert horizontal[6, :4].tolist() == [4, 5, 6, 7]
    assert vertical[6, 0] == vertical[6, -1] == horizontal[0, 7] == horizontal[-1, 7] == 7


def test_line_filters_keep_their_own_lines_on_the_photograph():
    photo = images.grey(images.china())

    def kept(kernel):
        feature_map = correlate2d(photo, kernel) / 7
        inner = photo[3:-3, 3:-3]
        return [np.abs(np.diff(feature_map, axis=a)).mean() / np.abs(np.diff(inner, axis=a)).mean() for a in (1, 0)]

    left_right, top_bottom = kept(kernels.vertical_line(7))
    assert left_right > 2 * top_bottom
    left_right, top_bottom = kept(kernels.horizontal_line(7))
    assert top_bottom > 2 * left_right


def test_seven_of_the_ten_filters_look_the_same_after_half_a_turn():
    same = [name for name, row in kernels.FILTERS.items() if np.array_equal(row.array, row.array[::-1, ::-1])]
    assert len(kernels.FILTERS) == 10
    assert len(same) == 7


@settings(max_examples=15)
@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2**31 - 1))
def test_a_moved_picture_has_the_moved_map(rows, columns, seed):
    rng = np.random.default_rng(seed)
    scene, kernel = rng.normal(size=(22, 24)), rng.normal(size=(3, 5))
    first = correlate2d(scene[:16, :17], kernel)
    second = correlate2d(scene[rows : rows + 16, columns : columns + 17], kernel)
    height, width = first.shape[0] - rows, first.shape[1] - columns
    np.testing.assert_allclose(first[rows:, columns:], second[:height, :width], atol=1e-12)


def test_gradient_descent_finds_a_filter_from_noise_and_neighbours_in_garments_are_alike():
    rng = np.random.default_rng(0)
    noise = rng.uniform(-0.5, 0.5, size=(6, 20, 20))
    secret, kernel = kernels.vertical_line(7), rng.normal(0, 0.1, size=(7, 7))
    x = np.lib.stride_tricks.sliding_window_view(noise, (7, 7), axis=(1, 2)).reshape(-1, 49)
    for _ in range(60):
        kernel = kernel - 1.5 * 2 * ((x @ (kernel - secret).ravel()) @ x).reshape(7, 7) / len(x)
    assert np.abs(kernel - secret).max() < 1e-3
    garments = data.fashion_mnist_sample().images[:60] / 255
    assert np.corrcoef(garments[:, :-1].ravel(), garments[:, 1:].ravel())[0, 1] > 0.8


# --- Pictures and explorers --------------------------------------------------------------------------


def test_every_figure_is_described_by_its_numbers():
    rng = np.random.default_rng(0)
    photo = rng.random((60, 80))
    vertical, horizontal = kernels.vertical_line(7), kernels.horizontal_line(7)
    maps = [correlate2d(photo, kernel, padding=3) for kernel in (vertical, horizontal)]
    tiny = np.arange(6).reshape(2, 3)
    history = [(step, vertical * step / 3, 1 / (1 + step)) for step in range(4)]
    small = {name: correlate2d(photo, kernels.FILTERS[name].array) for name in ("sobel_x", "sharpen")}
    bytes_ = (photo * 255).astype(np.uint8)
    drawn = {
        "4 × 5 pixels": figures.padding_figure(tiny, zero_pad(tiny, 1)),
        "55 + 1 = 56": figures.neuron_figure(tiny, tiny, 56.0, bias=1.0),
        "row 0, column 1": figures.sliding_figure(photo[:4, :4], np.ones((2, 2)), np.ones((3, 3)), 0, 1),
        "Three rows": figures.line_filters_figure(photo, (vertical, horizontal), maps, (5, 5, 20, 30)),
        "first 3 rows": figures.border_figure(maps[0], [4, 5, 6, 7, 7, 7]),
        "sobel_x answers": figures.gallery_figure(photo, small),
        "at most 0.00. The maps are the same": figures.flip_figure(vertical, vertical, maps[0], maps[0]),
        "60 added": figures.bytes_figure(bytes_, bytes_ + np.uint8(60), bytes_, 60),
        "2 pairs": figures.pairs_figure(photo[:2, None, :] * np.ones((2, 5, 1)), photo[:2, None, :]),
        "falls from 1 to less than 1": figures.learning_figure(history, vertical),
        "at most 0.000": figures.moved_figure(maps, maps, [(1, 1, 5, 5), (2, 2, 5, 5)], np.zeros((4, 4))),
    }
    for words, picture in drawn.items():
        assert words in picture.description
        assert picture._repr_mimebundle_()["text/html"].startswith("<img alt=")


def test_the_filter_explorer_shows_the_sum_that_the_neuron_computes():
    photo = images.grey(images.china())[95:255, 80:320]
    explorer = explorers.filter_explorer(photo)
    for name in kernels.FILTERS:
        explorer.controls["name"].value = name
    explorer.controls["name"].value = "sobel_y"
    explorer.controls["strength"].value = 0.5
    explorer.controls["row"].value = 20
    explorer.controls["column"].value = 31
    expected = correlate2d(photo, (kernels.identity(3) + kernels.sobel_y()) / 2)[20, 31]
    assert f"sum to {expected:.2f}" in explorer.description
    with Image.open(io.BytesIO(explorer.still.png)) as picture:
        assert picture.width <= 1000
    for control, value in (("size", 3), ("row", photo.shape[0] - 3), ("column", photo.shape[1] - 3), ("size", 7)):
        explorer.controls[control].value = value  # the window is moved back into the picture


def test_the_learning_explorer_shows_each_step():
    target = kernels.horizontal_line(7)
    history = [(step, target * step / 99, (1 - step / 99) ** 2) for step in range(100)]
    explorer = explorers.learning_explorer(history, target)
    explorer.controls["step"].value = 99
    assert "after step 99" in explorer.description
    assert "worst weight is 0.00 off" in explorer.description


def test_explorers_refuse_what_they_cannot_draw():
    with pytest.raises(ArgumentError, match=r"filter_explorer: image must have the shape \(H, W\), at least 9 x 9"):
        explorers.filter_explorer(np.zeros((20, 20, 3)))
    with pytest.raises(ArgumentError, match=r"name must be a filter of course\.kernels; got name = 'prewitt'"):
        explorers.named_filter("prewitt", 3, 1.0)
