"""Lesson 5: its checks, the numbers in its prose, its pictures and what its explorers show."""

import argparse
import copy
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course import activations, answers, manifest, training, variants
from course.arithmetic import conv_cost
from course.cell.objects import Made
from course.cell.run import Outcome
from course.checks.bank.training_run import NEEDED, SECONDS
from course.checks.judge import judge, judge_function
from course.checks.registry import exercises_of
from course.commands import train as train_command
from course.data import CLASS_NAMES, fashion_mnist_sample
from course.errors import ArgumentError
from course.explained import explained
from course.figures import learned, networks
from course.models import (
    build_model,
    count_parameters,
    describe_layers,
    fashion_cnn,
    initialise,
    load_weights,
    multiplications,
    recipe,
    weights_to_numpy,
)
from course.notebooks.source import read_source, solution_code
from course.receptive import Layer, trace
from course.training import History
from course.training.record import CARRIED
from course.weights import TRAINED_FILE, fold_batch_norm, read_weights, trained_weights
from course.widgets.network import MOST

ROOT = Path(__file__).resolve().parents[1]
SOURCE = (ROOT / "solutions" / "05_cnn.py").read_text(encoding="utf-8")
LESSON = next(lesson for lesson in manifest.LESSONS if lesson.number == 5)
BY_NAME = {exercise.name: exercise for exercise in exercises_of(5)}


@pytest.fixture(scope="module")
def solutions():
    return solved()


def solved():
    """Return the functions of the source, as a reader would have written them."""
    names = {"np": np, "torch": torch, "nn": nn, "F": F}
    for cell in read_source(SOURCE, LESSON):
        if "exercise" in cell.tags or cell.label == "tools":
            exec(compile(solution_code(cell), cell.label, "exec"), names)
    return names


@pytest.fixture(scope="module")
def test_sample():
    return fashion_mnist_sample("test")


@pytest.fixture(scope="module")
def carried():
    return load_weights(build_model("small"), trained_weights())


# --- The checks ----------------------------------------------------------------------------------------


# --- The graded training run -----------------------------------------------------------------------------


def judged_run(answer, seed=2):
    return judge_function(BY_NAME["training_run"], answer, seed)


@pytest.mark.slow
def test_the_solution_of_the_training_run_reaches_what_is_asked_for(solutions):
    report = judged_run(solutions["training_run"])
    assert report.passed, report.failure


def test_random_answers_earn_the_form_alone():
    report = judged_run(lambda images, labels, tests, clock: np.random.default_rng(0).integers(0, 10, len(tests)))
    assert [result.passed for result in report.results] == [True, False, True]
    assert "about what guessing gives" in report.failure.says


def in_the_middle(images):
    """Bring the centre of mass of each picture to the middle."""
    moved = []
    for image in images:
        weight = image / (image.sum() + 1e-9)
        row, column = ((weight.sum(axis) * np.arange(28)).sum() for axis in (1, 0))
        moved.append(np.pad(image, 14)[round(row) :, round(column) :][:28, :28])
    return np.array(moved)


def nearest(images, labels, tests):
    known, asked = (pictures.reshape(len(pictures), -1) / 255 for pictures in (images, tests))
    distance = (known**2).sum(axis=1) - 2 * asked @ known.T
    return labels[distance.argmin(axis=1)]


def dense(images, labels, tests):
    torch.manual_seed(0)
    x, asked = (torch.from_numpy(pictures[:, None]).float() / 255 for pictures in (images, tests))
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(15):
        for chosen in torch.randperm(len(x)).split(50):
            optimizer.zero_grad()
            F.cross_entropy(model(x[chosen]), torch.from_numpy(labels[chosen])).backward()
            optimizer.step()
    with torch.no_grad():
        return model(asked).argmax(1).numpy()


@pytest.mark.slow
@pytest.mark.parametrize("first", [np.asarray, in_the_middle])
@pytest.mark.parametrize("way", [nearest, dense])
def test_neither_neighbours_nor_a_dense_network_do_for_the_training_run(way, first):
    (case,) = BY_NAME["training_run"].properties[1].cases(np.random.default_rng(5))
    images, labels, tests, _ = (argument.build() for argument in case.arguments.values())
    accuracy = np.mean(way(first(images), labels, first(tests)) == case.known["answers"])
    assert 0.5 < accuracy < 0.7 < NEEDED  # "they fall short of 70%"


