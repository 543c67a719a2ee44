"""Drive one explorer in a notebook: open it, read what its canvases show, run axe-core over it, measure it."""

import ast
import base64
import io
import json
import time
import uuid

import nbformat
import numpy as np
from axe_playwright_python.sync_playwright import Axe
from harness import PANEL
from PIL import Image

EXPLORER = f"{PANEL} .course-explorer"


def write_notebook(folder, *sources):
    """Write a notebook of code cells, and return its name."""
    name = f"explorer-{uuid.uuid4().hex[:8]}.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / name)
    return name


def settle(page):
    """Wait until the page has drawn what was asked of it, however busy the machine is: two frames, and what follows."""
    frames = "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60)))"
    page.evaluate(f"() => new Promise(done => {frames})")


def pixels(plane):
    """Return what a plane's canvas holds: uint8 of shape (rows, columns, 4)."""
    file = plane.locator("canvas").first.evaluate("one => one.toDataURL('image/png')")
    with Image.open(io.BytesIO(base64.b64decode(file.split(",")[1]))) as image:
        return np.array(image.convert("RGBA"))


def grey(plane):
    """Return a plane that is drawn in grey, as levels from 0 to 255."""
    return pixels(plane)[..., 0]


def until(check, seconds=30):
    """Check again and again until no assertion fails, and return what the check returns; the last failure is raised."""
    end = time.monotonic() + seconds
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)


def in_kernel(opened, expression):
    """Return the value of an expression in the notebook's kernel."""
    said = opened.page.evaluate(  # by no print, which may come late
        """async expression => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const asked = { code: '', store_history: false, user_expressions: { value: expression } };
            const { value } = (await kernel.requestExecute(asked).done).content.user_expressions;
            return value.data?.['text/plain'] ?? JSON.stringify(value);
        }""",
        expression,
    )
    return ast.literal_eval(said)


def answered(opened):
    """Wait until Python has answered what the explorers asked, and its answers are shown; it answers one by one."""
    settle(opened.page)
    for _ in range(2):  # an explorer that waits for an answer asks again when it has come
        in_kernel(opened, "None")
    settle(opened.page)


def view(opened, number=0):
    """Return what the reader has chosen, as Python knows it; the explorer tells Python 250 ms after the last choice."""

    def told():
        name, chosen = opened.page.evaluate(
            """async number => {
                const { content } = window.jupyterapp.shell.currentWidget;
                const mime = 'application/vnd.jupyter.widget-view+json';
                const cells = [...content.model.cells].filter(cell => cell.type === 'code');
                const ids = cells.flatMap(cell => cell.outputs.toJSON()).map(one => one.data?.[mime]?.model_id);
                const id = ids.filter(Boolean)[number];
                const manager = await content.rendermime.createRenderer(mime)._manager.promise;
                return [id, JSON.stringify((await manager.get_model(id)).get('view'))];
            }""",
            number,
        )
        widget = f'__import__("ipywidgets").widgets.widget._instances["{name}"]'
        known = json.loads(in_kernel(opened, f'__import__("json").dumps({widget}.view)'))
        assert known == json.loads(chosen), f"Python knows {known}, the browser {chosen}"
        return known

    opened.page.evaluate("() => new Promise(done => setTimeout(done, 300))")  # by the page's clock, however busy it is
    return until(told)


def relaid(page, act):
    """Do something that gives the notebook another width, and wait until it has it."""
    before = page.locator(PANEL).evaluate("one => one.offsetWidth")
    act()
    page.wait_for_function(
        "([panel, before]) => document.querySelector(panel).offsetWidth !== before", arg=[PANEL, before]
    )
    settle(page)


def resize(page, width, height):
    """Give the window another width."""
    relaid(page, lambda: page.set_viewport_size({"width": width, "height": height}))


def theme(opened, name):
    """Change JupyterLab's theme: "JupyterLab Light" or "JupyterLab Dark"."""
    opened.page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)
    opened.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
    settle(opened.page)


def findings(opened):
    """Return what axe-core finds in the explorers that is serious or critical."""
    results = Axe().run(opened.page, context=".course-explorer").response
    return [
        f"{one['id']}: {node['html'][:120]} {node['any'][:1] or node['all'][:1]}"
        for one in results["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
