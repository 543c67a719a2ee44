"""Drive JupyterLab in a real browser: start a server, open a notebook, run it, look at what it shows.

>>> with Jupyter(folder) as server, Browser(machine.browser()) as browser:     # doctest: +SKIP
...     page = browser.open(server, "lessons/01_receptive_fields.ipynb")
...     page.run_all()
...     assert page.problems() == []
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from course import bootstrap

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
IDLE = """() => [...document.querySelectorAll('.jp-StatusBar-TextItem')]
    .some(one => one.textContent.includes('| Idle'))"""
FINISHED = """panel => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const prompts = [...document.querySelectorAll(panel + ' .jp-CodeCell .jp-InputPrompt')];
    return kernel.status === 'idle' && !prompts.some(one => one.textContent.includes('*'));
}"""
DRAWN = """panel => {
    const cells = [...window.jupyterapp.shell.currentWidget.content.model.cells].filter(cell => cell.type === 'code');
    const outputs = cells.flatMap(cell => cell.outputs.toJSON()).map(one => one.data ?? {});
    const explorers = outputs.filter(data => 'application/vnd.jupyter.widget-view+json' in data && 'text/html' in data);
    const words = [...document.querySelectorAll(panel + ' .course-explorer .ce-words')];
    return words.filter(one => one.textContent).length === explorers.length;
}"""
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
}
OPENING = 180_000  # milliseconds for a page to open: 10 seconds where nothing else runs, as long as it takes elsewhere
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip


class Jupyter:
    """A JupyterLab server with settings and folders of its own, on a folder of notebooks."""

    def __init__(self, folder, **environment):
        self.folder, self.environment = Path(folder), environment
        self.token = secrets.token_hex(8)

    def __enter__(self):
        state = self.folder.parent / (self.folder.name + "-jupyter")
        for name, values in SETTINGS.items():
            file = state / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        folders = {name: str(state / name.lower()) for name in
                   ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
                    "MPLCONFIGDIR", "JUPYTERLAB_WORKSPACES_DIR")}  # fmt: skip
        environment = {
            **os.environ, **folders, "JUPYTERLAB_SETTINGS_DIR": str(state / "settings"), "COURSE_PROGRESS": "",
            "PYTHONPATH": str(bootstrap.ROOT), "JUPYTER_PREFER_ENV_PATH": "1", **self.environment,
        }  # fmt: skip
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.folder}",
        ]  # fmt: skip
        self.log = open(state / "server.log", "w+")
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        self._wait_until_it_answers()
        return self

    def _wait_until_it_answers(self, seconds=180):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.ask("api/status")
                return
            except OSError:
                time.sleep(0.2)
        self.log.seek(0)
        said = self.log.read()[-2000:]
        self.__exit__()
        raise RuntimeError(f"JupyterLab did not start: {said}")

    def address(self, path):
        return f"http://127.0.0.1:{self.port}/{path}{'&' if '?' in path else '?'}token={self.token}"

    def ask(self, path, method="GET"):
        request = urllib.request.Request(self.address(path), method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def end_sessions(self):
        """Stop every kernel: a notebook opened again would find its old one."""
        for session in self.ask("api/sessions"):
            self.ask(f"api/sessions/{session['id']}", method="DELETE")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Browser:
    """A Chromium without a window."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.playwright = sync_playwright().start()
        quiet = [*QUIET, "--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else list(QUIET)
        self.chromium = self.playwright.chromium.launch(executable_path=self.path, headless=True, args=quiet)
        return self

    def open(self, server, notebook, width=1280, height=900):
        """Open a notebook and wait until its kernel can be used."""
        page = self.chromium.new_page(viewport={"width": width, "height": height})
        return Notebook(page, server, notebook)

    def __exit__(self, *_):
        self.chromium.close()
        self.playwright.stop()


class Notebook:
    """An open notebook: run it, read what it shows, move its sliders."""

    def __init__(self, page, server, path):
        self.page, self.server = page, server
        self.console = []  # uncaught errors of the page's own programs
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.goto(server.address(f"lab/tree/{path}?reset"), wait_until="domcontentloaded")
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=OPENING)
        page.wait_for_selector(f"{PANEL} .jp-Notebook .jp-Cell", timeout=OPENING)
        page.wait_for_selector(f"{PANEL} .jp-Spinner", state="detached", timeout=OPENING)
        page.wait_for_function(IDLE, timeout=OPENING)

    def run_all(self, seconds=240):
        """Run every cell, wait for the last and for all explorers, and return the seconds that it took."""
        start = time.monotonic()
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(FINISHED, arg=PANEL, timeout=1000 * seconds)
        self.page.wait_for_function(DRAWN, arg=PANEL, timeout=1000 * seconds)  # they draw when their cell has ended
        return time.monotonic() - start

    def texts(self, mime):
        found = self.page.locator(f'{PANEL} .jp-RenderedText[data-mime-type="{mime}"]')
        return [text.strip() for text in found.all_inner_texts()]

    def problems(self):
        """Return what went wrong: errors of cells, what they wrote to stderr, and errors of the page."""
        # Read from the notebook itself: JupyterLab shows a traceback with the same mark as a line on stderr.
        outputs = self.page.evaluate(
            "() => [...window.jupyterapp.shell.currentWidget.content.model.cells]"
            ".filter(cell => cell.type === 'code').flatMap(cell => cell.outputs.toJSON())"
        )
        errors = [f"error: {one['ename']}: {one['evalue']}" for one in outputs if one["output_type"] == "error"]
        streams = [one for one in outputs if one.get("name") == "stderr"]
        warnings = [f"stderr: {''.join(one['text'])}" for one in streams]
        return errors + warnings + [f"page: {text}" for text in self.console]

    def counts(self):
        """Return how many code cells there are and how many of them have been run."""
        prompts = self.page.locator(f"{PANEL} .jp-CodeCell .jp-InputPrompt").all_inner_texts()
        return len(prompts), sum(any(mark.isdigit() for mark in prompt) for prompt in prompts)

    def pictures(self):
        """Return the source and the description of every picture."""
        found = self.page.locator(f"{PANEL} .jp-OutputArea img")
        return found.evaluate_all("all => all.map(one => [one.src, one.alt])")

    def sliders(self):
        """Return what can be moved with arrow keys, of ipywidgets and of the course's own widgets."""
        return self.page.locator(f"{PANEL} :is(.noUi-handle, [role=slider]:not(.noUi-handle), input[type=range])")

    def move(self, number=0, key="ArrowRight", times=1, seconds=30):
        """Move a slider by keys, and tell whether what its cell shows has changed."""
        handle = self.sliders().nth(number)
        handle.scroll_into_view_if_needed()
        area = handle.locator("xpath=ancestor::*[contains(@class,'jp-OutputArea')][last()]")
        before = self._look_of(area)
        handle.focus()
        for _ in range(times):
            self.page.keyboard.press(key)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._look_of(area) != before:
                return True
            self.page.wait_for_timeout(100)
        return False

    @staticmethod
    def _look_of(area):
        """Return what a reader would see change beside the slider itself: pictures, drawings, canvases."""
        return area.evaluate("""one => [
            ...[...one.querySelectorAll('img')].map(part => part.src),
            ...[...one.querySelectorAll('canvas')].map(part => part.toDataURL()),
            ...[...one.querySelectorAll('svg')].map(part => part.outerHTML),
        ].join('\\n')""")

    def screenshot(self, path, selector=None):
        """Write a PNG of the window, or of the first element of a selector."""
        target = self.page.locator(selector).first if selector else self.page
        target.screenshot(path=str(path))

    def close(self):
        """Close the page without saving, and stop its kernel."""
        with contextlib.suppress(Error):
            self.page.close()
        self.server.end_sessions()


def copy_of_lessons(target):
    """Copy the lessons to a folder, so that what a browser saves does not change the course."""
    shutil.copytree(bootstrap.ROOT / "lessons", Path(target, "lessons"), ignore=shutil.ignore_patterns("*checkpoints"))
    solutions = bootstrap.ROOT / "solutions"
    if solutions.is_dir():
        shutil.copytree(solutions, Path(target, "solutions"), ignore=shutil.ignore_patterns("*checkpoints"))
    return Path(target)
