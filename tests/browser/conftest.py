"""One browser and one server for all tests of this folder; all are skipped where there is no browser."""

import pytest
from harness import Browser, Jupyter, copy_of_lessons

from course import bootstrap, machine


@pytest.fixture(scope="session")
def browser():
    path = machine.browser()
    if path is None:
        pytest.skip("no Chromium is installed: install it, or name one in COURSE_BROWSER")
    with Browser(path) as found:
        yield found


@pytest.fixture(scope="session")
def server(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    if (bootstrap.ROOT / "lessons").is_dir():
        copy_of_lessons(folder)
    with Jupyter(folder) as running:
        yield running


@pytest.fixture
def notebook(browser, server):
    """Open a notebook of the served folder: call it with the path."""
    opened = []

    def open_notebook(path, **size):
        opened.append(browser.open(server, path, **size))
        return opened[-1]

    yield open_notebook
    for one in opened:
        one.close()
