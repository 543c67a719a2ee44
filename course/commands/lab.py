"""The command ``lab``: opens JupyterLab at a lesson, with a kernel that finds the course."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from course import bootstrap
from course.errors import SetupError
from course.manifest import LESSONS

HELP = "Open JupyterLab at lesson 1, setting everything up first where needed. Ctrl-C ends it."
EXAMPLE = "python3 -m course lab --lesson 2"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the lesson, the port, and whether to open a browser."""
    parser.add_argument("--lesson", type=int, default=1, metavar="N", help="open lesson N (default: 1)")
    parser.add_argument(
        "--port", type=int, metavar="PORT", help="serve on this port (default: the first free from 8888)"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")


def run(arguments: argparse.Namespace) -> int:
    """Become JupyterLab."""
    notebook = find_lesson(arguments.lesson)
    if arguments.port is not None:
        check_port(arguments.port)
    check_home()
    print(f"course: opening {notebook.name} in JupyterLab; Ctrl-C ends it.", flush=True)
    return bootstrap.hand_over(server_command(notebook, arguments.port, arguments.no_browser), server_environment())


def find_lesson(number: int) -> Path:
    """Return the notebook of a lesson, as handed out."""
    lesson = next((lesson for lesson in LESSONS if lesson.number == number), None)
    if lesson is None:
        raise SetupError(f"There is no lesson {number}: --lesson takes a number from 1 to {len(LESSONS)}.")
    notebook = bootstrap.ROOT / "lessons" / f"{lesson.stem}.ipynb"
    if not notebook.is_file():
        raise SetupError(f"The notebook lessons/{notebook.name} is not here: make it with 'python3 -m course build'.")
    return notebook


def check_port(port: int) -> None:
    """Raise a SetupError unless the port can be served on."""
    if not 1 <= port <= 65535:
        raise SetupError(f"There is no port {port}: --port takes a number from 1 to 65535.")
    with socket.socket() as probe:
        if os.name != "nt":  # a port that was in use a moment ago is free, as the server sees it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SetupError(
                f"Port {port} cannot be served on ({error.strerror}): name another with --port, or none."
            ) from None


def check_home() -> None:
    """Raise a SetupError unless JupyterLab can keep its settings, which it does in the home folder."""
    home = os.path.expanduser("~")
    elsewhere = {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"} <= set(os.environ)
    if not (elsewhere or (os.path.isdir(home) and os.access(home, os.W_OK))):
        raise SetupError(
            f"JupyterLab needs a home folder that can be written, and {home} is none: set HOME to a folder of yours."
        )


def server_command(notebook: Path, port: int | None, no_browser: bool) -> list[str]:
    """Return the command that serves the course and opens a notebook."""
    command = [
        sys.executable, "-m", "jupyterlab",
        f"--ServerApp.root_dir={bootstrap.ROOT}",
        f"--LabApp.default_url=/lab/tree/{notebook.relative_to(bootstrap.ROOT).as_posix()}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def server_environment() -> dict[str, str]:
    """Return the variables that make the kernel this Python, make it find this course, and keep explorers when saving.

    JupyterLab saves the state of widgets only where a setting says so. With `course/jupyter` on its path of settings a
    notebook that is opened again shows its explorers, and they move, before any cell runs. A setting of the reader's
    own counts more.
    """
    paths = [str(bootstrap.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    settings = [str(bootstrap.ROOT / "course" / "jupyter"), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": os.pathsep.join(settings),
    }
