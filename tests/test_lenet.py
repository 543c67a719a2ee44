"""LeNet-5 is the paper's: its counts, its table, its parts, its losses; it learns, and the same seed gives the same."""

import gzip
import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course import lenet, neocognitron
from course.answers import predict_probabilities
from course.data import File
from course.errors import ArgumentError, DataError, TrainingError
from course.landmarks import NEOCOGNITRON, landmarks, neocognitron_counts
from course.lenet import digits, lenet5, lenet5_modern, study
from course.models import count_parameters, fashion_cnn, multiplications
from course.receptive import Layer, trace
from course.training import train

PARTS = ["C1", "S2", "C3", "S4", "C5", "F6", "output"]


@pytest.fixture(scope="module")
def handwriting():
    return lenet.handwritten_digits("train"), lenet.handwritten_digits("test")


def random(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


# What the paper states in section II.B (and 840, which is what is left of its total).


def test_the_counts_are_the_papers():
    rows = lenet.layer_counts(lenet5())
    assert [row.name for row in rows] == PARTS
    assert [row.parameters for row in rows] == [156, 12, 1_516, 32, 48_120, 10_164, 0]
    assert [row.connections for row in rows] == [122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840]
    assert sum(row.parameters for row in rows) == 60_000 == count_parameters(lenet5())
    assert sum(row.connections for row in rows) == 340_908
    assert [row.shape for row in rows] == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)]


@pytest.mark.parametrize("switches", [{}, {"pool": "average", "c3": "full"}, {"pool": "max", "output": "softmax"}])
def test_a_connection_is_an_input_that_moves_a_unit_or_a_bias(switches):
    """Counted once more without any formula: the places of the Jacobian that are not 0."""
    model = lenet5(**switches)
    rows = {row.name: row for row in lenet.layer_counts(model)}
    x = random(1, 1, 32, 32, dtype=torch.float64)
    for name, part in model.double().named_children():
        sums = weighted_sums(part)
        biases = math.prod(rows[name].shape) if any("bias" in one for one, _ in part.named_parameters()) else 0
        jacobian = torch.autograd.functional.jacobian(sums, x)
        assert rows[name].connections == int((jacobian != 0).sum()) + biases, name
        x = random(1, *rows[name].shape, dtype=torch.float64)


def weighted_sums(part):
    """A part without what squashes; instead of maxima and distances, which hear all inputs too, sums that do."""
    if isinstance(part, lenet.Subsample):
        part.activation = nn.Identity()
    if isinstance(part, nn.MaxPool2d):
        return nn.AvgPool2d(part.kernel_size)
    if isinstance(part, lenet.RBF):
        return lambda x: x @ part.codes.T
    if isinstance(part, nn.Sequential):
        return nn.Sequential(*(one for one in part if isinstance(one, nn.Flatten) or list(one.parameters())))
    return part


def test_the_modern_form_is_counted_too():
    rows = lenet.layer_counts(lenet5_modern())
    assert [row.parameters for row in rows] == [156, 0, 2_416, 0, 48_120, 10_164, 850]
    assert sum(row.parameters for row in rows) == count_parameters(lenet5_modern())


def test_multiplications_are_those_that_the_course_counts_elsewhere():
    rows = lenet.layer_counts(fashion_cnn(), (1, 28, 28))
    assert sum(row.multiplications for row in rows) == multiplications(fashion_cnn())
    full = lenet5(c3="full", pool="average", output="softmax")
    assert sum(row.multiplications for row in lenet.layer_counts(full)) == multiplications(full, (1, 32, 32))


def test_table_1():
    """The rows of the printed table: which maps of C3 read this map of S2."""
    printed = [
        {0, 4, 5, 6, 9, 10, 11, 12, 14, 15},
        {0, 1, 5, 6, 7, 10, 11, 12, 13, 15},
        {0, 1, 2, 6, 7, 8, 11, 13, 14, 15},
        {1, 2, 3, 6, 7, 8, 9, 12, 14, 15},
        {2, 3, 4, 7, 8, 9, 10, 12, 13, 15},
        {3, 4, 5, 8, 9, 10, 11, 13, 14, 15},
    ]
    table = lenet.c3_connections()
    assert table.shape == (16, 6)
    assert table.dtype == bool
    assert [set(np.flatnonzero(column).tolist()) for column in table.T] == printed


