"""The neocognitron: equations against slow loops, learning by hand, and what self-organisation leads to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import images
from course.errors import ArgumentError
from course.landmarks_compare import compare, trained_cnn
from course.neocognitron import (
    PAPER,
    Module,
    Neocognitron,
    c_cell,
    c_layer,
    changed_digits,
    digit,
    digits,
    fading,
    fixed_c,
    fixed_d,
    framed,
    inhibition,
    initial_excitation,
    likeness,
    likeness_needed,
    most_often,
    nearest_template,
    organised,
    organised_on_handwriting,
    phi,
    presentations,
    psi,
    reading,
    recognised,
    reinforce,
    representatives,
    s_cell,
    s_layer,
    self_organise,
    shifted,
    with_noise,
)

SEEDS = range(6)
seeds = st.integers(0, 2**32 - 1)


def padded_window(u, row, column, size, stride, padding):
    """What a cell sees of the planes u, place by place; 0 outside."""
    window = np.zeros((len(u), size, size))
    for k, i, j in np.ndindex(window.shape):
        y, x = row * stride - padding + i, column * stride - padding + j
        if 0 <= y < u.shape[1] and 0 <= x < u.shape[2]:
            window[k, i, j] = u[k, y, x]
    return window


def slow_s_cell(window, a, b, c, r):
    excitation = squares = 0.0
    for k, i, j in np.ndindex(window.shape):
        excitation += a[k, i, j] * window[k, i, j]
        squares += c[i, j] * window[k, i, j] ** 2
    return r * max((1 + excitation) / (1 + 2 * r / (1 + r) * b * squares**0.5) - 1, 0)


def slow_c_cell(windows, plane, d, alpha):
    sums = [sum(d[i, j] * u[i, j] for i, j in np.ndindex(d.shape)) for u in windows]
    x = max((1 + sums[plane]) / (1 + sum(sums) / len(sums)) - 1, 0)
    return x / (alpha + x)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, below=st.integers(1, 3), planes=st.integers(1, 3), size=st.integers(1, 4), padding=st.integers(0, 2))
def test_a_layer_of_s_cells_is_the_equation_at_every_place(seed, below, planes, size, padding):
    rng = np.random.default_rng(seed)
    u, a, b = rng.random((2, below, 5, 6)), rng.random((planes, below, size, size)), rng.random(planes)
    c, r = fixed_c(size, below), rng.uniform(0.5, 5)
    layer = s_layer(u, a, b, c, r, padding)
    for n, k, y, x in np.ndindex(layer.shape):
        window = padded_window(u[n], y, x, size, 1, padding)
        expected = slow_s_cell(window, a[k], b[k], c, r)
        assert layer[n, k, y, x] == pytest.approx(expected, abs=1e-12)
        assert s_cell(window, a[k], b[k], c, r) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    seed=seeds, planes=st.integers(1, 4), size=st.integers(1, 5), stride=st.integers(1, 3), padding=st.integers(0, 4)
)
def test_a_layer_of_c_cells_is_the_equation_at_every_place(seed, planes, size, stride, padding):
    rng = np.random.default_rng(seed)
    u, d, alpha = rng.random((2, planes, 5, 6)) * (rng.random((2, planes, 5, 6)) < 0.3), fixed_d(size), 0.4
    layer = c_layer(u, d, alpha, stride, padding)
    for n, k, y, x in np.ndindex(layer.shape):
        windows = padded_window(u[n], y, x, size, stride, padding)
        expected = slow_c_cell(windows, k, d, alpha)
        assert layer[n, k, y, x] == pytest.approx(expected, abs=1e-12)
        assert c_cell(windows, k, d, alpha) == pytest.approx(expected, abs=1e-12)


def test_psi_is_the_papers_wherever_that_makes_sense():
    x = np.linspace(-0.49, 3, 50)
    np.testing.assert_allclose(psi(x, 0.5), phi(x / (0.5 + x)))
    assert psi([-0.8, -0.5], 0.5).tolist() == [0.0, 0.0]
    assert phi(-0.8 / (0.5 - 0.8)) > 2  # what is written there would excite the cell that is inhibited most


@given(size=st.integers(1, 7), planes=st.integers(1, 30), base=st.floats(0.1, 1))
def test_c_falls_from_the_middle_and_sums_to_1(size, planes, base):
    c = fixed_c(size, planes, base)
    assert planes * c.sum() == pytest.approx(1)
    window = fading(size, base)
    distance = np.hypot(*(np.indices((size, size)) - (size - 1) / 2))
    order = np.argsort(distance, axis=None, kind="stable")
    assert np.all(np.diff(window.flat[order]) <= 1e-12)
    np.testing.assert_allclose(window, window.T[::-1])


def test_all_cells_of_a_plane_share_their_synapses():
    """A picture moved by a pixel moves the answers by a pixel, and that is all."""
    network = self_organise(Neocognitron(), digits(), times=2)
    answers = network.layers(digits())["US1"]
    moved = network.layers(digits(shift=(1, -1)))["US1"]
    assert answers.max() > 0
    np.testing.assert_allclose(moved[..., 3:-2, 2:-3], answers[..., 2:-3, 3:-2], atol=1e-12)


def test_a_representative_teaches_its_whole_plane():
    network = Neocognitron()
    before = network.a[0].copy()
    chosen = network.present(digit(4), learning=0)[0]
    assert [k for k in range(24) if not np.array_equal(network.a[0][k], before[k])] == sorted(chosen)
    assert np.flatnonzero(network.b[0]).tolist() == sorted(chosen)
    plane, (row, column) = next(iter(chosen.items()))
    window = padded_window(digit(4)[np.newaxis], row, column, 5, 1, 2)
    np.testing.assert_allclose(network.a[0][plane], before[plane] + PAPER[0].q * network.c[0] * window)
    assert network.b[0][plane] == pytest.approx(PAPER[0].q / 2 * np.sqrt((network.c[0] * window**2).sum()))


def test_reinforcement_by_hand():
    a, b = reinforce([[[1.0, 0.0], [0.0, 0.0]]], 0.5, [[[0.0, 2.0], [2.0, 0.0]]], np.full((2, 2), 0.25), q=16.0)
    assert a.tolist() == [[[1.0, 8.0], [8.0, 0.0]]]
    assert b == pytest.approx(0.5 + 8 * np.sqrt(2))  # v_C: the root of (4 + 4) / 4


@settings(max_examples=60, deadline=None)
@given(seed=seeds, r=st.floats(0.5, 6))
def test_inhibition_makes_a_cell_selective(seed, r):
    """Of all windows with the same energy v_C, the one that a cell has learned excites it most."""
    rng = np.random.default_rng(seed)
    c = fixed_c(5, 2)
    learned = rng.random((2, 5, 5))
    a, b = reinforce(np.zeros((2, 5, 5)), 0.0, learned, c, q=16.0)
    own = s_cell(learned, a, b, c, r)
    assert own > 0
    for _ in range(10):
        other = rng.random((2, 5, 5)) * (rng.random((2, 5, 5)) < 0.5)
        other *= inhibition(learned, c) / inhibition(other, c)
        assert s_cell(other, a, b, c, r) < own


def test_a_cell_is_silent_below_the_likeness_that_it_needs():
    rng, c = np.random.default_rng(0), fixed_c(5, 1)
    learned = rng.random((1, 5, 5))
    a, b = reinforce(np.zeros((1, 5, 5)), 0.0, learned, c, q=1e6)
    spread = []
    for keep in np.linspace(0.1, 1, 40):
        seen = learned * (rng.random((1, 5, 5)) < keep)
        if not seen.any():
            continue
        alike = likeness(seen, learned, c)
        spread.append(alike)
        assert s_cell(seen, a, b, c, 1.5) == pytest.approx(max(2.5 * alike - 1.5, 0), abs=1e-3)
    assert min(spread) < likeness_needed(1.5) < max(spread)


def test_the_strongest_candidate_of_a_plane_is_its_representative():
    u = np.zeros((3, 6, 6))
    u[0, 0, 0], u[0, 5, 5], u[1, 0, 1], u[2, 3, 3] = 2, 3, 1, 0.5
    # (0, 1) loses the column that it shares with (0, 0), and wins the next one, where it is alone
    assert representatives(u, column=2) == {0: (5, 5), 1: (0, 1), 2: (3, 3)}
    assert representatives(u, column=6) == {0: (5, 5)}
    assert representatives(u, column=9) == {0: (5, 5)}
    assert representatives(np.zeros((2, 3, 3)), column=2) == {}


@settings(max_examples=30, deadline=None)
@given(seed=seeds, column=st.integers(1, 4))
def test_representatives_are_the_definition(seed, column):
    u = np.random.default_rng(seed).random((3, 5, 4))
    candidates = {}
    for top in range(6 - column):
        for left in range(5 - column):
            block = [(u[k, y, x], k, (y, x)) for k in range(3)
                     for y in range(top, top + column) for x in range(left, left + column)]  # fmt: skip
            value, plane, place = max(block)
            candidates.setdefault(plane, set()).add((value, place))
    assert representatives(u, column) == {plane: max(found)[1] for plane, found in candidates.items()}


def test_the_first_synapses_are_tiny_and_each_plane_has_its_own():
    first, later = initial_excitation(24, 1, fixed_c(5, 1)), initial_excitation(24, 24, fixed_c(5, 24))
    for a in (first, later):
        assert a.min() >= 0
        assert 0 < a.max() < 1e-3
        assert len(np.unique(a.reshape(24, -1).round(12), axis=0)) == 24
    kept = later[:, :, 2, 2].argmax(axis=1)
    assert kept.tolist() == list(range(24))


def test_sizes_and_numbers_are_the_papers():
    assert list(Neocognitron().shapes().values()) == [
        (1, 16, 16), (24, 16, 16), (24, 10, 10), (24, 8, 8), (24, 6, 6), (24, 2, 2), (24, 1, 1),
    ]  # fmt: skip
    assert [(m.r, m.q, m.s_window, m.column, m.c_window) for m in PAPER] == [
        (4.0, 1.0, 5, 5, 5), (1.5, 16.0, 5, 5, 5), (1.5, 16.0, 5, 2, 2),
    ]  # fmt: skip
    assert Neocognitron().alpha == 0.5
    measured = {name: activity.shape[1:] for name, activity in Neocognitron().layers(digits()).items()}
    assert measured == Neocognitron().shapes()


def test_a_layer_alone_or_all_together():
    alone, together = Neocognitron(), Neocognitron()
    alone.present(digit(2), learning=1)
    together.present(digit(2))
    assert [bool(b.any()) for b in alone.b] == [False, True, False]
    assert [bool(b.any()) for b in together.b] == [True, True, True]


def test_the_same_seed_gives_the_same_network():
    one, two = (self_organise(Neocognitron(), digits(), times=2, seed=3) for _ in range(2))
    other = self_organise(Neocognitron(), digits(), times=2, seed=4)
    assert all(np.array_equal(a, b) for a, b in zip(one.a, two.a, strict=True))
    assert not np.array_equal(one.a[0], other.a[0])


@pytest.fixture(scope="module")
def networks():
    return [organised(seed) for seed in SEEDS]


@pytest.mark.slow
def test_each_digit_finds_a_cell_of_its_own(networks):
    for network in networks:
        answers = network.answers(digits())
        assert (answers > 0).sum(axis=1).tolist() == [1] * 5  # and only that cell answers, as in the paper
        assert len(set(answers.argmax(axis=1))) == 5


@pytest.mark.slow
def test_the_same_cell_answers_to_shifted_and_noisy_digits(networks):
    views = changed_digits()
    shares = [recognised(reading(network, digits()), views) for network in networks]
    for reach in range(3):
        assert min(share[f"shifted by {reach}"] for share in shares) == 1
    assert np.mean([share["shifted by 4"] for share in shares]) > 0.85
    assert np.mean([share["noise, 4 pixels"] for share in shares]) > 0.9
    alone = recognised(nearest_template(digits()), views)
    for name in ("shifted by 1", "shifted by 2", "shifted by 3", "shifted by 4", "larger, x 1.2"):
        assert np.mean([share[name] for share in shares]) > alone[name]


@pytest.mark.slow
def test_the_small_cnn_learns_what_it_is_shown():
    shares = recognised(trained_cnn(digits()))
    assert shares["shifted by 0"] == 1
    assert shares["shifted by 2"] > 0.9
    result = compare([(0, organised(0))])
    assert {who: len(tests) for who, tests in result.items()} == dict.fromkeys(result, len(changed_digits()))


@pytest.mark.slow
def test_handwriting_without_labels():
    drawn = images.digits()
    pictures, labels = framed(drawn[0]), drawn[1]
    network = organised_on_handwriting(pictures[:600])
    meaning = most_often(network.winners(pictures[:600]), labels[:600], cells=150)
    read = meaning[network.winners(pictures[600:])]
    assert np.mean(read == labels[600:]) > 0.75


def test_pictures_of_digits():
    for one in digits():
        assert set(np.unique(one)) == {0.0, 1.0}
        np.testing.assert_array_equal(np.flatnonzero(one.any(axis=1)), np.arange(4, 13))
    np.testing.assert_array_equal(digits(shift=(2, -1)), shifted(digits(), 2, -1))
    assert np.all(digits(scale=1.4).sum(axis=(1, 2)) < 1.6 * digits().sum(axis=(1, 2)))  # longer, not thicker
    noisy = with_noise(digit(0), 7, np.random.default_rng(0))
    assert np.abs(noisy - digit(0)).sum() == 7


def test_presentations_shift_and_do_not_repeat_an_order():
    shown = list(presentations(digits(), times=8, reach=2, seed=1))
    orders = [tuple(pattern for pattern, _ in shown[i : i + 5]) for i in range(0, 40, 5)]
    assert all(sorted(order) == [0, 1, 2, 3, 4] for order in orders)
    assert len(set(orders)) > 4
    for pattern, picture in shown:
        assert any(np.array_equal(picture, shifted(digit(pattern), y, x)) for y in range(-2, 3) for x in range(-2, 3))


def test_a_cell_that_wins_twice_stands_for_none():
    class Fixed(Neocognitron):
        def winners(self, pictures):
            return np.array([3, 3, 7, -1])

    assert reading(Fixed(), np.zeros((4, 16, 16)))(np.zeros((4, 16, 16))).tolist() == [-1, -1, 2, -1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: s_cell(np.ones((2, 3)), 1, 0, 1, 1), "s_cell: window must have 3 axes"),
        (lambda: s_cell(np.ones((1, 2, 2)), np.ones((1, 2, 3)), 0, np.ones((2, 2)), 1), "s_cell: a must have shape"),
        (lambda: s_cell(np.ones((1, 2, 2)), np.ones((1, 2, 2)), -1, np.ones((2, 2)), 1), "s_cell: b must be at"),
        (lambda: s_cell(np.ones((1, 2, 2)), np.ones((1, 2, 2)), 0, np.ones((2, 2)), 0), "s_cell: r must be a finite"),
        (lambda: c_cell(np.ones((2, 1, 1)), 2, [[1]]), "c_cell: plane must be one of the 2 planes"),
        (lambda: psi([1], alpha=0), "psi: alpha must be a finite number above 0"),
        (lambda: psi([1], alpha="a"), "psi: alpha must be a number"),
        (lambda: fading(0), "fading: size must be at least 1"),
        (lambda: fading(3, base=2), "fading: base must be at most 1"),
        (lambda: reinforce(np.zeros((1, 1, 2)), 0, np.zeros((1, 1, 1)), [[1]], 1), "reinforce: a must have shape"),
        (lambda: s_layer(np.ones((1, 2, 4, 4)), np.ones((3, 1, 2, 2)), [0, 0, 0], np.ones((2, 2)), 1), "s_layer: a"),
        (lambda: s_layer(np.ones((1, 1, 4, 4)), np.ones((3, 1, 2, 2)), [0], np.ones((2, 2)), 1), "s_layer: b must"),
        (lambda: c_layer(np.ones((1, 1, 2, 2)), np.ones((3, 3))), "c_layer: kernel_size must fit"),
        (lambda: c_layer(np.ones((1, 1, 2, 2)), [[-1]]), "c_layer: d must hold numbers from 0 up"),
        (lambda: representatives(np.ones((1, 2, 2)), 0), "representatives: column must be at least 1"),
        (lambda: Neocognitron(PAPER[:2]), "Neocognitron: modules must end in one cell"),
        (lambda: Neocognitron(()), "Neocognitron: modules must hold at least one"),
        (lambda: Neocognitron().answers(np.zeros((1, 8, 8))), "layers: pictures must be 16 x 16 pixels"),
        (lambda: self_organise(Module(1, 1), digits()), "self_organise: network must be a Neocognitron"),
        (lambda: digit(5), "digit: name must be 0, 1, 2, 3 or 4"),
        (lambda: with_noise(np.zeros((2, 2)), 5, np.random.default_rng(0)), "with_noise: pixels must be at most 4"),
        (lambda: nearest_template(np.zeros((1, 2, 2))), "nearest_template: patterns must each show something"),
        (lambda: framed(np.zeros((1, 9, 9))), "framed: images must have shape"),
        (lambda: most_often([3], [0], cells=3), "most_often: winners must be from -1 to 2"),
        (lambda: most_often([1], [0, 0], cells=3), "most_often: labels must have shape"),
    ],
)  # fmt: skip
def test_an_error_says_what_is_wrong(call, words):
    with pytest.raises(ArgumentError) as caught:
        call()
    assert str(caught.value).startswith(words)
