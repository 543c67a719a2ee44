"""Lesson 2: its checks know every mistake, its numbers are true, its pictures and explorers work."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import data, images, kernels
from course.checks.registry import exercises_of
from course.figures import descent
from course.figures import filters as figures
from course.ops import conv2d, correlate2d, true_convolution2d, zero_pad
from course.widgets import filters as explorers

BY_NAME = {exercise.name: exercise for exercise in exercises_of(2)}
TEMPLE = images.grey(images.china())[95:255, 80:320]
WRITTEN = {"from step": 41, "steps": [3, 5, 50, 52], "off": [0.74, 0.91, 0.097, 0.106]}  # of the run with momentum 0.9


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
    assert round(2 * photo.size * 49 / 1e6) == 27

    def kept(kernel, part=np.s_[:, :]):
        feature_map = (correlate2d(photo, kernel) / 7)[part]
        inner = photo[3:-3, 3:-3][part]
        shares = [np.abs(np.diff(feature_map, axis=a)).mean() / np.abs(np.diff(inner, axis=a)).mean() for a in (1, 0)]
        return [round(100 * share) for share in shares]

    assert kept(kernels.vertical_line(7)) == [50, 24]
    assert kept(kernels.horizontal_line(7)) == [21, 53]
    magnified, leaves = np.s_[187:241, 109:191], np.s_[317:417, 387:537]
    assert kept(kernels.vertical_line(7), magnified)[0] == 74
    assert kept(kernels.vertical_line(7), leaves)[0] < 50


def test_what_the_lesson_says_is_to_be_found_in_the_explorers():
    assert correlate2d(TEMPLE, kernels.vertical_line(3))[60, 1] == pytest.approx(2.51, abs=0.005)
    assert correlate2d(TEMPLE, kernels.vertical_line(3))[101, 90] == pytest.approx(0.02, abs=0.005)
    on_the_bar = correlate2d(TEMPLE, kernels.vertical_line(7))[101, 223:226]
    assert on_the_bar == pytest.approx([1.42, 5.74, 1.06], abs=0.005)
    assert correlate2d(TEMPLE, kernels.sobel_x())[101, 225:228] == pytest.approx([2.53, -0.37, -2.24], abs=0.005)
    assert correlate2d(TEMPLE, kernels.vertical_line(3))[101, 226] == pytest.approx(2.51, abs=0.005)
    seen = TEMPLE[101:104, 226:229]
    assert seen[:, 1].mean() > 0.7
    assert seen[:, [0, 2]].mean() < 0.35
    assert explorers.filter_explorer("temple", "vertical_line").view["at"] == [101, 224]


def test_a_kernel_whose_columns_sum_to_0_hides_the_standing_line():
    lines = explorers._pictures()["two lines"]
    for above, below in ((0, 1), (0, 2), (1, 2)):
        two_numbers = np.zeros((3, 3))
        two_numbers[above, 1], two_numbers[below, 1] = 1, -1
        for kernel in (kernels.sobel_y(), two_numbers):
            found = correlate2d(lines, kernel)
            assert not found[:8].any()  # rows that do not see the lying line
            assert found[8:, -1].any()


def test_a_1_at_the_right_moves_a_picture_to_the_left_and_after_half_a_turn_to_the_right():
    letter = explorers._pictures()["letter"]
    kernel = np.zeros((3, 3))
    kernel[1, 2] = 1
    np.testing.assert_array_equal(correlate2d(letter, kernel), letter[1:-1, 2:])
    np.testing.assert_array_equal(true_convolution2d(letter, kernel), letter[1:-1, :-2])


def test_a_filter_with_gaps_is_the_dilation_of_the_libraries():
    spread = np.zeros((7, 7))
    spread[::3, ::3] = kernels.sobel_x()
    library = conv2d(TEMPLE[None, None], kernels.sobel_x()[None, None], dilation=3)[0, 0]
    np.testing.assert_allclose(correlate2d(TEMPLE, spread), library, atol=1e-12)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**31 - 1))
@settings(max_examples=20)
def test_two_filters_in_a_row_are_their_convolution(first_size, second_size, seed):
    rng = np.random.default_rng(seed)
    picture, first, second = (
        rng.normal(size=(12, 13)),
        rng.normal(size=(first_size,) * 2),
        rng.normal(size=(second_size,) * 2),
    )
    one = true_convolution2d(zero_pad(second, first_size - 1), first)
    assert one.shape == (first_size + second_size - 1,) * 2
    np.testing.assert_allclose(correlate2d(picture, one), correlate2d(correlate2d(picture, first), second), atol=1e-10)


@given(st.integers(0, 2**31 - 1), st.floats(-2, 2))
@settings(max_examples=30)
def test_a_map_is_drawn_with_grey_at_0_or_with_the_brightness_of_the_photograph(seed, total):
    rng = np.random.default_rng(seed)
    kernel = rng.normal(size=(3, 3))
    kernel += (total - kernel.sum()) / 9
    flat = correlate2d(np.full((9, 9), 0.5), kernel)
    shown, black, white = kernels.as_picture(flat, kernel)
    if total > 0.5 + 1e-9:
        assert (black, white) == (0, 1)
        assert shown == pytest.approx(np.full((7, 7), 0.5 * min(total, 1)))
    elif total < 0.5 - 1e-9:
        assert black == -white < 0
        assert np.array_equal(shown, flat)


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


# --- Learning ----------------------------------------------------------------------------------------


def windows_of(pictures):
    return np.lib.stride_tricks.sliding_window_view(pictures, (7, 7), axis=(1, 2)).reshape(-1, 49)


def learned(windows, rate, steps, momentum=0.0):
    """How far the worst weight is off, and the loss, at the start and after each step."""
    kernel, move, worst, losses = START, 0.0, [], []
    for _ in range(steps + 1):
        error = windows @ (kernel - SECRET).ravel()
        worst.append(np.abs(kernel - SECRET).max())
        losses.append((error**2).mean())
        move = momentum * move - rate * 2 * (error @ windows).reshape(7, 7) / len(windows)
        kernel = kernel + move
    return np.array(worst), np.array(losses)


RNG = np.random.default_rng(2)
SECRET = kernels.vertical_line(7)
NOISE = windows_of(RNG.uniform(-0.5, 0.5, size=(6, 20, 20)))
START = RNG.normal(0, 0.1, size=(7, 7))
RAW = data.fashion_mnist_sample().images[:10] / 255
GARMENTS = windows_of(RAW - RAW.mean())


def curvatures(windows):
    return np.linalg.eigvalsh(windows.T @ windows / len(windows))


def test_steps_that_noise_needs_for_each_rate():
    steps = [int(np.flatnonzero(learned(NOISE, rate, 100)[0] < 0.01)[0]) for rate in (0.5, 1, 1.5, 2, 4, 6)]
    assert steps == [58, 28, 18, 13, 5, 4]
    assert learned(NOISE, 8, 100)[0].min() > 0.01


def test_the_curvatures_tell_how_far_a_step_may_go():
    noise, garments = curvatures(NOISE), curvatures(GARMENTS)
    assert [round(1 / bends[-1], 2) for bends in (noise, garments)] == [7.92, 0.22]
    assert [round(garments[-1], 2), round(garments[-1] / garments[0])] == [4.47, 1587]
    assert noise[-1] / noise[0] == pytest.approx(2.2, abs=0.05)
    for windows, bends in ((NOISE, noise), (GARMENTS, garments)):
        assert learned(windows, 0.99 / bends[-1], 3000)[0][-1] < learned(windows, 1.01 / bends[-1], 3000)[0][-1] / 1e6


def test_the_steep_axis_is_brightness_and_the_gentle_one_alternates_in_sign():
    axes = np.linalg.eigh(GARMENTS.T @ GARMENTS / len(GARMENTS))[1].T.reshape(49, 7, 7)
    assert abs(axes[-1].sum()) / 7 > 0.99  # as near to equal weights as that
    side_by_side = np.concatenate([(axes[0][:, 1:] * axes[0][:, :-1]).ravel(), (axes[0][1:] * axes[0][:-1]).ravel()])
    assert (side_by_side < 0).mean() > 0.8


def test_each_at_its_best_rate_noise_is_done_and_garments_are_not():
    limits = [1 / curvatures(windows)[-1] for windows in (NOISE, GARMENTS)]
    shares = (0.25, 0.5, 0.75, 0.9)
    assert all(learned(NOISE, share * limits[0], 100)[0][-1] < 0.0005 for share in shares)
    garments = [learned(GARMENTS, share * limits[1], 100)[0][-1] for share in shares]
    assert garments == sorted(garments, reverse=True)
    assert garments[-1] == pytest.approx(0.19, abs=0.005)
    worst, losses = learned(GARMENTS, 0.5 * limits[1], 95)
    assert losses[-1] < 0.01 * losses[0]
    assert worst[-1] > 0.3


def test_momentum_alone_makes_the_difference():
    rate = 0.5 / curvatures(GARMENTS)[-1]
    runs = {momentum: learned(GARMENTS, rate, 300, momentum) for momentum in (0, 0.5, 0.8, 0.9)}
    worst = [round(float(run[0][-1]), 2) for run in runs.values()]
    assert worst == [0.13, 0.07, 0.03, 0.01]
    rises = [int((np.diff(losses) > 0).sum()) for _, losses in runs.values()]
    assert rises[0] == 0 < rises[1] < rises[2] < rises[3]
    assert WRITTEN["from step"] == int(np.flatnonzero(runs[0.9][1] > runs[0][1])[-1]) + 1
    off = [float(runs[0.9][0][step]) for step in WRITTEN["steps"]]
    assert [round(one, 2) for one in off[:2]] + [round(one, 3) for one in off[2:]] == WRITTEN["off"]
    assert np.flatnonzero(runs[0.9][0] >= 0.1)[-1] + 1 == 53


def test_the_line_stands_out_of_the_garments_from_step_8_on():
    kernel, move, stands_out = START, 0.0, []
    rate = 0.5 / curvatures(GARMENTS)[-1]
    for _ in range(301):
        stands_out.append(kernel[:, 3].min() > np.delete(kernel, 3, axis=1).max())
        error = GARMENTS @ (kernel - SECRET).ravel()
        move = 0.9 * move - rate * 2 * (error @ GARMENTS).reshape(7, 7) / len(GARMENTS)
        kernel = kernel + move
    assert np.flatnonzero(~np.array(stands_out))[-1] == 7


def test_neighbours_that_are_alike_make_garments_slow_and_so_does_a_mean():
    assert np.corrcoef(RAW[:, :-1].ravel(), RAW[:, 1:].ravel())[0, 1] > 0.8
    scattered = windows_of(np.random.default_rng(1).permutation((RAW - RAW.mean()).ravel()).reshape(RAW.shape))
    bends = {"garments": curvatures(GARMENTS), "scattered": curvatures(scattered), "raw": curvatures(windows_of(RAW))}
    assert bends["scattered"][-1] / bends["scattered"][0] < 2.2
    assert bends["raw"][-1] / bends["garments"][-1] == pytest.approx(2.5, abs=0.05)
    off = [
        learned(windows, 0.5 / bends[name][-1], 100)[0][-1]
        for name, windows in (("scattered", scattered), ("garments", GARMENTS), ("raw", windows_of(RAW)))
    ]
    assert off[0] < 0.0005 < off[1] < off[2]


# --- Pictures and explorers --------------------------------------------------------------------------


def test_every_figure_is_described_by_its_numbers():
    rng = np.random.default_rng(0)
    photo = rng.random((60, 80))
    vertical, horizontal = kernels.vertical_line(7), kernels.horizontal_line(7)
    maps = [correlate2d(photo, kernel, padding=3) for kernel in (vertical, horizontal)]
    tiny = np.arange(6).reshape(2, 3)
    history = [(step, vertical * step / 3, 1 / (1 + step)) for step in range(4)]
    small = {name: (k := kernels.FILTERS[name].array, correlate2d(photo, k)) for name in ("sobel_x", "sharpen")}
    start = np.array([0.5, 1.0])
    bytes_ = (photo * 255).astype(np.uint8)
    drawn = {
        "4 × 5 pixels": figures.padding_figure(tiny, zero_pad(tiny, 1)),
        "55 + 1 = 56": figures.neuron_figure(tiny, tiny, 56.0, bias=1.0),
        "row 0, column 1": figures.sliding_figure(photo[:4, :4], np.ones((2, 2)), np.ones((3, 3)), 0, 1),
        "Three rows": figures.line_filters_figure(photo, (vertical, horizontal), maps, (5, 5, 20, 30)),
        "first 3 rows": figures.border_figure(maps[0], [4, 5, 6, 7, 7, 7]),
        "sobel_x (kernel 3 × 3, sum 0)": figures.gallery_figure(photo, small),
        "at most 0.00. The maps are the same": figures.flip_figure(vertical, vertical, maps[0], maps[0]),
        "60 added": figures.bytes_figure(bytes_, bytes_ + np.uint8(60), bytes_, 60),
        "wanted: black −2, white 2": descent.pairs_figure(photo[:2, None, :] * np.ones((2, 5, 1)), [[[-2.0]], [[1.0]]]),
        "falls from 1 to less than 1": descent.learning_figure(history, vertical),
        "a: from 1 to less than 1": descent.losses_figure({"a": history}),
        "a: after 1 steps 0.50 away": descent.valley_figure({"a": [(0, start, 1), (1, start * [1, 0], 0.5)]}, (2, 0.1)),
        "at most 0.000": figures.moved_figure(maps, maps, [(1, 1, 5, 5), (2, 2, 5, 5)], np.zeros((4, 4))),
    }
    for words, picture in drawn.items():
        assert words in picture.description
        assert picture._repr_mimebundle_()["text/html"].startswith("<img alt=")
