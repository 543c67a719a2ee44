"""The loop learns, repeats itself, and keeps what it has when something goes wrong."""

import errno
import inspect
import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.errors import ArgumentError, CheckpointError, SetupError, TrainingError
from course.models import build_model, fashion_cnn, initialise, recipe
from course.training import (
    Budget,
    History,
    Snapshots,
    batch_order,
    checkpoint,
    choose_device,
    evaluate,
    history_figure,
    loop,
    one_cycle,
    pictures_on,
    plan_for,
    read_checkpoint,
    run,
    train,
    write_checkpoint,
    write_whole,
)
from course.training.augment import varied

ROOT = Path(__file__).parent.parent
CPU = torch.device("cpu")


def stripes(count, seed=0):
    """Pictures of 8 x 8 with one bright row (class 0) or column (class 1), in noise."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 60, (count, 8, 8), dtype=np.uint8)
    labels = rng.integers(0, 2, count)
    for image, label, place in zip(images, labels, rng.integers(0, 8, count), strict=True):
        image[(place, slice(None)) if label == 0 else (slice(None), place)] = 255
    return SimpleNamespace(images=images, labels=labels)


def tiny(seed=0, dropout=0.2):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding="same"),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(64, 2),
    )


TRAIN, TEST = stripes(256), stripes(64, seed=1)
SETTINGS = {"device": "cpu", "batch_size": 32, "budget": "4e", "seed": 7}


def weights(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def equal(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def without_seconds(history):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history.rows]


class StopAt:
    """Raises after an epoch, or in the middle of one."""

    def __init__(self, error, epoch, steps=None):
        self.error, self.epoch, self.steps, self.seen = error, epoch, steps, 0

    def __call__(self, news):
        if news.epoch == self.epoch and not news.epoch_done:
            self.seen += 1
            if self.seen == self.steps:
                raise self.error


def test_it_learns():
    model = tiny()
    history = train(model, TRAIN, TEST, **{**SETTINGS, "budget": "8e"})
    assert history.column("test_accuracy")[-1] > 0.95
    assert history.column("train_loss")[-1] < history.column("train_loss")[0]
    assert evaluate(model, pictures_on(CPU, TEST))[1] == pytest.approx(history.rows[-1]["test_accuracy"])
    assert not model.training
    assert "CPU" in history.device


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    runs = []
    for seed in (7, 7, 8):
        model = tiny()
        history = train(model, TRAIN, TEST, **{**SETTINGS, "seed": seed})
        runs.append((weights(model), without_seconds(history)))
    assert equal(runs[0][0], runs[1][0])
    assert runs[0][1] == runs[1][1]
    assert not equal(runs[0][0], runs[2][0])


def test_random_numbers_of_others_are_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(4)
    model = tiny()
    torch.manual_seed(3)
    train(model, TRAIN, TEST, **SETTINGS)
    assert torch.equal(torch.rand(4), expected)


def test_a_step_is_that_of_the_formula():
    """One batch, no momentum, no decay: weight - rate * gradient, computed by hand."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    before, data = weights(model), stripes(32)
    x = torch.from_numpy(data.images[:, None]).float() / 255
    nn.functional.cross_entropy(model(x), torch.from_numpy(data.labels)).backward()
    gradients = {f"1.{name}": parameter.grad for name, parameter in model[1].named_parameters()}
    model.zero_grad()
    settings = {**SETTINGS, "budget": "4e", "momentum": 0.0, "weight_decay": 0.0, "peak_rate": 0.4}
    history = train(model, data, data, **{**settings, "budget": "1e"})
    assert history.rows[0]["rate"] == 0  # the cycle starts at 0: the first step moves nothing
    assert equal(weights(model), before)
    halted = tiny_stop_after_first_moving_step(model, data, settings)
    assert halted.stopped
    # One step at rate 0, one at the peak of 0.4, after which it was interrupted.
    for name, tensor in weights(model).items():
        torch.testing.assert_close(tensor, before[name] - 0.4 * gradients[name])


def tiny_stop_after_first_moving_step(model, data, settings):
    return train(model, data, data, progress=StopAt(KeyboardInterrupt(), epoch=2, steps=1), **settings)


