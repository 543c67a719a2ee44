"""Lesson 6, LeNet-5: its pictures say what they show, its library takes the reader's network, its prose is true."""

import io
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from course import lenet
from course.checks.registry import find_exercise
from course.errors import ArgumentError
from course.figures import lenet as pictured
from course.figures.base import png_of
from course.landmarks import as_text, landmarks
from course.manifest import LESSONS
from course.notebooks.build import paths_of
from course.notebooks.source import read_source, solution_code
from course.receptive import Layer, trace

CELLS = ("subsample", "c3-connections", "squash-module", "subsampling-module", "partly-connected-module", "codes",
         "distances-module", "lenet5")  # fmt: skip


@pytest.fixture(scope="module")
def notebook():
    """What the cells of the lesson define that make up the reader's network."""
    lesson = next(one for one in LESSONS if one.number == 6)
    names = {"np": np, "torch": torch, "nn": nn}
    for cell in read_source(paths_of(lesson)[0].read_text(encoding="utf-8"), lesson):
        if cell.label in CELLS:
            exec(solution_code(cell), names)
    return SimpleNamespace(**{name: value for name, value in names.items() if not name.startswith("__")})


@pytest.fixture(scope="module")
def recorded():
    return {row["name"]: row for row in lenet.measured_ablation()["rows"]}


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Wrapped(nn.Module):
    """A network whose last layer does not tell what it gives."""

    def __init__(self, model):
        super().__init__()
        self.model, self.last = model, nn.Identity()

    def forward(self, x):
        return self.last(self.model(x))


# --- The library takes the reader's own network -------------------------------------------------------


@pytest.mark.parametrize("output", ["rbf", "softmax"])
def test_a_network_that_does_not_tell_its_output_learns_as_one_that_does(output):
    few = lenet.handwritten_digits("test").first(64)
    own, told = lenet.lenet5(output=output), Wrapped(lenet.lenet5(output=output))
    expected = lenet.learn(own, few, few, epochs=2)
    assert lenet.learn(told, few, few, epochs=2, output=output) == expected
    assert lenet.accuracy(told, few, output) == expected[-1].accuracy
    x = torch.from_numpy(few.images[:, None] / np.float32(255))
    assert torch.equal(lenet.Classifier(told, output)(x), lenet.Classifier(own)(x))


def test_a_network_that_does_not_tell_its_output_is_asked():
    few, model = lenet.handwritten_digits("test").first(40), Wrapped(lenet.lenet5())
    for name, call in (
        ("learn", lambda: lenet.learn(model, few, few, epochs=1)),
        ("accuracy", lambda: lenet.accuracy(model, few)),
        ("Classifier", lambda: lenet.Classifier(model)),
    ):
        with pytest.raises(ArgumentError, match=f"^{name}: output must be given .* Write output="):
            call()
    with pytest.raises(ArgumentError, match=r"^accuracy: output must be one of rbf, softmax"):
        lenet.accuracy(model, few, "distances")


@pytest.mark.parametrize("how", ["fan_in", "he"])
def test_the_first_weights_of_the_readers_network_are_those_of_the_paper(notebook, how):
    torch.manual_seed(1)
    for model in (notebook.lenet5(), find_exercise("lenet5").reference()):
        lenet.initialise(model, how)
        for module in model.modules():
            own = list(module.parameters(recurse=False))
            if len(own) != 2:
                continue
            reads = own[0][0].numel() if own[0].dim() > 1 and own[0].numel() > own[1].numel() else 4
            if how == "fan_in":
                assert all(one.abs().max() <= 2.4 / reads for one in own)
                assert max(one.abs().max() for one in own) > 1.2 / reads  # it is not narrower either
            elif reads == 4:
                assert [one.unique().tolist() for one in own] == [[0.25], [0.0]]
            else:
                assert not own[1].any()


