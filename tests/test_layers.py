"""A network is read the same, whatever code it is written in."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.activations import feature_maps, first_filters, pixels_seen
from course.errors import ArgumentError
from course.layers import layers_of, one_thread
from course.models import describe_layers, fashion_cnn, load_weights, weights_to_numpy

# No pixel is 0: there torch gives clamp the derivative 1, and relu 0.
IMAGE = np.random.default_rng(0).integers(1, 256, (28, 28), dtype=np.uint8)


class InWords(nn.Module):
    """The same layers as a flat row, by functions and methods, each weight written down in another order."""

    def __init__(self, row):
        super().__init__()
        self.weighted = nn.ModuleDict({f"w{k}": layer for k, layer in reversed(list(enumerate(row)))
                                       if list(layer.parameters())})  # fmt: skip
        self.row = [type(layer).__name__ for layer in row]

    def forward(self, x):
        for number, name in enumerate(self.row):
            if f"w{number}" in self.weighted:
                x = self.weighted[f"w{number}"](x)
            elif name == "ReLU":
                x = (F.relu, torch.relu, lambda x: x.clamp(min=0), lambda x: x.relu_())[number % 4](x)
            elif name == "MaxPool2d":
                x = F.max_pool2d(x, 2) if number % 2 else torch.max_pool2d(x, (2, 2), (2, 2))
            elif name == "Dropout":
                x = F.dropout(x, 0.5, self.training)
            else:
                ways = (
                    lambda x: x.flatten(1),
                    lambda x: x.view(len(x), -1),
                    lambda x: x.reshape(x.shape[0], -1),
                    lambda x: torch.flatten(x, 1),
                )
                x = ways[number % 4](x)
        return x


@st.composite
def rows(draw):
    """A network of a few groups of convolution, norm, ReLU, pool; then dense layers."""
    row, below, side = [], 1, 28
    for _ in range(draw(st.integers(1, 3))):
        above, size = draw(st.integers(1, 4)), draw(st.sampled_from([1, 3, 5]))
        row.append(nn.Conv2d(below, above, size, padding="same", bias=draw(st.booleans())))
        row += [nn.BatchNorm2d(above)] if draw(st.booleans()) else []
        row += [nn.ReLU()] if draw(st.booleans()) else []
        if draw(st.booleans()):
            row.append(nn.MaxPool2d(2))
            side //= 2
        below = above
    row += [nn.Flatten(), nn.Linear(below * side * side, 5)]
    return row + ([nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 10)] if draw(st.booleans()) else [])


def written_otherwise(row, cut):
    cut = min(cut, len(row))
    yield nn.Sequential(nn.Sequential(*row[:cut]), nn.Sequential(nn.Sequential(*row[cut:])))
    yield InWords(row)
    shared = {nn.ReLU: nn.ReLU(), nn.Dropout: nn.Dropout(0.5), nn.MaxPool2d: nn.MaxPool2d(2)}
    yield nn.Sequential(*(shared.get(type(layer), layer) for layer in row))


@settings(max_examples=25, deadline=None)
@given(rows(), st.integers(0, 8), st.randoms(use_true_random=False))
def test_the_same_network_is_read_the_same(row, cut, random):
    flat = nn.Sequential(*row)
    described, maps, weights = describe_layers(flat), feature_maps(flat, IMAGE), weights_to_numpy(flat)
    assert len(described) == len(row)  # each layer once
    assert sum(layer["parameters"] for layer in described) == sum(weight.numel() for weight in flat.parameters())
    unit = random.randrange(len(row))
    place = tuple(size // 2 for size in list(maps.values())[unit].shape)
    seen = pixels_seen(flat, unit, place, IMAGE[None])
    for other in written_otherwise(row, cut):
        assert describe_layers(other) == described
        again = feature_maps(other, IMAGE)
        assert list(again) == list(maps)
        for name, values in maps.items():
            np.testing.assert_allclose(again[name], values, rtol=1e-5, atol=1e-5)
        names = weights_to_numpy(other)
        assert list(names) == list(weights)
        assert all(np.array_equal(names[name], weights[name]) for name in weights)
        np.testing.assert_allclose(pixels_seen(other, unit, place, IMAGE[None]), seen, rtol=1e-4, atol=1e-7)
        np.testing.assert_array_equal(first_filters(other), first_filters(flat))


def test_weights_go_into_a_network_that_is_written_otherwise():
    row = list(fashion_cnn())
    weights = weights_to_numpy(nn.Sequential(*row))
    target = InWords(list(fashion_cnn()))
    load_weights(target, weights)
    x = torch.rand(2, 1, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(target.eval()(x), nn.Sequential(*row).eval()(x))


def test_reading_leaves_the_network_and_the_chance_of_others_as_they_were():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5)).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    layers_of(model)
    feature_maps(model, IMAGE)
    assert torch.equal(torch.rand(2), expected)
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_what_cannot_be_read_is_told():
    with pytest.raises(ArgumentError, match="model must be a network of PyTorch"):
        layers_of(lambda x: x)
    with pytest.raises(ArgumentError, match=r"must take pictures of shape \(1, 28, 28\); after 1 layers it stopped"):
        describe_layers(nn.Sequential(nn.Flatten(), nn.Linear(100, 10)))


def test_threads_are_as_many_as_before_also_where_it_went_wrong():
    before = torch.get_num_threads()

    @one_thread()
    def breaks():
        raise RuntimeError(torch.get_num_threads())

    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"^1$"):
            breaks()
        assert torch.get_num_threads() == before
