"""The line of `course.track` in a real JupyterLab: there while a loop runs, gone after it, saved nowhere."""

import nbformat
import pytest
from harness import FINISHED, PANEL

pytestmark = pytest.mark.browser
LINE = ".course-waiting:not([hidden])"
# Each loop goes on until its line has been looked at, however slow the browser is: then there is a file of its name.
LOOPS = """
import pathlib, time, course

def until_seen(name):
    while not pathlib.Path({folder!r}, name).exists():
        time.sleep(0.1)
        yield name

print('before')
for k in course.track(until_seen('counting'), 'counting', total=900):
    pass
print('after')
for k in course.track(until_seen('again'), 'again', total=900):
    pass
{end}
"""


@pytest.mark.parametrize("end", ["pass", "1 / 0", "raise KeyboardInterrupt"])
def test_the_line_is_there_while_a_loop_runs(server, notebook, tmp_path, end):
    cells = [nbformat.v4.new_code_cell(LOOPS.format(folder=str(tmp_path), end=end))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), server.folder / "track.ipynb")
    opened = notebook("track.ipynb")
    opened.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    line = opened.page.locator(LINE)
    line.wait_for()
    first = line.inner_text()
    assert first.startswith("counting: ")
    opened.page.wait_for_function(
        "([line, first]) => parseInt(document.querySelector(line).textContent.slice(10)) > parseInt(first.slice(10))",
        arg=[LINE, first],
    )
    (tmp_path / "counting").touch()
    opened.page.wait_for_function("line => document.querySelector(line)?.textContent.startsWith('again')", arg=LINE)
    (tmp_path / "again").touch()
    line.wait_for(state="detached")
    opened.page.wait_for_function(FINISHED, arg=PANEL)
    streams = opened.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(0).outputs.toJSON()"
        ".filter(one => one.output_type !== 'error').map(one => [].concat(one.text).join(''))"
    )
    assert streams == ["before\nafter\n"]
    assert opened.console == []