def test_late_answers_are_refused():
    exercise = BY_NAME["training_run"]
    plan = exercise.plan(0)
    held = {}
    for seconds in (SECONDS, SECONDS + 10, float("nan")):
        outcomes = [Outcome(case.known, seconds=seconds) for case in plan.cases]
        report = judge(plan, outcomes, written=True)
        held[str(seconds)] = [result.passed for result in report.results]
    assert held == {"60": [True, True, True], "70": [True, False, True], "nan": [False, False, True]}
    assert judge(plan, [Outcome(case.known, seconds=70) for case in plan.cases]).failure.says.startswith("it took 70 s")


def test_the_lesson_states_the_budget_that_is_graded():
    text = re.sub(r"\n# ", " ", SOURCE)
    assert f"starts at {SECONDS} seconds" in text
    assert f"At least {NEEDED:.0%} must be right" in text
    (case,) = BY_NAME["training_run"].properties[1].cases(np.random.default_rng(0))
    assert isinstance(case.arguments["clock"], Made)
    assert [len(case.arguments[name].build()) for name in ("train_images", "test_images")] == [3000, 500]


# --- What the prose says -----------------------------------------------------------------------------------


def test_numbers_of_the_books_network(solutions):
    book = fashion_cnn()
    layers = describe_layers(book)
    shapes = solutions["shape_trace"](layers, (1, 28, 28))
    learned_numbers = [layer["parameters"] for layer in layers if layer["parameters"]]
    assert learned_numbers == [3200, 73856, 147584, 295168, 590080, 295040, 8256, 650]
    assert count_parameters(book) == 1_413_834
    convolutions = [
        conv_cost(before[0], shape[0], layer["kernel_size"], shape[1:])
        for layer, shape, before in zip(layers, shapes, [(1, 28, 28), *shapes], strict=False)
        if layer["kind"] == "conv"
    ]
    dense = [2304 * 128, 128 * 64, 64 * 10]
    work = sum(convolutions) + sum(dense)
    assert round(work / 1e6, 1) == 89.5
    assert 0.2 < 295040 / 1_413_834 < 0.22  # "a fifth of the parameters"
    assert sum(learned_numbers[3:6]) / 1_413_834 > 0.8  # "more than four fifths of them"
    assert round(learned_numbers[4] / 1_413_834, 2) == 0.42  # "the last convolution alone 42%"
    assert 0.0031 < dense[0] / work < 0.0035  # "a third of a per cent of the work"
    first, *others = convolutions
    assert round(first / work, 3) == 0.027  # "2.7 % of the work"
    assert sum(others[:2]) == sum(others[2:])  # the two pairs
    assert 0.48 < sum(others[2:]) / work < 0.49  # "nearly half of it by each pair"
    windows = [layer for layer in layers if layer["kind"] in ("conv", "pool")]
    steps = trace(Layer(w["kernel_size"][0], w["stride"][0], w["padding"][0]) for w in windows)
    assert steps[-1].size == 38
    assert (2304,) in shapes


def test_shapes_are_those_of_pytorch(solutions):
    for model in (fashion_cnn(), build_model("small")):
        x, shapes = torch.zeros(1, 1, 28, 28), []
        for layer in model.eval():
            x = layer(x)
            shapes.append(tuple(x.shape[1:]))
        assert solutions["shape_trace"](describe_layers(model), (1, 28, 28)) == shapes


def test_padding_is_described_as_numbers():
    strided = nn.Sequential(nn.Conv2d(2, 3, (5, 3), stride=(2, 1), padding="valid"), nn.AvgPool2d(2), nn.Linear(3, 4))
    conv, pool, dense = describe_layers(strided, (2, 20, 8))
    assert (conv["kernel_size"], conv["stride"], conv["padding"]) == ((5, 3), (2, 1), (0, 0))
    assert (pool["kind"], pool["stride"]) == ("pool", (2, 2))
    assert (dense["kind"], dense["out_features"], dense["parameters"]) == ("dense", 4, 16)


def assert_close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4 * np.abs(theirs).max())


def test_forward_numpy_equals_torch_for_the_small_network(solutions, test_sample, carried):
    x = test_sample.images[:100, None].astype(np.float32) / 255
    with torch.no_grad():
        theirs = carried.eval()(torch.from_numpy(x)).numpy()
    assert_close(solutions["forward_numpy"](fold_batch_norm(trained_weights()), x), theirs)


