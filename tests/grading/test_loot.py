"""Hostile answers learn nothing; each one wins against a grader without defences."""

# ruff: noqa: E501  (an attack reads best on its own line)
import os
import py_compile
import socket
from pathlib import Path

import pytest

from course.grading import levels, run
from course.grading.submission import submission_of

from . import naive, toy
from .hostile import SECRET, grade, sent_back, undefended

LOOT = {
    "the reference's file": ("return open(ROOT + '/tests/grading/toy.py').read()", "LESSON = Lesson("),
    "the checks of the course": ("return open(ROOT + '/course/checks/judge.py').read()", "Judging what the reader's function gave"),
    "the reference operations": ("import course.ops; return str(course.ops)", "<module 'course.ops'"),
    "the course, put on the path": ("import sys; sys.path.insert(0, ROOT); import course.ops; return str(course.ops)", "<module 'course.ops'"),
    "the course, by another program": (
        "import subprocess, sys\n"
        "    return subprocess.run([sys.executable, '-c', f'import sys; sys.path.insert(0, {ROOT!r}); import course; print(course)'],\n"
        "                          capture_output=True, text=True).stdout", "<module 'course'"),
    "the course, by its compiled code": (
        "import glob; return str([open(p, 'rb').read(4) for p in glob.glob(ROOT + '/course/__pycache__/*.pyc')])", "\\r\\n"),
    "a file by way of its parent's root": (
        "import os; return open(f'/proc/{os.getppid()}/root' + ROOT + '/README.md').read()", "course"),
    "a file by way of its parent's folder": (
        "import os; return open(f'/proc/{os.getppid()}/cwd/neighbour.ipynb').read()", "the neighbour's work"),
    "what lies in the folder for all": (
        "import os, tempfile; return 'all ' + str(len(os.listdir('/tmp')) > 0)", "all True"),
    "a library of the system": ("return 'l' + open('/etc/ld.so.cache', 'rb').read(9).decode()", "lglibc-ld"),
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
    "namespaces of its own, for a child": (
        "import ctypes, os; number = {'x86_64': 56, 'aarch64': 220}[os.uname().machine]\n"
        "    child = ctypes.CDLL(None).syscall(number, 0x10000011, 0, 0, 0, 0)\n"
        "    if child == 0: os._exit(0)\n"
        "    return f'child {child > 0}'", "child True"),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def compiled_code():
    """The course's compiled code lies there, whether or not Python was told to leave none."""
    py_compile.compile(f"{naive.ROOT}/course/__init__.py", doraise=True)


def thief(name):
    return f"ROOT = {naive.ROOT!r}\nMEMO = []\ndef mirror(image):\n    {LOOT[name][0]}\n"


@pytest.mark.parametrize("name", LOOT)
def test_it_learns_nothing(lesson, box, name, monkeypatch):
    monkeypatch.setenv("GRADER_SECRET", SECRET)
    assert LOOT[name][1] not in sent_back(box, thief(name))
    assert grade(box, thief(name))["mirror"].points == 0


@pytest.mark.parametrize("name", LOOT)
def test_it_learns_all_from_a_grader_without_defences(tmp_path, name):
    may_make_namespaces = os.geteuid() == 0 and not levels.works("namespaces")
    if name.startswith("namespaces of its own") and not may_make_namespaces:
        pytest.skip("nobody may make namespaces here")
    assert LOOT[name][1] in undefended(tmp_path / "naive", thief(name))["loot"]


def test_the_memory_of_the_parent_stays_closed(lesson, box, tmp_path):
    source = "import os\ndef mirror(image):\n    return str(open(f'/proc/{os.getppid()}/mem', 'rb'))"
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    if not scope.exists() or scope.read_text().strip() == "0":  # else this kernel protects every parent
        assert "BufferedReader" in undefended(tmp_path / "naive", source)["loot"]
    assert "BufferedReader" not in sent_back(box, source)


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


def test_numpy_is_there_whole_and_nothing_else_is(lesson, box):
    source = (
        "def mirror(image):\n    import numpy.polynomial, numpy.ma, decimal, statistics\n    return np.fliplr(image)"
    )
    assert grade(box, source)["mirror"].status == "passed"
    for name in ("pip", "course.ops", "hypothesis"):
        source = f"def mirror(image):\n    import {name}\n    return np.fliplr(image)"
        assert grade(box, source)["mirror"].status == "error"


def test_nothing_is_left_for_the_next_exercise_or_the_next_learner(lesson, box, tmp_path):
    leave = "import sys\ndef mirror(image):\n    try: open('left', 'w').write('LEFT-BEHIND')\n"
    leave += "    except OSError: pass  # where there are no files at all\n"
    leave += "    sys.modules['numpy'].LEFT = 'LEFT-BEHIND'\n    return np.fliplr(image)"
    look = "import gc, os\ndef mirror(image):\n    texts = [t for o in gc.get_objects() if isinstance(o, (list, dict, tuple))\n"
    look += "             for t in (o.values() if isinstance(o, dict) else o) if isinstance(t, str) and '-'.join(['LEFT', 'BEHIND']) in t]\n"
    look += "    try: files = os.listdir('.')\n    except OSError: files = []\n"
    look += "    return str([files, hasattr(np, 'LEFT'), texts])"
    loot = undefended(tmp_path / "naive", leave, look)["loot"]
    assert "'left'" in loot
    assert "True, ['LEFT-BEHIND'" in loot
    assert grade(box, leave)["mirror"].status == "passed"
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
    from course.grading.pages import feedback_page
    from course.grading.result import Result

    source = "def mirror(image):\n    raise ValueError('<script>alert(1)</script><img src=x onerror=y>')"
    results = list(grade(box, source).values())
    assert "<script" in repr(results)  # a page that took it as it is would run it
    page = feedback_page(Result("<script>", "s", "01_toys", "x.ipynb", tuple(results), ("<img>",)), toy.LESSON)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
