"""An interrupt, whenever it comes, leaves a network that is whole, a history that can be read, and a run to go on with.

Interrupts are real signals. So that they fall on any line of the training and yet come again in each test, a trace
function counts the lines that Python runs in the package, and sends the signal at a given one.
"""

import contextlib
import math
import random
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from test_training import SETTINGS, TEST, TRAIN, equal, stripes, tiny, weights, without_seconds

import course.training
from course.training import LiveBar, history_figure, loop, read_checkpoint, run, train, train_all
from course.training.interrupts import Interrupts, interrupts_wait

FOLDER = str(Path(course.training.__file__).parent)
WIDE_TEST = stripes(1200, seed=1)  # measured in three parts
STEPS = 32  # of a run with SETTINGS


@contextlib.contextmanager
def signals_at(lines):
    """Interrupt when the package has run so many lines since `train` or `train_all` began to take care."""
    count, left = [0], sorted(lines, reverse=True)

    def trace(frame, event, argument):
        if not frame.f_code.co_filename.startswith(FOLDER):
            return None
        if isinstance(signal.getsignal(signal.SIGINT), Interrupts) and event == "line":
            count[0] += 1
            while left and count[0] >= left[-1]:
                left.pop()
                signal.raise_signal(signal.SIGINT)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)


class Recorder:
    """Keeps the weights after each step, and draws now and then, as a notebook does."""

    def __init__(self, model):
        self.model, self.steps, self.last = model, {0: weights(model)}, None

    def __call__(self, news):
        self.steps[news.step] = weights(self.model)
        self.last = news
        if news.finished:
            history_figure(news.history)


@pytest.fixture(scope="module")
def straight():
    """A run that nobody interrupts: weights after each step, history, and how many lines it takes."""
    model = tiny()
    recorder = Recorder(model)
    with signals_at([]) as count:
        history = train(model, TRAIN, WIDE_TEST, **SETTINGS, progress=recorder)
    return recorder.steps, history, count[0]


def moments(seed, presses):
    """Seeded random parts of a run, from 0 to 1: so many interrupts in a row for each of ten runs."""
    draw = random.Random(seed)
    return [[draw.random() for _ in range(presses)] for _ in range(10)]


@pytest.mark.parametrize("parts", [[0.0], *moments(1, presses=1), *moments(2, presses=2), [0.4, 0.4, 0.4, 0.4001]])
def test_interrupted_at_any_line_it_keeps_the_network_of_that_step(tmp_path, straight, parts):
    steps, whole, lines = straight
    path, model = tmp_path / "c.pt", tiny()
    recorder, before = Recorder(model), signal.getsignal(signal.SIGINT)
    with signals_at([int(part * lines) for part in parts]):
        history = train(model, TRAIN, WIDE_TEST, **SETTINGS, checkpoint=path, progress=recorder)

    assert signal.getsignal(signal.SIGINT) is before
    assert not model.training
    last = history.rows[-1]
    assert 1 <= last["step"] <= STEPS
    assert equal(weights(model), steps[last["step"]])
    assert all(math.isfinite(value) for row in history.rows for value in row.values())
    assert last["test_pictures"] in (500, 1000, 1200)
    assert f"at step {last['step']}, " in history.stopped or history.finished
    assert recorder.last.finished
    assert recorder.last.history.rows[-1] is last
    assert "Loss and accuracy over" in history_figure(history).description

    # Resumed, it is the run that nobody interrupted; trained again, it learns.
    resumed = tiny(seed=5)
    history = train(resumed, TRAIN, WIDE_TEST, **SETTINGS, checkpoint=path, resume=True)
    assert equal(weights(resumed), steps[STEPS])
    assert without_seconds(history) == without_seconds(whole)
    assert history.stopped == ""
    assert len(train(model, TRAIN, TEST, **SETTINGS).rows) == 4


@pytest.fixture(scope="module")
def whole_race():
    """A race that nobody interrupts, and how many lines it takes."""
    with signals_at([]) as count:
        return train_all({name: tiny() for name in "abc"}, TRAIN, WIDE_TEST, **SETTINGS), count


@pytest.mark.parametrize("parts", [[0.0], *moments(3, presses=1), *moments(4, presses=2)])
def test_a_race_stops_as_a_whole_at_any_line(whole_race, parts):
    whole, count = whole_race
    assert list(whole) == ["a", "b", "c"]
    racers = {name: tiny() for name in "abc"}
    before = {name: weights(model) for name, model in racers.items()}
    with signals_at([int(part * count[0]) for part in parts]):
        histories = train_all(racers, TRAIN, WIDE_TEST, **SETTINGS, progress=LiveBar())
    assert list(histories) == ["a", "b", "c"][: len(histories)]
    assert all(history.rows for history in histories.values())
    for name in list(histories)[:-1]:
        assert without_seconds(histories[name]) == without_seconds(whole[name])
    for name in "abc"[len(histories) :]:
        assert equal(weights(racers[name]), before[name])
        assert racers[name].training  # not even looked at
    if len(histories) < 3 and not histories["abc"[len(histories) - 1]].finished:
        assert histories["abc"[len(histories) - 1]].stopped


