"""The pooling explorer's side in Python: what it asks of the reader's functions, its answers, its still, its size."""

import base64
import io
import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from course.errors import ArgumentError
from course.ops import avg_pool2d, max_pool2d
from course.widgets.explorer import ExplorerError, packed
from course.widgets.pooling import PoolingExplorer, pooling_explorer


def mine(x, kernel_size, stride, padding):
    assert (kernel_size, padding) == ((stride, stride), 0)
    return max_pool2d(x, kernel_size, stride, padding)


def mean(x, kernel_size, stride):
    assert kernel_size == (stride, stride)
    return avg_pool2d(x, kernel_size, stride)


def asked(explorer, x, kind="max", window=2, layers=1):
    """Return what Python answers: for each layer, an array of shape (2, 1, rows, columns)."""
    question = {"kind": kind, "window": window, "layers": layers, "rows": x.shape[2], "columns": x.shape[3]}
    content, buffers = explorer._answers["pool"](question, [memoryview(x.tobytes())])
    assert content == {}
    outputs, (rows, columns) = [], x.shape[2:]
    for buffer in buffers:
        rows, columns = rows // window, columns // window
        outputs.append(np.frombuffer(buffer).reshape(2, 1, rows, columns))
    return outputs


def size(explorer):
    """Return the bytes that an explorer adds to a saved notebook."""
    state = {"_esm": explorer._esm, "title": explorer.title, "given": explorer.given, "view": explorer.view}

    def in_base64(value):
        return base64.b64encode(bytes(value)).decode()

    return len(json.dumps(explorer._repr_mimebundle_())) + len(json.dumps(state, default=in_base64))


@given(
    seed=st.integers(0, 2**31),
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    window=st.integers(1, 4),
    layers=st.integers(1, 3),
    kind=st.sampled_from(["max", "mean"]),
)
def test_the_reader_s_functions_pool_both_pictures_layer_after_layer(seed, shape, window, layers, kind):
    x = np.random.default_rng(seed).integers(0, 256, (2, 1, *shape)).astype(float)
    outputs = asked(pooling_explorer(mine, mean), x, kind, window, layers)
    for output in outputs:
        x = max_pool2d(x, window, window) if kind == "max" else avg_pool2d(x, window, window)
        np.testing.assert_array_equal(output, x)
    assert len(outputs) == layers or min(x.shape[2:]) < window


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda x, k, s, p: None, "Your function returned None. It must return an array of numbers."),
        (lambda x, k, s, p: "maps", "Your function returned a str"),
        (lambda x, k, s, p: x, r"returned an array of shape \(2, 1, 4, 6\); here it must be \(2, 1, 2, 3\)"),
        (lambda x, k, s, p: x[:1, :, ::2, ::2], r"shape \(1, 1, 2, 3\); here it must be \(2, 1, 2, 3\)"),
        (lambda x, k, s, p: x[..., ::2, ::2] * np.nan, "Your function returned nan somewhere"),
        (lambda x, k, s: x, "Your function raised TypeError"),
        (lambda x, k, s, p: 1 / 0, "Your function raised ZeroDivisionError: division by zero"),
    ],
)
def test_a_function_that_fails_gets_a_sentence(function, sentence):
    explorer = pooling_explorer(function)
    with pytest.raises(ExplorerError, match=sentence):
        asked(explorer, np.ones((2, 1, 4, 6)))
    with pytest.raises(ExplorerError, match="was not given a function that passes on the mean"):
        asked(explorer, np.ones((2, 1, 4, 6)), kind="mean")


def test_a_function_may_write_into_its_picture_and_may_be_slow():
    def slow(x, kernel_size, stride, padding):
        x[:] = x + 1
        time.sleep(0.05)
        return max_pool2d(x, kernel_size, stride, padding)

    assert asked(pooling_explorer(slow), np.zeros((2, 1, 4, 4)), layers=2)[-1].tolist() == [[[[2.0]]]] * 2


def test_a_question_with_other_pixels_than_it_says_gets_a_sentence():
    question = {"kind": "max", "window": 2, "layers": 1, "rows": 4, "columns": 5}
    with pytest.raises(ExplorerError, match="sent 3 pixels, not two pictures of 4 × 5"):
        pooling_explorer(mine)._answers["pool"](question, [np.ones(3).tobytes()])


def test_what_is_no_function_is_refused():
    with pytest.raises(ArgumentError, match="pooling_explorer: max_pool must be a function"):
        pooling_explorer(3)
    with pytest.raises(ArgumentError, match="Pass avg_pool2d without calling it"):
        pooling_explorer(avg_pool=np.ones(3))


def test_it_says_whose_functions_it_asks():
    assert pooling_explorer().given["yours"] == {}
    assert pooling_explorer(mine, avg_pool2d).given["yours"] == {
        "max": "your mine", "mean": "the course's avg_pool2d",
    }  # fmt: skip


@pytest.mark.parametrize("moves", [True, False])
def test_it_is_small_and_leaves_a_still_with_its_description(moves):
    explorer = pooling_explorer(mine, mean, moves=moves)
    assert explorer.given["moves"] == moves
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert size(explorer) <= 60_000
    assert len(explorer.still) <= 10_000
    assert "The letter, 4 × 8 pixels, under windows of 2 × 2." in data["text/html"]
    assert "They pass on the maximum: 2 × 4 cells." in data["text/plain"]
    with Image.open(io.BytesIO(explorer.still)) as still:
        assert (still.format, still.size) == ("PNG", (520, 162))
        grey = np.asarray(still.convert("RGBA"))[..., 0]
    assert grey[60, 24 + 2 * 28 + 14] > 200  # the letter's bar
    assert grey[60, 24 + 3 * 28 + 14] < 50
    assert grey[60, 2 * 24 + 8 * 28 + 3 * 28 + 14] > 200  # its window passes it on


def test_pictures_and_settings_are_what_the_explorer_begins_with():
    explorer = pooling_explorer()
    rows = {one["name"]: (one["rows"], one["columns"]) for one in explorer.given["pictures"]}
    assert rows == {
        "letter": (4, 8), "stripes": (12, 12), "dots": (12, 12),
        "trouser": (28, 28), "sneaker": (28, 28), "shirt": (28, 28),
    }  # fmt: skip
    assert explorer.view["picture"] in rows
    explorer.view = {**explorer.view, "right": 3}
    assert pooling_explorer().view["right"] == 0  # each explorer has settings of its own


def test_the_module_is_made_of_both_files():
    script, parts = PoolingExplorer.script, PoolingExplorer.parts
    assert packed(script, parts) in pooling_explorer()._esm
    assert len(packed(script, parts)) > len(packed(script))
