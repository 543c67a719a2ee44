"""Lesson 3: its checks, the numbers in its prose, its pictures and its explorer."""

from pathlib import Path

import numpy as np
import pytest

from course import arithmetic, manifest, ops
from course.checks.compare import compare
from course.checks.display import Verdict
from course.checks.judge import judge_function
from course.checks.registry import exercises_of
from course.data import fashion_mnist_sample
from course.figures import costs, stacks
from course.figures.base import png_of
from course.images import SATELLITE_BANDS, SATELLITE_COVERS, satellite
from course.notebooks.source import read_source, solution_code
from course.widgets.stacks import hand_made_kernels, stack_explorer

ROOT = Path(__file__).resolve().parents[1]
LESSON = manifest.LESSONS[2]
SOURCE = (ROOT / "solutions" / "03_feature_maps.py").read_text(encoding="utf-8")
BY_NAME = {exercise.name: exercise for exercise in exercises_of(3)}


def lesson_code(names, *labels):
    """Run some cells of the source in the namespace `names`, and return it."""
    cells = {cell.label: cell for cell in read_source(SOURCE, LESSON)}
    for label in labels:
        exec(solution_code(cells[label]), names)
    return names


@pytest.fixture(scope="module")
def learning():
    """What section 6 of the lesson defines: garments on a canvas, networks, gradients, training."""
    names = {"np": np, "ops": ops, "fast_conv2d": ops.conv2d, "fashion_mnist_sample": fashion_mnist_sample}
    return lesson_code(names, "place-garments", "network", "gradients", "learn")


# --- The checks ----------------------------------------------------------------------------------------


def test_cases_are_as_uneven_as_the_curriculum_asks():
    cases = [case.arguments for case in BY_NAME["conv2d"].plan(5).cases]
    assert {0, 1, 2} <= {case["padding"] for case in cases}
    assert {0, 1, 2, 3} <= {len(case["x"]) for case in cases}
    assert any(len(case["x"]) != case["x"].shape[1] != len(case["weight"]) for case in cases)
    assert any(case["x"].shape[2] != case["x"].shape[3] for case in cases)
    assert any(case["weight"].shape[2] != case["weight"].shape[3] for case in cases)
    assert any(case["stride"] not in (1, *case["weight"].shape[2:]) for case in cases)
    assert any(case["weight"].shape[2] > case["x"].shape[2] for case in cases)  # larger than the picture
    assert any(case["x"].dtype == np.uint8 for case in cases)
    assert any((case["x"].shape[2] + 2 * case["padding"] - case["weight"].shape[2]) % case["stride"] for case in cases)


def test_a_flipped_kernel_is_told_with_the_window_it_should_have_seen():
    flipped = next(mistake for mistake in BY_NAME["conv2d"].mistakes if mistake.name == "kernel flipped")
    report = judge_function(BY_NAME["conv2d"], BY_NAME["conv2d"].answer(flipped), 11)
    text = repr(Verdict(report))
    assert flipped.says in text
    assert "that cell should have seen" in text
    x, padding = report.failure.case.arguments["x"], report.failure.case.arguments["padding"]
    f_h, f_w = report.failure.case.arguments["weight"].shape[2:]
    stride, (n, _, i, j) = report.failure.case.arguments["stride"], report.failure.index
    padded = np.pad(x[n].astype(float), ((0, 0), (padding, padding), (padding, padding)))
    seen = padded[:, i * stride : i * stride + f_h, j * stride : j * stride + f_w]
    np.testing.assert_array_equal(report.failure.focus.seen, seen[0])


def test_the_focus_on_a_column_is_the_window_that_it_holds():
    exercise = BY_NAME["im2col"]
    for case in exercise.plan(2).cases:
        if case.arguments["padding"] or not len(case.arguments["x"]):
            continue
        f_h, f_w = case.arguments["kernel_size"]
        columns = exercise.reference(**case.arguments)
        line = columns.shape[1] - 1
        focus = exercise.focus(case, (0, line, columns.shape[2] - 1))
        np.testing.assert_array_equal(case.arguments["x"][focus.index].ravel(), columns[0, line - f_h * f_w + 1 :, -1])


def test_numbers_that_are_not_numbers_are_compared():
    assert compare(float("nan"), float("nan")) is None
    assert compare(float("nan"), 1.0) is not None
    assert compare(1.0, float("nan")) is not None


# --- The numbers in the prose --------------------------------------------------------------------------


def test_the_books_layer():
    assert 200 * 150 * 100 == 3_000_000
    assert 5 * 5 * 3 == 75
    assert arithmetic.conv_parameters(3, 200, (5, 5)) == 15_200
    assert arithmetic.conv_cost(3, 200, (5, 5), (150, 100)) == 225_000_000
    assert 150**2 * 100**2 * 3 == 675_000_000
    assert arithmetic.conv_parameters(16, 32, 3) == 4_640  # in the recall


def test_numbers_by_hand():
    assert arithmetic.conv_parameters(3, 2, (3, 3)) == 56
    assert arithmetic.conv_cost(3, 2, (3, 3), (4, 5)) == 1_080
    assert arithmetic.conv_cost(3, 8, (5, 5), (44, 60)) == 1_584_000
    grad_x, grad_weight, _ = ops.conv2d_backward([[[[1, 4]]]], [[[[1, 2, 3]]]], [[[[10, 20]]]])
    assert grad_x.ravel().tolist() == [10, 60, 80]
    assert grad_weight.ravel().tolist() == [9, 14]
    covers = {name: dict(zip(SATELLITE_BANDS, values, strict=True)) for name, values in SATELLITE_COVERS.items()}
    assert covers["meadow"]["near infrared"] - covers["meadow"]["red"] == pytest.approx(0.40)
    assert covers["plastic pitch"]["near infrared"] - covers["plastic pitch"]["red"] == pytest.approx(0.02)


