"""Lesson 4: its checks hold, its measures are what they say, and each number in its prose is true."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import data, images, manifest, moves
from course.checks.judge import judge_function
from course.checks.registry import exercises_of
from course.errors import ArgumentError
from course.notebooks.build import paths_of
from course.notebooks.source import read_source, solution_code
from course.ops import avg_pool2d, global_avg_pool, max_pool2d, shift
from course.ops.invariance import equivariance_gap, invariance

EXERCISES = {exercise.name: exercise for exercise in exercises_of(4)}


def pool(x, times=1):
    for _ in range(times):
        x = max_pool2d(x, 2, 2)
    return x


def mean(x):
    return avg_pool2d(x, 2, 2)


def no_pooling(x):
    return x


@pytest.fixture(scope="module")
def garments():
    return data.fashion_mnist_sample("test").images[:, np.newaxis].astype(float)


@pytest.fixture(scope="module")
def photo():
    return np.round(255 * images.grey(images.center_crop(images.china(), 384, 512)))[np.newaxis, np.newaxis]


@pytest.fixture(scope="module")
def all_pictures():
    return moves.all_drawings(4, 4)


# --- The checks --------------------------------------------------------------------------------------


def test_the_course_s_functions_stand_in_for_the_reader_s_in_every_call_of_the_lesson():
    assert EXERCISES["shift"].reference(np.eye(2), 0, 1).tolist() == [[0, 1], [0, 0]]  # fill may be left out


@given(st.integers(0, 2**31 - 1))
def test_a_square_window_that_is_right_on_square_cases_earns_a_part(seed):
    def square(x, kernel_size, stride, padding):
        return max_pool2d(x, kernel_size[0], stride, padding)

    report = judge_function(EXERCISES["max_pool2d"], square, seed)
    held = {result.name for result in report.results if result.passed}
    assert {"windows side by side", "strides"} <= held
    assert "rectangular windows" not in held
    assert 0 < report.fraction < 1


def test_a_gradient_to_every_tie_costs_the_ties_and_the_nan_alone():
    exercise = EXERCISES["max_pool2d_backward"]
    mistake = next(m for m in exercise.mistakes if m.name == "the gradient to every tie")
    for seed in range(10):
        report = judge_function(
            EXERCISES["max_pool2d_backward"], EXERCISES["max_pool2d_backward"].answer(mistake), seed
        )
        assert {result.name for result in report.results if not result.passed} == {"ties", "unusual input"}


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "max_pool2d_backward"])
def test_the_unusual_inputs_are_among_the_cases(name):
    cases = EXERCISES[name].plan(3).cases
    pictures = [case.arguments["x"] for case in cases]
    assert any(len(x) == 0 for x in pictures)
    assert any(np.isnan(x).any() for x in pictures)
    assert any((np.asarray(x) < 0).any() for x in pictures)
    assert any(x.dtype.kind in "iu" for x in pictures)
    assert any(case.arguments["stride"] < max(case.arguments["kernel_size"]) for case in cases)  # overlap
    assert any(case.arguments["kernel_size"] == case.arguments["x"].shape[2:] for case in cases)
    if name != "avg_pool2d":
        assert {case.arguments["padding"] for case in cases} == {0, 1, 2}
    if name == "max_pool2d":
        assert any(np.greater(case.arguments["kernel_size"], case.arguments["x"].shape[2:]).all() for case in cases)


def test_the_focus_shows_the_window_that_a_wrong_cell_should_have_seen():
    def wrong(x, kernel_size, stride, padding):
        out = max_pool2d(x, kernel_size, stride, padding)
        if out.size:
            out[0, 0, -1, -1] += 1
        return out

    failure = judge_function(EXERCISES["max_pool2d"], wrong, 5).failure
    assert failure.focus.seen.max() == failure.expected[failure.index]


# --- The measures ------------------------------------------------------------------------------------

SHIFTS = st.tuples(st.integers(-3, 3), st.integers(-3, 3))
SMALL = st.integers(0, 2**31).map(lambda seed: np.random.default_rng(seed).integers(0, 3, size=(2, 2, 8, 12)))


@given(SMALL, SHIFTS)
def test_invariance_is_a_fraction_and_whole_where_nothing_moves(x, by):
    assert 0 <= invariance(pool, x, by) <= 1
    assert invariance(pool, x, (0, 0)) == 1
    assert invariance(lambda picture: np.ones(3), x, by) == 1


@given(SMALL, SHIFTS)
def test_max_pooling_moves_along_with_every_shift_by_whole_cells(x, cells):
    by = (2 * cells[0], 2 * cells[1])
    assert equivariance_gap(pool, x, by, stride=2) == 0
    assert equivariance_gap(lambda picture: pool(picture)[..., ::-1] + np.arange(6), x, (0, 2), stride=2) > 0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda x: invariance(pool, x, 1), "invariance: shift must be a pair"),
        (lambda x: invariance(pool, x, (0.5, 1)), "invariance: shift must be a whole number"),
        (lambda x: invariance(3, x, (0, 1)), "invariance: layer must be a function"),
        (lambda x: invariance(lambda p: p[:0], x, (0, 1)), "invariance: layer must give an output of the same shape"),
        (lambda x: equivariance_gap(pool, x, (0, 1), 2), "equivariance_gap: shift must be a multiple of the stride 2"),
        (lambda x: equivariance_gap(pool, x, (0, 2), 0), "equivariance_gap: stride must be at least 1"),
        (lambda x: equivariance_gap(pool, x, (8, 0), 2), "equivariance_gap: shift must leave some of the 4 x 6"),
        (lambda x: equivariance_gap(np.ravel, x, (2, 0), 2), "equivariance_gap: layer must give an output"),
    ],
)
def test_bad_arguments_get_a_sentence(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call(np.zeros((1, 1, 8, 12)))


# --- The numbers in the prose -------------------------------------------------------------------------


def test_the_percentages_of_the_book(all_pictures):
    before, two = pool(all_pictures), pool(shift(all_pictures, 0, 2))
    unmoved = (pool(shift(all_pictures, 0, 1)) == before).all(axis=(1, 2, 3))
    stay = (two == before).mean(axis=(1, 2, 3))[unmoved]
    assert unmoved.sum() == 34_969
    assert [int((stay == part / 4).sum()) for part in range(5)] == [9, 1098, 33_495, 366, 1]
    assert (two == shift(before, 0, 1)).all()
    assert ((pool(shift(all_pictures, 0, 1)) != before).all(axis=(1, 2, 3))).sum() == 9


def test_the_rule_of_the_runs_on_drawings_that_stay_inside():
    bits = (np.arange(2**16)[:, np.newaxis] >> np.arange(16)) & 1
    strips = bits.reshape(-1, 1, 2, 8).astype(float)
    cells = pool(strips)
    kept = (strips[..., 6:] == 0).all(axis=(1, 2, 3)) & (pool(shift(strips, 0, 1)) == cells).all(axis=(1, 2, 3))
    runs = (np.diff(cells[kept, 0, 0], prepend=0, axis=1) == 1).sum(axis=1)
    counts = np.bincount(runs)
    assert counts.tolist() == [1, 594, 9]
    assert counts[1] ** 2 == 352_836  # both rows of cells hold one run
    assert 2 * counts[0] * counts[2] == 18  # one row holds both
    assert 2 * counts[0] * counts[1] == 1_188
    assert 2 * counts[1] * counts[2] == 10_692  # three runs, 25%
    assert counts[2] ** 2 == 81  # four runs, 0%


def test_what_the_lesson_says_of_shifts(garments, photo):
    some = garments[:200]
    assert round(100 * invariance(pool, photo, (0, 1))) == 49
    assert round(100 * invariance(no_pooling, photo, (0, 1))) == 26
    for picture in (some, photo):
        assert invariance(pool, picture, (0, 1)) > invariance(no_pooling, picture, (0, 1))
        for by in range(1, 9):
            others = (invariance(no_pooling, picture, (0, by)), invariance(pool, picture, (0, by)))
            assert invariance(mean, picture, (0, by)) < min(others)
    assert all(invariance(pool, some, (0, by)) < invariance(no_pooling, some, (0, by)) for by in range(2, 9))
    assert [round(100 * invariance(lambda x, n=n: pool(x, n), photo, (0, n))) for n in (1, 2, 3)] == [49, 48, 52]
    assert round(100 * (1 - invariance(lambda x: pool(x, 3), photo, (0, 1)))) == 23
    at_eight = [invariance(lambda x, n=n: pool(x, n), some, (0, 8)) for n in range(4)]
    assert at_eight == sorted(at_eight, reverse=True)


def test_the_mean_changes_less_in_size_and_rebuilds_better(garments, photo):
    for picture in (garments[:200], photo):
        moved = shift(picture, 0, 1)
        sizes = [np.abs(layer(moved) - layer(picture)).mean() for layer in (mean, pool, no_pooling)]
        assert sizes == sorted(sizes)

    def error(x):
        return np.sqrt(np.mean((x.repeat(2, axis=2).repeat(2, axis=3) - photo) ** 2))

    assert error(mean(photo)) < error(photo[:, :, ::2, ::2]) < error(pool(photo))


def test_what_the_lesson_says_of_turns(garments, photo):
    some, layers = garments[:200], {"no": no_pooling, "max": pool}

    def stays(x, move, amounts):
        return {name: np.round(100 * np.array(kept)) for name, kept in moves.kept(layers, x, move, amounts).items()}

    on_photo = stays(photo, moves.turned, (0.25, 2, 10))
    assert on_photo["max"].tolist()[:2] == [30, 14]
    assert on_photo["no"].tolist()[:2] == [26, 12]
    assert on_photo["max"][2] == on_photo["no"][2]
    for move, amounts in ((moves.turned, (0.25, 0.5, 1, 2, 5, 10)), (moves.scaled, (0.9, 0.95, 0.99, 1.01, 1.05, 1.1))):
        on_garments = stays(some, move, amounts)
        assert (on_garments["max"] < on_garments["no"]).all()
    for move, near, far in (
        (moves.turned, (2, 5), (10, 20, 30)),
        (moves.scaled, (), (0.7, 0.8, 0.9, 1.2, 1.3)),
    ):
        changes, gaps = moves.change_and_gap(pool, some, move, (*near, *far))
        shares = np.array(gaps) / np.array(changes)
        assert (shares[: len(near)] > 0.95).all()  # no nearer
        assert (shares[len(near) :] < 0.52).all()  # about half, or less


def test_moves_turn_about_the_middle_and_scale():
    picture = np.zeros((1, 1, 9, 9))
    picture[0, 0, 4, 2:7] = 200
    upright = moves.turned(picture, 90)
    np.testing.assert_array_equal(upright[0, 0], picture[0, 0].T)
    np.testing.assert_array_equal(moves.scaled(picture, 1), picture)
    assert moves.scaled(picture, 0.5)[0, 0].sum() < picture.sum() < moves.scaled(picture, 2)[0, 0].sum()


def test_all_drawings_are_there_once():
    drawings = moves.all_drawings(2, 3)
    assert drawings.shape == (64, 1, 2, 3)
    assert len(np.unique(drawings.reshape(64, 6), axis=0)) == 64
    assert set(np.unique(drawings)) == {0, 1}


def test_a_six_and_its_half_turn():
    scans, values = images.digits()
    six = scans[values == 6][:1, np.newaxis]
    nine = six[:, :, ::-1, ::-1]
    assert global_avg_pool(six) == pytest.approx(global_avg_pool(nine))
    assert round(100 * np.mean(pool(six) == pool(nine))) == 38


def test_what_is_lost(all_pictures):
    places = np.eye(784).reshape(784, 1, 28, 28)
    found = [len(np.unique(pool(places, n).reshape(784, -1), axis=0)) for n in range(4)]
    assert found == [784, 196, 49, 10]
    assert len(np.unique(global_avg_pool(places).round(12))) == 1
    assert (pool(all_pictures) == 1).all(axis=(1, 2, 3)).sum() == 50_625 == 4 + 50_621


# --- Pictures and explorer ---------------------------------------------------------------------------


def test_the_pictures_describe_what_they_show():
    from course.figures import invariance as charts
    from course.figures import pooling as windows

    numbers = np.array([[1, 5], [3, 2]])
    drawn = [
        windows.pooling_windows(numbers, [[5]], (2, 2), 2),
        windows.gradient_routes(numbers, [[10]], [[0, 10], [0, 0]], (2, 2), 2),
        windows.pictures([numbers, numbers[:1]], ["one", "two"], to_scale=True),
        charts.bars(["50%", "75%"], [3, 1200], "cells", "pictures"),
        charts.curves({"panel": {"max": [1, 0.5]}}, [[0, 1]], ["pixels"], "cells"),
        charts.one_pixel_shifts(np.arange(9).reshape(3, 3) / 9, numbers, "cells that stay"),
    ]
    for picture, says in zip(drawn, ["5", "0, 10; 0, 0", "two", "75%: 1,200", "max: 100 to 50", "The worst is up left"],
                             strict=True):  # fmt: skip
        assert says in picture.description


def test_three_pictures_and_changed_cells_count_right():
    from course.figures.invariance import changed_cells, three_pictures

    letter = np.zeros((4, 8))
    letter[:, 2] = letter[3, 2:5] = 1
    moved = [shift(letter, 0, columns) for columns in range(3)]
    outputs = [pool(picture[np.newaxis, np.newaxis])[0, 0] for picture in moved]
    assert "50% stay" in three_pictures(moved, outputs).description
    pair = changed_cells([moved[0], moved[2]], [outputs[0], outputs[2]], ["before", "after"])
    assert "4 stay, 4 change" in pair.description


def test_what_there_is_to_find_in_the_explorers():
    from scipy import ndimage

    from course.widgets.pooling import pooling_explorer

    pictures = {
        one["name"]: np.frombuffer(one["bytes"], np.uint8).reshape(1, 1, one["rows"], one["columns"]).astype(float)
        for one in pooling_explorer(moves=False).given["pictures"]
    }
    stripes, shirt, sneaker, trouser = (pictures[name] for name in ("stripes", "shirt", "sneaker", "trouser"))

    def stay(picture, rows, columns, times=1):
        return round(100 * invariance(lambda x: pool(x, times), picture, (rows, columns)))

    # Without moves.
    assert [np.unique(max_pool2d(stripes, size, size)).tolist() for size in (2, 3, 4)] == [[0, 255], [255], [255]]
    assert np.unique(avg_pool2d(stripes, 3, 3)).tolist() == [85, 170]
    assert np.unique(avg_pool2d(stripes, 4, 4)).tolist() == [127.5]
    assert np.unique(max_pool2d(pictures["dots"], 3, 3)).tolist() == [0, 255]
    assert np.unique(avg_pool2d(pictures["dots"], 3, 3)).round(1).tolist() == [0, 28.3]
    assert max_pool2d(shirt, 3, 3).shape == (1, 1, 9, 9)

    # Shifts, in one layer and in three.
    assert [stay(pictures["letter"], 0, columns) for columns in (0, 1, 2)] == [100, 100, 50]
    assert [stay(stripes, *by) for by in ((-1, 0), (1, 0), (0, -1), (0, 1))] == [100, 100, 50, 67]
    assert min(stay(sneaker, 0, columns) for columns in range(9)) == 62
    assert [stay(sneaker, rows, 0) for rows in (2, 3)] == [55, 49]
    assert [stay(trouser, 0, columns, times=3) for columns in range(1, 6)] == [100] * 5
    assert invariance(lambda x: pool(x, 3), trouser, (0, 6)) == pytest.approx(7 / 9)
    assert round(100 * invariance(no_pooling, trouser, (0, 5))) == 48

    # When the gap is 0. The browser's own gap is held against the course's in tests/browser.
    for picture in (trouser, sneaker, shirt):
        for rows, columns, window in ((2, -4, 2), (4, 0, 4), (-3, 3, 3)):
            for operation in (max_pool2d, avg_pool2d):
                layer = partial(operation, kernel_size=window)
                assert equivariance_gap(layer, picture, (rows, columns), window) == 0
        assert equivariance_gap(lambda x: pool(x, 2), picture, (8, -4), 4) == 0

    # The browser's turn goes on beyond the rim, where all is dark.
    turned = np.round(ndimage.rotate(shirt, -1, axes=(2, 3), reshape=False, order=1, mode="grid-constant"))
    assert round(100 * np.isclose(pool(turned), pool(shirt)).mean()) == 31
    assert round(100 * np.isclose(turned, shirt).mean()) == 41


def test_each_answer_of_the_lesson_works_where_it_is_pasted():
    lesson = manifest.LESSONS[3]
    text = paths_of(lesson)[0].read_text(encoding="utf-8")
    cells = {cell.exercise: cell for cell in read_source(text, lesson) if "exercise" in cell.tags}
    space = {"np": np, "shift": shift}  # invariance and equivariance_gap ask for the function of section 3
    for name, exercise in EXERCISES.items():
        exec(solution_code(cells[name]), space)
        assert judge_function(exercise, space[name], 2).passed, name
