"""Lesson 1: its checks, the numbers in its prose, its pictures and its explorer."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course import arithmetic
from course.cell.objects import Made
from course.checks.families.connections import connected
from course.checks.judge import judge_function
from course.checks.registry import exercises_of
from course.errors import ArgumentError
from course.figures import planes, receptive, views
from course.images import china
from course.ops import conv2d, correlate2d
from course.ops.probe import POKE, poke_strength, probe_receptive_field
from course.receptive import Layer, receptive_field, trace, unit_window
from course.widgets.receptive import TEMPLE, receptive_field_explorer, window_explorer

ROOT = Path(__file__).resolve().parents[1]
SOURCE = (ROOT / "solutions" / "01_receptive_fields.py").read_text(encoding="utf-8")
FASHION = [(7, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2)]

BY_NAME = {exercise.name: exercise for exercise in exercises_of(1)}


# --- The checks ----------------------------------------------------------------------------------------


def test_an_answer_that_is_right_for_one_layer_earns_a_part():
    report = judge_function(BY_NAME["receptive_field"], lambda layers: layers[0][0] if layers else 1, 5)
    assert not report.passed
    held = {result.name for result in report.results if result.passed}
    assert held == {"one layer", "no layer", "nothing changes", "inputs left alone"}
    assert 0 < report.fraction < 0.5


# --- The experiment against theory ---------------------------------------------------------------------


def small_stacks():
    layer = st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, 1))
    return st.lists(layer, min_size=1, max_size=3)


def network_of(layers, rng, shape):
    def kernel(size):
        return rng.uniform(0.5, 1, (size, size)) * rng.choice([-1, 1], (size, size))

    convs = [{"kind": "conv", "weight": kernel(k), "stride": s, "padding": p} for k, s, p in layers]
    return Made("small_network", connected(rng, convs, shape)).build()


@given(small_stacks(), st.integers(0, 2**31), st.data())
@settings(max_examples=30, deadline=None)
def test_experiment_and_theory_agree_where_kernels_leave_no_gaps(layers, seed, data):
    layers = [(max(k, s), s, p) for k, s, p in layers]  # a kernel smaller than its stride leaves gaps
    shape = (9, 11)
    size = min(shape)
    for kernel_size, stride, padding in layers:
        assume(kernel_size <= size + 2 * padding)
        size = arithmetic.output_size(size, kernel_size, stride, padding)
    network = network_of(layers, np.random.default_rng(seed), shape)
    output = network(np.zeros(shape))
    unit = tuple(data.draw(st.integers(0, size - 1)) for size in output.shape)
    expected = np.zeros(shape, dtype=bool)
    stack = [Layer(*layer) for layer in layers]
    (top, bottom), (left, right) = (unit_window(stack, index) for index in unit)
    expected[max(top, 0) : max(bottom + 1, 0), max(left, 0) : max(right + 1, 0)] = True
    seen = probe_receptive_field(network, shape, unit)
    # Zeros between two layers can cut a field short at the border, never make it larger.
    assert not (seen & ~expected).any()
    if all(p == 0 for _, _, p in layers[1:]):
        assert np.array_equal(seen, expected)


def test_probe_finds_holes_sleepers_and_products():
    def made(shape, *layers):
        return Made("small_network", connected(np.random.default_rng(0), list(layers), shape)).build()

    holes = made((4, 4), {"kind": "conv", "weight": np.ones((2, 2)), "dilation": 2})
    assert probe_receptive_field(holes, (4, 4), (0, 0)).sum() == 4
    sleeper = made((3, 3), {"kind": "conv", "weight": -np.ones((2, 2)), "bias": -20.0}, {"kind": "relu"})
    assert probe_receptive_field(sleeper, (3, 3), (1, 1)).sum() == 4
    assert probe_receptive_field(lambda x: x[:, :-1] * x[:, 1:], (1, 4), (0, 1)).tolist() == [
        [False, True, True, False]
    ]


def test_poke_strength_is_the_weight_times_the_poke():
    weight = np.array([[1.0, -2.0], [0.0, 3.0]])
    assert np.allclose(poke_strength(lambda x: correlate2d(x, weight), (2, 2), (0, 0)), POKE * abs(weight))


def test_probe_says_what_is_wrong():
    with pytest.raises(ArgumentError, match="probe_receptive_field: unit must lie within the output of shape"):
        probe_receptive_field(lambda x: x, (2, 3), (2, 0))
    with pytest.raises(ArgumentError, match="network must return an array of two dimensions"):
        probe_receptive_field(lambda x: x.sum(), (2, 3), (0, 0))
    with pytest.raises(ArgumentError, match="input_shape must be one whole number or a pair"):
        probe_receptive_field(lambda x: x, (2, 3, 1), (0, 0))


# --- The numbers in the prose --------------------------------------------------------------------------


def test_numbers_in_the_prose():
    assert arithmetic.dense_connections(2, 3, 1, 4) == 24
    assert arithmetic.dense_connections(100, 100, 1, 1000) == 10_000_000
    assert arithmetic.local_connections(5, 1, 1) == arithmetic.shared_weights(5, 1) == 25
    assert arithmetic.receptive_window(2, 3, 3) == ((2, 4), (3, 5))
    assert arithmetic.receptive_window(0, 1, (3, 3), (2, 2), (1, 1)) == ((-1, 1), (1, 3))
    assert arithmetic.receptive_window(4, 0, 3, 2, 1)[0] == (7, 9)
    assert [arithmetic.receptive_window(row, 0, 3, 2)[0] for row in range(3)] == [(0, 2), (2, 4), (4, 6)]
    assert [arithmetic.output_size(n, 3) for n in (5, 7)] == [3, 5]
    assert [arithmetic.output_size(n, 3, 2, 1) for n in (5, 7)] == [3, 4]
    assert arithmetic.output_size(8, 3, 2, 0) == 3
    assert arithmetic.output_size(28, 7, 1, 3) == 28
    assert arithmetic.same_padding(13, 6, 5) == (1, 2)
    assert math.ceil(13 / 5) == 3
    assert arithmetic.stack_versus_single(3, 2, 1) == (5, 18, 25)
    assert receptive_field([(3, 1), (2, 2), (3, 1)]) == 8
    assert receptive_field([]) == 1
    assert receptive_field(FASHION) == 38 > 28
    assert receptive_field([(3, 2)] * 4) > receptive_field([(7, 1)] * 4)
    assert receptive_field([(3, 2)] * 3) < receptive_field([(7, 1)] * 3)
    assert china().shape == (427, 640, 3)
    powers = [step.size + 1 for step in trace([Layer(3, 2, 1)] * 6)]
    assert powers == [2, 4, 8, 16, 32, 64, 128]
    assert {step.start for step in trace([Layer(3, 2, 1)] * 6)} == {0.0}


def test_numbers_about_where_a_unit_looks():
    assert [step.start for step in trace([Layer(3, 2, 0)] * 6)] == [0, 1, 3, 7, 15, 31, 63]
    assert unit_window([Layer(3, 2, 0)] * 6, 0) == (0, 126)
    by_hand = trace([(3, 1), (2, 2), (3, 1)])
    assert [step.start for step in by_hand] == [0, 1, 1.5, 3.5]
    assert sum(unit_window([(3, 1), (2, 2), (3, 1)], 2)) / 2 == 7.5
    recall = trace([(3, 1), (2, 2)])[-1]
    assert (recall.size, recall.start + 3 * recall.jump) == (4, 7.5)


def test_numbers_about_gaps():
    assert [arithmetic.dilated_output_size(9, 3, dilation=d) for d in (1, 2, 3)] == [7, 5, 3]
    assert arithmetic.dilated_output_size(28, 3, dilation=4) == 20
    assert receptive_field([(3, 1), (5, 1), (9, 1)]) == 15
    assert arithmetic.same_padding(26, 3 * (4 - 1) + 1) == (4, 5)
    holes, full = np.zeros((5, 5)), np.ones((3, 3))
    holes[::2, ::2] = 1
    twice = probe_receptive_field(lambda x: correlate2d(correlate2d(x, holes), holes), (9, 9), (0, 0))
    assert twice.sum() == 25
    assert probe_receptive_field(lambda x: correlate2d(correlate2d(x, full), holes), (7, 7), (0, 0)).all()


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 4), st.integers(0, 5), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_window_with_gaps_takes_the_places_that_the_operation_gives(size, kernel_size, stride, padding, dilation):
    assume(dilation * (kernel_size - 1) < size + 2 * padding)
    places = conv2d(np.ones((1, 1, size, 1)), np.ones((1, 1, kernel_size, 1)), None, (stride, 1), (padding, 0),
                    (dilation, 1)).shape[2]  # fmt: skip
    assert arithmetic.dilated_output_size(size, kernel_size, stride, padding, dilation) == places


@pytest.mark.filterwarnings("ignore:Using padding=.same. with even kernel lengths")
def test_same_padding_in_torch_is_ours_and_takes_stride_1_alone():
    torch = pytest.importorskip("torch")
    row, weight = torch.arange(1.0, 7.0)[None, None], torch.tensor([[[1.0, 2.0, 4.0, 8.0]]])
    padded = torch.nn.functional.pad(row, arithmetic.same_padding(6, 4))
    conv = torch.nn.functional.conv1d
    assert torch.equal(conv(row, weight, padding="same"), conv(padded, weight))
    with pytest.raises((RuntimeError, ValueError), match="strided"):
        conv(row, weight, stride=2, padding="same")


def test_the_share_of_a_field_that_counts_shrinks_with_the_depth():
    def share(depth):
        def stack(picture):
            for _ in range(depth):
                picture = correlate2d(picture, np.full((3, 3), 1 / 9))
            return picture

        strength = poke_strength(stack, (2 * depth + 1,) * 2, (0, 0))
        return round(100 * (strength > 0.499 * strength.max()).mean())

    assert [share(depth) for depth in (1, 2, 4, 8)] == [100, 20, 16, 9]


# --- Pictures and explorer -----------------------------------------------------------------------------


def test_pictures_tell_what_they_show_and_use_the_readers_function():
    def mine(row, column, kernel_size, stride, padding):
        return (row, row), (column, column)

    text = planes.neurons_and_windows((5, 7), (3, 3), (2, 2), (1, 1), [(2, 3)], window=mine).description
    assert "5 × 7 pixels" in text
    assert "a layer of 3 × 4 neurons" in text
    assert "The neuron (2, 3) sees rows 2 to 2 and columns 3 to 3." in text
    assert "layer 1: rows 1 to 3" in planes.stack_of_planes((7, 9), [(3, 1), (3, 1)], (1, 2)).description
    assert "1980 Neocognitron" in receptive.timeline().description
    assert "dilation 2: a window reaches over 5 pixels, and 5 windows fit" in (
        receptive.windows_with_gaps(9, 3, [1, 2]).description
    )
    assert "4 windows" in receptive.windows_in_a_row(8, 3, 2, {"zeros": (1, 1)}).description
    assert "not 6" in receptive.windows_in_a_row(6, 4, 1, {"zeros": (1, 1)}, same=True).description
    assert "a: 1, 5, 9" in receptive.field_growth({"a": [(5, 1)] * 2}, receptive_field).description
    assert "window 3: 8 pixels" in receptive.stack_from_the_side([(2, 2), (4, 1)], ["a", "window 3"]).description


def test_the_experiments_picture_tells_whether_theory_holds():
    seen = np.zeros((6, 7), dtype=bool)
    seen[0:2, 3:5] = True
    picture = np.zeros((6, 7))
    assert "exactly." in views.seen_pixels(picture, seen, ((-1, 1), (3, 4))).description
    assert "do not fill" in views.seen_pixels(picture, seen, ((0, 2), (3, 4))).description


def seen_on_axis(layers, size, index):
    """Follow every path down from a unit, through units that exist."""
    sizes = [size]
    for kernel, stride, padding in layers:
        sizes.append(arithmetic.output_size(sizes[-1], kernel, stride, padding))
    seen = {index}
    for (kernel, stride, padding), units in zip(reversed(layers), reversed(sizes[:-1]), strict=True):
        paths = {i * stride - padding + u for i in seen for u in range(kernel)}
        seen = {place for place in paths if 0 <= place < units}
    return sorted(seen)


def test_what_the_lesson_says_is_to_be_found_with_one_window():
    assert "0.6% of it" in window_explorer().description
    top, bottom, left, right = TEMPLE
    assert (top, bottom, left, right) == (28, 426, 63, 380)
    assert bottom == china().shape[0] - 1
    side = max(bottom - top, right - left) + 1
    assert side == 399
    assert f"{side**2 / (427 * 640):.0%}" == "58%"
    assert "the smallest window is 399 × 399" in SOURCE


def test_what_the_lesson_says_is_to_be_found_with_a_stack():
    sizes = [[receptive_field([(3, stride)] * depth) for depth in range(1, 6)] for stride in (1, 2)]
    assert sizes == [[3, 5, 7, 9, 11], [3, 7, 15, 31, 63]]
    assert unit_window([Layer(3, 2, 1)] * 4, 0) == (-15, 15)
    assert f"{15 / 31:.0%}" == "48%"
    holes = [(3, 4, 1)] * 4
    assert receptive_field(holes) == 171
    assert [len(seen_on_axis(holes, size, 1)) for size in (427, 640)] == [81, 81]
    assert f"{81**2 / 171**2:.0%}" == "22%"
    short, whole = [(5, 5, 1)] * 4, [(5, 5, 2)] * 3 + [(5, 5, 1)]
    assert receptive_field(short) == receptive_field(whole) == 625
    assert seen_on_axis(short, 427, 0) == list(range(344))
    assert unit_window(whole, 0) == (-187, 437)
    assert set(range(28, 427)) <= set(seen_on_axis(whole, 427, 0))
    assert set(range(63, 381)) <= set(seen_on_axis(whole, 640, 0))


def test_what_the_lesson_says_is_to_be_found_by_measuring():
    below, above = np.random.default_rng(4).normal(size=(2, 3, 3))

    def network(picture):
        values = np.maximum(correlate2d(picture, below), 0)
        return correlate2d(values.reshape(14, 2, 17, 2).max(axis=(1, 3)), above)

    wrong, right = [(3, 1), (2, 1), (3, 1)], [(3, 1), (2, 2), (3, 1)]
    explorer = receptive_field_explorer(wrong, network, np.zeros((30, 36)))
    assert explorer.description.endswith("Unit (10, 12) of layer 3 sees 6 × 6 pixels: rows 10 to 15, columns 12 to 17.")
    seen = probe_receptive_field(network, (30, 36), (10, 12))
    assert seen.sum() == 64
    assert seen[20:28, 24:32].all()
    assert [unit_window(right, unit) for unit in (10, 12)] == [(20, 27), (24, 31)]
    assert network(np.zeros((30, 36))).shape == (12, 15)