def test_the_structure_of_table_1():
    """Six times three neighbours, six times four, three times four with a gap, once all; the maps stand in a ring."""
    table = lenet.c3_connections()
    assert table.sum(axis=1).tolist() == [3] * 6 + [4] * 9 + [6]

    def runs(row):  # of maps that follow one another in the ring
        return sum(bool(row[k]) and not row[k - 1] for k in range(6)) or 1

    assert [runs(row) for row in table] == [1] * 12 + [2] * 3 + [1]
    assert len({tuple(row) for row in table.tolist()}) == 16


# The parts, each against something simpler.


def test_the_partial_convolution_is_a_masked_one():
    table = lenet.c3_connections()
    part = lenet.PartialConv2d(table, 5)
    lenet.initialise(part)
    assert count_parameters(part) == 1_516
    whole = nn.Conv2d(6, 16, 5)
    with torch.no_grad():
        whole.weight.zero_()
        kernels = iter(part.weight)
        for here, below in itertools.product(range(16), range(6)):
            if table[here, below]:
                whole.weight[here, below] = next(kernels)
        whole.bias.copy_(part.bias)
    x, mask = random(3, 6, 14, 14), torch.from_numpy(table)[:, :, None, None]
    torch.testing.assert_close(part(x), whole(x))
    part(x).square().sum().backward()
    whole(x).square().sum().backward()
    torch.testing.assert_close(part.weight.grad, whole.weight.grad[mask.expand(16, 6, 5, 5)].view(60, 5, 5))


@pytest.mark.parametrize("table", [np.ones(6, bool), np.array([[True, False], [False, False]])])
def test_a_table_without_sense_is_refused(table):
    with pytest.raises(ArgumentError, match=r"^PartialConv2d: connections must be a table .* got connections = array"):
        lenet.PartialConv2d(table, 5)


def test_subsampling_is_an_average_with_a_coefficient_and_a_bias():
    part = lenet.Subsample(6)
    lenet.initialise(part)
    x = random(2, 6, 28, 28)
    mean = F.avg_pool2d(x, 2)
    expected = lenet.scaled_tanh(mean * 4 * part.weight.view(1, 6, 1, 1) + part.bias.view(1, 6, 1, 1))
    torch.testing.assert_close(part(x), expected)
    torch.testing.assert_close(lenet.Subsample(6, nn.Identity())(x), mean)  # fresh, it is the mean


def test_the_squashing_is_the_papers():
    x = torch.linspace(-5, 5, 1001, dtype=torch.float64, requires_grad=True)
    y = lenet.scaled_tanh(x)
    torch.testing.assert_close(y, 1.7159 * torch.tanh(2 * x / 3))
    at_one = lenet.scaled_tanh(torch.tensor([1.0, -1.0], dtype=torch.float64))
    torch.testing.assert_close(at_one, torch.tensor([1.0, -1.0], dtype=torch.float64), atol=1e-4, rtol=0)
    # The paper says that the second derivative is largest at +1 and -1; it is, nearly.
    (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), x)
    assert abs(abs(x[bend.abs().argmax()].item()) - 0.988) < 0.01


def test_the_output_units_by_hand():
    codes = np.array([[[1, -1], [1, 1]], [[-1, -1], [1, -1]]])
    x = torch.tensor([[1.0, -1.0, 1.0, 1.0], [0.0, 0.0, 0.5, 2.0]])
    assert lenet.RBF(codes)(x).tolist() == [[0.0, 8.0], [1 + 1 + 0.25 + 1, 1 + 1 + 0.25 + 9]]
    assert count_parameters(lenet.RBF(codes)) == 0


def test_the_codes_are_pictures_of_plus_and_minus_one():
    codes = lenet.digit_bitmaps()
    assert codes.shape == (10, 12, 7)
    assert codes.dtype == np.float32
    assert set(np.unique(codes)) == {-1.0, 1.0}
    flat = codes.reshape(10, 84)
    apart = ((flat[:, None] - flat) ** 2).sum(axis=2)
    assert apart[~np.eye(10, dtype=bool)].min() == 52  # as the docstring of the loss says
    nearest = (apart + 1e9 * np.eye(10)).argmin(axis=1)
    assert nearest[8] in (0, 6)  # what looks alike has codes that are alike
    assert torch.equal(lenet5().output.codes, torch.from_numpy(flat))