def test_evaluation_is_exact_over_unequal_batches():
    data = stripes(501, seed=3)  # batches of 500 and 1
    model = tiny().eval()
    x = torch.from_numpy(data.images[:, None]).float() / 255
    with torch.no_grad():
        logits = model(x)
    loss, accuracy = evaluate(model, pictures_on(CPU, data))
    labels = torch.from_numpy(data.labels)
    assert loss == pytest.approx(nn.functional.cross_entropy(logits, labels).item(), rel=1e-5)
    assert accuracy == pytest.approx((logits.argmax(1) == labels).float().mean().item())


@given(st.integers(1, 200), st.integers(1, 50), st.integers(0, 9), st.integers(1, 5))
def test_each_batch_is_dealt_out_whole_and_no_picture_twice(count, batch_size, seed, world):
    batch_size = min(count, batch_size)
    whole = batch_order(count, batch_size, seed, epoch=1)
    parts = [batch_order(count, batch_size, seed, epoch=1, rank=rank, world=world) for rank in range(world)]
    assert whole.numel() == count // batch_size * batch_size == len(set(whole.flatten().tolist()))
    for number, batch in enumerate(whole):
        dealt = [index for part in parts for index in part[number].tolist()]
        assert sorted(dealt) == sorted(batch.tolist())


def test_each_epoch_has_another_order():
    assert not torch.equal(batch_order(100, 10, 0, epoch=1), batch_order(100, 10, 0, epoch=2))


@given(st.floats(0, 1))
def test_one_cycle_stays_between_0_and_the_peak_and_falls_after_it(fraction):
    rate = one_cycle(fraction)
    assert 0 <= rate <= 1
    if fraction >= 0.25:
        assert one_cycle(min(1, fraction + 0.01)) <= rate


@given(st.integers(0, 2), st.integers(0, 9))
def test_moved_pictures_are_windows_of_the_padded_picture(shift, seed):
    torch.manual_seed(seed)
    x = torch.rand(20, 1, 5, 6)
    padded = nn.functional.pad(x, (shift,) * 4)
    seen = set()
    for moved, whole in zip(varied(x, flips=False, shift=shift)[:, 0], padded[:, 0], strict=True):
        places = [
            (row, column)
            for row in range(2 * shift + 1)
            for column in range(2 * shift + 1)
            if torch.equal(moved, whole[row : row + 5, column : column + 6])
        ]
        assert len(places) == 1
        seen |= set(places)
    assert len(seen) > 1 or shift == 0


def test_half_of_the_pictures_are_mirrored():
    torch.manual_seed(0)
    x = torch.rand(1000, 1, 3, 4)
    flipped = varied(x, flips=True, shift=0)
    mirrored = sum(torch.equal(a, b.flip(2)) for a, b in zip(flipped, x, strict=True))
    same = sum(torch.equal(a, b) for a, b in zip(flipped, x, strict=True))
    assert mirrored + same == 1000
    assert 430 < mirrored < 570


def test_the_defaults_are_the_recipe_of_the_small_network():
    defaults = {name: parameter.default for name, parameter in inspect.signature(train).parameters.items()}
    assert {name: defaults[name] for name in recipe("small", device="cpu")} == recipe("small", device="cpu")


@pytest.mark.parametrize(("budget", "small", "book"), [("19e", 0, 0), ("20e", 1, 1), ("2m", 0, 0), ("4m", 1, 0)])
def test_long_runs_mirror_the_pictures(budget, small, book):
    assert recipe("small", budget)["flips"] == small
    assert recipe("book", budget)["flips"] == book
    assert recipe("book", budget)["weight_decay"] < recipe("small", budget)["weight_decay"]
    with pytest.raises(ArgumentError, match="name must be one of small, book"):
        recipe("large", budget)


