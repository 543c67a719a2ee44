"""Hostile answers gain no point, learn nothing, and stop nothing; each one wins against a grader without defences."""

# ruff: noqa: E501  (an attack reads best on its own line)
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.grading import run, wire
from course.grading.sandbox import Limits, Sandbox
from course.grading.submission import submission_of

from . import naive, toy

SECRET = "the-grader-s-own-secret"


def grade(box, source, **others):
    found = run.grade_submission(submission_of(toy.answers(mirror=source, **others), "x.ipynb"), box, naive.SEED)
    return {one.exercise: one for one in found}


def sent_back(box, source):
    """All that an answer managed to send, as text."""
    piece = next(one for one in submission_of(toy.answers(mirror=source), "x").slices if one.exercise == "mirror")
    answer = box.run(*run._job(piece, run.plan_of("mirror", naive.SEED)))
    return repr([content for content, _ in wire.frames_in(answer.data)]) + answer.data.decode("utf-8", "replace")


def undefended(folder, source, wait=0.0):
    """What the grader without defences makes of it: its verdict, its loot, and whether its parent lived on."""
    folder.mkdir(exist_ok=True)
    (folder / "answer.py").write_text(source)
    (folder / "neighbour.ipynb").write_text("the neighbour's work")
    inner = [sys.executable, naive.__file__, str(folder / "answer.py")]
    outer = f"import subprocess; subprocess.run({inner!r}, timeout=20); print('survived')"
    environment = {**os.environ, "GRADER_SECRET": SECRET, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", outer], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=40, check=False)  # fmt: skip
    time.sleep(wait)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    verdict = json.loads(lines[-1]) if lines else {"passed": None, "loot": ""}
    forged = folder / "result.json"
    if forged.exists():
        verdict |= json.loads(forged.read_text())
    return verdict | {"survived": "survived" in done.stdout}


POINTS = {
    "an object that is equal to everything": """
class Equal:
    yes = True
    def __eq__(self, other):
        return True
def mirror(image):
    return Equal()
""",
    "an array subclass that answers for NumPy": """
class Right(np.ndarray):
    def __array_function__(self, function, kinds, arguments, options):
        return True
    def __array_ufunc__(self, *arguments, **options):
        return True
def mirror(image):
    return image.view(Right)
""",
    "a patched NumPy": """
np.allclose = lambda *arguments, **options: True
def mirror(image):
    np.allclose = np.isclose = np.array_equal = lambda *arguments, **options: True
    return image
""",
    "a replaced check": """
def check(*arguments):
    return True
def mirror(image):
    global check
    check = lambda *arguments: True
    return image
""",
    "the expected value in the caller's frame": """
import sys
def mirror(image):
    frame = sys._getframe(1)
    while frame is not None:
        for place in (frame.f_locals, frame.f_globals):
            for name in ("expected", "_expected"):
                if name in place:
                    return place[name]
        frame = frame.f_back
    return image
""",
    "the reference, imported": """
def mirror(image):
    from tests.grading.toy import mirror
    return mirror(image)
""",
    "the reference, found by the garbage collector": """
import gc, types
def mirror(image):
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == "mirror" and "toy" in thing.__code__.co_filename:
            return thing(image)
    return image
""",
    "a verdict printed at the end": """
import atexit, json
def mirror(image):
    atexit.register(lambda: print(json.dumps({"passed": True, "loot": ""}), flush=True))
    return image
""",
    "a forged result file": """
import json
def mirror(image):
    with open("result.json", "w") as file:
        json.dump({"passed": True}, file)
    return image
""",
    "a detached process that writes later": """
import json, os, time
def mirror(image):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.5)
            with open("result.json", "w") as file:
                json.dump({"passed": True}, file)
        os._exit(0)
    return image
""",
    "SciPy does the exercise": """
def mirror(image):
    import scipy.ndimage
    turn = lambda place: (place[0], image.shape[1] - 1 - place[1])
    return scipy.ndimage.geometric_transform(image, turn, order=0)
""",
}


@pytest.mark.parametrize("name", POINTS)
def test_it_gains_no_point(lesson, box, tmp_path, name):
    later = 1.0 if "later" in name else 0.0
    assert undefended(tmp_path / "naive", POINTS[name], later)["passed"]
    results = grade(box, POINTS[name])
    assert results["mirror"].status in ("failed", "error")
    assert results["mirror"].points == 0
    assert results["add_bias"].status == results["row_sums"].status == "passed"


LOOT = {
    "the reference's file": ("return open(ROOT + '/tests/grading/toy.py').read()", "LESSON = Lesson("),
    "the checks of the course": ("return open(ROOT + '/course/checks/judge.py').read()", "Judging what the reader's function gave"),
    "the reference operations": ("import course.ops; return str(course.ops)", "<module 'course.ops'"),
    "the hidden seed": (
        "import sys; frames = []; f = sys._getframe()\n"
        "    while f: frames.append(dict(f.f_globals)); f = f.f_back\n"
        "    return str([m.get('SEED') for m in frames] + sys.argv)",
        str(naive.SEED),
    ),
    "the grader's environment": ("import os; return str(os.environ.get('GRADER_SECRET'))", SECRET),
    "the environment of its parent": (
        "text = open(f'/proc/{__import__(\"os\").getppid()}/environ').read(); return text[text.find('GRADER_SECRET'):]",
        SECRET,
    ),
    "other submissions": (
        "import pathlib; return str([p.read_text() for p in pathlib.Path('.').glob('*.ipynb')])",
        "the neighbour's work",
    ),
    "the machine's users": ("return open('/etc/passwd').read()", "root:"),
    "the processes of the machine": (
        "import os; return 'pids ' + str(len([p for p in os.listdir('/proc') if p.isdigit()]) > 0)",
        "pids True",
    ),
    "the disk": ("import os; os.mkdir('/tmp/course-loot-test'); os.rmdir('/tmp/course-loot-test'); return 'wro' + 'te'", "wrote"),
    "the grader's memory by ptrace": (
        "import ctypes, os; MEMO.append(ctypes.CDLL(None).ptrace(0, 0, 0, 0)); return f'attached {MEMO[0]}'", "attached 0"),
    "a debugger's look into its parent": (
        "import ctypes, os, struct; libc = ctypes.CDLL(None); b = ctypes.create_string_buffer(8);\n"
        "    v = struct.pack('PN', ctypes.addressof(b), 8)\n"
        "    return f'read {libc.process_vm_readv(os.getpid(), v, 1, v, 1, 0)}'", "read 8"),
    "namespaces of its own": ("import ctypes; MEMO.append(ctypes.CDLL(None).unshare(0x20000000)); return f'left {MEMO[0]}'", "left 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOT)
def test_it_learns_nothing(lesson, box, tmp_path, name):
    body, marker = LOOT[name]
    source = f"ROOT = {naive.ROOT!r}\nMEMO = []\ndef mirror(image):\n    {body}\n"
    if not (name == "namespaces of its own" and os.geteuid() != 0):
        assert marker in undefended(tmp_path / "naive", source)["loot"]
    os.environ["GRADER_SECRET"] = SECRET
    try:
        assert marker not in sent_back(box, source)
        assert grade(box, source)["mirror"].points == 0
    finally:
        del os.environ["GRADER_SECRET"]


STOPS = {
    "os._exit": "import os\n    os._exit(0)",
    "sys.exit": "raise SystemExit(0)",
    "a signal to itself": "import os\n    os.kill(os.getpid(), 9)",
    "a crash": "import ctypes\n    ctypes.string_at(0)",
    "an endless recursion in C": "x = []\n    for _ in range(10**6): x = [x]\n    repr(x)\n"
    "    import pickle; return pickle.dumps(x)",
    "a loop that ignores signals": "import signal\n    signal.signal(2, lambda *a: None); signal.signal(15, lambda *a: None)\n"
    "    while True: pass",
    "a bomb of processes": "import os\n    while True:\n        try: os.fork()\n        except OSError: pass",
    "a bomb of threads": "import threading, time\n    while True:\n        try: threading.Thread(target=time.sleep,"
    " args=(9,)).start()\n"
    "        except RuntimeError: pass",
    "a bomb of memory": "x = []\n    while True: x.append(bytearray(10**7))",
    "memory of many processes": "import os, time\n    for _ in range(12):\n        if os.fork() == 0:\n"
    "            x = bytearray(300 * 10**6)\n            for k in range(0, len(x), 4096): x[k] = 1\n            time.sleep(9)\n"
    "    time.sleep(9)",
    "a flood of output": "import os\n    while True: print('x' * 10**6, flush=True)",
    "a full disk": "with open('x', 'wb') as f:\n        while True: f.write(bytes(10**6))",
    "a flood of files": "k = 0\n    while True:\n        open(str(k), 'w').close(); k += 1",
    "a flood of results": "import os\n    for fd in range(3, 64):\n        try:\n            while True: os.write(fd, bytes(10**6))\n"
    "        except OSError: pass",
    "a result of 10 GB": "return np.broadcast_to(np.zeros(1), (10**5, 12500))",
    "a result that never ends": "x = []\n    x.append(x)\n    return x",
    "a huge number": "return 10 ** 5000",
    "threads that stay": "import threading, time\n    threading.Thread(target=time.sleep, args=(60,)).start()\n    return None",
}  # fmt: skip


@pytest.mark.parametrize("name", STOPS)
def test_it_stops_nothing_but_itself(lesson, namespaces, name):
    with Sandbox("namespaces", Limits(seconds=1.5, memory=400 * 2**20)) as box:
        started = time.monotonic()
        results = grade(box, f"def mirror(image):\n    {STOPS[name]}\n")
        before = box._process.pid
        assert results["mirror"].points == 0
        assert results["mirror"].status in ("error", "timeout", "missing", "failed")
        assert results["add_bias"].status == results["row_sums"].status == "passed"
        assert not results["mirror"].trouble
        assert time.monotonic() - started < 12
        assert grade(box, toy.RIGHT["mirror"])["mirror"].status == "passed"
        assert box._process.pid == before  # the worker itself never noticed
        deadline = time.monotonic() + 3
        while descendants(before) > 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert descendants(before) == 1  # the worker alone: everything that was started is gone


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


def test_an_answer_that_ends_its_process_ends_an_undefended_grader(tmp_path, lesson):
    for name in ("os._exit", "a signal to itself", "a crash"):
        assert undefended(tmp_path / "naive", f"def mirror(image):\n    {STOPS[name]}\n")["passed"] is None


def test_signals_to_the_parent_go_nowhere(lesson, box, tmp_path):
    source = "import os\ndef mirror(image):\n    os.kill(os.getppid(), 9)\n    return image"
    assert not undefended(tmp_path / "naive", source)["survived"]
    grade(box, toy.RIGHT["mirror"])
    worker = box._process.pid
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
    assert box._process.pid == worker
    assert box._process.poll() is None


@pytest.mark.parametrize("kind", ["tcp", "abstract"])
def test_sockets_reach_nobody(lesson, box, tmp_path, kind):
    with socket.socket(socket.AF_INET if kind == "tcp" else socket.AF_UNIX) as server:
        server.bind(("127.0.0.1", 0) if kind == "tcp" else f"\0course-test-{os.getpid()}")
        server.listen()
        server.settimeout(0.3)
        family, address = int(server.family), server.getsockname()
        source = f"import socket\ndef mirror(image):\n    socket.socket({family}).connect({address!r})\n    return 'connected'\n"
        assert "connected" in undefended(tmp_path / "naive", source)["loot"]
        server.accept()[0].close()
        while True:
            try:
                server.accept()[0].close()
            except TimeoutError:
                break
        assert "connected" not in sent_back(box, source)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_pickle_is_never_opened(lesson, box, tmp_path):
    mark = tmp_path / "opened"
    source = f"import os\nclass Bomb:\n    def __reduce__(self):\n        return os.mkdir, ({str(mark)!r},)\n"
    source += "def mirror(image):\n    return Bomb()"
    undefended(tmp_path / "naive", source)
    assert mark.exists()
    mark.rmdir()
    result = grade(box, source)["mirror"]
    assert (result.status, result.points) == ("error", 0)
    objects = "def mirror(image):\n    return np.array([object(), 1], dtype=object)"
    assert grade(box, objects)["mirror"].status == "error"
    assert not mark.exists()


def test_numpy_is_there_whole_and_nothing_else_is(lesson, box):
    source = (
        "def mirror(image):\n    import numpy.polynomial, numpy.ma, decimal, statistics\n    return np.fliplr(image)"
    )
    assert grade(box, source)["mirror"].status == "passed"
    for name in ("scipy", "torch", "matplotlib", "IPython", "pip", "course.ops"):
        source = f"def mirror(image):\n    import {name}\n    return np.fliplr(image)"
        assert grade(box, source)["mirror"].status == "error"


def test_nan_is_not_equal_to_everything(lesson, box):
    result = grade(box, "def mirror(image):\n    return image * float('nan')")["mirror"]
    assert (result.status, result.points) == ("failed", 0)


def test_forged_frames_on_the_way_back_earn_nothing(lesson, box):
    """An answer may write to the pipe itself: what it can say there is a value, and that is what it returns anyway."""
    forged = [
        wire.pack({"status": "passed", "points": 9}),
        wire.pack({"passed": True}),
        b"\xff" * 100,
        wire.pack({"value": {"array": ["<f8", [2, 3], 0, False]}, "error": "", "where": "", "changed": []}, bytes(48)),
    ]
    for frame in forged:
        source = (
            f"import os\ndef mirror(image):\n    for fd in range(3, 64):\n        try: os.write(fd, {frame!r} * 9)\n"
        )
        source += "        except OSError: pass\n    return image"
        results = grade(box, source)
        assert results["mirror"].points == 0
        assert results["row_sums"].status == "passed"


def test_nothing_is_left_for_the_next_exercise_or_the_next_learner(lesson, box):
    leave = "import os, sys\ndef mirror(image):\n    open('/work/numpy.py', 'w').write('LEFT-BEHIND')\n"
    leave += "    sys.modules['numpy'].LEFT = 'LEFT-BEHIND'\n    return np.fliplr(image)"
    assert grade(box, leave)["mirror"].status == "passed"
    look = "import gc, os\ndef mirror(image):\n    texts = [t for o in gc.get_objects() if isinstance(o, (list, dict, tuple))\n"
    look += "             for t in (o.values() if isinstance(o, dict) else o) if isinstance(t, str) and '-'.join(['LEFT', 'BEHIND']) in t]\n"
    look += "    return str([os.listdir('/work'), hasattr(np, 'LEFT'), texts])"
    assert "[[], False, []]" in sent_back(box, look)


def test_what_decides_never_reaches_what_is_shown(lesson, box):
    """An answer that remembers the cases and tells them later finds nobody to tell."""
    source = (
        "seen = []\ndef mirror(image):\n    seen.append(image.tobytes().hex())\n    raise ValueError(' '.join(seen))"
    )
    submission = submission_of(toy.answers(mirror=source), "x.ipynb")
    for shown, told in ((None, True), (99, False)):
        result = run.grade_submission(submission, box, naive.SEED, shown)[2]
        hidden = [case.arguments["image"].tobytes().hex()[:60] for case in run.plan_of("mirror", naive.SEED).cases]
        assert any(one in repr(result) for one in hidden) == told


def test_feedback_holds_no_code_of_the_learner_s(lesson, box):
    from course.grading.feedback import feedback_page

    source = "def mirror(image):\n    raise ValueError('<script>alert(1)</script><img src=x onerror=y>')"
    results = list(grade(box, source).values())
    page = feedback_page({"name": "<script>", "total": 6, "out_of": 8, "notes": ["<img>"]}, toy.LESSON, results)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