# The losses.


def test_the_loss_with_competition_by_hand():
    distances = torch.tensor([[1.0, 2.0, 4.0], [3.0, 0.5, 9.0]], dtype=torch.float64)
    by_hand = [
        1 + math.log(math.exp(-2.5) + math.exp(-1) + math.exp(-2) + math.exp(-4)),
        0.5 + math.log(math.exp(-2.5) + math.exp(-3) + math.exp(-0.5) + math.exp(-9)),
    ]
    labels = torch.tensor([0, 1])
    assert lenet.map_loss(distances, labels, 2.5).item() == pytest.approx(sum(by_hand) / 2)
    assert lenet.mse_loss(distances, labels).item() == pytest.approx(0.75)


def test_the_loss_is_the_cross_entropy_with_a_class_for_rubbish():
    distances, labels = 50 * random(20, 10).abs(), torch.arange(20) % 10
    logits = torch.cat([-distances, torch.full((20, 1), -7.0)], dim=1)
    torch.testing.assert_close(lenet.map_loss(distances, labels, 7.0), F.cross_entropy(logits, labels))
    assert lenet.map_loss(torch.full((1, 10), 1e4), torch.tensor([0]), 7.0).isfinite()


def test_a_class_that_is_far_beyond_the_constant_is_pushed_no_further():
    distances = torch.tensor([[1.0, 8.0, 60.0]], requires_grad=True)
    lenet.map_loss(distances, torch.tensor([0]), 10.0).backward()
    right, near, far = distances.grad[0].tolist()
    assert right > 0 > near
    assert abs(far) < 1e-20


@pytest.mark.parametrize("loss", [lenet.mse_loss, lambda d, y: lenet.map_loss(d, y, 3.0)])
def test_the_gradients_of_losses_and_parts_are_those_of_differences(loss):
    torch.manual_seed(0)
    labels = torch.tensor([1, 0])
    model = nn.Sequential(
        lenet.PartialConv2d(np.array([[True, False], [True, True]]), 3), lenet.ScaledTanh(), lenet.Subsample(2),
        nn.Flatten(), lenet.RBF(np.sign(np.random.default_rng(0).normal(size=(3, 8)))),
    ).double()  # fmt: skip
    lenet.initialise(model)
    x = random(2, 2, 6, 6, dtype=torch.float64).requires_grad_()
    names, values = zip(*model.named_parameters(), strict=True)

    def of(x, *values):
        return loss(torch.func.functional_call(model, dict(zip(names, values, strict=True)), (x,)), labels)

    assert torch.autograd.gradcheck(of, (x, *values))


@pytest.mark.parametrize("penalty", [0, -1.0, math.nan])
def test_a_constant_that_is_not_positive_is_refused(penalty):
    with pytest.raises(ArgumentError, match=r"^map_loss: penalty must be above 0; got penalty = "):
        lenet.map_loss(torch.ones(1, 2), torch.tensor([0]), penalty)


# First weights and switches.


def test_the_first_weights_are_the_papers():
    model = lenet5()
    reads = lenet.c3_connections().sum(axis=1) * 25
    of_kernel = np.repeat(reads, lenet.c3_connections().sum(axis=1))
    third = model.C3[0]
    scaled = [third.weight.detach().numpy() * of_kernel[:, None, None], third.bias.detach().numpy() * reads]
    for part, fan_in in ((model.C1[0], 25), (model.S2, 4), (model.S4, 4), (model.C5[0], 400), (model.F6[0], 120)):
        scaled += [part.weight.detach().numpy() * fan_in, part.bias.detach().numpy() * fan_in]
    assert all(np.abs(one).max() <= 2.4 * (1 + 1e-6) for one in scaled)
    assert [np.abs(one).max() > 2.3 for one in scaled if one.size >= 1000] == [True, True, True]
    spread = np.concatenate([one.ravel() for one in scaled]).std()
    assert spread == pytest.approx(2.4 / math.sqrt(3), rel=0.02)  # uniform


def test_the_weights_of_he_have_his_variance_in_a_partial_convolution_too():
    third = lenet5(weights="he", seed=3).C3[0]
    reads = np.repeat(lenet.c3_connections().sum(axis=1), lenet.c3_connections().sum(axis=1)) * 25
    scaled = third.weight.detach().numpy() * np.sqrt(reads / 2)[:, None, None]
    assert scaled.std() == pytest.approx(1, rel=0.06)
    assert not third.bias.any()