def test_forward_numpy_equals_torch_for_the_books_network(solutions, test_sample):
    torch.manual_seed(1)
    book = fashion_cnn()
    x = torch.from_numpy(test_sample.images[:24, None].astype(np.float32) / 255)
    y = torch.from_numpy(test_sample.labels[:24].astype(np.int64))
    optimizer = torch.optim.Adam(book.parameters(), lr=1e-3)
    for _ in range(3):
        solutions["train_step"](book, x, y, optimizer)
    with torch.no_grad():
        theirs = book.eval()(x[:4]).numpy()
    assert_close(solutions["forward_numpy"](weights_to_numpy(book), x[:4].numpy()), theirs)


def test_carried_weights_do_what_the_lesson_says(test_sample, carried):
    images, labels = test_sample.images, test_sample.labels
    still, one, right, left, down = answers.accuracy_under_shift(
        carried, images, labels, [(0, 0), (0, 1), (0, 4), (0, -4), (4, 0)]
    )
    assert still > 0.9
    assert still - one < 0.05  # "one pixel costs little"
    assert 0.35 < still - right < 0.6  # "about half of all answers"
    assert still - left < still - right  # "left less than right"
    assert still - down < still - right  # "down costs less than right"
    probabilities = answers.predict_probabilities(carried, images)
    counts = answers.confusion_matrix(labels, probabilities.argmax(1))
    assert test_sample.class_names[int((counts.sum(1) - counts.diagonal()).argmax())] == "Shirt"
    assert test_sample.class_names[labels[12]] == "Sneaker"  # the picture in doubt
    assert test_sample.class_names[probabilities[12].argmax()] == "Sandal"
    assert probabilities[0].max() > 0.99  # `doubtful = 0`: sure, and right
    assert probabilities[0].argmax() == labels[0]


@pytest.fixture(scope="module")
def network(test_sample, carried):
    return explained(carried, test_sample)


def firsts_of(sample):
    return [int(np.flatnonzero(sample.labels == label)[0]) for label in range(10)]


def smallest_shifts(network, number):
    """Return how many pixels the smallest shift has that changes the answer, and which shifts of them do, to what."""
    answers_to = network.moved(network.images[number], MOST).argmax(2)
    found = {}
    for (i, j), answer in np.ndenumerate(answers_to):
        if answer != answers_to[MOST, MOST]:
            down, right = i - MOST, j - MOST
            found.setdefault(abs(down) + abs(right), []).append((down, right, network.classes[answer]))
    return min(found.items(), default=(np.inf, []))


def test_what_there_is_to_find_in_the_first_explorer(test_sample, network):
    shapes = {one["name"].split()[1]: one["shape"] for one in network.layers}
    pools = [one["shape"] for one in network.layers if one["name"].endswith("MaxPool2d")]
    assert pools == [(8, 14, 14), (16, 7, 7), (32, 3, 3)]
    assert shapes["Linear"] == (10, 1, 1)
    found = dict(zip(network.classes, (smallest_shifts(network, k) for k in firsts_of(test_sample)), strict=True))
    assert found["T-shirt/top"] == (3, [(0, 3, "Bag")])
    assert found["Shirt"] == (1, [(-1, 0, "T-shirt/top")])
    assert found["Trouser"] == (6, [(0, -6, "Bag")])
    assert found["Bag"] == (6, [(6, 0, "T-shirt/top")])
    others = [pixels for name, (pixels, _) in found.items() if name not in ("T-shirt/top", "Shirt", "Trouser", "Bag")]
    assert (min(others), max(others)) == (2, 4)
    _, shares = network.look(test_sample.images[4], [])
    assert (network.classes[shares.argmax()], round(100 * float(shares.max()))) == ("Shirt", 55)


def test_what_excites_the_maps_of_the_carried_network(test_sample, network):
    def classes_of(layer, number):
        labels = test_sample.labels[network.exciting(layer).map_pictures[number]]
        return [network.classes[label] for label in labels]

    assert (classes_of(2, 1).count("Trouser"), classes_of(2, 1).count("Pullover")) == (5, 3)
    for number, name in ((28, "Trouser"), (6, "Bag"), (18, "Sneaker")):
        assert classes_of(17, number) == [name] * 9
    assert sum(len(set(classes_of(17, number))) > 1 for number in range(32)) > 16  # "Many other maps mix classes"
    for number, name in enumerate(network.classes):
        assert classes_of(23, number) == [name] * 9
    seen = []
    for picture, place in zip(network.exciting(2).map_pictures[1], network.exciting(2).map_places[1], strict=True):
        row, column = divmod(int(place), 28)
        seen.append(np.pad(test_sample.images[picture].astype(float), 3)[row : row + 7, column : column + 7])
    assert all(window[:, 2:4].mean() < 100 and window[:, 4].mean() > 190 for window in seen)  # two dark, one bright