def test_the_numbers_of_each_layer_are_found_in_any_network(notebook):
    expected = {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164, "output": 0}
    masked = lenet.lenet5(c3="full")
    mask = torch.from_numpy(lenet.c3_connections())[:, :, None, None]
    nn.utils.parametrize.register_parametrization(masked.C3[0], "weight", Masked(mask))
    for model in (notebook.lenet5(), find_exercise("lenet5").reference(), masked, Wrapped(lenet.lenet5())):
        assert lenet.parameters_by_layer(model) == expected


class Masked(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight):
        return weight * self.mask


def test_the_outputs_of_each_layer_are_found_in_any_network(notebook):
    x, model = random(3, 1, 32, 32), notebook.lenet5()
    found = lenet.layer_outputs(model, x)
    ends = {"C1": 2, "S2": 3, "C3": 5, "S4": 6, "F6": 11, "output": 12}  # after so many modules
    for name, end in ends.items():
        assert torch.equal(found[name], model[:end](x)), name
    assert torch.equal(found["C5"], model[:9](x))
    assert list(found) == ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    assert not found["output"].requires_grad


def test_the_readers_parts_are_those_of_the_library(notebook):
    assert np.array_equal(notebook.codes, lenet.digit_bitmaps())
    assert np.array_equal(notebook.c3_connections(), lenet.c3_connections())
    x = random(2, 6, 28, 28)
    torch.testing.assert_close(notebook.Subsampling(6)(x), lenet.Subsample(6)(x))
    by_hand = notebook.subsample(x.numpy().astype(float), np.full(6, 0.25), np.zeros(6))
    np.testing.assert_allclose(notebook.Subsampling(6)(x).detach().numpy(), by_hand, atol=1e-6)
    features = random(4, 84)
    torch.testing.assert_close(notebook.Distances(notebook.codes)(features), lenet.RBF(lenet.digit_bitmaps())(features))


# --- The pictures say what they show ------------------------------------------------------------------

SEEDS = st.integers(0, 2**31)


@settings(max_examples=15)  # each draws a picture
@given(SEEDS)
def test_the_table_of_connections_names_each_mark(seed):
    table = np.random.default_rng(seed).random((16, 6)) < 0.5
    said = pictured.connection_table(table).description
    assert f"{table.sum()} in all" in said
    for j, seen in re.findall(r"map (\d+) sees ([\d, ]*)", said):
        assert [int(i) for i in seen.split(", ") if i] == np.flatnonzero(table[int(j)]).tolist()


def test_the_table_has_as_many_marks_as_connections():
    figure = pictured.connection_table(lenet.c3_connections())
    assert sum(text.get_text() == "×" for text in figure.axes[0].texts) == 60


@settings(max_examples=15)  # each draws a picture
@given(SEEDS)
def test_the_distances_name_the_nearest_code(seed):
    rng = np.random.default_rng(seed)
    values = rng.permutation(10) * 10 + rng.random()
    said = pictured.distances(np.zeros((32, 32), np.uint8), np.zeros((12, 7)), values, "is 3").description
    order = values.argsort()
    assert f"that of {order[0]}, at {values[order[0]]:.1f}; the next one that of {order[1]}" in said


@settings(max_examples=15)  # each draws a picture
@given(SEEDS)
def test_the_ablation_chart_counts_pictures(seed):
    rng = np.random.default_rng(seed)
    wrong, here = rng.integers(2, 450, 3), int(rng.integers(2, 450))
    figure = pictured.ablation_chart({"a": 1 - wrong / 500, "b": [0.9]}, {"a": 1 - here / 500})
    assert f"a: {', '.join(map(str, wrong))}, and {here} here; b: 50." in figure.description
    assert "here" not in pictured.ablation_chart({"b": [0.9]}, {}).description


