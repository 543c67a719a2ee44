"""The browser harness itself: it sees errors, warnings and pictures that change, and pictures that do not."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

EXPLORER = """
import io
import ipywidgets, numpy
from matplotlib.figure import Figure
picture = ipywidgets.Image(format="png")
slider = ipywidgets.IntSlider(value=2, min=0, max=9)
def draw(change=None):
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot(numpy.arange(5) ** (slider.value if MOVES else 1))
    figure.savefig(file := io.BytesIO(), format="png")
    picture.value = file.getvalue()
slider.observe(draw, "value")
draw()
ipywidgets.VBox([slider, picture])
"""


@pytest.fixture
def of_cells(server, notebook):
    """Write a notebook of these code cells into the served folder, and open it."""

    def write(*cells):
        path = server.folder / "probe.ipynb"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel), path)
        return notebook(path.name)

    return write


def test_a_sound_notebook_has_no_problems_and_its_slider_changes_the_picture(of_cells, tmp_path):
    page = of_cells("import course\n1 + 1", "MOVES = True\n" + EXPLORER)
    page.run_all()
    assert page.problems() == []
    assert page.counts() == (2, 2)
    assert page.texts("text/plain")[0] == "2"
    expect(page.sliders()).to_have_count(1)
    assert page.move()
    page.screenshot(tmp_path / "whole.png")
    page.screenshot(tmp_path / "cell.png", ".jp-OutputArea-output img")
    assert (tmp_path / "whole.png").read_bytes()[:4] == b"\x89PNG"


def test_errors_warnings_and_dead_sliders_are_seen(of_cells):
    page = of_cells("import warnings; warnings.warn('beware')", "MOVES = False\n" + EXPLORER, "1 / 0", "2")
    page.run_all()
    problems = page.problems()
    assert page.counts() == (4, 3)  # nothing runs after an error
    assert [one.split(":")[0] for one in problems] == ["error", "stderr"]
    assert "ZeroDivisionError" in problems[0]
    assert "beware" in problems[1]
    expect(page.sliders()).to_have_count(1)
    assert not page.move(seconds=2)
