"""A whole class with every kind of trouble in it: graded right, on all cores, and again after a kill."""

import csv
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course import cell

from . import killed, toy

KINDS = {  # the answer to `mirror`, and the points for the whole notebook
    "right": (toy.RIGHT["mirror"], "8"),
    "mistake": ("def mirror(image):\n    return image[::-1]", "6"),
    "empty": (toy.STUB.format("mirror"), "6"),
    "syntax": ("def mirror(image:\n    return", "6"),
    "exit": ("import os\ndef mirror(image):\n    os._exit(0)", "6"),
    "kill": ("import os\ndef mirror(image):\n    os.kill(os.getppid(), 9); os.kill(-1, 9)\n    return image", "6"),
    "memory": ("def mirror(image):\n    return bytearray(10**10)", "6"),
    "flood": ("def mirror(image):\n    import os\n    print('x' * 10**6)\n    return [0] * 10**6", "6"),
    "thread": (
        "import threading, time\ndef mirror(image):\n    threading.Thread(target=time.sleep, args=(60,)).start()",
        "6",
    ),
    "child": ("import os, time\ndef mirror(image):\n    if os.fork() == 0: time.sleep(60)\n    return image", "6"),
    "loop": ("def mirror(image):\n    while True: pass", "6"),
    "forks": ("import os\ndef mirror(image):\n    while True: os.fork()", "6"),
}
RARE = ("loop", "forks")  # they cost their whole time limit each


def fill(folder, count, rare=RARE):
    """Write a class of so many learners, and return the points that each must get."""
    folder.mkdir()
    common = [kind for kind in KINDS if kind not in RARE]
    kinds = [*rare, *(common[k % len(common)] for k in range(count - len(rare)))]
    for k, kind in enumerate(kinds):
        toy.save(folder / f"{k:03d}-{kind}.ipynb", toy.answers(mirror=KINDS[kind][0]))
    return {f"{k:03d}-{kind}": KINDS[kind][1] for k, kind in enumerate(kinds)}


def start(source, out, processes):
    temporary = out.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(temporary)}
    command = [sys.executable, killed.__file__, str(source), str(out), str(processes)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            start_new_session=True)  # fmt: skip


def totals(out):
    rows = csv.DictReader((out / "grades.csv").read_text(encoding="utf-8-sig").splitlines())
    return {row["name"]: row["total"] for row in rows}


def cmdline(process):
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def ours(mark):
    """The processes that have this path in their command line, or are workers of the grader started by those."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and mark.encode() in cmdline(folder.name) and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def above(process):
    """The processes that started this one, as far as they live."""
    while process > 1:
        try:
            process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return
        yield process


@pytest.fixture(autouse=True)
def _adopts_orphans():
    """Whoever loses its parent below this process becomes its child, so that nobody gets out of sight."""
    libc = ctypes.CDLL(None)
    libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    yield
    libc.prctl(36, 0, 0, 0, 0)


def workers():
    """The workers of the grader that this process has started, in one way or another."""
    found = ours(str(Path(cell.__file__).parent / "worker.py"))
    return {process for process in found if os.getpid() in above(process)}


def gone(before, seconds=10.0):
    """Wait until no worker is left that was not there before."""
    deadline = time.monotonic() + seconds
    while workers() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    return not workers() - before


def test_every_grade_is_right_and_nothing_is_left_behind(namespaces, tmp_path):
    count = int(os.environ.get("COURSE_TEST_CLASS", "36"))
    wanted = fill(tmp_path / "in", count)
    before = workers()
    process = start(tmp_path / "in", tmp_path / "out", processes=2)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    assert totals(tmp_path / "out") == wanted
    assert gone(before)
    assert not list((tmp_path / "temporary").iterdir())
    assert not list((tmp_path / "out").rglob("*.part"))


@pytest.mark.parametrize("processes", [1, 2])
def test_a_killed_run_goes_on_and_gives_the_same_grades(namespaces, tmp_path, processes):
    wanted = fill(tmp_path / "in", 16, rare=())
    before = workers()
    whole = start(tmp_path / "in", tmp_path / "whole", 1)
    _, errors = whole.communicate(timeout=200)
    assert whole.returncode == 0, errors.decode()
    process = start(tmp_path / "in", tmp_path / "out", processes)
    deadline = time.monotonic() + 60
    while len(list((tmp_path / "out" / "results").glob("*.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    done = len(list((tmp_path / "out" / "results").glob("*.json")))
    assert 4 <= done < 16
    assert not (tmp_path / "out" / "grades.csv").exists()
    assert gone(before)  # with the grader, all that it had started has ended
    again = start(tmp_path / "in", tmp_path / "out", processes)
    _, errors = again.communicate(timeout=200)
    assert again.returncode == 0, errors.decode()
    assert (tmp_path / "out" / "grades.csv").read_bytes() == (tmp_path / "whole" / "grades.csv").read_bytes()
    assert totals(tmp_path / "out") == wanted
