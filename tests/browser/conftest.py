"""One browser and one server for all tests of a process; all are skipped where there is no browser.

Several processes (``pytest -n 2 --dist loadgroup``) have a browser, a server, folders and a port each.
"""

from pathlib import Path

import pytest
from explorers import write_notebook
from harness import Browser, Jupyter, copy_of_lessons
from playwright.sync_api import expect

from course import bootstrap, machine

HERE = Path(__file__).parent
expect.set_options(timeout=30_000)  # as long as Playwright waits elsewhere


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Keep the tests of a file in one process, for they share what it opens; who opens a notebook alone is free."""
    for item in items:
        if item.path.parent == HERE and "notebook" not in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


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


@pytest.fixture(scope="module")
def explore(browser, server, request, tmp_path_factory, testrun_uid):
    """Open a notebook with an explorer: call it with the code of its cells. It stays open for the module's tests."""
    claim = tmp_path_factory.getbasetemp().parent / f"{testrun_uid}-{request.path.stem}"
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        pytest.fail(f"another process has tests of {request.path.name}: what they share would be opened twice")
    opened = []

    def open_explorer(*sources, **size):
        page = browser.open(server, write_notebook(server.folder, *sources), **size)
        opened.append(page)
        page.run_all()
        assert page.problems() == []
        return page

    yield open_explorer
    for one in opened:
        one.close()
