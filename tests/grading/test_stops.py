"""Hostile answers stop and starve nobody else; each one harms a grader without defences."""

# ruff: noqa: E501  (an attack reads best on its own line)
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from course.grading.sandbox import Limits, Sandbox

from . import toy
from .hostile import grade, sent_back, undefended


@dataclass(frozen=True)
class Stop:
    """An answer that stops or starves its grader.

    Parameters
    ----------
    body : str
        Of the function; it takes MOST of what it wants.
    harm : {"ends", "late", "deaf", "takes", "floods"}
        What a grader without defences suffers: it ends without a verdict, is not done in time, not even when it is
        told to stop, gives all that is asked for, or has its verdict drowned.
    most : int
        More than the limits of the sandbox allow, and yet what this machine can bear.
    """

    body: str
    harm: str
    most: int = 0


LIMITS = Limits(seconds=1.5, memory=400 * 2**20)
STOPS = {
    "os._exit": Stop("import os\n    os._exit(0)", "ends"),
    "sys.exit": Stop("raise SystemExit(0)", "ends"),
    "a signal to itself": Stop("import os\n    os.kill(os.getpid(), 9)", "ends"),
    "a crash": Stop("import ctypes\n    ctypes.string_at(0)", "ends"),
    "a result of great depth": Stop("x = []\n    for _ in range(10**6): x = [x]\n    return x", "ends"),
    "a result that never ends": Stop("""class Endless:
        def __len__(self): return 2 * 10**8
        def __getitem__(self, place): return 1.0
    return Endless()""", "late"),
    "a result of 10 GB": Stop("return np.broadcast_to(np.zeros(1), (10**5, 12500))", "ends"),
    "a huge number": Stop("return 10 ** 5000", "ends"),
    "a loop that ignores signals": Stop(
        "import signal\n    signal.signal(2, lambda *a: None); signal.signal(15, lambda *a: None)\n    while True: pass", "deaf"),
    "threads that stay": Stop(
        "import threading, time\n    threading.Thread(target=time.sleep, args=(60,)).start()\n    return None", "late"),
    "a bomb of processes": Stop("""import os, time
    forks = 0
    while forks < MOST:
        try:
            if os.fork() == 0 and MOST < 99: time.sleep(3); os._exit(0)
            forks += 1
        except OSError: pass
    return f"took {forks}" """, "takes", 40),
    "a bomb of threads": Stop("""import threading, time
    threads = 0
    while threads < MOST:
        try: threading.Thread(target=time.sleep, args=(3,), daemon=True).start(); threads += 1
        except RuntimeError: pass
    return f"took {threads}" """, "takes", 100),
    "a bomb of memory": Stop("""x = []
    while len(x) < MOST: x.append(b"x" * 10**7)
    return f"took {len(x)}" """, "takes", 50),
    "memory of many processes": Stop("""import os, time
    ours, theirs = os.pipe()
    for _ in range(min(MOST, 12)):
        if os.fork() == 0:
            x = b"x" * 10**8; os.write(theirs, b"1"); time.sleep(5); os._exit(0)
    have = 0
    while have < MOST: have += len(os.read(ours, 99))
    return f"took {have}" """, "takes", 8),
    "memory in a file without a name": Stop("""import os
    file = os.memfd_create("x")
    for _ in range(MOST): os.write(file, b"x" * 10**7)
    return f"took {MOST}" """, "takes", 50),
    "memory that is shared": Stop("""import mmap
    x = []
    while len(x) < MOST: x.append(mmap.mmap(-1, 10**7)); x[-1].write(b"x" * 10**7)
    return f"took {len(x)}" """, "takes", 50),
    "a full disk": Stop("""import os
    with open("x", "wb") as file:
        for _ in range(MOST): file.write(bytes(10**6))
    return f"took {MOST}" """, "takes", 40),
    "a flood of files": Stop("""files = 0
    while files < MOST: open(str(files), "w").close(); files += 1
    return f"took {files}" """, "takes", 1500),
    "a flood of output": Stop("for _ in range(MOST): print('x' * 10**6, flush=True)", "floods", 20),
    "a flood of results": Stop("""import os
    for descriptor in range(1, 64):
        try:
            for _ in range(MOST): os.write(descriptor, bytes(10**6))
        except OSError: pass""", "floods", 20),
}  # fmt: skip


def attack(name, most=10**9):
    return f"MOST = {most}\ndef mirror(image):\n    {STOPS[name].body}\n"


@pytest.mark.parametrize("name", STOPS)
def test_it_stops_nothing_but_itself(lesson, level, name):
    with Sandbox(level, LIMITS) as box:
        started = time.monotonic()
        results = grade(box, attack(name))
        before = process_of(box).pid
        assert results["mirror"].points == 0
        assert results["mirror"].status in ("error", "timeout", "missing", "failed")
        assert results["add_bias"].status == results["row_sums"].status == "passed"
        assert not results["mirror"].trouble
        assert time.monotonic() - started < 12
        assert grade(box, toy.RIGHT["mirror"])["mirror"].status == "passed"
        assert process_of(box).pid == before  # the worker itself never noticed
        deadline = time.monotonic() + 3
        resting = 1 if level == "namespaces" else 0  # where the first process of the namespaces stands between
        while descendants(before) > resting and time.monotonic() < deadline:
            time.sleep(0.02)
        assert descendants(before) == resting  # the worker alone: everything that was started is gone


@pytest.mark.parametrize("name", [name for name in STOPS if STOPS[name].harm == "takes"])
def test_it_does_not_get_what_it_asks_for(lesson, level, name):
    with Sandbox(level, LIMITS) as box:
        assert f"took {STOPS[name].most}" not in sent_back(box, attack(name, STOPS[name].most))


@pytest.mark.parametrize("name", STOPS)
def test_it_harms_a_grader_without_defences(tmp_path, name):
    harm, most = STOPS[name].harm, STOPS[name].most
    patience = 3.0 if harm in ("late", "deaf") else 30.0
    verdict = undefended(tmp_path / "naive", attack(name, most), patience=patience)
    shutil.rmtree(tmp_path / "naive")
    if harm == "ends":
        assert verdict["passed"] is None
    elif harm == "takes":
        assert verdict["loot"] == f"took {most}"
    elif harm == "floods":
        assert verdict["size"] > LIMITS.output
    else:
        assert verdict[harm]


def process_of(box):
    """The process that the grader talks to."""
    return box._process or box._guest._process


def descendants(pid):
    """How many processes a process has below it."""
    children = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
    count, waiting = 0, [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        count += len(below)
        waiting += below
    return count


def test_signals_to_the_parent_go_nowhere(lesson, box, tmp_path):
    source = "import os\ndef mirror(image):\n    os.kill(os.getppid(), 9)\n    return image"
    assert not undefended(tmp_path / "naive", source)["survived"]
    grade(box, toy.RIGHT["mirror"])
    worker = process_of(box).pid
    for call in (
        "os.kill(os.getppid(), 9)",
        "os.kill(-1, 9)",
        "os.killpg(0, 9)",
        f"os.kill({worker}, 9)",
        "os.kill(1, 9)",
    ):
        results = grade(box, f"import os\ndef mirror(image):\n    {call}\n    return image")
        assert results["mirror"].points == 0
        assert results["add_bias"].status == "passed"
    assert process_of(box).pid == worker
    assert process_of(box).poll() is None
