"""A notebook that is saved and opened again, as `python3 -m course lab` serves it: its explorers are still there."""

import json

import pytest
from explorers import EXPLORER, settle, until, write_notebook
from harness import Jupyter
from playwright.sync_api import expect

from course.commands.lab import server_environment

pytestmark = pytest.mark.browser

SOURCES = (
    "from course.widgets.receptive import window_explorer\nwindow_explorer()",
    "from course.widgets.pooling import pooling_explorer\npooling_explorer()",
    "from course.widgets.neocognitron import neocognitron_explorer\nneocognitron_explorer()",
)


def saved_widgets(path):
    assert json.loads(path.read_text())["metadata"].get("widgets")


def test_explorers_of_a_saved_notebook_move_before_a_cell_runs(browser, tmp_path):
    folder = tmp_path / "served"
    folder.mkdir()
    with Jupyter(folder, **server_environment()) as server:
        name = write_notebook(folder, *SOURCES)
        before = (folder / name).stat().st_size
        opened = browser.open(server, name)
        opened.run_all()
        opened.page.locator(f"{EXPLORER} input[type=range]").first.focus()
        for _ in range(3):
            opened.page.keyboard.press("ArrowRight")
        settle(opened.page)
        said = opened.page.locator(f"{EXPLORER} .ce-words").first.inner_text()
        opened.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        until(lambda: saved_widgets(folder / name))
        opened.close()
        assert (folder / name).stat().st_size - before < 60_000 * len(SOURCES)

        again = browser.open(server, name)
        again.page.wait_for_selector(EXPLORER)
        again.page.wait_for_function(f"document.querySelectorAll('{EXPLORER}').length === {len(SOURCES)}")
        words = again.page.locator(f"{EXPLORER} .ce-words").first
        again.page.wait_for_function("said => document.querySelector('.ce-words').textContent === said", arg=said)
        again.page.locator(f"{EXPLORER} input[type=range]").first.focus()
        again.page.keyboard.press("ArrowRight")
        expect(words).not_to_have_text(said)
        assert again.counts()[1] <= len(SOURCES)
        assert again.problems() == []
        again.close()
