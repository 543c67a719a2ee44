"""Lesson 3: its checks, the numbers in its prose, its pictures and its explorer."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from course import arithmetic, manifest, ops, shiftnet
from course.checks.compare import compare
from course.checks.display import Verdict
from course.checks.judge import judge_function
from course.checks.registry import exercises_of
from course.data import fashion_mnist_sample
from course.figures import costs, stacks
from course.figures.base import png_of
from course.images import SATELLITE_BANDS, SATELLITE_COVERS, SATELLITE_SHADOW, china, crop, satellite
from course.notebooks.source import read_source, solution_code
from course.widgets.stacks import hand_made_kernels

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


def share_right(values, truth):
    """The share of pixels that the best limit gets right, found without the lesson's code."""
    limits = np.unique(values)
    found = np.searchsorted(np.sort(values[truth]), limits, side="right")
    wrong = np.searchsorted(np.sort(values[~truth]), limits, side="right")
    return (truth.sum() - found + wrong).max() / truth.size


@pytest.fixture(scope="module")
def scene():
    """The landscape, where plants grow, and where the green plastic lies."""
    bands, cover = satellite()
    names = list(SATELLITE_COVERS)
    plants = np.isin(cover, [names.index("meadow"), names.index("forest")])
    return bands, plants, cover == names.index("green plastic")


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
    assert covers["green plastic"]["near infrared"] - covers["green plastic"]["red"] == pytest.approx(0.02)
    assert covers["dry sand"]["near infrared"] - covers["dry sand"]["red"] == pytest.approx(0.08)
    assert pytest.approx(0.14) == SATELLITE_SHADOW * 0.40
    assert 3 * 48 * 64 == 9_216
    assert 64 * 4 * 96 * 128 == 3_145_728  # 3.1 MB


def test_two_small_kernels_against_a_large_one():
    assert pytest.approx(0.28) == 1 - 18 / 25
    two = arithmetic.conv_parameters(3, 64, 3) + arithmetic.conv_parameters(64, 64, 3)
    assert two > arithmetic.conv_parameters(3, 64, 5)  # above a picture the large one is the cheaper