def test_what_there_is_to_find_in_the_stages_of_a_training(test_sample):
    sample, model = fashion_mnist_sample("train"), build_model("small", seed=0)
    snapshots = training.Snapshots(model)
    training.train(model, sample, test_sample.first(200), budget="3e", device="cpu", progress=snapshots)
    network = explained(model, test_sample, snapshots.taken)
    assert len(network.stages) == 13
    start, third, end = network.right(0), network.right(7), network.right(12)
    assert start < 0.2  # "about a tenth"
    assert third - start > (end - start) / 2  # "Most of what the network learns"
    assert abs((7 / 12) ** 2 - 1 / 3) < 0.01

    def of_one_class(stage):
        pictures = network.exciting(17, stage).map_pictures
        return sum(len(set(test_sample.labels[nine])) == 1 for nine in pictures)

    assert of_one_class(0) <= 2  # "hardly one of the 32 maps"
    assert of_one_class(12) > 3  # "several"
    probabilities = answers.predict_probabilities(model, test_sample.images)
    for k in answers.confident_mistakes(probabilities, test_sample.labels, count=4).index:
        logits = network.look(test_sample.images[k], [23])[0][23].ravel()
        right = logits[test_sample.labels[k]]
        assert 5 < sum(logits < right) < 9  # "larger than most of the others, and smaller than that of the answer"
    assert round(np.exp(3.9)) == 49


def test_the_worst_cases_are_as_the_lesson_says(test_sample, carried):
    images, truth = test_sample.images, test_sample.labels
    directions = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1) if rows or columns]
    still, *moved = answers.answers_under_shift(carried, images, [(0, 0), *directions])
    assert 0.2 < np.mean((np.array(moved) != still).any(axis=0)) < 0.3  # "more than a fifth of them"
    rightly = np.flatnonzero(still == truth)[:30]
    after = [answers.poked_probabilities(carried, images[k]).argmax(axis=2) for k in rightly]
    changes = np.array([(one != truth[k]).any() for one, k in zip(after, rightly, strict=True)])
    assert 1 <= changes.sum() < 15  # "One pixel is enough for some", "For most of the 30 no single pixel does it"
    sure = answers.predict_probabilities(carried, images[rightly]).max(axis=1)
    assert sure[changes].max() < sure[~changes].min()  # "those of which the network was least sure before"


def test_what_a_shift_does_to_each_class(test_sample, carried):
    images, truth = test_sample.images, test_sample.labels
    right, left = answers.answers_under_shift(carried, images, [(0, 4), (0, -4)]) == truth
    ink = images.astype(float)

    def lost(classes):
        these = ink[np.isin(truth, classes)]
        return these[:, :, -4:].sum() / these.sum(), these[:, :, :4].sum() / these.sum()

    tops, shoes = (0, 2, 4, 6), (5, 7, 9)
    at_the_right, at_the_left = lost(shoes)
    assert 3 <= at_the_right / at_the_left < 4  # "three times as much at the right as at the left"
    assert abs(right[np.isin(truth, shoes)].mean() - left[np.isin(truth, shoes)].mean()) < 0.03  # "bear both alike"
    assert max(lost(tops)) < 0.02  # "a hundredth or two on either side"
    to_right = answers.answers_under_shift(carried, images, [(0, 4)])[0]
    named = {kind: np.bincount(to_right[truth == kind], minlength=10) for kind in (0, 4)}
    assert named[0][8] > named[0][0]  # "of the T-shirts ..., more are called bags than T-shirts"
    assert named[4][1] > 0.5 * named[4].sum()  # "more than half of the coats are called trousers"
    for top in tops:
        assert right[truth == top].mean() < left[truth == top].mean() - 0.3  # "to the right far more than to the left"


