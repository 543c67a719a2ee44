"""The line of `course.track` in a real JupyterLab: there while a loop runs, gone after it, saved nowhere."""

import nbformat
import pytest

pytestmark = pytest.mark.browser
LINE = ".course-waiting:not([hidden])"


@pytest.mark.parametrize("end", ["pass", "1 / 0", "raise KeyboardInterrupt"])
def test_the_line_is_there_while_a_loop_runs(server, notebook, end):
    source = (
        "import time, course\nprint('before')\nfor k in course.track(range(40), 'counting'):\n"
        f"    time.sleep(0.1)\nprint('after')\nfor k in course.track(range(12), 'again'):\n    time.sleep(0.2)\n{end}"
    )
    cells = [nbformat.v4.new_code_cell(source)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), server.folder / "track.ipynb")
    opened = notebook("track.ipynb")
    opened.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    line = opened.page.locator(LINE)
    line.wait_for(timeout=30_000)
    first = line.inner_text()
    assert first.startswith("counting: ")
    opened.page.wait_for_function(
        "([line, first]) => document.querySelector(line)?.textContent > first", arg=[LINE, first], timeout=10_000
    )
    opened.page.wait_for_function(
        "line => document.querySelector(line)?.textContent.startsWith('again')", arg=LINE, timeout=30_000
    )
    line.wait_for(state="detached", timeout=10_000)
    opened.page.wait_for_timeout(500)
    streams = opened.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(0).outputs.toJSON()"
        ".filter(one => one.output_type !== 'error').map(one => [].concat(one.text).join(''))"
    )
    assert streams == ["before\nafter\n"]
    assert opened.console == []