@pytest.mark.parametrize(("height", "width"), [(40, 48), (24, 32)])
def test_the_counts_beside_the_clock(height, width):
    layers = {"7 × 7": (3, 7, 2), "first": (3, 3, 1), "second": (64, 3, 1), "third": (64, 3, 2)}
    work, for_each = {}, {}
    for name, (below, f, s) in layers.items():
        size = (height // s, width // s)
        work[name] = arithmetic.conv_cost(below, 64, f, size)
        for_each[name] = round(work[name] / (below * height * width + 64 * size[0] * size[1]))
    assert sum(work.values()) / work["7 × 7"] - 1 == pytest.approx(20.3, abs=0.05)
    assert (for_each["7 × 7"], for_each["first"], for_each["second"]) == (124, 26, 288)


def test_a_layer_of_one_pixel():
    rng = np.random.default_rng(4)
    x, weight = rng.normal(size=(2, 5, 3, 4)), rng.normal(size=(6, 5, 1, 1))
    np.testing.assert_allclose(ops.conv2d(x, weight), np.einsum("kc,nchw->nkhw", weight[:, :, 0, 0], x))

    def bottleneck(depth):
        steps = ((256, depth, 1), (depth, depth, 3), (depth, 256, 1))
        return sum(arithmetic.conv_parameters(*step) for step in steps)

    whole = arithmetic.conv_parameters(256, 256, 3)
    assert (bottleneck(64), bottleneck(128), whole) == (70_016, 213_504, 590_080)
    assert round(whole / bottleneck(64), 1) == 8.4
    assert round(whole / bottleneck(128), 1) == 2.8
    steps = ((256, 64, 1), (64, 64, 3), (64, 256, 1))
    work = sum(arithmetic.conv_cost(*step, output_size=(56, 56)) for step in steps)
    assert round(arithmetic.conv_cost(256, 256, 3, output_size=(56, 56)) / work, 1) == 8.5


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_right_sums_in_another_order_differ_and_are_accepted(kind):
    rng = np.random.default_rng(5)
    x, weight, bias = (rng.normal(size=shape).astype(kind) for shape in ((2, 3, 9, 8), (4, 3, 3, 3), (4,)))
    one, other = ops.conv2d_loops(x, weight, bias), ops.conv2d(x, weight, bias)
    assert np.mean(one == other) < 0.9  # "most right answers would be called wrong"
    assert compare(one, other) is None
    assert compare(one, ops.conv2d(x, weight)) is not None  # the bias forgotten


def test_the_satellite_sees_what_colours_do_not(scene):
    bands, plants, _ = scene
    assert bands.shape == (96, 128, len(SATELLITE_BANDS))
    assert bands.min() >= 0
    assert bands.max() <= 1
    np.testing.assert_array_equal(satellite()[0], bands)
    assert round(100 * plants.mean()) == 51  # "always saying plant"
    single = [max(share_right(sign * bands[:, :, k], plants) for sign in (1, -1)) for k in range(5)]
    assert max(single) < 0.79
    assert share_right(bands[:, :, 3] - bands[:, :, 2], plants) > 0.99


def test_no_weights_for_three_colours_tell_plants_from_green_plastic(scene):
    bands, plants, plastic = scene
    directions = np.random.default_rng(6).normal(size=(1000, 3))
    steps = np.linspace(-1, 1, 9)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    best = max((share_right(bands[:, :, :3] @ w, plants), tuple(w)) for w in [*directions, *grid])
    assert round(100 * best[0], 1) == 89.5
    map_ = bands[:, :, :3] @ np.array(best[1])
    called = map_ > map_[~plants & ~plastic].max()
    np.testing.assert_array_equal(called != plants, plastic)  # "all of them, and no others"


def test_what_there_is_to_find_in_the_explorer():
    kernels, names = hand_made_kernels()
    x = crop(china(), 20, 60, 240, 300).reshape(24, 10, 30, 10, 3).mean(axis=(1, 3)).transpose(2, 0, 1) / 255
    maps = ops.conv2d(x[np.newaxis], kernels)[0]
    edges, red = maps[0], maps[names.index("red against the rest")]
    assert np.unravel_index(edges.argmin(), edges.shape) == (12, 4)
    assert np.unravel_index(edges.argmax(), edges.shape) == (16, 24)
    assert [round(float(value), 2) for value in (edges.min(), edges.max(), red.max())] == [-0.62, 0.50, 0.27]
    assert np.unravel_index(red.argmax(), red.shape) == (19, 22)
    sums = (x[:, 19:22, 22:25] * kernels[2]).sum(axis=(1, 2))
    assert sums.round(2).tolist() == [0.70, -0.23, -0.20]
    left, right = x[:, 12:15, 4:7].mean(axis=(0, 1)), x[:, 16:19, 24:27].mean(axis=(0, 1))
    assert left[0] > left[2]  # bright at its left
    assert right[0] < right[2]
    both = np.argwhere((maps[0] > 0.2) & (maps[1] > 0.2)).tolist()
    assert len(both) == 6
    assert [10, 23] in both
    assert maps[:2, 10, 23].round(2).tolist() == [0.41, 0.43]
    for row, column in both:
        window = x[:, row : row + 3, column : column + 3].mean(axis=0)
        assert window[:, 0].mean() < window[:, 2].mean()
        assert window[0].mean() < window[2].mean()
    np.testing.assert_allclose(ops.conv2d(np.full((1, 3, 5, 5), 0.7), kernels)[:, 2:], 0, atol=1e-12)  # grey


def test_what_there_is_to_find_with_stride_and_padding():
    kernels, _ = hand_made_kernels()
    x = crop(china(), 20, 60, 240, 300).reshape(24, 10, 30, 10, 3).mean(axis=(1, 3)).transpose(2, 0, 1) / 255
    assert ops.conv2d(x[np.newaxis], kernels, stride=2).shape[2:] == (11, 14)
    assert (11 * 14, 22 * 28) == (154, 616)
    assert [ops.conv2d(x[np.newaxis], kernels, padding=p).size for p in (0, 1)] == [2_464, 2_880]
    padded = ops.conv2d(x[np.newaxis], kernels, padding=1)[0, 0]
    assert round(float(padded.max()), 2) == round(float(padded[:, 0].max()), 2) == 0.84


# --- What section 6 trains -----------------------------------------------------------------------------


@pytest.mark.parametrize("window", [7, 28])
def test_the_gradients_of_the_lessons_networks_are_those_of_their_loss(window):
    sample = fashion_mnist_sample("train")
    x = shiftnet.place(sample.images[:5], 7, np.arange(5)).astype(float)
    labels = sample.labels[:5]
    network = shiftnet.ShiftNet.random(window, 3, np.random.default_rng(1))
    fields = ("weight", "bias", "last_weight", "last_bias")
    for name in fields:
        setattr(network, name, getattr(network, name).astype(float))
    gradients = dict(zip(fields, network.gradients(x, labels), strict=True))
    for name in fields:

        def loss(moved, name=name):
            probability = dataclasses.replace(network, **{name: moved}).probabilities(x)
            return -np.log(probability[np.arange(5), labels]).mean()

        here = getattr(network, name).copy()
        flat = [tuple(index) for index in np.argwhere(np.ones(here.shape))[:: max(1, here.size // 40)]]
        for index in flat:
            step = np.zeros_like(here)
            step[index] = 1e-5
            measured = (loss(here + step) - loss(here - step)) / 2e-5
            assert gradients[name][index] == pytest.approx(measured, abs=1e-6)


def test_a_neuron_is_shown_what_excites_it():
    images = np.zeros((4, 28, 28))
    images[2] = 255
    network = shiftnet.ShiftNet.random(28, 2, np.random.default_rng(0))
    network.weight[1] = 1
    np.testing.assert_array_equal(network.excited_by(images, 1, count=1), shiftnet.place(images[2:3], 7, 7)[0, 0])


def test_a_network_that_shares_its_weights_does_not_feel_a_shift():
    sample = fashion_mnist_sample("test")
    network = shiftnet.ShiftNet.random(7, 4, np.random.default_rng(2))
    still = network.strongest(shiftnet.place(sample.images[:20], 7, 7))[1]
    for row, column in ((7, 9), (0, 14), (14, 0)):
        np.testing.assert_allclose(network.strongest(shiftnet.place(sample.images[:20], row, column))[1], still, 1e-5)


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
        costs.curves([0, 1], {"up": [[1, 2], [2, 3]], "down": [[2, 1]]}, ("steps", "m"), "Lines", level=(1, "level")),
        costs.weights_and_seen({"weights": rng.normal(size=(5, 6, 6)), "seen": rng.random((5, 3, 3))}),
        costs.two_small_one_large(),
    ]
    for picture in pictures:
        assert len(picture.description) > 20
        assert png_of(picture).startswith(b"\x89PNG")
    assert "sees rows 1 to 2 and columns 2 to 3 of 2 channels" in pictures[2].description


def test_equal_numbers_have_equal_shades_in_a_gallery():
    low, high, signed = np.full((2, 2), 0.2), np.array([[0.0, 0.8], [0.2, 0.2]]), np.array([[-0.2, 0.1], [0.0, 0.4]])
    picture = stacks.gallery([low, high, signed], ["a", "b", "c"], "Three small pictures.", signed=[False, False, True])
    shades = [image.axes.images[0].to_rgba(image.get_array()) for axes in picture.axes for image in axes.images]
    np.testing.assert_array_equal(shades[0][0, 0], shades[1][1, 0])
    np.testing.assert_allclose(shades[2][1, 0, :3], 0.5, atol=0.01)  # 0 is grey
    assert "black 0, white 0.8; maps: black" not in picture.description
    assert "Pictures: black 0, white 0.8." in picture.description
    assert "Maps: black −0.4, middle grey 0, white 0.4." in picture.description


# --- The lesson as a whole -----------------------------------------------------------------------------


def test_each_answer_of_the_lesson_works_where_it_is_pasted():
    cells = {cell.exercise: cell for cell in read_source(SOURCE, LESSON) if "exercise" in cell.tags}
    for name, exercise in BY_NAME.items():
        space = {"np": np}
        exec(solution_code(cells[name]), space)
        assert judge_function(exercise, space[name], 2).passed, name


@pytest.mark.slow
def test_shared_weights_find_garments_anywhere_and_dense_ones_do_not():
    sample, test = fashion_mnist_sample("train"), fashion_mnist_sample("test")
    images, labels = sample.images[:2000], sample.labels[:2000]
    sizes = {"dense": (28, 100), "shared": (7, 16)}
    found = {}
    for name, size in sizes.items():
        for anywhere in (False, True):
            networks = list(shiftnet.train(images, labels, *size, range(3), anywhere))
            found[name, anywhere] = np.array(
                [[one.accuracy(test.images, test.labels, shift) for shift in (0, 2, 4, 6)] for one in networks]
            )
            if name == "dense" and not anywhere:
                moved = (networks[0].weight != networks[0].start).any(axis=(0, 1))
                assert moved[7:21, 7:21].all()
                assert moved.sum() == 14 * 14  # and nothing outside
    dense, shared = found["dense", False], found["shared", False]
    assert dense[:, 0].min() > shared.max()  # best at home
    assert 12.5 < dense[:, 3].min() < dense[:, 3].max() < 17.5  # "about 15%"
    assert np.ptp(shared, axis=1).max() < 0.11  # the same at every shift: one garment of a thousand
    assert np.ptp(found["shared", True], axis=1).max() < 0.11
    assert found["dense", True].max() < min(shared.min(), found["shared", True].min()) - 5
    longer = shiftnet.train(images, labels, *sizes["dense"], range(3), anywhere=True, epochs=80)
    for one in longer:  # ten times as many rounds: "more than 60% in each of three runs"
        mean = np.mean([one.accuracy(test.images, test.labels, shift) for shift in (0, 2, 4, 6)])
        assert found["dense", True].max() < 60 < mean
    between = abs(shared.mean() - found["shared", True].mean())
    assert between < min(np.ptp(shared[:, 0]), np.ptp(found["shared", True][:, 0]))
    counts = [window**2 * neurons + neurons + 10 * neurons + 10 for window, neurons in sizes.values()]
    assert round(counts[0] / counts[1], -1) == 80  # "an eightieth"
    for name, size in sizes.items():
        means = {0.1: found[name, False][:2, 0].mean()}
        for rate in (0.01, 0.03, 0.2):
            networks = shiftnet.train(images, labels, *size, range(2), rate=rate)
            means[rate] = np.mean([one.accuracy(test.images, test.labels) for one in networks])
        assert set(sorted(means, key=means.get)[2:]) == {0.03, 0.1}, means
        assert abs(means[0.03] - means[0.1]) < 2