def test_batch_norm_is_the_formula_of_the_lesson(carried):
    norm, x = carried[1], carried[0](torch.rand(5, 1, 28, 28))
    columns = [getattr(norm, name)[:, None, None] for name in ("running_mean", "running_var", "weight", "bias")]
    mean, variance, gamma, beta = columns
    torch.testing.assert_close(gamma * (x - mean) / (variance + 0.00001) ** 0.5 + beta, norm.eval()(x))
    assert norm.eps == 0.00001


def test_two_small_kernels_cost_more_where_the_maps_double():
    small, large = (variants.with_kernels(3), variants.one_large_kernel())
    assert count_parameters(small) > count_parameters(large)  # "Nor is the stack cheaper here"
    assert pytest.approx(0.28) == 1 - 18 / 25  # "lesson 3 counts 28%"
    work = [multiplications(variants.with_kernels(size)) for size in (3, 7)]
    assert 4.5 < work[1] / work[0] < 5  # "nearly five times the work of 3 × 3"
    described = [describe_layers(model) for model in (small, build_model("small"))]
    assert described[0] == described[1]  # 3 gives the small network itself


def test_a_blurred_pool_bears_a_shift_by_one_better_than_a_pool():
    x = torch.rand(20, 3, 12, 12)
    for pool, most in ((nn.MaxPool2d(2), 1.0), (variants.BlurredPool(), 0.6)):
        before, after = pool(x), pool(torch.roll(x, 1, dims=3))
        change = (after - before)[..., 1:-1].abs().mean() / before.std()
        assert before.shape == (20, 3, 6, 6)
        assert change < most
    assert variants.BlurredPool()(torch.ones(1, 2, 7, 9)).equal(torch.ones(1, 2, 3, 4))  # the weights sum to 1


def test_he_initialisation_lets_the_signal_through():
    x = torch.from_numpy(fashion_mnist_sample("train").images[:32, None].astype(np.float32) / 255)
    torch.manual_seed(0)
    plain, he = fashion_cnn().eval()(x).std(), initialise(fashion_cnn()).eval()(x).std()
    assert he > 10 * plain


@pytest.mark.slow
def test_the_books_network_learns_from_the_weights_of_he_alone(solutions):
    sample, rng = fashion_mnist_sample("train"), np.random.default_rng(0)
    x = torch.from_numpy(sample.images[:, None].astype(np.float32) / 255)
    y = torch.from_numpy(sample.labels.astype(np.int64))
    last = {}
    for name, start in (("PyTorch", lambda model: model), ("He", initialise)):
        torch.manual_seed(0)
        model = start(fashion_cnn())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        chosen = [rng.integers(0, len(x), 32) for _ in range(60)]
        last[name] = np.mean([solutions["train_step"](model, x[k], y[k], optimizer) for k in chosen][-20:])
    assert round(last["PyTorch"], 1) == 2.3  # "from PyTorch's weights the loss is still 2.30"
    assert last["He"] < 2.2  # "from He's it has fallen below"


def test_the_readers_tools_take_what_lessons_3_and_4_take(test_sample, carried):
    solutions = solved()
    for lesson, names in ((3, ("conv_volume", "conv2d")), (4, ("max_pool2d",))):
        for name in names:
            exec(solution_of(lesson, name), solutions)
    weights = fold_batch_norm(trained_weights())
    x = test_sample.images[:2, None].astype(np.float32) / 255
    with torch.no_grad():
        theirs = carried.eval()(torch.from_numpy(x)).numpy()
    assert_close(solutions["forward_numpy"](weights, x), theirs)


def solution_of(number, exercise):
    lesson = manifest.LESSONS[number - 1]
    text = (ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8")
    return next(solution_code(cell) for cell in read_source(text, lesson)
                if cell.exercise == exercise and "exercise" in cell.tags)  # fmt: skip


def test_the_filter_that_the_text_points_at_finds_vertical_lines(carried):
    columns = activations.first_filters(carried)[1, 0].sum(axis=0)
    assert columns.argmin() + 1 <= columns.argmax() <= columns.argmin() + 3  # below 0, and beside it above 0
    assert columns.min() < -0.5
    assert columns.max() > 0.5


def test_two_small_kernels_see_as_much_as_the_text_says():
    assert trace([(3, 1, 1), (3, 1, 1)])[-1].size == 5
    assert (2 * 9, 25) == (18, 25)
    assert 60_000 // 32 == 1875


def test_a_seed_gives_the_same_network():
    first, again = build_model("small", seed=4), build_model("small", seed=4)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))


