"""The line that tells how far a loop is: it is shown, it is up to date, and nothing is left of it."""

import io
import re
import sys
import threading
import time
import types

import nbformat
import pytest
from nbclient import NotebookClient

import course
from course import tracking
from course.checks import find_exercise
from course.errors import ArgumentError
from course.widgets.waiting import Waiting


class Recorded:
    """A line that remembers what it showed."""

    def __init__(self):
        self.texts, self.closed = [], False

    def show(self, text):
        self.texts.append(text)

    def close(self):
        self.closed = True


@pytest.fixture
def line(monkeypatch):
    recorded = Recorded()
    monkeypatch.setattr(tracking, "_line", lambda: recorded)
    monkeypatch.setattr(tracking, "FIRST", 0.05)
    monkeypatch.setattr(tracking, "EVERY", 0.02)
    return recorded


def no_teller():
    return not any(thread.name == "course.track" for thread in threading.enumerate())


def test_the_items_come_through_and_a_short_loop_shows_nothing(line):
    assert list(course.track(iter("abc"), "reading")) == ["a", "b", "c"]
    assert line.texts == []
    assert no_teller()


def test_a_loop_whose_items_take_long_is_told_too(line):
    for _ in course.track([1, 2], "thinking"):
        time.sleep(0.2)
    assert line.texts[0].startswith("thinking: 0 of 2 ")
    assert line.texts[-1].startswith("thinking: 1 of 2 ")
    assert line.closed
    assert no_teller()


def test_the_line_counts_and_the_time_left_falls(line):
    for _ in course.track(range(40), "counting"):
        time.sleep(0.01)
    counts = [int(re.match(r"counting: (\d+) of 40 ", text)[1]) for text in line.texts]
    assert counts == sorted(counts)
    assert len(set(counts)) > 5


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_an_error_and_an_interrupt_take_the_line_away(line, stop):
    def loop():
        for k in course.track(range(100), "counting"):
            time.sleep(0.02)
            if k == 8:
                raise stop

    with pytest.raises(stop):
        loop()
    assert line.texts
    assert line.closed
    assert no_teller()


def test_a_line_that_cannot_be_shown_stops_no_loop(monkeypatch):
    monkeypatch.setattr(tracking, "FIRST", 0.0)
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: 1 / 0))
    assert sum(1 for _ in course.track(range(3), "counting") if not time.sleep(0.05)) == 3


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_has_a_line_and_a_file_has_none(monkeypatch, terminal):
    stream = io.StringIO()
    stream.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(tracking, "FIRST", 0.0)
    for _ in course.track(range(2), "counting"):
        time.sleep(0.1)
    said = stream.getvalue()
    assert ("counting: 0 of 2" in said) == terminal
    assert said.endswith("\r\033[K") if terminal else said == ""


@pytest.mark.parametrize("total", [None, 0])
def test_without_a_length_no_time_is_promised(total):
    assert tracking.in_words("reading", 7, total, 3) == "reading: 7 done, 3 s"


def test_words_are_a_text():
    with pytest.raises(ArgumentError, match=r"^track: words must be a text; got words = 60"):
        course.track(range(3), 60)


def test_a_running_kernel_keeps_what_a_cell_printed_and_nothing_else():
    """Twice the same cells, with the line and without: the outputs are the same, an error and an interrupt included."""
    body = "print('before')\nfor k in LOOP:\n    time.sleep(0.3)\n    print(k)\nprint('after')"
    sources = [
        "import time, course\nfrom course import tracking\nfrom course.widgets import waiting\n"
        "tracking.FIRST, shown = 0.1, []\n"
        "show = waiting.Waiting.show\n"
        "waiting.Waiting.show = lambda self, text: (shown.append(text), show(self, text))",
        body,
        body.replace("print(k)", "print(1 / (1 - k))"),
        body.replace("print(k)", "raise KeyboardInterrupt"),
        "print(len(shown) > 3)",
    ]

    def outputs(loop):
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(source.replace("LOOP", loop)) for source in sources]
        client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=60)
        client.execute()
        assert not notebook.metadata.get("widgets", {}).get("state")
        return [
            [(one.output_type, one.get("text") or one.get("ename")) for one in cell.outputs] for cell in notebook.cells
        ]

    with_line, without = outputs("course.track(range(3), 'counting')"), outputs("range(3)")
    assert with_line[:-1] == without[:-1]
    assert with_line[-1] == [("stream", "True\n")]


def test_the_line_is_a_widget_that_nobody_displays():
    line = Waiting()
    line.show("counting: 1 of 2")
    assert line.text == "counting: 1 of 2"
    line.close()


def test_a_title_says_whose_function_it_is():
    reference = find_exercise("output_size").reference
    assert course.whose(reference, "output_size") == "the course's output_size"
    assert course.whose(course.check(reference), "output_size") == "the course's output_size"
    space = {"__name__": "__main__"}
    exec("def output_size(size, kernel_size, stride, padding): return 1", space)
    assert course.whose(space["output_size"], "output_size") == "your output_size"
    wrong = course.check(space["output_size"], "output_size")
    assert course.whose(wrong, "output_size") == "the course's output_size"
    assert course.whose(lambda: 0, "shift") == "your shift"
    assert course.whose(types.SimpleNamespace(), "shift") == "your shift"
