"""From a bare Python to a command of the course: finds or installs the packages, then runs the command.

Only the standard library is used here. Packages that are already there are used; otherwise they go into
``.venv`` beside the course. A file in it, written last, says that it is whole; without it the
environment is repaired.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import platform
import queue
import re
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterable, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import TextIO

from .errors import SetupError

__all__ = [
    "ROOT",
    "Requirement",
    "environment_python",
    "environment_ready",
    "hand_over",
    "main",
    "missing",
    "prepare_environment",
    "requirements",
]

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_PACKAGES = ("doctor",)
TESTS_ONLY = "# only for the tests"
MARKER = "course-ready"
LOG = "course-install.log"
AGAIN = "COURSE_INSIDE_VENV"
# Of pip's settings, those that say where packages come from, and which build of them. Any other one could lead pip
# elsewhere (target, prefix, root, user, python), or keep it from installing (dry-run, no-deps, require-hashes).
PIP_SETTINGS = (
    "index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "proxy", "cert", "client-cert",
    "keyring-provider", "timeout", "default-timeout", "retries", "resume-retries", "cache-dir", "no-cache-dir",
    "constraint", "build-constraint", "only-binary", "no-binary", "prefer-binary", "use-feature", "use-deprecated",
)  # fmt: skip
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Connection refused"
    r"|Name or service not known|nodename nor servname|getaddrinfo failed|Temporary failure in name resolution"
    r"|Network is unreachable|Max retries exceeded"
)
NOT_FOUND = re.compile(r"(?:No matching distribution found for|satisfies the requirement) ([^\s(]+)")


class Requirement:
    """One line of ``requirements.txt``: a package, its pinned version, and whether only the tests need it."""

    def __init__(self, name: str, version: str, tests_only: bool):
        self.name, self.version, self.tests_only = name, version, tests_only

    def installed(self) -> str | None:
        """Return the version that this Python has, or None."""
        try:
            return metadata.version(self.name)
        except metadata.PackageNotFoundError:
            return None

    def fits(self, version: str | None) -> bool:
        """Tell whether a version will do: the same major version as the pin is enough."""
        return version is not None and version.split(".")[0] == self.version.split(".")[0]

    def __repr__(self) -> str:
        return f"{self.name}=={self.version}"


def requirements(file: Path | None = None) -> list[Requirement]:
    """Read the lines of ``requirements.txt`` that hold for this Python.

    A course that was installed as a package has no such file beside it: then its installer saw to them.
    """
    file = ROOT / "requirements.txt" if file is None else file
    if not file.exists():
        return []
    found, tests_only = [], False
    for line in file.read_text(encoding="utf-8").splitlines():
        tests_only = tests_only or line.lower().startswith(TESTS_ONLY)
        text = line.split("#")[0].strip()
        if not text:
            continue
        pin, _, marker = (part.strip() for part in text.partition(";"))
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", pin)
        if not match:
            raise SetupError(f"{file.name}: the line {line!r} is not NAME==VERSION. Pin one version.")
        if _holds(marker, line):
            found.append(Requirement(match[1], match[2], tests_only))
    return found


def _holds(marker: str, line: str) -> bool:
    """Evaluate the one kind of marker that requirements.txt uses."""
    if not marker:
        return True
    match = re.fullmatch(r'python_version\s*(>=|<)\s*"3\.(\d+)"', marker)
    if not match:
        raise SetupError(f'requirements.txt: the line {line!r} needs a marker such as python_version < "3.11".')
    newer = sys.version_info >= (3, int(match[2]))
    return newer if match[1] == ">=" else not newer


def missing(tests: bool = False) -> list[Requirement]:
    """Return what this Python lacks, or has in a version that does not fit."""
    needed = (one for one in requirements() if tests or not one.tests_only)
    return [one for one in needed if not one.fits(one.installed())]


def environment_python(folder: Path) -> Path:
    """Return the path of the Python of a virtual environment, as this system lays it out."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment_ready(folder: Path | None = None) -> bool:
    """Tell whether ``.venv`` is whole and made from the present ``requirements.txt``."""
    folder = ROOT / ".venv" if folder is None else folder
    marker = folder / MARKER
    return environment_python(folder).exists() and marker.is_file() and marker.read_text() == _fingerprint()


