"""The explorer of feature maps, as Python sees it: what it gives to the browser, and what it answers."""

import base64
import io
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course import ops
from course.errors import ArgumentError
from course.images import china, crop
from course.widgets.explorer import ExplorerError
from course.widgets.stacks import hand_made_kernels, stack_explorer

RNG = np.random.default_rng(3)


def picture_of(explorer):
    """Read the picture that the browser is given, in 12 bits a number."""
    given = explorer.given["picture"]
    data = np.frombuffer(given["bytes"], dtype=np.uint8).astype(int).reshape(-1, 3)
    levels = np.stack([data[:, 0] | (data[:, 1] & 15) << 8, data[:, 1] >> 4 | data[:, 2] << 4], axis=1).ravel()
    size = len(explorer.given["channels"]) * given["rows"] * given["columns"]
    x = given["low"] + (given["high"] - given["low"]) * levels[:size] / 4095
    return x.reshape(-1, given["rows"], given["columns"])


def answer(function, x, weight, bias, stride=1, padding=0):
    """Ask as the browser does: return the maps, or raise the sentence that the reader is shown."""
    explorer, said = stack_explorer(x, weight, bias, function=function), []
    explorer.send = lambda content, buffers=None: said.append((content, buffers))
    arrays = [np.asarray(x)[np.newaxis], np.asarray(weight), np.asarray(bias)]
    question = {
        "asks": "maps",
        "id": "1",
        "shapes": [one.shape for one in arrays],
        "stride": stride,
        "padding": padding,
    }
    explorer._answer(None, question, [memoryview(one.astype("<f4").tobytes()) for one in arrays])
    [(content, buffers)] = said
    if "trouble" in content:
        raise ExplorerError(content["trouble"])
    return np.frombuffer(buffers[0], dtype="<f4")


def whole(x, weight, bias, stride, padding):
    return ops.conv2d(x, weight, bias, stride=stride, padding=padding)


def test_the_temple_of_the_lesson_and_its_hand_made_kernels():
    explorer = stack_explorer()
    x = crop(china(), 20, 60, 240, 300).reshape(24, 10, 30, 10, 3).mean(axis=(1, 3)).transpose(2, 0, 1) / 255
    np.testing.assert_allclose(picture_of(explorer), x, atol=1.3e-4)
    kernels, names = hand_made_kernels()
    assert np.array_equal(np.frombuffer(explorer.given["weight"], "<f4").reshape(kernels.shape), kernels.astype("<f4"))
    assert explorer.given["names"] == names
    assert explorer.given["channels"] == ["red", "green", "blue"]
    assert explorer.given["function"] is None
    assert explorer.view == {"map": 0, "place": [6, 8], "stride": 1, "padding": 0}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 9), st.integers(1, 9), st.floats(-1e5, 1e5))
def test_any_picture_reaches_the_browser(seed, depth, rows, columns, offset):
    x = np.random.default_rng(seed).normal(size=(depth, rows, columns)) + offset
    explorer = stack_explorer(x, np.ones((1, depth, 1, 1)))
    np.testing.assert_allclose(picture_of(explorer), x, atol=np.ptp(x) / 8189 + 1e-9)
    assert explorer.view["place"] == [min(6, rows - 1), min(8, columns - 1)]


def test_constant_and_empty_looking_pictures_are_pictures():
    np.testing.assert_array_equal(picture_of(stack_explorer(np.full((3, 5, 5), 0.25))), 0.25)
    np.testing.assert_array_equal(picture_of(stack_explorer(np.zeros((3, 3, 3), dtype=np.uint8))), 0)
    assert Image.open(io.BytesIO(stack_explorer(np.zeros((3, 3, 3))).still)).width > 20


def test_the_description_has_the_numbers_of_the_first_place():
    x, weight, bias = RNG.normal(size=(2, 9, 12)), RNG.normal(size=(3, 2, 3, 2)), RNG.normal(size=3)
    explorer = stack_explorer(x, weight, bias, names=["a", "b", "c"])
    maps = ops.conv2d(x[np.newaxis], weight, bias)[0][:, 6, 8]
    first, *others = [f"{value:.2f}".replace("-", "−") for value in maps]
    assert (
        "Map 0, a: the unit in row 6, column 8 reads rows 6 to 8 and columns 8 to 9 of every channel."
        in explorer.description
    )
    assert (
        f"they give {first}. From the same inputs others make: map 1 {others[0]}, map 2 {others[1]}."
        in explorer.description
    )


def test_the_task_can_be_solved_where_the_lesson_says():
    x, (kernels, _) = picture_of(stack_explorer()), hand_made_kernels()
    maps = ops.conv2d(x[np.newaxis], kernels)[0]
    task = stack_explorer().given["task"]
    assert task["need"] == [[0, 0.2], [1, 0.2]]
    both = np.argwhere((maps[0] > 0.2) & (maps[1] > 0.2)).tolist()
    assert both == [[10, 22], [10, 23], [10, 24], [11, 22], [11, 23], [15, 25]]
    for row, column in both:  # "brighter to the right and downwards"
        window = x[:, row : row + 3, column : column + 3].mean(axis=0)
        assert window[:, 2].mean() > window[:, 0].mean()
        assert window[2].mean() > window[0].mean()