def strengths(model):
    """How strong the signal is behind each ReLU, when the network reads noise: root mean square, by layer."""
    found = []
    for layer in model:
        if isinstance(layer, nn.ReLU):
            layer.register_forward_hook(lambda layer, x, y: found.append(y.square().mean().sqrt().item()))
    with torch.no_grad():
        model.eval()(torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(0)))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_with_the_weights_of_he_the_signal_keeps_its_strength(seed):
    torch.manual_seed(seed)
    plain = strengths(fashion_cnn())
    he = strengths(build_model("book", seed))
    assert len(he) == len(plain) == 7
    assert plain[4] < 0.1 * plain[0]  # behind the fifth convolution
    assert 0.5 < he[4] / he[0] < 4  # pooling takes the largest of four: it grows a little
    assert equal(weights(build_model("book", seed)), weights(build_model("book", seed)))


def test_initialise_draws_what_it_says():
    layers = nn.Sequential(nn.Conv2d(16, 64, 5), nn.BatchNorm2d(64), nn.Linear(300, 200, bias=False))
    norm = weights(layers[1])
    assert initialise(layers) is layers
    assert layers[0].weight.var().item() == pytest.approx(2 / (16 * 25), rel=0.05)
    assert layers[2].weight.var().item() == pytest.approx(2 / 300, rel=0.05)
    assert layers[0].bias.abs().max() == 0
    assert equal(weights(layers[1]), norm)


# Budgets


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("10e", 10, "epochs"), ("45s", 45, "seconds"), ("1.5m", 90, "seconds"), ("1h", 3600, "seconds")],
)
def test_budgets(text, amount, unit):
    assert Budget.parse(text) == Budget(amount, unit)


@pytest.mark.parametrize("text", ["", "10", "e", "0e", "1.5e", "-1s", "nan s", "10 days", "4m30s", "9" * 400 + "s"])
def test_wrong_budgets_are_refused(text):
    with pytest.raises(ArgumentError, match=r"text must be a number above 0 and a unit"):
        Budget.parse(text)


def test_a_budget_of_time_ends_in_time_and_runs_through_the_whole_cycle():
    rates = []
    start = time.perf_counter()
    history = train(
        tiny(), TRAIN, TEST, **{**SETTINGS, "budget": "1s"}, progress=lambda news: rates.append(news.fraction)
    )
    assert 0.9 < time.perf_counter() - start < 5
    assert history.rows
    assert max(rates) == 1
    assert history.rows[-1]["rate"] < 0.01


def test_even_the_smallest_budget_makes_one_step():
    assert len(train(tiny(), TRAIN, TEST, **{**SETTINGS, "budget": "0.0001s"}).rows) == 1


class Clock:
    """Stands for `time` in a run. The network moves it on: a second for a batch to learn from, half for one to test."""

    def __init__(self, monkeypatch, model, per_batch=1.0, per_test=0.5):
        self.now = 0.0
        monkeypatch.setattr(run, "time", self)
        monkeypatch.setattr(loop, "time", self)
        model.register_forward_hook(lambda model, x, y: self.move(per_batch if model.training else per_test))

    def move(self, seconds):
        self.now += seconds

    def perf_counter(self):
        return self.now


BIG_TEST = stripes(2000, seed=2)  # four batches


@pytest.mark.parametrize(("budget", "pictures"), [(3, 1500), (30, 2000), (50, 2000), (100, 2000)])
def test_the_last_measurement_is_part_of_the_budget(monkeypatch, budget, pictures):
    model = tiny()
    clock = Clock(monkeypatch, model)
    history = train(model, TRAIN, BIG_TEST, **{**SETTINGS, "budget": f"{budget}s"})
    assert clock.now <= budget + 1  # one step
    assert clock.now > 0.8 * budget
    assert history.rows[-1]["test_pictures"] >= min(pictures, 500)
    assert history.finished
    assert history.stopped == ""


def test_drawing_is_part_of_the_budget(monkeypatch):
    model = tiny()
    clock = Clock(monkeypatch, model, per_batch=0.1, per_test=0.1)
    train(model, TRAIN, TEST, **{**SETTINGS, "budget": "20s"}, progress=lambda news: clock.move(news.epoch_done))
    assert 18 < clock.now <= 20.1


