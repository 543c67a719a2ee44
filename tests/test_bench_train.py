"""The benchmark of training measures what it says."""

import argparse
import dataclasses

import pytest

from course import data
from course.benchmarks import train as bench
from course.errors import ArgumentError, DataError
from course.training import History, Progress


def test_speed_counts_pictures_and_leaves_out_the_time_between_epochs(monkeypatch):
    clock = iter([0.0, 1.0, 2.0, 100.0, 101.0])
    monkeypatch.setattr(bench.time, "perf_counter", lambda: next(clock))

    def loop(progress, seed, epochs):
        for step, epoch in enumerate([1, 1, 1, 2, 2], start=1):
            progress(Progress(epoch, 0.0, 0.0, 0.0, History(), epoch_done=False, step=step))

    assert bench.speed_of(loop, batch_size=10, seconds=1000) == 10
    with pytest.raises(DataError, match="too few pictures"):
        bench.speed_of(lambda progress, seed, epochs: None, batch_size=10, seconds=1000)


def test_first_time_to_an_accuracy():
    history = History([{"seconds": 1.0, "test_accuracy": 0.8}, {"seconds": 2.0, "test_accuracy": 0.9}])
    assert bench.first_time(history, 0.85) == 2
    assert bench.first_time(history, 0.95) is None


@pytest.fixture
def few(monkeypatch):
    """Some hundred pictures of the carried sample stand for the collection."""

    def pictures(split="train", folder=None):
        whole = data.fashion_mnist_sample(split)
        return dataclasses.replace(whole, images=whole.images[:512], labels=whole.labels[:512])

    monkeypatch.setattr(data, "fashion_mnist", pictures)


def test_it_prints_speeds_times_and_their_ratios(few, capsys):
    words = ["--device", "cpu", "--rounds", "1", "--seconds", "0.1", "--epochs", "2"]
    assert bench.run(argparse.Namespace(options=words)) == 0
    said = capsys.readouterr().out
    assert said.count("pictures a second") == 2
    assert "ratio" in said
    assert "seconds to a test accuracy, in runs of 2 epochs" in said


def test_it_prints_what_the_recipe_reaches_in_each_budget_from_each_seed(few, capsys):
    words = ["--device", "cpu", "--budgets", "1e", "3e", "--accuracy-rounds", "2"]
    assert bench.run(argparse.Namespace(options=words)) == 0
    said = capsys.readouterr().out
    lines = [line.split() for line in said.splitlines() if line.endswith("%")]
    assert [line[:3] for line in lines] == [["1e", "0", "8"], ["1e", "1", "8"], ["3e", "0", "24"], ["3e", "1", "24"]]
    assert all(float(line[4]) > 0 for line in lines)
    assert "tutorial" not in said.splitlines()[-1]


def test_wrong_options_are_refused():
    with pytest.raises(ArgumentError, match="rounds must be at least 1; got rounds = 0"):
        bench.run(argparse.Namespace(options=["--rounds", "0"]))