# --- The record of the book's network ------------------------------------------------------------------------


def test_the_carried_record_is_of_the_whole_run():
    record = training.recorded_run()
    history, last = record.history, record.history.rows[-1]
    assert (record.network, record.parameters) == ("book", 1_413_834)
    assert record.pictures == 60_000
    assert ("60,000 pictures" in record.train_data, "10,000 pictures" in record.test_data) == (True, True)
    assert "sample" not in record.train_data + record.test_data
    assert record.classes == CLASS_NAMES
    assert (history.finished, history.stopped) == (True, "")
    counts = np.array(history.confusion)
    assert counts.sum(axis=1).tolist() == [1000] * 10
    assert np.trace(counts) / 10_000 == pytest.approx(last["test_accuracy"], abs=1e-9)
    assert record.accuracy >= 0.92
    words = argparse.ArgumentParser()
    train_command.add_arguments(words)
    asked = words.parse_args(shlex.split(record.command)[4:])
    epochs = len(history.rows)
    assert (asked.model, asked.budget) == ("book", f"{epochs}e")
    assert record.settings == recipe("book", asked.budget, asked.device)
    assert asked.device in ("cpu", "cuda", "mps")
    assert history.column("epoch") == list(range(1, epochs + 1))
    assert last["step"] == epochs * (60_000 // record.settings["batch_size"])
    assert set(history.column("test_pictures")) == {10_000}
    assert history.column("seconds") == sorted(history.column("seconds"))
    assert record.command.startswith("python3 -m course train ")
    assert CARRIED.stat().st_size < 40_000


def test_what_the_lesson_says_about_the_recorded_run(test_sample):
    record, names = training.recorded_run(), test_sample.class_names
    small, book = build_model("small"), fashion_cnn()
    assert round(count_parameters(book) / count_parameters(small)) == 62  # "62 times the numbers"
    assert round(multiplications(book) / multiplications(small)) == 54  # "54 times the work"
    _, about = read_weights(TRAINED_FILE)
    epochs, accuracy = re.search(r"(\d+) epochs on 60,000 pictures; test accuracy ([\d.]+)%", about).groups()
    assert epochs == "24"
    assert 0 < record.accuracy - float(accuracy) / 100 < 0.01  # "less than one answer in 100"
    counts = np.array(record.history.confusion)
    wrong = counts.sum(axis=1) - counts.diagonal()
    assert names[wrong.argmax()] == "Shirt"  # "shirts are still what the book's network gets wrong most"
    mistakes = counts - np.diag(counts.diagonal())
    for place in mistakes.argsort(axis=None)[-4:]:  # "its four most frequent mistakes"
        assert {names[k] for k in divmod(int(place), 10)} <= {"T-shirt/top", "Pullover", "Dress", "Coat", "Shirt"}
    for kind in ("Trouser", "Bag"):
        assert wrong[names.index(kind)] < 40  # "hardly ever misses"
    assert any(isinstance(layer, nn.Dropout) for layer in book)  # what differs beside the size
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in book)


def test_confusion_matrices_side_by_side_are_shares_of_their_own_pictures():
    few, many = np.array([[3, 1], [0, 2]]), np.array([[50, 150], [1, 399]])
    picture = learned.confusions({"few": few, "many": many}, ["a", "b"])
    assert (
        "few; of each class right: a 75%; b 100%. The most frequent mistakes: 25% of a taken for b"
        in picture.description
    )
    assert (
        "many; of each class right: a 25%; b 100%. The most frequent mistakes: 75% of a taken for b"
        in picture.description
    )
    written = [[text.get_text() for text in axes.texts] for axes in picture.axes]
    assert written == [["75", "25", "100"], ["25", "75", "100"]]
    shades = [axes.images[0].get_clim() for axes in picture.axes]
    assert shades[0] == shades[1]  # the same share has the same shade


def test_test_curves_stand_over_pictures_and_over_minutes():
    rows = [{"step": 10, "seconds": 30.0, "test_accuracy": 0.5}, {"step": 30, "seconds": 90.0, "test_accuracy": 0.75}]
    picture = networks.test_curves({"a": (64, History(rows)), "b": (32, History(rows[:1]))})
    left, right = picture.axes
    assert [line.get_xdata().tolist() for line in left.lines] == [[640, 1920], [320]]
    assert [line.get_xdata().tolist() for line in right.lines] == [[0.5, 1.5], [0.5]]
    assert "a: 50.0% after 640 pictures, at the end 75.0% after 1,920 pictures and 1.5 minutes" in picture.description