@pytest.mark.parametrize("step", [1, 2, 8, 9, 17])
def test_it_says_what_was_kept(step):
    model = tiny()

    def interrupt(news):
        if news.step == step and not news.epoch_done:
            signal.raise_signal(signal.SIGINT)

    history = train(model, TRAIN, WIDE_TEST, **SETTINGS, progress=interrupt)
    epoch, part = {1: (1, 12), 2: (1, 25), 8: (1, 100), 9: (2, 12), 17: (3, 12)}[step]
    assert history.stopped == (
        f"Stopped at step {step}, in epoch {epoch} ({part}%): the network keeps what it learned up to there; "
        "measured on all 1,200 test pictures."
    )
    assert history.rows[-1]["epoch"] == epoch
    assert not history.finished


def test_a_second_interrupt_ends_the_measuring(monkeypatch):
    model = tiny()
    model.register_forward_hook(lambda model, x, y: None if model.training else signal.raise_signal(signal.SIGINT))
    history = train(model, TRAIN, WIDE_TEST, **SETTINGS)
    assert history.rows[-1]["test_pictures"] == 500
    assert history.stopped.endswith("measured on 500 of the 1,200 test pictures.")


def test_a_network_that_is_slow_to_measure_is_measured_in_part(monkeypatch):
    model, now = tiny(), [0.0]

    def slow(model, x, y):
        now[0] += 0 if model.training else 2

    model.register_forward_hook(slow)
    for module in (run, loop):
        monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    history = train(model, TRAIN, stripes(5000), **SETTINGS, progress=lambda news: signal.raise_signal(signal.SIGINT))
    assert history.rows[-1]["test_pictures"] == 1000


def test_a_second_interrupt_ends_what_the_caller_draws():
    def never_ends(news):
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
        raise AssertionError("went on after the second interrupt")

    model = tiny()
    history = train(model, TRAIN, TEST, **SETTINGS, progress=never_ends)
    assert [row["step"] for row in history.rows] == [1]


class BreaksOff(torch.nn.Module):
    """A layer in which a KeyboardInterrupt is raised that nobody could make wait, as in another thread."""

    def __init__(self, at):
        super().__init__()
        self.at, self.calls = at, 0

    def forward(self, x):
        self.calls += self.training
        if self.training and self.calls == self.at:
            raise KeyboardInterrupt
        return x


@pytest.mark.parametrize(("at", "back_to"), [(1, 0), (5, 0), (8, 0), (9, 8), (20, 16)])
def test_what_breaks_off_inside_a_step_goes_back_to_the_last_measurement(straight, tmp_path, at, back_to):
    steps, _, _ = straight
    model = torch.nn.Sequential(*tiny(), BreaksOff(at))
    history = train(model, TRAIN, WIDE_TEST, **SETTINGS, checkpoint=tmp_path / "c.pt")
    assert equal(weights(model), steps[back_to])
    assert history.rows[-1]["step"] == back_to
    lost = at - 1 - back_to
    assert (f"without the {lost} steps since it was last measured" in history.stopped) == (lost > 0)
    assert read_checkpoint(tmp_path / "c.pt")["step"] == back_to


def test_in_another_thread_it_trains_and_leaves_the_signals_alone(straight):
    steps, _, _ = straight
    model, before = tiny(), signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=train, args=(model, TRAIN, WIDE_TEST), kwargs=SETTINGS)
    thread.start()
    thread.join()
    assert equal(weights(model), steps[STEPS])
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.default_int_handler])
def test_the_handler_is_as_before_also_after_an_error(handler):
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(ZeroDivisionError):
            train(tiny(), TRAIN, TEST, **SETTINGS, progress=lambda news: 1 / 0)
        assert signal.getsignal(signal.SIGINT) is handler
        with interrupts_wait():
            assert isinstance(signal.getsignal(signal.SIGINT), Interrupts) == callable(handler)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_run_that_was_done_says_that_nothing_is_missing():
    def at_the_end(news):
        if news.finished:
            signal.raise_signal(signal.SIGINT)

    history = train(tiny(), TRAIN, TEST, **SETTINGS, progress=at_the_end)
    assert history.finished
    assert history.stopped == "Stopped at the end of the run: nothing is missing."
    assert len(train_all({name: tiny() for name in "ab"}, TRAIN, TEST, **SETTINGS, progress=at_the_end)) == 1