def _fingerprint() -> str:
    file = ROOT / "requirements.txt"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command of the course, with the packages it needs; return its exit code."""
    from . import cli

    argv = list(sys.argv[1:] if argv is None else argv)
    return cli.guarded(lambda: _start(argv), debug="--debug" in argv)


def _start(argv: list[str]) -> int:
    """Run the command here if this Python has what it needs, else in ``.venv``."""
    from . import cli

    again = os.environ.pop(AGAIN, None)
    command = next((word for word in argv if not word.startswith("-")), None)
    if command not in cli.COMMANDS or "-h" in argv or "--help" in argv:
        return cli.main(argv)
    lacking = missing(tests=command == "test")
    if not lacking:
        if Path(sys.prefix).resolve() == ROOT / ".venv":
            with contextlib.suppress(OSError, UnicodeError):  # of an environment that only its owner may change
                _let_kernels_find_the_course(sysconfig.get_path("purelib"))
        return cli.main(argv)
    if again:
        names = ", ".join(map(repr, lacking))
        raise SetupError(f"The folder .venv is ready, and still lacks {names}: delete .venv and start again.")
    python = environment_python(ROOT / ".venv")
    ready = environment_ready() and _works(python)
    if command in WITHOUT_PACKAGES and not ready:
        return cli.main(argv)
    if not ready:
        try:
            prepare_environment(lacking)
        except KeyboardInterrupt:
            print("\ncourse: stopped, as you asked; the same command goes on with it.", file=sys.stderr)
            return 130
    # The environment may come from where the course lay before, and find the course there: the path here comes first.
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return hand_over([str(python), "-m", "course", *argv], {AGAIN: "1", "PYTHONPATH": os.pathsep.join(paths)})


def hand_over(command: Sequence[str], extra: dict[str, str]) -> int:
    """Go on as another program, with more environment variables; on Windows wait for it instead."""
    environment = {**os.environ, **extra}
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execve(command[0], list(command), environment)  # does not come back
    process = subprocess.Popen(list(command), env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the other program was interrupted as well, and ends by itself
            continue


def prepare_environment(lacking: Sequence[Requirement] = (), out: TextIO | None = None) -> None:
    """Make ``.venv`` or repair it, and install everything that ``requirements.txt`` names.

    Parameters
    ----------
    lacking : sequence of Requirement
        What was found missing, for the message.
    out : text stream, optional
        Where progress is shown; standard error by default.

    Raises
    ------
    SetupError
        Without a way to make an environment, without a network, or when a package cannot be had.
    """
    out = sys.stderr if out is None else out
    folder = ROOT / ".venv"
    if folder.is_symlink():
        raise SetupError(
            f"The folder .venv is a link to {os.readlink(folder)}, which lacks packages and may be somebody else's: "
            "install requirements.txt there, or delete the link and start again for an environment of the course's own."
        )
    names = ", ".join(one.name for one in lacking[:4]) + (" and more" if len(lacking) > 4 else "")
    print(
        f"course: this Python lacks {names or 'packages'}. Everything goes into the folder .venv, once: about 1 GB to "
        "download\n(on Linux up to 4 GB, since PyTorch brings its GPU libraries there), usually 3 to 15 minutes. "
        "If it is cut short,\nthe same command goes on.",
        file=out,
    )
    if not _works(environment_python(folder)):
        _make_environment(folder, out)
    (folder / MARKER).unlink(missing_ok=True)
    _install(folder, out)
    _let_kernels_find_the_course(_packages_of(folder))
    part = folder / (MARKER + ".part")
    part.write_text(_fingerprint())
    os.replace(part, folder / MARKER)
    print("course: everything is installed.", file=out)


def _works(python: Path) -> bool:
    """Tell whether an environment's Python starts, is new enough and has pip."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 10))"
    try:
        run = subprocess.run([str(python), "-I", "-c", test], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def _make_environment(folder: Path, out: TextIO) -> None:
    if util.find_spec("venv") is None or util.find_spec("ensurepip") is None:
        version = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(
            "This Python cannot make a virtual environment, since its module 'venv' is not complete: install it "
            f"(on Debian and Ubuntu: sudo apt install python{version}-venv) and start the same command again."
        )
    print(f"course: {'repairing' if folder.exists() else 'making'} .venv ...", file=out, flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(folder)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        problem = (run.stderr or run.stdout).strip().splitlines()[-1:] if run.returncode else []
        failed = run.returncode != 0
    except OSError as error:
        failed, problem = True, [str(error)]
    if failed:
        raise SetupError(
            f"The virtual environment {folder} could not be made ({' '.join(problem) or 'no reason given'}): "
            "see that the folder can be written and the disk is not full, delete .venv and start again."
        )


def _install(folder: Path, out: TextIO) -> None:
    """Run pip on requirements.txt with progress, into this environment and nowhere else."""
    environment = _pip_environment(folder)
    environment.setdefault("PIP_RETRIES", "2")
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    log = folder / LOG  # pip's own, since only there it says of every failure whether the network was the reason
    log.unlink(missing_ok=True)
    command = [str(environment_python(folder)), "-I", "-u", "-m", "pip", "--log", str(log), "install"]
    command += ["--progress-bar", "off", "-r", str(ROOT / "requirements.txt")]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    try:
        _show_progress(process.stdout, out)
        status = process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if status:
        said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        raise SetupError(_why_pip_failed(said))


def _pip_environment(folder: Path) -> dict[str, str]:
    """Return the environment for pip in which only `PIP_SETTINGS` hold, wherever they were made.

    No variable can undo what a file sets (pip passes over an empty one), so pip reads no file: what its files say of
    these settings goes into variables.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    variables = {setting: "PIP_" + setting.upper().replace("-", "_") for setting in PIP_SETTINGS}
    kept = {name: os.environ[name] for name in variables.values() if os.environ.get(name)}
    # What "pip config list" could take for its own: how much it says, and which of the files it shows.
    every_file = dict.fromkeys(("PIP_QUIET", "PIP_VERBOSE", "PIP_USER", "PIP_SITE", "PIP_GLOBAL"), "0")
    asked = {**plain, **kept, **every_file}
    if os.environ.get("PIP_CONFIG_FILE"):
        asked["PIP_CONFIG_FILE"] = os.environ["PIP_CONFIG_FILE"]
    command = [str(environment_python(folder)), "-I", "-m", "pip", "config", "list"]
    run = subprocess.run(command, env=asked, capture_output=True, text=True, errors="replace", check=False)
    if run.returncode:
        reason = " ".join((run.stderr + run.stdout).split())[:300].rstrip(".")
        raise SetupError(
            f"The settings of pip cannot be read ({reason}): correct that file or variable, and start again."
        )
    found: dict[str, str] = {}
    for section in ("global", "install"):  # the second one is the stronger, and variables are stronger still
        for setting, value in re.findall(rf"^{section}\.(\S+?)=(.*)$", run.stdout, re.MULTILINE):
            if setting in variables:
                found[variables[setting]] = " ".join(ast.literal_eval(value).split())
    return {**plain, **found, **kept, "PIP_CONFIG_FILE": os.devnull}


def _show_progress(stream: Iterable[str], out: TextIO) -> None:
    """Show what pip does and for how long."""
    arrived: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in stream:
            arrived.put(line)
        arrived.put(None)

    threading.Thread(target=read, daemon=True).start()
    terminal, start, doing = out.isatty(), time.monotonic(), "starting pip"
    while True:
        try:
            line = arrived.get(timeout=1 if terminal else 20)
        except queue.Empty:
            line = ""
        if line is None:
            break
        if line:
            step = re.match(r"\s*(Collecting|Downloading|Building|Installing)\b(.*)", line)
            if not step:
                continue
            what = "packages (this is the last step)" if step[1] == "Installing" else step[2].split(" (from")[0].strip()
            size = re.search(r"\([\d.]+ [kMG]B\)", what)
            doing = f"{step[1].lower()} {what.split('/')[-1] if size else what}"
        minutes, seconds = divmod(int(time.monotonic() - start), 60)
        text = f"  {minutes:2d}:{seconds:02d}  {doing}"
        print(f"\r{text[:100]:<100}" if terminal else text, end="" if terminal else "\n", file=out, flush=True)
    if terminal:
        print(file=out)


def _why_pip_failed(output: str) -> str:
    """Turn what pip said into one sentence that says what to do."""
    wanted = NOT_FOUND.search(output)
    package = wanted[1] if wanted else "a package"
    if "No space left on device" in output:
        return f"The disk of {ROOT} is full: make room (about 6 GB) and start the same command again."
    if NO_NETWORK.search(output):
        return (
            f"There is no network, and {package} is needed from it on first use: connect and start the same command "
            "again, or set PIP_NO_INDEX=1 and PIP_FIND_LINKS to a folder with the packages."
        )
    if wanted and "PIP_NO_INDEX" in os.environ:
        return (
            f"pip may not use the network (PIP_NO_INDEX is set), and {package} for Python "
            f"{platform.python_version()} is not in the folder that PIP_FIND_LINKS names: put it there, or unset "
            "PIP_NO_INDEX."
        )
    if wanted:
        return (
            f"pip finds no {package} for Python {platform.python_version()} on {platform.system()} "
            f"{platform.machine()}: use a 64-bit Python 3.11, 3.12 or 3.13, and see that pip's settings "
            "(pip config list) name an index or a folder that has it."
        )
    last = re.findall(r"\bERROR: .*", output)[:1]
    reason = f" ({last[0][:200]})" if last else ""
    return f"pip could not install the packages{reason}: its whole output is in .venv/{LOG}."


def _packages_of(folder: Path) -> str:
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    command = [str(environment_python(folder)), "-c", query]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _let_kernels_find_the_course(packages: str) -> None:
    """Make ``import course`` find this course in every program that uses an environment, such as an editor's notebooks.

    `packages` is the environment's folder for packages. A course that was moved or copied takes the place of the other.
    """
    encoding = "utf-8" if sys.version_info >= (3, 13) else "locale"
    file, text = Path(packages, "course.pth"), f"{ROOT}\n"
    if not file.exists() or file.read_text(encoding=encoding, errors="replace") != text:
        file.write_text(text, encoding=encoding)