# --- Pictures -----------------------------------------------------------------------------------------------


def test_the_architecture_is_drawn_from_the_network(solutions):
    layers = describe_layers(fashion_cnn())
    shapes = solutions["shape_trace"](layers, (1, 28, 28))
    picture = networks.architecture(layers, shapes, (1, 28, 28))
    assert "conv 7 × 7 gives 64 × 28 × 28" in picture.description
    assert "pool 2 × 2 gives 256 × 3 × 3" in picture.description
    with pytest.raises(ArgumentError, match="shapes must have one shape for each of the 21 layers"):
        networks.architecture(layers, shapes[:-1], (1, 28, 28))


def test_pictures_say_what_they_show(test_sample, carried):
    image = test_sample.images[0]
    maps = {name: stack for name, stack in activations.feature_maps(carried, image).items() if stack.ndim == 3}
    counts = np.diag([3, 4]) + np.array([[0, 2], [0, 0]])
    weights = np.zeros((2, 1, 3, 3))
    weights[0, 0, :, 0], weights[1, 0, 0] = 1, 1
    seen = np.zeros((28, 28))
    seen[3:5, 4:8] = 1
    run = History([{"step": 10, "test_accuracy": 0.5}, {"step": 20, "test_accuracy": 0.75}])
    losses = {"step": [10, 20], "train_loss": [2.0, 0.1], "test_loss": [0.5, 1.5]}
    probabilities = [0.7, 0.2, 0.1]
    shown = {
        "a taken for b, 2 times": learned.confusion(counts, ["a", "b"]),
        "0 across, 1 downwards": learned.filters(weights),
        "says a 90% sure is b": learned.mistakes(test_sample.images[:1], [0], [1], [0.9], ["a", "b"]),
        "8 pixels move it, all within": learned.pixels_behind_units(image, {"u": seen}, {"u": (3, 4, 4, 7)}),
        "pixels outside its frame": learned.pixels_behind_units(image, {"u": seen}, {"u": (3, 4, 4, 6)}),
        "90% at 0, 50% at 2": learned.shift_curve([0, 2], {"down": [0.9, 0.5]}),
        "50% without a shift": learned.shift_map(np.full((3, 3), 0.5), [-1, 0, 1]),
        "3 MaxPool2d: 8 maps of 14 by 14": learned.maps_through_layers(image, maps),
        "first a with 70%": networks.logits_and_probabilities([2, 1, 0], probabilities, ["a", "b", "c"], image),
        "a: from 2.00 to a mean of 1.50": networks.loss_curves({"a": [2.0, 1.0]}, most=3),
        "test loss 1.50; test loss at its lowest 0.50": networks.training_and_test({"few": losses}),
        "2 epochs, at the end 75.0%": networks.kernel_race({"work": {"3 × 3": (1.0, run)}}, {"3 × 3": "9 weights"}),
        "row 2, column 3 goes from": learned.one_pixel(image, 255 - image, (2, 3), ["a", "b"]),
        "conv 5 parameters": networks.cost_chart(["conv"], [5], [7]),
    }
    for words, picture in shown.items():
        assert words in picture.description


# --- The networks that the checks make -----------------------------------------------------------------------


def test_making_a_network_leaves_the_readers_chance_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    Made("torch_network", {"layers": [("Linear", 3, 2)]}).build()
    judge_function(BY_NAME["count_parameters"], lambda model: 1, 0)
    assert torch.equal(torch.rand(1), expected)


def test_building_a_network_is_judged_by_what_it_does():
    def other_order():
        layers = list(fashion_cnn())
        layers[1], layers[2] = layers[2], layers[1]  # the pool before the ReLU: the same numbers
        return nn.Sequential(*layers)

    def shared_wrongly():
        layers = list(copy.deepcopy(fashion_cnn()))
        layers[6] = nn.Tanh()
        return nn.Sequential(*layers)

    assert judge_function(BY_NAME["build_fashion_cnn"], other_order, 0).passed
    report = judge_function(BY_NAME["build_fashion_cnn"], shared_wrongly, 0)
    assert [result.name for result in report.results if not result.passed] == ["order of the layers", "convolutions"]