def test_between_the_epochs_points_are_measured_by_time(monkeypatch):
    model = tiny()
    Clock(monkeypatch, model, per_batch=0.25, per_test=0.05)
    history = train(model, stripes(4096), BIG_TEST, **{**SETTINGS, "batch_size": 256, "budget": "12e"})  # 48 seconds
    seconds = [point["seconds"] for point in history.points]
    assert len(seconds) > 10
    assert all(3 <= b - a < 5 for a, b in itertools.pairwise(seconds))
    assert {point["test_pictures"] for point in history.points} == {1000}
    assert history.column("epoch") == list(range(1, 13))


def test_points_that_take_long_are_rare(monkeypatch):
    model = tiny()
    Clock(monkeypatch, model, per_batch=1.0, per_test=1.0)
    history = train(model, TRAIN, BIG_TEST, **{**SETTINGS, "batch_size": 4, "budget": "4e"})
    assert len(history.points) >= 4
    assert 2 * len(history.points) <= 0.06 * history.rows[-1]["seconds"]  # a point is two batches of 500


def test_points_change_nothing(monkeypatch):
    plain, pointed = tiny(), tiny()
    without = train(plain, TRAIN, TEST, **SETTINGS)
    Clock(monkeypatch, pointed)
    history = train(pointed, TRAIN, TEST, **SETTINGS)
    assert len(history.points) > len(without.points)
    assert equal(weights(plain), weights(pointed))
    assert without_seconds(history) == without_seconds(without)


# Checkpoints


def test_resumed_is_bit_equal_to_never_interrupted(tmp_path):
    straight = tiny()
    expected = train(straight, TRAIN, TEST, **SETTINGS)
    path = tmp_path / "c.pt"
    first = train(tiny(), TRAIN, TEST, **SETTINGS, checkpoint=path, progress=StopAt(KeyboardInterrupt(), 3, steps=2))
    assert [row["step"] for row in first.rows] == [8, 16, 18]
    assert read_checkpoint(path)["batch"] == 2
    again = tiny(seed=99)  # whatever it starts from
    history = train(again, TRAIN, TEST, **SETTINGS, checkpoint=path, resume=True)
    assert equal(weights(again), weights(straight))
    assert without_seconds(history) == without_seconds(expected)
    assert history.column("seconds") == sorted(history.column("seconds"))


@pytest.mark.parametrize("flips", [False, True])
def test_a_checkpoint_is_written_each_minute_and_resumed_inside_the_epoch(tmp_path, monkeypatch, flips):
    settings = {**SETTINGS, "batch_size": 2, "budget": "1e", "flips": flips, "shift": 1}  # 128 steps, a second each
    straight = tiny()
    expected = train(straight, TRAIN, TEST, **settings)
    path, broken = tmp_path / "c.pt", tiny()
    with monkeypatch.context() as patch:
        Clock(patch, broken)
        with pytest.raises(RuntimeError, match="power cut"):
            train(
                broken,
                TRAIN,
                TEST,
                **settings,
                checkpoint=path,
                progress=StopAt(RuntimeError("power cut"), 1, steps=90),
            )
    assert 50 < read_checkpoint(path)["batch"] <= 61
    again = tiny(seed=99)
    history = train(again, TRAIN, TEST, **settings, checkpoint=path, resume=True)
    assert equal(weights(again), weights(straight))
    assert without_seconds(history) == without_seconds(expected)


def test_a_finished_run_that_is_resumed_stays_as_it_is(tmp_path):
    model, path = tiny(), tmp_path / "c.pt"
    history = train(model, TRAIN, TEST, **SETTINGS, checkpoint=path)
    other = tiny(5)
    again = train(other, TRAIN, TEST, **SETTINGS, checkpoint=path, resume=True)
    assert again.rows == history.rows
    assert equal(weights(model), weights(other))


