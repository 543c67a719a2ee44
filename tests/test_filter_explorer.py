"""The explorers of lesson 2 on Python's side: what they begin with, what they answer, and how large they are."""

import io
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course import images, kernels
from course.errors import ArgumentError
from course.ops import correlate2d
from course.widgets import explorer as core
from course.widgets import filters

TEMPLE = images.grey(images.china())[95:255, 80:320]
HISTORY = [(step, kernels.vertical_line(7) * step / 300, (1 - step / 300) ** 2) for step in range(301)]
EXPLORERS = {
    "filter": lambda: filters.filter_explorer(function=correlate2d),
    "temple": lambda: filters.filter_explorer(TEMPLE, "gaussian_blur", correlate2d, "shift"),
    "neuron": lambda: filters.neuron_explorer(TEMPLE, kernels.vertical_line(3)),
    "learning": lambda: filters.learning_explorer(HISTORY, kernels.vertical_line(7)),
}


def asked(explorer, kind, buffers=(), **question):
    return explorer._answers[kind]({"asks": kind, "id": "1", **question}, list(buffers))


def map_of(explorer, picture, kernel, at=(0, 0), stride=1, padding=0):
    """Return what Python answers, and the map: None where it says that the browser has the same."""
    kernel = np.asarray(kernel, dtype=float)
    rows, columns = kernel.shape
    question = {"picture": picture, "kernel": kernel.ravel().tolist(), "rows": rows, "columns": columns}
    content, buffers = asked(explorer, "map", at=list(at), stride=stride, padding=padding, **question)
    if content.get("same"):
        assert buffers == []
        return content, None
    return content, np.frombuffer(buffers[0], "<f4").reshape(content["rows"], content["columns"])


# --- How they begin ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_saved_notebook_grows_by_at_most_60_kb(name):
    explorer = EXPLORERS[name]()
    bundle = explorer._repr_mimebundle_()
    state = {trait: getattr(explorer, trait) for trait in ("_esm", "title", "given", "view")}
    size = len(json.dumps(bundle)) + len(json.dumps(state, default=core._in_json))
    assert size <= 60_000
    assert len(explorer.still) <= 10_000
    with Image.open(io.BytesIO(explorer.still)) as still:
        assert still.width <= 1000
    assert len(explorer.description) > 60
    assert explorer.description.replace('"', "&quot;") in bundle["text/html"]


def test_what_the_still_pictures_say_is_true():
    place = filters.filter_explorer("temple", "sobel_y").view["at"]
    total = f"{correlate2d(TEMPLE, kernels.sobel_y())[tuple(place)]:.2f}".replace("-", "−")
    said = filters.filter_explorer("temple", "sobel_y").description
    assert said.startswith("The filter sobel_y, 3 × 3, on a picture of 160 × 240 pixels.")
    assert f"The sum of the 9 products is {total}." in said
    learned = EXPLORERS["learning"]()
    step = learned.view["step"]
    assert f"after step {step}," in learned.description
    assert f"{1 - step / 300:.2f} off" in learned.description


def test_pictures_are_exact_with_a_kernel_and_near_without():
    explorer = filters.filter_explorer(TEMPLE)
    content, buffers = asked(explorer, "hello")
    sent = dict(zip(content["pictures"], buffers, strict=True))
    np.testing.assert_array_equal(np.frombuffer(sent["your picture"], "<f4").reshape(TEMPLE.shape), np.float32(TEMPLE))
    exact = filters._pictures()
    for one in explorer.given["pictures"]:
        if one["name"] not in exact:
            continue
        if "of" in one:
            top, left, high, wide = one["crop"]
            expected = exact[one["of"]][top : top + high, left : left + wide]
            np.testing.assert_array_equal(exact[one["name"]], expected)
            continue
        assert (one["rows"], one["columns"]) == exact[one["name"]].shape
        with Image.open(io.BytesIO(one["bytes"])) as small:
            levels = np.asarray(small.convert("L")) / 255
        if exact[one["name"]].size <= filters.SMALL:
            np.testing.assert_allclose(levels, exact[one["name"]], atol=0.5 / 255)
        else:
            assert levels.mean() == pytest.approx(exact[one["name"]].mean(), abs=0.02)


def test_all_filters_of_the_course_are_there():
    given = {row[0]: row for row in filters.filter_explorer().given["filters"]}
    assert list(given) == list(kernels.FILTERS)
    for name, row in kernels.FILTERS.items():
        assert given[name][1:3] == [row.effect, len(row.array)]
        if given[name][3] is not None:
            assert given[name][3] == row.array.ravel().tolist()


