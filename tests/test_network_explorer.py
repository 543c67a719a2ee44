"""A network from the inside: what it says about itself, and the explorer that shows it."""

import base64
import gzip
import io
import json
import struct
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from course import activations, answers, training
from course import explained as module
from course.data import fashion_mnist_sample
from course.errors import ArgumentError
from course.explained import explained
from course.models import build_model, load_weights, weights_to_numpy
from course.weights import trained_weights
from course.widgets.network import LEVELS, MOST, network_explorer

DATA = fashion_mnist_sample("test")
CARRIED = load_weights(build_model("small"), trained_weights()).eval()
NETWORK = explained(CARRIED, DATA)
BOOK = build_model("book").eval()
EXPLORER = network_explorer(NETWORK)


class Odd(nn.Module):
    """A network that answers as it is told."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.weight = answer, nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.answer(x)


def asked(explorer, kind, *buffers, **question):
    """Return what the browser hears: content and buffers."""
    heard = []
    explorer.send = lambda content, out: heard.append((content, out))
    explorer._answer(None, {"asks": kind, "id": "a", **question}, [memoryview(one) for one in buffers])
    return heard[0]


def unpacked(explorer):
    """Return the facts, and the levels behind them, of what a page without Python holds."""
    content = gzip.decompress(explorer.given["blob"])
    (length,) = struct.unpack("<I", content[:4])
    return json.loads(content[4 : 4 + length]), np.frombuffer(content[4 + length :], np.uint8)


def floats(data):
    return np.frombuffer(data, "<f4")


# --- What a network says about itself ------------------------------------------------------------------------


def test_maps_and_answers_are_those_of_the_network():
    maps, shares = NETWORK.look(DATA.images[3], range(24))
    expected = activations.feature_maps(CARRIED, DATA.images[3])
    assert [one["name"] for one in NETWORK.layers] == list(expected)
    for one, array in zip(NETWORK.layers, expected.values(), strict=True):
        assert np.array_equal(maps[one["number"]].ravel(), array.ravel())
        assert maps[one["number"]].shape == tuple(one["shape"])
    assert np.array_equal(shares, answers.predict_probabilities(CARRIED, DATA.images[3:4])[0])
    assert np.array_equal(NETWORK.filters(), activations.first_filters(CARRIED)[:, 0])


@pytest.mark.parametrize("model", [CARRIED, BOOK], ids=["small", "book"])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_fields_are_those_that_the_windows_give(model, data):
    layers = [one for one in explained(model, DATA.first(2)).layers if one["field"]]
    one = data.draw(st.sampled_from(layers))
    place = tuple(data.draw(st.integers(0, size - 1)) for size in one["shape"][1:])
    edges = []
    for (seen, jump, first), at in zip(one["field"], place, strict=True):
        start = first + at * jump
        edges += [max(start, 0), min(start + seen - 1, 27)]
    assert tuple(edges) == activations.field_of(model, one["number"], place)


def test_pixels_that_move_a_unit_lie_in_its_field():
    for number, place in ((3, (2, 0, 7)), (10, (5, 3, 6)), (16, (9, 1, 1))):
        field = NETWORK.layers[number]["field"]
        seen = activations.pixels_seen(CARRIED, number, place, DATA.images[:40])
        for axis, (size, jump, first) in enumerate(field):
            moved = np.flatnonzero(seen.sum(axis=1 - axis))
            start = first + place[1 + axis] * jump
            assert start <= moved.min()
            assert moved.max() < start + size


def test_a_network_that_is_no_row_of_windows_has_no_field_from_there_on():
    def fields(*layers):
        return [one["field"] for one in explained(nn.Sequential(*layers), DATA.first(2)).layers]

    head = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 10)
    strided = ((5, 2, -2), (5, 2, -2))
    assert fields(nn.Conv2d(1, 4, 5, stride=2, padding=2), nn.ReLU(), *head) == [strided, strided, None, None, None]
    dilated = ((5, 1, 0), (5, 1, 0))
    assert fields(nn.Conv2d(1, 4, 3, dilation=2), nn.GroupNorm(2, 4), *head)[:2] == [dilated, None]

    class Branching(nn.Module):
        def __init__(self):
            super().__init__()
            self.small, self.large = nn.Conv2d(1, 4, 3), nn.Conv2d(1, 4, 5)
            self.end = nn.Sequential(*head)

        def forward(self, x):
            return self.end(self.small(x)[:, :, 1:-1, 1:-1] + self.large(x))

    found = [one["field"] for one in explained(Branching(), DATA.first(2)).layers]
    assert found == [((3, 1, 0), (3, 1, 0)), None, None, None, None]


def test_moved_pictures_are_answered_as_lesson_5_moves_them():
    shares = NETWORK.moved(DATA.images[7], 2)
    for down in range(-2, 3):
        for right in range(-2, 3):
            picture = answers.shift_pictures(DATA.images[7:8], down, right)
            expected = answers.predict_probabilities(CARRIED, picture)[0]
            assert shares[down + 2, right + 2] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("layer", [2, 9, 17, 23])
def test_the_pictures_that_excite_a_unit_are_those_with_its_largest_values(layer):
    network = explained(CARRIED, DATA, searched=130)
    found = network.exciting(layer)
    values = np.stack([network.look(image, [layer])[0][layer] for image in DATA.images[:130]])
    units = values.reshape(130, -1)
    assert found.unit_values == pytest.approx(-np.sort(-units, axis=0)[:9].T, abs=1e-5)
    at_pictures = np.take_along_axis(units, found.unit_pictures.T.astype(int), 0).T
    assert at_pictures == pytest.approx(found.unit_values, abs=1e-5)
    maps = values.reshape(130, values.shape[1], -1)
    assert found.map_values == pytest.approx(-np.sort(-maps.max(axis=2), axis=0)[:9].T, abs=1e-5)
    for number, (pictures, places) in enumerate(zip(found.map_pictures, found.map_places, strict=True)):
        assert maps[pictures, number, places] == pytest.approx(found.map_values[number], abs=1e-5)
    assert network.exciting(layer) is found  # once


def test_few_pictures_and_large_layers_can_be_searched(monkeypatch):
    few = explained(CARRIED, DATA.first(4)).exciting(23)
    assert few.unit_pictures.shape == (10, 4)
    monkeypatch.setattr(module, "UNITS", 1000)
    large = explained(CARRIED, DATA.first(20)).exciting(2)
    assert large.unit_pictures.shape == (0, 9)
    assert large.map_pictures.shape == (8, 9)


def test_each_stage_of_a_training_can_be_looked_at():
    model = build_model("small", seed=2)
    snapshots = training.Snapshots(model, count=3)
    training.train(model, DATA.first(256), DATA.first(64), budget="2e", device="cpu", progress=snapshots)
    stages = [*snapshots.taken[:2], ("as arrays", weights_to_numpy(CARRIED))]
    network = explained(model, DATA, stages)
    assert network.stages == ["before the first step", snapshots.taken[1][0], "as arrays", "as it is"]
    expected = answers.predict_probabilities(model, DATA.images[:1])[0]
    fresh = answers.predict_probabilities(build_model("small", seed=2), DATA.images[:1])[0]
    for stage, shares in ((0, fresh), (3, expected), (2, NETWORK.look(DATA.images[0], [])[1]), (0, fresh)):
        assert network.look(DATA.images[0], [0], stage)[1] == pytest.approx(shares, abs=1e-6)
    truth = answers.predict_probabilities(CARRIED, DATA.images[:500]).argmax(1) == DATA.labels[:500]
    assert network.right(2) == truth.mean()
    assert network.exciting(23, 0) is not network.exciting(23, 3)
    nn.init.zeros_(model[23].weight)  # a later training changes nothing
    assert network.look(DATA.images[0], [])[1] == pytest.approx(expected)


def test_a_softmax_at_the_end_is_not_done_twice():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Softmax(dim=1))
    _, shares = explained(model, DATA.first(1)).look(DATA.images[0], [])
    assert shares == pytest.approx(model(answers.as_input(model, DATA.images[:1]))[0].detach().numpy())


def test_a_network_is_left_as_it_was():
    model = build_model("small").train()
    before = weights_to_numpy(model)
    network = explained(model, DATA.first(150))
    network.look(DATA.images[0], range(24))
    network.exciting(5)
    assert all(layer.training for layer in model.modules())
    assert all(np.array_equal(before[name], array) for name, array in weights_to_numpy(model).items())


def wrong(x):
    raise RuntimeError("no such thing")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": len}, "model must be a network of PyTorch"),
        ({"model": Odd(wrong)}, "take grey pictures of 28 × 28 pixels; it stopped with: no such thing"),
        (
            {"model": Odd(lambda x: None)},
            "give one number for each of the 10 classes, of shape (1, 10); got model = 'N",
        ),
        ({"model": nn.Flatten()}, "(1, 10); got model = (1, 784)"),
        ({"model": nn.Conv2d(3, 4, 3)}, "take grey pictures of 28 × 28 pixels"),
        ({"data": SimpleNamespace(images=np.zeros((2, 28, 28)), labels=[0, 1], class_names=["a"])}, "be uint8"),
        ({"data": SimpleNamespace(images=DATA.images, labels=[0], class_names=["a"])}, "one label for each picture"),
        ({"searched": 0}, "searched must be a whole number, at least 1"),
        ({"stages": [("then", {"0.weight": torch.zeros(2)})]}, "those of 'then' are not"),
        ({"stages": [("then", {"conv1.weight": np.zeros(2)})]}, "those of 'then' are not"),
        ({"stages": [("then", None)]}, "those of 'then' are not"),
    ],
)
def test_what_cannot_be_looked_into_is_refused_in_a_sentence(change, says):
    with pytest.raises(ArgumentError) as refused:
        explained(**{"model": CARRIED, "data": DATA, **change})
    assert says in str(refused.value)


# --- The explorer --------------------------------------------------------------------------------------------


def test_an_explorer_is_small():
    def in_bytes(value):
        return {"base64": base64.b64encode(bytes(value)).decode("ascii")}

    for network in (NETWORK, explained(BOOK, DATA)):
        explorer = network_explorer(network, shown=[*range(14)])
        state = {"_esm": explorer._esm, "given": explorer.given, "view": explorer.view}
        both = [json.dumps(one, default=in_bytes) for one in (explorer._repr_mimebundle_(), state)]
        assert sum(map(len, both)) < 60_000
        assert len(explorer.still) < 10_000


def test_it_leaves_a_picture_with_a_description():
    picture = Image.open(io.BytesIO(EXPLORER.still))
    assert picture.width > 300
    assert "T-shirt/top at layer 2 ReLU: 8 maps of 28 by 28" in EXPLORER.description
    maps = activations.feature_maps(CARRIED, DATA.images[19])["2 ReLU"]
    place = np.unravel_index(maps.argmax(), maps.shape)
    assert f"The largest number is {maps.max():.2f}, in map {place[0]}" in EXPLORER.description
    assert EXPLORER.view == {"layer": 2, "unit": list(place)}
    dense = network_explorer(NETWORK, shown=[5], layer=23)
    assert "10 neurons" in dense.description


def test_a_page_without_python_has_one_garment_in_levels():
    facts, levels = unpacked(EXPLORER)
    assert facts["pictures"][:2] == [[19, 0], [2, 1]]
    assert np.array_equal(levels[:784].reshape(28, 28), DATA.images[19])
    cells = (2 * MOST + 1) ** 2 * 10
    shares = np.moveaxis(NETWORK.moved(DATA.images[19], MOST), -1, 0)
    kept = levels[784 : 784 + cells].reshape(shares.shape) / 100
    assert kept == pytest.approx(shares, abs=0.0151)
    assert np.array_equal(kept.argmax(0), shares.argmax(0))  # also where two classes have the same per cent
    rest = levels[784 + cells :]
    maps, _ = NETWORK.look(DATA.images[19], range(24))
    assert [name for name, *_ in facts["scales"]][:3] == ["filters", 2, 17]
    for name, step, zero, size in facts["scales"]:
        values = NETWORK.filters() if name == "filters" else maps[name]
        assert (rest[:size].astype(float) - zero) * step == pytest.approx(values.ravel(), abs=step)
        assert step <= np.abs(values).max() / LEVELS * 1.001
        rest = rest[size:]
    assert len(rest) == 0


def test_python_answers_what_the_browser_asks():
    pixels, shown = DATA.images[3].tobytes(), [3, 900]
    explorer = network_explorer(NETWORK, shown=shown)
    content, (own, searched) = asked(explorer, "hello")
    assert own == DATA.images[shown].tobytes()
    assert searched == DATA.images[:500].tobytes()
    assert content["labels"] == DATA.labels[:500].tolist()

    content, (shares, filters, *maps) = asked(explorer, "look", pixels, layer=10, stage=0)
    expected = activations.feature_maps(CARRIED, DATA.images[3])
    assert [f"{number} " for number in content["layers"]] == [name.split(" ")[0] + " " for name in expected]
    assert all(np.array_equal(floats(one), array.ravel()) for one, array in zip(maps, expected.values(), strict=True))
    assert np.array_equal(floats(shares), NETWORK.look(DATA.images[3], [])[1])
    assert np.array_equal(floats(filters), NETWORK.filters().ravel())

    _, (shifts,) = asked(explorer, "moved", pixels, stage=0)
    assert np.array_equal(floats(shifts), NETWORK.moved(DATA.images[3], MOST).ravel())
    content, parts = asked(explorer, "exciting", layer=17, stage=0)
    assert content["best"] == 9
    assert np.array_equal(floats(parts[1]).reshape(-1, 9), NETWORK.exciting(17).unit_values)
    assert asked(explorer, "right", stage=0)[0]["right"] == NETWORK.right()


def test_a_large_network_sends_one_layer_at_a_time():
    content, buffers = asked(
        network_explorer(explained(BOOK, DATA)), "look", DATA.images[0].tobytes(), layer=7, stage=0
    )
    assert content["layers"] == [7]
    assert len(buffers[2]) == 4 * 128 * 7 * 7


@pytest.mark.parametrize(
    ("kind", "buffers", "question", "says"),
    [
        ("look", [b"12"], {"layer": 2, "stage": 0}, "The picture has 2 pixels; it needs 28 × 28."),
        ("look", [], {"layer": 2, "stage": 0}, "The picture has 0 pixels"),
        ("look", [bytes(784)], {"layer": "2", "stage": 0}, "There is no layer 2: layers go from 0 to 23."),
        ("look", [bytes(784)], {"layer": 2, "stage": 1}, "There is no stage 1: stages go from 0 to 0."),
        ("exciting", [], {"layer": 24, "stage": 0}, "There is no layer 24"),
        ("right", [], {}, "There is no stage None"),
    ],
)
def test_questions_that_make_no_sense_are_answered_in_a_sentence(kind, buffers, question, says):
    content, out = asked(EXPLORER, kind, *buffers, **question)
    assert says in content["trouble"]
    assert out == []


def test_a_network_that_fails_later_is_told_and_the_explorer_lives_on():
    class Moody(nn.Module):
        def __init__(self):
            super().__init__()
            self.end = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

        def forward(self, x):
            if x.max() == 0:
                raise ValueError("it is too dark in here")
            return self.end(x) * (torch.nan if x.min() == 1 else 1)

    explorer = network_explorer(explained(Moody(), DATA))
    question = {"layer": 1, "stage": 0}
    assert asked(explorer, "look", bytes(784), **question)[0]["trouble"].endswith("ValueError: it is too dark in here")
    assert "give finite numbers; got model = nan" in asked(explorer, "look", b"\xff" * 784, **question)[0]["trouble"]
    assert "trouble" not in asked(explorer, "look", DATA.images[0].tobytes(), **question)[0]


def test_without_convolution_or_relu_it_still_works():
    explorer = network_explorer(explained(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), DATA))
    facts, _ = unpacked(explorer)
    assert facts["filters"][0] == 0
    assert explorer.view["layer"] == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"shown": []}, "shown must be numbers from 0 to 999"),
        ({"shown": [1000]}, "shown must be numbers from 0 to 999"),
        ({"layer": 24}, "layer must be one of 0, 1, 2"),
    ],
)
def test_settings_that_do_not_fit_are_refused(change, says):
    with pytest.raises(ArgumentError, match=says):
        network_explorer(NETWORK, **change)
