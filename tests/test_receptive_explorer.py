"""The explorers of receptive fields, Python's side: what they hold, what they leave, how a network is measured."""

import base64
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.errors import ArgumentError
from course.images import china, grey
from course.ops import correlate2d, max_pool2d
from course.ops.probe import poke_strength
from course.receptive import Layer
from course.widgets import experiment as experiments
from course.widgets.experiment import Experiment
from course.widgets.explorer import ExplorerError
from course.widgets.receptive import receptive_field_explorer, window_explorer

PART = grey(china())[125:155, 180:216]
ALL_OF = [(i, j) for i in range(6) for j in range(7)]


def pairs(picture):
    return picture[:, :-1] - 3 * picture[:, 1:]


def measure(explorer, unit=(0, 0), layer=1, layers=1, shape=(6, 7), area=None, first=0):
    area = list(area or (0, shape[0] - 1, 0, shape[1] - 1))
    question = {
        "asks": "measure",
        "id": "1",
        "layer": layer,
        "layers": layers,
        "unit": list(unit),
        "shape": list(shape),
    }
    sent = []
    explorer.send = lambda content, buffers: sent.append((content, buffers))
    explorer._answer(explorer, {**question, "area": area, "first": first}, [])
    content, buffers = sent[0]
    return content, [np.frombuffer(one, "<f4") for one in buffers]


# --- What an explorer holds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [window_explorer, receptive_field_explorer, lambda: receptive_field_explorer([(3, 1)] * 8, pairs, PART)],
    ids=["window", "stack", "network"],
)
def test_an_explorer_is_small_and_leaves_a_picture_with_words(make):
    explorer = make()
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    state = json.dumps(explorer.get_state(), default=lambda value: base64.b64encode(bytes(value)).decode())
    assert len(json.dumps(data)) + len(state) < 60_000
    assert len(explorer.still) < 10_000
    assert explorer.still[8:12] == b"WEBP"
    assert explorer.description in data["text/plain"]
    assert "sees" in explorer.description
    assert 'alt="A picture of' in data["text/html"]


def test_the_first_words_say_what_is_seen():
    assert window_explorer().description.startswith(
        "A picture of 427 × 640 pixels. A neuron sees 40 × 40 pixels, 0.6% of it: rows 155 to 194, columns 162 to 201"
    )
    top = receptive_field_explorer([(5, 1, 15)]).description
    assert top.endswith("Unit (181, 266) of layer 1 sees 5 × 5 pixels: rows 166 to 170, columns 251 to 255.")
    assert "rows −364 to 364" in receptive_field_explorer([Layer(3, 3, 1)] * 6).description


def test_layers_may_be_objects_tuples_and_dicts():
    layers = [Layer(5, 2, 1), (3,), (2, 2), {"kind": "pooling", "kernel_size": 2, "stride": 2}, {"dilation": 2}]
    rows = receptive_field_explorer(layers).view["layers"]
    assert [tuple(row.values()) for row in rows] == [
        ("convolution", 5, 2, 1, 1),
        ("convolution", 3, 1, 0, 1),
        ("convolution", 2, 2, 0, 1),
        ("pooling", 2, 2, 0, 1),
        ("convolution", 3, 1, 0, 2),
    ]


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([], "from 1 to 8 layers"),
        ([(3, 1)] * 9, "from 1 to 8 layers"),
        ("conv", "from 1 to 8 layers"),
        ([(3, 1), "conv"], "must hold layers; got layers = 'conv'"),
        ([{"kind": "dense"}], "must hold layers"),
        ([{"size": 3}], "must hold layers"),
        ([(0, 1)], "whole numbers from 1 to 31 for kernel; got layers = 0"),
        ([(3, True)], "from 1 to 16 for stride"),
        ([(3, 1, 1.5)], "from 0 to 15 for padding; got layers = 1.5"),
        ([{"dilation": "2"}], "from 1 to 16 for dilation; got layers = '2'"),
    ],
)
def test_layers_that_cannot_be_drawn_get_a_sentence(layers, words):
    with pytest.raises(ArgumentError, match=words.replace("(", r"\(")):
        receptive_field_explorer(layers)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (np.zeros(5), "be one picture"),
        (np.zeros((0, 4)), "be one picture"),
        (np.full((4, 4), 300.0), "floats from 0 to 1"),
        (np.full((4, 4), np.nan), "floats from 0 to 1"),
        ("china.jpg", "be one picture"),
        (np.zeros((4, 4, 4), np.uint8), "be one picture"),
        (np.zeros((641, 4), np.uint8), "at most 640 pixels a side"),
    ],
)
def test_a_picture_that_cannot_be_drawn_gets_a_sentence(picture, words):
    with pytest.raises(ArgumentError, match=words):
        receptive_field_explorer([(3, 1)], picture=picture)


