"""The networks are those of the lesson, and their weights survive the way to NumPy and back."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from course.errors import ArgumentError, DataError
from course.models import (
    MODELS,
    RECIPES,
    build_model,
    count_parameters,
    fashion_cnn,
    load_weights,
    small_fashion_cnn,
    weights_to_numpy,
)
from course.weights import TRAINED_FILE, fold_batch_norm, read_weights, trained_weights, weights_bytes


def plain_forward(weights, x):
    """The book's architecture with convolutions, biases, ReLU and pooling alone, from folded weights."""
    w = {name: torch.from_numpy(array) for name, array in weights.items()}
    pool_after = {1, 3, 5}
    for number in range(1, 6):
        x = nn.functional.conv2d(x, w[f"conv{number}.weight"], w[f"conv{number}.bias"], padding="same").relu()
        if number in pool_after:
            x = nn.functional.max_pool2d(x, 2)
    x = x.flatten(1)
    for number in (1, 2, 3):
        x = x @ w[f"dense{number}.weight"].T + w[f"dense{number}.bias"]
        x = x.relu() if number < 3 else x
    return x


def test_the_books_network_to_the_letter():
    layers = [sum(p.numel() for p in layer.parameters()) for layer in fashion_cnn()]
    counts = [count for count in layers if count]
    assert counts == [3_200, 73_856, 147_584, 295_168, 590_080, 295_040, 8_256, 650]
    assert count_parameters(fashion_cnn()) == 1_413_834


def test_the_small_network_has_an_eighth_of_the_width_and_a_norm_after_each_convolution():
    def widths(model):
        kinds = (nn.Conv2d, nn.Linear)
        return [layer.weight.shape[0] for layer in model if isinstance(layer, kinds)]

    book, small = widths(fashion_cnn()), widths(small_fashion_cnn())
    assert [8 * width for width in small[:-1]] == book[:-1]
    assert small[-1] == book[-1] == 10
    layers = list(small_fashion_cnn())
    for layer, after in itertools.pairwise(layers):
        assert isinstance(layer, nn.Conv2d) == isinstance(after, nn.BatchNorm2d)

    def skeleton(model):
        return [type(layer) for layer in model if not isinstance(layer, (nn.BatchNorm2d, nn.Dropout))]

    assert skeleton(fashion_cnn()) == skeleton(small_fashion_cnn())


@pytest.mark.parametrize("name", MODELS)
def test_shapes_and_seeds(name):
    model = build_model(name, seed=3)
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    same, other = weights_to_numpy(build_model(name, seed=3)), weights_to_numpy(build_model(name, seed=4))
    mine = weights_to_numpy(model)
    np.testing.assert_array_equal(mine["conv1.weight"], same["conv1.weight"])
    assert not np.array_equal(mine["conv1.weight"], other["conv1.weight"])
    assert name in RECIPES


def test_building_a_network_leaves_the_random_numbers_of_others_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    build_model("small", seed=5)
    assert torch.equal(torch.rand(3), expected)


def test_an_unknown_network_is_named():
    with pytest.raises(ArgumentError, match="name must be one of small, book; got name = 'large'"):
        build_model("large")


@pytest.mark.parametrize("name", MODELS)
def test_weights_to_numpy_and_back(name):
    model, other = build_model(name, 1).eval(), build_model(name, 2).eval()
    x = torch.rand(3, 1, 28, 28)
    weights = weights_to_numpy(model)
    load_weights(other, weights)
    assert torch.equal(model(x), other(x))
    weights["conv1.weight"][:] = 0  # a copy: the network does not change
    assert model[0].weight.abs().sum() > 0


@pytest.mark.parametrize("name", MODELS)
def test_folded_weights_give_the_same_answers(name):
    model = build_model(name, 1)
    if name == "small":
        load_weights(model, trained_weights())
    x = torch.rand(5, 1, 28, 28)
    weights = fold_batch_norm(weights_to_numpy(model))
    assert sorted(weights) == sorted(
        [f"conv{k}.{part}" for k in range(1, 6) for part in ("weight", "bias")]
        + [f"dense{k}.{part}" for k in range(1, 4) for part in ("weight", "bias")]
    )
    with torch.no_grad():
        torch.testing.assert_close(plain_forward(weights, x), model.eval()(x), rtol=1e-4, atol=1e-4)


