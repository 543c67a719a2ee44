"""Drive one explorer in a notebook: open it, read what its canvases show, run axe-core over it, measure it."""

import ast
import base64
import io
import json
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


def view(opened, number=0):
    """Return what the reader has chosen, as Python knows it."""
    opened.page.wait_for_timeout(400)  # the explorer tells Python when the reader pauses
    said = opened.page.evaluate(  # by no print, which may come late
        """async number => {
                const panel = window.jupyterapp.shell.currentWidget, mime = 'application/vnd.jupyter.widget-view+json';
                const cells = [...panel.content.model.cells].filter(cell => cell.type === 'code');
                const ids = cells.flatMap(cell => cell.outputs.toJSON()).map(one => one.data?.[mime]?.model_id);
                const id = ids.filter(Boolean)[number];
                const widgets = '__import__("ipywidgets").widgets.widget._instances';
                const asked = { view: `__import__("json").dumps(${widgets}["${id}"].view)` };
                const future = panel.sessionContext.session.kernel.requestExecute(
                    { code: '', store_history: false, user_expressions: asked });
                return (await future.done).content.user_expressions.view.data['text/plain'];
            }""",
        number,
    )
    return json.loads(ast.literal_eval(said))


def theme(opened, name):
    """Change JupyterLab's theme: "JupyterLab Light" or "JupyterLab Dark"."""
    opened.page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)
    opened.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
    opened.page.wait_for_timeout(500)


def findings(opened):
    """Return what axe-core finds in the explorers that is serious or critical."""
    results = Axe().run(opened.page, context=".course-explorer").response
    return [
        f"{one['id']}: {node['html'][:120]} {node['any'][:1] or node['all'][:1]}"
        for one in results["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