def test_resume_without_a_checkpoint_starts(tmp_path):
    assert len(train(tiny(), TRAIN, TEST, **SETTINGS, checkpoint=tmp_path / "c.pt", resume=True).rows) == 4


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": 8}, "was made with seed = 7, and this run asks for 8"),
        ({"batch_size": 16}, "was made with batch_size = 32"),
        ({"budget": "5e"}, "was made with budget = 4 epochs, and this run asks for 5 epochs"),
    ],
)
def test_a_checkpoint_of_other_settings_is_refused(tmp_path, change, says):
    path = tmp_path / "c.pt"
    train(tiny(), TRAIN, TEST, **SETTINGS, checkpoint=path)
    with pytest.raises(CheckpointError, match=says):
        train(tiny(), TRAIN, TEST, **{**SETTINGS, **change}, checkpoint=path, resume=True)


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    path = tmp_path / "c.pt"
    train(tiny(), TRAIN, TEST, **SETTINGS, checkpoint=path)
    with pytest.raises(CheckpointError, match="is of another network"):
        train(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), TRAIN, TEST, **SETTINGS, checkpoint=path, resume=True)


def saved(tmp_path):
    path = tmp_path / "c.pt"
    train(tiny(), TRAIN, TEST, **SETTINGS, checkpoint=path)
    return path, path.read_bytes()


def test_damaged_checkpoints_are_refused(tmp_path):
    path, content = saved(tmp_path)
    for cut in (0, 1, 100, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:cut])
        with pytest.raises(CheckpointError, match="is damaged or is none"):
            read_checkpoint(path)


def test_flipped_bytes_never_pass_for_other_numbers(tmp_path):
    path, content = saved(tmp_path)
    good = read_checkpoint(path)
    refused = 0
    for place in np.random.default_rng(0).integers(0, len(content), 60):
        changed = bytearray(content)
        changed[place] ^= 0x10
        path.write_bytes(changed)
        try:
            state = read_checkpoint(path)
        except CheckpointError:
            refused += 1
        else:  # the byte was padding
            assert equal(state["model"], good["model"])
            assert state["rows"] == good["rows"]
    assert refused > 10


class Evil:
    def __reduce__(self):
        return (os.system, ("touch should-not-exist",))