def test_folding_keeps_the_bias_of_a_convolution_and_wants_a_convolution():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3))
    model(torch.rand(8, 1, 9, 9))  # so that the running statistics are not 0 and 1
    nn.init.uniform_(model[3].weight, 0.5, 2)
    nn.init.uniform_(model[3].bias)
    model.eval()
    weights = fold_batch_norm(weights_to_numpy(model))
    plain = load_weights(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 3, 3)), weights)
    x = torch.rand(2, 1, 9, 9)
    torch.testing.assert_close(plain(x), model(x))
    with pytest.raises(ArgumentError, match=r"hold conv0.weight for norm0"):
        fold_batch_norm(weights_to_numpy(nn.Sequential(nn.BatchNorm2d(3))))


def test_weights_of_another_network_are_refused_and_change_nothing():
    model = build_model("small")
    before = weights_to_numpy(model)
    with pytest.raises(DataError, match=r"of another network: conv1\.bias is in only one of the two"):
        load_weights(model, weights_to_numpy(build_model("book")))
    wrong = {**before, "dense3.weight": np.zeros((3, 3), np.float32)}
    with pytest.raises(DataError, match=r"dense3.weight has shape \(3, 3\), and the network needs \(10, 8\)"):
        load_weights(model, {name: array + 1 for name, array in wrong.items()})
    np.testing.assert_array_equal(before["conv1.weight"], weights_to_numpy(model)["conv1.weight"])


def test_the_carried_weights_fit_and_know_how_they_were_made():
    model = load_weights(small_fashion_cnn(), trained_weights())
    assert all(torch.isfinite(p).all() for p in model.parameters())
    _, about = read_weights(TRAINED_FILE)
    assert about.startswith("python3 -m course train --model small --budget")
    assert TRAINED_FILE.stat().st_size < 150_000


def test_the_carried_weights_know_garments():
    from course.data import fashion_mnist_sample
    from course.training import evaluate, pictures_on

    model = load_weights(small_fashion_cnn(), trained_weights())
    pictures = pictures_on(torch.device("cpu"), fashion_mnist_sample("test"))
    assert evaluate(model, pictures)[1] > 0.89


def test_files_of_weights(tmp_path):
    path = tmp_path / "w.npz"
    path.write_bytes(weights_bytes({"conv1.weight": np.ones((1, 1, 2, 2), np.float32)}, "made so"))
    weights, about = read_weights(path)
    assert about == "made so"
    assert weights["conv1.weight"].sum() == 4
    with pytest.raises(DataError, match="There is no file"):
        read_weights(tmp_path / "none.npz")


@pytest.mark.parametrize("cut", [0, 10, 200, -30])
def test_damaged_files_of_weights_are_refused(tmp_path, cut):
    content = weights_bytes({"conv1.weight": np.ones((8, 1, 7, 7), np.float32)}, "x")
    path = tmp_path / "w.npz"
    path.write_bytes(content[:cut])
    with pytest.raises(DataError, match=r"damaged or not a file of weights|holds no weights"):
        read_weights(path)


def test_flipped_bytes_and_pickles_are_refused(tmp_path):
    rng = np.random.default_rng(0)
    content = bytearray(weights_bytes({"conv1.weight": rng.random((8, 1, 7, 7)).astype(np.float32)}, "x"))
    content[300] ^= 0xFF
    path = tmp_path / "w.npz"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_weights(path)
    np.savez(path, a=np.array([{"code": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError):
        read_weights(path)
    np.save(tmp_path / "w.npy", np.zeros(3))
    with pytest.raises(DataError, match="damaged or not a file of weights"):
        read_weights(tmp_path / "w.npy")


def test_reading_weights_needs_no_torch():
    import subprocess
    import sys

    code = "import sys, course.weights as w; w.fold_batch_norm; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