def test_two_small_kernels_against_a_large_one():
    assert pytest.approx(0.28) == 1 - 18 / 25
    two = arithmetic.conv_parameters(3, 64, 3) + arithmetic.conv_parameters(64, 64, 3)
    assert two > arithmetic.conv_parameters(3, 64, 5)  # above a picture the large one is the cheaper


def test_the_satellite_sees_what_colours_do_not():
    bands, cover = satellite()
    names = list(SATELLITE_COVERS)
    assert bands.shape == (96, 128, len(SATELLITE_BANDS))
    assert bands.min() >= 0
    assert bands.max() <= 1
    assert set(np.unique(cover)) == set(range(len(names)))
    meadow, plastic = bands[cover == names.index("meadow")], bands[cover == names.index("plastic pitch")]
    np.testing.assert_allclose(meadow.mean(axis=0)[:3], plastic.mean(axis=0)[:3], rtol=0.03)
    assert meadow[:, 3].min() > plastic[:, 3].max()
    np.testing.assert_array_equal(satellite()[0], bands)


@pytest.mark.parametrize(("window", "padding"), [(7, 3), (28, 0)])
def test_the_gradients_of_the_lessons_networks_are_those_of_their_loss(learning, window, padding):
    x = learning["place"](learning["train"].images[:5], np.full(5, 7), np.arange(5))
    labels = learning["train"].labels[:5]
    network = learning["new_network"](window, 3, np.random.default_rng(1))
    gradients = learning["gradients"](network, x, labels, padding)
    for k in (0, 1, 2, 3):

        def loss(moved, k=k):
            probability = learning["forward"]([*network[:k], moved, *network[k + 1 :]], x, padding)[2]
            return -np.log(probability[np.arange(5), labels]).mean()

        here = network[k].copy()
        flat = [tuple(index) for index in np.argwhere(np.ones(here.shape))[:: max(1, here.size // 40)]]
        for index in flat:
            step = np.zeros_like(here)
            step[index] = 1e-5
            measured = (loss(here + step) - loss(here - step)) / 2e-5
            assert gradients[k][index] == pytest.approx(measured, abs=1e-6)


# --- Pictures and explorer -----------------------------------------------------------------------------


def test_pictures_are_drawn_and_described():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, 4)), rng.normal(size=(3, 2, 2, 2))
    columns = ops.im2col(x[np.newaxis], 2)[0]
    pictures = [
        stacks.layers_of_maps([rng.random((3, 9, 8)), rng.normal(size=(4, 7, 6))], ["a", "b"], 3, (2, 2)),
        stacks.gallery([x[0], rng.random((3, 4, 3))], ["one", "two"], "Two small random pictures side by side."),
        stacks.neuron_arithmetic(x, weight[0], 1.0, 1, 2, output=rng.normal(size=(2, 3))),
        stacks.numbered([x[0]], ["x"], "Twelve random numbers in cells.", window=(2, 2)),
        stacks.columns_of_windows(x, weight, columns, marked=3),
        costs.bars({"one": 1.0, "two": 20.0}, "apples", "Apples", log=True),
        costs.curves([0, 1], {"up": [1, 2], "down": [2, 1]}, ("steps", "height"), "Two lines", level=(1, "level")),
        costs.kernels_learned(rng.normal(size=(8, 1, 6, 6)), rng.normal(size=(9, 1, 3, 3))),
        costs.two_small_one_large(),
    ]
    for picture in pictures:
        assert len(picture.description) > 20
        assert png_of(picture).startswith(b"\x89PNG")
    assert "sees rows 1 to 2 and columns 2 to 3 of 2 channels" in pictures[2].description


def test_the_explorer_shows_the_sum_that_conv2d_gives():
    explorer = stack_explorer()
    kernels, names = hand_made_kernels()
    assert len(names) == len(kernels) == 4
    seen = set()
    for k, row, column in ((0, 0, 0), (2, 5, 9), (3, 21, 27)):
        for name, value in (("k", k), ("row", row), ("column", column)):
            explorer.controls[name].value = value
        seen.add(explorer.description)
        assert f"The neuron in row {row}, column {column} sees rows {row} to {row + 2}" in explorer.description
    assert len(seen) == 3
    x = np.arange(24.0).reshape(2, 3, 4)
    weight, bias = np.ones((1, 2, 2, 2)), np.array([100.0])
    small = stack_explorer(x, weight, bias)
    small.controls["row"].value, small.controls["column"].value = 1, 2
    value = ops.conv2d(x[np.newaxis], weight, bias)[0, 0, 1, 2]
    assert small.description.endswith(f"+ bias 100 = {value:.0f}.")


# --- The lesson as a whole -----------------------------------------------------------------------------


@pytest.mark.slow
def test_shared_weights_find_garments_anywhere_and_dense_ones_do_not(learning):
    names = lesson_code(learning, "accuracy")
    dense, shared = names["middle"].values()
    assert dense[0] > shared[0]  # the dense network is the better one where it was trained
    assert max(dense[6:]) < 20  # and near guessing further on
    assert np.ptp(shared) < 1  # the shared one does not move
    for window, neurons, padding in ((28, 100, 0), (7, 16, 3)):
        rates = {
            rate: names["accuracy"](names["learn"](window, neurons, padding, False, rate=rate), padding, 0)
            for rate in (0.01, 0.03, 0.1)
        }
        assert max(rates, key=rates.get) == 0.1, rates
    sizes = [window**2 * neurons + neurons + 10 * neurons + 10 for window, neurons in ((28, 100), (7, 16))]
    assert sizes[0] > 50 * sizes[1]  # "less than a fiftieth"