@pytest.mark.parametrize("content", [{"format": "other"}, {"weights": [1, 2]}, [1], Evil()])
def test_foreign_checkpoints_are_refused_and_run_nothing(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    torch.save(content, "c.pt")
    with pytest.raises(CheckpointError, match="is not a checkpoint of this course"):
        read_checkpoint("c.pt")
    assert not Path("should-not-exist").exists()


def test_other_files_are_refused(tmp_path):
    np.savez(tmp_path / "w.npz", a=np.zeros(3))
    (tmp_path / "t.txt").write_text("text")
    for name, says in [("w.npz", "not a checkpoint"), ("t.txt", "damaged or is none"), ("no.pt", "no checkpoint")]:
        with pytest.raises(CheckpointError, match=says):
            read_checkpoint(tmp_path / name)
    with pytest.raises(CheckpointError):
        read_checkpoint(tmp_path)


KILLED = """
import sys; sys.path.insert(0, "tests")
from test_training import *
import time
def slow(news):
    if not news.epoch_done:
        print(news.epoch, flush=True)
        if news.epoch == 3: time.sleep(0.2)
train(tiny(), TRAIN, TEST, **SETTINGS, checkpoint=sys.argv[1], resume=True, progress=slow)
"""


def test_kill_9_in_mid_epoch_loses_at_most_the_epoch(tmp_path):
    path = tmp_path / "c.pt"
    command = [sys.executable, "-c", KILLED, str(path)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip() != "3":
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    assert read_checkpoint(path)["epoch"] == 2
    resumed, straight = tiny(4), tiny()
    train(resumed, TRAIN, TEST, **SETTINGS, checkpoint=path, resume=True)
    train(straight, TRAIN, TEST, **SETTINGS)
    assert equal(weights(resumed), weights(straight))
    assert os.listdir(tmp_path) == ["c.pt"]


# What can go wrong


def full_disk(monkeypatch, from_call):
    calls, fsync = [], os.fsync

    def no_space(descriptor):
        calls.append(descriptor)
        if len(calls) >= from_call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(checkpoint.os, "fsync", no_space)


def test_a_full_disk_keeps_the_last_good_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "c.pt"
    full_disk(monkeypatch, from_call=3)
    model = tiny()
    with pytest.raises(
        CheckpointError, match=r"could not be written \(No space left on device\)\. What was there before is kept"
    ):
        train(model, TRAIN, TEST, **SETTINGS, checkpoint=path)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["c.pt"]  # nothing half-written beside it
    assert read_checkpoint(path)["epoch"] == 2
    again, straight = tiny(), tiny()
    train(again, TRAIN, TEST, **SETTINGS, checkpoint=path, resume=True)
    train(straight, TRAIN, TEST, **SETTINGS)
    assert equal(weights(again), weights(straight))


def test_places_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CheckpointError, match="could not be written"):
        write_whole(tmp_path / "file" / "c.pt", b"x")
    with pytest.raises(CheckpointError, match="could not be written"):
        write_whole(tmp_path, b"x")


def test_a_loss_that_is_not_a_number_keeps_the_network_of_the_last_measurement(tmp_path):
    path, model = tmp_path / "c.pt", tiny()

    def spoil(news):
        if news.epoch == 3 and not news.epoch_done:
            with torch.no_grad():
                model[0].weight.fill_(float("nan"))

    with pytest.raises(TrainingError, match=r"no longer a number.*as it was after step 16, when it was last"):
        train(model, TRAIN, TEST, **SETTINGS, checkpoint=path, progress=spoil)
    state = read_checkpoint(path)
    assert state["epoch"] == 2
    assert equal(weights(model), state["model"])


def test_a_rate_that_is_far_too_high_is_told():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
    before = weights(model)
    with pytest.raises(TrainingError, match="the learning rate 1e\\+20 is too high"):
        train(model, TRAIN, TEST, **SETTINGS, peak_rate=1e20)
    assert equal(weights(model), before)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"batch_size": 0}, "batch_size must be from 1 to the number of pictures, 256; got batch_size = 0"),
        ({"batch_size": 257}, "batch_size must be from 1"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"peak_rate": float("nan")}, "peak_rate must be a number"),
        ({"weight_decay": -1.0}, "weight_decay must be a number"),
        ({"smoothing": float("inf")}, "smoothing must be a number"),
        ({"shift": 0.5}, "shift must be a whole number of pixels"),
        ({"device": "tpu"}, "name must be auto, cuda, mps or cpu"),
        ({"budget": "ten"}, "text must be a number above 0"),
    ],
)
def test_wrong_settings_are_refused(change, says):
    with pytest.raises(ArgumentError, match=says):
        train(tiny(), TRAIN, TEST, **{**SETTINGS, **change})


@pytest.mark.parametrize(
    ("images", "labels", "says"),
    [
        (np.zeros((4, 8, 8)), np.zeros(4, int), "data.images must be uint8"),
        (np.zeros((0, 8, 8), np.uint8), np.zeros(0, int), "data.images must be uint8"),
        (np.zeros((4, 8, 8), np.uint8), np.zeros(3, int), "data.labels must be 4 whole numbers"),
        (np.zeros((4, 8, 8), np.uint8), np.zeros(4), "data.labels must be 4 whole numbers"),
    ],
)
def test_wrong_data_is_refused(images, labels, says):
    with pytest.raises(ArgumentError, match=says):
        pictures_on(CPU, SimpleNamespace(images=images, labels=labels))


# Devices


def test_the_device_is_said_and_a_missing_one_is_told():
    assert str(plan_for(CPU, Budget.parse("1e"))).startswith("CPU (")
    if not torch.cuda.is_available():
        with pytest.raises(SetupError, match="finds no cuda device on this machine"):
            choose_device("cuda")
        assert choose_device("auto").type in ("cpu", "mps")
    with pytest.raises(ArgumentError, match="name must"):
        choose_device("cpu:x")


def accelerator():
    device = choose_device()
    if device.type == "cpu":
        pytest.skip("there is no accelerator here")
    return device.type


@pytest.mark.gpu
def test_on_an_accelerator_it_learns_and_resumes(tmp_path):
    settings = {**SETTINGS, "device": accelerator(), "budget": "8e"}
    model, path = tiny(), tmp_path / "c.pt"
    history = train(model, TRAIN, TEST, **settings, checkpoint=path)
    assert history.column("test_accuracy")[-1] > 0.9
    assert next(model.parameters()).device == CPU
    assert train(tiny(), TRAIN, TEST, **settings, checkpoint=path, resume=True).rows == history.rows