def test_a_stack_in_which_nothing_fits_is_shown_all_the_same():
    explorer = receptive_field_explorer([(31, 1)], picture=np.zeros((5, 5)))
    assert explorer.view["layers"][0]["kernel"] == 31
    assert explorer.still[8:12] == b"WEBP"


@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), st.integers(1, 8), st.integers(1, 4), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_any_picture_and_stack_leave_a_still(height, width, colour, kernel, stride, padding):
    picture = np.random.default_rng(0).random((height, width, 3) if colour else (height, width))
    explorer = receptive_field_explorer([(kernel, stride, padding)] * 3, picture=picture)
    assert explorer.still[8:12] == b"WEBP"
    assert f"A picture of {height} × {width} pixels." in explorer.description
    assert bytes(explorer.given["picture"]["bytes"]) == np.round(picture * 255).astype(np.uint8).tobytes()


def test_the_whole_photograph_comes_from_python_alone():
    content, (picture,) = receptive_field_explorer()._answers["hello"]({}, [])
    assert content == {}
    assert picture[8:12] == b"WEBP"
    assert len(picture) > 10 * len(receptive_field_explorer().given["picture"]["bytes"])
    assert receptive_field_explorer([(3, 1)], picture=PART)._answers["hello"]({}, []) == ({}, [])


# --- The reader's network ----------------------------------------------------------------------------------


def network(picture):
    below, above = np.random.default_rng(4).normal(size=(2, 3, 3))
    values = np.maximum(correlate2d(picture, below), 0)
    return correlate2d(max_pool2d(values[None, None], 2)[0, 0], above)


def test_a_network_is_measured_in_pieces_as_the_lesson_pokes_it(monkeypatch):
    monkeypatch.setattr(experiments, "PIECE", 0.01)
    explorer = receptive_field_explorer([(3, 1), (2, 2), (3, 1)], network, PART[:14, :15])
    moved = np.zeros(0)
    pieces = 0
    while len(moved) < 14 * 15:
        content, (more,) = measure(explorer, (1, 2), 3, 3, (14, 15), first=len(moved))
        assert content["shape"] == [4, 4]
        assert len(more)
        moved, pieces = np.append(moved, more), pieces + 1
    assert pieces > 1
    np.testing.assert_allclose(moved.reshape(14, 15), poke_strength(network, (14, 15), (1, 2)), rtol=1e-6)


def test_a_part_of_the_picture_is_measured():
    explorer = receptive_field_explorer([(3, 1)], pairs, PART)
    _, (moved,) = measure(explorer, (3, 2), area=(2, 4, 1, 4))
    assert moved.reshape(3, 4).round().tolist() == [[0, 0, 0, 0], [0, 100, 300, 0], [0, 0, 0, 0]]


def test_a_list_has_a_function_for_each_layer():
    explorer = receptive_field_explorer([(3, 1)] * 2, [pairs, pairs], PART)
    assert np.count_nonzero(measure(explorer, (0, 0), 1, 2)[1][0]) == 2
    assert np.count_nonzero(measure(explorer, (0, 0), 2, 2)[1][0]) == 3
    assert "Your list has 2 functions, and the unit is one of layer 3" in measure(explorer, (0, 0), 3, 3)[0]["trouble"]