def test_the_curves_tell_what_was_reached_and_end_where_they_should():
    rows = [lenet.Epoch(50.0, 0.1), lenet.Epoch(5.0, 0.975)]
    figure = pictured.learning_curves({"one": rows}, epochs=12)
    assert "one: 10.0%, 97.5% right; loss from 50 to 5." in figure.description
    assert figure.axes[0].get_xlim()[1] == 12.5
    np.testing.assert_allclose(figure.axes[1].lines[0].get_ydata(), [1, 0.1])


def test_live_curves_are_silent_outside_of_a_notebook(capsys):
    live = pictured.LiveCurves("one", 2)
    live(1, lenet.Epoch(50.0, 0.1))
    assert len(live.rows) == 1
    assert capsys.readouterr() == ("", "")


def test_other_pictures_tell_their_numbers():
    shapes = {"picture": (1, 32, 32), "C1": (6, 28, 28), "C5": (120,)}
    assert "picture 1 × 32 × 32, C1 6 × 28 × 28, C5 120" in pictured.layers(shapes, "LeNet-5").description
    assert "takes −1 to −1.000 and 1 to 1.000" in pictured.squashing(lambda z: 1.7159 * np.tanh(2 / 3 * z)).description
    assert "0 has 26, 1 has 18" in pictured.bitmaps(lenet.digit_bitmaps(), [str(k) for k in range(10)]).description
    assert "a 25%; b 0%" in pictured.maps(np.array([np.eye(4), -np.eye(4)]), ["a", "b"]).description
    assert "is 4, 60% sure" in pictured.digits(np.zeros((1, 32, 32), np.uint8), ["is 4\n60% sure"]).description
    assert "none" in pictured.digits(np.zeros((0, 32, 32), np.uint8), []).description
    assert "LeNet-5, 1998: 340,908 connections, 60,000 parameters" in pictured.landmarks_chart(landmarks()).description


@pytest.mark.parametrize(
    "make",
    [
        lambda: pictured.layers({"picture": (1, 32, 32), "C1": (6, 28, 28), "F6": (84,)}, "LeNet-5"),
        lambda: pictured.connection_table(lenet.c3_connections()),
        lambda: pictured.landmarks_chart(landmarks()),
        lambda: pictured.ablation_chart({"a": [0.9, 0.99]}, {"a": 0.98}),
    ],
)
def test_the_pictures_have_no_ground(make):
    pixels = np.asarray(Image.open(io.BytesIO(png_of(make()))).convert("RGBA"))
    assert pixels[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]


def test_the_table_of_landmarks_is_whole_lines_of_text():
    text = as_text(landmarks({"LeNet-5": 0.988}))
    assert max(map(len, text.splitlines())) <= 96
    assert re.search(r"^connections +1,354,456 +340,908 +89,676,618$", text, re.MULTILINE)
    seen = "45 × 45, with a border  32 × 32: all of it      38 × 38, with a border"
    assert re.search(f"^pixels a top unit sees  {seen}$", text, re.MULTILINE)
    assert re.search(r"^right, measured here +not measured +98.8% +not measured$", text, re.MULTILINE)


# --- The numbers in the prose -------------------------------------------------------------------------


def test_the_middles_of_c3_cover_the_box_of_the_digit():
    unit = trace([Layer(5, 1, 0), Layer(2, 2, 0), Layer(5, 1, 0)])[-1]
    middles = unit.start + unit.jump * np.arange(10)
    assert (unit.size, middles[0], middles[-1], unit.jump) == (14, 6.5, 24.5, 2)


def test_the_sizes_that_the_text_tells():
    digits = lenet.handwritten_digits("train")
    assert (len(digits), round(60_000 / len(digits))) == (1_297, 46)
    rows = lenet.layer_counts(lenet.lenet5())
    connections = {row.name: row.connections for row in rows}
    learned = {row.name: row.parameters for row in rows}
    assert learned["C5"] / 60_000 == pytest.approx(0.8, abs=0.01)  # "four fifths are in C5"
    assert (connections["C1"] + connections["C3"]) / 340_908 == pytest.approx(0.8, abs=0.01)
    assert 6 * 16 * 25 + 16 - 1_516 == 900
    neocognitron, of_lenet, _ = landmarks()
    assert of_lenet.connections < neocognitron.connections
    assert of_lenet.parameters / neocognitron.parameters == pytest.approx(2, abs=0.1)


