"""What is read out of a network is what the network computes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course import activations, answers
from course.errors import ArgumentError
from course.models import build_model

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 28, 28), dtype=np.uint8)


@pytest.fixture(scope="module")
def model():
    return build_model("small", 1).train()


def test_probabilities_are_softmax_in_evaluation_mode_whatever_the_batches(model):
    probabilities = answers.predict_probabilities(model, IMAGES)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(answers.predict_probabilities(model, IMAGES, batch_size=4), probabilities, rtol=1e-4)
    assert model.training  # left as it was
    assert all(layer.training for layer in model)


def test_feature_maps_trace_the_forward_pass(model):
    model.eval()
    maps = activations.feature_maps(model, IMAGES[0])
    model.train()
    assert len(maps) == len(model)
    assert maps["3 MaxPool2d"].shape == (8, 14, 14)
    assert maps["18 Flatten"].shape == (288,)
    last = list(maps.values())[-1]
    exponentials = np.exp(last - last.max())
    expected = answers.predict_probabilities(model, IMAGES[:1])[0]
    np.testing.assert_allclose(exponentials / exponentials.sum(), expected, rtol=1e-4)


def test_feature_maps_survive_a_relu_that_works_in_place():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True))
    first, second = activations.feature_maps(model, IMAGES[0]).values()
    assert first.min() < 0 <= second.min()


def test_first_filters_are_a_copy_in_order(model):
    filters = activations.first_filters(model)
    np.testing.assert_array_equal(filters, model[0].weight.detach().numpy())
    filters[:] = 0
    assert model[0].weight.abs().sum() > 0
    with pytest.raises(ArgumentError, match="model must have a convolution"):
        activations.first_filters(nn.Sequential(nn.Flatten(), nn.Linear(784, 2)))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=40))
def test_confusion_matrix_counts_each_pair(pairs):
    labels, predictions = np.array(pairs, int).reshape(-1, 2).T
    counts = answers.confusion_matrix(labels, predictions, classes=5)
    assert counts.sum() == len(pairs)
    for i in range(5):
        for j in range(5):
            assert counts[i, j] == pairs.count((i, j))


@pytest.mark.parametrize(
    ("labels", "predictions", "says"),
    [
        ([0, 1], [0], "predictions must be as many as labels, 2"),
        ([0, 10], [0, 1], "labels must be whole numbers from 0 to 9"),
        ([0, 1], [0, -1], "predictions must be whole numbers from 0 to 9"),
        ([0.5, 1], [0, 1], "labels must be whole numbers"),
    ],
)
def test_confusion_matrix_refuses(labels, predictions, says):
    with pytest.raises(ArgumentError, match=says):
        answers.confusion_matrix(np.array(labels), np.array(predictions))


def test_labels_of_uint8_count_beyond_255():
    zeros = np.zeros(300, np.uint8)
    assert answers.confusion_matrix(zeros, zeros)[0, 0] == 300


def test_confident_mistakes_are_wrong_and_in_order():
    probabilities = RNG.dirichlet(np.ones(10), 200)
    labels = RNG.integers(0, 10, 200).astype(np.uint8)
    mistakes = answers.confident_mistakes(probabilities, labels, count=20)
    assert (mistakes.predicted != mistakes.true).all()
    np.testing.assert_array_equal(mistakes.true, labels[mistakes.index])
    assert (np.diff(mistakes.confidence) <= 0).all()
    others = np.setdiff1d(np.flatnonzero(probabilities.argmax(1) != labels), mistakes.index)
    assert probabilities[others].max() <= mistakes.confidence.min()


@pytest.mark.parametrize("method", ["gradient", "poke"])
def test_a_unit_sees_nothing_outside_its_receptive_field(method):
    model = build_model("small", 2)
    seen = activations.pixels_seen(model, 4, (5, 7, 6), IMAGES[:2], method)  # conv 3x3 after pool 2 after conv 7x7
    rows, columns = np.nonzero(seen)
    # Units 6..8 of the pooled map, pixels 12..17 of the first map, 9..20 of the picture.
    assert (rows.min(), rows.max()) == (9, 20)
    assert (columns.min(), columns.max()) == (7, 18)
    assert seen.shape == (28, 28)


def test_gradient_is_that_of_a_linear_unit():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 3))
    seen = activations.pixels_seen(model, 1, (2,), IMAGES)
    np.testing.assert_allclose(seen, model[1].weight[2].detach().abs().numpy().reshape(28, 28), rtol=1e-6)
    poked = activations.pixels_seen(model, 1, (2,), np.zeros((1, 28, 28), np.uint8), "poke")
    np.testing.assert_allclose(poked, seen, atol=1e-5)


def test_pixels_seen_leaves_no_gradient_behind(model):
    activations.pixels_seen(model, 8, (0, 3, 3), IMAGES)
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize(
    ("layer", "unit", "method", "says"),
    [
        (99, (0,), "gradient", "layer must be from 0 to"),
        (0, (8, 0, 0), "gradient", r"unit must be a place in the output of layer 0, which has shape \(8, 28, 28\)"),
        (0, (0, 0), "gradient", "unit must be a place"),
        (0, (0, 0, 0), "guess", "method must be gradient or poke"),
    ],
)
def test_pixels_seen_refuses(model, layer, unit, method, says):
    with pytest.raises(ArgumentError, match=says):
        activations.pixels_seen(model, layer, unit, IMAGES, method)


@given(st.integers(-30, 30), st.integers(-30, 30))
def test_shift_pictures_against_its_definition(rows, columns):
    moved = answers.shift_pictures(IMAGES[:1], rows, columns)[0]
    for r, c in [(0, 0), (27, 27), (13, 5), (3, 20)]:
        inside = 0 <= r - rows < 28 and 0 <= c - columns < 28
        assert moved[r, c] == (IMAGES[0, r - rows, c - columns] if inside else 0)


def test_accuracy_under_shift_moves_pictures_not_labels(model):
    said = answers.predict_probabilities(model, IMAGES).argmax(1)
    accuracy = answers.accuracy_under_shift(model, IMAGES, said, [(0, 0), (28, 0)])
    black = answers.predict_probabilities(model, np.zeros_like(IMAGES)).argmax(1)
    np.testing.assert_allclose(accuracy, [1, np.mean(black == said)])
    with pytest.raises(ArgumentError, match="one label for each picture"):
        answers.accuracy_under_shift(model, IMAGES, said[:2], [(0, 0)])


@pytest.mark.parametrize("images", [IMAGES.astype(float), IMAGES[0], IMAGES[:0], [[1]]])
def test_pictures_of_another_kind_are_refused(model, images):
    with pytest.raises(ArgumentError, match="images must be uint8 of shape"):
        answers.predict_probabilities(model, images)


def test_results_are_plain_arrays(model):
    assert not any(isinstance(array, torch.Tensor) for array in activations.feature_maps(model, IMAGES[0]).values())