def test_a_function_may_want_pictures_of_torchs_shape():
    def batch(x):
        if x.ndim != 4:
            raise ValueError("four dimensions, please")
        return x[..., :-1] - x[..., 1:]

    def colour(x):
        if x.shape[1] != 3:
            raise ValueError("three channels, please")
        return x.sum(axis=1, keepdims=True)

    for function, pixels in ((batch, 2), (colour, 1)):
        moved = measure(receptive_field_explorer([(3, 1)], function, PART))[1][0]
        assert np.count_nonzero(moved) == pixels


def test_a_module_of_torch_is_measured_and_left_as_it_was(monkeypatch):
    monkeypatch.setattr(experiments, "PIECE", 60)
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 4, 3, padding=1)
    model = nn.Sequential(conv, nn.BatchNorm2d(4), nn.Conv2d(4, 2, 3, dilation=2))
    model[0].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    _, (moved,) = measure(receptive_field_explorer([(3, 1)], model, PART), (0, 1), shape=(7, 9))
    seen = moved.reshape(7, 9) > 0
    assert seen[:6, :7].all()
    assert seen.sum() == 6 * 7  # 7 × 7 of which a row lies in the zeros, at columns 0 to 6
    assert [module.training for module in model.modules()] == [True, False, True, True]
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    without = receptive_field_explorer([(3, 1)], nn.MaxPool2d(2), PART)
    assert "has no weights" in measure(without)[0]["trouble"]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: 1 / 0, "Your function raised ZeroDivisionError: division by zero"),
        (lambda x: None, "Your function returned None"),
        (lambda x: "map", "Your function returned a str"),
        (lambda x: x * np.nan, "Your function returned nan somewhere"),
        (lambda x: x[0], "an array of shape (7,)"),
        (lambda x: x[:0], "an array of shape (0, 7)"),
        (lambda x: x[:0, :0].sum(), "an array of shape ()"),
        (
            lambda x: x[:2, :2],
            "makes a map of 2 × 2 units of a picture of 6 × 7 pixels, so unit (3, 3) is none of them",
        ),
        (lambda x: exec("raise KeyboardInterrupt"), "was interrupted before it was done"),
        (lambda x: exec("raise SystemExit"), "Your function raised SystemExit"),
        (lambda x: x + np.random.random(), "Your network gave two answers for one picture"),
        (3, "Your function raised TypeError: 'int' object is not callable"),
    ],
)
def test_a_network_that_cannot_be_measured_gets_a_sentence(function, words):
    content, buffers = measure(receptive_field_explorer([(3, 1)], function, PART), (3, 3))
    assert words in content["trouble"]
    assert buffers == []


def test_a_slow_network_gets_a_sentence_at_once(monkeypatch):
    ticks = iter(range(0, 1000, 3))
    monkeypatch.setattr(experiments.time, "perf_counter", lambda: float(next(ticks)))
    content, _ = measure(receptive_field_explorer([(3, 1)], pairs, PART))
    assert (
        "takes 3 seconds for one picture, and to poke 42 pixels up and down would take 4 minutes" in content["trouble"]
    )


def test_one_function_is_the_last_layer():
    content, _ = measure(receptive_field_explorer([(3, 1)] * 2, pairs, PART), layer=1, layers=2)
    assert "what it returns are the units of layer 2" in content["trouble"]
    assert "There is no network" in measure(receptive_field_explorer())[0]["trouble"]


def test_a_network_may_write_into_its_picture():
    def careless(x):
        x[:] = pairs(np.pad(x, ((0, 0), (0, 1))))
        return x

    moved, _ = Experiment(careless).piece(1, 1, (1, 1), (6, 7), ALL_OF)
    assert np.count_nonzero(moved) == 2


def test_maps_of_changing_shape_get_a_sentence():
    sizes = iter(range(6, 0, -1))
    with pytest.raises(ExplorerError, match="different shapes"):
        Experiment(lambda x: x[: next(sizes)]).piece(1, 1, (0, 0), (6, 7), ALL_OF)