def test_the_steps_of_learning_are_there_and_the_task_is_true():
    rng = np.random.default_rng(0)
    target = kernels.vertical_line(7)
    history = [(step, target + rng.normal(size=(7, 7)) * 0.97**step, 0.9**step) for step in range(301)]
    given = filters.learning_explorer(history, target).given
    steps, far = given["steps"], [np.abs(kernel - target).max() for _, kernel, _ in history]
    assert steps[:61] == list(range(61))
    assert steps[-1] == 300
    weights = np.frombuffer(given["weights"], "<i2").reshape(-1, 7, 7) / 32767 * given["most"]
    np.testing.assert_allclose(weights, [history[step][1] for step in steps], atol=2e-4)
    np.testing.assert_allclose(np.frombuffer(given["losses"], "<f4"), [history[step][2] for step in steps], rtol=1e-6)
    assert all(far[step] < 0.1 for step in steps if step >= given["task"])
    assert far[max(step for step in steps if step < given["task"])] >= 0.1
    never = [(step, target + 1, 1.0) for step in range(3)]
    assert filters.learning_explorer(never, target).given["task"] is None
    assert filters.learning_explorer([(0, target, 1.0), (7, target, 0.0)], target).given["steps"] == [0, 7]


def test_a_neuron_has_a_task_only_where_it_can_be_done():
    assert EXPLORERS["neuron"]().given["task"] == "line"
    assert filters.neuron_explorer(TEMPLE, kernels.sobel_x()).given["task"] is None
    assert filters.neuron_explorer(np.full((9, 9), 0.9), kernels.vertical_line(3)).given["task"] is None


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: filters.filter_explorer(np.zeros((20, 20, 3))), r"image must have the shape \(H, W\), and finite"),
        (lambda: filters.filter_explorer(np.full((9, 9), np.nan)), "finite numbers"),
        (lambda: filters.filter_explorer("cat"), r"picture must be a name.*'cat'.*The names are: photograph, temple"),
        (lambda: filters.filter_explorer(kernel="prewitt"), r"kernel must be a filter of course\.kernels.*'prewitt'"),
        (
            lambda: filters.filter_explorer(kernel=np.ones((8, 8))),
            r"kernel must have a shape from \(1, 1\) to \(7, 7\)",
        ),
        (lambda: filters.filter_explorer(kernel=[1, 2]), r"kernel must have a shape from"),
        (lambda: filters.filter_explorer(task="win"), 'task must be "vanish", "shift" or None; got task = \'win\''),
        (lambda: filters.neuron_explorer(np.zeros((8, 20)), np.ones((3, 3))), "at least 9 × 9"),
        (lambda: filters.learning_explorer([(0, np.ones((3, 3)), 1.0)], np.ones((3, 3))), "at least two entries"),
        (lambda: filters.learning_explorer(HISTORY, np.ones((3, 3))), r"hold kernels of shape \(3, 3\)"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


# --- The reader's own function --------------------------------------------------------------------------


def plain(image, kernel):
    return correlate2d(image, kernel)


def with_stride(image, kernel, stride=1):
    return correlate2d(image, kernel, stride=stride)


def with_padding(image, kernel, padding=0):
    return correlate2d(image, kernel, padding=padding)


@pytest.mark.parametrize("function", [correlate2d, plain, with_stride, with_padding])
@settings(max_examples=15, deadline=None)
@given(
    picture=st.sampled_from(["garment", "two lines", "letter"]),
    shape=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    seed=st.integers(0, 2**31 - 1),
)
def test_the_map_is_that_of_the_function_with_stride_and_padding(function, picture, shape, stride, padding, seed):
    if function not in EXPLORER_OF:
        EXPLORER_OF[function] = filters.filter_explorer("letter", function=function)
    explorer = EXPLORER_OF[function]
    kernel = np.random.default_rng(seed).normal(size=shape)
    content, _ = map_of(explorer, picture, kernel, (3, 3), stride, padding)
    assert content["whole"]
    assert content["same"]
    expected = correlate2d(PICTURES[picture], kernel, stride=stride, padding=padding)
    assert (content["rows"], content["columns"]) == expected.shape


@settings(max_examples=30, deadline=None)
@given(st.floats(-1, 1), st.integers(0, 10), st.integers(0, 8), st.sampled_from([0.5, 4.0]))
def test_a_map_comes_back_where_one_value_differs(by, row, column, size):
    def off(image, kernel):
        values = correlate2d(image, kernel)
        values[row % len(values), column % values.shape[1]] += by
        return values

    kernel = size * np.ones((2, 2)) / 4
    content, values = map_of(filters.filter_explorer("letter", function=off), "letter", kernel)
    slack = 5e-5 * max(1, size)
    if abs(by) < 0.9 * slack:
        assert content["same"]
    elif abs(by) > 1.1 * slack:
        assert "same" not in content
        np.testing.assert_allclose(values, off(PICTURES["letter"], kernel), atol=1e-6)


EXPLORER_OF: dict = {}
PICTURES = filters._pictures()


def test_an_own_picture_is_sent_once_and_used():
    explorer = filters.filter_explorer("letter", function=plain)
    own = np.random.default_rng(0).random((12, 14)).astype("<f4")
    asked(explorer, "picture", [memoryview(own.tobytes())], rows=12, columns=14)
    assert map_of(explorer, None, kernels.laplacian())[0]["same"]
    asked(explorer, "picture", [memoryview((own + 1).astype("<f4").tobytes())], rows=12, columns=14)
    assert map_of(explorer, None, kernels.box_blur(3))[0]["same"]
    np.testing.assert_allclose(explorer._answers["map"].__self__.own, own + 1, atol=1e-6)


def test_a_slow_function_computes_as_much_as_there_is_time_for():
    def slow(image, kernel):
        values = correlate2d(image, kernel)
        time.sleep(2e-5 * values.size)
        return values

    explorer = filters.filter_explorer("photograph", function=slow)
    for stride, padding in ((1, 0), (1, 0), (2, 1)):
        start = time.perf_counter()
        content, values = map_of(explorer, "photograph", kernels.sobel_x(), (200, 300), stride, padding)
        assert time.perf_counter() - start < 3
        assert not content["whole"]
        assert content["seconds"] == pytest.approx(5.4 / stride**2, rel=0.9)
        assert 4 <= content["rows"] == content["columns"] <= 160
        top, left = content["top"], content["left"]
        assert top <= 200 < top + content["rows"]
        expected = correlate2d(PICTURES["photograph"], kernels.sobel_x(), stride=stride, padding=padding)
        part = expected[top : top + content["rows"], left : left + content["columns"]]
        np.testing.assert_allclose(values, part, atol=1e-5)


def test_a_fast_function_computes_the_whole_map():
    explorer = filters.filter_explorer("temple", function=correlate2d)
    for _ in range(2):
        content, _ = map_of(explorer, "temple", kernels.sobel_x(), (100, 200))
        assert content["whole"]


def raises(image, kernel):
    raise IndexError("row 9 is out of bounds")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (raises, r"Your raises raised IndexError: row 9 is out of bounds"),
        (lambda image, kernel: None, "Your function returned None. It must return an array of numbers."),
        (lambda image, kernel: image, r"Your function returned an array of shape \(11, 9\); here it must be \(9, 7\)"),
        (lambda image, kernel: np.full((9, 7), np.nan), "Your function returned nan somewhere"),
        (lambda image, kernel: "map", "Your function returned a str"),
        (lambda image: image, "Your function raised TypeError"),
        (None, r"There is no function to ask. Give one: filter_explorer\(function=correlate2d\)"),
    ],
)
def test_a_function_that_fails_is_a_sentence_and_the_explorer_lives_on(function, words):
    explorer = filters.filter_explorer("letter", function=function)
    with pytest.raises(core.ExplorerError, match=words):
        map_of(explorer, "letter", kernels.sobel_x())
    assert asked(explorer, "hello")[0]["pictures"]


def test_a_function_cannot_change_the_picture():
    def greedy(image, kernel):
        result = correlate2d(image, kernel)
        image[:], kernel[:] = 0, 0
        return result

    explorer = filters.filter_explorer("letter", function=greedy)
    assert all(map_of(explorer, "letter", kernels.sobel_x())[0]["same"] for _ in range(2))


# --- The module that the browser gets ---------------------------------------------------------------------


def test_a_module_holds_what_is_used_and_nothing_else():
    texts = "\n".join((core.HERE / name).read_text(encoding="utf-8") for name in (*core.CORE, "learning.js"))
    module = core.needed(texts)
    for used in ("function frame", "function task", "function alone", "function numbers", "const CALM"):
        assert f"\n{used}" in f"\n{module}"
    for unused in ("function drawingPad", "function correlate2d", "function plane"):
        assert unused not in module
    assert module.count("export default") == module.count("export { alone };") == 1