def test_each_switch_changes_its_part_alone():
    base = [repr(part) for part in lenet5()]
    changed = {
        ("activation", "relu"): {"C1", "S2", "C3", "S4", "C5"},
        ("pool", "average"): {"S2", "S4"},
        ("pool", "max"): {"S2", "S4"},
        ("c3", "full"): {"C3"},
        ("output", "softmax"): {"output"},
        ("weights", "he"): set(),
    }
    for (switch, value), parts in changed.items():
        model = lenet5(**{switch: value})
        found = {name for name, old, new in zip(PARTS, base, map(repr, model), strict=True) if old != new}
        assert found == parts, switch
        assert value in lenet.SWITCHES[switch][1:]
        assert model(torch.zeros(2, 1, 32, 32)).shape == (2, 10)
    defaults = {switch: values[0] for switch, values in lenet.SWITCHES.items()}
    assert [repr(part) for part in lenet5(**defaults)] == base


@pytest.mark.parametrize("switch", lenet.SWITCHES)
def test_an_unknown_switch_is_refused(switch):
    with pytest.raises(
        ArgumentError, match=f"^lenet5: {switch} must be one of .*; got {switch} = 'other'. Use {switch}="
    ):
        lenet5(**{switch: "other"})


def test_a_seed_gives_the_same_weights_and_leaves_the_generator_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    first, again, other = lenet5(seed=1), lenet5(seed=1), lenet5(seed=2)
    assert torch.equal(torch.rand(1), expected)
    assert all(map(torch.equal, first.parameters(), again.parameters()))
    assert not torch.equal(first.F6[0].weight, other.F6[0].weight)


# Digits.


def test_the_split_is_fixed_and_nothing_is_in_both(handwriting):
    train, test = handwriting
    assert (len(train), len(test)) == (1_297, 500)
    assert np.bincount(test.labels).tolist() == [50] * 10
    assert train.images.dtype == np.uint8
    assert train.images.shape[1:] == test.images.shape[1:] == (32, 32)
    seen = {image.tobytes() for image in train.images}
    assert not any(image.tobytes() in seen for image in test.images)
    again = lenet.handwritten_digits("test")
    assert np.array_equal(again.images, test.images)
    assert test.labels[:12].tolist() == again.labels[:12].tolist()


def test_digits_stand_in_the_middle_on_background(handwriting):
    for data in handwriting:
        inner = data.images[:, 2:30, 2:30]
        assert inner.astype(int).sum() == data.images.astype(int).sum()
        ink = data.images.astype(float)
        for axis in (1, 2):
            profile = ink.sum(axis=axis)
            middle = profile @ np.arange(32) / profile.sum(axis=1)
            assert np.abs(middle - 15.5).max() < 0.51  # half a pixel, and what whole grey values round


def test_enlarging_is_what_pytorch_calls_bilinear():
    images = np.random.default_rng(0).random((3, 8, 8))
    theirs = F.interpolate(torch.from_numpy(images[:, None]), size=(20, 20), mode="bilinear", align_corners=False)
    np.testing.assert_allclose(digits.enlarge(images), theirs[:, 0].numpy(), atol=1e-12)


def test_pictures_are_normalised_as_in_the_paper(handwriting):
    x = lenet.normalise(handwriting[0].images)
    assert x.dtype == torch.float32
    assert x.shape == (1_297, 1, 32, 32)
    assert (x.min().item(), x.max().item()) == pytest.approx((-0.1, 1.175))
    assert (round(x.mean().item(), 2), round(x.var().item(), 2)) == (0.05, 0.10)  # as the docstring says


def test_a_classifier_is_used_as_the_other_networks_are(handwriting):
    test = handwriting[1].first(40)
    for model in (lenet5(), lenet5_modern()):
        outputs = model(lenet.normalise(test.images))
        answers = outputs.argmin(1) if isinstance(model.output, lenet.RBF) else outputs.argmax(1)
        probabilities = predict_probabilities(lenet.Classifier(model), test.images)
        assert probabilities.argmax(axis=1).tolist() == answers.tolist()
        assert lenet.accuracy(model, test) == pytest.approx(np.mean(answers.numpy() == test.labels))
    before = lenet5().F6[0].weight
    model = lenet5()
    train(lenet.Classifier(model), test, test, budget="1e", batch_size=20, device="cpu")
    assert not torch.equal(model.F6[0].weight, before)