def test_the_reading_of_the_recorded_ablation(recorded):
    base = recorded["LeNet-5"]
    assert max(base["accuracies"]) - min(base["accuracies"]) == pytest.approx(0.008)
    singles = [name for name, change in lenet.VARIANTS.items() if len(change) == 1]
    points = {name: 100 * (recorded[name]["mean"] - base["mean"]) for name in singles}
    assert len(singles) == 7
    assert sum(abs(point) < 0.5 for point in points.values()) == 4
    assert {name for name, point in points.items() if -1 < point < -0.5} == {"softmax output", "average pool"}
    assert all(5 * points[name] == pytest.approx(-4, abs=0.5) for name in ("softmax output", "average pool"))
    assert recorded["ReLU"]["accuracies"] == [0.1] * 3
    both = recorded["ReLU, weights of He"]
    assert max(row["mean"] for row in recorded.values()) == both["mean"]
    assert {round(500 * (1 - share)) for share in both["accuracies"]} == {4, 5}
    assert sorted(round(500 * (1 - share)) for share in base["accuracies"]) == [5, 6, 9]
    assert 100 * (both["mean"] - base["mean"]) < 0.5  # "less than half a point again"
    assert recorded["weights of He"]["epochs_to_learn"] == [2] * 3  # "quicker, not better"
    assert recorded["weights of He"]["mean"] <= base["mean"]
    assert (both["epochs_to_learn"], base["epochs_to_learn"]) == ([2] * 3, [4] * 3)
    assert points["full C3"] == pytest.approx(0.13, abs=0.005)  # "less than one picture of 500"
    assert (f"{base['mean']:.2%}", f"{recorded['full C3']['mean']:.2%}") == ("98.67%", "98.80%")


def test_a_relu_with_the_first_weights_of_1998_does_not_hear_the_picture():
    x = lenet.normalise(lenet.handwritten_digits("test").images)
    for seed in range(3):
        spread = {}
        for name, switches in (("tanh", {}), ("relu", {"activation": "relu"})):
            spread[name] = lenet.layer_outputs(lenet.lenet5(**switches, seed=seed), x)["C5"].std(dim=0).mean().item()
        spread["he"] = lenet.layer_outputs(lenet.lenet5("relu", weights="he", seed=seed), x)["C5"].std(0).mean().item()
        assert spread["relu"] < 1e-4  # "in the fifth decimal place"
        assert 30 < spread["tanh"] / spread["relu"] < 300
        assert spread["he"] > 10 * spread["tanh"]
        assert 0.05 < spread["he"] < 0.2  # "about a tenth"
        with_he = lenet.layer_outputs(lenet.lenet5(weights="he", seed=seed), x)["C5"].std(dim=0).mean().item()
        assert with_he > 2 * spread["he"]  # "more with tanh"


def test_a_relu_with_the_first_weights_of_1998_ends_with_units_that_say_the_same_to_all():
    train, test = lenet.handwritten_digits("train"), lenet.handwritten_digits("test")
    model = lenet.lenet5("relu")
    assert lenet.learn(model, train, test, epochs=2)[-1].accuracy == 0.1
    c5 = lenet.layer_outputs(model, lenet.normalise(test.images))["C5"]
    assert (c5.std(dim=0) < 1e-6).all()
    assert (c5 == 0).all(dim=0).float().mean() > 0.5
    of_he = lenet.lenet5("relu", weights="he")
    lenet.learn(of_he, train, test, epochs=2)
    silent = (lenet.layer_outputs(of_he, lenet.normalise(test.images))["C5"] == 0).all(dim=0).float().mean()
    assert 0.4 < silent < 0.6  # "about half are dead, too"
