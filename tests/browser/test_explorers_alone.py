"""Lessons as web pages, from a file, without a kernel or a network: explorers still show, and move."""

import nbformat
import pytest
from explorers import settle
from nbconvert import HTMLExporter

from course import bootstrap
from course.manifest import LESSONS

pytestmark = pytest.mark.browser

LOOK = """one => [...one.querySelectorAll('canvas')].map(part => part.toDataURL()).join()
    + [...one.querySelectorAll('svg')].map(part => part.outerHTML).join() + one.textContent"""


def exported(lesson, folder):
    """Write a lesson's solved notebook as a web page; return its address and how many explorers it has."""
    path = bootstrap.ROOT / "solutions" / f"{lesson.stem}.ipynb"
    if not path.exists():
        pytest.skip(f"{path.name} is not built yet")
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if "explorer" in cell.metadata.get("tags", [])]
    page = folder / "lesson.html"
    page.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    return page.as_uri(), len(cells)


def only_from_the_file(route):
    """Let through what the page itself holds."""
    if route.request.url.split(":")[0] in ("file", "blob", "data"):
        route.continue_()
    else:
        route.abort()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_explorers_of_a_page_move_without_kernel_and_network(lesson, browser, tmp_path):
    address, cells = exported(lesson, tmp_path)
    page = browser.chromium.new_page(viewport={"width": 1100, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/*", only_from_the_file)
    page.goto(address)
    page.wait_for_function(
        "cells => [...document.querySelectorAll('.course-explorer .ce-words')].filter(one => one.textContent).length"
        " === cells",
        arg=cells,
    )
    for explorer in page.locator(".course-explorer").all():
        explorer.scroll_into_view_if_needed()
        looks = {explorer.evaluate(LOOK)}
        for part in explorer.locator("input[type=range]:visible, .ce-pointed:visible").all():
            part.focus()
            for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
                page.keyboard.press(key)
                settle(page)
                looks.add(explorer.evaluate(LOOK))
        name = explorer.locator("strong").first.inner_text()
        assert len(looks) >= 3, f"{name} does not move"
        assert len(explorer.locator(".ce-words").inner_text()) > 30, name
        assert explorer.locator(".ce-trouble").inner_text() == "", name
    # The page's own scripts look for MathJax and jQuery, which are not there.
    assert [error for error in errors if "MathJax" not in error and "require" not in error] == []
    page.close()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_without_programs_there_is_a_still_picture(lesson, browser, tmp_path):
    address, cells = exported(lesson, tmp_path)
    context = browser.chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route("**/*", only_from_the_file)
    page.goto(address)
    stills = page.locator(".jp-Cell.jp-CodeCell.celltag_explorer img")
    assert stills.count() == cells
    for still in stills.all():
        assert len(still.get_attribute("alt")) > 40
        assert still.evaluate("one => one.naturalWidth") > 100
    context.close()
