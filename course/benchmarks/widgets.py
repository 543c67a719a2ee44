"""How long a reader waits: from key or pointer to the repainted picture, in Chromium, against a slider and a PNG."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import bootstrap, machine
from course.errors import SetupError

__all__ = ["CASES", "HELP", "Case", "queue", "run", "waits"]

HELP = "Milliseconds from key or pointer to paint, of each explorer and of an ipywidgets slider with a PNG, in one run."

# What a reader had before, and what most notebooks do: a slider that asks Python for a new PNG of the photograph.
SLIDER_AND_PNG = """
import io
import ipywidgets
import numpy as np
from PIL import Image
from course import images, kernels
from course.ops import correlate2d

photo, shown = images.grey(images.china()), ipywidgets.Image(format="png")

def redraw(change=None):
    kernel = slider.value / 100 * kernels.sobel_x() + (1 - slider.value / 100) * kernels.identity(3)
    map = np.clip(correlate2d(photo, kernel) / 2 + 0.5, 0, 1)
    file = io.BytesIO()
    Image.fromarray(np.round(255 * map).astype(np.uint8)).save(file, "png", compress_level=1)
    shown.value = file.getvalue()

slider = ipywidgets.IntSlider(50, 0, 1000, continuous_update=True)
slider.observe(redraw, names="value")
redraw()
ipywidgets.VBox([slider, shown])
"""

WINDOW = "from course.widgets.receptive import window_explorer\nwindow_explorer()"
FIELDS = "from course.widgets.receptive import receptive_field_explorer\nreceptive_field_explorer()"
# The photograph of 427 x 640 pixels under a kernel: by the browser, or by a function of Python's.
FILTER = """
from course import ops
from course.widgets.filters import filter_explorer
explorer = filter_explorer(function=ops.correlate2d)
explorer.view = {{**explorer.view, "by": "{}"}}
explorer
"""
FEATURE_MAPS = "from course.widgets.stacks import stack_explorer\nstack_explorer()"
# A garment under three layers of pooling: a key moves it, and the last layer is painted anew.
POOLING = """
from course import ops
from course.widgets.pooling import pooling_explorer
explorer = pooling_explorer(ops.max_pool2d)
explorer.view = {{**explorer.view, "picture": "shirt", "layers": 3, "by": "{}"}}
explorer
"""
NETWORK = """
from course import weights
from course.data import fashion_mnist_sample
from course.explained import explained
from course.models import build_model, load_weights
from course.widgets.network import network_explorer
network_explorer(explained(load_weights(build_model("small"), weights.trained_weights()), fashion_mnist_sample("test")))
"""
NEOCOGNITRON = "from course.widgets.neocognitron import neocognitron_explorer\nneocognitron_explorer()"
ANSWERS = ".nc-last figure:last-child canvas"
POOLED = ".pool-slot:last-child canvas"
ACROSS, UP_DOWN, TYPED = ("ArrowRight", "ArrowLeft"), ("ArrowUp", "ArrowDown"), ("1", "Backspace")

# Note when a key or the pointer arrives, and when what it changed is on the screen: a message that is sent in a frame
# is read after that frame is painted.
WATCH = """surface => {
    const waits = window.waits = { asked: null, times: [], last: 0, lastAsked: 0 };
    const drawn = () => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
            waits.last = performance.now();
            if (waits.asked !== null) waits.times.push(waits.last - waits.asked);
            waits.asked = null;
        };
        channel.port2.postMessage(null);
    };
    for (const kind of ['keydown', 'pointermove']) {
        document.addEventListener(kind, event => {
            waits.asked ??= event.timeStamp;
            waits.lastAsked = event.timeStamp;
        }, true);
    }
    const target = document.querySelector(surface);
    if (target.tagName === 'IMG') target.addEventListener('load', () => requestAnimationFrame(drawn));
    else if (target.tagName === 'CANVAS') {
        const pen = target.getContext('2d');
        for (const name of ['putImageData', 'drawImage']) {
            const draw = pen[name].bind(pen);
            pen[name] = (...given) => { draw(...given); drawn(); };
        }
    } else new MutationObserver(drawn).observe(target, { subtree: true, attributes: true, childList: true });
}"""


@dataclass(frozen=True)
class Case:
    """One thing that a reader does: the cell that shows the explorer, what is moved, and what is repainted.

    `surface` is an image, a canvas, or an element whose parts change. `keys` go to `focus` by turns; without keys the
    pointer walks over `focus`. `ready` prepares the page. `limit` is in milliseconds; None for what is only compared.
    """

    name: str
    cell: str
    focus: str
    surface: str
    keys: tuple[str, ...] = ()
    limit: float | None = 30.0
    ready: Callable[[Any], None] = lambda page: None


SEEN = "[aria-label='What the unit sees, enlarged'] canvas"
CASES: tuple[Case, ...] = (
    Case("slider and PNG, photograph", SLIDER_AND_PNG, ".noUi-handle", ".jp-OutputArea img", ACROSS[:1], None),
    Case("window of one neuron, keys", WINDOW, ".ce-pointed", ".rf-one .ce-words", ACROSS),
    Case("receptive field, pointer on a map", FIELDS, ".rf-maps .ce-plane", ".rf-stack .ce-words"),
    Case("receptive field, another stride", FIELDS, "input[data-name=stride]", ".rf-maps canvas", UP_DOWN),
    Case("filter, another weight", FILTER.format("browser"), ".f-numbers input", ".f-map canvas", UP_DOWN),
    Case(
        "filter by a function, photograph", FILTER.format("yours"), ".f-numbers input", ".f-map canvas", UP_DOWN, 60.0
    ),
    Case("filter, the window by keys", FILTER.format("browser"), ".f-map .ce-plane", ".f-map svg", ACROSS),
    Case("feature maps, another unit by keys", FEATURE_MAPS, ".sk-map .ce-plane", ".sk-terms", ACROSS),
    Case("feature maps, another unit by pointer", FEATURE_MAPS, ".sk-map .ce-plane", ".sk-terms"),
    Case("feature maps, another bias", FEATURE_MAPS, ".sk-bias", ".sk-map canvas", TYPED),
    Case("pooling, three layers", POOLING.format("browser"), ".pool-dragged", POOLED, ACROSS),
    Case("pooling by a function", POOLING.format("yours"), ".pool-dragged", POOLED, ACROSS, 60.0),
    Case("trained network, another unit by pointer", NETWORK, ".ne-maps .ce-plane", SEEN),
    Case("neocognitron, a digit moved by keys", NEOCOGNITRON, "input[type=range]", ANSWERS, ACROSS),
    Case("neocognitron, a pixel drawn by keys", NEOCOGNITRON, ".ce-plane", ANSWERS, (" ",)),
    Case("neocognitron, another cell by pointer", NEOCOGNITRON, ".nc-map", ".nc-readout"),
)


def run(arguments: argparse.Namespace) -> int:
    """Measure every case by turns, print the table, and return 1 where a limit is passed."""
    parser = argparse.ArgumentParser(prog="python3 -m course bench widgets", description=HELP)
    parser.add_argument("--rounds", type=int, default=3, help="times that each case is measured, by turns (3)")
    parser.add_argument("--moves", type=int, default=33, help="keys or moves of the pointer in each round (33)")
    parser.add_argument("--only", default="", metavar="WORD", help="only the cases with this word in their names")
    options = parser.parse_args(arguments.options)
    path = machine.browser()
    if path is None:
        raise SetupError("No Chromium is installed. Install it, or name one in COURSE_BROWSER.")
    if not (bootstrap.ROOT / "tests" / "browser").is_dir():
        raise SetupError("The benchmark needs the folder tests/browser: run it in a checkout of the course.")
    sys.path[:0] = [str(bootstrap.ROOT / "tests" / "browser")]
    harness, explorers = (importlib.import_module(name) for name in ("harness", "explorers"))  # of tests/browser

    cases = [case for case in CASES if options.only in case.name]
    times: dict[str, list[float]] = {case.name: [] for case in cases}
    ends: dict[str, list[float]] = {case.name: [] for case in cases}
    with tempfile.TemporaryDirectory(prefix="course-bench-") as name:
        folder = Path(name) / "served"
        folder.mkdir()
        with harness.Jupyter(folder) as server, harness.Browser(path) as browser:
            for _ in range(options.rounds):
                for case in cases:
                    notebook = browser.open(server, explorers.write_notebook(folder, case.cell))
                    notebook.run_all()
                    if notebook.problems():
                        raise SetupError(f"{case.name}: {notebook.problems()[0]}")
                    prepare(notebook.page, case)
                    times[case.name] += waits(notebook.page, case, options.moves)
                    ends[case.name].append(queue(notebook.page, case))
                    notebook.close()
    return _report(cases, times, ends)


def prepare(page: Any, case: Case) -> None:
    """Bring the explorer into view, and begin to watch its surface."""
    page.wait_for_selector(case.focus)
    page.locator(case.focus).first.scroll_into_view_if_needed()
    case.ready(page)
    page.wait_for_timeout(1000)
    page.evaluate(WATCH, case.surface)


def _moves(page: Any, case: Case) -> Callable[[int], None]:
    """Return what does one move, counted from 0."""
    if case.keys:
        page.locator(case.focus).first.focus()
        return lambda k: page.keyboard.press(case.keys[k % len(case.keys)])
    box = page.locator(case.focus).first.bounding_box()

    def walk(k: int) -> None:
        across, down = (0.1 + 0.8 * ((k * step) % 37) / 37 for step in (5, 11))
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])

    return walk


def waits(page: Any, case: Case, moves: int) -> list[float]:
    """Make so many moves, each after the last is painted, and return the milliseconds of each.

    A move that changes nothing, such as one over an empty corner, paints nothing and is left out.
    """
    from playwright.sync_api import TimeoutError as NothingPainted

    move = _moves(page, case)
    page.evaluate("() => { window.waits.times = []; }")
    for k in range(moves):
        before = page.evaluate("() => { window.waits.asked = null; return window.waits.times.length; }")
        move(k)
        with contextlib.suppress(NothingPainted):
            page.wait_for_function("before => window.waits.times.length > before", arg=before, timeout=1500)
        page.wait_for_timeout(30)
    times = [float(time) for time in page.evaluate("() => window.waits.times")]
    if len(times) < moves / 2:
        raise SetupError(f"{case.name}: only {len(times)} of {moves} moves painted something.")
    return times


def queue(page: Any, case: Case, seconds: float = 3.0, rate: float = 30.0) -> float:
    """Move 30 times a second for 3 seconds, and return the milliseconds from the last move to the last paint."""
    move = _moves(page, case)
    for k in range(int(seconds * rate)):
        start = page.evaluate("() => performance.now()")
        move(k)
        spent = page.evaluate("() => performance.now()") - start
        page.wait_for_timeout(max(1000 / rate - spent, 0))
    page.wait_for_timeout(1500)
    return float(page.evaluate("() => window.waits.last - window.waits.lastAsked"))


def _report(cases: list[Case], times: dict[str, list[float]], ends: dict[str, list[float]]) -> int:
    late = 0
    print(f"{'':<44}  median     90%   after the last of 90 moves   limit")
    for case in cases:
        found = sorted(times[case.name])
        median, most, end = statistics.median(found), found[int(0.9 * len(found))], statistics.median(ends[case.name])
        slow = case.limit is not None and (median > case.limit or end > 60)
        late += slow
        limit = "" if case.limit is None else f"{case.limit:.0f} ms{', too slow' if slow else ''}"
        print(f"{case.name:<44} {median:5.0f} ms {most:5.0f} ms {end:24.0f} ms   {limit}")
    return 1 if late else 0
