"""What a run shows while it runs: in a terminal, in a pipe, in a notebook."""

import io
import sys
import types

import pytest
from test_training import SETTINGS, TEST, TRAIN, tiny

from course.training import History, LiveBar, LiveCurve, Progress, ProgressLine, history_figure, live, train


def row(step, accuracy, pictures=1000, epoch=1):
    return {
        "epoch": epoch,
        "step": step,
        "seconds": step / 10,
        "rate": 0.1,
        "train_loss": 0.5,
        "train_accuracy": 0.8,
        "test_loss": 0.4,
        "test_accuracy": accuracy,
        "test_pictures": pictures,
    }


class Terminal(io.StringIO):
    def isatty(self):
        return True


def news_of_a_run(seconds, epochs_at=(), step=0.1, **more):
    """The news of a run of so many seconds, a step each tenth of a second."""
    history = History()
    for number in range(1, round(seconds / step) + 1):
        now = number * step
        if number % 30 == 0:
            history.points.append(row(number, now / 100))
        yield Progress(1, now / seconds, now, 0.3, history, epoch_done=False, step=number, **more)
    history.rows.append(row(number, 0.9, pictures=10_000))
    yield Progress(1, 1.0, now, 0.3, history, epoch_done=True, step=number, finished=True, **more)


def test_the_line_in_a_terminal_shows_how_much_is_left():
    terminal = Terminal()
    ProgressLine(terminal)(Progress(2, 0.5, 10.0, 0.3, History(points=[row(7, 0.812)]), epoch_done=False))
    assert "50%" in terminal.getvalue()
    assert "10 s left" in terminal.getvalue()
    assert "test 81.2% (1,000 pictures)" in terminal.getvalue()


def test_what_follows_a_stopped_run_is_on_a_line_of_its_own():
    terminal = Terminal()
    ProgressLine(terminal)(Progress(2, 0.5, 10.0, 0.3, History(), epoch_done=False, finished=True))
    assert terminal.getvalue().endswith("s left\n")


def test_a_pipe_gets_a_line_every_ten_seconds_and_no_bar():
    pipe = io.StringIO()
    line = ProgressLine(pipe)
    for news in news_of_a_run(35):
        line(news)
    lines = pipe.getvalue().splitlines()
    assert [text.split()[0] for text in lines] == ["10", "20", "30", "epoch"]
    assert "\r" not in pipe.getvalue()
    assert "25 s left" in lines[0]
    assert "test 90.00%" in lines[-1]


def test_a_line_says_which_network_it_is_of():
    pipe = io.StringIO()
    line = ProgressLine(pipe)
    for name in ("first (1 of 2)", "second (2 of 2)"):
        for news in news_of_a_run(15, name=name):
            line(news)
    assert [text.split()[0] for text in pipe.getvalue().splitlines()] == ["first", "first", "second", "second"]


@pytest.fixture
def notebook(monkeypatch):
    """What a notebook's front end gets: a list of (kind, place, what is shown)."""
    shown = []

    class Handle:
        def __init__(self, place):
            self.place = place

        def update(self, what):
            shown.append(("update", self.place, what))

    def display(what, display_id):
        place = len([1 for kind, _, _ in shown if kind == "display"])
        shown.append(("display", place, what))
        return Handle(place)

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(live, "_in_notebook", lambda: True)
    return shown


def test_the_live_curve_is_shown_once_and_then_renewed(notebook):
    history = train(tiny(), TRAIN, TEST, **SETTINGS, progress=LiveCurve())
    assert [place for kind, place, _ in notebook if kind == "display"] == [0, 1]  # a bar, a picture
    bars = [what for _, place, what in notebook if place == 0]
    pictures = [what for _, place, what in notebook if place == 1]
    assert "<progress" in bars[0]._repr_html_()
    assert repr(bars[-1]).startswith("32 steps in")
    assert f"test {history.rows[-1]['test_accuracy']:.1%} (64 pictures)" in repr(bars[-1])
    assert pictures[-1].description == history_figure(history).description


def test_the_bar_is_there_from_the_first_news_and_each_run_has_its_own(notebook):
    bar = LiveBar()
    for name in ("first", "second"):
        for number, news in enumerate(news_of_a_run(5, name=name)):
            bar(news)
            if number == 0:
                assert "2%" in repr(notebook[-1][2])
                assert name in repr(notebook[-1][2])
    ends = {place: repr(what) for _, place, what in notebook}
    assert list(ends) == [0, 1]
    assert ends[1] == "second · 50 steps in 5 s · test 90.0% (10,000 pictures)"


def test_drawing_takes_a_twentieth_of_the_time_at_most(notebook, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(live, "time", types.SimpleNamespace(monotonic=lambda: clock[0]))
    drawn = []

    def slow(history):
        drawn.append(clock[0])
        clock[0] += 1.0  # a slow computer
        return history

    monkeypatch.setattr(live, "history_figure", slow)
    curve = LiveCurve()
    for news in news_of_a_run(200):
        clock[0] += 0.1
        curve(news)
    assert 5 < len(drawn) <= 0.06 * clock[0]


def test_without_a_notebook_the_live_curve_is_lines(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", None)  # cannot be imported
    history = train(tiny(), TRAIN, TEST, **SETTINGS, progress=LiveCurve())
    assert capsys.readouterr().err.count("epoch ") == len(history.rows) == 4


def test_the_figure_says_what_its_curves_are():
    history = History(points=[row(10, 0.5), row(40, 0.7), row(70, 0.8)], rows=[row(100, 0.85, 10_000)])
    figure = history_figure(history)
    loss, accuracy = figure.axes
    training, points, whole = accuracy.get_lines()
    assert list(training.get_xdata()) == pytest.approx([0.5, 2.5, 5.5])  # the middle of the time it is the mean of
    assert list(points.get_xdata()) == pytest.approx([1, 4, 7])
    assert list(whole.get_ydata()) == pytest.approx([85])
    legend = [text.get_text() for text in accuracy.get_legend().get_texts()]
    assert legend == ["training (mean while learning)", "test (1,000 pictures)", "test (10,000 pictures)"]
    assert len(loss.get_lines()) == 3
    assert "from 50.0% to 85.0%" in figure.description