def test_the_task_on_a_picture_of_the_readers_is_its_largest_answer():
    x, weight = RNG.normal(size=(1, 8, 8)), RNG.normal(size=(2, 1, 3, 3))
    task = stack_explorer(x, weight).given["task"]
    [[k, least]] = task["need"]
    largest = ops.conv2d(x[np.newaxis], weight)[0, 0].max()
    assert k == 0
    assert largest - 1e-3 < least < largest


@pytest.mark.parametrize("function", [None, whole])
def test_it_is_small_in_a_saved_notebook(function):
    explorer = stack_explorer(function=function)
    assert len(explorer.still) <= 4_000
    with Image.open(io.BytesIO(explorer.still)) as still:
        assert still.format == "WEBP"
        assert 300 < still.width < 900
    parts = (explorer._repr_mimebundle_(), explorer._esm, explorer.given, explorer.view, explorer.title)
    text = json.dumps(parts, default=lambda one: base64.b64encode(bytes(one)).decode("ascii"))
    assert len(text) <= 60 * 1024
    assert explorer.description in explorer._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"x": np.zeros((24, 30))},
            r"x must have the axes \(channels, height, width\); got x = array of shape \(24, 30\)",
        ),
        ({"x": np.zeros((24, 30, 3))}, "x must have 1 to 8 channels"),
        ({"x": np.zeros((3, 4000, 4000))}, "x must have at most a million numbers"),
        ({"x": np.zeros((3, 65, 20))}, "x must have 1 to 64 rows"),
        ({"x": np.zeros((3, 0, 5))}, "x must have 1 to 64 rows"),
        ({"x": np.zeros((2, 9, 9))}, "x must have 3 channels.*weight="),
        ({"x": np.full((3, 9, 9), np.nan)}, "x must have finite numbers"),
        ({"x": "temple"}, "x must be an array of numbers; got x = 'temple'"),
        ({"weight": np.zeros((4, 2, 3, 3))}, "weight must look at the 3 channels of x"),
        ({"weight": np.zeros((13, 3, 3, 3))}, "weight must be 1 to 12 kernels of at most 7 × 7"),
        ({"weight": np.zeros((1, 3, 9, 9))}, "weight must be 1 to 12 kernels of at most 7 × 7"),
        ({"x": np.zeros((3, 2, 9))}, "weight must fit into the picture"),
        ({"bias": [1, 2]}, "bias must have 4 numbers"),
        ({"names": ["one"]}, "names must be 4 names"),
        ({"names": "edge"}, "names must be 4 names"),
        ({"function": 3}, "function must be a function; got function = 3"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(arguments, said):
    with pytest.raises(ArgumentError, match=f"^stack_explorer: .*{said}"):
        stack_explorer(**arguments)


# --- The reader's own function ---------------------------------------------------------------------------


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_the_readers_maps_come_back(stride, padding):
    x, weight, bias = RNG.normal(size=(3, 8, 9)), RNG.normal(size=(2, 3, 3, 2)), RNG.normal(size=2)
    maps = answer(whole, x, weight, bias, stride, padding)
    expected = ops.conv2d(x[np.newaxis], weight, bias, stride=stride, padding=padding)
    np.testing.assert_allclose(maps.reshape(expected.shape), expected, rtol=1e-4, atol=1e-5)


def raising(x, weight, bias, stride, padding):
    raise ValueError("I am not written yet")


def interrupted(x, weight, bias, stride, padding):
    raise KeyboardInterrupt


def leaving(x, weight, bias, stride, padding):
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raising, "Your raising raised ValueError: I am not written yet"),
        (interrupted, "Your interrupted was interrupted before it was done"),
        (leaving, "Your leaving raised SystemExit: 3"),
        (lambda *_: None, "Your function returned None"),
        (lambda *_: "text", "Your function returned a str"),
        (
            lambda *_: np.zeros((1, 2, 3, 3)),
            r"returned an array of shape \(1, 2, 3, 3\); here it must be \(1, 1, 3, 3\)",
        ),
        (lambda *_: np.full((1, 1, 3, 3), np.nan), "returned nan somewhere"),
        (lambda *_: np.full((1, 1, 3, 3), 1e300), r"returned 1e\+300"),
        (lambda x: x, "raised TypeError"),
    ],
)
def test_a_function_that_cannot_answer_gets_a_sentence(function, said):
    with pytest.raises(ExplorerError, match=said):
        answer(function, np.ones((1, 5, 5)), np.ones((1, 1, 3, 3)), np.zeros(1))


def test_a_function_may_write_into_what_it_is_given_and_print(capsys):
    def rough(x, weight, bias, stride, padding):
        maps = ops.conv2d(x, weight, bias, stride=stride, padding=padding)
        print("at work")
        x[:], weight[:], bias[:] = 0, 0, 0
        return maps

    assert answer(rough, np.ones((1, 5, 5)), np.ones((1, 1, 3, 3)), np.ones(1)).tolist() == [10] * 9
    assert capsys.readouterr().out == ""


def test_no_function_of_the_readers_is_called_when_the_explorer_is_made():
    def slow(*_):
        time.sleep(5)

    start = time.perf_counter()
    explorer = stack_explorer(function=slow)
    assert time.perf_counter() - start < 3
    assert explorer.given["function"] == "Your slow"
    assert stack_explorer(function=lambda *_: 0).given["function"] == "Your function"
    assert stack_explorer(function=ops.conv2d).given["function"] == "The course's conv2d"