@pytest.mark.gpu
def test_compiled_on_an_accelerator_it_learns():
    device = accelerator()
    history = train(tiny(), TRAIN, TEST, **{**SETTINGS, "device": device, "budget": "8e"}, compiled=True)
    assert history.column("test_accuracy")[-1] > 0.9


# What it shows


def test_progress_goes_from_0_to_1_and_tells_each_epoch_once():
    news = []
    history = train(tiny(), TRAIN, TEST, **SETTINGS, progress=news.append)
    fractions = [one.fraction for one in news]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert [one.epoch for one in news if one.epoch_done] == [1, 2, 3, 4]
    assert len(news) == 4 * 8 + 4
    assert news[-1].history is history


def test_history_as_table_and_figure():
    history = train(tiny(), TRAIN, TEST, **SETTINGS)
    lines = history.to_csv().splitlines()
    assert lines[0] == "epoch,step,seconds,rate,train_loss,train_accuracy,test_loss,test_accuracy,test_pictures"
    assert len(lines) == 5
    assert history_figure(history).description.startswith("Loss and accuracy over")
    assert "nothing is measured" in history_figure(History()).description
    assert repr(History()) == "History of no step"
    assert "32 steps" in repr(history)
    with pytest.raises(ArgumentError, match="name must be one of epoch"):
        history.column("accuracy")


def test_a_checkpoint_is_replaced_in_one_go(tmp_path, monkeypatch):
    path, content = saved(tmp_path)
    monkeypatch.setattr(checkpoint.os, "replace", lambda *names: (_ for _ in ()).throw(OSError(errno.EIO, "broken")))
    state = read_checkpoint(path)
    del state["format"]
    with pytest.raises(CheckpointError, match="broken"):
        write_checkpoint(path, state)
    assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["c.pt"]


# What it keeps on its way


def test_snapshots_are_copies_of_the_way_most_of_them_early():
    model = tiny()
    before, news = weights(model), []
    snapshots = Snapshots(model, count=6, then=news.append)
    train(model, TRAIN, TEST, **{**SETTINGS, "budget": "9e"}, progress=snapshots)
    assert len(news) == 9 * 8 + 9  # each of the news was passed on
    assert len(snapshots.taken) == 6
    words, states = zip(*snapshots.taken, strict=True)
    assert words[0] == "before the first step"
    steps = [0, *(int(one.removeprefix("after step ")) for one in words[1:])]
    gaps = np.diff(steps)
    assert (gaps > 0).all()
    assert (np.diff(gaps) >= -1).all()  # further and further apart
    assert equal(states[0], before)
    assert not any(equal(one, other) for one, other in itertools.pairwise([*states, weights(model)]))
    for one in states:
        tiny(seed=3).load_state_dict(one)


def test_a_step_that_took_long_takes_one_snapshot_and_not_all_that_were_due():
    snapshots = Snapshots(tiny(), count=12)
    for step, used in enumerate((0.1, 0.11, 0.12, 0.2, 0.5, 0.52), 1):
        snapshots(SimpleNamespace(step=step, fraction=used, finished=False))
    # (1 / 12) ** 2 and (3 / 12) ** 2 lie below 0.1, (4 / 12) ** 2 below 0.12, and (8 / 12) ** 2 below 0.5.
    assert [words for words, _ in snapshots.taken[1:]] == [f"after step {k}" for k in (1, 3, 4, 5)]


def test_snapshots_change_nothing():
    plain, watched = tiny(), tiny()
    history = train(plain, TRAIN, TEST, **SETTINGS)
    other = train(watched, TRAIN, TEST, **SETTINGS, progress=Snapshots(watched))
    assert equal(weights(plain), weights(watched))
    assert without_seconds(history) == without_seconds(other)


def test_a_number_of_snapshots_below_1_is_refused():
    with pytest.raises(ArgumentError, match="count must be a whole number, at least 1; got count = 0"):
        Snapshots(tiny(), count=0)