def test_other_splits_and_large_pictures_are_refused():
    for load in (lenet.handwritten_digits, lenet.mnist):
        with pytest.raises(ArgumentError, match=r'split must be "train" or "test"'):
            load("all")
    with pytest.raises(ArgumentError, match=r"^centred: images must be at most 28 pixels wide"):
        digits.centred(np.zeros((1, 29, 29)))


def test_mnist_is_read_where_the_reader_has_it(tmp_path, monkeypatch):
    import hashlib

    pixels = np.arange(2 * 28 * 28, dtype=np.uint32).astype(np.uint8)
    contents = {"images": bytes(16) + pixels.tobytes(), "labels": bytes(8) + bytes([7, 2])}
    for part, content in contents.items():
        name = digits.MNIST_FILES["test", part].name
        file = File(name, len(content), hashlib.sha256(content).hexdigest())
        monkeypatch.setitem(digits.MNIST_FILES, ("test", part), file)
        (tmp_path / name).write_bytes(gzip.compress(content))
    found = lenet.mnist("test", tmp_path)
    assert found.labels.tolist() == [7, 2]
    assert np.array_equal(found.images[:, 2:30, 2:30].ravel(), pixels)
    assert found.images.shape == (2, 32, 32)
    monkeypatch.setenv("COURSE_MNIST", str(tmp_path))
    assert repr(lenet.mnist("test")) == "Digits, test: 2 pictures of 32 × 32 pixels, from MNIST"
    with pytest.raises(DataError, match=r"has no file train-images-idx3-ubyte\.gz"):
        lenet.mnist("train", tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(bytes(10))
    with pytest.raises(DataError, match="damaged: its checksum"):
        lenet.mnist("test", tmp_path)


# Learning.


@pytest.mark.parametrize(("model", "least"), [(lenet5, 0.85), (lenet5_modern, 0.9)])
def test_a_short_run_is_far_better_than_chance(handwriting, model, least):
    rows = lenet.learn(model(), *handwriting, epochs=6)
    assert rows[-1].accuracy > least
    assert rows[-1].loss < rows[0].loss / 2


def test_the_same_seed_learns_the_same(handwriting):
    few = handwriting[0].first(200)
    runs = [lenet.learn(lenet5(seed=0), few, few, epochs=2, seed=seed) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_each_output_learns_from_its_own_loss(handwriting):
    few = handwriting[0].first(32)
    x, y = lenet.normalise(few.images), torch.from_numpy(few.labels.astype(np.int64))
    expected = {
        ("rbf", "map"): lenet.map_loss(lenet5()(x), y).item(),
        ("rbf", "mse"): lenet.mse_loss(lenet5()(x), y).item(),
        ("softmax", "map"): F.cross_entropy(lenet5(output="softmax")(x), y).item(),
    }
    for (output, loss), value in expected.items():
        first = lenet.learn(lenet5(output=output), few, few, epochs=1, loss=loss)
        assert first[0].loss == pytest.approx(value, rel=1e-4)


def test_settings_that_cannot_be_used_are_refused(handwriting):
    few = handwriting[0].first(40)
    for wrong in ({"epochs": 0}, {"loss": "other"}, {"batch_size": 41}, {"batch_size": 0}):
        with pytest.raises(ArgumentError, match=f"^learn: {next(iter(wrong))} must"):
            lenet.learn(lenet5(), few, few, **{"epochs": 1, **wrong})
    with pytest.raises(TrainingError, match="no longer a number in epoch 1"):
        lenet.learn(lenet5("relu", output="softmax"), few, few, epochs=3, batch_size=4, peak_rate=1e30)


def test_the_ablation_changes_one_thing_at_a_time(handwriting):
    one, *changes, everything = lenet.VARIANTS.values()
    assert one == {}
    assert [len(change) for change in changes] == [1] * 7 + [2]  # ReLU alone learns nothing from the paper's weights
    together = dict(item for change in changes for item in change.items() if item[0] in everything)
    assert everything == {**together, "pool": "max"} == study.MODERN
    few, told = handwriting[0].first(64), []
    rows = lenet.ablation(
        few, few, seeds=(0, 3), epochs=1, variants={"a": {"loss": "mse"}, "b": study.MODERN},
        progress=lambda name, seed: told.append((name, seed)),
    )  # fmt: skip
    assert told == [("a", 0), ("a", 3), ("b", 0), ("b", 3)]
    assert [row.name for row in rows] == ["a", "b"]
    for row in rows:
        assert row.mean == pytest.approx(np.mean(row.accuracies))
        assert row.spread == pytest.approx(np.std(row.accuracies, ddof=1))
    assert rows[1].spread > 0
    with pytest.raises(ArgumentError, match=r"^ablation: seeds must hold at least one number"):
        lenet.ablation(few, few, seeds=())


def test_the_ablation_that_the_course_carries_is_whole():
    found = lenet.measured_ablation()
    assert [row["name"] for row in found["rows"]] == list(lenet.VARIANTS)
    assert all(len(row["accuracies"]) == found["seeds"] == 3 for row in found["rows"])
    assert found["epochs"] == study.EPOCHS
    for row in found["rows"]:
        assert row["mean"] == pytest.approx(np.mean(row["accuracies"]))
        assert row["spread"] == pytest.approx(np.std(row["accuracies"], ddof=1))


def test_a_missing_file_of_the_ablation_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(study, "MEASURED", tmp_path / "ablation.json")
    with pytest.raises(DataError, match=r"is missing or damaged\. Take it again from the course"):
        lenet.measured_ablation()


def test_the_benchmark_prints_the_table_and_writes_only_what_its_command_gives(monkeypatch, capsys):
    from course import cli

    defaults = {**study.ablation.__kwdefaults__, "variants": {"LeNet-5": {}}}
    monkeypatch.setattr(study.ablation, "__kwdefaults__", defaults)
    assert cli.main(["bench", "lenet", "--seeds", "1", "--epochs", "1"]) == 0
    assert "LeNet-5" in capsys.readouterr().out
    assert cli.main(["bench", "lenet", "--seeds", "1", "--write"]) == 2


# The table of landmarks.


def test_the_landmarks_are_computed_from_the_networks():
    table = {row.name: row for row in landmarks()}
    counts = lenet.layer_counts(lenet5())
    assert table["LeNet-5"].connections == sum(row.connections for row in counts)
    assert table["LeNet-5"].receptive_field == 32  # the units of C5 see all of the input
    assert table["Fashion-MNIST CNN"].parameters == count_parameters(fashion_cnn())
    assert table["Fashion-MNIST CNN"].multiplications == multiplications(fashion_cnn())
    assert all(row.receptive_field >= row.input_size for row in table.values())
    assert [row.accuracy for row in landmarks({"LeNet-5": 0.5})] == [None, 0.5, None]
    with pytest.raises(ArgumentError, match=r"^landmarks: accuracies must have the names neocognitron, LeNet-5"):
        landmarks({"LeNet-4": 1.0})


def test_the_neocognitron_is_counted_cell_by_cell():
    by_hand, below = [], 1
    for name, size, planes, window, learns, _stride in NEOCOGNITRON:
        connections = 0
        for _place in range(size * size):
            inhibitory = window * window * below  # one cell for all planes
            own = window * window * (below if learns else 1) + 1
            connections += inhibitory + planes * own
        by_hand.append((name, connections))
        below = planes
    assert [(row.name, row.connections) for row in neocognitron_counts()] == by_hand
    assert sum(row.parameters for row in neocognitron_counts()) == 24 * 26 + 2 * 24 * (24 * 25 + 1)


def test_the_neocognitron_of_the_table_is_the_one_that_the_course_builds():
    expected, stack, size = [], [], 16
    for module in neocognitron.PAPER:
        s_size, c_size = module.sizes(size)
        expected += [
            (s_size, module.planes, module.s_window, 1),
            (c_size, module.planes, module.c_window, module.c_stride),
        ]
        stack += [
            Layer(module.s_window, 1, module.s_padding),
            Layer(module.c_window, module.c_stride, module.c_padding),
        ]
        size = c_size
    assert [(layer.size, layer.planes, layer.window, layer.stride) for layer in NEOCOGNITRON] == expected
    assert landmarks()[0].receptive_field == trace(stack)[-1].size
